//! Every v1 call over real HTTP: what is sent, and that the answer is read.

use chrono::NaiveTime;
use personio_client::v1::{ListAbsencePeriods, ListEmployees, ListTimeOffTypes, ListTimeOffs};
use personio_client::{AbsencePeriodId, AbsenceTypeId, Client, Credentials, EmployeeId, TimeOffId};
use serde_json::{Value, json};
use wiremock::matchers::{body_json, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::{client, day, sent_query, serve_behind};
use crate::answers::{employee, time_off};

/// Serves one answer at a path, and the login.
async fn serve(at: &str, body: Value) -> MockServer {
    let login = Mock::given(method("POST"))
        .and(path("/v1/auth"))
        .and(body_json(
            json!({"client_id": "papi-id", "client_secret": "papi-secret"}),
        ))
        .respond_with(
            ResponseTemplate::new(200)
                .set_body_json(json!({"success": true, "data": {"token": "papi-t"}})),
        );
    serve_behind(login, at, body).await
}

fn list(rows: Value) -> Value {
    let total = rows.as_array().map(Vec::len);
    json!({"success": true, "metadata": {"total_elements": total, "current_page": 1, "total_pages": 1}, "data": rows})
}

#[tokio::test]
async fn list_employees() {
    let server = serve("/v1/company/employees", list(json!([employee(7, "Zofia")]))).await;
    let request = ListEmployees::new()
        .limit(50)
        .email("zofia+hr@example.com")
        .attributes(["first_name", "dynamic_42"])
        .updated_since(day(3, 1).and_hms_opt(8, 30, 0).unwrap());
    let listing = client(&server)
        .v1()
        .employees()
        .list(request)
        .collect()
        .await
        .unwrap();
    assert_eq!(listing.into_records()[0].id, EmployeeId::new(7));
    insta::assert_snapshot!(sent_query(&server).await, @"email=zofia%2Bhr%40example.com&updated_since=2026-03-01T08%3A30%3A00&attributes%5B%5D=first_name&attributes%5B%5D=dynamic_42&offset=0&limit=50");
}

#[tokio::test]
async fn list_employees_changed_since_a_day() {
    let server = serve("/v1/company/employees", list(json!([]))).await;
    let request = ListEmployees::new().updated_since_day(day(3, 1));
    let listing = client(&server)
        .v1()
        .employees()
        .list(request)
        .collect()
        .await
        .unwrap();
    assert!(listing.completeness.is_complete());
    insta::assert_snapshot!(sent_query(&server).await, @"updated_since=2026-03-01&offset=0&limit=100");
}

#[tokio::test]
async fn get_employee() {
    let server = serve(
        "/v1/company/employees/7",
        json!({"success": true, "data": employee(7, "Zofia")}),
    )
    .await;
    let employee = client(&server)
        .v1()
        .employees()
        .get(EmployeeId::new(7))
        .await
        .unwrap();
    assert_eq!(employee.first_name().into_value(), Some("Zofia"));
}

#[tokio::test]
async fn employee_attributes() {
    let body = json!({"success": true, "data": [
        {"key": "first_name", "label": "Vorname", "type": "standard", "universal_id": "first_name", "options": []},
        {"key": "dynamic_42", "label": "T-Shirt", "type": "list", "universal_id": null, "options": ["S", "M"]},
        {"key": "dynamic_43", "label": "Neu", "type": "hologram"},
    ]});
    let server = serve("/v1/company/employees/attributes", body).await;
    let attributes = client(&server).v1().employees().attributes().await.unwrap();
    let keys: Vec<_> = attributes
        .iter()
        .map(|attribute| attribute.key.as_str())
        .collect();
    assert_eq!(keys, ["first_name", "dynamic_42", "dynamic_43"]);
    assert_eq!(attributes[1].options, ["S", "M"]);
    assert_eq!(attributes[2].kind.as_ref().unwrap().as_str(), "hologram");
}

#[tokio::test]
async fn absence_balance() {
    let body = json!({"success": true, "data": [
        {"id": 1234, "name": "Urlaub", "category": "paid_vacation", "balance": 10.5, "available_balance": "8.5"}]});
    let server = serve("/v1/company/employees/7/absences/balance", body).await;
    let balances = client(&server)
        .v1()
        .employees()
        .absence_balance(EmployeeId::new(7))
        .await
        .unwrap();
    assert_eq!(balances[0].balance.unwrap().to_string(), "10.5");
    assert_eq!(balances[0].available_balance.unwrap().to_string(), "8.5");
}

#[tokio::test]
async fn list_time_off_types() {
    let body = json!({"success": true, "data": [
        {"type": "TimeOffType", "attributes": {"id": 1, "name": "Urlaub", "category": null, "unit": "day"}}]});
    let server = serve("/v1/company/time-off-types", body).await;
    let listing = client(&server)
        .v1()
        .time_off_types()
        .list(ListTimeOffTypes::new())
        .collect()
        .await
        .unwrap();
    assert!(listing.completeness.is_complete());
    insta::assert_snapshot!(sent_query(&server).await, @"limit=200");
}

#[tokio::test]
async fn list_time_offs() {
    let server = serve("/v1/company/time-offs", list(json!([time_off(1)]))).await;
    let request = ListTimeOffs::new()
        .from(day(1, 1))
        .to(day(12, 31))
        .updated_from(day(2, 1))
        .updated_to(day(3, 1))
        .employees([EmployeeId::new(7), EmployeeId::new(8)]);
    let listing = client(&server)
        .v1()
        .time_offs()
        .list(request)
        .collect()
        .await
        .unwrap();
    assert_eq!(listing.records[0].employee.id, EmployeeId::new(7));
    insta::assert_snapshot!(sent_query(&server).await, @"start_date=2026-01-01&end_date=2026-12-31&updated_from=2026-02-01&updated_to=2026-03-01&employees%5B%5D=7&employees%5B%5D=8&offset=1&limit=200");
}

#[tokio::test]
async fn get_time_off_which_may_come_as_a_list_of_one() {
    for data in [time_off(1), json!([time_off(1)])] {
        let server = serve(
            "/v1/company/time-offs/1",
            json!({"success": true, "data": data}),
        )
        .await;
        let time_off = client(&server)
            .v1()
            .time_offs()
            .get(TimeOffId::new(1))
            .await
            .unwrap();
        assert_eq!(time_off.start_date, day(8, 3));
    }
}

#[tokio::test]
async fn list_absence_periods() {
    let period = json!({"type": "AbsencePeriod", "attributes": {
        "id": "61fe126b", "effective_duration": 240, "employee": employee(7, "Zofia"),
        "start": "2026-05-31T22:00:00.0Z", "end": "2026-06-01T02:00:00.0Z"}});
    let server = serve("/v1/company/absence-periods", list(json!([period]))).await;
    let request = ListAbsencePeriods::new()
        .from(day(5, 1))
        .to(day(6, 30))
        .updated_from(day(2, 1).and_time(NaiveTime::MIN).and_utc())
        .employees([EmployeeId::new(7)])
        .absence_types([AbsenceTypeId::new("9bba303f")])
        .ids([AbsencePeriodId::new("61fe126b")]);
    let listing = client(&server)
        .v1()
        .absence_periods()
        .list(request)
        .collect()
        .await
        .unwrap();
    assert_eq!(listing.records[0].id, AbsencePeriodId::new("61fe126b"));
    insta::assert_snapshot!(sent_query(&server).await, @"start_date=2026-05-01&end_date=2026-06-30&updated_from=2026-02-01T00%3A00%3A00Z&employees%5B%5D=7&absence_types%5B%5D=9bba303f&absence_periods%5B%5D=61fe126b&offset=1&limit=200");
}

#[tokio::test]
async fn headers_tell_who_asks() {
    let server = serve(
        "/v1/company/employees/7",
        json!({"success": true, "data": employee(7, "Zofia")}),
    )
    .await;
    let client = Client::builder(Credentials::new("papi-id", "papi-secret"))
        .base_url(server.uri())
        .app_id("DESK_SYNC")
        .partner_id("ACME_2")
        .user_agent("desk-sync/1.0")
        .build()
        .unwrap();
    client
        .v1()
        .employees()
        .get(EmployeeId::new(7))
        .await
        .unwrap();
    for request in server.received_requests().await.unwrap() {
        let sent = |name: &str| {
            request
                .headers
                .get(name)
                .unwrap()
                .to_str()
                .unwrap()
                .to_owned()
        };
        assert_eq!(sent("x-personio-app-id"), "DESK_SYNC");
        assert_eq!(sent("x-personio-partner-id"), "ACME_2");
        assert_eq!(sent("user-agent"), "desk-sync/1.0");
        assert_eq!(sent("accept"), "application/json, application/problem+json");
        assert_eq!(sent("accept-encoding"), "gzip");
    }
}

#[tokio::test]
async fn a_mock_server_without_the_version_in_its_paths_can_be_used() {
    let server = MockServer::start().await;
    Mock::given(path("/mock/auth"))
        .respond_with(
            ResponseTemplate::new(200)
                .set_body_json(json!({"success": true, "data": {"token": "t"}})),
        )
        .mount(&server)
        .await;
    Mock::given(path("/mock/company/employees/7"))
        .respond_with(
            ResponseTemplate::new(200)
                .set_body_json(json!({"success": true, "data": employee(7, "Zofia")})),
        )
        .mount(&server)
        .await;
    let client = Client::builder(Credentials::new("papi-id", "papi-secret"))
        .base_url(format!("{}/mock/", server.uri()))
        .v1_prefix("")
        .build()
        .unwrap();
    client
        .v1()
        .employees()
        .get(EmployeeId::new(7))
        .await
        .unwrap();
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let elsewhere = MockServer::start().await;
    let server = MockServer::start().await;
    Mock::given(path("/v1/auth"))
        .respond_with(
            ResponseTemplate::new(200)
                .set_body_json(json!({"success": true, "data": {"token": "t"}})),
        )
        .mount(&server)
        .await;
    Mock::given(path("/v1/company/employees/7"))
        .respond_with(ResponseTemplate::new(307).insert_header("location", elsewhere.uri()))
        .mount(&server)
        .await;
    let error = client(&server)
        .v1()
        .employees()
        .get(EmployeeId::new(7))
        .await
        .unwrap_err();
    assert_eq!(error.status(), Some(307));
    assert!(elsewhere.received_requests().await.unwrap().is_empty());
}

#[tokio::test]
async fn an_answer_larger_than_allowed_is_not_read_whole() {
    let server = serve(
        "/v1/company/employees/7",
        json!({"success": true, "data": employee(7, "Zofia")}),
    )
    .await;
    let client = Client::builder(Credentials::new("papi-id", "papi-secret"))
        .base_url(server.uri())
        .max_answer_size(100)
        .build()
        .unwrap();
    assert!(
        client
            .v1()
            .employees()
            .get(EmployeeId::new(7))
            .await
            .unwrap_err()
            .is_too_large()
    );
}
