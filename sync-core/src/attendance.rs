//! Time that people worked, and what of it goes to the other side.

use std::{collections::BTreeMap, fmt};

use chrono::{
    DateTime, Months, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Timelike as _, Utc,
};
use rust_decimal::{Decimal, prelude::ToPrimitive as _};
use serde::{Deserialize, Serialize};

use crate::{
    Desired, FieldError, FieldName, Fields, Known, Snapshot, SourceId, TargetId, Value, Window,
    Wish,
    absence::{Hours, Span},
    desired::BlockReason,
    record::{Place, Record, Weight},
    scope::ScopeReason,
};

/// A time entry as the leading system knows it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimeEntry {
    /// The person who worked.
    pub person: SourceId,
    /// When work began, local time of the person.
    pub starts_at: NaiveDateTime,
    /// When work ended, local time of the person; `None` while it goes on.
    pub ends_at: Option<NaiveDateTime>,
    /// How long the breaks lasted together, in minutes.
    pub break_minutes: u32,
    /// When the entry was finished; `None` while it is open.
    pub finished_at: Option<DateTime<Utc>>,
    /// When somebody last verified the entry; `None` until then.
    pub verified_at: Option<DateTime<Utc>>,
}

impl fmt::Debug for TimeEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TimeEntry")
            .field("person", &self.person)
            .finish_non_exhaustive()
    }
}

/// A record of work in the following system.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attendance {
    /// The account of the person who worked.
    pub account: TargetId,
    /// When work began, local time of the person, to the minute.
    pub starts_at: NaiveDateTime,
    /// When work ended, local time of the person, exclusive, to the minute.
    pub ends_at: NaiveDateTime,
    /// How long the breaks lasted together, in minutes.
    pub break_minutes: u32,
}

impl fmt::Debug for Attendance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Attendance")
            .field("account", &self.account)
            .finish_non_exhaustive()
    }
}

/// The names of the fields of an [`Attendance`].
pub mod field {
    use crate::FieldName;

    /// The account of the person who worked.
    pub const ACCOUNT: FieldName = FieldName::literal("account");
    /// When work began, as text such as `2026-03-02T08:30`.
    pub const STARTS_AT: FieldName = FieldName::literal("starts_at");
    /// When work ended, as text such as `2026-03-02T17:00`.
    pub const ENDS_AT: FieldName = FieldName::literal("ends_at");
    /// How long the breaks lasted together, in minutes.
    pub const BREAK_MINUTES: FieldName = FieldName::literal("break_minutes");
}

const LOCAL_TIME: &str = "%Y-%m-%dT%H:%M";

impl Record for Attendance {
    const KIND: &'static str = "attendance";

    fn fields(&self) -> Fields {
        let time = |time: NaiveDateTime| Known::Value(time.format(LOCAL_TIME).to_string().into());
        BTreeMap::from([
            (field::ACCOUNT, Known::Value(self.account.as_str().into())),
            (field::STARTS_AT, time(self.starts_at)),
            (field::ENDS_AT, time(self.ends_at)),
            (
                field::BREAK_MINUTES,
                Known::Value(Decimal::from(self.break_minutes).into()),
            ),
        ])
    }

    fn set(&mut self, field: &FieldName, value: Option<&Value>) -> Result<(), FieldError> {
        let form = |expected| FieldError::form::<Self>(field, expected);
        let text = || value.and_then(Value::as_text);
        let time = || {
            text()
                .and_then(|text| NaiveDateTime::parse_from_str(text, LOCAL_TIME).ok())
                .ok_or_else(|| form("a local time such as 2026-03-02T08:30"))
        };
        match field.as_str() {
            "account" => self.account = text().ok_or_else(|| form("text"))?.into(),
            "starts_at" => self.starts_at = time()?,
            "ends_at" => self.ends_at = time()?,
            "break_minutes" => {
                let minutes = match value {
                    Some(Value::Number(number)) if number.is_integer() => number.to_u32(),
                    _ => None,
                };
                self.break_minutes = minutes.ok_or_else(|| form("a number of minutes"))?;
            }
            _ => return Err(FieldError::unknown::<Self>(field)),
        }
        Ok(())
    }

    fn overlaps(&self, window: &Window) -> bool {
        window.overlaps(self.starts_at.date(), Some(self.ends_at.date()))
    }

