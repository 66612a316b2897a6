//! Every call over real HTTP: what is sent, and that the answer is read.

mod v1;
mod v2;

use chrono::NaiveDate;
use personio_client::{Client, Credentials};
use serde_json::Value;
use wiremock::matchers::{header, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

/// Serves one answer at a path, to whom the login gave the token.
async fn serve_behind(login: Mock, at: &str, body: Value) -> MockServer {
    let server = MockServer::start().await;
    login.expect(1).mount(&server).await;
    Mock::given(method("GET"))
        .and(path(at))
        .and(header("authorization", "Bearer papi-t"))
        .respond_with(ResponseTemplate::new(200).set_body_json(body))
        .mount(&server)
        .await;
    server
}

fn client(server: &MockServer) -> Client {
    Client::builder(Credentials::new("papi-id", "papi-secret"))
        .base_url(server.uri())
        .build()
        .unwrap()
}

/// Returns the raw query of the last request.
async fn sent_query(server: &MockServer) -> String {
    let requests = server.received_requests().await.unwrap();
    requests
        .last()
        .unwrap()
        .url
        .query()
        .unwrap_or_default()
        .to_owned()
}

fn day(month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, month, day).unwrap()
}
