//! The company behind the fake: one data model, of which v1 and v2 are two views.

use std::collections::BTreeSet;
use std::fmt;

use chrono::{DateTime, NaiveDate, TimeZone, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::absence::{Absence, AbsenceType, AbsenceUnit};
use super::address_book::AddressBook;
use super::amendment::ScheduledChange;
pub(crate) use super::amendment::Unfit;
use super::attendance::Attendance;
use super::attribute::CustomAttribute;
use super::company_error::CompanyError;
use super::employee::Employee;
use super::generator::Generator;
use super::number::{AbsenceNumber, AbsenceTypeNumber, EmployeeNumber, WorkScheduleNumber};
use super::organisation::{Office, Organisation, WorkSchedule};
use super::project::Project;
use super::table::Table;
use super::webhook::Webhooks;

/// A company with its people and absences.
///
/// The verbs are those of an HR department. Everything that happens carries the time of the fake's clock.
///
/// ```
/// use chrono::{NaiveDate, TimeZone, Utc};
/// use personio_client::fake::{Company, NewAbsence, NewEmployee, Status};
///
/// let mut company = Company::new(Utc.with_ymd_and_hms(2026, 3, 2, 9, 0, 0).unwrap());
/// let june = |day| NaiveDate::from_ymd_opt(2026, 6, day).unwrap();
///
/// let ada = company.hire(NewEmployee::new("Ada", "Nwosu").hire_date(june(1)))?;
/// company.book(NewAbsence::days(ada, "Paid vacation", june(8), june(12)).half_day_end())?;
///
/// let employee = company.employee(ada).unwrap();
/// assert_eq!(employee.status_on(company.today()), Status::Onboarding);
/// assert_eq!(company.absences().count(), 1);
/// # Ok::<(), personio_client::fake::CompanyError>(())
/// ```
#[derive(Clone, Serialize, Deserialize)]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct Company {
    pub(crate) now: DateTime<Utc>,
    /// The zone in which v1 writes dates.
    pub(crate) zone: Tz,
    pub(crate) organisation: Organisation,
    pub(crate) custom_attributes: Vec<CustomAttribute>,
    pub(crate) absence_types: Vec<AbsenceType>,
    pub(crate) employees: Table<Employee>,
    pub(crate) absences: Table<Absence>,
    pub(crate) attendances: Table<Attendance>,
    pub(crate) projects: Table<Project>,
    /// In the order in which they take effect.
    pub(super) scheduled: Vec<ScheduledChange>,
    #[serde(skip)]
    pub(super) absences_by_employee: BTreeSet<(EmployeeNumber, AbsenceNumber)>,
    #[serde(skip)]
    pub(super) emails: AddressBook,
    pub(super) last_employment: u32,
    /// A state from before there were webhooks has none.
    #[serde(default)]
    pub(crate) webhooks: Webhooks,
}

impl Company {
    /// Founds a company without employees: one legal entity and office in Berlin, one department and team, three work
    /// schedules, and the usual absence types in days and hours.
    #[must_use]
    pub fn new(now: DateTime<Utc>) -> Self {
        Self {
            now,
            zone: Tz::Europe__Berlin,
            organisation: Organisation::small(),
            custom_attributes: Vec::new(),
            absence_types: AbsenceType::usual(),
            employees: Table::numbered_after(4000),
            absences: Table::numbered_after(17_205_000),
            attendances: Table::numbered_after(900_000),
            projects: Table::numbered_after(300),
            scheduled: Vec::new(),
            absences_by_employee: BTreeSet::new(),
            emails: AddressBook::default(),
            last_employment: 0,
            webhooks: Webhooks::default(),
        }
    }

    /// Makes up a company; the same settings give the same company on every machine.
    #[must_use]
    pub fn generate(generator: &Generator) -> Self {
        generator.generate()
    }

    /// Defines a custom attribute.
    pub fn define_attribute(&mut self, attribute: CustomAttribute) {
        self.custom_attributes
            .retain(|defined| defined.number != attribute.number);
        self.custom_attributes.push(attribute);
    }

    /// Opens an office in the country (ISO 3166 alpha-2) and the zone (IANA name).
    ///
    /// # Errors
    /// When there is no such zone.
    pub fn open_office(
        &mut self,
        name: &str,
        country: &str,
        zone: &str,
    ) -> Result<(), CompanyError> {
        let zone = zone.parse().map_err(|_| CompanyError::UnknownUnit {
            kind: "zone",
            name: zone.to_owned(),
        })?;
        self.organisation.add_office(name, country, zone);
        Ok(())
    }

    /// Founds a legal entity.
    pub fn found_legal_entity(&mut self, name: &str) {
        self.organisation.add_legal_entity(name);
    }

