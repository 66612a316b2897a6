//! Whoever is invited is invited once, and rightly.

use std::collections::BTreeMap;

use proptest::{collection::vec, option, prelude::*, sample::select};
use sync_core::{
    Access, Account, ApplyOptions, Budget, Capabilities, ChangeId, Class, Effect, HoldReason,
    LedgerState, ManualClock, MemoryLedger, Origin, Progress, Reason, Record as _, StopSignal,
    Wish,
    account::field,
    apply,
    employee::InviteWhen,
    testing::{Fault, Flaky},
};

use crate::{
    company::company,
    scene::{changes, lease, now, wait},
    world::World,
};

/// What happens before a run.
#[derive(Clone, Copy, Debug)]
enum Event {
    Hires,
    /// The ledger is restored as it was so many runs ago.
    IsRestored(usize),
    /// The ledger is lost.
    IsLost,
    /// The last plan is applied once more, as by a run that was late.
    RunsAgain,
    Nothing,
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        4 => Just(Event::Hires),
        2 => (1..5_usize).prop_map(Event::IsRestored),
        1 => Just(Event::IsLost),
        2 => Just(Event::RunsAgain),
        2 => Just(Event::Nothing),
    ]
}

proptest! {
    /// Hires, loses answers, restores old ledgers and repeats runs, and counts what reaches the product.
    #[test]
    fn l57_nobody_is_invited_twice(
        events in vec((event(), vec(option::weighted(0.3, select(Fault::ALL.to_vec())), 0..=4)), 1..=12),
    ) {
        let mut world = inviting();
        let mut people = 0;
        let mut remembered = vec![LedgerState::default()];
        let mut last = None;
        for (event, faults) in events {
            match event {
                Event::Hires => {
                    people += 1;
                    world.hire(&people.to_string(), "Søren Åkesson");
                }
                Event::IsRestored(runs) => {
                    let state = &remembered[remembered.len().saturating_sub(runs + 1)];
                    world.ledger = ledger_of(state);
                }
                Event::IsLost => world.ledger = MemoryLedger::new(),
                Event::RunsAgain => {
                    if let Some(plan) = &last {
                        wait(world.apply(plan, &world.accounts));
                    }
                }
                Event::Nothing => {}
            }
            let plan = wait(world.plan_accounts());
            let product = Flaky::new(&world.accounts).failing_in_turn(faults);
            wait(world.apply(&plan, &product));
            last = Some(plan);
            remembered.push(wait(world.remembers::<Account>()));
        }
        let mut sent: BTreeMap<ChangeId, usize> = BTreeMap::new();
        for change in world.accounts.log().into_iter().filter(|it| it.class() == Class::Invite) {
            *sent.entry(change.id).or_default() += 1;
        }
        prop_assert!(sent.values().all(|count| *count == 1));
    }

    /// Looks at whom every plan invites, and at the account after the plan.
    #[test]
    fn l58_nobody_is_invited_who_should_not_be(company in company()) {
        let scene = company.scene();
        let plan = scene.approved_plan();
        let stage = scene.stage();
        stage.apply(&plan);
        let after = scene.after(&stage);
        for change in plan.ready().iter().filter(|it| it.class() == Class::Invite) {
            let Wish::Present(wish) = &scene.desired.wishes[&change.source] else {
                panic!("whoever is not there is not invited\n{plan}");
            };
            prop_assert_eq!(wish.access(), Some(Access::Active));
            prop_assert!(!wish.match_keys().is_empty(), "no address\n{}", plan);
            let mine: Vec<_> = changes(&plan).filter(|it| it.source == change.source).collect();
            prop_assert!(mine.iter().all(|it| it.class() != Class::Adopt), "{}", plan);
            let is_new = mine.iter().any(|it| it.class() == Class::Create && it.reason != Reason::LostInProduct);
            let link = scene.ledger.links.get(&change.source);
            prop_assert!(is_new || link.is_some_and(|link| link.origin != Origin::Adopted), "{}", plan);
            let account = &after.ledger.links[&change.source].target;
            let account = after.existing(account).expect("whoever is invited has an account");
            prop_assert!(!account.protected, "{}", plan);
            let shown = account.record.get(&field::ACCESS);
            prop_assert!(!shown.is_observed() || account.record.access() == Some(Access::Active), "{}", plan);
        }
    }

    /// Imports companies of every size, and counts.
    #[test]
    fn l59_a_first_import_invites_all_or_nobody(people in 0..=60_usize) {
        let mut world = inviting();
        (1..=people).for_each(|id| world.hire(&id.to_string(), "Søren Åkesson"));
        let plan = wait(world.plan_accounts());
        wait(world.apply(&plan, &world.accounts));
        let sent = world.accounts.log().iter().filter(|it| it.class() == Class::Invite).count();
        let cap = Budget::default_for(Class::Invite).expect("invitations have a budget").of(people);
        prop_assert_eq!(sent, if people <= cap { people } else { 0 });
        let is_burst = |reason: &HoldReason| matches!(reason, HoldReason::OverBudget { class: Class::Invite, .. });
        prop_assert!(plan.held().iter().all(|held| is_burst(&held.reason)));
        prop_assert_eq!(plan.held().len() + sent, people);
    }
}

