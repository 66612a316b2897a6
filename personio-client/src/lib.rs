//! A typed async client of the Personio HR API.
#![cfg_attr(docsrs, feature(doc_cfg))]
#![warn(clippy::unwrap_used, clippy::panic)]

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

pub use auth::{Credentials, Grant, Login};
pub use builder::ClientBuilder;
pub use client::Client;
pub use clock::{Clock, SystemClock};
pub use completeness::{Completeness, Gap};
pub use endpoint::Endpoint;
pub use error::{ApiError, Error, Result};
pub use id::{
    AbsencePeriodId, AbsenceTypeId, CostCenterId, EmployeeId, EmploymentId, JobId, LegalEntityId,
    OrgUnitId, PersonId, TimeOffId, TimeOffTypeId, WorkplaceId,
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
