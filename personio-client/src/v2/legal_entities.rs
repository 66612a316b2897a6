//! Legal entities, called subcompanies in v1.

use serde::Deserialize;

use super::filter::Filters;
use crate::client::Client;
use crate::endpoint::Endpoint;
use crate::error::Result;
use crate::id::LegalEntityId;
use crate::operation::{V2_GET_LEGAL_ENTITY, V2_LIST_LEGAL_ENTITIES};
use crate::pager::Pager;

/// The calls for legal entities; see [`V2::legal_entities`](super::V2::legal_entities).
#[derive(Clone, Copy, Debug)]
pub struct LegalEntities<'a> {
    client: &'a Client,
}

impl<'a> LegalEntities<'a> {
    pub(super) fn new(client: &'a Client) -> Self {
        Self { client }
    }

    /// Lists legal entities, newest first (documented). Sends nothing yet.
    ///
    /// Companies without the feature of legal entities get 412 (documented).
    pub fn list(self, request: ListLegalEntities) -> Pager<LegalEntity> {
        let limit = request.limit;
        let endpoint = request
            .filters
            .add_to(Endpoint::new(V2_LIST_LEGAL_ENTITIES));
        Pager::new(self.client, endpoint, limit, |entity| entity.id.to_string())
    }

    /// Returns one legal entity.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](crate::Error::is_not_found) if there is none with this id; otherwise any [`Error`](crate::Error).
    pub async fn get(self, id: &LegalEntityId) -> Result<LegalEntity> {
        let endpoint = Endpoint::new(V2_GET_LEGAL_ENTITY).path_parameter(id);
        super::fetch(self.client, endpoint).await
    }
}

/// Selects legal entities; all filters must fit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[must_use]
pub struct ListLegalEntities {
    limit: Option<u32>,
    filters: Filters,
}

impl ListLegalEntities {
    /// Selects all legal entities.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets how many a page has, 1 to 100; 100 by default.
    pub fn limit(mut self, limit: u32) -> Self {
        self.limit = Some(limit);
        self
    }

    /// Selects legal entities by id.
    pub fn ids(mut self, ids: &[LegalEntityId]) -> Self {
        self.filters.set_ids("id", ids);
        self
    }

    /// Selects those of some countries, ISO 3166-1 codes of two letters; the country of the entity, not of its address (documented).
    pub fn countries(mut self, codes: &[&str]) -> Self {
        self.filters.set_ids("country", codes);
        self
    }
}

/// A legal entity. Only these members are certain enough to use (inferred).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct LegalEntity {
    /// The id.
    pub id: LegalEntityId,
    /// The name.
    #[serde(default)]
    pub name: Option<String>,
    /// The country, an ISO 3166-1 code of two letters.
    #[serde(default)]
    pub country: Option<String>,
}
