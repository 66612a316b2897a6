//! How many changes of one class there may be, in this run and in the hours before.

use std::num::NonZeroU32;

use chrono::TimeDelta;
use sync_core::{Budget, Class, Existing, HoldReason, Link, Record, SourceId};

use super::{compare::Locking, life::Case, wanted::Wanted};
use crate::scene::Scene;

/// Says why a change must wait because of those that are wanted besides, and of those made before.
pub(crate) fn exceeded<R: Record>(
    case: &Case<'_, R>,
    all: &[Wanted],
    free: &[&Wanted],
    one: &Wanted,
) -> Option<HoldReason> {
    let (scene, class) = (case.scene, one.class);
    if !class.is_destructive() && class != Class::Invite {
        return None;
    }
    let of_class: Vec<&&Wanted> = free.iter().filter(|it| it.class == class).collect();
    let count = of_class.len();
    let allowed = of(budget_of(scene, class), case.owned.concerned(all, class, 0));
    if count > allowed {
        // One field that goes for many is worth naming.
        for change in &one.fields {
            let is_same = |it: &&&&Wanted| it.fields.iter().any(|of| of.field == change.field);
            let cleared = of_class.iter().filter(is_same).count();
            if class == Class::Clear && cleared > allowed {
                return Some(HoldReason::FieldOverBudget {
                    field: change.field.clone(),
                    count: cleared,
                    budget: allowed,
                });
            }
        }
        return Some(HoldReason::OverBudget {
            class,
            count,
            budget: allowed,
        });
    }
    for rolling in &scene.policy.rolling {
        let hours = rolling.hours.get();
        let since = scene.desired.taken_at - TimeDelta::hours(hours.into());
        let spent = scene.ledger.executed.iter().filter(|(id, executed)| {
            // One that was begun before, and is wanted again, is one and the same.
            let mut again = free.iter();
            executed.class == class
                && executed.at > since
                && !again.any(|it| case.id_of(it) == Some(*id))
        });
        let spent = spent.count();
        let budget = rolling.budgets.get(&class).copied();
        let budget = budget.unwrap_or_else(|| budget_of(scene, class));
        let budget = of(budget, case.owned.concerned(all, class, spent));
        if spent + count > budget {
            return Some(HoldReason::OverRollingBudget {
                class,
                count,
                spent,
                budget,
                hours,
            });
        }
    }
    None
}

/// The larger of a number and a share, but never all.
pub(crate) fn of(budget: Budget, owned: usize) -> usize {
    let at_least = budget.at_least.get() as usize;
    let share = owned * usize::from(budget.percent) / 100;
    match owned {
        _ if budget.even_all => at_least.max(share),
        0 => 0,
        1 => 1,
        _ => at_least.max(share).min(owned - 1),
    }
}

pub(crate) fn budget_of<R>(scene: &Scene<R>, class: Class) -> Budget {
    let (at_least, percent) = match class {
        Class::Lock | Class::Forget => (3, 5),
        Class::Remove => (1, 2),
        Class::Invite => (10, 20),
        _ => (3, 20),
    };
    let default = Budget::new(NonZeroU32::new(at_least).expect("it is not 0"), percent);
    scene.policy.budgets.get(&class).copied().unwrap_or(default)
}

/// How many records the sync owns in the part that the run is about.
pub(crate) struct Owned {
    /// Pairs, whatever has become of either side.
    pub(crate) linked: usize,
    /// Linked records that the product has.
    records: usize,
    /// Those among them that can still be locked.
    unlocked: usize,
}

impl Owned {
    pub(crate) fn of<R: Record>(scene: &Scene<R>) -> Self {
        let rows = owned(scene);
        let unlocked = rows.iter().filter(|(source, link, row)| {
            let locking = Locking::of(scene, source, row, &link.agreed);
            locking.is_some_and(|locking| !locking.fields.is_empty())
        });
        Self {
            linked: linked(scene),
            records: rows.len(),
            unlocked: unlocked.count(),
        }
    }

    /// How many records a class is about: those that can lose what it takes, or could before so many lost it.
    fn concerned(&self, all: &[Wanted], class: Class, spent: usize) -> usize {
        match class {
            Class::Lock => self.records.min(self.unlocked + spent),
            Class::Remove => self.records + spent,
            Class::Forget => self.linked + spent,
            // Those who are new in this run are to be invited too, though their creation may have to wait.
            Class::Invite => {
                let new = all.iter().filter(|it| it.class == Class::Create);
                self.records + new.count()
            }
            _ => self.records,
        }
    }
}

/// What the product has of linked records, in the part that the run is about.
fn owned<R: Record>(scene: &Scene<R>) -> Vec<(&SourceId, &Link, &Existing<R>)> {
    let mut owned = Vec::new();
    for (source, link) in &scene.ledger.links {
        let row = scene.existing(&link.target);
        let row = row.filter(|row| match &scene.desired.window {
            Some(window) => row.record.overlaps(window),
            None => true,
        });
        owned.extend(row.map(|row| (source, link, row)));
    }
    owned
}

/// Pairs that the run is about, whatever has become of either side.
fn linked<R: Record>(scene: &Scene<R>) -> usize {
    let is_meant = |(source, link): &(&SourceId, &Link)| match &scene.desired.window {
        Some(window) => match scene.existing(&link.target) {
            Some(row) => row.record.overlaps(window),
            // What HR shows lies in the part.
            None => scene.desired.wishes.contains_key(*source),
        },
        None => true,
    };
    scene.ledger.links.iter().filter(is_meant).count()
}
