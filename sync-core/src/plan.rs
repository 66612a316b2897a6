use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{
    Alarm, Approval, Change, ChangeId, Class, Digest, Held, HoldReason, Intent, Notice, Record,
    Situation, SourceId, TargetId,
    desired::{BlockReason, EndReason},
    guard::Passed,
    ledger::LedgerWrite,
    matching::{Dispute, Match},
    policy::RetryPolicy,
    scope::ScopeReason,
};

/// What to change in the product, what must wait, and why every record is as it is.
///
/// A plan is data: it can be shown, compared, serialised for a protocol, and applied later or never. The same request
/// gives the same plan, to the byte.
///
/// `Display` writes the plan as people read it, with ids instead of personal data;
/// [`revealed`](Self::revealed) shows values too, for the administrator who is to approve it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Plan<R> {
    #[serde(flatten)]
    pub(crate) passed: Passed<R>,
    pub(crate) explanations: BTreeMap<SourceId, Explanation>,
    pub(crate) unmanaged: BTreeSet<TargetId>,
    /// What was removed from the product before, and is no longer in HR.
    pub(crate) buried: BTreeSet<SourceId>,
    /// How many records there are on both sides and in the ledger, a pair counted once.
    pub(crate) keys: usize,
    pub(crate) alarms: Vec<Alarm>,
    /// When HR said what the plan follows.
    pub(crate) taken_at: DateTime<Utc>,
    pub(crate) notices: Vec<Notice>,
    /// What to write into the ledger beside the changes.
    pub(crate) notes: Vec<Note>,
    /// The open intents that the plan knew of. A record with another one has moved on.
    pub(crate) intents: BTreeMap<ChangeId, Intent>,
    /// How long to leave alone what fails.
    pub(crate) retry: RetryPolicy,
    /// What to write into the ledger in any case.
    pub(crate) housekeeping: Vec<LedgerWrite>,
    /// For how many days the protocol keeps a run.
    pub(crate) history_days: u32,
    /// The snapshot shows everything that there is.
    pub(crate) is_complete: bool,
    /// The fingerprint of new settings, which hold from now on unless something waits because of them.
    pub(crate) settings: Option<Digest>,
}

impl<R: Record> Plan<R> {
    /// Returns the changes that may be made, in the order in which they are made.
    pub fn ready(&self) -> &[Change<R>] {
        self.passed.ready()
    }

    /// Returns the changes that wait until a person has looked at them.
    pub fn held(&self) -> &[Held<R>] {
        self.passed.held()
    }

    /// Returns what a person should know about the whole run.
    pub fn alarms(&self) -> &[Alarm] {
        &self.alarms
    }

    /// Returns what a person should know about single records, in the order of their ids.
    pub fn notices(&self) -> &[Notice] {
        &self.notices
    }

    /// Returns why every record is as it is.
    pub fn explanations(&self) -> &BTreeMap<SourceId, Explanation> {
        &self.explanations
    }

    /// Returns the records of the product that belong to nobody in HR; they are never touched.
    pub fn unmanaged(&self) -> &BTreeSet<TargetId> {
        &self.unmanaged
    }

    /// Tells whether there is nothing to do and nothing to approve.
    pub fn is_empty(&self) -> bool {
        self.ready().is_empty() && self.held().is_empty()
    }

    /// Returns the fingerprint of everything the plan would do and hold.
    pub fn digest(&self) -> Digest {
        let ready = self.ready().iter().map(|change| change.id.as_str());
        let held = self.held().iter().map(|held| held.change.id.as_str());
        Digest::of_parts(ready.chain(["held"]).chain(held))
    }

    /// Returns the fingerprint of exactly the changes that wait. It stays the same for as long as the
    /// same changes wait, over any number of runs; one change more or less makes it another.
    ///
    /// The same change on other evidence counts as another: whoever approves leavers has not approved
    /// people who are merely missing.
    pub fn held_digest(&self) -> Digest {
        let parts: Vec<String> = self
            .held()
            .iter()
            .flat_map(|held| held.change.essence())
            .collect();
        Digest::of_parts(parts.iter().map(String::as_str))
    }

