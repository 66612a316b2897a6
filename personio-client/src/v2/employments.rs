//! Employments of a person.

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer};

use super::filter::Filters;
use super::reference::observed_id;
use crate::client::Client;
use crate::endpoint::Endpoint;
use crate::error::Result;
use crate::id::{
    CostCenterId, EmploymentId, JobId, LegalEntityId, OrgUnitId, PersonId, WorkplaceId,
};
use crate::operation::{V2_GET_EMPLOYMENT, V2_LIST_EMPLOYMENTS};
use crate::pager::{Pager, RawPage};
use crate::redact::redacted_debug;
use crate::value::{Moment, Observed, open_enum};
use crate::wire;

/// The calls for the employments of one person; see [`V2::employments`](super::V2::employments).
#[derive(Clone, Copy, Debug)]
pub struct Employments<'a> {
    client: &'a Client,
    person: &'a PersonId,
}

impl<'a> Employments<'a> {
    pub(super) fn new(client: &'a Client, person: &'a PersonId) -> Self {
        Self { client, person }
    }

    /// Lists the employments of the person, newest first. Sends nothing yet.
    pub fn list(self, request: ListEmployments) -> Pager<Employment> {
        let limit = request.limit;
        let endpoint = request.endpoint(self.person);
        Pager::new(self.client, endpoint, limit, |employment| {
            employment.id.to_string()
        })
    }

    /// Returns one employment of the person.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](crate::Error::is_not_found) if there is no such person or employment; otherwise any
    /// [`Error`](crate::Error).
    pub async fn get(self, id: &EmploymentId) -> Result<Employment> {
        let endpoint = Endpoint::new(V2_GET_EMPLOYMENT)
            .path_parameter(self.person)
            .path_parameter(id);
        super::fetch(self.client, endpoint).await
    }
}

/// Selects employments; all filters must fit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[must_use]
pub struct ListEmployments {
    limit: Option<u32>,
    filters: Filters,
}

impl ListEmployments {
    /// Selects all employments of the person.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets how many employments a page has, 1 to 50; 50 by default.
    pub fn limit(mut self, limit: u32) -> Self {
        self.limit = Some(limit);
        self
    }

    /// Selects employments by id.
    pub fn ids(mut self, ids: &[EmploymentId]) -> Self {
        self.filters.set_ids("id", ids);
        self
    }

    /// Selects employments that changed after this day: the careful form, see
    /// [`ListPersons::updated_after_day`](super::ListPersons::updated_after_day).
    pub fn updated_after_day(mut self, day: NaiveDate) -> Self {
        self.filters.set("updated_at.gt", day.to_string());
        self
    }

    /// Selects employments that changed after this point in time: the specified form.
    pub fn updated_after(mut self, time: DateTime<Utc>) -> Self {
        self.filters.set_time("updated_at.gt", time);
        self
    }

    fn endpoint(self, person: &PersonId) -> Endpoint<RawPage> {
        self.filters
            .add_to(Endpoint::new(V2_LIST_EMPLOYMENTS).path_parameter(person))
    }
}

