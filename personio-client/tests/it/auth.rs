//! Logging in: which login, how often, and what a refusal means.

use std::sync::Arc;
use std::time::Duration;

use personio_client::testing::{Answer, Expected, ManualClock, ReplayTransport};
use personio_client::v1::ListEmployees;
use personio_client::{
    ApiVersion, Client, Credentials, Login, PersonId, Request, Response, Transport, TransportError,
    async_trait,
};
use rstest::rstest;
use serde_json::json;

use crate::answers::{person, v1_page};

const V1_LOGIN: &str = "/v1/auth";
const V2_LOGIN: &str = "/v2/auth/token";
const PERSON: &str = "/v2/persons/17";

fn v1_token(token: &str) -> Answer {
    Answer::json(json!({"success": true, "data": {"token": token, "expires_in": 600, "scope": "employees:read"}}).to_string())
}

fn v2_token(token: &str, expires_in: u64) -> Answer {
    Answer::json(
        json!({"access_token": token, "token_type": "Bearer", "expires_in": expires_in,
               "scope": "personio:persons:read personio:absences:read"})
        .to_string(),
    )
}

fn with_bearer(token: &str) -> Expected {
    Expected::get(PERSON).header("authorization", format!("Bearer {token}"))
}

fn found() -> Answer {
    Answer::json(person("17").to_string())
}

fn refused() -> Answer {
    Answer::status(
        401,
        r#"{"personio_trace_id": "t-1", "errors": [{"title": "Unauthorized Request"}]}"#,
    )
}

fn client(transport: &ReplayTransport, clock: &ManualClock, login: Login) -> Client {
    Client::builder(Credentials::new("papi-id", "papi-secret&"))
        .transport(Arc::new(transport.clone()))
        .clock(Arc::new(clock.clone()))
        .login(login)
        .build()
        .unwrap()
}

async fn get_person(client: &Client) -> personio_client::Result<()> {
    client
        .v2()
        .persons()
        .get(&PersonId::new("17"))
        .await
        .map(|_| ())
}

