//! Whatever step goes wrong, the next runs end where an undisturbed run would have ended.

use std::{
    collections::{BTreeMap, BTreeSet},
    num::NonZeroUsize,
};

use futures::FutureExt as _;
use rstest::rstest;
use sync_core::{
    ApplyOptions, Capabilities, Class, HoldReason, ManualClock, Record, Rule, absence::Span,
    account::field, apply, policy::EndAction,
};

use crate::{
    disturbance::{Disturbance, Disturbed, Step, look},
    scene::{Scene, Stage, day, lease, now, wait},
    world::World,
};

/// Thirteen changes of every class but invitations (L57), every step of the run, every way in which it can go wrong: with products that keep
/// the ids of HR or not, and those of changes or not, one by one and in batches.
#[rstest]
#[case::with_external_ids(true, false, 1)]
#[case::with_external_ids_in_batches(true, false, 3)]
#[case::with_change_ids(false, true, 1)]
#[case::with_change_ids_in_batches(false, true, 3)]
#[case::with_both(true, true, 1)]
#[case::with_neither(false, false, 1)]
fn l33_every_step_of_a_run_on_accounts_may_go_wrong(
    #[case] external_ids: bool,
    #[case] change_ids: bool,
    #[case] batch: usize,
) {
    let scene = wait(accounts_in_motion()).with(external_ids, change_ids, batch);
    let plan = scene.approved_plan();
    let classes = plan.ready().iter().map(|change| change.class());
    let all = Class::ALL
        .into_iter()
        .filter(|class| *class != Class::Invite);
    assert_eq!(classes.collect::<BTreeSet<_>>(), all.collect(), "{plan}");
    assert_eq!(plan.ready().len(), 13, "{plan}");
    every_step_may_go_wrong(&scene);
}

#[rstest]
#[case::with_external_ids(true, false, 1)]
#[case::with_external_ids_in_batches(true, false, 3)]
#[case::with_change_ids(false, true, 1)]
#[case::with_change_ids_in_batches(false, true, 3)]
#[case::with_both(true, true, 1)]
#[case::with_neither(false, false, 1)]
fn l33_every_step_of_a_run_on_absences_may_go_wrong(
    #[case] external_ids: bool,
    #[case] change_ids: bool,
    #[case] batch: usize,
) {
    let scene = wait(absences_in_motion()).with(external_ids, change_ids, batch);
    assert_eq!(scene.approved_plan().ready().len(), 7, "{}", scene.plan());
    every_step_may_go_wrong(&scene);
}

fn every_step_may_go_wrong<R: Record>(scene: &Scene<R>) {
    let stage = scene.stage();
    let undisturbed = Disturbed::new(&stage.product, &stage.ledger, None).watching();
    run(scene, &undisturbed).expect("nothing stands in the way");
    let (wanted, looks) = (state(&stage), undisturbed.seen());
    assert!(scene.after(&stage).plan().is_empty());

    for (index, step) in undisturbed.steps().into_iter().enumerate() {
        for what in Disturbance::of(step) {
            if is_beyond_the_product(&scene.capabilities, step, what) {
                continue;
            }
            let stage = scene.stage();
            let disturbed =
                Disturbed::new(&stage.product, &stage.ledger, Some((index, what))).watching();
            let _crashed = run(scene, &disturbed);
            let at = format!("{what:?} at step {index}, {step:?}");
            let rounds = until_quiet(scene, &stage, &disturbed, &at);
            assert!(rounds <= 3, "{rounds} runs after {at}");
            let strange = disturbed.seen();
            let strange: Vec<_> = strange.difference(&looks).collect();
            assert!(
                strange.is_empty(),
                "neither old nor new after {at}: {strange:?}"
            );
            if is_in_doubt(scene, &stage) {
                let held = scene.after(&stage).plan();
                let doubtful = |reason: &HoldReason| *reason == HoldReason::InDoubt;
                assert!(
                    held.held().iter().all(|held| doubtful(&held.reason)),
                    "{held}"
                );
                nobody_is_doubled(&stage, &at);
            } else {
                let state = state(&stage);
                let other: Vec<_> = state.symmetric_difference(&wanted).collect();
                assert!(other.is_empty(), "after {at}: {other:#?}");
            }
        }
    }
}

/// What no engine can make good: the next run cannot see a creation, and the product would make it again.
fn is_beyond_the_product(can: &Capabilities, step: Step, what: Disturbance) -> bool {
    step == Step::Effect(Class::Create)
        && match what {
            Disturbance::LateEffect => !can.external_ids && !can.change_ids,
            // Such a product does not read its own writes.
            Disturbance::StaleRead => !can.external_ids,
            _ => false,
        }
}

/// Tells whether a creation waits for a person, since the product cannot say whether it was made.
fn is_in_doubt<R: Record>(scene: &Scene<R>, stage: &Stage<R>) -> bool {
    let can = &scene.capabilities;
    !can.external_ids && !can.change_ids && !stage.remembered().intents.is_empty()
}

/// Applies the plan of a scene; `None` if the process ends on the way.
fn run<R: Record>(scene: &Scene<R>, through: &Disturbed<'_, R>) -> Option<sync_core::Report> {
    let clock = ManualClock::at(now());
    let options = ApplyOptions {
        concurrency: NonZeroUsize::MIN,
        attempts: NonZeroUsize::MIN,
        ..ApplyOptions::default()
    };
    let lease = wait(lease(through, &clock));
    apply(&scene.approved_plan(), through, &lease, &clock, &options).now_or_never()
}

