//! The admin API, as a test in any language uses it.

use personio_client::fake::{FakePersonio, NewAbsence, NewEmployee, Quirks};
use reqwest::Method;
use rstest::rstest;
use serde_json::{Value, json};

use super::caller::{Answer, Caller, day, employee_ids, quiet, with_company};

/// A company with Zofia, who has a vacation.
async fn with_zofia() -> FakePersonio {
    with_company(|company| {
        let zofia = NewEmployee::new("Zofia", "Żak").email("zofia@example.com");
        let zofia = company.hire(zofia).unwrap();
        let vacation = NewAbsence::days(zofia, "Paid vacation", day(2026, 6, 8), day(2026, 6, 12));
        company.book(vacation).unwrap();
    })
    .await
}

async fn admin(caller: &Caller, method: &str, path: &str, body: Value) -> Answer {
    let method = Method::from_bytes(method.as_bytes()).unwrap();
    let request = caller.call(method, &format!("/_fake/{path}")).json(&body);
    caller.send(request).await
}

#[tokio::test]
async fn somebody_is_hired_renamed_and_deleted_and_both_versions_know() {
    let fake = with_zofia().await;
    let caller = Caller::of(&fake).await;
    let ada = json!({
        "first_name": "Ada", "last_name": "Nwosu", "email": "ada@example.com",
        "status": "active", "hire_date": "2026-01-01", "department": "Engineering", "supervisor": "4001"
    });
    let hired = admin(&caller, "POST", "employees", ada).await;
    assert_eq!((hired.status, &hired.body["id"]), (201, &json!("4002")));
    let read = caller.get("/v1/company/employees/4002").await.body;
    let attribute = |key: &str| read["data"]["attributes"][key]["value"].clone();
    assert_eq!(attribute("hire_date"), "2026-01-01T00:00:00+01:00");
    assert_eq!(attribute("status"), "active");
    assert_eq!(attribute("supervisor")["attributes"]["id"]["value"], 4001);

    let renamed = admin(
        &caller,
        "PATCH",
        "employees/4002",
        json!({ "last_name": "Núñez" }),
    )
    .await;
    assert_eq!(
        (renamed.status, &renamed.body["last_name"]),
        (200, &json!("Núñez"))
    );
    assert_eq!(
        caller.get("/v2/persons/4002").await.body["last_name"],
        "Núñez"
    );

    assert_eq!(
        admin(&caller, "DELETE", "employees/4002", json!({}))
            .await
            .status,
        204
    );
    assert_eq!(caller.get("/v2/persons/4002").await.status, 404);
    assert_eq!(
        admin(&caller, "DELETE", "employees/4002", json!({}))
            .await
            .status,
        404
    );
}

#[tokio::test]
async fn a_change_can_take_effect_later() {
    let fake = with_zofia().await;
    let caller = Caller::of(&fake).await;
    let later = json!({ "position": "Controller", "effective_date": "2026-04-01" });
    assert_eq!(
        admin(&caller, "PATCH", "employees/4001", later)
            .await
            .status,
        200
    );
    let position = async || {
        let read = caller.get("/v1/company/employees/4001").await.body;
        read["data"]["attributes"]["position"]["value"].clone()
    };
    assert_eq!(position().await, Value::Null);
    let clock = admin(
        &caller,
        "POST",
        "clock",
        json!({ "now": "2026-03-31T21:59:00Z" }),
    )
    .await;
    assert_eq!(clock.body["now"], "2026-03-31T21:59:00Z");
    assert_eq!(position().await, Value::Null);
    admin(&caller, "POST", "clock", json!({ "advance_seconds": 60 })).await;
    let again = Caller::of(&fake).await;
    let since = again
        .get("/v1/company/employees?updated_since=2026-03-31T22:00:00")
        .await;
    assert_eq!(employee_ids(&since.body), [4001], "the change is reported");
    assert_eq!(
        since.body["data"][0]["attributes"]["position"]["value"],
        "Controller"
    );
}

