//! The second version of the API, as a view of the company.

pub(crate) mod absence_periods;
pub(crate) mod absence_types;
pub(crate) mod attendance_periods;
pub(crate) mod auth;
pub(crate) mod booking;
pub(crate) mod employments;
pub(crate) mod input;
pub(crate) mod legal_entities;
pub(crate) mod named_units;
pub(crate) mod nothing;
mod order;
pub(crate) mod org_units;
pub(crate) mod persons;
pub(crate) mod project_members;
pub(crate) mod projects;
pub(crate) mod query;

use chrono::{DateTime, NaiveDateTime, SecondsFormat, Utc};
use serde_json::{Value, json};

use super::http::Answer;
use super::operation::Call;

fn instant(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

fn local(at: NaiveDateTime) -> String {
    at.format("%Y-%m-%dT%H:%M:%S").to_string()
}

/// Answers with one resource, where the envelope of single ones is unknown.
fn single(call: &Call<'_>, resource: Value) -> Answer {
    Answer::ok(match call.quirks.v2_wraps_single {
        true => json!({ "_data": resource }),
        false => resource,
    })
}
