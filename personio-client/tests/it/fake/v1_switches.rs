//! Habits of v1 that are unknown, disputed or over: what is usual, and what each switch makes of it.

use std::time::Duration;

use chrono::{FixedOffset, NaiveTime};
use personio_client::fake::{
    AttributeKind, CustomAttribute, FakePersonio, NewAbsence, NewAttendance, NewEmployee, Quirks,
};
use personio_client::v1::{ListAbsencePeriods, ListTimeOffs};
use personio_client::{Client, Credentials, EmployeeId};
use reqwest::Method;
use rstest::rstest;
use serde_json::{Value, json};

use super::caller::{Answer, Caller, absence_ids, day, employee_ids, with_company};

const YEAR: &str = "start_date=2026-01-01&end_date=2026-12-31";

/// Maëlys, who works, sees the doctor and takes a day off on each of the first days of June.
async fn with_maelys(days: u32) -> FakePersonio {
    with_company(|company| {
        let maelys = company.hire(NewEmployee::new("Maëlys", "Guérin")).unwrap();
        let at = |hour| NaiveTime::from_hms_opt(hour, 0, 0).unwrap();
        for date in 1..=days {
            let june = day(2026, 6, date);
            let doctor = NewAbsence::hours(maelys, "Doctor's appointment", june, at(9), at(10));
            company.book(doctor).unwrap();
            let july = day(2026, 7, date);
            company
                .book(NewAbsence::days(maelys, "Home office", july, july))
                .unwrap();
            let worked = NewAttendance::new(maelys, june, at(11), Some(at(15)));
            company.attend(worked).unwrap();
        }
    })
    .await
}

fn client(fake: &FakePersonio) -> Client {
    Client::builder(Credentials::new(fake.client_id(), fake.client_secret()))
        .base_url(fake.base_url())
        .build()
        .unwrap()
}

async fn rows(caller: &Caller, path: &str) -> usize {
    let answer = caller.get(path).await;
    answer.body["data"].as_array().map_or(0, Vec::len)
}

#[tokio::test]
async fn pages_of_employees_were_larger_before_2025() {
    let fake = with_company(|company| {
        for place in 0..120 {
            let name = format!("Ó Briain {place}");
            company.hire(NewEmployee::new("Ruairí", name)).unwrap();
        }
    })
    .await;
    let caller = Caller::of(&fake).await;
    assert_eq!(rows(&caller, "/v1/company/employees").await, 50);
    fake.edit_quirks(|quirks| quirks.employees_default_limit = 100_000);
    assert_eq!(rows(&caller, "/v1/company/employees").await, 120);
    assert_eq!(
        caller.get("/v1/company/employees?limit=101").await.status,
        422,
        "what is asked for stays limited"
    );
    fake.edit_quirks(|quirks| quirks.employees_max_limit = 200);
    assert_eq!(rows(&caller, "/v1/company/employees?limit=101").await, 101);
}

#[rstest]
#[case::time_offs("/v1/company/time-offs?", absences_of_two)]
#[case::absence_periods("/v1/company/absence-periods?", absences_of_two)]
#[case::time_off_types("/v1/company/time-off-types?", absences_of_two)]
#[case::attendances(
    "/v1/company/attendances?start_date=2026-01-01&end_date=2026-12-31&",
    attendances_of_two
)]
#[tokio::test]
async fn page_sizes_are_settings(#[case] path: &str, #[case] switch: fn(&mut Quirks)) {
    let fake = with_maelys(5).await;
    let caller = Caller::of(&fake).await;
    let limit = |limit: u32| format!("{path}limit={limit}");
    assert!(rows(&caller, path).await >= 5);
    assert_eq!(caller.get(&limit(200)).await.status, 200);
    assert_eq!(caller.get(&limit(201)).await.status, 422);
    fake.edit_quirks(switch);
    assert_eq!(rows(&caller, path).await, 2);
    assert_eq!(rows(&caller, &limit(3)).await, 3);
    assert_eq!(caller.get(&limit(4)).await.status, 422);
}

