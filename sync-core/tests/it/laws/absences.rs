//! The product's calendar shows who is absent, as far as it can, and says where it cannot.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{NaiveDate, NaiveTime};
use proptest::{prelude::*, sample::select};
use sync_core::{
    Absence, AbsencePeriod, AbsencePolicy, Capabilities, Coverage, Existing, Known, LedgerState,
    Matter, Snapshot, SourceId, SyncPolicy, TargetId, Window, Wish,
    absence::{self, Approval, Finer, FitPolicy, Grain, Granularity, Label, OpenEnds, YearEnds},
};

use crate::{
    calendar::{SpanKind, accounts, calendar},
    fitting::{days_to_look_at, fit_policy, granularity, is_absent, is_shown, times, waits},
    scene::{Scene, day, now, today},
};

proptest! {
    /// Every calendar under every rule, compared half hour by half hour with a second opinion on who is shown.
    #[test]
    fn l50_the_calendar_covers_what_hr_approved(
        calendar in calendar(),
        granularity in granularity(),
        fit in fit_policy(),
    ) {
        let rows: Vec<_> = calendar.in_hr().into_iter().take(12).collect();
        let wanted = calendar.desire(rows.clone());
        let window = wanted.window;
        let desired = absence::fit(wanted.clone(), &granularity, &fit);
        let scene = from_nothing(desired);
        let plan = scene.plan();
        let stage = scene.stage();
        prop_assert!(stage.apply(&plan).is_success(), "{}", plan);
        let product = stage.product.records();

        let noted: BTreeSet<&SourceId> = plan.notices().iter().map(|it| &it.source).collect();
        let (shown, waiting): (Vec<_>, Vec<_>) = wanted
            .wishes
            .iter()
            .filter_map(|(source, wish)| match wish {
                Wish::Present(absence) => Some((source, absence)),
                _ => None,
            })
            .partition(|(_, absence)| !waits(&absence.span, &granularity, &fit, window));
        for (source, _) in waiting {
            prop_assert!(noted.contains(source), "{source} waits silently\n{plan}");
        }
        let rule = (granularity.grain, fit.finer);
        for day in days_to_look_at(window) {
            for time in times() {
                let has: BTreeSet<&TargetId> = at(product.iter().map(|it| &it.record), day, time);
                let mut should_have = BTreeSet::new();
                for (source, absence) in &shown {
                    let is_shown = is_shown(&absence.span, rule, day, time);
                    if is_shown {
                        should_have.insert(&absence.account);
                    }
                    if is_shown != is_absent(&absence.span, day, time) {
                        prop_assert!(noted.contains(*source), "{source} is rounded silently\n{plan}");
                    }
                }
                prop_assert_eq!(has, should_have, "on {} at {}\n{:#}", day, time, plan);
            }
        }
        // Whoever is not wanted in the first place has a reason in the plan.
        for (source, _) in rows.iter().filter(|(source, _)| wanted.wishes.contains_key(source)) {
            prop_assert!(plan.explanations().contains_key(source));
        }
    }

    /// What a calendar can hold arrives as it is, and without a note, whatever the rules for the rest.
    #[test]
    fn l51_half_days_and_hours_survive_where_they_can(
        calendar in calendar(),
        grain in select(vec![Grain::Hours, Grain::HalfDays]),
        finer in select(vec![Finer::RoundUp, Finer::RoundDown, Finer::Hold]),
    ) {
        let granularity = Granularity { grain, ..Granularity::default() };
        let policy = FitPolicy { finer, ..FitPolicy::default() };
        let wanted = calendar.desire(calendar.in_hr());
        let scene = from_nothing(absence::fit(wanted.clone(), &granularity, &policy));
        let stage = scene.stage();
        let plan = scene.plan();
        stage.apply(&plan);
        let product = of_source(&stage.product.records());
        for (source, wish) in &wanted.wishes {
            let Wish::Present(absence) = wish else { continue };
            if grain == Grain::Hours || absence.span.hours.is_none() {
                prop_assert!(product.get(source) == Some(absence), "{source}\n{plan}");
                let lossy = plan.notices().iter().any(|it| it.source == *source);
                prop_assert!(!lossy, "{source} is noted\n{plan}");
            }
        }
    }

    /// Two runs with windows apart: whatever lies outside on both sides is neither created, changed nor removed.
    #[test]
    fn l52_what_lies_outside_the_window_stays(
        calendar in calendar(),
        (before, after) in (0..40_u32, 0..60_u32),
        moves in 0..60_i64,
        split in any::<bool>(),
        by_ids in any::<bool>(),
    ) {
        let mut scene = calendar.scene();
        let stage = scene.stage();
        let year_ends = if split { YearEnds::Split } else { YearEnds::Keep };
        let policy = FitPolicy { year_ends, ..FitPolicy::default() };
        for today in [day(0), day(moves)] {
            let window = Window::around(today, before, after);
            let rows = calendar.in_hr().into_iter().filter_map(|(id, row)| Some((id, row?)));
            let inside = |row: &AbsencePeriod| window.overlaps(row.span.first_day, row.span.last_day);
            let rows: Vec<_> = rows.filter(|(_, row)| by_ids || inside(row)).collect();
            let coverage = match by_ids {
                true => Coverage::Ids(rows.iter().map(|(id, _)| id.clone()).collect()),
                false => Coverage::Window(window),
            };
            let snapshot = Snapshot::whole(coverage, rows, now());
            let wanted = absence::desire(&snapshot, &accounts(), calendar.policy()).within(window);
            scene.desired = absence::fit(wanted, &Granularity::default(), &policy);
            scene = scene.after(&stage);
            let plan = scene.approved_plan();
            stage.apply(&plan);

            let now: BTreeMap<TargetId, Existing<Absence>> = by_id(stage.product.records());
            let is_outside = |absence: &Absence| {
                !window.overlaps(absence.span.first_day, absence.span.last_day)
            };
            let belongs: BTreeMap<&TargetId, &SourceId> =
                scene.ledger.links.iter().map(|(source, link)| (&link.target, source)).collect();
            let goes_in = |id: &TargetId| belongs.get(id).is_some_and(|source| {
                matches!(scene.desired.wishes.get(*source), Some(Wish::Present(it)) if !is_outside(it))
            });
            for row in scene.existing.iter().filter(|it| is_outside(&it.record)) {
                let adopted = plan.ready().iter().any(|it| it.target.as_ref() == Some(&row.id));
                if !goes_in(&row.id) && !adopted {
                    prop_assert!(now.get(&row.id) == Some(row), "{} changed\n{plan:#}", row.id);
                }
            }
            let before = by_id(scene.existing.clone());
            for row in now.values().filter(|it| !before.contains_key(&it.id)) {
                prop_assert!(!is_outside(&row.record), "{} was created\n{plan:#}", row.id);
            }
        }
    }

    /// Any history of requests, approvals, edits, splits and deletions, with a run after each step that may read only the requests there are, ends in what a fresh product gets.
    #[test]
    fn l53_every_history_ends_in_exactly_the_new_set(
        steps in history(),
        granularity in granularity(),
        // What waits is not there on a fresh product, and stays on the other.
        fit in fit_policy().prop_filter("nothing waits", |fit| {
            fit.finer != Finer::Hold && fit.open_ends != OpenEnds::Hold && fit.year_ends != YearEnds::Hold
        }),
        show_pending in any::<bool>(),
        by_ids in any::<bool>(),
    ) {
        let approvals = if show_pending {
            BTreeSet::from([Approval::Approved, Approval::Pending])
        } else {
            BTreeSet::from([Approval::Approved])
        };
        let policy = AbsencePolicy { approvals, ..AbsencePolicy::default() };
        let window = Window::around(today(), 400, 400);
        let read = |rows: &BTreeMap<SourceId, AbsencePeriod>, coverage| {
            let snapshot = Snapshot::whole(coverage, rows.clone(), now());
            let wanted = absence::desire(&snapshot, &accounts(), &policy).within(window);
            absence::fit(wanted, &granularity, &fit)
        };
        let whole = |rows: &_| read(rows, Coverage::Window(window));

        let mut rows = BTreeMap::new();
        let mut scene = from_nothing(whole(&rows));
        let stage = scene.stage();
        for step in steps {
            // Only a whole list shows that a request is gone.
            let is_deletion = step.becomes.is_none();
            step.apply(&mut rows);
            let desired = match by_ids && !is_deletion {
                true => read(&rows, Coverage::Ids(rows.keys().cloned().collect())),
                false => whole(&rows),
            };
            scene = Scene { desired, ..scene.after(&stage) };
            let plan = scene.approved_plan();
            prop_assert!(stage.apply(&plan).is_success(), "{}", plan);

            let fresh = from_nothing(whole(&rows));
            let fresh_stage = fresh.stage();
            fresh_stage.apply(&fresh.plan());
            prop_assert!(
                of_source(&stage.product.records()) == of_source(&fresh_stage.product.records()),
                "{:#}", plan
            );
        }
    }

    /// Every pair of a wanted absence and one entered by hand is noted if and only if both have a half hour in common.
    #[test]
    fn l54_overlaps_with_manual_entries_are_reported(calendar in calendar()) {
        let scene = calendar.scene();
        let plan = scene.plan();
        let noted: BTreeSet<(&SourceId, &TargetId)> = plan
            .notices()
            .iter()
            .filter_map(|notice| match &notice.matter {
                Matter::Overlaps(target) => Some((&notice.source, target)),
                _ => None,
            })
            .collect();
        let days = days_to_look_at(None);
        let by_hand: Vec<_> = scene.existing.iter().filter(|it| plan.unmanaged().contains(&it.id)).collect();
        let mut overlapping = BTreeSet::new();
        for (source, wish) in &scene.desired.wishes {
            let Wish::Present(wanted) = wish else { continue };
            for row in &by_hand {
                let both = |day: &NaiveDate| {
                    let absent = |absence: &Absence, time| is_absent(&absence.span, *day, time);
                    times().any(|time| absent(wanted, time) && absent(&row.record, time))
                };
                if row.record.account == wanted.account && days.iter().any(both) {
                    overlapping.insert((source, &row.id));
                }
            }
        }
        prop_assert_eq!(noted, overlapping);
    }

    /// Names and ids of types are canaries: unless the policy shows types, they are not in plan, product, report or ledger.
    #[test]
    fn l55_nobody_learns_the_reason(calendar in calendar(), listed in any::<bool>()) {
        let label = match listed {
            true => Label::Listed([("sick".to_owned(), "Away".to_owned())].into()),
            false => Label::Absent,
        };
        let scene = calendar.labelled(label).scene();
        let stage = scene.stage();
        let plan = scene.approved_plan();
        let report = stage.apply(&plan);
        let product: Vec<_> = stage.product.records().into_iter().map(|it| it.record).collect();
        let texts = [
            plan.revealed().to_string(),
            json(&plan),
            format!("{plan:?}"),
            report.to_string(),
            json(&report),
            json(&product),
            json(&stage.remembered()),
        ];
        for canary in ["Urlaub", "Krankheit", "vacation", "sick"] {
            for text in &texts {
                prop_assert!(!text.contains(canary), "{canary} in {text}");
            }
        }
    }
}

