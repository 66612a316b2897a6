//! Cost centers and workplaces: units of which no more than id and name is known. They can be listed only.

use std::fmt;

use serde::Deserialize;

use super::filter::Filters;
use crate::client::Client;
use crate::endpoint::Endpoint;
use crate::id::{CostCenterId, WorkplaceId};
use crate::operation::{V2_LIST_COST_CENTERS, V2_LIST_WORKPLACES};
use crate::pager::Pager;

/// The calls for cost centers; see [`V2::cost_centers`](super::V2::cost_centers).
#[derive(Clone, Copy, Debug)]
pub struct CostCenters<'a> {
    client: &'a Client,
}

impl<'a> CostCenters<'a> {
    pub(super) fn new(client: &'a Client) -> Self {
        Self { client }
    }

    /// Lists cost centers by id. Sends nothing yet.
    pub fn list(self, request: ListNamedUnits) -> Pager<CostCenter> {
        let limit = request.limit;
        let endpoint = request.filters.add_to(Endpoint::new(V2_LIST_COST_CENTERS));
        Pager::new(self.client, endpoint, limit, |unit| unit.id.to_string())
    }
}

/// The calls for workplaces, called offices in v1; see [`V2::workplaces`](super::V2::workplaces).
#[derive(Clone, Copy, Debug)]
pub struct Workplaces<'a> {
    client: &'a Client,
}

impl<'a> Workplaces<'a> {
    pub(super) fn new(client: &'a Client) -> Self {
        Self { client }
    }

    /// Lists workplaces by id. Sends nothing yet.
    pub fn list(self, request: ListNamedUnits) -> Pager<Workplace> {
        let limit = request.limit;
        let endpoint = request.filters.add_to(Endpoint::new(V2_LIST_WORKPLACES));
        Pager::new(self.client, endpoint, limit, |unit| unit.id.to_string())
    }
}

/// Selects cost centers or workplaces; all filters must fit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[must_use]
pub struct ListNamedUnits {
    limit: Option<u32>,
    filters: Filters,
}

impl ListNamedUnits {
    /// Selects all of them.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets how many a page has, 1 to 100; 100 by default.
    pub fn limit(mut self, limit: u32) -> Self {
        self.limit = Some(limit);
        self
    }

    /// Selects by id.
    pub fn ids<I: fmt::Display>(mut self, ids: &[I]) -> Self {
        self.filters.set_ids("id", ids);
        self
    }
}

/// A cost center.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct CostCenter {
    /// The id.
    pub id: CostCenterId,
    /// The name.
    #[serde(default)]
    pub name: Option<String>,
}

/// A place of work.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Workplace {
    /// The id.
    pub id: WorkplaceId,
    /// The name.
    #[serde(default)]
    pub name: Option<String>,
}
