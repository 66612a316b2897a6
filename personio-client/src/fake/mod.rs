//! An in-process Personio for tests: stateful, with a generator and faults.
//!
//! Personio offers no sandbox. [`FakePersonio`] is one: a server on a loopback port that answers the v1 and v2
//! operations listed by [`operations`] over one data model, with the habits of the real service: two units of paging,
//! half days as numbers, dates at local midnight, attributes that are missing without a word, rate limits, and the
//! faults a test asks for. Where the real behaviour is unknown or disputed, [`Quirks`] has a switch.
//!
//! ```
//! use chrono::{NaiveDate, TimeZone, Utc};
//! use personio_client::fake::{Company, FakePersonio, Fault, Generator, NewAbsence, NewEmployee};
//!
//! # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
//! let july = |day| NaiveDate::from_ymd_opt(2026, 7, day).unwrap();
//! let company = Company::generate(&Generator::new(7).employees(50).absences_per_employee(4).today(july(1)));
//! let fake = FakePersonio::builder()
//!     .company(company)
//!     .frozen_at(Utc.with_ymd_and_hms(2026, 7, 1, 9, 0, 0).unwrap())
//!     .start()
//!     .await?;
//!
//! // Point a client at `fake.base_url()`, with `fake.client_id()` and `fake.client_secret()`. Then let things happen:
//! fake.company(|company| {
//!     let ada = company.hire(NewEmployee::new("Ada", "Nwosu").email("ada.nwosu@example.com"))?;
//!     company.book(NewAbsence::days(ada, "Paid vacation", july(6), july(10)))
//! })?;
//! fake.inject(Fault::status(503).on("GET /v1/company/employees").times(2))?;
//!
//! // And afterwards see what the client did.
//! assert!(fake.requests().is_empty());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Tests in other languages reach the same through an admin API below `/_fake/`.
//!
//! Not covered yet: v2 attendances, webhooks, documents, recruiting.

mod absence;
mod address_book;
mod admin;
mod amendment;
mod amount;
mod assignment;
mod attendance;
mod attribute;
mod booking;
mod clock;
mod company;
mod company_error;
mod credential;
mod dice;
mod employee;
mod employment;
mod fault;
mod generator;
mod http;
mod limits;
mod line;
mod names;
mod new_absence;
mod number;
mod operation;
mod organisation;
mod paging;
mod quirks;
mod refusal;
mod server;
mod state;
mod strict;
mod table;
mod v1;
mod v2;

use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio::net::TcpListener;
use tokio::sync::oneshot;

pub use absence::{Absence, AbsenceStatus, AbsenceType, AbsenceUnit};
pub use attendance::{Attendance, NewAttendance};
pub use attribute::{AttributeKind, CustomAttribute};
pub use company::Company;
pub use company_error::CompanyError;
pub use credential::Credential;
pub use employee::{Employee, Gender, NewEmployee};
pub use employment::{EmploymentType, Status};
pub use fault::Fault;
pub use generator::Generator;
pub use limits::Limits;
pub use new_absence::{AbsenceChange, NewAbsence};
pub use number::{
    AbsenceNumber, AbsenceTypeNumber, AttendanceNumber, CostCenterNumber, CustomAttributeNumber,
    DepartmentNumber, EmployeeNumber, EmploymentNumber, LegalEntityNumber, OfficeNumber,
    TeamNumber, WorkScheduleNumber,
};
pub use operation::{UnknownOperation, operations};
pub use quirks::Quirks;
pub use server::LoggedRequest;

use clock::Clock;
use credential::Credentials;
use fault::{Faults, Target};
use limits::Buckets;
use line::{Line, Lines};
use operation::known_operation;
use server::{World, lock};
use state::Origin;

const CLIENT_ID: &str = "fake-client";
const CLIENT_SECRET: &str = "fake-secret";

/// A running fake; dropping it stops the server.
pub struct FakePersonio {
    base_url: String,
    world: Arc<Mutex<World>>,
    /// Dropped with the fake, which tells the server to stop.
    _stop: oneshot::Sender<()>,
}

impl FakePersonio {
    /// Starts a fake with an empty company, real time and the published limits.
    ///
    /// # Errors
    /// When no port can be opened on the loopback address.
    pub async fn start() -> std::io::Result<Self> {
        Self::builder().start().await
    }

    /// Prepares a fake.
    pub fn builder() -> FakePersonioBuilder {
        FakePersonioBuilder {
            company: None,
            clock: Clock::real(),
            limits: Limits::published(),
            quirks: Quirks::default(),
            credentials: vec![Credential::new(CLIENT_ID, CLIENT_SECRET)],
            address: (Ipv4Addr::LOCALHOST, 0).into(),
            state_file: None,
        }
    }

