//! Setting up a client.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use url::Url;

use crate::auth::{Credentials, Login, Tokens};
use crate::client::{Client, Inner};
use crate::clock::{Clock, SystemClock};
use crate::endpoint::Base;
use crate::error::{Error, Result};
use crate::rate_limit::Limiter;
use crate::retry::RetryPolicy;
use crate::transport::{HttpTransport, Transport};

/// Where Personio serves its API; the move of the product to personio.com did not change it (observed).
const PERSONIO: &str = "https://api.personio.de";

/// Personio answers slowly at times, so shorter limits turn slow runs into failed ones.
const TIMEOUT: Duration = Duration::from_secs(90);

/// A full page of employees with many attributes has about one megabyte.
const MAX_ANSWER_SIZE: usize = 32 * 1024 * 1024;

/// Sets up a [`Client`]; every setting but the credential has a default.
#[must_use]
pub struct ClientBuilder {
    credentials: Credentials,
    base_url: String,
    v1_prefix: String,
    login: Login,
    app_id: Option<String>,
    partner_id: Option<String>,
    user_agent: String,
    transport: Option<Arc<dyn Transport>>,
    root_certificates: Vec<Vec<u8>>,
    clock: Arc<dyn Clock>,
    retry: RetryPolicy,
    timeout: Duration,
    max_answer_size: usize,
}

impl ClientBuilder {
    pub(crate) fn new(credentials: Credentials) -> Self {
        Self {
            credentials,
            base_url: PERSONIO.to_owned(),
            v1_prefix: "v1".to_owned(),
            login: Login::default(),
            app_id: None,
            partner_id: None,
            user_agent: concat!("personio-client/", env!("CARGO_PKG_VERSION")).to_owned(),
            transport: None,
            root_certificates: Vec::new(),
            clock: Arc::new(SystemClock),
            retry: RetryPolicy::default(),
            timeout: TIMEOUT,
            max_answer_size: MAX_ANSWER_SIZE,
        }
    }

    /// Sets where the API is served, without version: `https://api.personio.de` by default.
    ///
    /// Links to further pages are followed only within this origin.
    pub fn base_url(mut self, base_url: impl Into<String>) -> Self {
        self.base_url = base_url.into();
        self
    }

    /// Sets the path below the base URL at which v1 is served: `v1` by default, empty for mock servers that serve it at the root.
    pub fn v1_prefix(mut self, prefix: impl Into<String>) -> Self {
        self.v1_prefix = prefix.into();
        self
    }

    /// Sets which login gives the token for which path.
    pub fn login(mut self, login: Login) -> Self {
        self.login = login;
        self
    }

    /// Sets the name of your application in `UPPER_SNAKE_CASE`, sent as `X-Personio-App-ID`.
    ///
    /// Optional but recommended; the name is yours to choose (specified).
    pub fn app_id(mut self, app_id: impl Into<String>) -> Self {
        self.app_id = Some(app_id.into());
        self
    }

    /// Sets the name of your company in `UPPER_SNAKE_CASE`, sent as `X-Personio-Partner-ID`.
    ///
    /// Optional but recommended; the name is yours to choose (specified).
    pub fn partner_id(mut self, partner_id: impl Into<String>) -> Self {
        self.partner_id = Some(partner_id.into());
        self
    }

    /// Sets the `User-Agent` header.
    pub fn user_agent(mut self, user_agent: impl Into<String>) -> Self {
        self.user_agent = user_agent.into();
        self
    }

    /// Replaces the HTTP transport, in tests for example.
    pub fn transport(mut self, transport: Arc<dyn Transport>) -> Self {
        self.transport = Some(transport);
        self
    }

    /// Sends through the host's own HTTP client.
    ///
    /// **The one place where a type of the HTTP library is public**: `reqwest` of the version this crate depends on. The host's
    /// settings for TLS, proxies and pools apply. Switch off redirects, retries and cookies in it; switch on gzip.
    pub fn reqwest_client(mut self, http: reqwest::Client) -> Self {
        self.transport = Some(Arc::new(HttpTransport::from_host(http)));
        self
    }

