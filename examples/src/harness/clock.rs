use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use futures::future::{BoxFuture, FutureExt as _, ready};

/// The time of a run, for the engine and the client alike. Clones show the same time.
#[derive(Clone, Debug)]
pub struct HostClock(Arc<Hands>);

#[derive(Debug)]
enum Hands {
    /// So much ahead of the machine, or behind it.
    Moving(TimeDelta),
    /// They stand still until somebody moves them.
    Still(Mutex<DateTime<Utc>>),
}

impl HostClock {
    /// Makes the clock of the machine.
    pub fn of_machine() -> Self {
        Self(Arc::new(Hands::Moving(TimeDelta::zero())))
    }

    /// Makes a clock that shows the machine's time of day on another day, and goes on from there.
    pub fn on(day: NaiveDate) -> Self {
        let now = Utc::now();
        Self(Arc::new(Hands::Moving(day - now.date_naive())))
    }

    /// Makes a clock that stands still. Waiting moves it and takes no time.
    pub fn still_at(now: DateTime<Utc>) -> Self {
        Self(Arc::new(Hands::Still(Mutex::new(now))))
    }

    /// Returns the current moment.
    pub fn now(&self) -> DateTime<Utc> {
        match &*self.0 {
            Hands::Moving(ahead) => Utc::now() + *ahead,
            Hands::Still(now) => *now.lock().unwrap_or_else(PoisonError::into_inner),
        }
    }

    /// Moves a clock that stands still; without effect on one that goes.
    pub fn set(&self, moment: DateTime<Utc>) {
        if let Hands::Still(now) = &*self.0 {
            *now.lock().unwrap_or_else(PoisonError::into_inner) = moment;
        }
    }

    fn wait(&self, time: Duration) -> BoxFuture<'static, ()> {
        match &*self.0 {
            Hands::Moving(_) => tokio::time::sleep(time).boxed(),
            Hands::Still(now) => {
                *now.lock().unwrap_or_else(PoisonError::into_inner) += time;
                ready(()).boxed()
            }
        }
    }
}

impl sync_core::Clock for HostClock {
    fn now(&self) -> DateTime<Utc> {
        self.now()
    }

    fn sleep(&self, time: Duration) -> BoxFuture<'static, ()> {
        self.wait(time)
    }
}

impl personio_client::Clock for HostClock {
    fn now(&self) -> DateTime<Utc> {
        self.now()
    }

    fn sleep(&self, time: Duration) -> BoxFuture<'static, ()> {
        self.wait(time)
    }
}

impl fmt::Display for HostClock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.now().fmt(f)
    }
}
