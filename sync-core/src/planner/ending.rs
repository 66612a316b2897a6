//! How a record that is over is ended: locked, kept, and removed when its grace is over.

use super::{Draft, Planner};
use crate::{
    Class, Effect, Evidence, Existing, Known, Link, Outcome, Reason, Record, Situation, SkipReason,
    SourceId, Wish,
    change::FieldChange,
    ledger::{Locked, Origin},
    policy::{EndAction, RescindAction},
};

impl<R: Record> Planner<'_, R> {
    pub(super) fn end(
        &mut self,
        source: &SourceId,
        action: EndAction,
        situation: Situation,
        wish: Option<&Wish<R>>,
        existing: &Existing<R>,
        link: Option<&Link>,
    ) -> Outcome {
        let evidence = match (situation, wish) {
            (Situation::Ended, Some(Wish::Ended(reason))) => Evidence::Stated(*reason),
            (Situation::DeScoped, _) => Evidence::DeScoped,
            (Situation::Vanished, _) => match self.seen_missing(source, link) {
                Ok(evidence) => evidence,
                Err(skip) => return Outcome::Skipped(skip),
            },
            _ => return Outcome::Skipped(SkipReason::NoEvidence),
        };
        let Some(link) = link else {
            return Outcome::Skipped(SkipReason::NoEvidence);
        };
        match action {
            EndAction::Leave => Outcome::Skipped(SkipReason::PolicyLeaves),
            EndAction::Remove | EndAction::Lock if self.is_rescinded(&evidence, existing, link) => {
                self.remove(source, existing, evidence)
            }
            EndAction::Lock => match self.lock(source, existing, link, evidence) {
                Ok(outcome) => outcome,
                Err(_) => Outcome::Unchanged,
            },
            EndAction::Remove => self.lock_and_remove(source, existing, link, evidence),
        }
    }

    /// Locks first what has a grace or must stay, and removes what may go.
    fn lock_and_remove(
        &mut self,
        source: &SourceId,
        existing: &Existing<R>,
        link: &Link,
        evidence: Evidence,
    ) -> Outcome {
        let lifecycle = &self.request.policy.lifecycle;
        if lifecycle.grace_days == 0 && !existing.retained {
            return self.remove(source, existing, evidence);
        }
        let locked = match self.lock(source, existing, link, evidence.clone()) {
            Ok(outcome) => return outcome,
            Err(locked) => locked,
        };
        let now = self.request.desired.taken_at;
        let until = lifecycle.end_of_grace(locked.since.unwrap_or(now));
        if until > now {
            Outcome::Skipped(SkipReason::Grace { until })
        } else if existing.retained {
            Outcome::Skipped(SkipReason::Retained)
        } else {
            self.remove(source, existing, evidence)
        }
    }

    /// Tells whether the record was prepared by the sync for somebody who never came.
    fn is_rescinded(&self, evidence: &Evidence, existing: &Existing<R>, link: &Link) -> bool {
        *evidence != Evidence::DeScoped
            && self.request.policy.lifecycle.rescinded == RescindAction::Remove
            && link.origin == Origin::Staged
            && existing.record.is_staged()
            && !existing.retained
            && self.refusal(Class::Remove).is_none()
    }

    /// Locks a record, or tells since when it is.
    ///
    /// What HR says is written down when the lock is planned, so that no crash and no hidden date loses it. Its grace
    /// begins when the lock is made, or seen, whoever made it; a record that somebody unlocks has its whole
    /// grace again.
    fn lock(
        &mut self,
        source: &SourceId,
        existing: &Existing<R>,
        link: &Link,
        evidence: Evidence,
    ) -> Result<Outcome, Locked> {
        let Some(fields) = self.terms(source).lock(&existing.record, &link.agreed) else {
            return Ok(Outcome::Skipped(SkipReason::TargetCannot(Class::Lock)));
        };
        let stated = match evidence {
            Evidence::Stated(reason) => Some(reason),
            _ => None,
        };
        if fields.is_empty() {
            let now = self.request.desired.taken_at;
            let since = link.locked.and_then(|locked| locked.since).unwrap_or(now);
            let locked = Locked {
                since: Some(since),
                stated,
            };
            // Whoever locked it: HR has moved since, so its next word counts as a new one.
            let locks = R::lock().unwrap_or_default().into_iter();
            let locks = locks.map(|(field, value)| (field, Known::Value(value)));
            let agreement = self.terms(source).agreement::<R>(locks.collect());
            self.remember(source, link, |link| {
                link.locked = Some(locked);
                link.agreed.extend(agreement);
            });
            return Err(locked);
        }
        if let Some(refusal) = self.refusal(Class::Lock) {
            return Ok(Outcome::Skipped(refusal));
        }
        let planned = Locked {
            since: None,
            stated,
        };
        self.remember(source, link, |link| link.locked = Some(planned));
        Ok(self.push_end(source, existing, Effect::Lock { fields, evidence }))
    }

    fn remove(&mut self, source: &SourceId, existing: &Existing<R>, evidence: Evidence) -> Outcome {
        if let Some(refusal) = self.refusal(Class::Remove) {
            return Outcome::Skipped(refusal);
        }
        let before = existing.record.clone();
        self.push_end(source, existing, Effect::Remove { before, evidence })
    }

    fn push_end(
        &mut self,
        source: &SourceId,
        existing: &Existing<R>,
        effect: Effect<R>,
    ) -> Outcome {
        let class = effect.class();
        let agreement = self.terms(source).agreement_of::<R>(effect.field_changes());
        let draft = Draft {
            agreement,
            ..Draft::new(effect, Reason::Over)
        };
        self.push(source, Some(existing), draft);
        Outcome::Planned(vec![class])
    }

    /// Tells whether a record that was locked because it was over stays locked, although HR no longer says so:
    /// what it said then, it cannot take back by saying nothing.
    pub(super) fn stays_locked(&self, source: &SourceId, link: &Link) -> bool {
        let doubtful = self.request.desired.doubtful_ends.get(source);
        let stated = link.locked.and_then(|locked| locked.stated);
        doubtful.is_some_and(|ends| stated.is_some_and(|stated| ends.contains(&stated)))
    }

    /// Takes out what would unlock a record, and tells whether there was anything.
    pub(super) fn keep_locked(updates: &mut Vec<FieldChange>) -> bool {
        let locks = R::lock().unwrap_or_default();
        let before = updates.len();
        updates.retain(|change| !locks.iter().any(|(field, _)| *field == change.field));
        updates.len() < before
    }

    /// Forgets a link, but not the generation: should the record come back, its creation is another
    /// change than the first one, and a product that makes no change twice makes it.
    pub(super) fn forget(&mut self, source: &SourceId, link: &Link) -> Outcome {
        let draft = Draft {
            target: Some(link.target.clone()),
            ..Draft::new(Effect::Forget, Reason::Over)
        };
        self.push(source, None, draft);
        Outcome::Planned(vec![Class::Forget])
    }
}
