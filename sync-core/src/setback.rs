//! Records that fail again and again: they are tried more and more seldom, and hinder nobody else.

use std::{collections::BTreeMap, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    Change, Class, Explanation, LedgerState, LedgerWrite, Outcome, SkipReason, SourceId,
    policy::RetryPolicy,
};

/// A change that was not made, though it was tried. As long as the same change is wanted, it is tried
/// more and more seldom.
///
/// The ledger knows it by the fingerprint of the change. Another wish makes it another change, which is tried at
/// once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Setback {
    /// The source record that the change is about.
    pub source: SourceId,
    /// How many runs have tried it.
    pub attempts: u32,
    /// When it failed first.
    pub since: DateTime<Utc>,
    /// When it may be tried again.
    pub not_before: DateTime<Utc>,
}

impl Setback {
    /// Counts another failed attempt. `asked` is how long the product asks to be left alone.
    pub(crate) fn again(
        source: &SourceId,
        earlier: Option<&Self>,
        asked: Option<Duration>,
        policy: &RetryPolicy,
        now: DateTime<Utc>,
    ) -> Self {
        let attempts = earlier.map_or(1, |earlier| earlier.attempts.saturating_add(1));
        let asked = asked.and_then(|asked| TimeDelta::from_std(asked).ok());
        let pause = policy.pause(attempts).max(asked.unwrap_or_default());
        Self {
            source: source.clone(),
            attempts,
            since: earlier.map_or(now, |earlier| earlier.since),
            not_before: now.checked_add_signed(pause).unwrap_or(now),
        }
    }

    /// Returns why the change is not tried now, or `None` if it is.
    fn refusal(
        &self,
        class: Class,
        policy: &RetryPolicy,
        now: DateTime<Utc>,
    ) -> Option<SkipReason> {
        let attempts = self.attempts;
        // Who must lose access is never given up.
        if class != Class::Lock && attempts > 1 && now - self.since >= policy.patience() {
            let since = self.since;
            return Some(SkipReason::GivenUp { attempts, since });
        }
        let until = self.not_before;
        (now < until).then_some(SkipReason::Delayed { attempts, until })
    }
}

/// Takes out the changes of records that are to be left alone for a while, and returns which setbacks no longer
/// matter, by their records.
///
/// A lock is taken out only if it is itself what failed, and nothing else with it: somebody who must lose access
/// does not keep it because their new name was refused.
pub(crate) fn delay<R>(
    changes: &mut Vec<Change<R>>,
    explanations: &mut BTreeMap<SourceId, Explanation>,
    ledger: &LedgerState,
    policy: &RetryPolicy,
    now: DateTime<Utc>,
) -> Vec<(SourceId, LedgerWrite)> {
    let mut obsolete = Vec::new();
    // By record, and by whether it is the lock that failed.
    let mut refused: BTreeMap<(SourceId, bool), SkipReason> = BTreeMap::new();
    for (of, setback) in &ledger.setbacks {
        let source = &setback.source;
        let wanted = changes
            .iter()
            .find(|change| change.source == *source && change.fingerprint() == *of);
        match wanted.map(Change::class) {
            Some(class) => {
                if let Some(reason) = setback.refusal(class, policy, now) {
                    refused.insert((source.clone(), class == Class::Lock), reason);
                }
            }
            None if is_decided(explanations.get(source), ledger, source) => {
                obsolete.push((source.clone(), LedgerWrite::Recover(of.clone())));
            }
            None => {}
        }
    }
    if refused.is_empty() {
        return obsolete;
    }

    let refusal =
        |change: &Change<R>| refused.get(&(change.source.clone(), change.class() == Class::Lock));
    for change in changes.iter() {
        if let (Some(reason), Some(explanation)) =
            (refusal(change), explanations.get_mut(&change.source))
        {
            explanation.refused.insert(change.class(), reason.clone());
        }
    }
    changes.retain(|change| refusal(change).is_none());
    for ((source, _), reason) in &refused {
        let left: Vec<Class> = changes
            .iter()
            .filter(|change| change.source == *source)
            .map(Change::class)
            .collect();
        if let Some(explanation) = explanations.get_mut(source) {
            explanation.outcome = match left.is_empty() {
                true => Outcome::Skipped(reason.clone()),
                false => Outcome::Planned(left),
            };
        }
    }
    obsolete
}

/// Tells whether enough is known of a record to say that the change which failed is no longer wanted.
fn is_decided(explanation: Option<&Explanation>, ledger: &LedgerState, source: &SourceId) -> bool {
    use SkipReason::{Blocked, InDoubt, NoEvidence, SeenMissing};
    match explanation.map(|explanation| &explanation.outcome) {
        None => ledger.tombstones.contains_key(source),
        Some(Outcome::Disputed(_)) => false,
        Some(Outcome::Skipped(reason)) => !matches!(
            reason,
            Blocked(_) | InDoubt | NoEvidence | SeenMissing { .. }
        ),
        Some(_) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[rstest::rstest]
    #[case::the_next_run_tries_again(1, 0)]
    #[case::then_it_is_left_alone(2, 10)]
    #[case::longer_each_time(3, 20)]
    #[case::and_longer(6, 160)]
    #[case::but_never_longer_than_a_day(12, 24 * 60)]
    #[case::however_often_it_fails(u32::MAX, 24 * 60)]
    fn the_pause_grows(#[case] attempts: u32, #[case] minutes: i64) {
        let pause = RetryPolicy::default().pause(attempts);
        assert_eq!(pause, TimeDelta::minutes(minutes));
    }
}
