//! A pure engine that compares what HR says with what a product has, decides what to change, and applies it safely.
//!
//! The engine knows no HTTP, no database, no runtime and no clock. It knows records: what HR says of
//! a person or an absence, and what a product has of them. `personio-client` with its feature `sync`
//! is one [`Source`] of records; your product is the [`TargetSystem`].
//!
//! ```
//! use std::time::Duration;
//!
//! use chrono::{DateTime, NaiveDate};
//! use sync_core::{
//!     Account, AccountPolicy, ApplyOptions, Coverage, Employee, HashKey, Lease,
//!     ManualClock, MemoryLedger, MemoryTarget, Reconciler, Snapshot, SourceId, SyncPolicy, Value, employee,
//! };
//!
//! # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
//! // What HR says. A real source counts what it reads; this one knows that it holds everything.
//! let ada = Employee::default()
//!     .with("status", Value::from("active"))
//!     .with("email", Value::from("ada@example.com"))
//!     .with("first_name", Value::from("Ada"));
//! let monday = DateTime::UNIX_EPOCH;
//! let snapshot = Snapshot::whole(Coverage::All, [(SourceId::new("4711"), ada)], monday);
//! let today = NaiveDate::from_ymd_opt(2026, 3, 2).expect("a day of the calendar");
//! let desired = employee::desire(&snapshot, &AccountPolicy::default(), today);
//!
//! // What the product has, what the sync remembers, and what the customer wants.
//! let product = MemoryTarget::<Account>::default();
//! let (ledger, policy, key) = (MemoryLedger::new(), SyncPolicy::default(), HashKey::new([7; 32]));
//! let sync = Reconciler { target: &product, ledger: &ledger, policy: &policy, key: &key };
//!
//! let plan = sync.plan(&desired).await?;
//! assert_eq!(plan.to_string(), "account: 1 to create\n  create  4711                  new in HR");
//!
//! let clock = ManualClock::at(monday);
//! let lease = Lease::acquire(&ledger, "worker 1", Duration::from_secs(600), &clock).await?;
//! let report = sync.apply(&plan, &lease, &clock, &ApplyOptions::default()).await;
//! assert_eq!(report.to_string(), "account: 1 created");
//! assert!(sync.plan(&desired).await?.is_empty());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Ideas, in the order in which you need them
//!
//! 1. A [`Snapshot`] is what the source said at one moment: records, the part that was asked for
//!    ([`Coverage`]), and whether that part is known to be whole ([`Completeness`]). A
//!    [`Certificate`] is issued only from counts that leave no doubt. Every field has one of three
//!    values ([`Known`]): not observed, empty, or a value. What was not observed is never written.
//! 2. [`employee::desire`] and [`absence::desire`] turn a snapshot into [wishes](Wish): who takes part
//!    ([`Scope`]), what the product's record looks like ([`Mapping`]), what is over and why.
//! 3. [`plan`](fn@plan) finds out who is who ([`Match`]), where each record stands ([`Situation`]), and
//!    what differs, three ways: what HR wants, what the product has, and what both agreed on last. The
//!    result is a [`Plan`]: data that can be shown, stored, and applied later or never.
//! 4. What takes something away ([`Class::is_destructive`]) carries its [`Evidence`], and must fit a
//!    [`Budget`]; what does not is [`Held`] until exactly that list is approved ([`Plan::release`]).
//! 5. [`apply`](fn@apply) carries a plan out through your [`TargetSystem`], and remembers in the
//!    [`Ledger`] what it is about to do, and what was done. Whoever applies holds the [`Lease`] of the
//!    connection, so that two runs never write at the same time. The [`Report`] says what became of each change.
//!
//! [`Reconciler`] puts steps 3 to 5 together for one kind of record. People come first, then what
//! refers to them: absences need to know whose account they belong to.
//!
//! # What you implement
//!
//! [`TargetSystem`] for each kind of record that your product has; its documentation is the contract.
//! [`Ledger`], unless the in-memory one does. [`Record`], for kinds of your own. [`Source`], for HR
//! systems other than Personio.
//!
//! # What the customer chooses
//!
//! [`Policy`] is made from one file with all settings, and hands each step its part.
//!
//! # Features
//!
//! | feature | default | brings |
//! | --- | --- | --- |
//! | `schedule` | | `schedule`: timetables, with the zones of the world and cron expressions |
//! | `runtime` | | `runner`, the loop that runs a timetable, and [`SystemClock`](crate::Clock), on tokio; brings `schedule` |
//! | `toml` | | [`Policy`] from TOML; JSON is always read |
//! | `schema` | | a JSON schema of all settings, for a host's settings page |
//! | `testing` | | `testing`: does an adapter keep the contract, and what happens when things go wrong? |
//! | `tz` | | [`Zone`]s of people by their names, and hours of absence in zones, on chrono-tz |

