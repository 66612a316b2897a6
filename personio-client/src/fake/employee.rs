//! People and their employments.

use std::fmt;

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;

use super::attribute::CustomValue;
use super::number::{
    CostCenterNumber, CustomAttributeNumber, DepartmentNumber, EmployeeNumber, EmploymentNumber,
    LegalEntityNumber, OfficeNumber, TeamNumber, WorkScheduleNumber,
};
use super::table::Row;

/// A person of the company: what v1 calls employee and v2 calls person.
///
/// `Debug` shows the number alone.
#[derive(Clone)]
pub struct Employee {
    pub(crate) number: EmployeeNumber,
    pub(crate) first_name: Box<str>,
    pub(crate) last_name: Box<str>,
    pub(crate) preferred_name: Option<Box<str>>,
    pub(crate) email: Option<Box<str>>,
    pub(crate) gender: Option<Gender>,
    pub(crate) has_picture: bool,
    pub(crate) vacation_days: u8,
    pub(crate) employment: Employment,
    pub(crate) former_employments: Box<[Employment]>,
    pub(crate) custom: Vec<(CustomAttributeNumber, CustomValue)>,
    pub(crate) created_at: DateTime<Utc>,
    /// When each attribute last changed, for those that did since the employee was created.
    pub(crate) changes: Vec<(Box<str>, DateTime<Utc>)>,
}

impl Employee {
    /// Returns the number: the v1 employee id, and as text the v2 person id.
    #[must_use]
    pub fn number(&self) -> EmployeeNumber {
        self.number
    }

    /// Returns the first name.
    #[must_use]
    pub fn first_name(&self) -> &str {
        &self.first_name
    }

    /// Returns the last name.
    #[must_use]
    pub fn last_name(&self) -> &str {
        &self.last_name
    }

    /// Returns the e-mail address, unique in the company.
    #[must_use]
    pub fn email(&self) -> Option<&str> {
        self.email.as_deref()
    }

    /// Returns the first day of the current employment.
    #[must_use]
    pub fn hire_date(&self) -> Option<NaiveDate> {
        self.employment.hire_date
    }

    /// Returns the last working day (inclusive) of somebody who leaves or has left.
    #[must_use]
    pub fn last_working_day(&self) -> Option<NaiveDate> {
        self.employment
            .termination
            .as_ref()
            .map(|termination| termination.last_working_day)
    }

    /// Returns the supervisor.
    #[must_use]
    pub fn supervisor(&self) -> Option<EmployeeNumber> {
        self.employment.supervisor
    }

    /// Returns the status on a day, in the zone of the company.
    #[must_use]
    pub fn status_on(&self, day: NaiveDate) -> Status {
        self.employment.status_on(day)
    }

    /// Returns the current employment and those before it, newest first.
    pub(crate) fn employments(&self) -> impl Iterator<Item = &Employment> {
        std::iter::once(&self.employment).chain(&self.former_employments)
    }

    pub(crate) fn custom(&self, number: CustomAttributeNumber) -> Option<&CustomValue> {
        let place = self
            .custom
            .binary_search_by_key(&number, |(number, _)| *number)
            .ok()?;
        Some(&self.custom[place].1)
    }

    pub(crate) fn set_custom(&mut self, number: CustomAttributeNumber, value: Option<CustomValue>) {
        match (
            self.custom
                .binary_search_by_key(&number, |(number, _)| *number),
            value,
        ) {
            (Ok(place), Some(value)) => self.custom[place].1 = value,
            (Ok(place), None) => drop(self.custom.remove(place)),
            (Err(place), Some(value)) => self.custom.insert(place, (number, value)),
            (Err(_), None) => {}
        }
    }

    pub(crate) fn note_change(&mut self, key: &str, at: DateTime<Utc>) {
        if is_part_of_employment(key) {
            self.employment.updated_at = at;
        }
        match self
            .changes
            .iter_mut()
            .find(|(changed, _)| &**changed == key)
        {
            Some((_, when)) => *when = at,
            None => self.changes.push((key.into(), at)),
        }
    }

    pub(crate) fn last_modified_at(&self) -> DateTime<Utc> {
        self.latest_change(|_| true)
    }

    /// When the person itself changed: whether an employment moves a person's timestamp is unknown.
    pub(crate) fn person_updated_at(&self, employments_count: bool) -> DateTime<Utc> {
        self.latest_change(|key| employments_count || !is_part_of_employment(key))
    }

    fn latest_change(&self, counts: impl Fn(&str) -> bool) -> DateTime<Utc> {
        let changes = self
            .changes
            .iter()
            .filter(|(key, _)| counts(key))
            .map(|(_, when)| *when);
        changes.fold(self.created_at, DateTime::max)
    }
}

