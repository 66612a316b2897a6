//! Types of absence.

use serde::{Deserialize, Deserializer};

use crate::client::Client;
use crate::endpoint::Endpoint;
use crate::id::{AbsenceTypeId, TimeOffTypeId};
use crate::operation::V1_LIST_TIME_OFF_TYPES;
use crate::pager::Pager;
use crate::value::open_enum;
use crate::wire;

/// The calls for types of absence; see [`V1::time_off_types`](super::V1::time_off_types).
#[derive(Clone, Copy, Debug)]
pub struct TimeOffTypes<'a> {
    client: &'a Client,
}

impl<'a> TimeOffTypes<'a> {
    pub(super) fn new(client: &'a Client) -> Self {
        Self { client }
    }

    /// Lists the types of absence. Sends nothing yet.
    ///
    /// Types have been missing from this list for a time (observed): never delete one because one answer lacks it.
    pub fn list(self, request: ListTimeOffTypes) -> Pager<TimeOffType> {
        Pager::new(
            self.client,
            Endpoint::new(V1_LIST_TIME_OFF_TYPES),
            request.limit,
            |kind| kind.id.to_string(),
        )
    }
}

/// Selects types of absence.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[must_use]
pub struct ListTimeOffTypes {
    limit: Option<u32>,
}

impl ListTimeOffTypes {
    /// Selects all types.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets how many types are asked for, 1 to 200; 200 by default. How further ones could be had is not documented.
    pub fn limit(mut self, limit: u32) -> Self {
        self.limit = Some(limit);
        self
    }
}

/// A type of absence.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TimeOffType {
    /// The id in v1.
    pub id: TimeOffTypeId,
    /// The id in v2 (documented; where it stands in the answer is not, so two places are looked at).
    pub id_v2: Option<AbsenceTypeId>,
    /// The name, in the words of the account.
    pub name: Option<String>,
    /// The category, such as `paid_vacation` or `sick_leave`; the known values have changed twice, so it is kept as text.
    pub category: Option<String>,
    /// Whether absences of this type count days or hours, which decides where they are listed: days in
    /// [`time_offs`](super::V1::time_offs), hours in [`absence_periods`](super::V1::absence_periods).
    pub unit: Option<AbsenceUnit>,
    /// Whether somebody has to approve.
    pub approval_required: Option<bool>,
}

open_enum! {
    /// What an absence is counted in.
    pub enum AbsenceUnit {
        /// Days and half days.
        Day = "day" | "DAY",
        /// Hours.
        Hour = "hour" | "HOUR",
    }
}

impl<'de> Deserialize<'de> for TimeOffType {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Wire { id_v2, attributes } = Wire::deserialize(deserializer)?;
        Ok(Self {
            id: attributes.id,
            id_v2: attributes.id_v2.or(id_v2),
            name: attributes.name,
            category: attributes.category,
            unit: attributes.unit,
            approval_required: attributes.approval_required,
        })
    }
}

#[derive(Deserialize)]
struct Wire {
    #[serde(default)]
    id_v2: Option<AbsenceTypeId>,
    attributes: Attributes,
}

#[derive(Deserialize)]
struct Attributes {
    id: TimeOffTypeId,
    #[serde(default)]
    id_v2: Option<AbsenceTypeId>,
    #[serde(default, deserialize_with = "wire::option")]
    name: Option<String>,
    #[serde(default, deserialize_with = "wire::option")]
    category: Option<String>,
    #[serde(default, deserialize_with = "wire::option")]
    unit: Option<AbsenceUnit>,
    #[serde(default, deserialize_with = "wire::optional_flag")]
    approval_required: Option<bool>,
}
