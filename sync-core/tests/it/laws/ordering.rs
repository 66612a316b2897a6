//! What is referred to is there before the reference, whoever comes first.

use std::collections::BTreeMap;

use proptest::{collection::vec, option, prelude::*, sample::Index};
use rstest::rstest;
use sync_core::{
    Account, Capabilities, Change, Class, Effect, Known, Match, Matter, Rule, Situation, SourceId,
    TargetId, Value, Wish,
    policy::{EndAction, Ownership},
};

use crate::{
    company::{APPROVER, SUPERVISOR, company},
    scene::{Scene, wait},
    world::World,
};

proptest! {
    /// Applies the plan of every generated company, and looks at what reaches a product that refuses references to nobody.
    #[test]
    fn l39_references_come_after_creations_and_before_removals(company in company()) {
        let scene = company.scene();
        let plan = scene.approved_plan();
        let stage = scene.stage();
        let report = stage.apply(&plan);
        prop_assert!(report.failures().all(|it| it.class != Class::Refer), "{}\n{}", plan, report);
        let log = stage.product.log();
        let classes: Vec<Class> = log.iter().map(Change::class).collect();
        prop_assert!(classes.is_sorted(), "{:?}", classes);
        for change in &log {
            let sent = change.effect.field_changes().iter().filter_map(|it| it.after.clone());
            let created = match &change.effect {
                Effect::Create(account) => Some(account.get(&APPROVER).map(Value::clone)),
                _ => None,
            };
            for value in sent.chain(created.and_then(Known::value)) {
                prop_assert!(value.as_source().is_none(), "an id of HR reaches the product\n{}", plan);
                prop_assert!(!value.is_reference() || change.class() == Class::Refer, "{}", plan);
            }
        }
    }

    /// Applies the plan of every generated company, and follows each reference of HR into the product.
    #[test]
    fn l39_references_lead_where_hr_says(company in company()) {
        let scene = Scene { capabilities: Capabilities::all(), ..company.scene() };
        let plan = scene.approved_plan();
        let stage = scene.stage();
        stage.apply(&plan);
        let after = scene.after(&stage);
        let there: BTreeMap<&SourceId, &TargetId> = after
            .ledger
            .links
            .iter()
            .filter(|(_, link)| after.existing(&link.target).is_some())
            .map(|(source, link)| (source, &link.target))
            .collect();
        for (source, referent) in referring(&scene) {
            let is_settled = matches!(
                plan.explanations()[source].situation,
                Situation::New | Situation::Linked | Situation::LostInProduct
            );
            let Some(target) = there.get(source).filter(|_| is_settled) else { continue };
            let existing = after.existing(target).expect("it is there");
            let shown = existing.record.get(&APPROVER);
            let noted = plan.notices().iter().any(|notice| {
                let matter = Matter::LeadsToNobody { field: APPROVER, referent: referent.clone() };
                notice.source == *source && notice.matter == matter
            });
            // Where two claim one record, nobody can tell to whom a reference leads.
            let is_disputed = plan
                .explanations()
                .get(referent)
                .is_some_and(|it| matches!(it.found, Some(Match::Disputed(_))));
            if is_disputed {
                continue;
            }
            match there.get(referent) {
                Some(_) if noted => prop_assert!(false, "{referent} is there\n{plan}"),
                Some(referred) if shown.is_observed() => {
                    prop_assert_eq!(shown.value().and_then(Value::as_target), Some(*referred), "{} {}", source, plan);
                }
                Some(_) => {}
                None => {
                    prop_assert!(noted, "{} is not there\n{}", referent, plan);
                    let written = plan.ready().iter().filter(|it| it.source == *source);
                    let mut fields = written.flat_map(|it| it.effect.field_changes());
                    prop_assert!(fields.all(|it| it.field != APPROVER), "{}", plan);
                }
            }
        }
    }

    /// Lets people and their supervisors come in any order, in any number of runs, under every ownership of the field.
    #[test]
    fn l39_whoever_comes_later_is_set_without_a_restart(
        supervisors in vec(option::of(any::<Index>()), 1..=8),
        arrivals in vec(0..4_usize, 8),
        owner in prop::sample::select(vec![Ownership::Enforce, Ownership::InitialOnly, Ownership::RespectLocal]),
    ) {
        let mut world = approving();
        world.policy.ownership.insert(APPROVER, owner);
        let people = supervisors.len();
        for run in 0..4 {
            for (who, supervisor) in supervisors.iter().enumerate().filter(|(who, _)| arrivals[*who] == run) {
                world.hire(&who.to_string(), "Søren Åkesson");
                match supervisor {
                    Some(index) => world.supervise(&index.index(people).to_string(), &who.to_string()),
                    None => world.empties(&who.to_string(), SUPERVISOR),
                }
            }
            let report = wait(world.sync_accounts());
            prop_assert!(report.is_success(), "{}", report);
        }
        for (who, supervisor) in supervisors.iter().enumerate() {
            let wanted = supervisor.map(|index| index.index(people).to_string());
            prop_assert_eq!(approver(&world, &who.to_string()), wanted);
        }
        prop_assert!(wait(world.plan_accounts()).is_empty());
    }

    /// Removes people at once who refer to each other, one after the other or in circles, and looks at the order.
    #[test]
    fn l39_who_refers_to_others_is_removed_before_them(
        supervisors in vec(option::of(any::<Index>()), 1..=8),
        leave in vec(any::<bool>(), 8),
    ) {
        let mut world = approving();
        world.policy.lifecycle.ended = EndAction::Remove;
        let people = supervisors.len();
        for (who, supervisor) in supervisors.iter().enumerate() {
            world.hire(&who.to_string(), "Søren Åkesson");
            if let Some(index) = supervisor {
                world.supervise(&index.index(people).to_string(), &who.to_string());
            }
        }
        wait(world.sync_accounts());
        (0..people).filter(|who| leave[*who]).for_each(|who| world.leave(&who.to_string()));
        let mut plan = wait(world.plan_accounts());
        let digest = plan.held_digest();
        plan.release(&digest).expect("the digest is its own");
        wait(world.apply(&plan, &world.accounts));

        let log = world.accounts.log();
        let removed = log.iter().filter(|it| it.class() == Class::Remove);
        let removed: Vec<usize> = removed.map(|it| it.source.as_str().parse().expect("a number")).collect();
        // The one who goes too, and to whom the account refers.
        let boss = |who: usize| {
            let boss = supervisors[who].map(|index| index.index(people));
            boss.filter(|boss| *boss != who && leave[*boss])
        };
        for (place, who) in removed.iter().enumerate() {
            let mut above = std::iter::successors(boss(*who), |who| boss(*who)).take(people);
            let is_in_circle = above.any(|it| it == *who);
            let is_before = boss(*who).is_none_or(|boss| !removed[..place].contains(&boss));
            prop_assert!(is_before || is_in_circle, "{:?}", removed);
        }
    }
}

