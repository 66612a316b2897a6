//! Which change is told by which event.

use chrono::NaiveTime;
use personio_client::fake::{
    AbsenceChange, AbsenceStatus, AttributeKind, Company, CustomAttribute, EmployeeNumber,
    FakePersonio, NewAbsence, NewAttendance, NewEmployee,
};
use rstest::rstest;
use serde_json::{Value, json};

use super::super::caller::{day, quiet, with_company};
use super::Scene;

/// Zofia, with a vacation and a custom attribute.
async fn scene() -> Scene {
    Scene::on(with_zofia().await).await
}

async fn with_zofia() -> FakePersonio {
    with_company(|company| {
        company.define_attribute(CustomAttribute::new(7, "Badge", AttributeKind::Standard));
        let zofia = NewEmployee::new("Zofia", "Żak")
            .email("zofia@example.com")
            .hire_date(day(2026, 1, 1));
        let zofia = company.hire(zofia).unwrap();
        let vacation = NewAbsence::days(zofia, "Paid vacation", day(2026, 6, 8), day(2026, 6, 12));
        company.book(vacation).unwrap();
    })
    .await
}

fn zofia(company: &Company) -> EmployeeNumber {
    company.employees().next().unwrap().number()
}

#[rstest]
#[case("first_name", json!("Zofja"), &["person.updated"])]
#[case("last_name", json!("Núñez"), &["person.updated"])]
#[case("preferred_name", json!("Zo"), &["person.updated"])]
#[case("email", json!("zak@example.com"), &["person.updated"])]
#[case("gender", json!("female"), &["person.updated"])]
#[case("dynamic_7", json!("B-12"), &["person.updated"])]
#[case("department", Value::Null, &["employment.updated"])]
#[case("weekly_working_hours", json!(30), &["employment.updated"])]
#[case("termination_date", json!("2026-12-31"), &["employment.updated"])]
#[case::a_new_job("position", json!("Controller"), &[])]
#[case::pay("fix_salary", json!(4200), &[])]
#[case::nothing_new("first_name", json!("Zofia"), &[])]
#[case::nothing_new_about_the_status("status", json!("active"), &[])]
#[tokio::test]
async fn an_attribute_is_told_by(
    #[case] key: &str,
    #[case] value: Value,
    #[case] expected: &[&str],
) {
    let scene = scene().await;
    scene
        .fake
        .company(|company| company.set_attribute(zofia(company), key, value))
        .unwrap();
    assert_eq!(scene.arrivals().await, expected);
}

#[tokio::test]
async fn what_changes_at_once_is_told_once() {
    let scene = scene().await;
    let change = json!({ "first_name": "Zofja", "gender": "female", "team": null, "office": null });
    scene.send("PATCH", "/_fake/employees/4001", change).await;
    assert_eq!(
        scene.arrivals().await,
        ["person.updated", "employment.updated"]
    );
    scene
        .fake
        .company(|company| company.rename(zofia(company), "Zofia", "Nowak"))
        .unwrap();
    scene
        .fake
        .company(|company| company.terminate(zofia(company), day(2026, 9, 30)))
        .unwrap();
    assert_eq!(
        scene.arrivals().await,
        ["person.updated", "employment.updated"]
    );
}

#[tokio::test]
async fn what_is_refused_is_not_told() {
    let scene = scene().await;
    let change = json!({ "first_name": "Zofja", "team": "Nobody's" });
    assert_eq!(
        scene
            .send("PATCH", "/_fake/employees/4001", change)
            .await
            .status,
        400
    );
    let nobody = json!({ "first_name": "Ada", "last_name": "Nwosu", "team": "Nobody's" });
    assert_eq!(
        scene.send("POST", "/_fake/employees", nobody).await.status,
        400
    );
    assert!(scene.arrivals().await.is_empty());
}

#[tokio::test]
async fn people_come_and_go_with_their_employments() {
    let scene = scene().await;
    let ada = json!({ "employee": {
        "first_name": "Ada", "last_name": "Nwosu", "email": "ada@example.com", "position": "Controller"
    } });
    scene.send("POST", "/v1/company/employees", ada).await;
    assert_eq!(
        scene.arrivals().await,
        ["person.created", "employment.created"]
    );
    let change = json!({ "employee": { "last_name": "Ünal" } });
    scene
        .send("PATCH", "/v1/company/employees/4002", change)
        .await;
    assert_eq!(scene.arrivals().await, ["person.updated"]);
    scene
        .fake
        .company(|company| company.delete_employee(zofia(company)))
        .unwrap();
    assert_eq!(
        scene.arrivals().await,
        ["person.deleted", "employment.deleted"]
    );
}

