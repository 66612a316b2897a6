use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
    time::Duration,
};

use chrono::NaiveDate;
use personio_client::{
    Client,
    sync::{PersonioAbsences, PersonioAttendances, PersonioSource},
    v1::ListTimeOffTypes,
};
use sync_core::{
    Absence, AbsencePeriod, Account, Attendance, Class, Coverage, Desired, Digest, Employee,
    FieldName, HashKey, Lease, Ledger as _, Policy, ReadRequest, Record as _, Snapshot,
    SnapshotRequest, Source as _, SourceId, StopSignal, TargetId, Unit,
    absence::{self, Count, Counting},
    employee,
    employee::Now,
    org_unit,
    policy::{Flow, PolicySettings},
    schedule::RunKind,
};

use super::{
    Area, Cast, CountedType, Failure, HostClock, Opening, Outcome, Product, Result, Show, Work,
    work::{Mode, Syncing},
};
use crate::{database::Database, ledger::SqliteLedger, progress::Progress, protocol::Protocol};

/// The label of a connection, and the name of a runner, where there is only one.
pub const MAIN: &str = "main";

/// How long others wait for a runner that died; one that lives prolongs its lease.
const LEASE: Duration = Duration::from_secs(600);

/// Where the product's data lies.
#[derive(Clone, Debug)]
pub enum Store {
    /// In a file, which is made if it is not there.
    File(PathBuf),
    /// In a file that is only looked at, or, where there is none, in memory.
    ReadOnly(PathBuf),
    /// In memory.
    Memory,
}

/// What a product is connected with.
#[derive(Clone, Debug)]
pub struct Setup {
    /// Personio.
    pub client: Client,
    /// The product's data.
    pub store: Store,
    /// The label of the connection.
    pub label: String,
    /// Where HR is, as an administrator knows it; a connection follows one only. Unchecked without.
    pub hr: Option<String>,
    /// The arguments that lead to the same connection, for commands that are shown.
    pub again: Vec<String>,
    /// Who runs. A connection belongs to whoever runs it first.
    pub runner: String,
    /// Takes the connection over from another runner.
    pub take_over: bool,
    /// The customer's choices.
    pub policy: Policy,
    /// The time.
    pub clock: HostClock,
    /// The day that everybody shares; without it, days begin and end where each person is.
    pub today: Option<NaiveDate>,
    /// How progress is shown.
    pub progress: Progress,
}

impl Setup {
    /// Connects a product under its own policy, quietly.
    ///
    /// # Errors
    ///
    /// When the product's policy is not possible, which its tests find out.
    pub fn of<P: Product>(client: Client, store: Store, clock: HostClock) -> Result<Self> {
        Ok(Self {
            client,
            store,
            label: MAIN.to_owned(),
            hr: None,
            again: Vec::new(),
            runner: MAIN.to_owned(),
            take_over: false,
            policy: Policy::from_toml(P::POLICY)?,
            clock,
            today: None,
            progress: Progress::Quiet,
        })
    }
}

/// A product, connected with a Personio.
pub struct Connection<P> {
    /// The product.
    pub product: P,
    pub(super) setup: Setup,
    pub(super) database: Database,
    pub(super) ledger: SqliteLedger,
    pub(super) protocol: Protocol,
    key: HashKey,
    pub(super) personio: PersonioSource,
}

impl<P: Product> Connection<P> {
    /// Opens the database and the adapters.
    ///
    /// # Errors
    ///
    /// When the database cannot be opened.
    pub async fn open(setup: Setup) -> Result<Self> {
        let database = match &setup.store {
            Store::File(file) => Database::open_product(file, P::tables()).await,
            Store::ReadOnly(file) if file.exists() => Database::open_to_read(file).await,
            Store::ReadOnly(_) | Store::Memory => Database::in_memory(P::tables()).await,
        };
        let database = database.map_err(|error| match &setup.store {
            Store::File(file) | Store::ReadOnly(file) => Failure::run(format!(
                "cannot open the database {}: {error}",
                file.display()
            )),
            Store::Memory => error.into(),
        })?;
        let key = match database.known_hash_key(&setup.label).await? {
            Some(key) => key,
            None if matches!(setup.store, Store::File(_)) => {
                database.hash_key(&setup.label).await?
            }
            // Nothing is remembered under it.
            None => HashKey::new([0; 32]),
        };
        let opening = Opening {
            database: database.clone(),
            connection: setup.label.clone(),
            policy: setup.policy.clone(),
            clock: setup.clock.clone(),
        };
        Ok(Self {
            product: P::open(&opening),
            ledger: SqliteLedger::new(&database, &setup.label).to_hr(kinds_to_hr(&setup.policy)),
            protocol: Protocol::new(&database, &setup.label),
            key,
            personio: PersonioSource::new(setup.client.clone()),
            database,
            setup,
        })
    }

