//! Every write over real HTTP: what is sent, and what is made of the answer.

use personio_client::v1::{EmployeeChange, EmployeeStatus, Gender, NewEmployee, NewTimeOff};
use personio_client::v2::{
    AbsencePeriodChange, Approval, AttendancePeriodChange, NewAbsencePeriod, NewAttendancePeriod,
};
use personio_client::{
    AbsencePeriodId, AbsenceTypeId, AttendancePeriodId, EmployeeId, PersonId, ProjectId, TimeOffId,
    TimeOffTypeId,
};
use rust_decimal::Decimal;
use serde_json::json;
use wiremock::ResponseTemplate;

use super::{client, day, sent, serve_any};
use crate::answers::time_off;

fn created(id: &str) -> ResponseTemplate {
    ResponseTemplate::new(201).set_body_json(json!({"id": id, "_meta": {"links": {}}}))
}

#[tokio::test]
async fn an_absence_in_days() {
    let server = serve_any(created("7b0e")).await;
    let absence = NewAbsencePeriod::days(
        &PersonId::new("17"),
        &AbsenceTypeId::new("a3b1"),
        day(12, 21),
        Some(day(12, 24)),
    );
    let absence = absence.from_noon().until_noon().comment("skiing");
    let absence = absence.substitute(&PersonId::new("18"));
    let client = client(&server);
    let periods = client.v2().absence_periods();
    let id = periods.create(absence, Approval::Ask).await.unwrap();
    assert_eq!(id, AbsencePeriodId::new("7b0e"));
    insta::assert_snapshot!(sent(&server).await, @r#"POST /v2/absence-periods?skip_approval=false application/json {"absence_type":{"id":"a3b1"},"comment":"skiing","ends_at":{"date_time":"2026-12-24T00:00:00","type":"FIRST_HALF"},"person":{"id":"17"},"starts_from":{"date_time":"2026-12-21T00:00:00","type":"SECOND_HALF"},"substitute":{"id":"18"}}"#);
}

#[tokio::test]
async fn an_absence_in_hours_is_changed_and_deleted() {
    let server = serve_any(ResponseTemplate::new(204)).await;
    let client = client(&server);
    let periods = client.v2().absence_periods();
    let id = AbsencePeriodId::new("7b0e");
    let hours = AbsencePeriodChange::new().hours(
        day(3, 2).and_hms_opt(9, 0, 0).unwrap(),
        day(3, 2).and_hms_opt(11, 30, 0),
    );
    periods
        .update(&id, hours.comment("late"), Approval::Skip)
        .await
        .unwrap();
    insta::assert_snapshot!(sent(&server).await, @r#"PATCH /v2/absence-periods/7b0e?skip_approval=true application/json {"comment":"late","ends_at":{"date_time":"2026-03-02T11:30:00"},"starts_from":{"date_time":"2026-03-02T09:00:00"}}"#);
    periods.delete(&id).await.unwrap();
    insta::assert_snapshot!(sent(&server).await, @"DELETE /v2/absence-periods/7b0e");
}

#[tokio::test]
async fn work_and_rest() {
    let server = serve_any(created("c0de")).await;
    let client = client(&server);
    let periods = client.v2().attendance_periods();
    let person = PersonId::new("17");
    let at = |hour| day(3, 2).and_hms_opt(hour, 0, 0).unwrap();
    let work = NewAttendancePeriod::work(&person, at(8), None);
    let work = work.comment("inventory").project(ProjectId::new(5));
    let id = periods.create(work, Approval::Skip).await.unwrap();
    assert_eq!(id, AttendancePeriodId::new("c0de"));
    insta::assert_snapshot!(sent(&server).await, @r#"POST /v2/attendance-periods?skip_approval=true application/json {"comment":"inventory","end":null,"person":{"id":"17"},"project":{"id":"5"},"start":{"date_time":"2026-03-02T08:00:00"},"type":"WORK"}"#);
    let rest = NewAttendancePeriod::rest(&person, at(12), Some(at(13)));
    periods.create(rest, Approval::Ask).await.unwrap();
    insta::assert_snapshot!(sent(&server).await, @r#"POST /v2/attendance-periods?skip_approval=false application/json {"end":{"date_time":"2026-03-02T13:00:00"},"person":{"id":"17"},"start":{"date_time":"2026-03-02T12:00:00"},"type":"BREAK"}"#);
    let change = AttendancePeriodChange::new()
        .times(at(9), at(17))
        .comment("moved");
    periods.update(&id, change, Approval::Ask).await.unwrap();
    insta::assert_snapshot!(sent(&server).await, @r#"PATCH /v2/attendance-periods/c0de?skip_approval=false application/json {"comment":"moved","end":{"date_time":"2026-03-02T17:00:00"},"start":{"date_time":"2026-03-02T09:00:00"}}"#);
    periods.delete(&id).await.unwrap();
    insta::assert_snapshot!(sent(&server).await, @"DELETE /v2/attendance-periods/c0de");
}

#[tokio::test]
async fn an_employee() {
    let answer = json!({"success": true, "data": {"id": 81723, "message": "success"},
        "meta": ["The office was not found and has been ignored."]});
    let server = serve_any(ResponseTemplate::new(200).set_body_json(answer)).await;
    let client = client(&server);
    let more = EmployeeChange::new()
        .preferred_name("Zosia")
        .gender(&Gender::Female)
        .position("Developer")
        .subcompany("Riverside Lda")
        .department("Engineering")
        .office("Atlantis")
        .hire_date(day(3, 2))
        .weekly_working_hours(Decimal::new(375, 1))
        .status(&EmployeeStatus::Onboarding)
        .supervisor(Some(EmployeeId::new(7)))
        .custom("dynamic_42", "M");
    let new = NewEmployee::new("zofia@example.com", "Zofia", "Żak", more);
    let written = client.v1().employees().create(new).await.unwrap();
    assert_eq!(
        (written.id, written.ignored.len()),
        (EmployeeId::new(81723), 1)
    );
    insta::assert_snapshot!(sent(&server).await, @r#"POST /v1/company/employees application/json {"employee":{"custom_attributes":{"dynamic_42":"M"},"department":"Engineering","email":"zofia@example.com","first_name":"Zofia","gender":"female","hire_date":"2026-03-02","last_name":"Żak","office":"Atlantis","position":"Developer","preferred_name":"Zosia","status":"onboarding","subcompany":"Riverside Lda","supervisor_id":7,"weekly_working_hours":37.5}}"#);
    let change = EmployeeChange::new().supervisor(None);
    client
        .v1()
        .employees()
        .update(EmployeeId::new(7), change)
        .await
        .unwrap();
    insta::assert_snapshot!(sent(&server).await, @r#"PATCH /v1/company/employees/7 application/json {"employee":{"supervisor_id":null}}"#);
}

#[tokio::test]
async fn what_personio_has_against_an_employee_is_kept_apart_from_the_text_of_the_error() {
    let answer = json!({"success": false, "error": {"code": 0, "message": "The email has already been taken.",
        "error_data": {"email": ["The email has already been taken."]}}});
    let server = serve_any(ResponseTemplate::new(422).set_body_json(answer)).await;
    let new = NewEmployee::new("zofia@example.com", "Zofia", "Żak", EmployeeChange::new());
    let error = client(&server)
        .v1()
        .employees()
        .create(new)
        .await
        .unwrap_err();
    let objections = error.api_error().unwrap().objections();
    let [objection] = objections else {
        panic!("{objections:?}")
    };
    assert_eq!(
        (objection.field(), objection.message()),
        (Some("email"), "The email has already been taken.")
    );
    assert!(!format!("{error} {error:?} {objection:?}").contains("taken"));
    assert!(error.is_invalid_request() && !error.is_outcome_unknown());
}

#[tokio::test]
async fn a_write_is_not_repeated_after_an_answer_that_leaves_it_open() {
    let server = serve_any(ResponseTemplate::new(500)).await;
    let new = NewEmployee::new("zofia@example.com", "Zofia", "Żak", EmployeeChange::new());
    let error = client(&server)
        .v1()
        .employees()
        .create(new)
        .await
        .unwrap_err();
    assert!(error.is_outcome_unknown());
    let requests = server.received_requests().await.unwrap();
    let posts = requests
        .iter()
        .filter(|it| it.url.path() == "/v1/company/employees");
    assert_eq!(posts.count(), 1);
}

#[tokio::test]
async fn a_day_based_absence() {
    let answer = json!({"success": true, "data": time_off(1)});
    let server = serve_any(ResponseTemplate::new(200).set_body_json(answer)).await;
    let client = client(&server);
    let (employee, kind) = (EmployeeId::new(7), TimeOffTypeId::new(17));
    let new = NewTimeOff::new(employee, kind, day(8, 3), day(8, 7)).half_day_end();
    let booked = client
        .v1()
        .time_offs()
        .create(&new.comment("a & b"), Approval::Ask)
        .await;
    assert_eq!(booked.unwrap().id, TimeOffId::new(1));
    insta::assert_snapshot!(sent(&server).await, @"POST /v1/company/time-offs application/x-www-form-urlencoded employee_id=7&time_off_type_id=17&start_date=2026-08-03&end_date=2026-08-07&half_day_start=false&half_day_end=true&skip_approval=false&comment=a+%26+b");
    client
        .v1()
        .time_offs()
        .delete(TimeOffId::new(1))
        .await
        .unwrap();
    insta::assert_snapshot!(sent(&server).await, @"DELETE /v1/company/time-offs/1");
}

#[tokio::test]
async fn a_profile_picture_comes_as_it_is() {
    let png = ResponseTemplate::new(200).set_body_raw(*b"\x89PNG\xff", "image/png");
    let server = serve_any(png).await;
    let client = client(&server);
    let picture = client
        .v1()
        .employees()
        .profile_picture(EmployeeId::new(7), 80);
    let picture = picture.await.unwrap();
    assert_eq!(picture.media_type.as_deref(), Some("image/png"));
    assert_eq!(picture.bytes, b"\x89PNG\xff");
    assert!(
        sent(&server)
            .await
            .starts_with("GET /v1/company/employees/7/profile-picture/80")
    );
}
