//! What the gateway does for every operation: paths, limits, time, the log.

use std::time::Duration;

use personio_client::fake::{Credential, FakePersonio, Limits, NewAbsence, NewEmployee};
use rstest::rstest;
use serde_json::json;

use super::caller::{Caller, morning, quiet};

async fn limited(limits: Limits) -> FakePersonio {
    FakePersonio::builder()
        .frozen_at(morning())
        .limits(limits)
        .start()
        .await
        .unwrap()
}

async fn statuses(caller: &Caller, path: &str, requests: usize) -> Vec<u16> {
    let mut statuses = Vec::new();
    for _ in 0..requests {
        statuses.push(caller.get(path).await.status);
    }
    statuses
}

#[rstest]
#[case("/v1/company/unheard")]
#[case("/v2/unheard")]
#[case("/")]
#[tokio::test]
async fn an_unknown_path_is_answered_by_the_gateway_in_the_style_of_v2(#[case] path: &str) {
    let fake = quiet().start().await.unwrap();
    let answer = Caller::of(&fake).await.get(path).await;
    assert_eq!(answer.status, 404);
    assert_eq!(
        answer.header("content-type"),
        Some("application/problem+json")
    );
    let error = &answer.body["errors"][0];
    assert_eq!(error["title"], "Not Found");
    assert_eq!(
        error["detail"],
        format!("The endpoint with {path} was not found.")
    );
    assert_eq!(error["_meta"]["path"], path);
}

#[tokio::test]
async fn employees_of_v1_take_a_burst_of_fifteen_and_then_five_a_second() {
    let fake = limited(Limits::published()).await;
    let caller = Caller::of(&fake).await;
    let refused = statuses(&caller, "/v1/company/employees", 17).await;
    assert_eq!(refused.iter().filter(|status| **status == 200).count(), 15);
    let answer = caller.get("/v1/company/employees").await;
    assert_eq!((answer.status, answer.header("retry-after")), (429, None));

    fake.advance(Duration::from_secs(1));
    assert_eq!(
        statuses(&caller, "/v1/company/employees", 6).await,
        [200, 200, 200, 200, 200, 429]
    );
}

#[tokio::test]
async fn every_answer_of_v2_tells_what_is_left_and_v1_only_when_asked_to() {
    let fake = limited(Limits::published()).await;
    let caller = Caller::of(&fake).await;
    let answer = caller.get("/v2/absence-periods").await;
    assert_eq!(answer.header("x-ratelimit-replenish-rate"), Some("10"));
    assert_eq!(answer.header("x-ratelimit-burst-capacity"), Some("10"));
    assert_eq!(answer.header("x-ratelimit-requested-tokens"), Some("1"));
    assert_eq!(answer.header("x-ratelimit-remaining"), Some("9"));
    statuses(&caller, "/v2/absence-periods", 9).await;
    let refused = caller.get("/v2/absence-periods").await;
    assert_eq!(
        (refused.status, refused.header("x-ratelimit-remaining")),
        (429, Some("0"))
    );

    assert_eq!(
        caller
            .get("/v1/company/employees")
            .await
            .header("x-ratelimit-remaining"),
        None
    );
    fake.set_limits(Limits::published().with_headers_on_v1());
    assert_eq!(
        caller
            .get("/v1/company/employees")
            .await
            .header("x-ratelimit-remaining"),
        Some("14")
    );
}

#[rstest]
#[case::persons("/v2/persons", "30", 100)]
#[case::one_person("/v2/persons/4001", "30", 100)]
#[case::absences("/v2/absence-periods", "10", 10)]
#[case::attendances("/v2/attendance-periods", "10", 10)]
#[tokio::test]
async fn every_operation_of_v2_has_a_bucket_of_its_own(
    #[case] path: &str,
    #[case] rate: &str,
    #[case] burst: usize,
) {
    let fake = limited(Limits::published()).await;
    let caller = Caller::of(&fake).await;
    let first = caller.get(path).await;
    assert_eq!(first.header("x-ratelimit-replenish-rate"), Some(rate));
    let burst_capacity = burst.to_string();
    assert_eq!(
        first.header("x-ratelimit-burst-capacity"),
        Some(&*burst_capacity)
    );
    let others = statuses(&caller, path, burst).await;
    let refused = others.iter().filter(|status| **status == 429).count();
    assert_eq!(refused, 1, "the burst passes, and one more does not");
    let refused = caller.get(path).await;
    assert_eq!((refused.status, refused.header("retry-after")), (429, None));
}

#[tokio::test]
async fn retry_after_comes_only_where_it_is_switched_on() {
    let operation = "GET /v2/absence-types";
    let fake = limited(
        Limits::off()
            .limit(operation, 0.5, 1)
            .unwrap()
            .with_retry_after(),
    )
    .await;
    let caller = Caller::of(&fake).await;
    statuses(&caller, "/v2/absence-types", 1).await;
    let refused = caller.get("/v2/absence-types").await;
    assert_eq!(
        (refused.status, refused.header("retry-after")),
        (429, Some("2"))
    );
    fake.advance(Duration::from_secs(2));
    assert_eq!(caller.get("/v2/absence-types").await.status, 200);
}

