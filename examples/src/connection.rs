//! One connection between Personio and the product: read, plan, and apply, people before absences.

use std::{collections::BTreeMap, time::Duration};

use chrono::{NaiveDate, Utc};
use personio_client::sync::PersonioSource;
use sync_core::{
    Absence, AbsencePeriod, AbsencePolicy, Account, AccountPolicy, ApplyOptions, Class, Coverage,
    Employee, HashKey, Lease, Ledger as _, Plan, Reconciler, Record, Report, Snapshot,
    SnapshotRequest, Source as _, SourceId, SyncPolicy, SystemClock, TargetId, Window, absence,
    employee,
};

use crate::{
    absences::SqliteAbsences,
    accounts::SqliteAccounts,
    database::Database,
    harness::MAIN,
    ledger::SqliteLedger,
    progress::Progress,
    protocol::{Ending, Protocol},
};

/// Whatever can go wrong outside the records themselves.
pub type Error = Box<dyn std::error::Error + Send + Sync>;

/// How long others wait for a runner that died; one that lives prolongs its lease.
const LEASE: Duration = Duration::from_secs(600);

/// A Personio account on one side, the product's database on the other.
#[derive(Debug)]
pub struct Connection {
    personio: PersonioSource,
    protocol: Protocol,
    accounts: SqliteAccounts,
    absences: SqliteAbsences,
    ledger: SqliteLedger,
    /// Who holds the lease while this connection syncs.
    runner: String,
    key: HashKey,
    policies: Policies,
    progress: Progress,
}

/// The customer's settings for both kinds of record.
#[derive(Clone, Debug)]
pub struct Policies {
    /// How accounts follow from employees.
    pub account: AccountPolicy,
    /// How changes of accounts are decided.
    pub accounts: SyncPolicy,
    /// How absences follow from absence periods.
    pub absence: AbsencePolicy,
    /// How changes of absences are decided.
    pub absences: SyncPolicy,
}

impl Default for Policies {
    fn default() -> Self {
        Self {
            account: AccountPolicy::default(),
            accounts: SyncPolicy::default(),
            absence: AbsencePolicy::default(),
            absences: SyncPolicy::for_absences(),
        }
    }
}

/// What a run is about.
#[derive(Clone, Copy, Debug)]
pub struct Run {
    /// The current day where the customer is.
    pub today: NaiveDate,
    /// The days of absence that the product shows.
    pub window: Window,
}

/// What one run would do, or did.
#[derive(Debug)]
pub struct Outcome {
    /// What was decided about accounts.
    pub accounts: Plan<Account>,
    /// What was decided about absences.
    pub absences: Plan<Absence>,
    /// What became of both plans; empty for a run that only planned.
    pub reports: Vec<Report>,
}

impl Outcome {
    /// Tells whether there was nothing to do and nothing to approve.
    pub fn is_empty(&self) -> bool {
        self.accounts.is_empty() && self.absences.is_empty()
    }

    /// Tells whether everything that was tried was done.
    pub fn is_success(&self) -> bool {
        self.reports.iter().all(Report::is_success)
    }
}

