use std::{collections::BTreeMap, error::Error as StdError, fmt, sync::Mutex};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{
    Change, Digest, Effect, FieldName, Reason, Record, SourceId, TargetId,
    change::{ChangeId, Class},
    desired::EndReason,
    fingerprint::FieldHash,
    incremental::Watermark,
    setback::Setback,
};

/// The memory of one connection between a source and a product.
///
/// It knows which record belongs to which, what both sides agreed on last, what was removed, and
/// which changes are under way. It holds identifiers, keyed hashes and times; no personal data.
///
/// # Contract
///
/// - One ledger belongs to one connection; nothing of another connection shows in it.
/// - [`commit`](Self::commit) is durable when it returns, and takes effect whole or not at all.
/// - [`load`](Self::load) shows every commit that returned before it was called.
/// - A write names its row by its key: putting replaces, deleting what is not there is fine.
/// - Runs of one connection come one after the other; the host sees to that.
#[async_trait]
pub trait Ledger: Send + Sync {
    /// Returns everything that is remembered about one kind of record.
    ///
    /// # Errors
    ///
    /// When the storage cannot be read, or holds a format that is newer than this program.
    async fn load(&self, kind: &str) -> Result<LedgerState, LedgerError>;

    /// Writes rows about one kind of record, all or none.
    ///
    /// # Errors
    ///
    /// When the storage did not take all of them.
    async fn commit(&self, kind: &str, writes: &[LedgerWrite]) -> Result<(), LedgerError>;
}

/// What a ledger remembers about one kind of record, at one moment.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LedgerState {
    /// Which record of the product belongs to which record of the source.
    pub links: BTreeMap<SourceId, Link>,
    /// Which records were removed from the product.
    pub tombstones: BTreeMap<SourceId, Tombstone>,
    /// Which changes were begun and not settled, because the process ended or the answer was lost.
    pub intents: BTreeMap<ChangeId, Intent>,
    /// Which changes were tried and not made, by their fingerprints.
    #[serde(default)]
    pub setbacks: BTreeMap<Digest, Setback>,
    /// Up to when changes of the source are known to have reached the product, for runs that read
    /// only what changed.
    #[serde(default)]
    pub watermark: Option<Watermark>,
    /// Who was invited, or may have been. Nobody is invited twice, so nothing here is ever forgotten with a link.
    #[serde(default)]
    pub invitations: BTreeMap<ChangeId, Invitation>,
}

/// An invitation that was handed to the product. Whether it arrived, nobody knows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invitation {
    /// The source record of the person.
    pub source: SourceId,
    /// The generation that was invited.
    pub generation: u32,
    /// What was sent, in the product's words.
    pub template: String,
    /// When it was handed over.
    pub at: DateTime<Utc>,
}

/// A pair of records that belong together. It holds through every change of names and addresses.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Link {
    /// The record in the product.
    pub target: TargetId,
    /// Counts how often the record was created anew in the product, from 0.
    pub generation: u32,
    /// Counts the attempts to change the record in the product, so that none is made twice.
    pub revision: u32,
    /// The hash of every field on which both sides agreed last.
    pub agreed: BTreeMap<FieldName, FieldHash>,
    /// Since when, and how often, complete snapshots lack the source record.
    pub missing: Option<Missing>,
    /// How the record came into the care of the sync.
    #[serde(default)]
    pub origin: Origin,
    /// Since when the record is locked because it is over.
    #[serde(default)]
    pub locked: Option<Locked>,
    /// The person has access, and the time for the invitation has not come yet.
    #[serde(default)]
    pub awaits_invitation: bool,
}

/// How a record of the product came into the care of the sync.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// It was there before, or takes the place of one that the product had lost.
    #[default]
    Adopted,
    /// The sync created it.
    Created,
    /// The sync created it to prepare it, and nobody has had access to it yet.
    Staged,
}

/// Since when a record is locked because it is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Locked {
    /// The last moment at which it was not locked, as far as the sync has seen.
    pub since: DateTime<Utc>,
    /// What HR said, if it said so in the record itself.
    pub stated: Option<EndReason>,
}

impl Origin {
    /// Tells how a change brings its record into the care of the sync.
    pub(crate) fn of<R: Record>(change: &Change<R>) -> Self {
        match &change.effect {
            Effect::Create(record) if record.is_staged() => Self::Staged,
            Effect::Create(_) if change.reason != Reason::LostInProduct => Self::Created,
            _ => Self::Adopted,
        }
    }
}

impl Link {
    /// Makes the link of a record that has just been adopted or created.
    pub(crate) fn begin(intent: &Intent, target: TargetId, revision: u32) -> Self {
        Self {
            target,
            generation: intent.generation,
            revision,
            agreed: intent.agreed.clone(),
            missing: None,
            origin: intent.origin,
            locked: None,
            awaits_invitation: false,
        }
    }
}

/// How long a source record has been missing from complete snapshots.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Missing {
    /// When the first of them was taken.
    pub since: DateTime<Utc>,
    /// When the last of them that counts was taken.
    pub counted_at: DateTime<Utc>,
    /// How many complete snapshots in a row lacked it.
    pub snapshots: u32,
}

impl Missing {
    /// Counts the first snapshot that lacks a record.
    pub(crate) fn first(taken_at: DateTime<Utc>) -> Self {
        Self {
            since: taken_at,
            counted_at: taken_at,
            snapshots: 1,
        }
    }

