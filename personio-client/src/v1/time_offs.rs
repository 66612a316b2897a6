//! Day-based absences.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::de::IgnoredAny;
use serde::{Deserialize, Deserializer};

use super::attendances::Approval;
use super::employee::Employee;
use super::new_time_off::NewTimeOff;
use crate::client::Client;
use crate::endpoint::Endpoint;
use crate::error::{Error, Result};
use crate::id::{AbsencePeriodId, EmployeeId, TimeOffId, TimeOffTypeId};
use crate::operation::{
    V1_CREATE_TIME_OFF, V1_DELETE_TIME_OFF, V1_GET_TIME_OFF, V1_LIST_TIME_OFFS,
};
use crate::pager::{Pager, RawPage};
use crate::redact::redacted_debug;
use crate::value::{Moment, open_enum};
use crate::wire;

/// The calls for day-based absences; see [`V1::time_offs`](super::V1::time_offs).
#[derive(Clone, Copy, Debug)]
pub struct TimeOffs<'a> {
    client: &'a Client,
}

impl<'a> TimeOffs<'a> {
    pub(super) fn new(client: &'a Client) -> Self {
        Self { client }
    }

    /// Lists day-based absences. Sends nothing yet.
    ///
    /// Deleted absences are not reported by any filter (observed): compare a whole window to find them.
    pub fn list(self, request: ListTimeOffs) -> Pager<TimeOff> {
        let limit = request.limit;
        let (endpoint, problem) = request.endpoint();
        Pager::new(self.client, endpoint, limit, |time_off: &TimeOff| {
            time_off.id.to_string()
        })
        .refused(problem)
    }

    /// Returns one absence.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](Error::is_not_found) if there is none with this id; otherwise any [`Error`].
    pub async fn get(self, id: TimeOffId) -> Result<TimeOff> {
        super::fetch_one(
            self.client,
            Endpoint::new(V1_GET_TIME_OFF).path_parameter(id),
        )
        .await
    }

    /// Records an absence and returns it. Approval is skipped unless [`Approval::Ask`] is given.
    ///
    /// The answer names the reason of a refusal for people only: time that is taken, no working day, no balance.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](Error::is_not_found) if there is no such type; otherwise any [`Error`]. The request is not repeated by
    /// itself: after [`is_outcome_unknown`](Error::is_outcome_unknown) the absence may have been recorded.
    pub async fn create(self, time_off: &NewTimeOff, approval: Approval) -> Result<TimeOff> {
        let form = time_off.form(approval.is_skipped());
        let endpoint = Endpoint::new(V1_CREATE_TIME_OFF).form(form);
        super::fetch_one(self.client, endpoint).await
    }

    /// Deletes an absence. There is no call to change one: delete it and record it anew.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](Error::is_not_found) if there is none with this id; otherwise any [`Error`].
    pub async fn delete(self, id: TimeOffId) -> Result<()> {
        let endpoint = Endpoint::new(V1_DELETE_TIME_OFF).path_parameter(id);
        super::fetch::<IgnoredAny>(self.client, endpoint)
            .await
            .map(drop)
    }
}

/// Selects day-based absences.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[must_use]
pub struct ListTimeOffs {
    limit: Option<u32>,
    from: Option<NaiveDate>,
    to: Option<NaiveDate>,
    updated_from: Option<NaiveDate>,
    updated_to: Option<NaiveDate>,
    employees: Vec<EmployeeId>,
}

impl ListTimeOffs {
    /// Selects all absences, those in the future included.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets how many absences a page has, 1 to 200; 200 by default.
    pub fn limit(mut self, limit: u32) -> Self {
        self.limit = Some(limit);
        self
    }

    /// Selects absences that reach this day or a later one.
    pub fn from(mut self, day: NaiveDate) -> Self {
        self.from = Some(day);
        self
    }

    /// Selects absences that begin on this day or earlier; some of the day after have been seen in answers (observed).
    pub fn to(mut self, day: NaiveDate) -> Self {
        self.to = Some(day);
        self
    }

    /// Selects absences made or changed on this day or later; finer times are not possible.
    pub fn updated_from(mut self, day: NaiveDate) -> Self {
        self.updated_from = Some(day);
        self
    }

    /// Selects absences made or changed on this day or earlier.
    pub fn updated_to(mut self, day: NaiveDate) -> Self {
        self.updated_to = Some(day);
        self
    }

    /// Selects absences of these employees, at most 50 of them; longer URLs have been refused (observed).
    pub fn employees(mut self, ids: impl IntoIterator<Item = EmployeeId>) -> Self {
        self.employees = ids.into_iter().collect();
        self
    }

    fn endpoint(self) -> (Endpoint<RawPage>, Option<Error>) {
        let endpoint = Endpoint::new(V1_LIST_TIME_OFFS)
            .query_some("start_date", self.from)
            .query_some("end_date", self.to)
            .query_some("updated_from", self.updated_from)
            .query_some("updated_to", self.updated_to);
        super::with_ids(endpoint, "employees[]", &self.employees)
    }
}

