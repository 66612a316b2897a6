//! Absences.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use serde::{Deserialize, Deserializer};

use super::filter::Filters;
use super::new_absence_period::{AbsencePeriodChange, NewAbsencePeriod};
use super::reference::{id, optional_id};
use super::writing::{self, Approval};
use crate::client::Client;
use crate::endpoint::Endpoint;
use crate::error::Result;
use crate::id::{AbsencePeriodId, AbsenceTypeId, PersonId};
use crate::operation::{
    V2_CREATE_ABSENCE_PERIOD, V2_DELETE_ABSENCE_PERIOD, V2_GET_ABSENCE_PERIOD,
    V2_LIST_ABSENCE_PERIODS, V2_UPDATE_ABSENCE_PERIOD,
};
use crate::pager::{Pager, RawPage};
use crate::redact::redacted_debug;
use crate::value::{Moment, Observed, open_enum};
use crate::wire;

/// The calls for absences; see [`V2::absence_periods`](super::V2::absence_periods).
#[derive(Clone, Copy, Debug)]
pub struct AbsencePeriods<'a> {
    client: &'a Client,
}

impl<'a> AbsencePeriods<'a> {
    pub(super) fn new(client: &'a Client) -> Self {
        Self { client }
    }

    /// Lists absences of all persons. Sends nothing yet.
    ///
    /// There is no filter by approval; whether refused ones stay in the list is not documented.
    pub fn list(self, request: ListAbsencePeriods) -> Pager<AbsencePeriod> {
        let limit = request.limit;
        Pager::new(self.client, request.endpoint(), limit, |period| {
            period.id.to_string()
        })
    }

    /// Returns one absence.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](crate::Error::is_not_found) if there is none with this id; otherwise any [`Error`](crate::Error).
    pub async fn get(self, id: &AbsencePeriodId) -> Result<AbsencePeriod> {
        super::fetch(
            self.client,
            Endpoint::new(V2_GET_ABSENCE_PERIOD).path_parameter(id),
        )
        .await
    }

    /// Records an absence and returns its id. One that takes time that is taken already is a conflict (documented).
    ///
    /// # Errors
    ///
    /// [`is_conflict`](crate::Error::is_conflict); otherwise any [`Error`](crate::Error). The request is not repeated by
    /// itself: after [`is_outcome_unknown`](crate::Error::is_outcome_unknown) the absence may have been recorded.
    pub async fn create(
        self,
        absence: NewAbsencePeriod,
        approval: Approval,
    ) -> Result<AbsencePeriodId> {
        let endpoint = Endpoint::new(V2_CREATE_ABSENCE_PERIOD).json(absence.0);
        writing::created(self.client, writing::approved(endpoint, approval)).await
    }

    /// Changes an absence; its person cannot change (inferred). There is no call to approve or to refuse one.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](crate::Error::is_not_found) if there is none with this id, [`is_conflict`](crate::Error::is_conflict) if
    /// the time is taken; otherwise any [`Error`](crate::Error).
    pub async fn update(
        self,
        id: &AbsencePeriodId,
        change: AbsencePeriodChange,
        approval: Approval,
    ) -> Result<()> {
        let endpoint = Endpoint::new(V2_UPDATE_ABSENCE_PERIOD)
            .path_parameter(id)
            .json(change.0);
        writing::done(self.client, writing::approved(endpoint, approval)).await
    }

    /// Deletes an absence.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](crate::Error::is_not_found) if there is none with this id; otherwise any [`Error`](crate::Error).
    pub async fn delete(self, id: &AbsencePeriodId) -> Result<()> {
        let endpoint = Endpoint::new(V2_DELETE_ABSENCE_PERIOD).path_parameter(id);
        writing::done(self.client, endpoint).await
    }
}

/// Selects absences; all filters must fit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[must_use]
pub struct ListAbsencePeriods {
    limit: Option<u32>,
    filters: Filters,
}

impl ListAbsencePeriods {
    /// Selects all absences, those in the future included.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets how many absences a page has, 1 to 100; 100 by default.
    pub fn limit(mut self, limit: u32) -> Self {
        self.limit = Some(limit);
        self
    }

    /// Selects absences by id.
    pub fn ids(mut self, ids: &[AbsencePeriodId]) -> Self {
        self.filters.set_ids("id", ids);
        self
    }

    /// Selects absences of these persons.
    pub fn persons(mut self, ids: &[PersonId]) -> Self {
        self.filters.set_ids("person.id", ids);
        self
    }

    /// Selects absences of these types.
    pub fn absence_types(mut self, ids: &[AbsenceTypeId]) -> Self {
        self.filters.set_ids("absence_type.id", ids);
        self
    }

    /// Selects absences that end on this day or later.
    ///
    /// As ends are exclusive, one whose last day is the day before comes too: look at [`AbsencePeriod::last_day`]. Whether open-ended
    /// absences come is not documented.
    pub fn from(mut self, day: NaiveDate) -> Self {
        self.filters
            .set("ends_at.date_time.gte", format!("{day}T00:00:00"));
        self
    }

    /// Selects absences that begin on this day or earlier.
    pub fn to(mut self, day: NaiveDate) -> Self {
        self.filters
            .set("starts_from.date_time.lte", format!("{day}T23:59:59"));
        self
    }

    /// Selects absences that changed then or later.
    pub fn updated_from(mut self, time: DateTime<Utc>) -> Self {
        self.filters.set_time("updated_at.gte", time);
        self
    }