#[tokio::test]
async fn an_absence_is_booked_changed_and_deleted_and_answers_with_the_ids_of_both_versions() {
    let fake = with_zofia().await;
    let caller = Caller::of(&fake).await;
    let vacation = json!({
        "employee_id": "4001", "type": "Paid vacation", "start_date": "2026-03-02", "end_date": "2026-03-06",
        "half_day_start": false, "half_day_end": true, "status": "pending"
    });
    let booked = admin(&caller, "POST", "absences", vacation).await;
    assert_eq!(booked.status, 201);
    let id = booked.body["id"].as_str().unwrap().to_owned();
    let v1 = caller
        .get(&format!(
            "/v1/company/time-offs/{}",
            booked.body["v1_time_off_id"]
        ))
        .await;
    assert_eq!(v1.body["data"]["attributes"]["id_v2"], id);
    assert_eq!(v1.body["data"]["attributes"]["half_day_end"], 1);
    assert_eq!(v1.body["data"]["attributes"]["status"], "pending");

    let path = format!("absences/{id}");
    let approved = json!({ "status": "approved", "end_date": "2026-03-05", "comment": "agreed" });
    assert_eq!(admin(&caller, "PATCH", &path, approved).await.status, 200);
    let v2 = caller.get(&format!("/v2/absence-periods/{id}")).await.body;
    assert_eq!(v2["approval"]["status"], "APPROVED");
    assert_eq!(v2["ends_at"]["date_time"], "2026-03-06T00:00:00");
    assert_eq!(
        v2["ends_at"]["type"], "FIRST_HALF",
        "what is left out stays"
    );

    assert_eq!(admin(&caller, "DELETE", &path, json!({})).await.status, 204);
    assert_eq!(
        caller
            .get(&format!("/v2/absence-periods/{id}"))
            .await
            .status,
        404
    );
}

#[tokio::test]
async fn hours_are_booked_with_times() {
    let fake = with_zofia().await;
    let caller = Caller::of(&fake).await;
    let doctor = json!({
        "employee_id": 4001, "type": "Doctor's appointment", "start_date": "2026-03-02",
        "start_time": "09:00", "end_time": "10:30"
    });
    let booked = admin(&caller, "POST", "absences", doctor).await;
    assert_eq!(booked.status, 201);
    let id = &booked.body["v1_absence_period_id"];
    let periods = caller.get("/v1/company/absence-periods").await.body;
    let period = &periods["data"][0]["attributes"];
    assert_eq!(
        (&period["id"], &period["effective_duration"]),
        (id, &json!(90))
    );
}

#[rstest]
#[case::no_such_attribute("POST", "employees", json!({"first_name": "A", "last_name": "B", "nick": "x"}), "nick", "first_name")]
#[case::missing_name("POST", "employees", json!({"first_name": "A"}), "last_name", "text")]
#[case::no_day("PATCH", "employees/4001", json!({"hire_date": "soon"}), "hire_date", "YYYY-MM-DD")]
#[case::no_status("PATCH", "employees/4001", json!({"status": "gone"}), "status", "inactive")]
#[case::no_department("PATCH", "employees/4001", json!({"position": "x", "department": "Nowhere"}), "department", "Engineering")]
#[case::taken_address("POST", "employees", json!({"first_name": "A", "last_name": "B", "email": "ZOFIA@example.com"}), "email", "nobody else")]
#[case::nobody("POST", "absences", json!({"employee_id": "12", "type": "Paid vacation", "start_date": "2026-03-02"}), "employee_id", "id of an employee")]
#[case::no_type("POST", "absences", json!({"employee_id": "4001", "type": "Siesta", "start_date": "2026-03-02"}), "type", "Paid vacation")]
#[case::backwards("POST", "absences", json!({"employee_id": "4001", "type": "Paid vacation", "start_date": "2026-03-02", "end_date": "2026-03-01"}), "end_date", "later")]
#[case::absent_already("POST", "absences", json!({"employee_id": "4001", "type": "Sick leave", "start_date": "2026-06-09", "end_date": "2026-06-09"}), "start_date", "not absent")]
#[case::no_fault("POST", "faults", json!({"fault": "gremlins"}), "fault", "lost_answer")]
#[case::no_route("POST", "faults", json!({"fault": "empty", "route": "GET /v1/employees"}), "route", "GET /v1/company/employees")]
#[case::no_error("POST", "faults", json!({"fault": "status", "status": 200}), "status", "400")]
#[case::too_probable("POST", "faults", json!({"fault": "empty", "probability": 1.5}), "probability", "0 to 1")]
#[case::not_for_this_fault("POST", "faults", json!({"fault": "empty", "status": 500}), "status", "times")]
#[case::no_secret("PUT", "credentials/other", json!({}), "secret", "secret")]
#[case::no_scope("PUT", "credentials/fake-client", json!({"scopes": ["everything"]}), "scopes", "persons:read")]
#[case::no_readable("PUT", "credentials/fake-client", json!({"readable_attributes": ["shoe_size"]}), "readable_attributes", "email")]
#[case::no_instant("POST", "clock", json!({"now": "tomorrow"}), "now", "2026")]
#[case::two_ways("POST", "clock", json!({"now": "2026-03-09T08:00:00Z", "advance_seconds": 1}), "now", "either")]
#[case::no_state("PUT", "state", json!({"company": {}}), "company", "GET /_fake/state")]
#[case::no_quirk("PUT", "quirks", json!({"relative_links": true, "gremlins": true}), "gremlins", "relative_links")]
#[case::no_switch("PUT", "quirks", json!({"strict": true, "relative_links": 7}), "relative_links", "false")]
#[case::no_number("PUT", "quirks", json!({"longest_attendance_hours": 1000}), "longest_attendance_hours", "24")]
#[case::no_offset("PUT", "quirks", json!({"updated_since_offset": "Berlin"}), "updated_since_offset", "+00:00")]
#[tokio::test]
async fn bad_input_is_refused_with_the_field_and_what_is_allowed_and_nothing_changes(
    #[case] method: &str,
    #[case] path: &str,
    #[case] body: Value,
    #[case] field: &str,
    #[case] allowed: &str,
) {
    let fake = with_zofia().await;
    let caller = Caller::of(&fake).await;
    let before = admin(&caller, "GET", "state", json!({})).await.body;
    let refused = admin(&caller, method, path, body).await;
    let error = &refused.body["error"];
    assert_eq!(
        (refused.status, &error["field"]),
        (400, &json!(field)),
        "{error}"
    );
    assert!(
        error["allowed"].as_str().unwrap().contains(allowed),
        "{error}"
    );
    assert_eq!(admin(&caller, "GET", "state", json!({})).await.body, before);
}

