//! How the company keeps the times at which people work.

use std::collections::HashMap;

use chrono::{DateTime, Utc};

use super::attendance::{Attendance, AttendanceKind, AttendanceStatus, DAY, NewAttendance};
use super::company::Company;
use super::company_error::CompanyError;
use super::number::AttendanceNumber;
use super::webhook::EventName;

impl Company {
    /// Records an attendance; one with a break becomes two periods, and the number is that of the work.
    ///
    /// # Errors
    /// When the employee or the project does not exist, the attendance takes no time, or it overlaps another one.
    pub fn attend(&mut self, new: NewAttendance) -> Result<AttendanceNumber, CompanyError> {
        self.check_attendance(&new, &[])?;
        Ok(self.enter_attendance(&new, self.now))
    }

    /// Records at this time what takes some time and overlaps nothing.
    pub(crate) fn enter_attendance(
        &mut self,
        new: &NewAttendance,
        at: DateTime<Utc>,
    ) -> AttendanceNumber {
        let (pause, work) = periods_of(new, at);
        if let Some(pause) = pause {
            self.add_attendance(pause);
        }
        self.add_attendance(work)
    }

    /// Approves or rejects an attendance, or leaves it open again. The break before work goes with it.
    ///
    /// # Errors
    /// When there is no such attendance.
    pub fn decide_attendance(
        &mut self,
        attendance: AttendanceNumber,
        status: AttendanceStatus,
    ) -> Result<(), CompanyError> {
        for mut decided in self.with_its_break(attendance)? {
            decided.status = status;
            self.write_attendance(decided)?;
        }
        Ok(())
    }

    /// Deletes an attendance; afterwards nothing in either API tells of it but webhooks. The break before work goes with it.
    ///
    /// # Errors
    /// When there is no such attendance.
    pub fn delete_attendance(&mut self, attendance: AttendanceNumber) -> Result<(), CompanyError> {
        for gone in self.with_its_break(attendance)? {
            self.delete_period(gone.number)?;
        }
        Ok(())
    }

    /// Returns the attendances in the order of their numbers.
    pub fn attendances(&self) -> impl ExactSizeIterator<Item = &Attendance> {
        self.attendances.iter()
    }

    pub(crate) fn attendance(&self, number: AttendanceNumber) -> Result<&Attendance, CompanyError> {
        let found = self.attendances.get(number.get());
        found.ok_or(CompanyError::UnknownAttendance(number))
    }

    /// What v1 knows of work and the break before it.
    pub(crate) fn attendance_in_v1(&self, work: &Attendance) -> NewAttendance {
        with_break(work, self.break_before(work))
    }

    /// Everything that v1 knows, with the work it belongs to.
    pub(crate) fn attendances_in_v1(&self) -> impl Iterator<Item = (&Attendance, NewAttendance)> {
        let breaks = self.attendances().filter(|period| period.is_break());
        let by_end: HashMap<_, _> = breaks
            .filter_map(|pause| Some(((pause.employee, pause.end()?), pause)))
            .collect();
        let work = self.attendances().filter(|period| !period.is_break());
        work.map(move |work| {
            let pause = by_end.get(&(work.employee, work.start())).copied();
            (work, with_break(work, pause))
        })
    }

    /// Gives work, and the break before it, other times.
    pub(crate) fn replace_attendance(
        &mut self,
        number: AttendanceNumber,
        changed: &NewAttendance,
    ) -> Result<(), CompanyError> {
        self.check_attendance(changed, &self.with_its_break(number)?)?;
        let (pause, mut work) = periods_of(changed, self.now);
        let old = self.attendance(number)?;
        (work.number, work.created_at) = (number, old.created_at);
        let seen = |pause: &Attendance| (pause.start(), pause.end(), pause.status);
        match (self.break_before(old).cloned(), pause) {
            (Some(old), Some(pause)) if seen(&old) == seen(&pause) => {}
            (Some(old), Some(mut pause)) => {
                (pause.number, pause.created_at) = (old.number, old.created_at);
                self.write_attendance(pause)?;
            }
            (Some(old), None) => self.delete_period(old.number)?,
            (None, Some(pause)) => drop(self.add_attendance(pause)),
            (None, None) => {}
        }
        self.write_attendance(work)
    }

