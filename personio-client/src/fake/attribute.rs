//! Attributes of employees: the standard ones and those a company defines itself.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::number::CustomAttributeNumber;

/// The type of an attribute, as v1 names it in every envelope (specified).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum AttributeKind {
    /// One line of text, and every nested object.
    Standard,
    /// A day or, for two standard attributes, an instant.
    Date,
    /// A whole number.
    Integer,
    /// A number with fractions.
    Decimal,
    /// One of a list of options.
    List,
    /// A URL.
    Link,
    /// Several of a list of options.
    Tags,
    /// Text with line breaks.
    Multiline,
}

impl AttributeKind {
    pub(crate) fn v1_name(self) -> &'static str {
        match self {
            Self::Standard => "standard",
            Self::Date => "date",
            Self::Integer => "integer",
            Self::Decimal => "decimal",
            Self::List => "list",
            Self::Link => "link",
            Self::Tags => "tags",
            Self::Multiline => "multiline",
        }
    }

    /// Reads a value that came as text, which is how all custom values are written to v1 (specified).
    pub(crate) fn value_of_text(self, given: &Value) -> Value {
        let Some(text) = given.as_str() else {
            return given.clone();
        };
        let read = match self {
            Self::Integer => text.parse::<i64>().ok().map(Value::from),
            Self::Decimal => text.parse::<f64>().ok().map(Value::from),
            Self::Tags => Some(text.split(',').map(str::trim).collect()),
            Self::Standard | Self::Date | Self::List | Self::Link | Self::Multiline => None,
        };
        read.unwrap_or_else(|| given.clone())
    }

    /// v2 declares upper-case names and sends lower-case ones (observed).
    pub(crate) fn v2_name(self) -> &'static str {
        match self {
            Self::Standard | Self::List | Self::Link | Self::Multiline => "string",
            Self::Date => "date",
            Self::Integer => "int",
            Self::Decimal => "double",
            Self::Tags => "string_list",
        }
    }
}

/// An attribute that every company has.
pub(crate) struct StandardAttribute {
    pub(crate) key: &'static str,
    pub(crate) label: &'static str,
    pub(crate) kind: AttributeKind,
}

const fn standard(
    key: &'static str,
    label: &'static str,
    kind: AttributeKind,
) -> StandardAttribute {
    StandardAttribute { key, label, kind }
}

pub(crate) const STANDARD_ATTRIBUTES: [StandardAttribute; 32] = {
    use AttributeKind::{Date, Decimal, Integer, Standard};
    [
        standard("id", "ID", Integer),
        standard("first_name", "First name", Standard),
        standard("last_name", "Last name", Standard),
        standard("preferred_name", "Name (preferred)", Standard),
        standard("email", "Email", Standard),
        standard("gender", "Gender", Standard),
        standard("status", "Status", Standard),
        standard("position", "Position", Standard),
        standard("supervisor", "Supervisor", Standard),
        standard("employment_type", "Employment type", Standard),
        standard("weekly_working_hours", "Weekly hours", Standard),
        standard("hire_date", "Hire date", Date),
        standard("contract_end_date", "Contract ends", Date),
        standard("termination_date", "Termination date", Date),
        standard("termination_type", "Termination type", Standard),
        standard("termination_reason", "Termination reason", Standard),
        standard("probation_period_end", "Probation period end", Date),
        standard("created_at", "created_at", Date),
        standard("last_modified_at", "Last modified", Date),
        standard("subcompany", "Subcompany", Standard),
        standard("office", "Office", Standard),
        standard("department", "Department", Standard),
        standard("team", "Team", Standard),
        standard("cost_centers", "Cost center", Standard),
        standard("holiday_calendar", "Public holidays", Standard),
        standard("absence_entitlement", "Absence entitlement", Standard),
        standard("work_schedule", "Work schedule", Standard),
        standard("fix_salary", "Fix salary", Decimal),
        standard("fix_salary_interval", "Salary interval", Standard),
        standard("hourly_salary", "Hourly salary", Decimal),
        standard("last_working_day", "Last day of work", Date),
        standard("profile_picture", "Profile Picture", Standard),
    ]
};

/// An attribute that a company has defined for itself, `dynamic_123` on the wire.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CustomAttribute {
    pub(crate) number: CustomAttributeNumber,
    pub(crate) label: String,
    pub(crate) kind: AttributeKind,
    pub(crate) universal_id: Option<String>,
    pub(crate) options: Vec<String>,
}

impl CustomAttribute {
    /// Describes an attribute; the number is the company's choice and never changes.
    pub fn new(
        number: impl Into<CustomAttributeNumber>,
        label: impl Into<String>,
        kind: AttributeKind,
    ) -> Self {
        Self {
            number: number.into(),
            label: label.into(),
            kind,
            universal_id: None,
            options: Vec::new(),
        }
    }

    /// Gives it the name by which Personio knows system-defined attributes, such as `iban`.
    #[must_use]
    pub fn universal_id(mut self, universal_id: impl Into<String>) -> Self {
        self.universal_id = Some(universal_id.into());
        self
    }

    /// Sets the options of a list or of tags.
    #[must_use]
    pub fn options<T: Into<String>>(mut self, options: impl IntoIterator<Item = T>) -> Self {
        self.options = options.into_iter().map(Into::into).collect();
        self
    }

    /// Returns the key on the wire, `dynamic_123`.
    #[must_use]
    pub fn key(&self) -> String {
        format!("dynamic_{}", self.number)
    }
}

/// What an employee has for a custom attribute.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum CustomValue {
    Text(Box<str>),
    Date(NaiveDate),
    Integer(i64),
    Decimal(f64),
    Tags(Box<[String]>),
}

impl CustomValue {
    /// Reads a value for an attribute of this kind; `None` when it does not fit.
    pub(crate) fn from_json(kind: AttributeKind, value: &Value) -> Option<Self> {
        match kind {
            AttributeKind::Date => value.as_str()?.parse().ok().map(Self::Date),
            AttributeKind::Integer => value.as_i64().map(Self::Integer),
            AttributeKind::Decimal => value.as_f64().map(Self::Decimal),
            AttributeKind::Tags => {
                let tags = value
                    .as_array()?
                    .iter()
                    .map(|tag| tag.as_str().map(str::to_owned));
                tags.collect::<Option<_>>().map(Self::Tags)
            }
            AttributeKind::Standard
            | AttributeKind::List
            | AttributeKind::Link
            | AttributeKind::Multiline => value.as_str().map(|text| Self::Text(text.into())),
        }
    }
}