#![cfg_attr(docsrs, feature(doc_cfg))]
#![warn(clippy::unwrap_used, clippy::panic)]

pub mod absence;
/// What a product grants a person.
pub mod account;
mod accounting;
mod apply;
pub mod attendance;
mod causes;
mod change;
mod clock;
mod desired;
mod diff;
mod display;
mod drift;
pub mod employee;
mod explain;
mod fingerprint;
mod guard;
mod id;
mod incremental;
mod known;
mod ledger;
mod mapping;
mod matching;
mod memory;
mod notice;
pub mod org_unit;
mod overlap;
mod plan;
mod planner;
pub mod policy;
mod probe;
mod reconcile;
mod record;
mod report;
#[cfg(feature = "runtime")]
pub mod runner;
#[cfg(feature = "schedule")]
pub mod schedule;
mod scope;
mod setback;
mod situation;
mod snapshot;
mod source;
mod stop;
mod stored;
mod taken;
mod target;
#[cfg(feature = "testing")]
pub mod testing;
mod text;
mod undo;
mod value;
mod window;
mod withdrawal;
mod zone;

pub use async_trait::async_trait;

pub use self::{
    absence::{Absence, AbsencePeriod, AbsencePolicy},
    account::{Access, Account},
    accounting::Entry,
    apply::{ApplyOptions, Progress, apply},
    attendance::{Attendance, AttendancePolicy, TimeEntry},
    causes::with_causes,
    change::{Cause, Change, ChangeId, Class, Effect, Evidence, FieldChange, Reason},
    clock::{Clock, ManualClock},
    desired::{BlockReason, Desired, EndReason, Invite, Wish},
    display::Shown,
    drift::{Drift, DriftOrigin},
    employee::{AccountPolicy, Employee},
    explain::{Answer, Matches, Pair},
    fingerprint::{Digest, FieldHash, HashKey},
    guard::{Alarm, Approval, Budget, Held, HoldReason, Rolling},
    id::{FieldName, SourceId, TargetId, Version},
    incremental::{Hint, HintedReads, Watermark, coalesce},
    known::Known,
    ledger::{
        ApprovedChange, ErasedId, Executed, Export, Fence, Intent, Invitation, Lease, LeaseRequest,
        LeaseRow, Ledger, LedgerError, LedgerErrorClass, LedgerState, LedgerWrite, Link, Locked,
        MemoryLedger, Missing, Origin, Pulse, Row, RowChange, RunOutcome, RunRecord, Tombstone,
        history,
    },
    mapping::{Mapping, Rule},
    matching::{Dispute, Match},
    memory::MemoryTarget,
    notice::{Loss, Matter, Notice},
    org_unit::{OrgUnit, OrgUnitPolicy, Unit, UnitKind},
    plan::{Explanation, OtherChanges, Outcome, Plan, SkipReason},
    planner::{PlanRequest, plan},
    policy::{Policy, SyncPolicy},
    reconcile::{ReconcileError, Reconciler},
    record::{FieldError, Fields, MatchKey, Place, Record, Weight},
    report::{ChangeReport, Fate, Report},
    scope::{Scope, ScopeReason},
    setback::Setback,
    situation::{Action, LinkState, Situation, SourceState, TargetState},
    snapshot::{Certificate, Completeness, Coverage, Gap, Snapshot, Tally},
    source::{SnapshotRequest, Source, SourceError, SourceErrorClass},
    stop::StopSignal,
    stored::StoredPlanError,
    target::{
        Applied, Capabilities, ErrorClass, Existing, Normalise, ReadRequest, TargetError,
        TargetSystem,
    },
    undo::{Lasting, Undo, UndoRequest, undo},
    value::Value,
    window::{Window, WindowError},
    zone::{UnknownZone, Zone},
};

#[cfg(feature = "runtime")]
pub use self::clock::SystemClock;
