mod budget;
mod hold;

use std::collections::BTreeMap;

use crate::{
    Change, FieldName, Reason,
    change::{Class, Effect, Evidence},
    policy::SyncPolicy,
};

pub use self::{
    budget::Budget,
    hold::{Alarm, Held, HoldReason},
};

/// How many records the sync owns, by what they can still lose.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Owned {
    /// All that the ledger knows, also what the product has lost.
    pub(crate) linked: usize,
    /// All that the product has.
    pub(crate) records: usize,
    /// Those that are not locked yet.
    pub(crate) unlocked: usize,
}

impl Owned {
    fn of(self, class: Class) -> usize {
        match class {
            Class::Lock => self.unlocked,
            _ => self.records,
        }
    }
}

/// Parts what may be done from what must wait.
///
/// A budget is exact: either every change of the class fits, or none is made.
pub(crate) fn guard<R>(
    changes: Vec<Change<R>>,
    policy: &SyncPolicy,
    owned: Owned,
    source_is_empty: bool,
) -> (Vec<Change<R>>, Vec<Held<R>>) {
    let mut counts: BTreeMap<Class, usize> = BTreeMap::new();
    for change in changes.iter().filter(|change| !is_descoped(change)) {
        *counts.entry(change.class()).or_default() += 1;
    }
    // A product that shows too little looks as if it had lost its records; creating them all anew
    // would double everybody.
    let lost = changes
        .iter()
        .filter(|change| change.reason == Reason::LostInProduct)
        .count();
    let lost_budget = policy
        .budget(Class::Lock)
        .unwrap_or_default()
        .of(owned.linked);
    let mut cleared: BTreeMap<FieldName, usize> = BTreeMap::new();
    for change in &changes {
        if let Effect::Clear(fields) = &change.effect {
            for field in fields {
                *cleared.entry(field.field.clone()).or_default() += 1;
            }
        }
    }

    let hold = |change: &Change<R>| -> Option<HoldReason> {
        let class = change.class();
        if change.reason == Reason::LostInProduct && lost > lost_budget {
            return Some(HoldReason::LostInProduct {
                count: lost,
                budget: lost_budget,
            });
        }
        let budget = policy.budget(class)?.of(owned.of(class));
        if source_is_empty {
            return Some(HoldReason::EmptySource);
        }
        if is_descoped(change) {
            return Some(HoldReason::DeScoped);
        }
        let count = counts[&class];
        if count <= budget {
            return None;
        }
        // One field that goes for many is a right that was lost, so the field is worth naming.
        if let Effect::Clear(fields) = &change.effect
            && let Some(over) = fields.iter().find(|it| cleared[&it.field] > budget)
        {
            return Some(HoldReason::FieldOverBudget {
                field: over.field.clone(),
                count: cleared[&over.field],
                budget,
            });
        }
        Some(HoldReason::OverBudget {
            class,
            count,
            budget,
        })
    };

    let (mut ready, mut held) = (Vec::new(), Vec::new());
    for change in changes {
        match hold(&change) {
            None => ready.push(change),
            Some(reason) => held.push(Held { change, reason }),
        }
    }
    (ready, held)
}

fn is_descoped<R>(change: &Change<R>) -> bool {
    change.effect.evidence() == Some(&Evidence::DeScoped)
}
