//! How access ends, and what becomes of what a leaver held.

use std::{collections::BTreeSet, num::NonZeroU32};

use proptest::{collection::vec, prelude::*, sample::select};
use sync_core::{
    Access, Account, Budget, Class, Clock as _, Effect, Existing, Known, Outcome, Record as _,
    SourceId, TargetId, Wish,
    account::field,
    employee::attribute,
    policy::{EndAction, KeyReuse, Ownership, Vanished},
};

use crate::{
    company::company,
    scene::{Scene, changes, wait},
    world::World,
};

/// What happens on a day, before the sync runs.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Event {
    Nothing,
    IsAnnounced,
    Starts,
    GoesOnLeave,
    LosesTheHireDate,
    IsInactive,
    LastDayPasses,
    LastDayIsHidden,
    HireDateIsHidden,
    Vanishes,
    AdminLocks,
    AdminUnlocks,
}

fn event() -> impl Strategy<Value = Event> {
    use Event::*;
    select(vec![
        Nothing,
        Nothing,
        IsAnnounced,
        Starts,
        GoesOnLeave,
        LosesTheHireDate,
        IsInactive,
        LastDayPasses,
        LastDayIsHidden,
        HireDateIsHidden,
        Vanishes,
        Vanishes,
        AdminLocks,
        AdminUnlocks,
    ])
}

impl Event {
    fn happens(self, world: &mut World) {
        let today = crate::scene::day(0);
        let is_known = world.people.contains_key(&SourceId::new("1"));
        let says = |world: &mut World, status: &str, hired: i64| {
            if !is_known {
                world.hire("1", "Łucja Wiśniewska");
            }
            world.says("1", attribute::STATUS, status);
            world.says("1", attribute::HIRE_DATE, crate::scene::day(hired));
        };
        match self {
            Self::Nothing => {}
            Self::IsAnnounced => says(world, "onboarding", 400),
            Self::Starts => says(world, "active", -30),
            Self::GoesOnLeave => says(world, "leave", -30),
            Self::Vanishes => {
                world.people.clear();
            }
            Self::AdminLocks | Self::AdminUnlocks => {
                let access = match self {
                    Self::AdminLocks => Access::Locked,
                    _ => Access::Active,
                };
                for row in world.accounts.records() {
                    world.edit(row.id.as_str(), |account| {
                        account.with(field::ACCESS, access.as_str())
                    });
                }
            }
            _ if !is_known => {}
            Self::LosesTheHireDate => {
                world.says("1", attribute::STATUS, "onboarding");
                world.empties("1", attribute::HIRE_DATE);
            }
            Self::IsInactive => world.says("1", attribute::STATUS, "inactive"),
            Self::LastDayPasses => {
                says(world, "active", -30);
                world.says(
                    "1",
                    attribute::LAST_WORKING_DAY,
                    today.pred_opt().expect("a day"),
                );
            }
            Self::LastDayIsHidden => world.withhold(attribute::LAST_WORKING_DAY),
            Self::HireDateIsHidden => world.withhold(attribute::HIRE_DATE),
        }
    }
}

