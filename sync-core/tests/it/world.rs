//! The world of the stories: HR, a product, a ledger, a clock, and what people do in each of them.

use std::{collections::BTreeMap, num::NonZeroUsize, time::Duration};

use chrono::NaiveDate;
use sync_core::{
    Absence, AbsencePeriod, AbsencePolicy, Access, Account, AccountPolicy, ApplyOptions,
    Capabilities, Clock as _, Completeness, Coverage, Desired, Employee, Existing, Gap, Known,
    Lease, Ledger as _, LedgerState, ManualClock, MemoryLedger, MemoryTarget, Plan, PlanRequest,
    Record, Report, Snapshot, SourceId, SyncPolicy, Tally, TargetId, TargetSystem, Value,
    absence::{self, Approval, Granularity, Span},
    account::field,
    apply,
    employee::{self, attribute},
    plan,
};

use crate::scene::{Scene, day, key, now};

/// One customer: what HR says, what the product has, and what the sync remembers.
pub(crate) struct World {
    pub(crate) people: BTreeMap<SourceId, Employee>,
    pub(crate) requests: BTreeMap<SourceId, AbsencePeriod>,
    pub(crate) accounts: MemoryTarget<Account>,
    pub(crate) absences: MemoryTarget<Absence>,
    pub(crate) ledger: MemoryLedger,
    pub(crate) clock: ManualClock,
    pub(crate) account_policy: AccountPolicy,
    pub(crate) absence_policy: AbsencePolicy,
    /// How finely the product's calendar keeps absences.
    pub(crate) granularity: Granularity,
    pub(crate) policy: SyncPolicy,
    pub(crate) policy_of_absences: SyncPolicy,
    /// Which days HR is asked for absences.
    pub(crate) calendar: Coverage,
    /// What HR could not answer.
    pub(crate) gaps: Vec<Gap>,
}

impl World {
    pub(crate) fn new() -> Self {
        Self::with_product(Capabilities::all())
    }

    pub(crate) fn with_product(capabilities: Capabilities) -> Self {
        Self {
            people: BTreeMap::new(),
            requests: BTreeMap::new(),
            accounts: MemoryTarget::new(capabilities.clone()),
            absences: MemoryTarget::new(capabilities),
            ledger: MemoryLedger::new(),
            clock: ManualClock::at(now()),
            account_policy: AccountPolicy::default(),
            absence_policy: AbsencePolicy::default(),
            granularity: Granularity::default(),
            policy: SyncPolicy::default(),
            policy_of_absences: SyncPolicy::for_absences(),
            calendar: Coverage::All,
            gaps: Vec::new(),
        }
    }

    /// A company of four whose product agrees with HR.
    pub(crate) async fn settled() -> Self {
        let mut world = Self::new();
        world.hire("1", "Łucja Wiśniewska");
        world.hire("2", "Søren Åkesson");
        world.hire("3", "Žofie Dvořáková");
        world.hire("4", "Aoife Brennan");
        world.sync_accounts().await;
        world
    }
}

/// What happens in HR.
impl World {
    pub(crate) fn hire(&mut self, id: &str, name: &str) {
        let (first, last) = name.split_once(' ').unwrap_or((name, ""));
        let employee = Employee::default()
            .with(attribute::STATUS, Value::from("active"))
            .with(attribute::HIRE_DATE, Value::from(day(-30)))
            .with(attribute::LAST_WORKING_DAY, Known::Cleared)
            .with(attribute::LEGAL_ENTITY, Value::from("Nordlicht GmbH"))
            .with(field::FIRST_NAME, Value::from(first))
            .with(field::LAST_NAME, Value::from(last))
            .with(field::EMAIL, Value::from(format!("p{id}@example.com")));
        self.people.insert(id.into(), employee);
    }

    pub(crate) fn says(
        &mut self,
        id: &str,
        attribute: impl Into<sync_core::FieldName>,
        value: impl Into<Value>,
    ) {
        let attribute = attribute.into();
        self.observes(id, attribute, Known::Value(value.into()));
    }

    pub(crate) fn empties(&mut self, id: &str, attribute: impl Into<sync_core::FieldName>) {
        self.observes(id, attribute.into(), Known::Cleared);
    }

