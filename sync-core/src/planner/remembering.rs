//! What the ledger knows of a record, and what it is to remember beside the changes.

use super::Planner;
use crate::{
    Link, LinkState, Record, SourceId,
    ledger::{ErasedId, LedgerWrite, Tombstone},
    plan::Note,
};

impl<'a, R: Record> Planner<'a, R> {
    pub(super) fn link_state(&self, source: &SourceId) -> LinkState {
        let ledger = self.request.ledger;
        if ledger.links.contains_key(source) {
            LinkState::Linked
        } else {
            match self.tombstone(source) {
                Some(tombstone) if tombstone.lost => LinkState::Forgotten,
                Some(_) => LinkState::Buried,
                None => LinkState::None,
            }
        }
    }

    /// Returns what is left of a record that was removed, or erased.
    pub(super) fn tombstone(&self, source: &SourceId) -> Option<&'a Tombstone> {
        let ledger = self.request.ledger;
        ledger
            .tombstones
            .get(source)
            .or_else(|| self.erased(source))
    }

    pub(super) fn erased(&self, source: &SourceId) -> Option<&'a Tombstone> {
        let erased = &self.request.ledger.erased;
        if erased.is_empty() {
            return None;
        }
        erased.get(&ErasedId::of(self.request.key, R::KIND, source))
    }

    /// Tells whether the record was removed on later word of HR than this snapshot.
    pub(super) fn is_older_than_removal(&self, source: &SourceId) -> bool {
        let is_linked = self.request.ledger.links.contains_key(source);
        let taken_at = self.request.desired.taken_at;
        let buried = self.tombstone(source);
        !is_linked && buried.is_some_and(|tombstone| taken_at < tombstone.at)
    }

    /// Notes that a record that was missing is there again, in whatever state.
    pub(super) fn seen(&mut self, source: &SourceId, link: &Link) {
        self.remember(source, link, |link| link.missing = None);
    }

    /// Notes something about a pair of records, beside what is noted about it already.
    pub(super) fn remember(
        &mut self,
        source: &SourceId,
        link: &Link,
        change: impl FnOnce(&mut Link),
    ) {
        let learned = self.learned.entry(source.clone());
        change(learned.or_insert_with(|| link.clone()));
    }

    pub(super) fn note_learned(&mut self) {
        for (source, link) in std::mem::take(&mut self.learned) {
            if self.request.ledger.links.get(&source) != Some(&link) {
                self.note(&source, LedgerWrite::Link(source.clone(), link));
            }
        }
    }

    pub(super) fn note(&mut self, source: &SourceId, write: LedgerWrite) {
        let link = self.request.ledger.links.get(source);
        self.notes.push(Note {
            source: source.clone(),
            revision: link.map(|link| link.revision),
            write,
        });
    }
}
