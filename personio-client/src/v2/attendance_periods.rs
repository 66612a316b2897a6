//! Attendances: periods of work and of rest.

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use serde::{Deserialize, Deserializer};

use super::filter::Filters;
use super::new_attendance_period::{AttendancePeriodChange, NewAttendancePeriod};
use super::reference::{id, optional_id};
use super::writing::{self, Approval};
use crate::client::Client;
use crate::endpoint::Endpoint;
use crate::error::Result;
use crate::id::{AttendancePeriodId, PersonId, ProjectId};
use crate::operation::{
    V2_CREATE_ATTENDANCE_PERIOD, V2_DELETE_ATTENDANCE_PERIOD, V2_GET_ATTENDANCE_PERIOD,
    V2_LIST_ATTENDANCE_PERIODS, V2_UPDATE_ATTENDANCE_PERIOD,
};
use crate::pager::{Pager, RawPage};
use crate::redact::redacted_debug;
use crate::value::{Moment, Observed, open_enum};
use crate::wire;

/// The calls for attendances; see [`V2::attendance_periods`](super::V2::attendance_periods).
#[derive(Clone, Copy, Debug)]
pub struct AttendancePeriods<'a> {
    client: &'a Client,
}

impl<'a> AttendancePeriods<'a> {
    pub(super) fn new(client: &'a Client) -> Self {
        Self { client }
    }

    /// Lists periods of all persons, whatever their approval. Sends nothing yet.
    ///
    /// Deleted periods are not reported by any filter: compare a whole range to find them.
    pub fn list(self, request: ListAttendancePeriods) -> Pager<AttendancePeriod> {
        let limit = request.limit;
        Pager::new(self.client, request.endpoint(), limit, |period| {
            period.id.to_string()
        })
    }

    /// Returns one period.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](crate::Error::is_not_found) if there is none with this id; otherwise any [`Error`](crate::Error).
    pub async fn get(self, id: &AttendancePeriodId) -> Result<AttendancePeriod> {
        let endpoint = Endpoint::new(V2_GET_ATTENDANCE_PERIOD).path_parameter(id);
        super::fetch(self.client, endpoint).await
    }

    /// Records a period and returns its id.
    ///
    /// Periods of the same person that lie in the way are cut without a word (observed): look at the day first.
    ///
    /// # Errors
    ///
    /// Any [`Error`](crate::Error). The request is not repeated by itself: after
    /// [`is_outcome_unknown`](crate::Error::is_outcome_unknown) the period may have been recorded.
    pub async fn create(
        self,
        period: NewAttendancePeriod,
        approval: Approval,
    ) -> Result<AttendancePeriodId> {
        let endpoint = writing::approved(
            Endpoint::new(V2_CREATE_ATTENDANCE_PERIOD).json(period.0),
            approval,
        );
        writing::created(self.client, endpoint).await
    }

    /// Changes a period; neither its person nor its type can change. A confirmed period refuses changes (observed).
    ///
    /// # Errors
    ///
    /// [`is_not_found`](crate::Error::is_not_found) if there is none with this id; otherwise any [`Error`](crate::Error).
    pub async fn update(
        self,
        id: &AttendancePeriodId,
        change: AttendancePeriodChange,
        approval: Approval,
    ) -> Result<()> {
        let endpoint = Endpoint::new(V2_UPDATE_ATTENDANCE_PERIOD)
            .path_parameter(id)
            .json(change.0);
        writing::done(self.client, writing::approved(endpoint, approval)).await
    }

    /// Deletes a period.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](crate::Error::is_not_found) if there is none with this id; otherwise any [`Error`](crate::Error).
    pub async fn delete(self, id: &AttendancePeriodId) -> Result<()> {
        let endpoint = Endpoint::new(V2_DELETE_ATTENDANCE_PERIOD).path_parameter(id);
        writing::done(self.client, endpoint).await
    }
}

/// Selects periods; all filters must fit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[must_use]
pub struct ListAttendancePeriods {
    limit: Option<u32>,
    filters: Filters,
}

impl ListAttendancePeriods {
    /// Selects all periods.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets how many periods a page has, 1 to 100; 100 by default.
    pub fn limit(mut self, limit: u32) -> Self {
        self.limit = Some(limit);
        self
    }

    /// Selects periods by id.
    pub fn ids(mut self, ids: &[AttendancePeriodId]) -> Self {
        self.filters.set_ids("id", ids);
        self
    }

    /// Selects periods of these persons.
    pub fn persons(mut self, ids: &[PersonId]) -> Self {
        self.filters.set_ids("person.id", ids);
        self
    }

