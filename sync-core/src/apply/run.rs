use std::{
    collections::{BTreeMap, BTreeSet},
    num::NonZeroUsize,
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use futures::{FutureExt as _, StreamExt as _, future::BoxFuture, stream};

use crate::{
    ApplyOptions, Change, Class, Clock, Ledger, LedgerState, Plan, Progress, Record, SourceId,
    TargetSystem,
    causes::with_causes,
    ledger::{Intent, LedgerError, LedgerWrite},
    report::{ChangeReport, Fate},
    target::Applied,
};

use super::settle::{Settled, Standing, change_report, fate, is_stale};

/// One carrying out of one plan.
pub(super) struct Run<'a, R: Record> {
    pub(super) target: &'a dyn TargetSystem<R>,
    ledger: &'a dyn Ledger,
    pub(super) clock: &'a dyn Clock,
    pub(super) options: &'a ApplyOptions<'a>,
    batch: NonZeroUsize,
    total: usize,
    tried: AtomicUsize,
    stopped: Mutex<Option<String>>,
}

impl<R: Record> Run<'_, R> {
    pub(super) fn new<'a>(
        plan: &Plan<R>,
        target: &'a dyn TargetSystem<R>,
        ledger: &'a dyn Ledger,
        clock: &'a dyn Clock,
        options: &'a ApplyOptions<'a>,
    ) -> Run<'a, R> {
        Run {
            target,
            ledger,
            clock,
            options,
            batch: target.capabilities().batch,
            total: plan.ready().len(),
            tried: AtomicUsize::new(0),
            stopped: Mutex::new(None),
        }
    }

    /// Returns why the run ended before every change was tried, if it did.
    pub(super) fn into_stopped(self) -> Option<String> {
        self.stopped
            .into_inner()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    /// Writes down what the plan learned beside the changes, where the ledger still stands as it did.
    pub(super) async fn write_notes(&self, plan: &Plan<R>, state: &mut LedgerState) {
        let holds = |source: &SourceId, revision: Option<u32>| {
            state.links.get(source).map(|link| link.revision) == revision
        };
        let writes: Vec<LedgerWrite> = plan
            .notes
            .iter()
            .filter(|note| {
                matches!(note.write, LedgerWrite::Settle(_)) || holds(&note.source, note.revision)
            })
            .map(|note| note.write.clone())
            .collect();
        if !writes.is_empty() && self.commit(&writes).await {
            // The changes build on the notes, so they must not overwrite them with what was before.
            writes.iter().for_each(|write| state.apply(write));
        }
    }

    /// Works class by class, so that each record sees its changes in order.
    pub(super) async fn carry_out(&self, plan: &Plan<R>, ledger: LedgerState) -> Vec<ChangeReport> {
        let mut standing = Standing {
            ledger,
            versions: BTreeMap::new(),
        };
        let stale: BTreeSet<&SourceId> = plan
            .ready()
            .iter()
            .filter(|change| is_stale(change, &standing.ledger))
            .map(|change| &change.source)
            .collect();
        let mut failed: BTreeSet<SourceId> = BTreeSet::new();
        let mut reports = Vec::with_capacity(plan.ready().len());
        for class in Class::ALL {
            let mut due: Vec<&Change<R>> = Vec::new();
            for change in plan.ready().iter().filter(|change| change.class() == class) {
                if stale.contains(&change.source) {
                    reports.push(change_report(change, Fate::Stale));
                } else if failed.contains(&change.source) {
                    reports.push(change_report(change, Fate::Blocked));
                } else {
                    due.push(change);
                }
            }
            // Boxed before they run: otherwise the compiler cannot see that a host may spawn the whole.
            let batches: Vec<BoxFuture<'_, Vec<Settled>>> = due
                .chunks(self.batch.get())
                .map(|changes| self.batch(changes, &standing).boxed())
                .collect();
            let settled: Vec<Vec<Settled>> = stream::iter(batches)
                .buffered(self.options.concurrency.get())
                .collect()
                .await;
            for Settled {
                report,
                link,
                version,
            } in settled.into_iter().flatten()
            {
                if report.fate == Fate::Done {
                    standing.versions.insert(report.source.clone(), version);
                } else {
                    failed.insert(report.source.clone());
                }
                if let Some(link) = link {
                    standing.ledger.links.insert(report.source.clone(), link);
                }
                reports.push(report);
            }
        }
        // Those that were not tried stand where the plan has them, not before all the others.
        reports.sort_by(|a, b| (a.class, &a.source).cmp(&(b.class, &b.source)));
        reports
    }

    /// Makes one batch of changes: intent, effect, settlement.
    async fn batch(&self, changes: &[&Change<R>], standing: &Standing) -> Vec<Settled> {
        let now = self.clock.now();
        let intend = |change: &&Change<R>| {
            let intent = Intent {
                source: change.source.clone(),
                class: change.class(),
                at: now,
            };
            LedgerWrite::Intend(change.id.clone(), intent)
        };
        let intents: Vec<LedgerWrite> = changes.iter().map(intend).collect();
        if self.is_stopped() || !self.commit(&intents).await {
            let not_tried = |change: &&Change<R>| Settled::without_effect(change, Fate::NotTried);
            return changes.iter().map(not_tried).collect();
        }

        let changes: Vec<Change<R>> = changes.iter().map(|it| standing.refreshed(it)).collect();
        let answers = self.attempt(&changes).await;
        let mut writes = Vec::new();
        let mut settled = Vec::with_capacity(changes.len());
        for (change, answer) in changes.iter().zip(answers) {
            let fate = fate(change, &answer);
            if fate != Fate::Unknown {
                writes.push(LedgerWrite::Settle(change.id.clone()));
            }
            let applied = answer
                .ok()
                .or_else(|| change.target.clone().map(Applied::to));
            settled.push(match (&fate, applied) {
                (Fate::Done, Some(applied)) => {
                    Settled::done(change, applied, now, &standing.ledger, &mut writes)
                }
                _ => Settled::without_effect(change, fate),
            });
        }
        self.commit(&writes).await;
        let done = self.tried.fetch_add(changes.len(), Ordering::Relaxed) + changes.len();
        if let Some(progress) = self.options.progress {
            progress(Progress {
                done,
                total: self.total,
            });
        }
        settled
    }

    /// Writes to the ledger. Without a memory nothing may go on, so a failure stops the run.
    async fn commit(&self, writes: &[LedgerWrite]) -> bool {
        let result: Result<(), LedgerError> = self.ledger.commit(R::KIND, writes).await;
        if let Err(error) = &result {
            self.stop(with_causes(error));
        }
        result.is_ok()
    }

    pub(super) fn stop(&self, reason: String) {
        let mut stopped = self
            .stopped
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner());
        stopped.get_or_insert(reason);
    }

    pub(super) fn is_stopped(&self) -> bool {
        self.stopped
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
            .is_some()
    }
}
