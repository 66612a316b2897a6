//! Attendance periods in v2, over the same times as the attendances of v1.

use chrono::NaiveTime;
use personio_client::fake::{
    AttendanceNumber, AttendanceStatus, Credential, FakePersonio, NewAttendance, NewEmployee,
};
use reqwest::Method;
use rstest::rstest;
use serde_json::{Value, json};

use super::caller::{Answer, Caller, day, ids, with_company};

const ALL: &str = "/v2/attendance-periods";

fn at(hour: u32, minute: u32) -> NaiveTime {
    NaiveTime::from_hms_opt(hour, minute, 0).unwrap()
}

/// Léa (4001) and Jürgen (4002), of whom nothing is recorded yet.
async fn with_two() -> FakePersonio {
    with_company(|company| {
        for name in ["Léa", "Jürgen"] {
            company.hire(NewEmployee::new(name, "Żak")).unwrap();
        }
    })
    .await
}

/// Léa worked on Monday with a break, Jürgen through the night to Tuesday, and Léa is at work since Tuesday.
async fn with_times() -> (FakePersonio, [AttendanceNumber; 3]) {
    let fake = with_two().await;
    let numbers = fake.company(|company| {
        let (lea, jurgen) = (4001.into(), 4002.into());
        let monday = NewAttendance::new(lea, day(2026, 3, 2), at(8, 0), Some(at(16, 30)));
        let night = NewAttendance::new(jurgen, day(2026, 3, 2), at(22, 0), Some(at(6, 0)));
        let tuesday = NewAttendance::new(lea, day(2026, 3, 3), at(9, 0), None);
        [
            monday.break_minutes(30),
            night.overnight().pending(),
            tuesday.pending(),
        ]
        .map(|new| company.attend(new).unwrap())
    });
    (fake, numbers)
}

async fn send(caller: &Caller, method: Method, path: &str, body: &Value) -> Answer {
    caller.send(caller.call(method, path).json(body)).await
}

async fn record(caller: &Caller, kind: &str, start: &str, end: Option<&str>) -> Answer {
    let time = |text: &str| json!({ "date_time": format!("2026-03-{text}:00") });
    let body = json!({
        "person": { "id": "4001" }, "type": kind, "start": time(start), "end": end.map(time),
    });
    send(
        caller,
        Method::POST,
        &format!("{ALL}?skip_approval=true"),
        &body,
    )
    .await
}

/// What the list tells of Léa, in the order of time.
async fn times_of_lea(caller: &Caller) -> String {
    let path = format!("{ALL}?person.id=4001&sort=start.date_time");
    let page = caller.get(&path).await.body;
    let time = |value: &Value| value["date_time"].as_str().unwrap_or("-").to_owned();
    let told = page["_data"].as_array().unwrap().iter().map(|period| {
        let kind = period["type"].as_str().unwrap();
        format!("{kind} {} {}", time(&period["start"]), time(&period["end"]))
    });
    told.collect::<Vec<_>>().join("\n")
}

/// Start, end and break of the attendances of v1.
async fn times_in_v1(caller: &Caller) -> Value {
    let window = "/v1/company/attendances?start_date=2026-03-01&end_date=2026-03-31";
    let page = caller
        .get(&format!("{window}&employees[]=4001&includePending=true"))
        .await;
    let rows = page.body["data"].as_array().unwrap().iter();
    rows.map(|row| {
        let told = &row["attributes"];
        json!([
            told["date"],
            told["start_time"],
            told["end_time"],
            told["break"]
        ])
    })
    .collect()
}

