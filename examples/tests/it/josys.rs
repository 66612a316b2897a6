//! IT administration, row by row.

use std::process::Command;

use chrono::Days;
use examples::{
    database::Database,
    harness::{Area, Connection, Product as _, Silent, Store},
    products::josys::{Josys, SqliteAccounts},
};
use personio_client::fake::{EmployeeNumber, Fault, NewEmployee};
use sync_core::{
    Account, FieldName, Policy, StopSignal, TargetId,
    account::field,
    async_trait,
    testing::conformance::{self, Factory, Sample as _},
};

use crate::kit::{Example, InProduct, TODAY, World, day};

const CREATE: &str = "POST /v1/company/employees";

const POLICY: &str = include_str!("../../policies/josys.toml");

impl Example for Josys {
    const PROGRAM: &'static str = env!("CARGO_BIN_EXE_josys-style");
    const FACTS: &'static [&'static str] = &[
        r#"SELECT label, accounts.external_id, email, first_name, last_name, access, status, role, "groups", created_at,
                  hire_date
           FROM accounts JOIN connections ON connections.id = connection_id"#,
        "SELECT accounts.external_id, substr(devices.label, 1, 5) FROM devices
         JOIN accounts ON accounts.id = account_id",
        "SELECT email, external_id IS NULL, problem FROM new_employees",
    ];
}

/// Adds somebody as an administrator does.
async fn add(world: &World, first_name: &str, last_name: &str, email: &str) {
    let file = world.file();
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(file);
    let pool = sqlx::SqlitePool::connect_with(options)
        .await
        .expect("opens");
    sqlx::query(
        "INSERT INTO new_employees (connection_id, first_name, last_name, email, position, hire_date)
         SELECT id, ?, ?, ?, 'Analyst', '2026-04-01' FROM connections WHERE label = 'main'",
    )
    .bind(first_name)
    .bind(last_name)
    .bind(email)
    .execute(&pool)
    .await
    .expect("can be added");
}

/// A company of one person, whose account is there.
async fn small() -> World {
    let world = World::new().await;
    world.hire("Ada", "Nwosu");
    world.sync::<Josys>().await;
    world
}

fn employees(world: &World) -> usize {
    world.fake.company(|company| company.employees().len())
}

fn requests(world: &World, what: &str) -> usize {
    let log = world.fake.requests();
    log.iter().filter(|it| it.operation == Some(what)).count()
}

