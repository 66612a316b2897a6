use std::{
    fmt,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::{Ledger, LedgerError, LedgerErrorClass, LedgerState, LedgerWrite};
use crate::Clock;

/// The right to write to a ledger, which one runner of a connection has at a time.
///
/// Without one, nothing can be applied. It ends by itself if its holder dies; a holder that lives
/// prolongs it with every write, and gives it back at the end. Whoever lost it, because it slept too
/// long and another one took over, finds its writes refused; and since every effect is preceded by a
/// write, it makes no further effect.
///
/// ```
/// # use std::time::Duration;
/// # use sync_core::{Lease, LedgerErrorClass, ManualClock, MemoryLedger};
/// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
/// let (ledger, clock) = (MemoryLedger::new(), ManualClock::at(chrono::DateTime::UNIX_EPOCH));
/// let ten_minutes = Duration::from_secs(600);
/// let lease = Lease::acquire(&ledger, "worker 1", ten_minutes, &clock).await?;
///
/// let refused = Lease::acquire(&ledger, "worker 2", ten_minutes, &clock).await;
/// let class = refused.map(drop).map_err(|error| error.class());
/// assert!(matches!(class, Err(LedgerErrorClass::Busy { .. })));
///
/// lease.release().await?;
/// Lease::acquire(&ledger, "worker 2", ten_minutes, &clock).await?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Lease<'a> {
    ledger: &'a dyn Ledger,
    clock: &'a dyn Clock,
    fence: Fence,
    lasts: TimeDelta,
    until: Mutex<DateTime<Utc>>,
}

/// Counts the leases of a connection. The one with the highest number is valid, all others are over.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Fence(u64);

/// The latest lease of a connection, as a storage keeps it: one row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeaseRow {
    /// The number of the lease.
    pub fence: Fence,
    /// Who has it.
    pub holder: String,
    /// When it ends; others may have it from then on.
    pub until: DateTime<Utc>,
}

/// What a runner wants of the lease.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LeaseRequest {
    /// A lease of its own.
    Acquire {
        /// Who asks. Two runners that may live at the same time must not share a name: the same
        /// name is taken for the same runner after a restart, and gets a new lease at once.
        holder: String,
        /// When it asks.
        now: DateTime<Utc>,
        /// When the lease shall end.
        until: DateTime<Utc>,
    },
    /// The lease, whoever has it. That one's writes are refused from now on.
    TakeOver {
        /// Who asks.
        holder: String,
        /// When the lease shall end.
        until: DateTime<Utc>,
    },
    /// A later end.
    Prolong {
        /// The lease.
        fence: Fence,
        /// When it shall end.
        until: DateTime<Utc>,
    },
    /// An end at once.
    Release {
        /// The lease.
        fence: Fence,
        /// When it ends.
        now: DateTime<Utc>,
    },
}

impl<'a> Lease<'a> {
    /// Acquires the lease of a connection for a time, which every write prolongs.
    ///
    /// Too short a time, and the reading of a large company outlasts it; too long, and a crash under
    /// another name delays the next run. Ten minutes are a good start.
    ///
    /// # Errors
    ///
    /// [`Busy`](LedgerErrorClass::Busy) while somebody else holds it, and when the ledger does not answer.
    pub async fn acquire(
        ledger: &'a dyn Ledger,
        holder: &str,
        lasts: Duration,
        clock: &'a dyn Clock,
    ) -> Result<Self, LedgerError> {
        let now = clock.now();
        let holder = holder.to_owned();
        let until = now + time_delta(lasts);
        let request = LeaseRequest::Acquire { holder, now, until };
        Self::ask(ledger, &request, lasts, clock).await
    }

