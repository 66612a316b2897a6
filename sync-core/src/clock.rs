use std::{sync::Mutex, time::Duration};

use chrono::{DateTime, Utc};
use futures::future::{BoxFuture, FutureExt as _, ready};

/// The time, as far as the shell around the engine needs it. Planning takes time as an argument.
pub trait Clock: Send + Sync {
    /// Returns the current moment.
    fn now(&self) -> DateTime<Utc>;

    /// Waits for a while.
    fn sleep(&self, time: Duration) -> BoxFuture<'static, ()>;
}

/// A clock that stands still until it is moved. Waiting moves it and takes no time.
#[derive(Debug)]
pub struct ManualClock(Mutex<DateTime<Utc>>);

impl ManualClock {
    /// Makes a clock that shows a moment.
    pub fn at(now: DateTime<Utc>) -> Self {
        Self(Mutex::new(now))
    }

    /// Moves the clock.
    pub fn advance(&self, time: Duration) {
        let mut now = self
            .0
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner());
        *now += time;
    }
}

impl Clock for ManualClock {
    fn now(&self) -> DateTime<Utc> {
        *self
            .0
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    fn sleep(&self, time: Duration) -> BoxFuture<'static, ()> {
        self.advance(time);
        ready(()).boxed()
    }
}

/// The clock of the machine, waiting on tokio's timer.
#[cfg(feature = "runtime")]
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

#[cfg(feature = "runtime")]
impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that reads the machine's clock"
    )]
    fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }

    fn sleep(&self, time: Duration) -> BoxFuture<'static, ()> {
        tokio::time::sleep(time).boxed()
    }
}