/// A chain, and circles of one, two and three, all hired at once.
#[rstest]
#[case::a_chain(&["2", "3", "4", ""])]
#[case::their_own_supervisor(&["1"])]
#[case::a_circle_of_two(&["2", "1"])]
#[case::a_circle_of_three_and_one_more(&["2", "3", "1", "1"])]
fn l39_circles_block_nothing(#[case] supervisors: &[&str]) {
    let mut world = approving();
    for (who, supervisor) in (1..).zip(supervisors) {
        world.hire(&who.to_string(), "Søren Åkesson");
        if !supervisor.is_empty() {
            world.supervise(supervisor, &who.to_string());
        }
    }
    let report = wait(world.sync_accounts());
    assert!(report.is_success(), "{report}");
    for (who, supervisor) in (1..).zip(supervisors) {
        let wanted = Some((*supervisor).to_owned()).filter(|it| !it.is_empty());
        assert_eq!(approver(&world, &who.to_string()), wanted);
    }
    assert!(wait(world.plan_accounts()).is_empty());
}

/// A world whose product has approvers.
fn approving() -> World {
    let mut world = World::new();
    let mapping = world.account_policy.mapping;
    world.account_policy.mapping = mapping.with(APPROVER, Rule::Reference(SUPERVISOR));
    world
}

/// Whose account approves for a person.
fn approver(world: &World, id: &str) -> Option<String> {
    let rows = world.accounts.records();
    let carries = |id: &str| {
        let id = SourceId::new(id);
        rows.iter()
            .find(move |row| row.external_id.as_ref() == Some(&id))
    };
    let account = &carries(id).expect("the person has an account").record;
    let approver = account.get(&APPROVER).value().and_then(Value::as_target)?;
    let row = rows.iter().find(|row| row.id == *approver);
    row.and_then(|row| Some(row.external_id.as_ref()?.to_string()))
}

/// Everybody who should have an account with a reference that HR leads, and to whom it leads.
fn referring(scene: &Scene<Account>) -> Vec<(&SourceId, &SourceId)> {
    let owner = scene.policy.ownership.get(&APPROVER);
    if owner.is_some_and(|owner| *owner != Ownership::Enforce) {
        return Vec::new();
    }
    let wishes = scene.desired.wishes.iter();
    wishes
        .filter_map(|(source, wish)| Some((source, referent(wish)?)))
        .collect()
}

fn referent(wish: &Wish<Account>) -> Option<&SourceId> {
    let Wish::Present(account) = wish else {
        return None;
    };
    account.get(&APPROVER).value().and_then(Value::as_source)
}
