//! From the first invitation to the last day, product by product.

use std::{collections::BTreeSet, num::NonZeroU32, time::Duration};

use sync_core::{
    Access, Account, Budget, Capabilities, Class, Existing, HoldReason, LedgerWrite, Origin,
    Outcome, Record as _, SkipReason, SourceId, TargetId,
    account::field,
    employee::{BeforeStart, InviteWhen, OnLeave, attribute},
    policy::{Adoption, EndAction, KeyReuse, WithoutKey},
};

use crate::{scene::day, world::World};

fn inviting() -> World {
    let mut world = World::with_product(Capabilities::all().with(Class::Invite));
    world.account_policy.invitations.when = InviteWhen::WithAccess;
    world
}

fn outcome(plan: &sync_core::Plan<Account>, id: &str) -> Outcome {
    plan.explanations()[&SourceId::new(id)].outcome.clone()
}

#[tokio::test]
async fn b1_whoever_is_new_gets_an_account_and_one_invitation() {
    let mut world = inviting();
    world.hire("1", "Łucja Wiśniewska");
    insta::assert_snapshot!(world.plan_accounts().await, @r"
    account: 1 to create, 1 to invite
      create  1                     new in HR
      invite  1                     has access: welcome
    ");
    let report = world.sync_accounts().await;
    insta::assert_snapshot!(report, @"account: 1 created, 1 invited");
    assert!(world.plan_accounts().await.is_empty());
    world.says("1", attribute::STATUS, "leave");
    assert!(world.plan_accounts().await.is_empty());
}

#[tokio::test]
async fn b3_whoever_becomes_inactive_loses_the_account_after_the_grace() {
    let mut world = World::settled().await;
    world.policy.lifecycle.ended = EndAction::Remove;
    world.policy.lifecycle.grace_days = 3;
    world.sync_accounts().await;
    world.leave("2");
    let locked_at = sync_core::Clock::now(&world.clock);
    world.sync_accounts().await;
    assert_eq!(world.account("2").access(), Some(Access::Locked));
    insta::assert_snapshot!(world.plan_accounts().await, @r"
    account: nothing to do, 3 unchanged, 1 skipped
      skipped 1          locked, to be removed from 2026-03-05 on
    ");
    let ledger = world.remembers::<Account>().await;
    let next = world.policy.lifecycle.next_removal(&ledger, locked_at);
    assert_eq!(next, Some(locked_at + chrono::Duration::days(3)));

    world.clock.advance(Duration::from_secs(3 * 24 * 60 * 60));
    insta::assert_snapshot!(world.plan_accounts().await, @r"
    account: 1 to remove, 3 unchanged
      remove  2          → 2        inactive in HR
    ");
}

#[tokio::test]
async fn whoever_comes_back_in_the_grace_is_unlocked_with_the_same_account() {
    let mut world = World::settled().await;
    world.policy.lifecycle.ended = EndAction::Remove;
    world.policy.lifecycle.grace_days = 30;
    world.leave("2");
    world.sync_accounts().await;
    world.says("2", attribute::STATUS, "active");
    world.sync_accounts().await;
    assert_eq!(world.account("2").access(), Some(Access::Active));
    let link = &world.remembers::<Account>().await.links[&SourceId::new("2")];
    assert_eq!((link.generation, link.locked), (0, None));
}

#[tokio::test]
async fn b12_with_single_sign_on_nobody_is_invited() {
    let mut world = inviting();
    world.account_policy.invitations.when = InviteWhen::Never;
    world.hire("1", "Łucja Wiśniewska");
    world.enter("a7", "only.in.microsoft@example.com");
    let report = world.sync_accounts().await;
    insta::assert_snapshot!(report, @"account: 1 created");
    assert_eq!(world.account("a7").access(), Some(Access::Active));
}

#[tokio::test]
async fn r6_an_account_with_open_claims_is_locked_until_they_are_settled() {
    let mut world = World::settled().await;
    world.policy.lifecycle.ended = EndAction::Remove;
    world.sync_accounts().await;
    let retain = |retained| {
        let row = world
            .accounts
            .take(&TargetId::new("2"))
            .expect("it is there");
        world.accounts.put(Existing { retained, ..row });
    };
    retain(true);
    let left = |mut people: std::collections::BTreeMap<SourceId, sync_core::Employee>| {
        let employee = people.remove(&SourceId::new("2")).expect("she is there");
        people.insert(
            "2".into(),
            employee.with(attribute::STATUS, sync_core::Value::from("inactive")),
        );
        people
    };
    let world = World {
        people: left(world.people.clone()),
        ..world
    };
    world.sync_accounts().await;
    assert_eq!(world.account("2").access(), Some(Access::Locked));
    let plan = world.plan_accounts().await;
    assert_eq!(outcome(&plan, "2"), Outcome::Skipped(SkipReason::Retained));

    let row = world
        .accounts
        .take(&TargetId::new("2"))
        .expect("it is there");
    world.accounts.put(Existing {
        retained: false,
        ..row
    });
    let plan = world.plan_accounts().await;
    assert_eq!(outcome(&plan, "2"), Outcome::Planned(vec![Class::Remove]));
}

#[tokio::test]
async fn s6_possible_duplicates_are_reported_and_never_guessed() {
    let mut world = World::new();
    world.policy.lifecycle.without_key = WithoutKey::Leave;
    world.hire("1", "Łucja Wiśniewska");
    world.empties("1", field::EMAIL);
    world.hire("2", "Søren Åkesson");
    world.enter("a7", "p2@example.com");
    world.enter("a8", "P2@example.com");
    insta::assert_snapshot!(world.plan_accounts().await, @r"
    account: nothing to do, 1 skipped, 1 disputed, 2 not from HR
      disputed 2: claimed by 2 in HR; in the product a7, a8
      skipped 1          a possible duplicate: it has no key to be recognised by
    ");
}

#[tokio::test]
async fn s7_nobody_takes_part_before_somebody_has_said_yes() {
    let mut world = World::new();
    world.hire("1", "Łucja Wiśniewska");
    world.hire("2", "Søren Åkesson");
    world.account_policy.scope.selected = Some(BTreeSet::from(["1".into()]));
    insta::assert_snapshot!(world.plan_accounts().await, @r"
    account: 1 to create, 1 skipped
      create  1                     new in HR
      skipped 1          nobody has chosen it
    ");
}

#[tokio::test]
async fn s8_access_lasts_from_the_hire_date_to_the_last_working_day() {
    let mut world = World::new();
    world.hire("1", "Łucja Wiśniewska");
    world.says("1", attribute::STATUS, "onboarding");
    world.says("1", attribute::HIRE_DATE, day(1));
    world.says("1", attribute::LAST_WORKING_DAY, day(2));
    let mut seen = Vec::new();
    for _ in 0..4 {
        world.sync_accounts().await;
        seen.push(world.account("1").access().expect("access is shown"));
        world.a_day_passes();
    }
    assert_eq!(
        seen,
        [
            Access::Staged,
            Access::Active,
            Access::Active,
            Access::Locked
        ]
    );
}

#[tokio::test]
async fn s11_everybody_selected_is_invited_on_the_first_sync_if_that_is_switched_on() {
    let mut world = inviting();
    world.account_policy.access.before_start = BeforeStart::Staged;
    world.hire("1", "Łucja Wiśniewska");
    world.hire("2", "Søren Åkesson");
    world.says("2", attribute::HIRE_DATE, day(1));
    world.enter("a7", "p1@example.com");
    let report = world.sync_accounts().await;
    // One was there before, the other has no access yet.
    insta::assert_snapshot!(report, @"account: 1 adopted, 1 updated, 1 created");
    world.a_day_passes();
    let report = world.sync_accounts().await;
    insta::assert_snapshot!(report, @"account: 1 updated, 1 invited, 1 unchanged");
}

#[tokio::test]
async fn an_invitation_may_wait_for_the_first_day_of_work() {
    let mut world = inviting();
    world.account_policy.invitations.when = InviteWhen::OnFirstDay;
    world.account_policy.access.lead_days = 5;
    world.hire("1", "Łucja Wiśniewska");
    world.says("1", attribute::HIRE_DATE, day(2));
    let mut invited = Vec::new();
    for _ in 0..4 {
        let report = world.sync_accounts().await;
        invited.push(report.done().get(&Class::Invite).copied().unwrap_or(0));
        world.a_day_passes();
    }
    assert_eq!(invited, [0, 0, 1, 0]);
}

#[tokio::test]
async fn x3_too_many_invitations_wait_for_an_approval() {
    let mut world = inviting();
    (1..=12).for_each(|id| world.hire(&id.to_string(), "Søren Åkesson"));
    let report = world.sync_accounts().await;
    assert_eq!(report.done().get(&Class::Invite), None);

    let mut plan = world.plan_accounts().await;
    assert_eq!(plan.held().len(), 12);
    plan.release(&plan.held_digest()).expect("it is the digest");
    let report = world.apply(&plan, &world.accounts).await;
    assert_eq!(report.done()[&Class::Invite], 12);
    assert!(world.plan_accounts().await.is_empty());
}

#[tokio::test]
async fn invitations_of_several_runs_count_together() {
    let mut world = inviting();
    let two = Budget::new(NonZeroU32::MIN.saturating_add(1), 0);
    world.policy.budgets.insert(Class::Invite, two);
    ["1", "2", "3"]
        .iter()
        .for_each(|id| world.hire(id, "Łucja Wiśniewska"));
    let mut plan = world.plan_accounts().await;
    plan.release(&plan.held_digest()).expect("it is the digest");
    world.apply(&plan, &world.accounts).await;

    // What was approved does not count.
    ["4", "5"]
        .iter()
        .for_each(|id| world.hire(id, "Søren Åkesson"));
    assert_eq!(world.sync_accounts().await.done()[&Class::Invite], 2);

    world.hire("6", "Ana Kos");
    let plan = world.plan_accounts().await;
    let over = HoldReason::OverRollingBudget {
        class: Class::Invite,
        count: 1,
        spent: 2,
        budget: 2,
        hours: 24,
    };
    assert_eq!(plan.held()[0].reason, over);

    world.clock.advance(Duration::from_secs(8 * 24 * 60 * 60));
    assert_eq!(world.sync_accounts().await.done()[&Class::Invite], 1);
}

#[tokio::test]
async fn a_ledger_that_forgot_invitations_sends_none_without_asking() {
    let mut world = inviting();
    world.hire("1", "Łucja Wiśniewska");
    world.sync_accounts().await;
    let ledger = world.remembers::<Account>().await;
    let (invitation, _) = ledger
        .invitations
        .first_key_value()
        .expect("she was invited");
    let forget = [LedgerWrite::Uninvite(invitation.clone())];
    world
        .lease()
        .await
        .commit(Account::KIND, &forget)
        .await
        .expect("memory takes it");
    insta::assert_snapshot!(world.plan_accounts().await, @r"
    account: 1 held
      held: had access before, so somebody must confirm that nobody is invited twice
      invite  1          → 1        has access for longer, without an invitation: welcome
      approve exactly these with fbd0b5dd145bc12f808c03dc5fa36ae3
    ");
}

#[tokio::test]
async fn a_hire_that_never_came_takes_only_the_prepared_account_with_it() {
    let mut world = World::settled().await;
    world.hire("5", "Ana Kos");
    world.says("5", attribute::STATUS, "onboarding");
    world.says("5", attribute::HIRE_DATE, day(20));
    world.sync_accounts().await;
    let link = &world.remembers::<Account>().await.links[&SourceId::new("5")];
    assert_eq!(link.origin, Origin::Staged);
    world.empties("5", attribute::HIRE_DATE);
    world.leave("2");
    insta::assert_snapshot!(world.plan_accounts().await, @r"
    account: 1 to lock, 1 to remove, 3 unchanged
      lock    2          → 2        inactive in HR: access
      remove  5          → 5        has no first day of work any more
    ");
}

#[tokio::test]
async fn hiding_the_last_working_day_unlocks_nobody() {
    let mut world = World::settled().await;
    world.says("2", attribute::LAST_WORKING_DAY, day(-1));
    world.sync_accounts().await;
    assert_eq!(world.account("2").access(), Some(Access::Locked));
    world.withhold(attribute::LAST_WORKING_DAY);
    insta::assert_snapshot!(world.plan_accounts().await, @r"
    account: nothing to do, 3 unchanged, 1 skipped
      skipped 1          locked, and HR no longer shows whether it is still over
    ");
    world.empties("2", attribute::LAST_WORKING_DAY);
    world.sync_accounts().await;
    assert_eq!(world.account("2").access(), Some(Access::Active));
}

#[tokio::test]
async fn hiding_the_first_day_brings_back_nobody_who_was_to_begin() {
    let mut world = World::settled().await;
    world.account_policy.access.before_start = BeforeStart::Active;
    world.hire("5", "Ana Kos");
    world.says("5", attribute::STATUS, "onboarding");
    world.says("5", attribute::HIRE_DATE, day(20));
    world.sync_accounts().await;
    world.empties("5", attribute::HIRE_DATE);
    world.sync_accounts().await;
    assert_eq!(world.account("5").access(), Some(Access::Locked));
    world.withhold(attribute::HIRE_DATE);
    insta::assert_snapshot!(world.plan_accounts().await, @r"
    account: nothing to do, 4 unchanged, 1 skipped
      skipped 1          locked, and HR no longer shows whether it is still over
    ");
}

/// Whoever came back keeps the last day of the employment before, and only the first day of the new one tells.
#[tokio::test]
async fn hiding_the_first_day_locks_nobody_who_came_back() {
    let mut world = World::settled().await;
    world.says("2", attribute::LAST_WORKING_DAY, day(-400));
    world.says("2", attribute::HIRE_DATE, day(-30));
    world.sync_accounts().await;
    world.withhold(attribute::HIRE_DATE);
    insta::assert_snapshot!(world.plan_accounts().await, @r"
    account: nothing to do, 3 unchanged, 1 skipped
      note 1             its last day has passed, and HR does not show whether it has begun again: 2
    ");
    world.leave("2");
    insta::assert_snapshot!(world.plan_accounts().await, @r"
    account: 1 to lock, 3 unchanged
      lock    2          → 2        inactive in HR: access
    ");
}

#[tokio::test]
async fn nobody_is_invited_before_a_first_day_that_is_hidden() {
    let mut world = inviting();
    world.account_policy.access.before_start = BeforeStart::Active;
    world.account_policy.invitations.when = InviteWhen::OnFirstDay;
    world.hire("1", "Ana Kos");
    world.says("1", attribute::STATUS, "onboarding");
    world.withhold(attribute::HIRE_DATE);
    world.sync_accounts().await;
    assert_eq!(
        outcome(&world.plan_accounts().await, "1"),
        Outcome::Unchanged
    );
    world.says("1", attribute::STATUS, "active");
    insta::assert_snapshot!(world.plan_accounts().await, @r"
    account: 1 held
      held: had access before, so somebody must confirm that nobody is invited twice
      invite  1          → 1        has access for longer, without an invitation: welcome
      approve exactly these with fbd0b5dd145bc12f808c03dc5fa36ae3
    ");
}

#[tokio::test]
async fn whoever_is_on_leave_may_be_locked_until_the_return() {
    let mut world = World::settled().await;
    world.account_policy.access.on_leave = OnLeave::Lock;
    world.sync_accounts().await;
    world.says("2", attribute::STATUS, "leave");
    world.sync_accounts().await;
    assert_eq!(world.account("2").access(), Some(Access::Locked));
    world.says("2", attribute::STATUS, "active");
    world.sync_accounts().await;
    assert_eq!(world.account("2").access(), Some(Access::Active));
}

#[tokio::test]
async fn an_address_of_a_leaver_is_free_when_the_policy_says_so() {
    let mut world = World::settled().await;
    world.leave("2");
    world.sync_accounts().await;
    world.hire("5", "Ana Kos");
    world.says("5", field::EMAIL, "P2@example.com");
    insta::assert_snapshot!(world.plan_accounts().await, @r"
    account: nothing to do, 4 unchanged, 1 disputed
      disputed 5: claimed by 2, 5 in HR; taken in the product by 2
    ");
    let mut removing = world.policy.clone();
    removing.lifecycle.ended = EndAction::Remove;
    world.policy.lifecycle.reuse = KeyReuse::AfterLock;
    let plan = world.plan_accounts().await;
    assert_eq!(outcome(&plan, "5"), Outcome::Planned(vec![Class::Create]));

    world.policy = removing;
    let mut plan = world.plan_accounts().await;
    plan.release(&plan.held_digest()).expect("it is the digest");
    world.apply(&plan, &world.accounts).await;
    let plan = world.plan_accounts().await;
    assert_eq!(outcome(&plan, "5"), Outcome::Planned(vec![Class::Create]));
}

#[tokio::test]
async fn nobody_moves_to_an_address_that_a_leaver_keeps() {
    let mut world = World::settled().await;
    world.leave("2");
    world.says("3", field::EMAIL, "p2@example.com");
    world.says("4", field::EMAIL, "p3@example.com");
    insta::assert_snapshot!(world.plan_accounts().await, @r"
    account: 1 to lock, 1 unchanged, 2 disputed
      lock    2          → 2        inactive in HR: access
      disputed 3: claimed by 2, 3 in HR; taken in the product by 2
      disputed 4: claimed by 3, 4 in HR; taken in the product by 3
    ");
}

#[tokio::test]
async fn an_adoption_by_address_may_need_a_person_or_be_forbidden() {
    let mut world = World::new();
    world.hire("1", "Łucja Wiśniewska");
    world.enter("a7", "p1@example.com");
    world.policy.lifecycle.adoption = Adoption::Ask;
    let plan = world.plan_accounts().await;
    assert!(plan.ready().is_empty() && plan.held().len() == 2, "{plan}");
    world.policy.lifecycle.adoption = Adoption::Never;
    let plan = world.plan_accounts().await;
    assert_eq!(
        outcome(&plan, "1"),
        Outcome::Skipped(SkipReason::NotAdopted)
    );

    world.policy.lifecycle.adoption = Adoption::Automatic;
    world.gaps = vec![sync_core::Gap::StoppedEarly];
    let plan = world.plan_accounts().await;
    assert_eq!(
        outcome(&plan, "1"),
        Outcome::Skipped(SkipReason::UnsureOfOthers)
    );
}

/// It takes the place of one that was there before the sync, so nobody is invited, neither now nor later.
#[tokio::test]
async fn an_adopted_account_that_is_created_again_is_not_invited() {
    let mut world = inviting();
    world.enter("9", "p1@example.com");
    world.hire("1", "Łucja Wiśniewska");
    insta::assert_snapshot!(world.sync_accounts().await, @"account: 1 adopted, 1 updated");
    world.accounts.take(&"9".into());
    insta::assert_snapshot!(world.sync_accounts().await, @"account: 1 created");
    insta::assert_snapshot!(world.plan_accounts().await, @"account: nothing to do, 1 unchanged");
}
