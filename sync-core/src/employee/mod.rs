//! What HR says of a person, and what follows from it for the account.

mod desire;
mod life;
mod policy;
mod zones;

use std::{collections::BTreeMap, fmt};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

pub use self::{
    desire::{Now, desire, next_change},
    policy::{
        AccessPolicy, AccountPolicy, BeforeStart, EndSign, InvitationPolicy, InviteWhen, OnLeave,
    },
    zones::Zones,
};
use crate::{FieldName, Known, Value};

/// A person as HR knows them: attributes by name, each with what is known of it.
///
/// Names are those of HR (`first_name`, `department`, `dynamic_42`); a linked object appears under
/// its own name with its label and under `<name>.id` with its identifier. `Debug` shows names of
/// attributes only.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Employee {
    /// What is known of each attribute. One without an entry was not observed.
    pub attributes: BTreeMap<FieldName, Known<Value>>,
}

/// The attributes on which the life cycle of an account depends.
pub mod attribute {
    use crate::FieldName;

    /// Where the person stands: see [`EmployeeStatus`](super::EmployeeStatus).
    pub const STATUS: FieldName = FieldName::literal("status");
    /// The first day of work.
    pub const HIRE_DATE: FieldName = FieldName::literal("hire_date");
    /// The last day on which the person works, inclusive.
    pub const LAST_WORKING_DAY: FieldName = FieldName::literal("last_working_day");
    /// The day on which the contract ends, inclusive.
    pub const TERMINATION_DATE: FieldName = FieldName::literal("termination_date");
    /// The legal entity that employs the person, by name.
    pub const LEGAL_ENTITY: FieldName = FieldName::literal("subcompany");
    /// The legal entity that employs the person, by id.
    pub const LEGAL_ENTITY_ID: FieldName = FieldName::literal("subcompany.id");
}

impl Employee {
    /// Adds an attribute.
    #[must_use]
    pub fn with(mut self, name: impl Into<FieldName>, known: impl Into<Known<Value>>) -> Self {
        self.attributes.insert(name.into(), known.into());
        self
    }

    /// Returns what is known of an attribute.
    pub fn get(&self, name: &FieldName) -> Known<&Value> {
        self.attributes
            .get(name)
            .map_or(Known::NotObserved, Known::as_ref)
    }

    /// Returns an attribute as text, if it holds text.
    pub fn text(&self, name: &FieldName) -> Option<&str> {
        self.get(name).value().and_then(Value::as_text)
    }

    /// Returns an attribute as a calendar day, if it holds one.
    pub fn date(&self, name: &FieldName) -> Option<NaiveDate> {
        self.get(name).value().and_then(Value::as_date)
    }

    /// Returns where the person stands, if HR says so in a word that is known.
    pub fn status(&self) -> Option<EmployeeStatus> {
        self.text(&attribute::STATUS)
            .and_then(EmployeeStatus::from_text)
    }
}

impl fmt::Debug for Employee {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Employee")
            .field("attributes", &self.attributes)
            .finish()
    }
}

/// Where a person stands in HR.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum EmployeeStatus {
    /// Hired, but not there yet.
    Onboarding,
    /// At work.
    Active,
    /// On long-term leave, such as parental leave; still employed.
    Leave,
    /// No longer employed.
    Inactive,
}

impl EmployeeStatus {
    /// Returns the word that stands in the attribute `status`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Onboarding => "onboarding",
            Self::Active => "active",
            Self::Leave => "leave",
            Self::Inactive => "inactive",
        }
    }

    /// Reads the attribute `status`.
    pub fn from_text(text: &str) -> Option<Self> {
        [Self::Onboarding, Self::Active, Self::Leave, Self::Inactive]
            .into_iter()
            .find(|status| status.as_str() == text)
    }
}
