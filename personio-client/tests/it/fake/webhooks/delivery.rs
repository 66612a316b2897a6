//! How an event reaches its receiver, or does not.

use std::time::Duration;

use chrono::{TimeDelta, Timelike};
use personio_client::fake::{EventName, NewEmployee, NewWebhook, PayloadForm, RetryPlan};
use rstest::rstest;
use serde_json::json;

use super::super::caller::{Caller, morning, quiet};
use super::receiver::Reply;
use super::{Receiver, Scene, send};

impl Scene {
    /// Lets one event happen.
    fn ping(&self) -> impl Future<Output = super::Answer> {
        let path = format!("{}/ping", self.path);
        async move { self.send("POST", &path, json!({})).await }
    }
}

#[tokio::test]
async fn an_event_is_posted_with_the_token_as_it_is() {
    let scene = Scene::new().await;
    scene.fake.company(|company| {
        let ada = NewEmployee::new("Ada", "Nwosu").email("ada@example.com");
        company.hire(ada).unwrap();
    });
    assert_eq!(
        scene.deliver().await,
        [
            "person.created #1: 204, delivered",
            "employment.created #1: 204, delivered"
        ]
    );
    let arrivals = scene.receiver.take();
    let first = &arrivals[0];
    assert_eq!(first.request_line, "POST /personio HTTP/1.1");
    assert_eq!(first.headers["authorization"], "Bearer of-the-receiver");
    assert_eq!(first.headers["content-type"], "application/json");
    assert!(first.headers.keys().all(|name| !name.contains("signature")));
    assert_eq!(
        first.body,
        json!({
            "company_id": "70421", "event_name": "person.created", "occurred_at": "2026-03-02T08:00:00.000Z",
            "payload": { "person": { "id": "4001" } }, "meta": {}
        })
    );
    let employment =
        scene.caller.get("/v2/persons/4001/employments").await.body["_data"][0]["id"].clone();
    assert_eq!(
        arrivals[1].body["payload"],
        json!({ "employment": { "id": employment }, "person": { "id": "4001" } })
    );
    assert!(scene.fake.deliver().await.is_empty(), "nothing comes twice");
}

#[rstest]
#[case::nothing(json!({ "auth_type": "NONE", "token": "secret" }), &[])]
#[case::a_bare_token(json!({ "token": "secret" }), &[("authorization", "secret")])]
#[case::no_token_given(json!({}), &[])]
#[case::headers_of_its_own(
    json!({ "auth_type": "CUSTOM", "custom_headers": { "X-Key": "k", "Authorization": "Basic eA==" } }),
    &[("x-key", "k"), ("authorization", "Basic eA==")]
)]
#[tokio::test]
async fn a_receiver_can_tell_who_sends(
    #[case] auth: serde_json::Value,
    #[case] expected: &[(&str, &str)],
) {
    let fake = quiet().start().await.unwrap();
    let caller = Caller::of(&fake).await;
    let receiver = Receiver::start();
    let mut webhook = json!({
        "url": receiver.url(), "description": "", "enabled_events": ["person.created"], "status": "ENABLED"
    });
    let (members, given) = (webhook.as_object_mut().unwrap(), auth.as_object().unwrap());
    members.extend(given.clone());
    assert_eq!(
        send(&caller, "POST", "/v2/webhooks", webhook).await.status,
        201
    );
    fake.company(|company| company.hire(NewEmployee::new("Zofia", "Żak")))
        .unwrap();
    fake.deliver().await;
    let arrivals = receiver.take();
    let sent = |name: &&str| arrivals[0].headers.get(*name).cloned();
    for (name, value) in expected {
        assert_eq!(sent(name).as_deref(), Some(*value), "{name}");
    }
    assert_eq!(
        sent(&"authorization").is_some(),
        expected.iter().any(|(name, _)| *name == "authorization")
    );
}

