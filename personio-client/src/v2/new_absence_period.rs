//! What is written of absences.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};
use serde_json::{Value, json};

use super::absence_periods::HalfDay;
use crate::id::{AbsenceTypeId, PersonId};
use crate::redact::redacted_debug;

/// An absence to record.
#[derive(Clone, PartialEq)]
#[must_use]
pub struct NewAbsencePeriod(pub(super) Value);

redacted_debug!(NewAbsencePeriod {});

impl NewAbsencePeriod {
    /// Takes the days from the first to the last, both inclusive, of a type that is counted in days; no last day is open-ended.
    ///
    /// An end at midnight is sent for the whole of that day, as other clients do (observed); whether every account reads it so
    /// is not documented.
    pub fn days(
        person: &PersonId,
        absence_type: &AbsenceTypeId,
        first_day: NaiveDate,
        last_day: Option<NaiveDate>,
    ) -> Self {
        let days = AbsencePeriodChange::new().days(first_day, last_day, false, false);
        Self::new(person, absence_type, days)
    }

    /// Takes clock times, local to the person, of a type that is counted in hours; the end is exclusive.
    ///
    /// An absence by the hour cannot end at midnight (observed).
    pub fn hours(
        person: &PersonId,
        absence_type: &AbsenceTypeId,
        start: NaiveDateTime,
        end: Option<NaiveDateTime>,
    ) -> Self {
        let hours = AbsencePeriodChange::new().hours(start, end);
        Self::new(person, absence_type, hours)
    }

    /// Takes the days or the hours that a change would set.
    pub fn new(person: &PersonId, absence_type: &AbsenceTypeId, time: AbsencePeriodChange) -> Self {
        let mut body = time.absence_type(absence_type).0;
        body["person"] = json!({ "id": person });
        Self(body)
    }

    /// Lets an absence in days begin at noon of its first day.
    pub fn from_noon(mut self) -> Self {
        self.0["starts_from"]["type"] = half(HalfDay::SecondHalf);
        self
    }

    /// Lets an absence in days end at noon of its last day; without effect on one that is open-ended.
    pub fn until_noon(mut self) -> Self {
        if !self.0["ends_at"].is_null() {
            self.0["ends_at"]["type"] = half(HalfDay::FirstHalf);
        }
        self
    }

    /// Adds a comment, at most 2000 characters (observed).
    pub fn comment(mut self, comment: impl Into<String>) -> Self {
        self.0["comment"] = json!(comment.into());
        self
    }

    /// Says who stands in.
    pub fn substitute(mut self, person: &PersonId) -> Self {
        self.0["substitute"] = json!({ "id": person });
        self
    }
}

/// Changes to an absence; what is not set stays.
#[derive(Clone, PartialEq)]
#[must_use]
pub struct AbsencePeriodChange(pub(super) Value);

redacted_debug!(AbsencePeriodChange {});

impl Default for AbsencePeriodChange {
    fn default() -> Self {
        Self(json!({}))
    }
}

impl AbsencePeriodChange {
    /// Changes nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the days, both inclusive, and whether the absence begins at noon of the first and ends at noon of the last.
    ///
    /// No last day is open-ended.
    pub fn days(
        mut self,
        first_day: NaiveDate,
        last_day: Option<NaiveDate>,
        from_noon: bool,
        until_noon: bool,
    ) -> Self {
        let bound = |day: NaiveDate, half_day| json!({ "date_time": written(day.and_time(NaiveTime::MIN)), "type": half(half_day) });
        let start = if from_noon {
            HalfDay::SecondHalf
        } else {
            HalfDay::FirstHalf
        };
        let end = if until_noon {
            HalfDay::FirstHalf
        } else {
            HalfDay::SecondHalf
        };
        self.0["starts_from"] = bound(first_day, start);
        self.0["ends_at"] = json!(last_day.map(|day| bound(day, end)));
        self
    }

    /// Sets the clock times, local to the person; the end is exclusive.
    pub fn hours(mut self, start: NaiveDateTime, end: Option<NaiveDateTime>) -> Self {
        self.0["starts_from"] = json!({ "date_time": written(start) });
        self.0["ends_at"] = json!(end.map(|end| json!({ "date_time": written(end) })));
        self
    }

    /// Sets the type of absence.
    pub fn absence_type(mut self, id: &AbsenceTypeId) -> Self {
        self.0["absence_type"] = json!({ "id": id });
        self
    }

    /// Sets the comment.
    pub fn comment(mut self, comment: impl Into<String>) -> Self {
        self.0["comment"] = json!(comment.into());
        self
    }
}

fn half(half: HalfDay) -> Value {
    json!(match half {
        HalfDay::FirstHalf => "FIRST_HALF",
        HalfDay::SecondHalf => "SECOND_HALF",
    })
}

/// Without a zone: with one it is refused or moves the absence (documented, observed).
fn written(time: NaiveDateTime) -> String {
    time.format("%Y-%m-%dT%H:%M:%S").to_string()
}
