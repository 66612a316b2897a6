mod approval;
mod budget;
mod hold;
mod passed;
mod rolling;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};

use crate::{
    Change, FieldName, Reason, SourceId,
    change::{ChangeId, Class, Effect, Evidence},
    ledger::LedgerState,
    policy::{Adoption, SyncPolicy},
};

pub(crate) use self::passed::Passed;
pub use self::{
    approval::Approval,
    budget::Budget,
    hold::{Alarm, Held, HoldReason},
    rolling::Rolling,
};
use self::{passed::Allowance, rolling::spent};

/// How many records the sync owns, by what they can still lose.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Owned {
    /// All that the ledger knows, also what the product has lost.
    pub(crate) linked: usize,
    /// All that the product has.
    pub(crate) records: usize,
    /// Those that are not locked yet.
    pub(crate) unlocked: usize,
    /// All that the product has once the plan is carried out.
    pub(crate) after: usize,
}

impl Owned {
    /// Returns how many records a class is about: those that could lose what it takes away, before so many
    /// lost it, or those whose people may be invited.
    fn before(self, class: Class, spent: usize) -> usize {
        match class {
            Class::Lock => (self.unlocked + spent).min(self.records.max(self.unlocked)),
            Class::Remove => self.records + spent,
            Class::Forget => self.linked + spent,
            Class::Invite => self.after,
            _ => self.records,
        }
    }
}

/// Everything on which it depends whether a change may pass.
pub(crate) struct Guard<'a> {
    pub(crate) policy: &'a SyncPolicy,
    pub(crate) ledger: &'a LedgerState,
    pub(crate) owned: Owned,
    pub(crate) now: DateTime<Utc>,
    /// HR sent nothing that can be read, though the sync owns something.
    pub(crate) source_is_empty: bool,
    /// Other settings hold than in the last run.
    pub(crate) settings_changed: bool,
    /// Fields that would go for nearly everybody who has them.
    pub(crate) withdrawn: BTreeSet<FieldName>,
    /// People who asked to be forgotten, and whom HR has again.
    pub(crate) erased: BTreeSet<SourceId>,
    /// Records that may have been created already, though nothing shows it.
    pub(crate) in_doubt: BTreeSet<SourceId>,
}

impl Guard<'_> {
    /// Parts what may be done from what must wait. There is no other way into [`Passed`].
    ///
    /// A budget is exact: either every change of the class fits, or none is made.
    pub(crate) fn judge<R>(&self, changes: Vec<Change<R>>) -> Passed<R> {
        let signs = self.signs(&changes);
        let alone: Vec<Option<HoldReason>> = changes
            .iter()
            .map(|change| self.must_wait(change, &signs))
            .collect();
        let free: Vec<&Change<R>> = changes
            .iter()
            .zip(&alone)
            .filter(|(_, reason)| reason.is_none())
            .map(|(change, _)| change)
            .collect();
        let (budgets, allowances) = self.count(&free);
        let reasons: Vec<Option<HoldReason>> = changes
            .iter()
            .zip(alone)
            .map(|(change, alone)| alone.or_else(|| budgets.get(&change.class())?.of(change)))
            .collect();
        let reasons = wait_for_creation(&changes, reasons);

        let (mut ready, mut held) = (Vec::new(), Vec::new());
        for (change, reason) in changes.into_iter().zip(reasons) {
            match reason {
                None => ready.push(change),
                Some(reason) => held.push(Held { change, reason }),
            }
        }
        let mut passed = Passed::new(ready, held, allowances);
        passed.release_approved(&self.ledger.approvals, self.now);
        passed
    }

    fn signs<R>(&self, changes: &[Change<R>]) -> Signs {
        let asks_to_adopt = self.policy.lifecycle.adoption == Adoption::Ask;
        let by_key = changes
            .iter()
            .filter(|it| asks_to_adopt && matches!(it.reason, Reason::SameKey(_)));
        Signs {
            lost: self.lost(changes),
            unsure: by_key.map(|it| it.source.clone()).collect(),
            is_ledger_behind: changes.iter().any(|it| it.reason == Reason::SameExternalId),
        }
    }

    /// A product that shows too little looks as if it had lost its records; creating them all anew
    /// would double everybody.
    fn lost<R>(&self, changes: &[Change<R>]) -> Option<HoldReason> {
        let count = changes
            .iter()
            .filter(|change| change.reason == Reason::LostInProduct)
            .count();
        let budget = self.policy.budget(Class::Lock).unwrap_or_default();
        let budget = budget.of(self.owned.linked);
        (count > budget).then_some(HoldReason::LostInProduct { count, budget })
    }

    /// Returns why a change must wait, however few there are of its class.
    fn must_wait<R>(&self, change: &Change<R>, signs: &Signs) -> Option<HoldReason> {
        // What is not ours yet is not written.
        if signs.unsure.contains(&change.source) {
            return Some(HoldReason::Adoption);
        }
        if change.class() == Class::Create && self.in_doubt.contains(&change.source) {
            return Some(HoldReason::InDoubt);
        }
        if change.reason == Reason::LostInProduct && signs.lost.is_some() {
            return signs.lost.clone();
        }
        if change.class() == Class::Create && self.erased.contains(&change.source) {
            return Some(HoldReason::Erased);
        }
        if !change.class().is_counted() {
            return None;
        }
        if self.source_is_empty {
            return Some(HoldReason::EmptySource);
        }
        if change.class() == Class::Invite {
            return match change.reason {
                _ if signs.is_ledger_behind => Some(HoldReason::LedgerBehind),
                Reason::NeverInvited => Some(HoldReason::LateInvitation),
                _ => None,
            };
        }
        if change.effect.evidence() == Some(&Evidence::DeScoped) {
            return Some(HoldReason::DeScoped);
        }
        if let Effect::Clear(fields) = &change.effect
            && let Some(gone) = fields.iter().find(|it| self.withdrawn.contains(&it.field))
        {
            return Some(HoldReason::AttributeWithdrawn {
                field: gone.field.clone(),
            });
        }
        self.settings_changed.then_some(HoldReason::SettingsChanged)
    }

    /// Holds what is planned and what was executed of late against the budgets.
    fn count<R>(
        &self,
        changes: &[&Change<R>],
    ) -> (BTreeMap<Class, Exceeded>, BTreeMap<Class, Vec<Allowance>>) {
        let planned: BTreeSet<&ChangeId> = changes.iter().map(|change| &change.id).collect();
        let (mut exceeded, mut allowances) = (BTreeMap::new(), BTreeMap::new());
        for class in Class::ALL {
            let Some(budget) = self.policy.budget(class) else {
                continue;
            };
            let of_class = || changes.iter().filter(|change| change.class() == class);
            let count = of_class().count();
            let of_run = budget.of(self.owned.before(class, 0));
            if count > of_run {
                let cleared = cleared(of_class().copied());
                let reason = HoldReason::OverBudget {
                    class,
                    count,
                    budget: of_run,
                };
                exceeded.insert(class, Exceeded { reason, cleared });
            }
            for rolling in &self.policy.rolling {
                let spent = spent(
                    &self.ledger.executed,
                    class,
                    rolling.since(self.now),
                    &planned,
                );
                let budget = rolling.budgets.get(&class).copied().unwrap_or(budget);
                let allowance = Allowance {
                    rolling: rolling.clone(),
                    at_most: budget.of(self.owned.before(class, spent)),
                };
                if spent + count > allowance.at_most {
                    exceeded.entry(class).or_insert_with(|| Exceeded {
                        reason: HoldReason::OverRollingBudget {
                            class,
                            count,
                            spent,
                            budget: allowance.at_most,
                            hours: rolling.hours.get(),
                        },
                        cleared: BTreeMap::new(),
                    });
                }
                allowances
                    .entry(class)
                    .or_insert_with(Vec::new)
                    .push(allowance);
            }
        }
        (exceeded, allowances)
    }
}