    /// Counts another snapshot. One counts once, however often it is planned from; and there is no use
    /// in counting on past what is needed.
    pub(crate) fn again(self, taken_at: DateTime<Utc>, needed: u32) -> Self {
        if self.counted_at >= taken_at || self.snapshots >= needed {
            return self;
        }
        Self {
            counted_at: taken_at,
            snapshots: self.snapshots + 1,
            ..self
        }
    }
}

/// A removed record: its id must not bring it back by accident.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tombstone {
    /// When the record was removed.
    pub at: DateTime<Utc>,
    /// The generation that was removed.
    pub generation: u32,
}

/// A change that was about to be made, with what it takes to find out later whether it was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Intent {
    /// The source record it is about.
    pub source: SourceId,
    /// What kind of effect it has.
    pub class: Class,
    /// When it was begun.
    pub at: DateTime<Utc>,
    /// Counts the attempts under the same id, from 0.
    pub attempt: u32,
    /// The generation that the record has once the change is made.
    pub generation: u32,
    /// The hashes on which both sides agree once the change is made.
    pub agreed: BTreeMap<FieldName, FieldHash>,
    /// For a creation, how the record comes into the care of the sync.
    pub origin: Origin,
}

/// One row to write. A storage may keep each row as its key and a JSON text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum LedgerWrite {
    /// Sets the link of a source record.
    Link(SourceId, Link),
    /// Forgets the link of a source record.
    Unlink(SourceId),
    /// Notes that the record of a source record was removed.
    Bury(SourceId, Tombstone),
    /// Forgets a removal, because the record came back under a new generation.
    Unbury(SourceId),
    /// Notes that a change is about to be made.
    Intend(ChangeId, Intent),
    /// Notes that a change is done, or known not to be.
    Settle(ChangeId),
    /// Notes that a change was tried and not made.
    Fail(Digest, Setback),
    /// Forgets that a change was not made.
    Recover(Digest),
    /// Moves the watermark, after the effects that it covers.
    Watermark(Watermark),
    /// Notes that an invitation is about to be sent; from now on it counts as sent.
    Invite(ChangeId, Invitation),
    /// Takes that back, because the product is sure that it was not sent.
    Uninvite(ChangeId),
}

impl LedgerState {
    /// Applies one write. A storage that keeps the state in memory needs no more than this.
    pub fn apply(&mut self, write: &LedgerWrite) {
        match write {
            LedgerWrite::Link(source, link) => {
                self.links.insert(source.clone(), link.clone());
            }
            LedgerWrite::Unlink(source) => {
                self.links.remove(source);
            }
            LedgerWrite::Bury(source, tombstone) => {
                self.tombstones.insert(source.clone(), tombstone.clone());
            }
            LedgerWrite::Unbury(source) => {
                self.tombstones.remove(source);
            }
            LedgerWrite::Intend(change, intent) => {
                self.intents.insert(change.clone(), intent.clone());
            }
            LedgerWrite::Settle(change) => {
                self.intents.remove(change);
            }
            LedgerWrite::Fail(of, setback) => {
                self.setbacks.insert(of.clone(), setback.clone());
            }
            LedgerWrite::Recover(of) => {
                self.setbacks.remove(of);
            }
            LedgerWrite::Watermark(watermark) => {
                // It never goes back, whoever writes it.
                self.watermark = self.watermark.max(Some(*watermark));
            }
            LedgerWrite::Invite(change, invitation) => {
                self.invitations.insert(change.clone(), invitation.clone());
            }
            LedgerWrite::Uninvite(change) => {
                self.invitations.remove(change);
            }
        }
    }

    /// Returns which record of the product belongs to which source record, for records that refer
    /// to others, as an absence refers to an account.
    pub fn targets(&self) -> BTreeMap<SourceId, TargetId> {
        self.links
            .iter()
            .map(|(source, link)| (source.clone(), link.target.clone()))
            .collect()
    }
}

/// A ledger that did not answer. `Debug` shows what it was asked for only.
#[derive(Error)]
#[error("the ledger cannot {action}")]
pub struct LedgerError {
    action: &'static str,
    source: Box<dyn StdError + Send + Sync>,
}

impl LedgerError {
    /// Says what could not be done, such as `write`, and why. The reason must hold no personal data.
    pub fn new(action: &'static str, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self {
            action,
            source: source.into(),
        }
    }
}

impl fmt::Debug for LedgerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LedgerError({})", self.action)
    }
}

/// A ledger in memory, for tests and for trying things out. It forgets everything when it is dropped.
#[derive(Debug, Default)]
pub struct MemoryLedger {
    kinds: Mutex<BTreeMap<String, LedgerState>>,
}

impl MemoryLedger {
    /// Makes an empty ledger.
    pub fn new() -> Self {
        Self::default()
    }
}

#[async_trait]
impl Ledger for MemoryLedger {
    async fn load(&self, kind: &str) -> Result<LedgerState, LedgerError> {
        let kinds = self
            .kinds
            .lock()
            .map_err(|_| LedgerError::new("read", "a writer panicked"))?;
        Ok(kinds.get(kind).cloned().unwrap_or_default())
    }

    async fn commit(&self, kind: &str, writes: &[LedgerWrite]) -> Result<(), LedgerError> {
        let mut kinds = self
            .kinds
            .lock()
            .map_err(|_| LedgerError::new("write", "a writer panicked"))?;
        let state = kinds.entry(kind.to_owned()).or_default();
        writes.iter().for_each(|write| state.apply(write));
        Ok(())
    }
}
