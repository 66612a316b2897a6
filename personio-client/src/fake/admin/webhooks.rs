//! `/_fake/webhooks`: what is on its way to receivers.

use serde_json::{Value, json};

use super::super::http::Answer;
use super::super::server::World;
use super::super::webhook::{DeliveryAttempt, DeliveryOutcome};

/// Tells of the requests that were made since this was last asked; whatever was due has been sent before.
pub(super) fn tell(world: &mut World) -> Answer {
    Answer::ok(
        world
            .attempts
            .drain(..)
            .map(|attempt| written(&attempt))
            .collect(),
    )
}

/// Lists what will be sent, and when.
pub(super) fn waiting(world: &World) -> Answer {
    let waiting = world.company.webhooks.deliveries.waiting();
    let waiting = waiting.map(|delivery| {
        json!({
            "webhook_id": delivery.webhook.uuid(),
            "event_name": delivery.notice.name.as_str(),
            "requests": delivery.requests,
            "due": delivery.due,
        })
    });
    Answer::ok(waiting.collect())
}

fn written(attempt: &DeliveryAttempt) -> Value {
    let (outcome, again_at) = match attempt.outcome {
        DeliveryOutcome::Delivered => ("delivered", None),
        DeliveryOutcome::RetriedAt(at) => ("retried", Some(at)),
        DeliveryOutcome::GivenUp => ("given_up", None),
    };
    json!({
        "at": attempt.at,
        "webhook_id": attempt.webhook.uuid(),
        "event_name": attempt.event.as_str(),
        "request": attempt.request,
        "status": attempt.status,
        "outcome": outcome,
        "again_at": again_at,
    })
}