    /// Decides what a sync would do; writes nothing.
    ///
    /// # Errors
    ///
    /// When Personio or the database does not answer.
    pub async fn plan(&self, areas: &BTreeSet<Area>, show: &dyn Show) -> Result<Outcome> {
        self.same_hr().await?;
        let mut work = self.work(Mode::Plan, RunKind::Full, show).await?;
        self.run(&mut work, areas).await?;
        Ok(work.outcome)
    }

    /// Syncs the areas in their order. Lists that wait and are among `approve` are let through.
    ///
    /// Ends after the change at hand once `stop` is raised; the next run goes on there.
    ///
    /// # Errors
    ///
    /// When another runner holds the lease, and when Personio or the database does not answer. What was done until
    /// then stays done.
    pub async fn sync(
        &self,
        areas: &BTreeSet<Area>,
        approve: &[Digest],
        stop: &StopSignal,
        show: &dyn Show,
    ) -> Result<Outcome> {
        self.sync_kind(areas, RunKind::Full, approve, stop, show)
            .await
    }

    /// Like [`sync`](Self::sync); a partial run looks only at people and absences that HR changed since the last run.
    ///
    /// What follows from anything else is for a full run to see: who is gone, whose first or last day has come, whom an
    /// address matches with a user, what somebody answered, entered or changed in the product or in the policy. Where HR does
    /// not say when its records changed, every run is a full one; so is that of absences after somebody new came.
    ///
    /// # Errors
    ///
    /// Those of [`sync`](Self::sync).
    pub async fn sync_kind(
        &self,
        areas: &BTreeSet<Area>,
        kind: RunKind,
        approve: &[Digest],
        stop: &StopSignal,
        show: &dyn Show,
    ) -> Result<Outcome> {
        let clock = &self.setup.clock;
        let _only_one = self.own().await?;
        self.follow_hr().await?;
        let runner = &self.setup.runner;
        let lease = match self.setup.take_over {
            true => Lease::take_over(&self.ledger, runner, LEASE, clock).await?,
            false => Lease::acquire(&self.ledger, runner, LEASE, clock).await?,
        };
        let flows = |area: &&Area| area.flow(&self.setup.policy) != Flow::Off;
        let names: Vec<&str> = areas
            .iter()
            .filter(flows)
            .map(|area| area.as_str())
            .collect();
        let run = self.protocol.begin(clock.now(), &names.join(", ")).await?;
        let syncing = Syncing {
            lease: &lease,
            protocol: &self.protocol,
            run,
            approve,
            stop,
        };
        let mut work = self.work(Mode::Sync(syncing), kind, show).await?;
        let result = match self.run(&mut work, areas).await {
            Err(Failure::Stopped) => {
                work.outcome.stopped = true;
                Ok(())
            }
            other => other,
        };
        let outcome = work.outcome;
        let (ending, summary) = match &result {
            Ok(()) => (outcome.ending(), outcome.summary()),
            Err(failure) => (
                crate::protocol::Ending::Failed,
                match outcome.failures.is_empty() {
                    true => format!("{}\n{failure}", outcome.summary()),
                    false => outcome.summary(),
                },
            ),
        };
        let keep_days = self.setup.policy.settings().history_days;
        self.protocol
            .end(run, clock.now(), ending, summary.trim(), keep_days)
            .await?;
        lease.release().await?;
        result.map(|()| outcome)
    }

    /// Forgets the links, approvals and the timetable's state of the connection. Users and data stay.
    ///
    /// # Errors
    ///
    /// When another process works with the database, or it does not answer.
    pub async fn disconnect(&self) -> Result<()> {
        let _only_one = self.own().await?;
        let mut transaction = self.database.pool.begin().await?;
        for statement in [
            "DELETE FROM sync_ledger WHERE connection = ?",
            "DELETE FROM sync_lease WHERE connection = ?",
            "DELETE FROM sync_connection WHERE label = ?",
        ] {
            sqlx::query(statement)
                .bind(&self.setup.label)
                .execute(&mut *transaction)
                .await?;
        }
        transaction.commit().await?;
        Ok(())
    }

    /// Fills the product side with something to see.
    ///
    /// # Errors
    ///
    /// When Personio or the database does not answer.
    pub async fn demo(&self) -> Result<()> {
        let today = self.today();
        let window = sync_core::Window::around(today, 30, 90);
        let all = |coverage| SnapshotRequest::new(coverage, BTreeSet::new());
        let employees: Snapshot<Employee> = self.personio.snapshot(&all(Coverage::All)).await?;
        let absences: Snapshot<AbsencePeriod> = self
            .personio
            .snapshot(&all(Coverage::Window(window)))
            .await?;
        self.product
            .demo(&Cast {
                today,
                employees,
                absences,
            })
            .await
    }

