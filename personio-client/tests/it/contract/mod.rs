//! Every call over real HTTP: what is sent, and that the answer is read.

mod v1;
mod v2;
mod writes;

use chrono::NaiveDate;
use personio_client::{Client, Credentials};
use serde_json::{Value, json};
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

/// Serves any request below a login of either version, and returns the answer to everything else.
async fn serve_any(answer: ResponseTemplate) -> MockServer {
    let server = MockServer::start().await;
    for (at, token) in [
        (
            "/v1/auth",
            json!({"success": true, "data": {"token": "papi-t"}}),
        ),
        (
            "/v2/auth/token",
            json!({"access_token": "papi-t", "token_type": "Bearer", "expires_in": 86400}),
        ),
    ] {
        Mock::given(path(at))
            .respond_with(ResponseTemplate::new(200).set_body_json(token))
            .mount(&server)
            .await;
    }
    Mock::given(header("authorization", "Bearer papi-t"))
        .respond_with(answer)
        .mount(&server)
        .await;
    server
}

/// Returns the last request in one line: method, path, query, content type and body.
async fn sent(server: &MockServer) -> String {
    let requests = server.received_requests().await.unwrap();
    let request = requests.last().unwrap();
    let query = request.url.query().map(|query| format!("?{query}"));
    let content_type = request.headers.get("content-type");
    let content_type = content_type.map_or("", |value| value.to_str().unwrap());
    let body = String::from_utf8(request.body.clone()).unwrap();
    format!(
        "{} {}{} {content_type} {body}",
        request.method,
        request.url.path(),
        query.unwrap_or_default()
    )
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
