//! What is written of day-based absences.

use chrono::NaiveDate;

use crate::id::{EmployeeId, TimeOffTypeId};
use crate::redact::redacted_debug;

/// A day-based absence to record.
#[derive(Clone, PartialEq)]
#[must_use]
pub struct NewTimeOff {
    employee: EmployeeId,
    kind: TimeOffTypeId,
    first_day: NaiveDate,
    last_day: NaiveDate,
    half_day_start: bool,
    half_day_end: bool,
    comment: Option<String>,
}

redacted_debug!(NewTimeOff { employee });

impl NewTimeOff {
    /// Takes the days from the first to the last, both inclusive.
    pub fn new(
        employee: EmployeeId,
        kind: TimeOffTypeId,
        first_day: NaiveDate,
        last_day: NaiveDate,
    ) -> Self {
        Self {
            employee,
            kind,
            first_day,
            last_day,
            half_day_start: false,
            half_day_end: false,
            comment: None,
        }
    }

    /// Lets the first day count half. On a single day, only one of both halves may be named (documented).
    pub fn half_day_start(mut self) -> Self {
        self.half_day_start = true;
        self
    }

    /// Lets the last day count half.
    pub fn half_day_end(mut self) -> Self {
        self.half_day_end = true;
        self
    }

    /// Adds a comment.
    pub fn comment(mut self, comment: impl Into<String>) -> Self {
        self.comment = Some(comment.into());
        self
    }

    pub(super) fn form(&self, skip_approval: bool) -> Vec<(&'static str, String)> {
        let mut form = vec![
            ("employee_id", self.employee.to_string()),
            ("time_off_type_id", self.kind.to_string()),
            ("start_date", self.first_day.to_string()),
            ("end_date", self.last_day.to_string()),
            ("half_day_start", self.half_day_start.to_string()),
            ("half_day_end", self.half_day_end.to_string()),
            ("skip_approval", skip_approval.to_string()),
        ];
        form.extend(self.comment.clone().map(|comment| ("comment", comment)));
        form
    }
}
