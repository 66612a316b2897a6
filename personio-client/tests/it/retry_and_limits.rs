//! When failed requests are repeated, and how fast requests go out.

use std::sync::Arc;
use std::time::Duration;

use personio_client::testing::{Answer, Expected, ManualClock, ReplayTransport};
use personio_client::{
    ApiVersion, Attempt, Client, Credentials, Decision, Endpoint, Failure, Jitter, Method,
    Operation, PersonId, Result, RetryPolicy, TransportErrorKind,
};
use rstest::rstest;
use serde_json::json;

use crate::answers::person;

const PERSON: &str = "/v2/persons/17";

fn attempt(number: u32, failure: Failure) -> Attempt {
    Attempt {
        number,
        elapsed: Duration::ZERO,
        safe_to_repeat: true,
        failure,
        retry_after: None,
        cool_down: Duration::ZERO,
        jitter: Jitter::from_seed(7),
    }
}

#[rstest]
#[case::refused_read(Failure::RateLimited, true, true)]
#[case::refused_write(Failure::RateLimited, false, true)]
#[case::unsent_read(Failure::NotSent, true, true)]
#[case::unsent_write(Failure::NotSent, false, true)]
#[case::broken_read(Failure::ServerError, true, true)]
#[case::broken_write(Failure::ServerError, false, false)]
#[case::lost_read(Failure::OutcomeUnknown, true, true)]
#[case::lost_write(Failure::OutcomeUnknown, false, false)]
#[case::final_read(Failure::Final, true, false)]
#[case::final_write(Failure::Final, false, false)]
fn only_what_cannot_do_harm_is_repeated(
    #[case] failure: Failure,
    #[case] safe_to_repeat: bool,
    #[case] repeated: bool,
) {
    let attempt = Attempt {
        safe_to_repeat,
        ..attempt(1, failure)
    };
    assert_eq!(
        RetryPolicy::default().decide(&attempt) != Decision::Stop,
        repeated
    );
}

#[rstest]
#[case::first(1, 500, 1_000)]
#[case::second(2, 1_000, 2_000)]
#[case::third(3, 2_000, 4_000)]
#[case::never_longer_than_the_longest(9, 15_000, 30_000)]
fn waits_double_and_are_shortened_by_up_to_half(
    #[case] number: u32,
    #[case] least: u64,
    #[case] most: u64,
) {
    let policy = RetryPolicy::default().max_attempts(20);
    for seed in 0..100 {
        let attempt = Attempt {
            jitter: Jitter::from_seed(seed),
            ..attempt(number, Failure::ServerError)
        };
        let Decision::RepeatAfter(wait) = policy.decide(&attempt) else {
            panic!("stopped with seed {seed}")
        };
        assert!(
            (least..=most).contains(&u64::try_from(wait.as_millis()).unwrap()),
            "{wait:?} with seed {seed}"
        );
        assert_eq!(
            policy.decide(&attempt),
            Decision::RepeatAfter(wait),
            "the same seed gives the same wait"
        );
    }
}

#[rstest]
#[case::longer_than_our_own(60)]
#[case::shorter_than_our_own(0)]
fn retry_after_wins(#[case] seconds: u64) {
    let wait = Duration::from_secs(seconds);
    let attempt = Attempt {
        retry_after: Some(wait),
        ..attempt(1, Failure::RateLimited)
    };
    assert_eq!(
        RetryPolicy::default().decide(&attempt),
        Decision::RepeatAfter(wait)
    );
}

#[test]
fn a_refusal_without_retry_after_waits_at_least_the_cool_down() {
    let cool_down = Duration::from_secs(60);
    let attempt = Attempt {
        cool_down,
        ..attempt(1, Failure::RateLimited)
    };
    assert_eq!(
        RetryPolicy::default().decide(&attempt),
        Decision::RepeatAfter(cool_down)
    );
}

#[rstest]
#[case::last_attempt(5, 0, None)]
#[case::no_time_left(2, 119, Some(2))]
#[case::retry_after_beyond_the_total(1, 0, Some(121))]
#[case::absurd_retry_after(1, 0, Some(u64::MAX))]
fn attempts_and_total_time_are_limited(
    #[case] number: u32,
    #[case] elapsed: u64,
    #[case] retry_after: Option<u64>,
) {
    let attempt = Attempt {
        elapsed: Duration::from_secs(elapsed),
        retry_after: retry_after.map(Duration::from_secs),
        ..attempt(number, Failure::RateLimited)
    };
    assert_eq!(RetryPolicy::default().decide(&attempt), Decision::Stop);
}