    fn place(&self) -> Option<Place> {
        let span = Span {
            hours: Some(Hours {
                from: self.starts_at.time(),
                to: Some(self.ends_at.time()),
                zone: None,
            }),
            ..Span::days(self.starts_at.date(), last_day(self.ends_at))
        };
        Some(Place {
            account: self.account.clone(),
            span,
        })
    }

    fn weight(_: &FieldName, _: &Known<Value>, _: Option<&Value>) -> Weight {
        Weight::Ordinary
    }
}

/// An end at midnight is that of the day before.
fn last_day(end: NaiveDateTime) -> NaiveDate {
    let midnight = end.time() == NaiveTime::MIN;
    let day_before = end.date().pred_opt().filter(|_| midnight);
    day_before.unwrap_or_else(|| end.date())
}

/// Which time entries go to the other side, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AttendancePolicy {
    /// What must have happened to an entry first.
    pub ready: Ready,
    /// How many minutes before the run that must have happened at least, so that nothing is sent that is
    /// still being corrected.
    pub settled_minutes: u32,
    /// How many months after the day of work an entry may be verified at the latest; later ones are not
    /// sent, but reported. `None` is for ever.
    pub verified_within_months: Option<u32>,
    /// How many days before today the very first run begins.
    pub first_days: u32,
}

impl Default for AttendancePolicy {
    fn default() -> Self {
        Self {
            ready: Ready::Finished,
            settled_minutes: 60,
            verified_within_months: Some(3),
            first_days: 7,
        }
    }
}

impl AttendancePolicy {
    /// Returns the days that the very first run is about.
    pub fn first_window(&self, today: NaiveDate) -> Window {
        Window::around(today, self.first_days, 0)
    }
}

/// What must have happened to a time entry before it goes to the other side.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Ready {
    /// The person has finished it.
    Finished,
    /// Somebody has verified it.
    Verified,
}

/// Decides for every time entry which record of work the other side should have.
///
/// `accounts` says which account belongs to which person, `now` is when the run began. An entry that
/// is open again or has only just changed waits: what was sent of it before stays. Pure: no clock, no settings but the arguments.
pub fn desire(
    snapshot: &Snapshot<TimeEntry>,
    accounts: &BTreeMap<SourceId, TargetId>,
    policy: &AttendancePolicy,
    now: DateTime<Utc>,
) -> Desired<Attendance> {
    snapshot
        .desire(|_, entry| wish(entry, accounts, policy, now))
        .under(policy)
}

fn wish(
    entry: &TimeEntry,
    accounts: &BTreeMap<SourceId, TargetId>,
    policy: &AttendancePolicy,
    now: DateTime<Utc>,
) -> Wish<Attendance> {
    let ready_since = match policy.ready {
        Ready::Finished => entry.finished_at,
        Ready::Verified => entry.finished_at.and(entry.verified_at),
    };
    let (Some(ready_since), Some(ends_at)) = (ready_since, entry.ends_at) else {
        return Wish::Blocked(BlockReason::NotFinished);
    };
    if now - ready_since < TimeDelta::minutes(policy.settled_minutes.into()) {
        return Wish::Blocked(BlockReason::TooRecent);
    }
    if policy.ready == Ready::Verified && is_late(entry, ready_since, policy) {
        return Wish::Blocked(BlockReason::VerifiedLate);
    }
    let (starts_at, ends_at) = (to_the_minute(entry.starts_at), to_the_minute(ends_at));
    if ends_at <= starts_at {
        return Wish::Blocked(BlockReason::NoTime);
    }
    let Some(account) = accounts.get(&entry.person) else {
        return Wish::OutOfScope(ScopeReason::NoAccount);
    };
    Wish::Present(Attendance {
        account: account.clone(),
        starts_at,
        ends_at,
        break_minutes: entry.break_minutes,
    })
}

/// Months are those of the calendar: what was worked on 30 November may be verified until 28 February.
fn is_late(entry: &TimeEntry, verified_at: DateTime<Utc>, policy: &AttendancePolicy) -> bool {
    let last_day = policy.verified_within_months.and_then(|months| {
        entry
            .starts_at
            .date()
            .checked_add_months(Months::new(months))
    });
    last_day.is_some_and(|last_day| last_day < verified_at.date_naive())
}

fn to_the_minute(time: NaiveDateTime) -> NaiveDateTime {
    let whole = time.with_second(0).and_then(|it| it.with_nanosecond(0));
    whole.unwrap_or(time)
}
