//! What is taken away in many small runs adds up.

use std::{collections::BTreeMap, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use proptest::{collection::vec, option, prelude::*, sample::select};
use sync_core::{
    Account, ApplyOptions, ChangeId, Class, Clock as _, Lease, Rolling,
    account::field,
    apply,
    employee::attribute,
    testing::{Fault, Flaky, FlakyLedger},
};

use crate::{scene::wait, world::World};

/// What happens until the next run, and to it.
#[derive(Clone, Debug)]
struct Episode {
    hours: u64,
    leave: Vec<usize>,
    return_: Vec<usize>,
    nameless: Vec<usize>,
    faults: Vec<Option<Fault>>,
    /// The ledger fails for good after so many commits, as when the process dies.
    dies_after: Option<usize>,
}

fn episode(people: usize) -> impl Strategy<Value = Episode> {
    let some = move |most: usize| vec(0..people, 0..=most);
    let faults = vec(option::weighted(0.3, select(Fault::ALL.to_vec())), 0..=4);
    let hours = select(vec![0_u64, 1, 5, 23, 24, 25, 100, 168]);
    (
        hours,
        some(5),
        some(3),
        some(3),
        faults,
        option::weighted(0.3, 0..6_usize),
    )
        .prop_map(
            |(hours, leave, return_, nameless, faults, dies_after)| Episode {
                hours,
                leave,
                return_,
                nameless,
                faults,
                dies_after,
            },
        )
}

proptest! {
    /// Weeks of leavers, returns, lost names, faults and crashes; every window of the policy is added up.
    #[test]
    fn l30_small_runs_add_up_to_no_more_than_one(
        (people, episodes) in (1..=30_usize).prop_flat_map(|people| {
            (Just(people), vec(episode(people), 1..=12))
        })
    ) {
        wait(no_slow_bleed(people, &episodes));
    }
}

async fn no_slow_bleed(people: usize, episodes: &[Episode]) {
    let mut world = World::new();
    let id = |person: usize| (person + 1).to_string();
    for person in 0..people {
        world.hire(&id(person), "Ana Kovač");
    }
    world.sync_accounts().await;
    let mut made: BTreeMap<ChangeId, (Class, DateTime<Utc>)> = BTreeMap::new();
    for episode in episodes {
        world
            .clock
            .advance(Duration::from_secs(episode.hours * 3600));
        for person in &episode.leave {
            world.leave(&id(*person));
        }
        for person in &episode.return_ {
            world.says(&id(*person), attribute::STATUS, "active");
            world.says(&id(*person), field::LAST_NAME, "Kovač");
        }
        for person in &episode.nameless {
            world.empties(&id(*person), field::LAST_NAME);
        }
        run(&world, episode).await;
        for change in world.accounts.log() {
            if change.class().is_destructive() {
                let at = world.clock.now();
                made.entry(change.id.clone())
                    .or_insert_with(|| (change.class(), at));
            }
        }
        within_every_window(&world, people, &made);
    }
}

async fn run(world: &World, episode: &Episode) {
    let plan = world.plan_accounts().await;
    let product = Flaky::new(&world.accounts).failing_in_turn(episode.faults.clone());
    let ledger = FlakyLedger::new(&world.ledger);
    let ledger = match episode.dies_after {
        Some(commit) => ledger.failing_from(commit),
        None => ledger,
    };
    let ten_minutes = Duration::from_secs(600);
    let lease = Lease::acquire(&ledger, "the sync", ten_minutes, &world.clock)
        .await
        .expect("nobody else asks");
    apply::<Account>(
        &plan,
        &product,
        &lease,
        &world.clock,
        &ApplyOptions::default(),
    )
    .await;
}

fn within_every_window(
    world: &World,
    people: usize,
    made: &BTreeMap<ChangeId, (Class, DateTime<Utc>)>,
) {
    let now = world.clock.now();
    for Rolling { hours, .. } in &world.policy.rolling {
        // A run that waits for a busy product goes on for a while.
        let slack = TimeDelta::minutes(5);
        let since = now - TimeDelta::hours(i64::from(hours.get())) + slack;
        for class in [Class::Clear, Class::Lock, Class::Remove] {
            let in_window = made.values().filter(|(it, at)| *it == class && *at > since);
            let budget = world.policy.budget(class).expect("its changes need one");
            assert!(
                in_window.clone().count() <= budget.of(people),
                "{} to {class} in {hours} hours of {people}",
                in_window.count()
            );
        }
    }
}
