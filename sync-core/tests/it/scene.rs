//! Everything a plan depends on, in one value, and a stage on which the plan can be carried out.

use std::{future::Future, num::NonZeroUsize, time::Duration};

use chrono::{DateTime, NaiveDate, TimeZone as _, Utc};
use sync_core::{
    ApplyOptions, Capabilities, Change, Desired, Existing, HashKey, Lease, Ledger, LedgerState,
    ManualClock, MemoryLedger, MemoryTarget, Plan, PlanRequest, Pulse, Record, Report, SyncPolicy,
    TargetId, TargetSystem, apply, plan,
};

/// A Monday morning; every scene plays then.
pub(crate) fn now() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 3, 2, 9, 0, 0)
        .single()
        .expect("it is a moment")
}

pub(crate) fn today() -> NaiveDate {
    now().date_naive()
}

pub(crate) fn day(offset: i64) -> NaiveDate {
    today() + chrono::Duration::days(offset)
}

pub(crate) fn key() -> HashKey {
    HashKey::new([42; 32])
}

/// The arguments of a plan.
#[derive(Clone, Debug)]
pub(crate) struct Scene<R> {
    pub(crate) desired: Desired<R>,
    pub(crate) existing: Vec<Existing<R>>,
    pub(crate) ledger: LedgerState,
    pub(crate) capabilities: Capabilities,
    pub(crate) policy: SyncPolicy,
}

impl<R: Record> Scene<R> {
    pub(crate) fn plan(&self) -> Plan<R> {
        plan(&PlanRequest {
            desired: &self.desired,
            existing: &self.existing,
            ledger: &self.ledger,
            capabilities: &self.capabilities,
            policy: &self.policy,
            key: &key(),
        })
    }

    /// The plan with everything that waits approved.
    pub(crate) fn approved_plan(&self) -> Plan<R> {
        let mut plan = self.plan();
        let digest = plan.held_digest();
        plan.release(&digest).expect("the digest is the plan's own");
        plan
    }

    /// Puts product and ledger on a stage.
    pub(crate) fn stage(&self) -> Stage<R> {
        let product = MemoryTarget::new(self.capabilities.clone());
        self.existing
            .iter()
            .for_each(|existing| product.put(existing.clone()));
        let ledger = MemoryLedger::new();
        let writes = self.ledger.writes();
        let clock = ManualClock::at(now());
        let lease = wait(lease(&ledger, &clock));
        wait(lease.commit(R::KIND, &writes)).expect("memory takes every write");
        Stage { product, ledger }
    }

    /// The same wishes, with product and ledger as they are on a stage now.
    pub(crate) fn after(&self, stage: &Stage<R>) -> Self {
        Self {
            existing: stage.product.records(),
            ledger: stage.remembered(),
            ..self.clone()
        }
    }

    /// The same some days later.
    pub(crate) fn later(mut self, days: usize) -> Self {
        self.desired.taken_at += chrono::Duration::days(i64::try_from(days).expect("a few days"));
        self
    }

    /// Gives the records ids of an earlier time: a product that takes over counts from 1 again, and a product never
    /// gives out an id twice.
    pub(crate) fn with_earlier_ids(mut self) -> Self {
        let earlier = |id: &TargetId| TargetId::new(format!("t{id}"));
        for row in &mut self.existing {
            row.id = earlier(&row.id);
        }
        for link in self.ledger.links.values_mut() {
            link.target = earlier(&link.target);
        }
        self
    }

    pub(crate) fn existing(&self, id: &TargetId) -> Option<&Existing<R>> {
        self.existing.iter().find(|existing| existing.id == *id)
    }
}

/// A product and a ledger that keep what is done to them.
pub(crate) struct Stage<R: Record> {
    pub(crate) product: MemoryTarget<R>,
    pub(crate) ledger: MemoryLedger,
}

impl<R: Record> Stage<R> {
    pub(crate) fn apply(&self, plan: &Plan<R>) -> Report {
        self.apply_through(&self.product, plan, 4)
    }

    /// Carries a plan out through something that stands before the product.
    pub(crate) fn apply_through(
        &self,
        target: &dyn TargetSystem<R>,
        plan: &Plan<R>,
        concurrency: usize,
    ) -> Report {
        let options = ApplyOptions {
            concurrency: NonZeroUsize::new(concurrency).unwrap_or(NonZeroUsize::MIN),
            ..ApplyOptions::default()
        };
        self.apply_with(target, plan, 0, &options)
    }

    /// Carries a plan out some days later, with these options.
    pub(crate) fn apply_with(
        &self,
        target: &dyn TargetSystem<R>,
        plan: &Plan<R>,
        days: usize,
        options: &ApplyOptions<'_>,
    ) -> Report {
        let days = chrono::Duration::days(i64::try_from(days).expect("a few days"));
        let clock = ManualClock::at(now() + days);
        let lease = wait(lease(&self.ledger, &clock));
        wait(apply(plan, target, &lease, &clock, options))
    }

    /// What the ledger remembers, apart from the pulse, which every run moves.
    pub(crate) fn remembered(&self) -> LedgerState {
        let state = wait(self.ledger.load(R::KIND)).expect("memory can be read");
        LedgerState {
            pulse: Pulse::default(),
            ..state
        }
    }
}

/// Every change of a plan, ready or held.
pub(crate) fn changes<R: Record>(plan: &Plan<R>) -> impl Iterator<Item = &Change<R>> {
    let held = plan.held().iter().map(|held| &held.change);
    plan.ready().iter().chain(held)
}

/// The right to write, for as long as a scene lasts.
pub(crate) async fn lease<'a>(ledger: &'a dyn Ledger, clock: &'a ManualClock) -> Lease<'a> {
    let a_minute = Duration::from_secs(60);
    Lease::acquire(ledger, "the sync", a_minute, clock)
        .await
        .expect("nobody else asks")
}

/// Runs a future to its end; nothing here waits for anything outside.
pub(crate) fn wait<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .build()
        .expect("a runtime without drivers needs nothing")
        .block_on(future)
}
