//! Runs that read only what changed end where full runs end.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use proptest::{collection::vec, option, prelude::*, sample::select};
use sync_core::{
    Account, Clock as _, Coverage, Drift, DriftOrigin, Hint, Reconciler, Record as _, Report,
    Snapshot, SourceId, Watermark,
    account::field,
    coalesce,
    policy::{EndAction, Vanished},
    testing::{Fault, Flaky},
};

use crate::{
    scene::{key, now, wait},
    world::World,
};

/// How far the clocks of the source may be off, to either side.
const BOUND: i64 = 30;

proptest! {
    /// Plays histories with faults and skewed clocks, and counts what a full plan still finds: what was deleted, and nothing else.
    #[test]
    fn l40_runs_of_changes_end_where_a_full_run_ends(history in vec(event(), 0..24)) {
        let mut diary = wait(Diary::of(&history, true));
        // What failed again and again is tried again by then.
        diary.world.a_day_passes();
        wait(diary.run(&[]));
        let world = &diary.world;
        let full = wait(world.plan_from(&Snapshot::whole(
            Coverage::All,
            world.people.clone(),
            now() + TimeDelta::days(2),
        )));
        let remembered = wait(world.remembers::<Account>());
        let accounts = world.accounts.records();
        let missed = remembered.links.iter().filter(|(source, link)| {
            let row = accounts.iter().find(|row| row.id == link.target);
            let access = row.and_then(|row| row.record.access());
            !world.people.contains_key(*source) && access == Some(sync_core::Access::Active)
        });
        let drift = Drift::of(&full);
        prop_assert_eq!(drift.total(), missed.count(), "{}\n{}", drift, full);
        let origins = drift.counts.values().flat_map(|origins| origins.keys());
        prop_assert!(origins.copied().all(|origin| origin == DriftOrigin::Missing), "{}", full);
    }

    /// Looks at the watermark after every run of such histories, and at what had not reached the product.
    #[test]
    fn l41_the_watermark_never_goes_back_and_passes_nothing(history in vec(event(), 0..24)) {
        let diary = wait(Diary::of(&history, true));
        for pair in diary.marks.windows(2) {
            prop_assert!(pair[0].mark <= pair[1].mark);
        }
        for run in &diary.marks {
            prop_assert!(run.open.iter().all(|open| run.mark.at() <= (*open).max(run.before.at())));
        }
    }

    /// Plans at any time without applying, and compares the watermark in the ledger.
    #[test]
    fn l41_a_dry_run_does_not_move_the_watermark(history in vec(event(), 0..12)) {
        let diary = wait(Diary::of(&history, false));
        let before = wait(diary.world.remembers::<Account>()).watermark;
        wait(diary.world.plan_accounts());
        prop_assert_eq!(wait(diary.world.remembers::<Account>()).watermark, before);
    }

    /// Runs once more after every history without a change, and finds nothing done twice.
    #[test]
    fn l42_what_is_read_again_changes_nothing(history in vec(event(), 0..24)) {
        let mut diary = wait(Diary::of(&history, false));
        wait(diary.run(&[]));
        let before = diary.world.accounts.log().len();
        wait(diary.run(&[]));
        prop_assert_eq!(diary.world.accounts.log().len(), before);
    }

    /// Plays every history with exact and with skewed clocks, and compares the accounts.
    #[test]
    fn l43_clocks_that_are_off_do_not_matter(history in vec(event(), 0..24)) {
        let (mut skewed, mut exact) =
            (wait(Diary::of(&history, true)), wait(Diary::of(&history, false)));
        skewed.world.a_day_passes();
        exact.world.a_day_passes();
        wait(skewed.run(&[]));
        wait(exact.run(&[]));
        prop_assert_eq!(skewed.accounts(), exact.accounts());
    }

    /// Sends hints twice, late, in any order and with made-up ids, and compares with one run that reads everything.
    #[test]
    fn l44_hints_in_any_order_lead_to_the_same_accounts(
        (edits, hints) in vec((0..6_usize, select(Edit::LASTING.to_vec())), 0..12).prop_flat_map(
            |edits| {
                let ids = edits.iter().map(|(who, _)| id(*who));
                let twice = ids.clone().chain(ids);
                let hints: Vec<SourceId> = twice.chain([SourceId::new("made-up")]).collect();
                (Just(edits), Just(hints).prop_shuffle())
            }
        ),
        runs in 1..4_usize,
    ) {
        let (mut hinted, mut read_whole) = (wait(begin()), wait(begin()));
        for (who, edit) in &edits {
            edit.happens(*who, &mut hinted);
            edit.happens(*who, &mut read_whole);
        }
        let size = hints.len().div_ceil(runs);
        for hints in hints.chunks(size) {
            let reads = coalesce(hints.iter().map(|id| Hint {
                kind: Account::KIND.to_owned(),
                id: id.clone(),
                occurred_at: now(),
            }));
            wait(read_by_id(&hinted, &reads[Account::KIND].ids, &[]));
        }
        let everybody: BTreeSet<SourceId> = read_whole.people.keys().cloned().collect();
        wait(read_by_id(&read_whole, &everybody, &[]));
        prop_assert_eq!(accounts(&hinted), accounts(&read_whole));
    }
}

/// Something that happens in HR, and a run after it or none.
#[derive(Clone, Debug)]
struct Event {
    who: usize,
    edit: Edit,
    /// Several things may happen within one tick of the clock.
    seconds: i64,
    skew: i64,
    run: Option<Vec<Option<Fault>>>,
}

