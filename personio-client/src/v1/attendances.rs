//! Attendances: when people worked. Personio announced the end of these calls for 2026-08-30 (documented).

use chrono::{DateTime, NaiveDate, NaiveTime, SecondsFormat, Utc};
use serde::de::{Error as _, IgnoredAny};
use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};

use crate::client::Client;
use crate::endpoint::Endpoint;
use crate::error::{Error, Result};
use crate::id::{AttendanceId, AttendancePeriodId, EmployeeId, ProjectId};
use crate::operation::{
    V1_CREATE_ATTENDANCES, V1_DELETE_ATTENDANCE, V1_LIST_ATTENDANCES, V1_UPDATE_ATTENDANCE,
};
use crate::pager::{Pager, RawPage};
use crate::redact::redacted_debug;
use crate::value::{Moment, open_enum};
use crate::wire;

/// The calls for attendances; see [`V1::attendances`](super::V1::attendances).
#[derive(Clone, Copy, Debug)]
pub struct Attendances<'a> {
    client: &'a Client,
}

impl<'a> Attendances<'a> {
    pub(super) fn new(client: &'a Client) -> Self {
        Self { client }
    }

    /// Lists attendances, newest day first as far as seen (observed). Sends nothing yet.
    ///
    /// Deleted attendances are not reported by any filter (observed): compare a whole window to find them.
    pub fn list(self, request: ListAttendances) -> Pager<Attendance> {
        let limit = request.limit;
        let (endpoint, problem) = request.endpoint();
        Pager::new(self.client, endpoint, limit, |attendance: &Attendance| {
            attendance.id.to_string()
        })
        .refused(problem)
    }

    /// Records attendances and tells for each, in the order given, which id it got or why it was refused.
    ///
    /// The good ones are stored even when others are refused (specified). Give those of one day in the order of time:
    /// another order has been refused (observed). Approval is skipped unless [`Approval::Ask`] is given.
    ///
    /// # Errors
    ///
    /// Any [`Error`]; after [`is_interrupted`](Error::is_interrupted) some or all may have been stored.
    pub async fn create(
        self,
        attendances: &[NewAttendance],
        approval: Approval,
    ) -> Result<Vec<Result<AttendanceId, AttendanceRefusal>>> {
        let rows: Vec<_> = attendances.iter().map(NewAttendance::wire).collect();
        let body = json!({ "attendances": rows, "skip_approval": approval.is_skipped() });
        let endpoint = Endpoint::new(V1_CREATE_ATTENDANCES)
            .json(body)
            .answers_with(400);
        let outcomes = match self.client.execute(&endpoint).await? {
            Created::All { data } => data.id.into_iter().map(Ok).collect::<Vec<_>>(),
            Created::Some { error } => {
                let rows = error.detailed_message.into_iter();
                rows.map(CreatedRow::outcome).collect()
            }
        };
        if outcomes.len() == attendances.len() {
            Ok(outcomes)
        } else {
            let error = Error::decode("data.id", "expected one id for each attendance");
            Err(error.during(&V1_CREATE_ATTENDANCES))
        }
    }

    /// Changes an attendance; its employee cannot change.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](Error::is_not_found) if there is none with this id; otherwise any [`Error`].
    pub async fn update(
        self,
        id: AttendanceId,
        change: AttendanceChange,
        approval: Approval,
    ) -> Result<()> {
        let mut body = change.0;
        body["skip_approval"] = json!(approval.is_skipped());
        let endpoint = Endpoint::new(V1_UPDATE_ATTENDANCE)
            .path_parameter(id)
            .json(body);
        super::fetch::<IgnoredAny>(self.client, endpoint)
            .await
            .map(drop)
    }

    /// Deletes an attendance.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](Error::is_not_found) if there is none with this id; otherwise any [`Error`].
    pub async fn delete(self, id: AttendanceId, approval: Approval) -> Result<()> {
        let endpoint = Endpoint::new(V1_DELETE_ATTENDANCE)
            .path_parameter(id)
            .query("skip_approval", approval.is_skipped());
        super::fetch::<IgnoredAny>(self.client, endpoint)
            .await
            .map(drop)
    }
}

/// Whether a change waits for approval, where the company has a rule for it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Approval {
    /// It counts at once, as Personio does by default in v1 (specified).
    #[default]
    Skip,
    /// It waits for approval.
    Ask,
}

impl Approval {
    fn is_skipped(self) -> bool {
        self == Self::Skip
    }
}

/// Selects attendances by the days on which they lie, which Personio requires.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct ListAttendances {
    from: NaiveDate,
    to: NaiveDate,
    limit: Option<u32>,
    pending_too: bool,
    updated_from: Option<DateTime<Utc>>,
    updated_to: Option<DateTime<Utc>>,
    employees: Vec<EmployeeId>,
}

impl ListAttendances {
    /// Selects the confirmed attendances from the first to the last day, both inclusive.
    ///
    /// Personio takes days from 1970 until ten years ahead (documented).
    pub fn new(from: NaiveDate, to: NaiveDate) -> Self {
        Self {
            from,
            to,
            limit: None,
            pending_too: false,
            updated_from: None,
            updated_to: None,
            employees: Vec::new(),
        }
    }

    /// Sets how many attendances a page has, 1 to 200; 200 by default.
    pub fn limit(mut self, limit: u32) -> Self {
        self.limit = Some(limit);
        self
    }

    /// Selects pending and rejected attendances too.
    pub fn pending_too(mut self) -> Self {
        self.pending_too = true;
        self
    }

    /// Selects attendances made or changed at this instant or later.
    pub fn updated_from(mut self, instant: DateTime<Utc>) -> Self {
        self.updated_from = Some(instant);
        self
    }

    /// Selects attendances made or changed at this instant or earlier.
    pub fn updated_to(mut self, instant: DateTime<Utc>) -> Self {
        self.updated_to = Some(instant);
        self
    }

    /// Selects attendances of these employees, at most 50 of them; longer URLs have been refused (observed).
    pub fn employees(mut self, ids: impl IntoIterator<Item = EmployeeId>) -> Self {
        self.employees = ids.into_iter().collect();
        self
    }

    fn endpoint(self) -> (Endpoint<RawPage>, Option<Error>) {
        let mut endpoint = Endpoint::new(V1_LIST_ATTENDANCES)
            .query("start_date", self.from)
            .query("end_date", self.to);
        if self.pending_too {
            endpoint = endpoint.query("includePending", true);
        }
        let instants = [
            ("updated_from", self.updated_from),
            ("updated_to", self.updated_to),
        ];
        for (name, instant) in instants {
            if let Some(instant) = instant {
                let text = instant.to_rfc3339_opts(SecondsFormat::Secs, true);
                endpoint = endpoint.query(name, text);
            }
        }
        super::with_ids(endpoint, "employees[]", &self.employees)
    }
}

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

    fn wire(&self) -> Value {
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
pub struct AttendanceChange(Value);

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
enum Created {
    All { data: CreatedIds },
    Some { error: CreatedRows },
}

#[derive(Deserialize)]
struct CreatedIds {
    id: Vec<AttendanceId>,
}

#[derive(Deserialize)]
struct CreatedRows {
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

fn hours_and_minutes(time: NaiveTime) -> String {
    time.format("%H:%M").to_string()
}
