//! The shapes in which the API says no, any of which may meet a client on any path.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::http::{Answer, Body};

/// A shape of error bodies.
///
/// Personio has no one shape (specified), and gateways answer before it does, so a client must bear each of them
/// everywhere. The texts are German, as an account may have them, and the code is 0, which is not the status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ErrorShape {
    /// `error` with code and message, as almost everywhere in v1 (specified).
    Message,
    /// The same with `error_data`, texts by field, as documents have it (specified).
    ErrorData,
    /// The same with `error_data` as one text, as time-offs have it (specified).
    ErrorDataText,
    /// The same with `detailed_message`, one entry for each row, as attendances have it (specified).
    Rows,
    /// The same with `errors`, texts by field, as v1 had it earlier (observed).
    Errors,
    /// `error` with nothing but texts by field, as projects have it (specified).
    Fields,
    /// A message without `error`, as projects have it (specified).
    BareMessage,
    /// A list of problems without an object around it, as custom reports have it (specified).
    ListOfProblems,
    /// `errors` by field with reasons, as recruiting has it (specified).
    Reasons,
    /// `errors` with status, title and detail, as recruiting has it (specified).
    Problems,
    /// A gateway's page (observed).
    Html,
    /// Nothing (inferred).
    Empty,
    /// The problem with a trace id of the v2 gateway, which stands before v1 too (inferred).
    Gateway,
}

impl ErrorShape {
    /// Every shape.
    pub const ALL: [Self; 13] = [
        Self::Message,
        Self::ErrorData,
        Self::ErrorDataText,
        Self::Rows,
        Self::Errors,
        Self::Fields,
        Self::BareMessage,
        Self::ListOfProblems,
        Self::Reasons,
        Self::Problems,
        Self::Html,
        Self::Empty,
        Self::Gateway,
    ];

    /// Says no in this shape.
    pub(super) fn answer(self, status: u16) -> Answer {
        let body = match self {
            Self::Html => Body::Html(page(status)),
            Self::Empty => Body::Empty,
            Self::Gateway => Body::Typed("application/problem+json", self.json(status)),
            _ => Body::Json(self.json(status)),
        };
        Answer::new(status, body)
    }

    fn json(self, status: u16) -> Value {
        match self {
            Self::Message => v1_error(json!({})),
            Self::ErrorData => v1_error(json!({ "error_data": { "category_id": [REQUIRED] } })),
            Self::ErrorDataText => v1_error(json!({ "error_data": REQUIRED })),
            Self::Rows => v1_error(json!({ "detailed_message": [row()] })),
            Self::Errors => v1_error(json!({ "errors": { "category_id": [REQUIRED] } })),
            Self::Fields => {
                json!({ "success": false, "error": { "name": ["Der Projektname darf nicht leer sein"] } })
            }
            Self::BareMessage => {
                json!({ "success": false, "message": "Projekt 5 wurde nicht gefunden" })
            }
            Self::ListOfProblems => json!([{
                "status": status,
                "trace_id": TRACE_ID,
                "timestamp": TIMESTAMP,
                "errors": [{
                    "title": "Ungültige Anfrage",
                    "details": REQUIRED,
                    "type": "bad_request",
                    "_meta": [{ "field": "category_id", "description": REQUIRED }],
                }],
            }]),
            Self::Reasons => json!({ "errors": [{
                "field": "category_id",
                "errors": [{ "reason": "errors.attribute-validation.required-attribute", "context": {} }],
            }] }),
            Self::Problems => json!({ "errors": [{
                "id": TRACE_ID,
                "status": status.to_string(),
                "title": "Ungültige Anfrage",
                "detail": REQUIRED,
            }] }),
            Self::Gateway => json!({
                "personio_trace_id": TRACE_ID,
                "timestamp": TIMESTAMP,
                "errors": [{ "title": "Ungültige Anfrage", "detail": REQUIRED, "type": null, "_meta": {} }],
            }),
            Self::Html | Self::Empty => Value::Null,
        }
    }
}

/// What a gateway shows to people.
fn page(status: u16) -> String {
    format!("<html><head><title>{status}</title></head><body><h1>{status}</h1></body></html>")
}

const REQUIRED: &str = "Bitte geben Sie category id ein, um fortzufahren.";
const TRACE_ID: &str = "7d2b1f0c4a9e4c5b8f3a6e1d0c9b8a77";
const TIMESTAMP: &str = "2026-03-02T08:00:00Z";

/// The error of v1 with more members beside code and message.
fn v1_error(more: Value) -> Value {
    let mut error = more;
    error["code"] = json!(0);
    error["message"] = json!("Es ist ein Problem aufgetreten");
    json!({ "success": false, "error": error })
}

fn row() -> Value {
    json!({
        "success": false,
        "error_msg": "Es ist ein Problem aufgetreten",
        "id": null,
        "employee": 4001,
        "date": "2026-03-02",
        "start_time": "08:30",
        "end_time": "12:00",
        "break": 0,
        "comment": "",
        "project_id": null,
    })
}
