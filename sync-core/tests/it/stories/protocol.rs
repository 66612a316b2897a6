//! What the protocol shows, and how a ledger is mended.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use sync_core::{
    Access, Account, ApprovedChange, ChangeId, Class, Clock as _, Digest, ErasedId, Executed,
    Export, Intent, Invitation, LedgerErrorClass, LedgerState, LedgerWrite, Link, MemoryLedger,
    Origin, Pulse, Record as _, RowChange, Setback, SourceId, Tombstone, Watermark,
    employee::attribute,
    history,
    policy::{EndAction, ReturnAction},
};

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

/// Whom the sync removed does not come back because the links are gone.
#[tokio::test]
async fn a_ledger_that_is_found_anew_remembers_whom_it_removed() {
    let mut world = World::settled().await;
    world.policy.lifecycle.ended = EndAction::Remove;
    world.policy.lifecycle.returned = ReturnAction::Leave;
    world.sync_accounts().await;
    world.leave("4");
    world.sync_accounts().await;
    let rebaselined = world.lease().await.rebaseline(Account::KIND).await;
    rebaselined.expect("memory takes every write");
    let remembered = world.remembers::<Account>().await;
    assert!(!remembered.executed.is_empty(), "it counts still");
    world.says("4", attribute::STATUS, "active");
    insta::assert_snapshot!(world.plan_accounts().await, @r"
    account: 3 to adopt, 1 skipped
      adopt   1          → 1        carries the id of HR
      adopt   2          → 2        carries the id of HR
      adopt   3          → 3        carries the id of HR
      skipped 1          the policy leaves it as it is
    ");
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

/// A state with one row of everything for each of these people.
fn rows_of(people: [&str; 2]) -> LedgerState {
    let (at, digest) = (crate::scene::now(), Digest::of);
    let mut state = LedgerState::default();
    for id in people {
        let source = SourceId::new(id);
        let change = ChangeId::from(id);
        let rows = [
            LedgerWrite::Link(source.clone(), link(id)),
            LedgerWrite::Bury(
                source.clone(),
                Tombstone {
                    at,
                    generation: 0,
                    lost: false,
                },
            ),
            LedgerWrite::Intend(
                change.clone(),
                Intent {
                    source: source.clone(),
                    class: Class::Lock,
                    at,
                    attempt: 0,
                    generation: 0,
                    agreed: BTreeMap::new(),
                    origin: Origin::Created,
                    awaits_invitation: false,
                },
            ),
            LedgerWrite::Count(
                change.clone(),
                Executed {
                    class: Class::Lock,
                    at,
                },
            ),
            LedgerWrite::Fail(
                digest(id),
                Setback {
                    source: source.clone(),
                    attempts: 1,
                    since: at,
                    not_before: at,
                },
            ),
            LedgerWrite::Invite(
                change.clone(),
                Invitation {
                    source: source.clone(),
                    generation: 0,
                    template: "welcome".to_owned(),
                    at,
                },
            ),
            LedgerWrite::Approve(
                digest(id),
                ApprovedChange {
                    list: digest("list"),
                    source,
                    by: "admin 7".to_owned(),
                    at,
                    until: at,
                },
            ),
        ];
        rows.iter().for_each(|write| state.apply(write));
    }
    state
}

fn link(target: &str) -> Link {
    Link {
        target: target.into(),
        generation: 0,
        revision: 0,
        agreed: BTreeMap::new(),
        missing: None,
        origin: Origin::Created,
        locked: None,
        awaits_invitation: false,
    }
}

#[test]
fn an_erasure_forgets_every_row_of_one_person_and_no_row_of_another() {
    let mut state = rows_of(["1", "2"]);
    let key = crate::scene::key();
    for write in state.erasure(Account::KIND, &"1".into(), &key, crate::scene::now()) {
        state.apply(&write);
    }
    let erased = std::mem::take(&mut state.erased);
    assert_eq!(erased.len(), 1, "only a keyed hash is left");
    let mut left = rows_of(["2", "2"]);
    // What was taken away counts for the budgets still, under a hash.
    left.executed = rows_of(["1", "2"]).executed;
    assert_eq!(state, left);
}

/// A storage of rows remembers what one in memory does.
#[tokio::test]
async fn every_row_is_read_as_it_was_written() {
    let world = World::settled().await;
    let at = world.clock.now();
    let run = history(&world.ledger, Account::KIND, at).await;
    let run = run.expect("memory can be read").remove(0);
    let erased = ErasedId::of(&crate::scene::key(), Account::KIND, &"3".into());
    let tombstone = Tombstone {
        at,
        generation: 4,
        lost: true,
    };
    let pulse = Pulse {
        runs: 7,
        complete_at: Some(at),
        last: Some(run.clone()),
    };
    let mut state = rows_of(["1", "2"]);
    let mut writes = state.writes();
    writes.extend([
        LedgerWrite::Erase(erased, tombstone),
        LedgerWrite::Settings(Digest::of("settings")),
        LedgerWrite::Watermark(Watermark::new(at)),
        LedgerWrite::Pulse(Box::new(pulse)),
        LedgerWrite::Run(Box::new(run)),
        LedgerWrite::Format(2),
    ]);
    let mut read = LedgerState::default();
    for write in &writes {
        state.apply(write);
        let row = write.row();
        let RowChange::Put(text) = &row.change else {
            panic!("{} is taken back", row.slot);
        };
        let is_read = read.read(row.slot, &row.key, text);
        is_read.expect("it was written just now");
    }
    assert_eq!(read, state);
}

#[test]
fn rows_of_a_newer_program_are_not_guessed_at() {
    for (slot, value) in [("format", "3"), ("horoscope", "{}")] {
        let error = LedgerState::default().read(slot, "", value);
        let class = error.map_err(|error| error.class());
        assert_eq!(class, Err(LedgerErrorClass::NewerFormat), "{slot}");
    }
}