fn absences_of_two(quirks: &mut Quirks) {
    (quirks.absences_default_limit, quirks.absences_max_limit) = (2, 3);
}

fn attendances_of_two(quirks: &mut Quirks) {
    (
        quirks.attendances_default_limit,
        quirks.attendances_max_limit,
    ) = (2, 3);
}

#[tokio::test]
async fn absence_periods_count_pages_and_once_counted_records() {
    let fake = with_maelys(5).await;
    let caller = Caller::of(&fake).await;
    let all = absence_ids(&caller.get("/v1/company/absence-periods").await.body);
    let page = async |offset: u32| {
        let path = format!("/v1/company/absence-periods?limit=2&offset={offset}");
        caller.get(&path).await.body
    };
    assert_eq!(absence_ids(&page(0).await), all[0..2]);
    assert_eq!(absence_ids(&page(1).await), all[0..2]);
    assert_eq!(absence_ids(&page(2).await), all[2..4]);
    assert_eq!(page(2).await["metadata"]["current_page"], 2);

    fake.edit_quirks(|quirks| quirks.absence_periods_count_records = true);
    assert_eq!(absence_ids(&page(0).await), all[0..2]);
    assert_eq!(absence_ids(&page(1).await), all[1..3]);
    assert_eq!(absence_ids(&page(2).await), all[2..4]);
    assert_eq!(page(2).await["metadata"]["current_page"], 1);
}

#[tokio::test]
async fn a_client_that_counts_pages_notices_that_records_are_counted() {
    let fake = with_maelys(5).await;
    let client = client(&fake);
    let read = async || {
        let list = ListAbsencePeriods::new().limit(2);
        client.v1().absence_periods().list(list).collect().await
    };
    assert!(read().await.unwrap().completeness.is_complete());
    fake.edit_quirks(|quirks| quirks.absence_periods_count_records = true);
    let believed = read()
        .await
        .is_ok_and(|read| read.completeness.is_complete());
    assert!(!believed);
}

#[tokio::test]
async fn custom_numbers_may_come_as_text() {
    let fake = with_maelys(0).await;
    fake.company(|company| {
        for (number, kind) in [(11, AttributeKind::Integer), (12, AttributeKind::Decimal)] {
            company.define_attribute(CustomAttribute::new(number, "Bonus", kind));
            let key = format!("dynamic_{number}");
            let value = if number == 11 { json!(7) } else { json!(1.25) };
            company.set_attribute(4001.into(), &key, value).unwrap();
        }
    });
    let caller = Caller::of(&fake).await;
    let values = async || {
        let body = caller.get("/v1/company/employees/4001").await.body;
        let value = |key: &str| body["data"]["attributes"][key]["value"].clone();
        [value("dynamic_11"), value("dynamic_12")]
    };
    assert_eq!(values().await, [json!(7), json!(1.25)]);
    fake.edit_quirks(|quirks| quirks.custom_numbers_as_text = true);
    assert_eq!(values().await, [json!("7"), json!("1.25")]);
}

#[tokio::test]
async fn offsets_may_come_without_colon_and_mean_the_same() {
    let fake = with_maelys(1).await;
    let (caller, client) = (Caller::of(&fake).await, client(&fake));
    let written = async || {
        let body = caller.get("/v1/company/time-offs").await.body;
        let attributes = &body["data"][0]["attributes"];
        ["start_date", "end_date", "updated_at"].map(|name| attributes[name].clone())
    };
    let read = async || {
        let list = client.v1().time_offs().list(ListTimeOffs::new());
        let time_off = list.collect().await.unwrap().into_records().remove(0);
        let instant = |moment: Option<personio_client::Moment>| moment.and_then(|at| at.instant());
        (
            time_off.start_date,
            time_off.end_date,
            instant(time_off.created_at),
            instant(time_off.updated_at),
        )
    };
    let with_colon = read().await;
    assert_eq!(
        written().await,
        [
            "2026-07-01T00:00:00+02:00",
            "2026-07-01T00:00:00+02:00",
            "2026-03-02T09:00:00+01:00"
        ]
    );
    fake.edit_quirks(|quirks| quirks.offsets_without_colon = true);
    assert_eq!(
        written().await,
        [
            "2026-07-01T00:00:00+0200",
            "2026-07-01T00:00:00+0200",
            "2026-03-02T09:00:00+0100"
        ]
    );
    assert_eq!(read().await, with_colon);
    assert!(with_colon.2.is_some());
}

