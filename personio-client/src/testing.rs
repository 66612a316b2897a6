//! A transport that replays prepared answers, and a clock that never waits (feature `testing`).
//!
//! For unit tests of applications, without a network and without waiting:
//!
//! ```
//! use personio_client::testing::{Answer, Expected, ReplayTransport};
//! use personio_client::v1::ListEmployees;
//!
//! # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
//! let transport = ReplayTransport::new().expect(
//!     Expected::get("/v1/company/employees").query("limit", "100"),
//!     Answer::json(r#"{"success": true, "metadata": {"total_elements": 0}, "data": []}"#),
//! );
//! let client = transport.client();
//!
//! let listing = client.v1().employees().list(ListEmployees::new()).collect().await?;
//!
//! assert!(listing.completeness.is_complete());
//! transport.verify()?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # }).unwrap();
//! ```

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use futures::future::BoxFuture;

use crate::auth::Credentials;
use crate::client::Client;
use crate::clock::{Clock, later};
use crate::transport::{Method, Request, Response, Transport, TransportError, TransportErrorKind};

/// Answers requests from a queue and complains about any other.
///
/// Logins are answered with a token of one day unless the next expected request is a login. Clones share the queue.
#[derive(Clone, Debug, Default)]
pub struct ReplayTransport {
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    queue: VecDeque<(Expected, Answer)>,
    complaints: Vec<String>,
}

impl ReplayTransport {
    /// Makes a transport that expects nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds an expected request and its answer to the end of the queue.
    #[must_use]
    pub fn expect(self, request: Expected, answer: Answer) -> Self {
        self.state().queue.push_back((request, answer));
        self
    }

    /// Makes a client on this transport, with invented credentials and a clock that never waits.
    ///
    /// # Panics
    ///
    /// Never: the settings are valid.
    pub fn client(&self) -> Client {
        Client::builder(Credentials::new("replay", "replay"))
            .transport(Arc::new(self.clone()))
            .clock(Arc::new(ManualClock::default()))
            .build()
            .expect("the default settings are valid")
    }

    /// Checks that all expected requests came and no other.
    ///
    /// # Errors
    ///
    /// A readable list of the differences.
    pub fn verify(&self) -> Result<(), Mismatch> {
        let state = self.state();
        let missing = state
            .queue
            .iter()
            .map(|(expected, _)| format!("did not come: {expected}"));
        let differences: Vec<String> = state.complaints.iter().cloned().chain(missing).collect();
        if differences.is_empty() {
            Ok(())
        } else {
            Err(Mismatch { differences })
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn answer(&self, request: &Request) -> Result<Response, TransportError> {
        let mut state = self.state();
        let login = ["/auth", "/auth/token"]
            .iter()
            .any(|path| request.path().ends_with(path));
        let difference = match state.queue.front() {
            Some((expected, _)) => expected.difference(request),
            None => Some("nothing more was expected".to_owned()),
        };
        match difference {
            None => {
                let (_, answer) = state.queue.pop_front().expect("the queue has a front");
                answer.outcome
            }
            Some(_) if login => Ok(Response::new(200, [], LOGIN)),
            Some(difference) => {
                let complaint = format!(
                    "unexpected: {} {}: {difference}",
                    request.method.as_str(),
                    request.path()
                );
                state.complaints.push(complaint.clone());
                Err(TransportError::new(TransportErrorKind::Other, complaint))
            }
        }
    }
}

/// Fits the login of both versions.
const LOGIN: &str = r#"{
    "success": true, "data": {"token": "papi-replay", "expires_in": 86400},
    "access_token": "papi-replay", "token_type": "Bearer", "expires_in": 86400
}"#;

#[async_trait]
impl Transport for ReplayTransport {
    async fn send(&self, request: Request) -> Result<Response, TransportError> {
        self.answer(&request)
    }
}

/// A request that a test expects: method and path, and those parts of the query, headers and body that matter to it.
#[derive(Clone, PartialEq, Eq)]
#[must_use]
pub struct Expected {
    method: Method,
    path: String,
    query: Vec<(String, String)>,
    headers: Vec<(String, String)>,
    body: Option<String>,
}

impl Expected {
    /// Expects a request.
    pub fn new(method: Method, path: impl Into<String>) -> Self {
        Self {
            method,
            path: path.into(),
            query: Vec::new(),
            headers: Vec::new(),
            body: None,
        }
    }

    /// Expects a GET.
    pub fn get(path: impl Into<String>) -> Self {
        Self::new(Method::Get, path)
    }

