//! Absences made up.

use chrono::{Datelike, NaiveDate, TimeDelta};

use super::super::absence::{Absence, AbsenceStatus, Extent};
use super::super::number::EmployeeNumber;
use super::{Draft, at_six};

impl Draft {
    /// Spreads absences over the time before and after today, one in each of equal parts, so that none overlap.
    pub(super) fn book_absences(&mut self, number: EmployeeNumber, count: u32) {
        const DAYS: u32 = 545;
        let Some(employee) = self.company.employee(number) else {
            return;
        };
        let leave = employee.employment.leave;
        let employed_from = employee.employment.hire_date.unwrap_or(self.today);
        let employed_until = employee
            .employment
            .termination
            .as_ref()
            .map(|termination| termination.last_working_day);
        let part = (DAYS / count.max(1)).max(2);
        let mut booked = 0;
        if let Some((from, until)) = leave.filter(|_| count > 0) {
            self.add(number, Drawn::days("Parental leave", from, until));
            booked += 1;
        }
        let beginning = self.today - TimeDelta::days(365);
        let parts =
            (0..DAYS / part).map(|place| beginning + TimeDelta::days(i64::from(place * part)));
        for from in parts.filter(|from| employed_until.is_none_or(|until| *from <= until)) {
            let until = from + TimeDelta::days(i64::from(part) - 1);
            let on_leave = leave.is_some_and(|(first, last)| {
                first <= until && last.is_none_or(|last| from <= last)
            });
            if booked >= count || on_leave || until < employed_from {
                continue;
            }
            let drawn = self.draw(from.max(employed_from), until);
            let open_ended = drawn.last_day.is_none();
            self.add(number, drawn);
            booked += 1;
            if open_ended {
                break;
            }
        }
    }

    /// Makes up an absence between the two days, both inclusive.
    fn draw(&mut self, earliest: NaiveDate, latest: NaiveDate) -> Drawn {
        let turn_of_year = NaiveDate::from_ymd_opt(earliest.year(), 12, 28).unwrap_or(earliest);
        let back = turn_of_year + TimeDelta::days(7);
        if earliest <= turn_of_year && back <= latest {
            return Drawn::days("Paid vacation", turn_of_year, Some(back));
        }
        let room = (latest - earliest).num_days() as u32;
        let from = earliest + TimeDelta::days(i64::from(self.dice.below(room / 2 + 1)));
        let longest = (latest - from).num_days() as u32;
        let mut at_most = |days: u32| {
            Some(from + TimeDelta::days(i64::from(self.dice.below(longest.min(days) + 1))))
        };
        let (long, short, very_short) = (at_most(13), at_most(4), at_most(1));
        match self.dice.below(100) {
            0..50 => Drawn::days("Paid vacation", from, long),
            50..60 => {
                let half_day_start = self.dice.per_mille(500);
                let extent = Extent::Days {
                    half_day_start,
                    half_day_end: !half_day_start,
                };
                Drawn {
                    extent,
                    ..Drawn::days("Paid vacation", from, short)
                }
            }
            60..78 => Drawn::days("Sick leave", from, short),
            78..80 if from <= self.today && self.today <= latest => {
                Drawn::days("Sick leave", from, None)
            }
            78..86 => Drawn::days("Home office", from, Some(from)),
            86..95 => {
                let starts = self.dice.between(14, 32) as u16 * 30;
                let until = starts + self.dice.between(1, 8) as u16 * 30;
                let extent = Extent::Minutes {
                    from: starts,
                    until,
                };
                Drawn {
                    extent,
                    ..Drawn::days("Doctor's appointment", from, Some(from))
                }
            }
            95..98 => {
                let extent = Extent::Minutes {
                    from: 13 * 60,
                    until: 17 * 60,
                };
                Drawn {
                    extent,
                    ..Drawn::days("Overtime compensation", from, Some(from))
                }
            }
            _ => Drawn::days("Overtime compensation", from, very_short),
        }
    }

    fn add(&mut self, employee: EmployeeNumber, drawn: Drawn) {
        let types = &self.company.absence_types;
        let Some(absence_type) = types.iter().find(|known| known.name == drawn.absence_type) else {
            return;
        };
        let status = match (absence_type.approval_required, self.dice.below(100)) {
            (true, 0..4) => AbsenceStatus::Rejected,
            (true, 4..30) if drawn.first_day > self.today => AbsenceStatus::Pending,
            _ => AbsenceStatus::Approved,
        };
        let absence_type = absence_type.number;
        let asked_ahead = TimeDelta::days(i64::from(self.dice.between(1, 60)));
        let asked_on = (drawn.first_day - asked_ahead).min(self.today - TimeDelta::days(1));
        let created_at = at_six(asked_on) + TimeDelta::minutes(i64::from(self.dice.below(600)));
        self.company.add_absence(Absence {
            number: 0.into(),
            employee,
            absence_type,
            first_day: drawn.first_day,
            last_day: drawn.last_day,
            extent: drawn.extent,
            status,
            comment: None,
            created_at,
            updated_at: created_at + TimeDelta::minutes(i64::from(self.dice.below(240))),
        });
    }
}

/// An absence made up for somebody.
struct Drawn {
    absence_type: &'static str,
    first_day: NaiveDate,
    last_day: Option<NaiveDate>,
    extent: Extent,
}

impl Drawn {
    fn days(absence_type: &'static str, first_day: NaiveDate, last_day: Option<NaiveDate>) -> Self {
        let extent = Extent::Days {
            half_day_start: false,
            half_day_end: false,
        };
        Self {
            absence_type,
            first_day,
            last_day,
            extent,
        }
    }
}
