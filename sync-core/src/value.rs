use std::fmt;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::{SourceId, TargetId};

/// The value of one field, in the few forms that HR data takes.
///
/// A value may be personal data, so `Debug` shows its form only. `Display` shows the value; it is
/// meant for the eyes of an administrator, never for logs.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Value {
    /// Text, also of a choice from a list.
    Text(String),
    /// A number without rounding, such as weekly hours or days.
    Number(Decimal),
    /// Yes or no.
    Bool(bool),
    /// A calendar day, without time and zone.
    Date(NaiveDate),
    /// Several values, in the order of the source.
    List(Vec<Self>),
    /// A reference to the record of that id in the leading system, such as an employee's supervisor.
    ///
    /// Wishes hold references in this form. No target ever sees it: what is written into a product names the
    /// product's own record, see [`Effect::Refer`](crate::Effect::Refer).
    Source(SourceId),
    /// A reference to a record of the product, such as the account of the approver. Products show references
    /// in this form.
    Target(TargetId),
}

impl Value {
    /// Returns the text, if it is one.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Returns the calendar day, if it is one.
    pub fn as_date(&self) -> Option<NaiveDate> {
        match self {
            Self::Date(date) => Some(*date),
            _ => None,
        }
    }

    /// Returns the record of the leading system that is referred to, if it is a reference in that form.
    pub fn as_source(&self) -> Option<&SourceId> {
        match self {
            Self::Source(source) => Some(source),
            _ => None,
        }
    }

    /// Returns the record of the product that is referred to, if it is a reference in that form.
    pub fn as_target(&self) -> Option<&TargetId> {
        match self {
            Self::Target(target) => Some(target),
            _ => None,
        }
    }

    /// Tells whether the value refers to a record, on either side.
    pub fn is_reference(&self) -> bool {
        matches!(self, Self::Source(_) | Self::Target(_))
    }

    /// Returns the truth value, if it is one.
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(value) => Some(*value),
            _ => None,
        }
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Text(_) => "Text(..)",
            Self::Number(_) => "Number(..)",
            Self::Bool(_) => "Bool(..)",
            Self::Date(_) => "Date(..)",
            Self::List(_) => "List(..)",
            Self::Source(_) => "Source(..)",
            Self::Target(_) => "Target(..)",
        })
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text),
            Self::Number(number) => number.fmt(f),
            Self::Bool(value) => f.write_str(if *value { "yes" } else { "no" }),
            Self::Date(date) => date.fmt(f),
            Self::Source(source) => source.fmt(f),
            Self::Target(target) => target.fmt(f),
            Self::List(values) => {
                for (index, value) in values.iter().enumerate() {
                    if index > 0 {
                        f.write_str(", ")?;
                    }
                    value.fmt(f)?;
                }
                Ok(())
            }
        }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<NaiveDate> for Value {
    fn from(date: NaiveDate) -> Self {
        Self::Date(date)
    }
}

impl From<SourceId> for Value {
    fn from(source: SourceId) -> Self {
        Self::Source(source)
    }
}

impl From<TargetId> for Value {
    fn from(target: TargetId) -> Self {
        Self::Target(target)
    }
}

impl From<Decimal> for Value {
    fn from(number: Decimal) -> Self {
        Self::Number(number)
    }
}
