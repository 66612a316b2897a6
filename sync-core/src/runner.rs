//! The loop that runs a timetable.
//!
//! A [`Runner`] starts the runs of one connection when they are due, one after the other, and never
//! two at once. What a run does, and where its state is kept, is the host's [`Job`]. A [`Handle`]
//! asks for runs, pauses, shows where things stand, and shuts down.
//!
//! The runner knows nothing of other processes: that a connection has one runner only is up to the host.
//!
//! ```
//! use std::sync::Arc;
//!
//! use chrono::DateTime;
//! use sync_core::{
//!     ManualClock, StopSignal, async_trait,
//!     runner::{Job, Runner},
//!     schedule::{Run, RunOutcome, Timetable, TimetableState},
//! };
//!
//! struct Sync;
//!
//! #[async_trait]
//! impl Job for Sync {
//!     async fn run(&self, run: &Run, stop: &StopSignal) -> RunOutcome {
//!         println!("{} run of {}", run.kind, run.area);
//!         // Read, plan and apply here. This one has had enough after its first run.
//!         stop.raise();
//!         RunOutcome::Succeeded
//!     }
//!
//!     async fn save(&self, state: &TimetableState) {
//!         // Write it beside the connection's other data.
//!     }
//! }
//!
//! # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
//! let timetable: Timetable = toml::from_str(r#"
//!     zone = "Europe/Vienna"
//!     runs = [{ areas = ["users"], every = "10m" }]
//! "#)?;
//! // A host takes the `SystemClock`.
//! let clock = Arc::new(ManualClock::at(DateTime::UNIX_EPOCH));
//! let runner = Runner::new(timetable, TimetableState::default(), Arc::new(Sync), clock);
//! let handle = runner.handle();
//! runner.run().await;
//! assert!(handle.status().areas[0].age.is_some());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::{convert::Infallible, fmt, sync::Arc, time::Duration};

use async_trait::async_trait;
use futures::future::{Either, pending, select};
use thiserror::Error;
use tokio::sync::watch;

use crate::{
    Clock, StopSignal,
    schedule::{Area, Due, Run, RunKind, RunOutcome, Status, Timetable, TimetableState},
};

/// The longest time to wait without looking at the clock again. Timers stand still while a machine
/// sleeps, and clocks are set; neither may delay a run by more than this.
const LONGEST_SLEEP: Duration = Duration::from_secs(60);

/// What the host does for a runner.
#[async_trait]
pub trait Job: Send + Sync {
    /// Carries out a run.
    ///
    /// Called for one run at a time. When the signal is raised, a run ends as soon as the change at
    /// hand is done, and says [`RunOutcome::Stopped`] if anything is left. What went wrong is for the
    /// host to log and to show; the runner only needs to know that it did. A panic is not caught: it
    /// ends the runner.
    async fn run(&self, run: &Run, stop: &StopSignal) -> RunOutcome;

    /// Stores the state of the timetable, for [`Runner::new`] after a restart.
    ///
    /// Called before a run begins, after it has ended, and after each change through a [`Handle`].
    /// A call may be dropped half-way when a newer state is there, which follows at once.
    async fn save(&self, state: &TimetableState);
}

/// Runs the timetable of one connection.
pub struct Runner {
    handle: Handle,
    job: Arc<dyn Job>,
    changes: watch::Receiver<TimetableState>,
}

/// Steers a [`Runner`], also while it runs. Cheap to clone.
#[derive(Clone)]
pub struct Handle {
    shared: Arc<Shared>,
}

/// Someone asked for an area that the timetable does not have.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("the timetable has no area {area}; it has {}", list(.known))]
pub struct UnknownArea {
    /// The area that was asked for.
    pub area: Area,
    /// The areas that there are.
    pub known: Vec<Area>,
}

struct Shared {
    timetable: Timetable,
    clock: Arc<dyn Clock>,
    state: watch::Sender<TimetableState>,
    stop: StopSignal,
}

impl Runner {
    /// Makes a runner that goes on from a state: that of [`Job::save`], or the default for a new connection.
    ///
    /// A run that is under way in the state was cut off. It counts as failed, so that one that brings
    /// down its process is not started again at once and for ever.
    pub fn new(
        timetable: Timetable,
        mut state: TimetableState,
        job: Arc<dyn Job>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        state.finish(RunOutcome::Failed, clock.now());
        let (state, changes) = watch::channel(state);
        let shared = Shared {
            timetable,
            clock,
            state,
            stop: StopSignal::new(),
        };
        Self {
            handle: Handle {
                shared: Arc::new(shared),
            },
            job,
            changes,
        }
    }

