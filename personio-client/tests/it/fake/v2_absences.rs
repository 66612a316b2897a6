//! Absence types and periods in v2.

use chrono::NaiveTime;
use personio_client::fake::{AbsenceNumber, EmployeeNumber, FakePersonio, NewAbsence, NewEmployee};
use rstest::rstest;
use serde_json::{Value, json};

use super::caller::{Caller, absence_ids, day, ids, with_company};

/// One employee with a vacation in April, a doctor's appointment in May and an illness from June on.
async fn with_absences() -> (FakePersonio, [AbsenceNumber; 3]) {
    let mut numbers = None;
    let fake = with_company(|company| {
        let employee = company
            .hire(NewEmployee::new("Małgorzata", "Nowicka"))
            .unwrap();
        let at = |hour| NaiveTime::from_hms_opt(hour, 30, 0).unwrap();
        let vacation =
            NewAbsence::days(employee, "Paid vacation", day(2026, 4, 2), day(2026, 4, 8))
                .half_day_start();
        let doctor = NewAbsence::hours(
            employee,
            "Doctor's appointment",
            day(2026, 5, 4),
            at(8),
            at(10),
        );
        let ill = NewAbsence::open_ended(employee, "Sick leave", day(2026, 6, 1));
        numbers =
            Some([vacation, doctor.pending(), ill].map(|absence| company.book(absence).unwrap()));
    })
    .await;
    (fake, numbers.unwrap())
}

#[tokio::test]
async fn an_absence_has_the_same_identity_in_both_versions() {
    let (fake, [vacation, doctor, ill]) = with_absences().await;
    let caller = Caller::of(&fake).await;
    assert_eq!(
        ids(&caller.get("/v2/absence-periods").await.body),
        [vacation, doctor, ill].map(AbsenceNumber::uuid)
    );
    let daily = caller.get("/v1/company/time-offs").await.body;
    assert_eq!(
        absence_ids(&daily),
        [json!(vacation.get()), json!(ill.get())]
    );
    assert_eq!(daily["data"][0]["attributes"]["id_v2"], vacation.uuid());
    let hourly = caller.get("/v1/company/absence-periods").await.body;
    assert_eq!(absence_ids(&hourly), [json!(doctor.uuid())]);

    let types_v1 = caller.get("/v1/company/time-off-types").await.body;
    let ids_v2: Vec<_> = types_v1["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|t| t["attributes"]["id_v2"].as_str().unwrap())
        .collect();
    assert_eq!(ids(&caller.get("/v2/absence-types").await.body), ids_v2);
}

#[tokio::test]
async fn days_end_at_the_midnight_after_and_halves_stand_in_the_type() {
    let (fake, [vacation, ..]) = with_absences().await;
    let body = Caller::of(&fake)
        .await
        .get(&format!("/v2/absence-periods/{}", vacation.uuid()))
        .await
        .body;
    insta::assert_json_snapshot!(body, @r#"
    {
      "absence_type": {
        "id": "35e84502-2246-4968-af27-5bbadb037334"
      },
      "approval": {
        "status": "APPROVED"
      },
      "comment": null,
      "created_at": "2026-03-02T08:00:00Z",
      "ends_at": {
        "date_time": "2026-04-09T00:00:00",
        "type": "SECOND_HALF"
      },
      "id": "c83af589-ab6f-4dfd-ad84-cbbc1d91d1c7",
      "person": {
        "id": "4001"
      },
      "starts_from": {
        "date_time": "2026-04-02T00:00:00",
        "type": "SECOND_HALF"
      },
      "timezone_id": "Europe/Berlin",
      "updated_at": "2026-03-02T08:00:00Z"
    }
    "#);
}

#[tokio::test]
async fn hours_have_their_times_and_open_ends_are_null() {
    let (fake, [_, doctor, ill]) = with_absences().await;
    let caller = Caller::of(&fake).await;
    let doctor = caller
        .get(&format!("/v2/absence-periods/{}", doctor.uuid()))
        .await
        .body;
    assert_eq!(
        doctor["starts_from"],
        json!({ "date_time": "2026-05-04T08:30:00", "type": null })
    );
    assert_eq!(
        doctor["ends_at"],
        json!({ "date_time": "2026-05-04T10:30:00", "type": null })
    );
    assert_eq!(doctor["approval"]["status"], "PENDING");
    let ill = caller
        .get(&format!("/v2/absence-periods/{}", ill.uuid()))
        .await
        .body;
    assert_eq!(ill["ends_at"], Value::Null);
}

#[rstest]
#[case::overlapping_a_window(
    "ends_at.date_time.gte=2026-04-08T00:00:00&starts_from.date_time.lte=2026-05-31T00:00:00",
    2
)]
#[case::a_window_after_the_end(
    "ends_at.date_time.gte=2026-04-10T00:00:00Z&starts_from.date_time.lte=2026-05-01T00:00:00Z",
    0
)]
#[case::open_ends_end_after_everything("ends_at.date_time.gte=2030-01-01", 1)]
#[case::open_ends_end_before_nothing("ends_at.date_time.lte=2030-01-01", 2)]
#[case::changed("updated_at.gte=2026-03-02T08:00:00.000Z", 3)]
#[case::changed_later("updated_at.gte=2026-03-02T08:00:00.001Z", 0)]
#[case::of_a_person("person.id=4001,4002", 3)]
#[case::of_somebody_else("person.id=4002", 0)]
#[case::unknown_type("absence_type.id=x", 0)]
#[tokio::test]
async fn absence_periods_are_filtered(#[case] query: &str, #[case] expected: usize) {
    let (fake, _) = with_absences().await;
    let answer = Caller::of(&fake)
        .await
        .get(&format!("/v2/absence-periods?{query}"))
        .await;
    assert_eq!((answer.status, ids(&answer.body).len()), (200, expected));
}

