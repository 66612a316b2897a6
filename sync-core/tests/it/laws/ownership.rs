//! Who belongs to whom, and what is nobody's business.

use std::collections::{BTreeMap, BTreeSet};

use proptest::{collection::vec, option, prelude::*, sample::select};
use sync_core::{
    Account, Effect, Existing, Outcome, Record, SourceId, TargetId, Wish,
    account::{email_key, field},
    testing::{Fault, Flaky},
};

use crate::{
    calendar::calendar,
    company::{calm_company, company, source},
    scene::{Scene, changes},
};

proptest! {
    /// Compares every such record before and after runs with faults.
    #[test]
    fn l19_accounts_that_nobody_linked_stay_as_they_are(company in company(), faults in faults()) {
        bystanders_stay(&company.scene(), &faults);
    }

    #[test]
    fn l19_absences_entered_by_hand_stay_as_they_are(calendar in calendar(), faults in faults()) {
        bystanders_stay(&calendar.scene(), &faults);
    }

    /// Shares addresses and ids between people, and looks for shared links after runs with faults.
    #[test]
    fn l22_an_account_belongs_to_one_person(company in company(), faults in faults()) {
        let scene = company.scene();
        links_are_injective(&scene, &faults);
        adoptions_by_email_are_certain(&scene);
    }

    #[test]
    fn l22_an_absence_belongs_to_one_request(calendar in calendar(), faults in faults()) {
        links_are_injective(&calendar.scene(), &faults);
    }

    /// Swaps addresses, renames people, and compares the links.
    #[test]
    fn l23_swapped_emails_and_new_names_change_no_link(
        (company, giver) in calm_company().prop_flat_map(|company| {
            let people: Vec<usize> = (0..company.members.len()).collect();
            (Just(company), Just(people).prop_shuffle())
        }),
        renamed in any::<bool>(),
    ) {
        let agreed = company.scene();
        let before = company.in_hr();
        let mut rows = before.clone();
        for (index, (_, row)) in rows.iter_mut().enumerate() {
            let giver = before[giver[index]].1.as_ref().expect("everybody can be read");
            let email = giver.get(&field::EMAIL).map(Clone::clone);
            let mut employee = row.take().expect("everybody can be read").with(field::EMAIL, email);
            if renamed {
                employee = employee.with(field::LAST_NAME, sync_core::Value::from("Ikonen"));
            }
            *row = Some(employee);
        }
        let swapped = company.scene_of(rows);
        let stage = swapped.stage();
        let plan = swapped.plan();
        prop_assert!(stage.apply(&plan).is_success(), "{}", plan);

        let after = swapped.after(&stage);
        prop_assert!(after.plan().is_empty());
        prop_assert_eq!(after.ledger.targets(), agreed.ledger.targets());
        prop_assert_eq!(after.existing.len(), agreed.existing.len());
        for (index, giver) in giver.into_iter().enumerate() {
            let account = account_of(&after, &source(index));
            let given = account_of(&agreed, &source(giver));
            prop_assert_eq!(account.text(&field::EMAIL), given.text(&field::EMAIL));
        }
    }
}

fn faults() -> impl Strategy<Value = Vec<Option<Fault>>> {
    vec(option::weighted(0.4, select(Fault::ALL.to_vec())), 0..=12)
}

/// Two runs, both under faults, on the scene as it then is.
fn bystanders_stay<R: Record>(scene: &Scene<R>, faults: &[Option<Fault>]) {
    let stage = scene.stage();
    let mut known: BTreeSet<TargetId> = scene.ledger.targets().into_values().collect();
    let mut scene_now = scene.clone();
    for _ in 0..2 {
        let plan = scene_now.approved_plan();
        let adopted = changes(&plan).filter(|change| matches!(change.effect, Effect::Adopt));
        known.extend(adopted.filter_map(|change| change.target.clone()));
        let product = Flaky::new(&stage.product).failing_in_turn(faults.to_vec());
        stage.apply_through(&product, &plan, 4);
        scene_now = scene.after(&stage);
    }
    let after: BTreeMap<TargetId, Existing<R>> = stage
        .product
        .records()
        .into_iter()
        .map(|it| (it.id.clone(), it))
        .collect();
    for before in scene.existing.iter().filter(|it| !known.contains(&it.id)) {
        assert_eq!(after.get(&before.id), Some(before));
    }
}

