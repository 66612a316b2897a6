//! What the product's database promises the engine.

use std::{path::Path, slice, time::Duration};

use chrono::{DateTime, NaiveDate};
use examples::{accounts::SqliteAccounts, database::Database, ledger::SqliteLedger};
use sqlx::sqlite::SqliteConnectOptions;
use sync_core::{
    Account, AccountPolicy, ApplyOptions, ChangeId, Class, Coverage, Employee, ErrorClass,
    Existing, Fate, HashKey, Intent, Lease, Ledger, LedgerErrorClass, LedgerWrite, Link,
    ManualClock, Origin, ReadRequest, Reconciler, Record, Snapshot, SourceId, SyncPolicy, TargetId,
    TargetSystem as _, Tombstone, Value, employee,
};
use tempfile::TempDir;

#[tokio::test]
async fn the_ledger_remembers_every_kind_of_row_when_the_file_is_opened_again() {
    let folder = TempDir::new().expect("a folder");
    let file = folder.path().join("product.sqlite");
    let now = DateTime::UNIX_EPOCH;
    let link = Link {
        target: TargetId::new("1"),
        generation: 2,
        revision: 3,
        agreed: [(
            "email".into(),
            serde_json::from_str("\"hash\"").expect("a hash"),
        )]
        .into(),
        missing: None,
        origin: Origin::Created,
        locked: None,
        awaits_invitation: false,
    };
    let tombstone = Tombstone {
        at: now,
        generation: 1,
        lost: false,
    };
    let intent = Intent {
        source: SourceId::new("c"),
        class: Class::Create,
        at: now,
        attempt: 1,
        generation: 2,
        agreed: link.agreed.clone(),
        origin: link.origin,
        awaits_invitation: false,
    };
    let writes = [
        LedgerWrite::Link("a".into(), link.clone()),
        LedgerWrite::Bury("b".into(), tombstone.clone()),
        LedgerWrite::Intend(ChangeId::from("change"), intent.clone()),
    ];
    let clock = ManualClock::at(now);
    let ledger = open_ledger(&file).await;
    let lease = lease(&ledger, &clock).await;
    lease.commit("account", &writes).await.expect("writes");

    let ledger = open_ledger(&file).await;
    let state = ledger.load("account").await.expect("reads");
    assert_eq!(state.links[&SourceId::new("a")], link);
    assert_eq!(state.tombstones[&SourceId::new("b")], tombstone);
    assert_eq!(state.intents[&ChangeId::from("change")], intent);
    assert_eq!(
        ledger.load("absence").await.expect("reads"),
        Default::default()
    );

    let taken_back = [
        LedgerWrite::Unlink("a".into()),
        LedgerWrite::Unbury("b".into()),
        LedgerWrite::Settle(ChangeId::from("change")),
    ];
    lease.commit("account", &taken_back).await.expect("writes");
    assert_eq!(
        ledger.load("account").await.expect("reads"),
        Default::default()
    );
}

#[tokio::test]
async fn s4_a_second_runner_waits_and_the_first_cannot_write_once_it_lost_the_lease() {
    let folder = TempDir::new().expect("a folder");
    let file = folder.path().join("product.sqlite");
    let (one, other) = (open_ledger(&file).await, open_ledger(&file).await);
    let clock = ManualClock::at(DateTime::UNIX_EPOCH);
    let first = try_lease(&one, "one", &clock).await.expect("it is free");
    let refused = try_lease(&other, "other", &clock).await;
    assert!(matches!(
        refused.map_err(|error| error.class()),
        Err(LedgerErrorClass::Busy { .. })
    ));

    clock.advance(Duration::from_secs(600));
    let second = try_lease(&other, "other", &clock)
        .await
        .expect("it is over");
    let write = [LedgerWrite::Unlink("a".into())];
    let late = first.commit("account", &write).await;
    assert_eq!(
        late.map_err(|error| error.class()),
        Err(LedgerErrorClass::Fenced)
    );
    second.commit("account", &write).await.expect("writes");
}

#[tokio::test]
async fn a_row_that_somebody_changed_after_the_plan_was_made_is_not_overwritten() {
    let folder = TempDir::new().expect("a folder");
    let file = folder.path().join("product.sqlite");
    let database = Database::open(&file).await.expect("opens");
    let (target, ledger) = (
        SqliteAccounts::new(&database),
        SqliteLedger::new(&database, "main"),
    );
    let (policy, key) = (SyncPolicy::default(), HashKey::new([1; 32]));
    let sync = Reconciler {
        target: &target,
        ledger: &ledger,
        policy: &policy,
        key: &key,
    };
    let clock = ManualClock::at(DateTime::UNIX_EPOCH);
    let options = ApplyOptions::default();
    let lease = lease(&ledger, &clock).await;

    let first = sync.plan(&wanted("Ada")).await.expect("plans");
    assert!(
        sync.apply(&first, &lease, &clock, &options)
            .await
            .is_success()
    );

    let second = sync.plan(&wanted("Adaeze")).await.expect("plans");
    execute(
        &file,
        "UPDATE users SET first_name = 'Addie', version = version + 1",
    )
    .await;
    let report = sync.apply(&second, &lease, &clock, &options).await;
    assert!(
        matches!(
            &report.changes[0].fate,
            Fate::Failed {
                class: ErrorClass::Conflict,
                ..
            }
        ),
        "{report}"
    );

    // The next plan knows the new value, and puts HR's in its place.
    let third = sync.plan(&wanted("Adaeze")).await.expect("plans");
    assert!(
        sync.apply(&third, &lease, &clock, &options)
            .await
            .is_success()
    );
    assert!(
        sync.plan(&wanted("Adaeze"))
            .await
            .expect("plans")
            .is_empty()
    );
}

