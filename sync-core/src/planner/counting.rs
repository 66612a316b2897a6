//! How many records there are, for budgets and for the account of the run.

use std::collections::BTreeSet;

use super::{PlanRequest, Planner};
use crate::{BlockReason, Desired, Record, SourceId, TargetId, Wish, guard::Owned};

impl<R: Record> Planner<'_, R> {
    /// Counts the records that the sync owns in the part that the run is about, and that still have
    /// something to lose.
    ///
    /// What has left the window over the years stays linked, and so do leavers who are locked; counted
    /// in, they would let a budget in percent grow until it holds everybody who is left. What HR shows
    /// lies in the part even if the product has lost it. A run about single records is about all in its window in turn.
    pub(super) fn count_owned(&self) -> Owned {
        let ledger = self.request.ledger;
        let mut owned = Owned::default();
        for (source, link) in &ledger.links {
            let existing = self.existing.get(&link.target);
            let is_covered = match (&self.request.desired.window, existing) {
                (None, _) => true,
                (Some(window), Some(existing)) => existing.record.overlaps(window),
                (Some(_), None) => self.request.desired.wishes.contains_key(source),
            };
            if !is_covered {
                continue;
            }
            owned.linked += 1;
            if let Some(existing) = existing {
                let lock = self.terms(source).lock(&existing.record, &link.agreed);
                owned.records += 1;
                owned.unlocked += usize::from(lock.is_some_and(|fields| !fields.is_empty()));
            }
        }
        owned
    }

    /// Counts every record on both sides and in the ledger once, from what is asked and not from what
    /// is answered, so that the answer can be checked.
    pub(super) fn count_keys(&self, unmanaged: &BTreeSet<TargetId>) -> usize {
        let PlanRequest {
            desired, ledger, ..
        } = *self.request;
        let sources: BTreeSet<&SourceId> = desired
            .wishes
            .keys()
            .chain(ledger.links.keys())
            .chain(ledger.tombstones.keys())
            .collect();
        sources.len() + unmanaged.len()
    }
}

/// Tells whether a snapshot that should show everything in a part of the source shows nothing that can be read.
pub(super) fn is_empty<R>(desired: &Desired<R>) -> bool {
    let unreadable = |wish: &Wish<R>| matches!(wish, Wish::Blocked(BlockReason::Unreadable));
    !desired.coverage.is_partial() && desired.wishes.values().all(unreadable)
}