    /// Somebody gets a supervisor.
    pub(crate) fn supervise(&mut self, supervisor: &str, id: &str) {
        self.says(id, "supervisor", supervisor);
    }

    /// The credential may no longer read an attribute; HR leaves it out without a word.
    pub(crate) fn withhold(&mut self, attribute: impl Into<sync_core::FieldName>) {
        let attribute = attribute.into();
        for employee in self.people.values_mut() {
            employee.attributes.remove(&attribute);
        }
    }

    pub(crate) fn leave(&mut self, id: &str) {
        self.says(id, attribute::STATUS, "inactive");
    }

    pub(crate) fn vanish(&mut self, id: &str) -> Employee {
        self.people
            .remove(&SourceId::new(id))
            .expect("the person is there")
    }

    pub(crate) fn swap_emails(&mut self, one: &str, other: &str) {
        let email = |id: &str| {
            self.people[&SourceId::new(id)]
                .get(&field::EMAIL)
                .map(Value::clone)
        };
        let (of_one, of_other) = (email(one), email(other));
        self.observes(one, field::EMAIL, of_other);
        self.observes(other, field::EMAIL, of_one);
    }

    pub(crate) fn book(&mut self, id: &str, person: &str, span: Span) {
        let period = AbsencePeriod {
            employee: person.into(),
            kind_id: Known::Value("17".to_owned()),
            kind_name: Known::Value("Kur".to_owned()),
            span,
            approval: Known::Value(Approval::Approved),
        };
        self.requests.insert(id.into(), period);
    }

    pub(crate) fn reject(&mut self, id: &str) {
        self.request(id).approval = Known::Value(Approval::Rejected);
    }

    pub(crate) fn delete(&mut self, id: &str) {
        self.requests.remove(&SourceId::new(id));
    }

    pub(crate) fn shorten(&mut self, id: &str, last_day: NaiveDate) {
        self.request(id).span.last_day = Some(last_day);
    }

    pub(crate) fn request(&mut self, id: &str) -> &mut AbsencePeriod {
        self.requests
            .get_mut(&SourceId::new(id))
            .expect("the absence is there")
    }

    fn observes(&mut self, id: &str, attribute: sync_core::FieldName, known: Known<Value>) {
        let employee = self
            .people
            .get_mut(&SourceId::new(id))
            .expect("the person is there");
        employee.attributes.insert(attribute, known);
    }
}

/// What happens in the product.
impl World {
    /// Somebody enters an account by hand.
    pub(crate) fn enter(&self, id: &str, email: &str) {
        let account = Account::new(Access::Active).with(field::EMAIL, email);
        self.accounts.put(Existing::new(id, account));
    }

    /// An account is given the id of somebody in HR.
    pub(crate) fn mark(&self, id: &str, source: &str) {
        let row = self.accounts.take(&id.into());
        self.accounts.put(Existing {
            external_id: Some(source.into()),
            ..row.expect("the account is there")
        });
    }

    pub(crate) fn account(&self, id: &str) -> Account {
        let rows = self.accounts.records();
        rows.into_iter()
            .find(|row| row.id.as_str() == id)
            .expect("the account is there")
            .record
    }

    pub(crate) fn edit(&self, id: &str, change: impl FnOnce(Account) -> Account) {
        let mut row = self
            .accounts
            .take(&TargetId::new(id))
            .expect("the account is there");
        row.record = change(row.record);
        self.accounts.put(row);
    }

    pub(crate) fn protect(&self, id: &str) {
        let row = self
            .accounts
            .take(&TargetId::new(id))
            .expect("the account is there");
        self.accounts.put(Existing {
            protected: true,
            ..row
        });
    }
}

/// What the sync does.
impl World {
    pub(crate) fn a_day_passes(&self) {
        self.days_pass(1);
    }

    pub(crate) fn days_pass(&self, days: u64) {
        self.clock.advance(Duration::from_secs(days * 24 * 60 * 60));
    }

    pub(crate) async fn plan_accounts(&self) -> Plan<Account> {
        self.plan_from(&self.snapshot(&self.people, Coverage::All))
            .await
    }

