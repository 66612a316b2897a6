//! When is the next run? Timetables of one connection, in the customer's zone.
//!
//! A [`Timetable`] is made from [settings](TimetableSettings) that read well in TOML, and answers from
//! the [state](TimetableState) of a connection and the current moment what runs [next](Timetable::next).
//! Nothing here reads a clock, draws a random number or waits; `runner` (feature `runtime`) does.
//!
//! ```
//! use chrono::{DateTime, Utc};
//! use sync_core::schedule::{RunKind, RunOutcome, Timetable, TimetableState};
//!
//! let timetable: Timetable = toml::from_str(r#"
//!     zone = "Europe/Berlin"
//!
//!     [[runs]]
//!     areas = ["users"]
//!     daily = ["05:00"]
//!
//!     [[runs]]
//!     areas = ["users", "absences"]
//!     kind = "partial"
//!     every = "4h"
//! "#)?;
//!
//! // Nothing has run yet, so everything is due: the area that is named first goes first.
//! let now: DateTime<Utc> = "2026-03-02T12:00:00Z".parse()?;
//! let mut state = TimetableState::default();
//! let due = timetable.next(&state, now).expect("something has a rhythm");
//! assert_eq!((due.area.as_str(), due.kind, due.at), ("users", RunKind::Full, now));
//!
//! state.start(due.area, due.kind, now);
//! state.finish(RunOutcome::Succeeded, now);
//! let due = timetable.next(&state, now).expect("absences have not run yet");
//! assert_eq!((due.area.as_str(), due.kind, due.at), ("absences", RunKind::Partial, now));
//!
//! // What is asked for goes first.
//! state.request("users".into(), RunKind::Partial);
//! let due = timetable.next(&state, now).expect("somebody asked");
//! assert_eq!((due.area.as_str(), due.kind), ("users", RunKind::Partial));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Rules
//!
//! - A rhythm is a row of moments, independent of when runs really start. A run is due at the first
//!   moment after the start of the last one. So a late run does not move those after it, and moments
//!   that pass while nothing can run are made up for by one run, at once.
//! - An area that has never run is due at once. A full run does what a partial one does: both due
//!   together give a full one.
//! - A time of day that clocks leave out means the first moment after the gap; one that they show
//!   twice means the first time. Intervals go by time as it passes. A cron expression with one minute
//!   and one hour is treated like a time of day; in any other, times that are left out do not count
//!   and those that come twice count twice.
//! - A run that falls into quiet hours waits for their end, and so does one that is tried again.
//!   Only what somebody asks for does not.
//! - A failed run is tried again after a wait that doubles, but not later than the rhythm has it. A
//!   run that was stopped goes on before anything else that is due.

mod error;
mod local;
mod parse;
mod quiet;
mod rhythm;
mod settings;
mod state;
mod timetable;

pub use self::{
    error::ScheduleError,
    settings::{Area, RetrySettings, RunKind, RunSettings, TimetableSettings},
    state::{AreaHistory, History, Run, RunOutcome, TimetableState, Unfinished},
    timetable::{AreaStatus, Due, Status, Timetable, Trigger},
};