#[tokio::test]
async fn days_before_standard_time_come_with_an_offset_of_odd_minutes() {
    let fake = with_company(|company| {
        let founder = NewEmployee::new("Ottilie", "Kühn").hire_date(day(1890, 5, 6));
        company.hire(founder).unwrap();
    })
    .await;
    let body = Caller::of(&fake).await.get("/v1/company/employees").await;
    assert_eq!(
        body.body["data"][0]["attributes"]["hire_date"]["value"],
        "1890-05-06T00:00:00+00:53"
    );
    let ottilie = client(&fake)
        .v1()
        .employees()
        .get(EmployeeId::new(4001))
        .await;
    assert_eq!(
        ottilie.unwrap().hire_date().into_value(),
        Some(day(1890, 5, 6))
    );
}

#[tokio::test]
async fn the_zone_of_updated_since_is_a_setting() {
    let fake = with_maelys(0).await;
    let caller = Caller::of(&fake).await;
    let path = "/v1/company/employees?updated_since=2026-03-02T08:30:00";
    let changed = async || employee_ids(&caller.get(path).await.body).len();
    assert_eq!(changed().await, 0, "08:30 UTC is after 08:00 UTC");
    fake.edit_quirks(|quirks| {
        quirks.updated_since_offset = FixedOffset::east_opt(2 * 3600).unwrap();
    });
    assert_eq!(changed().await, 1, "08:30 two hours east is before it");
}

#[tokio::test]
async fn the_lifetime_of_a_token_counts_down_or_always_says_a_day() {
    let fake = with_maelys(0).await;
    let caller = Caller::stranger(&fake);
    let credentials = json!({ "client_id": "fake-client", "client_secret": "fake-secret" });
    let lifetime = async || {
        let answer = caller
            .send(caller.post("/v1/auth").json(&credentials))
            .await;
        answer.body["data"]["expires_in"].clone()
    };
    assert_eq!(lifetime().await, 86_400);
    fake.advance(Duration::from_secs(86_000));
    assert_eq!(lifetime().await, 400);
    fake.edit_quirks(|quirks| quirks.v1_expires_in_counts_down = false);
    assert_eq!(lifetime().await, 86_400);
}

#[tokio::test]
async fn an_unknown_absence_type_was_once_an_error_of_the_server() {
    let fake = with_maelys(1).await;
    let caller = Caller::of(&fake).await;
    let path = "/v1/company/absence-periods?absence_types[]=vacation";
    assert_eq!(caller.get(path).await.status, 404);
    fake.edit_quirks(|quirks| quirks.unknown_absence_type_is_500 = true);
    assert_eq!(caller.get(path).await.status, 500);
    assert_eq!(rows(&caller, "/v1/company/absence-periods").await, 1);
}

#[tokio::test]
async fn a_break_of_no_minutes_may_be_refused() {
    let fake = with_maelys(0).await;
    let caller = Caller::of(&fake).await;
    let attend = async |date: &str, minutes: u32| -> Answer {
        let row =
            json!({ "employee": 4001, "date": date, "start_time": "08:30", "break": minutes });
        let request = caller.call(Method::POST, "/v1/company/attendances");
        caller
            .send(request.json(&json!({ "attendances": [row] })))
            .await
    };
    assert_eq!(attend("2026-03-02", 0).await.status, 200);
    fake.edit_quirks(|quirks| quirks.zero_break_refused = true);
    assert_eq!(attend("2026-03-03", 0).await.status, 400);
    assert_eq!(attend("2026-03-03", 1).await.status, 200);
}

