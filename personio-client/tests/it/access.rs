//! What a credential may do, and what is wrong with it.

use std::sync::Arc;

use personio_client::fake::{Company, Credential, FakePersonio, Fault, Limits, NewEmployee};
use personio_client::testing::ManualClock;
use personio_client::{AccessProblem, AccessReport, Client, Credentials, Granted, Needs};
use rstest::rstest;

fn needs() -> Needs {
    Needs::new()
        .right("employees:read")
        .right("personio:absences:read")
        .right("personio:org-units:read")
        .optional_right("personio:attendances:write")
        .attribute("email")
        .attribute("last_working_day")
        .optional_attribute("employment_type")
}

async fn fake(rights: impl FnOnce(Credential) -> Credential) -> FakePersonio {
    let now = "2026-03-02T08:00:00Z".parse().unwrap();
    let mut company = Company::new(now);
    company.hire(NewEmployee::new("Ada", "Nwosu")).unwrap();
    let fake = FakePersonio::builder()
        .company(company)
        .frozen_at(now)
        .limits(Limits::off());
    let fake = fake.start().await.unwrap();
    fake.edit_credential("fake-client", rights);
    fake
}

fn client(base_url: &str, secret: &str) -> Client {
    Client::builder(Credentials::new("fake-client", secret))
        .base_url(base_url)
        .clock(Arc::new(ManualClock::default()))
        .build()
        .unwrap()
}

async fn check(fake: &FakePersonio) -> AccessReport {
    client(fake.base_url(), fake.client_secret())
        .check_access(&needs())
        .await
}

#[tokio::test]
async fn a_credential_with_all_that_is_wanted_is_good() {
    let report = check(&fake(|credential| credential).await).await;
    assert_eq!(report.problem(), None, "{report}");
    assert!(report.rights.iter().all(|it| it.state == Granted::Yes));
    assert!(report.attributes.iter().all(|it| it.state == Granted::Yes));
}

#[tokio::test]
async fn what_is_missing_is_named_and_what_is_optional_may_be() {
    let fake = fake(|credential| {
        credential
            .scopes(["employees:read", "personio:absences:read"])
            .readable_attributes(["email"])
    })
    .await;
    let report = check(&fake).await;
    assert_eq!(report.problem(), Some(AccessProblem::MissingRight));
    let missing: Vec<_> = report.missing().collect();
    assert_eq!(missing, ["personio:org-units:read", "last_working_day"]);
    insta::assert_snapshot!(report, @"
    the credential lacks a required right
      right employees:read: granted
      right personio:absences:read: granted
      right personio:org-units:read: MISSING
      right personio:attendances:write: missing, optional
      attribute email: granted
      attribute last_working_day: MISSING
      attribute employment_type: missing, optional
    ");
}

#[tokio::test]
async fn a_missing_attribute_alone_is_told_apart_from_a_missing_right() {
    let fake = fake(|credential| credential.readable_attributes(["email"])).await;
    let report = check(&fake).await;
    assert_eq!(report.problem(), Some(AccessProblem::MissingAttribute));
}

#[tokio::test]
async fn a_credential_that_may_not_list_its_attributes_shows_some_of_them() {
    let fake = fake(|credential| credential.readable_attributes(["email"])).await;
    fake.inject(Fault::status(403).on("GET /v1/company/employees/attributes"))
        .unwrap();
    let report = check(&fake).await;
    let states: Vec<_> = report.attributes.iter().map(|it| it.state).collect();
    assert_eq!(states, [Granted::Yes, Granted::Unknown, Granted::Unknown]);
    assert_eq!(report.problem(), None);
}

#[rstest]
#[case::wrong_secret("not-the-s3cret", AccessProblem::WrongCredential)]
#[case::no_network("fake-secret", AccessProblem::NoConnection)]
#[tokio::test]
async fn a_failed_login_says_whose_fault_it_is(
    #[case] secret: &str,
    #[case] expected: AccessProblem,
) {
    let fake = fake(|credential| credential).await;
    let url = fake.base_url().to_owned();
    let client = client(&url, secret);
    if expected == AccessProblem::NoConnection {
        drop(fake);
        let report = client.check_access(&needs()).await;
        assert_eq!(report.problem(), Some(expected), "{report}");
        return;
    }
    let report = client.check_access(&needs()).await;
    assert_eq!(report.problem(), Some(expected), "{report}");
    assert!(!format!("{report} {report:?}").contains(secret));
}

#[tokio::test]
async fn an_answer_that_makes_no_sense_is_neither_the_network_nor_the_credential() {
    let fake = fake(|credential| credential).await;
    fake.inject(Fault::status(500).everywhere()).unwrap();
    let report = check(&fake).await;
    assert_eq!(report.problem(), Some(AccessProblem::NoAnswer), "{report}");
}
