use std::{cmp::Reverse, fmt, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::{
    Area, Run, RunKind, ScheduleError, TimetableSettings, TimetableState, Unfinished, parse,
    quiet::QuietHours, rhythm::Rhythm,
};

/// When the areas of one connection run. Made from [`TimetableSettings`], and read from and written
/// as them.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "TimetableSettings", into = "TimetableSettings")]
pub struct Timetable {
    settings: TimetableSettings,
    zone: Tz,
    quiet: QuietHours,
    first_wait: TimeDelta,
    longest_wait: TimeDelta,
    jitter: TimeDelta,
    /// How much later than written this connection's runs start.
    delay: TimeDelta,
    /// In the order in which they are named.
    areas: Vec<(Area, Vec<(RunKind, Rhythm)>)>,
}

/// A run that is to come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Due {
    /// What is to run.
    pub area: Area,
    /// How much of it.
    pub kind: RunKind,
    /// When, and never before now.
    pub at: DateTime<Utc>,
    /// Why.
    pub trigger: Trigger,
}

/// Why a run is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Trigger {
    /// Somebody asked for it.
    Requested,
    /// It is its time, or its time passed while nothing could run, or it has never run.
    Scheduled,
    /// The last run failed or was stopped.
    Unfinished,
}

/// Where the runs of a connection stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// Whether runs start only when they are asked for.
    pub paused: bool,
    /// The run that is under way.
    pub running: Option<Run>,
    /// Every area, in the order of the timetable.
    pub areas: Vec<AreaStatus>,
}

/// Where the runs of an area stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AreaStatus {
    /// The area.
    pub area: Area,
    /// The next run; `None` while the timetable is paused.
    pub next: Option<Due>,
    /// How old the knowledge of the area is; see [`TimetableState::age`].
    pub age: Option<Duration>,
    /// How long ago everything was looked at, which shows what is gone.
    pub full_age: Option<Duration>,
    /// How many runs have failed in a row: the larger number of full and partial ones.
    pub failures: u32,
}

impl Timetable {
    /// Returns the timetable for one connection: its runs start later than written, always by the
    /// same part of the jitter, which follows from the connection's identifier.
    ///
    /// The order of areas stays as it is, since all of them are shifted alike.
    #[must_use]
    pub fn for_connection(mut self, id: &str) -> Self {
        let hash = Sha256::digest(id.as_bytes());
        let number = hash
            .iter()
            .take(4)
            .fold(0, |number, byte| number << 8 | i64::from(*byte));
        self.delay = TimeDelta::seconds(number % (self.jitter.num_seconds() + 1));
        self
    }

    /// Returns the settings from which the timetable was made.
    pub fn settings(&self) -> &TimetableSettings {
        &self.settings
    }

    /// Returns the areas, in the order in which the settings name them.
    pub fn areas(&self) -> impl Iterator<Item = &Area> {
        self.areas.iter().map(|(area, _)| area)
    }

    /// Returns the run that comes next, or `None` if none does before the state changes.
    ///
    /// What was asked for comes first, even in quiet hours and while paused. Then comes what has
    /// been due for longest; of what has been due equally long, the area that is named first.
    pub fn next(&self, state: &TimetableState, now: DateTime<Utc>) -> Option<Due> {
        self.areas
            .iter()
            .filter_map(|(area, rhythms)| self.next_of(area, rhythms, state, now))
            .enumerate()
            .min_by_key(|(index, upcoming)| {
                (
                    upcoming.due.at,
                    upcoming.due.trigger != Trigger::Requested,
                    upcoming.wanted,
                    *index,
                )
            })
            .map(|(_, upcoming)| upcoming.due)
    }

    /// Says where all areas stand.
    pub fn status(&self, state: &TimetableState, now: DateTime<Utc>) -> Status {
        let areas = self.areas.iter().map(|(area, rhythms)| AreaStatus {
            area: area.clone(),
            next: self
                .next_of(area, rhythms, state, now)
                .map(|upcoming| upcoming.due),
            age: state.age(area, RunKind::Partial, now),
            full_age: state.age(area, RunKind::Full, now),
            failures: [RunKind::Full, RunKind::Partial]
                .into_iter()
                .filter_map(|kind| state.unfinished(area, kind))
                .map(|unfinished| unfinished.failures)
                .max()
                .unwrap_or(0),
        });
        Status {
            paused: state.paused,
            running: state.running.clone(),
            areas: areas.collect(),
        }
    }

