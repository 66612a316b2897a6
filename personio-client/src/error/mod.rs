//! What went wrong, in the caller's terms.

mod api;
mod objection;

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;

pub use api::ApiError;
pub use objection::Objection;

use crate::operation::Operation;
use crate::transport::{TransportError, TransportErrorKind};

/// Tells why a call failed.
///
/// The predicates answer the question a caller has: try again, ask an administrator, or fix the program? Each says what to do.
/// The text names the operation and never carries a response body, a secret or personal data, so it may be logged as it is.
/// It does not repeat its [`source`](StdError::source).
///
/// Errors are cheap to clone, so that one failed login can be told to every call that waited for it.
#[derive(Clone)]
pub struct Error {
    inner: Arc<Inner>,
}

/// The result of a call to Personio.
pub type Result<T, E = Error> = std::result::Result<T, E>;

struct Inner {
    kind: Kind,
    operation: Option<&'static str>,
    scope: Option<&'static str>,
    source: Option<TransportError>,
}

/// What a caller may learn through the predicates; private, so that it can grow.
pub(crate) enum Kind {
    Configuration(Cow<'static, str>),
    InvalidRequest(Cow<'static, str>),
    Transport(TransportErrorKind),
    Login(ApiError),
    Api(ApiError),
    Decode { path: String, reason: String },
    Paging(&'static str),
}

impl Error {
    pub(crate) fn configuration(text: impl Into<Cow<'static, str>>) -> Self {
        Self::from_kind(Kind::Configuration(text.into()))
    }

    pub(crate) fn invalid_request(text: impl Into<Cow<'static, str>>) -> Self {
        Self::from_kind(Kind::InvalidRequest(text.into()))
    }

    pub(crate) fn paging(text: &'static str) -> Self {
        Self::from_kind(Kind::Paging(text))
    }

    pub(crate) fn api(answer: ApiError) -> Self {
        Self::from_kind(Kind::Api(answer))
    }

    pub(crate) fn login(answer: ApiError) -> Self {
        Self::from_kind(Kind::Login(answer))
    }

    pub(crate) fn decode(path: impl Into<String>, reason: impl Into<String>) -> Self {
        Self::from_kind(Kind::Decode {
            path: path.into(),
            reason: reason.into(),
        })
    }

    pub(crate) fn transport(source: TransportError) -> Self {
        let kind = Kind::Transport(source.kind());
        Self {
            inner: Arc::new(Inner {
                kind,
                operation: None,
                scope: None,
                source: Some(source),
            }),
        }
    }

    fn from_kind(kind: Kind) -> Self {
        Self {
            inner: Arc::new(Inner {
                kind,
                operation: None,
                scope: None,
                source: None,
            }),
        }
    }

    /// Adds which operation failed; the first one to say so wins.
    pub(crate) fn during(self, operation: &Operation) -> Self {
        if self.inner.operation.is_some() {
            return self;
        }
        match Arc::try_unwrap(self.inner) {
            Ok(inner) => Self {
                inner: Arc::new(Inner {
                    operation: Some(operation.name),
                    scope: operation.scope,
                    ..inner
                }),
            },
            Err(inner) => Self { inner },
        }
    }

    /// Returns true if the client could not be built or a credential cannot be used for this call.
    ///
    /// What to do: read the text; it says which setting to change. Trying again does not help.
    pub fn is_configuration(&self) -> bool {
        matches!(self.inner.kind, Kind::Configuration(_))
    }

    /// Returns true if the request itself was refused: by this client before sending, or by Personio with 400, 415, 422 or 431.
    ///
    /// What to do: correct the program or the input. [`api_error`](Self::api_error) names the fields if Personio said so.
    pub fn is_invalid_request(&self) -> bool {
        match &self.inner.kind {
            Kind::InvalidRequest(_) => true,
            Kind::Api(answer) => matches!(answer.status(), 400 | 415 | 422 | 431),
            _ => false,
        }
    }

    /// Returns true if the login was refused, or a fresh token was still answered with 401.
    ///
    /// What to do: check client id and secret first. If the login works ([`Client::check`](crate::Client::check)), the credential
    /// lacks a right: Personio answers some missing rights with 401 instead of 403 (observed on v2 persons).
    pub fn is_unauthorized(&self) -> bool {
        match &self.inner.kind {
            Kind::Login(answer) => {
                !answer.has_code("invalid_scope") && !answer.has_code("invalid_request")
            }
            Kind::Api(answer) => answer.status() == 401,
            _ => false,
        }
    }

    /// Returns true if the credential lacks a right (403, or a requested scope was not granted).
    ///
    /// What to do: let an administrator add the right named in the text under Settings, API credentials.
    pub fn is_forbidden(&self) -> bool {
        match &self.inner.kind {
            Kind::Login(answer) => answer.has_code("invalid_scope"),
            Kind::Api(answer) => answer.status() == 403,
            _ => false,
        }
    }

    /// Returns true if Personio does not know what was asked for (404).
    ///
    /// What to do: treat the record as unknown, not as proof that it was deleted; a missing attribute right and a missing beta
    /// header look the same (observed).
    pub fn is_not_found(&self) -> bool {
        self.status() == Some(404)
    }

    /// Returns true if the request contradicts the present state (409).
    ///
    /// What to do: read the current state and decide anew.
    pub fn is_conflict(&self) -> bool {
        self.status() == Some(409)
    }

    /// Returns true if Personio still answered 429 when the retry policy gave up.
    ///
    /// What to do: try again in some minutes; if it happens often, run fewer clients per credential and per source address.
    pub fn is_rate_limited(&self) -> bool {
        self.status() == Some(429)
    }

    /// Returns true if Personio answered with a server error (5xx) until the retry policy gave up.
    ///
    /// What to do: try again later; such waves can last for hours (observed). The outcome of a write is unknown.
    pub fn is_server_error(&self) -> bool {
        self.status()
            .is_some_and(|status| (500..600).contains(&status))
    }

    /// Returns true if no complete answer came in time.
    ///
    /// What to do: try again later. The outcome of a write is unknown: read before repeating.
    pub fn is_timeout(&self) -> bool {
        self.is_transport(TransportErrorKind::Timeout)
    }

    /// Returns true if no connection could be made; the request was not sent.
    ///
    /// What to do: check network, proxy, name resolution and certificates, then try again.
    pub fn is_connect(&self) -> bool {
        self.is_transport(TransportErrorKind::Connect)
    }

    /// Returns true if the connection broke or the answer ended too early.
    ///
    /// What to do: try again later. The outcome of a write is unknown: read before repeating.
    pub fn is_interrupted(&self) -> bool {
        self.is_transport(TransportErrorKind::Interrupted)
    }

    /// Returns true if the answer was larger than the client accepts.
    ///
    /// What to do: ask for fewer records per page, or raise [`ClientBuilder::max_answer_size`](crate::ClientBuilder::max_answer_size).
    pub fn is_too_large(&self) -> bool {
        self.is_transport(TransportErrorKind::TooLarge)
    }

    /// Returns true if the answer has a shape that this version cannot read; [`path`](Self::path) says where.
    ///
    /// What to do: report path and operation to the maintainers of this crate; neither holds personal data.
    pub fn is_decode(&self) -> bool {
        matches!(self.inner.kind, Kind::Decode { .. })
    }

    /// Returns true if the pages of a list contradict each other, so that going on would lose or repeat records or never end.
    ///
    /// What to do: do not use what was read so far as a complete list; read the list again from the start.
    pub fn is_paging(&self) -> bool {
        matches!(self.inner.kind, Kind::Paging(_))
    }

    /// Returns true if the same call may succeed later without any change.
    ///
    /// The client has already repeated it as far as its retry policy allows. A write that is not safe to repeat needs a look at
    /// the present state first.
    pub fn is_retryable(&self) -> bool {
        self.is_rate_limited()
            || self.is_server_error()
            || self.is_timeout()
            || self.is_connect()
            || self.is_interrupted()
            || self.is_paging()
    }

    /// Returns true if the request may have been carried out although no good answer came: the connection broke or timed out after
    /// it was sent, the server failed, or the good answer could not be read.
    ///
    /// What to do: after a write, look at the present state before anything is sent again.
    pub fn is_outcome_unknown(&self) -> bool {
        self.is_timeout()
            || self.is_interrupted()
            || self.is_too_large()
            || self.is_server_error()
            || self.is_decode()
    }

    /// Returns the HTTP status of Personio's answer, if there was one.
    pub fn status(&self) -> Option<u16> {
        self.api_error().map(ApiError::status)
    }

    /// Returns Personio's trace id, which its support asks for.
    pub fn trace_id(&self) -> Option<&str> {
        self.api_error().and_then(ApiError::trace_id)
    }

    /// Returns what could safely be kept of Personio's own error description.
    pub fn api_error(&self) -> Option<&ApiError> {
        match &self.inner.kind {
            Kind::Api(answer) | Kind::Login(answer) => Some(answer),
            _ => None,
        }
    }

    /// Returns the path to the field that could not be read, such as `data.attributes.id`.
    pub fn path(&self) -> Option<&str> {
        match &self.inner.kind {
            Kind::Decode { path, .. } => Some(path),
            _ => None,
        }
    }

    /// Returns the name of the failed operation as it stands in [`ENDPOINTS`](crate::ENDPOINTS), such as `v1.employees.list`.
    pub fn operation(&self) -> Option<&'static str> {
        self.inner.operation
    }

    fn is_transport(&self, wanted: TransportErrorKind) -> bool {
        matches!(self.inner.kind, Kind::Transport(kind) if kind == wanted)
    }

    fn write_kind(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.inner.kind {
            Kind::Configuration(text) => write!(f, "the client is not set up correctly: {text}"),
            Kind::InvalidRequest(text) => write!(f, "the request was not sent: {text}"),
            Kind::Transport(kind) => f.write_str(match kind {
                TransportErrorKind::Connect => "no connection to Personio",
                TransportErrorKind::Timeout => "no answer from Personio in time",
                TransportErrorKind::Interrupted => "the answer of Personio broke off",
                TransportErrorKind::TooLarge => "the answer of Personio is larger than allowed",
                TransportErrorKind::Other => "the request could not be carried out",
            }),
            Kind::Login(answer) => write!(
                f,
                "Personio refused the login ({answer}), check client id, client secret and scopes"
            ),
            Kind::Api(answer) => {
                write!(f, "Personio answered {answer}")?;
                match (answer.status(), self.inner.scope) {
                    (401, Some(scope)) => write!(
                        f,
                        ", the token was refused or the credential lacks the right {scope}"
                    ),
                    (401, None) => {
                        f.write_str(", the token was refused or the credential lacks a right")
                    }
                    (403, Some(scope)) => write!(f, ", the credential lacks the right {scope}"),
                    _ => Ok(()),
                }
            }
            Kind::Decode { path, reason } => write!(
                f,
                "the answer of Personio cannot be read at `{path}`: {reason}"
            ),
            Kind::Paging(text) => write!(f, "the pages contradict each other: {text}"),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(operation) = self.inner.operation {
            write!(f, "{operation}: ")?;
        }
        self.write_kind(f)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("Error");
        debug.field("text", &self.to_string());
        if let Some(source) = &self.inner.source {
            debug.field("source", source);
        }
        debug.finish()
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.inner
            .source
            .as_ref()
            .map(|source| source as &(dyn StdError + 'static))
    }
}