#[tokio::test]
async fn a_state_can_be_taken_along_and_reset() {
    let fake = with_zofia().await;
    let caller = Caller::of(&fake).await;
    admin(
        &caller,
        "POST",
        "faults",
        json!({ "fault": "status", "status": 503, "times": 3 }),
    )
    .await;
    admin(
        &caller,
        "PUT",
        "credentials/other",
        json!({ "secret": "s", "readable_attributes": ["email"] }),
    )
    .await;
    let state = admin(&caller, "GET", "state", json!({})).await.body;

    let other = quiet().start().await.unwrap();
    let elsewhere = Caller::stranger(&other);
    assert_eq!(
        admin(&elsewhere, "PUT", "state", state.clone())
            .await
            .status,
        204
    );
    assert_eq!(
        admin(&elsewhere, "GET", "state", json!({})).await.body,
        state
    );

    assert_eq!(
        admin(&elsewhere, "POST", "reset", json!({})).await.status,
        204
    );
    let reset = admin(&elsewhere, "GET", "state", json!({})).await.body;
    assert_eq!(
        (&reset["company"]["employees"]["rows"], &reset["faults"]),
        (&json!([]), &json!([]))
    );
}

#[tokio::test]
async fn a_credential_reads_what_it_is_given() {
    let fake = with_zofia().await;
    let caller = Caller::of(&fake).await;
    let narrow = json!({ "secret": "fake-secret", "readable_attributes": ["first_name"] });
    assert_eq!(
        admin(&caller, "PUT", "credentials/fake-client", narrow)
            .await
            .status,
        200
    );
    let read = caller.get("/v1/company/employees/4001").await.body;
    let attributes = read["data"]["attributes"].as_object().unwrap();
    assert_eq!(attributes.keys().collect::<Vec<_>>(), ["first_name", "id"]);
    admin(&caller, "PUT", "credentials/fake-client", json!({})).await;
    let read = caller.get("/v1/company/employees/4001").await.body;
    assert!(
        read["data"]["attributes"].as_object().unwrap().len() > 30,
        "left out means everything"
    );
    let scoped = json!({ "scopes": ["employees:read"], "legal_entities": [] });
    admin(&caller, "PUT", "credentials/fake-client", scoped).await;
    assert_eq!(caller.get("/v1/company/time-offs").await.status, 403);
    assert_eq!(
        employee_ids(&caller.get("/v1/company/employees").await.body),
        [0; 0]
    );
}