#[tokio::test]
async fn v1_logs_in_with_json_in_the_body() {
    let login = Expected::post(V1_LOGIN)
        .header("content-type", "application/json")
        .body(r#"{"client_id":"papi-id","client_secret":"papi-secret&"}"#);
    let transport = ReplayTransport::new()
        .expect(login, v1_token("papi-1"))
        .expect(
            Expected::get("/v1/company/employees").header("authorization", "Bearer papi-1"),
            Answer::json(v1_page(vec![], 0, 0)),
        );
    let client = client(&transport, &ManualClock::default(), Login::default());
    client
        .v1()
        .employees()
        .list(ListEmployees::new())
        .next_page()
        .await
        .unwrap();
    transport.verify().unwrap();
}

#[tokio::test]
async fn v2_logs_in_with_a_form_in_the_body() {
    let login = Expected::post(V2_LOGIN)
        .header("content-type", "application/x-www-form-urlencoded")
        .body("grant_type=client_credentials&client_id=papi-id&client_secret=papi-secret%26");
    let transport = ReplayTransport::new()
        .expect(login, v2_token("papi-2", 600))
        .expect(with_bearer("papi-2"), found());
    get_person(&client(
        &transport,
        &ManualClock::default(),
        Login::default(),
    ))
    .await
    .unwrap();
    transport.verify().unwrap();
}

#[rstest]
#[case::by_default(Login::PerVersion, V2_LOGIN)]
#[case::one_token_of_v1(Login::OnlyV1, V1_LOGIN)]
#[case::one_token_of_v2(Login::OnlyV2, V2_LOGIN)]
#[tokio::test]
async fn which_login_serves_a_v2_path_is_a_setting(#[case] login: Login, #[case] path: &str) {
    let transport = ReplayTransport::new()
        .expect(
            Expected::post(path),
            if path == V1_LOGIN {
                v1_token("t")
            } else {
                v2_token("t", 600)
            },
        )
        .expect(with_bearer("t"), found());
    get_person(&client(&transport, &ManualClock::default(), login))
        .await
        .unwrap();
    transport.verify().unwrap();
}

/// Lets other calls run while an answer is under way, as a network does.
#[derive(Debug)]
struct Network(ReplayTransport);

#[async_trait]
impl Transport for Network {
    async fn send(&self, request: Request) -> Result<Response, TransportError> {
        tokio::task::yield_now().await;
        self.0.send(request).await
    }
}

fn client_on_network(transport: &ReplayTransport) -> Client {
    Client::builder(Credentials::new("papi-id", "papi-secret&"))
        .transport(Arc::new(Network(transport.clone())))
        .clock(Arc::new(ManualClock::default()))
        .build()
        .unwrap()
}

#[tokio::test]
async fn many_calls_at_once_share_one_login() {
    let mut transport = ReplayTransport::new().expect(Expected::post(V2_LOGIN), v2_token("t", 600));
    for _ in 0..10 {
        transport = transport.expect(with_bearer("t"), found());
    }
    let client = client_on_network(&transport);
    futures::future::try_join_all((0..10).map(|_| get_person(&client)))
        .await
        .unwrap();
    transport.verify().unwrap();
}

#[tokio::test]
async fn a_failed_login_is_told_to_all_who_waited_for_it_and_tried_anew_by_the_next() {
    let transport = ReplayTransport::new()
        .expect(
            Expected::post(V2_LOGIN),
            Answer::status(400, r#"{"error": "invalid_client"}"#),
        )
        .expect(Expected::post(V2_LOGIN), v2_token("t", 600))
        .expect(with_bearer("t"), found());
    let client = client_on_network(&transport);
    let outcomes = futures::future::join_all((0..3).map(|_| get_person(&client))).await;
    assert!(
        outcomes
            .iter()
            .all(|outcome| outcome.as_ref().is_err_and(|error| error.is_unauthorized()))
    );
    get_person(&client).await.unwrap();
    transport.verify().unwrap();
}

#[rstest]
#[case::long_life(86_400, 86_000, true, "five minutes before the end is late enough")]
#[case::in_the_last_minutes(86_400, 86_200, false, "refreshed early")]
#[case::short_life(100, 80, true, "a short life is used to nine tenths")]
#[case::end_of_short_life(100, 95, false, "the last tenth is margin")]
#[case::over(600, 700, false, "never used after its end")]
#[tokio::test]
async fn a_token_is_replaced_before_it_ends(
    #[case] lifetime: u64,
    #[case] age: u64,
    #[case] still_used: bool,
    #[case] why: &str,
) {
    let mut transport = ReplayTransport::new()
        .expect(Expected::post(V2_LOGIN), v2_token("first", lifetime))
        .expect(with_bearer("first"), found());
    transport = if still_used {
        transport.expect(with_bearer("first"), found())
    } else {
        transport
            .expect(Expected::post(V2_LOGIN), v2_token("second", lifetime))
            .expect(with_bearer("second"), found())
    };
    let clock = ManualClock::default();
    let client = client(&transport, &clock, Login::default());
    get_person(&client).await.unwrap();
    clock.advance(Duration::from_secs(age));
    get_person(&client).await.unwrap();
    assert_eq!(transport.verify(), Ok(()), "{why}");
}

#[tokio::test]
async fn a_refused_token_is_replaced_once() {
    let transport = ReplayTransport::new()
        .expect(Expected::post(V2_LOGIN), v2_token("old", 600))
        .expect(with_bearer("old"), refused())
        .expect(Expected::post(V2_LOGIN), v2_token("new", 600))
        .expect(with_bearer("new"), found());
    get_person(&client(
        &transport,
        &ManualClock::default(),
        Login::default(),
    ))
    .await
    .unwrap();
    transport.verify().unwrap();
}

#[tokio::test]
async fn a_second_refusal_is_reported_as_token_or_right_and_not_tried_again() {
    let transport = ReplayTransport::new()
        .expect(Expected::post(V2_LOGIN), v2_token("old", 600))
        .expect(with_bearer("old"), refused())
        .expect(Expected::post(V2_LOGIN), v2_token("new", 600))
        .expect(with_bearer("new"), refused());
    let error = get_person(&client(
        &transport,
        &ManualClock::default(),
        Login::default(),
    ))
    .await
    .unwrap_err();
    assert!(error.is_unauthorized());
    insta::assert_snapshot!(error, @r#"v2.persons.get: Personio answered 401 "Unauthorized Request" [trace t-1], the token was refused or the credential lacks the right personio:persons:read"#);
    transport.verify().unwrap();
}

#[rstest]
#[case::wrong_secret(
    ApiVersion::V1,
    401,
    r#"{"success": false, "error": {"code": 0, "message": "Die Anmeldung ist fehlgeschlagen"}}"#
)]
#[case::failure_that_looks_successful(
    ApiVersion::V1,
    200,
    r#"{"success": false, "error": {"code": 0, "message": "x"}}"#
)]
#[case::credentials_in_query_no_longer_allowed(ApiVersion::V1, 403, "")]
#[case::unknown_client(
    ApiVersion::V2,
    400,
    r#"{"error": "invalid_client", "trace_id": "t-2"}"#
)]
#[tokio::test]
async fn a_refused_login_is_told_apart_from_a_missing_right(
    #[case] version: ApiVersion,
    #[case] status: u16,
    #[case] body: &str,
) {
    let path = if version == ApiVersion::V1 {
        V1_LOGIN
    } else {
        V2_LOGIN
    };
    let transport =
        ReplayTransport::new().expect(Expected::post(path), Answer::status(status, body));
    let client = client(&transport, &ManualClock::default(), Login::default());
    let error = client.check(version).await.unwrap_err();
    assert!(error.is_unauthorized(), "{error}");
    assert!(error.to_string().contains("refused the login"), "{error}");
    assert!(!error.is_retryable());
}