/// An employment in its present state; there is no history.
#[derive(Clone, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct Employment {
    /// The id.
    pub id: EmploymentId,
    /// Whose employment it is.
    #[serde(default, rename = "person", deserialize_with = "observed_id")]
    pub person_id: Observed<PersonId>,
    /// Where the employment stands.
    #[serde(default, deserialize_with = "wire::observed")]
    pub status: Observed<EmploymentStatus>,
    /// Who employs the person.
    #[serde(default, rename = "type", deserialize_with = "wire::observed")]
    pub employment_type: Observed<EmploymentType>,
    /// The job title.
    #[serde(default, rename = "position", deserialize_with = "position")]
    pub position_title: Observed<String>,
    /// The hours per week.
    #[serde(default, deserialize_with = "wire::decimal")]
    pub weekly_working_hours: Observed<Decimal>,
    /// The hours per week that count as full time.
    #[serde(default, deserialize_with = "wire::decimal")]
    pub full_time_weekly_working_hours: Observed<Decimal>,
    /// The first day.
    #[serde(default, deserialize_with = "day")]
    pub employment_start_date: Observed<NaiveDate>,
    /// The last day.
    #[serde(default, deserialize_with = "day")]
    pub employment_end_date: Observed<NaiveDate>,
    /// The last day of probation.
    #[serde(default, deserialize_with = "day")]
    pub probation_end_date: Observed<NaiveDate>,
    /// The last day of a limited contract.
    #[serde(default, deserialize_with = "day")]
    pub contract_end_date: Observed<NaiveDate>,
    /// The supervisor.
    #[serde(default, rename = "supervisor", deserialize_with = "observed_id")]
    pub supervisor_id: Observed<PersonId>,
    /// The workplace; still called office on the wire.
    #[serde(default, rename = "office", deserialize_with = "observed_id")]
    pub workplace_id: Observed<WorkplaceId>,
    /// The legal entity.
    #[serde(default, rename = "legal_entity", deserialize_with = "observed_id")]
    pub legal_entity_id: Observed<LegalEntityId>,
    /// The former name of the legal entity, deprecated (specified).
    #[serde(default, rename = "sub_company", deserialize_with = "observed_id")]
    pub sub_company_id: Observed<LegalEntityId>,
    /// The departments and teams; an empty list is a value.
    #[serde(default)]
    pub org_units: Observed<Vec<OrgUnitReference>>,
    /// The cost centers with their shares; an empty list is a value.
    #[serde(default)]
    pub cost_centers: Observed<Vec<CostCenterShare>>,
    /// The job in the sense of the jobs resource.
    #[serde(default, rename = "job", deserialize_with = "observed_id")]
    pub job_id: Observed<JobId>,
    /// How the employment ends, if that is decided and the credential may read it.
    #[serde(default, deserialize_with = "wire::observed")]
    pub termination: Observed<Termination>,
    /// When the record was made, UTC.
    #[serde(default, deserialize_with = "wire::observed")]
    pub created_at: Observed<Moment>,
    /// When the record was changed, UTC.
    #[serde(default, deserialize_with = "wire::observed")]
    pub updated_at: Observed<Moment>,
}

redacted_debug!(Employment { id, person_id });

open_enum! {
    /// Where an employment stands.
    pub enum EmploymentStatus {
        /// First day not reached.
        Onboarding = "ONBOARDING",
        /// In force.
        Active = "ACTIVE",
        /// In force, on long leave.
        Leave = "LEAVE",
        /// Ended.
        Inactive = "INACTIVE",
        /// Not said.
        Unspecified = "UNSPECIFIED",
    }
}

open_enum! {
    /// Who employs the person.
    pub enum EmploymentType {
        /// The company itself.
        Internal = "INTERNAL",
        /// Somebody else: freelancers, agency workers.
        External = "EXTERNAL",
        /// Not said.
        Unspecified = "UNSPECIFIED",
    }
}

/// A department or a team.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct OrgUnitReference {
    /// Which of the two; ids may be the same in both (inferred).
    #[serde(default, rename = "type")]
    pub kind: Option<OrgUnitKind>,
    /// The id.
    pub id: OrgUnitId,
}

open_enum! {
    /// A kind of org unit.
    pub enum OrgUnitKind {
        /// A department.
        Department = "department" | "DEPARTMENT",
        /// A team.
        Team = "team" | "TEAM",
    }
}

/// A cost center and the share of it.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct CostCenterShare {
    /// The id.
    pub id: CostCenterId,
    /// The share in percent; all shares together are 100 (specified).
    #[serde(default, deserialize_with = "wire::optional_decimal")]
    pub weight: Option<Decimal>,
}

redacted_debug!(CostCenterShare { id });

/// How an employment ends.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Termination {
    /// The last day of employment.
    #[serde(default, deserialize_with = "day")]
    pub termination_date: Observed<NaiveDate>,
    /// The last day of work; two names for it occur (specified).
    #[serde(default, alias = "last_working_date", deserialize_with = "day")]
    pub last_working_day: Observed<NaiveDate>,
    /// The day on which it was given notice of.
    #[serde(default, deserialize_with = "day")]
    pub terminated_at: Observed<NaiveDate>,
    /// Why, in the words of the account.
    #[serde(default, deserialize_with = "wire::observed")]
    pub reason: Observed<String>,
    /// How, such as `EMPLOYEE` or `CONTRACT_EXPIRED`; about fifteen values, so it is kept as text.
    #[serde(default, rename = "type", deserialize_with = "wire::observed")]
    pub kind: Observed<String>,
}

redacted_debug!(Termination {});

fn day<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Observed<NaiveDate>, D::Error> {
    wire::observed::<D, Moment>(deserializer).map(|moment| moment.map(|moment| moment.day()))
}

fn position<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Observed<String>, D::Error> {
    #[derive(Deserialize)]
    struct Position {
        #[serde(default, deserialize_with = "wire::observed")]
        title: Observed<String>,
    }

    wire::observed::<D, Position>(deserializer)
        .map(|position| position.and_then(|position| position.title))
}