#[tokio::test]
async fn attendances_end_after_their_last_day_if_they_end_at_all() {
    let fake = with_maelys(1).await;
    let list = format!("/v1/company/attendances?{YEAR}");
    let status = async || Caller::of(&fake).await.get(&list).await.status;
    let on = |month, date| day(2026, month, date).and_hms_opt(12, 0, 0).unwrap();
    fake.set_now(on(8, 31).and_utc());
    assert_eq!(status().await, 200, "whether they ended is unknown");
    fake.edit_quirks(|quirks| quirks.v1_attendances_gone = Some(410));
    assert_eq!(status().await, 410);
    fake.set_now(on(8, 30).and_utc());
    assert_eq!(status().await, 200, "the last day");
    fake.edit_quirks(|quirks| quirks.v1_attendances_last_day = day(2026, 6, 30));
    assert_eq!(status().await, 410, "a day that was moved");
}

#[tokio::test]
async fn a_single_day_cannot_be_two_halves() {
    let fake = with_maelys(0).await;
    let caller = Caller::of(&fake).await;
    let book = async |start: u8, end: u8| {
        let form = [
            ("employee_id", "4001"),
            ("time_off_type_id", "195801"),
            ("start_date", "2026-06-08"),
            ("end_date", "2026-06-08"),
            ("half_day_start", if start == 1 { "1" } else { "0" }),
            ("half_day_end", if end == 1 { "1" } else { "0" }),
        ];
        let request = caller.call(Method::POST, "/v1/company/time-offs");
        caller.send(request.form(&form)).await
    };
    let refused = book(1, 1).await;
    assert_eq!(refused.status, 400);
    assert_eq!(
        refused.body["error"]["message"],
        "Invalid absence day. Reason: Both half day start and half day end are true for a single-day period"
    );
    let booked = book(0, 1).await;
    assert_eq!(
        (
            booked.status,
            &booked.body["data"]["attributes"]["days_count"]
        ),
        (200, &json!(0.5))
    );
}

#[tokio::test]
async fn a_new_working_time_touches_every_absence_of_the_person_and_of_nobody_else() {
    let fake = with_maelys(3).await;
    fake.company(|company| {
        let other = company.hire(NewEmployee::new("Søren", "Åkerblom")).unwrap();
        let july = day(2026, 7, 1);
        company
            .book(NewAbsence::days(other, "Home office", july, july))
            .unwrap();
    });
    fake.set_now(day(2026, 3, 9).and_hms_opt(8, 0, 0).unwrap().and_utc());
    let caller = Caller::of(&fake).await;
    let touched = async || {
        let time_offs = rows(&caller, "/v1/company/time-offs?updated_from=2026-03-09").await;
        let periods = "/v1/company/absence-periods?updated_from=2026-03-09";
        (time_offs, rows(&caller, periods).await)
    };
    assert_eq!(touched().await, (0, 0));
    fake.company(|company| {
        company
            .set_attribute(4001.into(), "weekly_working_hours", json!(30))
            .unwrap();
    });
    assert_eq!(touched().await, (3, 3));
}

#[tokio::test]
async fn two_attributes_of_a_generated_company_have_the_same_label() {
    use personio_client::fake::{Company, Generator};
    let company = Company::generate(&Generator::new(7).employees(1));
    let fake = super::caller::quiet().company(company).start().await;
    let fake = fake.unwrap();
    let listed = Caller::of(&fake)
        .await
        .get("/v1/company/employees/attributes")
        .await
        .body;
    let keys: Vec<_> = listed["data"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|attribute| attribute["label"] == "Title")
        .map(|attribute| attribute["key"].clone())
        .collect();
    assert_eq!(keys, ["dynamic_24401", "dynamic_24411"].map(Value::from));
}
