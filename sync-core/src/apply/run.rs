use std::{
    collections::{BTreeMap, BTreeSet},
    num::NonZeroUsize,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use chrono::{DateTime, Utc};
use futures::{FutureExt as _, StreamExt as _, future::BoxFuture, stream};

use super::{
    attempt::Answer,
    settle::{Settled, Standing, is_surely_not_sent, report_on},
    waves::waves,
};
use crate::{
    ApplyOptions, Change, ChangeId, Class, Clock, Effect, ErrorClass, Lease, LedgerState, Plan,
    Progress, Record, SourceId, TargetId, TargetSystem,
    causes::with_causes,
    guard::Passed,
    ledger::{Intent, Invitation, LedgerWrite, Origin},
    report::{ChangeReport, Fate},
};

/// One carrying out of one plan.
pub(super) struct Run<'a, R: Record> {
    pub(super) target: &'a dyn TargetSystem<R>,
    passed: &'a Passed<R>,
    pub(super) lease: &'a Lease<'a>,
    pub(super) clock: &'a dyn Clock,
    pub(super) options: &'a ApplyOptions<'a>,
    batch: NonZeroUsize,
    total: usize,
    told: AtomicUsize,
    /// How long the run has waited for the product.
    pub(super) waited: Mutex<Duration>,
    /// Whose each record of the product is.
    owners: Mutex<BTreeMap<TargetId, SourceId>>,
    stopped: Mutex<Option<String>>,
}

impl<'a, R: Record> Run<'a, R> {
    pub(super) fn new(
        plan: &'a Plan<R>,
        target: &'a dyn TargetSystem<R>,
        lease: &'a Lease<'a>,
        clock: &'a dyn Clock,
        options: &'a ApplyOptions<'a>,
    ) -> Self {
        Self {
            target,
            passed: &plan.passed,
            lease,
            clock,
            options,
            batch: target.capabilities().batch,
            total: plan.ready().len(),
            told: AtomicUsize::new(0),
            waited: Mutex::default(),
            owners: Mutex::default(),
            stopped: Mutex::default(),
        }
    }

    /// Reports on every change of a run that could not begin.
    pub(super) fn leave(&self, plan: &Plan<R>) -> Vec<ChangeReport> {
        let not_tried = |change: &Change<R>| self.tell(report_on(change, Fate::NotTried));
        plan.ready().iter().map(not_tried).collect()
    }

    /// Works class by class, so that each record sees its changes in order.
    pub(super) async fn carry_out(
        &self,
        plan: &Plan<R>,
        mut standing: Standing,
    ) -> Vec<ChangeReport> {
        let stale: BTreeSet<&SourceId> = plan
            .ready()
            .iter()
            .filter(|change| standing.is_stale(change))
            .map(|change| &change.source)
            .collect();
        let outdated = self.outdated(plan, &stale, &standing.ledger);
        let mut reports = Vec::with_capacity(plan.ready().len());
        for class in Class::ALL {
            let mut due: Vec<&Change<R>> = Vec::new();
            for change in plan.ready().iter().filter(|change| change.class() == class) {
                let hindrance = if stale.contains(&change.source) {
                    Some(Fate::Stale)
                } else if outdated.contains(&change.id) {
                    Some(Fate::Held)
                } else {
                    standing.hindrance(change)
                };
                match hindrance {
                    Some(fate) => reports.push(self.tell(report_on(change, fate))),
                    None => due.push(change),
                }
            }
            for wave in waves(due) {
                // Boxed before they run: otherwise the compiler cannot see that a host may spawn the whole.
                let batches: Vec<BoxFuture<'_, Vec<Settled>>> = wave
                    .chunks(self.batch.get())
                    .map(|changes| self.batch(changes, plan, &standing).boxed())
                    .collect();
                let settled: Vec<Vec<Settled>> = stream::iter(batches)
                    .buffered(self.options.concurrency.get())
                    .collect()
                    .await;
                for settled in settled.into_iter().flatten() {
                    reports.push(standing.take(settled));
                }
            }
        }
        // Those that were not tried stand where the plan has them, not before all the others.
        reports.sort_by(|a, b| (a.class, &a.source).cmp(&(b.class, &b.source)));
        reports
    }

