//! People.

use std::fmt;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::attribute::CustomValue;
use super::employment::{Employment, EmploymentType, Status, wire_names};
use super::number::{CustomAttributeNumber, EmployeeNumber};
use super::table::Row;

/// A person of the company: what v1 calls employee and v2 calls person.
///
/// `Debug` shows the number alone.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
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

    /// Returns the e-mail address, unique in the company whatever its case, unless the
    /// [generator](super::Generator::shared_emails) was told otherwise.
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
    ///
    /// Where time alone changes the status, no attribute counts as changed (unknown).
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

/// The gender on record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
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
