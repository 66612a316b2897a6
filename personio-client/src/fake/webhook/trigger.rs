//! `/v2/webhooks/{id}/redelivery`, `/ping` and `/test-event`: sending something because somebody asks for it.
//!
//! What is asked for is sent whether the webhook is enabled or not (unknown), and is no event that happened.

use chrono::{DateTime, SubsecRound, Utc};
use serde_json::{Map, Value, json};

use super::super::http::{Answer, Body};
use super::super::number::{Kind, WebhookNumber, uuid};
use super::super::operation::{ChangeCall, JSON, RequestBody};
use super::super::refusal::Refusal;
use super::super::v2::input::{members, unprocessable};
use super::event::{EventName, Notice, Subject};
use super::management::find;

/// What may be said is unknown.
pub(super) const UNKNOWN: RequestBody = RequestBody::unknown(&[JSON]);

/// Sends events of the last 30 days again.
///
/// The names of the parameters are unknown; the fake takes those by which events are listed, in the body.
pub(super) fn redelivery(call: &mut ChangeCall<'_>) -> Result<Answer, Refusal> {
    let number = find(&call.read())?.number;
    let selection = match call.request.body.is_empty() {
        true => Selection::default(),
        false => Selection::read(&members(call)?)?,
    };
    let now = call.company.now;
    let of_disabled = call.quirks.disabled_webhooks_list_events;
    let webhooks = &mut call.company.webhooks;
    let chosen = webhooks
        .events_of(number, of_disabled, now)
        .map(|event| &event.notice)
        .filter(|notice| selection.admits(notice));
    let chosen: Vec<_> = chosen.cloned().collect();
    webhooks.last_redelivery += 1;
    let redelivery = webhooks.last_redelivery;
    for notice in chosen {
        webhooks
            .deliveries
            .add(number, notice, Some(redelivery), now);
    }
    let id = uuid(Kind::Redelivery, redelivery);
    Ok(Answer::new(202, Body::Json(json!({ "id": id }))))
}

pub(super) fn ping(call: &mut ChangeCall<'_>) -> Result<Answer, Refusal> {
    let number = find(&call.read())?.number;
    send(call, number, EventName::Ping, Map::new());
    Ok(Answer::new(200, Body::Empty))
}

/// Sends an event that did not happen, with the payload that was given.
///
/// Which members hold the payload is unknown; the fake takes `payload`, or else everything beside `event_name`.
pub(super) fn test_event(call: &mut ChangeCall<'_>) -> Result<Answer, Refusal> {
    let read = call.read();
    let webhook = find(&read)?;
    let number = webhook.number;
    let mut body = members(call)?;
    let name = body.remove("event_name");
    let name = name
        .as_ref()
        .and_then(Value::as_str)
        .and_then(EventName::to_subscribe)
        .filter(|name| webhook.hears(*name))
        .ok_or_else(|| Refusal::v2_bad_request("The event is not enabled for this webhook."))?;
    let payload = match body.remove("payload") {
        Some(Value::Object(payload)) => payload,
        _ => body,
    };
    if payload.is_empty() {
        return Err(Refusal::v2_bad_request("The payload data is missing."));
    }
    send(call, number, name, payload);
    Ok(Answer::new(200, Body::Empty))
}

fn send(
    call: &mut ChangeCall<'_>,
    webhook: WebhookNumber,
    name: EventName,
    payload: Map<String, Value>,
) {
    let now = call.company.now;
    let notice = Notice {
        name,
        occurred_at: now.trunc_subsecs(3),
        subject: Subject::Given(payload),
    };
    let deliveries = &mut call.company.webhooks.deliveries;
    deliveries.add(webhook, notice, None, now);
}

/// Which events are sent again; everything when nothing is said.
#[derive(Default)]
struct Selection {
    from: Option<DateTime<Utc>>,
    until: Option<DateTime<Utc>>,
    name: Option<EventName>,
}

impl Selection {
    fn read(body: &Map<String, Value>) -> Result<Self, Refusal> {
        let mut selection = Self::default();
        for (member, value) in body {
            let value = value.as_str().unwrap_or_default();
            match member.as_str() {
                "occurred_at.gte" => selection.from = Some(instant(value)?),
                "occurred_at.lte" => selection.until = Some(instant(value)?),
                "event_name" => {
                    let name = EventName::to_subscribe(value);
                    selection.name = Some(name.ok_or_else(|| {
                        unprocessable("`event_name` names an event that does not exist.")
                    })?);
                }
                _ => {
                    return Err(unprocessable(
                        "Only `occurred_at.gte`, `occurred_at.lte` and `event_name` are known.",
                    ));
                }
            }
        }
        Ok(selection)
    }

    fn admits(&self, notice: &Notice) -> bool {
        self.from.is_none_or(|from| from <= notice.occurred_at)
            && self.until.is_none_or(|until| notice.occurred_at <= until)
            && self.name.is_none_or(|name| notice.name == name)
    }
}

fn instant(text: &str) -> Result<DateTime<Utc>, Refusal> {
    DateTime::parse_from_rfc3339(text)
        .map(|at| at.to_utc())
        .map_err(|_| unprocessable("An instant looks like 2026-03-02T08:00:00.000Z."))
}