    /// Does something in the company, now by the clock of the fake, and returns what the closure returns.
    ///
    /// Requests wait meanwhile, so the closure must not send any.
    pub fn company<T>(&self, act: impl FnOnce(&mut Company) -> T) -> T {
        let mut world = lock(&self.world);
        world.pass_time();
        act(&mut world.company)
    }

    /// Lets something go wrong.
    ///
    /// # Errors
    /// When the fault names an operation that does not exist, since it would never strike.
    pub fn inject(&self, fault: Fault) -> Result<(), UnknownOperation> {
        for target in &fault.targets {
            if let Target::Operation(operation) = target {
                known_operation(operation)?;
            }
        }
        let mut world = lock(&self.world);
        world.pass_time();
        let World {
            faults, company, ..
        } = &mut *world;
        faults.inject(fault, company);
        Ok(())
    }

    /// Ends all faults.
    pub fn clear_faults(&self) {
        lock(&self.world).faults.clear();
    }

    /// Adds a credential, or replaces the one with the same client id; its tokens stay good and follow the change.
    pub fn set_credential(&self, credential: Credential) {
        lock(&self.world).credentials.put(credential);
    }

    /// Changes a credential, for instance what it may read: `fake.edit_credential("fake-client", |credential|
    /// credential.readable_attributes(["email"]))`.
    ///
    /// Without effect when there is no such credential.
    pub fn edit_credential(&self, client_id: &str, edit: impl FnOnce(Credential) -> Credential) {
        let mut world = lock(&self.world);
        if let Some(credential) = world.credentials.get(client_id).cloned() {
            world.credentials.put(edit(credential));
        }
    }

    /// Lets every token expire at once.
    pub fn expire_tokens(&self) {
        lock(&self.world).credentials.revoke_all();
    }

    /// Replaces the limits and fills all buckets.
    pub fn set_limits(&self, limits: Limits) {
        let mut world = lock(&self.world);
        world.limits = limits;
        world.buckets = Buckets::default();
    }

    /// Changes the quirks.
    pub fn edit_quirks(&self, edit: impl FnOnce(&mut Quirks)) {
        edit(&mut lock(&self.world).quirks);
    }

    /// Lets time pass; nobody sleeps.
    pub fn advance(&self, by: Duration) {
        lock(&self.world).clock.advance(by);
    }

    /// Sets the clock; one that ticks goes on from there.
    pub fn set_now(&self, now: DateTime<Utc>) {
        lock(&self.world).clock.set(now);
    }

    /// Goes back to how everything was at the start: company, credentials and clock; no faults, no requests.
    pub fn reset(&self) {
        lock(&self.world).reset();
    }

    /// Saves company, credentials, faults and clock to the [state file](FakePersonioBuilder::state_file), if there is
    /// one; says whether there is.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn save(&self) -> std::io::Result<bool> {
        lock(&self.world).save()
    }

    /// Forgets the requests so far.
    pub fn clear_requests(&self) {
        lock(&self.world).log.clear();
    }

    /// Returns the origin to which paths such as `/v1/auth` are appended, without slash at the end.
    #[must_use]
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// Returns the client id of the first credential, `fake-client`.
    #[must_use]
    pub fn client_id(&self) -> &str {
        CLIENT_ID
    }

    /// Returns the secret of the first credential, `fake-secret`.
    #[must_use]
    pub fn client_secret(&self) -> &str {
        CLIENT_SECRET
    }

    /// Returns the time by the clock of the fake.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        lock(&self.world).now()
    }

    /// Returns the requests so far, oldest first.
    #[must_use]
    pub fn requests(&self) -> Vec<LoggedRequest> {
        lock(&self.world).log.clone()
    }
}

impl fmt::Debug for FakePersonio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FakePersonio")
            .field("base_url", &self.base_url)
            .finish_non_exhaustive()
    }
}

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
}

impl FakePersonioBuilder {
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
            quirks: self.quirks,
            log: Vec::new(),
            answered: 0,
            origin: Origin {
                company,
                credentials: self.credentials,
                clock: self.clock,
            },
            state_file: self.state_file,
        };
        world.reset();
        world.load()?;
        let world = Arc::new(Mutex::new(world));
        let (stop, stopped) = oneshot::channel::<()>();
        let app = axum::Router::new()
            .fallback(server::handle)
            .with_state(Arc::clone(&world))
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
            _stop: stop,
        })
    }
}
