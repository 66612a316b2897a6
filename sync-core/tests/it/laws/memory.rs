//! What the ledger remembers outlives whatever HR and the product say next.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use proptest::{prelude::*, sample::Index};
use sync_core::{
    Account, Alarm, Change, Class, Coverage, Effect, ErasedId, Evidence, FieldName, Known,
    LedgerState, Missing, Outcome, Record, SkipReason, SourceId, Tombstone, Wish,
    policy::{EndAction, Vanished},
};

use crate::{
    calendar::calendar,
    company::{calm_company, company, fields_from},
    scene::{Scene, changes, key, now},
};

proptest! {
    /// HR hides or empties one attribute for everybody; no clear of what depends on it is ready, and the alarm names it.
    #[test]
    fn l14_an_attribute_that_goes_for_everybody_clears_nothing(
        company in calm_company(),
        attribute in prop::sample::select(vec!["email", "first_name", "last_name"]),
        emptied in any::<bool>(),
    ) {
        let mut rows = company.in_hr();
        let known = if emptied { Known::Cleared } else { Known::NotObserved };
        for (_, row) in &mut rows {
            let employee = row.take().expect("everybody can be read");
            *row = Some(employee.with(attribute, known.clone()));
        }
        let plan = company.scene_of(rows).plan();
        let clears = |change: &&Change<Account>| matches!(change.effect, Effect::Clear(_));
        if company.members.len() >= 2 {
            prop_assert!(plan.ready().iter().find(clears).is_none(), "{}", plan);
            let named = |field: &FieldName| {
                plan.alarms().contains(&Alarm::AttributeWithdrawn { field: field.clone() })
            };
            prop_assert!(fields_from(attribute).iter().any(named), "{}", plan);
        }
    }

    /// Somebody is missing so often and so long; only what suffices for the policy ends the record.
    #[test]
    fn l17_missing_takes_so_many_snapshots_and_so_many_days(
        company in calm_company(),
        who in any::<Index>(),
        (snapshots, days) in (1..=4_u32, 0..=4_u32),
        (seen, hours) in (0..=4_u32, 1..=120_i64),
    ) {
        prop_assume!(company.members.len() >= 2);
        let mut rows = company.in_hr();
        let (gone, _) = rows.swap_remove(who.index(rows.len()));
        let mut scene = company.scene_of(rows);
        scene.policy.lifecycle.vanished = Vanished { action: EndAction::Lock, snapshots, days };
        let since = now() - TimeDelta::hours(hours);
        let link = scene.ledger.links.get_mut(&gone).expect("everybody is linked");
        link.missing = (seen > 0).then_some(Missing { since, counted_at: since, snapshots: seen });
        let plan = scene.plan();
        let lasted = if seen > 0 { hours } else { 0 };
        let suffices = seen + 1 >= snapshots && lasted >= i64::from(days) * 24;
        let is_ended = plan.ready().iter().any(|change| change.source == gone);
        prop_assert_eq!(is_ended, suffices, "{}", plan);
    }

    /// The ledger is lost; what the product has is adopted again, and nothing is removed or forgotten.
    #[test]
    fn l21_a_lost_ledger_deletes_no_account(company in company()) {
        a_lost_ledger_deletes_nothing(company.scene());
    }

    /// The ledger is lost; what the product has is adopted again, and nothing is removed or forgotten.
    #[test]
    fn l21_a_lost_ledger_deletes_no_absence(calendar in calendar()) {
        a_lost_ledger_deletes_nothing(calendar.scene());
    }

    /// Nothing that takes something away reaches product or ledger while the guard holds all of it.
    #[test]
    fn l28_no_account_loses_anything_past_the_guard(company in company()) {
        nothing_passes_a_closed_guard(company.scene());
    }

    /// Nothing that takes something away reaches product or ledger while the guard holds all of it.
    #[test]
    fn l28_no_absence_loses_anything_past_the_guard(calendar in calendar()) {
        nothing_passes_a_closed_guard(calendar.scene());
    }

    /// Records are buried later than HR was read, by removal or by erasure; the old answer brings none back.
    #[test]
    fn l45_an_old_answer_brings_no_account_back(company in company(), erased in any::<bool>()) {
        an_old_answer_brings_nothing_back(company.scene(), erased);
    }

    /// Records are buried later than HR was read, by removal or by erasure; the old answer brings none back.
    #[test]
    fn l45_an_old_answer_brings_no_absence_back(calendar in calendar(), erased in any::<bool>()) {
        an_old_answer_brings_nothing_back(calendar.scene(), erased);
    }
}

