//! What HR no longer shows for nearly everybody: it looks as if the right to read it was withdrawn.

use std::collections::BTreeSet;

use sync_core::{Alarm, BlockReason, Class, FieldName, Record, ScopeReason, Situation, Wish};

use super::{
    compare::Comparison,
    life::{Case, Verdict},
};

/// What is withdrawn, and what a person must know about it.
pub(crate) struct Withdrawn {
    pub(crate) emptied: Vec<FieldName>,
    pub(crate) alarms: Vec<Alarm>,
}

/// A linked record that both sides have.
struct Pair {
    had: BTreeSet<FieldName>,
    comparison: Comparison,
}

impl<R: Record> Case<'_, R> {
    pub(crate) fn withdrawn(&self, verdicts: &[Verdict]) -> Withdrawn {
        let mut withdrawn = Withdrawn {
            emptied: Vec::new(),
            alarms: Vec::new(),
        };
        let mut pairs = Vec::new();
        for verdict in verdicts {
            pairs.extend(self.pair(verdict));
        }
        let names: BTreeSet<&FieldName> = pairs.iter().flat_map(|pair| &pair.had).collect();
        let policy = self.scene.policy.withdrawal;
        for name in names {
            let had = pairs.iter().filter(|pair| pair.had.contains(name));
            let had: Vec<&Pair> = had.collect();
            let count = |is: &dyn Fn(&Pair) -> bool| had.iter().filter(|pair| is(pair)).count();
            let filled = had.len() - count(&|pair| pair.comparison.lacks(name));
            let emptied = count(&|pair| {
                let clears = pair.comparison.changes(Class::Clear);
                clears.iter().any(|change| change.field == *name)
            });
            let hidden = count(&|pair| pair.comparison.hides(name));
            let was_there = |count| is_share(count, pairs.len(), policy.seen_percent);
            let is_emptied = was_there(filled) && is_share(emptied, filled, policy.gone_percent);
            let is_hidden =
                was_there(had.len()) && is_share(hidden, had.len(), policy.gone_percent);
            let field = name.clone();
            if is_emptied || is_hidden {
                withdrawn.alarms.push(Alarm::AttributeWithdrawn { field });
            }
            if is_emptied {
                withdrawn.emptied.push(name.clone());
            }
        }
        withdrawn.alarms.extend(self.undecided(verdicts));
        withdrawn.alarms.extend(self.out_of_scope(verdicts));
        withdrawn
    }

    fn pair(&self, verdict: &Verdict) -> Option<Pair> {
        let (source, situation) = (&verdict.source, verdict.situation);
        let existing = self.who.existing(source)?;
        let link = self.link(source)?;
        let wish = self.wish(source);
        let Some(Wish::Present(wish)) = wish else {
            return None;
        };
        let is_pair = situation == Situation::Linked && link.target == existing.id;
        is_pair.then(|| Pair {
            had: link.agreed.keys().cloned().collect(),
            comparison: Comparison::of(self.scene, source, &wish, existing, &link.agreed),
        })
    }

    /// For the same reason nothing can be decided about nearly everybody.
    fn undecided(&self, verdicts: &[Verdict]) -> Vec<Alarm> {
        let linked = verdicts.iter().filter(|it| self.link(&it.source).is_some());
        let reasons: Vec<BlockReason> = linked
            .filter_map(|verdict| match self.wish(&verdict.source) {
                Some(Wish::Blocked(reason)) => Some(reason),
                _ => None,
            })
            .collect();
        let different: BTreeSet<BlockReason> = reasons.iter().copied().collect();
        let percent = self.scene.policy.withdrawal.gone_percent;
        let mut alarms = Vec::new();
        for reason in different {
            let count = reasons.iter().filter(|it| **it == reason).count();
            if is_share(count, self.owned.linked, percent) {
                alarms.push(Alarm::Undecided { reason, count });
            }
        }
        alarms
    }

    /// For the same reason nearly nobody takes part any more.
    fn out_of_scope(&self, verdicts: &[Verdict]) -> Vec<Alarm> {
        let mut reasons: Vec<ScopeReason> = Vec::new();
        for verdict in verdicts {
            if let (Some(_), Some(Wish::OutOfScope(reason))) =
                (self.link(&verdict.source), self.wish(&verdict.source))
            {
                reasons.push(reason);
            }
        }
        let percent = self.scene.policy.withdrawal.gone_percent;
        let mut alarms = Vec::new();
        for reason in reasons.iter().copied().collect::<BTreeSet<_>>() {
            let count = reasons.iter().filter(|it| **it == reason).count();
            if is_share(count, self.owned.linked, percent) {
                alarms.push(Alarm::LeftScope { reason, count });
            }
        }
        alarms
    }
}

/// A single record tells nothing.
fn is_share(part: usize, whole: usize, percent: u8) -> bool {
    part >= 2 && part * 100 >= whole * usize::from(percent)
}
