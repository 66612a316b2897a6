//! What failed before is tried more and more seldom.

use chrono::TimeDelta;
use sync_core::{Class, LedgerWrite, Outcome, Record, Setback, SkipReason, SourceId};

use super::life::{Case, Verdict};

impl<R: Record> Case<'_, R> {
    /// Takes out what is to be left alone for a while, and returns what need not be remembered.
    pub(crate) fn delay(&self, verdicts: &mut [Verdict]) -> Vec<LedgerWrite> {
        let mut obsolete = Vec::new();
        let mut delayed: Vec<(&SourceId, bool, SkipReason)> = Vec::new();
        for (fingerprint, setback) in &self.scene.ledger.setbacks {
            let source = &setback.source;
            let verdict = verdicts.iter().find(|it| it.source == *source);
            let wanted = verdict.into_iter().flat_map(|it| &it.wanted);
            let same = wanted.filter(|it| it.fingerprint() == *fingerprint);
            match same.map(|it| it.class).next() {
                Some(class) => {
                    if let Some(reason) = self.refusal(setback, class) {
                        let is_lock = class == Class::Lock;
                        delayed.retain(|(other, lock, _)| *other != source || *lock != is_lock);
                        delayed.push((source, is_lock, reason));
                    }
                }
                None if self.is_decided(source, verdict) => {
                    obsolete.push(LedgerWrite::Recover(fingerprint.clone()));
                }
                None => {}
            }
        }
        // Several failures of one record are told as one.
        delayed.sort_by_key(|(_, is_lock, _)| *is_lock);
        for (source, is_lock, reason) in delayed {
            let mut verdicts = verdicts.iter_mut();
            if let Some(verdict) = verdicts.find(|it| it.source == *source) {
                take_out(verdict, is_lock, &reason);
            }
        }
        obsolete
    }

    fn refusal(&self, setback: &Setback, class: Class) -> Option<SkipReason> {
        let now = self.scene.desired.taken_at;
        let patience = TimeDelta::days(self.scene.policy.retry.for_days.into());
        let (attempts, since) = (setback.attempts, setback.since);
        // Nobody keeps access because taking it away failed.
        if attempts > 1 && now >= since + patience && class != Class::Lock {
            return Some(SkipReason::GivenUp { attempts, since });
        }
        let until = setback.not_before;
        (now < until).then_some(SkipReason::Delayed { attempts, until })
    }

    /// Whoever is undecided may want the same again tomorrow.
    fn is_decided(&self, source: &SourceId, verdict: Option<&Verdict>) -> bool {
        match verdict.map(|verdict| &verdict.outcome) {
            None => self.scene.ledger.tombstones.contains_key(source),
            Some(Outcome::Disputed(_)) => false,
            Some(Outcome::Skipped(reason)) => !matches!(
                reason,
                SkipReason::Blocked(_)
                    | SkipReason::InDoubt
                    | SkipReason::NoEvidence
                    | SkipReason::SeenMissing { .. }
                    | SkipReason::MissingTooShort { .. }
            ),
            Some(_) => true,
        }
    }
}

/// Everything of the record waits with what failed, but a lock waits for nothing but itself, and nothing
/// waits for it.
fn take_out(verdict: &mut Verdict, is_lock: bool, reason: &SkipReason) {
    let is_concerned = |class: Class| (class == Class::Lock) == is_lock;
    for wanted in &verdict.wanted {
        if is_concerned(wanted.class) {
            verdict.refused.insert(wanted.class, reason.clone());
        }
    }
    verdict.wanted.retain(|it| !is_concerned(it.class));
    verdict.outcome = match verdict.wanted.is_empty() {
        true => Outcome::Skipped(reason.clone()),
        false => verdict.planned(),
    };
}