#[rstest]
#[case::redirect(Reply::Redirect, "ping #1: 307, given up")]
#[case::not_modified(Reply::Status(304), "ping #1: 304, given up")]
#[case::unauthorized(Reply::Status(401), "ping #1: 401, given up")]
#[case::too_many_requests(Reply::Status(429), "ping #1: 429, given up")]
#[case::not_implemented(Reply::Status(501), "ping #1: 501, given up")]
#[tokio::test]
async fn an_answer_that_is_no_failure_of_the_server_is_final(
    #[case] reply: Reply,
    #[case] expected: &str,
) {
    let scene = Scene::new().await;
    scene.receiver.reply([reply]);
    scene.ping().await;
    assert_eq!(scene.deliver().await, [expected]);
    scene.fake.advance(Duration::from_secs(4 * 86_400));
    assert!(scene.deliver().await.is_empty());
    assert_eq!(scene.receiver.take().len(), 1, "redirects are not followed");
}

#[rstest]
#[case::server_error(Reply::Status(500), "500")]
#[case::bad_gateway(Reply::Status(502), "502")]
#[case::hung_up(Reply::HangUp, "no answer")]
#[case::silent(Reply::Silence, "no answer")]
#[tokio::test]
async fn a_failure_is_tried_again_at_once_and_then_after_growing_delays(
    #[case] reply: Reply,
    #[case] status: &str,
) {
    let scene = Scene::new().await;
    scene.fake.edit_quirks(|quirks| {
        quirks.webhook_retries.answer_within = Duration::from_millis(200);
    });
    scene.receiver.reply([reply; 3]);
    scene.ping().await;
    assert_eq!(
        scene.deliver().await,
        [
            format!("ping #1: {status}, again at 2026-03-02T08:00:00Z"),
            format!("ping #2: {status}, again at 2026-03-02T08:10:00Z"),
        ]
    );
    scene.fake.advance(Duration::from_secs(599));
    assert!(scene.deliver().await.is_empty(), "not due yet");
    scene.fake.advance(Duration::from_secs(1));
    assert_eq!(
        scene.deliver().await,
        [
            format!("ping #3: {status}, again at 2026-03-02T08:10:00Z"),
            "ping #4: 204, delivered".to_owned(),
        ]
    );
}

#[tokio::test]
async fn after_fourteen_requests_in_three_days_it_is_given_up() {
    let scene = Scene::new().await;
    scene.receiver.reply([Reply::Status(503); 20]);
    scene.ping().await;
    scene.fake.advance(Duration::from_secs(30 * 86_400));
    let attempts = scene.fake.deliver().await;
    assert_eq!(attempts.len(), 14);
    let (first, last) = (attempts[0].at, attempts[13].at);
    assert_eq!((first, last - first), (morning(), TimeDelta::days(3)));
    assert_eq!(attempts[13].to_string(), "ping #14: 503, given up");
    let bodies: Vec<_> = scene
        .receiver
        .take()
        .into_iter()
        .map(|arrival| arrival.body)
        .collect();
    assert!(
        bodies.iter().all(|body| *body == bodies[0]),
        "the same each time"
    );
}

#[tokio::test]
async fn the_plan_can_be_changed() {
    let scene = Scene::new().await;
    scene.fake.edit_quirks(|quirks| {
        let mut plan = RetryPlan::default();
        plan.delays = vec![Duration::from_secs(1)];
        plan.requests_per_round = 1;
        quirks.webhook_retries = plan;
    });
    scene.receiver.reply([Reply::Status(500); 9]);
    scene.ping().await;
    scene.fake.advance(Duration::from_secs(1));
    assert_eq!(
        scene.deliver().await,
        [
            "ping #1: 500, again at 2026-03-02T08:00:01Z",
            "ping #2: 500, given up"
        ]
    );
}