#[tokio::test]
async fn a_period_is_work_or_a_break_in_local_time() {
    let (fake, [monday, ..]) = with_times().await;
    let caller = Caller::of(&fake).await;
    let one = caller.get(&format!("{ALL}/{}", monday.uuid())).await.body;
    insta::assert_json_snapshot!(one, @r#"
    {
      "approval": {
        "status": "CONFIRMED"
      },
      "attribution_date": "2026-03-02",
      "comment": null,
      "created_at": "2026-03-02T08:00:00Z",
      "end": {
        "date_time": "2026-03-02T16:30:00"
      },
      "id": "1ab4758c-6075-4cf8-af80-7d73ade25ba2",
      "is_auto_generated": false,
      "person": {
        "id": "4001"
      },
      "project": null,
      "start": {
        "date_time": "2026-03-02T08:30:00"
      },
      "type": "WORK",
      "updated_at": "2026-03-02T08:00:00Z"
    }
    "#);
    insta::assert_snapshot!(times_of_lea(&caller).await, @r"
    BREAK 2026-03-02T08:00:00 2026-03-02T08:30:00
    WORK 2026-03-02T08:30:00 2026-03-02T16:30:00
    WORK 2026-03-03T09:00:00 -
    ");
}

#[tokio::test]
async fn v1_counts_the_break_before_work_in_minutes_whichever_version_recorded_it() {
    let fake = with_two().await;
    let caller = Caller::of(&fake).await;
    record(&caller, "WORK", "02T08:00", Some("02T17:00")).await;
    record(&caller, "BREAK", "02T12:00", Some("02T12:45")).await;
    assert_eq!(
        times_in_v1(&caller).await,
        json!([
            ["2026-03-02", "08:00", "12:00", 0],
            ["2026-03-02", "12:00", "17:00", 45]
        ])
    );

    let row = json!({ "employee": 4001, "date": "2026-03-04", "start_time": "08:00", "end_time": "16:00", "break": 30 });
    let body = json!({ "attendances": [row] });
    let recorded = send(&caller, Method::POST, "/v1/company/attendances", &body).await;
    let id = &recorded.body["data"]["id"][0];
    assert_eq!(
        times_in_v1(&caller).await[0],
        json!(["2026-03-04", "08:00", "16:00", 30])
    );
    let one = format!("/v1/company/attendances/{id}");
    let change = json!({ "start_time": "09:00", "break": 60 });
    assert_eq!(
        send(&caller, Method::PATCH, &one, &change).await.status,
        200
    );
    assert_eq!(
        times_in_v1(&caller).await[0],
        json!(["2026-03-04", "09:00", "16:00", 60])
    );
    insta::assert_snapshot!(times_of_lea(&caller).await, @r"
    WORK 2026-03-02T08:00:00 2026-03-02T12:00:00
    BREAK 2026-03-02T12:00:00 2026-03-02T12:45:00
    WORK 2026-03-02T12:45:00 2026-03-02T17:00:00
    BREAK 2026-03-04T09:00:00 2026-03-04T10:00:00
    WORK 2026-03-04T10:00:00 2026-03-04T16:00:00
    ");
    let deleted = send(&caller, Method::DELETE, &one, &json!({})).await;
    assert_eq!(deleted.status, 200);
    assert_eq!(times_in_v1(&caller).await.as_array().unwrap().len(), 2);
    let left = times_of_lea(&caller).await;
    assert!(!left.contains("03-04"), "the break went with the work");
}

#[tokio::test]
async fn a_period_has_the_same_identity_in_both_versions() {
    let (fake, [monday, ..]) = with_times().await;
    fake.edit_quirks(|quirks| quirks.v1_refuses_overnight = false);
    let caller = Caller::of(&fake).await;
    let window = "/v1/company/attendances?start_date=2026-03-02&end_date=2026-03-02";
    let v1 = caller.get(window).await.body["data"][0].clone();
    assert_eq!(v1["id"], monday.get());
    assert_eq!(v1["attributes"]["id_v2"], monday.uuid());
    let path = format!("{ALL}/{}", monday.uuid());
    assert_eq!(caller.get(&path).await.body["id"], monday.uuid());
}

#[rstest]
#[case::nothing("", 4)]
#[case::persons("person.id=4002,4003", 1)]
#[case::confirmed("status=CONFIRMED", 2)]
#[case::pending("status=PENDING", 2)]
#[case::rejected("status=REJECTED", 0)]
#[case::started_since("start.date_time.gte=2026-03-02T22:00:00", 2)]
#[case::started_until("start.date_time.lte=2026-03-02T08:30:00", 2)]
#[case::ended_since("end.date_time.gte=2026-03-03T06:00:00", 2)]
#[case::ended_until("end.date_time.lte=2026-03-03T06:00:00", 3)]
#[case::counting_for_a_day("attribution_date.gte=2026-03-02&attribution_date.lte=2026-03-02", 3)]
#[case::changed("updated_at.gte=2026-03-02T08:00:00", 4)]
#[case::changed_later("updated_at.gte=2026-03-02T08:00:01", 0)]
#[case::of_a_project("project.id=5", 0)]
#[tokio::test]
async fn periods_are_filtered(#[case] query: &str, #[case] expected: usize) {
    let (fake, _) = with_times().await;
    let answer = Caller::of(&fake).await.get(&format!("{ALL}?{query}")).await;
    assert_eq!((answer.status, ids(&answer.body).len()), (200, expected));
}

#[tokio::test]
async fn periods_are_found_by_ids_separated_or_repeated() {
    let (fake, [monday, night, tuesday]) = with_times().await;
    let caller = Caller::of(&fake).await;
    let found = async |query: String| ids(&caller.get(&format!("{ALL}?{query}")).await.body);
    let (monday, tuesday) = (monday.uuid(), tuesday.uuid());
    let both = [monday.clone(), tuesday.clone()];
    assert_eq!(found(format!("id={monday},{tuesday}")).await, both);
    assert_eq!(found(format!("id={monday}&id={tuesday}")).await, both);
    let newest_first = found("sort=-start.date_time,person.id&limit=2".to_owned()).await;
    assert_eq!(newest_first, [tuesday, night.uuid()]);
}

#[rstest]
#[case::a_zone("start.date_time.gte=2026-03-02T00:00:00Z", "Invalid request content")]
#[case::an_offset(
    "updated_at.gte=2026-03-02T00:00:00%2B01:00",
    "Invalid request content"
)]
#[case::a_time_for_a_day(
    "attribution_date.gte=2026-03-02T00:00:00",
    "Provided request parameters are invalid."
)]
#[case::unknown_operator(
    "start.date_time.gt=2026-03-02",
    "Provided filter encoding is invalid."
)]
#[case::unknown_order("sort=name", "Provided request parameters are invalid.")]
#[case::too_many("limit=101", "Provided value for limit is not valid")]
#[tokio::test]
async fn bad_parameters_are_refused(#[case] query: &str, #[case] detail: &str) {
    let (fake, _) = with_times().await;
    let answer = Caller::of(&fake).await.get(&format!("{ALL}?{query}")).await;
    assert_eq!(answer.status, 400);
    assert_eq!(answer.body["errors"][0]["detail"], detail);
}