proptest! {
    /// Lets HR and an administrator do anything to one person for weeks, and looks at the account after every run.
    #[test]
    fn l48_nothing_is_removed_before_its_grace_but_what_nobody_ever_used(
        events in vec(event(), 1..=20),
        grace in 1..=4_u32,
        was_there in any::<bool>(),
    ) {
        let mut world = World::new();
        world.policy.lifecycle.ended = EndAction::Remove;
        world.policy.lifecycle.vanished = Vanished { action: EndAction::Remove, snapshots: 2, days: 0 };
        world.policy.lifecycle.grace_days = grace;
        if was_there {
            world.enter("a7", "p1@example.com");
        }
        let mut was_used = was_there;
        let mut locked_for: Option<u32> = None;
        for event in events {
            let before = access(&world);
            // What waits already has nothing to do with what happens now.
            let is_settled = wait(world.plan_accounts()).is_empty();
            event.happens(&mut world);
            was_used |= access(&world) == Some(Access::Active);
            let is_locked_on = before == Some(Access::Locked) && access(&world) == before;
            world.a_day_passes();
            wait(world.sync_accounts());

            let after = access(&world);
            locked_for = locked_for.filter(|_| is_locked_on).map(|days| days + 1);
            if before.is_some() && after.is_none() {
                let waited = locked_for.is_some_and(|days| days >= grace);
                prop_assert!(waited || !was_used, "{event:?} after {locked_for:?} days");
                was_used = false;
            }
            let hides = matches!(event, Event::LastDayIsHidden | Event::HireDateIsHidden);
            if hides && is_locked_on {
                prop_assert_ne!(after, Some(Access::Active), "hiding a day gives access");
            }
            if event == Event::HireDateIsHidden && is_settled && before == Some(Access::Active) {
                prop_assert_eq!(after, before, "hiding the first day takes access");
            }
            locked_for = match after {
                Some(Access::Locked) => Some(locked_for.unwrap_or(0)),
                _ => None,
            };
            was_used |= after == Some(Access::Active);
        }
    }

    /// Looks for whoever has the key, and keeps it, before anybody is given it.
    #[test]
    fn l49_nobody_is_given_an_address_that_somebody_else_keeps(company in company()) {
        let scene = company.scene();
        let plan = scene.approved_plan();
        let moved: BTreeSet<&TargetId> = plan.ready().iter()
            .filter(|change| change.class() == Class::Update)
            .filter(|change| change.effect.field_changes().iter().any(|it| it.field == field::EMAIL))
            .filter_map(|change| change.target.as_ref())
            .collect();
        for change in plan.ready() {
            let mut given = Account::default();
            match &change.effect {
                Effect::Create(record) => given = record.clone(),
                effect => for field in effect.field_changes().iter().filter(|it| it.field == field::EMAIL) {
                    given = given.with_known(field::EMAIL, Known::from_observed(field.after.clone()));
                },
            }
            let own = change.target.as_ref().and_then(|target| scene.existing(target));
            let has = own.map(|own| own.record.match_keys()).unwrap_or_default();
            let mut keys = given.match_keys();
            keys.retain(|key| !has.contains(key));
            let keeps = |it: &&Existing<Account>| {
                let is_linked = scene.ledger.links.values().any(|link| link.target == it.id);
                let is_other = Some(&it.id) != change.target.as_ref();
                is_linked && is_other && !may_be_reused(&scene, it) && !moved.contains(&it.id)
                    && it.record.match_keys().iter().any(|key| keys.contains(key))
            };
            prop_assert!(scene.existing.iter().find(keeps).is_none(), "{}", plan);
        }
        for (source, explanation) in plan.explanations() {
            if let Outcome::Disputed(dispute) = &explanation.outcome
                && !dispute.holders.is_empty()
            {
                prop_assert!(dispute.claimants.contains(source) && dispute.claimants.len() > 1);
            }
        }
    }

    /// Looks at every change of every plan.
    #[test]
    fn l20_what_is_not_hrs_is_in_no_change(company in company()) {
        let scene = company.scene();
        let plan = scene.plan();
        for change in changes(&plan) {
            for changed in change.effect.field_changes() {
                let owner = scene.policy.ownership.get(&changed.field);
                let is_end = matches!(change.effect, Effect::Lock { .. });
                // The references of a new record are written after it, which is still the first time.
                let is_first = matches!(change.effect, Effect::Refer(_)) && changed.before.as_ref().value().is_none();
                prop_assert!(is_end || is_first || owner != Some(&Ownership::InitialOnly), "{}", plan);
                let is_mapped = match scene.desired.wishes.get(&change.source) {
                    Some(Wish::Present(wish)) => wish.fields().contains_key(&changed.field),
                    _ => is_end,
                };
                prop_assert!(is_mapped, "{} of {}", changed.field, change.source);
            }
        }
    }

    /// Protects any account, and applies with everything approved.
    #[test]
    fn l24_a_protected_account_loses_nothing(company in company(), which in any::<prop::sample::Index>()) {
        let mut scene = company.scene();
        if scene.existing.is_empty() {
            return Ok(());
        }
        let index = which.index(scene.existing.len());
        scene.existing[index].protected = true;
        let id = scene.existing[index].id.clone();
        let plan = scene.approved_plan();
        let takes = |it: &&sync_core::Change<Account>| it.class().is_destructive() && it.target.as_ref() == Some(&id);
        prop_assert!(plan.ready().iter().find(takes).is_none(), "{}", plan);
        let stage = scene.stage();
        stage.apply(&plan);
        prop_assert!(stage.product.records().iter().any(|it| it.id == id));
    }
}

