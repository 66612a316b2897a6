//! `/v2/webhooks/{id}/events` and `/activity`: what happened in the last 30 days, and what came of telling it.

use chrono::SecondsFormat;
use serde_json::{Value, json};

use super::super::http::Answer;
use super::super::number::{Kind, uuid};
use super::super::operation::Call;
use super::super::refusal::Refusal;
use super::super::v2::input::unprocessable;
use super::super::v2::query::{InstantFilter, Limits, ListRequest};
use super::KEPT;
use super::delivery::Completion;
use super::event::EventName;
use super::management::find;

/// The largest page was observed, the default is unknown.
const LIMITS: Limits = Limits {
    default: 100,
    max: 200,
};

/// What can be asked of events.
pub(super) const EVENTS: &[&str] = &[
    "limit",
    "cursor",
    "event_name",
    "occurred_at.gte",
    "occurred_at.lte",
];

/// What can be asked of activity.
pub(super) const ACTIVITY: &[&str] = &[
    "limit",
    "cursor",
    "event_name",
    "completed_at.gte",
    "completed_at.lte",
    "is_delivered",
    "redelivery_id",
];

/// Lists what happened for a webhook, oldest first, delivered or not; the fields of an event are inferred.
pub(super) fn events(call: &Call<'_>) -> Result<Answer, Refusal> {
    let webhook = find(call)?;
    let request = read(call)?;
    let occurred_at = instants(&request, "occurred_at")?;
    let name = event_name(&request)?;
    let of_disabled = call.quirks.disabled_webhooks_list_events;
    let events = call
        .company
        .webhooks
        .events_of(webhook.number, of_disabled, call.company.now)
        .filter(|event| {
            occurred_at.admits(event.notice.occurred_at)
                && name.is_none_or(|name| event.notice.name == name)
        });
    Ok(request.answer(call, call.path, events, |event| {
        let mut written = event.notice.write(call.quirks.webhook_payload);
        written["id"] = json!(event.id());
        written
    }))
}

/// Lists the deliveries that are through or given up, oldest first; the fields are inferred from the filters.
pub(super) fn activity(call: &Call<'_>) -> Result<Answer, Refusal> {
    let webhook = find(call)?;
    let request = read(call)?;
    let completed_at = instants(&request, "completed_at")?;
    let name = event_name(&request)?;
    let is_delivered = match request.query.get("is_delivered") {
        None => None,
        Some("true") => Some(true),
        Some("false") => Some(false),
        Some(_) => return Err(unprocessable("`is_delivered` is neither true nor false.")),
    };
    let redelivery = request.query.get("redelivery_id");
    let earliest = call.company.now - KEPT;
    let completed = call.company.webhooks.deliveries.completed();
    let completed = completed.filter(|delivery| {
        delivery.webhook == webhook.number
            && delivery.completed_at >= earliest
            && completed_at.admits(delivery.completed_at)
            && name.is_none_or(|name| delivery.name == name)
            && is_delivered.is_none_or(|wanted| delivery.is_delivered == wanted)
            && redelivery.is_none_or(|wanted| redelivery_id(delivery).as_deref() == Some(wanted))
    });
    Ok(request.answer(call, call.path, completed, entry))
}

/// Reads a request for a page; what is wrong with it is unprocessable here (observed), not bad.
fn read(call: &Call<'_>) -> Result<ListRequest, Refusal> {
    ListRequest::read(call, LIMITS).map_err(as_unprocessable)
}

fn instants(request: &ListRequest, name: &str) -> Result<InstantFilter, Refusal> {
    request.instants(name, false).map_err(as_unprocessable)
}

fn event_name(request: &ListRequest) -> Result<Option<EventName>, Refusal> {
    let unknown = || unprocessable("`event_name` names an event that does not exist.");
    request
        .query
        .get("event_name")
        .map(|name| EventName::from_wire(name).ok_or_else(unknown))
        .transpose()
}

fn as_unprocessable(refusal: Refusal) -> Refusal {
    match refusal {
        Refusal::V2 {
            status: 400,
            detail,
            ..
        } => unprocessable(detail),
        other => other,
    }
}

fn entry(delivery: &Completion) -> Value {
    json!({
        "id": delivery.id(),
        "event_name": delivery.name.as_str(),
        "completed_at": delivery.completed_at.to_rfc3339_opts(SecondsFormat::Millis, true),
        "is_delivered": delivery.is_delivered,
        "redelivery_id": redelivery_id(delivery),
    })
}

fn redelivery_id(delivery: &Completion) -> Option<String> {
    let number = delivery.redelivery?;
    Some(uuid(Kind::Redelivery, number))
}
