//! The company behind the fake: one data model, of which v1 and v2 are two views.

use std::collections::BTreeSet;
use std::fmt;

use chrono::{DateTime, NaiveDate, TimeZone, Utc};
use chrono_tz::Tz;
use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use super::absence::{Absence, AbsenceType};
use super::address_book::AddressBook;
use super::amendment::ScheduledChange;
pub(crate) use super::amendment::Unfit;
use super::attendance::Attendance;
use super::attribute::CustomAttribute;
use super::company_error::CompanyError;
use super::employee::{Employee, NewEmployee};
use super::employment::{Employment, Termination};
use super::generator::Generator;
use super::number::{
    AbsenceNumber, AbsenceTypeNumber, EmployeeNumber, EmploymentNumber, WorkScheduleNumber,
};
use super::organisation::{Office, Organisation, WorkSchedule, first_or_named, named};
use super::table::Table;

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
    /// In the order in which they take effect.
    pub(super) scheduled: Vec<ScheduledChange>,
    #[serde(skip)]
    pub(super) absences_by_employee: BTreeSet<(EmployeeNumber, AbsenceNumber)>,
    #[serde(skip)]
    pub(super) emails: AddressBook,
    pub(super) last_employment: u32,
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
            scheduled: Vec::new(),
            absences_by_employee: BTreeSet::new(),
            emails: AddressBook::default(),
            last_employment: 0,
        }
    }

    /// Makes up a company; the same settings give the same company on every machine.
    #[must_use]
    pub fn generate(generator: &Generator) -> Self {
        generator.generate()
    }

    /// Hires somebody.
    ///
    /// # Errors
    /// When the e-mail address is taken, or the supervisor or a unit does not exist.
    pub fn hire(&mut self, new: NewEmployee) -> Result<EmployeeNumber, CompanyError> {
        if let Some(supervisor) = new.supervisor {
            self.require(supervisor)?;
        }
        if new
            .email
            .as_deref()
            .is_some_and(|email| self.is_taken(email, None))
        {
            return Err(CompanyError::EmailTaken);
        }
        let mut employment = self.new_employment();
        employment.kind = new.employment_type;
        employment.position = new.position.map(Into::into);
        employment.supervisor = new.supervisor;
        employment.hire_date = Some(new.hire_date.unwrap_or_else(|| self.today()));
        employment.legal_entity = first_or_named(
            &self.organisation.legal_entities,
            new.legal_entity.as_deref(),
        )?;
        employment.office = first_or_named(&self.organisation.offices, new.office.as_deref())?;
        employment.department =
            first_or_named(&self.organisation.departments, new.department.as_deref())?;
        employment.team = new
            .team
            .map(|name| named(&self.organisation.teams, &name))
            .transpose()?;
        employment.work_schedule = self
            .organisation
            .work_schedules
            .first()
            .map(|schedule| schedule.number);
        employment.weekly_working_hours = Some(Decimal::from(40));
        Ok(self.add_employee(
            &new.first_name,
            &new.last_name,
            new.email.as_deref(),
            employment,
        ))
    }

    /// Ends the employment; from the day after the last working day (inclusive) the status is inactive.
    ///
    /// # Errors
    /// When there is no such employee.
    pub fn terminate(
        &mut self,
        employee: EmployeeNumber,
        last_working_day: NaiveDate,
    ) -> Result<(), CompanyError> {
        let noticed_on = self.today().min(last_working_day);
        let termination = Termination {
            date: last_working_day,
            last_working_day,
            noticed_on,
            kind: None,
            reason: None,
        };
        self.edit(
            employee,
            &["termination_date", "last_working_day", "status"],
            |employee| {
                employee.employment.termination = Some(termination);
            },
        )
    }

    /// Gives somebody a new name.
    ///
    /// # Errors
    /// When there is no such employee.
    pub fn rename(
        &mut self,
        employee: EmployeeNumber,
        first_name: impl Into<String>,
        last_name: impl Into<String>,
    ) -> Result<(), CompanyError> {
        let (first_name, last_name) = (first_name.into(), last_name.into());
        self.edit(employee, &["first_name", "last_name"], |employee| {
            employee.first_name = first_name.into();
            employee.last_name = last_name.into();
        })
    }

    /// Sets an attribute by its v1 key: text, number, day as `YYYY-MM-DD`, list of tags, unit by name, supervisor by
    /// number, or null to empty it.
    ///
    /// A new work schedule or new weekly hours touch `updated_at` of all absences of the person, as observed.
    ///
    /// # Errors
    /// When the employee, the attribute or a unit does not exist, or the value does not fit the attribute.
    pub fn set_attribute(
        &mut self,
        employee: EmployeeNumber,
        key: &str,
        value: Value,
    ) -> Result<(), CompanyError> {
        super::assignment::assign(self, employee, key, &value)?;
        self.working_time_changed(employee, [key]);
        Ok(())
    }

    /// Deletes somebody with all absences and attendances; nothing in either API tells of it afterwards.
    ///
    /// # Errors
    /// When there is no such employee.
    pub fn delete_employee(&mut self, employee: EmployeeNumber) -> Result<(), CompanyError> {
        let gone = self
            .employees
            .remove(employee.get())
            .ok_or(CompanyError::UnknownEmployee(employee))?;
        if let Some(email) = gone.email() {
            self.emails.strike_out(email, employee);
        }
        self.absences.retain(|absence| absence.employee != employee);
        self.attendances
            .retain(|attendance| attendance.employee != employee);
        self.absences_by_employee
            .retain(|(owner, _)| *owner != employee);
        Ok(())
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

    pub(crate) fn new_employment(&mut self) -> Employment {
        self.last_employment += 1;
        Employment::recorded(EmploymentNumber::from(self.last_employment), self.now)
    }

    pub(crate) fn add_employee(
        &mut self,
        first_name: &str,
        last_name: &str,
        email: Option<&str>,
        employment: Employment,
    ) -> EmployeeNumber {
        let created_at = self.now;
        let number = self.employees.add(|number| Employee {
            number: number.into(),
            first_name: first_name.into(),
            last_name: last_name.into(),
            preferred_name: Some(format!("{first_name} {last_name}").into()),
            email: email.map(Into::into),
            gender: None,
            has_picture: false,
            vacation_days: 30,
            employment,
            former_employments: Box::default(),
            custom: Vec::new(),
            created_at,
            changes: Vec::new(),
        });
        if let Some(email) = email {
            self.emails.enter(email, number.into());
        }
        number.into()
    }

    /// A new working time touches all absences of the person.
    pub(super) fn working_time_changed(
        &mut self,
        employee: EmployeeNumber,
        keys: impl IntoIterator<Item: AsRef<str>>,
    ) {
        let touches = |key: &str| matches!(key, "work_schedule" | "weekly_working_hours");
        if keys.into_iter().any(|key| touches(key.as_ref())) {
            self.touch_absences_of(employee);
        }
    }

    /// Changes an employee and notes which attributes changed.
    pub(super) fn edit(
        &mut self,
        employee: EmployeeNumber,
        keys: &[&str],
        change: impl FnOnce(&mut Employee),
    ) -> Result<(), CompanyError> {
        let now = self.now;
        let edited = self
            .employees
            .get_mut(employee.get())
            .ok_or(CompanyError::UnknownEmployee(employee))?;
        change(edited);
        for key in keys {
            edited.note_change(key, now);
        }
        Ok(())
    }

    /// Makes the indexes of records that were read.
    fn index(&mut self) {
        self.employees.sort();
        self.absences.sort();
        self.attendances.sort();
        self.emails = self.employees.iter().collect();
        let absences = self.absences.iter();
        self.absences_by_employee = absences
            .map(|absence| (absence.employee, absence.number))
            .collect();
    }

    pub(super) fn require(&self, employee: EmployeeNumber) -> Result<&Employee, CompanyError> {
        self.employee(employee)
            .ok_or(CompanyError::UnknownEmployee(employee))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fake::Status;

    fn status(company: &Company, employee: EmployeeNumber) -> Status {
        company
            .employee(employee)
            .unwrap()
            .status_on(company.today())
    }

    #[test]
    fn a_status_follows_the_dates_while_time_passes() {
        let day = |day| NaiveDate::from_ymd_opt(2026, 6, day).unwrap();
        let mut company = Company::new(Utc.with_ymd_and_hms(2026, 5, 20, 8, 0, 0).unwrap());
        let ada = company
            .hire(NewEmployee::new("Ada", "Nwosu").hire_date(day(1)))
            .unwrap();
        assert_eq!(status(&company, ada), Status::Onboarding);

        company.now = Utc.with_ymd_and_hms(2026, 5, 31, 22, 0, 0).unwrap();
        assert_eq!(
            status(&company, ada),
            Status::Active,
            "midnight in Berlin has passed"
        );

        company.terminate(ada, day(10)).unwrap();
        company.now = Utc.with_ymd_and_hms(2026, 6, 10, 12, 0, 0).unwrap();
        assert_eq!(
            status(&company, ada),
            Status::Active,
            "the last working day is worked"
        );
        company.now = Utc.with_ymd_and_hms(2026, 6, 11, 12, 0, 0).unwrap();
        assert_eq!(status(&company, ada), Status::Inactive);
    }

    #[test]
    fn an_address_belongs_to_one_person_whatever_its_case() {
        let mut company = Company::new(Utc.with_ymd_and_hms(2026, 5, 20, 8, 0, 0).unwrap());
        let ada = company
            .hire(NewEmployee::new("Ada", "Nwosu").email("ada@example.com"))
            .unwrap();
        let zofia = || NewEmployee::new("Zofia", "Żak").email("Ada@example.com");
        assert_eq!(company.hire(zofia()), Err(CompanyError::EmailTaken));
        company.delete_employee(ada).unwrap();
        assert!(company.hire(zofia()).is_ok());
    }
}