#[tokio::test]
async fn a_period_waits_for_approval_unless_it_is_skipped() {
    let fake = with_two().await;
    let caller = Caller::of(&fake).await;
    let body = json!({
        "person": { "id": "4001" }, "type": "WORK", "start": { "date_time": "2026-03-02T08:00:00" },
        "comment": "Inventur",
    });
    let created = send(&caller, Method::POST, ALL, &body).await;
    assert_eq!(created.status, 201);
    let path = format!("{ALL}/{}", created.body["id"].as_str().unwrap());
    let read = async || {
        let period = caller.get(&path).await.body;
        json!([
            period["approval"]["status"],
            period["end"]["date_time"],
            period["comment"]
        ])
    };
    assert_eq!(read().await, json!(["PENDING", null, "Inventur"]));
    assert_eq!(
        created.body["affected_periods"][0],
        caller.get(&path).await.body
    );

    let end = json!({ "end": { "date_time": "2026-03-02T12:00:00" } });
    assert_eq!(send(&caller, Method::PATCH, &path, &end).await.status, 204);
    assert_eq!(
        read().await,
        json!(["PENDING", "2026-03-02T12:00:00", "Inventur"])
    );
    let skipping = format!("{path}?skip_approval=true");
    let comment = json!({ "comment": null });
    assert_eq!(
        send(&caller, Method::PATCH, &skipping, &comment)
            .await
            .status,
        204
    );
    assert_eq!(
        read().await,
        json!(["CONFIRMED", "2026-03-02T12:00:00", null])
    );

    let deleted = send(&caller, Method::DELETE, &path, &json!({})).await;
    assert_eq!(deleted.status, 204);
    assert_eq!(caller.get(&path).await.status, 404);
}