/// Tells whether the policy gives the address of somebody who has left, and is locked, to others.
fn may_be_reused(scene: &Scene<Account>, existing: &Existing<Account>) -> bool {
    let mut links = scene.ledger.links.iter();
    let owner = links.find(|(_, link)| link.target == existing.id);
    let has_left = owner.is_some_and(|(source, link)| {
        let wish = scene.desired.wishes.get(source);
        link.locked.is_some() || matches!(wish, Some(Wish::Ended(_)))
    });
    let is_locked = existing.record.access() == Some(Access::Locked);
    scene.policy.lifecycle.reuse == KeyReuse::AfterLock && has_left && is_locked
}

/// Tries every history of four steps in HR and in the product.
#[test]
fn l26_what_the_product_locked_stays_locked_until_hr_says_something_new() {
    #[derive(Clone, Copy, Debug, PartialEq)]
    enum Step {
        HrEnds,
        HrTakesBack,
        AdminLocks,
        AdminUnlocks,
        Nothing,
    }
    use Step::*;
    let steps = [HrEnds, HrTakesBack, AdminLocks, AdminUnlocks, Nothing];
    for number in 0..steps.len().pow(4) {
        let history: Vec<Step> = (0..4)
            .map(|place| steps[number / steps.len().pow(place) % steps.len()])
            .collect();
        let mut world = World::new();
        world.policy.ownership = [(field::ACCESS, Ownership::RespectLocal)].into();
        // Ending the only employee twice in a week is more than a week allows.
        world.policy.rolling.clear();
        world.hire("1", "Łucja Wiśniewska");
        wait(world.sync_accounts());
        let (mut is_over, mut locked_locally) = (false, false);
        for step in &history {
            match step {
                HrEnds | HrTakesBack => {
                    let ends = *step == HrEnds;
                    locked_locally &= ends == is_over;
                    is_over = ends;
                    let status = if ends { "inactive" } else { "active" };
                    world.says("1", attribute::STATUS, status);
                }
                AdminLocks => {
                    locked_locally |= access(&world) == Some(Access::Active);
                    Event::AdminLocks.happens(&mut world);
                }
                AdminUnlocks => {
                    locked_locally = false;
                    Event::AdminUnlocks.happens(&mut world);
                }
                Nothing => {}
            }
            world.a_day_passes();
            wait(world.sync_accounts());
            let is_locked = access(&world) == Some(Access::Locked);
            assert_eq!(
                is_locked,
                is_over || locked_locally,
                "{step:?} of {history:?}"
            );
        }
    }
}

fn access(world: &World) -> Option<Access> {
    let mut rows = world.accounts.records();
    rows.pop().and_then(|row| row.record.access())
}

/// Locks two people by hand weeks after their locks were held, and counts the grace from there.
#[test]
fn l48_a_grace_begins_with_the_lock_and_not_with_the_wish_for_it() {
    let mut world = World::new();
    world.policy.lifecycle.ended = EndAction::Remove;
    world.policy.lifecycle.grace_days = 3;
    world.policy.budgets = [
        (Class::Lock, Budget::new(NonZeroU32::MIN, 0)),
        (Class::Remove, Budget::new(NonZeroU32::MAX, 0)),
    ]
    .into();
    world.hire("1", "Łucja Wiśniewska");
    world.hire("2", "Søren Åkesson");
    world.hire("3", "Žofie Dvořáková");
    wait(world.sync_accounts());
    world.leave("1");
    world.leave("2");
    wait(world.sync_accounts());
    assert_eq!(world.account("1").access(), Some(Access::Active), "held");

    world.days_pass(20);
    Event::AdminLocks.happens(&mut world);
    world.edit("3", |account| {
        account.with(field::ACCESS, Access::Active.as_str())
    });
    for _ in 0..3 {
        wait(world.sync_accounts());
        assert_eq!(world.accounts.records().len(), 3, "{}", world.clock.now());
        world.a_day_passes();
    }
    wait(world.sync_accounts());
    assert_eq!(world.accounts.records().len(), 1);
}
