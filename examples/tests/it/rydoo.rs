//! The expense tool, row by row.

use chrono::NaiveDate;
use examples::{
    database::Database,
    harness::{Product as _, Right, Verdict},
    products::rydoo::{ClaimingUsers, Rydoo},
};
use personio_client::fake::{
    AttributeKind, Company, CustomAttribute, EmployeeNumber, Generator, NewEmployee,
};
use serde_json::json;
use sync_core::{
    Account, Class, FieldName, Matter, Policy, ReadRequest, TargetId, TargetSystem,
    account::field,
    async_trait,
    testing::conformance::{self, Factory, Sample as _},
};

use crate::kit::{Example, InProduct, TODAY, World};

impl Example for Rydoo {
    const PROGRAM: &'static str = env!("CARGO_BIN_EXE_rydoo-style");
    const FACTS: &'static [&'static str] = &[
        "SELECT users.external_id, users.email, users.first_name, users.last_name, users.access, users.gender,
                users.hire_date, users.office, users.occupation_type, users.branch_id, users.branch_name,
                users.group_id, users.group_name, approver.external_id
         FROM users LEFT JOIN users AS approver ON approver.id = users.approver_id",
        "SELECT users.email, title, status FROM claims LEFT JOIN users ON users.id = claims.user_id",
    ];
}

/// Opens the product's database, as another part of the product does.
async fn database(world: &World) -> Database {
    let opened = Database::open_product(&world.file(), Rydoo::tables()).await;
    opened.expect("opens")
}

/// Everybody, and the name of whoever approves their claims.
const APPROVERS: &str = "SELECT users.first_name, approver.first_name FROM users
    LEFT JOIN users AS approver ON approver.id = users.approver_id ORDER BY users.first_name";

const ACCESS: &str = "SELECT first_name, access FROM users ORDER BY first_name";

fn day(month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, month, day).expect("a day")
}

fn person(first_name: &str) -> NewEmployee {
    let email = format!("{}@example.com", first_name.to_lowercase());
    let new = NewEmployee::new(first_name, "Nwosu").email(email);
    new.hire_date(day(1, 1))
}

fn hire(company: &mut Company, first_name: &str) -> EmployeeNumber {
    company.hire(person(first_name)).expect("is hired")
}

fn supervise(company: &mut Company, employee: EmployeeNumber, supervisor: Option<EmployeeNumber>) {
    let supervisor = supervisor.map(EmployeeNumber::get);
    let set = company.set_attribute(employee, "supervisor", json!(supervisor));
    set.expect("is set");
}

/// A company of Ada, Bora and Cem, with accounts in the product.
async fn three_with_accounts() -> (World, [EmployeeNumber; 3]) {
    let world = World::new().await;
    let three = world
        .fake
        .company(|company| ["Ada", "Bora", "Cem"].map(|name| hire(company, name)));
    world.sync::<Rydoo>().await;
    (world, three)
}

#[test]
fn r1_all_scopes_and_attributes_of_the_manual_are_asked_for() {
    let policy = Policy::from_toml(Rydoo::POLICY).expect("is possible");
    let needs = Rydoo::needs(&policy);
    let rights = [
        Right::ReadEmployees,
        Right::ReadAbsences,
        Right::ReadAttendances,
        Right::ReadOrgUnits,
    ];
    assert_eq!(needs.rights, rights.into(), "and no right to write");
    for attribute in [
        "email",
        "first_name",
        "last_name",
        "gender",
        "hire_date",
        "office",
        "profile_picture",
        "termination_date",
        "status",
        "supervisor",
    ] {
        assert!(needs.attributes.contains(&attribute.into()), "{attribute}");
    }
    assert_eq!(needs.optional, [FieldName::from("employment_type")].into());
}

#[tokio::test]
async fn r1_check_names_what_is_granted_and_what_is_missing() {
    let world = World::new().await;
    let everything = world
        .connect::<Rydoo>()
        .await
        .check()
        .await
        .expect("answers");
    assert!(
        everything.missing().is_empty(),
        "{:?}",
        everything.missing()
    );

    world
        .fake
        .edit_credential(world.fake.client_id(), |credential| {
            credential
                .scopes([
                    "employees:read",
                    "absences:read",
                    "personio:absences:read",
                    "attendances:read",
                    "personio:attendances:read",
                ])
                .readable_attributes([
                    "email",
                    "first_name",
                    "last_name",
                    "gender",
                    "hire_date",
                    "office",
                    "profile_picture",
                    "termination_date",
                    "status",
                    "department",
                    "subcompany",
                    "cost_centers",
                ])
        });
    world.fake.expire_tokens();
    let checked = world
        .connect::<Rydoo>()
        .await
        .check()
        .await
        .expect("answers");
    assert_eq!(
        checked.missing(),
        ["the right org units: read", "the attribute supervisor"]
    );
    let occupation = FieldName::from("employment_type");
    assert_eq!(checked.attributes[&occupation], Verdict::MissingOptional);
    assert_eq!(checked.rights[&Right::ReadAttendances], Verdict::Granted);
}