fn a_lost_ledger_deletes_nothing<R: Record>(mut scene: Scene<R>) {
    let known = scene.ledger.targets();
    let only_what_was_sent = |plan: &sync_core::Plan<R>, sent: &dyn Fn(&SourceId) -> bool| {
        let mut ended = changes(plan).filter(|change| {
            matches!(change.class(), Class::Remove | Class::Forget)
                || change
                    .effect
                    .evidence()
                    .is_some_and(|it| *it != Evidence::Requested)
        });
        assert!(ended.all(|change| sent(&change.source)), "{plan}");
    };
    only_what_was_sent(&scene.plan(), &|source| known.contains_key(source));

    scene.ledger = LedgerState::default();
    let plan = scene.plan();
    only_what_was_sent(&plan, &|_| false);
    let destructive = |change: &&Change<R>| change.class().is_destructive();
    assert_eq!(plan.ready().iter().find(destructive), None, "{plan}");
}

fn nothing_passes_a_closed_guard<R: Record>(mut scene: Scene<R>) {
    scene.ledger.settings = Some(sync_core::Digest::of("other settings"));
    let stage = scene.stage();
    stage.apply(&scene.plan());
    let log = stage.product.log();
    let destructive = |change: &&Change<R>| change.class().is_destructive();
    assert_eq!(log.iter().find(destructive), None);
    let remembered = stage.remembered();
    let mut links = scene.ledger.links.keys();
    assert!(links.all(|source| remembered.links.contains_key(source)));
    let mut counted = remembered.executed.values();
    assert!(counted.all(|it| !it.class.is_destructive()));
}

fn an_old_answer_brings_nothing_back<R: Record>(mut scene: Scene<R>, erased: bool) {
    scene.desired.coverage = Coverage::All;
    let removed = Tombstone {
        at: now() + TimeDelta::seconds(1),
        generation: 3,
        lost: false,
    };
    scene.ledger.links.clear();
    scene.ledger.tombstones.clear();
    for source in scene.desired.wishes.keys() {
        if erased {
            let id = ErasedId::of(&key(), R::KIND, source);
            scene.ledger.erased.insert(id, removed.clone());
        } else {
            let tombstones = &mut scene.ledger.tombstones;
            tombstones.insert(source.clone(), removed.clone());
        }
    }
    let plan = scene.plan();
    assert!(plan.is_empty(), "{plan}");

    // A later answer does, as a new generation; but nobody who was erased comes back unasked.
    scene.desired.taken_at = now() + TimeDelta::hours(1);
    let plan = scene.plan();
    for change in changes(&plan) {
        assert_eq!(change.generation, 4, "{plan}");
    }
    let created = plan.ready().iter().any(|it| it.class() == Class::Create);
    assert!(!(erased && created), "{plan}");
    let present: BTreeSet<_> = scene
        .desired
        .wishes
        .iter()
        .filter(|(_, wish)| matches!(wish, Wish::Present(_)))
        .map(|(source, _)| source)
        .collect();
    for (source, explanation) in plan.explanations() {
        let late = Outcome::Skipped(SkipReason::OlderThanRemoval);
        assert!(!present.contains(source) || explanation.outcome != late);
    }
}