    /// Trusts further root certificates, given as a PEM bundle, beside those of the platform.
    ///
    /// Needed behind a proxy that opens TLS, and in slim containers without a certificate store.
    pub fn root_certificates(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.root_certificates.push(pem.into());
        self
    }

    /// Replaces the system's clock.
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// Sets when failed attempts are repeated.
    pub fn retry(mut self, retry: RetryPolicy) -> Self {
        self.retry = retry;
        self
    }

    /// Sets how long one attempt may take: 90 seconds by default.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Sets how many bytes an answer may have after decompression: 32 MiB by default.
    pub fn max_answer_size(mut self, bytes: usize) -> Self {
        self.max_answer_size = bytes;
        self
    }

    /// Makes the client; nothing is sent yet.
    ///
    /// # Errors
    ///
    /// [`is_configuration`](Error::is_configuration) if the base URL is no HTTP address, an id is not in `UPPER_SNAKE_CASE`, or TLS
    /// cannot be set up, for want of a certificate store for example.
    pub fn build(self) -> Result<Client> {
        let url = base_url(&self.base_url)?;
        let mut headers = vec![
            // Errors have their own media type, and some operations declare no other one (observed).
            (
                "accept",
                "application/json, application/problem+json".to_owned(),
            ),
            ("user-agent", header_value("user agent", self.user_agent)?),
        ];
        if let Some(app_id) = self.app_id {
            headers.push(("x-personio-app-id", upper_snake_case("app id", app_id)?));
        }
        if let Some(partner_id) = self.partner_id {
            headers.push((
                "x-personio-partner-id",
                upper_snake_case("partner id", partner_id)?,
            ));
        }
        let transport = match self.transport {
            Some(transport) => transport,
            None => Arc::new(HttpTransport::new(&self.root_certificates)?),
        };
        // Clients that start at different times shall not come back at the same time.
        let seed = self.clock.now().timestamp_subsec_nanos();
        Ok(Client {
            inner: Arc::new(Inner {
                transport,
                limiter: Limiter::new(Arc::clone(&self.clock)),
                clock: self.clock,
                base: Base {
                    url,
                    v1_prefix: self.v1_prefix,
                },
                headers,
                credentials: self.credentials,
                login: self.login,
                tokens: Tokens::default(),
                retry: self.retry,
                timeout: self.timeout,
                max_answer_size: self.max_answer_size,
                jitter: AtomicU64::new(u64::from(seed) << 32),
            }),
        })
    }
}

impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("base_url", &self.base_url)
            .finish_non_exhaustive()
    }
}

fn base_url(text: &str) -> Result<Url> {
    let url = Url::parse(text)
        .map_err(|_| Error::configuration("the base URL is not an absolute URL"))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(Error::configuration(
            "the base URL does not begin with https:// or http://",
        ));
    }
    if !url.username().is_empty()
        || url.password().is_some()
        || url.query().is_some()
        || url.fragment().is_some()
    {
        return Err(Error::configuration(
            "the base URL holds a user name, a query or a fragment",
        ));
    }
    Ok(url)
}

fn upper_snake_case(name: &str, value: String) -> Result<String> {
    let well_formed = value.split('_').all(|word| {
        !word.is_empty()
            && word
                .chars()
                .all(|character| character.is_ascii_uppercase() || character.is_ascii_digit())
    });
    if well_formed {
        Ok(value)
    } else {
        Err(Error::configuration(format!(
            "the {name} is not in UPPER_SNAKE_CASE"
        )))
    }
}

fn header_value(name: &str, value: String) -> Result<String> {
    if value
        .chars()
        .all(|character| character == ' ' || character.is_ascii_graphic())
    {
        return Ok(value);
    }
    Err(Error::configuration(format!(
        "the {name} holds characters that a header cannot carry"
    )))
}
