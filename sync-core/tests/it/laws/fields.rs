//! Whose field it is.

use proptest::{prelude::*, sample::select};
use sync_core::{
    Existing, FieldName, Known, Record, TargetId, Value, account::field, employee::attribute,
    policy::Ownership,
};

use crate::{
    calendar::calendar,
    company::{calm_company, company},
    scene::{Scene, Stage, changes, day},
};

/// A field of the product that nothing is mapped to.
const DESK: FieldName = FieldName::literal("desk");

proptest! {
    /// Compares fields that nothing is mapped to, and those that HR sets at creation only, before and after a run.
    #[test]
    fn l20_fields_of_accounts_that_are_not_hrs_stay_as_they_are(company in company()) {
        let mut scene = company.scene();
        for row in &mut scene.existing {
            row.record = row.record.clone().with(DESK, "4.017");
        }
        fields_of_the_product_stay(&scene, &field::ACCESS);
    }

    #[test]
    fn l20_fields_of_absences_that_are_not_hrs_stay_as_they_are(calendar in calendar()) {
        fields_of_the_product_stay(&calendar.scene(), &field::ACCESS);
    }

    /// Ends, empties and locks whatever can be, with everything approved, and looks at protected records.
    #[test]
    fn l24_protected_accounts_lose_nothing(company in company()) {
        protected_records_lose_nothing(&company.scene());
    }

    #[test]
    fn l24_protected_absences_lose_nothing(calendar in calendar()) {
        protected_records_lose_nothing(&calendar.scene());
    }

    /// Edits a field in the product, under each kind of ownership, before and after HR changes it too.
    #[test]
    fn l26_a_local_change_stays_or_not_as_the_policy_declares(
        company in calm_company(),
        owner in select(vec![Ownership::Enforce, Ownership::InitialOnly, Ownership::RespectLocal]),
        (field, local) in select(vec![(field::LAST_NAME, "Spitzname"), (field::ACCESS, "locked")]),
        hr_moves in any::<bool>(),
    ) {
        let mut rows = company.in_hr();
        if hr_moves {
            for (_, row) in &mut rows {
                let person = row.take().expect("everybody can be read");
                *row = Some(if field == field::ACCESS {
                    person
                        .with(attribute::STATUS, Value::from("onboarding"))
                        .with(attribute::HIRE_DATE, Value::from(day(20)))
                } else {
                    person.with(field::LAST_NAME, Value::from("Ikonen"))
                });
            }
        }
        let mut scene = company.scene_of(rows);
        scene.policy.ownership.insert(field.clone(), owner);
        for row in &mut scene.existing {
            row.record = row.record.clone().with(field.clone(), local);
        }
        let stage = scene.stage();
        let plan = scene.plan();
        prop_assert!(stage.apply(&plan).is_success(), "{}", plan);

        let hr_wins = match owner {
            Ownership::Enforce => true,
            Ownership::InitialOnly => false,
            Ownership::RespectLocal => hr_moves,
        };
        for row in stage.product.records() {
            let stays = row.record.text(&field) == Some(local);
            prop_assert_eq!(stays, !hr_wins, "{}", plan);
        }
    }
}

/// Locks may set the field that locks, whoever owns it.
fn fields_of_the_product_stay<R: Record>(scene: &Scene<R>, but: &FieldName) {
    let plan = scene.approved_plan();
    let stage = scene.stage();
    stage.apply(&plan);
    let owned = |field: &FieldName| scene.policy.ownership.get(field);
    for (before, after) in pairs(scene, &stage) {
        let after = after.record.fields();
        for (field, known) in before.record.fields() {
            let is_the_products = field == DESK || owned(&field) == Some(&Ownership::InitialOnly);
            let now = after.get(&field).and_then(|known| known.as_ref().value());
            // A reference is written for the first time when the record comes to which it leads.
            let is_first = known.as_ref().value().is_none() && now.is_some_and(Value::is_reference);
            if is_the_products && field != *but && !is_first {
                assert_eq!(after.get(&field), Some(&known), "`{field}`\n{plan}");
            }
        }
    }
}

fn protected_records_lose_nothing<R: Record>(scene: &Scene<R>) {
    let plan = scene.approved_plan();
    let is_protected = |id: &TargetId| scene.existing(id).is_some_and(|it| it.protected);
    for change in changes(&plan).filter(|it| it.class().is_destructive()) {
        let target = change.target.as_ref();
        assert!(!target.is_some_and(is_protected), "{plan}");
    }
    let stage = scene.stage();
    stage.apply(&plan);
    let pairs = pairs(scene, &stage);
    let protected = scene.existing.iter().filter(|it| it.protected);
    for before in protected {
        let pair = pairs.iter().find(|(it, _)| it.id == before.id);
        let (_, after) = pair.expect("a protected record is not removed");
        let after = after.record.fields();
        for (field, known) in before.record.fields() {
            let now = after.get(&field).cloned().unwrap_or_default();
            let weight = R::weight(&field, &known, now.as_ref().value());
            let is_loss = weight != sync_core::Weight::Ordinary && now != known;
            assert!(
                !is_loss || !matches!(known, Known::Value(_)),
                "`{field}`\n{plan}"
            );
        }
    }
}

/// The records that are there before and after.
fn pairs<R: Record>(scene: &Scene<R>, stage: &Stage<R>) -> Vec<(Existing<R>, Existing<R>)> {
    let after = stage.product.records().into_iter();
    after
        .filter_map(|after| Some((scene.existing(&after.id)?.clone(), after)))
        .collect()
}
