use std::{collections::BTreeMap, time::Duration};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Area, RunKind};

/// What has run, what is asked for, and whether anything runs by itself: all that a timetable must
/// remember of one connection. Plain data for the host to store.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TimetableState {
    /// Whether runs start only when they are asked for.
    pub paused: bool,
    /// What is asked for out of turn ("sync now").
    pub requested: BTreeMap<Area, RunKind>,
    /// The run that is under way. One that is found here after a restart was cut off.
    pub running: Option<Run>,
    /// What became of earlier runs.
    pub history: BTreeMap<Area, AreaHistory>,
}

/// A run that has begun.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// What runs.
    pub area: Area,
    /// How much of it.
    pub kind: RunKind,
    /// When it began.
    pub started: DateTime<Utc>,
}

/// What became of the runs of one area.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AreaHistory {
    /// The full ones.
    pub full: History,
    /// The partial ones.
    pub partial: History,
}

/// What became of the runs of one area and kind.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct History {
    /// When the last run began, whatever became of it.
    pub started: Option<DateTime<Utc>>,
    /// When the last run that succeeded began: the product is as fresh as that.
    pub succeeded: Option<DateTime<Utc>>,
    /// Why the last run must be repeated, if it must.
    pub unfinished: Option<Unfinished>,
}

/// A run that did not reach its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unfinished {
    /// How many runs have failed in a row; 0 when the run was stopped and nothing is wrong.
    pub failures: u32,
    /// When the last of them ended.
    pub since: DateTime<Utc>,
}

/// What became of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunOutcome {
    /// It did all it had to do, be it nothing.
    Succeeded,
    /// It was asked to stop and left something undone. It goes on first of all that is due.
    Stopped,
    /// It failed. It is tried again after a while.
    Failed,
}

impl TimetableState {
    /// Asks for a run out of turn. A full run does what a partial one does, so asking for both gives one.
    pub fn request(&mut self, area: Area, kind: RunKind) {
        let requested = self.requested.entry(area).or_insert(kind);
        *requested = kind.max(*requested);
    }

    /// Notes that a run begins. It answers what was asked for until now.
    pub fn start(&mut self, area: Area, kind: RunKind, now: DateTime<Utc>) -> Run {
        self.requested
            .retain(|requested, asked| *requested != area || *asked > kind);
        self.history_mut(&area, kind).started = Some(now);
        let run = Run {
            area,
            kind,
            started: now,
        };
        self.running = Some(run.clone());
        run
    }

    /// Notes how the run that is under way ended. Does nothing if none is.
    pub fn finish(&mut self, outcome: RunOutcome, now: DateTime<Utc>) {
        let Some(run) = self.running.take() else {
            return;
        };
        let history = self.history_mut(&run.area, run.kind);
        let failures = history.unfinished.map_or(0, |earlier| earlier.failures);
        let unfinished = |failures| {
            Some(Unfinished {
                failures,
                since: now,
            })
        };
        match outcome {
            RunOutcome::Succeeded => {
                history.succeeded = Some(run.started);
                history.unfinished = None;
                if run.kind == RunKind::Full {
                    self.history_mut(&run.area, RunKind::Partial).unfinished = None;
                }
            }
            RunOutcome::Stopped => history.unfinished = unfinished(failures),
            RunOutcome::Failed => history.unfinished = unfinished(failures.saturating_add(1)),
        }
    }

    /// Returns how old the knowledge of an area is: the time since the last successful run of that
    /// kind began, or of a full one, which does the same and more. `None` before the first.
    ///
    /// It grows while runs fail or do not happen, and a run that finds nothing to do starts it anew.
    pub fn age(&self, area: &Area, kind: RunKind, now: DateTime<Utc>) -> Option<Duration> {
        let succeeded = self.latest(area, kind, |history| history.succeeded)?;
        Some((now - succeeded).to_std().unwrap_or_default())
    }

    /// Returns when a run last began that did what one of a kind does.
    pub(super) fn last_start(&self, area: &Area, kind: RunKind) -> Option<DateTime<Utc>> {
        self.latest(area, kind, |history| history.started)
    }

    pub(super) fn unfinished(&self, area: &Area, kind: RunKind) -> Option<Unfinished> {
        self.history.get(area)?.of(kind).unfinished
    }

    fn latest(
        &self,
        area: &Area,
        kind: RunKind,
        moment: impl Fn(&History) -> Option<DateTime<Utc>>,
    ) -> Option<DateTime<Utc>> {
        let history = self.history.get(area)?;
        moment(&history.full).max(moment(history.of(kind)))
    }

    fn history_mut(&mut self, area: &Area, kind: RunKind) -> &mut History {
        let history = self.history.entry(area.clone()).or_default();
        match kind {
            RunKind::Full => &mut history.full,
            RunKind::Partial => &mut history.partial,
        }
    }
}

impl AreaHistory {
    fn of(&self, kind: RunKind) -> &History {
        match kind {
            RunKind::Full => &self.full,
            RunKind::Partial => &self.partial,
        }
    }
}
