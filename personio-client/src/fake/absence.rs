//! Absences, as they are on record, and their types.

use std::fmt;

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::number::{AbsenceNumber, AbsenceTypeNumber, EmployeeNumber};
use super::organisation::WorkSchedule;
use super::table::Row;

/// In which unit absences of a type are booked; it decides in which v1 endpoint they appear.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AbsenceUnit {
    /// Days and half days: v1 time-offs.
    Day,
    /// Hours: v1 absence-periods.
    Hour,
}

/// A kind of absence, such as paid vacation.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AbsenceType {
    pub(crate) number: AbsenceTypeNumber,
    pub(crate) name: String,
    /// The v1 spelling; v2 has the same in upper case (inferred).
    pub(crate) category: String,
    pub(crate) unit: AbsenceUnit,
    pub(crate) approval_required: bool,
}

impl AbsenceType {
    /// Returns the number: the v1 time-off type id.
    #[must_use]
    pub fn number(&self) -> AbsenceTypeNumber {
        self.number
    }

    /// Returns the name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the unit.
    #[must_use]
    pub fn unit(&self) -> AbsenceUnit {
        self.unit
    }

    /// The types every company of the fake starts with.
    pub(crate) fn usual() -> Vec<Self> {
        const USUAL: [(&str, &str, AbsenceUnit, bool); 8] = [
            ("Paid vacation", "paid_vacation", AbsenceUnit::Day, true),
            ("Sick leave", "sick_leave", AbsenceUnit::Day, false),
            (
                "Parental leave",
                "maternity_parental_leave",
                AbsenceUnit::Day,
                true,
            ),
            ("Unpaid vacation", "unpaid_vacation", AbsenceUnit::Day, true),
            ("Child sick", "child_care", AbsenceUnit::Day, false),
            ("Home office", "offsite_work", AbsenceUnit::Day, false),
            (
                "Doctor's appointment",
                "sick_leave",
                AbsenceUnit::Hour,
                false,
            ),
            ("Overtime compensation", "other", AbsenceUnit::Hour, true),
        ];
        let numbered = (195_801..).map(AbsenceTypeNumber::from).zip(USUAL);
        let types = numbered.map(|(number, (name, category, unit, approval_required))| Self {
            number,
            name: name.to_owned(),
            category: category.to_owned(),
            unit,
            approval_required,
        });
        types.collect()
    }
}

/// Whether an absence has been agreed to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum AbsenceStatus {
    /// Agreed to, or needing no agreement.
    Approved,
    /// Waiting for an answer.
    Pending,
    /// Refused or withdrawn; it stays in the lists.
    Rejected,
}

impl AbsenceStatus {
    pub(crate) fn v1_name(self) -> &'static str {
        match self {
            Self::Approved => "approved",
            Self::Pending => "pending",
            Self::Rejected => "rejected",
        }
    }

    pub(crate) fn from_v1_name(name: &str) -> Option<Self> {
        [Self::Approved, Self::Pending, Self::Rejected]
            .into_iter()
            .find(|status| status.v1_name() == name)
    }

    pub(crate) fn v2_name(self) -> &'static str {
        match self {
            Self::Approved => "APPROVED",
            Self::Pending => "PENDING",
            Self::Rejected => "REJECTED",
        }
    }
}

/// Which part of its days an absence takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Extent {
    /// Whole days, but for the half days: absent from noon of the first, until noon of the last.
    Days {
        half_day_start: bool,
        half_day_end: bool,
    },
    /// Minutes after midnight, local time; the end is exclusive.
    Minutes { from: u16, until: u16 },
}

/// A time somebody is absent, seen through v1 time-offs or absence-periods and through v2 absence periods.
///
/// `Debug` shows the numbers alone: that somebody is ill is personal.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Absence {
    pub(crate) number: AbsenceNumber,
    pub(crate) employee: EmployeeNumber,
    pub(crate) absence_type: AbsenceTypeNumber,
    pub(crate) first_day: NaiveDate,
    pub(crate) last_day: Option<NaiveDate>,
    pub(crate) extent: Extent,
    pub(crate) status: AbsenceStatus,
    pub(crate) comment: Option<Box<str>>,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) updated_at: DateTime<Utc>,
}

impl Absence {
    /// Returns the number: the v1 time-off id. Its [`uuid`](AbsenceNumber::uuid) is the v2 id.
    #[must_use]
    pub fn number(&self) -> AbsenceNumber {
        self.number
    }