    /// Returns the current day where the customer is.
    pub fn today(&self) -> NaiveDate {
        self.setup.today.unwrap_or_else(|| {
            let home = &self.setup.policy.settings().accounts.access.zones.home;
            home.local(self.setup.clock.now()).date()
        })
    }

    async fn work<'a>(
        &'a self,
        mode: Mode<'a>,
        kind: RunKind,
        show: &'a dyn Show,
    ) -> Result<Work<'a>> {
        Ok(Work {
            database: &self.database,
            label: &self.setup.label,
            ledger: &self.ledger,
            key: &self.key,
            clock: &self.setup.clock,
            today: self.today(),
            options: self.setup.policy.settings().apply.options(),
            mode,
            show,
            progress: self.setup.progress,
            area: Area::Accounts,
            kind,
            owners: self.owners().await?,
            outcome: Outcome::default(),
        })
    }

    /// Returns the account of each person. Who was removed in the product has none, whatever the ledger remembers.
    async fn owners(&self) -> Result<BTreeMap<SourceId, TargetId>> {
        let everybody = ReadRequest {
            coverage: Coverage::All,
            linked: BTreeSet::new(),
            in_doubt: BTreeSet::new(),
        };
        let there = self.product.accounts().read(&everybody).await?;
        let there: BTreeSet<TargetId> = there.into_iter().map(|it| it.id).collect();
        let mut owners = self.ledger.load(Account::KIND).await?.targets();
        owners.retain(|_, account| there.contains(account));
        Ok(owners)
    }

    async fn run(&self, work: &mut Work<'_>, areas: &BTreeSet<Area>) -> Result<()> {
        let settings = self
            .product
            .adjust(self.setup.policy.settings().clone())
            .await?;
        let policy = Policy::try_from(settings)?;
        let flows = |area: &Area| areas.contains(area) && area.flow(&policy) != Flow::Off;
        let (mut done, mut first_failure) = (0, None);
        for area in Area::ALL.into_iter().filter(flows) {
            work.area = area;
            work.go_on()?;
            match self.run_area(work, area, &policy).await {
                Ok(()) => done += 1,
                // Half of what would happen is no picture of it.
                Err(failure) if work.is_test() => return Err(failure),
                Err(Failure::Run(error)) => {
                    let failure = Failure::Run(error);
                    work.outcome.failures.push((area, failure.to_string()));
                    first_failure.get_or_insert(failure);
                }
                Err(other) => return Err(other),
            }
        }
        if let Some(failure) = first_failure.filter(|_| done == 0) {
            return Err(failure);
        }
        work.outcome
            .observations
            .extend(self.product.observe().await?);
        Ok(())
    }

    async fn run_area(&self, work: &mut Work<'_>, area: Area, policy: &Policy) -> Result<()> {
        match (area, area.flow(policy)) {
            (Area::OrgUnits, Flow::FromHr) => self.org_units(work, policy).await,
            (Area::Accounts, Flow::FromHr) => self.accounts(work, policy).await,
            (Area::Absences, Flow::FromHr) => self.absences(work, policy).await,
            (Area::Absences, Flow::ToHr) => {
                let hr = PersonioAbsences::new(self.setup.client.clone(), P::NAME);
                self.absences_to_hr(work, policy, &hr).await
            }
            (Area::Attendances, Flow::ToHr) => {
                let hr = PersonioAttendances::new(self.setup.client.clone(), P::NAME);
                self.attendances_to_hr(work, policy, &hr).await
            }
            (_, _) => Ok(()),
        }
    }

    async fn org_units(&self, work: &mut Work<'_>, policy: &Policy) -> Result<()> {
        let Some(target) = self.product.org_units() else {
            return Ok(());
        };
        let rules = policy.org_units();
        let kinds = rules.desire.kinds.clone();
        let personio = match kinds {
            Some(kinds) => self.personio.clone().unit_kinds(kinds),
            None => self.personio.clone(),
        };
        let units: Snapshot<Unit> = work
            .read(&personio, target, &rules.sync, Coverage::All, "units")
            .await?;
        let desired = org_unit::desire(&units, &rules.desire);
        work.carry_out(target, &rules.sync, &desired).await
    }

    async fn accounts(&self, work: &mut Work<'_>, policy: &Policy) -> Result<()> {
        self.product.lead(&self.setup.client, work).await?;
        let (target, rules) = (self.product.accounts(), policy.accounts());
        let coverage = work.coverage::<Account>(Coverage::All).await?;
        let personio = self.people(policy);
        let employees: Snapshot<Employee> = work
            .read(&personio, target, &rules.sync, coverage, "employees")
            .await?;
        let now = match self.setup.today {
            Some(day) => Now::Day(day),
            None => Now::At(work.now()),
        };
        if work.is_test() {
            work.outcome.names.learn_employees(&employees);
        }
        let desired = employee::desire(&employees, &rules.desire, now);
        let desired = self.product.people(&employees, desired).await?;
        let area = work.outcome.areas.len();
        work.carry_out(target, &rules.sync, &desired).await?;
        if reads_changes(policy, Area::Accounts) {
            work.keep_watermark(target, &rules.sync, &employees, area)
                .await?;
        }
        if !work.is_test() {
            work.owners = self.owners().await?;
        }
        Ok(())
    }

    /// Returns the source of employees as the policy needs it. A balance costs one request more for each person, so
    /// only a mapping that names one pays for it.
    fn people(&self, policy: &Policy) -> PersonioSource {
        let PolicySettings {
            absences, accounts, ..
        } = policy.settings();
        let personio = self.personio.clone().counting(absences.counting.clone());
        let mut rules = accounts.mapping.rules();
        let balance = FieldName::literal("vacation_day_balance");
        match rules.any(|(_, rule)| rule.attributes().contains(&balance)) {
            true => personio.with_balances(),
            false => personio,
        }
    }

    async fn absences(&self, work: &mut Work<'_>, policy: &Policy) -> Result<()> {
        let Some(target) = self.product.absences() else {
            return Ok(());
        };
        let rules = policy.absences();
        let window = policy.settings().absences.window.on(work.today());
        let coverage = window.map_or(Coverage::All, Coverage::Window);
        let label = &self.setup.label;
        let has_newcomers = self.database.has_newcomers(label).await?;
        let coverage = match has_newcomers {
            true => coverage,
            false => work.coverage::<Absence>(coverage).await?,
        };
        let absences: Snapshot<AbsencePeriod> = work
            .read(&self.personio, target, &rules.sync, coverage, "absences")
            .await?;
        let desired: Desired<Absence> = absence::desire(&absences, work.owners(), &rules.desire);
        let desired = match window {
            Some(window) => desired.within(window),
            None => desired,
        };
        let desired = self.product.calendar(desired, work).await?;
        self.count_types(work, policy).await?;
        let area = work.outcome.areas.len();
        work.carry_out(target, &rules.sync, &desired).await?;
        self.product.follow(&desired, work).await?;
        if reads_changes(policy, Area::Absences) {
            work.keep_watermark(target, &rules.sync, &absences, area)
                .await?;
        }
        let is_certain = absences.completeness().certificate().is_some();
        let all_came = has_newcomers && is_certain && work.went_through(area);
        if all_came && !self.awaits_accounts().await? {
            self.database.set_newcomers(label, false).await?;
        }
        Ok(())
    }

    /// Tells whether somebody may have an account of which nobody knows yet, because an answer was lost.
    async fn awaits_accounts(&self) -> Result<bool> {
        let intents = self.ledger.load(Account::KIND).await?.intents;
        Ok(intents.values().any(|it| it.class == Class::Create))
    }

    /// Tells the product what the types of absence count for, if the policy says so of any.
    async fn count_types(&self, work: &Work<'_>, policy: &Policy) -> Result<()> {
        let counting = &policy.settings().absences.counting;
        if *counting == Counting::default() {
            return Ok(());
        }
        let types = self.setup.client.v1().time_off_types();
        let listing = types.list(ListTimeOffTypes::new()).collect().await?;
        let counted = listing.records.into_iter().filter_map(|kind| {
            let v2 = kind.id_v2.map(|id| id.to_string());
            let ids = [Some(kind.id.to_string()), v2];
            let counts = |count: &Count| {
                let mut ids = ids.iter().flatten();
                ids.any(|id| counting.counts(id, *count))
            };
            let all = [Count::Entitlement, Count::Deduction, Count::Paid];
            Some(CountedType {
                name: kind.name?,
                counts: all.into_iter().filter(counts).collect(),
            })
        });
        let counted: Vec<CountedType> = counted.collect();
        self.product.count_types(&counted, work.is_test()).await
    }
}

/// Tells whether the timetable has runs of an area that look only at what changed. Without, nobody needs to know how far HR
/// was read.
fn reads_changes(policy: &Policy, area: Area) -> bool {
    let timetable = policy.settings().schedule.iter();
    let mut runs = timetable.flat_map(|timetable| &timetable.runs);
    runs.any(|run| {
        let is_of_it = run.areas.iter().any(|it| it.as_str() == area.as_str());
        run.kind == RunKind::Partial && is_of_it
    })
}

/// Returns the kinds of record that go to HR.
fn kinds_to_hr(policy: &Policy) -> Vec<&'static str> {
    let kinds = [
        (Area::Absences, Absence::KIND),
        (Area::Attendances, Attendance::KIND),
    ];
    let to_hr = kinds
        .into_iter()
        .filter(|(area, _)| area.flow(policy) == Flow::ToHr);
    to_hr.map(|(_, kind)| kind).collect()
}
