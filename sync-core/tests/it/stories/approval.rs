//! What must wait until a person has looked at it.

use std::collections::BTreeSet;

use sync_core::{
    Access, Mapping, OtherChanges, Rule, SourceId, account::field, employee::attribute,
    policy::EndAction,
};

use crate::world::World;

#[tokio::test]
async fn too_many_leavers_wait_for_approval() {
    let mut world = World::settled().await;
    for person in ["1", "2", "3", "4"] {
        world.leave(person);
    }
    let mut plan = world.plan_accounts().await;
    insta::assert_snapshot!(plan, @r"
    account: 4 held
      held: 4 to lock, 3 are allowed without approval
      lock    1          → 1        inactive in HR: access
      lock    2          → 2        inactive in HR: access
      lock    3          → 3        inactive in HR: access
      lock    4          → 4        inactive in HR: access
      approve exactly these with 23f5e2214929988e90d06e27643c6f46
    ");
    assert!(plan.ready().is_empty());

    let looked_at = plan.held_digest();
    plan.release(&looked_at).expect("exactly these are waiting");
    insta::assert_snapshot!(plan, @r"
    account: 4 to lock
      lock    1          → 1        inactive in HR: access
      lock    2          → 2        inactive in HR: access
      lock    3          → 3        inactive in HR: access
      lock    4          → 4        inactive in HR: access
    ");
    world.apply(&plan, &world.accounts).await;
    assert_eq!(world.account("4").access(), Some(Access::Locked));
}

#[tokio::test]
async fn what_is_harmless_goes_on_while_leavers_wait() {
    let mut world = World::settled().await;
    for person in ["1", "2", "3", "4"] {
        world.leave(person);
    }
    world.hire("5", "Nikos Pappas");
    insta::assert_snapshot!(world.sync_accounts().await, @"account: 1 created, 4 held");
}

#[tokio::test]
async fn an_approval_is_for_one_list_only() {
    let mut world = World::settled().await;
    world.hire("5", "Nikos Pappas");
    world.sync_accounts().await;
    for person in ["1", "2", "3", "4"] {
        world.leave(person);
    }
    let looked_at = world.plan_accounts().await.held_digest();
    world.a_day_passes();
    let mut next_day = world.plan_accounts().await;
    assert_eq!(
        next_day.held_digest(),
        looked_at,
        "the same list waits for as long as it takes"
    );

    world.leave("5");
    let mut plan = world.plan_accounts().await;
    let before = plan.clone();
    assert_eq!(plan.release(&looked_at), Err(OtherChanges));
    assert_eq!(plan, before);
    assert!(next_day.release(&looked_at).is_ok());
}

#[tokio::test]
async fn an_empty_answer_takes_nothing_away_however_often_it_comes() {
    let mut world = World::settled().await;
    let people = std::mem::take(&mut world.people);
    world.a_day_passes();
    let first = world.plan_accounts().await;
    insta::assert_snapshot!(first, @r"
    account: 4 held
      ! HR sent nothing that can be read, though there was something before: nothing is taken away
      held: HR sent nothing that can be read, though there was something before
      lock    1          → 1        missing from a complete snapshot: access
      lock    2          → 2        missing from a complete snapshot: access
      lock    3          → 3        missing from a complete snapshot: access
      lock    4          → 4        missing from a complete snapshot: access
      approve exactly these with 73ed9ad172f4589fa948d91be7c72c13
    ");
    world.sync_accounts().await;
    world.a_day_passes();
    let second = world.plan_accounts().await;
    assert_eq!(second.held_digest(), first.held_digest());
    world.sync_accounts().await;
    assert_eq!(world.account("1").access(), Some(Access::Active));

    // The empty answers are no part of the proof against somebody whom a good answer lacks.
    world.people = people;
    world.people.remove(&SourceId::new("1"));
    world.a_day_passes();
    insta::assert_snapshot!(world.plan_accounts().await, @r"
    account: nothing to do, 3 unchanged, 1 skipped
      skipped 1          missing from 1 of the 2 complete snapshots that it takes
    ");
}

#[tokio::test]
async fn leaving_the_scope_is_not_leaving_the_company() {
    let mut world = World::settled().await;
    world.says("3", attribute::LEGAL_ENTITY, "Südwind SARL");
    let ours = BTreeSet::from(["Nordlicht GmbH".to_owned()]);
    world.account_policy.scope.legal_entities = Some(ours);
    insta::assert_snapshot!(world.plan_accounts().await, @r"
    account: nothing to do, 3 unchanged, 1 skipped
      skipped 1          the policy leaves it as it is
    ");

    world.policy.lifecycle.descoped = EndAction::Lock;
    insta::assert_snapshot!(world.plan_accounts().await, @r"
    account: 1 held, 3 unchanged
      held: no longer takes part, which a person must confirm
      lock    3          → 3        no longer takes part: access
      approve exactly these with 0759ee9dbbf9a0a6217a146176252fb4
    ");
}

/// Everybody left at once: more likely HR shows something else than before, or the setting is wrong.
#[tokio::test]
async fn nearly_everybody_outside_of_the_scope_is_worth_an_alarm() {
    let mut world = World::settled().await;
    for person in ["1", "2", "3", "4"] {
        world.empties(person, attribute::LEGAL_ENTITY);
    }
    let ours = BTreeSet::from(["Nordlicht GmbH".to_owned()]);
    world.account_policy.scope.legal_entities = Some(ours);
    insta::assert_snapshot!(world.plan_accounts().await, @r"
    account: nothing to do, 4 skipped
      ! 4 take part no more, nearly all there are: its legal entity does not take part
      skipped 4          the policy leaves it as it is
    ");
}

#[tokio::test]
async fn names_that_go_for_everybody_wait_for_approval() {
    let mut world = World::settled().await;
    for person in ["1", "2", "3", "4"] {
        world.empties(person, field::LAST_NAME);
    }
    insta::assert_snapshot!(world.plan_accounts().await, @r"
    account: 4 held
      ! HR shows `last_name` for hardly anybody any more; may the credential still read it?
      held: nearly everybody would lose `last_name`, as when the credential may no longer read it
      clear   1          → 1        differs from HR: last_name
      clear   2          → 2        differs from HR: last_name
      clear   3          → 3        differs from HR: last_name
      clear   4          → 4        differs from HR: last_name
      approve exactly these with 8d29234b8ad5850397038eeeb5c1770c
    ");
}

#[tokio::test]
async fn many_fields_that_go_one_by_one_wait_too() {
    let mut world = World::settled().await;
    world.empties("1", field::LAST_NAME);
    world.empties("2", field::LAST_NAME);
    world.empties("3", field::FIRST_NAME);
    world.empties("4", field::FIRST_NAME);
    insta::assert_snapshot!(world.plan_accounts().await, @r"
    account: 4 held
      held: 4 to clear, 3 are allowed without approval
      clear   1          → 1        differs from HR: last_name
      clear   2          → 2        differs from HR: last_name
      clear   3          → 3        differs from HR: first_name
      clear   4          → 4        differs from HR: first_name
      approve exactly these with ad50bd3316d6095df2dc79984c6677d6
    ");
}

/// Three may lose their desk; four may not lose their phone, whatever else they lose.
#[tokio::test]
async fn the_field_that_goes_for_too_many_is_named() {
    let mut world = World::new();
    for attribute in ["desk", "phone"] {
        let mapping = std::mem::replace(&mut world.account_policy.mapping, Mapping::empty());
        let copied = mapping.with(attribute, Rule::Attribute(attribute.into()));
        world.account_policy.mapping = copied;
    }
    for person in 1..=10 {
        let person = person.to_string();
        world.hire(&person, "Ana Kovač");
        world.says(&person, "desk", "A 7");
        world.says(&person, "phone", "0100");
    }
    world.sync_accounts().await;
    for person in ["1", "2", "3", "4"] {
        world.empties(person, "phone");
    }
    for person in ["1", "2", "3"] {
        world.empties(person, "desk");
    }
    insta::assert_snapshot!(world.plan_accounts().await, @r"
    account: 4 held, 6 unchanged
      held: 4 would lose `phone`, 3 are allowed without approval
      clear   1          → 1        differs from HR: desk, phone
      clear   2          → 3        differs from HR: desk, phone
      clear   3          → 4        differs from HR: desk, phone
      clear   4          → 5        differs from HR: phone
      approve exactly these with 7d6fc8b20e84d660c2bee03c43f7fa0b
    ");
}

#[tokio::test]
async fn a_released_record_is_explained_by_all_its_changes() {
    let mut world = World::settled().await;
    for person in ["1", "2", "3", "4"] {
        world.says(person, field::FIRST_NAME, "Kim");
        world.empties(person, field::LAST_NAME);
    }
    let mut plan = world.plan_accounts().await;
    let digest = plan.held_digest();
    plan.release(&digest).expect("exactly these are waiting");
    insta::assert_debug_snapshot!(plan.explanations()[&"1".into()].outcome, @r"
    Planned(
        [
            Update,
            Clear,
        ],
    )
    ");
}

#[tokio::test]
async fn leavers_who_are_locked_already_do_not_widen_the_budget() {
    let mut world = World::new();
    for person in 1..=7 {
        world.hire(&person.to_string(), "Ana Kovač");
    }
    world.sync_accounts().await;
    for leavers in [["1", "2", "3"].as_slice(), &["4", "5"]] {
        leavers.iter().for_each(|person| world.leave(person));
        world.sync_accounts().await;
        world.days_pass(8);
    }

    // Two are left, so only one of them may go unasked, however many went before.
    world.leave("6");
    world.leave("7");
    let plan = world.plan_accounts().await;
    assert!(plan.ready().is_empty(), "{plan}");
    assert_eq!(plan.held().len(), 2);
}

#[tokio::test]
async fn a_product_that_shows_nobody_is_not_filled_anew() {
    let world = World::settled().await;
    for existing in world.accounts.records() {
        world.accounts.take(&existing.id);
    }
    let plan = world.plan_accounts().await;
    assert!(plan.ready().is_empty(), "{plan}");
    assert!(
        plan.to_string()
            .contains("held: the product lost 4 at once, 3 are created anew"),
        "{plan}"
    );
}

/// Whoever is new has nothing to do with what the product lost.
#[tokio::test]
async fn a_product_that_lost_too_many_still_takes_a_newcomer() {
    let mut world = World::settled().await;
    for existing in world.accounts.records() {
        world.accounts.take(&existing.id);
    }
    world.hire("5", "Ana Kos");
    insta::assert_snapshot!(world.plan_accounts().await, @r"
    account: 1 to create, 4 held
      create  5                     new in HR
      held: the product lost 4 at once, 3 are created anew without approval
      create  1                     lost in the product
      create  2                     lost in the product
      create  3                     lost in the product
      create  4                     lost in the product
      approve exactly these with 561e3e81dd146cc109af29b27a9febec
    ");
}