#[tokio::test]
async fn a_person_who_was_entered_by_hand_is_adopted_and_nobody_else_is_touched() {
    let folder = TempDir::new().expect("a folder");
    let file = folder.path().join("product.sqlite");
    let database = Database::open(&file).await.expect("opens");
    execute(
        &file,
        "INSERT INTO users (email, first_name, access)
         VALUES ('Ada@Example.com', 'A.', 'active'), ('guest@example.com', 'Guest', 'active')",
    )
    .await;
    let (target, ledger) = (
        SqliteAccounts::new(&database),
        SqliteLedger::new(&database, "main"),
    );
    let (policy, key) = (SyncPolicy::default(), HashKey::new([1; 32]));
    let sync = Reconciler {
        target: &target,
        ledger: &ledger,
        policy: &policy,
        key: &key,
    };

    let plan = sync.plan(&wanted("Ada")).await.expect("plans");
    let classes: Vec<Class> = plan.ready().iter().map(|change| change.class()).collect();
    assert_eq!(classes, [Class::Adopt, Class::Update]);
    assert_eq!(
        plan.unmanaged().len(),
        1,
        "the guest belongs to nobody in HR"
    );
    let clock = ManualClock::at(DateTime::UNIX_EPOCH);
    let lease = lease(&ledger, &clock).await;
    assert!(
        sync.apply(&plan, &lease, &clock, &ApplyOptions::default())
            .await
            .is_success()
    );
    assert!(sync.plan(&wanted("Ada")).await.expect("plans").is_empty());
    let linked = ledger.load(Account::KIND).await.expect("reads").targets();
    assert_eq!(
        linked.into_values().collect::<Vec<_>>(),
        slice::from_ref(&TargetId::new("1"))
    );
}

fn wanted(first_name: &str) -> sync_core::Desired<Account> {
    let ada = Employee::default()
        .with("status", Value::from("active"))
        .with("email", Value::from("ada@example.com"))
        .with("first_name", Value::from(first_name));
    let snapshot = Snapshot::whole(
        Coverage::All,
        [(SourceId::new("4711"), ada)],
        DateTime::UNIX_EPOCH,
    );
    let today = NaiveDate::from_ymd_opt(2026, 3, 2).expect("a day");
    employee::desire(&snapshot, &AccountPolicy::default(), today)
}

async fn open_ledger(file: &Path) -> SqliteLedger {
    SqliteLedger::new(&Database::open(file).await.expect("opens"), "main")
}

async fn lease<'a>(ledger: &'a SqliteLedger, clock: &'a ManualClock) -> Lease<'a> {
    try_lease(ledger, "the sync", clock)
        .await
        .expect("it is free")
}

async fn try_lease<'a>(
    ledger: &'a SqliteLedger,
    holder: &str,
    clock: &'a ManualClock,
) -> Result<Lease<'a>, sync_core::LedgerError> {
    Lease::acquire(ledger, holder, Duration::from_secs(600), clock).await
}

/// Does what a person could do with the file.
async fn execute(file: &Path, statement: &'static str) {
    let options = SqliteConnectOptions::new().filename(file);
    let pool = sqlx::SqlitePool::connect_with(options)
        .await
        .expect("opens");
    sqlx::query(statement).execute(&pool).await.expect("runs");
}

#[tokio::test]
async fn the_id_of_a_deleted_row_never_comes_back() {
    let folder = TempDir::new().expect("a folder");
    let file = folder.path().join("product.sqlite");
    let database = Database::open(&file).await.expect("opens");
    execute(
        &file,
        "INSERT INTO users (email, access) VALUES ('ada@example.com', 'active')",
    )
    .await;
    execute(&file, "DELETE FROM users").await;
    execute(
        &file,
        "INSERT INTO users (email, access) VALUES ('guest@example.com', 'active')",
    )
    .await;
    let target = SqliteAccounts::new(&database);
    let request = ReadRequest {
        coverage: Coverage::All,
        linked: Default::default(),
        in_doubt: Default::default(),
    };
    let rows: Vec<Existing<Account>> = target.read(&request).await.expect("reads");
    assert_eq!(rows[0].id, TargetId::new("2"));
}