impl Connection {
    /// Connects an account with a database.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn new(
        personio: PersonioSource,
        database: Database,
        policies: Policies,
        progress: Progress,
    ) -> Result<Self, Error> {
        Ok(Self {
            personio,
            accounts: SqliteAccounts::new(&database),
            absences: SqliteAbsences::new(&database),
            ledger: SqliteLedger::new(&database, MAIN),
            runner: format!("process {}", std::process::id()),
            key: database.hash_key(MAIN).await?,
            protocol: Protocol::new(&database, MAIN),
            policies,
            progress,
        })
    }

    /// Decides what a sync would do; writes nothing.
    ///
    /// Absences of people who have no account yet are planned as if they had one already.
    ///
    /// # Errors
    ///
    /// When Personio or the database does not answer.
    pub async fn plan(&self, run: Run) -> Result<Outcome, Error> {
        let accounts = self.plan_accounts(run).await?;
        let mut owners = self.owners().await?;
        for change in accounts
            .ready()
            .iter()
            .filter(|change| matches!(change.class(), Class::Create | Class::Adopt))
        {
            let account = change
                .target
                .clone()
                .unwrap_or_else(|| TargetId::new("new"));
            owners.insert(change.source.clone(), account);
        }
        let absences = self.plan_absences(run, &owners).await?;
        Ok(Outcome {
            accounts,
            absences,
            reports: Vec::new(),
        })
    }

    /// Syncs people, then their absences. `show` sees each plan before it is carried out.
    ///
    /// # Errors
    ///
    /// When another runner holds the lease, and when Personio or the database does not answer. What
    /// was done until then stays done.
    pub async fn sync(&self, run: Run, show: impl Show) -> Result<Outcome, Error> {
        let lease = Lease::acquire(&self.ledger, &self.runner, LEASE, &SystemClock).await?;
        let outcome = self.sync_under(&lease, run, show).await;
        lease.release().await?;
        outcome
    }

    async fn sync_under(
        &self,
        lease: &Lease<'_>,
        run: Run,
        show: impl Show,
    ) -> Result<Outcome, Error> {
        let number = self
            .protocol
            .begin(Utc::now(), "accounts, absences")
            .await?;
        let accounts = self.plan_accounts(run).await?;
        show.plan(&accounts);
        let first = self.apply(&accounts, self.account_sync(), lease).await;
        show.report(&first);

        let owners = self.owners().await?;
        let absences = self.plan_absences(run, &owners).await?;
        show.plan(&absences);
        let second = self.apply(&absences, self.absence_sync(), lease).await;
        show.report(&second);

        let outcome = Outcome {
            accounts,
            absences,
            reports: vec![first, second],
        };
        let ending = match outcome.is_success() {
            true => Ending::Done,
            false => Ending::Partial,
        };
        let texts: Vec<String> = outcome.reports.iter().map(ToString::to_string).collect();
        let keep_days = self.policies.accounts.history_days;
        self.protocol
            .end(number, Utc::now(), ending, &texts.join("\n"), keep_days)
            .await?;
        Ok(outcome)
    }

    /// Decides what a sync would do about accounts; writes nothing.
    ///
    /// # Errors
    ///
    /// When Personio or the database does not answer.
    pub async fn plan_accounts(&self, run: Run) -> Result<Plan<Account>, Error> {
        let sync = self.account_sync();
        let known = sync.known(&Coverage::All).await?;
        let reading = self.progress.reading("employees");
        let request = SnapshotRequest::new(Coverage::All, known);
        let snapshot: Snapshot<Employee> = self.personio.snapshot(&request).await?;
        reading.done(snapshot.records().len());
        let desired = employee::desire(&snapshot, &self.policies.account, run.today);
        Ok(sync.plan(&desired).await?)
    }

    async fn plan_absences(
        &self,
        run: Run,
        owners: &BTreeMap<SourceId, TargetId>,
    ) -> Result<Plan<Absence>, Error> {
        let sync = self.absence_sync();
        let coverage = Coverage::Window(run.window);
        let known = sync.known(&coverage).await?;
        let reading = self.progress.reading("absences");
        let request = SnapshotRequest::new(coverage, known);
        let snapshot: Snapshot<AbsencePeriod> = self.personio.snapshot(&request).await?;
        reading.done(snapshot.records().len());
        let desired = absence::desire(&snapshot, owners, &self.policies.absence);
        Ok(sync.plan(&desired).await?)
    }

    async fn apply<R: Record>(
        &self,
        plan: &Plan<R>,
        sync: Reconciler<'_, R>,
        lease: &Lease<'_>,
    ) -> Report {
        let writing = self.progress.writing(R::KIND, plan.ready().len());
        let step = |progress: sync_core::Progress<'_>| writing.step(progress);
        let options = ApplyOptions {
            progress: Some(&step),
            ..ApplyOptions::default()
        };
        let report = sync.apply(plan, lease, &SystemClock, &options).await;
        writing.done();
        report
    }

    /// Returns which account belongs to which employee.
    async fn owners(&self) -> Result<BTreeMap<SourceId, TargetId>, Error> {
        Ok(self.ledger.load(Account::KIND).await?.targets())
    }

    fn account_sync(&self) -> Reconciler<'_, Account> {
        Reconciler {
            target: &self.accounts,
            ledger: &self.ledger,
            policy: &self.policies.accounts,
            key: &self.key,
        }
    }

    fn absence_sync(&self) -> Reconciler<'_, Absence> {
        Reconciler {
            target: &self.absences,
            ledger: &self.ledger,
            policy: &self.policies.absences,
            key: &self.key,
        }
    }
}

/// What shows a run to its user while it goes on.
pub trait Show {
    /// Shows a plan before it is carried out.
    fn plan<R: Record>(&self, plan: &Plan<R>);
    /// Shows what became of it.
    fn report(&self, report: &Report);
}
