//! Calls for employees.

use chrono::{NaiveDate, NaiveDateTime};
use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::json;

use super::attribute::AttributeKind;
use super::employee::Employee;
use super::new_employee::{EmployeeChange, NewEmployee, WrittenEmployee};
use super::picture::ProfilePicture;
use crate::client::Client;
use crate::endpoint::Endpoint;
use crate::error::Result;
use crate::id::{EmployeeId, TimeOffTypeId};
use crate::operation::{
    V1_ABSENCE_BALANCE, V1_CREATE_EMPLOYEE, V1_EMPLOYEE_ATTRIBUTES, V1_GET_EMPLOYEE,
    V1_LIST_EMPLOYEES, V1_PROFILE_PICTURE, V1_UPDATE_EMPLOYEE,
};
use crate::pager::{Pager, RawPage};
use crate::redact::redacted_debug;
use crate::wire;

/// The calls for employees; see [`V1::employees`](super::V1::employees).
#[derive(Clone, Copy, Debug)]
pub struct Employees<'a> {
    client: &'a Client,
}

impl<'a> Employees<'a> {
    pub(super) fn new(client: &'a Client) -> Self {
        Self { client }
    }

    /// Lists employees, those who left included. Sends nothing yet.
    pub fn list(self, request: ListEmployees) -> Pager<Employee> {
        let limit = request.limit;
        Pager::new(self.client, request.endpoint(), limit, |employee| {
            employee.id.to_string()
        })
    }

    /// Returns one employee.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](crate::Error::is_not_found) if there is none with this id; otherwise any [`Error`](crate::Error).
    pub async fn get(self, id: EmployeeId) -> Result<Employee> {
        super::fetch_one(
            self.client,
            Endpoint::new(V1_GET_EMPLOYEE).path_parameter(id),
        )
        .await
    }

    /// Returns the attributes that this credential may read: the only way to learn what is missing because of rights.
    ///
    /// Compare it with what you need before each run. Some credentials may not ask (403, observed); then nothing may be concluded
    /// from an attribute that is missing.
    ///
    /// # Errors
    ///
    /// Any [`Error`](crate::Error).
    pub async fn attributes(self) -> Result<Vec<AttributeDefinition>> {
        super::fetch(self.client, Endpoint::new(V1_EMPLOYEE_ATTRIBUTES)).await
    }

    /// Returns the balances of one employee, one for each type of absence. There is no call for several employees.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](crate::Error::is_not_found) if there is no such employee; otherwise any [`Error`](crate::Error).
    pub async fn absence_balance(self, id: EmployeeId) -> Result<Vec<AbsenceBalance>> {
        super::fetch(
            self.client,
            Endpoint::new(V1_ABSENCE_BALANCE).path_parameter(id),
        )
        .await
    }

    /// Creates an employee. What Personio has against the input stands in
    /// [`ApiError::objections`](crate::ApiError::objections).
    ///
    /// # Errors
    ///
    /// [`is_invalid_request`](crate::Error::is_invalid_request), also when the address is taken; otherwise any
    /// [`Error`](crate::Error). The request is not repeated by itself: after
    /// [`is_outcome_unknown`](crate::Error::is_outcome_unknown) the employee may have been created, and is found by the address.
    pub async fn create(self, employee: NewEmployee) -> Result<WrittenEmployee> {
        let body = json!({ "employee": employee.0 });
        let endpoint = Endpoint::new(V1_CREATE_EMPLOYEE).json(body);
        self.client.execute(&endpoint).await
    }

    /// Changes an employee; fields that cannot be written are ignored without a word (specified).
    ///
    /// # Errors
    ///
    /// [`is_not_found`](crate::Error::is_not_found) if there is none with this id,
    /// [`is_invalid_request`](crate::Error::is_invalid_request) if Personio has something against the input; otherwise any
    /// [`Error`](crate::Error).
    pub async fn update(self, id: EmployeeId, change: EmployeeChange) -> Result<WrittenEmployee> {
        let body = json!({ "employee": change.0 });
        let endpoint = Endpoint::new(V1_UPDATE_EMPLOYEE)
            .path_parameter(id)
            .json(body);
        self.client.execute(&endpoint).await
    }

