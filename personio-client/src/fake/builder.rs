//! Setting up a fake.

use std::collections::VecDeque;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use chrono::{DateTime, Utc};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinSet;

use super::FakePersonio;
use super::clock::Clock;
use super::company::Company;
use super::credential::{Credential, Credentials};
use super::fault::Faults;
use super::limits::{Buckets, Limits};
use super::line::{Line, Lines};
use super::quirks::Quirks;
use super::server::{self, Service, World};
use super::state::Origin;
use super::webhook::Courier;

/// A fake that is not running yet.
#[derive(Debug)]
#[must_use]
pub struct FakePersonioBuilder {
    company: Option<Company>,
    clock: Clock,
    limits: Limits,
    quirks: Quirks,
    credentials: Vec<Credential>,
    address: SocketAddr,
    state_file: Option<PathBuf>,
    delivers_in_background: bool,
}

impl FakePersonioBuilder {
    pub(super) fn new(credential: Credential) -> Self {
        Self {
            company: None,
            clock: Clock::real(),
            limits: Limits::published(),
            quirks: Quirks::default(),
            credentials: vec![credential],
            address: (Ipv4Addr::LOCALHOST, 0).into(),
            state_file: None,
            delivers_in_background: false,
        }
    }

    /// Sets where to listen; a free port of the loopback address otherwise. Port 0 takes a free one.
    ///
    /// Whoever can reach the address can do everything through the admin API below `/_fake/`.
    pub fn listen(mut self, address: SocketAddr) -> Self {
        self.address = address;
        self
    }

    /// Sets the company; an empty one otherwise.
    pub fn company(mut self, company: Company) -> Self {
        self.company = Some(company);
        self
    }

    /// Stops the clock at this instant; it moves only when told to.
    pub fn frozen_at(mut self, at: DateTime<Utc>) -> Self {
        self.clock = Clock::Frozen { at };
        self
    }

    /// Lets the clock tick on from this instant; from the time it really is otherwise.
    pub fn now(mut self, now: DateTime<Utc>) -> Self {
        self.clock = Clock::real();
        self.clock.set(now);
        self
    }

    /// Sets the limits; the published ones otherwise.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Sets the quirks.
    pub fn quirks(mut self, quirks: Quirks) -> Self {
        self.quirks = quirks;
        self
    }

    /// Adds a credential, or replaces the one with the same client id.
    pub fn credential(mut self, credential: Credential) -> Self {
        self.credentials.push(credential);
        self
    }

    /// Keeps the state in a file: one that is there decides about company, credentials, faults and clock; it is written
    /// by [`save`](FakePersonio::save) and `POST /_fake/save`.
    pub fn state_file(mut self, file: impl Into<PathBuf>) -> Self {
        self.state_file = Some(file.into());
        self
    }

    /// Delivers webhooks as soon as they are due, like the service; otherwise when [`deliver`](FakePersonio::deliver) says
    /// so, which lets a test decide what happens before.
    pub fn deliver_in_background(mut self) -> Self {
        self.delivers_in_background = true;
        self
    }

    /// Opens the port and answers on it, as a task of the current runtime.
    ///
    /// # Errors
    /// When no port can be opened, or the state file cannot be read.
    pub async fn start(self) -> std::io::Result<FakePersonio> {
        let listener = TcpListener::bind(self.address).await?;
        let base_url = format!("http://{}", listener.local_addr()?);
        let company = self
            .company
            .unwrap_or_else(|| Company::new(self.clock.now()));
        let mut world = World {
            base_url: base_url.clone(),
            company: company.clone(),
            clock: self.clock,
            credentials: Credentials::default(),
            faults: Faults::default(),
            limits: self.limits,
            buckets: Buckets::default(),
            quirks: self.quirks.clone(),
            log: Vec::new(),
            answered: 0,
            origin: Origin {
                company,
                credentials: self.credentials,
                clock: self.clock,
                quirks: self.quirks,
            },
            state_file: self.state_file,
            attempts: VecDeque::new(),
        };
        world.reset();
        world.load()?;
        let world = Arc::new(Mutex::new(world));
        let courier = Arc::new(Courier::new()?);
        let mut background = JoinSet::new();
        if self.delivers_in_background {
            background.spawn(Arc::clone(&courier).deliver_always(Arc::clone(&world)));
        }
        let (stop, stopped) = oneshot::channel::<()>();
        let app = axum::Router::new()
            .fallback(server::handle)
            .with_state(Service {
                world: Arc::clone(&world),
                courier: Arc::clone(&courier),
            })
            .into_make_service_with_connect_info::<Line>();
        tokio::spawn(async move {
            // Serving ends with the fake; it cannot fail before.
            let until_dropped = async move { drop(stopped.await) };
            drop(
                axum::serve(Lines(listener), app)
                    .with_graceful_shutdown(until_dropped)
                    .await,
            );
        });
        Ok(FakePersonio {
            base_url,
            world,
            courier,
            _background: background,
            _stop: stop,
        })
    }
}
