//! A plan meets a product that does not always do as it is told.

use std::time::Duration;

use rstest::rstest;
use sync_core::{
    Account, ApplyOptions, ChangeId, Clock as _, Fate, Fence, HoldReason, Lease, LeaseRequest,
    LeaseRow, Ledger, LedgerError, LedgerState, LedgerWrite, Plan,
    account::field,
    apply, async_trait,
    testing::{Fault, Flaky},
};

use crate::{scene::now, world::World};

/// Four new people, the plan that creates them, and the change for the second.
async fn four_hired() -> (World, Plan<Account>, ChangeId) {
    let mut world = World::new();
    for (id, name) in [
        ("1", "Ana Kos"),
        ("2", "Ben Aalto"),
        ("3", "Cleo Roux"),
        ("4", "Dag Vik"),
    ] {
        world.hire(id, name);
    }
    let plan = world.plan_accounts().await;
    let second = plan.ready()[1].id.clone();
    (world, plan, second)
}

#[tokio::test]
async fn a_rejected_record_does_not_stop_the_others() {
    let (world, plan, second) = four_hired().await;
    let product = Flaky::new(&world.accounts).failing_on(&second, Fault::Rejected);
    let report = world.apply(&plan, &product).await;
    insta::assert_snapshot!(report, @r"
    account: 3 created, 1 not made
      ! create 2: the product rejects the record: the test said so
    ");
    assert_eq!(world.accounts.records().len(), 3);
    insta::assert_snapshot!(world.plan_accounts().await, @r"
    account: 1 to create, 3 unchanged
      create  2                     new in HR
    ");
}

#[tokio::test]
async fn a_busy_product_is_asked_again_after_the_time_it_names() {
    let (world, plan, second) = four_hired().await;
    let busy = Fault::Busy(Duration::from_secs(90));
    let product = Flaky::new(&world.accounts).failing_on(&second, busy);
    let report = world.apply(&plan, &product).await;
    assert!(report.is_success(), "{report}");
    assert_eq!(world.clock.now() - now(), chrono::Duration::seconds(90));
}

#[tokio::test]
async fn a_product_that_stays_busy_is_left_for_the_next_run() {
    let (world, plan, second) = four_hired().await;
    let busy = Fault::Busy(Duration::ZERO);
    let product = Flaky::new(&world.accounts)
        .failing_on(&second, busy)
        .failing_on(&second, busy)
        .failing_on(&second, busy);
    let report = world.apply(&plan, &product).await;
    insta::assert_snapshot!(report, @r"
    account: 3 created, 1 not made
      ! create 2: the product cannot do it now: the test said so
    ");
    let waited = chrono::Duration::seconds(1 + 2);
    assert_eq!(world.clock.now() - now(), waited, "one second, then two");
    assert!(world.sync_accounts().await.is_success());
}

#[tokio::test]
async fn a_conflict_is_planned_anew() {
    let mut world = World::settled().await;
    world.says("1", field::FIRST_NAME, "Lucía");
    let plan = world.plan_accounts().await;
    world.edit("1", |account| account.with(field::FIRST_NAME, "Lucy"));
    insta::assert_snapshot!(world.apply(&plan, &world.accounts).await, @r"
    account: 3 unchanged, 1 not made
      ! update 1: the record has changed in the product since the plan was made
    ");
    world.sync_accounts().await;
    assert_eq!(world.account("1").text(&field::FIRST_NAME), Some("Lucía"));
}

#[tokio::test]
async fn a_product_that_is_down_ends_the_run() {
    let (world, plan, second) = four_hired().await;
    let product = Flaky::new(&world.accounts).failing_on(&second, Fault::Down);
    let report = world.apply(&plan, &product).await;
    insta::assert_snapshot!(report, @r"
    account: 1 created, 3 not made
      ! the run stopped: the product cannot be changed at all: the test said so
      ! create 2: the product cannot be changed at all: the test said so
      ! create 3: not tried
      ! create 4: not tried
    ");
    assert_eq!(report.changes[3].fate, Fate::NotTried);
    assert!(world.sync_accounts().await.is_success());
    assert_eq!(world.accounts.records().len(), 4);
}

#[tokio::test]
async fn a_ledger_that_cannot_write_stops_before_anything_is_done() {
    let (world, plan, _) = four_hired().await;
    let options = ApplyOptions::default();
    let lease = Lease::acquire(
        &FullLedger,
        "the sync",
        Duration::from_secs(600),
        &world.clock,
    )
    .await
    .expect("it is free");
    let report = apply(&plan, &world.accounts, &lease, &world.clock, &options).await;
    insta::assert_snapshot!(report, @r"
    account: 4 not made
      ! the run stopped: the ledger cannot be written: its storage does not answer: the disk is full
      ! create 1: not tried
      ! create 2: not tried
      ! create 3: not tried
      ! create 4: not tried
    ");
    assert!(world.accounts.log().is_empty());
}

#[tokio::test]
async fn only_the_later_changes_of_a_failed_record_wait() {
    let mut world = World::settled().await;
    world.says("1", field::FIRST_NAME, "Lucía");
    world.empties("1", field::LAST_NAME);
    world.empties("2", field::LAST_NAME);
    let plan = world.plan_accounts().await;
    let update = plan.ready()[0].id.clone();
    let product = Flaky::new(&world.accounts).failing_on(&update, Fault::Rejected);
    insta::assert_snapshot!(world.apply(&plan, &product).await, @r"
    account: 1 cleared, 2 unchanged, 2 not made
      ! update 1: the product rejects the record: the test said so
      ! clear 1: waits for an earlier change, which was not made
    ");
}

/// Each row: how many leave, and what the report counts beside those who stay.
#[rstest]
#[case::within_the_budget(3, 3, 0)]
#[case::over_the_budget(4, 0, 4)]
#[tokio::test]
async fn a_report_counts_what_waits(
    #[case] leavers: usize,
    #[case] made: usize,
    #[case] held: usize,
) {
    let mut world = World::settled().await;
    for person in ["1", "2", "3", "4"].into_iter().take(leavers) {
        world.leave(person);
    }
    let plan = world.plan_accounts().await;
    let over_budget = |reason: &HoldReason| matches!(reason, HoldReason::OverBudget { .. });
    assert!(plan.held().iter().all(|held| over_budget(&held.reason)));
    let report = world.apply(&plan, &world.accounts).await;
    assert_eq!(report.done().values().sum::<usize>(), made);
    assert_eq!((report.held, report.unchanged), (held, 4 - leavers));
}

/// Reads, and takes no writes.
struct FullLedger;

#[async_trait]
impl Ledger for FullLedger {
    async fn load(&self, _kind: &str) -> Result<LedgerState, LedgerError> {
        Ok(LedgerState::default())
    }

    async fn commit(
        &self,
        _fence: Fence,
        _kind: &str,
        _writes: &[LedgerWrite],
    ) -> Result<(), LedgerError> {
        Err(LedgerError::new("be written", "the disk is full"))
    }

    async fn lease(&self, request: &LeaseRequest) -> Result<LeaseRow, LedgerError> {
        request.answer(None)
    }
}
