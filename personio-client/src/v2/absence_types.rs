//! Types of absence.

use serde::Deserialize;

use crate::client::Client;
use crate::endpoint::Endpoint;
use crate::error::Result;
use crate::id::AbsenceTypeId;
use crate::operation::{V2_GET_ABSENCE_TYPE, V2_LIST_ABSENCE_TYPES};
use crate::pager::Pager;
use crate::value::open_enum;

/// The calls for types of absence; see [`V2::absence_types`](super::V2::absence_types).
#[derive(Clone, Copy, Debug)]
pub struct AbsenceTypes<'a> {
    client: &'a Client,
}

impl<'a> AbsenceTypes<'a> {
    pub(super) fn new(client: &'a Client) -> Self {
        Self { client }
    }

    /// Lists the types of absence. Sends nothing yet.
    pub fn list(self, request: ListAbsenceTypes) -> Pager<AbsenceType> {
        Pager::new(
            self.client,
            Endpoint::new(V2_LIST_ABSENCE_TYPES),
            request.limit,
            |kind| kind.id.to_string(),
        )
    }

    /// Returns one type.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](crate::Error::is_not_found) if there is none with this id; otherwise any [`Error`](crate::Error).
    pub async fn get(self, id: &AbsenceTypeId) -> Result<AbsenceType> {
        super::fetch(
            self.client,
            Endpoint::new(V2_GET_ABSENCE_TYPE).path_parameter(id),
        )
        .await
    }
}

/// Selects types of absence.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[must_use]
pub struct ListAbsenceTypes {
    limit: Option<u32>,
}

impl ListAbsenceTypes {
    /// Selects all types.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets how many types a page has, 1 to 100; 100 by default.
    pub fn limit(mut self, limit: u32) -> Self {
        self.limit = Some(limit);
        self
    }
}

/// A type of absence.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct AbsenceType {
    /// The id; v1 names it `id_v2` in its types.
    pub id: AbsenceTypeId,
    /// The name, in the words of the account.
    #[serde(default)]
    pub name: Option<String>,
    /// The category in capitals; only `PAID_VACATION` is documented, so it is kept as text.
    #[serde(default)]
    pub category: Option<String>,
    /// What an absence of this type is counted in.
    #[serde(default)]
    pub unit: Option<AbsenceUnit>,
}

open_enum! {
    /// What an absence is counted in.
    pub enum AbsenceUnit {
        /// Days and half days.
        Day = "DAY" | "day",
        /// Hours.
        Hour = "HOUR" | "hour",
    }
}
