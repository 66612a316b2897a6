use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{
    ErasedId, Lease, Ledger, LedgerError, LedgerErrorClass, LedgerState, LedgerWrite, Tombstone,
};
use crate::{Digest, HashKey, SourceId};

/// The format of the rows that this program writes. It reads all that came before.
pub(super) const FORMAT: u32 = 2;

/// Everything that a ledger remembers about some kinds of record, as one JSON document.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Export {
    format: u32,
    kinds: BTreeMap<String, LedgerState>,
}

impl Export {
    /// Reads kinds of record from a ledger.
    ///
    /// # Errors
    ///
    /// When it cannot be read.
    pub async fn of(ledger: &dyn Ledger, kinds: &[&str]) -> Result<Self, LedgerError> {
        let mut export = Self {
            format: FORMAT,
            kinds: BTreeMap::new(),
        };
        for kind in kinds {
            let state = ledger.load(kind).await?;
            export.kinds.insert((*kind).to_owned(), state);
        }
        Ok(export)
    }

    /// Writes the document.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("a ledger is plain data with text keys")
    }

    /// Reads a document that this program or an older one wrote.
    ///
    /// # Errors
    ///
    /// When a newer program wrote it, or it is damaged.
    pub fn from_json(text: &str) -> Result<Self, LedgerError> {
        #[derive(Deserialize)]
        struct Head {
            format: u32,
        }
        let damaged =
            |error| LedgerError::of(LedgerErrorClass::Unreadable, "be read").because(error);
        // The format first: nobody knows what a newer one looks like.
        let head: Head = serde_json::from_str(text).map_err(damaged)?;
        if head.format > FORMAT {
            return Err(LedgerError::of(LedgerErrorClass::NewerFormat, "be read"));
        }
        serde_json::from_str(text).map_err(damaged)
    }

    /// Writes everything into a ledger, in place of what it remembers about these kinds.
    ///
    /// What happened since the export is not in it. So whatever the next plans would take away is held
    /// for review, as after a change of the settings.
    ///
    /// # Errors
    ///
    /// When the ledger does not take it.
    pub async fn restore(&self, lease: &Lease<'_>) -> Result<(), LedgerError> {
        for (kind, state) in &self.kinds {
            let mut writes = lease.load(kind).await?.removals();
            writes.extend(state.writes());
            writes.push(LedgerWrite::Settings(Digest::of("restored")));
            lease.commit(kind, &writes).await?;
        }
        Ok(())
    }
}

impl Lease<'_> {
    /// Forgets which record belongs to which, so that the next run finds everything anew: by the ids that the
    /// product keeps, and by keys.
    ///
    /// For a ledger that is wrong and has no backup. Nothing is removed because of it, since nothing
    /// is linked; removals that were made and invitations that were sent stay remembered.
    ///
    /// # Errors
    ///
    /// When the ledger does not answer.
    pub async fn rebaseline(&self, kind: &str) -> Result<(), LedgerError> {
        let state = self.load(kind).await?;
        let state = LedgerState {
            tombstones: BTreeMap::new(),
            executed: BTreeMap::new(),
            ..state
        };
        self.commit(kind, &state.removals()).await
    }

    /// Forgets everything about one record of the source, but that it must not come back by itself.
    ///
    /// What stays is a keyed hash of its id. For a person, call it for the account and for every absence;
    /// remove the records from the product yourself, and before: what the product still has is
    /// adopted again for as long as HR has it too.
    ///
    /// # Errors
    ///
    /// When the ledger does not answer.
    pub async fn erase(
        &self,
        kind: &str,
        source: &SourceId,
        key: &HashKey,
        now: DateTime<Utc>,
    ) -> Result<(), LedgerError> {
        let state = self.load(kind).await?;
        let writes = state.erasure(kind, source, key, now);
        self.commit(kind, &writes).await
    }
}

impl LedgerState {
    /// Returns what to write to forget a record; see [`Lease::erase`].
    pub fn erasure(
        &self,
        kind: &str,
        source: &SourceId,
        key: &HashKey,
        now: DateTime<Utc>,
    ) -> Vec<LedgerWrite> {
        let id = ErasedId::of(key, kind, source);
        let generations = [
            self.links.get(source).map(|link| link.generation),
            self.tombstones.get(source).map(|it| it.generation),
            self.erased.get(&id).map(|it| it.generation),
        ];
        let tombstone = Tombstone {
            at: now,
            generation: generations.into_iter().flatten().max().unwrap_or_default(),
            lost: false,
        };
        let intents = self.intents.iter().filter(|(_, it)| it.source == *source);
        let setbacks = self.setbacks.iter().filter(|(_, it)| it.source == *source);
        let approvals = self.approvals.iter().filter(|(_, it)| it.source == *source);
        // Should the person come back, the next generation is invited anew.
        let invitations = self.invitations.iter();
        let invitations = invitations.filter(|(_, it)| it.source == *source);
        let mut writes = vec![
            LedgerWrite::Unlink(source.clone()),
            LedgerWrite::Unbury(source.clone()),
            LedgerWrite::Erase(id, tombstone),
        ];
        writes.extend(intents.map(|(change, _)| LedgerWrite::Settle(change.clone())));
        writes.extend(setbacks.map(|(change, _)| LedgerWrite::Recover(change.clone())));
        writes.extend(approvals.map(|(change, _)| LedgerWrite::Revoke(change.clone())));
        writes.extend(invitations.map(|(change, _)| LedgerWrite::Uninvite(change.clone())));
        writes
    }

    /// Returns what to write to take every row back. People who were erased stay so, and who was invited
    /// stays invited.
    fn removals(&self) -> Vec<LedgerWrite> {
        use LedgerWrite as W;
        let links = self.links.keys().cloned().map(W::Unlink);
        let tombstones = self.tombstones.keys().cloned().map(W::Unbury);
        let intents = self.intents.keys().cloned().map(W::Settle);
        let setbacks = self.setbacks.keys().cloned().map(W::Recover);
        let executed = self.executed.keys().cloned().map(W::Uncount);
        let approvals = self.approvals.keys().cloned().map(W::Revoke);
        links
            .chain(tombstones)
            .chain(intents)
            .chain(setbacks)
            .chain(executed)
            .chain(approvals)
            .collect()
    }
}
