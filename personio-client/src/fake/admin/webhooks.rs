//! `/_fake/webhooks`: what is on its way to receivers.

use std::time::Duration;

use serde_json::{Value, json};

use super::super::http::Answer;
use super::super::server::World;
use super::super::webhook::{DeliveryAttempt, DeliveryOutcome, RetryPlan};
use super::input::{Input, Problem};

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

/// Replaces the plan by which deliveries are tried again; what is left out is as documented.
pub(super) fn plan(world: &mut World, body: &[u8]) -> Result<Answer, Problem> {
    let members = [
        "delays_seconds",
        "requests_per_round",
        "answer_within_milliseconds",
    ];
    let input = Input::read(body, &members)?;
    let mut plan = RetryPlan::default();
    if let Some(delays) = input.texts("delays_seconds")? {
        let seconds = delays.iter().map(|delay| delay.parse().ok());
        let delays = seconds.map(|seconds| seconds.map(Duration::from_secs));
        plan.delays = delays.collect::<Option<_>>().ok_or_else(|| {
            let allowed = "a list of whole numbers, one for each extended round";
            Problem::bad("delays_seconds", "one of them is no number", allowed)
        })?;
    }
    if let Some(requests) = input.whole("requests_per_round")? {
        plan.requests_per_round = requests;
    }
    if let Some(limit) = input.whole("answer_within_milliseconds")? {
        plan.answer_within = Duration::from_millis(u64::from(limit));
    }
    let shown = json!({
        "delays_seconds": plan.delays.iter().map(Duration::as_secs).collect::<Vec<_>>(),
        "requests_per_round": plan.requests_per_round,
        "answer_within_milliseconds": plan.answer_within.as_millis() as u64,
    });
    world.quirks.webhook_retries = plan;
    Ok(Answer::ok(shown))
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
