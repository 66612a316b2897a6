//! Why a request is refused, and the shape in which each family of endpoints says so.

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Value, json};

use super::http::{Answer, Body};
use super::number::{Kind, uuid};
use super::quirks::Quirks;

pub(crate) enum Refusal {
    /// `{"success": false, "error": {"code", "message"}}`; the code is not the status.
    V1 {
        status: u16,
        code: u16,
        message: String,
        error_data: Option<Value>,
    },
    /// The v1 shape under the media type `problem+json`, as hourly absences have it.
    V1Problem { status: u16, message: &'static str },
    /// The errors of v2 resources; `kind` is the fragment of the link that explains it.
    V2 {
        status: u16,
        title: &'static str,
        detail: String,
        kind: &'static str,
    },
    /// No such endpoint: the gateway answers, on v1 paths too.
    NoEndpoint { path: String },
    /// The errors of the v2 token endpoint.
    OAuth {
        error: &'static str,
        description: &'static str,
        /// Where the link that explains it stands: `error_uri` or `type` (specified examples).
        link: &'static str,
        meta: Value,
    },
    /// Too many requests; the body is not documented.
    RateLimited { v2: bool, retry_after: Option<u32> },
}

impl Refusal {
    pub(crate) fn v1(status: u16, code: u16, message: impl Into<String>) -> Self {
        Self::V1 {
            status,
            code,
            message: message.into(),
            error_data: None,
        }
    }

    /// A v1 parameter that does not pass validation.
    pub(crate) fn v1_invalid(field: &str, message: impl Into<String>) -> Self {
        let message = message.into();
        let error_data = Some(json!({ field: [message] }));
        Self::V1 {
            status: 422,
            code: 0,
            message,
            error_data,
        }
    }

    pub(crate) fn v2_bad_request(detail: impl Into<String>) -> Self {
        Self::V2 {
            status: 400,
            title: "Bad request",
            detail: detail.into(),
            kind: "common.bad_request",
        }
    }

    pub(crate) fn v2_not_found() -> Self {
        Self::V2 {
            status: 404,
            title: "Resource not found",
            detail: "There is no resource for the specified id.".to_owned(),
            kind: "common.resource_not_found",
        }
    }

    pub(crate) fn into_answer(self, now: DateTime<Utc>, trace: u32, quirks: &Quirks) -> Answer {
        let trace_id = uuid(Kind::Trace, trace);
        let problem = |title: &str, detail: &str, link: String, meta: Value| {
            let link = if quirks.null_error_type {
                Value::Null
            } else {
                link.into()
            };
            json!({
                "personio_trace_id": trace_id,
                "timestamp": timestamp(now, trace),
                "errors": [{ "title": title, "detail": detail, "type": link, "_meta": meta }],
            })
        };
        match self {
            Self::V1 {
                status,
                code,
                message,
                error_data,
            } => {
                let mut error = json!({ "code": code, "message": message });
                if let Some(error_data) = error_data {
                    error["error_data"] = error_data;
                }
                Answer::new(
                    status,
                    Body::Json(json!({ "success": false, "error": error })),
                )
            }
            Self::V1Problem { status, message } => {
                let body =
                    json!({ "success": false, "error": { "code": status, "message": message } });
                Answer::new(status, Body::Typed("problem+json", body))
            }
            Self::V2 {
                status,
                title,
                detail,
                kind,
            } => {
                let body = problem(title, &detail, format!("{ERRORS}{kind}"), json!({}));
                Answer::new(status, Body::Typed(PROBLEM, body))
            }
            Self::NoEndpoint { path } => {
                let detail = format!("The endpoint with {path} was not found.");
                let body = problem(
                    "Not Found",
                    &detail,
                    format!("{GATEWAY_ERRORS}apinot_found"),
                    json!({ "path": path }),
                );
                Answer::new(404, Body::Typed(PROBLEM, body))
            }
            Self::OAuth {
                error,
                description,
                link,
                meta,
            } => {
                let mut body = json!({
                    "timestamp": now.to_rfc3339_opts(SecondsFormat::Secs, true),
                    "trace_id": trace_id,
                    "error": error,
                    "error_description": description,
                    "meta": meta,
                });
                body[link] = json!(format!("{ERRORS}credentials.oauth2.{error}"));
                Answer::new(400, Body::Typed(PROBLEM, body))
            }
            Self::RateLimited { v2, retry_after } => {
                let body = if v2 {
                    let kind = format!("{GATEWAY_ERRORS}too_many_requests");
                    Body::Typed(
                        PROBLEM,
                        problem(
                            "Too Many Requests",
                            "The rate limit has been exceeded",
                            kind,
                            json!({}),
                        ),
                    )
                } else {
                    Body::Empty
                };
                let mut answer = Answer::new(429, body);
                answer
                    .headers
                    .extend(retry_after.map(|seconds| ("retry-after", seconds.to_string())));
                answer
            }
        }
    }
}

const PROBLEM: &str = "application/problem+json";
const ERRORS: &str = "https://developer.personio.de/reference/errors#";
const GATEWAY_ERRORS: &str = "https://developer.personio.de/v2.0/page/public-api-error-codes#";

/// The three spellings seen in v2 errors, in turns.
fn timestamp(now: DateTime<Utc>, turn: u32) -> String {
    match turn % 3 {
        0 => now.to_rfc3339_opts(SecondsFormat::Secs, false),
        1 => now.to_rfc3339_opts(SecondsFormat::Secs, true),
        _ => now.to_rfc3339_opts(SecondsFormat::Millis, true),
    }
}
