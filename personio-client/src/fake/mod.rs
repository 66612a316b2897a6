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
//! # Webhooks
//!
//! Webhooks are registered through `/v2/webhooks`, or by [`Company::register_webhook`], and really delivered, over HTTP,
//! with the documented retries by the clock of the fake. Nothing is sent until [`FakePersonio::deliver`] says so, and when
//! that returns, everything due is through: a test needs no sleep, and decides what happens before. A fake that [delivers
//! in the background](FakePersonioBuilder::deliver_in_background), as the stand-alone one does, sends at once.
//!
//! ```
//! use std::time::Duration;
//! use personio_client::fake::{DeliveryOutcome, EventName, FakePersonio, Fault, NewEmployee, NewWebhook};
//!
//! # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
//! # let at = "2026-07-01T09:00:00Z".parse()?;
//! let fake = FakePersonio::builder().frozen_at(at).start().await?;
//! fake.company(|company| {
//!     // Nobody listens on this port.
//!     let webhook = NewWebhook::new("http://127.0.0.1:9/personio", [EventName::PersonCreated]);
//!     company.register_webhook(webhook.token("Bearer of-the-receiver"));
//!     company.hire(NewEmployee::new("Ada", "Nwosu"))
//! })?;
//! let attempts = fake.deliver().await;
//! assert_eq!(attempts[0].event, EventName::PersonCreated);
//! assert_eq!(attempts[0].status, None);
//! fake.advance(Duration::from_secs(3 * 86_400));
//! let attempts = fake.deliver().await;
//! assert_eq!(attempts.last().map(|last| last.outcome), Some(DeliveryOutcome::GivenUp));
//!
//! // What goes wrong on the way:
//! fake.inject(Fault::event_duplicated().on_event(EventName::PersonCreated).times(1))?;
//! fake.inject(Fault::events_reordered(Duration::from_secs(60)))?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! A receiver has an `https` URL or, since those of tests seldom do, an `http` one on this machine; a
//! [strict](Quirks::strict) fake takes `https` alone. Certificates are not checked. There is no signature, nor does the
//! service have one.
//!
//! | unknown of the service | the fake |
//! | --- | --- |
//! | the payload of events | [`Quirks::webhook_payload`] |
//! | the delays between attempts | [`Quirks::webhook_retries`] |
//! | what conflicts with what | the same URL twice, [`Quirks::webhook_urls_are_unique`] |
//! | rights to subscribe | the read scope of each event, [`Quirks::webhook_events_need_read_scopes`]; none for documents |
//! | events while a webhook is disabled | are lost, [`Quirks::disabled_webhooks_list_events`] |
//! | events from before a webhook was registered | are not listed |
//! | attempts that wait when a webhook is disabled | are given up |
//! | attributes told by `employment.updated` | those that v2 employments show, but for the position (a change of the job fires nothing, observed) |
//! | absences and attendances of a person who is deleted | are not told |
//! | the hour of `employment.started` and `.terminated` | the midnight at the company's seat on which the first and the last day begin |
//! | a first or last day entered when it has begun | is not told |
//! | pings, test events and redeliveries of a disabled webhook | are sent |
//! | the selection of a redelivery | `occurred_at.gte`, `occurred_at.lte`, `event_name`, in the body |
//!
//! Not covered yet: documents, compensations.

mod absence;
mod address_book;
mod admin;
mod admission;
mod amendment;
mod amount;
mod assignment;
mod attendance;
mod attribute;
mod beta;
mod booking;
mod builder;
mod clock;
mod company;
mod company_error;
mod credential;
mod dice;
mod employee;
mod employment;
mod error_shape;
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
mod project;
mod quirks;
mod refusal;
mod request_log;
mod sabotage;
mod server;
mod staffing;
mod state;
mod strict;
mod structure;
mod table;
mod timekeeping;
mod v1;
mod v2;
mod webhook;

use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio::sync::oneshot;
use tokio::task::JoinSet;

pub use absence::{Absence, AbsenceStatus, AbsenceType, AbsenceUnit};
pub use attendance::{Attendance, AttendanceStatus, NewAttendance};
pub use attribute::{AttributeKind, CustomAttribute};
pub use builder::FakePersonioBuilder;
pub use company::Company;
pub use company_error::CompanyError;
pub use credential::Credential;
pub use employee::{Employee, Gender, NewEmployee};
pub use employment::{EmploymentType, Status};
pub use error_shape::ErrorShape;
pub use fault::Fault;
pub use generator::Generator;
pub use limits::Limits;
pub use new_absence::{AbsenceChange, NewAbsence};
pub use number::{
    AbsenceNumber, AbsenceTypeNumber, AttendanceNumber, CostCenterNumber, CustomAttributeNumber,
    DepartmentNumber, EmployeeNumber, EmploymentNumber, LegalEntityNumber, OfficeNumber,
    ProjectNumber, TeamNumber, WebhookNumber, WorkScheduleNumber,
};
pub use operation::{UnknownOperation, operations};
pub use quirks::Quirks;
pub use request_log::LoggedRequest;
pub use webhook::{
    DeliveryAttempt, DeliveryOutcome, EventName, NewWebhook, PayloadForm, RetryPlan,
};

use fault::Target;
use limits::Buckets;
use operation::known_operation;
use server::{World, lock};
use webhook::Courier;

const CLIENT_ID: &str = "fake-client";
const CLIENT_SECRET: &str = "fake-secret";

/// A running fake; dropping it stops the server.
pub struct FakePersonio {
    base_url: String,
    world: Arc<Mutex<World>>,
    courier: Arc<Courier>,
    /// What goes on beside answering, ended with the fake.
    _background: JoinSet<()>,
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
        FakePersonioBuilder::new(Credential::new(CLIENT_ID, CLIENT_SECRET))
    }

    /// Does something in the company, now by the clock of the fake, and returns what the closure returns.
    ///
    /// Requests wait meanwhile, so the closure must not send any.
    pub fn company<T>(&self, act: impl FnOnce(&mut Company) -> T) -> T {
        let mut world = lock(&self.world);
        world.pass_time();
        let done = act(&mut world.company);
        world.post_events();
        self.courier.ring();
        done
    }

    /// Makes every request to receivers of webhooks that is due by now, and waits for the answers.
    ///
    /// Returns what was sent since the last call: the latest 10,000 attempts, oldest first. What fails is due again later;
    /// [`advance`](Self::advance) the clock and deliver once more. See [webhooks](self#webhooks).
    ///
    /// Must not be called by a receiver before it has answered.
    pub async fn deliver(&self) -> Vec<DeliveryAttempt> {
        self.courier.deliver(&self.world).await;
        lock(&self.world).attempts.drain(..).collect()
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
        self.courier.ring();
    }

    /// Sets the clock; one that ticks goes on from there.
    pub fn set_now(&self, now: DateTime<Utc>) {
        lock(&self.world).clock.set(now);
        self.courier.ring();
    }

    /// Goes back to how everything was at the start: company, credentials, quirks and clock; no faults, no requests.
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
