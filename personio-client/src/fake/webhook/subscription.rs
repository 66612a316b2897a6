//! A registered webhook: where to send what, and how to show who sends it.

use std::collections::BTreeMap;

use axum::http::{HeaderName, HeaderValue};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use url::{Host, Url};

use super::super::number::WebhookNumber;
use super::super::refusal::Refusal;
use super::super::table::Row;
use super::super::v2::input::unprocessable;
use super::event::EventName;

/// A receiver and the events it wants.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Webhook {
    pub(crate) number: WebhookNumber,
    pub(crate) url: String,
    pub(crate) description: String,
    pub(crate) enabled_events: Vec<EventName>,
    pub(crate) is_enabled: bool,
    pub(crate) auth_type: AuthType,
    pub(super) token: Option<String>,
    pub(super) custom_headers: BTreeMap<String, String>,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) updated_at: DateTime<Utc>,
}

/// How a receiver can tell that it is Personio who sends; nothing is signed.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum AuthType {
    None,
    Token,
    Custom,
}

impl Webhook {
    /// Reads a new webhook; one that does not say so is disabled.
    pub(super) fn read(
        body: &Map<String, Value>,
        only_https: bool,
        now: DateTime<Utc>,
    ) -> Result<Self, Refusal> {
        for required in ["url", "description", "enabled_events"] {
            if !body.contains_key(required) {
                return Err(unprocessable(format!("`{required}` is missing.")));
            }
        }
        let mut webhook = Self {
            number: WebhookNumber::from(0),
            url: url_in(&body["url"], only_https)?,
            description: String::new(),
            enabled_events: Vec::new(),
            is_enabled: false,
            auth_type: AuthType::Token,
            token: None,
            custom_headers: BTreeMap::new(),
            created_at: now,
            updated_at: now,
        };
        webhook.change(body, only_https, now)?;
        Ok(webhook)
    }

    /// Writes what a body says over the webhook; members that nobody documented are ignored.
    pub(super) fn change(
        &mut self,
        body: &Map<String, Value>,
        only_https: bool,
        now: DateTime<Utc>,
    ) -> Result<(), Refusal> {
        if let Some(url) = body.get("url") {
            self.url = url_in(url, only_https)?;
        }
        if let Some(description) = body.get("description") {
            self.description = text(description, "description")?.to_owned();
        }
        if let Some(events) = body.get("enabled_events") {
            self.enabled_events = events_in(events)?;
        }
        if let Some(status) = body.get("status") {
            self.is_enabled = match text(status, "status")? {
                "ENABLED" => true,
                "DISABLED" => false,
                _ => return Err(unprocessable("`status` is neither ENABLED nor DISABLED.")),
            };
        }
        if let Some(auth_type) = body.get("auth_type") {
            self.auth_type = serde_json::from_value(auth_type.clone())
                .map_err(|_| unprocessable("`auth_type` is none of NONE, TOKEN, CUSTOM."))?;
        }
        if let Some(token) = body.get("token") {
            let token = text(token, "token")?;
            if HeaderValue::from_str(token).is_err() {
                return Err(unprocessable("`token` cannot be sent in a header."));
            }
            self.token = Some(token.to_owned());
        }
        if let Some(headers) = body.get("custom_headers") {
            if self.auth_type != AuthType::Custom {
                return Err(unprocessable(
                    "`custom_headers` are for `auth_type` CUSTOM only.",
                ));
            }
            self.custom_headers = headers_in(headers)?;
        }
        self.updated_at = now;
        Ok(())
    }

    pub(super) fn hears(&self, name: EventName) -> bool {
        self.enabled_events.contains(&name)
    }

    /// The headers by which the receiver can tell who sends: the token as it is, without `Bearer` in front of it.
    pub(super) fn credentials(&self) -> Vec<(String, String)> {
        match self.auth_type {
            AuthType::None => Vec::new(),
            AuthType::Token => {
                let token = self.token.iter();
                token
                    .map(|token| ("authorization".to_owned(), token.clone()))
                    .collect()
            }
            AuthType::Custom => self.custom_headers.clone().into_iter().collect(),
        }
    }
}

impl Row for Webhook {
    fn number(&self) -> u32 {
        self.number.get()
    }
}

/// Reads a URL of a receiver: `https`, and since tests listen there, `http` to this machine.
fn url_in(value: &Value, only_https: bool) -> Result<String, Refusal> {
    let given = text(value, "url")?;
    let url = Url::parse(given)
        .map_err(|_| Refusal::v2_bad_request("The URL or its host name is invalid."))?;
    let is_this_machine = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    match url.scheme() {
        "https" => Ok(given.to_owned()),
        "http" if is_this_machine && !only_https => Ok(given.to_owned()),
        _ => Err(Refusal::v2_bad_request("The URL must use HTTPS.")),
    }
}

fn events_in(value: &Value) -> Result<Vec<EventName>, Refusal> {
    let names = value
        .as_array()
        .ok_or_else(|| unprocessable("`enabled_events` is no list."))?;
    let event = |name: &Value| {
        name.as_str()
            .and_then(EventName::to_subscribe)
            .ok_or_else(|| unprocessable("`enabled_events` names an event that does not exist."))
    };
    names.iter().map(event).collect()
}

fn headers_in(value: &Value) -> Result<BTreeMap<String, String>, Refusal> {
    const MOST: usize = 3;
    let given = value
        .as_object()
        .ok_or_else(|| unprocessable("`custom_headers` is no object."))?;
    if given.len() > MOST {
        return Err(unprocessable(
            "`custom_headers` holds more than three headers.",
        ));
    }
    let header = |(name, value): (&String, &Value)| {
        let value = text(value, "custom_headers")?;
        let is_sendable =
            name.parse::<HeaderName>().is_ok() && HeaderValue::from_str(value).is_ok();
        match is_sendable && !is_denied(name) {
            true => Ok((name.clone(), value.to_owned())),
            false => Err(unprocessable(
                "`custom_headers` holds a header that cannot be sent.",
            )),
        }
    };
    given.iter().map(header).collect()
}

/// Whether a name is, or begins with, one that Personio keeps for itself; so `Tenant` is denied, as it begins with `te`.
fn is_denied(name: &str) -> bool {
    const DENIED: [&str; 9] = [
        "host",
        "content-length",
        "transfer-encoding",
        "connection",
        "upgrade",
        "te",
        "trailer",
        "expect",
        "content-type",
    ];
    let name = name.to_ascii_lowercase();
    DENIED.iter().any(|denied| name.starts_with(denied))
}

fn text<'a>(value: &'a Value, name: &str) -> Result<&'a str, Refusal> {
    value
        .as_str()
        .ok_or_else(|| unprocessable(format!("`{name}` is no text.")))
}
