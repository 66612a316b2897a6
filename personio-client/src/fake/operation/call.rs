//! A request that found its operation, with all that the handler may use.

use std::time::Duration;

use chrono::{DateTime, Utc};

use super::super::company::Company;
use super::super::credential::{Access, Credentials};
use super::super::fault::Effect;
use super::super::http::{Query, Request};
use super::super::quirks::Quirks;
use super::Operation;

/// An authorised request to change a resource.
pub(crate) struct ChangeCall<'a> {
    pub(crate) operation: &'a Operation,
    pub(crate) company: &'a mut Company,
    pub(crate) access: &'a Access,
    pub(crate) quirks: &'a Quirks,
    pub(crate) effects: &'a [Effect],
    pub(crate) base_url: &'a str,
    pub(crate) placeholders: &'a [&'a str],
    pub(crate) request: &'a Request,
}

impl ChangeCall<'_> {
    /// The same request as one that only reads.
    pub(crate) fn read(&self) -> Call<'_> {
        Call {
            operation: self.operation,
            company: self.company,
            access: self.access,
            quirks: self.quirks,
            effects: self.effects,
            base_url: self.base_url,
            path: &self.request.path,
            placeholders: self.placeholders,
            query: &self.request.query,
        }
    }
}

/// A request to a token endpoint.
pub(crate) struct TokenCall<'a> {
    pub(crate) credentials: &'a mut Credentials,
    pub(crate) request: &'a Request,
    pub(crate) quirks: &'a Quirks,
    pub(crate) now: DateTime<Utc>,
}

/// An authorised request to a resource.
pub(crate) struct Call<'a> {
    pub(crate) operation: &'a Operation,
    pub(crate) company: &'a Company,
    pub(crate) access: &'a Access,
    pub(crate) quirks: &'a Quirks,
    pub(crate) effects: &'a [Effect],
    pub(crate) base_url: &'a str,
    pub(crate) path: &'a str,
    /// The values of the placeholders in the path, in order.
    pub(crate) placeholders: &'a [&'a str],
    pub(crate) query: &'a Query,
}

impl Call<'_> {
    /// Whether the filters on changes know of a change at this time already.
    pub(crate) fn is_reported(&self, changed_at: DateTime<Utc>) -> bool {
        let overlooked = self.effects.iter().any(|effect| match effect {
            Effect::LateChange(by) => self.company.now - *by < changed_at,
            _ => false,
        });
        !overlooked
    }

    /// By how much earlier changes are reported once more.
    pub(crate) fn repeats(&self) -> Duration {
        let repeats = self.effects.iter().map(|effect| match effect {
            Effect::RepeatedChange(by) => *by,
            _ => Duration::ZERO,
        });
        repeats.sum()
    }
}