    /// The next run of an area. One that is due together with a full one is left to it.
    fn next_of(
        &self,
        area: &Area,
        rhythms: &[(RunKind, Rhythm)],
        state: &TimetableState,
        now: DateTime<Utc>,
    ) -> Option<Upcoming> {
        let requested = state.requested.get(area);
        [RunKind::Full, RunKind::Partial]
            .into_iter()
            .filter_map(|kind| {
                let (wanted, trigger) = if requested == Some(&kind) {
                    (now, Trigger::Requested)
                } else if state.paused {
                    return None;
                } else {
                    self.wanted(area, kind, rhythms, state, now)?
                };
                let at = match trigger {
                    Trigger::Requested => now,
                    _ => self.quiet.first_open(wanted.max(now), self.zone),
                };
                let trigger = match requested {
                    Some(asked) if *asked <= kind && at <= now => Trigger::Requested,
                    _ => trigger,
                };
                let due = Due {
                    area: area.clone(),
                    kind,
                    at,
                    trigger,
                };
                Some(Upcoming { due, wanted })
            })
            .min_by_key(|upcoming| (upcoming.due.at, Reverse(upcoming.due.kind)))
    }

    /// When a run of a kind should be or should have been, quiet hours aside, and why.
    fn wanted(
        &self,
        area: &Area,
        kind: RunKind,
        rhythms: &[(RunKind, Rhythm)],
        state: &TimetableState,
        now: DateTime<Utc>,
    ) -> Option<(DateTime<Utc>, Trigger)> {
        let last = state.last_start(area, kind);
        let scheduled = rhythms
            .iter()
            .filter(|(of, _)| *of == kind)
            .filter_map(|(_, rhythm)| match last {
                None => Some(DateTime::<Utc>::MIN_UTC),
                // A clock that was set back must not make the run wait until it has caught up, and a
                // moment at the edge of the calendar has no time of day.
                Some(last) => self.moment_after(rhythm, last.min(now).max(DateTime::UNIX_EPOCH)),
            })
            .min();
        let retry = match state.unfinished(area, kind) {
            // It goes on before what became due in the meantime and may build on it.
            Some(Unfinished { failures: 0, .. }) => Some(DateTime::<Utc>::MIN_UTC),
            Some(Unfinished { failures, since }) => {
                since.min(now).checked_add_signed(self.wait(failures))
            }
            None => None,
        };
        let scheduled = scheduled.map(|moment| (moment, Trigger::Scheduled));
        let retry = retry.map(|moment| (moment, Trigger::Unfinished));
        scheduled
            .into_iter()
            .chain(retry)
            .min_by_key(|(moment, _)| *moment)
    }

    /// The first moment strictly after a run at which the connection's next one may start.
    fn moment_after(&self, rhythm: &Rhythm, last: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let moment = rhythm.next_after(last.checked_sub_signed(self.delay)?, self.zone)?;
        let open = self.quiet.first_open(moment, self.zone);
        open.checked_add_signed(self.delay)
    }

    /// How long to wait after a number of failures in a row.
    fn wait(&self, failures: u32) -> TimeDelta {
        let doublings = failures.saturating_sub(1).min(30);
        self.first_wait
            .checked_mul(1 << doublings)
            .map_or(self.longest_wait, |wait| wait.min(self.longest_wait))
    }
}

impl TryFrom<TimetableSettings> for Timetable {
    type Error = ScheduleError;

    fn try_from(settings: TimetableSettings) -> Result<Self, ScheduleError> {
        let (first_wait, longest_wait) = parse::retry("retry", &settings.retry)?;
        let jitter = settings.jitter.as_deref();
        let mut areas: Vec<(Area, Vec<_>)> = Vec::new();
        for (index, run) in settings.runs.iter().enumerate() {
            let path = format!("runs[{index}]");
            let rhythm = parse::rhythm(&path, run)?;
            for area in parse::areas(&path, run)? {
                let entry = (run.kind, rhythm.clone());
                match areas.iter_mut().find(|(known, _)| known == area) {
                    Some((_, rhythms)) => rhythms.push(entry),
                    None => areas.push((area.clone(), vec![entry])),
                }
            }
        }
        Ok(Self {
            zone: parse::zone("zone", &settings.zone)?,
            quiet: parse::quiet("quiet", &settings.quiet)?,
            first_wait,
            longest_wait,
            jitter: jitter.map_or(Ok(TimeDelta::zero()), |text| parse::length("jitter", text))?,
            delay: TimeDelta::zero(),
            areas,
            settings,
        })
    }
}

impl From<Timetable> for TimetableSettings {
    fn from(timetable: Timetable) -> Self {
        timetable.settings
    }
}

impl fmt::Debug for Timetable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Timetable")
            .field("settings", &self.settings)
            .field("delay", &self.delay)
            .finish_non_exhaustive()
    }
}

/// A run that is to come, and since when it is wanted.
struct Upcoming {
    due: Due,
    wanted: DateTime<Utc>,
}