fn links_are_injective<R: Record>(scene: &Scene<R>, faults: &[Option<Fault>]) {
    let plan = scene.approved_plan();
    let mut taken: BTreeSet<&TargetId> = BTreeSet::new();
    let linked: BTreeMap<&TargetId, &SourceId> = scene
        .ledger
        .links
        .iter()
        .map(|(source, link)| (&link.target, source))
        .collect();
    for change in plan
        .ready()
        .iter()
        .filter(|it| matches!(it.effect, Effect::Adopt))
    {
        let target = change
            .target
            .as_ref()
            .expect("an adoption names what it adopts");
        assert!(taken.insert(target), "adopted twice\n{plan}");
        assert!(
            !linked.contains_key(target),
            "adopted from somebody\n{plan}"
        );
    }
    for (source, explanation) in plan.explanations() {
        if let Outcome::Disputed(dispute) = &explanation.outcome {
            let written = plan.ready().iter().find(|change| {
                let target = change.target.as_ref();
                change.source == *source || target.is_some_and(|it| dispute.candidates.contains(it))
            });
            assert!(written.is_none(), "a disputed record is written\n{plan}");
        }
    }

    let contested = |targets: Vec<TargetId>| {
        let mut seen = BTreeSet::new();
        let twice = targets
            .into_iter()
            .filter(|target| !seen.insert(target.clone()));
        twice.collect::<BTreeSet<TargetId>>()
    };
    let before = contested(scene.ledger.targets().into_values().collect());
    let stage = scene.stage();
    let product = Flaky::new(&stage.product).failing_in_turn(faults.to_vec());
    stage.apply_through(&product, &plan, 4);
    stage.apply(&scene.after(&stage).approved_plan());
    let after = contested(stage.remembered().targets().into_values().collect());
    assert!(after.is_subset(&before), "{plan}");

    let mut ids: Vec<SourceId> = stage
        .product
        .records()
        .into_iter()
        .filter_map(|it| it.external_id)
        .collect();
    let all = ids.len();
    ids.sort();
    ids.dedup();
    let doubled = |rows: &[Existing<R>]| {
        let ids: BTreeSet<&SourceId> = rows
            .iter()
            .filter_map(|it| it.external_id.as_ref())
            .collect();
        rows.iter().filter(|it| it.external_id.is_some()).count() - ids.len()
    };
    assert!(
        all - ids.len() <= doubled(&scene.existing),
        "a second record for one source record"
    );
}

/// A second opinion on adoption by e-mail: slow, and obvious.
fn adoptions_by_email_are_certain(scene: &Scene<Account>) {
    let plan = scene.plan();
    let email = |account: &Account| account.text(&field::EMAIL).and_then(email_key);
    for change in changes(&plan) {
        let sync_core::Reason::SameKey(_) = &change.reason else {
            continue;
        };
        let wish = &scene.desired.wishes[&change.source];
        let Wish::Present(wish) = wish else {
            panic!("only who is there is adopted");
        };
        let key = email(wish);
        let people = scene.desired.wishes.values();
        let people = people.filter(|it| matches!(it, Wish::Present(it) if email(it) == key));
        let accounts = scene.existing.iter().filter(|it| email(&it.record) == key);
        let linked = scene.ledger.targets();
        let free = accounts.filter(|it| !linked.values().any(|target| *target == it.id));
        assert!(key.is_some());
        assert_eq!((people.count(), free.count()), (1, 1), "{plan}");
    }
}

fn account_of<'a>(scene: &'a Scene<Account>, source: &SourceId) -> &'a Account {
    let link = &scene.ledger.links[source];
    &scene
        .existing(&link.target)
        .expect("the account is there")
        .record
}