fn client(transport: &ReplayTransport, clock: &ManualClock) -> Client {
    Client::builder(Credentials::new("id", "secret"))
        .transport(Arc::new(transport.clone()))
        .clock(Arc::new(clock.clone()))
        .build()
        .unwrap()
}

async fn get_person(client: &Client) -> Result<()> {
    client
        .v2()
        .persons()
        .get(&PersonId::new("17"))
        .await
        .map(|_| ())
}

fn found() -> Answer {
    Answer::json(person("17").to_string())
}

#[rstest]
#[case::bad_gateway_in_html(Answer::status(502, "<html><body>502 Bad Gateway</body></html>"))]
#[case::empty_gateway_timeout(Answer::status(504, ""))]
#[case::connection_refused(Answer::failure(TransportErrorKind::Connect))]
#[case::no_answer(Answer::failure(TransportErrorKind::Timeout))]
#[case::connection_broken(Answer::failure(TransportErrorKind::Interrupted))]
#[case::truncated_json(Answer::json(r#"{"id": "17", "first_na"#))]
#[tokio::test]
async fn a_read_survives_a_passing_failure(#[case] failure: Answer) {
    let transport = ReplayTransport::new()
        .expect(Expected::get(PERSON), failure)
        .expect(Expected::get(PERSON), found());
    let clock = ManualClock::default();
    get_person(&client(&transport, &clock)).await.unwrap();
    assert_eq!(clock.sleeps().len(), 1);
    transport.verify().unwrap();
}

#[tokio::test]
async fn a_read_gives_up_after_five_attempts() {
    let transport = (0..5).fold(ReplayTransport::new(), |transport, _| {
        transport.expect(Expected::get(PERSON), Answer::status(503, ""))
    });
    let error = get_person(&client(&transport, &ManualClock::default()))
        .await
        .unwrap_err();
    assert!(error.is_server_error() && error.is_retryable(), "{error}");
    transport.verify().unwrap();
}

#[rstest]
#[case::not_found(Answer::status(404, ""))]
#[case::bad_request(Answer::status(400, ""))]
#[case::html_with_success(Answer::json("<html>maintenance</html>"))]
#[case::too_large(Answer::failure(TransportErrorKind::TooLarge))]
#[tokio::test]
async fn what_trying_again_cannot_heal_is_not_repeated(#[case] failure: Answer) {
    let transport = ReplayTransport::new().expect(Expected::get(PERSON), failure);
    assert!(
        !get_person(&client(&transport, &ManualClock::default()))
            .await
            .unwrap_err()
            .is_retryable()
    );
    transport.verify().unwrap();
}