    /// Returns the profile picture, so many pixels wide.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](crate::Error::is_not_found) if there is no such employee, no picture, or the credential may not read
    /// pictures, which cannot be told apart (specified); otherwise any [`Error`](crate::Error).
    pub async fn profile_picture(self, id: EmployeeId, width: u32) -> Result<ProfilePicture> {
        let endpoint = Endpoint::new(V1_PROFILE_PICTURE)
            .path_parameter(id)
            .path_parameter(width);
        let picture = self.client.execute_as(&endpoint, ProfilePicture::read);
        picture.await
    }
}

/// Selects employees.
#[derive(Clone, Default, PartialEq, Eq)]
#[must_use]
pub struct ListEmployees {
    limit: Option<u32>,
    email: Option<String>,
    attributes: Vec<String>,
    updated_since: Option<String>,
}

redacted_debug!(ListEmployees {
    limit,
    attributes,
    updated_since
});

impl ListEmployees {
    /// Selects all employees with all attributes that the credential may read.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets how many employees a page has, 1 to 100; 100 by default.
    pub fn limit(mut self, limit: u32) -> Self {
        self.limit = Some(limit);
        self
    }

    /// Selects the employee with exactly this mail address; ignored by Personio together with `updated_since` (specified).
    pub fn email(mut self, email: impl Into<String>) -> Self {
        self.email = Some(email.into());
        self
    }

    /// Asks for these attributes only, by key, such as `first_name` or `dynamic_42`.
    ///
    /// Together with `updated_since` it also selects: only employees with a change in one of them (specified).
    pub fn attributes<K: Into<String>>(mut self, keys: impl IntoIterator<Item = K>) -> Self {
        self.attributes = keys.into_iter().map(Into::into).collect();
        self
    }

    /// Selects employees who changed since then, as a hint of what to read.
    ///
    /// The zone is not documented, so go back at least 26 hours further than the last run. Only changes of attributes that the
    /// credential may read count; some are reported late, twice or never (observed); deleted employees do not appear.
    pub fn updated_since(mut self, time: NaiveDateTime) -> Self {
        self.updated_since = Some(time.format("%Y-%m-%dT%H:%M:%S").to_string());
        self
    }

    /// Selects employees who changed on this day or later; the same warnings hold.
    pub fn updated_since_day(mut self, day: NaiveDate) -> Self {
        self.updated_since = Some(day.to_string());
        self
    }

    fn endpoint(self) -> Endpoint<RawPage> {
        let endpoint = Endpoint::new(V1_LIST_EMPLOYEES)
            .query_some("email", self.email)
            .query_some("updated_since", self.updated_since);
        self.attributes.iter().fold(endpoint, |endpoint, key| {
            endpoint.query("attributes[]", key)
        })
    }
}

/// An attribute that the credential may read.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct AttributeDefinition {
    /// The key, as in [`Employee::attributes`].
    pub key: String,
    /// The name shown to people; never a key.
    #[serde(default)]
    pub label: Option<String>,
    /// The declared kind.
    #[serde(default, rename = "type")]
    pub kind: Option<AttributeKind>,
    /// The stable id of standard and of system-defined custom attributes.
    #[serde(default)]
    pub universal_id: Option<String>,
    /// The options of a list or of tags; empty for other kinds.
    #[serde(default, deserialize_with = "wire::list")]
    pub options: Vec<String>,
}

/// How much absence of one type an employee has left.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct AbsenceBalance {
    /// The type of absence.
    pub id: TimeOffTypeId,
    /// Its name.
    #[serde(default)]
    pub name: Option<String>,
    /// Its category, as in [`TimeOffType::category`](super::TimeOffType::category).
    #[serde(default)]
    pub category: Option<String>,
    /// What is left today; absences to come are not deducted (specified).
    #[serde(default, deserialize_with = "wire::optional_decimal")]
    pub balance: Option<Decimal>,
    /// What can still be planned; absences to come are deducted (specified).
    #[serde(default, deserialize_with = "wire::optional_decimal")]
    pub available_balance: Option<Decimal>,
}

redacted_debug!(AbsenceBalance { id });
