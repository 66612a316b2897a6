//! Who may write, and for how long.

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use chrono::DateTime;
use sync_core::{
    Account, Applied, Capabilities, Change, Clock as _, ErrorClass, Existing, Export, Fence, Lease,
    LeaseRequest, LeaseRow, Ledger, LedgerError, LedgerErrorClass, LedgerState, LedgerWrite,
    ManualClock, MemoryLedger, ReadRequest, Record as _, TargetError, TargetSystem, async_trait,
};

use crate::world::World;

const TEN_MINUTES: Duration = Duration::from_secs(600);

fn minutes(count: u64) -> Duration {
    Duration::from_secs(60 * count)
}

async fn acquire<'a>(
    ledger: &'a dyn Ledger,
    clock: &'a ManualClock,
    holder: &str,
) -> Result<Lease<'a>, LedgerErrorClass> {
    let lease = Lease::acquire(ledger, holder, TEN_MINUTES, clock).await;
    lease.map_err(|error| error.class())
}

fn beginning() -> (MemoryLedger, ManualClock) {
    let clock = ManualClock::at(DateTime::UNIX_EPOCH);
    (MemoryLedger::new(), clock)
}

/// A write in the second half of the lease makes it last as long again; one in the first half costs nothing.
#[rstest::rstest]
#[case::in_the_first_half(4, 10)]
#[case::in_the_middle(5, 15)]
#[case::in_the_second_half(9, 19)]
#[tokio::test]
async fn every_write_keeps_the_lease_alive(#[case] writes_at: u64, #[case] ends_at: u64) {
    let (ledger, clock) = beginning();
    let lease = acquire(&ledger, &clock, "one").await.expect("it is free");
    clock.advance(minutes(writes_at));
    lease
        .commit(Account::KIND, &[])
        .await
        .expect("memory takes every write");

    clock.advance(minutes(ends_at - writes_at) - Duration::from_secs(1));
    let until = DateTime::UNIX_EPOCH + minutes(ends_at);
    let early = acquire(&ledger, &clock, "two").await;
    assert_eq!(early.err(), Some(LedgerErrorClass::Busy { until }));
    clock.advance(Duration::from_secs(1));
    assert!(acquire(&ledger, &clock, "two").await.is_ok());
}

#[tokio::test]
async fn a_lease_that_was_taken_over_lasts_as_long_as_any() {
    let (ledger, clock) = beginning();
    let first = acquire(&ledger, &clock, "one").await.expect("it is free");
    let second = Lease::take_over(&ledger, "two", TEN_MINUTES, &clock).await;
    let second = second.expect("a person wants it");
    assert!(second.fence() > first.fence());
    let refused = first.commit(Account::KIND, &[]).await;
    let class = refused.map_err(|error| error.class());
    assert_eq!(class, Err(LedgerErrorClass::Fenced));

    let until = clock.now() + TEN_MINUTES;
    let busy = Some(LedgerErrorClass::Busy { until });
    assert_eq!(acquire(&ledger, &clock, "one").await.err(), busy);
}

/// A ledger that falls silent once it has given a lease.
struct Silent(MemoryLedger);

#[async_trait]
impl Ledger for Silent {
    async fn load(&self, kind: &str) -> Result<LedgerState, LedgerError> {
        self.0.load(kind).await
    }

    async fn commit(
        &self,
        fence: Fence,
        kind: &str,
        writes: &[LedgerWrite],
    ) -> Result<(), LedgerError> {
        self.0.commit(fence, kind, writes).await
    }

    async fn lease(&self, request: &LeaseRequest) -> Result<LeaseRow, LedgerError> {
        match request {
            LeaseRequest::Release { .. } => Err(LedgerError::new("be written", "it went to sleep")),
            _ => self.0.lease(request).await,
        }
    }
}

#[tokio::test]
async fn whoever_cannot_give_the_lease_back_learns_of_it() {
    let (ledger, clock) = beginning();
    let ledger = Silent(ledger);
    let lease = acquire(&ledger, &clock, "one").await.expect("it is free");
    let error = lease.release().await.expect_err("nobody heard of it");
    assert_eq!(error.class(), LedgerErrorClass::Unavailable);
}

#[test]
fn a_damaged_export_says_what_is_wrong_with_it() {
    let error = Export::from_json("{\"format\": ").expect_err("it ends too early");
    assert_eq!(error.class(), LedgerErrorClass::Unreadable);
    let cause = std::error::Error::source(&error).map(ToString::to_string);
    let cause = cause.expect("there is a reason");
    assert!(cause.contains("line 1 column"), "{cause}");
}

/// A product that has no time at first; while it is waited for, the connection is handed over.
struct HandedOver<'a> {
    world: &'a World,
    heard: AtomicUsize,
}

#[async_trait]
impl TargetSystem<Account> for HandedOver<'_> {
    fn capabilities(&self) -> Capabilities {
        self.world.accounts.capabilities()
    }

    async fn read(&self, request: &ReadRequest) -> Result<Vec<Existing<Account>>, TargetError> {
        self.world.accounts.read(request).await
    }

    async fn apply(&self, changes: &[Change<Account>]) -> Vec<Result<Applied, TargetError>> {
        self.heard.fetch_add(1, Ordering::Relaxed);
        let (ledger, clock) = (&self.world.ledger, &self.world.clock);
        let taken = Lease::take_over(ledger, "another", TEN_MINUTES, clock).await;
        taken.expect("a person wants it");
        let later = |_: &Change<Account>| Err(ErrorClass::Later(None).into());
        changes.iter().map(later).collect()
    }
}

#[tokio::test]
async fn l36_what_a_busy_product_put_off_is_not_repeated_after_a_hand_over() {
    let mut world = World::new();
    world.hire("1", "Łucja Wiśniewska");
    let plan = world.plan_accounts().await;
    let product = HandedOver {
        world: &world,
        heard: AtomicUsize::new(0),
    };
    let report = world.apply(&plan, &product).await;
    assert_eq!(product.heard.load(Ordering::Relaxed), 1, "{report}");
    assert!(report.stopped.is_some(), "{report}");
    assert!(world.accounts.records().is_empty());
}