#[rstest]
#[case::server_error(Answer::status(500, ""), false)]
#[case::no_answer(Answer::failure(TransportErrorKind::Timeout), false)]
#[case::refused_at_the_door(Answer::status(429, ""), true)]
#[case::not_sent(Answer::failure(TransportErrorKind::Connect), true)]
#[tokio::test]
async fn a_write_is_repeated_only_if_it_certainly_had_no_effect(
    #[case] failure: Answer,
    #[case] repeated: bool,
) {
    let request = || Expected::post("/v2/absence-periods").body(r#"{"comment":"Zahnarzt"}"#);
    let mut transport = ReplayTransport::new().expect(request(), failure);
    if repeated {
        transport = transport.expect(request(), Answer::status(201, r#"{"id": "1"}"#));
    }
    let operation = Operation::write(
        "absences.book",
        Method::Post,
        ApiVersion::V2,
        "/absence-periods",
    );
    let endpoint =
        Endpoint::<serde_json::Value>::new(operation).json(json!({"comment": "Zahnarzt"}));
    let outcome = client(&transport, &ManualClock::default())
        .execute(&endpoint)
        .await;
    assert_eq!(outcome.is_ok(), repeated);
    transport.verify().unwrap();
}

#[rstest]
#[case::in_seconds("17", 17)]
#[case::as_a_date("Mon, 02 Mar 2026 12:00:17 GMT", 17)]
#[case::date_in_the_past("Mon, 02 Mar 2026 11:00:00 GMT", 0)]
#[tokio::test]
async fn a_429_with_retry_after_waits_exactly_that_long(
    #[case] header: &str,
    #[case] seconds: u64,
) {
    let transport = ReplayTransport::new()
        .expect(
            Expected::get(PERSON),
            Answer::status(429, "").header("Retry-After", header),
        )
        .expect(Expected::get(PERSON), found());
    let clock = ManualClock::default();
    get_person(&client(&transport, &clock)).await.unwrap();
    assert_eq!(
        clock.sleeps().iter().sum::<Duration>(),
        Duration::from_secs(seconds)
    );
    transport.verify().unwrap();
}

#[tokio::test]
async fn a_429_without_retry_after_waits_at_least_a_second() {
    let transport = ReplayTransport::new()
        .expect(Expected::get(PERSON), Answer::status(429, "<html></html>"))
        .expect(Expected::get(PERSON), found());
    let clock = ManualClock::default();
    get_person(&client(&transport, &clock)).await.unwrap();
    assert!(clock.sleeps().iter().sum::<Duration>() >= Duration::from_secs(1));
}

#[tokio::test]
async fn a_429_on_the_login_cools_down_for_a_minute() {
    let transport = ReplayTransport::new()
        .expect(Expected::post("/v1/auth"), Answer::status(429, ""))
        .expect(
            Expected::post("/v1/auth"),
            Answer::json(r#"{"success": true, "data": {"token": "t"}}"#),
        );
    let clock = ManualClock::default();
    client(&transport, &clock)
        .check(ApiVersion::V1)
        .await
        .unwrap();
    assert_eq!(clock.sleeps(), [Duration::from_secs(60)]);
    transport.verify().unwrap();
}

#[tokio::test]
async fn a_429_that_lasts_is_reported_and_holds_back_the_next_call() {
    let policy_attempts = 5;
    let transport = (0..policy_attempts).fold(ReplayTransport::new(), |transport, _| {
        transport.expect(Expected::get(PERSON), Answer::status(429, ""))
    });
    let clock = ManualClock::default();
    let client = client(&transport, &clock);
    assert!(get_person(&client).await.unwrap_err().is_rate_limited());
    transport.verify().unwrap();
    let transport_again = transport.expect(Expected::get(PERSON), found());
    let sleeps = clock.sleeps().len();
    get_person(&client).await.unwrap();
    assert_eq!(clock.sleeps().len(), sleeps + 1, "the bucket was paused");
    transport_again.verify().unwrap();
}

#[tokio::test]
async fn the_headers_of_an_answer_set_the_pace() {
    let with_headers = || {
        found()
            .header("x-ratelimit-replenish-rate", "2")
            .header("x-ratelimit-burst-capacity", "2")
            .header("x-ratelimit-requested-tokens", "1")
            .header("x-ratelimit-remaining", "0")
    };
    let transport = (0..3).fold(ReplayTransport::new(), |transport, _| {
        transport.expect(Expected::get(PERSON), with_headers())
    });
    let clock = ManualClock::default();
    let client = client(&transport, &clock);
    for _ in 0..3 {
        get_person(&client).await.unwrap();
    }
    assert_eq!(clock.sleeps(), [Duration::from_millis(500); 2]);
}

#[tokio::test]
async fn the_documented_burst_of_v1_employees_goes_out_at_once_and_no_more() {
    let path = "/v1/company/employees";
    let body = r#"{"success": true, "metadata": {"total_elements": 0}, "data": []}"#;
    let transport = (0..16).fold(ReplayTransport::new(), |transport, _| {
        transport.expect(Expected::get(path), Answer::json(body))
    });
    let clock = ManualClock::default();
    let client = client(&transport, &clock);
    for _ in 0..16 {
        let request = personio_client::v1::ListEmployees::new();
        client
            .v1()
            .employees()
            .list(request)
            .next_page()
            .await
            .unwrap();
    }
    assert_eq!(
        clock.sleeps(),
        [Duration::from_millis(200)],
        "15 at once, then 300 per minute"
    );
}