#[tokio::test]
async fn faults_and_requests_are_seen() {
    let fake = with_zofia().await;
    let caller = Caller::of(&fake).await;
    let fault = json!({ "fault": "status", "status": 503, "route": "GET /v1/company/employees", "times": 2 });
    assert_eq!(admin(&caller, "POST", "faults", fault).await.status, 201);
    fake.clear_requests();
    assert_eq!(
        caller
            .get("/v1/company/employees/4001?limit=1")
            .await
            .status,
        503
    );
    assert_eq!(caller.get("/v2/persons").await.status, 200);
    let faults = admin(&caller, "GET", "faults", json!({})).await.body;
    assert_eq!(
        (&faults[0]["fault"], &faults[0]["times"]),
        (&json!("status"), &json!(1))
    );
    let requests = admin(&caller, "GET", "requests", json!({})).await.body;
    assert_eq!(
        requests.as_array().unwrap().len(),
        2,
        "the admin API is not part of it"
    );
    assert_eq!(requests[0]["path"], "/v1/company/employees/4001");
    assert_eq!(requests[0]["query"], "limit=1");
    assert_eq!(requests[0]["operation"], "GET /v1/company/employees/{id}");
    assert_eq!(
        (&requests[0]["status"], &requests[0]["fault"]),
        (&json!(503), &json!("status"))
    );
    assert_eq!(requests[1]["fault"], Value::Null);

    assert_eq!(
        admin(&caller, "DELETE", "faults", json!({})).await.status,
        204
    );
    assert_eq!(caller.get("/v1/company/employees").await.status, 200);
    admin(&caller, "DELETE", "requests", json!({})).await;
    assert!(fake.requests().is_empty());
}

#[tokio::test]
async fn an_unknown_path_says_what_there_is() {
    let fake = with_zofia().await;
    let answer = admin(&Caller::stranger(&fake), "GET", "people", json!({})).await;
    assert_eq!(answer.status, 404);
    assert!(
        answer.body["error"]["allowed"]
            .as_str()
            .unwrap()
            .contains("employees/{id}")
    );
}

#[tokio::test]
async fn quirks_are_set_by_name_and_the_others_are_as_at_the_start() {
    let mut quirks = Quirks::default();
    quirks.relative_links = true;
    let fake = quiet().quirks(quirks).start().await.unwrap();
    let caller = Caller::of(&fake).await;
    let put = async |quirks: Value| admin(&caller, "PUT", "quirks", quirks).await;
    let link = async || {
        let page = caller.get("/v2/persons").await.body;
        page["_meta"]["links"]["self"]["href"]
            .as_str()
            .unwrap()
            .starts_with('/')
    };
    assert!(link().await);
    let set = put(json!({
        "relative_links": false, "updated_since_offset": "+01:00", "v1_attendances_gone": 410,
        "v1_attendances_last_day": "2026-03-01",
    }))
    .await;
    assert_eq!(set.status, 200);
    assert_eq!(
        set.body,
        admin(&caller, "GET", "quirks", json!({})).await.body
    );
    assert_eq!(set.body["updated_since_offset"], "+01:00");
    assert!(!link().await);
    assert_eq!(caller.get("/v1/company/attendances").await.status, 410);

    let set = put(json!({ "null_error_type": true })).await;
    assert_eq!(set.body["v1_attendances_gone"], Value::Null);
    assert!(link().await);
    assert_eq!(admin(&caller, "POST", "reset", json!({})).await.status, 204);
    let quirks = admin(&caller, "GET", "quirks", json!({})).await.body;
    assert_eq!(
        (&quirks["null_error_type"], &quirks["relative_links"]),
        (&json!(false), &json!(true))
    );
}

#[test]
fn the_page_about_the_fake_explains_every_quirk() {
    let page = include_str!("../../../../docs/fake.md");
    let quirks = json!(Quirks::default());
    for (name, usual) in quirks.as_object().unwrap() {
        let row = format!("| `{name}` | `{usual}` |");
        assert!(
            page.contains(&row.replace('"', "")),
            "docs/fake.md lacks {row}"
        );
    }
}