#[tokio::test]
async fn a_scope_that_is_not_granted_is_a_missing_right() {
    let answer = Answer::status(400, r#"{"error": "invalid_scope"}"#);
    let transport = ReplayTransport::new().expect(Expected::post(V2_LOGIN), answer);
    let client = client(&transport, &ManualClock::default(), Login::default());
    let error = client.check(ApiVersion::V2).await.unwrap_err();
    assert!(error.is_forbidden() && !error.is_unauthorized(), "{error}");
}

#[tokio::test]
async fn a_check_logs_in_anew_and_tells_the_rights() {
    let clock = ManualClock::default();
    let transport = ReplayTransport::new()
        .expect(Expected::post(V2_LOGIN), v2_token("first", 600))
        .expect(Expected::post(V2_LOGIN), v2_token("second", 600));
    let client = client(&transport, &clock, Login::default());
    client.check(ApiVersion::V2).await.unwrap();
    let grant = client.check(ApiVersion::V2).await.unwrap();
    assert_eq!(
        grant.scopes.unwrap(),
        ["personio:persons:read", "personio:absences:read"]
    );
    transport.verify().unwrap();
}

#[tokio::test]
async fn an_old_login_answer_holds_nothing_but_a_token() {
    let transport = ReplayTransport::new().expect(
        Expected::post(V1_LOGIN),
        Answer::json(r#"{"success": true, "data": {"token": "t"}}"#),
    );
    let clock = ManualClock::default();
    let client = client(&transport, &clock, Login::default());
    let grant = client.check(ApiVersion::V1).await.unwrap();
    assert_eq!(grant.scopes, None);
    assert_eq!(
        grant.expires_at,
        personio_client::Clock::now(&clock) + Duration::from_secs(86_400)
    );
}