    /// Sets up a department.
    pub fn add_department(&mut self, name: &str) {
        self.organisation.add_department(name);
    }

    /// Sets up a team.
    pub fn add_team(&mut self, name: &str) {
        self.organisation.add_team(name);
    }

    /// Adds a type of absence, whose absences need approval, and returns its number. The category is that of v1, such as
    /// `paid_vacation`, of which a company may have several types.
    pub fn add_absence_type(
        &mut self,
        name: &str,
        category: &str,
        unit: AbsenceUnit,
    ) -> AbsenceTypeNumber {
        let last = self.absence_types.iter().map(|it| it.number.get()).max();
        let number = AbsenceTypeNumber::from(last.map_or(1, |last| last + 1));
        self.absence_types.push(AbsenceType {
            number,
            name: name.to_owned(),
            category: category.to_owned(),
            unit,
            approval_required: true,
        });
        number
    }

    /// Returns the employees in the order of their numbers.
    pub fn employees(&self) -> impl ExactSizeIterator<Item = &Employee> {
        self.employees.iter()
    }

    /// Returns an employee.
    #[must_use]
    pub fn employee(&self, number: EmployeeNumber) -> Option<&Employee> {
        self.employees.get(number.get())
    }

    /// Returns the absences in the order of their numbers, of both units and of every status.
    pub fn absences(&self) -> impl ExactSizeIterator<Item = &Absence> {
        self.absences.iter()
    }

    /// Returns an absence.
    #[must_use]
    pub fn absence(&self, number: AbsenceNumber) -> Option<&Absence> {
        self.absences.get(number.get())
    }

    /// Returns the absence types.
    pub fn absence_types(&self) -> impl ExactSizeIterator<Item = &AbsenceType> {
        self.absence_types.iter()
    }

    /// Returns the custom attributes.
    pub fn custom_attributes(&self) -> impl ExactSizeIterator<Item = &CustomAttribute> {
        self.custom_attributes.iter()
    }

    /// Returns the day it is at the company's seat.
    #[must_use]
    pub fn today(&self) -> NaiveDate {
        self.zone
            .from_utc_datetime(&self.now.naive_utc())
            .date_naive()
    }

    pub(crate) fn absence_type(&self, number: AbsenceTypeNumber) -> Option<&AbsenceType> {
        self.absence_types
            .iter()
            .find(|absence_type| absence_type.number == number)
    }

    pub(crate) fn office_of(&self, employee: &Employee) -> Option<&Office> {
        self.organisation.office(employee.employment.office?)
    }

    /// The zone in which an employee's hours are meant.
    pub(crate) fn zone_of(&self, employee: EmployeeNumber) -> Tz {
        let office = self
            .employee(employee)
            .and_then(|employee| self.office_of(employee));
        office.map_or(self.zone, |office| office.zone)
    }

    /// The schedule by which an employee's days of absence count.
    pub(crate) fn schedule_of(&self, employee: EmployeeNumber) -> &WorkSchedule {
        static FULL_TIME: std::sync::LazyLock<WorkSchedule> =
            std::sync::LazyLock::new(|| WorkSchedule {
                number: WorkScheduleNumber::from(0),
                name: String::new(),
                minutes: [480, 480, 480, 480, 480, 0, 0],
            });
        let number = self
            .employee(employee)
            .and_then(|employee| employee.employment.work_schedule);
        number
            .and_then(|number| self.organisation.work_schedule(number))
            .unwrap_or(&FULL_TIME)
    }

    pub(super) fn require(&self, employee: EmployeeNumber) -> Result<&Employee, CompanyError> {
        self.employee(employee)
            .ok_or(CompanyError::UnknownEmployee(employee))
    }

    /// Makes the indexes of records that were read.
    fn index(&mut self) {
        self.employees.sort();
        self.absences.sort();
        self.attendances.sort();
        self.projects.sort();
        self.webhooks.registered.sort();
        self.emails = self.employees.iter().collect();
        let absences = self.absences.iter();
        self.absences_by_employee = absences
            .map(|absence| (absence.employee, absence.number))
            .collect();
    }
}

/// Writes what is on record; the indexes are made again on reading.
impl Serialize for Company {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Self::serialize(self, serializer)
    }
}

impl<'de> Deserialize<'de> for Company {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut company = Self::deserialize(deserializer)?;
        company.index();
        Ok(company)
    }
}

impl fmt::Debug for Company {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Company");
        shown
            .field("employees", &self.employees.len())
            .field("absences", &self.absences.len());
        shown.field("now", &self.now).finish_non_exhaustive()
    }
}
