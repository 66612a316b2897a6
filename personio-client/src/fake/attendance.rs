//! Attendances: when people worked.

use std::fmt;

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use serde::{Deserialize, Serialize};

use super::company::Company;
use super::company_error::CompanyError;
use super::new_absence::minute_of;
use super::number::{AttendanceNumber, EmployeeNumber};
use super::table::Row;
use super::webhook::EventName;

/// A time somebody worked, seen through v1 attendances.
///
/// `Debug` shows the numbers alone.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attendance {
    pub(crate) number: AttendanceNumber,
    pub(crate) employee: EmployeeNumber,
    pub(crate) day: NaiveDate,
    /// Minutes after midnight, local time.
    pub(crate) from: u16,
    /// Exclusive; open while somebody is still at work.
    pub(crate) until: Option<u16>,
    pub(crate) break_minutes: u32,
    pub(crate) comment: Option<Box<str>>,
    pub(crate) is_pending: bool,
    pub(crate) updated_at: DateTime<Utc>,
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

    /// Returns the day.
    #[must_use]
    pub fn day(&self) -> NaiveDate {
        self.day
    }

    /// Whether somebody would be at work twice at once; an open end lasts until midnight.
    fn overlaps(&self, other: &Self) -> bool {
        let until = |attendance: &Self| attendance.until.unwrap_or(24 * 60);
        self.employee == other.employee
            && self.day == other.day
            && self.from < until(other)
            && other.from < until(self)
    }
}

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
pub struct NewAttendance(pub(crate) Attendance);

impl NewAttendance {
    /// Takes the time between two times of a day, local time of the employee, to the minute; `until` is exclusive, and
    /// open while somebody is still at work.
    pub fn new(
        employee: EmployeeNumber,
        day: NaiveDate,
        from: NaiveTime,
        until: Option<NaiveTime>,
    ) -> Self {
        Self(Attendance {
            number: AttendanceNumber::from(0),
            employee,
            day,
            from: minute_of(from),
            until: until.map(minute_of),
            break_minutes: 0,
            comment: None,
            is_pending: false,
            updated_at: DateTime::UNIX_EPOCH,
        })
    }

    /// Sets the break.
    pub fn break_minutes(mut self, minutes: u32) -> Self {
        self.0.break_minutes = minutes;
        self
    }

    /// Leaves the attendance waiting for approval.
    pub fn pending(mut self) -> Self {
        self.0.is_pending = true;
        self
    }
}

impl fmt::Debug for NewAttendance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewAttendance")
            .field("employee", &self.0.employee)
            .finish_non_exhaustive()
    }
}

impl Company {
    /// Records an attendance.
    ///
    /// # Errors
    /// When the employee does not exist, the attendance takes no time, or it overlaps another one.
    pub fn attend(&mut self, new: NewAttendance) -> Result<AttendanceNumber, CompanyError> {
        let mut attendance = new.0;
        attendance.updated_at = self.now;
        self.check_attendance(&attendance)?;
        let number = self.attendances.add(|number| {
            attendance.number = number.into();
            attendance.clone()
        });
        self.announce_attendance(EventName::AttendanceCreated, &attendance);
        Ok(number.into())
    }

    /// Deletes an attendance; afterwards nothing in either API tells of it but webhooks.
    ///
    /// # Errors
    /// When there is no such attendance.
    pub fn delete_attendance(&mut self, attendance: AttendanceNumber) -> Result<(), CompanyError> {
        let gone = self.attendances.remove(attendance.get());
        let gone = gone.ok_or(CompanyError::UnknownAttendance(attendance))?;
        self.announce_attendance(EventName::AttendanceDeleted, &gone);
        Ok(())
    }

    /// Returns the attendances in the order of their numbers.
    pub fn attendances(&self) -> impl ExactSizeIterator<Item = &Attendance> {
        self.attendances.iter()
    }

    /// Replaces an attendance by its changed self.
    pub(crate) fn replace_attendance(&mut self, changed: Attendance) -> Result<(), CompanyError> {
        self.check_attendance(&changed)?;
        let number = changed.number;
        let place = self.attendances.get_mut(number.get());
        let place = place.ok_or(CompanyError::UnknownAttendance(number))?;
        *place = changed.clone();
        place.updated_at = self.now;
        self.announce_attendance(EventName::AttendanceUpdated, &changed);
        Ok(())
    }

    fn check_attendance(&self, attendance: &Attendance) -> Result<(), CompanyError> {
        self.require(attendance.employee)?;
        if attendance
            .until
            .is_some_and(|until| until <= attendance.from)
        {
            return Err(CompanyError::EmptyAttendance);
        }
        let mut others = self
            .attendances
            .iter()
            .filter(|other| other.number != attendance.number);
        match others.find(|other| other.overlaps(attendance)) {
            Some(other) => Err(CompanyError::AttendanceOverlap(other.number)),
            None => Ok(()),
        }
    }
}
