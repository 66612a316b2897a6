use std::{
    collections::{BTreeMap, BTreeSet},
    future::Future,
    pin::pin,
};

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use futures::future::{Either, select};
use sync_core::{
    Account, ApplyOptions, Change, Class, Coverage, Desired, Digest, Explanation, HashKey, Lease,
    Ledger as _, Plan, ReadRequest, Reconciler, Record, Report, Situation, SkipReason, Snapshot,
    SnapshotRequest, Source, SourceId, StopSignal, SyncPolicy, TargetId, TargetSystem,
    schedule::RunKind,
};

use super::{
    Area, AreaOutcome, Decision, Failure, HostClock, Outcome, Result,
    decision::{Keys, Planned, key_of},
};
use crate::{database::Database, ledger::SqliteLedger, progress::Progress, protocol::Protocol};

/// How many records a line names.
const NAMED: usize = 10;

/// For how long an approval is good. A run that is cut off goes on with it.
const APPROVED_FOR: TimeDelta = TimeDelta::hours(24);

/// One run, on its way from area to area. A product adds steps of its own with [`carry_out`](Self::carry_out).
pub struct Work<'a> {
    pub(super) database: &'a Database,
    /// The label of the connection.
    pub(super) label: &'a str,
    pub(super) ledger: &'a SqliteLedger,
    pub(super) key: &'a HashKey,
    pub(super) clock: &'a HostClock,
    pub(super) today: NaiveDate,
    pub(super) options: ApplyOptions<'static>,
    pub(super) mode: Mode<'a>,
    pub(super) show: &'a dyn Show,
    pub(super) progress: Progress,
    pub(super) area: Area,
    pub(super) kind: RunKind,
    pub(super) owners: BTreeMap<SourceId, TargetId>,
    pub(super) outcome: Outcome,
}

/// What a run may do.
#[derive(Clone, Copy)]
pub(super) enum Mode<'a> {
    /// Only plan; nothing is written.
    Plan,
    /// Carry the plans out.
    Sync(Syncing<'a>),
}

/// What a run needs that writes.
#[derive(Clone, Copy)]
pub(super) struct Syncing<'a> {
    pub(super) lease: &'a Lease<'a>,
    pub(super) protocol: &'a Protocol,
    /// The number of the run in the protocol.
    pub(super) run: i64,
    /// Lists of changes that a person has looked at.
    pub(super) approve: &'a [Digest],
    pub(super) stop: &'a StopSignal,
}

/// Who watches a run.
pub trait Show: Send + Sync {
    /// Shows a plan before it is carried out.
    fn planned(&self, decision: &dyn Decision);
    /// Shows how far it is carried out; called once for each change.
    fn progressed(&self, _progress: sync_core::Progress<'_>) {}
    /// Shows what became of it.
    fn reported(&self, report: &Report);
}

/// Shows nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Show for Silent {
    fn planned(&self, _: &dyn Decision) {}
    fn reported(&self, _: &Report) {}
}

