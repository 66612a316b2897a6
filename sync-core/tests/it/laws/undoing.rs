//! What can be taken back is taken back, and what cannot is said.

use proptest::prelude::*;
use sync_core::{Class, Effect, Known, LedgerState, Plan, Record, UndoRequest, undo};

use crate::{
    calendar::calendar,
    company::company,
    scene::{Scene, key, now},
};

proptest! {
    /// Applies, takes back, and compares every field that a reversible change touched.
    #[test]
    fn l66_taking_back_restores_accounts(company in company()) {
        restores(company.scene());
    }

    #[test]
    fn l66_taking_back_restores_absences(calendar in calendar()) {
        restores(calendar.scene());
    }
}

fn restores<R: Record>(mut scene: Scene<R>) {
    // What was there before may never have been in the product's own form.
    scene.capabilities.normalise.clear();
    let stage = scene.stage();
    let plan = scene.approved_plan();
    let report = stage.apply(&plan);
    let after = scene.after(&stage);

    let mut back = undo(&UndoRequest {
        plan: &plan,
        report: &report,
        existing: &after.existing,
        ledger: &after.ledger,
        capabilities: &after.capabilities,
        policy: &after.policy,
        key: &key(),
        now: now(),
    });
    stays_within_budget(&back.plan);
    let digest = back.plan.held_digest();
    back.plan.release(&digest).expect("the digest is its own");
    let undone = stage.apply(&back.plan);
    assert!(undone.is_success(), "{}\n{undone}", back.plan);
    let restored = scene.after(&stage);

    for change in plan.ready() {
        let is_labelled = back
            .lasting
            .contains_key(&(change.source.clone(), change.class()));
        assert!(change.class().is_reversible() || is_labelled, "{plan}");
        let Some(target) = change.target.as_ref().filter(|_| !is_labelled) else {
            continue;
        };
        let Some(row) = restored.existing(target) else {
            continue;
        };
        let fields = row.record.fields();
        for field in change.effect.field_changes() {
            let now = fields.get(&field.field).cloned().unwrap_or_default();
            let is_blank = field.before == Known::Cleared;
            assert!(
                now == field.before || (is_blank && now.value().is_none()),
                "{} of {}\n{plan}\n{}",
                field.field,
                change.source,
                back.plan
            );
        }
    }
    assert_eq!(links(&restored.ledger), links(&after.ledger));
}

fn links(ledger: &LedgerState) -> Vec<(sync_core::SourceId, sync_core::TargetId)> {
    ledger.targets().into_iter().collect()
}

/// What is taken away by taking back is counted like everything else.
fn stays_within_budget<R: Record>(plan: &Plan<R>) {
    for class in [Class::Clear, Class::Lock] {
        let ready = plan.ready().iter().any(|change| change.class() == class);
        let held = plan.held().iter().any(|it| it.change.class() == class);
        assert!(!(ready && held), "{plan}");
    }
    let removes = plan
        .ready()
        .iter()
        .any(|it| matches!(it.effect, Effect::Remove { .. }));
    assert!(!removes, "{plan}");
}
