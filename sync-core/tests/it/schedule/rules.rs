//! What a timetable promises, told by example.

use std::{collections::BTreeSet, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use insta::assert_snapshot;
use rstest::rstest;
use sync_core::schedule::{
    Due, RunKind, RunOutcome, Timetable, TimetableState, Trigger, Unfinished,
};

use super::{everything_ran, runs_after, timetable, utc};

/// The schedule of a shift planner.
const SHIFTS: &str = r#"
zone = "Europe/Berlin"

[[runs]]
areas = ["users"]
daily = ["05:00"]

[[runs]]
areas = ["locations", "departments"]
daily = ["05:15"]

[[runs]]
areas = ["time-entries"]
daily = ["05:30"]

[[runs]]
areas = ["users", "absences"]
kind = "partial"
every = "4h"

[[runs]]
areas = ["time-entries"]
kind = "partial"
every = "10m"
between = "06:00-23:50"
"#;

const NIGHTLY: &str = r#"
zone = "Europe/Berlin"
runs = [{ areas = ["users"], daily = ["05:00"] }]
"#;

const FREQUENT: &str = r#"
zone = "UTC"
runs = [{ areas = ["users", "absences"], every = "10m" }]
"#;

fn show(due: &Due) -> String {
    let local = due.at.with_timezone(&chrono_tz::Europe::Berlin);
    format!("{} {} {}", local.format("%H:%M"), due.kind, due.area)
}

fn next(timetable: &Timetable, state: &TimetableState, now: &str) -> Due {
    timetable.next(state, utc(now)).expect("something is due")
}

fn fail(state: &mut TimetableState, due: Due) {
    state.start(due.area, due.kind, due.at);
    state.finish(RunOutcome::Failed, due.at);
}

#[test]
fn every_area_has_its_own_rhythm() {
    let timetable = timetable(SHIFTS);
    let midnight = utc("2026-03-01T23:00:00Z");
    let day: Vec<_> = runs_after(&timetable, midnight)
        .take_while(|due| due.at < midnight + TimeDelta::days(1))
        .collect();
    let (frequent, others): (Vec<_>, Vec<_>) = day
        .iter()
        .partition(|due| due.area.as_str() == "time-entries" && due.kind == RunKind::Partial);

    let others: Vec<_> = others.into_iter().map(show).collect();
    assert_snapshot!(others.join("\n"), @"
    04:00 partial users
    04:00 partial absences
    05:00 full users
    05:15 full locations
    05:15 full departments
    05:30 full time-entries
    08:00 partial users
    08:00 partial absences
    12:00 partial users
    12:00 partial absences
    16:00 partial users
    16:00 partial absences
    20:00 partial users
    20:00 partial absences
    ");
    let (first, last) = (frequent[0], frequent[frequent.len() - 1]);
    assert_snapshot!(format!("{}, ..., {}", show(first), show(last)), @"06:00 partial time-entries, ..., 23:50 partial time-entries");
    assert_eq!(frequent.len(), 18 * 6);
}

#[test]
fn a_new_connection_runs_at_once_in_the_order_of_the_timetable() {
    let timetable = timetable(SHIFTS);
    let (mut state, now) = (TimetableState::default(), utc("2026-03-02T12:03:00Z"));
    let mut areas = Vec::new();
    while let Some(due) = timetable.next(&state, now).filter(|due| due.at == now) {
        areas.push(format!("{} {}", due.kind, due.area));
        state.start(due.area, due.kind, now);
        state.finish(RunOutcome::Succeeded, now);
    }
    assert_eq!(
        areas,
        [
            "full users",
            "full locations",
            "full departments",
            "full time-entries",
            "partial absences"
        ]
    );
}

#[test]
fn what_was_missed_is_made_up_for_once() {
    let timetable = timetable(NIGHTLY);
    let mut state = everything_ran(&timetable, utc("2026-03-02T04:00:00Z"));
    let back = "2026-03-06T10:17:00Z";
    let due = next(&timetable, &state, back);
    assert_eq!(due.at, utc(back));
    state.start(due.area, due.kind, due.at);
    state.finish(RunOutcome::Succeeded, utc("2026-03-06T10:20:00Z"));
    let due = next(&timetable, &state, "2026-03-06T10:20:00Z");
    assert_eq!(due.at, utc("2026-03-07T04:00:00Z"));
}

#[test]
fn a_late_run_does_not_move_those_after_it() {
    let timetable = timetable(FREQUENT);
    let state = everything_ran(&timetable, utc("2026-03-02T10:07:30Z"));
    let due = next(&timetable, &state, "2026-03-02T10:08:00Z");
    assert_eq!(due.at, utc("2026-03-02T10:10:00Z"));
}

#[test]
fn of_two_areas_that_are_due_the_one_that_waited_longer_goes_first() {
    let timetable = timetable(FREQUENT);
    let mut state = everything_ran(&timetable, utc("2026-03-02T10:00:00Z"));
    state.start("users".into(), RunKind::Full, utc("2026-03-02T10:10:00Z"));
    state.finish(RunOutcome::Succeeded, utc("2026-03-02T10:35:00Z"));
    let due = next(&timetable, &state, "2026-03-02T10:35:00Z");
    assert_eq!(due.area.as_str(), "absences");
}

#[test]
fn a_clock_that_was_set_back_does_not_keep_a_run_waiting() {
    let timetable = timetable(FREQUENT);
    let state = everything_ran(&timetable, utc("2031-01-01T00:00:00Z"));
    let due = next(&timetable, &state, "2026-03-02T10:01:00Z");
    assert_eq!(due.at, utc("2026-03-02T10:10:00Z"));
}

#[rstest]
#[case::the_first(DateTime::<Utc>::MIN_UTC)]
#[case::the_last(DateTime::<Utc>::MAX_UTC)]
fn a_state_from_the_edge_of_the_calendar_is_borne(#[case] moment: DateTime<Utc>) {
    let timetable = timetable(SHIFTS).for_connection("acme");
    let mut state = everything_ran(&timetable, moment);
    state.start("users".into(), RunKind::Full, moment);
    state.finish(RunOutcome::Failed, moment);
    let now = utc("2026-03-02T10:00:00Z");
    assert!(timetable.next(&state, now).is_some_and(|due| due.at >= now));
    assert_eq!(timetable.status(&state, now).areas.len(), 5);
}

#[test]
fn a_run_in_quiet_hours_waits_for_their_end() {
    let timetable = timetable(
        r#"
        zone = "Europe/Berlin"
        quiet = ["22:00-04:00", "04:00-05:00", "12:00-13:00"]
        runs = [{ areas = ["users"], every = "3h" }]
        "#,
    );
    let day: Vec<_> = runs_after(&timetable, utc("2026-03-01T23:00:00Z"))
        .take(6)
        .map(|due| show(&due))
        .collect();
    assert_eq!(
        day,
        [
            "05:00 full users",
            "06:00 full users",
            "09:00 full users",
            "13:00 full users",
            "15:00 full users",
            "18:00 full users",
        ]
    );
}

#[test]
fn what_is_asked_for_comes_first_at_any_time() {
    let timetable = timetable(
        r#"
        zone = "UTC"
        quiet = ["22:00-05:00"]
        runs = [
            { areas = ["users"], every = "10m" },
            { areas = ["absences"], kind = "partial", every = "10m" },
        ]
        "#,
    );
    let night = "2026-03-02T23:00:00Z";
    let mut state = everything_ran(&timetable, utc("2026-03-02T20:00:00Z"));
    assert!(next(&timetable, &state, night).at > utc(night));

    state.paused = true;
    assert_eq!(timetable.next(&state, utc(night)), None);

    state.request("absences".into(), RunKind::Full);
    state.request("absences".into(), RunKind::Partial);
    let due = next(&timetable, &state, night);
    assert_eq!((due.area.as_str(), due.kind), ("absences", RunKind::Full));
    assert_eq!((due.at, due.trigger), (utc(night), Trigger::Requested));

    state.start(due.area, due.kind, due.at);
    assert!(state.requested.is_empty(), "the run answers what was asked");
    state.request("absences".into(), RunKind::Partial);
    state.finish(RunOutcome::Succeeded, due.at);
    let again = next(&timetable, &state, night);
    assert_eq!(again.kind, RunKind::Partial, "asked for during the run");
}

#[test]
fn a_full_run_stands_in_for_a_partial_one_that_is_due_with_it() {
    let timetable = timetable(SHIFTS);
    let mut state = everything_ran(&timetable, utc("2026-03-01T20:00:00Z"));
    state.request("users".into(), RunKind::Partial);
    let due = next(&timetable, &state, "2026-03-02T10:00:00Z");
    assert_eq!((due.area.as_str(), due.kind), ("users", RunKind::Full));
    assert_eq!(due.trigger, Trigger::Requested);
    state.start(due.area, due.kind, due.at);
    assert!(state.requested.is_empty());
}

#[test]
fn a_failed_run_is_tried_again_after_growing_waits_until_it_is_due_anyway() {
    let timetable = timetable(NIGHTLY);
    let mut state = everything_ran(&timetable, utc("2026-03-01T04:00:00Z"));
    let mut now = utc("2026-03-02T03:59:00Z");
    let mut tries = Vec::new();
    for _ in 0..10 {
        let due = timetable.next(&state, now).expect("it is due");
        now = due.at;
        tries.push((now - utc("2026-03-02T04:00:00Z")).num_minutes());
        fail(&mut state, due);
    }
    assert_eq!(tries, [0, 1, 3, 7, 15, 31, 63, 123, 183, 243]);

    let shortly_before = utc("2026-03-03T03:59:30Z");
    state.start("users".into(), RunKind::Full, shortly_before);
    state.finish(RunOutcome::Failed, shortly_before);
    let due = timetable.next(&state, shortly_before).expect("it is due");
    assert_eq!(due.at, utc("2026-03-03T04:00:00Z"));
    assert_eq!(due.trigger, Trigger::Scheduled);
}

#[test]
fn a_stopped_run_goes_on_as_soon_as_it_may() {
    let timetable = timetable(NIGHTLY);
    let mut state = everything_ran(&timetable, utc("2026-03-01T04:00:00Z"));
    state.start("users".into(), RunKind::Full, utc("2026-03-02T04:00:00Z"));
    let now = "2026-03-02T04:05:00Z";
    state.finish(RunOutcome::Stopped, utc(now));
    let due = next(&timetable, &state, now);
    assert_eq!((due.at, due.trigger), (utc(now), Trigger::Unfinished));
}

#[test]
fn a_full_run_that_succeeds_settles_a_partial_one_that_failed() {
    let timetable = timetable(SHIFTS);
    let now = utc("2026-03-02T10:00:00Z");
    let mut state = everything_ran(&timetable, now);
    state.start("users".into(), RunKind::Partial, now);
    state.finish(RunOutcome::Failed, now);
    let failed = Unfinished {
        failures: 1,
        since: now,
    };
    assert_eq!(
        state.history[&"users".into()].partial.unfinished,
        Some(failed)
    );
    state.start("users".into(), RunKind::Full, now);
    state.finish(RunOutcome::Succeeded, now);
    assert_eq!(state.history[&"users".into()].partial.unfinished, None);
}

#[test]
fn knowledge_grows_old_while_runs_fail_and_is_new_after_one_that_succeeds() {
    let timetable = timetable(SHIFTS);
    let start = utc("2026-03-02T10:00:00Z");
    let mut state = everything_ran(&timetable, start);
    let age = |state: &TimetableState, minutes: i64| {
        let status = timetable.status(state, start + TimeDelta::minutes(minutes));
        let ages = [status.areas[0].age, status.areas[0].full_age];
        ages.map(|age| age.expect("users have run") / 60)
    };
    let minutes = |[partial, full]: [u64; 2]| [partial, full].map(Duration::from_secs);
    assert_eq!(age(&state, 0), minutes([0, 0]));

    let moment = |minutes: i64| -> DateTime<Utc> { start + TimeDelta::minutes(minutes) };
    state.start("users".into(), RunKind::Partial, moment(60));
    assert_eq!(age(&state, 65), minutes([65, 65]));
    state.finish(RunOutcome::Failed, moment(70));
    assert_eq!(age(&state, 75), minutes([75, 75]));
    state.start("users".into(), RunKind::Partial, moment(80));
    state.finish(RunOutcome::Succeeded, moment(90));
    assert_eq!(age(&state, 90), minutes([10, 90]), "from its beginning");

    let fresh = timetable.status(&TimetableState::default(), start);
    assert_eq!(fresh.areas[0].age, None);
}

#[test]
fn connections_start_at_different_seconds_but_each_always_at_the_same() {
    let jittered = |id: &str| {
        let timetable: Timetable = timetable(
            r#"
            zone = "UTC"
            jitter = "5m"
            runs = [{ areas = ["users"], every = "10m" }]
            "#,
        );
        let timetable = timetable.for_connection(id);
        let moments = runs_after(&timetable, utc("2026-03-02T10:00:00Z")).take(50);
        let delays: BTreeSet<_> = moments.map(|due| due.at.timestamp() % 600).collect();
        assert_eq!(delays.len(), 1, "always the same");
        delays.into_iter().next().expect("there is one")
    };
    let delays: BTreeSet<_> = (0..100)
        .map(|number| jittered(&format!("connection-{number}")))
        .collect();
    assert!(delays.iter().all(|seconds| (0..=300).contains(seconds)));
    assert!(delays.len() > 50, "they are spread: {delays:?}");
}

#[rstest]
#[case::nothing_yet(TimetableState::default())]
#[case::everything_ran(everything_ran(&timetable(SHIFTS), utc("2026-03-02T04:00:00Z")))]
#[case::asked_for_and_failed({
    let mut state = everything_ran(&timetable(SHIFTS), utc("2026-03-02T04:00:00Z"));
    state.start("users".into(), RunKind::Full, utc("2026-03-02T05:00:00Z"));
    state.finish(RunOutcome::Failed, utc("2026-03-02T05:10:00Z"));
    state.start("absences".into(), RunKind::Partial, utc("2026-03-02T05:10:00Z"));
    state.request("users".into(), RunKind::Partial);
    state
})]
fn the_state_can_be_stored(#[case] state: TimetableState) {
    let stored = serde_json::to_string(&state).expect("it can be written");
    let read: TimetableState = serde_json::from_str(&stored).expect("it can be read");
    assert_eq!(read, state);
}
