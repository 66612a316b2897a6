//! What is written of attendances, and what Personio says to it.

use chrono::{NaiveDate, NaiveTime};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::id::{AttendanceId, EmployeeId, ProjectId};
use crate::redact::redacted_debug;

/// An attendance to record.
#[derive(Clone, PartialEq)]
#[must_use]
pub struct NewAttendance {
    employee: EmployeeId,
    date: NaiveDate,
    start: NaiveTime,
    end: Option<NaiveTime>,
    break_minutes: u32,
    comment: Option<String>,
    project: Option<ProjectId>,
}

redacted_debug!(NewAttendance { employee });

impl NewAttendance {
    /// Takes the time from start to end (exclusive) of a day, local time, to the minute; no end means still at work.
    pub fn new(
        employee: EmployeeId,
        date: NaiveDate,
        start: NaiveTime,
        end: Option<NaiveTime>,
    ) -> Self {
        Self {
            employee,
            date,
            start,
            end,
            break_minutes: 0,
            comment: None,
            project: None,
        }
    }

    /// Sets the break; none otherwise.
    pub fn break_minutes(mut self, minutes: u32) -> Self {
        self.break_minutes = minutes;
        self
    }

    /// Adds a comment.
    pub fn comment(mut self, comment: impl Into<String>) -> Self {
        self.comment = Some(comment.into());
        self
    }

    /// Sets the project.
    pub fn project(mut self, project: ProjectId) -> Self {
        self.project = Some(project);
        self
    }

    pub(super) fn wire(&self) -> Value {
        json!({
            "employee": self.employee,
            "date": self.date,
            "start_time": hours_and_minutes(self.start),
            "end_time": self.end.map(hours_and_minutes),
            "break": self.break_minutes,
            "comment": self.comment,
            "project_id": self.project,
        })
    }
}

/// Changes to an attendance; what is not set stays.
#[derive(Clone, PartialEq)]
#[must_use]
pub struct AttendanceChange(pub(super) Value);

redacted_debug!(AttendanceChange {});

impl Default for AttendanceChange {
    fn default() -> Self {
        Self(json!({}))
    }
}

impl AttendanceChange {
    /// Changes nothing yet; Personio wants at least one change (specified).
    pub fn new() -> Self {
        Self::default()
    }

    /// Moves it to another day.
    pub fn date(self, date: NaiveDate) -> Self {
        self.with("date", json!(date))
    }

    /// Sets start and end (exclusive), local time, to the minute.
    pub fn times(self, start: NaiveTime, end: NaiveTime) -> Self {
        self.with("start_time", json!(hours_and_minutes(start)))
            .with("end_time", json!(hours_and_minutes(end)))
    }

    /// Sets the break.
    pub fn break_minutes(self, minutes: u32) -> Self {
        self.with("break", json!(minutes))
    }

    /// Sets the comment.
    pub fn comment(self, comment: impl Into<String>) -> Self {
        self.with("comment", json!(comment.into()))
    }

    fn with(mut self, name: &str, value: Value) -> Self {
        self.0[name] = value;
        self
    }
}

/// Why an attendance was not recorded; Personio's text is not kept, it may repeat data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AttendanceRefusal {
    /// The employee has an attendance at that time already; its id is not revealed (specified).
    #[error("the employee has an attendance at that time already")]
    Overlap,
    /// Something else.
    #[error("Personio refused the attendance")]
    Other,
}

/// Both shapes of an answer to the creation: with a good status and ids, or with 400 and a word on each.
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum Created {
    All { data: CreatedIds },
    Some { error: CreatedRows },
}

impl Created {
    /// Says of each attendance, in the order given, which id it got or why it was refused.
    pub(super) fn outcomes(self) -> Vec<Result<AttendanceId, AttendanceRefusal>> {
        match self {
            Self::All { data } => data.id.into_iter().map(Ok).collect(),
            Self::Some { error } => {
                let rows = error.detailed_message.into_iter();
                rows.map(CreatedRow::outcome).collect()
            }
        }
    }
}

#[derive(Deserialize)]
pub(super) struct CreatedIds {
    id: Vec<AttendanceId>,
}

#[derive(Deserialize)]
pub(super) struct CreatedRows {
    detailed_message: Vec<CreatedRow>,
}

#[derive(Deserialize)]
struct CreatedRow {
    id: Option<AttendanceId>,
    error_msg: Option<String>,
}

impl CreatedRow {
    fn outcome(self) -> Result<AttendanceId, AttendanceRefusal> {
        let overlaps = self
            .error_msg
            .is_some_and(|text| text.starts_with("Existing overlapping"));
        let refusal = if overlaps {
            AttendanceRefusal::Overlap
        } else {
            AttendanceRefusal::Other
        };
        self.id.ok_or(refusal)
    }
}

fn hours_and_minutes(time: NaiveTime) -> String {
    time.format("%H:%M").to_string()
}
