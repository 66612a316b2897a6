//! When runs are due.

mod laws;
mod page;
mod rules;
mod settings;
mod zones;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use sync_core::schedule::{
    Area, Due, RunKind, RunOutcome, RunSettings, Timetable, TimetableSettings, TimetableState,
};

/// Reads a timetable from TOML.
fn timetable(toml: &str) -> Timetable {
    toml::from_str(toml).expect("the timetable is possible")
}

/// A timetable in which users run fully in one rhythm.
fn users(zone: Tz, rhythm: RunSettings) -> Timetable {
    let areas = vec![Area::new("users")];
    let settings = TimetableSettings {
        runs: vec![RunSettings { areas, ..rhythm }],
        ..TimetableSettings::new(zone.name())
    };
    settings.try_into().expect("the timetable is possible")
}

fn every(interval: &str) -> RunSettings {
    RunSettings {
        every: Some(interval.to_owned()),
        ..RunSettings::default()
    }
}

fn daily(time: &str) -> RunSettings {
    RunSettings {
        daily: vec![time.to_owned()],
        ..RunSettings::default()
    }
}

fn cron(expression: &str) -> RunSettings {
    RunSettings {
        cron: Some(expression.to_owned()),
        ..RunSettings::default()
    }
}

/// The state after everything ran at a moment.
fn everything_ran(timetable: &Timetable, at: DateTime<Utc>) -> TimetableState {
    let mut state = TimetableState::default();
    for area in timetable.areas() {
        for kind in [RunKind::Partial, RunKind::Full] {
            state.start(area.clone(), kind, at);
            state.finish(RunOutcome::Succeeded, at);
        }
    }
    state
}

/// The runs after a moment at which everything ran, if each starts in time and takes none.
fn runs_after(timetable: &Timetable, start: DateTime<Utc>) -> impl Iterator<Item = Due> {
    let mut state = everything_ran(timetable, start);
    let mut now = start;
    std::iter::from_fn(move || {
        let due = timetable.next(&state, now)?;
        now = due.at;
        state.start(due.area.clone(), due.kind, now);
        state.finish(RunOutcome::Succeeded, now);
        Some(due)
    })
}

fn utc(text: &str) -> DateTime<Utc> {
    text.parse().expect("a moment")
}
