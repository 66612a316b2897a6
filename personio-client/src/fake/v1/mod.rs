//! The first version of the API, as a view of the company.

pub(crate) mod absence_periods;
pub(crate) mod attendances;
pub(crate) mod auth;
pub(crate) mod booking;
mod employee;
pub(crate) mod employees;
pub(crate) mod input;
pub(crate) mod pictures;
pub(crate) mod staff;
pub(crate) mod time_offs;
pub(crate) mod value;

use serde_json::{Value, json};

use super::http::{Answer, Body};

/// Wraps what was asked for in the v1 envelope.
fn success(data: Value) -> Answer {
    Answer::ok(json!({ "success": true, "data": data }))
}

/// Wraps a page of rows that are JSON already.
fn written_page(
    rows: &[String],
    total: usize,
    current_page: usize,
    limit: usize,
    offset: usize,
) -> Answer {
    let metadata = json!({
        "total_elements": total,
        "current_page": current_page,
        "total_pages": total.div_ceil(limit.max(1)),
    });
    let rows = rows.join(",");
    let body = format!(
        r#"{{"success":true,"metadata":{metadata},"offset":{offset},"limit":{limit},"data":[{rows}]}}"#
    );
    Answer::new(200, Body::Written(body.into_bytes()))
}

/// Wraps a page; `current_page` counts from 0 or from 1, as the endpoint does.
fn page(
    data: Vec<Value>,
    total: usize,
    current_page: usize,
    limit: usize,
    offset: usize,
) -> Answer {
    Answer::ok(json!({
        "success": true,
        "metadata": {
            "total_elements": total,
            "current_page": current_page,
            "total_pages": total.div_ceil(limit.max(1)),
        },
        "offset": offset,
        "limit": limit,
        "data": data,
    }))
}
