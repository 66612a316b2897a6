//! What must wait: counted class by class, over everything that is wanted.

use sync_core::{Budget, Class, Coverage, Existing, Known, Link, Record, SourceId, Wish};

use super::{Decision, Wanted, Why, compare, who::Who};
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
        return lost > allowed(scene, Class::Lock, linked(scene));
    }
    if !one.class.is_destructive() {
        return false;
    }
    if one.why == Why::DeScoped || says_nothing(scene) || is_withdrawn(scene, all, one) {
        return true;
    }
    let of_class: Vec<&Wanted> = all
        .iter()
        .filter(|it| it.class == one.class && it.why != Why::DeScoped)
        .filter(|it| !is_withdrawn(scene, all, it))
        .collect();
    let owned = match one.class {
        Class::Forget => linked(scene),
        Class::Lock => owned(scene).filter(|row| !is_locked(*row)).count(),
        _ => owned(scene).count(),
    };
    of_class.len() > allowed(scene, one.class, owned)
}

fn allowed<R>(scene: &Scene<R>, class: Class, owned: usize) -> usize {
    let default = match class {
        Class::Lock | Class::Forget => (3, 5),
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

/// Pairs that the run is about, whatever has become of either side.
fn linked<R: Record>(scene: &Scene<R>) -> usize {
    let is_meant = |(source, link): &(&SourceId, &Link)| match &scene.desired.coverage {
        Coverage::Window(window) => match scene.existing(&link.target) {
            Some(row) => row.record.overlaps(window),
            None => scene.desired.wishes.contains_key(*source),
        },
        _ => true,
    };
    scene.ledger.links.iter().filter(is_meant).count()
}

/// A field that at least half of those compared had, and nine in ten of them would lose.
fn is_withdrawn<R: Record>(scene: &Scene<R>, all: &[Wanted], one: &Wanted) -> bool {
    if one.class != Class::Clear {
        return false;
    }
    let who = Who::of(scene);
    let compared: Vec<(&SourceId, &Link, &R, &Existing<R>)> = scene
        .ledger
        .links
        .iter()
        .filter_map(|(source, link)| {
            let Some(Wish::Present(wish)) = scene.desired.wishes.get(source) else {
                return None;
            };
            let existing = who.found(source)?;
            (!who.is_disputed(source) && existing.id == link.target)
                .then_some((source, link, wish, existing))
        })
        .collect();
    one.fields.iter().any(|change| {
        let name = &change.field;
        let filled = compared.iter().filter(|(_, link, wish, existing)| {
            let is_empty = compare::is_empty_on_both_sides(scene, name, wish, existing);
            link.agreed.contains_key(name) && !is_empty
        });
        let filled = filled.count();
        let emptied = all.iter().filter(|it| {
            let was_there = scene.ledger.links.get(&it.source);
            it.class == Class::Clear
                && it.fields.iter().any(|field| field.field == *name)
                && was_there.is_some_and(|link| link.agreed.contains_key(name))
                && compared.iter().any(|(source, ..)| **source == it.source)
        });
        let emptied = emptied.count();
        filled >= 2
            && emptied >= 2
            && filled * 100 >= compared.len() * 50
            && emptied * 100 >= filled * 90
    })
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
    let is_about_everything = !scene.desired.coverage.is_partial();
    let mut wishes = scene.desired.wishes.values();
    is_about_everything
        && wishes.all(|wish| matches!(wish, Wish::Blocked(sync_core::BlockReason::Unreadable)))
}
