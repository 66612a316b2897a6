//! A company in a fake Personio, connected with a product.

use std::{path::PathBuf, sync::Arc};

use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeDelta, Utc};
use examples::harness::{
    Area, Connection, Failure, HostClock, Outcome, Product, Setup, Silent, Store,
};
use personio_client::{
    Client, Credentials,
    fake::{Company, EmployeeNumber, FakePersonio, Limits, NewEmployee},
};
use sqlx::{Row as _, SqlitePool, sqlite::SqliteConnectOptions};
use sync_core::{
    Applied, Capabilities, Change, Digest, Existing, Policy, ReadRequest, Record, StopSignal,
    TargetError, TargetSystem, async_trait, policy::Flow, schedule::RunKind,
};
use tempfile::TempDir;

/// A Monday.
pub(crate) const TODAY: NaiveDate = NaiveDate::from_ymd_opt(2026, 3, 2).expect("a day");

pub(crate) fn day(offset: u64) -> NaiveDate {
    TODAY + Days::new(offset)
}

/// What the tests that run over every product must know of each.
pub(crate) trait Example: Product {
    /// The program.
    const PROGRAM: &'static str;
    /// What the product knows, without what depends on the order of events: ids of rows, versions, times.
    const FACTS: &'static [&'static str];

    /// Tells whether the product takes absences from HR.
    fn reads_absences() -> bool {
        let policy = Policy::from_toml(Self::POLICY).expect("the product's policy is possible");
        policy.settings().absences.flow == Flow::FromHr
    }
}

/// A product, a company, and the time that both share.
pub(crate) struct World {
    pub(crate) fake: FakePersonio,
    pub(crate) clock: HostClock,
    pub(crate) policy: Option<Policy>,
    pub(crate) secret: String,
    folder: TempDir,
}

impl World {
    /// Founds a company without people.
    pub(crate) async fn new() -> Self {
        Self::of(Company::new(morning(TODAY))).await
    }

    pub(crate) async fn of(company: Company) -> Self {
        let fake = FakePersonio::builder()
            .company(company)
            .frozen_at(morning(TODAY))
            .limits(Limits::out_of_reach())
            .start()
            .await
            .expect("a port is free");
        Self {
            secret: fake.client_secret().to_owned(),
            fake,
            clock: HostClock::still_at(morning(TODAY)),
            policy: None,
            folder: TempDir::new().expect("a folder for temporary files"),
        }
    }

    /// Lets the product follow another policy.
    pub(crate) fn with_policy(mut self, toml: &str) -> Self {
        self.policy = Some(Policy::from_toml(toml).expect("a policy"));
        self
    }

    pub(crate) fn file(&self) -> PathBuf {
        self.folder.path().join("product.sqlite")
    }

    pub(crate) fn client(&self) -> Client {
        Client::builder(Credentials::new(self.fake.client_id(), &self.secret))
            .base_url(self.fake.base_url())
            .clock(Arc::new(self.clock.clone()))
            .build()
            .expect("the settings are valid")
    }

    pub(crate) fn setup<P: Product>(&self, store: Store) -> Setup {
        let setup = Setup::of::<P>(self.client(), store, self.clock.clone());
        let mut setup = setup.expect("the product's policy is possible");
        if let Some(policy) = &self.policy {
            setup.policy = policy.clone();
        }
        setup
    }

    pub(crate) async fn connect<P: Product>(&self) -> Connection<P> {
        let setup = self.setup::<P>(Store::File(self.file()));
        Connection::open(setup).await.expect("opens")
    }

    /// Syncs everything, and expects that the run goes through.
    pub(crate) async fn sync<P: Product>(&self) -> Outcome {
        self.try_sync::<P>().await.expect("syncs")
    }

    pub(crate) async fn try_sync<P: Product>(&self) -> Result<Outcome, Failure> {
        self.sync_approving::<P>(&[]).await
    }

    /// Syncs everything, and lets through what waits under these digests.
    pub(crate) async fn sync_approving<P: Product>(
        &self,
        lists: &[Digest],
    ) -> Result<Outcome, Failure> {
        let connection = self.connect::<P>().await;
        let stop = StopSignal::new();
        connection
            .sync(&Area::ALL.into(), lists, &stop, &Silent)
            .await
    }

