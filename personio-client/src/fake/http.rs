//! A request as the handlers see it, and the answer they give.

use std::time::Duration;

use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use serde_json::Value;

/// One request, taken apart.
pub(crate) struct Request {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) query: Query,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Request {
    pub(crate) fn bearer_token(&self) -> Option<&str> {
        self.header(&header::AUTHORIZATION)?.strip_prefix("Bearer ")
    }

    pub(crate) fn has_media_type(&self, media_type: &str) -> bool {
        self.header(&header::CONTENT_TYPE)
            .is_some_and(|given| given.starts_with(media_type))
    }

    fn header(&self, name: &HeaderName) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

/// Decoded parameters of a query string or of a form.
#[derive(Clone, Debug, Default)]
pub(crate) struct Query(Vec<(String, String)>);

impl Query {
    /// Reads `a=1&b[]=2`; brackets may come raw or percent-encoded.
    pub(crate) fn parse(encoded: &[u8]) -> Self {
        Self(url::form_urlencoded::parse(encoded).into_owned().collect())
    }

    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .rev()
            .find(|(given, _)| given == name)
            .map(|(_, value)| value.as_str())
    }

    pub(crate) fn all(&self, name: &str) -> Vec<&str> {
        self.0
            .iter()
            .filter(|(given, _)| given == name)
            .map(|(_, value)| value.as_str())
            .collect()
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| name.as_str())
    }

    /// Writes the parameters that may be shown: everything but secrets.
    pub(crate) fn shown(&self) -> String {
        let mut shown = url::form_urlencoded::Serializer::new(String::new());
        for (name, value) in &self.0 {
            shown.append_pair(
                name,
                if name == "client_secret" {
                    "[redacted]"
                } else {
                    value
                },
            );
        }
        shown.finish()
    }
}

/// What goes back to the client.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Body,
    pub(crate) delivery: Delivery,
    /// How long it is held back, in real time.
    pub(crate) delay: Duration,
}

pub(crate) enum Body {
    Empty,
    Json(Value),
    /// JSON under another media type.
    Typed(&'static str, Value),
    Html(String),
    /// Something else, under its media type.
    Bytes(&'static str, &'static [u8]),
    /// JSON that is text already.
    Written(Vec<u8>),
}

/// How much of an answer arrives.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Delivery {
    Whole,
    /// The body ends in the middle, though the HTTP message is complete.
    Truncated,
    /// The connection breaks in the middle of the message.
    Cut,
    /// The connection breaks before anything is written.
    Nothing,
}

impl Answer {
    pub(crate) fn new(status: u16, body: Body) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body,
            delivery: Delivery::Whole,
            delay: Duration::ZERO,
        }
    }

    pub(crate) fn ok(body: Value) -> Self {
        Self::new(200, Body::Json(body))
    }

    pub(crate) fn json_mut(&mut self) -> Option<&mut Value> {
        if let Body::Written(json) = &self.body {
            self.body = Body::Json(serde_json::from_slice(json).ok()?);
        }
        match &mut self.body {
            Body::Json(value) | Body::Typed(_, value) => Some(value),
            Body::Empty | Body::Html(_) | Body::Bytes(..) | Body::Written(_) => None,
        }
    }

    pub(crate) fn into_response(self) -> axum::response::Response {
        let (media_type, mut bytes) = match self.body {
            Body::Empty => (None, Vec::new()),
            Body::Json(value) => (Some("application/json"), value.to_string().into_bytes()),
            Body::Typed(media_type, value) => (Some(media_type), value.to_string().into_bytes()),
            Body::Written(json) => (Some("application/json"), json),
            Body::Bytes(media_type, bytes) => (Some(media_type), bytes.to_vec()),
            Body::Html(page) => (Some("text/html; charset=UTF-8"), page.into_bytes()),
        };
        let body = match self.delivery {
            Delivery::Whole | Delivery::Nothing => axum::body::Body::from(bytes),
            Delivery::Truncated => {
                bytes.truncate(bytes.len() / 2);
                axum::body::Body::from(bytes)
            }
            Delivery::Cut => {
                bytes.truncate(bytes.len() / 2);
                let broken = std::io::Error::from(std::io::ErrorKind::ConnectionReset);
                axum::body::Body::from_stream(futures::stream::iter([Ok(bytes), Err(broken)]))
            }
        };
        let mut response = axum::response::Response::new(body);
        *response.status_mut() = axum::http::StatusCode::from_u16(self.status)
            .unwrap_or(axum::http::StatusCode::INTERNAL_SERVER_ERROR);
        if let Some(media_type) = media_type {
            response
                .headers_mut()
                .insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
        }
        for (name, value) in self.headers {
            if let Ok(value) = HeaderValue::from_str(&value) {
                response
                    .headers_mut()
                    .insert(HeaderName::from_static(name), value);
            }
        }
        response
    }
}