#[tokio::test]
async fn r2_branch_and_group_come_from_subcompany_department_and_cost_center() {
    let world = World::of(Company::generate(
        &Generator::new(7).employees(20).today(TODAY),
    ))
    .await;
    world.sync::<Rydoo>().await;
    let filled = world
        .rows(
            "SELECT count(*) > 10, count(*) - count(branch_name), count(*) - count(branch_id),
                    count(*) - count(group_name), count(*) - count(group_id)
             FROM users",
        )
        .await;
    assert_eq!(filled, ["1|0|0|0|0"]);
    assert_eq!(
        world
            .rows("SELECT DISTINCT branch_id, branch_name FROM users")
            .await,
        ["7001|Nordlicht Software GmbH"]
    );
    assert_eq!(
        world
            .rows("SELECT DISTINCT group_name, group_id FROM users WHERE group_name = 'Sales' AND group_id NOT LIKE '%,%'")
            .await,
        ["Sales|Sales costs"]
    );
    assert!(
        world.sync::<Rydoo>().await.is_empty(),
        "a list of cost centers is one text"
    );
}

#[tokio::test]
async fn r2_who_moves_to_another_department_moves_to_another_group() {
    let (world, [ada, ..]) = three_with_accounts().await;
    world
        .fake
        .company(|company| {
            company.add_department("Sales");
            company.set_attribute(ada, "department", json!("Sales"))
        })
        .expect("is set");
    world.sync::<Rydoo>().await;
    assert_eq!(
        world
            .rows("SELECT first_name, group_name FROM users ORDER BY 1")
            .await,
        ["Ada|Sales", "Bora|Engineering", "Cem|Engineering"]
    );
}

#[tokio::test]
async fn r3_another_customer_names_other_attributes_also_of_its_own_making() {
    let policy = Rydoo::POLICY
        .replace("group_name = \"department\"", "group_name = \"dynamic_42\"")
        .replace("group_id = \"cost_centers\"", "group_id = \"dynamic_43\"")
        .replace(
            "branch_id = \"subcompany.id\"",
            "branch_id = { template = \"{subcompany.id}-{office}\" }",
        );
    let world = World::new().await.with_policy(&policy);
    world
        .fake
        .company(|company| {
            company.define_attribute(CustomAttribute::new(42, "Region", AttributeKind::Standard));
            company.define_attribute(CustomAttribute::new(
                43,
                "Charge code",
                AttributeKind::Integer,
            ));
            let ada = hire(company, "Ada");
            company.set_attribute(ada, "dynamic_42", json!("North"))?;
            company.set_attribute(ada, "dynamic_43", json!(1200))
        })
        .expect("happens");
    world.sync::<Rydoo>().await;
    assert_eq!(
        world
            .rows("SELECT group_name, group_id, branch_id FROM users")
            .await,
        ["North|1200|7001-Berlin"]
    );
    assert!(world.sync::<Rydoo>().await.is_empty());
    let needs = Rydoo::needs(&Policy::from_toml(&policy).expect("is possible"));
    assert!(needs.attributes.contains(&"dynamic_42".into()));
    assert!(!needs.attributes.contains(&"cost_centers".into()));
}

#[tokio::test]
async fn r4_the_approver_is_the_account_of_the_supervisor_whoever_arrives_first() {
    let world = World::new().await;
    world.fake.company(|company| {
        let [ada, bora, cem] = ["Ada", "Bora", "Cem"].map(|name| hire(company, name));
        supervise(company, ada, Some(cem));
        supervise(company, bora, Some(ada));
    });
    let outcome = world.sync::<Rydoo>().await;
    assert!(outcome.report("account").expect("it ran").is_success());
    assert_eq!(world.rows(APPROVERS).await, ["Ada|Cem", "Bora|Ada", "Cem|"]);
    assert!(world.sync::<Rydoo>().await.is_empty());
}

