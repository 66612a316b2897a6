//! The client: what every call goes through.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use serde::de::DeserializeOwned;
use tracing::Instrument;
use url::Url;

use crate::auth::{Credentials, Grant, Login, LoginAnswer, Need, Token, Tokens, login_request};
use crate::builder::ClientBuilder;
use crate::clock::{Clock, span};
use crate::endpoint::{Base, Body, Endpoint};
use crate::error::{ApiError, Error, Result};
use crate::operation::{ApiVersion, Operation};
use crate::rate_limit::Limiter;
use crate::retry::{Attempt, Decision, Failure, Jitter, RetryPolicy};
use crate::transport::{Request, Response, Transport, TransportError, TransportErrorKind};
use crate::{answer, v1, v2};

/// Talks to the Personio account of one credential.
///
/// Cloning is cheap; clones share tokens, connections and rate limits. Make one client per credential and keep it: limits count per
/// credential, and a login is itself limited.
#[derive(Clone)]
pub struct Client {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) transport: Arc<dyn Transport>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) base: Base,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) credentials: Credentials,
    pub(crate) login: Login,
    pub(crate) tokens: Tokens,
    pub(crate) limiter: Limiter,
    pub(crate) retry: RetryPolicy,
    pub(crate) timeout: Duration,
    pub(crate) max_answer_size: usize,
    pub(crate) jitter: AtomicU64,
}

impl Client {
    /// Starts building a client for a credential.
    pub fn builder(credentials: Credentials) -> ClientBuilder {
        ClientBuilder::new(credentials)
    }