    /// Returns who is absent.
    #[must_use]
    pub fn employee(&self) -> EmployeeNumber {
        self.employee
    }

    /// Returns the absence type.
    #[must_use]
    pub fn absence_type(&self) -> AbsenceTypeNumber {
        self.absence_type
    }

    /// Returns the first day of absence.
    #[must_use]
    pub fn first_day(&self) -> NaiveDate {
        self.first_day
    }

    /// Returns the last day of absence (inclusive); none while the end is open.
    #[must_use]
    pub fn last_day(&self) -> Option<NaiveDate> {
        self.last_day
    }

    /// Returns the status.
    #[must_use]
    pub fn status(&self) -> AbsenceStatus {
        self.status
    }

    pub(crate) fn half_days(&self) -> (bool, bool) {
        match self.extent {
            Extent::Days {
                half_day_start,
                half_day_end,
            } => (half_day_start, half_day_end),
            Extent::Minutes { .. } => (false, false),
        }
    }

    /// When the absence begins and, unless that is open, ends on the clocks of the employee's office; the end is
    /// exclusive, so whole days end at the midnight after the last one.
    pub(crate) fn bounds(&self) -> (NaiveDateTime, Option<NaiveDateTime>) {
        let at = |day: NaiveDate, minutes: u16| {
            day.and_time(NaiveTime::MIN) + TimeDelta::minutes(i64::from(minutes))
        };
        let (from, until) = match self.extent {
            Extent::Days { .. } => (0, 24 * 60),
            Extent::Minutes { from, until } => (from, until),
        };
        (
            at(self.first_day, from),
            self.last_day.map(|last_day| at(last_day, until)),
        )
    }

    pub(crate) fn intersects(&self, from: Option<NaiveDate>, until: Option<NaiveDate>) -> bool {
        until.is_none_or(|until| self.first_day <= until)
            && from.is_none_or(|from| self.last_day.is_none_or(|last_day| from <= last_day))
    }

    /// Whether somebody would be absent twice at once.
    pub(crate) fn collides_with(&self, other: &Self) -> bool {
        if self.status == AbsenceStatus::Rejected || other.status == AbsenceStatus::Rejected {
            return false;
        }
        let days_meet = self.intersects(Some(other.first_day), other.last_day);
        match (self.extent, other.extent) {
            (
                Extent::Minutes { from, until },
                Extent::Minutes {
                    from: other_from,
                    until: other_until,
                },
            ) => days_meet && from < other_until && other_from < until,
            _ => days_meet,
        }
    }

    /// What each day takes, from the first to the last; an open end counts until today.
    pub(crate) fn days(
        &self,
        schedule: &WorkSchedule,
        today: NaiveDate,
    ) -> impl Iterator<Item = AbsenceDay> {
        let last_day = self.last_day.unwrap_or_else(|| today.max(self.first_day));
        let days = self
            .first_day
            .iter_days()
            .take_while(move |day| *day <= last_day);
        days.map(move |date| {
            let scheduled = f64::from(schedule.minutes_on(date));
            let (share, minutes) = match self.extent {
                Extent::Days {
                    half_day_start,
                    half_day_end,
                } => {
                    let halves = u8::from(half_day_start && date == self.first_day)
                        + u8::from(half_day_end && Some(date) == self.last_day);
                    let share = if scheduled > 0.0 {
                        1.0 - f64::from(halves) / 2.0
                    } else {
                        0.0
                    };
                    (share, scheduled * share)
                }
                Extent::Minutes { from, until } => {
                    let minutes = f64::from(until - from);
                    (
                        if scheduled > 0.0 {
                            minutes / scheduled
                        } else {
                            0.0
                        },
                        minutes,
                    )
                }
            };
            AbsenceDay {
                date,
                share,
                minutes: minutes as u32,
            }
        })
    }
}

/// What an absence takes from one day.
pub(crate) struct AbsenceDay {
    pub(crate) date: NaiveDate,
    /// In working days: 0 on days off, 0.5 for half a day.
    pub(crate) share: f64,
    pub(crate) minutes: u32,
}

impl Row for Absence {
    fn number(&self) -> u32 {
        self.number.get()
    }
}

impl fmt::Debug for Absence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Absence");
        shown
            .field("number", &self.number)
            .field("employee", &self.employee)
            .finish_non_exhaustive()
    }
}
