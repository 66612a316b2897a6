//! The way of a request through the fake: faults, token, limits, rights, handler, log.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use std::path::PathBuf;

use axum::extract::{ConnectInfo, State};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use super::admin;
use super::attribute::STANDARD_ATTRIBUTES;
use super::clock::Clock;
use super::company::Company;
use super::credential::{Access, Credentials, scope};
use super::fault::{Effect, Faults, Struck};
use super::http::{Answer, Body, Delivery, Query, Request};
use super::limits::{Buckets, Limits};
use super::line::Line;
use super::operation::{Call, ChangeCall, Handle, Handler, Operation, TokenCall};
use super::quirks::Quirks;
use super::refusal::Refusal;
use super::state::Origin;
use super::strict;

/// Everything the fake knows, behind one lock.
pub(crate) struct World {
    pub(crate) base_url: String,
    pub(crate) clock: Clock,
    pub(crate) company: Company,
    pub(crate) credentials: Credentials,
    pub(crate) faults: Faults,
    pub(crate) limits: Limits,
    pub(crate) buckets: Buckets,
    pub(crate) quirks: Quirks,
    pub(crate) log: Vec<LoggedRequest>,
    pub(crate) answered: u32,
    /// What a reset goes back to.
    pub(crate) origin: Origin,
    /// Where the state is kept between two runs.
    pub(crate) state_file: Option<PathBuf>,
}

/// One request as the fake saw it.
///
/// `Debug` leaves out the query, in which an e-mail address or a name may stand.
#[derive(Clone)]
#[non_exhaustive]
pub struct LoggedRequest {
    /// When it came, by the clock of the fake.
    pub at: DateTime<Utc>,
    /// The method, `GET`.
    pub method: String,
    /// The path as sent.
    pub path: String,
    /// The decoded and newly encoded query string, without secrets.
    pub query: String,
    /// The operation, named as in [`super::operations`]; none where there is no such endpoint.
    pub operation: Option<&'static str>,
    /// The status of the answer.
    pub status: u16,
    /// The faults that struck.
    pub faults: Vec<&'static str>,
}

impl LoggedRequest {
    /// Returns a parameter of the query string.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<String> {
        Query::parse(self.query.as_bytes())
            .get(name)
            .map(str::to_owned)
    }
}

impl fmt::Debug for LoggedRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("LoggedRequest");
        shown
            .field("at", &self.at)
            .field("method", &self.method)
            .field("path", &self.path);
        shown
            .field("operation", &self.operation)
            .field("status", &self.status);
        shown.field("faults", &self.faults).finish_non_exhaustive()
    }
}

/// Locks the world; a panic of a test inside the lock must not take the others down.
pub(crate) fn lock(world: &Mutex<World>) -> MutexGuard<'_, World> {
    world.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Answers what comes over the wire.
pub(crate) async fn handle(
    State(world): State<Arc<Mutex<World>>>,
    ConnectInfo(line): ConnectInfo<Line>,
    request: axum::extract::Request,
) -> axum::response::Response {
    // A state of 100,000 people comes in one piece.
    const LARGEST_BODY: usize = 1 << 30;
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, LARGEST_BODY)
        .await
        .unwrap_or_default();
    let request = Request {
        method: parts.method,
        path: parts.uri.path().to_owned(),
        query: Query::parse(parts.uri.query().unwrap_or_default().as_bytes()),
        headers: parts.headers,
        body: body.to_vec(),
    };
    let answer = if admin::is_meant_by(&request) {
        admin::answer(&mut lock(&world), &request)
    } else {
        lock(&world).answer(&request)
    };
    if !answer.delay.is_zero() {
        tokio::time::sleep(answer.delay).await;
    }
    if answer.delivery == Delivery::Nothing {
        line.cut();
    }
    answer.into_response()
}

impl World {
    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// Lets the company catch up with the clock.
    pub(crate) fn pass_time(&mut self) {
        let now = self.now();
        self.company.catch_up(now);
    }

