use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{Completeness, Coverage, Digest, SourceId, scope::ScopeReason};

/// What the product should have according to HR and the policy: one wish per record of the source.
#[derive(Clone, Debug)]
pub struct Desired<R> {
    /// The wish for each record.
    pub wishes: BTreeMap<SourceId, Wish<R>>,
    /// Which part of the source was asked for.
    pub coverage: Coverage,
    /// Whether that part is known to be whole.
    pub completeness: Completeness,
    /// Known records of which the source itself said that it has none; see [`Snapshot::confirm_missing`](crate::Snapshot::confirm_missing).
    pub confirmed_missing: BTreeSet<SourceId>,
    /// When the source was read.
    pub taken_at: DateTime<Utc>,
    /// Records of which HR does not show what would say, for a reason, that they are over.
    pub hidden_ends: BTreeMap<EndReason, BTreeSet<SourceId>>,
    /// The fingerprint of the settings from which the wishes follow, such as scope and mapping. When it
    /// changes, whatever takes something away is held once.
    pub settings: Option<Digest>,
}

impl<R> Desired<R> {
    /// Notes the settings from which the wishes follow.
    pub(crate) fn under(self, settings: &impl Serialize) -> Self {
        let text = serde_json::to_string(settings).expect("settings are plain data");
        Self {
            settings: Some(Digest::of(&text)),
            ..self
        }
    }
}

/// What HR and the policy want of one record.
#[derive(Clone, Debug, PartialEq)]
pub enum Wish<R> {
    /// The product should have it, like this.
    Present(R),
    /// HR says that it is over.
    Ended(EndReason),
    /// It exists in HR, but does not take part.
    OutOfScope(ScopeReason),
    /// It exists in HR, but nothing can be decided about it; whatever the product has stays.
    Blocked(BlockReason),
}

/// Why a record is over, as HR itself says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum EndReason {
    /// The employee is inactive.
    Inactive,
    /// The last day of work has passed.
    LastDayPassed,
    /// The contract has ended.
    ContractEnded,
    /// The absence was rejected or withdrawn, or is no longer approved.
    NotApproved,
}

impl fmt::Display for EndReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Inactive => "inactive in HR",
            Self::LastDayPassed => "the last day of work has passed",
            Self::ContractEnded => "the contract has ended",
            Self::NotApproved => "not approved in HR",
        })
    }
}

/// Why nothing can be decided about a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum BlockReason {
    /// The answer held the record in a form that could not be read.
    Unreadable,
    /// The status was not observed, or is a word that nobody knows.
    StatusUnknown,
    /// An attribute that decides who takes part was not observed.
    ScopeUnknown,
    /// HR said before that it is over, and does not show any more what said so.
    EndUnknown,
}

impl fmt::Display for BlockReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unreadable => "HR sent it in a form that cannot be read",
            Self::StatusUnknown => "HR does not say its status, or in an unknown word",
            Self::EndUnknown => "HR said that it is over, and does not show any more what said so",
            Self::ScopeUnknown => "HR does not show the attribute that decides who takes part",
        })
    }
}
