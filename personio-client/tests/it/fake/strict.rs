//! What a strict fake refuses, and that it takes everything that is documented.

use chrono::NaiveTime;
use personio_client::fake::{FakePersonio, NewAttendance, NewEmployee};
use personio_client::v1::{self, Approval, AttendanceChange, ListAttendances, ListEmployees};
use personio_client::v2::ListPersons;
use personio_client::{AttendanceId, Client, Credentials, EmployeeId};
use reqwest::{Method, RequestBuilder};
use rstest::rstest;
use serde_json::{Value, json};

use super::caller::{Answer, Caller, day, with_company};

async fn strict_with_ada() -> FakePersonio {
    let fake = with_company(|company| {
        let ada = NewEmployee::new("Ada", "Nwosu").email("ada@example.com");
        let ada = company.hire(ada.hire_date(day(2026, 1, 1))).unwrap();
        let morning = NewAttendance::new(ada, day(2026, 2, 27), at(8), Some(at(12)));
        company.attend(morning).unwrap();
    });
    let fake = fake.await;
    fake.edit_quirks(|quirks| quirks.strict = true);
    fake
}

fn at(hour: u32) -> NaiveTime {
    NaiveTime::from_hms_opt(hour, 0, 0).unwrap()
}

/// What a v1 or v2 answer says is wrong.
fn reason(answer: &Answer) -> &str {
    let v1 = answer.body["error"]["message"].as_str();
    let v2 = answer.body["errors"][0]["detail"].as_str();
    let of_tokens = answer.body["meta"]["reason"].as_str();
    v1.or(v2).or(of_tokens).unwrap_or_default()
}

/// Sends it to a strict fake and to one that is not.
async fn ask_both(request: impl Fn(&Caller) -> RequestBuilder) -> (Answer, Answer) {
    let fake = strict_with_ada().await;
    let caller = Caller::of(&fake).await;
    let strict = caller.send(request(&caller)).await;
    fake.edit_quirks(|quirks| quirks.strict = false);
    let lenient = caller.send(request(&caller)).await;
    (strict, lenient)
}

#[rstest]
#[case(
    "/v1/company/time-offs?updated_since=2026-03-01",
    422,
    "`updated_since`, only: limit, offset, start_date, end_date, updated_from"
)]
#[case("/v1/company/employees/4001?fields=id", 422, "`fields`, it has none")]
#[case("/v2/webhooks?url=x", 400, "`url`, only: limit, cursor")]
#[case("/v2/persons?name=Ada", 400, "`name`, only: limit, cursor, id, email")]
#[tokio::test]
async fn a_parameter_that_nobody_documented_is_refused(
    #[case] path: &str,
    #[case] status: u16,
    #[case] why: &str,
) {
    let (strict, lenient) = ask_both(|caller| caller.request(path)).await;
    assert_eq!(strict.status, status);
    assert!(reason(&strict).contains(why), "{}", reason(&strict));
    assert_eq!(lenient.status, 200, "ignored without a word");
}

#[rstest]
#[case::of_a_row(
    Method::POST, "/v1/company/attendances", 422,
    json!({ "attendances": [{ "employee": 4001, "date": "2026-03-02", "start_time": "08:30", "break": 0, "project": 5 }] }),
    "`attendances[0].project` of POST /v1/company/attendances is not documented, only: employee, date"
)]
#[case::a_number_as_text(
    Method::POST, "/v1/company/attendances", 422,
    json!({ "attendances": [{ "employee": "4001", "date": "2026-03-02", "start_time": "08:30", "break": 0 }] }),
    "`attendances[0].employee` of POST /v1/company/attendances must be a whole number"
)]
#[case::a_flag_as_number(
    Method::PATCH, "/v1/company/attendances/900001", 422,
    json!({ "break": 10, "skip_approval": 1 }),
    "`skip_approval` of PATCH /v1/company/attendances/{id} must be true or false"
)]
#[case::not_wrapped(
    Method::PATCH, "/v1/company/employees/4001", 422,
    json!({ "position": "Controller" }),
    "`position` of PATCH /v1/company/employees/{id} is not documented, only: employee"
)]
#[case::that_cannot_be_written(
    Method::PATCH, "/v1/company/employees/4001", 422,
    json!({ "employee": { "team": "Team 1" } }),
    "`employee.team` of"
)]
#[case::that_cannot_be_changed(
    Method::PATCH, "/v1/company/employees/4001", 422,
    json!({ "employee": { "email": "nwosu@example.com" } }),
    "`employee.email` of"
)]
#[tokio::test]
async fn a_field_that_the_service_bears_without_a_word_is_refused(
    #[case] method: Method,
    #[case] path: &str,
    #[case] status: u16,
    #[case] body: Value,
    #[case] why: &str,
) {
    let (strict, lenient) = ask_both(|caller| caller.call(method.clone(), path).json(&body)).await;
    assert_eq!(strict.status, status);
    assert!(reason(&strict).contains(why), "{}", reason(&strict));
    assert_eq!(lenient.status, 200, "{:?}", lenient.body);
}

