//! How a record that is over is ended.

use std::ops::ControlFlow;

use chrono::TimeDelta;
use sync_core::{
    Class, Completeness, Evidence, Existing, Link, Locked, Missing, Origin, Outcome, Reason,
    Record, Situation, SkipReason, Wish,
    policy::{EndAction, RescindAction},
};

use super::{
    compare::Locking,
    life::{Case, Verdict},
    wanted::{Wanted, json},
};

impl<R: Record> Case<'_, R> {
    /// Ends a linked record that HR no longer wants.
    pub(crate) fn end(
        &self,
        wish: Option<&Wish<R>>,
        existing: &Existing<R>,
        link: &Link,
        verdict: &mut Verdict,
    ) -> Outcome {
        let lifecycle = &self.scene.policy.lifecycle;
        let (situation, action) = match wish {
            Some(Wish::Ended(_)) => (Situation::Ended, lifecycle.ended),
            Some(_) => (Situation::DeScoped, lifecycle.descoped),
            None => (Situation::Vanished, lifecycle.vanished.action),
        };
        verdict.situation = situation;
        let evidence = match wish {
            Some(Wish::Ended(reason)) => Evidence::Stated(*reason),
            Some(_) => Evidence::DeScoped,
            None => match self.missing_for_long_enough(link, verdict) {
                Ok(evidence) => evidence,
                Err(reason) => return Outcome::Skipped(reason),
            },
        };
        if action == EndAction::Leave {
            return Outcome::Skipped(SkipReason::PolicyLeaves);
        }
        // Nobody has ever used it, and it is ours: no grace is needed.
        let never_came = link.origin == Origin::Staged
            && existing.record.is_staged()
            && evidence != Evidence::DeScoped
            && !existing.retained;
        if never_came && lifecycle.rescinded == RescindAction::Remove && self.can(Class::Remove) {
            return self.remove(existing, evidence, verdict);
        }
        if action == EndAction::Remove && lifecycle.grace_days == 0 && !existing.retained {
            return self.remove(existing, evidence, verdict);
        }
        let locked = match self.lock(existing, link, &evidence, verdict) {
            ControlFlow::Break(outcome) => return outcome,
            ControlFlow::Continue(locked) => locked,
        };
        if action == EndAction::Lock {
            return Outcome::Unchanged;
        }
        let today = self.scene.desired.taken_at;
        let until = locked.since.unwrap_or(today) + TimeDelta::days(lifecycle.grace_days.into());
        if today < until {
            return Outcome::Skipped(SkipReason::Grace { until });
        }
        if existing.retained {
            return Outcome::Skipped(SkipReason::Retained);
        }
        self.remove(existing, evidence, verdict)
    }

    /// Counts the snapshots that lack the record. An empty one is no proof; what follows from it waits anyway.
    fn missing_for_long_enough(
        &self,
        link: &Link,
        verdict: &mut Verdict,
    ) -> Result<Evidence, SkipReason> {
        let desired = &self.scene.desired;
        let Completeness::Complete(certificate) = desired.completeness else {
            return Err(SkipReason::NoEvidence);
        };
        let vanished = self.scene.policy.lifecycle.vanished;
        let needed = vanished.snapshots.max(1);
        let first = Missing {
            since: desired.taken_at,
            counted_at: desired.taken_at,
            snapshots: 1,
        };
        let mut missing = link.missing.unwrap_or(first);
        if !self.says_nothing() {
            // One snapshot counts once, and none that is not needed.
            if desired.taken_at > missing.counted_at && missing.snapshots < needed {
                missing.snapshots += 1;
                missing.counted_at = desired.taken_at;
            }
            if let Some(link) = &mut verdict.link {
                link.missing = Some(missing);
            }
            let (snapshots, since, days) = (missing.snapshots, missing.since, vanished.days);
            if snapshots < needed {
                return Err(SkipReason::SeenMissing { snapshots, needed });
            }
            if desired.taken_at < since + TimeDelta::days(days.into()) {
                return Err(SkipReason::MissingTooShort { since, days });
            }
        }
        Ok(Evidence::Missing {
            certificate,
            snapshots: missing.snapshots,
            since: missing.since,
        })
    }

    /// Locks a record, and goes on if it is locked already.
    fn lock(
        &self,
        existing: &Existing<R>,
        link: &Link,
        evidence: &Evidence,
        verdict: &mut Verdict,
    ) -> ControlFlow<Outcome, Locked> {
        let cannot = Outcome::Skipped(SkipReason::TargetCannot(Class::Lock));
        let source = verdict.source.clone();
        let Some(locking) = Locking::of(self.scene, &source, existing, &link.agreed) else {
            return ControlFlow::Break(cannot);
        };
        let mut locked = Locked {
            since: None,
            stated: match evidence {
                Evidence::Stated(reason) => Some(*reason),
                _ => None,
            },
        };
        let is_locked = locking.fields.is_empty();
        if !is_locked && !self.can(Class::Lock) {
            return ControlFlow::Break(cannot);
        }
        if is_locked {
            let before = link.locked.and_then(|before| before.since);
            locked.since = before.or(Some(self.scene.desired.taken_at));
        }
        if let Some(link) = &mut verdict.link {
            link.locked = Some(locked);
            if is_locked {
                link.agreed.extend(locking.agreement.clone());
            }
        }
        if is_locked {
            return ControlFlow::Continue(locked);
        }
        let mut agreement = locking.agreement;
        agreement.retain(|name, _| locking.fields.iter().any(|it| it.field == *name));
        ControlFlow::Break(verdict.plan(Wanted {
            fields: locking.fields,
            agreement,
            evidence: Some(evidence.clone()),
            ..self.want(&source, Class::Lock, Some(existing), Reason::Over)
        }))
    }

    fn remove(&self, existing: &Existing<R>, evidence: Evidence, verdict: &mut Verdict) -> Outcome {
        if !self.can(Class::Remove) {
            return Outcome::Skipped(SkipReason::TargetCannot(Class::Remove));
        }
        let source = verdict.source.clone();
        verdict.plan(Wanted {
            evidence: Some(evidence),
            record: Some(json(&existing.record)),
            ..self.want(&source, Class::Remove, Some(existing), Reason::Over)
        })
    }
}