/// Each fault of the only invitation, and whether a later run may send it: where the product is sure that it
/// sent nothing, and a person agrees.
#[rstest::rstest]
#[case::refused(Fault::Rejected, true)]
#[case::lost_before(Fault::RequestLost, false)]
#[case::lost_after(Fault::AnswerLost, false)]
#[case::down(Fault::Down, false)]
fn l57_a_lost_answer_counts_as_sent(#[case] fault: Fault, #[case] may_be_sent: bool) {
    let mut world = inviting();
    world.hire("1", "Søren Åkesson");
    let plan = wait(world.plan_accounts());
    let invitation = &plan.ready()[1];
    assert!(matches!(invitation.effect, Effect::Invite { .. }), "{plan}");
    let product = Flaky::new(&world.accounts).failing_on(&invitation.id, fault);
    wait(world.apply(&plan, &product));

    let next = wait(world.plan_accounts());
    let held: Vec<&HoldReason> = next.held().iter().map(|held| &held.reason).collect();
    match may_be_sent {
        true => assert_eq!(held, [&HoldReason::LateInvitation]),
        false => assert!(next.is_empty(), "{next}"),
    }
}

/// A product that keeps the ids of invitations, as an outbox does, knows whether it has sent one.
#[rstest::rstest]
#[case::lost_before(Fault::RequestLost)]
#[case::lost_after(Fault::AnswerLost)]
fn l57_an_outbox_holds_exactly_one_invitation_whatever_got_lost(#[case] fault: Fault) {
    let mut world = inviting_with(Capabilities::all().with_invitation_ids());
    world.hire("1", "Søren Åkesson");
    let plan = wait(world.plan_accounts());
    let product = Flaky::new(&world.accounts).failing_on(&plan.ready()[1].id, fault);
    wait(world.apply(&plan, &product));

    let next = wait(world.plan_accounts());
    assert_eq!(
        next.ready().len(),
        1,
        "it is sent again, under the same id: {next}"
    );
    assert_eq!(next.ready()[0].id, plan.ready()[1].id);
    assert!(wait(world.sync_accounts()).is_success());
    assert!(wait(world.plan_accounts()).is_empty());
}

/// A run that ended between an account and its invitation goes on where it was, without asking.
#[test]
fn l57_an_invitation_that_was_not_tried_follows_in_the_next_run() {
    let mut world = inviting_with(Capabilities::all().with_invitation_ids());
    world.hire("1", "Søren Åkesson");
    let plan = wait(world.plan_accounts());
    let stop = StopSignal::new();
    let raise = |_: Progress<'_>| stop.raise();
    let options = ApplyOptions {
        progress: Some(&raise),
        stop: Some(&stop),
        ..ApplyOptions::default()
    };
    let report = wait(async {
        let lease = world.lease().await;
        apply(&plan, &world.accounts, &lease, &world.clock, &options).await
    });
    assert!(report.stopped.is_some());
    insta::assert_snapshot!(wait(world.sync_accounts()), @"account: 1 invited");
    assert!(wait(world.plan_accounts()).is_empty());
}

fn inviting() -> World {
    inviting_with(Capabilities::all().with(Class::Invite))
}

fn inviting_with(capabilities: Capabilities) -> World {
    let mut world = World::with_product(capabilities);
    world.account_policy.invitations.when = InviteWhen::WithAccess;
    world
}

fn ledger_of(state: &LedgerState) -> MemoryLedger {
    let ledger = MemoryLedger::new();
    let clock = ManualClock::at(now());
    let lease = wait(lease(&ledger, &clock));
    wait(lease.commit(Account::KIND, &state.writes())).expect("memory takes every write");
    wait(lease.release()).expect("memory takes it");
    ledger
}
