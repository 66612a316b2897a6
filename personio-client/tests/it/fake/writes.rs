//! What is written over the wire can be read, in both versions.

use personio_client::fake::{
    AbsenceUnit, AttributeKind, CustomAttribute, FakePersonio, Fault, NewEmployee,
};
use reqwest::Method;
use rstest::rstest;
use serde_json::{Value, json};

use super::caller::{Answer, Caller, with_company};

async fn with_ada() -> FakePersonio {
    with_company(|company| {
        company
            .hire(NewEmployee::new("Ada", "Nwosu").email("ada@example.com"))
            .unwrap();
        company.define_attribute(CustomAttribute::new(7, "Badge", AttributeKind::Integer));
    })
    .await
}

async fn send(caller: &Caller, method: &str, path: &str, body: Value) -> Answer {
    let method = Method::from_bytes(method.as_bytes()).unwrap();
    caller.send(caller.call(method, path).json(&body)).await
}

/// The v1 and v2 ids of an absence type.
fn type_ids(fake: &FakePersonio, name: &str) -> (u32, String) {
    fake.company(|company| {
        let mut types = company.absence_types();
        let number = types.find(|it| it.name() == name).unwrap().number();
        (number.get(), number.uuid())
    })
}

#[tokio::test]
async fn somebody_is_hired_and_changed_through_v1() {
    let fake = with_ada().await;
    let caller = Caller::of(&fake).await;
    let zofia = json!({ "employee": {
        "first_name": "Zofia", "last_name": "Żak", "email": "zofia@example.com", "supervisor_id": 4001,
        "department": "Engineering", "office": "Atlantis", "custom_attributes": { "dynamic_7": "12" }
    }});
    let hired = send(&caller, "POST", "/v1/company/employees", zofia.clone()).await;
    assert_eq!(
        (hired.status, &hired.body["data"]["id"]),
        (200, &json!(4002))
    );
    assert!(
        hired.body["meta"][0].as_str().unwrap().contains("office"),
        "an unknown office is ignored"
    );
    assert!(hired.header("authorization").is_some());
    let again = send(&caller, "POST", "/v1/company/employees", zofia).await;
    assert_eq!(
        again.status, 422,
        "a repeated creation fails on the address"
    );

    let path = "/v1/company/employees/4002";
    let change = json!({ "employee": { "position": "Controller", "team": "Platform", "supervisor_id": null } });
    assert_eq!(send(&caller, "PATCH", path, change).await.status, 200);
    let read = caller.get(path).await.body["data"]["attributes"].clone();
    assert_eq!(read["position"]["value"], "Controller");
    assert_eq!(read["dynamic_7"]["value"], 12);
    assert_eq!(
        read["team"]["value"].get("attributes"),
        None,
        "teams cannot be written"
    );
    assert_eq!(read["supervisor"]["value"].get("attributes"), None);
    let nobody = json!({ "employee": { "supervisor_id": 99 } });
    assert_eq!(send(&caller, "PATCH", path, nobody).await.status, 422);
}

#[tokio::test]
async fn days_booked_through_v1_are_seen_in_v2_and_can_be_deleted() {
    let fake = with_ada().await;
    let caller = Caller::of(&fake).await;
    let (vacation, _) = type_ids(&fake, "Paid vacation");
    let form = [
        ("employee_id", "4001".to_owned()),
        ("time_off_type_id", vacation.to_string()),
        ("start_date", "2026-06-08".to_owned()),
        ("end_date", "2026-06-12".to_owned()),
        ("half_day_start", "false".to_owned()),
        ("half_day_end", "true".to_owned()),
        ("skip_approval", "false".to_owned()),
    ];
    let request = caller
        .call(Method::POST, "/v1/company/time-offs")
        .form(&form);
    let booked = caller.send(request).await;
    assert_eq!(booked.status, 200);
    let attributes = &booked.body["data"]["attributes"];
    assert_eq!(
        (&attributes["status"], &attributes["days_count"]),
        (&json!("pending"), &json!(4.5))
    );
    let v2 = format!(
        "/v2/absence-periods/{}",
        attributes["id_v2"].as_str().unwrap()
    );
    assert_eq!(caller.get(&v2).await.body["ends_at"]["type"], "FIRST_HALF");

    let again = caller
        .call(Method::POST, "/v1/company/time-offs")
        .form(&form);
    assert_eq!(
        caller.send(again).await.status,
        400,
        "the person is absent already"
    );
    let v1 = format!("/v1/company/time-offs/{}", attributes["id"]);
    assert_eq!(send(&caller, "DELETE", &v1, json!({})).await.status, 200);
    assert_eq!(send(&caller, "DELETE", &v1, json!({})).await.status, 404);
    assert_eq!(caller.get(&v2).await.status, 404);
}