#[derive(Clone, Copy, Debug)]
enum Edit {
    Hired,
    Renamed(&'static str),
    Left,
    Returned,
    Deleted,
}

impl Edit {
    const LASTING: [Self; 4] = [
        Self::Renamed("Ikonen"),
        Self::Renamed("Öztürk"),
        Self::Left,
        Self::Returned,
    ];

    fn happens(self, who: usize, world: &mut World) -> bool {
        let id = id(who);
        match self {
            Self::Hired if !world.people.contains_key(&id) => {
                world.hire(id.as_str(), "Zoé Nagy");
            }
            Self::Hired => return false,
            _ if !world.people.contains_key(&id) => return false,
            Self::Renamed(name) => world.says(id.as_str(), field::LAST_NAME, name),
            Self::Left => world.leave(id.as_str()),
            Self::Returned => world.says(id.as_str(), "status", "active"),
            Self::Deleted => {
                world.vanish(id.as_str());
            }
        }
        true
    }
}

fn event() -> impl Strategy<Value = Event> {
    let edit = prop_oneof![
        2 => Just(Edit::Hired),
        6 => select(Edit::LASTING.to_vec()),
        1 => Just(Edit::Deleted),
    ];
    let fault = option::weighted(0.3, select(Fault::ALL.to_vec()));
    (
        0..6_usize,
        edit,
        0..120_i64,
        -BOUND..=BOUND,
        option::of(vec(fault, 0..3)),
    )
        .prop_map(|(who, edit, seconds, skew, run)| Event {
            who,
            edit,
            seconds,
            skew,
            run,
        })
}

fn id(who: usize) -> SourceId {
    SourceId::new((1 + who).to_string())
}

/// A settled company that locks whom one complete snapshot lacks.
async fn begin() -> World {
    let mut world = World::settled().await;
    world.policy.lifecycle.vanished = Vanished {
        action: EndAction::Lock,
        snapshots: 1,
        days: 0,
    };
    // Everything happens within hours, and what is held is no matter of this law.
    world.policy.rolling.clear();
    world.sync_accounts().await;
    world
}

/// A company, when HR says that each person changed, and where the watermark stood after each run.
struct Diary {
    world: World,
    changed: BTreeMap<SourceId, DateTime<Utc>>,
    marks: Vec<Mark>,
}

struct Mark {
    before: Watermark,
    mark: Watermark,
    /// When the records changed that the run did not bring to the product.
    open: Vec<DateTime<Utc>>,
}

impl Diary {
    async fn of(history: &[Event], skewed: bool) -> Self {
        let mut diary = Self {
            world: begin().await,
            changed: BTreeMap::new(),
            marks: Vec::new(),
        };
        let mut time = now();
        for event in history {
            time += TimeDelta::seconds(event.seconds);
            if event.edit.happens(event.who, &mut diary.world) {
                let skew = if skewed { event.skew } else { 0 };
                let at = time + TimeDelta::seconds(skew);
                diary.changed.insert(id(event.who), at);
            }
            if let Some(faults) = &event.run {
                diary.run(faults).await;
            }
        }
        diary
    }

    /// Reads what changed since the watermark, and brings it to the product as far as that goes.
    async fn run(&mut self, faults: &[Option<Fault>]) {
        let begin = Watermark::new(now());
        let before = self.world.remembers::<Account>().await.watermark;
        let before = before.unwrap_or(begin);
        let from = before.read_from(TimeDelta::seconds(2 * BOUND));
        let read: BTreeMap<SourceId, DateTime<Utc>> = self
            .changed
            .iter()
            .filter(|(id, at)| **at >= from && self.world.people.contains_key(*id))
            .map(|(id, at)| (id.clone(), *at))
            .collect();
        let ids = read.keys().cloned().collect();
        let report = read_by_id(&self.world, &ids, faults).await;
        let lease = self.world.lease().await;
        let mark = Reconciler {
            target: &self.world.accounts,
            ledger: &self.world.ledger,
            policy: &self.world.policy,
            key: &key(),
        }
        .advance(&lease, begin, &read, &report)
        .await
        .expect("memory can be written");
        let open = report.failures().map(|change| read[&change.source]);
        self.marks.push(Mark {
            before,
            mark,
            open: open.collect(),
        });
    }

    /// What the product has of those whom HR still has.
    fn accounts(&self) -> BTreeMap<SourceId, Account> {
        let mut accounts = accounts(&self.world);
        accounts.retain(|id, _| self.world.people.contains_key(id));
        accounts
    }
}

/// A run about single records; whom HR does not have, it says so.
async fn read_by_id(world: &World, ids: &BTreeSet<SourceId>, faults: &[Option<Fault>]) -> Report {
    let there = world.people.iter().filter(|(id, _)| ids.contains(*id));
    let there = there.map(|(id, employee)| (id.clone(), employee.clone()));
    let read_at = world.clock.now();
    let mut snapshot = Snapshot::whole(Coverage::Ids(ids.clone()), there, read_at);
    for id in ids.iter().filter(|id| !world.people.contains_key(*id)) {
        snapshot.confirm_missing(id.clone());
    }
    let mut plan = world.plan_from(&snapshot).await;
    let digest = plan.held_digest();
    plan.release(&digest).expect("the digest is its own");
    let product = Flaky::new(&world.accounts).failing_in_turn(faults.to_vec());
    world.apply(&plan, &product).await
}

fn accounts(world: &World) -> BTreeMap<SourceId, Account> {
    let rows = world.accounts.records().into_iter();
    rows.filter_map(|row| Some((row.external_id?, row.record)))
        .collect()
}
