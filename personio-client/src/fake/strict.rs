//! What the documentation does not allow and the service bears all the same: refused on request, with the reason.

use super::LoggedRequest;
use super::http::{Query, Request};
use super::operation::Operation;
use super::refusal::Refusal;

impl LoggedRequest {
    /// Returns the names of the query parameters that nobody documented, which the service ignores without a word: a
    /// filter that filters nothing.
    #[must_use]
    pub fn ignored_parameters(&self) -> Vec<String> {
        let known = self.operation.map(parameters).unwrap_or_default();
        let query = Query::parse(self.query.as_bytes());
        let ignored = query.names().filter(|name| !known.contains(name));
        ignored.map(str::to_owned).collect()
    }
}

/// Refuses parameters that nobody documented, which the service ignores without a word, and bodies of a media type that
/// is not documented.
pub(crate) fn check(operation: &Operation, request: &Request) -> Result<(), Refusal> {
    let known = parameters(operation.name);
    if let Some(unknown) = request.query.names().find(|name| !known.contains(name)) {
        let why = format!(
            "Strict: {} has no documented parameter `{unknown}`, only: {}.",
            operation.name,
            known.join(", ")
        );
        return Err(refusal(operation, unknown, why));
    }
    let takes_forms_only = matches!(
        operation.name,
        "POST /v1/company/time-offs" | "POST /v1/company/absence-periods"
    );
    if takes_forms_only && !request.has_media_type("application/x-www-form-urlencoded") {
        let why = "Strict: only application/x-www-form-urlencoded is documented here.".to_owned();
        return Err(refusal(operation, "content-type", why));
    }
    Ok(())
}

fn refusal(operation: &Operation, field: &str, why: String) -> Refusal {
    if operation.is_v2() {
        Refusal::v2_bad_request(why)
    } else {
        Refusal::v1_invalid(field, why)
    }
}

/// The query parameters that specification or reference name.
fn parameters(operation: &str) -> &'static [&'static str] {
    match operation {
        "POST /v1/auth" => &["client_id", "client_secret"],
        "GET /v1/company/employees" => {
            &["limit", "offset", "email", "attributes[]", "updated_since"]
        }
        "GET /v1/company/time-off-types" => &["limit", "offset"],
        "GET /v1/company/time-offs" => &[
            "limit",
            "offset",
            "start_date",
            "end_date",
            "updated_from",
            "updated_to",
            "employees[]",
        ],
        "GET /v1/company/absence-periods" => &[
            "limit",
            "offset",
            "start_date",
            "end_date",
            "updated_from",
            "updated_to",
            "employees[]",
            "absence_types[]",
            "absence_periods[]",
        ],
        "GET /v1/company/attendances" => &[
            "limit",
            "offset",
            "start_date",
            "end_date",
            "updated_from",
            "updated_to",
            "includePending",
            "employees[]",
        ],
        "DELETE /v1/company/attendances/{id}"
        | "POST /v2/absence-periods"
        | "PATCH /v2/absence-periods/{id}" => &["skip_approval"],
        "GET /v2/persons" => &[
            "limit",
            "cursor",
            "id",
            "email",
            "first_name",
            "last_name",
            "preferred_name",
            "status",
            "created_at",
            "created_at.gt",
            "created_at.lt",
            "updated_at",
            "updated_at.gt",
            "updated_at.lt",
        ],
        "GET /v2/persons/{person_id}/employments" => &[
            "limit",
            "cursor",
            "id",
            "updated_at",
            "updated_at.gt",
            "updated_at.lt",
        ],
        "GET /v2/absence-types" | "GET /v2/absence-periods/{id}/breakdowns" => &["limit", "cursor"],
        "GET /v2/absence-periods" => &[
            "limit",
            "cursor",
            "id",
            "absence_type.id",
            "person.id",
            "starts_from.date_time.gte",
            "starts_from.date_time.lte",
            "ends_at.date_time.gte",
            "ends_at.date_time.lte",
            "updated_at.gte",
            "updated_at.lte",
        ],
        _ => &[],
    }
}
