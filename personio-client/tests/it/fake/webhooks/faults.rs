//! Events that are lost, doubled, late and in disorder.

use std::time::Duration;

use personio_client::fake::{EventName, Fault, NewEmployee};
use serde_json::json;

use super::super::caller::quiet;
use super::Scene;

/// Hires this many people, each of whom is told by two events.
fn hire(scene: &Scene, count: usize) {
    scene.fake.company(|company| {
        for place in 0..count {
            company
                .hire(NewEmployee::new("Aoife", format!("Ó Briain {place}")))
                .unwrap();
        }
    });
}

/// The ids of the people that events were about, in the order of their arrival.
async fn people(scene: &Scene) -> Vec<String> {
    scene.fake.deliver().await;
    let arrivals = scene.receiver.take();
    let created = arrivals
        .iter()
        .filter(|arrival| arrival.name() == "person.created");
    created
        .map(|arrival| {
            arrival.body["payload"]["person"]["id"]
                .as_str()
                .unwrap()
                .to_owned()
        })
        .collect()
}

#[tokio::test]
async fn a_lost_event_is_listed_and_never_arrives() {
    let scene = Scene::new().await;
    let fault = Fault::event_lost()
        .on_event(EventName::PersonCreated)
        .after(1)
        .times(1);
    scene.fake.inject(fault).unwrap();
    hire(&scene, 3);
    assert_eq!(people(&scene).await, ["4001", "4003"]);
    let path = format!("{}/events?event_name=person.created", scene.path);
    let events = scene.caller.get(&path).await.body;
    assert_eq!(events["_data"].as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn a_doubled_event_arrives_twice_and_both_are_the_same() {
    let scene = Scene::new().await;
    scene
        .fake
        .inject(Fault::event_duplicated().times(1))
        .unwrap();
    hire(&scene, 1);
    scene.fake.deliver().await;
    let arrivals = scene.receiver.take();
    assert_eq!(arrivals.len(), 3);
    assert_eq!(arrivals[0].body, arrivals[1].body);
}

#[tokio::test]
async fn a_delayed_event_is_overtaken_by_the_next_one() {
    let scene = Scene::new().await;
    let late = Fault::event_delayed(Duration::from_secs(60)).times(2);
    scene.fake.inject(late).unwrap();
    hire(&scene, 2);
    assert_eq!(people(&scene).await, ["4002"]);
    scene.fake.advance(Duration::from_secs(60));
    assert_eq!(people(&scene).await, ["4001"]);
}

#[tokio::test]
async fn a_seed_puts_events_always_into_the_same_disorder() {
    let disorder = async |seed| {
        let scene = Scene::on(quiet().start().await.unwrap()).await;
        let fault = Fault::events_reordered(Duration::from_secs(60)).with_probability(1.0, seed);
        scene.fake.inject(fault).unwrap();
        hire(&scene, 6);
        scene.fake.advance(Duration::from_secs(60));
        people(&scene).await
    };
    let first = disorder(7).await;
    assert_eq!(disorder(7).await, first);
    assert_ne!(disorder(8).await, first);
    assert!(!first.is_sorted(), "{first:?}");
    assert_eq!(first.len(), 6);
}

#[tokio::test]
async fn faults_of_events_spare_requests_and_the_other_way_round() {
    let scene = Scene::new().await;
    scene
        .fake
        .inject(Fault::event_lost().on_event(EventName::PersonDeleted))
        .unwrap();
    scene
        .fake
        .inject(Fault::status(503).on("GET /v2/persons"))
        .unwrap();
    hire(&scene, 1);
    assert_eq!(people(&scene).await, ["4001"]);
    assert_eq!(scene.caller.get("/v2/persons/4001").await.status, 200);
}

#[tokio::test]
async fn faults_are_set_from_other_languages_by_event() {
    let scene = Scene::new().await;
    let fault = json!({ "fault": "lose_event", "event": "person.created", "times": 1 });
    let set = scene.send("POST", "/_fake/faults", fault).await;
    assert_eq!(
        (set.status, &set.body["event"]),
        (201, &json!("person.created"))
    );
    hire(&scene, 2);
    assert_eq!(people(&scene).await, ["4002"]);

    let unknown = json!({ "fault": "lose_event", "event": "person.moved" });
    let refused = scene.send("POST", "/_fake/faults", unknown).await.body;
    assert_eq!(refused["error"]["field"], "event");
    let routed = json!({ "fault": "delay_event", "seconds": 5, "route": "GET /v2/persons" });
    let refused = scene.send("POST", "/_fake/faults", routed).await.body;
    assert_eq!(refused["error"]["field"], "route");
    let timeless = json!({ "fault": "reorder_events" });
    let refused = scene.send("POST", "/_fake/faults", timeless).await.body;
    assert_eq!(refused["error"]["field"], "seconds");
}
