//! What the recorder tells of a run.

use sync_core::{
    Account, ApplyOptions, Coverage, Desired, Reconciler, Snapshot, employee,
    testing::{Fault, Flaky, FlakyLedger, LedgerFault, Recorder},
};

use crate::{
    scene::{key, lease, now, today},
    world::World,
};

#[tokio::test]
async fn a_recorder_tells_how_a_lost_answer_is_found() {
    let mut world = World::settled().await;
    world.hire("5", "Nikos Pappas");
    world.says("1", sync_core::account::field::FIRST_NAME, "Lucía");

    let recorder = Recorder::new();
    let flaky = Flaky::new(&world.accounts).failing_in_turn([None, Some(Fault::AnswerLost)]);
    let (target, ledger) = (recorder.target(&flaky), recorder.ledger(&world.ledger));
    let sync = Reconciler {
        target: &target,
        ledger: &ledger,
        policy: &world.policy,
        key: &key(),
    };
    for run in ["first run", "second run"] {
        recorder.note(run);
        let lease = lease(&ledger, &world.clock).await;
        let plan = sync.plan(&desired(&world)).await.expect("a plan");
        let options = ApplyOptions::default();
        sync.apply(&plan, &lease, &world.clock, &options).await;
    }
    insta::assert_snapshot!(recorder.take(), @r"
    first run
    ledger account: remembers 4 links
    product account: shows 4 records
    ledger account: remembers 4 links
    ledger account: intends to update 1, links 1 → 1
    product account: update 1 → 1 (first_name)
    ledger account: settles the change of 1, links 1 → 1
    ledger account: intends to create 5
    product account: create 5: the product did not answer, the change may have been made
    ledger account: notes failure 1 of 5
    ledger account: notes how the sync stands
    ledger account.runs: adds the run to the protocol, drops old runs from it
    second run
    ledger account: remembers 4 links
    product account: shows 5 records
    ledger account: remembers 4 links
    ledger account: links 5 → 5, settles the change of 5, forgets a failure
    ledger account: notes how the sync stands
    ledger account.runs: adds the run to the protocol, drops old runs from it
    ");
}

#[tokio::test]
async fn a_recorder_tells_that_a_row_was_not_written() {
    let mut world = World::settled().await;
    world.hire("5", "Nikos Pappas");

    let recorder = Recorder::new();
    let flaky = FlakyLedger::new(&world.ledger).failing_at(1, LedgerFault::Unwritten);
    let (target, ledger) = (recorder.target(&world.accounts), recorder.ledger(&flaky));
    let sync = Reconciler {
        target: &target,
        ledger: &ledger,
        policy: &world.policy,
        key: &key(),
    };
    let lease = lease(&ledger, &world.clock).await;
    let plan = sync.plan(&desired(&world)).await.expect("a plan");
    let report = sync
        .apply(&plan, &lease, &world.clock, &ApplyOptions::default())
        .await;
    recorder.note(report.to_string());
    insta::assert_snapshot!(recorder, @r"
    ledger account: remembers 4 links
    product account: shows 4 records
    ledger account: remembers 4 links
    ledger account: intends to create 5
    product account: create 5 → 5
    ledger account: does not hear: settles the change of 5, links 5 → 5; the ledger cannot be written: its storage does not answer
    ledger account: notes how the sync stands
    ledger account.runs: adds the run to the protocol, drops old runs from it
    account: 1 created, 4 unchanged
      ! the run stopped: the ledger cannot be written: its storage does not answer: the test said so
    ");
}

fn desired(world: &World) -> Desired<Account> {
    let snapshot = Snapshot::whole(Coverage::All, world.people.clone(), now());
    employee::desire(&snapshot, &world.account_policy, today())
}