/// Starts the process again and again, until nothing is left to do. Returns how many runs that took.
fn until_quiet<R: Record>(
    scene: &Scene<R>,
    stage: &Stage<R>,
    disturbed: &Disturbed<'_, R>,
    at: &str,
) -> usize {
    for rounds in 0..8 {
        let scene = Scene {
            existing: disturbed.next_sight(),
            ..scene.after(stage)
        }
        .later(1 + rounds);
        let mut plan = scene.plan();
        let is_quiet = plan.ready().is_empty();
        if plan
            .held()
            .iter()
            .all(|held| held.reason != HoldReason::InDoubt)
        {
            plan = scene.approved_plan();
        }
        wait(disturbed.late_effect());
        stage.apply(&plan);
        nobody_is_doubled(stage, at);
        if is_quiet && scene.after(stage).plan().ready().is_empty() {
            return rounds;
        }
    }
    panic!("never quiet after {at}: {}", scene.after(stage).plan());
}

fn nobody_is_doubled<R: Record>(stage: &Stage<R>, at: &str) {
    let rows = stage.product.records();
    let mut looks: Vec<String> = rows.iter().map(|it| look(&it.record, &rows)).collect();
    let all = looks.len();
    looks.sort();
    looks.dedup();
    assert_eq!(looks.len(), all, "two alike after {at}");
}

/// What matters of product and ledger: who is there, whose they are, and what is remembered of them.
fn state<R: Record>(stage: &Stage<R>) -> BTreeSet<String> {
    let rows = stage.product.records();
    let ledger = stage.remembered();
    assert_eq!(ledger.intents, BTreeMap::new());
    assert_eq!(ledger.setbacks, BTreeMap::new());
    let there = rows
        .iter()
        .map(|row| format!("{:?} {}", row.external_id, look(&row.record, &rows)));
    let linked = ledger.links.iter().map(|(source, link)| {
        let row = rows.iter().find(|row| row.id == link.target);
        let row = row.map(|row| look(&row.record, &rows));
        format!("{source} {row:?} {} {:?}", link.generation, link.agreed)
    });
    let buried = ledger.tombstones.iter();
    let buried = buried.map(|(source, tombstone)| format!("{source} {}", tombstone.generation));
    there.chain(linked).chain(buried).collect()
}

impl<R: Record> Scene<R> {
    /// The same in a product that keeps these ids, and takes batches.
    fn with(mut self, external_ids: bool, change_ids: bool, batch: usize) -> Self {
        self.capabilities.external_ids = external_ids;
        self.capabilities.change_ids = change_ids;
        self.capabilities.batch = NonZeroUsize::new(batch).expect("a batch holds something");
        for row in &mut self.existing {
            if !external_ids {
                row.external_id = None;
            }
        }
        self
    }
}

/// Two join, one of whom has an account; one is renamed, one loses a name, two swap addresses, one was edited in the
/// product, one leaves, one vanishes. Of the two who join, one approves for the other.
async fn accounts_in_motion() -> Scene<sync_core::Account> {
    let mut world = World::new();
    let mapping = world.account_policy.mapping;
    world.account_policy.mapping = mapping.with("approver", Rule::Reference("supervisor".into()));
    for (id, name) in [
        ("1", "Łucja Wiśniewska"),
        ("2", "Søren Åkesson"),
        ("3", "Žofie Dvořáková"),
        ("4", "Aoife Brennan"),
        ("5", "Nikos Pappas"),
        ("6", "Ines Duarte"),
        ("7", "Ana Kos"),
        ("77", "Dita Marek"),
    ] {
        world.hire(id, name);
    }
    world.policy.lifecycle.ended = EndAction::Remove;
    world.policy.lifecycle.vanished.snapshots = 1;
    world.policy.lifecycle.vanished.days = 0;
    world.sync_accounts().await;
    world.says("1", field::FIRST_NAME, "Lucía");
    world.empties("1", field::LAST_NAME);
    world.leave("2");
    world.vanish("3");
    world.leave("77");
    world.accounts.take(&sync_core::TargetId::new("8"));
    world.swap_emails("4", "5");
    world.edit("6", |account| account.with(field::FIRST_NAME, "Inês"));
    world.hire("8", "Ben Aalto");
    world.hire("9", "Cleo Roux");
    world.supervise("9", "8");
    world.enter("hand", "p10@example.com");
    world.hire("10", "Dag Vik");
    world.scene_of_accounts().await
}

/// Two are booked, two are shortened, one is moved, one is rejected, one is deleted.
async fn absences_in_motion() -> Scene<sync_core::Absence> {
    let mut world = World::new();
    world.hire("1", "Łucja Wiśniewska");
    world.sync_accounts().await;
    for (index, id) in ["a", "b", "c", "d", "e", "f"].into_iter().enumerate() {
        let first = 10 * (1 + index as i64);
        world.book(id, "1", Span::days(day(first), day(first + 4)));
    }
    world.sync_absences().await;
    world.shorten("a", day(12));
    world.shorten("b", day(22));
    world.book("c", "1", Span::days(day(90), day(91)));
    world.reject("d");
    world.delete("e");
    world.book("g", "1", Span::days(day(70), day(74)));
    world.book("h", "1", Span::days(day(80), day(84)));
    world.scene_of_absences().await
}