    /// Returns the calls of API version 1.
    pub fn v1(&self) -> v1::V1<'_> {
        v1::V1::new(self)
    }

    /// Returns the calls of API version 2.
    pub fn v2(&self) -> v2::V2<'_> {
        v2::V2::new(self)
    }

    /// Sends a request that was made by hand: the open door to operations that this crate does not cover.
    ///
    /// Login, rate limit, retries and errors are as for all calls. The answer type receives the whole body; an empty body counts as
    /// JSON null.
    ///
    /// # Errors
    ///
    /// Any [`Error`] except [`is_paging`](Error::is_paging).
    pub async fn execute<T: DeserializeOwned>(&self, endpoint: &Endpoint<T>) -> Result<T> {
        self.execute_as(endpoint, answer::read).await
    }

    /// Logs in anew and returns what the credential may do, as far as the answer says.
    ///
    /// # Errors
    ///
    /// [`is_unauthorized`](Error::is_unauthorized) if id or secret are wrong, otherwise whatever kept the answer from coming.
    pub async fn check(&self, version: ApiVersion) -> Result<Grant> {
        self.token(version, Need::Fresh)
            .await
            .map(|(_, grant)| grant)
    }

    /// Sends the request to this URL, which need not be the one of the endpoint: the next page of a list has its own.
    pub(crate) async fn fetch<T: DeserializeOwned>(
        &self,
        endpoint: &Endpoint<T>,
        url: Url,
    ) -> Result<T> {
        self.fetch_as(endpoint, url, answer::read).await
    }

    /// Sends the request and reads the answer in another way than as JSON.
    pub(crate) async fn execute_as<T>(
        &self,
        endpoint: &Endpoint<T>,
        read: fn(&Response) -> Result<T>,
    ) -> Result<T> {
        let url = endpoint
            .url(&self.inner.base)
            .map_err(|error| error.during(&endpoint.operation))?;
        self.fetch_as(endpoint, url, read).await
    }

    async fn fetch_as<T>(
        &self,
        endpoint: &Endpoint<T>,
        url: Url,
        read: fn(&Response) -> Result<T>,
    ) -> Result<T> {
        let operation = endpoint.operation;
        let span = tracing::debug_span!("personio", operation = operation.name);
        self.fetch_with_login(endpoint, &url, read)
            .instrument(span)
            .await
            .map_err(|error| error.during(&operation))
    }

    async fn fetch_with_login<T>(
        &self,
        endpoint: &Endpoint<T>,
        url: &Url,
        read: fn(&Response) -> Result<T>,
    ) -> Result<T> {
        let version = endpoint.operation.version;
        let (token, _) = self.token(version, Need::Valid).await?;
        let outcome = self.repeat(endpoint, url, Some(&token), read).await;
        if !matches!(&outcome, Err(error) if error.status() == Some(401)) {
            return outcome;
        }
        // The token may have been withdrawn. If a fresh one is refused too, it is a right that is missing.
        tracing::debug!("the token was refused, logging in again");
        let (token, _) = self.token(version, Need::Other(&token)).await?;
        self.repeat(endpoint, url, Some(&token), read).await
    }

    async fn token(&self, path: ApiVersion, need: Need<'_>) -> Result<(Token, Grant)> {
        let version = self.inner.login.for_path(path);
        self.inner
            .tokens
            .token(version, need, &*self.inner.clock, self.log_in(version))
            .await
    }

    async fn log_in(&self, version: ApiVersion) -> Result<LoginAnswer> {
        let endpoint = login_request(&self.inner.credentials, version);
        let url = endpoint.url(&self.inner.base)?;
        let outcome = self
            .repeat(&endpoint, &url, None, answer::read)
            .await
            .map_err(|error| match error.api_error() {
                Some(answer) if matches!(answer.status(), 200 | 400 | 401 | 403) => {
                    Error::login(answer.clone())
                }
                _ => error,
            });
        outcome.map_err(|error| error.during(&endpoint.operation))
    }

    /// Sends until an answer is final, within rate limit and retry policy.
    async fn repeat<T>(
        &self,
        endpoint: &Endpoint<T>,
        url: &Url,
        token: Option<&Token>,
        read: fn(&Response) -> Result<T>,
    ) -> Result<T> {
        let operation = &endpoint.operation;
        let jitter = Jitter::from_seed(self.inner.jitter.fetch_add(1, Ordering::Relaxed));
        let mut started = None;
        let mut number = 1;
        loop {
            self.inner.limiter.permit(operation).await;
            let started = *started.get_or_insert_with(|| self.inner.clock.now());
            let failed = match self.attempt(endpoint, url, token, read).await {
                Ok(answer) => return Ok(answer),
                Err(failed) => failed,
            };
            let attempt = Attempt {
                number,
                elapsed: span(started, self.inner.clock.now()),
                safe_to_repeat: operation.safe_to_repeat,
                failure: failed.failure,
                retry_after: failed.retry_after,
                cool_down: if failed.failure == Failure::RateLimited {
                    operation.rate.cool_down
                } else {
                    Duration::ZERO
                },
                jitter,
            };
            let decision = self.inner.retry.decide(&attempt);
            tracing::debug!(attempt = number, failure = ?failed.failure, ?decision, "attempt failed");
            if failed.failure == Failure::RateLimited {
                // Every request of this kind waits, not only this one; this one waits for its permit.
                self.inner.limiter.pause(
                    operation,
                    match decision {
                        Decision::RepeatAfter(wait) => wait,
                        Decision::Stop => failed.retry_after.unwrap_or(operation.rate.cool_down),
                    },
                );
            }
            match decision {
                Decision::Stop => return Err(failed.error),
                Decision::RepeatAfter(_) if failed.failure == Failure::RateLimited => {}
                Decision::RepeatAfter(wait) => self.inner.clock.sleep(wait).await,
            }
            number += 1;
        }
    }

    async fn attempt<T>(
        &self,
        endpoint: &Endpoint<T>,
        url: &Url,
        token: Option<&Token>,
        read: fn(&Response) -> Result<T>,
    ) -> Result<T, FailedAttempt> {
        let request = self.request(endpoint, url, token);
        let response = self
            .inner
            .transport
            .send(request)
            .await
            .map_err(FailedAttempt::from_transport)?;
        tracing::debug!(
            status = response.status,
            bytes = response.body.len(),
            "answered"
        );
        self.inner.limiter.learn(&endpoint.operation, &response);
        let is_answer = (200..300).contains(&response.status)
            || endpoint.answer_status == Some(response.status);
        if !is_answer {
            return Err(FailedAttempt::from_answer(&response, &*self.inner.clock));
        }
        read(&response).map_err(|error| {
            let failure = if error.is_interrupted() {
                Failure::OutcomeUnknown
            } else {
                Failure::Final
            };
            FailedAttempt {
                failure,
                retry_after: None,
                error,
            }
        })
    }

    fn request<T>(&self, endpoint: &Endpoint<T>, url: &Url, token: Option<&Token>) -> Request {
        let operation: &Operation = &endpoint.operation;
        let mut headers = self.inner.headers.clone();
        if operation.beta {
            headers.push(("beta", "true".to_owned()));
        }
        if let Some(token) = token {
            headers.push(("authorization", token.bearer()));
        }
        let body = endpoint.body.as_ref().map(|body| match body {
            Body::Json(json) => ("application/json", json.to_string()),
            Body::Form(fields) => {
                let form = url::form_urlencoded::Serializer::new(String::new())
                    .extend_pairs(fields)
                    .finish();
                ("application/x-www-form-urlencoded", form)
            }
        });
        if let Some((content_type, _)) = &body {
            headers.push(("content-type", (*content_type).to_owned()));
        }
        Request {
            method: operation.method,
            url: url.to_string(),
            headers,
            body: body.map(|(_, text)| text.into_bytes()),
            timeout: self.inner.timeout,
            max_answer_size: self.inner.max_answer_size,
        }
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("base_url", &self.inner.base.url.as_str())
            .finish_non_exhaustive()
    }
}

struct FailedAttempt {
    failure: Failure,
    retry_after: Option<Duration>,
    error: Error,
}

impl FailedAttempt {
    fn from_transport(error: TransportError) -> Self {
        let failure = match error.kind() {
            TransportErrorKind::Connect => Failure::NotSent,
            TransportErrorKind::Timeout | TransportErrorKind::Interrupted => {
                Failure::OutcomeUnknown
            }
            TransportErrorKind::TooLarge | TransportErrorKind::Other => Failure::Final,
        };
        Self {
            failure,
            retry_after: None,
            error: Error::transport(error),
        }
    }

    fn from_answer(response: &Response, clock: &dyn Clock) -> Self {
        let failure = match response.status {
            429 => Failure::RateLimited,
            500..=599 => Failure::ServerError,
            _ => Failure::Final,
        };
        Self {
            failure,
            retry_after: response
                .header("retry-after")
                .and_then(|value| answer::retry_after(value, clock.now())),
            error: Error::api(ApiError::read(response.status, &response.body)),
        }
    }
}
