//! What else may have happened before a run, beside what scenes know by themselves.

use std::collections::BTreeSet;

use chrono::Duration;
use proptest::{collection::vec, option, prelude::*, sample::select};
use sync_core::{
    Class, Completeness, Coverage, Digest, Executed, FieldName, Known, Record, Rolling, Setback,
    SourceId, Tally, Value, Wish,
};

use super::{
    event::{Event, event},
    limit::OTHER_SETTINGS,
    wanted::Wanted,
};
use crate::{
    scene::{Scene, changes, now},
    terms,
};

#[derive(Clone, Debug)]
pub(crate) struct History {
    /// What happened to single records, several things to one.
    events: Vec<(usize, Vec<Event>)>,
    failures: Vec<(usize, Failure)>,
    /// Effects of the last hours, and whether they are planned again.
    executed: Vec<(Class, i64, Option<usize>)>,
    rolling: Option<Vec<Rolling>>,
    settings: Option<Settings>,
    approval: Option<Approval>,
    has_total: bool,
    external_ids: bool,
    change_ids: bool,
    /// The product shows one record in so many.
    shows_one_in: Option<usize>,
    lacking: Option<Lacking>,
}

/// What failed before: a change that is planned again, or another.
#[derive(Clone, Copy, Debug)]
struct Failure {
    is_same: bool,
    attempts: u32,
    days: i64,
    until: i64,
}

#[derive(Clone, Copy, Debug)]
enum Settings {
    Same,
    Other,
}

/// What a person approved of what waits.
#[derive(Clone, Copy, Debug)]
enum Approval {
    Everything,
    AllButOne(usize),
    TooLongAgo,
}

pub(crate) fn history() -> impl Strategy<Value = History> {
    let class = || {
        select(vec![
            Class::Lock,
            Class::Remove,
            Class::Clear,
            Class::Forget,
            Class::Invite,
        ])
    };
    let executed = (class(), 0..200_i64, option::of(0..8_usize));
    let rolling = (select(vec![1_u32, 24, 100]), class(), terms::budget()).prop_map(
        |(hours, class, budget)| {
            let mut rolling = Rolling::hours(hours);
            rolling.budgets.insert(class, budget);
            vec![rolling]
        },
    );
    let settings = select(vec![Settings::Same, Settings::Other]);
    let approval = prop_oneof![
        Just(Approval::Everything),
        (0..4_usize).prop_map(Approval::AllButOne),
        Just(Approval::TooLongAgo),
    ];
    let events = prop_oneof![
        1 => Just(Vec::new()),
        2 => vec((0..8_usize, vec(event(), 1..=3)), 1..=4),
    ];
    (
        events,
        prop_oneof![1 => Just(Vec::new()), 1 => vec((0..8_usize, failure()), 1..=4)],
        prop_oneof![2 => Just(Vec::new()), 1 => vec(executed, 1..=4)],
        option::weighted(0.2, rolling),
        option::weighted(0.3, settings),
        option::weighted(0.3, approval),
        prop::bool::weighted(0.9),
        prop::bool::weighted(0.7),
        prop::bool::weighted(0.3),
        (
            option::weighted(0.1, 2..5_usize),
            option::weighted(0.25, lacking()),
        ),
    )
        .prop_map(
            |(
                events,
                failures,
                executed,
                rolling,
                settings,
                approval,
                has_total,
                external_ids,
                change_ids,
                (shows_one_in, lacking),
            )| History {
                events,
                failures,
                executed,
                rolling,
                settings,
                approval,
                has_total,
                external_ids,
                change_ids,
                shows_one_in,
                lacking,
            },
        )
}

/// A field that some had before, and that HR shows no more, or shows empty.
#[derive(Clone, Copy, Debug)]
struct Lacking {
    field: &'static str,
    is_emptied: bool,
    /// One in so many had it before ...
    had_one_in: usize,
    /// ... and all but one in so many have it no more.
    has_one_in: usize,
}

fn lacking() -> impl Strategy<Value = Lacking> {
    let field = select(vec!["first_name", "last_name", "label"]);
    (field, any::<bool>(), 1..5_usize, 5..40_usize).prop_map(
        |(field, is_emptied, had_one_in, has_one_in)| Lacking {
            field,
            is_emptied,
            had_one_in,
            has_one_in,
        },
    )
}

impl Lacking {
    fn happened_to<R: Record>(self, scene: &mut Scene<R>) {
        let field = FieldName::from(self.field);
        for (number, link) in scene.ledger.links.values_mut().enumerate() {
            if number % self.had_one_in != 0 {
                link.agreed.remove(&field);
            }
        }
        for (number, wish) in scene.desired.wishes.values_mut().enumerate() {
            if let Wish::Present(record) = wish
                && (number + 1) % self.has_one_in != 0
            {
                match self.is_emptied {
                    // Another kind has no such field.
                    true => drop(record.set(&field, None)),
                    false => *record = without(record, self.field),
                }
            }
        }
    }
}

/// The same record, with one field that HR does not show, if the kind can be without.
fn without<R: Record>(record: &R, field: &str) -> R {
    let mut written = serde_json::to_value(record).expect("records are plain data");
    if let Some(shown) = written.get_mut(field) {
        *shown = serde_json::to_value(Known::<Value>::NotObserved).expect("it is a word");
    }
    serde_json::from_value(written).unwrap_or_else(|_| record.clone())
}

