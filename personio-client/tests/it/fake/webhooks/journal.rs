//! What happened, what came of it, and sending it again.

use std::time::Duration;

use personio_client::fake::NewEmployee;
use rstest::rstest;
use serde_json::{Value, json};

use super::super::caller::Caller;
use super::Scene;
use super::receiver::Reply;

fn hire(scene: &Scene, first_name: &str) {
    scene
        .fake
        .company(|company| company.hire(NewEmployee::new(first_name, "Żak")))
        .unwrap();
}

/// A list of the webhook, as a caller sees it who has just logged in.
async fn list(scene: &Scene, path: &str) -> Vec<Value> {
    let answer = Caller::of(&scene.fake)
        .await
        .get(&format!("{}/{path}", scene.path))
        .await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.body["_data"].as_array().unwrap().clone()
}

#[tokio::test]
async fn events_can_be_read_after_a_downtime() {
    let scene = Scene::new().await;
    scene.receiver.reply([Reply::Status(401); 4]);
    hire(&scene, "Zofia");
    scene.fake.advance(Duration::from_secs(3600));
    hire(&scene, "Ada");
    scene.fake.deliver().await;
    assert_eq!(scene.receiver.take().len(), 4, "all refused");

    assert_eq!(list(&scene, "events").await.len(), 4);
    let since = "events?occurred_at.gte=2026-03-02T09:00:00.000Z&event_name=person.created";
    let missed = list(&scene, since).await;
    assert_eq!(missed.len(), 1);
    assert_eq!(missed[0]["event_name"], "person.created");
    assert_eq!(missed[0]["occurred_at"], "2026-03-02T09:00:00.000Z");
    assert_eq!(missed[0]["payload"], json!({ "person": { "id": "4002" } }));
    assert!(missed[0]["id"].is_string());
    assert_eq!(
        list(&scene, "events?occurred_at.lte=2026-03-02T08:59:59.999Z")
            .await
            .len(),
        2
    );

    let page = scene
        .caller
        .get(&format!("{}/events?limit=3", scene.path))
        .await
        .body;
    assert_eq!(page["_data"].as_array().unwrap().len(), 3);
    let next = page["_meta"]["links"]["next"]["href"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(
        scene.caller.get(&next).await.body["_data"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[tokio::test]
async fn events_and_activity_go_back_thirty_days() {
    let scene = Scene::new().await;
    hire(&scene, "Zofia");
    scene.fake.deliver().await;
    scene.fake.advance(Duration::from_secs(30 * 86_400));
    assert_eq!(list(&scene, "events").await.len(), 2);
    assert_eq!(list(&scene, "activity").await.len(), 2);
    scene.fake.advance(Duration::from_secs(1));
    assert!(list(&scene, "events").await.is_empty());
    assert!(list(&scene, "activity").await.is_empty());
}

#[tokio::test]
async fn activity_tells_what_came_of_each_delivery() {
    let scene = Scene::new().await;
    scene
        .receiver
        .reply([Reply::Status(500), Reply::Status(204), Reply::Status(403)]);
    hire(&scene, "Zofia");
    assert!(
        list(&scene, "activity").await.is_empty(),
        "nothing is through"
    );
    scene.fake.deliver().await;
    let delivered = list(&scene, "activity?is_delivered=true").await;
    assert_eq!(delivered.len(), 1);
    assert_eq!(delivered[0]["event_name"], "person.created");
    assert_eq!(delivered[0]["completed_at"], "2026-03-02T08:00:00.000Z");
    assert_eq!(delivered[0]["redelivery_id"], Value::Null);
    let refused = list(
        &scene,
        "activity?is_delivered=false&event_name=employment.created",
    )
    .await;
    assert_eq!(refused.len(), 1);
    assert_eq!(
        list(&scene, "activity?completed_at.gte=2026-03-02T08:00:01.000Z")
            .await
            .len(),
        0
    );
}

#[rstest]
#[case("events?limit=201")]
#[case("events?limit=0")]
#[case("events?occurred_at.gte=yesterday")]
#[case("events?occurred_at.gt=2026-03-02T08:00:00.000Z")]
#[case("events?event_name=person.moved")]
#[case("events?cursor=x")]
#[case("activity?limit=201")]
#[case("activity?is_delivered=maybe")]
#[case("activity?completed_at.lte=x")]
#[tokio::test]
async fn bad_parameters_are_unprocessable(#[case] path: &str) {
    let scene = Scene::new().await;
    let answer = scene.caller.get(&format!("{}/{path}", scene.path)).await;
    assert_eq!(answer.status, 422);
    assert_eq!(
        answer.header("content-type"),
        Some("application/problem+json")
    );
    let largest = scene
        .caller
        .get(&format!("{}/events?limit=200", scene.path))
        .await;
    assert_eq!(largest.status, 200);
}

#[tokio::test]
async fn events_are_sent_again_as_they_were() {
    let scene = Scene::new().await;
    scene
        .receiver
        .reply([Reply::Status(401), Reply::Status(401)]);
    hire(&scene, "Zofia");
    scene.fake.deliver().await;
    let first = scene.receiver.take();
    scene.fake.advance(Duration::from_secs(3600));
    let selection =
        json!({ "event_name": "person.created", "occurred_at.gte": "2026-03-02T08:00:00.000Z" });
    let path = format!("{}/redelivery", scene.path);
    let ordered = scene.send("POST", &path, selection).await;
    assert_eq!(ordered.status, 202);
    assert_eq!(scene.deliver().await, ["person.created #1: 204, delivered"]);
    assert_eq!(scene.receiver.take()[0].body, first[0].body);
    let id = ordered.body["id"].as_str().unwrap();
    let activity = list(&scene, &format!("activity?redelivery_id={id}")).await;
    assert_eq!(activity.len(), 1);
    assert_eq!(activity[0]["redelivery_id"], id);
    assert_eq!(activity[0]["completed_at"], "2026-03-02T09:00:00.000Z");
    assert_eq!(
        list(&scene, "events").await.len(),
        2,
        "nothing new has happened"
    );

    let request = scene.caller.call(reqwest::Method::POST, &path);
    assert_eq!(scene.caller.send(request).await.status, 202, "all of it");
    assert_eq!(scene.deliver().await.len(), 2);
    let unknown = scene.send("POST", &path, json!({ "event_ids": [] })).await;
    assert_eq!(unknown.status, 422);
}

#[tokio::test]
async fn a_ping_and_a_test_event_are_sent_and_are_no_events() {
    let scene = Scene::new().await;
    let ping = scene
        .send("POST", &format!("{}/ping", scene.path), json!({}))
        .await;
    let path = format!("{}/test-event", scene.path);
    let test = json!({ "event_name": "absence-period.created", "payload": { "absence_period": { "id": "x" } } });
    let tested = scene.send("POST", &path, test).await;
    assert_eq!((ping.status, tested.status), (200, 200));
    scene.fake.deliver().await;
    let arrivals = scene.receiver.take();
    assert_eq!(arrivals[0].name(), "ping");
    assert_eq!(
        arrivals[1].body["payload"],
        json!({ "absence_period": { "id": "x" } })
    );
    assert!(list(&scene, "events").await.is_empty());
    assert_eq!(list(&scene, "activity").await.len(), 2);
}

#[rstest]
#[case::not_enabled(json!({ "event_name": "document.signed", "payload": { "id": "x" } }))]
#[case::no_such_event(json!({ "event_name": "person.moved", "payload": { "id": "x" } }))]
#[case::no_payload(json!({ "event_name": "person.created" }))]
#[case::empty_payload(json!({ "event_name": "person.created", "payload": {} }))]
#[tokio::test]
async fn a_test_event_is_enabled_and_has_a_payload(#[case] body: Value) {
    let scene = Scene::new().await;
    let path = format!("{}/test-event", scene.path);
    assert_eq!(scene.send("POST", &path, body).await.status, 400);
    assert!(scene.arrivals().await.is_empty());
}

#[tokio::test]
async fn whether_a_disabled_webhook_has_events_is_a_quirk() {
    let scene = Scene::new().await;
    scene
        .send("PATCH", &scene.path, json!({ "status": "DISABLED" }))
        .await;
    hire(&scene, "Zofia");
    assert!(list(&scene, "events").await.is_empty());
    scene
        .fake
        .edit_quirks(|quirks| quirks.disabled_webhooks_list_events = true);
    assert_eq!(list(&scene, "events").await.len(), 2);
    assert!(scene.arrivals().await.is_empty());
    scene
        .send("POST", &format!("{}/redelivery", scene.path), json!({}))
        .await;
    assert_eq!(scene.arrivals().await.len(), 2);
}