    fn answer(&mut self, request: &Request) -> Answer {
        self.pass_time();
        self.answered = self.answered.wrapping_add(1);
        let found = Operation::of(&request.method, &request.path);
        let operation = found.as_ref().map(|(operation, _)| operation.name);
        let effects = self.faults.strike(&Struck {
            operation,
            method: request.method.as_str(),
            path: &request.path,
        });
        let skew = effects.iter().map(|effect| match effect {
            Effect::ClockSkew(seconds) => TimeDelta::seconds(i64::from(*seconds)),
            _ => TimeDelta::zero(),
        });
        self.company.now += skew.sum::<TimeDelta>();
        let mut headers = Vec::new();
        let served = match &found {
            Some((operation, placeholders)) => {
                self.serve(operation, placeholders, request, &effects, &mut headers)
            }
            None => {
                let v2 = request.path.starts_with("/v2/");
                let instead = effects.iter().find_map(|effect| answer_instead(effect, v2));
                instead.unwrap_or_else(|| {
                    Err(Refusal::NoEndpoint {
                        path: request.path.clone(),
                    })
                })
            }
        };
        let mut answer = match served {
            Ok(answer) => answer,
            Err(refusal) => refusal.into_answer(self.now(), self.answered, &self.quirks),
        };
        answer.headers.append(&mut headers);
        let date = self.company.now.format("%a, %d %b %Y %H:%M:%S GMT");
        answer.headers.push(("date", date.to_string()));
        for effect in &effects {
            spoil(&mut answer, effect);
        }
        self.log.push(LoggedRequest {
            at: self.now(),
            method: request.method.to_string(),
            path: request.path.clone(),
            query: request.query.shown(),
            operation,
            status: answer.status,
            faults: effects.iter().map(Effect::name).collect(),
        });
        answer
    }

