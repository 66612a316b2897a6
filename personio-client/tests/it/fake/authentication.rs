//! Tokens of both versions, and what happens without one.

use std::time::Duration;

use personio_client::fake::{Credential, FakePersonio};
use reqwest::Method;
use rstest::rstest;
use serde_json::{Value, json};

use super::caller::{Answer, Caller, quiet};

const SCOPES: &str = "absences:read absences:write attendances:read attendances:write employees:read employees:write \
    personio:absences:read personio:absences:write personio:attendances:read personio:attendances:write \
    personio:cost-centers:read personio:legal-entities:read personio:org-units:read personio:persons:read \
    personio:projects:read personio:projects:write personio:recruiting:read personio:reports:read personio:webhooks:read \
    personio:webhooks:write personio:workplaces:read";

async fn token_v2(fake: &FakePersonio, form: &[(&str, &str)]) -> Answer {
    let caller = Caller::stranger(fake);
    caller.send(caller.post("/v2/auth/token").form(form)).await
}

fn client_credentials<'a>() -> Vec<(&'a str, &'a str)> {
    vec![
        ("grant_type", "client_credentials"),
        ("client_id", "fake-client"),
        ("client_secret", "fake-secret"),
    ]
}

#[tokio::test]
async fn v1_takes_credentials_as_json_and_as_form_and_says_how_long_the_token_lasts() {
    let fake = quiet().start().await.unwrap();
    let caller = Caller::stranger(&fake);
    let credentials = [
        ("client_id", "fake-client"),
        ("client_secret", "fake-secret"),
    ];
    let by_form = caller
        .send(caller.post("/v1/auth").form(&credentials))
        .await
        .body;
    let json = json!({ "client_id": "fake-client", "client_secret": "fake-secret" });
    let by_json = caller.send(caller.post("/v1/auth").json(&json)).await.body;
    assert_eq!(by_form, by_json);
    assert!(
        by_form["data"]["token"]
            .as_str()
            .unwrap()
            .starts_with("papi-")
    );
    assert_eq!(by_form["data"]["expires_in"], 86_400);
    assert_eq!(
        by_form["data"]["scope"],
        "absences:read absences:write attendances:read attendances:write employees:read employees:write"
    );
}

#[tokio::test]
async fn v1_credentials_in_the_query_are_refused_unless_time_is_turned_back() {
    let fake = quiet().start().await.unwrap();
    let caller = Caller::stranger(&fake);
    let path = "/v1/auth?client_id=fake-client&client_secret=fake-secret";
    assert_eq!(caller.send(caller.post(path)).await.status, 403);
    fake.edit_quirks(|quirks| quirks.query_credentials = true);
    assert_eq!(caller.send(caller.post(path)).await.status, 200);

    let shown = fake.requests().pop().unwrap().query;
    assert!(
        !shown.contains("fake-secret"),
        "the log shows no secrets: {shown}"
    );
}

#[rstest]
#[case::wrong_secret(json!({ "client_id": "fake-client", "client_secret": "guess" }), 403, "Wrong credentials")]
#[case::no_secret(
    json!({ "client_id": "fake-client" }), 422, "Bitte geben Sie client secret ein, um fortzufahren."
)]
#[tokio::test]
async fn v1_refuses_bad_credentials(
    #[case] body: Value,
    #[case] status: u16,
    #[case] message: &str,
) {
    let fake = quiet().start().await.unwrap();
    let caller = Caller::stranger(&fake);
    let answer = caller.send(caller.post("/v1/auth").json(&body)).await;
    assert_eq!(
        (answer.status, &answer.body["error"]["message"]),
        (status, &json!(message))
    );
}

#[tokio::test]
async fn the_same_token_comes_for_a_day_with_less_and_less_to_live() {
    let fake = quiet().start().await.unwrap();
    let first = token_v2(&fake, &client_credentials()).await.body;
    fake.advance(Duration::from_secs(86_000));
    let late = token_v2(&fake, &client_credentials()).await.body;
    assert_eq!(late["access_token"], first["access_token"]);
    assert_eq!(late["expires_in"], 400);
    assert_eq!(
        Caller::of(&fake).await.token,
        first["access_token"],
        "v1 and v2 share it"
    );

    fake.advance(Duration::from_secs(400));
    let next = token_v2(&fake, &client_credentials()).await.body;
    assert_ne!(next["access_token"], first["access_token"]);
    assert_eq!(next["expires_in"], 86_400);
}

