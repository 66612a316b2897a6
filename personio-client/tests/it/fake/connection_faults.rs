//! Faults of the connection, of time, and of what is reported when.

use std::time::Duration;

use personio_client::fake::{FakePersonio, Fault, NewAbsence, NewEmployee};
use rstest::rstest;
use serde_json::json;

use super::caller::{Caller, absence_ids, day, employee_ids, ids, morning, with_company};

const EMPLOYEES: &str = "GET /v1/company/employees";

/// Ada and Zofia, hired at the morning of the tests; Ada has a day off.
async fn with_two() -> FakePersonio {
    with_company(|company| {
        let ada = company.hire(NewEmployee::new("Ada", "Nwosu")).unwrap();
        company.hire(NewEmployee::new("Zofia", "Żak")).unwrap();
        let day_off = NewAbsence::days(ada, "Home office", day(2026, 6, 1), day(2026, 6, 1));
        company.book(day_off).unwrap();
    })
    .await
}

#[rstest]
#[case::before_it_is_served(Fault::dropped_connection())]
#[case::after_it_was_served(Fault::lost_answer())]
#[tokio::test]
async fn no_answer_arrives_at_all(#[case] fault: Fault) {
    let fake = with_two().await;
    let caller = Caller::of(&fake).await;
    fake.inject(fault.on(EMPLOYEES).times(1)).unwrap();
    assert!(
        caller
            .request("/v1/company/employees")
            .send()
            .await
            .is_err()
    );
    assert_eq!(caller.get("/v1/company/employees").await.status, 200);
}

#[tokio::test]
async fn an_answer_takes_longer_than_the_caller_waits() {
    let fake = with_two().await;
    let caller = Caller::of(&fake).await;
    fake.inject(
        Fault::slow(Duration::from_secs(3600))
            .on(EMPLOYEES)
            .times(1),
    )
    .unwrap();
    let impatient = caller
        .request("/v1/company/employees")
        .timeout(Duration::from_millis(200));
    assert!(impatient.send().await.unwrap_err().is_timeout());
    assert_eq!(
        caller.get("/v1/company/employees").await.status,
        200,
        "nobody else waits"
    );
}

#[tokio::test]
async fn reads_are_stale_until_the_fault_is_over() {
    let fake = with_two().await;
    let caller = Caller::of(&fake).await;
    fake.inject(Fault::stale_reads().times(1)).unwrap();
    fake.company(|company| {
        company
            .hire(NewEmployee::new("Małgorzata", "Wójcik"))
            .unwrap()
    });
    let read = async || employee_ids(&caller.get("/v1/company/employees").await.body);
    assert_eq!(read().await, [4001, 4002]);
    assert_eq!(read().await, [4001, 4002, 4003]);
}

/// Asks each family of lists for what changed since the day of the tests.
async fn reported(caller: &Caller) -> [usize; 4] {
    let employees = "/v1/company/employees?updated_since=2026-03-02T00:00:00";
    let time_offs = "/v1/company/time-offs?updated_from=2026-03-02";
    let persons = "/v2/persons?updated_at.gt=2026-03-01";
    let periods = "/v2/absence-periods?updated_at.gte=2026-03-02T00:00:00Z";
    [
        employee_ids(&caller.get(employees).await.body).len(),
        absence_ids(&caller.get(time_offs).await.body).len(),
        ids(&caller.get(persons).await.body).len(),
        ids(&caller.get(periods).await.body).len(),
    ]
}

#[tokio::test]
async fn changes_are_reported_late() {
    let fake = with_two().await;
    let caller = Caller::of(&fake).await;
    fake.inject(Fault::late_changes(Duration::from_secs(600)))
        .unwrap();
    fake.advance(Duration::from_secs(599));
    assert_eq!(reported(&caller).await, [0, 0, 0, 0]);
    assert_eq!(
        employee_ids(&caller.get("/v1/company/employees").await.body).len(),
        2,
        "a list without filter is complete"
    );
    fake.advance(Duration::from_secs(1));
    assert_eq!(reported(&caller).await, [2, 1, 2, 1]);
}

#[tokio::test]
async fn changes_are_reported_again() {
    let fake = with_two().await;
    let caller = Caller::of(&fake).await;
    fake.inject(Fault::repeated_changes(Duration::from_secs(2 * 86_400)).times(4))
        .unwrap();
    let later = "/v1/company/employees?updated_since=2026-03-03T00:00:00";
    assert_eq!(employee_ids(&caller.get(later).await.body), [4001, 4002]);
    let periods = "/v2/absence-periods?updated_at.gte=2026-03-03T00:00:00Z";
    assert_eq!(ids(&caller.get(periods).await.body).len(), 1);
    fake.clear_faults();
    assert_eq!(employee_ids(&caller.get(later).await.body), [0; 0]);
    assert_eq!(ids(&caller.get(periods).await.body).len(), 0);
}

#[tokio::test]
async fn a_request_is_served_by_a_clock_that_is_wrong() {
    let fake = with_company(|company| {
        let tomorrow = NewEmployee::new("Ada", "Nwosu").hire_date(day(2026, 3, 3));
        company.hire(tomorrow).unwrap();
    })
    .await;
    let caller = Caller::of(&fake).await;
    fake.inject(Fault::clock_skew(86_400).times(1)).unwrap();
    let mut seen = Vec::new();
    for _ in 0..2 {
        let answer = caller.get("/v1/company/employees/4001").await;
        let status = answer.body["data"]["attributes"]["status"]["value"].clone();
        seen.push((answer.header("date").unwrap().to_owned(), status));
    }
    assert_eq!(
        seen,
        [
            ("Tue, 03 Mar 2026 08:00:00 GMT".to_owned(), json!("active")),
            (
                "Mon, 02 Mar 2026 08:00:00 GMT".to_owned(),
                json!("onboarding")
            ),
        ]
    );
    assert_eq!(fake.now(), morning(), "the fake itself knows the time");
}

#[tokio::test]
async fn a_fault_strikes_a_route_or_everything() {
    let fake = with_two().await;
    let caller = Caller::of(&fake).await;
    fake.inject(Fault::status(503).on_route("GET", "/v2"))
        .unwrap();
    assert_eq!(caller.get("/v2/persons/4001").await.status, 503);
    assert_eq!(caller.get("/v1/company/employees").await.status, 200);
    fake.clear_faults();
    fake.inject(Fault::status(503).everywhere()).unwrap();
    assert_eq!(caller.send(caller.post("/v1/auth")).await.status, 503);
    fake.clear_faults();
    fake.inject(Fault::attribute_withdrawn("email").everywhere().times(1))
        .unwrap();
    let caller = Caller::of(&fake).await;
    let read = caller.get("/v1/company/employees/4001").await.body;
    assert!(
        read["data"]["attributes"].get("email").is_none(),
        "the login did not use it up"
    );
}