    /// Selects periods that count for this day or a later one.
    pub fn from(mut self, day: NaiveDate) -> Self {
        self.filters.set("attribution_date.gte", day.to_string());
        self
    }

    /// Selects periods that count for this day or an earlier one.
    pub fn to(mut self, day: NaiveDate) -> Self {
        self.filters.set("attribution_date.lte", day.to_string());
        self
    }

    /// Selects periods that changed then or later.
    ///
    /// No time of an attendance may carry a zone, or the filter is refused (observed); this is sent as UTC (inferred).
    pub fn updated_from(mut self, time: DateTime<Utc>) -> Self {
        let time = time.format("%Y-%m-%dT%H:%M:%S").to_string();
        self.filters.set("updated_at.gte", time);
        self
    }

    fn endpoint(self) -> Endpoint<RawPage> {
        let endpoint = Endpoint::new(V2_LIST_ATTENDANCE_PERIODS);
        self.filters.add_to(endpoint)
    }
}

/// A time in which somebody worked, or took a break: a break is a period of its own.
///
/// Times are local to the person, without a zone.
#[derive(Clone, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct AttendancePeriod {
    /// The id; v1 names it `id_v2`.
    pub id: AttendancePeriodId,
    /// Whose time it is.
    #[serde(rename = "person", deserialize_with = "id")]
    pub person_id: PersonId,
    /// What the time was spent on.
    #[serde(rename = "type")]
    pub kind: AttendanceKind,
    /// When it began.
    #[serde(rename = "start", deserialize_with = "time")]
    pub starts_at: NaiveDateTime,
    /// When it ended, exclusive; `None` while it goes on.
    #[serde(default, rename = "end", deserialize_with = "optional_time")]
    pub ends_at: Option<NaiveDateTime>,
    /// The day for which it counts, which need not be the one on which it begins.
    #[serde(default, deserialize_with = "wire::option")]
    pub attribution_date: Option<NaiveDate>,
    /// A comment.
    #[serde(default, deserialize_with = "wire::observed")]
    pub comment: Observed<String>,
    /// The project.
    #[serde(default, rename = "project", deserialize_with = "optional_id")]
    pub project_id: Option<ProjectId>,
    /// When it was recorded, UTC.
    #[serde(default, deserialize_with = "wire::observed")]
    pub created_at: Observed<Moment>,
    /// When it was changed, UTC.
    #[serde(default, deserialize_with = "wire::observed")]
    pub updated_at: Observed<Moment>,
    #[serde(default, deserialize_with = "wire::observed")]
    approval: Observed<ApprovalObject>,
    #[serde(default, deserialize_with = "wire::observed")]
    status: Observed<AttendanceApproval>,
}

redacted_debug!(AttendancePeriod { id, person_id });

impl AttendancePeriod {
    /// Returns whether it is confirmed; the answer has been seen to hold that in either of two places.
    pub fn approval_status(&self) -> Observed<&AttendanceApproval> {
        let nested = self.approval.as_ref();
        match nested.and_then(|approval| approval.status.as_ref()) {
            Observed::NotObserved => self.status.as_ref(),
            nested => nested,
        }
    }
}

#[derive(Clone, PartialEq, Deserialize)]
struct ApprovalObject {
    #[serde(default, deserialize_with = "wire::observed")]
    status: Observed<AttendanceApproval>,
}

open_enum! {
    /// What the time of an attendance was spent on.
    pub enum AttendanceKind {
        /// Work.
        Work = "WORK",
        /// A break.
        Break = "BREAK",
    }
}

open_enum! {
    /// Whether an attendance is confirmed.
    pub enum AttendanceApproval {
        /// Confirmed, or needed no approval.
        Confirmed = "CONFIRMED",
        /// Waits for approval.
        Pending = "PENDING",
        /// Refused.
        Rejected = "REJECTED",
    }
}

#[derive(Deserialize)]
struct Time {
    date_time: Option<Moment>,
}

fn time<'de, D: Deserializer<'de>>(deserializer: D) -> Result<NaiveDateTime, D::Error> {
    optional_time(deserializer)?.ok_or_else(|| serde::de::Error::custom("expected a local time"))
}

fn optional_time<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<NaiveDateTime>, D::Error> {
    let time = wire::option::<D, Time>(deserializer)?.and_then(|time| time.date_time);
    let Some(time) = time else { return Ok(None) };
    // A zone suffix, which should not be there, is not converted.
    let local = time.local();
    local
        .map(Some)
        .ok_or_else(|| serde::de::Error::custom("expected a local time"))
}