#[tokio::test]
async fn absence_periods_are_found_by_their_type_and_id() {
    let (fake, [vacation, doctor, _]) = with_absences().await;
    let caller = Caller::of(&fake).await;
    let types = caller.get("/v2/absence-types").await.body;
    let sick = types["_data"]
        .as_array()
        .unwrap()
        .iter()
        .find(|listed| listed["name"] == "Sick leave")
        .unwrap();
    let path = format!(
        "/v2/absence-periods?absence_type.id={}",
        sick["id"].as_str().unwrap()
    );
    assert_eq!(ids(&caller.get(&path).await.body).len(), 1);
    let path = format!(
        "/v2/absence-periods?id={},{}",
        vacation.uuid(),
        doctor.uuid()
    );
    assert_eq!(ids(&caller.get(&path).await.body).len(), 2);
}

#[rstest]
#[case::unknown_operator("starts_from.date_time.gt=2026-01-01")]
#[case::unknown_field("ends_at.type=FIRST_HALF")]
#[case::too_many("limit=101")]
#[tokio::test]
async fn bad_parameters_are_refused(#[case] query: &str) {
    let (fake, _) = with_absences().await;
    let answer = Caller::of(&fake)
        .await
        .get(&format!("/v2/absence-periods?{query}"))
        .await;
    assert_eq!(answer.status, 400);
}

#[tokio::test]
async fn a_breakdown_tells_what_each_day_takes() {
    let (fake, [vacation, doctor, _]) = with_absences().await;
    let caller = Caller::of(&fake).await;
    let days = async |number: AbsenceNumber| {
        let body = caller
            .get(&format!("/v2/absence-periods/{}/breakdowns", number.uuid()))
            .await
            .body;
        let days = body["_data"].as_array().unwrap().iter().map(|day| {
            let duration = &day["effective_duration"];
            format!(
                "{} {} {}",
                day["date"].as_str().unwrap(),
                duration["value"],
                duration["unit"].as_str().unwrap()
            )
        });
        days.collect::<Vec<_>>().join("\n")
    };
    insta::assert_snapshot!(days(vacation).await, @r"
    2026-04-02 0.5 DAY
    2026-04-03 1 DAY
    2026-04-04 0 DAY
    2026-04-05 0 DAY
    2026-04-06 1 DAY
    2026-04-07 1 DAY
    2026-04-08 1 DAY
    ");
    insta::assert_snapshot!(days(doctor).await, @"2026-05-04 2 HOUR");
}

#[tokio::test]
async fn a_long_breakdown_comes_in_pages_of_28_days() {
    let fake = with_company(|company| {
        let employee = company.hire(NewEmployee::new("Jörg", "Höfer")).unwrap();
        company
            .book(NewAbsence::days(
                employee,
                "Parental leave",
                day(2026, 1, 1),
                day(2026, 2, 28),
            ))
            .unwrap();
    })
    .await;
    let caller = Caller::of(&fake).await;
    let id = fake.company(|company| company.absences().next().unwrap().number().uuid());
    let mut link = Some(format!("/v2/absence-periods/{id}/breakdowns"));
    let mut sizes = Vec::new();
    while let Some(page) = link.take() {
        let page = caller.get(&page).await.body;
        sizes.push(page["_data"].as_array().unwrap().len());
        link = page["_meta"]["links"]["next"]["href"]
            .as_str()
            .map(str::to_owned);
    }
    assert_eq!(sizes, [28, 28, 3]);
}

#[rstest]
#[case("/v2/absence-periods/x")]
#[case("/v2/absence-periods/x/breakdowns")]
#[case("/v2/absence-types/x")]
#[tokio::test]
async fn what_is_not_there_is_not_found(#[case] path: &str) {
    let (fake, _) = with_absences().await;
    let answer = Caller::of(&fake).await.get(path).await;
    assert_eq!(answer.status, 404);
    assert_eq!(answer.body["errors"][0]["title"], "Resource not found");
}

#[tokio::test]
async fn the_absences_of_somebody_deleted_go_with_them() {
    let (fake, _) = with_absences().await;
    fake.company(|company| company.delete_employee(EmployeeNumber::from(4001)))
        .unwrap();
    assert_eq!(
        ids(&Caller::of(&fake)
            .await
            .get("/v2/absence-periods")
            .await
            .body),
        [""; 0]
    );
}