/// What all the changes of a plan together tell about each of them.
struct Signs {
    /// The product shows too little.
    lost: Option<HoldReason>,
    /// Whose record would be taken into care without the word that the policy asks for.
    unsure: BTreeSet<SourceId>,
    /// The product has records of the sync that the ledger does not know.
    is_ledger_behind: bool,
}

/// Why a class must wait.
struct Exceeded {
    reason: HoldReason,
    /// For how many records each field would be emptied.
    cleared: BTreeMap<FieldName, usize>,
}

impl Exceeded {
    /// One field that goes for many is a right that was lost, so the field is worth naming.
    fn of<R>(&self, change: &Change<R>) -> Option<HoldReason> {
        if let (Effect::Clear(fields), HoldReason::OverBudget { budget, .. }) =
            (&change.effect, &self.reason)
            && let Some(over) = fields.iter().find(|it| self.cleared[&it.field] > *budget)
        {
            return Some(HoldReason::FieldOverBudget {
                field: over.field.clone(),
                count: self.cleared[&over.field],
                budget: *budget,
            });
        }
        Some(self.reason.clone())
    }
}

/// Holds what is about a record that is not there yet, or not ours, as long as that waits: invitations, and
/// references from it and to it.
fn wait_for_creation<R>(
    changes: &[Change<R>],
    reasons: Vec<Option<HoldReason>>,
) -> Vec<Option<HoldReason>> {
    let waiting: BTreeMap<&SourceId, HoldReason> = changes
        .iter()
        .zip(&reasons)
        .filter(|(change, _)| matches!(change.class(), Class::Create | Class::Adopt))
        .filter_map(|(change, reason)| Some((&change.source, reason.clone()?)))
        .collect();
    let early = |change: &Change<R>| {
        let own = matches!(change.class(), Class::Invite | Class::Refer).then_some(&change.source);
        let mut about = own.into_iter().chain(change.referents());
        about.find_map(|source| waiting.get(source).cloned())
    };
    let wait =
        |(change, reason): (&Change<R>, Option<HoldReason>)| reason.or_else(|| early(change));
    changes.iter().zip(reasons).map(wait).collect()
}

fn cleared<'a, R: 'a>(changes: impl Iterator<Item = &'a Change<R>>) -> BTreeMap<FieldName, usize> {
    let mut cleared: BTreeMap<FieldName, usize> = BTreeMap::new();
    for change in changes {
        if let Effect::Clear(fields) = &change.effect {
            for field in fields {
                *cleared.entry(field.field.clone()).or_default() += 1;
            }
        }
    }
    cleared
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What went in the hours before counts as if it were still there, or each loss would shrink the budget of the next.
    #[rstest::rstest]
    #[case::locks(Class::Lock, 7)]
    #[case::removals(Class::Remove, 11)]
    #[case::forgotten_links(Class::Forget, 13)]
    #[case::invitations(Class::Invite, 20)]
    #[case::emptied_fields(Class::Clear, 8)]
    fn a_class_is_about_what_could_be_lost_before_so_many_were(
        #[case] class: Class,
        #[case] records: usize,
    ) {
        let owned = Owned {
            linked: 10,
            records: 8,
            unlocked: 4,
            after: 20,
        };
        assert_eq!(owned.before(class, 3), records);
    }
}
