//! Deliveries: what is on its way to which receiver, and what came of it.

use std::collections::VecDeque;
use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::super::number::{Kind, WebhookNumber, uuid};
use super::KEPT;
use super::event::{EventName, Notice};

/// One notice on its way to one receiver.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Delivery {
    pub(crate) number: u32,
    pub(crate) webhook: WebhookNumber,
    pub(crate) notice: Notice,
    /// The order to send once more that it belongs to.
    pub(crate) redelivery: Option<u32>,
    /// How many requests were made for it.
    pub(crate) requests: u32,
    /// When the next request is due.
    pub(crate) due: DateTime<Utc>,
}

/// A delivery that is through, or given up.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Completion {
    number: u32,
    pub(crate) webhook: WebhookNumber,
    pub(crate) name: EventName,
    pub(crate) redelivery: Option<u32>,
    pub(crate) completed_at: DateTime<Utc>,
    /// Whether it was answered with 2xx.
    pub(crate) is_delivered: bool,
}

impl Completion {
    pub(crate) fn id(&self) -> String {
        uuid(Kind::Delivery, self.number)
    }
}

/// The deliveries of a company.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Deliveries {
    /// In the order in which they are due, and of those that are due at once, in the order of their numbers.
    waiting: VecDeque<Delivery>,
    completed: VecDeque<Completion>,
    last_number: u32,
}

impl Deliveries {
    pub(crate) fn add(
        &mut self,
        webhook: WebhookNumber,
        notice: Notice,
        redelivery: Option<u32>,
        due: DateTime<Utc>,
    ) {
        self.last_number += 1;
        self.insert(Delivery {
            number: self.last_number,
            webhook,
            notice,
            redelivery,
            requests: 0,
            due,
        });
    }

    /// The delivery that comes next.
    pub(crate) fn next(&self) -> Option<&Delivery> {
        self.waiting.front()
    }

    /// Takes a delivery off the queue; none if it is no longer there as it was.
    pub(crate) fn take(&mut self, delivery: &Delivery) -> Option<Delivery> {
        let place = self.waiting.iter().position(|waiting| {
            (waiting.number, waiting.requests) == (delivery.number, delivery.requests)
        })?;
        self.waiting.remove(place)
    }

    /// Puts a delivery back that will be tried again.
    pub(crate) fn insert(&mut self, delivery: Delivery) {
        let key = |delivery: &Delivery| (delivery.due, delivery.number);
        let place = self
            .waiting
            .partition_point(|earlier| key(earlier) < key(&delivery));
        self.waiting.insert(place, delivery);
    }

    pub(crate) fn complete(&mut self, delivery: &Delivery, at: DateTime<Utc>, is_delivered: bool) {
        self.completed.push_back(Completion {
            number: delivery.number,
            webhook: delivery.webhook,
            name: delivery.notice.name,
            redelivery: delivery.redelivery,
            completed_at: at,
            is_delivered,
        });
        while self
            .completed
            .front()
            .is_some_and(|oldest| oldest.completed_at < at - KEPT)
        {
            self.completed.pop_front();
        }
    }

    /// Gives up what waits for a webhook.
    pub(crate) fn give_up(&mut self, webhook: WebhookNumber, at: DateTime<Utc>) {
        let (given_up, waiting): (VecDeque<_>, _) = std::mem::take(&mut self.waiting)
            .into_iter()
            .partition(|delivery| delivery.webhook == webhook);
        self.waiting = waiting;
        for delivery in given_up {
            self.complete(&delivery, at, false);
        }
    }

    pub(crate) fn waiting(&self) -> impl Iterator<Item = &Delivery> {
        self.waiting.iter()
    }

    /// What is through or given up, in this order.
    pub(crate) fn completed(&self) -> impl Iterator<Item = &Completion> {
        self.completed.iter()
    }
}

/// One request that the fake made to a receiver of webhooks.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DeliveryAttempt {
    /// When it was due, by the clock of the fake.
    pub at: DateTime<Utc>,
    /// The webhook, whose [`uuid`](WebhookNumber::uuid) is the id in the API.
    pub webhook: WebhookNumber,
    /// The event that was told.
    pub event: EventName,
    /// Which request for this delivery it was: from 1 to 14, as long as the plan is the documented one.
    pub request: u32,
    /// The status of the answer; none when no answer came in time.
    pub status: Option<u16>,
    /// What follows.
    pub outcome: DeliveryOutcome,
}

/// What came of a request to a receiver of webhooks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DeliveryOutcome {
    /// The receiver has taken it.
    Delivered,
    /// The same will be sent again at this time, by the clock of the fake.
    RetriedAt(DateTime<Utc>),
    /// It will not be sent again.
    GivenUp,
}

impl fmt::Display for DeliveryAttempt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} #{}: ", self.event.as_str(), self.request)?;
        match self.status {
            Some(status) => write!(f, "{status}, ")?,
            None => f.write_str("no answer, ")?,
        }
        match self.outcome {
            DeliveryOutcome::Delivered => f.write_str("delivered"),
            DeliveryOutcome::RetriedAt(at) => write!(f, "again at {}", at.format("%FT%TZ")),
            DeliveryOutcome::GivenUp => f.write_str("given up"),
        }
    }
}