#[tokio::test]
async fn v2_gives_every_scope_or_those_asked_for() {
    let fake = quiet().start().await.unwrap();
    let all = token_v2(&fake, &client_credentials()).await.body;
    assert_eq!(
        (&all["token_type"], &all["scope"]),
        (&json!("Bearer"), &json!(SCOPES))
    );

    let mut form = client_credentials();
    form.push(("scope", "personio:absences:read"));
    let limited = token_v2(&fake, &form).await.body;
    assert_eq!(limited["scope"], "personio:absences:read");
    let mut caller = Caller::stranger(&fake);
    caller.token = limited["access_token"].as_str().unwrap().to_owned();
    assert_eq!(caller.get("/v2/absence-types").await.status, 200);
    assert_eq!(caller.get("/v2/persons").await.status, 401);
}

#[rstest]
#[case::no_grant_type(&[("client_id", "fake-client")], "invalid_request", json!({ "missing_parameters": ["grant_type"] }))]
#[case::other_grant(
    &[("grant_type", "password"), ("client_id", "fake-client"), ("client_secret", "fake-secret")],
    "unsupported_grant_type",
    json!({ "grant_type": "password" })
)]
#[case::wrong_secret(
    &[("grant_type", "client_credentials"), ("client_id", "fake-client"), ("client_secret", "guess")],
    "invalid_client",
    json!({})
)]
#[case::unknown_scope(
    &[("grant_type", "client_credentials"), ("client_id", "fake-client"), ("client_secret", "fake-secret"),
      ("scope", "personio:unheard:read")],
    "invalid_scope",
    json!({})
)]
#[tokio::test]
async fn v2_refuses_with_the_errors_of_oauth(
    #[case] form: &[(&str, &str)],
    #[case] error: &str,
    #[case] meta: Value,
) {
    let fake = quiet().start().await.unwrap();
    let answer = token_v2(&fake, form).await;
    assert_eq!(answer.status, 400);
    assert_eq!(
        answer.header("content-type"),
        Some("application/problem+json")
    );
    assert_eq!(
        (&answer.body["error"], &answer.body["meta"]),
        (&json!(error), &meta)
    );
    assert!(answer.body["error_uri"].as_str().unwrap().ends_with(error));
}

#[tokio::test]
async fn v2_wants_a_form() {
    let fake = quiet().start().await.unwrap();
    let caller = Caller::stranger(&fake);
    let body = json!({ "grant_type": "client_credentials", "client_id": "fake-client", "client_secret": "fake-secret" });
    let answer = caller.send(caller.post("/v2/auth/token").json(&body)).await;
    assert_eq!(
        (answer.status, &answer.body["error"]),
        (400, &json!("invalid_request"))
    );
    let link = answer.body["type"].as_str().unwrap();
    assert!(link.ends_with("invalid_request"), "{link}");
    assert_eq!(answer.body.get("error_uri"), None);
}

#[tokio::test]
async fn a_revoked_token_opens_nothing() {
    let fake = quiet().start().await.unwrap();
    let caller = Caller::of(&fake).await;
    let revoke = caller
        .post("/v2/auth/revoke")
        .form(&[("token", &caller.token)]);
    let answer = caller.send(revoke).await;
    assert_eq!((answer.status, answer.body), (200, Value::Null));
    assert_eq!(caller.get("/v2/persons").await.status, 401);
}

#[tokio::test]
async fn revoking_may_need_a_token_in_the_header_as_well() {
    let fake = quiet().start().await.unwrap();
    fake.edit_quirks(|quirks| quirks.revoke_needs_token = true);
    let caller = Caller::of(&fake).await;
    let form = [("token", &caller.token)];
    let by_form = caller.post("/v2/auth/revoke").form(&form);
    let refused = caller.send(by_form).await;
    assert_eq!(
        (refused.status, &refused.body["errors"][0]["title"]),
        (401, &json!("Authorisation Restrictions"))
    );
    assert_eq!(caller.get("/v2/persons").await.status, 200, "still good");
    let by_both = caller.call(Method::POST, "/v2/auth/revoke").form(&form);
    assert_eq!(caller.send(by_both).await.status, 200);
    assert_eq!(caller.get("/v2/persons").await.status, 401);
}

