//! A pure engine that compares what HR says with what a product has.
#![cfg_attr(docsrs, feature(doc_cfg))]
#![warn(clippy::unwrap_used, clippy::panic)]

pub mod absence;
/// What a product grants a person.
pub mod account;
mod apply;
mod change;
mod clock;
mod desired;
mod diff;
mod display;
pub mod employee;
mod fingerprint;
mod guard;
mod id;
mod known;
mod ledger;
mod mapping;
mod matching;
mod memory;
mod plan;
mod planner;
/// What a customer can choose.
pub mod policy;
mod reconcile;
mod record;
mod report;
mod scope;
mod situation;
mod snapshot;
mod source;
mod target;
mod value;
mod window;

pub use async_trait::async_trait;

pub use self::{
    absence::{Absence, AbsencePeriod, AbsencePolicy},
    account::{Access, Account},
    apply::{ApplyOptions, Progress, apply},
    change::{Cause, Change, ChangeId, Class, Effect, Evidence, FieldChange, Reason},
    clock::{Clock, ManualClock},
    desired::{BlockReason, Desired, EndReason, Wish},
    display::Shown,
    employee::{AccountPolicy, Employee},
    fingerprint::{Digest, FieldHash, HashKey},
    guard::{Alarm, Budget, Held, HoldReason},
    id::{FieldName, SourceId, TargetId, Version},
    known::Known,
    ledger::{
        Intent, Ledger, LedgerError, LedgerState, LedgerWrite, Link, MemoryLedger, Missing,
        Tombstone,
    },
    mapping::{Mapping, Rule},
    matching::{Dispute, Match},
    memory::MemoryTarget,
    plan::{Explanation, OtherChanges, Outcome, Plan, SkipReason},
    planner::{PlanRequest, plan},
    policy::SyncPolicy,
    reconcile::{ReconcileError, Reconciler},
    record::{FieldError, Fields, MatchKey, Record, Weight},
    report::{ChangeReport, Fate, Report},
    scope::{Scope, ScopeReason},
    situation::{LinkState, Situation, SourceState, TargetState},
    snapshot::{Certificate, Completeness, Coverage, Gap, Snapshot, Tally},
    source::{SnapshotRequest, Source, SourceError, SourceErrorClass},
    target::{
        Applied, Capabilities, ErrorClass, Existing, Normalise, ReadRequest, TargetError,
        TargetSystem,
    },
    value::Value,
    window::{Window, WindowError},
};

#[cfg(feature = "runtime")]
pub use self::clock::SystemClock;
