//! Departments and teams.

use serde::Deserialize;

use super::employments::OrgUnitKind;
use super::filter::Filters;
use crate::client::Client;
use crate::endpoint::Endpoint;
use crate::error::Result;
use crate::id::OrgUnitId;
use crate::operation::{V2_GET_ORG_UNIT, V2_LIST_ORG_UNITS};
use crate::pager::Pager;
use crate::value::Observed;
use crate::wire;

/// The calls for departments and teams; see [`V2::org_units`](super::V2::org_units).
#[derive(Clone, Copy, Debug)]
pub struct OrgUnits<'a> {
    client: &'a Client,
}

impl<'a> OrgUnits<'a> {
    pub(super) fn new(client: &'a Client) -> Self {
        Self { client }
    }

    /// Lists the departments or the teams. Sends nothing yet.
    ///
    /// Companies without the feature of legal entities get 412 (documented).
    pub fn list(self, request: ListOrgUnits) -> Pager<OrgUnit> {
        let limit = request.limit;
        let endpoint = request.filters.add_to(Endpoint::new(V2_LIST_ORG_UNITS));
        Pager::new(self.client, endpoint, limit, |unit| unit.id.to_string())
    }

    /// Returns one department or team; departments and teams may share their ids (inferred), so the kind is needed.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](crate::Error::is_not_found) if there is none with this id; otherwise any [`Error`](crate::Error).
    pub async fn get(self, kind: &OrgUnitKind, id: &OrgUnitId) -> Result<OrgUnit> {
        let endpoint = Endpoint::new(V2_GET_ORG_UNIT)
            .path_parameter(id)
            .query("type", kind);
        super::fetch(self.client, endpoint).await
    }
}

/// Selects departments or teams. Whether both come when neither is named is not documented, so one must be.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct ListOrgUnits {
    limit: Option<u32>,
    filters: Filters,
}

impl ListOrgUnits {
    /// Selects all units of a kind.
    pub fn new(kind: &OrgUnitKind) -> Self {
        let mut filters = Filters::default();
        filters.set("type", kind.as_str());
        Self {
            limit: None,
            filters,
        }
    }

    /// Sets how many units a page has, 1 to 100; 100 by default.
    pub fn limit(mut self, limit: u32) -> Self {
        self.limit = Some(limit);
        self
    }
}

/// A department or a team.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct OrgUnit {
    /// The id, unique among its kind.
    pub id: OrgUnitId,
    /// Which of the two.
    #[serde(default, rename = "type")]
    pub kind: Option<OrgUnitKind>,
    /// The name, in the words of the account.
    #[serde(default)]
    pub name: Option<String>,
    /// The short name.
    #[serde(default)]
    pub abbreviation: Option<String>,
    /// The unit above, of the same kind; null for one at the top.
    #[serde(default, deserialize_with = "wire::observed")]
    pub parent_id: Observed<OrgUnitId>,
}