#[tokio::test]
async fn r4_circles_do_not_break_a_run() {
    let world = World::new().await;
    world.fake.company(|company| {
        let [ada, bora, cem] = ["Ada", "Bora", "Cem"].map(|name| hire(company, name));
        supervise(company, ada, Some(bora));
        supervise(company, bora, Some(ada));
        supervise(company, cem, Some(cem));
    });
    let outcome = world.sync::<Rydoo>().await;
    assert!(outcome.report("account").expect("it ran").is_success());
    assert_eq!(
        world.rows(APPROVERS).await,
        ["Ada|Bora", "Bora|Ada", "Cem|Cem"]
    );
    assert!(world.sync::<Rydoo>().await.is_empty());
}

#[tokio::test]
async fn r4_a_supervisor_without_an_account_leaves_the_approver_open_until_there_is_one() {
    let world = World::new().await;
    let dora = world.fake.company(|company| {
        company.found_legal_entity("Nordlicht Polska Sp. z o.o.");
        let elsewhere = person("Dora").legal_entity("Nordlicht Polska Sp. z o.o.");
        let dora = company.hire(elsewhere).expect("is hired");
        let ada = hire(company, "Ada");
        supervise(company, ada, Some(dora));
        dora
    });
    let outcome = world.sync::<Rydoo>().await;
    assert!(outcome.report("account").expect("it ran").is_success());
    assert_eq!(world.rows(APPROVERS).await, ["Ada|"]);
    assert!(
        world.sync::<Rydoo>().await.is_empty(),
        "nothing is tried again and again"
    );

    world
        .fake
        .company(|company| {
            company.set_attribute(dora, "subcompany", json!("Nordlicht Software GmbH"))
        })
        .expect("is set");
    world.sync::<Rydoo>().await;
    assert_eq!(world.rows(APPROVERS).await, ["Ada|Dora", "Dora|"]);
}

#[tokio::test]
async fn r4_another_supervisor_is_another_approver_and_none_is_none() {
    let (world, [ada, bora, cem]) = three_with_accounts().await;
    world.fake.company(|company| {
        supervise(company, ada, Some(bora));
        supervise(company, cem, Some(bora));
    });
    world.sync::<Rydoo>().await;
    world.fake.company(|company| {
        supervise(company, ada, Some(cem));
        supervise(company, cem, None);
    });
    world.sync::<Rydoo>().await;
    assert_eq!(world.rows(APPROVERS).await, ["Ada|Cem", "Bora|", "Cem|"]);
}

#[tokio::test]
async fn r4_who_approved_and_leaves_is_nobodys_approver_any_more() {
    let (world, [ada, bora, _]) = three_with_accounts().await;
    world
        .fake
        .company(|company| supervise(company, ada, Some(bora)));
    world.sync::<Rydoo>().await;
    world
        .fake
        .company(|company| company.terminate(bora, day(3, 3)))
        .expect("leaves");
    world.pass(2);
    let outcome = world.sync::<Rydoo>().await;
    assert!(outcome.report("account").expect("it ran").is_success());
    assert_eq!(world.rows(APPROVERS).await, ["Ada|", "Cem|"]);
    let again = world.sync::<Rydoo>().await;
    assert!(again.is_empty());
    assert!(
        again.report("account").expect("it ran").notices.iter().any(|notice| {
            matches!(&notice.matter, Matter::LeadsToNobody { field, .. } if field.as_str() == "approver_id")
        }),
        "HR still names a supervisor who is gone, and the report says so"
    );
}

#[tokio::test]
async fn r5_only_people_of_the_chosen_legal_entities_take_part() {
    let policy = Rydoo::POLICY.replace(
        "[\"Nordlicht Software GmbH\", \"Nordlicht Ibérica S.L.\"]",
        "[\"Nordlicht Ibérica S.L.\", \"7003\"]",
    );
    let world = World::new().await.with_policy(&policy);
    let bora = world.fake.company(|company| {
        for name in ["Nordlicht Ibérica S.L.", "Nordlicht Polska Sp. z o.o."] {
            company.found_legal_entity(name);
        }
        hire(company, "Ada");
        let iberia = person("Bora").legal_entity("Nordlicht Ibérica S.L.");
        let poland = person("Cem").legal_entity("Nordlicht Polska Sp. z o.o.");
        company.hire(poland).expect("is hired");
        company.hire(iberia).expect("is hired")
    });
    world.sync::<Rydoo>().await;
    assert_eq!(world.rows(ACCESS).await, ["Bora|active", "Cem|active"]);

    world
        .fake
        .company(|company| {
            company.set_attribute(bora, "subcompany", json!("Nordlicht Software GmbH"))
        })
        .expect("is set");
    world.sync::<Rydoo>().await;
    assert_eq!(
        world.rows(ACCESS).await,
        ["Bora|active", "Cem|active"],
        "who moves away keeps the account until a person decides"
    );
}

