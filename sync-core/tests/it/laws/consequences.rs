//! What follows from an absence for other records is planned and counted like everything else.

use std::collections::{BTreeMap, BTreeSet};

use proptest::{prelude::*, sample::select};
use sync_core::{
    Absence, Budget, Capabilities, Class, Effect, Existing, Known, LedgerState, SourceId,
    SyncPolicy, TargetId, Window,
    absence::{Approval, Part, Span, days},
};

use crate::{
    bookings::{self, Booking},
    calendar::SpanKind,
    scene::{Scene, changes, day, today},
};

proptest! {
    /// Three runs over desks that people book again in between: every desk is taken by an absence at most once, never without being planned and counted, and never behind a blocker.
    #[test]
    fn l56_an_absence_takes_a_desk_once(
        absences in prop::collection::vec((0..3_usize, select(SpanKind::ALL.to_vec())), 0..6),
        desks in prop::collection::vec((0..3_usize, -3..12_i64, part(), any::<bool>()), 0..12),
        booked_again in any::<[bool; 12]>(),
        percent in select(vec![0_u8, 50, 100]),
    ) {
        let absences: BTreeMap<SourceId, Absence> = absences
            .into_iter()
            .enumerate()
            .map(|(index, (person, span))| (format!("absence-{index}").into(), absence(person, span.span())))
            .collect();
        let window = Window::around(today(), 2, 20);
        let existing: Vec<Existing<Booking>> = desks
            .iter()
            .enumerate()
            .map(|(index, (person, offset, part, blocked))| Existing {
                protected: *blocked,
                ..Booking::new(&format!("account-{person}"), day(*offset), *part).row(&format!("desk-{index}"))
            })
            .collect();
        let budget = Budget::new(std::num::NonZeroU32::MIN, percent);
        let mut scene = Scene {
            desired: bookings::desire(&absences, &existing, &window),
            existing: existing.clone(),
            ledger: LedgerState::default(),
            capabilities: Capabilities::all(),
            policy: SyncPolicy { budgets: [(Class::Lock, budget)].into(), ..SyncPolicy::default() },
        };
        let stage = scene.stage();
        let mut taken: BTreeSet<(TargetId, SourceId)> = BTreeSet::new();
        for run in 0..3 {
            scene.desired = bookings::desire(&absences, &stage.product.records(), &window);
            scene = scene.after(&stage);
            let plan = if run == 1 { scene.approved_plan() } else { scene.plan() };
            let planned: BTreeSet<TargetId> = changes(&plan).filter_map(|it| it.target.clone()).collect();
            let before = scene.existing.clone();
            let report = stage.apply(&plan);
            prop_assert!(report.is_success(), "{}", report);
            prop_assert_eq!(report.done().get(&Class::Lock).copied().unwrap_or_default(),
                plan.ready().iter().filter(|it| matches!(it.effect, Effect::Lock { .. })).count());

            for (before, after) in before.iter().zip(stage.product.records()) {
                if before.record == after.record {
                    continue;
                }
                prop_assert!(!before.protected, "{} has a blocker", before.id);
                prop_assert!(planned.contains(&before.id), "{} was not planned\n{}", before.id, plan);
                let new = after.record.released_for.difference(&before.record.released_for);
                for absence in new {
                    prop_assert!(taken.insert((before.id.clone(), absence.clone())), "taken twice");
                }
                let has = (!after.record.cancelled).then_some(after.record.part);
                prop_assert_eq!(has, left(&before.record, &absences, &window));
            }
            for (row, again) in stage.product.records().into_iter().zip(booked_again) {
                if again {
                    let record = existing.iter().find(|it| it.id == row.id).map(|it| it.record.clone());
                    let released_for = row.record.released_for.clone();
                    let record = Booking { released_for, ..record.expect("no desk is ever removed") };
                    stage.product.put(Existing { record, ..row });
                }
            }
        }
    }
}

/// What absences that are new to a desk leave of it.
fn left(
    booking: &Booking,
    absences: &BTreeMap<SourceId, Absence>,
    window: &Window,
) -> Option<Part> {
    let is_new = |source: &SourceId| !booking.released_for.contains(source);
    let mine = absences
        .iter()
        .filter(|(source, it)| it.account == booking.account && is_new(source));
    let mut on_day =
        mine.flat_map(|(_, it)| days(&it.span, window).filter(|(day, _)| *day == booking.day));
    on_day.try_fold(booking.part, |left, (_, absent)| left.without(absent))
}

fn part() -> impl Strategy<Value = Part> {
    select(vec![Part::Morning, Part::Afternoon, Part::Full])
}

fn absence(person: usize, span: Span) -> Absence {
    Absence {
        account: format!("account-{person}").into(),
        label: Known::Value("absent".to_owned()),
        span,
        approval: Approval::Approved,
    }
}