#[tokio::test]
async fn what_waits_does_not_hold_up_what_happens_meanwhile() {
    let scene = Scene::new().await;
    scene
        .receiver
        .reply([Reply::Status(500), Reply::Status(500)]);
    scene.ping().await;
    scene.deliver().await;
    scene.fake.advance(Duration::from_secs(300));
    scene
        .fake
        .company(|company| company.hire(NewEmployee::new("Zofia", "Żak")))
        .unwrap();
    scene.fake.advance(Duration::from_secs(600));
    assert_eq!(
        scene.deliver().await,
        [
            "person.created #1: 204, delivered",
            "employment.created #1: 204, delivered",
            "ping #3: 204, delivered"
        ],
        "in the order in which they were due"
    );
}

#[rstest]
#[case(PayloadForm::Nested, json!({ "person": { "id": "4001" } }))]
#[case(PayloadForm::Prefixed, json!({ "person_id": "4001" }))]
#[case(PayloadForm::Bare, json!({ "id": "4001" }))]
#[tokio::test]
async fn a_payload_comes_in_every_form_it_may_have(
    #[case] form: PayloadForm,
    #[case] expected: serde_json::Value,
) {
    let scene = Scene::new().await;
    scene
        .fake
        .edit_quirks(|quirks| quirks.webhook_payload = form);
    scene
        .fake
        .company(|company| company.hire(NewEmployee::new("Zofia", "Żak")))
        .unwrap();
    scene.fake.deliver().await;
    assert_eq!(scene.receiver.take()[0].body["payload"], expected);
}

#[tokio::test]
async fn in_the_background_a_receiver_hears_of_it_without_being_asked_for() {
    let fake = quiet().deliver_in_background().start().await.unwrap();
    let scene = Scene::on(fake).await;
    scene
        .receiver
        .reply([Reply::Status(500), Reply::Status(500)]);
    scene.ping().await;
    scene.receiver.until(2).await;
    scene.fake.advance(Duration::from_secs(600));
    scene.receiver.until(3).await;
    let told = scene.deliver().await;
    assert_eq!(told[2], "ping #3: 204, delivered");
    assert_eq!(scene.receiver.take().len(), 3, "nothing is sent twice");
}

#[tokio::test]
async fn an_event_carries_the_time_of_the_fake_to_the_millisecond() {
    let scene = Scene::on(
        quiet()
            .frozen_at(morning().with_nanosecond(123_456_789).unwrap())
            .start()
            .await
            .unwrap(),
    )
    .await;
    scene
        .fake
        .company(|company| company.hire(NewEmployee::new("Zofia", "Żak")))
        .unwrap();
    scene.fake.deliver().await;
    assert_eq!(
        scene.receiver.take()[0].body["occurred_at"],
        "2026-03-02T08:00:00.123Z"
    );
}

#[tokio::test]
async fn a_test_in_rust_registers_a_webhook_without_a_request() {
    let fake = quiet().start().await.unwrap();
    let receiver = Receiver::start();
    let webhook = fake.company(|company| {
        let webhook = NewWebhook::new(receiver.url(), [EventName::PersonCreated]).token("secret");
        assert!(!format!("{webhook:?}").contains("secret"));
        let number = company.register_webhook(webhook);
        company.hire(NewEmployee::new("Zofia", "Żak")).unwrap();
        number
    });
    let attempts = fake.deliver().await;
    assert_eq!(attempts.len(), 1);
    assert_eq!(attempts[0].webhook, webhook);
    assert_eq!(receiver.take()[0].headers["authorization"], "secret");
    assert!(fake.requests().is_empty());
}

#[tokio::test]
async fn a_receiver_may_ask_the_fake_before_it_answers() {
    let scene = Scene::new().await;
    let address = scene.fake.base_url().trim_start_matches("http://");
    scene
        .receiver
        .reply([Reply::AfterAsking(address.parse().unwrap())]);
    scene.ping().await;
    assert_eq!(scene.deliver().await, ["ping #1: 204, delivered"]);
}