    /// Approves the waiting changes, if the digest names exactly them, for as long as said.
    ///
    /// The plan is unchanged; see [`Approval`] for how it takes effect. To apply the plan at hand,
    /// [`release`](Self::release) them.
    ///
    /// # Errors
    ///
    /// When other changes are waiting than those that were looked at.
    pub fn approve(
        &self,
        digest: &Digest,
        by: impl Into<String>,
        at: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<Approval, OtherChanges> {
        if self.held_digest() != *digest {
            return Err(OtherChanges);
        }
        let changes = self.held().iter().map(|held| &held.change);
        let changes = changes.map(|change| (change.fingerprint(), change.source.clone()));
        Ok(Approval {
            list: digest.clone(),
            by: by.into(),
            at,
            until,
            changes: changes.collect(),
        })
    }

    /// Returns the settings that hold from this run on, if nothing waits because of them.
    pub(crate) fn accepted_settings(&self) -> Option<&Digest> {
        let reviewed = !self
            .held()
            .iter()
            .any(|held| held.reason == HoldReason::SettingsChanged);
        self.settings.as_ref().filter(|_| reviewed)
    }

    /// Lets the waiting changes pass, if the digest names exactly them.
    ///
    /// # Errors
    ///
    /// When other changes are waiting than those that were looked at. The plan is unchanged.
    pub fn release(&mut self, digest: &Digest) -> Result<(), OtherChanges> {
        if self.held_digest() != *digest {
            return Err(OtherChanges);
        }
        let released = self.passed.release();
        let mut classes: BTreeMap<SourceId, Vec<Class>> = BTreeMap::new();
        for change in self
            .ready()
            .iter()
            .filter(|it| released.contains(&it.source))
        {
            classes
                .entry(change.source.clone())
                .or_default()
                .push(change.class());
        }
        for (source, classes) in classes {
            if let Some(explanation) = self.explanations.get_mut(&source) {
                explanation.outcome = Outcome::Planned(classes);
            }
        }
        Ok(())
    }
}

/// An approval for another list of changes than the one that waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error(
    "other changes are waiting than those approved; look at the plan again and approve its digest"
)]
pub struct OtherChanges;

/// A write to the ledger beside the changes, which holds only while the ledger stands where it stood for the plan.
/// Where there are several on one record, the first decides for all.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Note {
    pub(crate) source: SourceId,
    pub(crate) revision: Option<u32>,
    pub(crate) write: LedgerWrite,
}

/// Why a record of the source is as it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Explanation {
    /// Where the record stands.
    pub situation: Situation,
    /// What follows from it.
    pub outcome: Outcome,
    /// Which record of the product it is, and how that is known; `None` when there is none.
    pub found: Option<Match>,
    /// What differs besides and is left as it is, with the reason.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub refused: BTreeMap<Class, SkipReason>,
}

impl Explanation {
    /// Tells whether a change is left for a later run, though it is wanted and may be made.
    pub(crate) fn is_delayed(&self) -> bool {
        let is_delay = |reason: &SkipReason| {
            matches!(reason, SkipReason::Delayed { .. } | SkipReason::InDoubt)
        };
        self.refused.values().any(is_delay)
            || matches!(&self.outcome, Outcome::Skipped(reason) if is_delay(reason))
    }
}

/// What follows for a record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Outcome {
    /// Both sides agree.
    Unchanged,
    /// These changes are planned.
    Planned(Vec<Class>),
    /// At least one change waits for approval.
    Held(HoldReason),
    /// Several records are possible.
    Disputed(Dispute),
    /// Nothing is done.
    Skipped(SkipReason),
}

/// Why nothing is done about a record.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum SkipReason {
    /// HR says that it is over, and the product has nothing of it.
    NeverHere(EndReason),
    /// It does not take part.
    OutOfScope(ScopeReason),
    /// Nothing can be decided.
    Blocked(BlockReason),
    /// The snapshot is not about it, or not known to be whole.
    NoEvidence,
    /// More complete snapshots must lack it first.
    SeenMissing {
        /// How many lack it so far.
        snapshots: u32,
        /// How many must.
        needed: u32,
    },
    /// It must be missing for longer.
    MissingTooShort {
        /// Since when it is.
        since: DateTime<Utc>,
        /// For how many days it must be.
        days: u32,
    },
    /// The policy leaves such records alone.
    PolicyLeaves,
    /// The product can make no such change.
    TargetCannot(Class),
    /// The record is protected in the product.
    Protected,
    /// HR was read before the record was removed, so the answer says nothing about its return.
    OlderThanRemoval,
    /// Nothing is left of it on either side.
    Gone,
    /// It failed, and is tried again later.
    Delayed {
        /// How many runs have tried it.
        attempts: u32,
        /// When it may be tried again.
        until: DateTime<Utc>,
    },
    /// It failed for so long that it is not tried again until HR says something else.
    GivenUp {
        /// How many runs have tried it.
        attempts: u32,
        /// When it failed first.
        since: DateTime<Utc>,
    },
    /// The answer to its creation was lost, and the product shows neither that it was made nor that it was not.
    InDoubt,
    /// It is locked, and will be removed when the grace is over.
    Grace {
        /// From when on it is removed.
        until: DateTime<Utc>,
    },
    /// It is locked and cannot be removed now, because the product still needs it.
    Retained,
    /// It was locked because it was over, and HR no longer shows whether it still is.
    EndUnseen,
    /// The product has a record with the same key, which is not taken into care.
    NotAdopted,
    /// The product has a record with the same key; whether it is the only one, only a complete answer of HR can tell.
    UnsureOfOthers,
    /// It has no key, so nobody can tell whether the product has it already.
    NoKey,
}