#[rstest]
#[case::moved(AbsenceChange::new().days(day(2026, 6, 9), day(2026, 6, 12)), &["absence-period.updated.timerange"])]
#[case::half_a_day(AbsenceChange::new().half_days(true, false), &["absence-period.updated.timerange"])]
#[case::decided(AbsenceChange::new().status(AbsenceStatus::Pending), &["absence-period.updated.status"])]
#[case::both(
    AbsenceChange::new().days(day(2026, 6, 9), day(2026, 6, 9)).status(AbsenceStatus::Rejected),
    &["absence-period.updated.timerange", "absence-period.updated.status"]
)]
#[case::nothing(AbsenceChange::new().status(AbsenceStatus::Approved), &[])]
#[tokio::test]
async fn a_change_of_an_absence_is_told_by(
    #[case] change: AbsenceChange,
    #[case] expected: &[&str],
) {
    let scene = scene().await;
    scene
        .fake
        .company(|company| {
            let vacation = company.absences().next().unwrap().number();
            company.change_absence(vacation, change)
        })
        .unwrap();
    assert_eq!(scene.arrivals().await, expected);
}

#[tokio::test]
async fn comment_and_type_of_an_absence_are_not_told() {
    let scene = scene().await;
    let id = scene
        .fake
        .company(|company| company.absences().next().unwrap().number());
    let change = json!({ "comment": "by the sea", "type": "Unpaid vacation" });
    let path = format!("/_fake/absences/{id}");
    assert_eq!(scene.send("PATCH", &path, change).await.status, 200);
    assert!(scene.arrivals().await.is_empty());
}

#[tokio::test]
async fn absences_are_told_whichever_way_they_are_written() {
    let scene = scene().await;
    let types = scene.caller.get("/v2/absence-types").await.body;
    let home_office = types["_data"]
        .as_array()
        .unwrap()
        .iter()
        .find(|it| it["name"] == "Home office");
    let v2 = json!({
        "person": { "id": "4001" }, "absence_type": { "id": home_office.unwrap()["id"] },
        "starts_from": { "date_time": "2026-04-01T00:00:00" }, "ends_at": { "date_time": "2026-04-02T00:00:00" }
    });
    let booked = scene.send("POST", "/v2/absence-periods", v2).await;
    let id = booked.body["id"].as_str().unwrap().to_owned();
    scene.fake.deliver().await;
    let arrivals = scene.receiver.take();
    assert_eq!(arrivals.len(), 1);
    assert_eq!(arrivals[0].name(), "absence-period.created");
    assert_eq!(
        arrivals[0].body["payload"],
        json!({ "absence_period": { "id": id }, "person": { "id": "4001" } })
    );
    scene
        .send("DELETE", &format!("/v2/absence-periods/{id}"), json!({}))
        .await;
    let vacation = scene
        .fake
        .company(|company| company.absences().next().unwrap().number());
    scene
        .send(
            "DELETE",
            &format!("/v1/company/time-offs/{vacation}"),
            json!({}),
        )
        .await;
    let doctor = json!({
        "employee_id": "4001", "type": "Doctor's appointment", "start_date": "2026-03-09",
        "start_time": "09:00", "end_time": "10:30"
    });
    scene.send("POST", "/_fake/absences", doctor).await;
    assert_eq!(
        scene.arrivals().await,
        [
            "absence-period.deleted",
            "absence-period.deleted",
            "absence-period.created"
        ]
    );
}

#[tokio::test]
async fn attendances_are_told() {
    let scene = scene().await;
    let at = |hour| NaiveTime::from_hms_opt(hour, 0, 0).unwrap();
    let number = scene
        .fake
        .company(|company| {
            company.attend(NewAttendance::new(
                zofia(company),
                day(2026, 3, 2),
                at(8),
                None,
            ))
        })
        .unwrap();
    let path = format!("/v1/company/attendances/{number}");
    scene
        .send("PATCH", &path, json!({ "end_time": "16:00" }))
        .await;
    scene
        .fake
        .company(|company| company.delete_attendance(number))
        .unwrap();
    assert_eq!(
        scene.arrivals().await,
        [
            "attendance-period.created",
            "attendance-period.updated",
            "attendance-period.deleted"
        ]
    );
}

