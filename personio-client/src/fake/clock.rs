//! The clock of the fake: real time plus an offset, or frozen.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

/// Tells the time that tokens, limits and timestamps of the fake go by.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Clock {
    Ticking { ahead_by: TimeDelta },
    Frozen { at: DateTime<Utc> },
}

impl Clock {
    pub(crate) fn real() -> Self {
        Self::Ticking {
            ahead_by: TimeDelta::zero(),
        }
    }

    pub(crate) fn advance(&mut self, by: Duration) {
        let by = TimeDelta::from_std(by).unwrap_or(TimeDelta::MAX);
        match self {
            Self::Ticking { ahead_by } => {
                *ahead_by = ahead_by.checked_add(&by).unwrap_or(*ahead_by)
            }
            Self::Frozen { at } => *at = at.checked_add_signed(by).unwrap_or(*at),
        }
    }

    /// Moves the clock to this instant; a ticking one goes on from there.
    pub(crate) fn set(&mut self, now: DateTime<Utc>) {
        match self {
            Self::Ticking { ahead_by } => *ahead_by = now - system_now(),
            Self::Frozen { at } => *at = now,
        }
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        match self {
            Self::Ticking { ahead_by } => system_now() + *ahead_by,
            Self::Frozen { at } => *at,
        }
    }
}

/// The one place where the fake looks at the clock of the machine.
#[expect(
    clippy::disallowed_methods,
    reason = "the injected clock has to be fed from somewhere"
)]
fn system_now() -> DateTime<Utc> {
    Utc::now()
}
