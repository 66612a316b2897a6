//! Version 2 of the API: persons, employments, absences, attendances and the units of a company.

mod absence_periods;
mod absence_types;
mod attendance_periods;
mod employments;
mod filter;
mod legal_entities;
mod named_units;
mod new_absence_period;
mod new_attendance_period;
mod org_units;
mod persons;
mod reference;
mod writing;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

pub use absence_periods::{
    AbsenceBound, AbsencePeriod, AbsencePeriods, ApprovalStatus, HalfDay, ListAbsencePeriods,
};
pub use absence_types::{AbsenceType, AbsenceTypes, AbsenceUnit, ListAbsenceTypes};
pub use attendance_periods::{
    AttendanceApproval, AttendanceKind, AttendancePeriod, AttendancePeriods, ListAttendancePeriods,
};
pub use employments::{
    CostCenterShare, Employment, EmploymentStatus, EmploymentType, Employments, ListEmployments,
    OrgUnitKind, OrgUnitReference, Termination,
};
pub use legal_entities::{LegalEntities, LegalEntity, ListLegalEntities};
pub use named_units::{CostCenter, CostCenters, ListNamedUnits, Workplace, Workplaces};
pub use new_absence_period::{AbsencePeriodChange, NewAbsencePeriod};
pub use new_attendance_period::{AttendancePeriodChange, NewAttendancePeriod};
pub use org_units::{ListOrgUnits, OrgUnit, OrgUnits};
pub use persons::{
    CustomAttribute, CustomAttributeKind, CustomValue, Gender, ListPersons, Person, PersonStatus,
    Persons,
};
pub use writing::Approval;

use crate::answer;
use crate::client::Client;
use crate::endpoint::Endpoint;
use crate::error::Result;
use crate::id::PersonId;

/// The calls of version 2; see [`Client::v2`].
#[derive(Clone, Copy, Debug)]
pub struct V2<'a> {
    client: &'a Client,
}

impl<'a> V2<'a> {
    pub(crate) fn new(client: &'a Client) -> Self {
        Self { client }
    }

    /// Returns the calls for persons.
    pub fn persons(self) -> Persons<'a> {
        Persons::new(self.client)
    }

    /// Returns the calls for the employments of one person; there is no list of all employments.
    pub fn employments(self, person: &'a PersonId) -> Employments<'a> {
        Employments::new(self.client, person)
    }

    /// Returns the calls for types of absence.
    pub fn absence_types(self) -> AbsenceTypes<'a> {
        AbsenceTypes::new(self.client)
    }

    /// Returns the calls for absences, day-based and hour-based ones.
    pub fn absence_periods(self) -> AbsencePeriods<'a> {
        AbsencePeriods::new(self.client)
    }

    /// Returns the calls for attendances, work and breaks.
    pub fn attendance_periods(self) -> AttendancePeriods<'a> {
        AttendancePeriods::new(self.client)
    }

    /// Returns the calls for departments and teams.
    pub fn org_units(self) -> OrgUnits<'a> {
        OrgUnits::new(self.client)
    }

    /// Returns the calls for legal entities.
    pub fn legal_entities(self) -> LegalEntities<'a> {
        LegalEntities::new(self.client)
    }

    /// Returns the calls for cost centers.
    pub fn cost_centers(self) -> CostCenters<'a> {
        CostCenters::new(self.client)
    }

    /// Returns the calls for workplaces.
    pub fn workplaces(self) -> Workplaces<'a> {
        Workplaces::new(self.client)
    }
}

/// Sends the request and reads one record: bare where that is certain, but an envelope is taken off if there is one.
async fn fetch<T: DeserializeOwned>(
    client: &Client,
    endpoint: Endpoint<Box<RawValue>>,
) -> Result<T> {
    #[derive(Deserialize)]
    struct Envelope {
        #[serde(rename = "_data")]
        data: Box<RawValue>,
    }

    let answer = client.execute(&endpoint).await?;
    let record = match serde_json::from_str::<Envelope>(answer.get()) {
        Ok(envelope) => answer::read_record(&envelope.data, "_data"),
        Err(_) => answer::read_record(&answer, ""),
    };
    record.map_err(|error| error.during(&endpoint.operation))
}
