//! Attendances of v1: the typed calls of the client, and what only the wire shows.

use chrono::NaiveTime;
use personio_client::fake::{FakePersonio, NewEmployee, operations};
use personio_client::v1::{
    Approval, AttendanceChange, AttendanceRefusal, AttendanceStatus, ListAttendances, NewAttendance,
};
use personio_client::{Client, Credentials, ENDPOINTS, EmployeeId};
use reqwest::Method;
use serde_json::json;

use super::caller::{Caller, day, with_company};

const ADA: EmployeeId = EmployeeId::new(4001);

async fn with_ada() -> FakePersonio {
    with_company(|company| {
        company.hire(NewEmployee::new("Ada", "Nwosu")).unwrap();
    })
    .await
}

fn client(fake: &FakePersonio) -> Client {
    let credentials = Credentials::new(fake.client_id(), fake.client_secret());
    Client::builder(credentials)
        .base_url(fake.base_url())
        .build()
        .unwrap()
}

fn at(hour: u32, minute: u32) -> NaiveTime {
    NaiveTime::from_hms_opt(hour, minute, 0).unwrap()
}

fn morning_of(month: u32, date: u32) -> NewAttendance {
    NewAttendance::new(ADA, day(2026, month, date), at(8, 30), Some(at(12, 0)))
}

fn this_year() -> ListAttendances {
    ListAttendances::new(day(2026, 1, 1), day(2026, 12, 31))
}

#[test]
fn the_fake_knows_every_operation_of_the_client() {
    let known: Vec<_> = operations().map(shape).collect();
    for operation in ENDPOINTS {
        let method = operation.method.as_str();
        let version = operation.version.as_str();
        let name = format!("{method} /{version}{}", operation.path);
        assert!(known.contains(&shape(&name)), "the fake lacks {name}");
    }
}

/// The name of an operation without those of its placeholders.
fn shape(operation: &str) -> String {
    let segments = operation
        .split('/')
        .map(|segment| match segment.starts_with('{') {
            true => "{}",
            false => segment,
        });
    segments.collect::<Vec<_>>().join("/")
}

#[tokio::test]
async fn an_attendance_is_recorded_listed_changed_and_deleted() {
    let fake = with_ada().await;
    let client = client(&fake);
    let attendances = client.v1().attendances();
    let new = [
        morning_of(3, 2).break_minutes(15).comment("Inventur"),
        morning_of(3, 3),
    ];
    let recorded = attendances.create(&new, Approval::Skip).await.unwrap();
    let first = recorded[0].unwrap();
    let listed = attendances.list(this_year()).collect().await.unwrap();
    assert!(listed.completeness.is_complete());
    let listed = listed.into_records();
    assert_eq!(
        listed.iter().map(|it| it.date).collect::<Vec<_>>(),
        [day(2026, 3, 3), day(2026, 3, 2)],
        "the newest day comes first"
    );
    let ada = &listed[1];
    assert_eq!((ada.id, ada.employee), (first, ADA));
    assert_eq!((ada.start_time, ada.end_time), (at(8, 30), Some(at(12, 0))));
    assert_eq!(
        (ada.break_minutes, ada.comment.as_deref()),
        (Some(15), Some("Inventur"))
    );
    assert_eq!(ada.status, Some(AttendanceStatus::Confirmed));
    assert!(ada.id_v2.is_some());

    let longer = AttendanceChange::new().times(at(8, 0), at(12, 30));
    attendances
        .update(first, longer, Approval::Skip)
        .await
        .unwrap();
    attendances
        .delete(recorded[1].unwrap(), Approval::Skip)
        .await
        .unwrap();
    let left = attendances
        .list(this_year())
        .collect()
        .await
        .unwrap()
        .into_records();
    assert_eq!(left.len(), 1);
    assert_eq!(
        (left[0].start_time, left[0].break_minutes),
        (at(8, 0), Some(15))
    );
    let gone = attendances
        .delete(recorded[1].unwrap(), Approval::Skip)
        .await;
    assert!(gone.unwrap_err().is_not_found());
}