#[tokio::test]
async fn fields_of_v2_absences_are_refused_in_the_shape_of_v2() {
    let fake = strict_with_ada().await;
    let caller = Caller::of(&fake).await;
    let body = |extra: &str, value: Value| {
        let mut body = absence(&fake);
        body[extra] = value;
        caller.call(Method::POST, "/v2/absence-periods").json(&body)
    };
    let zone = caller
        .send(body("timezone_id", json!("Europe/Berlin")))
        .await;
    assert_eq!(zone.status, 400);
    let why =
        "`timezone_id` of POST /v2/absence-periods is not documented, only: person, absence_type";
    assert!(reason(&zone).contains(why), "{}", reason(&zone));
    let comment = caller.send(body("comment", json!(7))).await;
    assert!(
        reason(&comment).contains("`comment` of"),
        "{}",
        reason(&comment)
    );
    assert!(reason(&comment).contains("must be text or null"));
    let booked = caller.send(body("comment", Value::Null)).await;
    assert_eq!(booked.status, 201);
    let path = format!(
        "/v2/absence-periods/{}",
        booked.body["id"].as_str().unwrap()
    );
    let person = json!({ "person": { "id": "4001" } });
    let moved = caller
        .send(caller.call(Method::PATCH, &path).json(&person))
        .await;
    assert!(reason(&moved).contains("`person` of"), "{}", reason(&moved));
    assert_eq!(
        caller.send(caller.call(Method::DELETE, &path)).await.status,
        204
    );
}

#[rstest]
#[case::of_a_zone(
    "/v2/attendance-periods",
    json!({ "person": { "id": "4001" }, "type": "WORK", "start": { "date_time": "2026-03-02T08:00", "zone": "UTC" } }),
    "`start.zone` of POST /v2/attendance-periods is not documented, only: date_time"
)]
#[case::of_minutes_of_break(
    "/v2/attendance-periods",
    json!({ "person": { "id": "4001" }, "type": "WORK", "start": { "date_time": "2026-03-02T08:00" }, "break": 30 }),
    "`break` of POST /v2/attendance-periods is not documented, only: person, type"
)]
#[case::a_flag_as_text(
    "/v2/projects",
    json!({ "name": "Inventur", "status": "ACTIVE", "billable": "true" }),
    "`billable` of POST /v2/projects must be true or false"
)]
#[case::a_list_as_text(
    "/v2/webhooks",
    json!({ "url": "https://hooks.example.com/personio", "description": "Desk sync", "enabled_events": "person.created" }),
    "`enabled_events` of POST /v2/webhooks must be a list of texts"
)]
#[tokio::test]
async fn fields_of_other_writes_of_v2_are_judged_as_well(
    #[case] path: &str,
    #[case] body: Value,
    #[case] why: &str,
) {
    let fake = strict_with_ada().await;
    let caller = Caller::of(&fake).await;
    let request = caller.call(Method::POST, path).json(&body);
    let refused = caller.send(request).await;
    assert_eq!(refused.status, 400);
    assert!(reason(&refused).contains(why), "{}", reason(&refused));
}