#[tokio::test]
async fn r6_an_account_with_open_claims_is_deactivated_and_removed_once_they_are_settled() {
    let (world, [ada, bora, _]) = three_with_accounts().await;
    world
        .execute(
            "INSERT INTO claims (user_id, title, status)
             SELECT id, 'Train', 'open' FROM users WHERE first_name = 'Ada';
             INSERT INTO claims (user_id, title, status)
             SELECT id, 'Train', 'paid' FROM users WHERE first_name = 'Bora'",
        )
        .await;
    world
        .fake
        .company(|company| {
            company.terminate(ada, day(3, 3))?;
            company.terminate(bora, day(3, 3))
        })
        .expect("both leave");
    world.pass(2);
    world.sync::<Rydoo>().await;
    assert_eq!(world.rows(ACCESS).await, ["Ada|locked", "Cem|active"]);
    assert!(world.sync::<Rydoo>().await.is_empty());

    world.execute("UPDATE claims SET status = 'paid'").await;
    // Not more than one of so few may go in a week without a person.
    world.pass(8);
    world.sync::<Rydoo>().await;
    assert_eq!(world.rows(ACCESS).await, ["Cem|active"]);
    assert_eq!(
        world
            .rows("SELECT title, status, user_id FROM claims")
            .await,
        ["Train|paid|", "Train|paid|"],
        "the books keep the claims"
    );
}

#[tokio::test]
async fn r6_a_claim_that_is_filed_after_the_plan_was_made_keeps_its_account() {
    let world = World::new().await;
    let target = ClaimingUsers::new(&database(&world).await);
    world
        .execute("INSERT INTO users (id, external_id, first_name) VALUES (1, '4001', 'Ada')")
        .await;
    let all = ReadRequest {
        coverage: sync_core::Coverage::All,
        linked: [].into(),
        in_doubt: [].into(),
    };
    let before = target.read(&all).await.expect("reads");
    world
        .execute("INSERT INTO claims (user_id) VALUES (1)")
        .await;
    let after = target.read(&all).await.expect("reads");
    assert_eq!((before[0].retained, after[0].retained), (false, true));
    assert_ne!(
        before[0].version, after[0].version,
        "so a removal is refused"
    );
}

#[tokio::test]
async fn r6_nobody_is_invited() {
    let (world, _) = three_with_accounts().await;
    assert!(
        !ClaimingUsers::new(&database(&world).await)
            .capabilities()
            .classes
            .contains(&Class::Invite)
    );
    let kinds = world.rows("SELECT DISTINCT class FROM run_changes").await;
    assert_eq!(kinds, ["create"]);
}

#[tokio::test]
async fn users_of_the_expense_tool_keep_the_contract() {
    conformance::check_all(Claiming).await.assert_passed();
}

struct Claiming;

#[async_trait]
impl Factory<Account> for Claiming {
    type Target = InProduct<ClaimingUsers>;

    async fn empty(&self) -> InProduct<ClaimingUsers> {
        let world = World::new().await;
        let adapter = ClaimingUsers::new(&database(&world).await);
        InProduct { adapter, world }
    }

    fn sample(&self, number: usize) -> Account {
        Account::sample(number)
            .with("hire_date", day(1, 1) + chrono::Days::new(number as u64))
            .with("branch_name", format!("Branch {number}"))
            .with(
                "group_id",
                sync_core::Value::List(vec![format!("{number}").as_str().into(), "x".into()]),
            )
    }

    fn free_text(&self) -> Vec<FieldName> {
        vec![field::FIRST_NAME, field::LAST_NAME, "branch_name".into()]
    }

    fn reference(&self) -> Option<FieldName> {
        Some("approver_id".into())
    }

    async fn enter(&self, target: &InProduct<ClaimingUsers>, _: Account) -> Option<TargetId> {
        target
            .world
            .execute("INSERT INTO users (id, first_name) VALUES (9000, 'Bora')")
            .await;
        Some("9000".into())
    }

    async fn cut_off(&self, target: &InProduct<ClaimingUsers>) -> bool {
        target
            .world
            .execute("DROP TABLE claims; DROP TABLE users")
            .await;
        true
    }
}
