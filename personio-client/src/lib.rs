//! A typed async client of the HR API of [Personio](https://developer.personio.de), versions 1 and 2.
//!
//! It reads employees, persons, employments, absences, attendances and the units of a company, writes what can be written of them, and knows what the documentation does not say: which lists count records
//! and which count pages, what an attribute means that is not there, when a list can be trusted to be whole. It decides nothing:
//! comparing with a product and changing it is the business of `sync-core`. It is not a mirror of the specification either; types
//! are written by hand, tolerant in reading.
//!
//! # The shortest useful program
//!
//! ```
//! use personio_client::v1::{EmployeeStatus, ListEmployees};
//! use personio_client::{Client, Credentials, Observed};
//!
//! # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
//! let client = Client::builder(Credentials::new("papi-id", "papi-secret"))
//!     .app_id("DESK_SYNC")
//! #   .transport(std::sync::Arc::new(personio_client::testing::ReplayTransport::new().expect(
//! #       personio_client::testing::Expected::get("/v1/company/employees"),
//! #       personio_client::testing::Answer::json(r#"{"success": true,
//! #           "metadata": {"total_elements": 1, "current_page": 0, "total_pages": 1},
//! #           "data": [{"type": "Employee", "attributes": {
//! #               "id": {"value": 7, "type": "integer"}, "status": {"value": "active", "type": "standard"},
//! #               "email": {"value": "zofia.kowalska@example.com", "type": "standard"}}}]}"#))))
//!     .build()?;
//!
//! let listing = client.v1().employees().list(ListEmployees::new()).collect().await?;
//! assert!(listing.completeness.is_complete(), "{:?}", listing.completeness.gaps());
//!
//! for employee in listing.into_records() {
//!     if employee.status() == Observed::Value(EmployeeStatus::Active) {
//!         match employee.email() {
//!             Observed::Value(email) => println!("{}: {email}", employee.id),
//!             Observed::Null => println!("{}: has no mail address", employee.id),
//!             Observed::NotObserved => println!("{}: the credential may not read mail addresses", employee.id),
//!         }
//!     }
//! }
//! # Ok::<(), personio_client::Error>(())
//! # }).unwrap();
//! ```
//!
//! # Ideas, in the order in which they are needed
//!
//! **One [`Client`] per credential.** Cloning is cheap; clones share the token, the connections and the rate limits. The client logs in
//! when it must, refreshes early, and keeps to the limits of each endpoint, so a program only calls.
//!
//! **Requests are plain data.** [`v1::ListEmployees`] and its like can be built, compared and tested without a client.
//! [`Client::execute`] sends any other [`Endpoint`]. What is known of every operation stands in one table, [`ENDPOINTS`].
//!
//! **Lists are pagers.** [`Pager`] sends nothing until asked, gives pages, a stream, or all at once, and keeps its place after an error.
//! [`Pager::collect`] removes repetitions and says in [`Completeness`] what it can prove. Only a listing without gaps may be taken as
//! evidence that a record is gone.
//!
//! **Attributes are three-valued.** Personio leaves out what the credential may not read, without a word. [`Observed`] keeps that apart
//! from an empty value.
//!
//! **One bad record does not lose a page.** It comes beside the good ones as [`Unreadable`].
//!
//! **Errors answer what to do.** [`Error`] has a predicate for each situation, [`Error::is_retryable`] above all. Texts and `Debug` never
//! show bodies, secrets or personal data, so logs stay clean.
//!
//! **Time and network can be replaced.** [`Transport`] and [`Clock`] are small traits; the feature `testing` brings a transport that
//! replays answers and a clock that never waits.
//!
//! # What is certain
//!
//! The documentation of each item says where a fact about the API comes from: *specified* (in Personio's API specification),
//! *documented* (on its developer pages), *observed* (seen on the live service) or *inferred*. Where these disagree, what was observed
//! wins. What is unknown stays a setting: [`Login`], [`ClientBuilder::v1_prefix`], the form of time filters.
//!
//! # Features
//!
//! | feature | default | what it adds |
//! | --- | --- | --- |
//! | `rustls` | yes | TLS in pure Rust with the certificates of the platform |
//! | `rustls-no-provider` | | the same, with a crypto provider that the host installs |
//! | `testing` | | `testing`: replay transport and manual clock |
//! | `fake` | | `fake`: a stateful Personio in the process |
//! | `sync` | | Personio as a source of records for `sync-core`, and as a product that gets some |
//!
//! A host that wants another TLS library switches the default off and passes its own client to [`ClientBuilder::reqwest_client`].
//!
//! # What is not covered
//!
//! Projects, documents, reports, compensations and recruiting have no typed calls yet; [`Client::execute`] reaches those that
//! answer with JSON. One-time tokens, which Personio gave out until 2023, are not supported. Redirects are not followed.
#![cfg_attr(docsrs, feature(doc_cfg))]
#![warn(clippy::unwrap_used, clippy::panic)]

mod access;
mod answer;
mod auth;
mod builder;
mod client;
mod clock;
mod completeness;
mod course;
mod endpoint;
mod error;
mod id;
mod operation;
mod pager;
mod rate_limit;
mod redact;
mod retry;
mod transport;
mod value;
mod wire;

#[cfg(feature = "fake")]
pub mod fake;
#[cfg(feature = "sync")]
pub mod sync;
#[cfg(feature = "testing")]
pub mod testing;
pub mod v1;
pub mod v2;

pub use access::{AccessProblem, AccessReport, Finding, Granted, Needs};
pub use auth::{Credentials, Grant, Login};
pub use builder::ClientBuilder;
pub use client::Client;
pub use clock::{Clock, SystemClock};
pub use completeness::{Completeness, Gap};
pub use endpoint::Endpoint;
pub use error::{ApiError, Error, Objection, Result};
pub use id::{
    AbsencePeriodId, AbsenceTypeId, AttendanceId, AttendancePeriodId, CostCenterId, EmployeeId,
    EmploymentId, JobId, LegalEntityId, OrgUnitId, PersonId, ProjectId, TimeOffId, TimeOffTypeId,
    WorkplaceId,
};
pub use operation::{
    ApiVersion, Certainty, ENDPOINTS, LifeCycle, Limits, Operation, Paging, Rate,
    endpoint_table_markdown,
};
pub use pager::{Listing, Page, Pager};
pub use retry::{Attempt, Decision, Failure, Jitter, RetryPolicy};
pub use transport::{
    Method, Request, Response, Transport, TransportError, TransportErrorKind, async_trait,
};
pub use value::{Lenient, Moment, Observed, Unreadable};

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