#[tokio::test]
async fn the_good_attendances_are_stored_even_when_others_are_refused() {
    let fake = with_ada().await;
    let client = client(&fake);
    let attendances = client.v1().attendances();
    let nobody = NewAttendance::new(EmployeeId::new(7), day(2026, 3, 2), at(8, 0), None);
    let new = [morning_of(3, 2), morning_of(3, 2), nobody];
    let outcomes = attendances.create(&new, Approval::Skip).await.unwrap();
    assert!(outcomes[0].is_ok());
    assert_eq!(outcomes[1], Err(AttendanceRefusal::Overlap));
    assert_eq!(outcomes[2], Err(AttendanceRefusal::Other));
    assert_eq!(fake.company(|company| company.attendances().count()), 1);
}

#[tokio::test]
async fn attendances_that_wait_for_approval_are_listed_on_request() {
    let fake = with_ada().await;
    let client = client(&fake);
    let attendances = client.v1().attendances();
    attendances
        .create(&[morning_of(3, 2)], Approval::Ask)
        .await
        .unwrap()[0]
        .unwrap();
    let confirmed = attendances.list(this_year()).collect().await.unwrap();
    assert_eq!(confirmed.into_records().len(), 0);
    let all = attendances
        .list(this_year().pending_too())
        .collect()
        .await
        .unwrap();
    assert_eq!(
        all.into_records()[0].status,
        Some(AttendanceStatus::Pending)
    );
}

#[tokio::test]
async fn offsets_count_records_and_come_back_as_text() {
    let fake = with_ada().await;
    let client = client(&fake);
    let new: Vec<_> = (1..=5).map(|date| morning_of(2, date)).collect();
    client
        .v1()
        .attendances()
        .create(&new, Approval::Skip)
        .await
        .unwrap();
    let paged = client
        .v1()
        .attendances()
        .list(this_year().limit(2))
        .collect()
        .await
        .unwrap();
    assert_eq!(paged.into_records().len(), 5);

    let caller = Caller::of(&fake).await;
    let window = "/v1/company/attendances?start_date=2026-01-01&end_date=2026-12-31";
    let page = caller.get(&format!("{window}&limit=2&offset=4")).await.body;
    assert_eq!(
        (&page["limit"], &page["offset"]),
        (&json!("2"), &json!("4"))
    );
    assert_eq!(page["data"][0]["attributes"]["date"], "2026-02-01");
    let page = caller.get(window).await.body;
    assert_eq!((&page["limit"], &page["offset"]), (&json!(200), &json!(0)));
}

#[tokio::test]
async fn a_window_is_required_and_must_be_near() {
    let fake = with_ada().await;
    let caller = Caller::of(&fake).await;
    for query in [
        "",
        "?start_date=2026-01-01",
        "?start_date=1969-12-31&end_date=2026-01-01",
        "?start_date=2026-01-01&end_date=2036-03-03",
    ] {
        let answer = caller.get(&format!("/v1/company/attendances{query}")).await;
        assert_eq!(answer.status, 400, "{query}");
    }
}

#[tokio::test]
async fn a_form_is_taken_as_well_as_json() {
    let fake = with_ada().await;
    let caller = Caller::of(&fake).await;
    let form = [
        ("attendances[][employee]", "4001"),
        ("attendances[][date]", "2026-03-02"),
        ("attendances[][start_time]", "08:30"),
        ("attendances[]break", "0"),
        ("skip_approval", "false"),
    ];
    let request = caller
        .call(Method::POST, "/v1/company/attendances")
        .form(&form);
    let answer = caller.send(request).await;
    assert_eq!(
        (answer.status, &answer.body["data"]["id"]),
        (200, &json!([900_001]))
    );
    assert_eq!(
        answer.header("authorization"),
        None,
        "writes do not repeat the token"
    );
}

#[tokio::test]
async fn the_family_can_have_ended() {
    let fake = with_ada().await;
    fake.edit_quirks(|quirks| {
        quirks.v1_attendances_gone = Some(410);
        quirks.v1_attendances_last_day = day(2026, 3, 1);
    });
    let client = client(&fake);
    let listed = client.v1().attendances().list(this_year()).collect().await;
    assert_eq!(listed.unwrap_err().status(), Some(410));
    let created = client
        .v1()
        .attendances()
        .create(&[morning_of(3, 2)], Approval::Skip)
        .await;
    assert_eq!(created.unwrap_err().status(), Some(410));
}