#[tokio::test]
async fn hours_are_booked_and_deleted_through_v1() {
    let fake = with_ada().await;
    let caller = Caller::of(&fake).await;
    let (doctor, _) = type_ids(&fake, "Doctor's appointment");
    let hours = json!({
        "employee_id": 4001, "time_off_type_id": doctor, "start_date": "2026-06-08", "end_date": "2026-06-08",
        "start_time": "09:00", "end_time": "10:30"
    });
    let path = "/v1/company/absence-periods";
    let booked = send(&caller, "POST", path, hours).await;
    let attributes = &booked.body["data"][0]["attributes"];
    assert_eq!(
        (booked.status, &attributes["effective_duration"]),
        (201, &json!(90))
    );
    let one = format!("{path}/{}", attributes["id"].as_str().unwrap());
    assert_eq!(send(&caller, "DELETE", &one, json!({})).await.status, 200);
    assert_eq!(caller.get(path).await.body["data"], json!([]));

    let (vacation, _) = type_ids(&fake, "Paid vacation");
    let days = json!({
        "employee_id": 4001, "time_off_type_id": vacation, "start_date": "2026-06-08", "end_date": "2026-06-09"
    });
    assert_eq!(
        send(&caller, "POST", path, days).await.status,
        400,
        "days belong elsewhere"
    );
}

#[tokio::test]
async fn an_absence_booked_through_v2_appears_in_v1_and_follows_its_changes() {
    let fake = with_ada().await;
    let caller = Caller::of(&fake).await;
    let (_, vacation) = type_ids(&fake, "Paid vacation");
    let week = json!({
        "person": { "id": "4001" },
        "absence_type": { "id": vacation },
        "starts_from": { "date_time": "2026-06-08T00:00:00", "type": "SECOND_HALF" },
        "ends_at": { "date_time": "2026-06-12T00:00:00", "type": "SECOND_HALF" },
    });
    let booked = send(
        &caller,
        "POST",
        "/v2/absence-periods?skip_approval=true",
        week.clone(),
    )
    .await;
    assert_eq!(booked.status, 201);
    let id = booked.body["id"].as_str().unwrap();
    let listed =
        async || caller.get("/v1/company/time-offs").await.body["data"][0]["attributes"].clone();
    let v1 = listed().await;
    assert_eq!(v1["id_v2"], id);
    assert_eq!(
        (&v1["half_day_start"], &v1["half_day_end"]),
        (&json!(1), &json!(0))
    );
    assert_eq!(v1["end_date"], "2026-06-12T00:00:00+02:00");
    let read = caller.get(&format!("/v2/absence-periods/{id}")).await.body;
    assert_eq!(
        read["ends_at"]["date_time"], "2026-06-13T00:00:00",
        "an end is written inclusive and read exclusive"
    );
    assert_eq!(v1["status"], "approved");
    assert_eq!(
        send(&caller, "POST", "/v2/absence-periods", week)
            .await
            .status,
        409
    );

    let path = format!("/v2/absence-periods/{id}");
    let shorter =
        json!({ "ends_at": { "date_time": "2026-06-10T00:00:00", "type": "SECOND_HALF" } });
    assert_eq!(send(&caller, "PATCH", &path, shorter).await.status, 204);
    let v1 = listed().await;
    assert_eq!(
        (&v1["end_date"], &v1["status"]),
        (&json!("2026-06-10T00:00:00+02:00"), &json!("pending"))
    );
    assert_eq!(send(&caller, "DELETE", &path, json!({})).await.status, 204);
    assert_eq!(caller.get(&path).await.status, 404);
}