    /// Selects absences that changed then or earlier.
    pub fn updated_to(mut self, time: DateTime<Utc>) -> Self {
        self.filters.set_time("updated_at.lte", time);
        self
    }

    fn endpoint(self) -> Endpoint<RawPage> {
        self.filters.add_to(Endpoint::new(V2_LIST_ABSENCE_PERIODS))
    }
}

/// An absence, day-based or hour-based.
///
/// Times are local to [`timezone_id`](Self::timezone_id). The answer has no amount in days or hours.
#[derive(Clone, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct AbsencePeriod {
    /// The id.
    pub id: AbsencePeriodId,
    /// Who is absent.
    #[serde(rename = "person", deserialize_with = "id")]
    pub person_id: PersonId,
    /// The type of absence; missing if the credential may not read it.
    #[serde(default, rename = "absence_type", deserialize_with = "optional_id")]
    pub absence_type_id: Option<AbsenceTypeId>,
    /// When it begins.
    pub starts_from: AbsenceBound,
    /// When it ends; `None` is open-ended, such as a long sick leave (documented). For whole days the time is midnight *after* the
    /// last day (observed), so prefer [`last_day`](Self::last_day). An answer that leaves it out altogether cannot be read: taken
    /// for open-ended, it would make an absence endless.
    #[serde(deserialize_with = "wire::option")]
    pub ends_at: Option<AbsenceBound>,
    /// The zone of the times, an IANA name.
    #[serde(default, deserialize_with = "wire::observed")]
    pub timezone_id: Observed<String>,
    /// A comment.
    #[serde(default, deserialize_with = "wire::observed")]
    pub comment: Observed<String>,
    /// Whether it is approved.
    #[serde(default, rename = "approval", deserialize_with = "approval")]
    pub approval_status: Observed<ApprovalStatus>,
    /// Who stands in; missing in early answers (observed).
    #[serde(default, rename = "substitute", deserialize_with = "optional_id")]
    pub substitute_id: Option<PersonId>,
    /// When it was made, UTC.
    #[serde(default, deserialize_with = "wire::observed")]
    pub created_at: Observed<Moment>,
    /// When it was changed, UTC.
    #[serde(default, deserialize_with = "wire::observed")]
    pub updated_at: Observed<Moment>,
}

redacted_debug!(AbsencePeriod { id, person_id });

impl AbsencePeriod {
    /// Returns the first day of absence.
    pub fn first_day(&self) -> NaiveDate {
        self.starts_from.date_time.date()
    }

    /// Returns the last day of absence, `None` if it is open-ended.
    ///
    /// An end at midnight means the day before; any other end means its own day (observed).
    pub fn last_day(&self) -> Option<NaiveDate> {
        let end = self.ends_at?.date_time;
        let day = if end.time() == NaiveTime::MIN {
            end.date().pred_opt()?
        } else {
            end.date()
        };
        // An end that is not exclusive, as clients write it, must not lie before the beginning.
        Some(day.max(self.first_day()))
    }

    /// Returns true if the absence begins at noon of its first day.
    pub fn starts_at_noon(&self) -> bool {
        self.starts_from.half == Some(HalfDay::SecondHalf)
    }

    /// Returns true if the absence ends at noon of its last day.
    pub fn ends_at_noon(&self) -> bool {
        self.ends_at
            .is_some_and(|end| end.half == Some(HalfDay::FirstHalf))
    }
}

/// The beginning or the end of an absence.
#[derive(Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct AbsenceBound {
    /// Day and time, local to the zone of the absence.
    pub date_time: NaiveDateTime,
    /// The half of the day with which a day-based absence begins or ends. A whole day begins with the first half and ends with the
    /// second. Halves are decided by this, never by the time.
    pub half: Option<HalfDay>,
}

redacted_debug!(AbsenceBound {});

/// A half of a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum HalfDay {
    /// The morning.
    FirstHalf,
    /// The afternoon.
    SecondHalf,
}

open_enum! {
    /// Whether an absence is approved.
    pub enum ApprovalStatus {
        /// Approved, or needed no approval.
        Approved = "APPROVED",
        /// Waits for approval.
        Pending = "PENDING",
        /// Approved, but its removal waits for approval.
        DeletionPending = "DELETION_PENDING",
        /// Waits for an answer of the substitute.
        SubstituteRequested = "SUBSTITUTE_REQUESTED",
        /// Refused (inferred).
        Rejected = "REJECTED",
    }
}

impl<'de> Deserialize<'de> for AbsenceBound {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let wire = WireBound::deserialize(deserializer)?;
        let half = match wire.half.as_deref() {
            Some("FIRST_HALF") => Some(HalfDay::FirstHalf),
            Some("SECOND_HALF") => Some(HalfDay::SecondHalf),
            _ => None,
        };
        // A plain day is its midnight; a zone suffix, which should not be there, is not converted.
        let date_time = wire
            .date_time
            .local()
            .unwrap_or_else(|| wire.date_time.day().and_time(NaiveTime::MIN));
        Ok(Self { date_time, half })
    }
}

#[derive(Deserialize)]
struct WireBound {
    date_time: Moment,
    #[serde(default, rename = "type")]
    half: Option<String>,
}

fn approval<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Observed<ApprovalStatus>, D::Error> {
    #[derive(Deserialize)]
    struct Approval {
        #[serde(default, deserialize_with = "wire::observed")]
        status: Observed<ApprovalStatus>,
    }

    wire::observed::<D, Approval>(deserializer)
        .map(|approval| approval.and_then(|approval| approval.status))
}