/// Work and the break before it are two periods, each with events of its own.
#[tokio::test]
async fn a_break_is_told_when_it_changes_itself() {
    let scene = scene().await;
    let at = |hour| NaiveTime::from_hms_opt(hour, 0, 0);
    let work = |company: &mut Company| {
        let (from, until) = (at(8).unwrap(), at(16));
        let work = NewAttendance::new(zofia(company), day(2026, 3, 2), from, until);
        company.attend(work.break_minutes(30))
    };
    let number = scene.fake.company(work).unwrap();
    let told = scene.arrivals().await;
    assert_eq!(told, ["attendance-period.created"; 2]);

    let path = format!("/v1/company/attendances/{number}");
    let change = async |change: Value| {
        scene.send("PATCH", &path, change).await;
        scene.arrivals().await
    };
    let updated = "attendance-period.updated";
    assert_eq!(change(json!({ "comment": "Inventur" })).await, [updated]);
    assert_eq!(change(json!({ "break": 45 })).await, [updated; 2]);
    assert_eq!(
        change(json!({ "break": 0 })).await,
        ["attendance-period.deleted", updated]
    );
}

#[tokio::test]
async fn time_booked_on_a_project_changes_when_the_project_is_deleted() {
    let scene = scene().await;
    let inventory = json!({ "name": "Inventur", "status": "ACTIVE" });
    let project = scene.send("POST", "/v2/projects", inventory).await.body["id"].clone();
    let work = json!({
        "person": { "id": "4001" }, "type": "WORK", "project": { "id": project },
        "start": { "date_time": "2026-03-02T08:00" }, "end": { "date_time": "2026-03-02T16:00" }
    });
    scene.send("POST", "/v2/attendance-periods", work).await;
    let path = format!("/v2/projects/{}", project.as_str().unwrap());
    scene.send("DELETE", &path, json!({})).await;
    assert_eq!(
        scene.arrivals().await,
        ["attendance-period.created", "attendance-period.updated"]
    );
}

#[tokio::test]
async fn dates_of_employment_are_told_when_they_come_not_when_they_are_entered() {
    let scene = scene().await;
    let instant = |text: &str| text.parse().unwrap();
    let ada = NewEmployee::new("Ada", "Nwosu").hire_date(day(2026, 4, 1));
    scene.fake.company(|company| company.hire(ada)).unwrap();
    scene
        .fake
        .company(|company| company.terminate(zofia(company), day(2026, 3, 31)))
        .unwrap();
    let entered = scene.arrivals().await;
    assert_eq!(
        entered,
        ["person.created", "employment.created", "employment.updated"]
    );

    scene.fake.set_now(instant("2026-03-30T21:59:59Z"));
    assert!(
        scene.arrivals().await.is_empty(),
        "one second before midnight in Berlin"
    );
    scene.fake.set_now(instant("2026-05-01T08:00:00Z"));
    scene.fake.deliver().await;
    let told: Vec<_> = scene
        .receiver
        .take()
        .iter()
        .map(|arrival| {
            format!(
                "{} {}",
                arrival.name(),
                arrival.body["occurred_at"].as_str().unwrap()
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            "employment.terminated 2026-03-30T22:00:00.000Z",
            "employment.started 2026-03-31T22:00:00.000Z"
        ]
    );
    let late = NewEmployee::new("Heiðrún", "Jønsson").hire_date(day(2026, 4, 20));
    scene.fake.company(|company| company.hire(late)).unwrap();
    assert_eq!(
        scene.arrivals().await,
        ["person.created", "employment.created"]
    );
}

#[tokio::test]
async fn a_change_that_was_scheduled_is_told_when_it_takes_effect() {
    let scene = scene().await;
    let change = json!({ "weekly_working_hours": 30, "effective_date": "2026-04-01" });
    scene.send("PATCH", "/_fake/employees/4001", change).await;
    assert!(scene.arrivals().await.is_empty());
    scene
        .send(
            "POST",
            "/_fake/clock",
            json!({ "now": "2026-04-02T08:00:00Z" }),
        )
        .await;
    scene.fake.deliver().await;
    let arrivals = scene.receiver.take();
    assert_eq!(arrivals.len(), 1);
    assert_eq!(arrivals[0].name(), "employment.updated");
    assert_eq!(arrivals[0].body["occurred_at"], "2026-03-31T22:00:00.000Z");
}

#[tokio::test]
async fn what_happened_before_there_was_a_webhook_is_not_told() {
    let scene = Scene::on(quiet().start().await.unwrap()).await;
    scene
        .fake
        .company(|company| company.hire(NewEmployee::new("Zofia", "Żak")))
        .unwrap();
    assert_eq!(scene.arrivals().await.len(), 2);
    let late = super::Receiver::start();
    super::register(&scene.caller, &late.url()).await;
    scene.fake.deliver().await;
    assert!(late.take().is_empty());
}
