//! People come, change, go, and come back.

use chrono::NaiveDate;
use rstest::rstest;
use sync_core::{
    Access, Account, Clock as _, Completeness, Coverage, Gap, Plan, Situation, Snapshot, SourceId,
    Tally, TargetId,
    account::field,
    employee::attribute,
    policy::{EndAction, LostAction, ReturnAction},
};

use crate::{scene::day, world::World};

#[tokio::test]
async fn a_first_sync_creates_everybody() {
    let mut world = World::new();
    world.hire("1", "Łucja Wiśniewska");
    world.hire("2", "Søren Åkesson");
    let plan = world.plan_accounts().await;
    insta::assert_snapshot!(plan, @r"
    account: 2 to create
      create  1                     new in HR
      create  2                     new in HR
    ");
    insta::assert_snapshot!(plan.revealed(), @r"
    account: 2 to create
      create  1                     new in HR: access active, email p1@example.com, first_name Łucja, last_name Wiśniewska
      create  2                     new in HR: access active, email p2@example.com, first_name Søren, last_name Åkesson
    ");
    world.sync_accounts().await;
    insta::assert_snapshot!(world.plan_accounts().await, @"account: nothing to do, 2 unchanged");
}

#[tokio::test]
async fn a_new_name_is_an_update() {
    let mut world = World::settled().await;
    world.says("3", field::LAST_NAME, "Dvořáková-Lindqvist");
    insta::assert_snapshot!(world.plan_accounts().await.revealed(), @r"
    account: 1 to update, 3 unchanged
      update  3          → 3        differs from HR: last_name Dvořáková → Dvořáková-Lindqvist
    ");
}

#[tokio::test]
async fn a_leaver_is_locked_and_not_removed() {
    let mut world = World::settled().await;
    world.leave("2");
    insta::assert_snapshot!(world.plan_accounts().await, @r"
    account: 1 to lock, 3 unchanged
      lock    2          → 2        inactive in HR: access
    ");
    world.sync_accounts().await;
    assert_eq!(world.account("2").access(), Some(Access::Locked));
    insta::assert_snapshot!(world.plan_accounts().await, @"account: nothing to do, 4 unchanged");
}

#[tokio::test]
async fn somebody_who_left_before_the_first_sync_gets_nothing() {
    let mut world = World::new();
    world.hire("1", "Łucja Wiśniewska");
    world.leave("1");
    insta::assert_snapshot!(world.plan_accounts().await, @r"
    account: nothing to do, 1 skipped
      skipped 1          inactive in HR, and not here
    ");
}

#[tokio::test]
async fn somebody_who_is_missing_once_is_waited_for() {
    let mut world = World::settled().await;
    world.a_day_passes();
    world.vanish("2");
    insta::assert_snapshot!(world.plan_accounts().await, @r"
    account: nothing to do, 3 unchanged, 1 skipped
      skipped 1          missing from 1 of the 2 complete snapshots that it takes
    ");
}

#[tokio::test]
async fn somebody_who_is_missing_twice_is_locked() {
    let mut world = World::settled().await;
    world.vanish("2");
    world.a_day_passes();
    world.sync_accounts().await;
    insta::assert_snapshot!(world.plan_accounts().await, @r"
    account: nothing to do, 3 unchanged, 1 skipped
      skipped 1          missing from 1 of the 2 complete snapshots that it takes
    ");
    world.a_day_passes();
    insta::assert_snapshot!(world.plan_accounts().await, @r"
    account: 1 to lock, 3 unchanged
      lock    2          → 2        missing from 2 complete snapshots since 2026-03-03: access
    ");
    world.sync_accounts().await;
    assert_eq!(world.account("2").access(), Some(Access::Locked));
}

#[tokio::test]
async fn whoever_reappears_under_a_new_name_is_counted_from_the_beginning() {
    let mut world = World::settled().await;
    let person = world.vanish("2");
    world.a_day_passes();
    world.sync_accounts().await;

    world.people.insert("2".into(), person);
    world.says("2", field::LAST_NAME, "Åkesson-Mårtensson");
    world.a_day_passes();
    world.sync_accounts().await;

    world.vanish("2");
    world.a_day_passes();
    insta::assert_snapshot!(world.plan_accounts().await, @r"
    account: nothing to do, 3 unchanged, 1 skipped
      skipped 1          missing from 1 of the 2 complete snapshots that it takes
    ");
}

#[tokio::test]
async fn nobody_goes_missing_from_an_incomplete_answer() {
    let mut world = World::settled().await;
    world.vanish("2");
    world.gaps = vec![Gap::StoppedEarly];
    for _ in 0..3 {
        world.a_day_passes();
        world.sync_accounts().await;
    }
    insta::assert_snapshot!(world.plan_accounts().await, @r"
    account: nothing to do, 3 unchanged, 1 skipped
      ! the answer of HR is not known to be whole, so nothing that it lacks is taken away; reading ended early
      skipped 1          HR was not asked about it, or the answer is not known to be whole
    ");
    assert_eq!(world.account("2").access(), Some(Access::Active));
}

#[tokio::test]
async fn an_account_that_the_product_lost_is_created_again() {
    let world = World::settled().await;
    world.accounts.take(&TargetId::new("3"));
    insta::assert_snapshot!(world.plan_accounts().await, @r"
    account: 1 to create, 3 unchanged
      create  3                     lost in the product
    ");
    world.sync_accounts().await;
    assert!(world.plan_accounts().await.is_empty());
}

#[tokio::test]
async fn an_account_that_was_removed_on_purpose_may_stay_away() {
    let mut world = World::settled().await;
    world.policy.lifecycle.lost = LostAction::Leave;
    world.accounts.take(&TargetId::new("3"));
    insta::assert_snapshot!(world.plan_accounts().await, @r"
    account: nothing to do, 3 unchanged, 1 skipped
      skipped 1          the policy leaves it as it is
    ");
}

#[rstest]
#[case::removed_by_the_sync(false)]
#[case::removed_in_the_product(true)]
#[tokio::test]
async fn whoever_returns_after_a_removal_is_a_new_generation(#[case] by_hand: bool) {
    let mut world = World::settled().await;
    world.policy.lifecycle.ended = EndAction::Remove;
    world.sync_accounts().await;
    world.leave("4");
    if by_hand {
        world.accounts.take(&TargetId::new("4"));
    }
    world.sync_accounts().await;
    assert!(
        world
            .remembers::<Account>()
            .await
            .tombstones
            .contains_key(&SourceId::new("4"))
    );

    world.says("4", attribute::STATUS, "active");
    let plan = world.plan_accounts().await;
    assert_eq!(plan.ready()[0].generation, 1);
    insta::allow_duplicates! {
        insta::assert_snapshot!(plan, @r"
        account: 1 to create, 3 unchanged
          create  4                     came back to HR
        ");
    }
    world.sync_accounts().await;
    assert!(world.plan_accounts().await.is_empty());
    assert_eq!(world.account("5").text(&field::FIRST_NAME), Some("Aoife"));
}

#[tokio::test]
async fn whoever_returns_may_be_left_out() {
    let mut world = World::settled().await;
    world.policy.lifecycle.ended = EndAction::Remove;
    world.policy.lifecycle.returned = ReturnAction::Leave;
    world.sync_accounts().await;
    world.leave("4");
    world.sync_accounts().await;
    world.says("4", attribute::STATUS, "active");
    insta::assert_snapshot!(world.plan_accounts().await, @r"
    account: nothing to do, 3 unchanged, 1 skipped
      skipped 1          the policy leaves it as it is
    ");
}

#[tokio::test]
async fn the_end_of_an_earlier_employment_does_not_lock_whoever_came_back() {
    let mut world = World::settled().await;
    let day = |year, month| NaiveDate::from_ymd_opt(year, month, 1).expect("a day");
    world.says("1", attribute::HIRE_DATE, day(2026, 2));
    world.says("1", attribute::LAST_WORKING_DAY, day(2024, 6));
    assert!(world.plan_accounts().await.is_empty());
    world.says("1", attribute::LAST_WORKING_DAY, day(2026, 3));
    world.a_day_passes();
    let plan = world.plan_accounts().await;
    assert!(
        plan.to_string().contains("the last day of work has passed"),
        "{plan}"
    );
}

#[tokio::test]
async fn whoever_is_seen_in_between_is_not_missing_in_a_row() {
    let mut world = World::settled().await;
    let ada = world.vanish("1");
    world.a_day_passes();
    world.sync_accounts().await;

    // She is there again, but nothing can be decided about her.
    world.people.insert(SourceId::new("1"), ada);
    world.says("1", attribute::STATUS, "sabbatical");
    world.a_day_passes();
    world.sync_accounts().await;

    world.vanish("1");
    world.a_day_passes();
    insta::assert_snapshot!(world.plan_accounts().await, @r"
    account: nothing to do, 3 unchanged, 1 skipped
      skipped 1          missing from 1 of the 2 complete snapshots that it takes
    ");
}

#[tokio::test]
async fn a_list_without_totals_is_no_evidence_unless_the_source_was_asked_again() {
    let mut world = World::settled().await;
    world.people.remove(&SourceId::new("1"));
    let tally = Tally {
        rows: 3,
        distinct: 3,
        ..Tally::default()
    };
    let mut snapshot = Snapshot::new(Coverage::All, Completeness::of(&tally), world.clock.now());
    for (id, person) in &world.people {
        snapshot.insert(id.clone(), person.clone());
    }
    let situation = |plan: &Plan<Account>| plan.explanations()[&SourceId::new("1")].situation;
    let plan = world.plan_from(&snapshot).await;
    assert_eq!(situation(&plan), Situation::Undecidable);

    snapshot.confirm_missing(SourceId::new("1"));
    let plan = world.plan_from(&snapshot).await;
    assert_eq!(situation(&plan), Situation::Vanished);
}

#[rstest]
#[case::the_last_day(attribute::LAST_WORKING_DAY, attribute::TERMINATION_DATE)]
#[case::the_end_of_the_contract(attribute::TERMINATION_DATE, attribute::LAST_WORKING_DAY)]
#[tokio::test]
async fn an_end_that_hr_does_not_show_any_more_gives_no_access_back(
    #[case] shown: sync_core::FieldName,
    #[case] other: sync_core::FieldName,
) {
    let mut world = World::settled().await;
    world.empties("2", other);
    world.says("2", shown.clone(), day(-1));
    world.sync_accounts().await;
    assert_eq!(world.account("2").access(), Some(Access::Locked));

    world.withhold(shown.clone());
    world.a_day_passes();
    world.sync_accounts().await;
    let plan = world.plan_accounts().await;
    insta::allow_duplicates! {
        insta::assert_snapshot!(plan, @r"
        account: nothing to do, 3 unchanged, 1 skipped
          skipped 1          locked, and HR no longer shows whether it is still over
        ");
    }

    // An end that was taken back gives it back.
    world.empties("2", shown);
    world.sync_accounts().await;
    assert_eq!(world.account("2").access(), Some(Access::Active));
}

#[tokio::test]
async fn whoever_was_removed_on_purpose_stays_away_over_an_end_and_a_return() {
    let mut world = World::settled().await;
    world.policy.lifecycle.lost = LostAction::Leave;
    world.sync_accounts().await;
    world.accounts.take(&TargetId::new("3"));
    world.leave("3");
    insta::assert_snapshot!(world.sync_accounts().await, @"account: 1 forgotten, 3 unchanged");

    world.says("3", attribute::STATUS, "active");
    insta::assert_snapshot!(world.plan_accounts().await, @r"
    account: nothing to do, 3 unchanged, 1 skipped
      skipped 1          the policy leaves it as it is
    ");
}

#[tokio::test]
async fn two_snapshots_within_minutes_are_not_enough_to_be_gone() {
    let mut world = World::settled().await;
    world.vanish("2");
    for _ in 0..3 {
        world.clock.advance(std::time::Duration::from_secs(600));
        world.sync_accounts().await;
    }
    insta::assert_snapshot!(world.plan_accounts().await, @r"
    account: nothing to do, 3 unchanged, 1 skipped
      skipped 1          missing since 2026-03-02, and must be for 1 days
    ");
}

#[tokio::test]
async fn a_product_that_shows_no_leaver_makes_nobody_forget_them_all() {
    let mut world = World::settled().await;
    for person in ["1", "2", "3", "4"] {
        world.leave(person);
        world.accounts.take(&TargetId::new(person));
    }
    let plan = world.plan_accounts().await;
    assert!(plan.ready().is_empty(), "{plan}");
    assert!(
        plan.to_string()
            .contains("held: 4 to forget, 3 are allowed without approval"),
        "{plan}"
    );
}
