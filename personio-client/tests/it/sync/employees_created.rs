//! Employees that a product creates in Personio.

use personio_client::fake::{FakePersonio, Fault, NewEmployee};
use personio_client::sync::PersonioEmployees;
use rstest::rstest;
use sync_core::{
    Access, Account, Coverage, Effect, ErrorClass, FieldName, Known, Value, account::field,
};

use super::{change, client, day, make, read, with_company, words};

async fn with_bora() -> (FakePersonio, PersonioEmployees) {
    let fake = with_company(|company| {
        let bora = NewEmployee::new("Bora", "Yıldız").email("bora@example.com");
        company.hire(bora.hire_date(day(1, 5))).unwrap();
    })
    .await;
    let target = PersonioEmployees::new(client(&fake)).field("role", "position");
    (fake, target)
}

fn zofia() -> Account {
    Account::new(Access::Active)
        .with(field::EMAIL, "zofia.kowalska@example.com")
        .with(field::FIRST_NAME, "Zofia")
        .with(field::LAST_NAME, "Kowalska")
        .with("role", "Developer")
        .with("department", "Engineering")
        .with("hire_date", day(2, 2))
}

fn count(fake: &FakePersonio) -> usize {
    fake.company(|company| company.employees().count())
}

#[tokio::test]
async fn an_employee_is_created_with_all_that_the_product_knows() {
    let (_fake, target) = with_bora().await;
    let id = make(&target, change("9", None, Effect::Create(zofia())))
        .await
        .unwrap();
    let there = read(&target, Coverage::All, &[], &[]).await;
    let created = there.iter().find(|it| it.id.as_str() == id).unwrap();
    assert_eq!(created.record.access(), Some(Access::Active));
    for (name, expected) in [
        ("email", "zofia.kowalska@example.com"),
        ("role", "Developer"),
        ("department", "Engineering"),
    ] {
        assert_eq!(created.record.text(&FieldName::new(name)), Some(expected));
    }
    let hired = created.record.get(&FieldName::new("hire_date"));
    assert!(hired == Known::Value(&Value::Date(day(2, 2))));
}

#[tokio::test]
async fn a_lost_answer_makes_no_second_employee() {
    let (fake, target) = with_bora().await;
    fake.inject(
        Fault::lost_answer()
            .on("POST /v1/company/employees")
            .times(1),
    )
    .unwrap();
    let create = || change("9", None, Effect::Create(zofia()));
    let error = make(&target, create()).await.unwrap_err();
    assert_eq!(error.class(), ErrorClass::Unknown);
    let there = read(&target, Coverage::All, &[], &["9"]).await;
    let email = |it: &&sync_core::Existing<Account>| {
        it.record.text(&field::EMAIL) == Some("zofia.kowalska@example.com")
    };
    assert_eq!(
        there.iter().filter(email).count(),
        1,
        "the next plan finds it by the address"
    );
    assert_eq!(
        make(&target, create()).await.unwrap_err().class(),
        ErrorClass::Conflict
    );
    assert_eq!(count(&fake), 2);
}

#[rstest]
#[case::no_name(
    field::FIRST_NAME,
    " ",
    "first_name: The first name field is required."
)]
#[case::a_supervisor_who_is_not_there(
    FieldName::new("supervisor_id"),
    "77",
    "supervisor_id: Supervisor with ID … not found"
)]
#[case::a_status_that_there_is_not(
    FieldName::new("status"),
    "sleeping",
    "status: The status is invalid."
)]
#[tokio::test]
async fn what_personio_says_against_the_input_is_told_as_it_is_and_nothing_of_the_person(
    #[case] name: FieldName,
    #[case] value: &str,
    #[case] expected: &str,
) {
    let (fake, target) = with_bora().await;
    let account = zofia().with(name, value);
    let error = make(&target, change("9", None, Effect::Create(account)))
        .await
        .unwrap_err();
    assert_eq!(error.class(), ErrorClass::Rejected);
    let told = format!("{} {error:?}", words(&error));
    assert!(told.contains(expected), "{told}");
    assert!(!told.to_lowercase().contains("kowalska"), "{told}");
    assert_eq!(count(&fake), 1);
}

#[tokio::test]
async fn an_address_that_somebody_has_is_told_of() {
    let (fake, target) = with_bora().await;
    let account = zofia().with(field::EMAIL, "Bora@example.com");
    let error = make(&target, change("9", None, Effect::Create(account)))
        .await
        .unwrap_err();
    let told = words(&error);
    assert!(
        told.contains("email: The email has already been taken."),
        "{told}"
    );
    assert!(!told.to_lowercase().contains("bora"), "{told}");
    assert_eq!(count(&fake), 1);
}

#[tokio::test]
async fn a_field_that_personio_cannot_be_sent_is_named() {
    let (_fake, target) = with_bora().await;
    let account = zofia().with("salary", "1");
    let error = make(&target, change("9", None, Effect::Create(account)))
        .await
        .unwrap_err();
    assert!(words(&error).contains("salary: Personio cannot be sent such a field"));
}