impl Work<'_> {
    /// Returns the current day where the customer is.
    pub fn today(&self) -> NaiveDate {
        self.today
    }

    /// Returns the current moment.
    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// Returns the account of each person, as far as they have one; in a run that only plans, also of those who
    /// would get one.
    pub fn owners(&self) -> &BTreeMap<SourceId, TargetId> {
        &self.owners
    }

    /// Returns which record of the following side belongs to each record of a kind.
    ///
    /// # Errors
    ///
    /// When the ledger does not answer.
    pub async fn links<R: Record>(&self) -> Result<BTreeMap<SourceId, TargetId>> {
        Ok(self.ledger.load(R::KIND).await?.targets())
    }

    /// Tells whether the run only plans.
    pub fn is_test(&self) -> bool {
        matches!(self.mode, Mode::Plan)
    }

    /// Reads a part of the leading side. What the ledger knows of it and the answer lacks is looked up.
    ///
    /// # Errors
    ///
    /// When either side does not answer, and when somebody asked to stop.
    pub async fn read<T: Send, R: Record>(
        &self,
        source: &dyn Source<T>,
        target: &dyn TargetSystem<R>,
        policy: &SyncPolicy,
        coverage: Coverage,
        what: &'static str,
    ) -> Result<Snapshot<T>> {
        let known = self.reconciler(target, policy).known(&coverage).await?;
        let reading = self.progress.reading(what);
        let request = SnapshotRequest::new(coverage, known);
        let snapshot = self.unless_stopped(source.snapshot(&request)).await??;
        reading.done(snapshot.records().len());
        Ok(snapshot)
    }

    /// Returns the records of the leading side that the following one has in a part of it.
    pub(super) async fn known<R: Record>(
        &self,
        target: &dyn TargetSystem<R>,
        policy: &SyncPolicy,
        coverage: &Coverage,
    ) -> Result<BTreeSet<SourceId>> {
        Ok(self.reconciler(target, policy).known(coverage).await?)
    }

    /// Plans what is wanted of one kind of record, and carries it out unless the run only plans.
    ///
    /// # Errors
    ///
    /// When the product or the ledger does not answer, and when somebody asked to stop. That single changes are not
    /// made is no error; the report says so.
    pub async fn carry_out<R: Record>(
        &mut self,
        target: &dyn TargetSystem<R>,
        policy: &SyncPolicy,
        desired: &Desired<R>,
    ) -> Result<()> {
        let mut plan = self.reconciler(target, policy).plan(desired).await?;
        if let Mode::Sync(syncing) = self.mode
            && self.keep_approval(&plan, &syncing).await?
        {
            plan = self.reconciler(target, policy).plan(desired).await?;
        }
        self.prepare_for(&plan).await?;
        self.outcome.observations.extend(left_behind(&plan));
        let planned = Planned {
            area: self.area,
            keys: self.learn(target, desired).await?,
            plan,
        };
        self.show.planned(&planned);
        let report = match self.mode {
            Mode::Plan => None,
            Mode::Sync(syncing) => {
                let report = self.apply(target, policy, &planned.plan, &syncing).await?;
                self.show.reported(&report);
                Some(report)
            }
        };
        self.outcome.areas.push(AreaOutcome {
            decision: Box::new(planned),
            report,
        });
        self.go_on()
    }

    /// Ends the run here if somebody asked to stop.
    pub(super) fn go_on(&self) -> Result<()> {
        match self.mode {
            Mode::Sync(syncing) if syncing.stop.is_raised() => Err(Failure::Stopped),
            _ => Ok(()),
        }
    }

    async fn apply<R: Record>(
        &self,
        target: &dyn TargetSystem<R>,
        policy: &SyncPolicy,
        plan: &Plan<R>,
        syncing: &Syncing<'_>,
    ) -> Result<Report> {
        let writing = self.progress.writing(R::KIND, plan.ready().len());
        let step = |progress: sync_core::Progress<'_>| {
            writing.step(progress);
            self.show.progressed(progress);
        };
        let options = ApplyOptions {
            progress: Some(&step),
            stop: Some(syncing.stop),
            ..self.options
        };
        let reconciler = self.reconciler(target, policy);
        let report = reconciler
            .apply(plan, syncing.lease, self.clock, &options)
            .await;
        writing.done();
        syncing.protocol.add(syncing.run, &report).await?;
        Ok(report)
    }

    /// Writes down the approval of exactly the changes that wait, if they are what was looked at, and tells whether
    /// they are.
    async fn keep_approval<R: Record>(
        &self,
        plan: &Plan<R>,
        syncing: &Syncing<'_>,
    ) -> Result<bool> {
        let digest = plan.held_digest();
        if plan.held().is_empty() || !syncing.approve.contains(&digest) {
            return Ok(false);
        }
        let now = self.now();
        let approval = plan.approve(&digest, "administrator", now, now + APPROVED_FOR)?;
        syncing.lease.commit(R::KIND, &approval.writes()).await?;
        Ok(true)
    }

    /// Takes account of people who get an account.
    async fn prepare_for<R: Record>(&mut self, plan: &Plan<R>) -> Result<()> {
        if R::KIND != Account::KIND {
            return Ok(());
        }
        let gets_one = |change: &&Change<R>| matches!(change.class(), Class::Create | Class::Adopt);
        let new: Vec<&Change<R>> = plan.ready().iter().filter(gets_one).collect();
        if !new.is_empty() && !self.is_test() {
            // They bring absences along that have not changed for long. Noted before, in case the process ends.
            self.database.set_newcomers(self.label, true).await?;
        }
        if self.is_test() {
            for change in new {
                let account = change.target.clone();
                let account = account.unwrap_or_else(|| TargetId::new("new"));
                self.owners.insert(change.source.clone(), account);
            }
        }
        Ok(())
    }

    /// Learns what people know the records by; of use only where a plan is looked at.
    async fn learn<R: Record>(
        &mut self,
        target: &dyn TargetSystem<R>,
        desired: &Desired<R>,
    ) -> Result<Keys> {
        if !self.is_test() {
            return Ok(Keys::default());
        }
        let everything = ReadRequest {
            coverage: desired.coverage.clone(),
            linked: BTreeSet::new(),
            in_doubt: BTreeSet::new(),
        };
        let existing = target.read(&everything).await?;
        self.outcome.names.learn_desired(desired);
        self.outcome.names.learn_existing(&existing);
        let targets = existing
            .iter()
            .filter_map(|it| Some((it.id.clone(), key_of(&it.record)?)));
        Ok(Keys {
            sources: Keys::of_wishes(desired),
            targets: targets.collect(),
        })
    }

    async fn unless_stopped<T>(&self, work: impl Future<Output = T> + Send) -> Result<T> {
        let Mode::Sync(syncing) = self.mode else {
            return Ok(work.await);
        };
        match select(pin!(work), pin!(syncing.stop.raised())).await {
            Either::Left((done, _)) => Ok(done),
            Either::Right(_) => Err(Failure::Stopped),
        }
    }

    pub(super) fn reconciler<'b, R: Record>(
        &'b self,
        target: &'b dyn TargetSystem<R>,
        policy: &'b SyncPolicy,
    ) -> Reconciler<'b, R> {
        Reconciler {
            target,
            ledger: self.ledger,
            policy,
            key: self.key,
        }
    }
}

/// Names what the leading side has no more and the policy leaves where it is.
fn left_behind<R: Record>(plan: &Plan<R>) -> Option<String> {
    let left = sync_core::Outcome::Skipped(SkipReason::PolicyLeaves);
    let is_left = |it: &Explanation| it.situation == Situation::Vanished && it.outcome == left;
    let explanations = plan.explanations().iter();
    let ids: Vec<&str> = explanations
        .filter(|(_, it)| is_left(it))
        .map(|(source, _)| source.as_str())
        .collect();
    let more = match ids.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(" … and {more} more"),
    };
    let named = ids[..ids.len().min(NAMED)].join(", ");
    (!ids.is_empty()).then(|| {
        format!(
            "{}: gone on the leading side, and left as the policy says: {named}{more}",
            R::KIND
        )
    })
}