impl Row for Employee {
    fn number(&self) -> u32 {
        self.number.get()
    }
}

impl fmt::Debug for Employee {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Employee")
            .field("number", &self.number)
            .finish_non_exhaustive()
    }
}

/// Tells the attributes that v2 keeps in the employment from those it keeps in the person.
fn is_part_of_employment(key: &str) -> bool {
    const OF_THE_PERSON: [&str; 6] = [
        "first_name",
        "last_name",
        "preferred_name",
        "email",
        "gender",
        "profile_picture",
    ];
    !OF_THE_PERSON.contains(&key) && !key.starts_with("dynamic_")
}

/// One employment of a person; v1 shows the current one only.
#[derive(Clone)]
pub(crate) struct Employment {
    pub(crate) number: EmploymentNumber,
    /// Set by hand in the product; otherwise the dates decide.
    pub(crate) fixed_status: Option<Status>,
    pub(crate) kind: EmploymentType,
    pub(crate) position: Option<Box<str>>,
    pub(crate) hire_date: Option<NaiveDate>,
    pub(crate) contract_end_date: Option<NaiveDate>,
    pub(crate) probation_period_end: Option<NaiveDate>,
    pub(crate) termination: Option<Termination>,
    /// A long leave: first day, and last day if one is agreed.
    pub(crate) leave: Option<(NaiveDate, Option<NaiveDate>)>,
    pub(crate) weekly_working_hours: Option<Decimal>,
    pub(crate) work_schedule: Option<WorkScheduleNumber>,
    pub(crate) supervisor: Option<EmployeeNumber>,
    pub(crate) legal_entity: Option<LegalEntityNumber>,
    pub(crate) office: Option<OfficeNumber>,
    pub(crate) department: Option<DepartmentNumber>,
    pub(crate) team: Option<TeamNumber>,
    /// Cost centers with their percentages, which add up to 100.
    pub(crate) cost_centers: Box<[(CostCenterNumber, u8)]>,
    pub(crate) pay: Pay,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) updated_at: DateTime<Utc>,
}

impl Employment {
    /// An employment that says nothing yet but when it was recorded.
    pub(crate) fn recorded(number: EmploymentNumber, at: DateTime<Utc>) -> Self {
        Self {
            number,
            fixed_status: None,
            kind: EmploymentType::Internal,
            position: None,
            hire_date: None,
            contract_end_date: None,
            probation_period_end: None,
            termination: None,
            leave: None,
            weekly_working_hours: None,
            work_schedule: None,
            supervisor: None,
            legal_entity: None,
            office: None,
            department: None,
            team: None,
            cost_centers: Box::default(),
            pay: Pay::default(),
            created_at: at,
            updated_at: at,
        }
    }

    pub(crate) fn status_on(&self, day: NaiveDate) -> Status {
        if let Some(status) = self.fixed_status {
            status
        } else if self
            .termination
            .as_ref()
            .is_some_and(|termination| termination.date < day)
        {
            Status::Inactive
        } else if self.hire_date.is_some_and(|hired| hired > day) {
            Status::Onboarding
        } else if self
            .leave
            .is_some_and(|(from, until)| from <= day && until.is_none_or(|until| day <= until))
        {
            Status::Leave
        } else {
            Status::Active
        }
    }
}

/// How an employment ends.
#[derive(Clone)]
pub(crate) struct Termination {
    /// The employment's last day; the status is inactive from the day after.
    pub(crate) date: NaiveDate,
    pub(crate) last_working_day: NaiveDate,
    /// When notice was given.
    pub(crate) noticed_on: NaiveDate,
    pub(crate) kind: Option<TerminationType>,
    pub(crate) reason: Option<Box<str>>,
}

/// What somebody earns, in euros.
#[derive(Clone, Default)]
pub(crate) struct Pay {
    pub(crate) salary: Option<Decimal>,
    pub(crate) interval: Option<SalaryInterval>,
    pub(crate) hourly: Option<Decimal>,
}

/// Gives an enum its two spellings on the wire, and the reading of the first.
macro_rules! wire_names {
    ($type:ident { $($variant:ident: $v1:literal, $v2:literal;)+ }) => {
        impl $type {
            pub(crate) const fn v1_name(self) -> &'static str {
                match self { $(Self::$variant => $v1,)+ }
            }

            pub(crate) const fn v2_name(self) -> &'static str {
                match self { $(Self::$variant => $v2,)+ }
            }

            pub(crate) fn from_v1_name(name: &str) -> Option<Self> {
                match name { $($v1 => Some(Self::$variant),)+ _ => None }
            }
        }
    };
}

