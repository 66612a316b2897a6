//! Logging in, and keeping the token.

use std::fmt;
use std::time::Duration;

use chrono::{DateTime, Utc};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use tokio::sync::Mutex;

use crate::clock::{Clock, later, span};
use crate::endpoint::Endpoint;
use crate::error::{Error, Result};
use crate::operation::{ApiVersion, V1_LOGIN, V2_LOGIN};
use crate::wire;

/// The id and the secret of an API credential, as Personio shows them under Settings, API credentials.
///
/// They are sent in the body of the login only, never in a query: that form ends in December 2026 (documented). They never print.
#[derive(Clone)]
pub struct Credentials {
    client_id: String,
    client_secret: SecretString,
}

impl Credentials {
    /// Takes the id and the secret as they are; neither is parsed.
    pub fn new(client_id: impl Into<String>, client_secret: impl Into<String>) -> Self {
        Self {
            client_id: client_id.into(),
            client_secret: SecretString::from(client_secret.into()),
        }
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credentials(..)")
    }
}

/// Which login gives the token for which path.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Login {
    /// Paths of v1 use the login of v1, paths of v2 that of v2 (specified).
    #[default]
    PerVersion,
    /// One token of `POST /v1/auth` for all paths.
    OnlyV1,
    /// One token of `POST /v2/auth/token` for all paths; seen to work in production (observed).
    OnlyV2,
}

impl Login {
    pub(crate) fn for_path(self, path: ApiVersion) -> ApiVersion {
        match self {
            Self::PerVersion => path,
            Self::OnlyV1 => ApiVersion::V1,
            Self::OnlyV2 => ApiVersion::V2,
        }
    }
}

/// What a login granted.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Grant {
    /// The rights of the token, opaque names such as `personio:persons:read`; `None` if the answer did not list them.
    pub scopes: Option<Vec<String>>,
    /// When the token ends.
    pub expires_at: DateTime<Utc>,
}

/// A token that can be used now.
#[derive(Clone)]
pub(crate) struct Token {
    secret: SecretString,
    number: u64,
}

impl Token {
    pub(crate) fn bearer(&self) -> String {
        format!("Bearer {}", self.secret.expose_secret())
    }
}

/// The tokens of one credential, one slot per login.
///
/// The lock of a slot is held during the login, so however many calls need a token, one logs in and the others wait for it.
#[derive(Default)]
pub(crate) struct Tokens {
    v1: Mutex<Slot>,
    v2: Mutex<Slot>,
}

#[derive(Default)]
struct Slot {
    token: Option<Held>,
    /// Numbers the tokens, so that a refused one can be told from its replacement without comparing secrets.
    logins: u64,
    failure: Option<Error>,
}

struct Held {
    token: Token,
    grant: Grant,
    refresh_at: DateTime<Utc>,
}

/// Which token a caller can use.
pub(crate) enum Need<'a> {
    /// Any that has not ended.
    Valid,
    /// Any but this one, which was answered with 401.
    Other(&'a Token),
    /// One from a login that happens now.
    Fresh,
}

impl Tokens {
    /// Returns a token and what it grants, carrying out `login` if no token meets the need.
    pub(crate) async fn token(
        &self,
        version: ApiVersion,
        need: Need<'_>,
        clock: &dyn Clock,
        login: impl Future<Output = Result<LoginAnswer>> + Send,
    ) -> Result<(Token, Grant)> {
        let slot = match version {
            ApiVersion::V1 => &self.v1,
            ApiVersion::V2 => &self.v2,
        };
        // If the slot is locked, somebody is logging in right now, and a failure of theirs is ours too.
        let was_logging_in = slot.try_lock().is_err();
        let mut slot = slot.lock().await;
        if let Some(held) = slot
            .token
            .as_ref()
            .filter(|held| held.meets(&need, clock.now()))
        {
            return Ok((held.token.clone(), held.grant.clone()));
        }
        if let Some(failure) = slot.failure.as_ref().filter(|_| was_logging_in) {
            return Err(failure.clone());
        }
        slot.token = None;
        slot.failure = None;
        slot.logins += 1;
        match login.await {
            Ok(answer) => {
                let held = answer.held(clock.now(), slot.logins);
                let result = (held.token.clone(), held.grant.clone());
                slot.token = Some(held);
                Ok(result)
            }
            Err(failure) => {
                slot.failure = Some(failure.clone());
                Err(failure)
            }
        }
    }
}

impl Held {
    fn meets(&self, need: &Need<'_>, now: DateTime<Utc>) -> bool {
        now < self.refresh_at
            && match need {
                Need::Valid => true,
                Need::Other(refused) => refused.number != self.token.number,
                Need::Fresh => false,
            }
    }
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tokens(..)")
    }
}

/// The request that logs in.
pub(crate) fn login_request(
    credentials: &Credentials,
    version: ApiVersion,
) -> Endpoint<LoginAnswer> {
    let id = credentials.client_id.clone();
    let secret = credentials.client_secret.expose_secret().to_owned();
    match version {
        ApiVersion::V1 => Endpoint::new(V1_LOGIN)
            .json(serde_json::json!({ "client_id": id, "client_secret": secret })),
        ApiVersion::V2 => Endpoint::new(V2_LOGIN).form([
            ("grant_type", "client_credentials".to_owned()),
            ("client_id", id),
            ("client_secret", secret),
        ]),
    }
}

/// The answer to a login, of either version.
#[derive(Deserialize)]
#[serde(untagged)]
pub(crate) enum LoginAnswer {
    V1 {
        data: V1Grant,
    },
    V2 {
        access_token: String,
        #[serde(default, deserialize_with = "wire::count")]
        expires_in: Option<u64>,
        #[serde(default)]
        scope: Option<String>,
    },
}

#[derive(Deserialize)]
pub(crate) struct V1Grant {
    token: String,
    #[serde(default, deserialize_with = "wire::count")]
    expires_in: Option<u64>,
    #[serde(default)]
    scope: Option<String>,
}

impl LoginAnswer {
    /// Used when the answer does not say how long the token lives (documented: one day).
    const ONE_DAY: u64 = 86_400;
    /// A token is replaced this long before its end, or earlier in the last tenth of a short life.
    const MARGIN: Duration = Duration::from_secs(300);

    fn held(self, now: DateTime<Utc>, number: u64) -> Held {
        let (secret, expires_in, scope) = match self {
            Self::V1 { data } => (data.token, data.expires_in, data.scope),
            Self::V2 {
                access_token,
                expires_in,
                scope,
            } => (access_token, expires_in, scope),
        };
        let lifetime = Duration::from_secs(expires_in.unwrap_or(Self::ONE_DAY));
        let expires_at = later(now, lifetime);
        let margin = Self::MARGIN.min(lifetime / 10);
        let scopes = scope.map(|scope| scope.split_whitespace().map(str::to_owned).collect());
        Held {
            token: Token {
                secret: SecretString::from(secret),
                number,
            },
            refresh_at: later(now, span(now, expires_at).saturating_sub(margin)),
            grant: Grant { scopes, expires_at },
        }
    }
}
