use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use thiserror::Error;

use crate::{
    ApplyOptions, Class, Clock, Coverage, Desired, Existing, HashKey, Lease, Ledger, LedgerError,
    LedgerState, LedgerWrite, Plan, PlanRequest, ReadRequest, Record, Report, SourceId, SyncPolicy,
    TargetError, TargetId, TargetSystem, Watermark, apply, plan,
};

/// One kind of record between one source and one product: reads both memories, plans, applies.
///
/// A convenience over [`plan`](fn@crate::plan) and [`apply`](fn@crate::apply), which it calls with what it has read. Planning
/// writes nothing; a plan that is never applied is a dry run.
#[derive(Clone, Copy)]
pub struct Reconciler<'a, R: Record> {
    /// The product.
    pub target: &'a dyn TargetSystem<R>,
    /// The memory of the connection.
    pub ledger: &'a dyn Ledger,
    /// The customer's settings.
    pub policy: &'a SyncPolicy,
    /// The key of the connection.
    pub key: &'a HashKey,
}

impl<R: Record> Reconciler<'_, R> {
    /// Returns the records of the source that the product has in a part of it, for
    /// [`SnapshotRequest::known`](crate::SnapshotRequest::known).
    ///
    /// # Errors
    ///
    /// When the product or the ledger cannot be read.
    pub async fn known(&self, coverage: &Coverage) -> Result<BTreeSet<SourceId>, ReconcileError> {
        let ledger = self.ledger.load(R::KIND).await?;
        // The source knows no parts, only what was split.
        let whole = |source: &SourceId| source.whole().unwrap_or_else(|| source.clone());
        match coverage {
            Coverage::ChangedSince(_) => Ok(BTreeSet::new()),
            Coverage::Ids(ids) => {
                let linked = ledger.links.keys().map(whole);
                Ok(linked.filter(|source| ids.contains(source)).collect())
            }
            Coverage::All | Coverage::Window(_) => {
                let existing = self.read(coverage, &ledger).await?;
                let there: BTreeSet<&TargetId> = existing
                    .iter()
                    .filter(|it| it.is_covered_by(coverage))
                    .map(|it| &it.id)
                    .collect();
                let links = ledger.links.iter();
                let linked = links.filter(|(_, link)| there.contains(&link.target));
                Ok(linked.map(|(source, _)| whole(source)).collect())
            }
        }
    }

    /// Reads the product and the ledger, and decides what to change.
    ///
    /// # Errors
    ///
    /// When either cannot be read. Nothing follows from an error.
    pub async fn plan(&self, desired: &Desired<R>) -> Result<Plan<R>, ReconcileError> {
        let ledger = self.ledger.load(R::KIND).await?;
        let existing = self.read(&desired.coverage, &ledger).await?;
        Ok(plan(&PlanRequest {
            desired,
            existing: &existing,
            ledger: &ledger,
            capabilities: &self.target.capabilities(),
            policy: self.policy,
            key: self.key,
        }))
    }

    async fn read(
        &self,
        coverage: &Coverage,
        ledger: &LedgerState,
    ) -> Result<Vec<Existing<R>>, TargetError> {
        let linked = ledger
            .links
            .values()
            .map(|link| link.target.clone())
            .collect();
        let in_doubt = ledger
            .intents
            .values()
            .filter(|intent| intent.class == Class::Create)
            .map(|intent| intent.source.clone())
            .collect();
        self.target
            .read(&ReadRequest {
                coverage: coverage.clone(),
                linked,
                in_doubt,
            })
            .await
    }

    /// Carries out a plan, for the holder of the lease.
    pub async fn apply(
        &self,
        plan: &Plan<R>,
        lease: &Lease<'_>,
        clock: &dyn Clock,
        options: &ApplyOptions<'_>,
    ) -> Report {
        apply(plan, self.target, lease, clock, options).await
    }

    /// Moves the watermark after a run, as far as [`Watermark::after`] allows, and returns it. The
    /// first one of a connection comes from its first full run, as `begin`.
    ///
    /// # Errors
    ///
    /// When the ledger cannot be read or written.
    pub async fn advance(
        &self,
        lease: &Lease<'_>,
        begin: Watermark,
        read: &BTreeMap<SourceId, DateTime<Utc>>,
        report: &Report,
    ) -> Result<Watermark, ReconcileError> {
        let before = lease.load(R::KIND).await?.watermark;
        let after = before.unwrap_or(begin).after(read, report);
        if before != Some(after) {
            let writes = [LedgerWrite::Watermark(after)];
            lease.commit(R::KIND, &writes).await?;
        }
        Ok(after)
    }
}

impl<R: Record> std::fmt::Debug for Reconciler<'_, R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Reconciler({})", R::KIND)
    }
}

/// A plan that could not be made.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ReconcileError {
    /// The product could not be read.
    #[error("cannot read the product")]
    Target(#[from] TargetError),
    /// The ledger could not be read.
    #[error("cannot read the ledger")]
    Ledger(#[from] LedgerError),
}
