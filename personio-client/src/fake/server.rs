//! The way of a request through the fake: faults, token, limits, rights, handler, log.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::extract::{ConnectInfo, State};
use chrono::{DateTime, TimeDelta, Utc};

use super::admin;
use super::admission::client_id_in;
use super::beta;
use super::clock::Clock;
use super::company::Company;
use super::credential::{Access, Credentials};
use super::fault::{Effect, Faults, Struck};
use super::http::{Answer, Delivery, Query, Request};
use super::limits::{Buckets, Limits};
use super::line::Line;
use super::operation::{Call, ChangeCall, Handle, Handler, Operation, TokenCall};
use super::quirks::Quirks;
use super::refusal::Refusal;
use super::request_log::LoggedRequest;
use super::sabotage::{answer_instead, spoil};
use super::state::Origin;
use super::strict;
use super::webhook::{Courier, DeliveryAttempt};

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
    /// The requests to receivers of webhooks that nobody was told of yet.
    pub(crate) attempts: VecDeque<DeliveryAttempt>,
}

/// What answering takes.
#[derive(Clone)]
pub(crate) struct Service {
    pub(crate) world: Arc<Mutex<World>>,
    pub(crate) courier: Arc<Courier>,
}

/// Locks the world; a panic of a test inside the lock must not take the others down.
pub(crate) fn lock(world: &Mutex<World>) -> MutexGuard<'_, World> {
    world.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Answers what comes over the wire.
pub(crate) async fn handle(
    State(service): State<Service>,
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
    let answer = service.answer(&request).await;
    if !answer.delay.is_zero() {
        tokio::time::sleep(answer.delay).await;
    }
    if answer.delivery == Delivery::Nothing {
        line.cut();
    }
    answer.into_response()
}

impl Service {
    async fn answer(&self, request: &Request) -> Answer {
        if admin::asks_to_deliver(request) {
            self.courier.deliver(&self.world).await;
        }
        let answer = lock(&self.world).answer_anyone(request);
        self.courier.ring();
        answer
    }
}

impl World {
    fn answer_anyone(&mut self, request: &Request) -> Answer {
        self.pass_time();
        let answer = if admin::is_meant_by(request) {
            admin::answer(self, request)
        } else {
            self.answer(request)
        };
        self.post_events();
        answer
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// Lets the company catch up with the clock.
    pub(crate) fn pass_time(&mut self) {
        let now = self.now();
        self.company.catch_up(now);
        self.post_events();
    }

    fn answer(&mut self, request: &Request) -> Answer {
        self.answered = self.answered.wrapping_add(1);
        let found = Operation::of(&request.method, &request.path)
            .filter(|(operation, _)| !beta::hides(operation.name, request, &self.quirks));
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
        let skew = skew.sum::<TimeDelta>();
        self.company.now += skew;
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
        self.company.now -= skew;
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
                let mut answer =
                    self.call(operation, handle, &access, placeholders, request, effects)?;
                // The only way to the next token is the header.
                let is_spent = self.quirks.one_time_tokens && !operation.is_v2();
                let is_silent = self.quirks.attendances_repeat_no_token
                    && operation.name.contains("/attendances");
                if operation.echoes_token && !is_silent || is_spent {
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
        operation: &Operation,
        handle: Handle,
        access: &Access,
        placeholders: &[&str],
        request: &Request,
        effects: &[Effect],
    ) -> Result<Answer, Refusal> {
        let mut call = ChangeCall {
            operation,
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
}
