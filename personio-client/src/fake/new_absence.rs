//! Absences to book, and changes to those on record.

use std::fmt;

use chrono::{NaiveDate, NaiveTime, Timelike};

use super::absence::{AbsenceStatus, Extent};
use super::number::EmployeeNumber;

/// An absence to book: approved, without comment, whole days, unless said otherwise.
#[derive(Clone)]
#[must_use]
pub struct NewAbsence {
    pub(crate) employee: EmployeeNumber,
    pub(crate) absence_type: String,
    pub(crate) first_day: NaiveDate,
    pub(crate) last_day: Option<NaiveDate>,
    pub(crate) extent: Extent,
    pub(crate) status: AbsenceStatus,
    pub(crate) comment: Option<String>,
}

impl NewAbsence {
    /// Takes the days from the first to the last, both inclusive, under the absence type of this name.
    pub fn days(
        employee: EmployeeNumber,
        absence_type: impl Into<String>,
        first_day: NaiveDate,
        last_day: NaiveDate,
    ) -> Self {
        let extent = Extent::Days {
            half_day_start: false,
            half_day_end: false,
        };
        Self::new(
            employee,
            absence_type.into(),
            first_day,
            Some(last_day),
            extent,
        )
    }

    /// Takes every day from the first one on; the end is not known yet.
    pub fn open_ended(
        employee: EmployeeNumber,
        absence_type: impl Into<String>,
        first_day: NaiveDate,
    ) -> Self {
        let extent = Extent::Days {
            half_day_start: false,
            half_day_end: false,
        };
        Self::new(employee, absence_type.into(), first_day, None, extent)
    }

    /// Takes part of one day, local time of the employee's office, to the minute; `until` is exclusive.
    pub fn hours(
        employee: EmployeeNumber,
        absence_type: impl Into<String>,
        day: NaiveDate,
        from: NaiveTime,
        until: NaiveTime,
    ) -> Self {
        let extent = Extent::Minutes {
            from: minute_of(from),
            until: minute_of(until),
        };
        Self::new(employee, absence_type.into(), day, Some(day), extent)
    }

    fn new(
        employee: EmployeeNumber,
        absence_type: String,
        first_day: NaiveDate,
        last_day: Option<NaiveDate>,
        extent: Extent,
    ) -> Self {
        Self {
            employee,
            absence_type,
            first_day,
            last_day,
            extent,
            status: AbsenceStatus::Approved,
            comment: None,
        }
    }

    /// Lets the absence begin at noon of its first day; without effect on hours.
    pub fn half_day_start(mut self) -> Self {
        if let Extent::Days { half_day_start, .. } = &mut self.extent {
            *half_day_start = true;
        }
        self
    }

    /// Lets the absence end at noon of its last day; without effect on hours.
    pub fn half_day_end(mut self) -> Self {
        if let Extent::Days { half_day_end, .. } = &mut self.extent {
            *half_day_end = true;
        }
        self
    }

    /// Leaves the absence waiting for approval.
    pub fn pending(mut self) -> Self {
        self.status = AbsenceStatus::Pending;
        self
    }

    /// Adds a comment.
    pub fn comment(mut self, comment: impl Into<String>) -> Self {
        self.comment = Some(comment.into());
        self
    }
}

impl fmt::Debug for NewAbsence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewAbsence")
            .field("employee", &self.employee)
            .finish_non_exhaustive()
    }
}

/// Changes to an absence; what is not set stays.
#[derive(Clone, Default)]
#[must_use]
pub struct AbsenceChange {
    pub(crate) days: Option<(NaiveDate, Option<NaiveDate>)>,
    pub(crate) half_days: Option<(bool, bool)>,
    pub(crate) status: Option<AbsenceStatus>,
}

impl AbsenceChange {
    /// Changes nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Moves the absence to these days, both inclusive.
    pub fn days(mut self, first_day: NaiveDate, last_day: NaiveDate) -> Self {
        self.days = Some((first_day, Some(last_day)));
        self
    }

    /// Says whether the absence begins at noon of its first day and ends at noon of its last.
    pub fn half_days(mut self, start: bool, end: bool) -> Self {
        self.half_days = Some((start, end));
        self
    }

    /// Sets the status.
    pub fn status(mut self, status: AbsenceStatus) -> Self {
        self.status = Some(status);
        self
    }
}

impl fmt::Debug for AbsenceChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AbsenceChange").finish_non_exhaustive()
    }
}

pub(crate) fn minute_of(time: NaiveTime) -> u16 {
    (time.hour() * 60 + time.minute()) as u16
}
