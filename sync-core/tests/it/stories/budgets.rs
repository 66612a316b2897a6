//! What adds up over several runs, what a person approved, and what follows from new settings.

use std::num::NonZeroU32;

use chrono::TimeDelta;
use sync_core::{
    Access, Account, Budget, Clock as _, Record as _, SourceId,
    account::field,
    employee::attribute,
    policy::EndAction,
    testing::{Fault, Flaky},
};

use crate::world::World;

async fn company_of(people: usize) -> World {
    let mut world = World::new();
    for person in 1..=people {
        world.hire(&person.to_string(), "Ana Kovač");
    }
    world.sync_accounts().await;
    world
}

#[tokio::test]
async fn x3_leavers_in_small_numbers_add_up() {
    let mut world = company_of(12).await;
    for person in ["1", "2", "3"] {
        world.leave(person);
        world.a_day_passes();
        assert!(world.sync_accounts().await.is_success());
    }
    world.leave("4");
    world.a_day_passes();
    insta::assert_snapshot!(world.plan_accounts().await, @r"
    account: 1 held, 11 unchanged
      held: 1 to lock after 3 in the last 168 hours, 3 are allowed in all without approval
      lock    4          → 7        inactive in HR: access
      approve exactly these with a4e04afcc63a5f3435428250c0284733
    ");

    // A week after the first one there is room again.
    world.days_pass(5);
    insta::assert_snapshot!(world.sync_accounts().await, @"account: 1 locked, 11 unchanged");
}

#[tokio::test]
async fn what_was_certainly_not_made_leaves_room_for_others() {
    let mut world = company_of(12).await;
    for person in ["1", "2", "3"] {
        world.leave(person);
    }
    let plan = world.plan_accounts().await;
    let refusing = Flaky::new(&world.accounts).failing_in_turn([Some(Fault::Rejected); 3]);
    insta::assert_snapshot!(world.apply(&plan, &refusing).await, @r"
    account: 9 unchanged, 3 not made
      ! lock 1: the product rejects the record: the test said so
      ! lock 2: the product rejects the record: the test said so
      ! lock 3: the product rejects the record: the test said so
    ");
    let remembered = world.remembers::<Account>().await;
    assert!(remembered.executed.is_empty(), "nobody lost anything");
}

#[tokio::test]
async fn an_approval_in_the_ledger_lets_exactly_its_list_pass_and_makes_no_room_for_more() {
    let mut world = company_of(12).await;
    for person in ["1", "2", "3", "4", "5"] {
        world.leave(person);
    }
    let plan = world.plan_accounts().await;
    let now = world.clock.now();
    let approval = plan
        .approve(
            &plan.held_digest(),
            "admin 7",
            now,
            now + TimeDelta::days(2),
        )
        .expect("exactly these are waiting");
    let lease = world.lease().await;
    lease
        .commit(Account::KIND, &approval.writes())
        .await
        .expect("memory takes every write");
    insta::assert_snapshot!(world.sync_accounts().await, @"account: 5 locked, 7 unchanged");

    for person in ["6", "7", "8", "9"] {
        world.leave(person);
    }
    world.a_day_passes();
    assert_eq!(world.plan_accounts().await.held().len(), 4);

    // Whoever comes back is locked again only if that is approved again, or within the budget.
    assert!(world.remembers::<Account>().await.approvals.is_empty());
}

#[tokio::test]
async fn what_waits_while_the_settings_change_is_looked_at_first() {
    let mut world = World::settled().await;
    world.policy.lifecycle.ended = EndAction::Remove;
    world.leave("2");
    world.says("3", field::FIRST_NAME, "Sofie");
    insta::assert_snapshot!(world.plan_accounts().await, @r"
    account: 1 to update, 1 held, 2 unchanged
      update  3          → 3        differs from HR: first_name
      held: the settings have changed since the last run
      remove  2          → 2        inactive in HR
      approve exactly these with a5e7714b4d34d4b52936bb352558665d
    ");
    world.sync_accounts().await;
    assert_eq!(world.account("2").access(), Some(Access::Active));

    let mut plan = world.plan_accounts().await;
    let looked_at = plan.held_digest();
    plan.release(&looked_at).expect("exactly these are waiting");
    world.apply(&plan, &world.accounts).await;
    world.leave("1");
    insta::assert_snapshot!(world.sync_accounts().await, @"account: 1 removed, 2 unchanged, 1 skipped");
}

#[tokio::test]
async fn a_plan_that_waited_too_long_takes_no_more_than_is_left() {
    let mut world = company_of(12).await;
    for person in ["1", "2", "3"] {
        world.leave(person);
    }
    let old = world.plan_accounts().await;
    for person in ["1", "2", "3"] {
        world.says(person, attribute::STATUS, "active");
    }
    for person in ["4", "5", "6"] {
        world.leave(person);
    }
    assert!(world.sync_accounts().await.is_success());
    insta::assert_snapshot!(world.apply(&old, &world.accounts).await, @r"
    account: 9 unchanged, 3 not made
      ! lock 1: the budget is used up by now, or the approval has ended
      ! lock 2: the budget is used up by now, or the approval has ended
      ! lock 3: the budget is used up by now, or the approval has ended
    ");
}

#[tokio::test]
async fn a_status_that_nobody_may_read_is_told() {
    let mut world = World::settled().await;
    world.withhold(attribute::STATUS);
    insta::assert_snapshot!(world.plan_accounts().await, @r"
    account: nothing to do, 4 skipped
      ! nothing can be decided about 4: HR does not say its status, or in an unknown word
      note 4             HR does not say its status, or in an unknown word: 1, 2, 3, 4
    ");
    assert!(
        world
            .plan_accounts()
            .await
            .explanations()
            .contains_key(&SourceId::new("1"))
    );
}

/// A few invitations or desks do no harm, however small the company is.
#[test]
fn a_budget_may_let_a_few_pass_even_if_they_are_all() {
    let three = NonZeroU32::new(3).expect("3 is not 0");
    let never_all = Budget::new(three, 20);
    let even_all = never_all.even_all();
    for (owned, fewer, all) in [
        (0, 0, 3),
        (1, 1, 3),
        (2, 1, 3),
        (3, 2, 3),
        (10, 3, 3),
        (100, 20, 20),
    ] {
        assert_eq!(
            (never_all.of(owned), even_all.of(owned)),
            (fewer, all),
            "of {owned}"
        );
    }
}

/// Each of two lists was looked at by itself; together they are a third one.
#[tokio::test]
async fn two_approved_lists_do_not_add_up_to_one() {
    let mut world = company_of(12).await;
    for leavers in [["1", "2", "3", "4"], ["5", "6", "7", "8"]] {
        leavers.iter().for_each(|person| world.leave(person));
        let plan = world.plan_accounts().await;
        let now = world.clock.now();
        let until = now + TimeDelta::days(2);
        let approval = plan.approve(&plan.held_digest(), "admin 7", now, until);
        let approval = approval.expect("exactly these are waiting");
        let lease = world.lease().await;
        let kept = lease.commit(Account::KIND, &approval.writes()).await;
        kept.expect("memory takes every write");
        // They think better of it before the next run.
        leavers
            .iter()
            .for_each(|person| world.says(person, attribute::STATUS, "active"));
    }
    for person in ["1", "2", "3", "4", "5", "6", "7", "8"] {
        world.leave(person);
    }
    insta::assert_snapshot!(world.sync_accounts().await, @"account: 4 unchanged, 8 held");
}
