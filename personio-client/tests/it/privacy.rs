//! No personal data, amount or secret in any `Debug` text.

use personio_client::testing::{Answer, Expected, ReplayTransport};
use personio_client::v1::ListEmployees;
use personio_client::v2::ListPersons;
use personio_client::{Client, Credentials, EmployeeId, Error, PersonId, Transport};

const CANARY: &str = "Canary";

fn assert_silent(what: &str, value: &impl std::fmt::Debug) {
    for text in [format!("{value:?}"), format!("{value:#?}")] {
        assert!(
            !text.contains(CANARY) && !text.contains("4711"),
            "{what}: {text}"
        );
    }
}

#[tokio::test]
async fn an_employee_shows_its_id_only() {
    let body = r#"{"success": true, "data": {"type": "Employee", "attributes": {
        "id": {"label": "ID", "value": 7, "type": "integer"},
        "first_name": {"label": "Canary", "value": "Canary", "type": "standard"},
        "hire_date": {"value": "2021-03-01T00:00:00+01:00", "type": "date"},
        "fix_salary": {"value": 4711.5, "type": "decimal", "currency": "EUR"},
        "department": {"value": {"type": "Department", "attributes": {"id": 1, "name": "Canary"}}},
        "work_schedule": {"value": {"type": "WorkSchedule", "attributes": {"id": 1, "name": "Canary"}}},
        "cost_centers": {"value": [{"type": "CostCenter", "attributes": {"id": 1, "name": "Canary"}}]},
        "supervisor": {"value": {"type": "Employee", "attributes": {"id": {"value": 2}, "email": {"value": "Canary"}}}},
        "dynamic_1": {"value": "Canary", "type": "tags"},
        "dynamic_2": {"value": {"odd": "Canary"}}
    }}}"#;
    let transport =
        ReplayTransport::new().expect(Expected::get("/v1/company/employees/7"), Answer::json(body));
    let employee = transport
        .client()
        .v1()
        .employees()
        .get(EmployeeId::new(7))
        .await
        .unwrap();
    assert_silent("employee", &employee);
    assert_silent("attributes", &employee.attributes);
    assert_silent("salary", &employee.fix_salary());
    assert_silent("department", &employee.department());
    assert_silent("schedule", &employee.work_schedule());
    assert_silent("cost centers", &employee.cost_centers());
}

#[tokio::test]
async fn a_person_shows_its_id_only() {
    let body = r#"{"id": "7", "first_name": "Canary", "email": "Canary", "custom_attributes": [
        {"id": "dynamic_1", "type": "string", "value": "Canary", "label": "Canary"}]}"#;
    let transport =
        ReplayTransport::new().expect(Expected::get("/v2/persons/7"), Answer::json(body));
    let person = transport
        .client()
        .v2()
        .persons()
        .get(&PersonId::new("7"))
        .await
        .unwrap();
    assert_silent("person", &person);
    assert_silent("custom attributes", &person.custom_attributes);
}

#[test]
fn requests_and_credentials_show_no_values() {
    assert_silent("credentials", &Credentials::new("Canary", "Canary"));
    assert_silent(
        "builder",
        &Client::builder(Credentials::new("Canary", "Canary")),
    );
    assert_silent(
        "client",
        &Client::builder(Credentials::new("Canary", "Canary"))
            .build()
            .unwrap(),
    );
    assert_silent("employee filter", &ListEmployees::new().email("Canary"));
    assert_silent("person filter", &ListPersons::new().email("Canary"));
}

#[tokio::test]
async fn a_pager_and_an_unreadable_row_show_no_values() {
    let body = r#"{"success": true, "data": [{"attributes": {"id": {"value": "Canary Canary"}}}]}"#;
    let transport =
        ReplayTransport::new().expect(Expected::get("/v1/company/employees"), Answer::json(body));
    let mut pager = transport
        .client()
        .v1()
        .employees()
        .list(ListEmployees::new().email("Canary"));
    assert_silent("pager", &pager);
    assert_silent("page", &pager.next_page().await.unwrap());
}

#[derive(Debug)]
struct Spy(std::sync::Mutex<Vec<String>>);

#[personio_client::async_trait]
impl Transport for Spy {
    async fn send(
        &self,
        request: personio_client::Request,
    ) -> Result<personio_client::Response, personio_client::TransportError> {
        self.0.lock().unwrap().push(format!("{request:?}"));
        let body = r#"{"data": {"token": "Canary"}, "success": true}"#;
        let response = personio_client::Response::new(200, [], body);
        self.0.lock().unwrap().push(format!("{response:?}"));
        Ok(response)
    }
}

#[tokio::test]
async fn what_goes_over_the_wire_shows_path_and_size_only() {
    let spy = std::sync::Arc::new(Spy(std::sync::Mutex::default()));
    let client = Client::builder(Credentials::new("Canary", "Canary"))
        .transport(spy.clone())
        .build()
        .unwrap();
    let request = ListEmployees::new().email("Canary");
    client
        .v1()
        .employees()
        .list(request)
        .next_page()
        .await
        .unwrap_err();
    let seen = spy.0.lock().unwrap().clone();
    assert_eq!(seen[0], "Request(POST /v1/auth)");
    assert_eq!(seen[2], "Request(GET /v1/company/employees)");
    assert_silent("requests and responses", &seen);
}

#[test]
fn what_crosses_tasks_is_send_and_sync() {
    fn assert_send_sync<T: Send + Sync>() {}
    fn assert_send<T: Send>(_: &T) {}
    assert_send_sync::<Client>();
    assert_send_sync::<Error>();
    assert_send_sync::<Credentials>();
    assert_send_sync::<personio_client::Pager<personio_client::v1::Employee>>();
    assert_send_sync::<personio_client::Listing<personio_client::v2::Person>>();
    let client = ReplayTransport::new().client();
    assert_send(&client.v1().employees().list(ListEmployees::new()).collect());
    assert_send(
        &client
            .v1()
            .employees()
            .list(ListEmployees::new())
            .into_stream(),
    );
    assert_send(&client.check(personio_client::ApiVersion::V2));
}
