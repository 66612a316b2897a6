//! Every record is accounted for once, and every record has a reason.

use std::collections::{BTreeMap, BTreeSet};

use proptest::{prelude::*, sample::Index};
use sync_core::{
    Alarm, Answer, ChangeId, Outcome, Plan, Record, SourceId, TargetId, Value, account::field,
};

use crate::{
    calendar::calendar,
    company::company,
    scene::{Scene, changes, key},
};

proptest! {
    /// Renames one person, and compares the changes of everybody else.
    #[test]
    fn l9_a_change_of_one_person_concerns_nobody_else(company in company(), who in any::<Index>()) {
        let rows = company.in_hr();
        prop_assume!(!rows.is_empty());
        let mut renamed = rows.clone();
        let (source, row) = &mut renamed[who.index(rows.len())];
        let source = source.clone();
        *row = row.take().map(|employee| employee.with(field::LAST_NAME, Value::from("Ikonen")));
        let before = of_others(&company.scene_of(rows).plan(), &source);
        prop_assert_eq!(of_others(&company.scene_of(renamed).plan(), &source), before);
    }

    /// Counts the records of generated companies by hand, and compares with the report.
    #[test]
    fn l63_every_account_is_accounted_for_once(company in company()) {
        is_accounted_for(&company.scene());
    }

    #[test]
    fn l63_every_absence_is_accounted_for_once(calendar in calendar()) {
        is_accounted_for(&calendar.scene());
    }

    /// Asks about every id of both sides and of the ledger.
    #[test]
    fn l64_every_account_has_a_reason(company in company()) {
        is_explained(&company.scene());
    }

    #[test]
    fn l64_every_absence_has_a_reason(calendar in calendar()) {
        is_explained(&calendar.scene());
    }

    /// Stores a plan, loads it, and compares everything; changes one character, and is refused.
    #[test]
    fn l65_a_stored_plan_is_the_plan_or_nothing(company in company(), at in any::<Index>()) {
        let plan = company.scene().plan();
        let text = plan.store(&key()).expect("accounts are plain data");
        let loaded = Plan::load(&text, &key()).expect("it is as it was stored");
        prop_assert_eq!(loaded.digest(), plan.digest());
        prop_assert_eq!(loaded.held_digest(), plan.held_digest());
        prop_assert_eq!(loaded, plan);

        let mut bytes = text.into_bytes();
        let at = at.index(bytes.len());
        bytes[at] = if bytes[at] == b'7' { b'8' } else { b'7' };
        let forged = String::from_utf8_lossy(&bytes).into_owned();
        prop_assert!(Plan::<sync_core::Account>::load(&forged, &key()).is_err());
    }

    /// Plans without applying, and compares product, ledger and digest.
    #[test]
    fn l65_a_plan_that_is_not_applied_leaves_no_trace(company in company()) {
        let scene = company.scene();
        let stage = scene.stage();
        let plan = scene.after(&stage).plan();
        prop_assert!(stage.product.log().is_empty());
        prop_assert_eq!(plan.digest(), scene.after(&stage).plan().digest());
    }
}

fn of_others<R: Record>(plan: &Plan<R>, but: &SourceId) -> BTreeSet<ChangeId> {
    let others = changes(plan).filter(|change| change.source != *but);
    others.map(|change| change.id.clone()).collect()
}

fn is_accounted_for<R: Record>(scene: &Scene<R>) {
    let plan = scene.plan();
    let report = scene.stage().apply(&plan);
    let accounted: usize = report.accounting().values().sum();
    assert_eq!(accounted, report.keys, "{:?}\n{plan}", report.accounting());
    let is_alarm = |alarm: &Alarm| matches!(alarm, Alarm::Unaccounted { .. });
    assert!(!report.alarms.iter().any(is_alarm), "{report}");

    let sources = sources(scene);
    let mut owners: BTreeMap<&TargetId, usize> = BTreeMap::new();
    for explanation in plan.explanations().values() {
        if let Some(target) = explanation.target() {
            *owners.entry(target).or_default() += 1;
        }
    }
    let mut nobodys = 0;
    for existing in &scene.existing {
        let owned = owners.get(&existing.id).copied().unwrap_or_default();
        let is_unmanaged = plan.unmanaged().contains(&existing.id);
        assert!(owned + usize::from(is_unmanaged) <= 1, "{plan}");
        nobodys += usize::from(is_unmanaged);
    }
    assert_eq!(report.keys, sources.len() + nobodys, "{plan}");
}

fn is_explained<R: Record>(scene: &Scene<R>) {
    let plan = scene.plan();
    for source in sources(scene) {
        let answer = plan.explain(&source);
        assert!(answer != Answer::Unknown, "{source}\n{plan}");
        if let Answer::Explained {
            explanation,
            ready,
            held,
            ..
        } = &answer
        {
            let is_idle = ready.is_empty() && held.is_empty();
            let expects_changes =
                matches!(explanation.outcome, Outcome::Planned(_) | Outcome::Held(_));
            assert_eq!(is_idle, !expects_changes, "{answer}");
        }
        assert!(answer.to_string().ends_with('.'), "{answer}");
    }
    for existing in &scene.existing {
        let answer = plan.explain_target(&existing.id);
        assert!(answer != Answer::Unknown, "{}\n{plan}", existing.id);
    }
    assert_eq!(plan.explain(&"nobody".into()), Answer::Unknown);
}

/// Every id that HR or the ledger has.
fn sources<R: Record>(scene: &Scene<R>) -> BTreeSet<SourceId> {
    let wishes = scene.desired.wishes.keys();
    wishes
        .chain(scene.ledger.links.keys())
        .chain(scene.ledger.tombstones.keys())
        .cloned()
        .collect()
}
