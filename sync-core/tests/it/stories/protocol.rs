//! What the protocol shows, and how a ledger is mended.

use chrono::TimeDelta;
use sync_core::{Access, Account, Clock as _, Export, MemoryLedger, Record as _, history};

use crate::world::World;

#[tokio::test]
async fn s19_the_protocol_shows_two_months_and_joins_runs_with_nothing_to_do() {
    let mut world = World::settled().await;
    let start = world.clock.now();
    for _ in 0..3 {
        world.a_day_passes();
        world.sync_accounts().await;
    }
    world.leave("2");
    world.sync_accounts().await;

    let runs = history(&world.ledger, Account::KIND, start)
        .await
        .expect("memory can be read");
    let lines: Vec<String> = runs
        .iter()
        .map(|run| {
            let at = run.started_at.date_naive();
            format!(
                "{at} {} × {:?}: {:?} made, {} unchanged",
                run.times, run.outcome, run.made, run.unchanged
            )
        })
        .collect();
    insta::assert_snapshot!(lines.join("\n"), @r"
    2026-03-02 1 × Done: {Create: 4} made, 0 unchanged
    2026-03-03 3 × Done: {} made, 4 unchanged
    2026-03-05 1 × Done: {Lock: 1} made, 3 unchanged
    ");

    world.days_pass(70);
    world.sync_accounts().await;
    let runs = history(&world.ledger, Account::KIND, start)
        .await
        .expect("memory can be read");
    assert_eq!(runs.len(), 1, "what is older than two months is gone");
}

#[tokio::test]
async fn a_ledger_that_is_lost_is_found_anew_and_takes_nothing_away() {
    let mut world = World::settled().await;
    world.vanish("4");
    world
        .lease()
        .await
        .rebaseline(Account::KIND)
        .await
        .expect("memory takes every write");
    world.a_day_passes();
    insta::assert_snapshot!(world.sync_accounts().await, @"account: 3 adopted");
    assert_eq!(world.account("4").access(), Some(Access::Active));
}

#[tokio::test]
async fn what_a_restored_backup_would_take_away_is_looked_at_first() {
    let mut world = World::settled().await;
    let backup = Export::of(&world.ledger, &[Account::KIND])
        .await
        .expect("memory can be read");
    let backup = Export::from_json(&backup.to_json()).expect("it reads what it wrote");
    world.ledger = MemoryLedger::new();
    backup
        .restore(&world.lease().await)
        .await
        .expect("memory takes every write");

    world.leave("2");
    world.a_day_passes();
    insta::assert_snapshot!(world.sync_accounts().await, @"account: 3 unchanged, 1 held");
}

#[tokio::test]
async fn whoever_was_erased_comes_back_only_when_somebody_says_so() {
    let world = World::settled().await;
    let now = world.clock.now() + TimeDelta::hours(1);
    let lease = world.lease().await;
    let erased = lease
        .erase(Account::KIND, &"2".into(), &crate::scene::key(), now)
        .await;
    erased.expect("memory takes every write");
    world.accounts.take(&"2".into());

    insta::assert_snapshot!(world.plan_accounts().await, @r"
    account: nothing to do, 3 unchanged, 1 skipped
      skipped 1          removed after HR was read
    ");
    world.a_day_passes();
    insta::assert_snapshot!(world.plan_accounts().await, @r"
    account: 1 held, 3 unchanged
      held: was erased, and HR has the person again
      create  2                     came back to HR
      approve exactly these with 5d1ab87b2be7f075b5f4bdcfda3c0f52
    ");
}
