//! What faults do to answers: one instead of the right one, or the right one damaged.

use serde_json::{Value, json};

use super::error_shape::ErrorShape;
use super::fault::Effect;
use super::http::{Answer, Body, Delivery};
use super::refusal::Refusal;

/// The answer of a fault that keeps the request from being served at all.
pub(super) fn answer_instead(effect: &Effect, v2: bool) -> Option<Result<Answer, Refusal>> {
    match *effect {
        Effect::Status(status) if v2 => Some(Err(Refusal::V2 {
            status,
            title: "Error",
            detail: "The request could not be processed.".to_owned(),
            kind: "common.error",
        })),
        Effect::Status(status) => Some(Err(Refusal::v1(
            status,
            0,
            "Es ist ein Problem aufgetreten",
        ))),
        Effect::Refusal(status, shape) => Some(Ok(shape.answer(status))),
        Effect::Html(status) => Some(Ok(ErrorShape::Html.answer(status))),
        Effect::RateLimited { retry_after } => Some(Err(Refusal::RateLimited { v2, retry_after })),
        Effect::DroppedConnection => {
            let mut answer = Answer::new(503, Body::Empty);
            answer.delivery = Delivery::Nothing;
            Some(Ok(answer))
        }
        _ => None,
    }
}

/// Damages an answer on its way out.
pub(super) fn spoil(answer: &mut Answer, effect: &Effect) {
    match effect {
        Effect::Slow(by) => answer.delay += *by,
        Effect::LostAnswer => answer.delivery = Delivery::Nothing,
        Effect::TruncatedJson => answer.delivery = Delivery::Truncated,
        Effect::CutConnection => answer.delivery = Delivery::Cut,
        // Lists in pages are empty already; this is for those that come whole.
        Effect::EmptyList => {
            if let Some(Value::Array(rows)) =
                answer.json_mut().and_then(|body| body.get_mut("data"))
            {
                rows.clear();
            }
        }
        Effect::UndecodableRecord(field) => {
            if let Some(record) = answer.json_mut().and_then(record_in_the_middle) {
                put_nonsense(record, field);
            }
        }
        _ => {}
    }
}

/// The record of a single answer, or the one in the middle of a list.
fn record_in_the_middle(body: &mut Value) -> Option<&mut Value> {
    let place = ["/_data", "/data"]
        .into_iter()
        .find(|place| body.pointer(place).is_some());
    let data = body.pointer_mut(place.unwrap_or_default())?;
    match data {
        Value::Array(rows) => {
            let middle = rows.len() / 2;
            rows.get_mut(middle)
        }
        record => Some(record),
    }
}

/// Replaces a field, or the value inside its envelope, by a shape that stands for nothing.
fn put_nonsense(record: &mut Value, field: &str) {
    let nonsense = json!({ "unexpected": [{ "shape": 1 }] });
    let fields = if record.get("attributes").is_some() {
        &mut record["attributes"]
    } else {
        record
    };
    if fields[field].get("value").is_some() {
        fields[field]["value"] = nonsense;
    } else {
        fields[field] = nonsense;
    }
}
