//! Webhooks: who wants to know what, what happened, and what is on its way.

mod announcement;
mod courier;
mod delivery;
mod event;
mod journal;
mod management;
mod new_webhook;
mod operations;
mod posting;
mod retry;
mod subscription;
mod trigger;

use std::collections::VecDeque;

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::number::WebhookNumber;
use super::table::Table;
pub(crate) use courier::Courier;
pub(crate) use delivery::Deliveries;
pub use delivery::{DeliveryAttempt, DeliveryOutcome};
use event::{Event, Notice, Subject, Subscriber};
pub use event::{EventName, PayloadForm};
pub use new_webhook::NewWebhook;
pub(crate) use operations::OPERATIONS;
pub use retry::RetryPlan;
pub(crate) use subscription::Webhook;

/// How long events and deliveries are kept (documented).
const KEPT: TimeDelta = TimeDelta::days(30);

/// The webhooks of a company, with what they have to tell.
///
/// What nobody has a webhook for is not recorded, so making up a large company costs nothing here.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Webhooks {
    pub(crate) registered: Table<Webhook>,
    /// Oldest first.
    events: VecDeque<Event>,
    last_event: u32,
    /// The last event of which deliveries were made.
    last_posted: u32,
    pub(crate) deliveries: Deliveries,
    last_redelivery: u32,
}

impl Default for Webhooks {
    fn default() -> Self {
        Self {
            registered: Table::numbered_after(0),
            events: VecDeque::new(),
            last_event: 0,
            last_posted: 0,
            deliveries: Deliveries::default(),
            last_redelivery: 0,
        }
    }
}

impl Webhooks {
    /// Records what has happened for those who want to know of it.
    fn record(&mut self, name: EventName, subject: Subject, at: DateTime<Utc>) {
        let subscribers: Vec<_> = self
            .registered
            .iter()
            .filter(|webhook| webhook.hears(name))
            .map(|webhook| Subscriber {
                webhook: webhook.number,
                is_enabled: webhook.is_enabled,
            })
            .collect();
        if subscribers.is_empty() {
            return;
        }
        while self
            .events
            .front()
            .is_some_and(|oldest| oldest.notice.occurred_at < at - KEPT)
        {
            self.events.pop_front();
        }
        self.last_event += 1;
        self.events.push_back(Event {
            number: self.last_event,
            notice: Notice {
                name,
                occurred_at: at.trunc_subsecs(3),
                subject,
            },
            subscribers,
        });
    }

    /// Whether somebody wants to know of such an event.
    fn is_heard(&self, name: EventName) -> bool {
        self.registered.iter().any(|webhook| webhook.hears(name))
    }

    fn get(&self, number: WebhookNumber) -> Option<&Webhook> {
        self.registered.get(number.get())
    }

    /// What happened for a webhook within the time that events are kept, oldest first.
    fn events_of(
        &self,
        webhook: WebhookNumber,
        of_disabled: bool,
        now: DateTime<Utc>,
    ) -> impl Iterator<Item = &Event> {
        self.events.iter().filter(move |event| {
            let is_subscriber = |subscriber: &Subscriber| {
                subscriber.webhook == webhook && (subscriber.is_enabled || of_disabled)
            };
            event.notice.occurred_at >= now - KEPT && event.subscribers.iter().any(is_subscriber)
        })
    }

    /// Takes the events of which no deliveries were made yet.
    fn take_unposted(&mut self) -> Vec<Event> {
        let unposted = self
            .events
            .iter()
            .rev()
            .take_while(|event| event.number > self.last_posted);
        let mut unposted: Vec<_> = unposted.cloned().collect();
        unposted.reverse();
        self.last_posted = self.last_event;
        unposted
    }
}
