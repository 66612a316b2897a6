//! What the documentation does not allow and the service bears all the same: refused on request, with the reason.

use serde_json::{Value, json};

use super::http::Request;
use super::operation::{FORM, Handler, Operation, RequestBody};
use super::refusal::Refusal;
use super::v1;

/// Refuses parameters and fields that nobody documented, which the service ignores without a word, values of other types
/// than the documented ones, and bodies of other media types.
///
/// No header is asked for but the media type: those that name the partner and the application are optional (specified).
pub(crate) fn check(operation: &Operation, request: &Request) -> Result<(), Refusal> {
    check_parameters(operation, request)?;
    match operation.body {
        Some(body) if body.may_be_missing() && request.body.is_empty() => Ok(()),
        Some(body) => check_body(operation, body, request),
        None if request.body.is_empty() => Ok(()),
        None => {
            let why = format!("{} takes no body.", operation.name);
            Err(refusal(operation, "body", &why))
        }
    }
}

fn check_parameters(operation: &Operation, request: &Request) -> Result<(), Refusal> {
    let known = operation.parameters;
    let unknown = request.query.names().find(|name| !known.contains(name));
    unknown.map_or(Ok(()), |unknown| {
        let known = match known {
            [] => "it has none".to_owned(),
            known => format!("only: {}", known.join(", ")),
        };
        let name = operation.name;
        let why = format!("{name} has no documented parameter `{unknown}`, {known}.");
        Err(refusal(operation, unknown, &why))
    })
}

fn check_body(
    operation: &Operation,
    documented: &RequestBody,
    request: &Request,
) -> Result<(), Refusal> {
    let mut media_types = documented.media_types.iter();
    if !media_types.any(|media_type| request.has_media_type(media_type)) {
        let allowed = documented.media_types.join(" and ");
        let why = format!("only {allowed} is documented for {}.", operation.name);
        return Err(refusal(operation, "content-type", &why));
    }
    let body = if request.has_media_type(FORM) {
        documented.read(&v1::input::from_form(&request.body))
    } else {
        serde_json::from_slice(&request.body).unwrap_or(Value::Null)
    };
    documented.misfit(&body).map_or(Ok(()), |misfit| {
        let why = format!("`{}` of {} {}.", misfit.field, operation.name, misfit.why);
        Err(refusal(operation, &misfit.field, &why))
    })
}

/// Says why in the shape in which the operation says such things.
fn refusal(operation: &Operation, field: &str, why: &str) -> Refusal {
    let why = format!("Strict: {why}");
    if operation.is_v2() && matches!(operation.handler, Handler::Tokens(_)) {
        Refusal::OAuth {
            error: "invalid_request",
            description: "The request is not as documented.",
            link: "error_uri",
            meta: json!({ "field": field, "reason": why }),
        }
    } else if operation.is_v2() {
        Refusal::v2_bad_request(why)
    } else {
        Refusal::v1_invalid(field, why)
    }
}
