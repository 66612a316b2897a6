//! Webhooks and what is on its way live on in the state.

use std::time::Duration;

use personio_client::fake::NewEmployee;
use serde_json::{Value, json};

use super::super::caller::{Caller, quiet};
use super::receiver::Reply;
use super::{Scene, told};

#[tokio::test]
async fn a_delivery_is_tried_again_by_the_fake_that_takes_over_the_state() {
    let scene = Scene::new().await;
    scene
        .receiver
        .reply([Reply::Status(500), Reply::Status(500)]);
    scene
        .fake
        .company(|company| company.hire(NewEmployee::new("Zofia", "Żak")))
        .unwrap();
    scene.fake.deliver().await;
    scene.receiver.take();
    let state = scene.send("GET", "/_fake/state", json!({})).await.body;

    let heir = quiet().start().await.unwrap();
    let caller = Caller::of(&heir).await;
    let taken = super::send(&caller, "PUT", "/_fake/state", state.clone()).await;
    assert_eq!(taken.status, 204, "{}", taken.body);
    assert_eq!(
        super::send(&caller, "GET", "/_fake/state", json!({}))
            .await
            .body,
        state
    );
    let caller = Caller::of(&heir).await;
    let events = caller.get(&format!("{}/events", scene.path)).await.body;
    assert_eq!(events["_data"].as_array().unwrap().len(), 2);
    heir.advance(Duration::from_secs(600));
    assert_eq!(
        told(&heir.deliver().await),
        ["person.created #3: 204, delivered"]
    );
    let arrivals = scene.receiver.take();
    assert_eq!(
        arrivals[0].headers["authorization"],
        "Bearer of-the-receiver"
    );
}

#[tokio::test]
async fn a_delivery_of_no_webhook_holds_nothing_up() {
    let scene = Scene::new().await;
    let hire = || NewEmployee::new("Zofia", "Żak");
    scene.fake.company(|company| company.hire(hire())).unwrap();
    let mut state = scene.send("GET", "/_fake/state", json!({})).await.body;
    let orphan = &mut state["company"]["webhooks"]["deliveries"]["waiting"][0]["webhook"];
    assert_eq!(*orphan, 1);
    *orphan = json!(99);
    assert_eq!(scene.send("PUT", "/_fake/state", state).await.status, 204);
    assert_eq!(scene.arrivals().await, ["employment.created"]);
}

#[tokio::test]
async fn a_reset_forgets_webhooks_and_what_is_on_its_way() {
    let scene = Scene::new().await;
    scene
        .fake
        .company(|company| company.hire(NewEmployee::new("Zofia", "Żak")))
        .unwrap();
    scene.fake.reset();
    assert!(scene.arrivals().await.is_empty());
    let caller = Caller::of(&scene.fake).await;
    assert_eq!(caller.get("/v2/webhooks").await.body["_data"], json!([]));
}

#[tokio::test]
async fn a_state_from_before_there_were_webhooks_can_be_read() {
    let fake = quiet().start().await.unwrap();
    let caller = Caller::of(&fake).await;
    let mut state = super::send(&caller, "GET", "/_fake/state", json!({}))
        .await
        .body;
    let company = state["company"].as_object_mut().unwrap();
    assert!(
        company
            .remove("webhooks")
            .is_some_and(|it| it != Value::Null)
    );
    assert_eq!(
        super::send(&caller, "PUT", "/_fake/state", state)
            .await
            .status,
        204
    );
}

#[tokio::test]
async fn without_a_webhook_nothing_is_recorded() {
    let fake = quiet().start().await.unwrap();
    fake.company(|company| {
        for place in 0..100 {
            company
                .hire(NewEmployee::new("Aoife", format!("Ó Briain {place}")))
                .unwrap();
        }
    });
    let caller = Caller::of(&fake).await;
    let state = super::send(&caller, "GET", "/_fake/state", json!({}))
        .await
        .body;
    assert_eq!(state["company"]["webhooks"]["events"], json!([]));
}