    /// Records or replaces a period and cuts what it overlaps; returns it and what is left of the others (inferred from
    /// the `affected_periods` of v2, observed).
    pub(crate) fn make_room_for(
        &mut self,
        mut period: Attendance,
    ) -> Result<Vec<AttendanceNumber>, CompanyError> {
        self.require(period.employee)?;
        if period.until.is_some_and(|until| until <= period.from) {
            return Err(CompanyError::EmptyAttendance);
        }
        let is_overlapped =
            |other: &&Attendance| other.number != period.number && other.overlaps(&period);
        let overlapped: Vec<_> = self.attendances().filter(is_overlapped).cloned().collect();
        let mut left = Vec::new();
        for other in overlapped {
            match other.around(&period) {
                [None, None] => self.delete_period(other.number)?,
                [Some(rest), None] | [None, Some(rest)] => {
                    left.push(rest.number);
                    self.write_attendance(rest)?;
                }
                [Some(before), Some(mut after)] => {
                    after.updated_at = self.now;
                    left.push(before.number);
                    self.write_attendance(before)?;
                    left.push(self.add_attendance(after));
                }
            }
        }
        if self.attendances.get(period.number.get()).is_some() {
            left.insert(0, period.number);
            self.write_attendance(period)?;
        } else {
            (period.created_at, period.updated_at) = (self.now, self.now);
            left.insert(0, self.add_attendance(period));
        }
        Ok(left)
    }

    /// Deletes a period and nothing else.
    pub(crate) fn delete_period(&mut self, number: AttendanceNumber) -> Result<(), CompanyError> {
        let gone = self.attendances.remove(number.get());
        let gone = gone.ok_or(CompanyError::UnknownAttendance(number))?;
        self.announce_attendance(EventName::AttendanceDeleted, &gone);
        Ok(())
    }

    fn add_attendance(&mut self, mut attendance: Attendance) -> AttendanceNumber {
        let number = self.attendances.add(|number| {
            attendance.number = number.into();
            attendance.clone()
        });
        self.announce_attendance(EventName::AttendanceCreated, &attendance);
        number.into()
    }

    /// Replaces a period by its changed self.
    pub(super) fn write_attendance(&mut self, mut changed: Attendance) -> Result<(), CompanyError> {
        let number = changed.number;
        changed.updated_at = self.now;
        let place = self.attendances.get_mut(number.get());
        *place.ok_or(CompanyError::UnknownAttendance(number))? = changed.clone();
        self.announce_attendance(EventName::AttendanceUpdated, &changed);
        Ok(())
    }

    /// Whether there is somebody who has the time, beside what is to be replaced.
    fn check_attendance(
        &self,
        new: &NewAttendance,
        own: &[Attendance],
    ) -> Result<(), CompanyError> {
        self.require(new.employee)?;
        new.project
            .map(|project| self.project(project))
            .transpose()?;
        if new.until.unwrap_or(DAY) <= work_begins(new) {
            return Err(CompanyError::EmptyAttendance);
        }
        let (_, work) = periods_of(new, self.now);
        let from = new.from;
        let whole = Attendance { from, ..work };
        let is_own = |period: &Attendance| own.iter().any(|it| it.number == period.number);
        let mut others = self.attendances().filter(|other| !is_own(other));
        match others.find(|other| other.overlaps(&whole)) {
            Some(other) => Err(CompanyError::AttendanceOverlap(other.number)),
            None => Ok(()),
        }
    }

    /// What v1 takes for one attendance: a period and, if it is work, the break right before it.
    fn with_its_break(&self, number: AttendanceNumber) -> Result<Vec<Attendance>, CompanyError> {
        let period = self.attendance(number)?;
        let pause = self.break_before(period).into_iter();
        Ok(pause.chain([period]).cloned().collect())
    }

    fn break_before(&self, period: &Attendance) -> Option<&Attendance> {
        if period.is_break() {
            return None;
        }
        self.attendances().find(|it| {
            it.is_break() && it.employee == period.employee && it.end() == Some(period.start())
        })
    }
}

/// The break with which an attendance of v1 begins, and its work.
fn periods_of(new: &NewAttendance, at: DateTime<Utc>) -> (Option<Attendance>, Attendance) {
    let work = Attendance {
        number: AttendanceNumber::from(0),
        employee: new.employee,
        kind: AttendanceKind::Work,
        day: new.day,
        from: work_begins(new),
        until: new.until,
        comment: new.comment.clone(),
        project: new.project,
        status: new.status,
        created_at: at,
        updated_at: at,
    };
    let pause = (new.break_minutes > 0).then(|| Attendance {
        kind: AttendanceKind::Break,
        from: new.from,
        until: Some(work.from),
        comment: None,
        project: None,
        ..work.clone()
    });
    (pause, work)
}

/// The minute at which the break is over.
fn work_begins(new: &NewAttendance) -> u16 {
    let minutes = u16::try_from(new.break_minutes).unwrap_or(u16::MAX);
    new.from.saturating_add(minutes)
}

fn with_break(work: &Attendance, pause: Option<&Attendance>) -> NewAttendance {
    // A break that began the day before counts from midnight.
    let from = pause.map_or(work.from, |pause| work.minute_at(pause.start()));
    NewAttendance {
        employee: work.employee,
        day: work.day,
        from,
        until: work.until,
        break_minutes: u32::from(work.from - from),
        comment: work.comment.clone(),
        project: work.project,
        status: work.status,
    }
}