    /// Takes the lease over from whoever has it, for when a person hands a connection to another runner.
    ///
    /// The one who had it makes no change any more: its next write is refused, and every change is preceded by one.
    /// What it was about to do is settled by the first run under the new lease.
    ///
    /// # Errors
    ///
    /// When the ledger does not answer.
    pub async fn take_over(
        ledger: &'a dyn Ledger,
        holder: &str,
        lasts: Duration,
        clock: &'a dyn Clock,
    ) -> Result<Self, LedgerError> {
        let holder = holder.to_owned();
        let until = clock.now() + time_delta(lasts);
        let request = LeaseRequest::TakeOver { holder, until };
        Self::ask(ledger, &request, lasts, clock).await
    }

    async fn ask(
        ledger: &'a dyn Ledger,
        request: &LeaseRequest,
        lasts: Duration,
        clock: &'a dyn Clock,
    ) -> Result<Self, LedgerError> {
        let row = ledger.lease(request).await?;
        Ok(Self {
            ledger,
            clock,
            fence: row.fence,
            lasts: time_delta(lasts),
            until: Mutex::new(row.until),
        })
    }

    /// Gives the lease back, so that others need not wait for its end.
    ///
    /// # Errors
    ///
    /// When the ledger does not answer; the lease then ends by itself.
    pub async fn release(self) -> Result<(), LedgerError> {
        let request = LeaseRequest::Release {
            fence: self.fence,
            now: self.clock.now(),
        };
        match self.ledger.lease(&request).await {
            // It belongs to somebody else by now, so there is nothing to give back.
            Err(error) if error.class() == LedgerErrorClass::Fenced => Ok(()),
            other => other.map(drop),
        }
    }

    /// Reads what is remembered about one kind of record; see [`Ledger::load`].
    ///
    /// # Errors
    ///
    /// Those of the ledger.
    pub async fn load(&self, kind: &str) -> Result<LedgerState, LedgerError> {
        self.ledger.load(kind).await
    }

    /// Writes rows under this lease, and prolongs it where less than half of its time is left.
    ///
    /// # Errors
    ///
    /// Those of [`Ledger::commit`].
    pub async fn commit(&self, kind: &str, writes: &[LedgerWrite]) -> Result<(), LedgerError> {
        self.prolong().await?;
        self.ledger.commit(self.fence, kind, writes).await
    }

    /// Returns the number of the lease.
    pub fn fence(&self) -> Fence {
        self.fence
    }

    async fn prolong(&self) -> Result<(), LedgerError> {
        let now = self.clock.now();
        if now + self.lasts / 2 < *self.until.lock().unwrap_or_else(PoisonError::into_inner) {
            return Ok(());
        }
        let request = LeaseRequest::Prolong {
            fence: self.fence,
            until: now + self.lasts,
        };
        let row = self.ledger.lease(&request).await?;
        *self.until.lock().unwrap_or_else(PoisonError::into_inner) = row.until;
        Ok(())
    }
}

impl fmt::Debug for Lease<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Lease({})", self.fence.0)
    }
}

impl LeaseRequest {
    /// Decides what becomes of the lease. Pure: a storage hands in the row it has, and keeps the one it gets.
    ///
    /// # Errors
    ///
    /// [`Busy`](LedgerErrorClass::Busy) when somebody else has it, and
    /// [`Fenced`](LedgerErrorClass::Fenced) when the asker had it and lost it.
    pub fn answer(&self, current: Option<&LeaseRow>) -> Result<LeaseRow, LedgerError> {
        match self {
            Self::Acquire { holder, now, until } => {
                let busy = |row: &&LeaseRow| row.until > *now && row.holder != *holder;
                if let Some(row) = current.filter(busy) {
                    let class = LedgerErrorClass::Busy { until: row.until };
                    return Err(LedgerError::of(class, "be leased"));
                }
                Ok(LeaseRow::next(current, holder, *until))
            }
            Self::TakeOver { holder, until } => Ok(LeaseRow::next(current, holder, *until)),
            Self::Prolong { fence, until } | Self::Release { fence, now: until } => {
                let row = LeaseRow::of(current, *fence)?;
                Ok(LeaseRow {
                    until: *until,
                    ..row.clone()
                })
            }
        }
    }
}