    /// Expects a POST.
    pub fn post(path: impl Into<String>) -> Self {
        Self::new(Method::Post, path)
    }

    /// Expects a query parameter, decoded; others may come too.
    pub fn query(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.query.push((name.into(), value.into()));
        self
    }

    /// Expects a header, its name in lower case.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Expects exactly this body.
    pub fn body(mut self, body: impl Into<String>) -> Self {
        self.body = Some(body.into());
        self
    }

    fn difference(&self, request: &Request) -> Option<String> {
        if (self.method, self.path.as_str()) != (request.method, request.path()) {
            return Some(format!("expected {self}"));
        }
        let query: Vec<(String, String)> = url::form_urlencoded::parse(request.query().as_bytes())
            .into_owned()
            .collect();
        let missing = self.query.iter().find(|wanted| !query.contains(wanted));
        if let Some((name, value)) = missing {
            return Some(format!(
                "expected the query parameter {name}={value}, got {:?}",
                request.query()
            ));
        }
        let missing = self
            .headers
            .iter()
            .find(|(name, value)| request.header(name) != Some(value.as_str()));
        if let Some((name, value)) = missing {
            return Some(format!(
                "expected the header {name}: {value}, got {:?}",
                request.header(name)
            ));
        }
        let body = request.body.as_deref().unwrap_or_default();
        match &self.body {
            Some(wanted) if wanted.as_bytes() != body => Some(format!(
                "expected another body than one of {} bytes",
                body.len()
            )),
            _ => None,
        }
    }
}

impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method.as_str(), self.path)?;
        for (place, (name, value)) in self.query.iter().enumerate() {
            write!(f, "{}{name}={value}", if place == 0 { '?' } else { '&' })?;
        }
        Ok(())
    }
}

impl fmt::Debug for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Expected({self})")
    }
}

/// What a replayed request gets back.
#[derive(Clone, Debug)]
#[must_use]
pub struct Answer {
    outcome: Result<Response, TransportError>,
}

impl Answer {
    /// Answers 200 with a JSON text.
    pub fn json(body: impl Into<String>) -> Self {
        Self::status(200, body)
    }

    /// Answers with a status and a body.
    pub fn status(status: u16, body: impl Into<String>) -> Self {
        Self {
            outcome: Ok(Response::new(status, [], body.into())),
        }
    }

    /// Answers nothing: the request fails on its way.
    pub fn failure(kind: TransportErrorKind) -> Self {
        Self {
            outcome: Err(TransportError::new(kind, "replayed failure")),
        }
    }

    /// Adds a header, if there is an answer.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        if let Ok(response) = &mut self.outcome {
            response
                .headers
                .push((name.into().to_ascii_lowercase(), value.into()));
        }
        self
    }
}

/// The differences between the requests that were expected and those that came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mismatch {
    differences: Vec<String>,
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the requests differ from the expected ones: {}",
            self.differences.join("; ")
        )
    }
}

impl std::error::Error for Mismatch {}

/// A clock that stands still except when it is told to move, or when somebody sleeps: then it moves at once, and nobody waits.
///
/// Clones share the time.
#[derive(Clone, Debug)]
pub struct ManualClock {
    state: Arc<Mutex<(DateTime<Utc>, Vec<Duration>)>>,
}

impl ManualClock {
    /// Makes a clock that shows this time.
    pub fn at(time: DateTime<Utc>) -> Self {
        Self {
            state: Arc::new(Mutex::new((time, Vec::new()))),
        }
    }

    /// Moves the clock forward.
    pub fn advance(&self, time: Duration) {
        let mut state = self.state();
        state.0 = later(state.0, time);
    }

    /// Returns how long each sleep was, in their order.
    pub fn sleeps(&self) -> Vec<Duration> {
        self.state().1.clone()
    }

    fn state(&self) -> MutexGuard<'_, (DateTime<Utc>, Vec<Duration>)> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for ManualClock {
    /// Shows noon UTC on 2 March 2026.
    fn default() -> Self {
        Self::at(DateTime::from_timestamp(1_772_452_800, 0).unwrap_or_default())
    }
}

impl Clock for ManualClock {
    fn now(&self) -> DateTime<Utc> {
        self.state().0
    }

    fn sleep(&self, time: Duration) -> BoxFuture<'static, ()> {
        self.state().1.push(time);
        self.advance(time);
        Box::pin(std::future::ready(()))
    }
}
