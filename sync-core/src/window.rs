use std::fmt;

use chrono::{Days, NaiveDate};
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A span of calendar days, both ends inclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Bounds", into = "Bounds")]
pub struct Window {
    from: NaiveDate,
    to: NaiveDate,
}

impl Window {
    /// Spans from the first to the last day, both inclusive.
    ///
    /// # Errors
    ///
    /// When the last day lies before the first.
    pub fn new(from: NaiveDate, to: NaiveDate) -> Result<Self, WindowError> {
        if to < from {
            return Err(WindowError { from, to });
        }
        Ok(Self { from, to })
    }

    /// Spans from a number of days before a day to a number of days after it.
    pub fn around(day: NaiveDate, before: u32, after: u32) -> Self {
        Self {
            from: day
                .checked_sub_days(Days::new(before.into()))
                .unwrap_or(NaiveDate::MIN),
            to: day
                .checked_add_days(Days::new(after.into()))
                .unwrap_or(NaiveDate::MAX),
        }
    }

    /// Returns the first day.
    pub fn from(&self) -> NaiveDate {
        self.from
    }

    /// Returns the last day.
    pub fn to(&self) -> NaiveDate {
        self.to
    }

    /// Tells whether any day lies in both spans; a span without an end goes on for ever.
    pub fn overlaps(&self, first_day: NaiveDate, last_day: Option<NaiveDate>) -> bool {
        first_day <= self.to && last_day.is_none_or(|last_day| last_day >= self.from)
    }
}

impl fmt::Display for Window {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} to {}", self.from, self.to)
    }
}

/// A window that ends before it begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("a window from {from} to {to} ends before it begins")]
pub struct WindowError {
    from: NaiveDate,
    to: NaiveDate,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Bounds {
    from: NaiveDate,
    to: NaiveDate,
}

impl TryFrom<Bounds> for Window {
    type Error = WindowError;

    fn try_from(Bounds { from, to }: Bounds) -> Result<Self, WindowError> {
        Self::new(from, to)
    }
}

impl From<Window> for Bounds {
    fn from(Window { from, to }: Window) -> Self {
        Self { from, to }
    }
}
