//! A plan is a function of its arguments, holds no more than it must, and does what it says.

use std::{collections::BTreeSet, process::Command};

use proptest::{prelude::*, sample::Index, strategy::ValueTree as _, test_runner::TestRunner};
use sync_core::{
    Effect, FieldChange, FieldName, Known, Outcome, Plan, Record, SourceId, TargetId, Value, Wish,
    policy::Ownership,
    testing::{Fault, Flaky},
};

use crate::{
    calendar::calendar,
    company::company,
    scene::{Scene, changes},
};

proptest! {
    /// Plans every generated company twice.
    #[test]
    fn l1_the_same_arguments_give_the_same_plan_of_accounts(company in company()) {
        prop_assert_eq!(bytes(&company.scene().plan()), bytes(&company.scene().plan()));
    }

    #[test]
    fn l1_the_same_arguments_give_the_same_plan_of_absences(calendar in calendar()) {
        prop_assert_eq!(bytes(&calendar.scene().plan()), bytes(&calendar.scene().plan()));
    }

    /// Leaves out any one change, and finds that the next plan is not empty.
    #[test]
    fn l4_a_plan_of_accounts_is_minimal(company in company(), index in any::<Index>()) {
        is_minimal(&company.scene(), index);
    }

    #[test]
    fn l4_a_plan_of_absences_is_minimal(calendar in calendar(), index in any::<Index>()) {
        is_minimal(&calendar.scene(), index);
    }

    /// Patches a record with its change, and compares every field.
    #[test]
    fn l5_changes_of_accounts_lead_to_the_wish_and_touch_nothing_else(company in company()) {
        patches_soundly(&company.scene());
    }

    #[test]
    fn l5_changes_of_absences_lead_to_the_wish_and_touch_nothing_else(calendar in calendar()) {
        patches_soundly(&calendar.scene());
    }

    /// Shuffles both sides.
    #[test]
    fn l6_the_order_of_people_and_accounts_does_not_matter(
        (company, rows, order) in company().prop_flat_map(|company| {
            let rows = Just(company.in_hr()).prop_shuffle();
            let order = Just((0..company.scene().existing.len()).collect()).prop_shuffle();
            (Just(company), rows, order)
        })
    ) {
        let paged_otherwise = company.scene_of(with_repetitions(rows));
        order_does_not_matter(&company.scene(), paged_otherwise, order);
    }

    #[test]
    fn l6_the_order_of_absences_does_not_matter(
        (calendar, rows, order) in calendar().prop_flat_map(|calendar| {
            let rows = Just(calendar.in_hr()).prop_shuffle();
            let order = Just((0..calendar.scene().existing.len()).collect()).prop_shuffle();
            (Just(calendar), rows, order)
        })
    ) {
        let paged_otherwise = calendar.scene_of(with_repetitions(rows));
        order_does_not_matter(&calendar.scene(), paged_otherwise, order);
    }
}

/// Two processes, so two seeds of every hasher and two layouts of memory.
#[test]
fn l1_another_process_makes_the_same_plans() {
    let me = std::env::current_exe().expect("a test knows its own program");
    let child = Command::new(me)
        .args([
            "--exact",
            "laws::planning::print_plans",
            "--ignored",
            "--nocapture",
        ])
        .output()
        .expect("a test program can be started");
    let said = String::from_utf8_lossy(&child.stdout);
    let theirs: Vec<&str> = said
        .lines()
        .filter_map(|line| line.split("plan ").nth(1))
        .collect();
    let ours = digests();
    assert!(
        ours.iter().collect::<BTreeSet<_>>().len() > 20,
        "the plans differ from each other"
    );
    assert_eq!(theirs, ours);
}

#[test]
#[ignore = "the other process of l1_another_process_makes_the_same_plans"]
fn print_plans() {
    // The harness writes the test's name without ending the line.
    digests()
        .iter()
        .for_each(|digest| println!("\nplan {digest}"));
}

fn digests() -> Vec<String> {
    let mut runner = TestRunner::deterministic();
    let digest = |plan: String, digest: sync_core::Digest| format!("{digest} {}", checksum(&plan));
    let mut digests = Vec::new();
    for _ in 0..32 {
        let company = company()
            .new_tree(&mut runner)
            .expect("nothing is rejected")
            .current();
        let calendar = calendar()
            .new_tree(&mut runner)
            .expect("nothing is rejected")
            .current();
        let (accounts, absences) = (company.scene().plan(), calendar.scene().plan());
        digests.push(digest(bytes(&accounts), accounts.digest()));
        digests.push(digest(bytes(&absences), absences.digest()));
    }
    digests
}

