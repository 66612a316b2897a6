//! Who approves whose expenses: the product's field refers to another account.

use sync_core::{
    Account, Capabilities, Class, Clock as _, Rule, TargetId, UndoRequest, account::field,
    policy::EndAction, policy::Ownership, undo,
};

use crate::{scene::key, world::World};

const APPROVER: &str = "approver";

/// A company in which one leads the three others.
async fn led_by_one() -> World {
    let mut world = approving(World::new());
    for (id, name) in [
        ("1", "Łucja Wiśniewska"),
        ("2", "Søren Åkesson"),
        ("3", "Žofie Dvořáková"),
    ] {
        world.hire(id, name);
    }
    world.empties("1", "supervisor");
    world.supervise("1", "2");
    world.supervise("1", "3");
    world
}

fn approving(mut world: World) -> World {
    let mapping = world.account_policy.mapping;
    let supervisor = Rule::Reference("supervisor".into());
    world.account_policy.mapping = mapping.with(APPROVER, supervisor);
    world
}

fn approver(world: &World, account: &str) -> Option<TargetId> {
    let account = world.account(account);
    let value = account.get(&APPROVER.into()).value()?;
    value.as_target().cloned()
}

#[tokio::test]
async fn r4_a_new_company_has_its_approvers_after_one_run() {
    let mut world = led_by_one().await;
    // Who approves comes after those who need it.
    world.hire("4", "Aoife Brennan");
    world.supervise("4", "1");
    let plan = world.plan_accounts().await;
    insta::assert_snapshot!(plan, @r"
    account: 4 to create, 3 to refer
      create  1                     new in HR
      create  2                     new in HR
      create  3                     new in HR
      create  4                     new in HR
      refer   1                     new in HR: approver
      refer   2                     new in HR: approver
      refer   3                     new in HR: approver
    ");
    let report = world.apply(&plan, &world.accounts).await;
    insta::assert_snapshot!(report, @"account: 4 created, 3 referred");
    assert_eq!(approver(&world, "1"), Some("4".into()));
    assert_eq!(approver(&world, "2"), Some("1".into()));
    assert!(world.plan_accounts().await.is_empty());
}

#[tokio::test]
async fn r4_two_who_approve_for_each_other_are_no_trouble() {
    let mut world = approving(World::new());
    world.hire("1", "Łucja Wiśniewska");
    world.hire("2", "Søren Åkesson");
    world.supervise("2", "1");
    world.supervise("1", "2");
    assert!(world.sync_accounts().await.is_success());
    assert_eq!(approver(&world, "1"), Some("2".into()));
    assert_eq!(approver(&world, "2"), Some("1".into()));
}

#[tokio::test]
async fn r4_an_approver_who_comes_later_is_set_by_the_run_that_brings_them() {
    let mut world = led_by_one().await;
    world.supervise("7", "3");
    insta::assert_snapshot!(world.sync_accounts().await, @r"
    account: 3 created, 1 referred
      note 1             `approver` is 7 in HR, who is not in the product: 3
    ");
    assert_eq!(approver(&world, "3"), None);
    world.hire("7", "Ines Duarte");
    insta::assert_snapshot!(world.plan_accounts().await, @r"
    account: 1 to create, 1 to refer, 2 unchanged
      create  7                     new in HR
      refer   3          → 3        differs from HR: approver
    ");
    world.sync_accounts().await;
    assert_eq!(approver(&world, "3"), Some("4".into()));
}

#[tokio::test]
async fn r4_an_approver_who_leaves_is_replaced_before_the_account_goes() {
    let mut world = led_by_one().await;
    world.policy.lifecycle.ended = EndAction::Remove;
    world.sync_accounts().await;
    world.leave("1");
    world.supervise("2", "3");
    world.supervise("2", "2");
    let plan = world.plan_accounts().await;
    insta::assert_snapshot!(plan, @r"
    account: 2 to refer, 1 to remove
      refer   2          → 2        differs from HR: approver
      refer   3          → 3        differs from HR: approver
      remove  1          → 1        inactive in HR
    ");
    assert!(world.apply(&plan, &world.accounts).await.is_success());
    assert_eq!(approver(&world, "3"), Some("2".into()));
}

#[tokio::test]
async fn r4_an_approver_who_leaves_without_a_successor_clears_nothing() {
    let mut world = led_by_one().await;
    world.policy.lifecycle.ended = EndAction::Remove;
    world.sync_accounts().await;
    world.leave("1");
    world.sync_accounts().await;
    insta::assert_snapshot!(world.plan_accounts().await, @r"
    account: nothing to do, 2 unchanged, 1 skipped
      note 2             `approver` is 1 in HR, who is not in the product: 2, 3
      skipped 1          inactive in HR, and not here
    ");
    world.empties("2", "supervisor");
    insta::assert_snapshot!(world.plan_accounts().await, @r"
    account: 1 to clear, 1 unchanged, 1 skipped
      clear   2          → 2        differs from HR: approver
      note 1             `approver` is 1 in HR, who is not in the product: 3
      skipped 1          inactive in HR, and not here
    ");
}

#[tokio::test]
async fn r4_an_approver_chosen_in_the_product_is_put_back_or_kept_as_the_policy_says() {
    let mut world = led_by_one().await;
    world.enter("agency", "agency@example.com");
    world.sync_accounts().await;
    world.edit("2", |account| {
        account.with(APPROVER, TargetId::new("agency"))
    });
    insta::assert_snapshot!(world.plan_accounts().await.revealed(), @r"
    account: 1 to refer, 2 unchanged, 1 not from HR
      refer   2          → 2        differs from HR: approver agency → 1 in HR
    ");
    let owner = |owner| [(APPROVER.into(), owner)].into();
    world.policy.ownership = owner(Ownership::RespectLocal);
    assert!(world.plan_accounts().await.is_empty());
    // A new word of HR counts again.
    world.supervise("3", "2");
    assert_eq!(world.plan_accounts().await.ready()[0].class(), Class::Refer);
    world.policy.ownership = owner(Ownership::InitialOnly);
    assert!(world.plan_accounts().await.is_empty());
}

#[tokio::test]
async fn an_account_that_has_the_right_approver_already_is_adopted_as_it_is() {
    let mut world = led_by_one().await;
    world.supervise("1", "1");
    world.enter("a", "p1@example.com");
    world.enter("b", "p2@example.com");
    world.enter("c", "p3@example.com");
    world.edit("b", |account| account.with(APPROVER, TargetId::new("a")));
    let plan = world.plan_accounts().await;
    let referred = plan.ready().iter().filter(|it| it.class() == Class::Refer);
    let referred: Vec<&str> = referred.map(|it| it.source.as_str()).collect();
    assert_eq!(referred, ["1", "3"], "{plan}");
    world.sync_accounts().await;
    let next = world.plan_accounts().await;
    assert!(next.is_empty(), "{next}");
}

#[tokio::test]
async fn a_product_without_references_is_left_alone() {
    let without = Capabilities::all().without(Class::Refer);
    let mut world = approving(World::with_product(without));
    world.hire("1", "Łucja Wiśniewska");
    world.supervise("1", "1");
    assert!(world.sync_accounts().await.is_success());
    let plan = world.plan_accounts().await;
    insta::assert_snapshot!(plan.explain(&"1".into()), @"1: in HR and in the product, as 1. Nothing is done: the product has no way to let it refer to another.");
}

#[tokio::test]
async fn an_approver_is_taken_back_like_any_other_field() {
    let mut world = led_by_one().await;
    world.sync_accounts().await;
    world.supervise("3", "2");
    world.says("2", field::FIRST_NAME, "Sören");
    let plan = world.plan_accounts().await;
    let report = world.apply(&plan, &world.accounts).await;
    assert_eq!(approver(&world, "2"), Some("3".into()));
    let backwards = undo(&UndoRequest {
        plan: &plan,
        report: &report,
        existing: &world.accounts.records(),
        ledger: &world.remembers::<Account>().await,
        capabilities: &Capabilities::all(),
        policy: &world.policy,
        key: &key(),
        now: world.clock.now(),
    });
    insta::assert_snapshot!(backwards.plan.revealed(), @r"
    account: 1 to update, 1 to refer
      update  2          → 2        takes back an earlier run: first_name Sören → Søren
      refer   2          → 2        takes back an earlier run: approver 3 → 1
    ");
    assert!(
        world
            .apply(&backwards.plan, &world.accounts)
            .await
            .is_success()
    );
    assert_eq!(approver(&world, "2"), Some("1".into()));
}
