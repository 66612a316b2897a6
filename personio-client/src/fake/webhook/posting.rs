//! From an event to its deliveries, and from a delivery to the requests it takes.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use super::super::clock::Clock;
use super::super::fault::Effect;
use super::super::server::World;
use super::delivery::{Delivery, DeliveryAttempt, DeliveryOutcome};
use super::retry::Next;

/// How many attempts are kept for whoever asks.
const REMEMBERED: usize = 10_000;

/// A request that is due.
pub(super) struct Parcel {
    delivery: Delivery,
    pub(super) url: String,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: String,
    pub(super) answer_within: Duration,
}

impl World {
    /// Makes deliveries of what has happened, as far as faults let them.
    pub(crate) fn post_events(&mut self) {
        let now = self.now();
        for event in self.company.webhooks.take_unposted() {
            // A request served by a clock that is ahead tells of the future, but is sent now.
            let occurred_at = event.notice.occurred_at.min(now);
            let enabled = event.subscribers.iter().filter(|one| one.is_enabled);
            for subscriber in enabled {
                let (mut copies, mut due) = (1, occurred_at);
                for effect in self.faults.strike_event(event.notice.name) {
                    match effect {
                        Effect::LostEvent => copies = 0,
                        Effect::DuplicatedEvent => copies *= 2,
                        Effect::DelayedEvent(by) => due = later(due, by),
                        _ => {}
                    }
                }
                for _ in 0..copies {
                    let deliveries = &mut self.company.webhooks.deliveries;
                    deliveries.add(subscriber.webhook, event.notice.clone(), None, due);
                }
            }
        }
    }

    /// The request that is to be made next, if one is due.
    pub(super) fn next_parcel(&mut self) -> Option<Parcel> {
        self.pass_time();
        let now = self.now();
        let webhooks = &mut self.company.webhooks;
        // A state from elsewhere may hold deliveries of webhooks that it does not hold.
        while let Some(next) = webhooks.deliveries.next()
            && webhooks.get(next.webhook).is_none()
        {
            let gone = next.webhook;
            webhooks.deliveries.give_up(gone, now);
        }
        let delivery = webhooks.deliveries.next()?;
        if delivery.due > now {
            return None;
        }
        let webhook = webhooks.get(delivery.webhook)?;
        Some(Parcel {
            delivery: delivery.clone(),
            url: webhook.url.clone(),
            headers: webhook.credentials(),
            body: delivery
                .notice
                .write(self.quirks.webhook_payload)
                .to_string(),
            answer_within: self.quirks.webhook_retries.answer_within,
        })
    }

    /// Notes what came of a request.
    pub(super) fn note_answer(&mut self, parcel: &Parcel, status: Option<u16>) {
        let (delivery, at) = (&parcel.delivery, parcel.delivery.due);
        let request = delivery.requests + 1;
        let next = self.quirks.webhook_retries.after(request, status, at);
        let deliveries = &mut self.company.webhooks.deliveries;
        // The webhook may be gone by now.
        if let Some(taken) = deliveries.take(delivery) {
            match next {
                Next::Again(due) => deliveries.insert(Delivery {
                    requests: request,
                    due,
                    ..taken
                }),
                Next::Delivered | Next::GivenUp => {
                    deliveries.complete(&taken, at, next == Next::Delivered);
                }
            }
        }
        if self.attempts.len() == REMEMBERED {
            self.attempts.pop_front();
        }
        self.attempts.push_back(DeliveryAttempt {
            at,
            webhook: delivery.webhook,
            event: delivery.notice.name,
            request,
            status,
            outcome: match next {
                Next::Delivered => DeliveryOutcome::Delivered,
                Next::Again(due) => DeliveryOutcome::RetriedAt(due),
                Next::GivenUp => DeliveryOutcome::GivenUp,
            },
        });
    }

    /// How long until something is due, if nothing happens before; for ever when the clock stands still.
    pub(super) fn until_next_delivery(&self) -> Option<Duration> {
        /// Soon enough for what begins at a midnight.
        const SOON: TimeDelta = TimeDelta::minutes(1);
        if matches!(self.clock, Clock::Frozen { .. }) {
            return None;
        }
        let next = self.company.webhooks.deliveries.next();
        let wait = next.map_or(SOON, |delivery| (delivery.due - self.now()).min(SOON));
        Some(wait.to_std().unwrap_or_default())
    }
}

fn later(at: DateTime<Utc>, by: Duration) -> DateTime<Utc> {
    let by = TimeDelta::from_std(by).unwrap_or(TimeDelta::MAX);
    at.checked_add_signed(by).unwrap_or(at)
}