#[tokio::test]
async fn the_members_of_a_project_come_and_go_as_a_bare_list() {
    let fake = strict_with_ada().await;
    let caller = Caller::of(&fake).await;
    let inventory = json!({ "name": "Inventur", "status": "ACTIVE", "cost_center": null });
    let create = caller.call(Method::POST, "/v2/projects").json(&inventory);
    let created = caller.send(create).await.body;
    let path = format!("/v2/projects/{}/members", created["id"].as_str().unwrap());
    let send =
        |method: &Method, body: Value| caller.send(caller.call(method.clone(), &path).json(&body));
    let ada = json!({ "person": { "id": "4001" } });
    for method in [Method::POST, Method::DELETE] {
        assert_eq!(send(&method, json!([ada])).await.status, 204);
        let wrapped = send(&method, json!({ "members": [ada] })).await;
        let why = "`body` of";
        assert!(reason(&wrapped).contains(why), "{}", reason(&wrapped));
        assert!(reason(&wrapped).contains("must be a list of objects"));
        let number = send(&method, json!([{ "person": { "id": 4001 } }])).await;
        let why = "`body[0].person.id` of";
        assert!(reason(&number).contains(why), "{}", reason(&number));
    }
}

/// Nothing is known of what a redelivery takes, so nothing is refused, and nothing need be sent.
#[tokio::test]
async fn a_redelivery_may_be_asked_for_without_a_body() {
    let fake = strict_with_ada().await;
    let caller = Caller::of(&fake).await;
    let webhook = json!({
        "url": "https://hooks.example.com/personio", "description": "Desk sync", "enabled_events": ["person.created"]
    });
    let create = caller.call(Method::POST, "/v2/webhooks").json(&webhook);
    let created = caller.send(create).await.body;
    let path = format!(
        "/v2/webhooks/{}/redelivery",
        created["id"].as_str().unwrap()
    );
    let bare = caller.call(Method::POST, &path);
    assert_eq!(caller.send(bare).await.status, 202);
    let chosen = caller
        .call(Method::POST, &path)
        .json(&json!({ "event_name": "person.created" }));
    assert_eq!(caller.send(chosen).await.status, 202);
}

fn absence(fake: &FakePersonio) -> Value {
    let vacation = fake.company(|company| {
        let mut types = company.absence_types();
        types
            .find(|it| it.name() == "Paid vacation")
            .unwrap()
            .number()
    });
    json!({
        "person": { "id": "4001" },
        "absence_type": { "id": vacation.uuid() },
        "starts_from": { "date_time": "2026-03-09T00:00", "type": "FIRST_HALF" },
        "ends_at": { "date_time": "2026-03-13T00:00", "type": "SECOND_HALF" },
    })
}

#[rstest]
#[case::json_where_a_form_is_documented(
    Method::POST,
    "/v1/company/time-offs",
    "application/json",
    "only application/x-www-form-urlencoded is documented"
)]
#[case::a_form_where_json_is_documented(
    Method::PATCH,
    "/v1/company/attendances/900001",
    "application/x-www-form-urlencoded",
    "only application/json is documented"
)]
#[case::neither(
    Method::POST,
    "/v1/company/employees",
    "text/plain",
    "only application/json and application/x-www-form-urlencoded is documented"
)]
#[case::a_body_where_none_is_documented(
    Method::DELETE,
    "/v1/company/attendances/900001",
    "application/json",
    "takes no body"
)]
#[tokio::test]
async fn a_body_of_another_media_type_is_refused(
    #[case] method: Method,
    #[case] path: &str,
    #[case] media_type: &str,
    #[case] why: &str,
) {
    let fake = strict_with_ada().await;
    let caller = Caller::of(&fake).await;
    let request = caller
        .call(method, path)
        .header("content-type", media_type)
        .body("{}");
    let answer = caller.send(request).await;
    assert_eq!(answer.status, 422);
    assert!(reason(&answer).contains(why), "{}", reason(&answer));
}