fn failure() -> impl Strategy<Value = Failure> {
    let days = select(vec![0_i64, 6, 7, 8]);
    let until = select(vec![-1_i64, 0, 1]);
    (prop::bool::weighted(0.7), 1..4_u32, days, until).prop_map(
        |(is_same, attempts, days, until)| Failure {
            is_same,
            attempts,
            days,
            until,
        },
    )
}

impl History {
    pub(crate) fn happened_to<R: Record>(&self, mut scene: Scene<R>) -> Scene<R> {
        scene.capabilities.external_ids = self.external_ids;
        scene.capabilities.change_ids = self.change_ids;
        if !self.external_ids {
            scene
                .existing
                .iter_mut()
                .for_each(|row| row.external_id = None);
        }
        if let Some(rolling) = &self.rolling {
            scene.policy.rolling.clone_from(rolling);
        }
        let is_whole = matches!(scene.desired.completeness, Completeness::Complete(_));
        if is_whole && !self.has_total {
            scene.desired.completeness = without_total(scene.desired.wishes.len());
        }
        if let Some(lacking) = self.lacking {
            lacking.happened_to(&mut scene);
        }
        if let Some(one_in) = self.shows_one_in {
            let rows = std::mem::take(&mut scene.existing);
            scene.existing = rows.into_iter().step_by(one_in).collect();
        }
        let wishes = scene.desired.wishes.keys();
        let everybody: BTreeSet<SourceId> =
            wishes.chain(scene.ledger.links.keys()).cloned().collect();
        let everybody: Vec<SourceId> = everybody.into_iter().collect();
        for (index, events) in &self.events {
            if let Some(source) = everybody.get(*index % everybody.len().max(1)) {
                for event in events {
                    event.happened_to(source, &mut scene);
                }
            }
        }
        scene.ledger.settings = match self.settings {
            None => None,
            Some(Settings::Other) => Some(Digest::new(OTHER_SETTINGS)),
            Some(Settings::Same) => Some(settings(&scene)),
        };
        self.tried(&everybody, &mut scene);
        self.approve(&mut scene);
        scene
    }

    /// What was tried and made before, as far as it has to do with what is planned.
    fn tried<R: Record>(&self, everybody: &[SourceId], scene: &mut Scene<R>) {
        let plan = scene.plan();
        let mut planned = changes(&plan).collect::<Vec<_>>();
        planned.sort_by_key(|change| (change.source.clone(), change.class()));
        let nth = |index: usize| planned.get(index % planned.len().max(1));
        let nth_of_all = |index: usize| everybody.get(index % everybody.len().max(1));
        for (number, (index, failure)) in self.failures.iter().enumerate() {
            let same = nth(*index).filter(|_| failure.is_same);
            let same = same.map(|it| (it.source.clone(), Wanted::planned(it).fingerprint()));
            let other = || Digest::new(format!("failure {number}"));
            let other = || nth_of_all(*index).map(|source| (source.clone(), other()));
            let Some((source, fingerprint)) = same.or_else(other) else {
                continue;
            };
            let setback = Setback {
                source,
                attempts: failure.attempts,
                since: now() - Duration::days(failure.days),
                not_before: now() + Duration::hours(failure.until),
            };
            scene.ledger.setbacks.insert(fingerprint, setback);
        }
        for (number, (class, hours, again)) in self.executed.iter().enumerate() {
            let at = now() - Duration::hours(*hours);
            let again = again
                .and_then(nth)
                .filter(|change| change.class() == *class);
            let id = match again {
                Some(change) => change.id.clone(),
                None => format!("effect-{number}").as_str().into(),
            };
            let class = *class;
            scene.ledger.executed.insert(id, Executed { class, at });
        }
    }

    fn approve<R: Record>(&self, scene: &mut Scene<R>) {
        let Some(approval) = self.approval else {
            return;
        };
        let plan = scene.plan();
        let until = match approval {
            Approval::TooLongAgo => now(),
            _ => now() + Duration::days(1),
        };
        let digest = plan.held_digest();
        let approved = plan.approve(&digest, "admin", now() - Duration::days(1), until);
        let approved = approved.expect("the digest is the plan's own");
        let mut writes = approved.writes();
        if let Approval::AllButOne(index) = approval
            && !writes.is_empty()
        {
            writes.remove(index % writes.len());
        }
        writes.iter().for_each(|write| scene.ledger.apply(write));
    }
}

/// An answer of a source that does not say how many records there are.
fn without_total(rows: usize) -> Completeness {
    Completeness::of(&Tally {
        rows: rows as u64,
        distinct: rows as u64,
        declared_first: None,
        declared_last: None,
        gaps: Vec::new(),
    })
}

/// The fingerprint of today's settings, taken from where it is public: from what is to be remembered of a first run.
fn settings<R: Record>(scene: &Scene<R>) -> Digest {
    let mut first = scene.clone();
    first.ledger = Default::default();
    first.desired.wishes.clear();
    first.desired.coverage = Coverage::All;
    first.desired.completeness = without_total(0);
    let plan = serde_json::to_value(first.plan()).expect("a plan is plain data");
    let settings = plan["settings"].as_str();
    Digest::new(settings.expect("a first run has settings"))
}
