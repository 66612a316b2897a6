use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{
    Link, Origin,
    history::{Pulse, RunRecord, moment},
    repair::FORMAT,
};
use crate::{
    FieldName, SourceId, TargetId, Value,
    change::{ChangeId, Class},
    fingerprint::{Digest, FieldHash, HashKey},
    incremental::Watermark,
    setback::Setback,
};

/// What a ledger remembers about one kind of record, at one moment.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LedgerState {
    /// Which record of the product belongs to which record of the source.
    pub links: BTreeMap<SourceId, Link>,
    /// Which records were removed from the product.
    pub tombstones: BTreeMap<SourceId, Tombstone>,
    /// Which people were erased. Nobody can tell from it who they are without the key.
    #[serde(default)]
    pub erased: BTreeMap<ErasedId, Tombstone>,
    /// Which changes were begun and not settled, because the process ended or the answer was lost.
    pub intents: BTreeMap<ChangeId, Intent>,
    /// Which changes were tried and not made, by their fingerprints.
    #[serde(default)]
    pub setbacks: BTreeMap<Digest, Setback>,
    /// What was taken away of late, and who was invited, as far as nobody approved it; see [`Rolling`](crate::Rolling).
    #[serde(default)]
    pub executed: BTreeMap<ChangeId, Executed>,
    /// Who was invited, or may have been. Nobody is invited twice, so nothing here is ever forgotten with a link.
    #[serde(default)]
    pub invitations: BTreeMap<ChangeId, Invitation>,
    /// Which changes may be made though they are more than the budget allows.
    #[serde(default)]
    pub approvals: BTreeMap<Digest, ApprovedChange>,
    /// The fingerprint of the settings under which the last run went through.
    #[serde(default)]
    pub settings: Option<Digest>,
    /// Up to when changes of the source are known to have reached the product, for runs that read
    /// only what changed.
    #[serde(default)]
    pub watermark: Option<Watermark>,
    /// How the sync stands.
    #[serde(default)]
    pub pulse: Pulse,
    /// The protocol, by its rows' keys. It lies apart, see [`history`](super::history).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub runs: BTreeMap<String, RunRecord>,
    /// The format of the rows; the first one did not say.
    #[serde(default)]
    pub format: Option<u32>,
}

/// A removed record: its id must not bring it back by accident.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tombstone {
    /// When HR said what the removal followed. Nothing that HR said before brings the record back.
    pub at: DateTime<Utc>,
    /// The generation that was removed.
    pub generation: u32,
    /// Somebody else had removed it from the product; the sync only forgot it.
    #[serde(default)]
    pub lost: bool,
}

/// Stands for the id of an erased person: a keyed hash.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ErasedId(String);

impl ErasedId {
    /// Hashes the id of a record under the key of the connection.
    pub fn of(key: &HashKey, kind: &str, source: &SourceId) -> Self {
        Self(key.hash_parts(["erased", kind, source.as_str()]))
    }

    /// Returns the hash as lower-case hexadecimal digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub(super) fn read(text: &str) -> Self {
        Self(text.to_owned())
    }
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
    #[serde(default)]
    pub attempt: u32,
    /// The generation that the record has once the change is made.
    #[serde(default)]
    pub generation: u32,
    /// The hashes on which both sides agree once the change is made.
    #[serde(default)]
    pub agreed: BTreeMap<FieldName, FieldHash>,
    /// For a creation, how the record comes into the care of the sync.
    #[serde(default)]
    pub origin: Origin,
    /// An invitation of the same plan is to follow.
    #[serde(default)]
    pub awaits_invitation: bool,
}

/// An effect that counts for the budgets. It is counted with its intent, so that a crash between the
/// two hides none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Executed {
    /// What kind of effect it is.
    pub class: Class,
    /// When it was begun.
    pub at: DateTime<Utc>,
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

/// A change that a person has approved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApprovedChange {
    /// The digest of the list that was looked at.
    pub list: Digest,
    /// The source record that the change is about.
    pub source: SourceId,
    /// Who approved, by the host's own id.
    pub by: String,
    /// When it was approved.
    pub at: DateTime<Utc>,
    /// When the approval ends.
    pub until: DateTime<Utc>,
}