#[tokio::test]
async fn half_days_are_written_as_words_not_as_numbers() {
    let fake = strict_with_ada().await;
    let caller = Caller::of(&fake).await;
    let vacation = fake.company(|company| company.absence_types().next().unwrap().number());
    let book = async |half: &str| {
        let form = [
            ("employee_id", "4001"),
            ("time_off_type_id", &vacation.to_string()),
            ("start_date", "2026-03-09"),
            ("end_date", "2026-03-10"),
            ("half_day_start", half),
            ("half_day_end", "false"),
        ];
        let request = caller
            .call(Method::POST, "/v1/company/time-offs")
            .form(&form);
        caller.send(request).await
    };
    let refused = book("0").await;
    assert!(
        reason(&refused).contains("`half_day_start` of"),
        "{}",
        reason(&refused)
    );
    assert!(reason(&refused).contains("must be true or false"));
    assert_eq!(book("false").await.status, 200);
}

#[tokio::test]
async fn tokens_are_asked_for_as_documented() {
    let fake = strict_with_ada().await;
    let stranger = Caller::stranger(&fake);
    let v1 =
        json!({ "client_id": "fake-client", "client_secret": "fake-secret", "audience": "hr" });
    let answer = stranger.send(stranger.post("/v1/auth").json(&v1)).await;
    assert!(
        reason(&answer).contains("`audience` of"),
        "{}",
        reason(&answer)
    );
    let v2 = [
        ("grant_type", "client_credentials"),
        ("client_id", "fake-client"),
        ("client_secret", "fake-secret"),
    ];
    let ask = |path: &str| stranger.send(stranger.post(path).form(&v2));
    assert_eq!(ask("/v2/auth/token").await.status, 200);
    let refused = ask("/v2/auth/token?audience=hr").await;
    assert_eq!(
        (refused.status, &refused.body["error"]),
        (400, &json!("invalid_request"))
    );
    assert!(
        reason(&refused).contains("`audience`"),
        "{}",
        reason(&refused)
    );
}

#[tokio::test]
async fn a_refusal_tells_no_values() {
    let fake = strict_with_ada().await;
    let caller = Caller::of(&fake).await;
    let body = json!({ "employee": { "first_name": 7.25, "iban": "XX00" } });
    let request = caller
        .call(Method::PATCH, "/v1/company/employees/4001")
        .json(&body);
    let refused = caller.send(request).await.body.to_string();
    assert!(
        !refused.contains("7.25") && !refused.contains("XX00"),
        "{refused}"
    );
}

/// Partner and application may be named; nobody must (specified).
#[tokio::test]
async fn the_optional_headers_are_not_asked_for() {
    let fake = strict_with_ada().await;
    let caller = Caller::of(&fake).await;
    assert_eq!(
        caller.get("/v1/company/employees?limit=1").await.status,
        200
    );
    let named = caller
        .request("/v1/company/employees?limit=1")
        .header("x-personio-partner-id", "NORDLICHT")
        .header("x-personio-app-id", "CALENDAR");
    assert_eq!(caller.send(named).await.status, 200);
}

#[tokio::test]
async fn whatever_the_client_sends_is_documented() {
    let fake = strict_with_ada().await;
    let credentials = Credentials::new(fake.client_id(), fake.client_secret());
    let client = Client::builder(credentials).base_url(fake.base_url());
    let client = client.build().unwrap();
    let (v1, v2) = (client.v1(), client.v2());
    let employees = v1.employees().list(ListEmployees::new()).collect().await;
    assert!(employees.unwrap().completeness.is_complete());
    let persons = v2.persons().list(ListPersons::new()).collect().await;
    assert_eq!(persons.unwrap().into_records().len(), 1);

    let attendances = v1.attendances();
    let ada = EmployeeId::new(4001);
    let new = v1::NewAttendance::new(ada, day(2026, 3, 2), at(8), Some(at(12)));
    let new = new.break_minutes(15).comment("Inventur");
    let recorded = attendances.create(&[new], Approval::Ask).await.unwrap();
    let recorded: AttendanceId = recorded[0].unwrap();
    let change = AttendanceChange::new()
        .times(at(8), at(13))
        .comment("Inventur");
    attendances
        .update(recorded, change, Approval::Skip)
        .await
        .unwrap();
    let march = ListAttendances::new(day(2026, 3, 1), day(2026, 3, 31));
    let listed = attendances.list(march).collect().await.unwrap();
    assert!(listed.completeness.is_complete());
    attendances.delete(recorded, Approval::Skip).await.unwrap();
}
