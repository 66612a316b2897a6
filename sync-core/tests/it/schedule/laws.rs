//! What holds for all timetables.

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, TimeZone as _, Utc};
use chrono_tz::{TZ_VARIANTS, Tz};
use proptest::{
    prelude::*,
    sample::{Index, select},
};
use sync_core::schedule::{RunOutcome, RunSettings, Timetable, TimetableSettings};

use super::{cron, daily, every, everything_ran, runs_after, users};

fn zones() -> impl Strategy<Value = Tz> {
    any::<Index>().prop_map(|index| *index.get(&TZ_VARIANTS))
}

/// Moments of the years 2024 to 2029, to the millisecond.
fn moments() -> impl Strategy<Value = DateTime<Utc>> {
    (1_704_067_200_000_i64..1_893_456_000_000)
        .prop_map(|millis| DateTime::from_timestamp_millis(millis).expect("within the calendar"))
}

fn times() -> impl Strategy<Value = String> {
    (0..24_u32, 0..60_u32).prop_map(|(hour, minute)| format!("{hour:02}:{minute:02}"))
}

fn spans() -> impl Strategy<Value = String> {
    (times(), times())
        .prop_filter("two different times", |(from, to)| from != to)
        .prop_map(|(from, to)| format!("{from}-{to}"))
}

fn rhythms() -> impl Strategy<Value = RunSettings> {
    let between = (1..600_u32, prop::option::of(spans())).prop_map(|(minutes, between)| {
        let every = every(&format!("{minutes}m"));
        RunSettings { between, ..every }
    });
    let expressions = select(vec![
        "*/7 * * * *",
        "30 2 * * *",
        "0 */5 * * MON",
        "15 1,2,3 1 * *",
    ]);
    prop_oneof![
        between,
        prop::collection::vec(times(), 1..4).prop_map(|daily| RunSettings {
            daily,
            ..RunSettings::default()
        }),
        expressions.prop_map(cron),
    ]
}

fn timetables() -> impl Strategy<Value = Timetable> {
    (
        zones(),
        rhythms(),
        prop::collection::vec(spans(), 0..3),
        prop::option::of(1..1000_u32),
    )
        .prop_filter_map("quiet hours leave time", |(zone, rhythm, quiet, jitter)| {
            let settings = TimetableSettings {
                quiet,
                jitter: jitter.map(|seconds| format!("{seconds}s")),
                ..users(zone, rhythm).settings().clone()
            };
            Some(Timetable::try_from(settings).ok()?.for_connection("acme"))
        })
}

fn is_quiet(timetable: &Timetable, moment: DateTime<Utc>) -> bool {
    let zone: Tz = timetable.settings().zone.parse().expect("a zone");
    let time = moment.with_timezone(&zone).format("%H:%M").to_string();
    timetable.settings().quiet.iter().any(|span| {
        let (from, to) = span.split_once('-').expect("a span");
        if from < to {
            from <= time.as_str() && time.as_str() < to
        } else {
            from <= time.as_str() || time.as_str() < to
        }
    })
}

proptest! {
    #[test]
    fn a_run_is_never_due_in_the_past_nor_before_the_last_one_nor_in_quiet_hours(
        timetable in timetables(),
        last in moments(),
        passed in 0..1_000_000_000_i64,
    ) {
        let now = last + TimeDelta::milliseconds(passed);
        let state = everything_ran(&timetable, last);
        let due = timetable.next(&state, now).expect("rhythms have no end");
        prop_assert!(due.at > last);
        prop_assert!(due.at >= now);
        prop_assert!(!is_quiet(&timetable, due.at));
        prop_assert_eq!(timetable.next(&state, now), Some(due), "asking changes nothing");
    }

    #[test]
    fn a_run_that_starts_makes_way_for_a_later_one(
        timetable in timetables(),
        last in moments(),
        passed in 0..10_000_000_000_i64,
    ) {
        let now = last + TimeDelta::milliseconds(passed);
        let mut state = everything_ran(&timetable, last);
        let due = timetable.next(&state, now).expect("rhythms have no end");
        state.start(due.area, due.kind, due.at);
        state.finish(RunOutcome::Succeeded, due.at);
        let next = timetable.next(&state, due.at).expect("rhythms have no end");
        prop_assert!(next.at > due.at, "it is made up for once");
    }

    #[test]
    fn waiting_for_a_run_does_not_move_it(
        timetable in timetables(),
        last in moments(),
        part in 0.0..1.0_f64,
    ) {
        let state = everything_ran(&timetable, last);
        let due = timetable.next(&state, last).expect("rhythms have no end");
        let wait = (due.at - last).num_milliseconds() as f64 * part;
        let later = last + TimeDelta::milliseconds(wait as i64);
        prop_assert_eq!(timetable.next(&state, later), Some(due));
    }

    #[test]
    fn an_interval_never_drifts(
        zone in zones(),
        minutes in 1..600_i64,
        start in moments(),
        lateness in prop::collection::vec(0.0..1.0_f64, 1..50),
    ) {
        let interval = TimeDelta::minutes(minutes);
        let timetable = users(zone, every(&format!("{minutes}m")));
        let mut state = everything_ran(&timetable, start);
        let mut now = start;
        let first = timetable.next(&state, now).expect("it runs").at;
        for (count, late) in (0_i32..).zip(lateness) {
            let due = timetable.next(&state, now).expect("it runs");
            prop_assert_eq!(due.at, first + interval * count);
            let late = interval.num_milliseconds() as f64 * late;
            now = due.at + TimeDelta::milliseconds(late as i64);
            state.start(due.area, due.kind, now);
            state.finish(RunOutcome::Succeeded, now);
        }
    }

    #[test]
    fn a_daily_run_comes_once_for_every_day_of_a_year(zone in zones(), time in times()) {
        let timetable = users(zone, daily(&time));
        let time: NaiveTime = time.parse().expect("a time of day");
        let year: Vec<NaiveDate> = NaiveDate::from_ymd_opt(2026, 1, 2)
            .expect("a day of the calendar")
            .iter_days()
            .take(365)
            .collect();
        let start = year[0].pred_opt().expect("new year").and_time(time);
        let start = zone.from_local_datetime(&start).latest().expect("no zone changes at new year");
        for (day, due) in year.iter().zip(runs_after(&timetable, start.to_utc())) {
            let local = day.and_time(time);
            match zone.from_local_datetime(&local).earliest() {
                Some(moment) => prop_assert_eq!(due.at, moment),
                None => {
                    let shown = |moment: DateTime<Utc>| moment.with_timezone(&zone).naive_local();
                    prop_assert!(shown(due.at) > local);
                    prop_assert!(shown(due.at - TimeDelta::seconds(1)) < local);
                }
            }
        }
    }
}
