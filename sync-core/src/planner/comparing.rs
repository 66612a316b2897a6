//! What differs between a wish and the record that was found for it.

use std::collections::BTreeMap;

use super::{Draft, Planner};
use crate::{
    Class, Coverage, Effect, Evidence, Existing, FieldChange, Link, Match, Outcome, Reason, Record,
    SkipReason, SourceId, diff::Diff, ledger::Origin, policy::Adoption,
};

impl<R: Record> Planner<'_, R> {
    pub(super) fn adopt(
        &mut self,
        source: &SourceId,
        record: &R,
        existing: &Existing<R>,
        found: Option<&Match>,
        refused: &mut BTreeMap<Class, SkipReason>,
    ) -> Outcome {
        let reason = match found {
            Some(Match::Key { key, .. }) => {
                if self.request.policy.lifecycle.adoption == Adoption::Never {
                    return Outcome::Skipped(SkipReason::NotAdopted);
                }
                if !self.sees_everybody() {
                    return Outcome::Skipped(SkipReason::UnsureOfOthers);
                }
                Reason::SameKey(key.clone())
            }
            _ => Reason::SameExternalId,
        };
        let diff = self
            .terms(source)
            .diff(record, &existing.record, &BTreeMap::new());
        let draft = Draft {
            agreement: diff.agreed.clone(),
            ..Draft::new(Effect::Adopt, reason)
        };
        self.push(source, Some(existing), draft);
        let (classes, _) = self.push_diff(source, existing, diff, refused);
        Outcome::Planned([vec![Class::Adopt], classes].concat())
    }

    /// Tells whether everything was read, so that nobody else can turn up who has the same key.
    pub(super) fn sees_everybody(&self) -> bool {
        let desired = self.request.desired;
        desired.coverage == Coverage::All && desired.completeness.certificate().is_some()
    }

    pub(super) fn compare(
        &mut self,
        source: &SourceId,
        record: &R,
        existing: &Existing<R>,
        link: &Link,
        refused: &mut BTreeMap<Class, SkipReason>,
    ) -> Outcome {
        let mut diff = self
            .terms(source)
            .diff(record, &existing.record, &link.agreed);
        self.withdrawals.compared(link.agreed.keys(), &diff);
        let stays_locked = self.stays_locked(source, link);
        let is_unseen = stays_locked && Self::keep_locked(&mut diff.updates);
        let is_unused = record.is_staged() && existing.record.is_staged();
        let agreed = diff.agreed.clone();
        self.remember(source, link, |link| {
            link.missing = None;
            link.agreed.extend(agreed);
            if !stays_locked {
                link.locked = None;
            }
            if link.origin == Origin::Staged && !is_unused {
                link.origin = Origin::Created;
            }
        });
        let (classes, disputed) = self.push_diff(source, existing, diff, refused);
        if !classes.is_empty() {
            return Outcome::Planned(classes);
        }
        match (disputed, refused.values().next_back()) {
            (Some(disputed), _) => disputed,
            (None, Some(skip)) => Outcome::Skipped(skip.clone()),
            (None, None) if is_unseen => Outcome::Skipped(SkipReason::EndUnseen),
            (None, None) => Outcome::Unchanged,
        }
    }

    /// Plans at most one change of each class for the fields that differ, and notes why one is left out.
    pub(super) fn push_diff(
        &mut self,
        source: &SourceId,
        existing: &Existing<R>,
        mut diff: Diff,
        refused: &mut BTreeMap<Class, SkipReason>,
    ) -> (Vec<Class>, Option<Outcome>) {
        let (mut classes, mut disputed) = (Vec::new(), None);
        if let Some(stuck) = self.taken.stuck.get(source) {
            let before = diff.updates.len();
            diff.updates.retain(|change| change.field != stuck.key);
            if diff.updates.len() < before {
                disputed = Some(Outcome::Disputed(stuck.dispute.clone()));
            }
        }
        let some = |fields: Vec<FieldChange>| (!fields.is_empty()).then_some(fields);
        let effects = [
            some(diff.updates).map(Effect::Update),
            some(diff.clears).map(Effect::Clear),
            some(diff.locks).map(|fields| Effect::Lock {
                fields,
                evidence: Evidence::Requested,
            }),
        ];
        for effect in effects.into_iter().flatten() {
            let class = effect.class();
            let agreement = self.terms(source).agreement_of::<R>(effect.field_changes());
            let protected = existing.protected && class.is_destructive();
            let refusal = protected
                .then_some(SkipReason::Protected)
                .or_else(|| self.refusal(class));
            if let Some(refusal) = refusal {
                refused.insert(class, refusal);
                continue;
            }
            self.push(
                source,
                Some(existing),
                Draft {
                    agreement,
                    ..Draft::new(effect, Reason::Differs)
                },
            );
            classes.push(class);
        }
        (classes, disputed)
    }
}