#[tokio::test]
async fn clients_do_not_use_up_the_limits_of_each_other() {
    let limits = Limits::off().limit("GET /v2/persons", 1.0, 1).unwrap();
    let other = Credential::new("other", "secret");
    let fake = FakePersonio::builder()
        .frozen_at(morning())
        .limits(limits)
        .credential(other)
        .start()
        .await
        .unwrap();
    let (one, other) = (
        Caller::of(&fake).await,
        Caller::with(&fake, "other", "secret").await,
    );
    assert_eq!(statuses(&one, "/v2/persons", 2).await, [200, 429]);
    assert_eq!(statuses(&other, "/v2/persons", 1).await, [200]);
}

#[tokio::test]
async fn the_log_tells_operation_status_and_parameters() {
    let fake = quiet().start().await.unwrap();
    let caller = Caller::of(&fake).await;
    fake.clear_requests();
    caller
        .get("/v1/company/employees/7?limit=5&attributes%5B%5D=email")
        .await;
    caller.get("/v3").await;
    let requests = fake.requests();
    let [get, unknown] = &*requests else {
        panic!("two requests, not {}", requests.len())
    };
    assert_eq!(get.operation, Some("GET /v1/company/employees/{id}"));
    assert_eq!(
        (get.method.as_str(), get.path.as_str(), get.status),
        ("GET", "/v1/company/employees/7", 404)
    );
    assert_eq!(get.parameter("attributes[]").as_deref(), Some("email"));
    assert_eq!(get.at, morning());
    assert_eq!((unknown.operation, unknown.status), (None, 404));
}

#[rstest]
#[case::a_name_of_another_list("time-offs?updated_since=2026-03-01&employees[]=4001", &["updated_since"])]
#[case::brackets_in_either_form("employees?attributes%5B%5D=email&limit=5", &[])]
#[case::no_brackets("employees?attributes=email&sort=id", &["attributes", "sort"])]
#[tokio::test]
async fn parameters_that_nobody_documented_are_ignored_and_told_to_tests(
    #[case] query: &str,
    #[case] ignored: &[&str],
) {
    let fake = quiet().start().await.unwrap();
    let answer = Caller::of(&fake)
        .await
        .get(&format!("/v1/company/{query}"))
        .await;
    assert_eq!(answer.status, 200);
    let request = fake.requests().pop().unwrap();
    assert_eq!(request.ignored_parameters(), ignored);
}

#[tokio::test]
async fn a_ticking_clock_goes_on_from_where_it_is_set() {
    let fake = FakePersonio::start().await.unwrap();
    fake.set_now(morning());
    let later = fake.now();
    assert!(morning() <= later);
    fake.advance(Duration::from_secs(3600));
    assert!(fake.now() - later >= chrono::TimeDelta::hours(1));
}

#[tokio::test]
async fn dropping_the_fake_closes_its_port() {
    let fake = quiet().start().await.unwrap();
    let address = fake.base_url().trim_start_matches("http://").to_owned();
    drop(fake);
    // The listener goes with the task that serves; give that task its turn.
    let mut open = true;
    for _ in 0..1000 {
        open = tokio::net::TcpStream::connect(&address).await.is_ok();
        if !open {
            break;
        }
        tokio::task::yield_now().await;
    }
    assert!(!open);
}

#[tokio::test]
async fn statuses_of_people_change_at_midnight() {
    let fake = quiet().start().await.unwrap();
    fake.company(|company| {
        let tomorrow = company.today().succ_opt().unwrap();
        company.hire(NewEmployee::new("Siân", "O'Sullivan").hire_date(tomorrow))
    })
    .unwrap();
    let caller = Caller::of(&fake).await;
    let status = async || {
        caller.get("/v1/company/employees/4001").await.body["data"]["attributes"]["status"]["value"]
            .clone()
    };
    assert_eq!(status().await, json!("onboarding"));
    fake.advance(Duration::from_secs(15 * 3600));
    assert_eq!(status().await, json!("active"), "it is midnight in Berlin");
}

#[tokio::test]
async fn debug_shows_no_names_addresses_secrets_or_reasons_of_absence() {
    let fake = quiet().start().await.unwrap();
    let credential = Credential::new("shown", "secret-7");
    let person = NewEmployee::new("Gökhan", "Doğan").email("gd@example.com");
    let mut shown = format!("{fake:?} {credential:?} {person:?}");
    fake.company(|company| {
        let number = company.hire(person).unwrap();
        let today = company.today();
        let ill = NewAbsence::days(number, "Sick leave", today, today).comment("flu");
        shown += &format!("{ill:?}");
        let absence = company.book(ill).unwrap();
        let (employee, absence) = (company.employee(number), company.absence(absence));
        shown += &format!("{company:?} {employee:?} {absence:?}");
    });
    let caller = Caller::of(&fake).await;
    caller
        .get("/v1/company/employees?email=gd@example.com")
        .await;
    shown += &format!("{:?}", fake.requests());
    for private in [
        "Gökhan",
        "Doğan",
        "gd",
        "secret",
        "Sick",
        "flu",
        &caller.token,
    ] {
        assert!(!shown.contains(private), "{private} in {shown}");
    }
}
