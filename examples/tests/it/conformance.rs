//! The product's adapters keep the contract of the engine.

use std::path::PathBuf;

use examples::{
    absences::SqliteAbsences, accounts::SqliteAccounts, database::Database, ledger::SqliteLedger,
};
use sqlx::{SqlitePool, sqlite::SqliteConnectOptions};
use sync_core::{
    Absence, Account, Applied, Capabilities, Change, Existing, Fence, FieldName, LeaseRequest,
    LeaseRow, Ledger, LedgerError, LedgerState, LedgerWrite, ReadRequest, Record, TargetError,
    TargetId, TargetSystem,
    account::field,
    async_trait,
    testing::conformance::{self, Factory, Sample},
};
use tempfile::TempDir;

#[tokio::test]
async fn accounts_in_sqlite_keep_the_contract() {
    conformance::check_all(Users).await.assert_passed();
}

#[tokio::test]
async fn absences_in_sqlite_keep_the_contract() {
    conformance::check_all(Calendar).await.assert_passed();
}

/// One kind of record in a database of its own.
struct InFile<T> {
    adapter: T,
    folder: TempDir,
}

impl<T: Send + Sync> InFile<T> {
    async fn new(adapter: impl FnOnce(&Database) -> T) -> Self {
        let folder = TempDir::new().expect("a folder for temporary files");
        let database = Database::open(&folder.path().join("product.sqlite")).await;
        Self {
            adapter: adapter(&database.expect("opens")),
            folder,
        }
    }

    /// The same file, opened anew.
    async fn reopened(self, adapter: impl FnOnce(&Database) -> T) -> Self {
        let database = Database::open(&self.file()).await.expect("opens");
        Self {
            adapter: adapter(&database),
            folder: self.folder,
        }
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("product.sqlite")
    }

    /// What somebody else does to the database.
    async fn execute(&self, sql: &'static str) {
        let options = SqliteConnectOptions::new().filename(self.file());
        let pool = SqlitePool::connect_with(options).await.expect("opens");
        sqlx::raw_sql(sql).execute(&pool).await.expect("executes");
        pool.close().await;
    }
}

#[async_trait]
impl<R: Record, T: TargetSystem<R>> TargetSystem<R> for InFile<T> {
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

struct Users;

#[async_trait]
impl Factory<Account> for Users {
    type Target = InFile<SqliteAccounts>;

    async fn empty(&self) -> Self::Target {
        InFile::new(SqliteAccounts::new).await
    }

    fn sample(&self, number: usize) -> Account {
        Account::sample(number)
    }

    fn free_text(&self) -> Vec<FieldName> {
        vec![field::FIRST_NAME, field::LAST_NAME]
    }

    async fn reopen(&self, target: Self::Target) -> Option<Self::Target> {
        Some(target.reopened(SqliteAccounts::new).await)
    }

    async fn enter(&self, target: &Self::Target, _: Account) -> Option<TargetId> {
        target
            .execute("INSERT INTO users (id, first_name, access) VALUES (9000, 'Bora', 'active')")
            .await;
        Some("9000".into())
    }

    async fn cut_off(&self, target: &Self::Target) -> bool {
        target.execute("DROP TABLE users").await;
        true
    }
}

struct Calendar;

#[async_trait]
impl Factory<Absence> for Calendar {
    type Target = InFile<SqliteAbsences>;

    /// Absences need somebody who is absent.
    async fn empty(&self) -> Self::Target {
        let calendar = InFile::new(SqliteAbsences::new).await;
        calendar
            .execute("INSERT INTO users (id, first_name, access) VALUES (1, 'Bora', 'active')")
            .await;
        calendar
    }

    fn sample(&self, number: usize) -> Absence {
        Absence::sample(number)
    }

    fn free_text(&self) -> Vec<FieldName> {
        Absence::free_text()
    }

    /// There is always a reason, if only "absent".
    fn may_be_empty(&self) -> Vec<FieldName> {
        Vec::new()
    }

    async fn reopen(&self, target: Self::Target) -> Option<Self::Target> {
        Some(target.reopened(SqliteAbsences::new).await)
    }

    async fn enter(&self, target: &Self::Target, _: Absence) -> Option<TargetId> {
        target
            .execute(
                "INSERT INTO absences (id, user_id, label, starts_on, ends_on, approval, origin)
                 VALUES (9000, 1, 'absent', '2026-03-02', '2026-03-03', 'approved', 'manual')",
            )
            .await;
        Some("9000".into())
    }

    async fn cut_off(&self, target: &Self::Target) -> bool {
        target.execute("DROP TABLE absences").await;
        true
    }
}

#[tokio::test]
async fn the_ledger_in_sqlite_keeps_the_contract() {
    let report = conformance::ledger::check_all(Books).await;
    report.assert_passed();
    let not_applicable = [
        "connections are apart",
        "connections have leases of their own",
    ];
    assert_eq!(report.not_applicable(), not_applicable);
}

/// The ledger in a database of its own, which is that of one connection.
struct Books;

#[async_trait]
impl conformance::ledger::Factory for Books {
    type Ledger = InFile<SqliteLedger>;

    async fn empty(&self) -> Self::Ledger {
        InFile::new(ledger_of).await
    }

    async fn reopen(&self, ledger: Self::Ledger) -> Option<Self::Ledger> {
        Some(ledger.reopened(ledger_of).await)
    }

    async fn cut_off(&self, ledger: &Self::Ledger) -> bool {
        ledger.execute("DROP TABLE sync_ledger").await;
        true
    }

    async fn rewrite_by_newer_program(&self, ledger: &Self::Ledger) -> bool {
        ledger
            .execute("UPDATE sync_ledger SET value = '{}' WHERE slot = 'link'")
            .await;
        true
    }
}

#[async_trait]
impl Ledger for InFile<SqliteLedger> {
    async fn load(&self, kind: &str) -> Result<LedgerState, LedgerError> {
        self.adapter.load(kind).await
    }

    async fn commit(
        &self,
        fence: Fence,
        kind: &str,
        writes: &[LedgerWrite],
    ) -> Result<(), LedgerError> {
        self.adapter.commit(fence, kind, writes).await
    }

    async fn lease(&self, request: &LeaseRequest) -> Result<LeaseRow, LedgerError> {
        self.adapter.lease(request).await
    }
}

fn ledger_of(database: &Database) -> SqliteLedger {
    SqliteLedger::new(database, "main")
}
