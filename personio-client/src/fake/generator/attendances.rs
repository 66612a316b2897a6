//! Attendances made up.

use chrono::{NaiveDate, NaiveTime, TimeDelta, TimeZone};

use super::super::attendance::NewAttendance;
use super::super::new_absence::minute_of;
use super::super::number::EmployeeNumber;
use super::Draft;

impl Draft {
    /// Lets somebody have worked on the last days before today, and perhaps be at work right now.
    pub(super) fn record_attendances(&mut self, employee: EmployeeNumber, count: u32) {
        let count = count as usize;
        let mut latest_first = Vec::new();
        if count > 0 && self.dice.per_mille(50) {
            latest_first.extend(self.at_work_now(employee));
        }
        for day in self.days_at_work(employee, count) {
            latest_first.extend(self.day_at_work(employee, day));
        }
        latest_first.truncate(count);
        for attendance in latest_first.into_iter().rev() {
            self.enter(&attendance);
        }
    }

    /// Puts an attendance on record at its end; that nobody works twice at once is seen to already.
    fn enter(&mut self, new: &NewAttendance) {
        let last_minute = new.until.unwrap_or(new.from);
        let entered = new.day.and_time(NaiveTime::MIN) + TimeDelta::minutes(i64::from(last_minute));
        let zone = self.company.zone_of(new.employee);
        let now = self.company.now;
        let entered = zone.from_local_datetime(&entered).earliest();
        let at = entered.map_or(now, |entered| now.min(entered.to_utc()));
        self.company.enter_attendance(new, at);
    }

    /// The last days of the year before today on which somebody was to work and was not absent, latest first.
    fn days_at_work(&self, employee: EmployeeNumber, most: usize) -> Vec<NaiveDate> {
        let days = (1..=365).map(|ago| self.today - TimeDelta::days(ago));
        days.filter(|day| self.works_on(employee, *day))
            .take(most)
            .collect()
    }

    fn works_on(&self, number: EmployeeNumber, day: NaiveDate) -> bool {
        let Some(employee) = self.company.employee(number) else {
            return false;
        };
        let employment = &employee.employment;
        let mut absences = self.company.absences_of(number);
        employment.hire_date.is_some_and(|hired| hired <= day)
            && employee
                .last_working_day()
                .is_none_or(|last_day| day <= last_day)
            && employment
                .leave
                .is_none_or(|(from, until)| day < from || until.is_some_and(|until| until < day))
            && self.company.schedule_of(number).minutes_on(day) > 0
            && !absences.any(|absence| absence.intersects(Some(day), Some(day)))
    }

    /// A day's work, latest first: in one piece with a break, or in two pieces around it.
    fn day_at_work(&mut self, employee: EmployeeNumber, day: NaiveDate) -> Vec<NewAttendance> {
        let minutes = self.company.schedule_of(employee).minutes_on(day);
        let pause = self.dice.between(2, 4) as u16 * 15;
        let from = self.start_of_work();
        if self.dice.per_mille(800) {
            let until = from + minutes + pause;
            let work = self.attendance(employee, day, from, until);
            return vec![work.break_minutes(u32::from(pause))];
        }
        let noon = from + minutes / 2;
        let back = noon + pause;
        vec![
            self.attendance(employee, day, back, back + minutes / 2),
            self.attendance(employee, day, from, noon),
        ]
    }

    /// Work that has begun today and has no end yet.
    fn at_work_now(&mut self, employee: EmployeeNumber) -> Option<NewAttendance> {
        let zone = self.company.zone_of(employee);
        let now = zone
            .from_utc_datetime(&self.company.now.naive_utc())
            .naive_local();
        let from = self.start_of_work();
        let has_begun = now.date() == self.today && from <= minute_of(now.time());
        (has_begun && self.works_on(employee, self.today))
            .then(|| NewAttendance::new(employee, self.today, time(from), None).pending())
    }

    /// Between seven and nine, in minutes after midnight.
    fn start_of_work(&mut self) -> u16 {
        7 * 60 + self.dice.below(9) as u16 * 15
    }

    fn attendance(
        &mut self,
        employee: EmployeeNumber,
        day: NaiveDate,
        from: u16,
        until: u16,
    ) -> NewAttendance {
        let attendance = NewAttendance::new(employee, day, time(from), Some(time(until)));
        if self.dice.per_mille(30) {
            attendance.pending()
        } else {
            attendance
        }
    }
}

/// The time so many minutes after midnight.
fn time(minutes: u16) -> NaiveTime {
    NaiveTime::MIN + TimeDelta::minutes(i64::from(minutes))
}
