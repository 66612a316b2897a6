//! Runs that read only what HR changed, and how far they have come.

use chrono::{DateTime, TimeDelta};
use sync_core::{
    Coverage, Ledger as _, Record, Snapshot, SyncPolicy, TargetSystem, Watermark, schedule::RunKind,
};

use super::{Result, Work, work::Mode};

/// Where the watermark of a kind begins that was never read.
const NOTHING_READ: Watermark = Watermark::new(DateTime::UNIX_EPOCH);

/// How much of what was read is read again, since changes show late.
const OVERLAP: TimeDelta = TimeDelta::hours(1);

impl Work<'_> {
    /// Returns what to read of a kind: in a partial run only what has changed since the last run, if HR tells.
    pub(super) async fn coverage<R: Record>(&self, whole: Coverage) -> Result<Coverage> {
        if self.kind == RunKind::Full {
            return Ok(whole);
        }
        let mark = self.ledger.load(R::KIND).await?.watermark;
        let mark = mark.filter(|mark| *mark > NOTHING_READ);
        Ok(mark.map_or(whole, |mark| {
            Coverage::ChangedSince(mark.read_from(OVERLAP))
        }))
    }

    /// Tells whether everything that a run has planned from one of its areas on has reached the product.
    pub(super) fn went_through(&self, from: usize) -> bool {
        let areas = self.outcome.areas.iter().skip(from);
        let mut reports = areas.map(|area| area.report.as_ref());
        reports.all(|report| {
            report.is_some_and(|it| it.stopped.is_none() && it.unacknowledged().is_empty())
        })
    }

    /// Remembers up to when the changes of HR have reached the product, after they were carried out as one of the areas of
    /// the run, and what follows from them as those after it.
    pub(super) async fn keep_watermark<T: Sync, R: Record>(
        &self,
        target: &dyn TargetSystem<R>,
        policy: &SyncPolicy,
        snapshot: &Snapshot<T>,
        area: usize,
    ) -> Result<()> {
        let report = self.outcome.areas.get(area);
        let report = report.and_then(|it| it.report.as_ref());
        // Nobody knows when a record changed that is not in the answer, or cannot be read.
        let is_whole = snapshot.completeness().certificate().is_some();
        if let (Mode::Sync(syncing), Some(report)) = (self.mode, report)
            && is_whole
            && snapshot.unreadable().is_empty()
            && self.went_through(area + 1)
        {
            let read = snapshot.changed_at();
            let reconciler = self.reconciler(target, policy);
            reconciler
                .advance(syncing.lease, NOTHING_READ, read, report)
                .await?;
        }
        Ok(())
    }
}
