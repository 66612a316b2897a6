//! Endpoints that answer only callers who ask for beta ones.

use super::http::Request;
use super::quirks::Quirks;

/// Whether the gateway denies that there is such an endpoint, because `Beta: true` is missing (observed).
pub(crate) fn hides(operation: &str, request: &Request, quirks: &Quirks) -> bool {
    let is_beta = operation.contains(" /v2/recruiting/")
        || quirks.organisation_is_beta && ONCE_BETA.contains(&operation);
    is_beta
        && request
            .headers
            .get("beta")
            .is_none_or(|beta| beta != "true")
}

/// Beta until the second half of 2026 (documented).
const ONCE_BETA: [&str; 3] = [
    "GET /v2/org-units",
    "GET /v2/cost-centers",
    "GET /v2/workplaces",
];