impl LeaseRow {
    /// Tells whether the holder of a lease may write.
    ///
    /// # Errors
    ///
    /// [`Fenced`](LedgerErrorClass::Fenced) when a later lease was given, or this one never was. A lease
    /// whose time is over is still good for as long as nobody else has asked for one.
    pub fn admit(current: Option<&Self>, fence: Fence) -> Result<(), LedgerError> {
        Self::of(current, fence).map(drop)
    }

    /// Makes the lease after the current one.
    fn next(current: Option<&Self>, holder: &str, until: DateTime<Utc>) -> Self {
        let last = current.map(|row| row.fence.0).unwrap_or_default();
        Self {
            fence: Fence(last + 1),
            holder: holder.to_owned(),
            until,
        }
    }

    fn of(current: Option<&Self>, fence: Fence) -> Result<&Self, LedgerError> {
        current
            .filter(|row| row.fence == fence)
            .ok_or_else(|| LedgerError::of(LedgerErrorClass::Fenced, "be written"))
    }
}

fn time_delta(lasts: Duration) -> TimeDelta {
    TimeDelta::from_std(lasts).unwrap_or(TimeDelta::days(365))
}

#[cfg(test)]
mod tests {
    use futures::FutureExt as _;

    use super::*;

    fn at(minute: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::minutes(minute)
    }

    fn acquire(holder: &str, minute: i64) -> LeaseRequest {
        LeaseRequest::Acquire {
            holder: holder.to_owned(),
            now: at(minute),
            until: at(minute + 10),
        }
    }

    /// One of two runners has the lease until minute 10.
    #[rstest::rstest]
    #[case::somebody_else_waits(acquire("two", 9), Err(LedgerErrorClass::Busy { until: at(10) }))]
    #[case::until_it_is_over(acquire("two", 10), Ok((2, at(20))))]
    #[case::a_restart_goes_on_at_once(acquire("one", 3), Ok((2, at(13))))]
    #[case::the_holder_prolongs(
        LeaseRequest::Prolong { fence: Fence(1), until: at(15) },
        Ok((1, at(15)))
    )]
    #[case::the_holder_gives_it_back(
        LeaseRequest::Release { fence: Fence(1), now: at(5) },
        Ok((1, at(5)))
    )]
    #[case::it_is_handed_over(
        LeaseRequest::TakeOver { holder: "two".to_owned(), until: at(15) },
        Ok((2, at(15)))
    )]
    #[case::whoever_lost_it_cannot_prolong(
        LeaseRequest::Prolong { fence: Fence(0), until: at(15) },
        Err(LedgerErrorClass::Fenced)
    )]
    fn a_lease_has_one_holder(
        #[case] request: LeaseRequest,
        #[case] answer: Result<(u64, DateTime<Utc>), LedgerErrorClass>,
    ) {
        let current = acquire("one", 0).answer(None).unwrap();
        let got = request.answer(Some(&current));
        let got = got.map(|row| (row.fence.0, row.until));
        assert_eq!(got.map_err(|error| error.class()), answer);
    }

    /// Whoever gives it back after it went to somebody else changes nothing, and need not know.
    #[rstest::rstest]
    #[case::in_time(false)]
    #[case::too_late(true)]
    fn a_lease_is_given_back(#[case] is_lost: bool) {
        let (ledger, clock) = (crate::MemoryLedger::new(), crate::ManualClock::at(at(0)));
        let acquire = |holder| {
            let lease = Lease::acquire(&ledger, holder, Duration::from_secs(600), &clock);
            lease.now_or_never().expect("memory answers at once")
        };
        let lease = acquire("one").expect("nobody has it");
        if is_lost {
            acquire("one").expect("it is taken for the same runner after a restart");
        }
        let released = lease.release().now_or_never();
        assert!(released.expect("memory answers at once").is_ok());
        assert_eq!(acquire("two").is_err(), is_lost);
    }

    #[test]
    fn nobody_writes_without_a_lease() {
        assert!(LeaseRow::admit(None, Fence::default()).is_err());
    }
}
