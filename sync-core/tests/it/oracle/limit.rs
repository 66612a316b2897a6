//! What must wait: counted class by class, over everything that is wanted.

use sync_core::{Budget, Class, Coverage, Existing, Known, Record, Wish};

use super::{Decision, Wanted, Why, compare};
use crate::scene::Scene;

pub(crate) fn hold<R: Record>(scene: &Scene<R>, wanted: Vec<Wanted>) -> Vec<Decision> {
    let held: Vec<bool> = wanted.iter().map(|it| waits(scene, &wanted, it)).collect();
    let decisions = wanted.iter().zip(held).map(|(it, held)| Decision {
        source: it.source.clone(),
        class: it.class,
        fields: it
            .fields
            .iter()
            .map(|field| compare::shown(&field.field, &field.before, field.after.as_ref()))
            .collect(),
        held,
    });
    decisions.collect()
}

fn waits<R: Record>(scene: &Scene<R>, all: &[Wanted], one: &Wanted) -> bool {
    if one.why == Why::LostInProduct {
        let lost = all.iter().filter(|it| it.why == Why::LostInProduct).count();
        return lost > allowed(scene, Class::Lock, owned(scene).count() + lost);
    }
    if !one.class.is_destructive() {
        return false;
    }
    if one.why == Why::DeScoped || says_nothing(scene) {
        return true;
    }
    let of_class: Vec<&Wanted> = all
        .iter()
        .filter(|it| it.class == one.class && it.why != Why::DeScoped)
        .collect();
    let owned = match one.class {
        Class::Lock => owned(scene).filter(|row| !is_locked(*row)).count(),
        _ => owned(scene).count(),
    };
    of_class.len() > allowed(scene, one.class, owned)
}

fn allowed<R>(scene: &Scene<R>, class: Class, owned: usize) -> usize {
    let default = match class {
        Class::Lock => (3, 5),
        Class::Remove => (1, 2),
        _ => (3, 20),
    };
    let (at_least, percent) = match scene.policy.budgets.get(&class) {
        Some(Budget { at_least, percent }) => (at_least.get() as usize, usize::from(*percent)),
        None => default,
    };
    match owned {
        0 => 0,
        1 => 1,
        _ => at_least.max(owned * percent / 100).min(owned - 1),
    }
}

/// What the product has of linked records, in the part that the run is about.
fn owned<R: Record>(scene: &Scene<R>) -> impl Iterator<Item = &Existing<R>> {
    let is_linked = |row: &Existing<R>| {
        let mut links = scene.ledger.links.values();
        links.any(|link| link.target == row.id)
    };
    let is_meant = |row: &Existing<R>| match &scene.desired.coverage {
        Coverage::Window(window) => row.record.overlaps(window),
        _ => true,
    };
    let rows = scene.existing.iter();
    rows.filter(move |row| is_linked(row) && is_meant(row))
}

fn is_locked<R: Record>(row: &Existing<R>) -> bool {
    let fields = row.record.fields();
    let lock = R::lock().unwrap_or_default();
    !lock.is_empty()
        && lock
            .iter()
            .all(|(name, value)| fields.get(name) == Some(&Known::Value(value.clone())))
}

/// HR was asked for everything, and sent nothing that can be read, though we own something.
pub(crate) fn says_nothing<R: Record>(scene: &Scene<R>) -> bool {
    let is_about_everything = !matches!(scene.desired.coverage, Coverage::Ids(_));
    let mut wishes = scene.desired.wishes.values();
    is_about_everything
        && wishes.all(|wish| matches!(wish, Wish::Blocked(sync_core::BlockReason::Unreadable)))
}
