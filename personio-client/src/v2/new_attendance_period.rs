//! What is written of attendances.

use chrono::NaiveDateTime;
use serde_json::{Value, json};

use super::attendance_periods::AttendanceKind;
use crate::id::{PersonId, ProjectId};
use crate::redact::redacted_debug;

/// A period of work or rest to record. Times are local to the person, to the second.
#[derive(Clone, PartialEq)]
#[must_use]
pub struct NewAttendancePeriod(pub(super) Value);

redacted_debug!(NewAttendancePeriod {});

impl NewAttendancePeriod {
    /// Takes the time in which somebody worked; the end is exclusive, and none means still at work.
    pub fn work(person: &PersonId, start: NaiveDateTime, end: Option<NaiveDateTime>) -> Self {
        Self::new(person, &AttendanceKind::Work, start, end)
    }

    /// Takes the time in which somebody had a break; the end is exclusive, and none means that it goes on.
    pub fn rest(person: &PersonId, start: NaiveDateTime, end: Option<NaiveDateTime>) -> Self {
        Self::new(person, &AttendanceKind::Break, start, end)
    }

    fn new(
        person: &PersonId,
        kind: &AttendanceKind,
        start: NaiveDateTime,
        end: Option<NaiveDateTime>,
    ) -> Self {
        Self(json!({
            "person": { "id": person },
            "type": kind,
            "start": time(start),
            "end": end.map(time),
        }))
    }

    /// Adds a comment, at most 1000 characters (observed).
    pub fn comment(mut self, comment: impl Into<String>) -> Self {
        self.0["comment"] = json!(comment.into());
        self
    }

    /// Sets the project, which must be active; breaks take none (documented).
    pub fn project(mut self, project: ProjectId) -> Self {
        self.0["project"] = json!({ "id": project.to_string() });
        self
    }
}

/// Changes to a period; what is not set stays.
#[derive(Clone, PartialEq)]
#[must_use]
pub struct AttendancePeriodChange(pub(super) Value);

redacted_debug!(AttendancePeriodChange {});

impl Default for AttendancePeriodChange {
    fn default() -> Self {
        Self(json!({}))
    }
}

impl AttendancePeriodChange {
    /// Changes nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets start and end (exclusive), local time.
    pub fn times(mut self, start: NaiveDateTime, end: NaiveDateTime) -> Self {
        self.0["start"] = time(start);
        self.0["end"] = time(end);
        self
    }

    /// Sets the comment.
    pub fn comment(mut self, comment: impl Into<String>) -> Self {
        self.0["comment"] = json!(comment.into());
        self
    }
}

/// Without a zone: with one it is refused (documented).
fn time(time: NaiveDateTime) -> Value {
    json!({ "date_time": time.format("%Y-%m-%dT%H:%M:%S").to_string() })
}