    /// Returns a handle to steer the runner with.
    pub fn handle(&self) -> Handle {
        self.handle.clone()
    }

    /// Runs the timetable until [`Handle::shut_down`], and returns the state, which is saved already.
    ///
    /// If the future is dropped instead, the run at hand is cut off.
    pub async fn run(mut self) -> TimetableState {
        let shared = Arc::clone(&self.handle.shared);
        while !shared.stop.is_raised() {
            self.save_changes().await;
            let now = shared.clock.now();
            let next = shared.timetable.next(&shared.state.borrow(), now);
            match next {
                Some(due) if due.at <= now => self.carry_out(due).await,
                Some(due) => {
                    let time = (due.at - now).to_std().unwrap_or_default();
                    let sleep = shared.clock.sleep(time.min(LONGEST_SLEEP));
                    self.wait(sleep).await;
                }
                None => self.wait(pending()).await,
            }
        }
        self.save_changes().await;
        shared.state.borrow().clone()
    }

    async fn carry_out(&mut self, due: Due) {
        let shared = Arc::clone(&self.handle.shared);
        let run = shared.modify(|state| state.start(due.area, due.kind, shared.clock.now()));
        self.save_changes().await;
        let job = Arc::clone(&self.job);
        let work = job.run(&run, &shared.stop);
        let outcome = match select(work, Box::pin(self.keep_saving())).await {
            Either::Left((outcome, _)) => outcome,
            Either::Right((never, _)) => match never {},
        };
        shared.modify(|state| state.finish(outcome, shared.clock.now()));
    }

    /// Waits for a while, or until something changes.
    async fn wait(&mut self, sleep: impl Future<Output = ()> + Send + Unpin) {
        let stop = self.handle.shared.stop.clone();
        let changed = Box::pin(self.changes.changed());
        let rest = select(sleep, Box::pin(stop.raised()));
        let changed = matches!(select(changed, rest).await, Either::Left(_));
        if changed {
            self.changes.mark_changed();
        }
    }

    /// Saves what is asked for while a run is under way.
    async fn keep_saving(&mut self) -> Infallible {
        loop {
            // The sender lives in the handle, so this does not end before a change.
            let _changed = self.changes.changed().await;
            self.changes.mark_changed();
            self.save_changes().await;
        }
    }

    async fn save_changes(&mut self) {
        if self.changes.has_changed().unwrap_or(false) {
            let state = self.changes.borrow_and_update().clone();
            self.job.save(&state).await;
        }
    }
}

impl Handle {
    /// Asks for a run of an area now ("sync now"), also while paused and in quiet hours.
    ///
    /// It begins after the run at hand. Asking again before it begins changes nothing, except that a
    /// full run takes the place of a partial one.
    ///
    /// # Errors
    ///
    /// When the timetable has no such area.
    pub fn sync_now(&self, area: Area, kind: RunKind) -> Result<(), UnknownArea> {
        let timetable = &self.shared.timetable;
        if !timetable.areas().any(|known| *known == area) {
            let known = timetable.areas().cloned().collect();
            return Err(UnknownArea { area, known });
        }
        self.shared.modify(|state| state.request(area, kind));
        Ok(())
    }

    /// Lets no more runs begin by themselves. The run at hand goes on.
    pub fn pause(&self) {
        self.shared.modify(|state| state.paused = true);
    }

    /// Lets runs begin by themselves again. What became due in the meantime begins at once.
    pub fn resume(&self) {
        self.shared.modify(|state| state.paused = false);
    }

    /// Ends the runner: the run at hand is asked to stop at the next good place, and no other begins.
    pub fn shut_down(&self) {
        self.shared.stop.raise();
    }

    /// Says where all areas stand at this moment.
    pub fn status(&self) -> Status {
        let state = self.shared.state.borrow();
        self.shared
            .timetable
            .status(&state, self.shared.clock.now())
    }
}

impl Shared {
    fn modify<T>(&self, change: impl FnOnce(&mut TimetableState) -> T) -> T {
        let mut result = None;
        self.state.send_modify(|state| result = Some(change(state)));
        result.expect("the change is made at once")
    }
}

impl fmt::Debug for Runner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Runner")
            .field("handle", &self.handle)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Handle")
            .field("state", &*self.shared.state.borrow())
            .finish_non_exhaustive()
    }
}

fn list(areas: &[Area]) -> String {
    let names: Vec<_> = areas.iter().map(Area::as_str).collect();
    names.join(", ")
}
