//! The seam below the client: one request, one answer.

mod http;

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

pub use async_trait::async_trait;

pub(crate) use http::HttpTransport;

/// Carries one request to Personio and brings back its answer.
///
/// The client brings login, limits, retries and decoding; a transport does none of these and follows no redirect. Implement it to
/// send through your own HTTP stack, or to test without a network. The macro is re-exported as [`async_trait`](crate::async_trait).
///
/// ```
/// use personio_client::{Request, Response, Transport, TransportError, async_trait};
///
/// /// Counts what goes out.
/// #[derive(Debug)]
/// struct Counting<T> {
///     inner: T,
///     sent: std::sync::atomic::AtomicUsize,
/// }
///
/// #[async_trait]
/// impl<T: Transport> Transport for Counting<T> {
///     async fn send(&self, request: Request) -> Result<Response, TransportError> {
///         self.sent.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
///         self.inner.send(request).await
///     }
/// }
/// ```
#[async_trait]
pub trait Transport: fmt::Debug + Send + Sync {
    /// Sends the request once and reads the answer whole.
    ///
    /// An HTTP status of any kind is an answer, not an error.
    ///
    /// # Errors
    ///
    /// A [`TransportError`] that says how far the request came; the client decides by its kind whether it may repeat.
    async fn send(&self, request: Request) -> Result<Response, TransportError>;
}

/// The method of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Method {
    /// Reads.
    Get,
    /// Creates, or logs in.
    Post,
    /// Changes.
    Patch,
    /// Removes.
    Delete,
}

impl Method {
    /// Returns the name in capitals, as it goes over the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}

/// One request, ready to be sent.
///
/// `Debug` shows method and path only: headers hold the token, queries and bodies hold personal data.
#[derive(Clone)]
#[non_exhaustive]
pub struct Request {
    /// The method.
    pub method: Method,
    /// The absolute URL with its query, percent-encoded.
    pub url: String,
    /// Headers in lower case, including `authorization` and `content-type`.
    pub headers: Vec<(&'static str, String)>,
    /// The body, if there is one.
    pub body: Option<Vec<u8>>,
    /// How long the whole exchange may take.
    pub timeout: Duration,
    /// How many bytes of body the answer may have; more is [`TransportErrorKind::TooLarge`].
    pub max_answer_size: usize,
}

impl Request {
    /// Returns the first value of a header, by its lower-case name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, value)| value.as_str())
    }

    /// Returns the path of the URL, without host and query.
    pub fn path(&self) -> &str {
        let without_query = self.url.split(['?', '#']).next().unwrap_or_default();
        let after_scheme = without_query
            .split_once("://")
            .map_or(without_query, |(_, rest)| rest);
        after_scheme
            .find('/')
            .map_or("/", |start| &after_scheme[start..])
    }

    /// Returns the raw query of the URL, empty if there is none.
    pub fn query(&self) -> &str {
        self.url.split_once('?').map_or("", |(_, query)| query)
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Request({} {})", self.method.as_str(), self.path())
    }
}

/// One answer, read whole.
///
/// `Debug` shows status and size only.
#[derive(Clone)]
#[non_exhaustive]
pub struct Response {
    /// The HTTP status.
    pub status: u16,
    /// The headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body, decompressed.
    pub body: Vec<u8>,
}

impl Response {
    /// Makes an answer; header names are turned to lower case.
    pub fn new(
        status: u16,
        headers: impl IntoIterator<Item = (String, String)>,
        body: impl Into<Vec<u8>>,
    ) -> Self {
        let headers = headers
            .into_iter()
            .map(|(name, value)| (name.to_ascii_lowercase(), value))
            .collect();
        Self {
            status,
            headers,
            body: body.into(),
        }
    }

    /// Returns the first value of a header, by its lower-case name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }
}

impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Response({}, {} bytes)", self.status, self.body.len())
    }
}

/// How far a request came before it failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TransportErrorKind {
    /// No connection was made; the request was certainly not sent.
    Connect,
    /// The time-out passed; the request may have had its effect.
    Timeout,
    /// The connection broke or the answer ended too early; the request may have had its effect.
    Interrupted,
    /// The answer was larger than allowed.
    TooLarge,
    /// Anything that trying again does not heal.
    Other,
}

/// Tells why no whole answer came.
#[derive(Clone, Debug)]
pub struct TransportError {
    kind: TransportErrorKind,
    source: Arc<dyn StdError + Send + Sync>,
}

impl TransportError {
    /// Makes an error from its kind and its cause.
    ///
    /// The text of the cause must not hold URLs with queries, headers or bodies: it ends in logs.
    pub fn new(
        kind: TransportErrorKind,
        source: impl Into<Box<dyn StdError + Send + Sync>>,
    ) -> Self {
        Self {
            kind,
            source: Arc::from(source.into()),
        }
    }

    /// Returns how far the request came.
    pub fn kind(&self) -> TransportErrorKind {
        self.kind
    }
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.source.fmt(f)
    }
}

impl StdError for TransportError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.source()
    }
}