#[rstest]
#[case::v1("/v1/company/employees")]
#[case::v2("/v2/persons")]
#[tokio::test]
async fn nothing_opens_without_a_good_token(#[case] path: &str) {
    let fake = quiet().start().await.unwrap();
    assert_eq!(Caller::stranger(&fake).get(path).await.status, 401);
    let caller = Caller::of(&fake).await;
    assert_eq!(caller.get(path).await.status, 200);
    fake.advance(Duration::from_secs(86_400));
    assert_eq!(caller.get(path).await.status, 401, "a day later");
    let caller = Caller::of(&fake).await;
    fake.expire_tokens();
    assert_eq!(caller.get(path).await.status, 401, "expired early");
}

#[rstest]
#[case::v1_employees("/v1/company/employees", 403)]
#[case::v1_time_offs("/v1/company/time-offs", 403)]
#[case::persons_look_like_a_bad_token("/v2/persons", 401)]
#[case::absences("/v2/absence-periods", 403)]
#[case::attendances("/v2/attendance-periods", 403)]
#[case::reports_look_like_a_bad_request("/v2/reports", 400)]
#[tokio::test]
async fn a_missing_right_has_many_faces(#[case] path: &str, #[case] status: u16) {
    let fake = quiet()
        .credential(Credential::new("poor", "secret").scopes([""; 0]))
        .start()
        .await
        .unwrap();
    let caller = Caller::with(&fake, "poor", "secret").await;
    assert_eq!(caller.get(path).await.status, status);
    fake.edit_quirks(|quirks| quirks.missing_right_is_always_403 = true);
    assert_eq!(caller.get(path).await.status, 403);
}

#[rstest]
#[case::employees("employees", true)]
#[case::attributes("employees/attributes", true)]
#[case::time_off_types("time-off-types", true)]
#[case::time_offs("time-offs", true)]
#[case::absence_periods("absence-periods", true)]
#[case::attendances("attendances?start_date=2026-01-01&end_date=2026-12-31", true)]
#[tokio::test]
async fn some_routes_of_v1_repeat_the_token(#[case] path: &str, #[case] repeats: bool) {
    let fake = quiet().start().await.unwrap();
    let caller = Caller::of(&fake).await;
    let path = format!("/v1/company/{path}");
    let repeated = caller.get(&path).await.header("authorization").is_some();
    assert_eq!(repeated, repeats);
    fake.edit_quirks(|quirks| quirks.one_time_tokens = true);
    let next = caller.get(&path).await;
    assert!(
        next.header("authorization").is_some(),
        "tokens for one use are handed on everywhere"
    );
}

/// As clients report of the service today; others insist on the header.
#[tokio::test]
async fn attendances_may_repeat_no_token() {
    let fake = quiet().start().await.unwrap();
    fake.edit_quirks(|quirks| quirks.attendances_repeat_no_token = true);
    let caller = Caller::of(&fake).await;
    let repeats = async |path: &str| caller.get(path).await.header("authorization").is_some();
    assert!(!repeats("/v1/company/attendances?start_date=2026-01-01&end_date=2026-12-31").await);
    assert!(repeats("/v1/company/employees").await);
}

#[tokio::test]
async fn v1_resources_repeat_the_token_and_v2_resources_do_not() {
    let fake = quiet().start().await.unwrap();
    let caller = Caller::of(&fake).await;
    let repeated = format!("Bearer {}", caller.token);
    assert_eq!(
        caller
            .get("/v1/company/employees")
            .await
            .header("authorization"),
        Some(&*repeated)
    );
    assert_eq!(
        caller
            .get("/v1/company/employees/1")
            .await
            .header("authorization"),
        None,
        "not on errors"
    );
    assert_eq!(
        caller.get("/v2/persons").await.header("authorization"),
        None
    );
}

#[tokio::test]
async fn tokens_once_opened_v1_a_single_time() {
    let fake = quiet().start().await.unwrap();
    fake.edit_quirks(|quirks| quirks.one_time_tokens = true);
    let mut caller = Caller::of(&fake).await;
    let first = caller.get("/v1/company/employees").await;
    let again = caller.get("/v1/company/employees").await;
    assert_eq!((first.status, again.status), (200, 401));
    assert_eq!(
        again.body["error"]["message"],
        "The token has been blacklisted"
    );
    let next = first
        .header("authorization")
        .unwrap()
        .trim_start_matches("Bearer ");
    caller.token = next.to_owned();
    assert_eq!(caller.get("/v1/company/employees").await.status, 200);
}
