use std::{
    collections::{BTreeMap, BTreeSet},
    error::Error as StdError,
    fmt,
    num::NonZeroUsize,
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use chrono::{DateTime, Utc};
use futures::{FutureExt as _, StreamExt as _, future::BoxFuture, stream};

use crate::{
    Change, Class, Clock, Effect, Lease, LedgerState, Link, Plan, Record, Report, SourceId,
    TargetSystem, Version,
    guard::Passed,
    ledger::{Intent, Invitation, LedgerError, LedgerWrite, Pulse, Tombstone, protocol, shelf},
    report::{ChangeReport, Fate},
    target::{Applied, ErrorClass, TargetError},
};

/// How a plan is carried out.
#[derive(Clone, Copy)]
pub struct ApplyOptions<'a> {
    /// How many batches may be under way at once.
    pub concurrency: NonZeroUsize,
    /// How often a change is tried that the product cannot make now.
    pub attempts: NonZeroUsize,
    /// How long to wait before the second attempt; doubled for each one after it. A longer wait
    /// that the product asks for is respected.
    pub wait: Duration,
    /// Called after every batch.
    pub progress: Option<&'a (dyn Fn(Progress) + Send + Sync)>,
}

impl Default for ApplyOptions<'_> {
    fn default() -> Self {
        Self {
            concurrency: NonZeroUsize::new(4).unwrap_or(NonZeroUsize::MIN),
            attempts: NonZeroUsize::new(3).unwrap_or(NonZeroUsize::MIN),
            wait: Duration::from_secs(1),
            progress: None,
        }
    }
}

impl fmt::Debug for ApplyOptions<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApplyOptions")
            .field("concurrency", &self.concurrency)
            .field("attempts", &self.attempts)
            .field("wait", &self.wait)
            .finish_non_exhaustive()
    }
}

/// How far a plan has been carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// How many changes have been tried.
    pub done: usize,
    /// How many there are.
    pub total: usize,
}

/// Carries out what a plan has ready, and reports on every change.
///
/// Each change is written into the ledger as an intent before the target hears of it, and settled
/// afterwards. A change that fails does not stop the others; only later changes of the same record
/// wait for the next run. A change whose record has moved on since the plan was made is not tried,
/// so applying a plan twice does nothing the second time.
///
/// Only the holder of the connection's [`Lease`] may do this; a run that loses it stops before its next change.
///
/// The future may be dropped at any time: what was under way is found out by the next run.
pub async fn apply<R: Record>(
    plan: &Plan<R>,
    target: &dyn TargetSystem<R>,
    lease: &Lease<'_>,
    clock: &dyn Clock,
    options: &ApplyOptions<'_>,
) -> Report {
    let mut report = Report::of(plan);
    let mut state = match lease.load(R::KIND).await {
        Ok(state) => state,
        Err(error) => {
            report.stopped = Some(words(&error));
            report.changes.extend(
                plan.ready()
                    .iter()
                    .map(|change| change_report(change, Fate::NotTried)),
            );
            return report;
        }
    };
    let run = Run {
        target,
        passed: &plan.passed,
        taken_at: plan.taken_at,
        lease,
        clock,
        options,
        batch: target.capabilities().batch,
        total: plan.ready().len(),
        tried: AtomicUsize::new(0),
        stopped: Mutex::new(None),
    };
    let (started_at, pulse) = (clock.now(), state.pulse.clone());
    run.write_notes(plan, &mut state).await;
    report.changes = run.carry_out(plan, state).await;
    report.stopped = run.stopped();
    run.finish(plan, &mut report, pulse, started_at).await;
    report
}

/// One carrying out of one plan.
struct Run<'a, R: Record> {
    target: &'a dyn TargetSystem<R>,
    passed: &'a Passed<R>,
    /// When HR said what the plan follows.
    taken_at: DateTime<Utc>,
    lease: &'a Lease<'a>,
    clock: &'a dyn Clock,
    options: &'a ApplyOptions<'a>,
    batch: NonZeroUsize,
    total: usize,
    tried: AtomicUsize,
    stopped: Mutex<Option<String>>,
}

/// What became of one change, and where its record stands now.
struct Settled {
    report: ChangeReport,
    link: Option<Link>,
    version: Option<Version>,
}