#[tokio::test]
async fn confirmed_periods_are_locked_unless_told_otherwise() {
    let (fake, [monday, _, tuesday]) = with_times().await;
    let caller = Caller::of(&fake).await;
    let comment = json!({ "comment": "Kundentermin" });
    let change = async |number: AttendanceNumber| {
        let path = format!("{ALL}/{}", number.uuid());
        send(&caller, Method::PATCH, &path, &comment).await.status
    };
    assert_eq!((change(monday).await, change(tuesday).await), (422, 204));
    fake.company(|company| company.decide_attendance(tuesday, AttendanceStatus::Confirmed))
        .unwrap();
    assert_eq!(change(tuesday).await, 422);
    fake.company(|company| company.decide_attendance(tuesday, AttendanceStatus::Rejected))
        .unwrap();
    assert_eq!(change(tuesday).await, 204);
    fake.edit_quirks(|quirks| quirks.confirmed_attendances_locked = false);
    assert_eq!(change(monday).await, 204);
}

#[tokio::test]
async fn a_new_period_cuts_those_it_overlaps_and_tells_which() {
    let fake = with_two().await;
    let caller = Caller::of(&fake).await;
    let first = record(&caller, "WORK", "02T08:00", Some("02T17:00")).await;
    let lunch = record(&caller, "BREAK", "02T12:00", Some("02T12:45")).await;
    let affected = lunch.body["affected_periods"].as_array().unwrap();
    assert_eq!(affected.len(), 3, "the break and both halves of the work");
    assert_eq!(affected[0]["id"], lunch.body["id"]);
    assert_eq!(
        affected[1]["id"], first.body["id"],
        "the morning is still it"
    );
    record(&caller, "WORK", "02T16:00", Some("02T18:00")).await;
    insta::assert_snapshot!(times_of_lea(&caller).await, @r"
    WORK 2026-03-02T08:00:00 2026-03-02T12:00:00
    BREAK 2026-03-02T12:00:00 2026-03-02T12:45:00
    WORK 2026-03-02T12:45:00 2026-03-02T16:00:00
    WORK 2026-03-02T16:00:00 2026-03-02T18:00:00
    ");
    record(&caller, "WORK", "02T07:00", Some("02T17:00")).await;
    insta::assert_snapshot!(times_of_lea(&caller).await, @r"
    WORK 2026-03-02T07:00:00 2026-03-02T17:00:00
    WORK 2026-03-02T17:00:00 2026-03-02T18:00:00
    ");
}

#[tokio::test]
async fn a_break_can_be_taken_from_work_that_still_goes_on() {
    let fake = with_two().await;
    let caller = Caller::of(&fake).await;
    record(&caller, "WORK", "02T08:00", None).await;
    record(&caller, "BREAK", "02T12:00", Some("02T12:45")).await;
    insta::assert_snapshot!(times_of_lea(&caller).await, @r"
    WORK 2026-03-02T08:00:00 2026-03-02T12:00:00
    BREAK 2026-03-02T12:00:00 2026-03-02T12:45:00
    WORK 2026-03-02T12:45:00 -
    ");
}

#[tokio::test]
async fn a_night_counts_for_the_day_on_which_it_begins_and_stops_v1() {
    let (fake, [_, night, _]) = with_times().await;
    let caller = Caller::of(&fake).await;
    let period = caller.get(&format!("{ALL}/{}", night.uuid())).await.body;
    assert_eq!(period["attribution_date"], "2026-03-02");
    assert_eq!(period["end"]["date_time"], "2026-03-03T06:00:00");
    let early = record(&caller, "WORK", "03T05:00", Some("03T08:00")).await;
    assert_eq!(early.status, 201, "somebody else may work meanwhile");

    let window = "/v1/company/attendances?start_date=2026-04-01&end_date=2026-04-30";
    assert_eq!(caller.get(window).await.status, 422);
    fake.edit_quirks(|quirks| quirks.v1_refuses_overnight = false);
    assert_eq!(caller.get(window).await.status, 200);
}

#[rstest]
#[case::no_person(json!({"person": null}), 400)]
#[case::nobody(json!({"person": {"id": "9"}}), 404)]
#[case::no_type(json!({"type": "LUNCH"}), 400)]
#[case::no_start(json!({"start": null}), 400)]
#[case::a_zone(json!({"start": {"date_time": "2026-03-02T08:00:00Z"}}), 400)]
#[case::backwards(json!({"end": {"date_time": "2026-03-02T08:00:00"}}), 422)]
#[case::more_than_a_day(json!({"end": {"date_time": "2026-03-03T08:01:00"}}), 422)]
#[case::a_break_on_a_project(json!({"type": "BREAK", "project": {"id": "5"}}), 422)]
#[case::no_such_project(json!({"project": {"id": "5"}}), 404)]
#[case::a_long_comment(json!({"comment": "x".repeat(1001)}), 400)]
#[tokio::test]
async fn what_cannot_be_recorded_is_refused(#[case] wrong: Value, #[case] status: u16) {
    let fake = with_two().await;
    let caller = Caller::of(&fake).await;
    let mut body = json!({
        "person": { "id": "4001" }, "type": "WORK", "start": { "date_time": "2026-03-02T08:00:00" },
        "end": { "date_time": "2026-03-02T12:00:00" },
    });
    let wrong = wrong.as_object().unwrap().clone();
    body.as_object_mut().unwrap().extend(wrong);
    assert_eq!(send(&caller, Method::POST, ALL, &body).await.status, status);
    assert_eq!(fake.company(|company| company.attendances().count()), 0);
}

#[tokio::test]
async fn how_long_a_period_may_be_can_be_set() {
    let fake = with_two().await;
    let caller = Caller::of(&fake).await;
    let night = async || {
        let night = record(&caller, "WORK", "02T22:00", Some("03T06:00")).await;
        night.status
    };
    assert_eq!(night().await, 201);
    fake.edit_quirks(|quirks| quirks.longest_attendance_hours = 7);
    assert_eq!(night().await, 422);
}

#[rstest]
#[case::a_form("application/x-www-form-urlencoded", 415)]
#[case::json("application/json", 400)]
#[tokio::test]
async fn only_json_is_taken(#[case] media_type: &str, #[case] status: u16) {
    let fake = with_two().await;
    let caller = Caller::of(&fake).await;
    for path in [ALL, "/v2/absence-periods"] {
        let request = caller.call(Method::POST, path);
        let request = request.header("content-type", media_type).body("type=WORK");
        assert_eq!(caller.send(request).await.status, status, "{path}");
    }
}

#[tokio::test]
async fn a_state_keeps_periods_and_projects() {
    let (fake, _) = with_times().await;
    fake.company(|company| {
        let project = company.start_project("Relaunch");
        let thursday = NewAttendance::new(4002.into(), day(2026, 3, 5), at(8, 0), Some(at(9, 0)));
        company.attend(thursday.project(project)).unwrap();
    });
    let caller = Caller::of(&fake).await;
    let state = caller.get("/_fake/state").await.body;
    let elsewhere = with_two().await;
    let there = Caller::of(&elsewhere).await;
    let put = send(&there, Method::PUT, "/_fake/state", &state).await;
    assert_eq!(put.status, 204);
    let there = Caller::of(&elsewhere).await;
    for path in [ALL, "/v2/projects"] {
        let (here, there) = (caller.get(path).await.body, there.get(path).await.body);
        assert!(!ids(&here).is_empty());
        assert_eq!(here["_data"], there["_data"]);
    }
}

#[tokio::test]
async fn the_periods_of_other_legal_entities_are_not_to_be_seen() {
    let (fake, [monday, ..]) = with_times().await;
    fake.set_credential(Credential::new("iberia", "secret").legal_entities([7002]));
    let caller = Caller::with(&fake, "iberia", "secret").await;
    assert_eq!(ids(&caller.get(ALL).await.body), [""; 0]);
    let path = format!("{ALL}/{}", monday.uuid());
    assert_eq!(caller.get(&path).await.status, 404);
}
