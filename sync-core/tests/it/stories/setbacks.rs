//! A record that fails again and again is tried more and more seldom, and hinders nobody.

use std::time::Duration;

use rstest::rstest;
use sync_core::{
    Access, Account, Class, Report, SourceId,
    account::field,
    employee::{BeforeStart, attribute},
};

use crate::{disturbance::Refusing, scene::day, world::World};

async fn a_run(world: &World) -> Report {
    let plan = world.plan_accounts().await;
    let product = Refusing {
        product: &world.accounts,
        source: &SourceId::new("1"),
        class: Some(Class::Update),
    };
    world.apply(&plan, &product).await
}

fn minutes_pass(world: &World, minutes: u64) {
    world.clock.advance(Duration::from_secs(60 * minutes));
}

#[tokio::test]
async fn a_name_that_is_refused_is_tried_more_and_more_seldom() {
    let mut world = World::settled().await;
    world.says("1", field::FIRST_NAME, "Ł".repeat(300));
    let mut tried = Vec::new();
    for minute in 0..200 {
        if !a_run(&world).await.changes.is_empty() {
            tried.push(minute);
        }
        minutes_pass(&world, 1);
    }
    assert_eq!(tried, [0, 1, 11, 31, 71, 151]);
    insta::assert_snapshot!(world.plan_accounts().await, @r"
    account: nothing to do, 3 unchanged, 1 skipped
      skipped 1          failed in 6 runs, tried again after 2026-03-02 14:11 UTC
    ");
}

#[tokio::test]
async fn s18_after_a_week_it_is_given_up_until_hr_says_something_else() {
    let mut world = World::settled().await;
    world.says("1", field::FIRST_NAME, "Ł".repeat(300));
    for _ in 0..9 {
        a_run(&world).await;
        world.a_day_passes();
    }
    insta::assert_snapshot!(world.plan_accounts().await, @r"
    account: nothing to do, 3 unchanged, 1 skipped
      skipped 1          failed in 7 runs since 2026-03-02, not tried again until HR says something else
    ");

    world.says("1", field::FIRST_NAME, "Lucía");
    assert!(world.sync_accounts().await.is_success());
    assert!(world.remembers::<Account>().await.setbacks.is_empty());
}

/// Each row: who leaves, the one whose name is refused or another.
#[rstest]
#[case::the_one_who_fails("1")]
#[case::somebody_else("2")]
#[tokio::test]
async fn a_refused_name_lets_nobody_keep_access(#[case] leaver: &str) {
    let mut world = World::settled().await;
    world.says("1", field::FIRST_NAME, "Ł".repeat(300));
    a_run(&world).await;
    a_run(&world).await;
    world.leave(leaver);
    a_run(&world).await;
    assert_eq!(world.account(leaver).access(), Some(Access::Locked));
}

#[tokio::test]
async fn access_is_taken_even_where_the_same_run_refuses_a_name() {
    let mut world = World::settled().await;
    world.says("1", field::FIRST_NAME, "Ł".repeat(300));
    world.account_policy.access.before_start = BeforeStart::Staged;
    world.says("1", attribute::HIRE_DATE, day(20));
    insta::assert_snapshot!(a_run(&world).await, @r"
    account: 1 locked, 3 unchanged, 1 not made
      ! update 1: the product rejects the record
    ");
}

#[tokio::test]
async fn what_the_product_accepts_in_the_end_is_forgotten() {
    let mut world = World::settled().await;
    world.says("1", field::FIRST_NAME, "Lucía");
    a_run(&world).await;
    assert_eq!(world.remembers::<Account>().await.setbacks.len(), 1);
    assert!(world.sync_accounts().await.is_success());
    assert!(world.remembers::<Account>().await.setbacks.is_empty());
}
