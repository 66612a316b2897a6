//! A company in a fake Personio, connected with a product's database.

use std::{collections::BTreeSet, sync::Arc};

use chrono::{NaiveDate, NaiveTime};
use examples::{
    connection::{Connection, Error, Outcome, Policies, Run, Show},
    database::Database,
    progress::Progress,
};
use personio_client::{
    Client, Credentials,
    fake::{Company, FakePersonio, Generator, Limits},
    sync::PersonioSource,
    testing::ManualClock,
};
use sqlx::{Column as _, Row as _, sqlite::SqliteConnectOptions};
use sync_core::{Plan, Record, Report, Window};
use tempfile::TempDir;

pub(crate) const TODAY: NaiveDate = NaiveDate::from_ymd_opt(2026, 3, 2).expect("a day");

/// Enough people for two pages of employees, and enough absences for several.
const PEOPLE: u32 = 120;

pub(crate) struct Host {
    pub(crate) fake: FakePersonio,
    pub(crate) connection: Connection,
    folder: TempDir,
}

impl Host {
    /// Founds a company and connects it with an empty database.
    pub(crate) async fn new() -> Self {
        Self::with_secret("fake-secret").await
    }

    pub(crate) async fn with_secret(secret: &str) -> Self {
        let generator = Generator::new(7)
            .employees(PEOPLE)
            .absences_per_employee(4)
            .today(TODAY);
        let now = TODAY.and_time(NaiveTime::MIN).and_utc();
        let fake = FakePersonio::builder()
            .company(Company::generate(&generator))
            .frozen_at(now)
            .limits(Limits::off())
            .start()
            .await
            .expect("a port is free");
        let folder = TempDir::new().expect("a folder for temporary files");
        let database = Database::open(&folder.path().join("product.sqlite"))
            .await
            .expect("opens");
        // Waiting takes no time on this clock.
        let client = Client::builder(Credentials::new(fake.client_id(), secret))
            .base_url(fake.base_url())
            .clock(Arc::new(ManualClock::at(now)))
            .build()
            .expect("the settings are valid");
        let source = PersonioSource::new(client);
        let connection = Connection::new(source, database, Policies::default(), Progress::Quiet)
            .await
            .expect("the database answers");
        Self {
            fake,
            connection,
            folder,
        }
    }

    /// Founds a company and syncs it once.
    pub(crate) async fn synced() -> Self {
        let host = Self::new().await;
        let outcome = host.sync().await.expect("the first sync");
        assert!(outcome.is_success());
        host
    }

    pub(crate) async fn sync(&self) -> Result<Outcome, Error> {
        self.connection.sync(run(TODAY), Silent).await
    }

    /// Returns every row of the product's own tables.
    pub(crate) async fn content(&self) -> Vec<String> {
        self.rows(&[
            "SELECT * FROM users ORDER BY id",
            "SELECT * FROM absences ORDER BY id",
        ])
        .await
    }

    /// Returns what the product knows of people and absences, without what depends on the order of events: the
    /// numbers of rows, and how often each was changed.
    pub(crate) async fn facts(&self) -> BTreeSet<String> {
        let rows = self.rows(&[
            "SELECT external_id, email, first_name, last_name, access FROM users",
            "SELECT absences.external_id, users.external_id AS person, label, starts_on, ends_on, half_start, half_end,
                    hours, approval, origin, read_only
             FROM absences JOIN users ON users.id = absences.user_id",
        ]);
        rows.await.into_iter().collect()
    }

    async fn rows(&self, queries: &[&'static str]) -> Vec<String> {
        let options =
            SqliteConnectOptions::new().filename(self.folder.path().join("product.sqlite"));
        let pool = sqlx::SqlitePool::connect_with(options)
            .await
            .expect("opens");
        let mut content = Vec::new();
        for query in queries {
            for row in sqlx::query(*query).fetch_all(&pool).await.expect("reads") {
                let columns = (0..row.len()).map(|index| {
                    let name = row.column(index).name();
                    let text = row.try_get::<Option<String>, _>(index).ok().flatten();
                    let number = row.try_get::<Option<i64>, _>(index).ok().flatten();
                    format!(
                        "{name}={}",
                        text.or_else(|| number.map(|it| it.to_string()))
                            .unwrap_or_default()
                    )
                });
                content.push(columns.collect::<Vec<_>>().join(" "));
            }
        }
        content
    }
}

pub(crate) fn run(today: NaiveDate) -> Run {
    let day = |month, day| NaiveDate::from_ymd_opt(2026, month, day).expect("a day");
    Run {
        today,
        window: Window::new(day(1, 1), day(12, 31)).expect("January is first"),
    }
}

/// Shows nothing.
#[derive(Clone, Copy)]
pub(crate) struct Silent;

impl Show for Silent {
    fn plan<R: Record>(&self, _: &Plan<R>) {}
    fn report(&self, _: &Report) {}
}
