//! Which record is created anew, and which may be there already.

use std::collections::BTreeSet;

use super::{Draft, Planner};
use crate::{
    Change, Class, Effect, Outcome, Reason, Record, Situation, SkipReason, SourceId,
    ledger::LedgerWrite, policy::WithoutKey,
};

impl<R: Record> Planner<'_, R> {
    pub(super) fn create(
        &mut self,
        source: &SourceId,
        record: &R,
        situation: Situation,
    ) -> Outcome {
        if let Some(refusal) = self.refusal(Class::Create) {
            return Outcome::Skipped(refusal);
        }
        if let Some(dispute) = self.taken.newcomers.get(source) {
            return Outcome::Disputed(dispute.clone());
        }
        let leaves_unknown = self.request.policy.lifecycle.without_key == WithoutKey::Leave;
        if leaves_unknown && record.match_keys().is_empty() {
            return Outcome::Skipped(SkipReason::NoKey);
        }
        let reason = match situation {
            Situation::Returned | Situation::ReturnedAfterLoss => Reason::Returned,
            Situation::LostInProduct => Reason::LostInProduct,
            _ => Reason::New,
        };
        let agreement = self.terms(source).agreement::<R>(record.fields());
        let draft = Draft {
            agreement,
            ..Draft::new(Effect::Create(record.clone()), reason)
        };
        self.push(source, None, draft);
        Outcome::Planned(vec![Class::Create])
    }

    /// Returns the generation that the record has, or gets with its creation.
    pub(super) fn generation(&self, source: &SourceId) -> u32 {
        let link = self.request.ledger.links.get(source);
        match (link, self.tombstone(source)) {
            (Some(link), _) => link.generation,
            (None, Some(tombstone)) => tombstone.generation + 1,
            (None, None) => 0,
        }
    }

    pub(super) fn returned_after_erasure(&self) -> BTreeSet<SourceId> {
        let created = self.changes.iter();
        let created = created.filter(|change| change.class() == Class::Create);
        let erased = created.filter(|change| self.erased(&change.source).is_some());
        erased.map(|change| change.source.clone()).collect()
    }

    /// Names the creations that might double a record.
    pub(super) fn doubtful(&self) -> BTreeSet<SourceId> {
        let doubtful = self.changes.iter().filter(|it| self.is_doubtful(it));
        doubtful.map(|change| change.source.clone()).collect()
    }

    /// Tells whether a creation might double a record: it may have been made before, the product cannot tell,
    /// would make it again, and there is no key by which it would have been found.
    pub(super) fn is_doubtful(&self, change: &Change<R>) -> bool {
        let Effect::Create(record) = &change.effect else {
            return false;
        };
        self.in_doubt.contains_key(&change.source)
            && !self.request.capabilities.change_ids
            && record.match_keys().is_empty()
    }

    /// Settles a creation that was in doubt, if what is decided about its record leaves none.
    pub(super) fn settle_doubt(&mut self, source: &SourceId, outcome: Outcome) -> Outcome {
        let Some(id) = self.in_doubt.get(source).cloned() else {
            return outcome;
        };
        let is_settled = match (&outcome, self.changes.last()) {
            (Outcome::Skipped(_), _) => return Outcome::Skipped(SkipReason::InDoubt),
            // Found by its key.
            (Outcome::Planned(classes), _) if classes.contains(&Class::Adopt) => true,
            // Not found by its key, so it is not there. Otherwise the repetition will tell, or a person.
            (Outcome::Planned(classes), Some(change)) if classes.contains(&Class::Create) => {
                !self.request.capabilities.change_ids && !self.is_doubtful(change)
            }
            _ => false,
        };
        if is_settled {
            self.note(source, LedgerWrite::Settle(id));
        }
        outcome
    }
}
