//! What tests in other languages need for webhooks.

use rstest::rstest;
use serde_json::{Value, json};

use super::super::caller::quiet;
use super::Scene;
use super::receiver::Reply;

#[tokio::test]
async fn delivering_waits_until_everything_due_is_through_and_tells_of_it() {
    let scene = Scene::new().await;
    scene
        .receiver
        .reply([Reply::Status(500), Reply::Status(500)]);
    let ada = json!({ "first_name": "Ada", "last_name": "Nwosu" });
    scene.send("POST", "/_fake/employees", ada).await;
    let told = scene
        .send("POST", "/_fake/webhooks/deliver", json!({}))
        .await;
    let id = scene.path.trim_start_matches("/v2/webhooks/");
    let attempt = |event: &str, request: u32, status: u16, outcome: &str, again_at: Value| {
        json!({
            "at": "2026-03-02T08:00:00Z", "webhook_id": id, "event_name": event, "request": request,
            "status": status, "outcome": outcome, "again_at": again_at
        })
    };
    assert_eq!(
        told.body,
        json!([
            attempt(
                "person.created",
                1,
                500,
                "retried",
                json!("2026-03-02T08:00:00Z")
            ),
            attempt(
                "person.created",
                2,
                500,
                "retried",
                json!("2026-03-02T08:10:00Z")
            ),
            attempt("employment.created", 1, 204, "delivered", Value::Null)
        ])
    );
    let waiting = scene
        .send("GET", "/_fake/webhooks/deliveries", json!({}))
        .await;
    assert_eq!(
        waiting.body,
        json!([{
            "webhook_id": id, "event_name": "person.created", "requests": 2, "due": "2026-03-02T08:10:00Z"
        }])
    );
    scene
        .send("POST", "/_fake/clock", json!({ "advance_seconds": 600 }))
        .await;
    let told = scene
        .send("POST", "/_fake/webhooks/deliver", json!({}))
        .await
        .body;
    assert_eq!(
        (&told[0]["request"], &told[0]["outcome"]),
        (&json!(3), &json!("delivered"))
    );
    assert_eq!(told.as_array().unwrap().len(), 1, "told once");
}

#[tokio::test]
async fn the_plan_of_retries_is_replaced() {
    let scene = Scene::on(quiet().start().await.unwrap()).await;
    let plan = json!({ "delays_seconds": [5], "requests_per_round": 1, "answer_within_milliseconds": 200 });
    let set = scene
        .send("PUT", "/_fake/quirks", json!({ "webhook_retries": plan }))
        .await;
    assert_eq!((set.status, &set.body["webhook_retries"]), (200, &plan));
    scene.receiver.reply([Reply::Silence, Reply::HangUp]);
    scene
        .send("POST", &format!("{}/ping", scene.path), json!({}))
        .await;
    scene
        .send("POST", "/_fake/clock", json!({ "advance_seconds": 5 }))
        .await;
    assert_eq!(
        scene.deliver().await,
        [
            "ping #1: no answer, again at 2026-03-02T08:00:05Z",
            "ping #2: no answer, given up"
        ]
    );
}

#[rstest]
#[case(json!({ "delays_seconds": ["soon"] }), "webhook_retries.delays_seconds[0]")]
#[case(json!({ "requests_per_round": -1 }), "webhook_retries.requests_per_round")]
#[case(json!({ "rounds": 3 }), "webhook_retries.rounds")]
#[tokio::test]
async fn a_bad_plan_is_refused(#[case] plan: Value, #[case] field: &str) {
    let scene = Scene::new().await;
    let plan = json!({ "webhook_retries": plan });
    let refused = scene.send("PUT", "/_fake/quirks", plan).await;
    assert_eq!(
        (refused.status, &refused.body["error"]["field"]),
        (400, &json!(field))
    );
}