    pub(crate) async fn plan_absences(&self) -> Plan<Absence> {
        let desired = self.desired_absences().await;
        self.plan(desired, &self.absences, &self.policy_of_absences)
            .await
    }

    async fn desired_absences(&self) -> Desired<Absence> {
        let accounts = self.remembers::<Account>().await.targets();
        let mut requests = self.requests.clone();
        if let Coverage::Window(window) = &self.calendar {
            requests.retain(|_, it| window.overlaps(it.span.first_day, it.span.last_day));
        }
        let snapshot = self.snapshot(&requests, self.calendar.clone());
        let desired = absence::desire(&snapshot, &accounts, &self.absence_policy);
        absence::fit(desired, &self.granularity, &self.absence_policy.fit)
    }

    pub(crate) async fn sync_accounts(&self) -> Report {
        let plan = self.plan_accounts().await;
        self.apply(&plan, &self.accounts).await
    }

    pub(crate) async fn sync_absences(&self) -> Report {
        let plan = self.plan_absences().await;
        self.apply(&plan, &self.absences).await
    }

    pub(crate) async fn apply<R: Record>(
        &self,
        plan: &Plan<R>,
        target: &dyn TargetSystem<R>,
    ) -> Report {
        let one_by_one = ApplyOptions {
            concurrency: NonZeroUsize::MIN,
            ..ApplyOptions::default()
        };
        let lease = self.lease().await;
        apply(plan, target, &lease, &self.clock, &one_by_one).await
    }

    pub(crate) async fn lease(&self) -> Lease<'_> {
        let ten_minutes = Duration::from_secs(600);
        Lease::acquire(&self.ledger, "the sync", ten_minutes, &self.clock)
            .await
            .expect("nobody else asks")
    }

    pub(crate) async fn remembers<R: Record>(&self) -> LedgerState {
        self.ledger.load(R::KIND).await.expect("memory can be read")
    }

    /// Plans from what a source made of its own.
    pub(crate) async fn plan_from(&self, snapshot: &Snapshot<Employee>) -> Plan<Account> {
        let desired = self.desired_accounts(snapshot);
        self.plan(desired, &self.accounts, &self.policy).await
    }

    fn desired_accounts(&self, snapshot: &Snapshot<Employee>) -> Desired<Account> {
        employee::desire(snapshot, &self.account_policy, self.clock.now())
    }

    /// What is to be decided about accounts now.
    pub(crate) async fn scene_of_accounts(&self) -> Scene<Account> {
        let desired = self.desired_accounts(&self.snapshot(&self.people, Coverage::All));
        self.scene(desired, &self.accounts, &self.policy).await
    }

    /// What is to be decided about absences now.
    pub(crate) async fn scene_of_absences(&self) -> Scene<Absence> {
        let desired = self.desired_absences().await;
        self.scene(desired, &self.absences, &self.policy_of_absences)
            .await
    }

    async fn scene<R: Record>(
        &self,
        desired: Desired<R>,
        product: &MemoryTarget<R>,
        policy: &SyncPolicy,
    ) -> Scene<R> {
        let scene = Scene {
            desired,
            existing: product.records(),
            ledger: self.remembers::<R>().await,
            capabilities: product.capabilities(),
            policy: policy.clone(),
        };
        scene.with_earlier_ids()
    }

    fn snapshot<T: Clone>(&self, rows: &BTreeMap<SourceId, T>, coverage: Coverage) -> Snapshot<T> {
        let count = rows.len() as u64;
        let completeness = Completeness::of(&Tally {
            rows: count,
            distinct: count,
            declared_first: Some(count),
            declared_last: Some(count),
            gaps: self.gaps.clone(),
        });
        let mut snapshot = Snapshot::new(coverage, completeness, self.clock.now());
        for (id, row) in rows {
            snapshot.insert(id.clone(), row.clone());
        }
        snapshot
    }

    async fn plan<R: Record>(
        &self,
        desired: Desired<R>,
        product: &MemoryTarget<R>,
        policy: &SyncPolicy,
    ) -> Plan<R> {
        plan(&PlanRequest {
            desired: &desired,
            existing: &product.records(),
            ledger: &self.remembers::<R>().await,
            capabilities: &product.capabilities(),
            policy,
            key: &key(),
        })
    }
}
