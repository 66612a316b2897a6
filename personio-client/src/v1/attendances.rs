//! Attendances: when people worked. Personio announced the end of these calls for 2026-08-30 (documented).

use chrono::{DateTime, NaiveDate, Utc};
use serde::de::IgnoredAny;
use serde_json::json;

use super::attendance::Attendance;
use super::new_attendance::{AttendanceChange, AttendanceRefusal, Created, NewAttendance};
use crate::client::Client;
use crate::endpoint::{Endpoint, to_the_second};
use crate::error::{Error, Result};
use crate::id::{AttendanceId, EmployeeId};
use crate::operation::{
    V1_CREATE_ATTENDANCES, V1_DELETE_ATTENDANCE, V1_LIST_ATTENDANCES, V1_UPDATE_ATTENDANCE,
};
use crate::pager::{Pager, RawPage};

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
        let created: Created = self.client.execute(&endpoint).await?;
        let outcomes = created.outcomes();
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
///
/// The default is what v1 does by itself; v2 asks unless told otherwise (documented).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Approval {
    /// It counts at once, as Personio does by default in v1 (specified).
    #[default]
    Skip,
    /// It waits for approval.
    Ask,
}

impl Approval {
    pub(crate) fn is_skipped(self) -> bool {
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
        let endpoint = Endpoint::new(V1_LIST_ATTENDANCES)
            .query("start_date", self.from)
            .query("end_date", self.to)
            .query_some("includePending", self.pending_too.then_some(true))
            .query_some("updated_from", self.updated_from.map(to_the_second))
            .query_some("updated_to", self.updated_to.map(to_the_second));
        super::with_ids(endpoint, "employees[]", &self.employees)
    }
}
