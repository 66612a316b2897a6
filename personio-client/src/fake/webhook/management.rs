//! `/v2/webhooks`: registering, reading, changing and deleting webhooks.

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Value, json};

use super::super::credential::{Access, scope};
use super::super::http::{Answer, Body};
use super::super::number::WebhookNumber;
use super::super::operation::{Call, ChangeCall, Field, JSON, RequestBody};
use super::super::refusal::Refusal;
use super::super::v2::input::{created, members};
use super::super::v2::query::{Limits, ListRequest};
use super::event::EventName;
use super::subscription::{AuthType, Webhook};

pub(super) const WEBHOOK: RequestBody = RequestBody::object(
    &[JSON],
    &[
        Field::text("url"),
        Field::text("description"),
        Field::text_list("enabled_events"),
        Field::text("status"),
        Field::text("auth_type"),
        Field::text("token"),
        Field::texts("custom_headers"),
    ],
);

pub(super) fn list(call: &Call<'_>) -> Result<Answer, Refusal> {
    let limits = Limits {
        default: 50,
        max: 200,
    };
    let request = ListRequest::read(call, limits)?;
    let webhooks = call.company.webhooks.registered.iter();
    Ok(request.answer(call, call.path, webhooks, resource))
}

pub(super) fn create(call: &mut ChangeCall<'_>) -> Result<Answer, Refusal> {
    let body = members(call)?;
    let mut webhook = Webhook::read(&body, call.quirks.strict, call.company.now)?;
    check(call, &webhook)?;
    let number = call.company.webhooks.registered.add(|number| {
        webhook.number = number.into();
        webhook
    });
    let id = WebhookNumber::from(number).uuid();
    Ok(created(json!({ "id": id })))
}

pub(super) fn get(call: &Call<'_>) -> Result<Answer, Refusal> {
    Ok(Answer::ok(resource(find(call)?)))
}

/// Changes a webhook; when it is disabled, what waits for it is given up (unknown).
pub(super) fn update(call: &mut ChangeCall<'_>) -> Result<Answer, Refusal> {
    let body = members(call)?;
    let mut webhook = find(&call.read())?.clone();
    let now = call.company.now;
    webhook.change(&body, call.quirks.strict, now)?;
    check(call, &webhook)?;
    let answer = Answer::ok(resource(&webhook));
    let webhooks = &mut call.company.webhooks;
    if !webhook.is_enabled {
        webhooks.deliveries.give_up(webhook.number, now);
    }
    if let Some(place) = webhooks.registered.get_mut(webhook.number.get()) {
        *place = webhook;
    }
    Ok(answer)
}

pub(super) fn delete(call: &mut ChangeCall<'_>) -> Result<Answer, Refusal> {
    let number = find(&call.read())?.number;
    let now = call.company.now;
    call.company.webhooks.registered.remove(number.get());
    call.company.webhooks.deliveries.give_up(number, now);
    Ok(Answer::new(204, Body::Empty))
}

/// Finds the webhook with the id in the path; every credential sees all of them.
pub(super) fn find<'a>(call: &Call<'a>) -> Result<&'a Webhook, Refusal> {
    let company = call.company;
    let id = call.placeholders.first().copied().unwrap_or_default();
    WebhookNumber::from_uuid(id)
        .and_then(|number| company.webhooks.get(number))
        .ok_or_else(Refusal::v2_not_found)
}

/// Checks a webhook against the others and against the rights of whoever wants it.
fn check(call: &ChangeCall<'_>, webhook: &Webhook) -> Result<(), Refusal> {
    if call.quirks.webhook_events_need_read_scopes && !may_read_all(call.access, webhook) {
        return Err(Refusal::V2 {
            status: 403,
            title: "Forbidden",
            detail: "The token does not carry the scopes of the enabled events.".to_owned(),
            kind: "common.forbidden",
        });
    }
    let mut others = call.company.webhooks.registered.iter();
    let is_taken = others.any(|other| other.number != webhook.number && other.url == webhook.url);
    if is_taken && call.quirks.webhook_urls_are_unique {
        return Err(Refusal::V2 {
            status: 409,
            title: "Conflict",
            detail: "Another webhook has this URL.".to_owned(),
            kind: "common.conflict",
        });
    }
    Ok(())
}

fn may_read_all(access: &Access, webhook: &Webhook) -> bool {
    let scopes = webhook
        .enabled_events
        .iter()
        .filter_map(|name| scope_of(*name));
    scopes
        .into_iter()
        .all(|scope| access.scopes.contains(scope))
}

/// The scope by which one may read what an event is about; that of documents is unknown.
fn scope_of(name: EventName) -> Option<&'static str> {
    let (resource, _) = name.as_str().split_once('.')?;
    match resource {
        "person" | "employment" => Some(scope::PERSONS),
        "absence-period" => Some(scope::ABSENCES),
        "attendance-period" => Some(scope::ATTENDANCES),
        _ => None,
    }
}

/// Writes a webhook; whether the service shows the token is unknown, and the fake does not.
fn resource(webhook: &Webhook) -> Value {
    let instant = |at: DateTime<Utc>| at.to_rfc3339_opts(SecondsFormat::Millis, true);
    let events: Vec<_> = webhook
        .enabled_events
        .iter()
        .map(|name| name.as_str())
        .collect();
    let mut written = json!({
        "id": webhook.number.uuid(),
        "url": webhook.url,
        "description": webhook.description,
        "enabled_events": events,
        "status": if webhook.is_enabled { "ENABLED" } else { "DISABLED" },
        "auth_type": webhook.auth_type,
        "created_at": instant(webhook.created_at),
        "updated_at": instant(webhook.updated_at),
    });
    if webhook.auth_type == AuthType::Custom {
        written["custom_headers"] = json!(webhook.custom_headers);
    }
    written
}
