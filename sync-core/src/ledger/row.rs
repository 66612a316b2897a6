use serde::{Serialize, de::DeserializeOwned};

use super::{
    ErasedId, LedgerError, LedgerErrorClass, LedgerState, LedgerWrite, history::moment,
    repair::FORMAT,
};
use crate::{Digest, SourceId, change::ChangeId};

/// A write as a storage makes it: a row, named by slot and key within its kind, and what becomes of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// What sort of row it is.
    pub slot: &'static str,
    /// Names the row among those of its sort.
    pub key: String,
    /// What becomes of it.
    pub change: RowChange,
}

/// What becomes of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RowChange {
    /// It holds this JSON text from now on.
    Put(String),
    /// It goes; that it is not there is fine.
    Delete,
    /// All rows of its sort go whose keys come before its own, byte by byte.
    DeleteBefore,
}

mod slot {
    pub(super) const LINK: &str = "link";
    pub(super) const TOMBSTONE: &str = "tombstone";
    pub(super) const ERASED: &str = "erased";
    pub(super) const INTENT: &str = "intent";
    pub(super) const SETBACK: &str = "setback";
    pub(super) const EXECUTED: &str = "executed";
    pub(super) const INVITATION: &str = "invitation";
    pub(super) const APPROVAL: &str = "approval";
    pub(super) const SETTINGS: &str = "settings";
    pub(super) const WATERMARK: &str = "watermark";
    pub(super) const PULSE: &str = "pulse";
    pub(super) const RUN: &str = "run";
    pub(super) const FORMAT: &str = "format";
}

impl LedgerWrite {
    /// Returns the row to write.
    pub fn row(&self) -> Row {
        match self {
            Self::Link(source, link) => put(slot::LINK, source.as_str(), link),
            Self::Unlink(source) => delete(slot::LINK, source.as_str()),
            Self::Bury(source, tombstone) => put(slot::TOMBSTONE, source.as_str(), tombstone),
            Self::Unbury(source) => delete(slot::TOMBSTONE, source.as_str()),
            Self::Erase(erased, tombstone) => put(slot::ERASED, erased.as_str(), tombstone),
            Self::Intend(change, intent) => put(slot::INTENT, change.as_str(), intent),
            Self::Settle(change) => delete(slot::INTENT, change.as_str()),
            Self::Fail(change, setback) => put(slot::SETBACK, change.as_str(), setback),
            Self::Recover(change) => delete(slot::SETBACK, change.as_str()),
            Self::Count(change, executed) => put(slot::EXECUTED, change.as_str(), executed),
            Self::Uncount(change) => delete(slot::EXECUTED, change.as_str()),
            Self::Invite(change, invitation) => put(slot::INVITATION, change.as_str(), invitation),
            Self::Uninvite(change) => delete(slot::INVITATION, change.as_str()),
            Self::Approve(change, approved) => put(slot::APPROVAL, change.as_str(), approved),
            Self::Revoke(change) => delete(slot::APPROVAL, change.as_str()),
            Self::Settings(settings) => put(slot::SETTINGS, "", settings),
            Self::Watermark(watermark) => put(slot::WATERMARK, "", watermark),
            Self::Pulse(pulse) => put(slot::PULSE, "", pulse),
            Self::Run(run) => put(slot::RUN, &run.key(), run),
            Self::ForgetRuns { before } => Row {
                slot: slot::RUN,
                key: moment(*before),
                change: RowChange::DeleteBefore,
            },
            Self::Format(format) => put(slot::FORMAT, "", format),
        }
    }
}

impl LedgerState {
    /// Adds a row as a storage has it.
    ///
    /// # Errors
    ///
    /// When a newer program wrote it, or its text is damaged.
    pub fn read(&mut self, slot: &str, key: &str, value: &str) -> Result<(), LedgerError> {
        match slot {
            slot::LINK => {
                self.links.insert(SourceId::new(key), parse(value)?);
            }
            slot::TOMBSTONE => {
                self.tombstones.insert(SourceId::new(key), parse(value)?);
            }
            slot::ERASED => {
                self.erased.insert(ErasedId::read(key), parse(value)?);
            }
            slot::INTENT => {
                self.intents.insert(ChangeId::from(key), parse(value)?);
            }
            slot::SETBACK => {
                self.setbacks.insert(Digest::new(key), parse(value)?);
            }
            slot::EXECUTED => {
                self.executed.insert(ChangeId::from(key), parse(value)?);
            }
            slot::INVITATION => {
                self.invitations.insert(ChangeId::from(key), parse(value)?);
            }
            slot::APPROVAL => {
                self.approvals.insert(Digest::new(key), parse(value)?);
            }
            slot::SETTINGS => self.settings = Some(parse(value)?),
            slot::WATERMARK => self.watermark = Some(parse(value)?),
            slot::PULSE => self.pulse = parse(value)?,
            slot::RUN => {
                self.runs.insert(key.to_owned(), parse(value)?);
            }
            slot::FORMAT => {
                let format = parse(value)?;
                if format > FORMAT {
                    return Err(LedgerError::of(LedgerErrorClass::NewerFormat, "be read"));
                }
                self.format = Some(format);
            }
            _ => return Err(LedgerError::of(LedgerErrorClass::NewerFormat, "be read")),
        }
        Ok(())
    }
}

fn put(slot: &'static str, key: &str, value: &impl Serialize) -> Row {
    let text = serde_json::to_string(value).expect("rows are plain data with text keys");
    Row {
        slot,
        key: key.to_owned(),
        change: RowChange::Put(text),
    }
}

fn delete(slot: &'static str, key: &str) -> Row {
    Row {
        slot,
        key: key.to_owned(),
        change: RowChange::Delete,
    }
}

fn parse<T: DeserializeOwned>(value: &str) -> Result<T, LedgerError> {
    serde_json::from_str(value)
        .map_err(|error| LedgerError::of(LedgerErrorClass::Unreadable, "be read").because(error))
}