/// A day-based absence.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct TimeOff {
    /// The id in v1.
    pub id: TimeOffId,
    /// The id in v2 (documented; where it stands in the answer is not, so two places are looked at).
    pub id_v2: Option<AbsencePeriodId>,
    /// Whether it is approved.
    pub status: Option<AbsenceStatus>,
    /// The first day of absence.
    pub start_date: NaiveDate,
    /// The last day of absence; `None` if it is open, which v2 documents and v1 does not (inferred).
    pub end_date: Option<NaiveDate>,
    /// How many working days it takes; weekends and public holidays do not count. It cannot be derived from the dates.
    pub days_count: Option<Decimal>,
    /// Whether the first day is a half one, absent from noon (the half is inferred).
    pub half_day_start: bool,
    /// Whether the last day is a half one, absent until noon (the half is inferred).
    pub half_day_end: bool,
    /// The type of absence.
    pub time_off_type: Option<TimeOffTypeReference>,
    /// The employee, with a few attributes.
    pub employee: Employee,
    /// A comment.
    pub comment: Option<String>,
    /// Who made it: `API` or the name of a person.
    pub created_by: Option<String>,
    /// What is known of a certificate, such as `not-required`; not reliable (observed).
    pub certificate_status: Option<String>,
    /// When it was made; wrong offsets have been seen (observed).
    pub created_at: Option<Moment>,
    /// When it was changed; moves for all absences of an employee whose working time changes (observed).
    pub updated_at: Option<Moment>,
}

redacted_debug!(TimeOff { id, id_v2 });

/// A type of absence, as named by an absence.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct TimeOffTypeReference {
    /// The id.
    pub id: TimeOffTypeId,
    /// The name, missing if the credential may not read the type.
    #[serde(default)]
    pub name: Option<String>,
    /// The category, as in [`TimeOffType::category`](super::TimeOffType::category).
    #[serde(default)]
    pub category: Option<String>,
}

open_enum! {
    /// Whether an absence is approved.
    pub enum AbsenceStatus {
        /// Approved, or needed no approval.
        Approved = "approved",
        /// Waits for approval.
        Pending = "pending",
        /// Asked for; seen beside `pending`.
        Requested = "requested",
        /// Refused.
        Rejected = "rejected",
    }
}

impl<'de> Deserialize<'de> for TimeOff {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Wire { id_v2, attributes } = Wire::deserialize(deserializer)?;
        Ok(Self {
            id: attributes.id,
            id_v2: attributes.id_v2.or(id_v2),
            status: attributes.status,
            start_date: attributes.start_date.day(),
            end_date: attributes.end_date.map(|end| end.day()),
            days_count: attributes.days_count,
            half_day_start: attributes.half_day_start,
            half_day_end: attributes.half_day_end,
            time_off_type: attributes
                .time_off_type
                .map(|reference| reference.attributes),
            employee: attributes.employee,
            comment: attributes.comment,
            created_by: attributes.created_by,
            certificate_status: attributes
                .certificate
                .and_then(|certificate| certificate.status),
            created_at: attributes.created_at,
            updated_at: attributes.updated_at,
        })
    }
}

#[derive(Deserialize)]
struct Wire {
    #[serde(default)]
    id_v2: Option<AbsencePeriodId>,
    attributes: Attributes,
}

#[derive(Deserialize)]
struct Attributes {
    id: TimeOffId,
    #[serde(default)]
    id_v2: Option<AbsencePeriodId>,
    #[serde(default, deserialize_with = "wire::option")]
    status: Option<AbsenceStatus>,
    start_date: Moment,
    #[serde(default, deserialize_with = "wire::option")]
    end_date: Option<Moment>,
    #[serde(default, deserialize_with = "wire::optional_decimal")]
    days_count: Option<Decimal>,
    #[serde(default, deserialize_with = "wire::flag")]
    half_day_start: bool,
    #[serde(default, deserialize_with = "wire::flag")]
    half_day_end: bool,
    #[serde(default, deserialize_with = "wire::option")]
    time_off_type: Option<Nested<TimeOffTypeReference>>,
    employee: Employee,
    #[serde(default, deserialize_with = "wire::option")]
    comment: Option<String>,
    #[serde(default, deserialize_with = "wire::option")]
    created_by: Option<String>,
    #[serde(default, deserialize_with = "wire::option")]
    certificate: Option<Certificate>,
    #[serde(default, deserialize_with = "wire::option")]
    created_at: Option<Moment>,
    #[serde(default, deserialize_with = "wire::option")]
    updated_at: Option<Moment>,
}

#[derive(Deserialize)]
struct Nested<T> {
    attributes: T,
}

#[derive(Deserialize)]
pub(super) struct Certificate {
    #[serde(default)]
    pub(super) status: Option<String>,
}
