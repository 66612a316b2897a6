//! A plain HTTP client that knows no types of Personio's.

use chrono::{DateTime, NaiveDate, TimeZone, Utc};
use personio_client::fake::{Company, FakePersonio, FakePersonioBuilder, Limits};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

/// A morning in Berlin, at which the clocks of these tests stand still.
pub(crate) fn morning() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 3, 2, 8, 0, 0).unwrap()
}

pub(crate) fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap()
}

/// A fake without limits, at the morning of the tests, with an empty company.
pub(crate) fn quiet() -> FakePersonioBuilder {
    FakePersonio::builder()
        .frozen_at(morning())
        .limits(Limits::off())
}

/// Starts a quiet fake after something has happened in its company.
pub(crate) async fn with_company(happens: impl FnOnce(&mut Company)) -> FakePersonio {
    let mut company = Company::new(morning());
    happens(&mut company);
    quiet().company(company).start().await.unwrap()
}

pub(crate) struct Caller {
    http: reqwest::Client,
    base_url: String,
    pub(crate) token: String,
}

pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: reqwest::header::HeaderMap,
    pub(crate) body: Value,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

impl Caller {
    /// Logs in with the first credential.
    pub(crate) async fn of(fake: &FakePersonio) -> Self {
        Self::with(fake, fake.client_id(), fake.client_secret()).await
    }

    pub(crate) async fn with(fake: &FakePersonio, client_id: &str, client_secret: &str) -> Self {
        let mut caller = Self::stranger(fake);
        let credentials = json!({ "client_id": client_id, "client_secret": client_secret });
        let answer = caller
            .send(caller.post("/v1/auth").json(&credentials))
            .await;
        caller.token = answer.body["data"]["token"]
            .as_str()
            .expect("the credentials are good")
            .to_owned();
        caller
    }

    /// Somebody without a token.
    pub(crate) fn stranger(fake: &FakePersonio) -> Self {
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        Self {
            http,
            base_url: fake.base_url().to_owned(),
            token: String::new(),
        }
    }

    pub(crate) fn post(&self, path: &str) -> RequestBuilder {
        self.http
            .request(Method::POST, format!("{}{path}", self.base_url))
    }

    /// Prepares a request with any method, with the token if there is one.
    pub(crate) fn call(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self
            .http
            .request(method, format!("{}{path}", self.base_url));
        if self.token.is_empty() {
            request
        } else {
            request.bearer_auth(&self.token)
        }
    }

    /// Asks for a path, or for a link that already has the origin.
    pub(crate) fn request(&self, path_or_link: &str) -> RequestBuilder {
        let url = match path_or_link.starts_with("http") {
            true => path_or_link.to_owned(),
            false => format!("{}{path_or_link}", self.base_url),
        };
        let request = self.http.get(url);
        if self.token.is_empty() {
            request
        } else {
            request.bearer_auth(&self.token)
        }
    }

    pub(crate) async fn get(&self, path_or_link: &str) -> Answer {
        self.send(self.request(path_or_link)).await
    }

    pub(crate) async fn send(&self, request: RequestBuilder) -> Answer {
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let bytes = response.bytes().await.unwrap();
        Answer {
            status,
            headers,
            body: serde_json::from_slice(&bytes).unwrap_or_default(),
        }
    }
}

/// The `id` attributes of a v1 page of employees.
pub(crate) fn employee_ids(body: &Value) -> Vec<u64> {
    let rows = body["data"].as_array().unwrap().iter();
    rows.map(|row| row["attributes"]["id"]["value"].as_u64().unwrap())
        .collect()
}

/// The ids of a v1 page of absences.
pub(crate) fn absence_ids(body: &Value) -> Vec<Value> {
    body["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["attributes"]["id"].clone())
        .collect()
}

/// The ids of a v2 page.
pub(crate) fn ids(body: &Value) -> Vec<String> {
    body["_data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["id"].as_str().unwrap().to_owned())
        .collect()
}
