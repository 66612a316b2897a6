//! A plan as text, to be looked at now and applied later.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use thiserror::Error;

use crate::{
    Alarm, ChangeId, Digest, Explanation, HashKey, Intent, LedgerWrite, Notice, Plan, Record,
    SourceId, TargetId, guard::Passed, plan::Note, policy::RetryPolicy,
};

const FORMAT: u32 = 1;

impl<R: Record> Plan<R> {
    /// Writes the plan as JSON, sealed with the key of the connection, so that exactly it can be
    /// [loaded](Self::load) and applied later. The text holds personal data.
    ///
    /// # Errors
    ///
    /// When a record of the host cannot be written as JSON.
    pub fn store(&self, key: &HashKey) -> Result<String, StoredPlanError> {
        let plan = serde_json::to_string(self).map_err(|_| StoredPlanError::Unwritable)?;
        let stored = Stored {
            format: FORMAT,
            kind: R::KIND.to_owned(),
            seal: seal::<R>(key, &plan),
            plan,
        };
        serde_json::to_string(&stored).map_err(|_| StoredPlanError::Unwritable)
    }

    /// Reads a stored plan back: exactly the one that was stored, or none.
    ///
    /// What has happened since then does no harm: a change whose record has moved on is not made.
    ///
    /// # Errors
    ///
    /// When the text is no stored plan of this kind, format and connection, or not as it was stored.
    pub fn load(text: &str, key: &HashKey) -> Result<Self, StoredPlanError> {
        let stored: Stored = serde_json::from_str(text).map_err(|_| StoredPlanError::Unreadable)?;
        if stored.format != FORMAT {
            return Err(StoredPlanError::OtherFormat(stored.format));
        }
        if stored.kind != R::KIND {
            return Err(StoredPlanError::OtherKind(R::KIND));
        }
        if stored.seal != seal::<R>(key, &stored.plan) {
            return Err(StoredPlanError::BrokenSeal);
        }
        let parts: Parts<R> =
            serde_json::from_str(&stored.plan).map_err(|_| StoredPlanError::Unreadable)?;
        Ok(Self {
            passed: parts.passed,
            explanations: parts.explanations,
            unmanaged: parts.unmanaged,
            buried: parts.buried,
            keys: parts.keys,
            alarms: parts.alarms,
            taken_at: parts.taken_at,
            notices: parts.notices,
            notes: parts.notes,
            intents: parts.intents,
            retry: parts.retry,
            housekeeping: parts.housekeeping,
            history_days: parts.history_days,
            is_complete: parts.is_complete,
            settings: parts.settings,
        })
    }
}

/// Why a stored plan cannot be used. Holds nothing of the plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum StoredPlanError {
    /// A record of the host has no form in JSON.
    #[error("the plan cannot be written as JSON")]
    Unwritable,
    /// The text is not a stored plan.
    #[error("this is not a stored plan; make a new one")]
    Unreadable,
    /// The plan was stored by another version of the engine.
    #[error("the plan is stored in format {0}, which this version cannot read; make a new one")]
    OtherFormat(u32),
    /// The plan is about another kind of record.
    #[error("the stored plan is not about records of the kind {0}")]
    OtherKind(&'static str),
    /// The plan was changed since it was stored, or belongs to another connection.
    #[error(
        "the stored plan was changed, or belongs to another connection; make a new one and approve that"
    )]
    BrokenSeal,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    format: u32,
    kind: String,
    /// A keyed hash of the text of the plan.
    seal: String,
    plan: String,
}

/// A plan as it is read. Kept apart from [`Plan`], which nobody should read without looking at its seal.
#[derive(Deserialize)]
#[serde(bound = "R: DeserializeOwned")]
struct Parts<R> {
    #[serde(flatten)]
    passed: Passed<R>,
    explanations: BTreeMap<SourceId, Explanation>,
    unmanaged: BTreeSet<TargetId>,
    buried: BTreeSet<SourceId>,
    keys: usize,
    alarms: Vec<Alarm>,
    taken_at: DateTime<Utc>,
    notices: Vec<Notice>,
    notes: Vec<Note>,
    intents: BTreeMap<ChangeId, Intent>,
    retry: RetryPolicy,
    housekeeping: Vec<LedgerWrite>,
    history_days: u32,
    is_complete: bool,
    settings: Option<Digest>,
}

fn seal<R: Record>(key: &HashKey, plan: &str) -> String {
    key.hash_parts(["stored plan", R::KIND, plan])
}