/// What becomes of one request in a step of its history.
#[derive(Clone, Debug)]
struct Step {
    request: usize,
    becomes: Option<(SpanKind, Approval)>,
}

fn history() -> impl Strategy<Value = Vec<Step>> {
    let spans: Vec<SpanKind> = SpanKind::ALL
        .into_iter()
        .filter(|it| *it != SpanKind::Empty)
        .collect();
    let approval = select(vec![
        Approval::Approved,
        Approval::Approved,
        Approval::Pending,
        Approval::Rejected,
    ]);
    let becomes = proptest::option::weighted(0.8, (select(spans), approval));
    let step = (0..4_usize, becomes).prop_map(|(request, becomes)| Step { request, becomes });
    prop::collection::vec(step, 1..8)
}

impl Step {
    fn apply(self, rows: &mut BTreeMap<SourceId, AbsencePeriod>) {
        let id = SourceId::from(format!("absence-{}", self.request));
        match self.becomes {
            None => {
                rows.remove(&id);
            }
            Some((span, approval)) => {
                let period = AbsencePeriod {
                    employee: SourceId::from(format!("employee-{}", self.request % 2)),
                    kind_id: Known::Value("vacation".to_owned()),
                    kind_name: Known::NotObserved,
                    span: span.span(),
                    approval: Known::Value(approval),
                };
                rows.insert(id, period);
            }
        }
    }
}

/// A product and a ledger without anything in them.
fn from_nothing(desired: sync_core::Desired<Absence>) -> Scene<Absence> {
    Scene {
        desired,
        existing: Vec::new(),
        ledger: LedgerState::default(),
        capabilities: Capabilities::all(),
        policy: SyncPolicy::for_absences(),
    }
}

/// Whose absences lie on a time.
fn at<'a>(
    absences: impl Iterator<Item = &'a Absence>,
    day: NaiveDate,
    time: NaiveTime,
) -> BTreeSet<&'a TargetId> {
    let absent = absences.filter(|it| is_absent(&it.span, day, time));
    absent.map(|it| &it.account).collect()
}

fn by_id(rows: Vec<Existing<Absence>>) -> BTreeMap<TargetId, Existing<Absence>> {
    rows.into_iter().map(|row| (row.id.clone(), row)).collect()
}

fn of_source(rows: &[Existing<Absence>]) -> BTreeMap<SourceId, Absence> {
    let of = |row: &Existing<Absence>| Some((row.external_id.clone()?, row.record.clone()));
    rows.iter().filter_map(of).collect()
}

fn json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).expect("it is plain data")
}
