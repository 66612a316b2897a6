//! A person's word is for one list, once; and new settings are looked at before they take anything away.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use proptest::prelude::*;
use sync_core::{Change, Digest, Evidence, Record};

use crate::{
    calendar::calendar,
    company::company,
    scene::{Scene, changes, now},
};

proptest! {
    /// Approves what waits, then drops a part of it, adds to it, lets time pass, or makes it; the approval never covers more.
    #[test]
    fn l31_an_approval_of_accounts_is_for_its_list(company in company(), other in company()) {
        an_approval_is_for_its_list(&company.scene(), &other.scene());
    }

    /// Approves what waits, then drops a part of it, adds to it, lets time pass, or makes it; the approval never covers more.
    #[test]
    fn l31_an_approval_of_absences_is_for_its_list(calendar in calendar(), other in calendar()) {
        an_approval_is_for_its_list(&calendar.scene(), &other.scene());
    }

    /// The ledger remembers other settings; nothing that takes something away is ready, until a run went through.
    #[test]
    fn l32_new_settings_take_no_account_away_unseen(company in company()) {
        new_settings_are_looked_at(company.scene());
    }

    /// The ledger remembers other settings; nothing that takes something away is ready, until a run went through.
    #[test]
    fn l32_new_settings_take_no_absence_away_unseen(calendar in calendar()) {
        new_settings_are_looked_at(calendar.scene());
    }

    /// Whoever is in HR but outside of the scope is held as de-scoped, and never ended as a leaver.
    #[test]
    fn l18_scope_change_is_not_departure(company in company()) {
        let scene = company.scene();
        let plan = scene.plan();
        for change in changes(&plan) {
            let wish = scene.desired.wishes.get(&change.source);
            let is_out = matches!(wish, Some(sync_core::Wish::OutOfScope(_)));
            let is_descoped = change.effect.evidence() == Some(&Evidence::DeScoped);
            if change.effect.evidence().is_some_and(|it| *it != Evidence::Requested) {
                prop_assert_eq!(is_out, is_descoped);
            }
        }
        prop_assert!(plan.ready().iter().all(|it| it.effect.evidence() != Some(&Evidence::DeScoped)));
    }
}

/// Approves what waits in a scene, in its ledger.
fn approved<R: Record>(scene: &Scene<R>, days: i64) -> Scene<R> {
    let plan = scene.plan();
    let until = now() + TimeDelta::days(days);
    let approval = plan
        .approve(&plan.held_digest(), "admin 7", now(), until)
        .expect("it is the plan's own digest");
    let mut scene = scene.clone();
    for write in approval.writes() {
        scene.ledger.apply(&write);
    }
    scene
}

fn an_approval_is_for_its_list<R: Record>(scene: &Scene<R>, other: &Scene<R>) {
    let waiting = |scene: &Scene<R>| scene.plan().held().len();
    let held = waiting(scene);
    let later = approved(scene, 1);
    assert_eq!(waiting(&later), 0);
    assert_eq!(waiting(&approved(scene, 0)), held, "it has ended");

    // What was approved for one company says nothing about another.
    let mut elsewhere = other.clone();
    elsewhere.ledger.approvals = later.ledger.approvals.clone();
    let essence = |change: &Change<R>| {
        (
            change.source.clone(),
            change.class(),
            format!("{:?}", change.agreement),
        )
    };
    let listed: BTreeSet<_> = scene
        .plan()
        .held()
        .iter()
        .map(|it| essence(&it.change))
        .collect();
    let others = other.plan();
    if others
        .held()
        .iter()
        .any(|it| !listed.contains(&essence(&it.change)))
    {
        assert_eq!(
            waiting(&elsewhere),
            others.held().len(),
            "one more, and all of them wait"
        );
    }

    // It is used up with the changes that it was for.
    let stage = later.stage();
    let plan = later.plan();
    let report = stage.apply(&plan);
    if report.is_success() {
        stage.apply(&later.after(&stage).plan());
        assert!(stage.remembered().approvals.is_empty(), "{plan}\n{report}");
    }
}

fn new_settings_are_looked_at<R: Record>(mut scene: Scene<R>) {
    scene.ledger.settings = Some(Digest::of("other settings"));
    let plan = scene.plan();
    let destructive = |change: &&Change<R>| change.class().is_destructive();
    assert_eq!(plan.ready().iter().find(destructive), None, "{plan}");

    let stage = scene.stage();
    stage.apply(&plan);
    let again = scene.after(&stage).plan();
    let was_seen = plan
        .held()
        .iter()
        .any(|it| it.change.class().is_destructive());
    if was_seen {
        assert_eq!(
            again.ready().iter().find(destructive),
            None,
            "forgotten at once\n{again}"
        );
    }
}
