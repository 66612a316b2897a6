//! What the snapshot says about a record, and what its silence means.

use chrono::TimeDelta;

use super::Planner;
use crate::{
    Coverage, Evidence, Existing, Link, Notice, Outcome, Record, SkipReason, SourceId, SourceState,
    Wish, ledger::Missing, notice::Matter,
};

impl<R: Record> Planner<'_, R> {
    pub(super) fn source_state(
        &self,
        source: &SourceId,
        wish: Option<&Wish<R>>,
        existing: Option<&Existing<R>>,
    ) -> SourceState {
        if self.is_outside(wish, existing) {
            return SourceState::NotCovered;
        }
        match wish {
            Some(Wish::Present(_)) => SourceState::Present,
            Some(Wish::Ended(_)) => SourceState::Ended,
            Some(Wish::OutOfScope(_)) => SourceState::OutOfScope,
            Some(Wish::Blocked(_)) => SourceState::Blocked,
            None if self.is_evidence(source, existing) => SourceState::Missing,
            None => SourceState::NotCovered,
        }
    }

    /// Tells whether a record lies outside the window, both as it is and as it should be.
    pub(super) fn is_outside(
        &self,
        wish: Option<&Wish<R>>,
        existing: Option<&Existing<R>>,
    ) -> bool {
        let Some(window) = &self.request.desired.window else {
            return false;
        };
        let has_left = existing.map(|it| !it.record.overlaps(window));
        match wish {
            Some(Wish::Present(record)) => has_left.unwrap_or(true) && !record.overlaps(window),
            _ => has_left.unwrap_or(false),
        }
    }

    /// Tells whether the absence of a record from the snapshot means anything: the snapshot must be
    /// whole, a lost row must be out of the question, and the record must lie in the part that was
    /// asked for.
    pub(super) fn is_evidence(&self, source: &SourceId, existing: Option<&Existing<R>>) -> bool {
        let desired = self.request.desired;
        let certificate = desired.completeness.certificate();
        let is_sure = certificate.is_some_and(|certificate| {
            certificate.has_total() || self.is_confirmed_missing(source)
        });
        is_sure
            && match existing {
                Some(existing) => match &desired.coverage {
                    // A part that was read by id says something only of what was asked for and denied.
                    Coverage::Ids(ids) => {
                        ids.contains(source) && desired.confirmed_missing.contains(source)
                    }
                    coverage => existing.is_covered_by(coverage),
                },
                // Without a record there is no telling where it would lie.
                None => desired.coverage == Coverage::All,
            }
    }

    pub(super) fn is_confirmed_missing(&self, source: &SourceId) -> bool {
        let desired = self.request.desired;
        let is_missing = |id: &SourceId| desired.confirmed_missing.contains(id);
        let whole = source.whole().filter(|_| desired.has_parts);
        is_missing(source) || whole.is_some_and(|whole| is_missing(&whole))
    }

    /// Counts this snapshot among those that lack the record, and says whether they suffice.
    pub(super) fn seen_missing(
        &mut self,
        source: &SourceId,
        link: Option<&Link>,
    ) -> Result<Evidence, SkipReason> {
        let desired = self.request.desired;
        let (Some(certificate), Some(link)) = (desired.completeness.certificate(), link) else {
            return Err(SkipReason::NoEvidence);
        };
        let needed = self.request.policy.lifecycle.vanished.snapshots.max(1);
        let missing = match link.missing {
            // What follows from an empty answer is held in any case; but it must not be half of the proof
            // against somebody whom the next answer lacks.
            missing if self.source_is_empty => {
                missing.unwrap_or_else(|| Missing::first(desired.taken_at))
            }
            None => Missing::first(desired.taken_at),
            Some(missing) => missing.again(desired.taken_at, needed),
        };
        let Missing {
            since, snapshots, ..
        } = missing;
        if !self.source_is_empty {
            self.remember(source, link, |link| link.missing = Some(missing));
            if snapshots < needed {
                return Err(SkipReason::SeenMissing { snapshots, needed });
            }
            let days = self.request.policy.lifecycle.vanished.days;
            if desired.taken_at - since < TimeDelta::days(days.into()) {
                return Err(SkipReason::MissingTooShort { since, days });
            }
        }
        Ok(Evidence::Missing {
            certificate,
            snapshots,
            since,
        })
    }

    /// Names the records about which nothing can be decided.
    pub(super) fn blocked(&self) -> impl Iterator<Item = Notice> + '_ {
        self.explanations
            .iter()
            .filter_map(|(source, explanation)| {
                let Outcome::Skipped(SkipReason::Blocked(reason)) = explanation.outcome else {
                    return None;
                };
                Some(Notice {
                    source: source.clone(),
                    matter: Matter::Blocked(reason),
                })
            })
    }

    /// Names the records that keep their keys although other changes are planned for them.
    pub(super) fn stuck(&self) -> impl Iterator<Item = Notice> + '_ {
        let stuck = self.taken.stuck.iter();
        let has_changes = |source: &SourceId| {
            let explanation = self.explanations.get(source);
            explanation.is_some_and(|it| matches!(it.outcome, Outcome::Planned(_)))
        };
        stuck
            .filter(move |(source, _)| has_changes(source))
            .map(|(source, stuck)| Notice {
                source: source.clone(),
                matter: Matter::KeyTaken {
                    field: stuck.key.clone(),
                    holders: stuck.dispute.holders.clone(),
                },
            })
    }
}
