//! An attendance as Personio gives it.

use chrono::{NaiveDate, NaiveTime};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::id::{AttendanceId, AttendancePeriodId, EmployeeId, ProjectId};
use crate::redact::redacted_debug;
use crate::value::{Moment, open_enum};
use crate::wire;

/// A time somebody worked.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct Attendance {
    /// The id in v1.
    pub id: AttendanceId,
    /// The id in v2 (documented; where it stands in the answer is not, so two places are looked at).
    pub id_v2: Option<AttendancePeriodId>,
    /// Who worked.
    pub employee: EmployeeId,
    /// The day.
    pub date: NaiveDate,
    /// The start, local time of the employee without a zone (inferred).
    pub start_time: NaiveTime,
    /// The end, exclusive, local time as the start; `None` while somebody is still at work (specified).
    pub end_time: Option<NaiveTime>,
    /// The break, in minutes.
    pub break_minutes: Option<u64>,
    /// A comment.
    pub comment: Option<String>,
    /// Whether it is confirmed; missing in answers before 2021.
    pub status: Option<AttendanceStatus>,
    /// The project.
    pub project: Option<ProjectId>,
    /// Whether the day is a public holiday.
    pub is_holiday: Option<bool>,
    /// Whether the employee is absent on that day.
    pub is_on_time_off: Option<bool>,
    /// When it was changed.
    pub updated_at: Option<Moment>,
}

redacted_debug!(Attendance {
    id,
    id_v2,
    employee
});

open_enum! {
    /// Whether an attendance is confirmed.
    pub enum AttendanceStatus {
        /// Confirmed, or needed no approval.
        Confirmed = "confirmed",
        /// Waits for approval.
        Pending = "pending",
        /// Refused.
        Rejected = "rejected",
    }
}

impl<'de> Deserialize<'de> for Attendance {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Wire {
            id,
            id_v2,
            attributes,
        } = Wire::deserialize(deserializer)?;
        Ok(Self {
            id,
            id_v2: attributes.id_v2.or(id_v2),
            employee: attributes.employee,
            date: attributes.date.day(),
            start_time: attributes.start_time.0,
            end_time: attributes.end_time.map(|end| end.0),
            break_minutes: attributes.break_minutes,
            comment: attributes.comment,
            status: attributes.status,
            project: attributes.project.map(|project| project.id),
            is_holiday: attributes.is_holiday,
            is_on_time_off: attributes.is_on_time_off,
            updated_at: attributes.updated_at,
        })
    }
}

#[derive(Deserialize)]
struct Wire {
    id: AttendanceId,
    #[serde(default)]
    id_v2: Option<AttendancePeriodId>,
    attributes: Attributes,
}

#[derive(Deserialize)]
struct Attributes {
    #[serde(default)]
    id_v2: Option<AttendancePeriodId>,
    employee: EmployeeId,
    date: Moment,
    start_time: Time,
    #[serde(default, deserialize_with = "wire::option")]
    end_time: Option<Time>,
    #[serde(default, rename = "break", deserialize_with = "wire::count")]
    break_minutes: Option<u64>,
    #[serde(default, deserialize_with = "wire::option")]
    comment: Option<String>,
    #[serde(default, deserialize_with = "wire::option")]
    status: Option<AttendanceStatus>,
    #[serde(default, deserialize_with = "wire::option")]
    project: Option<Project>,
    #[serde(default, deserialize_with = "hint")]
    is_holiday: Option<bool>,
    #[serde(default, deserialize_with = "hint")]
    is_on_time_off: Option<bool>,
    #[serde(default, deserialize_with = "wire::option")]
    updated_at: Option<Moment>,
}

/// Reads a flag; the specification's own example has one that is none, which must not cost the record.
fn hint<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<bool>, D::Error> {
    Value::deserialize(deserializer).map(|value| value.as_bool())
}

#[derive(Deserialize)]
struct Project {
    id: ProjectId,
}

/// A time of day with or without seconds.
struct Time(NaiveTime);

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let time = ["%H:%M", "%H:%M:%S"]
            .iter()
            .find_map(|format| NaiveTime::parse_from_str(&text, format).ok());
        time.map(Self)
            .ok_or_else(|| D::Error::custom("expected a time of day"))
    }
}