#[rstest]
#[case::for_the_last_day(true, "2026-06-12T00:00:00+02:00")]
#[case::for_the_end_of_the_day_before(false, "2026-06-11T00:00:00+02:00")]
#[tokio::test]
async fn a_midnight_written_as_the_end_of_days_stands(
    #[case] inclusive: bool,
    #[case] last_day: &str,
) {
    let fake = with_ada().await;
    fake.edit_quirks(|quirks| quirks.absence_ends_written_inclusive = inclusive);
    let caller = Caller::of(&fake).await;
    let (_, vacation) = type_ids(&fake, "Paid vacation");
    let days = json!({
        "person": { "id": "4001" },
        "absence_type": { "id": vacation },
        "starts_from": { "date_time": "2026-06-08T00:00:00" },
        "ends_at": { "date_time": "2026-06-12T00:00:00" },
    });
    let booked = send(&caller, "POST", "/v2/absence-periods", days).await;
    assert_eq!(booked.status, 201);
    let v1 = caller.get("/v1/company/time-offs").await.body;
    assert_eq!(v1["data"][0]["attributes"]["end_date"], last_day);
}

#[tokio::test]
async fn hours_cannot_end_at_midnight_in_v2() {
    let fake = with_ada().await;
    let caller = Caller::of(&fake).await;
    let (_, doctor) = type_ids(&fake, "Doctor's appointment");
    let hours = |end: &str| {
        json!({
            "person": { "id": "4001" },
            "absence_type": { "id": doctor },
            "starts_from": { "date_time": "2026-06-08T22:00:00" },
            "ends_at": { "date_time": end },
        })
    };
    let book = async |end| send(&caller, "POST", "/v2/absence-periods", hours(end)).await;
    assert_eq!(book("2026-06-09T00:00:00").await.status, 422);
    assert_eq!(book("2026-06-08T23:59:00").await.status, 201);
}

#[rstest]
#[case::with_a_zone(json!({"starts_from": {"date_time": "2026-06-08T00:00:00Z"}}), 400)]
#[case::nobody(json!({"person": {"id": "9"}}), 422)]
#[case::no_type(json!({"absence_type": {"id": "x"}}), 422)]
#[case::backwards(json!({"ends_at": {"date_time": "2026-06-01T00:00:00", "type": "SECOND_HALF"}}), 422)]
#[tokio::test]
async fn v2_refuses_what_cannot_be_booked(#[case] wrong: Value, #[case] status: u16) {
    let fake = with_ada().await;
    let caller = Caller::of(&fake).await;
    let (_, vacation) = type_ids(&fake, "Paid vacation");
    let mut week = json!({
        "person": { "id": "4001" },
        "absence_type": { "id": vacation },
        "starts_from": { "date_time": "2026-06-08T00:00:00" },
        "ends_at": null,
    });
    week.as_object_mut()
        .unwrap()
        .extend(wrong.as_object().unwrap().clone());
    assert_eq!(
        send(&caller, "POST", "/v2/absence-periods", week)
            .await
            .status,
        status
    );
    assert_eq!(fake.company(|company| company.absences().count()), 0);
}

#[tokio::test]
async fn a_write_happens_although_its_answer_is_lost() {
    let fake = with_ada().await;
    let caller = Caller::of(&fake).await;
    let hours = |fake: &FakePersonio| {
        fake.company(|company| {
            let mut types = company.absence_types();
            let hourly = types
                .find(|it| it.unit() == AbsenceUnit::Hour)
                .unwrap()
                .number();
            json!({
                "employee_id": 4001, "time_off_type_id": hourly, "start_date": "2026-06-08",
                "end_date": "2026-06-08", "start_time": "09:00", "end_time": "10:00"
            })
        })
    };
    let path = "/v1/company/absence-periods";
    let count = || fake.company(|company| company.absences().count());
    for (fault, written) in [(Fault::dropped_connection(), 0), (Fault::lost_answer(), 1)] {
        fake.inject(fault.times(1)).unwrap();
        let request = caller.call(Method::POST, path).json(&hours(&fake));
        assert!(request.send().await.is_err());
        assert_eq!(count(), written);
    }
}

#[tokio::test]
async fn a_credential_that_may_only_read_does_not_write() {
    let fake = with_ada().await;
    fake.edit_credential("fake-client", |credential| {
        credential.scopes(["employees:read", "personio:absences:read"])
    });
    let caller = Caller::of(&fake).await;
    let nothing = json!({});
    assert_eq!(
        send(
            &caller,
            "PATCH",
            "/v1/company/employees/4001",
            nothing.clone()
        )
        .await
        .status,
        403
    );
    assert_eq!(
        send(&caller, "POST", "/v2/absence-periods", nothing)
            .await
            .status,
        403
    );
}