/// One thing to remember or to forget; [`row`](Self::row) says how it is kept.
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
    /// Notes that somebody was erased.
    Erase(ErasedId, Tombstone),
    /// Notes that a change is about to be made.
    Intend(ChangeId, Intent),
    /// Notes that a change is done, or known not to be.
    Settle(ChangeId),
    /// Notes that a change was tried and not made.
    Fail(Digest, Setback),
    /// Forgets that a change was not made.
    Recover(Digest),
    /// Counts an effect for the budgets.
    Count(ChangeId, Executed),
    /// Takes an effect out of the count: it was not made, or long ago.
    Uncount(ChangeId),
    /// Notes that an invitation is about to be sent; from now on it counts as sent.
    Invite(ChangeId, Invitation),
    /// Takes that back, because the product is sure that it was not sent, or the person was erased.
    Uninvite(ChangeId),
    /// Notes that a change is approved.
    Approve(Digest, ApprovedChange),
    /// Ends an approval: it is used, or over.
    Revoke(Digest),
    /// Notes under which settings a run went through.
    Settings(Digest),
    /// Moves the watermark, after the effects that it covers.
    Watermark(Watermark),
    /// Notes how the sync stands.
    Pulse(Box<Pulse>),
    /// Adds a run to the protocol.
    Run(Box<RunRecord>),
    /// Removes runs that began before a moment from the protocol.
    ForgetRuns {
        /// The moment.
        before: DateTime<Utc>,
    },
    /// Notes the format of the rows.
    Format(u32),
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
            LedgerWrite::Erase(erased, tombstone) => {
                self.erased.insert(erased.clone(), tombstone.clone());
            }
            LedgerWrite::Intend(change, intent) => {
                self.intents.insert(change.clone(), intent.clone());
            }
            LedgerWrite::Settle(change) => {
                self.intents.remove(change);
            }
            LedgerWrite::Fail(change, setback) => {
                self.setbacks.insert(change.clone(), setback.clone());
            }
            LedgerWrite::Recover(change) => {
                self.setbacks.remove(change);
            }
            LedgerWrite::Count(change, executed) => {
                self.executed.insert(change.clone(), executed.clone());
            }
            LedgerWrite::Uncount(change) => {
                self.executed.remove(change);
            }
            LedgerWrite::Invite(change, invitation) => {
                self.invitations.insert(change.clone(), invitation.clone());
            }
            LedgerWrite::Uninvite(change) => {
                self.invitations.remove(change);
            }
            LedgerWrite::Approve(change, approved) => {
                self.approvals.insert(change.clone(), approved.clone());
            }
            LedgerWrite::Revoke(change) => {
                self.approvals.remove(change);
            }
            LedgerWrite::Settings(settings) => self.settings = Some(settings.clone()),
            // It never goes back, whoever writes it.
            LedgerWrite::Watermark(watermark) => {
                self.watermark = self.watermark.max(Some(*watermark));
            }
            LedgerWrite::Pulse(pulse) => self.pulse = (**pulse).clone(),
            LedgerWrite::Run(run) => {
                self.runs.insert(run.key(), (**run).clone());
            }
            LedgerWrite::ForgetRuns { before } => {
                let before = moment(*before);
                self.runs.retain(|key, _| *key >= before);
            }
            LedgerWrite::Format(format) => self.format = Some(*format),
        }
    }

    /// Returns what brings the rows into the format of this program, if they are in an older one.
    ///
    /// An older format reads without loss, since what it lacks was not there to be remembered; so the
    /// number is all that is written, and rows follow when they change.
    pub(crate) fn migration(&self) -> Option<LedgerWrite> {
        (self.format != Some(FORMAT)).then_some(LedgerWrite::Format(FORMAT))
    }

    /// Returns what to write into an empty ledger to make it remember the same.
    pub fn writes(&self) -> Vec<LedgerWrite> {
        use LedgerWrite as W;
        let links = self.links.iter();
        let tombstones = self.tombstones.iter();
        let erased = self.erased.iter();
        let intents = self.intents.iter();
        let setbacks = self.setbacks.iter();
        let executed = self.executed.iter();
        let invitations = self.invitations.iter();
        let approvals = self.approvals.iter();
        let settings = self.settings.iter();
        links
            .map(|(source, it)| W::Link(source.clone(), it.clone()))
            .chain(tombstones.map(|(source, it)| W::Bury(source.clone(), it.clone())))
            .chain(erased.map(|(id, it)| W::Erase(id.clone(), it.clone())))
            .chain(intents.map(|(change, it)| W::Intend(change.clone(), it.clone())))
            .chain(setbacks.map(|(change, it)| W::Fail(change.clone(), it.clone())))
            .chain(executed.map(|(change, it)| W::Count(change.clone(), it.clone())))
            .chain(invitations.map(|(change, it)| W::Invite(change.clone(), it.clone())))
            .chain(approvals.map(|(change, it)| W::Approve(change.clone(), it.clone())))
            .chain(settings.map(|it| W::Settings(it.clone())))
            .chain(self.watermark.map(W::Watermark))
            .chain([W::Pulse(Box::new(self.pulse.clone()))])
            .chain(self.format.map(W::Format))
            .collect()
    }

    /// Returns a value as the product has it: a reference to a record of the source becomes one to the record of
    /// the product that belongs to it, and `None` if there is none. Everything else stays as it is.
    pub(crate) fn resolve(&self, value: &Value) -> Option<Value> {
        match value {
            Value::Source(source) => {
                let link = self.links.get(source)?;
                Some(Value::Target(link.target.clone()))
            }
            other => Some(other.clone()),
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
