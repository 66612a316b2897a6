//! Hour-based absences.

use std::time::Duration;

use chrono::{DateTime, FixedOffset, NaiveDate, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use super::employee::Employee;
use super::time_offs::{AbsenceStatus, Certificate};
use crate::client::Client;
use crate::endpoint::{Endpoint, to_the_second};
use crate::error::Error;
use crate::id::{AbsencePeriodId, AbsenceTypeId, EmployeeId, TimeOffTypeId};
use crate::operation::V1_LIST_ABSENCE_PERIODS;
use crate::pager::{Pager, RawPage};
use crate::redact::redacted_debug;
use crate::value::Moment;
use crate::wire;

/// The calls for hour-based absences; see [`V1::absence_periods`](super::V1::absence_periods).
#[derive(Clone, Copy, Debug)]
pub struct AbsencePeriods<'a> {
    client: &'a Client,
}

impl<'a> AbsencePeriods<'a> {
    pub(super) fn new(client: &'a Client) -> Self {
        Self { client }
    }

    /// Lists hour-based absences. Sends nothing yet.
    ///
    /// Deleted absences are not reported by any filter (observed): compare a whole window to find them.
    pub fn list(self, request: ListAbsencePeriods) -> Pager<AbsencePeriod> {
        let limit = request.limit;
        let (endpoint, problem) = request.endpoint();
        Pager::new(self.client, endpoint, limit, |period: &AbsencePeriod| {
            period.id.to_string()
        })
        .refused(problem)
    }
}

/// Selects hour-based absences.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[must_use]
pub struct ListAbsencePeriods {
    limit: Option<u32>,
    from: Option<NaiveDate>,
    to: Option<NaiveDate>,
    updated_from: Option<DateTime<Utc>>,
    updated_to: Option<DateTime<Utc>>,
    employees: Vec<EmployeeId>,
    absence_types: Vec<AbsenceTypeId>,
    absence_periods: Vec<AbsencePeriodId>,
}

impl ListAbsencePeriods {
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

    /// Selects absences that begin on this day or earlier.
    pub fn to(mut self, day: NaiveDate) -> Self {
        self.to = Some(day);
        self
    }

    /// Selects absences made or changed then or later, to the second; a time with its zone (specified).
    ///
    /// A hint of what to read only: the filter has been seen to do nothing (observed).
    pub fn updated_from(mut self, time: DateTime<Utc>) -> Self {
        self.updated_from = Some(time);
        self
    }

    /// Selects absences made or changed then or earlier; the same warnings hold.
    pub fn updated_to(mut self, time: DateTime<Utc>) -> Self {
        self.updated_to = Some(time);
        self
    }

    /// Selects absences of these employees, at most 50 of them.
    pub fn employees(mut self, ids: impl IntoIterator<Item = EmployeeId>) -> Self {
        self.employees = ids.into_iter().collect();
        self
    }

    /// Selects absences of these types, at most 50 of them; an unknown one is answered with 404 (documented).
    pub fn absence_types(mut self, ids: impl IntoIterator<Item = AbsenceTypeId>) -> Self {
        self.absence_types = ids.into_iter().collect();
        self
    }

    /// Selects these absences, at most 50 of them.
    pub fn ids(mut self, ids: impl IntoIterator<Item = AbsencePeriodId>) -> Self {
        self.absence_periods = ids.into_iter().collect();
        self
    }

    fn endpoint(self) -> (Endpoint<RawPage>, Option<Error>) {
        let endpoint = Endpoint::new(V1_LIST_ABSENCE_PERIODS)
            .query_some("start_date", self.from)
            .query_some("end_date", self.to)
            .query_some("updated_from", self.updated_from.map(to_the_second))
            .query_some("updated_to", self.updated_to.map(to_the_second));
        let (endpoint, employees) = super::with_ids(endpoint, "employees[]", &self.employees);
        let (endpoint, types) = super::with_ids(endpoint, "absence_types[]", &self.absence_types);
        let (endpoint, periods) =
            super::with_ids(endpoint, "absence_periods[]", &self.absence_periods);
        (endpoint, employees.or(types).or(periods))
    }
}

/// An hour-based absence.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct AbsencePeriod {
    /// The id, the same as in v2 (inferred).
    pub id: AbsencePeriodId,
    /// How long it is, without weekends and public holidays; minutes on the wire, whatever `measurement_unit` says (specified).
    pub effective_duration: Option<Duration>,
    /// The employee, with a few attributes.
    pub employee: Employee,
    /// The type of absence; missing in early answers (observed).
    pub absence_type: Option<AbsenceTypeReference>,
    /// When it begins.
    pub start: Moment,
    /// When it ends, exclusive; `None` if that is open.
    pub end: Option<Moment>,
    /// The zone of the employee, an IANA name; may be missing in lists (specified).
    pub timezone: Option<String>,
    /// Whether the first day is a half one.
    pub half_day_start: bool,
    /// Whether the last day is a half one.
    pub half_day_end: bool,
    /// A comment.
    pub comment: Option<String>,
    /// Where it was made: `web`, `api`, `mobile`, `slack`, `msteams`.
    pub origin: Option<String>,
    /// Whether it is approved.
    pub status: Option<AbsenceStatus>,
    /// Who made it.
    pub created_by: Option<EmployeeId>,
    /// What is known of a certificate, such as `not-required`; not reliable (observed).
    pub certificate_status: Option<String>,
    /// When it was made.
    pub created_at: Option<Moment>,
    /// When it was changed.
    pub updated_at: Option<Moment>,
    /// When it was approved.
    pub approved_at: Option<Moment>,
    /// How the duration is spread over the days.
    pub breakdowns: Vec<DayBreakdown>,
}

