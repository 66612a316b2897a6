//! Attendances: when people worked, and when they took a break.

use std::fmt;

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::new_absence::minute_of;
use super::number::{AttendanceNumber, EmployeeNumber, ProjectNumber};
use super::table::Row;

/// A period in which somebody worked or took a break, as v2 has it.
///
/// In v1 a period of work and the break right before it are one attendance with so many minutes of break; where in it
/// the break was, v1 does not say.
///
/// `Debug` shows the numbers alone.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attendance {
    pub(crate) number: AttendanceNumber,
    pub(crate) employee: EmployeeNumber,
    pub(crate) kind: AttendanceKind,
    /// The day it counts for: that of its start.
    pub(crate) day: NaiveDate,
    /// Minutes after midnight, local time.
    pub(crate) from: u16,
    /// Exclusive, in minutes after the same midnight, so more than a day's when it ends on a later day; open while it lasts.
    pub(crate) until: Option<u16>,
    pub(crate) comment: Option<Box<str>>,
    pub(crate) project: Option<ProjectNumber>,
    pub(crate) status: AttendanceStatus,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) updated_at: DateTime<Utc>,
}

/// What somebody did in a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum AttendanceKind {
    Work,
    Break,
}

/// How far the approval of an attendance has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AttendanceStatus {
    /// Somebody has to decide.
    Pending,
    /// It counts.
    Confirmed,
    /// It does not count.
    Rejected,
}

impl AttendanceStatus {
    pub(crate) fn v1_name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Confirmed => "confirmed",
            Self::Rejected => "rejected",
        }
    }

    pub(crate) fn v2_name(self) -> &'static str {
        match self {
            Self::Pending => "PENDING",
            Self::Confirmed => "CONFIRMED",
            Self::Rejected => "REJECTED",
        }
    }
}

impl Attendance {
    /// Returns the number: the v1 attendance id. Its [`uuid`](AttendanceNumber::uuid) is the v2 id.
    #[must_use]
    pub fn number(&self) -> AttendanceNumber {
        self.number
    }

    /// Returns who worked.
    #[must_use]
    pub fn employee(&self) -> EmployeeNumber {
        self.employee
    }

    /// Returns the day it counts for.
    #[must_use]
    pub fn day(&self) -> NaiveDate {
        self.day
    }

    /// Says whether it is a break rather than work.
    #[must_use]
    pub fn is_break(&self) -> bool {
        self.kind == AttendanceKind::Break
    }

    /// Says how far its approval has come.
    #[must_use]
    pub fn status(&self) -> AttendanceStatus {
        self.status
    }

    /// The local time of its start.
    pub(crate) fn start(&self) -> NaiveDateTime {
        self.at(self.from)
    }

    /// The local time of its end, exclusive.
    pub(crate) fn end(&self) -> Option<NaiveDateTime> {
        self.until.map(|until| self.at(until))
    }

    /// How long it takes; nothing yet while it is open.
    pub(crate) fn minutes(&self) -> u32 {
        self.until.map_or(0, |until| u32::from(until - self.from))
    }

    /// Whether it ends on a later day than it starts.
    pub(crate) fn is_overnight(&self) -> bool {
        self.until.is_some_and(|until| until > DAY)
    }

    /// Whether somebody would be at work twice at once.
    pub(crate) fn overlaps(&self, other: &Self) -> bool {
        self.employee == other.employee
            && self.start() < other.last_until()
            && other.start() < self.last_until()
    }

    /// Until when it takes its person; while it is open, to the end of its day.
    fn last_until(&self) -> NaiveDateTime {
        self.at(self.until.unwrap_or(DAY))
    }

    /// What is left of it before and after another one.
    pub(crate) fn around(&self, other: &Self) -> [Option<Self>; 2] {
        let before = (self.start() < other.start()).then(|| Self {
            until: Some(self.minute_at(other.start())),
            ..self.clone()
        });
        let end = other.last_until();
        let after = (end < self.last_until()).then(|| {
            let ends_at = self.end();
            let mut after = self.clone();
            after.begin_at(end);
            after.until = ends_at.map(|at| after.minute_at(at));
            after
        });
        [before, after]
    }

    /// Lets it begin at this minute, and count for its day.
    pub(crate) fn begin_at(&mut self, at: NaiveDateTime) {
        self.day = at.date();
        self.from = minute_of(at.time());
    }

    /// Writes a time as minutes after the midnight at which its day begins; what lies out of reach is cut to what can be
    /// written.
    pub(crate) fn minute_at(&self, at: NaiveDateTime) -> u16 {
        let minutes = (at - self.day.and_time(NaiveTime::MIN)).num_minutes();
        u16::try_from(minutes.max(0)).unwrap_or(u16::MAX)
    }

    fn at(&self, minute: u16) -> NaiveDateTime {
        self.day.and_time(NaiveTime::MIN) + TimeDelta::minutes(i64::from(minute))
    }
}

/// Minutes of a day.
pub(crate) const DAY: u16 = 24 * 60;

impl Row for Attendance {
    fn number(&self) -> u32 {
        self.number.get()
    }
}

impl fmt::Debug for Attendance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Attendance");
        shown
            .field("number", &self.number)
            .field("employee", &self.employee)
            .finish_non_exhaustive()
    }
}

/// An attendance to record: confirmed, without break and comment, unless said otherwise.
#[derive(Clone)]
#[must_use]
pub struct NewAttendance {
    pub(crate) employee: EmployeeNumber,
    pub(crate) day: NaiveDate,
    /// Minutes after midnight, break included.
    pub(crate) from: u16,
    pub(crate) until: Option<u16>,
    pub(crate) break_minutes: u32,
    pub(crate) comment: Option<Box<str>>,
    pub(crate) project: Option<ProjectNumber>,
    pub(crate) status: AttendanceStatus,
}

impl NewAttendance {
    /// Takes the time between two times of a day, local time of the employee, to the minute; `until` is exclusive, and
    /// open while somebody is still at work.
    pub fn new(
        employee: EmployeeNumber,
        day: NaiveDate,
        from: NaiveTime,
        until: Option<NaiveTime>,
    ) -> Self {
        Self {
            employee,
            day,
            from: minute_of(from),
            until: until.map(minute_of),
            break_minutes: 0,
            comment: None,
            project: None,
            status: AttendanceStatus::Confirmed,
        }
    }

    /// Ends the attendance on the day after, which only v2 can tell.
    pub fn overnight(mut self) -> Self {
        self.until = self.until.map(|until| until + DAY);
        self
    }

    /// Sets the break, with which the attendance begins.
    pub fn break_minutes(mut self, minutes: u32) -> Self {
        self.break_minutes = minutes;
        self
    }

    /// Books the work on a project.
    pub fn project(mut self, project: ProjectNumber) -> Self {
        self.project = Some(project);
        self
    }

    /// Leaves the attendance waiting for approval.
    pub fn pending(mut self) -> Self {
        self.status = AttendanceStatus::Pending;
        self
    }
}

impl fmt::Debug for NewAttendance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewAttendance")
            .field("employee", &self.employee)
            .finish_non_exhaustive()
    }
}