    /// Syncs only what HR changed since the last run.
    pub(crate) async fn sync_partially<P: Product>(&self) -> Outcome {
        let connection = self.connect::<P>().await;
        let stop = StopSignal::new();
        let outcome = connection
            .sync_kind(&Area::ALL.into(), RunKind::Partial, &[], &stop, &Silent)
            .await;
        outcome.expect("syncs")
    }

    /// Syncs until nothing waits any more: whatever waits is approved.
    pub(crate) async fn sync_all<P: Product>(&self) {
        for _ in 0..5 {
            let held = self.sync::<P>().await.held();
            if held.is_empty() {
                return;
            }
            self.sync_approving::<P>(&held).await.expect("syncs");
        }
        panic!("something waits again and again");
    }

    pub(crate) async fn plan<P: Product>(&self) -> Outcome {
        let setup = self.setup::<P>(Store::ReadOnly(self.file()));
        let connection = Connection::<P>::open(setup).await.expect("opens");
        connection
            .plan(&Area::ALL.into(), &Silent)
            .await
            .expect("plans")
    }

    /// Lets days pass for everybody.
    pub(crate) fn pass(&self, days: i64) {
        let now = self.clock.now() + TimeDelta::days(days);
        self.clock.set(now);
        self.fake.set_now(now);
    }

    /// Hires somebody who has been here for a while.
    pub(crate) fn hire(&self, first: &str, last: &str) -> EmployeeNumber {
        let email = format!(
            "{}.{}@example.com",
            first.to_lowercase(),
            last.to_lowercase()
        );
        let new = NewEmployee::new(first, last)
            .email(email)
            .hire_date(TODAY - Days::new(400));
        self.fake
            .company(|company| company.hire(new))
            .expect("can be hired")
    }

    async fn pool(&self) -> SqlitePool {
        let options = SqliteConnectOptions::new().filename(self.file());
        SqlitePool::connect_with(options).await.expect("opens")
    }

    /// Returns the rows of a query, each as its columns with bars between them.
    pub(crate) async fn rows(&self, query: &'static str) -> Vec<String> {
        let rows = sqlx::query(query).fetch_all(&self.pool().await).await;
        let text = |row: &sqlx::sqlite::SqliteRow, index| {
            let text = row.try_get::<Option<String>, _>(index).ok().flatten();
            let number = row.try_get::<Option<i64>, _>(index).ok().flatten();
            text.or_else(|| number.map(|it| it.to_string()))
                .unwrap_or_default()
        };
        let line = |row: &sqlx::sqlite::SqliteRow| {
            let columns: Vec<String> = (0..row.len()).map(|index| text(row, index)).collect();
            columns.join("|")
        };
        rows.expect("reads").iter().map(line).collect()
    }

    /// Lets somebody do something in the product.
    pub(crate) async fn execute(&self, statement: &'static str) {
        let done = sqlx::query(statement).execute(&self.pool().await).await;
        done.expect("can be done");
    }

    /// Returns what the product knows.
    pub(crate) async fn facts<P: Example>(&self) -> Vec<String> {
        let mut facts = Vec::new();
        for query in P::FACTS {
            let mut rows = self.rows(query).await;
            rows.sort();
            facts.extend(rows);
        }
        facts
    }
}

/// An adapter, with the product in which it works.
pub(crate) struct InProduct<T> {
    pub(crate) adapter: T,
    pub(crate) world: World,
}

#[async_trait]
impl<R: Record, T: TargetSystem<R>> TargetSystem<R> for InProduct<T> {
    fn capabilities(&self) -> Capabilities {
        self.adapter.capabilities()
    }

    async fn read(&self, request: &ReadRequest) -> Result<Vec<Existing<R>>, TargetError> {
        self.adapter.read(request).await
    }

    async fn apply(&self, changes: &[Change<R>]) -> Vec<Result<Applied, TargetError>> {
        self.adapter.apply(changes).await
    }
}

/// Eight in the morning of a day.
pub(crate) fn morning(day: NaiveDate) -> DateTime<Utc> {
    day.and_time(NaiveTime::MIN).and_utc() + TimeDelta::hours(8)
}