    /// Reads the ledger, and writes down what the plan learned beside the changes.
    pub(super) async fn begin(&self, plan: &Plan<R>) -> Option<Standing> {
        let state = match self.lease.load(R::KIND).await {
            Ok(state) => state,
            Err(error) => {
                self.stop(with_causes(&error));
                return None;
            }
        };
        let mut standing = Standing::new(plan, state, self.target.capabilities().invitation_ids);
        let mut writes: Vec<LedgerWrite> = standing.ledger.migration().into_iter().collect();
        writes.extend(plan.housekeeping.iter().cloned());
        for write in &writes {
            standing.ledger.apply(write);
        }
        writes.extend(standing.note(&plan.notes));
        if !writes.is_empty() && !self.commit(&writes).await {
            return None;
        }
        let owners = standing.ledger.links.iter();
        *self.owners.lock().unwrap_or_else(PoisonError::into_inner) = owners
            .map(|(source, link)| (link.target.clone(), source.clone()))
            .collect();
        Some(standing)
    }

    /// Returns which changes may not be made any more, because the budget they had is used up or an approval
    /// has ended.
    fn outdated<'p>(
        &self,
        plan: &'p Plan<R>,
        stale: &BTreeSet<&SourceId>,
        ledger: &LedgerState,
    ) -> BTreeSet<&'p ChangeId> {
        let due: Vec<&Change<R>> = plan
            .ready()
            .iter()
            .filter(|change| !stale.contains(&change.source))
            .collect();
        plan.passed.outdated(&due, ledger, self.clock.now())
    }

    /// Makes one batch of changes: intent, effect, settlement.
    async fn batch(
        &self,
        changes: &[&Change<R>],
        plan: &Plan<R>,
        standing: &Standing,
    ) -> Vec<Settled> {
        let intents = self.intents(changes, plan, standing);
        if self.is_stopped() || !self.commit(&intents).await {
            let not_tried =
                |change: &&Change<R>| Settled::without_effect(change, Fate::NotTried, None);
            let settled: Vec<Settled> = changes.iter().map(not_tried).collect();
            settled
                .iter()
                .for_each(|settled| self.show(&settled.report));
            return settled;
        }
        let mut begun = LedgerState::default();
        intents.iter().for_each(|write| begun.apply(write));

        let changes: Vec<Change<R>> = changes.iter().map(|it| standing.refreshed(it)).collect();
        let answers = self.attempt(&changes).await;
        let mut writes = Vec::new();
        let mut settled = Vec::with_capacity(changes.len());
        for (change, answer) in changes.iter().zip(answers) {
            let answer = self.unless_taken(change, answer);
            let (one, rows) = Settled::of(change, &answer, &begun, standing, self.clock.now());
            writes.extend(self.counted(change, &one.report.fate));
            writes.extend(rows);
            settled.push(one);
        }
        self.commit(&writes).await;
        settled
            .iter()
            .for_each(|settled| self.show(&settled.report));
        settled
    }

    /// What to write down before the target hears of the changes: that they are attempted, and that the records
    /// are thereby no longer where the plan saw them.
    fn intents(
        &self,
        changes: &[&Change<R>],
        plan: &Plan<R>,
        standing: &Standing,
    ) -> Vec<LedgerWrite> {
        let ledger = &standing.ledger;
        let at = self.clock.now();
        let mut writes = Vec::new();
        for change in changes {
            let earlier = plan.intents.get(&change.id);
            // A creation that is repeated may turn out to be made with what was wanted then.
            let open = earlier.filter(|_| ledger.intents.contains_key(&change.id));
            let intent = Intent {
                source: change.source.clone(),
                class: change.class(),
                at,
                attempt: earlier.map_or(0, |earlier| earlier.attempt.saturating_add(1)),
                generation: change.generation,
                agreed: open.map_or(&change.agreement, |open| &open.agreed).clone(),
                origin: Origin::of(change),
                awaits_invitation: standing.is_to_be_invited(change),
            };
            writes.push(LedgerWrite::Intend(change.id.clone(), intent));
            writes.extend(self.passed.begun(change, at));
            writes.extend(invitation(change, at));
            if let Some(link) = ledger.links.get(&change.source) {
                let mut link = link.clone();
                link.revision = link.revision.saturating_add(1);
                link.awaits_invitation |= standing.is_to_be_invited(change);
                writes.push(LedgerWrite::Link(change.source.clone(), link));
            }
        }
        writes
    }

    /// Returns what the answer to a change means for budgets and approvals.
    fn counted(&self, change: &Change<R>, fate: &Fate) -> Option<LedgerWrite> {
        match fate {
            Fate::Done => self.passed.made(change),
            Fate::Failed { .. } if change.class() != Class::Invite => self.passed.not_made(change),
            _ if is_surely_not_sent(change, fate) => self.passed.not_made(change),
            _ => None,
        }
    }

    /// Distrusts an answer that names somebody else's record: nothing more is done, before one person's data
    /// ends up with another.
    fn unless_taken(&self, change: &Change<R>, answer: Answer) -> Answer {
        let (Class::Create, Ok(applied)) = (change.class(), &answer) else {
            return answer;
        };
        let mut owners = self.owners.lock().unwrap_or_else(PoisonError::into_inner);
        let owner = owners
            .entry(applied.target.clone())
            .or_insert_with(|| change.source.clone());
        if *owner == change.source {
            return answer;
        }
        self.stop(format!(
            "the product says that it created {} for {}, but that record belongs to {owner}",
            applied.target, change.source
        ));
        Err(ErrorClass::Unknown.into())
    }

    /// Writes to the ledger. Without a memory nothing may go on, so a failure stops the run.
    pub(super) async fn commit(&self, writes: &[LedgerWrite]) -> bool {
        let result = self.lease.commit(R::KIND, writes).await;
        if let Err(error) = &result {
            self.stop(with_causes(error));
        }
        result.is_ok()
    }

    fn tell(&self, report: ChangeReport) -> ChangeReport {
        self.show(&report);
        report
    }

    fn show(&self, change: &ChangeReport) {
        let done = self.told.fetch_add(1, Ordering::Relaxed) + 1;
        if let Some(progress) = self.options.progress {
            progress(Progress {
                change,
                done,
                total: self.total,
            });
        }
    }

    pub(super) fn stop(&self, reason: String) {
        let mut stopped = self.stopped.lock().unwrap_or_else(PoisonError::into_inner);
        stopped.get_or_insert(reason);
    }

    /// Tells whether no further change may begin.
    pub(super) fn is_stopped(&self) -> bool {
        if self.options.stop.is_some_and(|stop| stop.is_raised()) {
            self.stop("somebody asked it to".to_owned());
        }
        self.stopped().is_some()
    }

    /// Returns why the run ended before every change was tried, if it did.
    pub(super) fn stopped(&self) -> Option<String> {
        let stopped = self.stopped.lock();
        stopped.unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Writes down that an invitation goes out. From then on it counts as sent, whatever becomes of it.
fn invitation<R>(change: &Change<R>, at: DateTime<Utc>) -> Option<LedgerWrite> {
    let Effect::Invite { template } = &change.effect else {
        return None;
    };
    let invitation = Invitation {
        source: change.source.clone(),
        generation: change.generation,
        template: template.clone(),
        at,
    };
    Some(LedgerWrite::Invite(change.id.clone(), invitation))
}
