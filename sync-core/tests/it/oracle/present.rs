//! What HR wants the product to have: created, adopted or compared.

use std::collections::BTreeSet;

use sync_core::{
    Class, Completeness, Coverage, Evidence, Existing, FieldName, Link, Match, Origin, Outcome,
    Reason, Record, Situation, SkipReason, SourceId,
    policy::{Adoption, LostAction, ReturnAction, WithoutKey},
};

use super::{
    compare::{Agreed, Comparison, hashes},
    life::{Case, Verdict},
    wanted::{Wanted, json},
};

impl<R: Record> Case<'_, R> {
    pub(crate) fn create(&self, source: &SourceId, record: &R, verdict: &mut Verdict) -> Outcome {
        let lifecycle = &self.scene.policy.lifecycle;
        let (lost, returned) = (lifecycle.lost, lifecycle.returned);
        let (situation, is_wanted, reason) = match (self.link(source), self.tombstone(source)) {
            (Some(_), _) => (
                Situation::LostInProduct,
                lost == LostAction::Recreate,
                Reason::LostInProduct,
            ),
            (None, Some(tombstone)) if tombstone.lost => (
                Situation::ReturnedAfterLoss,
                lost == LostAction::Recreate && returned == ReturnAction::Recreate,
                Reason::Returned,
            ),
            (None, Some(_)) => (
                Situation::Returned,
                returned == ReturnAction::Recreate,
                Reason::Returned,
            ),
            (None, None) => (Situation::New, true, Reason::New),
        };
        verdict.situation = situation;
        let skipped = Outcome::Skipped;
        if !is_wanted {
            return skipped(SkipReason::PolicyLeaves);
        }
        if self.is_older_than_removal(source) {
            return skipped(SkipReason::OlderThanRemoval);
        }
        if !self.can(Class::Create) {
            return skipped(SkipReason::TargetCannot(Class::Create));
        }
        if let Some(dispute) = self.keys.taken(self.scene, source, record) {
            return Outcome::Disputed(dispute);
        }
        if lifecycle.without_key == WithoutKey::Leave && record.match_keys().is_empty() {
            return skipped(SkipReason::NoKey);
        }
        verdict.plan(Wanted {
            record: Some(json(record)),
            agreement: hashes(source, record, &self.scene.capabilities),
            ..self.want(source, Class::Create, None, reason)
        })
    }

    pub(crate) fn adopt(
        &self,
        source: &SourceId,
        record: &R,
        existing: &Existing<R>,
        verdict: &mut Verdict,
    ) -> Outcome {
        if self.is_older_than_removal(source) {
            return Outcome::Skipped(SkipReason::OlderThanRemoval);
        }
        let desired = &self.scene.desired;
        let sees_everybody = desired.coverage == Coverage::All
            && matches!(desired.completeness, Completeness::Complete(_));
        let reason = match self.who.found(source) {
            Some(Match::Key { key, .. }) => Reason::SameKey(key.clone()),
            _ => Reason::SameExternalId,
        };
        if matches!(reason, Reason::SameKey(_)) {
            if self.scene.policy.lifecycle.adoption == Adoption::Never {
                return Outcome::Skipped(SkipReason::NotAdopted);
            }
            // Somebody who was not read may have the same key.
            if !sees_everybody {
                return Outcome::Skipped(SkipReason::UnsureOfOthers);
            }
        }
        let comparison = Comparison::of(self.scene, source, record, existing, &Agreed::new());
        verdict.wanted.push(Wanted {
            agreement: comparison.agreed(),
            ..self.want(source, Class::Adopt, Some(existing), reason)
        });
        self.change(source, existing, &comparison, &[], verdict);
        verdict.planned()
    }

    pub(crate) fn compare(
        &self,
        source: &SourceId,
        record: &R,
        existing: &Existing<R>,
        link: &Link,
        verdict: &mut Verdict,
    ) -> Outcome {
        let comparison = Comparison::of(self.scene, source, record, existing, &link.agreed);
        let is_end_unseen = self.is_end_unseen(source, link);
        if let Some(link) = &mut verdict.link {
            link.agreed.extend(comparison.agreed());
            if !is_end_unseen {
                link.locked = None;
            }
            let is_still_staged = record.is_staged() && existing.record.is_staged();
            if link.origin == Origin::Staged && !is_still_staged {
                link.origin = Origin::Created;
            }
        }
        // What HR once said, it does not take back by saying nothing.
        let locks = R::lock().unwrap_or_default().into_iter();
        let kept: Vec<_> = match is_end_unseen {
            true => locks.map(|(field, _)| field).collect(),
            false => Vec::new(),
        };
        let updates = comparison.changes(Class::Update);
        let stays_locked = updates.iter().any(|update| kept.contains(&update.field));
        let stuck = self.change(source, existing, &comparison, &kept, verdict);
        if !verdict.wanted.is_empty() {
            return verdict.planned();
        }
        match (stuck, verdict.refused.values().next_back()) {
            (Some(stuck), _) => stuck,
            (None, Some(refusal)) => Outcome::Skipped(refusal.clone()),
            (None, None) if stays_locked => Outcome::Skipped(SkipReason::EndUnseen),
            (None, None) => Outcome::Unchanged,
        }
    }

    /// HR does not show any more what it said when the record was locked.
    fn is_end_unseen(&self, source: &SourceId, link: &Link) -> bool {
        let Some(stated) = link.locked.and_then(|locked| locked.stated) else {
            return false;
        };
        let none = BTreeSet::new();
        let doubtful = self.scene.desired.doubtful_ends.get(source);
        doubtful.unwrap_or(&none).contains(&stated)
    }

    /// At most one change of each class for the fields that differ. Says whether one cannot be made because of a
    /// key that somebody else keeps.
    fn change(
        &self,
        source: &SourceId,
        existing: &Existing<R>,
        comparison: &Comparison,
        kept: &[FieldName],
        verdict: &mut Verdict,
    ) -> Option<Outcome> {
        let mut stuck = None;
        for class in [Class::Update, Class::Clear, Class::Lock] {
            let mut fields = comparison.changes(class);
            if class == Class::Update {
                fields.retain(|change| !kept.contains(&change.field));
                if let Some((key, dispute)) = self.keys.stuck(source)
                    && fields.iter().any(|change| change.field == key)
                {
                    fields.retain(|change| change.field != key);
                    stuck = Some(Outcome::Disputed(dispute));
                }
            }
            if fields.is_empty() {
                continue;
            }
            if existing.protected && class != Class::Update {
                verdict.refused.insert(class, SkipReason::Protected);
            } else if !self.can(class) {
                let refusal = SkipReason::TargetCannot(class);
                verdict.refused.insert(class, refusal);
            } else {
                verdict.wanted.push(Wanted {
                    agreement: comparison.agreement(&fields),
                    fields,
                    evidence: (class == Class::Lock).then_some(Evidence::Requested),
                    ..self.want(source, class, Some(existing), Reason::Differs)
                });
            }
        }
        stuck
    }
}
