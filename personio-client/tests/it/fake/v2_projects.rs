//! Projects and their members in v2, and the time booked on them.

use chrono::NaiveTime;
use personio_client::fake::{FakePersonio, NewAttendance, NewEmployee};
use reqwest::Method;
use rstest::rstest;
use serde_json::{Value, json};

use super::caller::{Answer, Caller, day, ids, with_company};

/// Two people, a project, one below it with three hours of work, and an archived one.
async fn with_projects() -> FakePersonio {
    with_company(|company| {
        for name in ["Aoife", "Þóra"] {
            company.hire(NewEmployee::new(name, "Kovács")).unwrap();
        }
        let below = company.start_project("Relaunch");
        let archived = company.start_project("Umzug 2025");
        company.archive_project(archived).unwrap();
        let at = |hour| NaiveTime::from_hms_opt(hour, 0, 0).unwrap();
        let work = NewAttendance::new(4001.into(), day(2026, 3, 2), at(8), Some(at(12)));
        let work = work.break_minutes(60).project(below);
        company.attend(work).unwrap();
    })
    .await
}

async fn send(caller: &Caller, method: Method, path: &str, body: &Value) -> Answer {
    caller.send(caller.call(method, path).json(body)).await
}

#[tokio::test]
async fn a_project_is_created_changed_and_deleted_with_those_below_it() {
    let fake = with_projects().await;
    let caller = Caller::of(&fake).await;
    let platform = json!({
        "name": "Platform", "status": "ACTIVE", "project_code": "PLT", "billable": true,
        "cost_center": { "id": "82901" }, "start": { "date": "2026-01-01" },
    });
    let created = send(&caller, Method::POST, "/v2/projects", &platform).await;
    assert_eq!((created.status, &created.body["id"]), (201, &json!("303")));
    let parent = json!({ "parent_project": { "id": "303" }, "description": "Neue Website" });
    let below = "/v2/projects/301";
    let changed = send(&caller, Method::PATCH, below, &parent).await;
    assert_eq!(changed.status, 204);
    let included = "?include=sub_projects_count,sub_projects_tracked_minutes,tracked_minutes";
    let project = caller.get(&format!("/v2/projects/303{included}")).await;
    insta::assert_json_snapshot!(project.body, @r#"
    {
      "assigned_to_all": false,
      "billable": true,
      "client_name": null,
      "cost_center": {
        "id": "82901"
      },
      "created_at": "2026-03-02T08:00:00Z",
      "description": null,
      "end": null,
      "id": "303",
      "name": "Platform",
      "parent_project": null,
      "project_code": "PLT",
      "project_type": null,
      "start": {
        "date": "2026-01-01"
      },
      "status": "ACTIVE",
      "sub_projects_count": 1,
      "sub_projects_tracked_minutes": 180,
      "tracked_minutes": 0,
      "updated_at": "2026-03-02T08:00:00Z"
    }
    "#);
    let periods = "/v2/attendance-periods?project.id=301";
    assert_eq!(ids(&caller.get(periods).await.body).len(), 1);

    let deleted = send(&caller, Method::DELETE, "/v2/projects/303", &json!({})).await;
    assert_eq!(deleted.status, 204);
    assert_eq!(ids(&caller.get("/v2/projects").await.body), ["302"]);
    assert_eq!(ids(&caller.get(periods).await.body), [""; 0]);
    let all = caller.get("/v2/attendance-periods").await.body;
    assert_eq!(ids(&all).len(), 2, "the time stays");
}

#[rstest]
#[case::nothing("", &["301", "302"])]
#[case::active("status=ACTIVE", &["301"])]
#[case::archived("status=ARCHIVED", &["302"])]
#[case::by_name("name=Relaunch,Nichts", &["301"])]
#[case::by_id("id=302,309", &["302"])]
#[case::by_code("project_code=PLT", &[])]
#[case::below("parent_project.id=301", &[])]
#[case::top_level("top_level_only=true", &["301", "302"])]
#[tokio::test]
async fn projects_are_filtered(#[case] query: &str, #[case] expected: &[&str]) {
    let fake = with_projects().await;
    let answer = Caller::of(&fake)
        .await
        .get(&format!("/v2/projects?{query}"))
        .await;
    assert_eq!(answer.status, 200);
    assert_eq!(ids(&answer.body), expected);
}

#[rstest]
#[case::no_name(json!({"name": null}), 400)]
#[case::no_status(json!({"status": null}), 400)]
#[case::a_long_name(json!({"name": "x".repeat(256)}), 400)]
#[case::no_such_cost_center(json!({"cost_center": {"id": "9"}}), 422)]
#[case::no_such_parent(json!({"parent_project": {"id": "9"}}), 422)]
#[case::a_parent_that_has_one(json!({"parent_project": {"id": "303"}}), 422)]
#[case::a_taken_code(json!({"project_code": "PLT"}), 409)]
#[tokio::test]
async fn what_cannot_be_a_project_is_refused(#[case] wrong: Value, #[case] status: u16) {
    let fake = with_projects().await;
    let caller = Caller::of(&fake).await;
    let mut body = json!({
        "name": "Platform", "status": "ACTIVE", "project_code": "PLT", "parent_project": { "id": "301" },
    });
    let path = "/v2/projects";
    assert_eq!(send(&caller, Method::POST, path, &body).await.status, 201);
    body["project_code"] = json!(null);
    let wrong = wrong.as_object().unwrap().clone();
    body.as_object_mut().unwrap().extend(wrong);
    let refused = send(&caller, Method::POST, path, &body).await;
    assert_eq!(refused.status, status);
    let moved = json!({ "parent_project": { "id": "302" } });
    let moved = send(&caller, Method::PATCH, "/v2/projects/301", &moved).await;
    assert_eq!(moved.status, 422, "a parent gets no parent");
}

#[tokio::test]
async fn members_come_and_go_and_end_that_a_project_is_everybodys() {
    let fake = with_projects().await;
    let caller = Caller::of(&fake).await;
    let path = "/v2/projects/301/members";
    let members = async || caller.get(path).await.body["_data"].clone();
    let is_everybodys =
        async || caller.get("/v2/projects/301").await.body["assigned_to_all"].clone();
    assert_eq!(
        (members().await, is_everybodys().await),
        (json!([]), json!(true))
    );
    let both = json!([{ "person": { "id": "4002" } }, { "person": { "id": "4001" } }]);
    for _ in 0..2 {
        assert_eq!(send(&caller, Method::POST, path, &both).await.status, 204);
    }
    assert_eq!(
        members().await,
        json!([{ "person": { "id": "4001" } }, { "person": { "id": "4002" } }])
    );
    assert_eq!(is_everybodys().await, json!(false));
    let one = json!([{ "person": { "id": "4001" } }]);
    assert_eq!(send(&caller, Method::DELETE, path, &one).await.status, 204);
    fake.company(|company| company.delete_employee(4002.into()))
        .unwrap();
    assert_eq!(members().await, json!([]));

    for (body, status) in [
        (&json!({ "person": { "id": "4001" } }), 400),
        (&json!([{ "person": { "id": "9" } }]), 404),
    ] {
        assert_eq!(send(&caller, Method::POST, path, body).await.status, status);
    }
}

#[tokio::test]
async fn only_known_figures_can_be_included() {
    let fake = with_projects().await;
    let caller = Caller::of(&fake).await;
    let path = "/v2/projects/301?include=";
    let known = caller
        .get(&format!("{path}tracked_minutes,tracked_periods_count"))
        .await;
    assert_eq!(
        (
            &known.body["tracked_minutes"],
            &known.body["tracked_periods_count"]
        ),
        (&json!(180), &json!(1))
    );
    assert_eq!(caller.get(&format!("{path}salary")).await.status, 422);
    let listed = caller.get("/v2/projects?include=salary").await;
    assert_eq!(listed.status, 422);
    assert_eq!(caller.get("/v2/projects/9").await.status, 404);
}

#[tokio::test]
async fn time_is_booked_on_active_projects_in_both_versions() {
    let fake = with_projects().await;
    let caller = Caller::of(&fake).await;
    let book = async |project: &str, hour: u32| {
        let body = json!({
            "person": { "id": "4002" }, "type": "WORK", "project": { "id": project },
            "start": { "date_time": format!("2026-03-02T{hour}:00:00") },
            "end": { "date_time": format!("2026-03-02T{hour}:30:00") },
        });
        send(
            &caller,
            Method::POST,
            "/v2/attendance-periods?skip_approval=true",
            &body,
        )
        .await
        .status
    };
    assert_eq!(
        (book("301", 10).await, book("302", 11).await),
        (201, 422),
        "the second one is archived"
    );
    let row = json!({
        "employee": 4002, "date": "2026-03-03", "start_time": "08:00", "end_time": "09:00", "break": 0,
        "project_id": 301,
    });
    let mut rows = json!({ "attendances": [row] });
    let v1 = "/v1/company/attendances";
    assert_eq!(send(&caller, Method::POST, v1, &rows).await.status, 200);
    let window = format!("{v1}?start_date=2026-03-01&end_date=2026-03-31&employees[]=4002");
    let listed = caller.get(&window).await.body;
    let project = json!({ "id": 301, "type": "Project", "attributes": { "name": "Relaunch", "active": true } });
    for row in listed["data"].as_array().unwrap() {
        assert_eq!(row["attributes"]["project"], project);
    }
    let booked = caller
        .get("/v2/attendance-periods?project.id=301&person.id=4002")
        .await;
    assert_eq!(ids(&booked.body).len(), 2);
    rows["attendances"][0]["project_id"] = json!(9);
    rows["attendances"][0]["date"] = json!("2026-03-04");
    assert_eq!(send(&caller, Method::POST, v1, &rows).await.status, 400);
}
