//! Webhooks, delivered over real HTTP to a receiver on this machine.

mod admin;
mod catalog;
mod delivery;
mod faults;
mod journal;
mod management;
mod receiver;
mod state;

use personio_client::fake::{DeliveryAttempt, FakePersonio};
use reqwest::Method;
use serde_json::{Value, json};

use super::caller::{Answer, Caller, quiet};
use receiver::Receiver;

/// Every event that can happen in the fake.
const EVENTS: [&str; 16] = [
    "person.created",
    "person.updated",
    "person.deleted",
    "employment.created",
    "employment.updated",
    "employment.updated.cost-centers",
    "employment.deleted",
    "employment.started",
    "employment.terminated",
    "absence-period.created",
    "absence-period.updated.timerange",
    "absence-period.updated.status",
    "absence-period.deleted",
    "attendance-period.created",
    "attendance-period.updated",
    "attendance-period.deleted",
];

/// A fake with one enabled webhook for everything, and its receiver.
struct Scene {
    fake: FakePersonio,
    caller: Caller,
    receiver: Receiver,
    /// The path of the webhook.
    path: String,
}

impl Scene {
    async fn new() -> Self {
        Self::on(quiet().start().await.unwrap()).await
    }

    async fn on(fake: FakePersonio) -> Self {
        let receiver = Receiver::start();
        let caller = Caller::of(&fake).await;
        let path = register(&caller, &receiver.url()).await;
        Self {
            fake,
            caller,
            receiver,
            path,
        }
    }

    async fn send(&self, method: &str, path: &str, body: Value) -> Answer {
        send(&self.caller, method, path, body).await
    }

    /// Delivers, and tells each attempt in a line.
    async fn deliver(&self) -> Vec<String> {
        told(&self.fake.deliver().await)
    }

    /// Delivers, and returns the names of the events that arrived since the last time.
    async fn arrivals(&self) -> Vec<String> {
        self.fake.deliver().await;
        self.receiver.take_names()
    }
}

/// Registers an enabled webhook for everything, and returns its path.
async fn register(caller: &Caller, url: &str) -> String {
    let webhook = json!({
        "url": url, "description": "Desk sync", "enabled_events": EVENTS, "status": "ENABLED",
        "token": "Bearer of-the-receiver"
    });
    let created = send(caller, "POST", "/v2/webhooks", webhook).await;
    assert_eq!(created.status, 201, "{}", created.body);
    format!("/v2/webhooks/{}", created.body["id"].as_str().unwrap())
}

async fn send(caller: &Caller, method: &str, path: &str, body: Value) -> Answer {
    let method = Method::from_bytes(method.as_bytes()).unwrap();
    caller.send(caller.call(method, path).json(&body)).await
}

fn told(attempts: &[DeliveryAttempt]) -> Vec<String> {
    attempts.iter().map(ToString::to_string).collect()
}