redacted_debug!(AbsencePeriod { id });

impl AbsencePeriod {
    /// Returns the point in time at which it begins, if the answer gave an offset.
    pub fn starts_at(&self) -> Option<DateTime<FixedOffset>> {
        self.start.instant()
    }

    /// Returns the point in time at which it ends, exclusive, if there is an end and the answer gave an offset.
    pub fn ends_at(&self) -> Option<DateTime<FixedOffset>> {
        self.end.and_then(|end| end.instant())
    }
}

/// A type of absence, as named by an hour-based absence.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct AbsenceTypeReference {
    /// The id in v2; missing in an example of the specification.
    #[serde(default)]
    pub id: Option<AbsenceTypeId>,
    /// The id in v1.
    #[serde(default)]
    pub time_off_type_id: Option<TimeOffTypeId>,
    /// The name, missing if the credential may not read the type.
    #[serde(default)]
    pub name: Option<String>,
}

/// The part of an absence that falls on one day.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct DayBreakdown {
    /// The day.
    pub date: NaiveDate,
    /// How long; minutes on the wire.
    #[serde(default, deserialize_with = "minutes")]
    pub effective_duration: Option<Duration>,
}

redacted_debug!(DayBreakdown {});

impl<'de> Deserialize<'de> for AbsencePeriod {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Wire { attributes } = Wire::deserialize(deserializer)?;
        Ok(Self {
            id: attributes.id,
            effective_duration: attributes.effective_duration,
            employee: attributes.employee,
            absence_type: attributes.absence_type,
            start: attributes.start,
            end: attributes.end,
            timezone: attributes.timezone,
            half_day_start: attributes.half_day_start,
            half_day_end: attributes.half_day_end,
            comment: attributes.comment,
            origin: attributes.origin,
            status: attributes.status,
            created_by: attributes.created_by,
            certificate_status: attributes
                .certificate
                .and_then(|certificate| certificate.status),
            created_at: attributes.created_at,
            updated_at: attributes.updated_at,
            approved_at: attributes.approved_at,
            breakdowns: attributes.breakdowns,
        })
    }
}

#[derive(Deserialize)]
struct Wire {
    attributes: Attributes,
}

#[derive(Deserialize)]
struct Attributes {
    id: AbsencePeriodId,
    #[serde(default, deserialize_with = "minutes")]
    effective_duration: Option<Duration>,
    employee: Employee,
    #[serde(default, deserialize_with = "absence_type")]
    absence_type: Option<AbsenceTypeReference>,
    start: Moment,
    #[serde(default, deserialize_with = "wire::option")]
    end: Option<Moment>,
    #[serde(default, deserialize_with = "wire::option")]
    timezone: Option<String>,
    #[serde(default, deserialize_with = "wire::flag")]
    half_day_start: bool,
    #[serde(default, deserialize_with = "wire::flag")]
    half_day_end: bool,
    #[serde(default, deserialize_with = "wire::option")]
    comment: Option<String>,
    #[serde(default, deserialize_with = "wire::option")]
    origin: Option<String>,
    #[serde(default, deserialize_with = "wire::option")]
    status: Option<AbsenceStatus>,
    #[serde(default, deserialize_with = "wire::option")]
    created_by: Option<EmployeeId>,
    #[serde(default, deserialize_with = "wire::option")]
    certificate: Option<Certificate>,
    #[serde(default, deserialize_with = "wire::option")]
    created_at: Option<Moment>,
    #[serde(default, deserialize_with = "wire::option")]
    updated_at: Option<Moment>,
    #[serde(default, deserialize_with = "wire::option")]
    approved_at: Option<Moment>,
    #[serde(default, deserialize_with = "wire::list")]
    breakdowns: Vec<DayBreakdown>,
}

/// Reads minutes, which may have fractions or be a text.
fn minutes<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Duration>, D::Error> {
    let Some(minutes) = wire::optional_decimal(deserializer)? else {
        return Ok(None);
    };
    let seconds = minutes
        .checked_mul(Decimal::from(60))
        .and_then(|seconds| u64::try_from(seconds.round()).ok());
    let seconds = seconds.ok_or_else(|| serde::de::Error::custom("expected minutes"))?;
    Ok(Some(Duration::from_secs(seconds)))
}

/// Reads the type: flat in the schema, nested in the example (both specified).
fn absence_type<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<AbsenceTypeReference>, D::Error> {
    #[derive(Deserialize)]
    struct Nested {
        attributes: Box<RawValue>,
    }

    let raw = Box::<RawValue>::deserialize(deserializer)?;
    if wire::is_nothing(&raw) {
        return Ok(None);
    }
    let inner = serde_json::from_str::<Nested>(raw.get()).map_or(raw, |nested| nested.attributes);
    serde_json::from_str(inner.get())
        .map(Some)
        .map_err(serde::de::Error::custom)
}
