//! Registering a webhook from Rust, without a request.

use std::collections::BTreeMap;
use std::fmt;

use super::super::company::Company;
use super::super::number::WebhookNumber;
use super::event::EventName;
use super::subscription::{AuthType, Webhook};

/// A webhook to register: enabled, and without token unless one is set.
///
/// `Debug` does not show the token.
#[derive(Clone)]
#[must_use]
pub struct NewWebhook {
    url: String,
    events: Vec<EventName>,
    token: Option<String>,
}

impl NewWebhook {
    /// Names the receiver and what it wants to be told; the URL is taken as it is, which the API would not do.
    pub fn new(url: impl Into<String>, events: impl IntoIterator<Item = EventName>) -> Self {
        Self {
            url: url.into(),
            events: events.into_iter().collect(),
            token: None,
        }
    }

    /// Sets what stands in `Authorization`, unchanged: `Bearer secret`, for instance.
    pub fn token(mut self, token: impl Into<String>) -> Self {
        self.token = Some(token.into());
        self
    }
}

impl fmt::Debug for NewWebhook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewWebhook")
            .field("url", &self.url)
            .field("events", &self.events)
            .finish_non_exhaustive()
    }
}

impl Company {
    /// Registers a webhook, which is told what happens from now on.
    pub fn register_webhook(&mut self, new: NewWebhook) -> WebhookNumber {
        let now = self.now;
        let number = self.webhooks.registered.add(|number| Webhook {
            number: number.into(),
            url: new.url,
            description: String::new(),
            enabled_events: new.events,
            is_enabled: true,
            auth_type: AuthType::Token,
            token: new.token,
            custom_headers: BTreeMap::new(),
            created_at: now,
            updated_at: now,
        });
        number.into()
    }
}
