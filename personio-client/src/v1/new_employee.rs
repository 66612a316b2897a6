//! What is written of employees, and what Personio says to it.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};

use super::employee::{EmployeeStatus, Gender};
use crate::id::EmployeeId;
use crate::redact::redacted_debug;

/// An employee to create.
#[derive(Clone, PartialEq)]
#[must_use]
pub struct NewEmployee(pub(super) Value);

redacted_debug!(NewEmployee {});

impl NewEmployee {
    /// Takes what every employee must have, and more. The address must be unique, and cannot be changed through the API afterwards
    /// (specified).
    pub fn new(
        email: impl Into<String>,
        first_name: impl Into<String>,
        last_name: impl Into<String>,
        more: EmployeeChange,
    ) -> Self {
        let mut employee = more.first_name(first_name).last_name(last_name).0;
        employee["email"] = json!(email.into());
        Self(employee)
    }
}

/// Changes to an employee; what is not set stays. Team, salary, schedule, cost centers and termination cannot be written (specified,
/// observed).
#[derive(Clone, PartialEq)]
#[must_use]
pub struct EmployeeChange(pub(super) Value);

redacted_debug!(EmployeeChange {});

impl Default for EmployeeChange {
    fn default() -> Self {
        Self(json!({}))
    }
}

impl EmployeeChange {
    /// Changes nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the given name.
    pub fn first_name(self, name: impl Into<String>) -> Self {
        self.with("first_name", json!(name.into()))
    }

    /// Sets the family name.
    pub fn last_name(self, name: impl Into<String>) -> Self {
        self.with("last_name", json!(name.into()))
    }

    /// Sets the name by which the person is called.
    pub fn preferred_name(self, name: impl Into<String>) -> Self {
        self.with("preferred_name", json!(name.into()))
    }

    /// Sets the gender.
    pub fn gender(self, gender: &Gender) -> Self {
        self.with("gender", json!(gender))
    }

    /// Sets the job title.
    pub fn position(self, title: impl Into<String>) -> Self {
        self.with("position", json!(title.into()))
    }

    /// Sets the subcompany by name; a name that does not exist is ignored and told of, as for departments and offices (specified).
    pub fn subcompany(self, name: impl Into<String>) -> Self {
        self.with("subcompany", json!(name.into()))
    }

    /// Sets the department by name.
    pub fn department(self, name: impl Into<String>) -> Self {
        self.with("department", json!(name.into()))
    }

    /// Sets the office by name.
    pub fn office(self, name: impl Into<String>) -> Self {
        self.with("office", json!(name.into()))
    }

    /// Sets the first day of work. It does not change the status of somebody who is there (specified).
    pub fn hire_date(self, day: NaiveDate) -> Self {
        self.with("hire_date", json!(day))
    }

    /// Sets the hours per week.
    pub fn weekly_working_hours(self, hours: Decimal) -> Self {
        // A number on the wire; one with few digits survives a binary fraction.
        let number = hours.normalize().to_string();
        let number = serde_json::from_str(&number).unwrap_or(Value::Null);
        self.with("weekly_working_hours", number)
    }

    /// Sets the status; otherwise a new employee is active, or onboarding until the first day (specified).
    pub fn status(self, status: &EmployeeStatus) -> Self {
        self.with("status", json!(status))
    }

    /// Sets the supervisor, who must exist; `None` takes the supervisor away.
    pub fn supervisor(self, id: Option<EmployeeId>) -> Self {
        self.with("supervisor_id", json!(id))
    }

    /// Sets a custom attribute such as `dynamic_42`.
    pub fn custom(mut self, key: &str, text: impl Into<String>) -> Self {
        self.0["custom_attributes"][key] = json!(text.into());
        self
    }

    fn with(mut self, name: &str, value: Value) -> Self {
        self.0[name] = value;
        self
    }
}

/// An employee that was created or changed.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct WrittenEmployee {
    /// The employee.
    pub id: EmployeeId,
    /// What Personio ignored, in its own words: names of units that do not exist (specified). May repeat what was sent.
    pub ignored: Vec<String>,
}

redacted_debug!(WrittenEmployee { id });

impl<'de> Deserialize<'de> for WrittenEmployee {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Wire {
            #[serde(rename = "success", default, deserialize_with = "crate::wire::success")]
            _success: (),
            data: Written,
            #[serde(default)]
            meta: Value,
        }

        #[derive(Deserialize)]
        struct Written {
            id: EmployeeId,
        }

        let wire = Wire::deserialize(deserializer)?;
        let ignored = wire.meta.as_array().into_iter().flatten();
        Ok(Self {
            id: wire.data.id,
            ignored: ignored
                .filter_map(|words| words.as_str().map(str::to_owned))
                .collect(),
        })
    }
}
