//! What the writes of v2 have in common: the body, local times, approval.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};
use serde_json::{Map, Value};

use super::super::http::Answer;
use super::super::operation::ChangeCall;
use super::super::refusal::Refusal;

/// What writes of what may need approval take in the query string.
pub(crate) const APPROVAL: &[&str] = &["skip_approval"];

/// Reads the object in the body.
pub(super) fn object(call: &ChangeCall<'_>) -> Result<Value, Refusal> {
    members(call).map(Value::Object)
}

/// Reads the members of the object in the body.
pub(crate) fn members(call: &ChangeCall<'_>) -> Result<Map<String, Value>, Refusal> {
    match json(call)? {
        Value::Object(members) => Ok(members),
        _ => Err(invalid()),
    }
}

/// Reads the array in the body.
pub(super) fn array(call: &ChangeCall<'_>) -> Result<Vec<Value>, Refusal> {
    match json(call)? {
        Value::Array(items) => Ok(items),
        _ => Err(invalid()),
    }
}

/// Reads the body; another media type is refused (observed).
fn json(call: &ChangeCall<'_>) -> Result<Value, Refusal> {
    if !call.request.has_media_type("application/json") {
        return Err(Refusal::V2 {
            status: 415,
            title: "Unsupported media type",
            detail: "Use application/json.".to_owned(),
            kind: "common.unsupported_media_type",
        });
    }
    serde_json::from_slice(&call.request.body).map_err(|_| invalid())
}

/// Reads `{"date_time": ...}`: a local time; one with a zone is refused (documented).
pub(super) fn local_time(value: &Value) -> Result<Option<NaiveDateTime>, Refusal> {
    let Some(text) = value["date_time"].as_str() else {
        return Ok(None);
    };
    let day = || {
        text.parse::<NaiveDate>()
            .map(|day| day.and_time(NaiveTime::MIN))
    };
    let minutes = || NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M");
    let at = text.parse().or_else(|_| minutes()).or_else(|_| day());
    at.map(Some).map_err(|_| invalid())
}

/// Approval is needed unless it is skipped, the other way round than in v1 (documented).
pub(super) fn skips_approval(call: &ChangeCall<'_>) -> bool {
    call.request.query.get("skip_approval") == Some("true")
}

/// The body cannot be understood.
pub(super) fn invalid() -> Refusal {
    Refusal::v2_bad_request("Invalid request content")
}

/// The body can be understood but not be followed.
pub(crate) fn unprocessable(detail: impl Into<String>) -> Refusal {
    Refusal::V2 {
        status: 422,
        title: "Unprocessable Entity",
        detail: detail.into(),
        kind: "common.unprocessable_entity",
    }
}

pub(crate) fn created(body: Value) -> Answer {
    let mut answer = Answer::ok(body);
    answer.status = 201;
    answer
}