    fn serve(
        &mut self,
        operation: &Operation,
        placeholders: &[&str],
        request: &Request,
        effects: &[Effect],
        headers: &mut Vec<(&'static str, String)>,
    ) -> Result<Answer, Refusal> {
        if let Some(answer) = effects
            .iter()
            .find_map(|effect| answer_instead(effect, operation.is_v2()))
        {
            return answer;
        }
        match operation.handler {
            Handler::Tokens(handle) => {
                let client = client_id_in(request);
                self.take(operation, &client, headers)?;
                if self.quirks.strict {
                    strict::check(operation, request)?;
                }
                let now = self.now();
                handle(&mut TokenCall {
                    credentials: &mut self.credentials,
                    request,
                    quirks: &self.quirks,
                    now,
                })
            }
            Handler::Resource { scope, handle } => {
                let (mut token, client, mut access) =
                    self.authenticate(operation, request, effects)?;
                if self.quirks.one_time_tokens && !operation.is_v2() {
                    token = self.credentials.spend(&token);
                }
                self.narrow(&mut access, effects);
                self.take(operation, &client, headers)?;
                if !access.scopes.contains(scope) {
                    return Err(self.missing_right(operation, scope));
                }
                if self.quirks.strict {
                    strict::check(operation, request)?;
                }
                let mut answer = self.call(handle, &access, placeholders, request, effects)?;
                if operation.echoes_token {
                    answer
                        .headers
                        .push(("authorization", format!("Bearer {token}")));
                }
                Ok(answer)
            }
        }
    }

    /// Lets the handler of a resource do its work.
    fn call(
        &mut self,
        handle: Handle,
        access: &Access,
        placeholders: &[&str],
        request: &Request,
        effects: &[Effect],
    ) -> Result<Answer, Refusal> {
        let mut call = ChangeCall {
            company: &mut self.company,
            access,
            quirks: &self.quirks,
            effects,
            base_url: &self.base_url,
            placeholders,
            request,
        };
        match handle {
            Handle::Change(handle) => handle(&mut call),
            Handle::Read(handle) => {
                let stale = effects.iter().find_map(|effect| match effect {
                    Effect::StaleRead(company) => company.as_deref(),
                    _ => None,
                });
                let call = call.read();
                handle(&Call {
                    company: stale.unwrap_or(call.company),
                    ..call
                })
            }
        }
    }

    fn authenticate(
        &mut self,
        operation: &Operation,
        request: &Request,
        effects: &[Effect],
    ) -> Result<(String, String, Access), Refusal> {
        let refusal = |v1_message: &str| {
            if operation.is_v2() {
                unauthorized_v2()
            } else {
                Refusal::v1(401, 0, v1_message)
            }
        };
        let token = request
            .bearer_token()
            .ok_or_else(|| refusal("Authorization is not provided"))?;
        if effects
            .iter()
            .any(|effect| matches!(effect, Effect::ExpiredToken))
        {
            self.credentials.revoke(token);
        }
        let (client, access) =
            self.credentials.open(token, self.now()).ok_or_else(|| {
                match self.credentials.is_spent(token) {
                    true => refusal("The token has been blacklisted"),
                    false => refusal("Unauthenticated"),
                }
            })?;
        Ok((token.to_owned(), client, access))
    }

    fn narrow(&self, access: &mut Access, effects: &[Effect]) {
        for effect in effects {
            match effect {
                Effect::ScopeWithdrawn(scope) => drop(access.scopes.remove(scope)),
                Effect::AttributeWithdrawn(key) => {
                    let standard = STANDARD_ATTRIBUTES
                        .iter()
                        .map(|attribute| attribute.key.to_owned());
                    let custom = self
                        .company
                        .custom_attributes()
                        .map(super::CustomAttribute::key);
                    access.withdraw_attribute(key, standard.chain(custom));
                }
                _ => {}
            }
        }
    }

    /// Takes the request from the limits, and says in the headers what is left.
    fn take(
        &mut self,
        operation: &Operation,
        client: &str,
        headers: &mut Vec<(&'static str, String)>,
    ) -> Result<(), Refusal> {
        let now = self.now();
        let Some(allowance) = self.buckets.take(&self.limits, operation.name, client, now) else {
            return Ok(());
        };
        if operation.is_v2() || self.limits.headers_on_v1 {
            headers.extend(allowance.headers());
        }
        match allowance.wait {
            Some(seconds) => {
                let retry_after = self.limits.retry_after.then_some(seconds);
                Err(Refusal::RateLimited {
                    v2: operation.is_v2(),
                    retry_after,
                })
            }
            None => Ok(()),
        }
    }

    /// A missing right looks like a bad token on persons, elsewhere like what it is (observed).
    fn missing_right(&self, operation: &Operation, scope: &str) -> Refusal {
        if !operation.is_v2() {
            Refusal::v1(403, 0, "Provided authorization is not valid")
        } else if scope == scope::PERSONS && !self.quirks.missing_right_is_always_403 {
            unauthorized_v2()
        } else {
            Refusal::V2 {
                status: 403,
                title: "Forbidden",
                detail: "The token does not carry the required scope.".to_owned(),
                kind: "common.forbidden",
            }
        }
    }
}

fn unauthorized_v2() -> Refusal {
    Refusal::V2 {
        status: 401,
        title: "Unauthorized Request",
        detail: "The token is missing, expired or not allowed to do this.".to_owned(),
        kind: "common.unauthorized",
    }
}

/// Who asks for a token, so that the limits count each client by itself.
fn client_id_in(request: &Request) -> String {
    let json: Value = serde_json::from_slice(&request.body).unwrap_or_default();
    let form = Query::parse(&request.body);
    let client_id = json["client_id"].as_str().or_else(|| form.get("client_id"));
    client_id.unwrap_or_default().to_owned()
}

/// The answer of a fault that keeps the request from being served at all.
fn answer_instead(effect: &Effect, v2: bool) -> Option<Result<Answer, Refusal>> {
    match *effect {
        Effect::Status(status) if v2 => Some(Err(Refusal::V2 {
            status,
            title: "Error",
            detail: "The request could not be processed.".to_owned(),
            kind: "common.error",
        })),
        Effect::Status(status) => Some(Err(Refusal::v1(
            status,
            0,
            "Es ist ein Problem aufgetreten",
        ))),
        Effect::Html(status) => {
            let page = format!(
                "<html><head><title>{status}</title></head><body><h1>{status}</h1></body></html>"
            );
            Some(Ok(Answer::new(status, Body::Html(page))))
        }
        Effect::RateLimited { retry_after } => Some(Err(Refusal::RateLimited { v2, retry_after })),
        Effect::DroppedConnection => {
            let mut answer = Answer::new(503, Body::Empty);
            answer.delivery = Delivery::Nothing;
            Some(Ok(answer))
        }
        _ => None,
    }
}

/// Damages an answer on its way out.
fn spoil(answer: &mut Answer, effect: &Effect) {
    match effect {
        Effect::Slow(by) => answer.delay += *by,
        Effect::LostAnswer => answer.delivery = Delivery::Nothing,
        Effect::TruncatedJson => answer.delivery = Delivery::Truncated,
        Effect::CutConnection => answer.delivery = Delivery::Cut,
        // Lists in pages are empty already; this is for those that come whole.
        Effect::EmptyList => {
            if let Some(Value::Array(rows)) =
                answer.json_mut().and_then(|body| body.get_mut("data"))
            {
                rows.clear();
            }
        }
        Effect::UndecodableRecord(field) => {
            if let Some(record) = answer.json_mut().and_then(record_in_the_middle) {
                put_nonsense(record, field);
            }
        }
        _ => {}
    }
}

/// The record of a single answer, or the one in the middle of a list.
fn record_in_the_middle(body: &mut Value) -> Option<&mut Value> {
    let place = ["/_data", "/data"]
        .into_iter()
        .find(|place| body.pointer(place).is_some());
    let data = body.pointer_mut(place.unwrap_or_default())?;
    match data {
        Value::Array(rows) => {
            let middle = rows.len() / 2;
            rows.get_mut(middle)
        }
        record => Some(record),
    }
}

/// Replaces a field, or the value inside its envelope, by a shape that stands for nothing.
fn put_nonsense(record: &mut Value, field: &str) {
    let nonsense = json!({ "unexpected": [{ "shape": 1 }] });
    let fields = if record.get("attributes").is_some() {
        &mut record["attributes"]
    } else {
        record
    };
    if fields[field].get("value").is_some() {
        fields[field]["value"] = nonsense;
    } else {
        fields[field] = nonsense;
    }
}