#[tokio::test]
async fn j1_accounts_have_status_role_groups_creation_and_hire_date() {
    let world = World::new().await;
    world.fake.company(|company| {
        company.add_department("Finance");
        company.add_team("Audit");
        let ada = NewEmployee::new("Ada", "Nwosu")
            .email("ada@example.com")
            .position("Controller")
            .department("Finance")
            .team("Audit")
            .hire_date(TODAY - Days::new(400));
        let ben = NewEmployee::new("Ben", "Olsen")
            .email("ben@example.com")
            .department("Finance")
            .team("Audit")
            .hire_date(day(20));
        company
            .hire(ada)
            .and_then(|_| company.hire(ben))
            .expect("hires")
    });
    world.sync::<Josys>().await;
    assert_eq!(
        world
            .rows(
                r#"SELECT email, access, status, role, "groups", created_at, hire_date FROM accounts ORDER BY email"#
            )
            .await,
        [
            "ada@example.com|active|active|Controller|Finance, Audit|2026-03-02T08:00:00Z|2025-01-26",
            "ben@example.com|staged|onboarding||Finance, Audit|2026-03-02T08:00:00Z|2026-03-22",
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn j1_the_list_shows_the_accounts_of_the_connection() {
    let world = small().await;
    let listed = program(&world, &["accounts"]);
    assert!(listed.contains("ada.nwosu@example.com"), "{listed}");
    assert!(listed.contains("2025-01-26"), "{listed}");
    let other = program(&world, &["accounts", "--connection", "Lisbon"]);
    assert!(!other.contains("ada.nwosu"), "{other}");
}

fn program(world: &World, arguments: &[&str]) -> String {
    let output = Command::new(Josys::PROGRAM)
        .args(arguments)
        .arg("--db")
        .arg(world.file())
        .args([
            "--base-url",
            world.fake.base_url(),
            "--today",
            "2026-03-02",
            "--quiet",
        ])
        .env("PERSONIO_CLIENT_ID", world.fake.client_id())
        .env("PERSONIO_CLIENT_SECRET", world.fake.client_secret())
        .output()
        .expect("starts");
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).expect("is text")
}

#[tokio::test(flavor = "multi_thread")]
async fn j2_somebody_who_is_added_becomes_an_employee_and_comes_back_as_an_account() {
    let world = small().await;
    let added = program(
        &world,
        &[
            "add",
            "--first-name",
            "Noor",
            "--last-name",
            "Haddad",
            "--email",
            "noor@example.com",
            "--position",
            "Analyst",
            "--hire-date",
            "2026-04-01",
        ],
    );
    assert!(added.contains("new employee 1"), "{added}");
    assert_eq!(employees(&world), 1, "adding alone tells HR nothing");

    world.sync::<Josys>().await;
    assert_eq!(employees(&world), 2);
    assert_eq!(
        world
            .rows(
                "SELECT accounts.email, role, accounts.hire_date, access FROM accounts JOIN new_employees
                 ON accounts.external_id = new_employees.external_id"
            )
            .await,
        ["noor@example.com|Analyst|2026-04-01|staged"]
    );
    assert!(world.sync::<Josys>().await.is_empty());
    assert_eq!(requests(&world, CREATE), 1);
}

#[tokio::test]
async fn j2_after_a_lost_answer_the_employee_is_there_once() {
    let world = small().await;
    add(&world, "Noor", "Haddad", "noor@example.com").await;
    world
        .fake
        .inject(Fault::lost_answer().on(CREATE).times(1))
        .expect("there is such an operation");
    world.try_sync::<Josys>().await.ok();
    assert_eq!(
        employees(&world),
        2,
        "the employee was created, and nobody heard of it"
    );

    world.sync::<Josys>().await;
    world.sync::<Josys>().await;
    assert_eq!(employees(&world), 2);
    assert_eq!(requests(&world, CREATE), 1);
    assert_eq!(
        world
            .rows("SELECT external_id IS NOT NULL, problem FROM new_employees")
            .await,
        ["1|"]
    );
}

#[tokio::test]
async fn j2_what_hr_has_against_a_person_is_shown_in_its_own_words() {
    let world = small().await;
    add(&world, "Noor", "", "noor@example.com").await;
    add(&world, "Omar", "Idris", "omar@example.com").await;
    let outcome = world.sync::<Josys>().await;
    assert_eq!(
        employees(&world),
        2,
        "one that HR refuses does not hinder the other"
    );
    assert_eq!(
        world
            .rows("SELECT problem FROM new_employees WHERE first_name = 'Noor'")
            .await,
        ["last_name: The last name field is required."]
    );
    let lines = outcome.observations.join("\n");
    assert_eq!(
        lines,
        "HR refuses new employee 1: last_name: The last name field is required."
    );
    assert!(!outcome.summary().contains("noor@example.com"));

    world
        .execute("UPDATE new_employees SET last_name = 'Haddad' WHERE first_name = 'Noor'")
        .await;
    world.pass(1);
    world.sync::<Josys>().await;
    assert_eq!(employees(&world), 3);
    assert_eq!(
        world
            .rows("SELECT problem FROM new_employees WHERE first_name = 'Noor'")
            .await,
        [""]
    );
}

#[tokio::test]
async fn j2_somebody_whom_hr_has_already_is_not_created_a_second_time() {
    let world = small().await;
    add(&world, "Ada", "Nwosu", "ADA.Nwosu@example.com").await;
    world.sync::<Josys>().await;
    assert_eq!(employees(&world), 1);
    assert_eq!(requests(&world, CREATE), 0);
}

#[tokio::test]
async fn j2_nobody_is_created_again_after_the_connection_was_ended_and_made_anew() {
    let world = small().await;
    add(&world, "Noor", "Haddad", "noor@example.com").await;
    world.sync::<Josys>().await;
    world.fake.company(|company| {
        let noor = company.employees().find(|it| it.first_name() == "Noor");
        let number = noor.expect("was created").number();
        company.delete_employee(number).expect("can be deleted");
    });
    world
        .connect::<Josys>()
        .await
        .disconnect()
        .await
        .expect("disconnects");
    add(&world, "Omar", "Idris", "omar@example.com").await;
    world.sync::<Josys>().await;
    assert_eq!(requests(&world, CREATE), 2, "Noor and Omar, once each");
}

#[tokio::test]
async fn j2_what_hr_changes_later_stays_with_hr() {
    let world = small().await;
    add(&world, "Noor", "Haddad", "noor@example.com").await;
    world.sync::<Josys>().await;
    world.fake.company(|company| {
        let noor = company.employees().find(|it| it.first_name() == "Noor");
        let number = noor.expect("was created").number();
        company
            .rename(number, "Noor", "Haddad-Lund")
            .expect("renames");
    });
    world.sync::<Josys>().await;
    assert_eq!(
        world
            .rows("SELECT last_name FROM users WHERE first_name = 'Noor'")
            .await,
        ["Haddad-Lund"]
    );
    assert!(world.sync::<Josys>().await.is_empty());
}

/// A second company, connected with the database of the first.
async fn lisbon(world: &World, other: &World) -> Connection<Josys> {
    let mut setup = other.setup::<Josys>(Store::File(world.file()));
    "Lisbon".clone_into(&mut setup.label);
    Connection::open(setup).await.expect("opens")
}

async fn sync(connection: &Connection<Josys>) -> examples::harness::Outcome {
    connection
        .sync(&Area::ALL.into(), &[], &StopSignal::new(), &Silent)
        .await
        .expect("syncs")
}

const BY_CONNECTION: &str = "SELECT label, accounts.external_id, email FROM accounts
    JOIN connections ON connections.id = connection_id ORDER BY label, email";

#[tokio::test]
async fn j3_two_connections_share_a_database_and_nothing_else() {
    let (world, other) = (World::new().await, World::new().await);
    let ada = world.hire("Ada", "Nwosu");
    let zoe = other.hire("Zoe", "Abel");
    assert_eq!(ada, zoe, "both companies give the same numbers");
    world.sync::<Josys>().await;
    sync(&lisbon(&world, &other).await).await;
    let both = [
        format!("Lisbon|{zoe}|zoe.abel@example.com"),
        format!("main|{ada}|ada.nwosu@example.com"),
    ];
    assert_eq!(world.rows(BY_CONNECTION).await, both);
    assert!(world.sync::<Josys>().await.is_empty());
    assert!(sync(&lisbon(&world, &other).await).await.is_empty());

    // Whoever leaves one company stays in the other.
    leave(&other, zoe);
    sync(&lisbon(&world, &other).await).await;
    assert_eq!(
        world
            .rows("SELECT email, access FROM users ORDER BY email")
            .await,
        [
            "ada.nwosu@example.com|active",
            "zoe.abel@example.com|locked"
        ]
    );
}

fn leave(world: &World, number: EmployeeNumber) {
    world
        .fake
        .company(|company| company.terminate(number, TODAY - Days::new(1)))
        .expect("can leave");
}

#[tokio::test]
async fn j3_each_connection_has_its_own_policy() {
    let (world, other) = (World::new().await, World::new().await);
    world.hire("Ada", "Nwosu");
    other.hire("Zoe", "Abel");
    world.sync::<Josys>().await;
    let mut setup = other.setup::<Josys>(Store::File(world.file()));
    "Lisbon".clone_into(&mut setup.label);
    let policy = POLICY.replace("role = \"position\"", "role = { constant = \"Guest\" }");
    setup.policy = Policy::from_toml(&policy).expect("a policy");
    sync(&Connection::open(setup).await.expect("opens")).await;
    assert_eq!(
        world
            .rows("SELECT email, role FROM accounts ORDER BY email")
            .await,
        ["ada.nwosu@example.com|", "zoe.abel@example.com|Guest"]
    );
}

#[tokio::test]
async fn j3_each_connection_has_its_own_key_ledger_and_protocol() {
    let (world, other) = (World::new().await, World::new().await);
    world.hire("Ada", "Nwosu");
    other.hire("Zoe", "Abel");
    world.sync::<Josys>().await;
    let lisbon = lisbon(&world, &other).await;
    sync(&lisbon).await;
    assert_eq!(
        world
            .rows("SELECT count(DISTINCT hash_key) FROM sync_connection")
            .await,
        ["2"]
    );
    assert_eq!(
        world
            .rows("SELECT connection, count(*) FROM sync_ledger WHERE slot = 'link' GROUP BY connection ORDER BY 1")
            .await,
        ["Lisbon|1", "main|1"]
    );
    lisbon.disconnect().await.expect("disconnects");
    assert!(
        world.sync::<Josys>().await.is_empty(),
        "the other one knows nothing of it"
    );
    assert_eq!(world.rows("SELECT count(*) FROM accounts").await, ["2"]);
}

#[tokio::test]
async fn j3_a_lost_credential_of_one_connection_leaves_the_other_at_work() {
    let (world, mut other) = (World::new().await, World::new().await);
    world.hire("Ada", "Nwosu");
    other.hire("Zoe", "Abel");
    sync(&lisbon(&world, &other).await).await;
    "wrong".clone_into(&mut other.secret);
    let refused = lisbon(&world, &other)
        .await
        .sync(&Area::ALL.into(), &[], &StopSignal::new(), &Silent)
        .await;
    assert!(refused.is_err());
    world.sync::<Josys>().await;
    assert_eq!(
        world
            .rows("SELECT count(*) FROM accounts WHERE access = 'active'")
            .await,
        ["2"]
    );
}

#[tokio::test]
async fn j4_a_leaver_who_holds_devices_is_reported_and_never_deleted() {
    let world = World::new().await;
    let ada = world.hire("Ada", "Nwosu");
    for (first, last) in [("Ben", "Olsen"), ("Cleo", "Prat"), ("Dev", "Quint")] {
        world.hire(first, last);
    }
    assert!(world.sync::<Josys>().await.observations.is_empty());
    world
        .execute(
            "INSERT INTO devices (account_id, label)
             SELECT id, 'Laptop 17' FROM accounts UNION ALL SELECT id, 'Phone 4' FROM accounts WHERE first_name = 'Ada'",
        )
        .await;
    leave(&world, ada);
    let outcome = world.sync::<Josys>().await;
    let expected = format!("account 1 ({ada} in HR) is locked and still holds 2 devices");
    assert_eq!(outcome.observations, [expected.as_str()]);

    // Not in a year, and not when HR forgets the person.
    world.pass(400);
    world
        .fake
        .company(|company| company.delete_employee(ada))
        .expect("can be deleted");
    for _ in 0..3 {
        assert_eq!(
            world.sync::<Josys>().await.observations,
            [expected.as_str()]
        );
        world.pass(2);
    }
    assert_eq!(
        world
            .rows("SELECT count(*) FROM devices WHERE account_id = 1")
            .await,
        ["2"]
    );

    world
        .execute("DELETE FROM devices WHERE account_id = 1")
        .await;
    assert!(world.sync::<Josys>().await.observations.is_empty());
    assert_eq!(
        world
            .rows("SELECT access FROM users WHERE first_name = 'Ada'")
            .await,
        ["locked"],
        "the account stays, whoever holds what"
    );
}

#[tokio::test]
async fn accounts_of_a_connection_keep_the_contract() {
    conformance::check_all(OfConnection).await.assert_passed();
}

async fn accounts_of(world: &World, connection: &str) -> SqliteAccounts {
    let database = Database::open_product(&world.file(), Josys::tables()).await;
    SqliteAccounts::new(&database.expect("opens"), connection)
}

/// Accounts of one connection in a product that has another one too.
struct OfConnection;

#[async_trait]
impl Factory<Account> for OfConnection {
    type Target = InProduct<SqliteAccounts>;

    async fn empty(&self) -> InProduct<SqliteAccounts> {
        let world = World::new().await;
        let adapter = accounts_of(&world, "main").await;
        world
            .execute(
                "INSERT INTO connections (id, label) VALUES (1, 'main'), (2, 'Lisbon');
                 INSERT INTO accounts (id, connection_id, external_id, email) VALUES (7, 2, 'source-1', 'x@example.com')",
            )
            .await;
        InProduct { adapter, world }
    }

    fn sample(&self, number: usize) -> Account {
        Account::sample(number)
            .with("role", format!("Role {number}"))
            .with("team", format!("Team {number}"))
            .with("hired_on", day(1) + Days::new(number as u64))
    }

    fn free_text(&self) -> Vec<FieldName> {
        vec![
            field::FIRST_NAME,
            field::LAST_NAME,
            "role".into(),
            "team".into(),
        ]
    }

    async fn enter(&self, target: &InProduct<SqliteAccounts>, _: Account) -> Option<TargetId> {
        target
            .world
            .execute(
                "INSERT INTO accounts (id, connection_id, first_name) VALUES (9000, 1, 'Bora')",
            )
            .await;
        Some("9000".into())
    }

    async fn reopen(&self, target: InProduct<SqliteAccounts>) -> Option<InProduct<SqliteAccounts>> {
        let adapter = accounts_of(&target.world, "main").await;
        Some(InProduct {
            adapter,
            world: target.world,
        })
    }

    async fn cut_off(&self, target: &InProduct<SqliteAccounts>) -> bool {
        target
            .world
            .execute("DROP TABLE devices; DROP TABLE accounts")
            .await;
        true
    }
}
