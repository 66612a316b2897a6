//! Every v2 call over real HTTP: what is sent, and that the answer is read.

use chrono::{TimeZone, Utc};
use personio_client::v2::{
    AttendanceApproval, AttendanceKind, ListAbsencePeriods, ListAbsenceTypes,
    ListAttendancePeriods, ListEmployments, ListLegalEntities, ListNamedUnits, ListOrgUnits,
    ListPersons, OrgUnitKind, PersonStatus,
};
use personio_client::{
    AbsencePeriodId, AbsenceTypeId, ApiVersion, AttendancePeriodId, CostCenterId, EmploymentId,
    Endpoint, LegalEntityId, Observed, Operation, OrgUnitId, PersonId, ProjectId, WorkplaceId,
};
use rstest::rstest;
use serde_json::{Value, json};
use wiremock::matchers::{body_string, header, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::{client, day, sent_query, serve_behind};
use crate::answers::person;

/// Serves one answer at a path, and the login.
async fn serve(at: &str, body: Value) -> MockServer {
    let login = Mock::given(method("POST"))
        .and(path("/v2/auth/token"))
        .and(header("content-type", "application/x-www-form-urlencoded"))
        .and(body_string("grant_type=client_credentials&client_id=papi-id&client_secret=papi-secret"))
        .respond_with(ResponseTemplate::new(200).set_body_json(
            json!({"access_token": "papi-t", "token_type": "Bearer", "expires_in": 86400, "refresh_token": null}),
        ));
    serve_behind(login, at, body).await
}

fn absence() -> Value {
    json!({"id": "7b0e", "person": {"id": "17"}, "absence_type": {"id": "a3b1"},
           "starts_from": {"date_time": "2026-12-21T00:00:00"}, "ends_at": null})
}

#[tokio::test]
async fn list_persons() {
    let server = serve(
        "/v2/persons",
        json!({"_data": [person("17")], "_meta": {"links": {}}}),
    )
    .await;
    let request = ListPersons::new()
        .limit(20)
        .ids(&[PersonId::new("17"), PersonId::new("18")])
        .email("mael@example.com")
        .status(&PersonStatus::Active)
        .updated_after_day(day(3, 1));
    let listing = client(&server)
        .v2()
        .persons()
        .list(request)
        .collect()
        .await
        .unwrap();
    assert_eq!(listing.records[0].first_name.value().unwrap(), "Maël");
    insta::assert_snapshot!(sent_query(&server).await, @"id=17%2C18&email=mael%40example.com&status=ACTIVE&updated_at.gt=2026-03-01&limit=20");
}

#[tokio::test]
async fn the_form_of_a_time_filter_is_the_callers_choice() {
    let server = serve("/v2/persons", json!({"_data": []})).await;
    let time = Utc.with_ymd_and_hms(2026, 3, 1, 8, 30, 0).unwrap();
    let request = ListPersons::new()
        .updated_after_day(day(3, 1))
        .updated_after(time);
    let listing = client(&server)
        .v2()
        .persons()
        .list(request)
        .collect()
        .await
        .unwrap();
    assert!(listing.completeness.is_complete());
    insta::assert_snapshot!(sent_query(&server).await, @"updated_at.gt=2026-03-01T08%3A30%3A00Z&limit=50");
}

#[rstest]
#[case::bare(person("17"))]
#[case::in_an_envelope(json!({"_data": person("17")}))]
#[tokio::test]
async fn get_person(#[case] body: Value) {
    let server = serve("/v2/persons/17", body).await;
    let person = client(&server)
        .v2()
        .persons()
        .get(&PersonId::new("17"))
        .await
        .unwrap();
    assert_eq!(
        person.employments.value().unwrap(),
        &[EmploymentId::new("employment-of-17")]
    );
}

#[tokio::test]
async fn an_id_is_one_segment_of_the_path_whatever_it_holds() {
    let server = serve("/v2/persons/a%2Fb%3Fc", person("a/b?c")).await;
    let person = client(&server)
        .v2()
        .persons()
        .get(&PersonId::new("a/b?c"))
        .await
        .unwrap();
    assert_eq!(person.id, PersonId::new("a/b?c"));
}

#[tokio::test]
async fn list_employments() {
    let body = json!({"_data": [{"id": "e1", "status": "ACTIVE"}], "_meta": {"links": {}}});
    let server = serve("/v2/persons/17/employments", body).await;
    let person = PersonId::new("17");
    let request = ListEmployments::new()
        .ids(&[EmploymentId::new("e1")])
        .updated_after_day(day(3, 1));
    let listing = client(&server)
        .v2()
        .employments(&person)
        .list(request)
        .collect()
        .await
        .unwrap();
    assert!(listing.completeness.is_complete());
    insta::assert_snapshot!(sent_query(&server).await, @"id=e1&updated_at.gt=2026-03-01&limit=50");
}

#[tokio::test]
async fn get_employment() {
    let server = serve("/v2/persons/17/employments/e1", json!({"id": "e1"})).await;
    let person = PersonId::new("17");
    let employment = client(&server)
        .v2()
        .employments(&person)
        .get(&EmploymentId::new("e1"))
        .await
        .unwrap();
    assert!(!employment.status.is_observed());
}

#[tokio::test]
async fn list_absence_types() {
    let body = json!({"_data": [{"id": "a3b1", "name": "Urlaub", "category": "PAID_VACATION", "unit": "DAY"}]});
    let server = serve("/v2/absence-types", body).await;
    let listing = client(&server)
        .v2()
        .absence_types()
        .list(ListAbsenceTypes::new())
        .collect()
        .await
        .unwrap();
    assert_eq!(
        listing.records[0].category.as_deref(),
        Some("PAID_VACATION")
    );
    insta::assert_snapshot!(sent_query(&server).await, @"limit=100");
}

#[tokio::test]
async fn get_absence_type() {
    let server = serve(
        "/v2/absence-types/a3b1",
        json!({"id": "a3b1", "category": null}),
    )
    .await;
    let kind = client(&server)
        .v2()
        .absence_types()
        .get(&AbsenceTypeId::new("a3b1"))
        .await
        .unwrap();
    assert_eq!(kind.unit, None);
}

#[tokio::test]
async fn list_absence_periods() {
    let server = serve(
        "/v2/absence-periods",
        json!({"_data": [absence()], "_meta": {"links": {}}}),
    )
    .await;
    let request = ListAbsencePeriods::new()
        .persons(&[PersonId::new("17"), PersonId::new("18")])
        .absence_types(&[AbsenceTypeId::new("a3b1")])
        .from(day(12, 1))
        .to(day(12, 31))
        .updated_from(Utc.with_ymd_and_hms(2026, 3, 1, 8, 30, 0).unwrap());
    let listing = client(&server)
        .v2()
        .absence_periods()
        .list(request)
        .collect()
        .await
        .unwrap();
    assert_eq!(listing.records[0].person_id, PersonId::new("17"));
    insta::assert_snapshot!(sent_query(&server).await, @"person.id=17%2C18&absence_type.id=a3b1&ends_at.date_time.gte=2026-12-01T00%3A00%3A00&starts_from.date_time.lte=2026-12-31T23%3A59%3A59&updated_at.gte=2026-03-01T08%3A30%3A00Z&limit=100");
}

#[tokio::test]
async fn get_absence_period() {
    let server = serve("/v2/absence-periods/7b0e", absence()).await;
    let period = client(&server)
        .v2()
        .absence_periods()
        .get(&AbsencePeriodId::new("7b0e"))
        .await
        .unwrap();
    assert_eq!(period.first_day(), day(12, 21));
    assert_eq!(period.last_day(), None);
}

#[tokio::test]
async fn list_attendance_periods() {
    let period = json!({"id": "c0de", "person": {"id": "17"}, "type": "WORK",
        "start": {"date_time": "2026-03-02T08:00:00"}, "end": null, "attribution_date": "2026-03-02",
        "project": {"id": "5"}, "status": "PENDING"});
    let rest = json!({"id": "c0df", "person": {"id": "17"}, "type": "BREAK",
        "start": {"date_time": "2026-03-02T12:00"}, "end": {"date_time": "2026-03-02T12:30:00.000"},
        "approval": {"status": "CONFIRMED"}});
    let server = serve("/v2/attendance-periods", json!({"_data": [period, rest]})).await;
    let request = ListAttendancePeriods::new()
        .persons(&[PersonId::new("17")])
        .from(day(3, 1))
        .to(day(3, 31))
        .updated_from(Utc.with_ymd_and_hms(2026, 3, 1, 8, 30, 0).unwrap());
    let listing = client(&server)
        .v2()
        .attendance_periods()
        .list(request)
        .collect()
        .await
        .unwrap();
    let [work, rest] = &listing.records[..] else {
        panic!("{:?}", listing.unreadable)
    };
    assert_eq!(
        (work.ends_at, work.project_id),
        (None, Some(ProjectId::new(5)))
    );
    assert_eq!(
        work.approval_status(),
        Observed::Value(&AttendanceApproval::Pending)
    );
    assert_eq!(rest.ends_at, day(3, 2).and_hms_opt(12, 30, 0));
    assert_eq!(
        rest.approval_status(),
        Observed::Value(&AttendanceApproval::Confirmed)
    );
    insta::assert_snapshot!(sent_query(&server).await, @"person.id=17&attribution_date.gte=2026-03-01&attribution_date.lte=2026-03-31&updated_at.gte=2026-03-01T08%3A30%3A00&limit=100");
}

#[tokio::test]
async fn get_attendance_period() {
    let body = json!({"_data": {"id": "c0de", "person": {"id": "17"}, "type": "WORK",
        "start": {"date_time": "2026-03-02T08:00:00"}}});
    let server = serve("/v2/attendance-periods/c0de", body).await;
    let period = client(&server)
        .v2()
        .attendance_periods()
        .get(&AttendancePeriodId::new("c0de"))
        .await
        .unwrap();
    assert_eq!(period.kind, AttendanceKind::Work);
    assert!(!period.approval_status().is_observed());
}

#[tokio::test]
async fn list_and_get_org_units() {
    let unit = json!({"id": 501, "type": "team", "name": "Payments", "parent_id": null});
    let server = serve("/v2/org-units", json!({"_data": [unit]})).await;
    let team = OrgUnitKind::Team;
    let listing = client(&server)
        .v2()
        .org_units()
        .list(ListOrgUnits::new(&team));
    let listing = listing.collect().await.unwrap();
    assert_eq!(listing.records[0].id, OrgUnitId::new("501"));
    assert!(listing.records[0].parent_id.is_null());
    insta::assert_snapshot!(sent_query(&server).await, @"type=team&limit=100");

    let server = serve("/v2/org-units/501", unit).await;
    let got = client(&server)
        .v2()
        .org_units()
        .get(&team, &OrgUnitId::new("501"))
        .await;
    assert_eq!(got.unwrap(), listing.records[0]);
    insta::assert_snapshot!(sent_query(&server).await, @"type=team");
}

#[tokio::test]
async fn list_and_get_legal_entities() {
    let entity = json!({"id": "7001", "name": "Riverside Lda", "country": "PT"});
    let server = serve("/v2/legal-entities", json!({"_data": [entity]})).await;
    let request = ListLegalEntities::new()
        .ids(&[LegalEntityId::new("7001")])
        .countries(&["PT", "DE"]);
    let listing = client(&server)
        .v2()
        .legal_entities()
        .list(request)
        .collect()
        .await
        .unwrap();
    assert_eq!(listing.records[0].country.as_deref(), Some("PT"));
    insta::assert_snapshot!(sent_query(&server).await, @"id=7001&country=PT%2CDE&limit=100");

    let server = serve("/v2/legal-entities/7001", entity).await;
    let got = client(&server)
        .v2()
        .legal_entities()
        .get(&LegalEntityId::new("7001"))
        .await;
    assert_eq!(got.unwrap(), listing.records[0]);
}

#[tokio::test]
async fn list_cost_centers_and_workplaces() {
    let body = json!({"_data": [{"id": "3", "name": "Administration"}]});
    let server = serve("/v2/cost-centers", body.clone()).await;
    let request = ListNamedUnits::new()
        .ids(&[CostCenterId::new("3")])
        .limit(20);
    let listing = client(&server)
        .v2()
        .cost_centers()
        .list(request)
        .collect()
        .await
        .unwrap();
    assert_eq!(listing.records[0].name.as_deref(), Some("Administration"));
    insta::assert_snapshot!(sent_query(&server).await, @"id=3&limit=20");

    let server = serve("/v2/workplaces", body).await;
    let listing = client(&server)
        .v2()
        .workplaces()
        .list(ListNamedUnits::new());
    let listing = listing.collect().await.unwrap();
    assert_eq!(listing.records[0].id, WorkplaceId::new("3"));
    let requests = server.received_requests().await.unwrap();
    assert!(requests.last().unwrap().headers.get("beta").is_some());
}

#[tokio::test]
async fn an_operation_of_the_future_can_be_called_by_hand() {
    let server = serve("/v2/recruiting/jobs", json!({"_data": [{"id": "1"}]})).await;
    let operation = Operation::get("recruiting.jobs", ApiVersion::V2, "/recruiting/jobs").beta();
    let endpoint = Endpoint::<Value>::new(operation).query("limit", 1);
    let answer = client(&server).execute(&endpoint).await.unwrap();
    assert_eq!(answer["_data"][0]["id"], "1");
    let requests = server.received_requests().await.unwrap();
    let sent = requests.last().unwrap();
    assert_eq!(
        (
            sent.url.query(),
            sent.headers.get("beta").unwrap().to_str().unwrap()
        ),
        (Some("limit=1"), "true")
    );
}
