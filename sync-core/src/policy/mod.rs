//! What a customer can choose: one model of all settings, read from TOML or JSON.
//!
//! [`PolicySettings`] is what somebody writes, plain data with public fields. [`Policy`] is made from it once
//! it is found to be possible, and hands each step its part. A setting that is left out has a default
//! that does no harm.
//!
//! ```
//! use sync_core::policy::{Flow, Policy};
//!
//! # #[cfg(feature = "toml")] {
//! let policy = Policy::from_toml(r#"
//!     [accounts]
//!     scope = { statuses = ["active", "leave"] }
//!     mapping = { email = "email", group = "department" }
//!
//!     [accounts.lifecycle]
//!     ended = "remove"
//!     grace_days = 30
//! "#)?;
//! assert_eq!(policy.accounts().sync.lifecycle.grace_days, 30);
//! assert_eq!(policy.settings().absences.flow, Flow::FromHr);
//!
//! let error = Policy::from_toml("[accounts.access]\nlead_days = \"ten\"").expect_err("no number");
//! assert_eq!(
//!     error.to_string(),
//!     "line 2: accounts.access.lead_days: \"ten\" is not possible; write a whole number from 0 to 65535",
//! );
//! # }
//! # Ok::<(), sync_core::policy::PolicyError>(())
//! ```
//!
//! Which way records go ([`Flow`]), the [days of absence](AbsenceWindow) and the [options of apply](ApplySettings) are
//! for the host, which reads HR and starts the runs; the rest goes to the steps of the engine as it is.
//!
//! Errors name every problem of a file, each with its line, the way to the setting, what stands there, and what is
//! allowed instead. What stands under an unknown name, and long text, is not repeated: it may be a
//! secret that was put in the wrong place.

mod check;
mod forms;
mod misfit;
mod node;
mod problem;
mod read;
#[cfg(feature = "schema")]
mod schema;
mod settings;
mod sync;
mod valid;

pub use self::{
    problem::{PolicyError, Problem},
    settings::{
        AbsenceSettings, AbsenceWindow, AccountSettings, ApplySettings, AttendanceSettings, Flow,
        GuardSettings, LifecycleSettings, OrgUnitSettings, OwnKindSettings, PolicySettings,
        VanishedSettings,
    },
    sync::{
        Adoption, EndAction, KeyReuse, LifecyclePolicy, LostAction, Ownership, RescindAction,
        RetryPolicy, ReturnAction, SyncPolicy, Vanished, Withdrawal, WithoutKey,
    },
    valid::{Policy, Rules},
};
