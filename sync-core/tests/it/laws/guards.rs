//! What takes something away stays within its budget, exactly.

use std::{collections::BTreeMap, num::NonZeroU32};

use proptest::prelude::*;
use sync_core::{
    Alarm, Budget, Change, Class, Effect, Evidence, Existing, FieldName, HoldReason, Link, Plan,
    Record, SourceId, Value,
};

use crate::{
    calendar::calendar,
    company::company,
    scene::{Scene, changes},
};

proptest! {
    /// Counts what reaches the product, at any concurrency.
    #[test]
    fn l27_the_guard_of_accounts_is_exact(company in company(), at_once in 1..=16_usize) {
        the_guard_is_exact(&company.scene(), at_once);
    }

    #[test]
    fn l27_the_guard_of_absences_is_exact(calendar in calendar(), at_once in 1..=16_usize) {
        the_guard_is_exact(&calendar.scene(), at_once);
    }
}

/// Every size up to a thousand under every kind of budget.
#[test]
fn l29_a_budget_is_right_at_every_size() {
    for at_least in [1, 2, 3, 10, 500, u32::MAX].map(|n| NonZeroU32::new(n).expect("it is not 0")) {
        for percent in [0, 1, 2, 5, 20, 50, 99, 100, 255] {
            let budget = Budget::new(at_least, percent);
            assert_eq!(budget.of(0), 0);
            for owned in 1..=1000_usize {
                let allowed = budget.of(owned);
                let at = format!("{budget:?} of {owned}");
                assert!(allowed >= 1, "{at}: nothing at all");
                assert!(owned < 2 || allowed < owned, "{at}: everybody");
                assert!(
                    allowed >= budget.of(owned - 1),
                    "{at}: less for a larger company"
                );
            }
        }
    }
    assert_eq!(Budget::new(NonZeroU32::MIN, 2).of(80_000), 1_600);
}

fn the_guard_is_exact<R: Record>(scene: &Scene<R>, at_once: usize) {
    let plan = scene.plan();
    let stage = scene.stage();
    let before = stage.product.log().len();
    stage.apply_through(&stage.product, &plan, at_once);
    let log = stage.product.log();
    let kept = stage.remembered().links;
    let forgotten = scene.ledger.links.keys();
    let forgotten = forgotten.filter(|source| !kept.contains_key(*source));
    let removed = log[before..].iter();
    let removed = removed.filter(|change| change.class() == Class::Remove);
    let forgotten = forgotten.count().saturating_sub(removed.count());
    let made = |class| match class {
        Class::Forget => forgotten,
        _ => {
            let of_class = log[before..].iter();
            of_class.filter(|change| change.class() == class).count()
        }
    };

    for class in Class::ALL
        .into_iter()
        .filter(|class| class.is_destructive())
    {
        let budget = scene
            .policy
            .budget(class)
            .expect("its changes need one")
            .of(can_lose(scene, class));
        let asked = changes(&plan)
            .filter(|change| change.class() == class && !waits_alone(&plan, change))
            .count();
        assert!(
            made(class) <= budget,
            "{} of {budget} {class}\n{plan}",
            made(class)
        );
        if asked > budget {
            assert_eq!(made(class), 0, "some of too many\n{plan}");
        } else if !plan.alarms().contains(&Alarm::EmptySource) {
            assert_eq!(
                made(class),
                asked,
                "{asked} {class} fit into {budget}\n{plan}"
            );
        }
    }
    nobody_is_descoped_unasked(&plan);
    cleared_fields_stay_within_budget(scene, &plan);
}

/// Tells whether a change waits for a reason of its own, and not because there are too many.
fn waits_alone<R: Record>(plan: &Plan<R>, change: &Change<R>) -> bool {
    let held = plan.held().iter().find(|held| held.change.id == change.id);
    held.is_some_and(|held| {
        matches!(
            held.reason,
            HoldReason::DeScoped | HoldReason::AttributeWithdrawn { .. }
        )
    })
}

fn nobody_is_descoped_unasked<R: Record>(plan: &Plan<R>) {
    assert!(
        !plan
            .ready()
            .iter()
            .any(|change| is_descoped(&change.effect)),
        "{plan}"
    );
}

fn cleared_fields_stay_within_budget<R: Record>(scene: &Scene<R>, plan: &Plan<R>) {
    let mut cleared: BTreeMap<_, usize> = BTreeMap::new();
    for change in plan.ready() {
        if let Effect::Clear(fields) = &change.effect {
            fields
                .iter()
                .for_each(|it| *cleared.entry(&it.field).or_default() += 1);
        }
    }
    let budget = scene
        .policy
        .budget(Class::Clear)
        .expect("its changes need one")
        .of(can_lose(scene, Class::Clear));
    assert!(cleared.values().all(|count| *count <= budget), "{plan}");
}

fn is_descoped<R>(effect: &Effect<R>) -> bool {
    use Effect::{Lock, Remove};
    matches!(effect, Lock { evidence, .. } | Remove { evidence, .. } if *evidence == Evidence::DeScoped)
}

/// How many pairs of records the run is about.
fn linked<R: Record>(scene: &Scene<R>) -> usize {
    let Some(window) = &scene.desired.window else {
        return scene.ledger.links.len();
    };
    let in_reach = |(source, link): &(&SourceId, &Link)| match scene.existing(&link.target) {
        Some(existing) => existing.record.overlaps(window),
        None => scene.desired.wishes.contains_key(*source),
    };
    scene.ledger.links.iter().filter(in_reach).count()
}

/// How many records in the part that the run is about can still lose what a class takes away: an
/// account that is locked already cannot be locked.
fn can_lose<R: Record>(scene: &Scene<R>, class: Class) -> usize {
    let in_reach = |existing: &&Existing<R>| {
        let window = scene.desired.window.as_ref();
        window.is_none_or(|window| existing.record.overlaps(window))
    };
    let is_open = |existing: &&Existing<R>| {
        class != Class::Lock
            || R::lock().is_some_and(|locks| {
                let has = existing.record.fields();
                let is_set = |(field, locked): &(FieldName, Value)| {
                    has.get(field)
                        .is_some_and(|it| it.as_ref().value() == Some(locked))
                };
                !locks.iter().all(is_set)
            })
    };
    if class == Class::Forget {
        return linked(scene);
    }
    let links = scene.ledger.links.values();
    links
        .filter_map(|link| scene.existing(&link.target))
        .filter(in_reach)
        .filter(is_open)
        .count()
}