/// Where the records stand while the run goes on.
struct Standing {
    ledger: LedgerState,
    /// The versions of the records that this run has changed, which the plan cannot know.
    versions: BTreeMap<SourceId, Option<Version>>,
}

impl<R: Record> Run<'_, R> {
    /// Writes down what the plan learned beside the changes, where the ledger still stands as it did.
    async fn write_notes(&self, plan: &Plan<R>, state: &mut LedgerState) {
        let holds = |source: &SourceId, revision: Option<u32>| {
            state.links.get(source).map(|link| link.revision) == revision
        };
        let notes = plan.notes.iter();
        let notes = notes.filter(|note| holds(&note.source, note.revision));
        let notes = notes.map(|note| &note.write);
        let writes: Vec<LedgerWrite> = state
            .migration()
            .into_iter()
            .chain(plan.housekeeping.iter().chain(notes).cloned())
            .collect();
        if !writes.is_empty() && self.commit(&writes).await {
            // The changes build on the notes, so they must not overwrite them with what was before.
            writes.iter().for_each(|write| state.apply(write));
        }
    }

    /// Writes down how the run went, and what holds if it went through.
    async fn finish(
        &self,
        plan: &Plan<R>,
        report: &mut Report,
        pulse: Pulse,
        started_at: DateTime<Utc>,
    ) {
        let went_through = report.stopped.is_none();
        let settings = plan.accepted_settings().filter(|_| went_through);
        let seen = (went_through && plan.is_complete).then_some(plan.taken_at);
        report.complete_at = seen.max(pulse.complete_at);
        let number = pulse.runs + 1;
        let run = report
            .record(number, plan.digest(), (started_at, self.clock.now()))
            .after(pulse.last.as_ref());
        let pulse = Pulse {
            runs: number,
            complete_at: report.complete_at,
            last: Some(run.clone()),
        };
        let mut writes = vec![LedgerWrite::Pulse(Box::new(pulse))];
        writes.extend(settings.cloned().map(LedgerWrite::Settings));
        let protocol = protocol(run, plan.history_days);
        if self.commit(&writes).await {
            // The protocol is for people; a gap in it harms nothing.
            let _written = self.lease.commit(&shelf(R::KIND), &protocol).await;
        }
        report.stopped = self.stopped();
    }

    /// Works class by class, so that each record sees its changes in order.
    async fn carry_out(&self, plan: &Plan<R>, ledger: LedgerState) -> Vec<ChangeReport> {
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
        let due: Vec<&Change<R>> = plan
            .ready()
            .iter()
            .filter(|change| !stale.contains(&change.source))
            .collect();
        let now = self.clock.now();
        let outdated = self.passed.outdated(&due, &standing.ledger, now);
        let mut failed: BTreeSet<SourceId> = BTreeSet::new();
        let mut reports = Vec::with_capacity(plan.ready().len());
        for class in Class::ALL {
            let mut due: Vec<&Change<R>> = Vec::new();
            for change in plan.ready().iter().filter(|change| change.class() == class) {
                if stale.contains(&change.source) {
                    reports.push(change_report(change, Fate::Stale));
                } else if outdated.contains(&change.id) {
                    reports.push(change_report(change, Fate::Held));
                } else if failed.contains(&change.source) || !standing.is_there(change) {
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
        let begun = changes.iter().filter_map(|it| self.passed.begun(it, now));
        let invitations = changes.iter().filter_map(|it| invitation(it, now));
        let intents = changes.iter().map(intend).chain(begun).chain(invitations);
        let intents: Vec<LedgerWrite> = intents.collect();
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
            let may_have_arrived =
                change.class() == Class::Invite && !is_surely_not_sent(change, &fate);
            writes.extend(match fate {
                Fate::Done => self.passed.made(change),
                Fate::Failed { .. } if !may_have_arrived => self.passed.not_made(change),
                _ => None,
            });
            if is_surely_not_sent(change, &fate) {
                writes.push(LedgerWrite::Uninvite(change.id.clone()));
            }
            let applied = answer
                .ok()
                .or_else(|| change.target.clone().map(Applied::to));
            settled.push(match (&fate, applied) {
                (Fate::Done, Some(applied)) => {
                    self.done(change, applied, &standing.ledger, &mut writes)
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

    /// Asks the target, and asks again about what it cannot do now.
    async fn attempt(&self, changes: &[Change<R>]) -> Vec<Result<Applied, TargetError>> {
        let mut answers = self.ask(changes).await;
        let mut wait = self.options.wait;
        for _ in 1..self.options.attempts.get() {
            let late: Vec<(usize, Option<Duration>)> = answers
                .iter()
                .enumerate()
                .filter_map(|(index, answer)| match answer.as_ref().err()?.class() {
                    ErrorClass::Later(delay) => Some((index, delay)),
                    _ => None,
                })
                .collect();
            if late.is_empty() || self.is_stopped() {
                break;
            }
            let asked = late
                .iter()
                .filter_map(|(_, delay)| *delay)
                .max()
                .unwrap_or_default();
            self.clock.sleep(asked.max(wait)).await;
            wait = wait.saturating_mul(2);
            let again: Vec<Change<R>> = late
                .iter()
                .map(|(index, _)| changes[*index].clone())
                .collect();
            for ((index, _), answer) in late.into_iter().zip(self.ask(&again).await) {
                answers[index] = answer;
            }
        }
        answers
    }

    /// Hands a batch to the target, and returns one answer for each change.
    async fn ask(&self, changes: &[Change<R>]) -> Vec<Result<Applied, TargetError>> {
        // Some classes are a matter of the ledger alone; a batch holds one class, so all are or none is.
        let adopted = |change: &Change<R>| match &change.target {
            Some(target) if change.class().is_internal() => Some(Ok(Applied {
                target: target.clone(),
                version: change.expected_version.clone(),
            })),
            _ => None,
        };
        if let Some(adopted) = changes.iter().map(adopted).collect() {
            return adopted;
        }
        let mut answers = self.target.apply(changes).await;
        // A target that answers too little leaves the rest in doubt.
        answers.resize_with(changes.len(), || Err(TargetError::new(ErrorClass::Unknown)));
        let fatal = |error: &&TargetError| error.class() == ErrorClass::Stop;
        if let Some(error) = answers
            .iter()
            .filter_map(|answer| answer.as_ref().err())
            .find(fatal)
        {
            self.stop(words(error));
        }
        answers
    }

    /// Notes where a record stands after a change is made.
    fn done(
        &self,
        change: &Change<R>,
        Applied { target, version }: Applied,
        state: &LedgerState,
        writes: &mut Vec<LedgerWrite>,
    ) -> Settled {
        let source = &change.source;
        let link = match &change.effect {
            Effect::Remove { .. } | Effect::Forget => {
                let tombstone = Tombstone {
                    at: self.taken_at,
                    generation: change.generation,
                    lost: matches!(change.effect, Effect::Forget),
                };
                writes.push(LedgerWrite::Unlink(source.clone()));
                writes.push(LedgerWrite::Bury(source.clone(), tombstone));
                None
            }
            Effect::Adopt | Effect::Create(_) => {
                if state.tombstones.contains_key(source) {
                    writes.push(LedgerWrite::Unbury(source.clone()));
                }
                let revision = change.revision.map_or(0, |revision| revision + 1);
                Some(Link::begin(change, target.clone(), revision))
            }
            Effect::Invite { .. } => state.links.get(source).cloned().map(|link| Link {
                awaits_invitation: false,
                ..link
            }),
            Effect::Update(_) | Effect::Clear(_) | Effect::Lock { .. } => {
                state.links.get(source).cloned().map(|mut link| {
                    link.revision += 1;
                    link.agreed.extend(change.agreement.clone());
                    link
                })
            }
        };
        if let Some(link) = &link {
            writes.push(LedgerWrite::Link(source.clone(), link.clone()));
        }
        let report = ChangeReport {
            target: Some(target),
            ..change_report(change, Fate::Done)
        };
        Settled {
            report,
            link,
            version,
        }
    }

    /// Writes to the ledger. Without a memory nothing may go on, so a failure stops the run.
    async fn commit(&self, writes: &[LedgerWrite]) -> bool {
        let result: Result<(), LedgerError> = self.lease.commit(R::KIND, writes).await;
        if let Err(error) = &result {
            self.stop(words(error));
        }
        result.is_ok()
    }

    fn stop(&self, reason: String) {
        let mut stopped = self
            .stopped
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner());
        stopped.get_or_insert(reason);
    }

    fn is_stopped(&self) -> bool {
        self.stopped().is_some()
    }

    fn stopped(&self) -> Option<String> {
        let stopped = self.stopped.lock();
        stopped
            .unwrap_or_else(|poisoned| poisoned.into_inner())
            .clone()
    }
}

impl Standing {
    /// Returns a change with the version that its record has by now.
    fn refreshed<R: Record>(&self, change: &Change<R>) -> Change<R> {
        let mut change = change.clone();
        if let Some(version) = self.versions.get(&change.source) {
            change.expected_version = version.clone();
        }
        if class_needs_target(&change) {
            let link = self.ledger.links.get(&change.source);
            change.target = link.map(|link| link.target.clone());
        }
        change
    }

    /// Tells whether the record of a change is there by now, if it was yet to be created for the plan.
    fn is_there<R>(&self, change: &Change<R>) -> bool {
        !class_needs_target(change) || self.ledger.links.contains_key(&change.source)
    }
}

impl Settled {
    fn without_effect<R>(change: &Change<R>, fate: Fate) -> Self {
        Self {
            report: change_report(change, fate),
            link: None,
            version: None,
        }
    }
}

/// Tells whether the ledger has moved on for a record since the plan was made.
fn is_stale<R>(change: &Change<R>, state: &LedgerState) -> bool {
    if state.invitations.contains_key(&change.id) {
        return true;
    }
    match (state.links.get(&change.source), change.revision) {
        (Some(link), Some(revision)) => {
            (link.generation, link.revision) != (change.generation, revision)
        }
        (None, None) => {
            let buried = state.tombstones.get(&change.source);
            buried.is_some_and(|tombstone| tombstone.generation >= change.generation)
        }
        _ => true,
    }
}

/// Tells whether a change is about a record that an earlier change of the same plan creates.
fn class_needs_target<R>(change: &Change<R>) -> bool {
    change.class() == Class::Invite && change.target.is_none()
}

/// Writes down that an invitation goes out. From then on it counts as sent, whatever becomes of it.
fn invitation<R>(change: &Change<R>, now: DateTime<Utc>) -> Option<LedgerWrite> {
    let Effect::Invite { template } = &change.effect else {
        return None;
    };
    let invitation = Invitation {
        source: change.source.clone(),
        generation: change.generation,
        template: template.clone(),
        at: now,
    };
    Some(LedgerWrite::Invite(change.id.clone(), invitation))
}

/// Tells whether an invitation may be sent by a later run: the product must be sure that it was not.
fn is_surely_not_sent<R>(change: &Change<R>, fate: &Fate) -> bool {
    use ErrorClass::{Conflict, Later, NotFound, NotSupported, Rejected};
    let Fate::Failed { class, .. } = fate else {
        return false;
    };
    change.class() == Class::Invite
        && matches!(
            class,
            Later(_) | Rejected | Conflict | NotFound | NotSupported
        )
}

fn fate<R>(change: &Change<R>, answer: &Result<Applied, TargetError>) -> Fate {
    let Err(error) = answer else {
        return Fate::Done;
    };
    match (error.class(), change.class()) {
        (ErrorClass::NotFound, Class::Remove) => Fate::Done,
        (ErrorClass::Unknown, _) => Fate::Unknown,
        (class, _) => {
            let message = error.source().map(words).unwrap_or_default();
            Fate::Failed { class, message }
        }
    }
}

fn change_report<R>(change: &Change<R>, fate: Fate) -> ChangeReport {
    ChangeReport {
        id: change.id.clone(),
        source: change.source.clone(),
        target: change.target.clone(),
        class: change.class(),
        fate,
    }
}

/// Writes an error with everything that caused it.
fn words(error: &dyn StdError) -> String {
    let mut words = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        words.push_str(": ");
        words.push_str(&cause.to_string());
        source = cause.source();
    }
    words
}
