//! One connection has one writer at a time, and shares nothing with another connection.

use std::{
    num::NonZeroUsize,
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use chrono::TimeDelta;
use proptest::prelude::*;
use sync_core::{
    ApplyOptions, Clock as _, Fence, Lease, LeaseRequest, LeaseRow, Ledger, LedgerError,
    LedgerState, LedgerWrite, ManualClock, MemoryLedger, MemoryTarget, Record, apply, async_trait,
};

use crate::{
    calendar::calendar,
    company::company,
    scene::{Scene, now, wait},
};

proptest! {
    /// Another runner takes over before every single commit of a run; from then on the run changes nothing.
    #[test]
    fn l36_whoever_lost_the_lease_changes_no_account(company in company(), before in 0..8_usize) {
        a_late_riser_writes_nothing(&company.scene(), before, Way::Waiting);
    }

    /// The connection is handed over before every single commit of a run; from then on the run changes nothing.
    #[test]
    fn l36_whoever_handed_over_the_lease_changes_no_account(company in company(), before in 0..8_usize) {
        a_late_riser_writes_nothing(&company.scene(), before, Way::HandOver);
    }

    /// Another runner takes over before every single commit of a run; from then on the run changes nothing.
    #[test]
    fn l36_whoever_lost_the_lease_changes_no_absence(calendar in calendar(), before in 0..8_usize) {
        a_late_riser_writes_nothing(&calendar.scene(), before, Way::Waiting);
    }

    /// Two connections run in turns on ledgers and products of their own; each sees what it would see alone.
    #[test]
    fn l25_connections_share_nothing(one in company(), other in company()) {
        let (one, other) = (one.scene(), other.scene());
        let (alone, beside) = (one.stage(), one.stage());
        let neighbour = other.stage();
        alone.apply(&one.approved_plan());

        let plan = one.approved_plan();
        neighbour.apply(&other.approved_plan());
        let (records, remembered) = (neighbour.product.records(), neighbour.remembered());
        beside.apply(&plan);
        prop_assert_eq!(neighbour.product.records(), records);
        prop_assert_eq!(neighbour.remembered(), remembered);
        prop_assert_eq!(beside.product.records(), alone.product.records());
        prop_assert_eq!(beside.remembered(), alone.remembered());
    }
}

fn a_late_riser_writes_nothing<R: Record>(scene: &Scene<R>, before: usize, by: Way) {
    let stage = scene.stage();
    let plan = scene.approved_plan();
    let clock = ManualClock::at(now());
    let ledger = TakenOver {
        by,
        ledger: &stage.ledger,
        clock: &clock,
        product: &stage.product,
        commits_left: AtomicUsize::new(before),
        heard: Mutex::default(),
    };
    let ten_minutes = Duration::from_secs(600);
    let lease = wait(Lease::acquire(&ledger, "the sync", ten_minutes, &clock)).expect("free");
    let one_by_one = ApplyOptions {
        concurrency: NonZeroUsize::MIN,
        ..ApplyOptions::default()
    };
    let report = wait(apply(&plan, &stage.product, &lease, &clock, &one_by_one));

    let Some(heard) = *ledger.heard.lock().expect("no test panics with it") else {
        return;
    };
    assert_eq!(stage.product.log().len(), heard, "a late effect\n{report}");
    assert!(report.stopped.is_some(), "{report}");
    let records = stage.product.records();
    let remembered = stage.remembered();
    wait(apply(&plan, &stage.product, &lease, &clock, &one_by_one));
    assert_eq!(stage.product.records(), records);
    assert_eq!(stage.remembered(), remembered);
}

/// How somebody else comes to the lease.
#[derive(Clone, Copy, Debug)]
enum Way {
    /// The holder sleeps until it is over.
    Waiting,
    /// A person hands it over.
    HandOver,
}

/// A ledger whose lease somebody else gets before one of the holder's commits.
struct TakenOver<'a, R> {
    by: Way,
    ledger: &'a MemoryLedger,
    product: &'a MemoryTarget<R>,
    clock: &'a ManualClock,
    commits_left: AtomicUsize,
    /// How much the product had heard when the lease was lost.
    heard: Mutex<Option<usize>>,
}

#[async_trait]
impl<R: Record> Ledger for TakenOver<'_, R> {
    async fn load(&self, kind: &str) -> Result<LedgerState, LedgerError> {
        self.ledger.load(kind).await
    }

    async fn commit(
        &self,
        fence: Fence,
        kind: &str,
        writes: &[LedgerWrite],
    ) -> Result<(), LedgerError> {
        let left = self.commits_left.load(Ordering::Relaxed);
        // The protocol comes last, when there is nothing left to change.
        if left == 0 && kind == R::KIND {
            let now = self.clock.now() + TimeDelta::hours(1);
            let request = match self.by {
                Way::Waiting => LeaseRequest::Acquire {
                    holder: "another".to_owned(),
                    now,
                    until: now + TimeDelta::hours(1),
                },
                Way::HandOver => LeaseRequest::TakeOver {
                    holder: "another".to_owned(),
                    until: now,
                },
            };
            self.ledger.lease(&request).await?;
            let mut heard = self.heard.lock().expect("no test panics with it");
            heard.get_or_insert(self.product.log().len());
        } else if left > 0 {
            self.commits_left.store(left - 1, Ordering::Relaxed);
        }
        self.ledger.commit(fence, kind, writes).await
    }

    async fn lease(&self, request: &LeaseRequest) -> Result<LeaseRow, LedgerError> {
        self.ledger.lease(request).await
    }
}