/// FNV-1a, since the standard library's hashers promise nothing across builds.
fn checksum(text: &str) -> u64 {
    let step = |sum: u64, byte: u8| (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    text.bytes().fold(0xcbf2_9ce4_8422_2325, step)
}

/// Everything there is to see of a plan.
fn bytes<R: Record>(plan: &Plan<R>) -> String {
    let json = serde_json::to_string(plan).expect("a plan is plain data");
    format!("{json}\n{}", plan.revealed())
}

fn is_minimal<R: Record>(scene: &Scene<R>, index: Index) {
    let plan = scene.approved_plan();
    let mut seen = BTreeSet::new();
    for change in plan.ready() {
        assert!(
            seen.insert((&change.source, change.class())),
            "two of one class\n{plan}"
        );
        let fields = change.effect.field_changes();
        let changes = |it: &FieldChange| it.before != Known::from_observed(it.after.clone());
        assert!(fields.iter().all(changes), "{plan}");
        match &change.effect {
            Effect::Create(_) => assert!(change.target.is_none()),
            Effect::Adopt | Effect::Remove { .. } | Effect::Forget | Effect::Invite { .. } => {
                assert!(fields.is_empty())
            }
            _ => assert!(!fields.is_empty(), "{plan}"),
        }
        let outcome = &plan.explanations()[&change.source].outcome;
        assert!(matches!(outcome, Outcome::Planned(classes) if classes.contains(&change.class())));
    }

    if plan.ready().is_empty() {
        return;
    }
    let left_out = index.get(plan.ready());
    let stage = scene.stage();
    if left_out.class().is_internal() {
        // These never reach the product, so none can be left out there.
        return;
    }
    let without = Flaky::new(&stage.product).failing_on(&left_out.id, Fault::Rejected);
    let report = stage.apply_through(&without, &plan, 4);
    assert!(!report.is_success());
    assert!(
        !scene.after(&stage).plan().is_empty(),
        "{left_out:?} is not needed\n{plan}"
    );
}

fn patches_soundly<R: Record>(scene: &Scene<R>) {
    let scene = &Scene {
        capabilities: sync_core::Capabilities::all(),
        ..scene.clone()
    };
    let plan = scene.plan();
    for (source, explanation) in plan.explanations() {
        let mine: Vec<_> = changes(&plan)
            .filter(|change| change.source == *source && !change.class().is_internal())
            .collect();
        let Some(target) = mine.iter().find_map(|change| change.target.as_ref()) else {
            continue;
        };
        let existing = scene
            .existing(target)
            .expect("a change names a record that is there");
        let mut record = existing.record.clone();
        let mut before = existing.record.fields();
        for field in mine.iter().flat_map(|change| change.effect.field_changes()) {
            assert_eq!(
                field.before,
                canonical(before.remove(&field.field).unwrap_or_default())
            );
            record
                .set(&field.field, field.after.as_ref())
                .expect("the field takes the value");
            let now = record.fields().remove(&field.field).unwrap_or_default();
            assert!(canonical(now) == Known::from_observed(field.after.clone()));
        }
        let now = record.fields();
        let untouched = before
            .iter()
            .all(|(field, known)| now.get(field) == Some(known));
        assert!(untouched, "a field changed that no change names\n{plan}");

        let Some(Wish::Present(wish)) = scene.desired.wishes.get(source) else {
            continue;
        };
        for (field, wanted) in wish.fields() {
            let is_owned = !scene.policy.ownership.contains_key(&field)
                || scene.policy.ownership[&field] == Ownership::Enforce;
            // Where a reference leads is a law of its own (L39).
            let is_reference = matches!(&wanted, Known::Value(value) if value.is_reference());
            if is_reference || is_taken(scene, source, target, wish, &field) {
                continue;
            }
            if is_owned && wanted.is_observed() && !existing.protected {
                let has = canonical(now.get(&field).cloned().unwrap_or_default());
                let agrees = has == canonical(wanted);
                assert!(
                    agrees || !has.is_observed(),
                    "{field} of {source}: {explanation:?}"
                );
            }
        }
    }
}

/// Tells whether somebody else has, or is to have, the same key, so that it is nobody's to take.
fn is_taken<R: Record>(
    scene: &Scene<R>,
    source: &SourceId,
    target: &TargetId,
    wish: &R,
    field: &FieldName,
) -> bool {
    let shares = |record: &R| {
        let theirs = record.match_keys();
        let mut mine = wish
            .match_keys()
            .into_iter()
            .filter(|key| key.name == *field);
        mine.any(|key| theirs.contains(&key))
    };
    let mut others = scene.existing.iter().filter(|it| it.id != *target);
    let mut wishes = scene.desired.wishes.iter().filter(|(id, _)| *id != source);
    others.any(|it| shares(&it.record))
        || wishes.any(|(_, wish)| matches!(wish, Wish::Present(record) if shares(record)))
}

fn order_does_not_matter<R: Record>(scene: &Scene<R>, mut other: Scene<R>, order: Vec<usize>) {
    other.existing = order
        .into_iter()
        .map(|index| scene.existing[index].clone())
        .collect();
    let (plan, otherwise) = (scene.plan(), other.plan());
    assert_eq!(bytes(&plan), bytes(&otherwise));
    assert_eq!(plan.digest(), otherwise.digest());
}

/// Pages that shift while they are read repeat rows.
fn with_repetitions<T: Clone>(mut rows: Vec<T>) -> Vec<T> {
    let again: Vec<T> = rows.iter().step_by(3).cloned().collect();
    rows.extend(again);
    rows
}

/// Empty text and no text are the same.
fn canonical(known: Known<Value>) -> Known<Value> {
    match known {
        Known::Value(Value::Text(text)) if text.is_empty() => Known::Cleared,
        other => other,
    }
}
