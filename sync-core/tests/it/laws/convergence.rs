//! Carrying a plan out leads to agreement, and there it stays.

use std::collections::BTreeSet;

use proptest::prelude::*;
use sync_core::{Fate, LedgerState, Matter, Outcome, Plan, Record, TargetId, TargetSystem as _};

use crate::{
    calendar::calendar,
    company::company,
    scene::{Scene, wait},
};

proptest! {
    /// Applies, then plans from the state that is returned and from one that is read anew, with targets that trim, cut, compose and lower values.
    #[test]
    fn l2_accounts_converge(company in company()) {
        converges(&company.scene());
    }

    #[test]
    fn l2_absences_converge(calendar in calendar()) {
        converges(&calendar.scene());
    }

    /// Applies a plan twice, and compares state and report.
    #[test]
    fn l10_applying_a_plan_of_accounts_again_does_nothing(company in company()) {
        is_applied_once(&company.scene());
    }

    #[test]
    fn l10_applying_a_plan_of_absences_again_does_nothing(calendar in calendar()) {
        is_applied_once(&calendar.scene());
    }
}

fn converges<R: Record>(scene: &Scene<R>) {
    let stage = scene.stage();
    let plan = scene.approved_plan();
    let report = stage.apply(&plan);
    assert!(report.is_success(), "{plan:#}\n{report}");

    let mut settled = scene.after(&stage);
    let mut next = settled.plan();
    if !next.is_empty() && frees_a_key(&plan) {
        // Nobody gets an address in the plan that takes it from somebody else, but in the next one.
        stage.apply(&settled.approved_plan());
        settled = scene.after(&stage);
        next = settled.plan();
    }
    assert!(next.is_empty(), "{plan}\n\nthen\n{next}");

    let read_again = Scene {
        existing: wait(stage.product.read(&request(scene, &settled.ledger)))
            .expect("memory can be read"),
        ledger: through_json(&settled.ledger),
        ..settled
    };
    let next = read_again.plan();
    assert!(next.is_empty(), "after a restart\n{next}");

    // A run without changes may still write down what it learned, but only once.
    stage.apply(&next);
    let quiet = read_again.after(&stage);
    stage.apply(&quiet.plan());
    assert_eq!(
        quiet.ledger,
        stage.remembered(),
        "a quiet run wrote to the ledger"
    );
}

/// Tells whether a plan takes a key from one record that HR gives to another.
fn frees_a_key<R: Record>(plan: &Plan<R>) -> bool {
    let freed = plan.ready().iter().filter(|it| it.class().is_destructive());
    let freed: BTreeSet<&TargetId> = freed.filter_map(|it| it.target.as_ref()).collect();
    let outcomes = plan.explanations().values().map(|it| &it.outcome);
    let disputed = outcomes.filter_map(|outcome| match outcome {
        Outcome::Disputed(dispute) => Some(&dispute.holders),
        _ => None,
    });
    let notices = plan.notices().iter().map(|notice| &notice.matter);
    let stuck = notices.filter_map(|matter| match matter {
        Matter::KeyTaken { holders, .. } => Some(holders),
        _ => None,
    });
    let mut holders = disputed.chain(stuck).flatten();
    holders.any(|it| freed.contains(it))
}

fn is_applied_once<R: Record>(scene: &Scene<R>) {
    let stage = scene.stage();
    let plan = scene.approved_plan();
    stage.apply(&plan);
    let (records, log) = (stage.product.records(), stage.product.log());
    let remembered = stage.remembered();

    let again = stage.apply(&plan);
    assert!(
        again
            .changes
            .iter()
            .all(|change| change.fate == Fate::Stale),
        "{again}"
    );
    assert_eq!(stage.product.records(), records);
    assert_eq!(stage.product.log(), log);
    assert_eq!(stage.remembered(), remembered);
}

fn request<R: Record>(scene: &Scene<R>, ledger: &LedgerState) -> sync_core::ReadRequest {
    sync_core::ReadRequest {
        coverage: scene.desired.coverage.clone(),
        linked: ledger.targets().into_values().collect(),
        in_doubt: Default::default(),
    }
}

/// What a ledger that keeps JSON texts remembers after a restart.
fn through_json(ledger: &LedgerState) -> LedgerState {
    let text = serde_json::to_string(ledger).expect("a ledger is plain data");
    serde_json::from_str(&text).expect("a ledger reads what it wrote")
}