/// Where somebody stands between hire and leaving.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Status {
    /// Hired, but the first day is still to come.
    Onboarding,
    /// Employed and working.
    Active,
    /// Employed and away for long, for instance on parental leave.
    Leave,
    /// Has left.
    Inactive,
}

wire_names!(Status {
    Onboarding: "onboarding", "ONBOARDING";
    Active: "active", "ACTIVE";
    Leave: "leave", "LEAVE";
    Inactive: "inactive", "INACTIVE";
});

/// The gender on record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Gender {
    /// Male.
    Male,
    /// Female.
    Female,
    /// Diverse.
    Diverse,
}

wire_names!(Gender {
    Male: "male", "MALE";
    Female: "female", "FEMALE";
    Diverse: "diverse", "DIVERSE";
});

/// Whether somebody is on the payroll or works from outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum EmploymentType {
    /// On the payroll.
    Internal,
    /// A contractor.
    External,
}

wire_names!(EmploymentType {
    Internal: "internal", "INTERNAL";
    External: "external", "EXTERNAL";
});

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum TerminationType {
    Employee,
    Fired,
    ContractExpired,
    Agreement,
}

wire_names!(TerminationType {
    Employee: "employee", "EMPLOYEE";
    Fired: "fired", "FIRED";
    ContractExpired: "contract-expired", "CONTRACT_EXPIRED";
    Agreement: "agreement", "AGREEMENT";
});

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum SalaryInterval {
    Monthly,
    Yearly,
}

impl SalaryInterval {
    pub(crate) const fn v1_name(self) -> &'static str {
        match self {
            Self::Monthly => "monthly",
            Self::Yearly => "yearly",
        }
    }

    pub(crate) fn from_v1_name(name: &str) -> Option<Self> {
        [Self::Monthly, Self::Yearly]
            .into_iter()
            .find(|interval| interval.v1_name() == name)
    }
}

/// Somebody to hire; what is not set takes the company's first office, legal entity, department and full-time schedule.
///
/// `Debug` shows nothing personal.
#[derive(Clone)]
#[must_use]
pub struct NewEmployee {
    pub(crate) first_name: String,
    pub(crate) last_name: String,
    pub(crate) email: Option<String>,
    pub(crate) hire_date: Option<NaiveDate>,
    pub(crate) position: Option<String>,
    pub(crate) supervisor: Option<EmployeeNumber>,
    pub(crate) department: Option<String>,
    pub(crate) team: Option<String>,
    pub(crate) office: Option<String>,
    pub(crate) legal_entity: Option<String>,
    pub(crate) employment_type: EmploymentType,
}

impl NewEmployee {
    /// Names the person.
    pub fn new(first_name: impl Into<String>, last_name: impl Into<String>) -> Self {
        Self {
            first_name: first_name.into(),
            last_name: last_name.into(),
            email: None,
            hire_date: None,
            position: None,
            supervisor: None,
            department: None,
            team: None,
            office: None,
            legal_entity: None,
            employment_type: EmploymentType::Internal,
        }
    }

    /// Sets the e-mail address, which nobody else may have.
    pub fn email(mut self, email: impl Into<String>) -> Self {
        self.email = Some(email.into());
        self
    }

    /// Sets the first day (inclusive); today when not set. Before that day the status is onboarding.
    pub fn hire_date(mut self, day: NaiveDate) -> Self {
        self.hire_date = Some(day);
        self
    }

    /// Sets the position.
    pub fn position(mut self, title: impl Into<String>) -> Self {
        self.position = Some(title.into());
        self
    }

    /// Sets the supervisor.
    pub fn supervisor(mut self, supervisor: EmployeeNumber) -> Self {
        self.supervisor = Some(supervisor);
        self
    }

    /// Sets the department by name.
    pub fn department(mut self, name: impl Into<String>) -> Self {
        self.department = Some(name.into());
        self
    }

    /// Sets the team by name.
    pub fn team(mut self, name: impl Into<String>) -> Self {
        self.team = Some(name.into());
        self
    }

    /// Sets the office by name, and with it the zone in which the person lives.
    pub fn office(mut self, name: impl Into<String>) -> Self {
        self.office = Some(name.into());
        self
    }

    /// Sets the legal entity by name.
    pub fn legal_entity(mut self, name: impl Into<String>) -> Self {
        self.legal_entity = Some(name.into());
        self
    }

    /// Makes the person a contractor, or not.
    pub fn employment_type(mut self, employment_type: EmploymentType) -> Self {
        self.employment_type = employment_type;
        self
    }
}

impl fmt::Debug for NewEmployee {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewEmployee")
            .field("hire_date", &self.hire_date)
            .finish_non_exhaustive()
    }
}
