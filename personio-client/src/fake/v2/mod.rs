//! The second version of the API, as a view of the company.

pub(crate) mod absence_periods;
pub(crate) mod absence_types;
pub(crate) mod auth;
pub(crate) mod booking;
pub(crate) mod employments;
pub(crate) mod persons;
pub(crate) mod query;

use chrono::{DateTime, SecondsFormat, Utc};

fn instant(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}
