//! Time-offs and hourly absences in v1.

use chrono::NaiveTime;
use personio_client::fake::{AbsenceNumber, FakePersonio, NewAbsence, NewEmployee};
use rstest::rstest;
use serde_json::{Value, json};

use super::caller::{Caller, absence_ids, day, with_company};

/// One employee with this many single days off, from 1 June 2026 on every second day.
async fn with_days_off(count: u32) -> FakePersonio {
    with_company(|company| {
        let employee = company
            .hire(NewEmployee::new("Begoña", "Ibáñez").email("begona@example.com"))
            .unwrap();
        for place in 0..count {
            let off = day(2026, 6, 1) + chrono::TimeDelta::days(i64::from(place) * 2);
            company
                .book(NewAbsence::days(employee, "Home office", off, off))
                .unwrap();
        }
    })
    .await
}

fn at(hour: u32, minute: u32) -> NaiveTime {
    NaiveTime::from_hms_opt(hour, minute, 0).unwrap()
}

#[tokio::test]
async fn the_offset_of_time_offs_counts_pages_and_page_zero_is_the_first() {
    let fake = with_days_off(5).await;
    let caller = Caller::of(&fake).await;
    let page = async |offset: u32| {
        caller
            .get(&format!("/v1/company/time-offs?limit=2&offset={offset}"))
            .await
            .body
    };
    let all = absence_ids(&caller.get("/v1/company/time-offs").await.body);
    assert_eq!(absence_ids(&page(0).await), all[0..2]);
    assert_eq!(absence_ids(&page(1).await), all[0..2]);
    assert_eq!(absence_ids(&page(2).await), all[2..4]);
    assert_eq!(absence_ids(&page(4).await), [Value::Null; 0]);
    let metadata = json!({ "total_elements": 5, "current_page": 1, "total_pages": 3 });
    assert_eq!(page(0).await["metadata"], metadata);
    assert_eq!(page(3).await["metadata"]["current_page"], 3);
}

#[tokio::test]
async fn two_hundred_time_offs_fit_on_a_page() {
    let fake = with_days_off(230).await;
    let caller = Caller::of(&fake).await;
    assert_eq!(
        absence_ids(&caller.get("/v1/company/time-offs").await.body).len(),
        200
    );
    assert_eq!(
        caller.get("/v1/company/time-offs?limit=201").await.status,
        422
    );
}

#[tokio::test]
async fn a_time_off_has_days_at_midnight_numbers_for_half_days_and_both_ids() {
    let fake = with_days_off(0).await;
    let booked = fake.company(|company| {
        let vacation = NewAbsence::days(
            4001.into(),
            "Paid vacation",
            day(2026, 3, 27),
            day(2026, 3, 30),
        );
        company
            .book(vacation.half_day_end().comment("skiing"))
            .unwrap()
    });
    let answer = Caller::of(&fake)
        .await
        .get(&format!("/v1/company/time-offs/{booked}"))
        .await;
    insta::assert_json_snapshot!(answer.body["data"], @r#"
    {
      "attributes": {
        "certificate": {
          "status": "not-required"
        },
        "comment": "skiing",
        "created_at": "2026-03-02T09:00:00+01:00",
        "created_by": "API",
        "days_count": 1.5,
        "employee": {
          "attributes": {
            "email": {
              "label": "Email",
              "type": "standard",
              "universal_id": "email",
              "value": "begona@example.com"
            },
            "first_name": {
              "label": "First name",
              "type": "standard",
              "universal_id": "first_name",
              "value": "Begoña"
            },
            "id": {
              "label": "ID",
              "type": "integer",
              "universal_id": "id",
              "value": 4001
            },
            "last_name": {
              "label": "Last name",
              "type": "standard",
              "universal_id": "last_name",
              "value": "Ibáñez"
            }
          },
          "type": "Employee"
        },
        "end_date": "2026-03-30T00:00:00+02:00",
        "half_day_end": 1,
        "half_day_start": 0,
        "id": 17205001,
        "id_v2": "c83af589-ab6f-4dfd-ad84-cbbc1d91d1c7",
        "start_date": "2026-03-27T00:00:00+01:00",
        "status": "approved",
        "time_off_type": {
          "attributes": {
            "category": "paid_vacation",
            "id": 195801,
            "name": "Paid vacation"
          },
          "type": "TimeOffType"
        },
        "updated_at": "2026-03-02T09:00:00+01:00"
      },
      "type": "TimeOffPeriod"
    }
    "#);
    fake.edit_quirks(|quirks| quirks.half_days_as_booleans = true);
    let answer = Caller::of(&fake)
        .await
        .get(&format!("/v1/company/time-offs/{booked}"))
        .await;
    assert_eq!(answer.body["data"]["attributes"]["half_day_end"], true);
}

#[rstest]
#[case::before_the_first("start_date=2026-05-01&end_date=2026-05-31", 0)]
#[case::one_day("start_date=2026-06-03&end_date=2026-06-03", 1)]
#[case::from("start_date=2026-06-05", 3)]
#[case::until("end_date=2026-06-04", 2)]
#[case::updated_today("updated_from=2026-03-02", 5)]
#[case::updated_later("updated_from=2026-03-03", 0)]
#[case::updated_before("updated_to=2026-03-01", 0)]
#[case::of_an_employee("employees[]=4001", 5)]
#[case::of_one_of_several("employees%5B%5D=4001&employees%5B%5D=4002", 5)]
#[case::of_somebody_else("employees[]=4002", 0)]
#[case::unknown_parameters_are_ignored("updated_since=2030-01-01&sort=id", 5)]
#[tokio::test]
async fn time_offs_are_filtered_by_days_and_people(#[case] query: &str, #[case] expected: usize) {
    let fake = with_days_off(5).await;
    let body = Caller::of(&fake)
        .await
        .get(&format!("/v1/company/time-offs?{query}"))
        .await
        .body;
    assert_eq!(absence_ids(&body).len(), expected);
    assert_eq!(body["metadata"]["total_elements"], expected);
}

#[tokio::test]
async fn the_day_after_the_end_may_slip_through() {
    let fake = with_days_off(5).await;
    fake.edit_quirks(|quirks| quirks.end_date_includes_next_day = true);
    let body = Caller::of(&fake)
        .await
        .get("/v1/company/time-offs?end_date=2026-06-04")
        .await
        .body;
    assert_eq!(absence_ids(&body).len(), 3);
}

#[tokio::test]
async fn employees_need_brackets() {
    let fake = with_days_off(1).await;
    let answer = Caller::of(&fake)
        .await
        .get("/v1/company/time-offs?employees=4001,4002")
        .await;
    assert_eq!(
        (answer.status, &answer.body["error"]["message"]),
        (422, &json!("The employees must be an array."))
    );
}

#[tokio::test]
async fn an_open_end_is_null_and_counts_until_today() {
    let fake = with_company(|company| {
        let employee = company.hire(NewEmployee::new("Oğuz", "Kılıç")).unwrap();
        company
            .book(NewAbsence::open_ended(
                employee,
                "Sick leave",
                day(2026, 2, 26),
            ))
            .unwrap();
    })
    .await;
    let caller = Caller::of(&fake).await;
    let body = caller
        .get("/v1/company/time-offs?start_date=2027-01-01")
        .await
        .body;
    let attributes = &body["data"][0]["attributes"];
    assert_eq!(attributes["end_date"], Value::Null);
    assert_eq!(
        attributes["days_count"], 3,
        "Thursday, Friday and today's Monday"
    );
}

#[rstest]
#[case::unknown("99", 404, "The absence period was not found.")]
#[case::not_a_number("x", 400, "The absence period id is invalid.")]
#[tokio::test]
async fn a_time_off_that_is_not_there(
    #[case] id: &str,
    #[case] status: u16,
    #[case] message: &str,
) {
    let fake = with_days_off(1).await;
    let answer = Caller::of(&fake)
        .await
        .get(&format!("/v1/company/time-offs/{id}"))
        .await;
    assert_eq!(
        (answer.status, &answer.body["error"]["message"]),
        (status, &json!(message))
    );
}

#[tokio::test]
async fn withdrawn_time_offs_stay_as_rejected_and_deleted_ones_vanish() {
    let fake = with_days_off(2).await;
    let numbers: Vec<AbsenceNumber> =
        fake.company(|company| company.absences().map(|absence| absence.number()).collect());
    fake.company(|company| {
        company.withdraw(numbers[0]).unwrap();
        company.delete_absence(numbers[1]).unwrap();
    });
    let body = Caller::of(&fake)
        .await
        .get("/v1/company/time-offs")
        .await
        .body;
    assert_eq!(absence_ids(&body), [json!(numbers[0].get())]);
    assert_eq!(body["data"][0]["attributes"]["status"], "rejected");
}

#[tokio::test]
async fn the_types_of_both_units_are_listed_without_totals() {
    let fake = with_days_off(0).await;
    let body = Caller::of(&fake)
        .await
        .get("/v1/company/time-off-types")
        .await
        .body;
    assert_eq!(body.get("metadata"), None);
    let units = |unit: &str| {
        let types = body["data"].as_array().unwrap().iter();
        types
            .filter(|listed| listed["attributes"]["unit"] == unit)
            .count()
    };
    assert_eq!((units("day"), units("hour")), (6, 2));
    assert_eq!(body["data"][0]["attributes"]["category"], "paid_vacation");
}

#[tokio::test]
async fn a_balance_counts_what_is_taken_and_then_what_is_planned() {
    let fake = with_company(|company| {
        let employee = company
            .hire(NewEmployee::new("Ines", "Großkopf").hire_date(day(2020, 1, 1)))
            .unwrap();
        let mut vacation = |from, until| {
            company
                .book(NewAbsence::days(employee, "Paid vacation", from, until))
                .unwrap();
        };
        vacation(day(2026, 2, 26), day(2026, 3, 3));
        vacation(day(2026, 12, 28), day(2027, 1, 5));
    })
    .await;
    let body = Caller::of(&fake)
        .await
        .get("/v1/company/employees/4001/absences/balance")
        .await
        .body;
    assert_eq!(body["data"].as_array().unwrap().len(), 1);
    assert_eq!(body["data"][0]["balance"], 27, "today is the third day");
    assert_eq!(
        body["data"][0]["available_balance"], 22,
        "five more until the end of the year"
    );
}

#[tokio::test]
async fn hours_appear_in_absence_periods_alone_as_utc_with_their_zone() {
    let fake = with_company(|company| {
        company
            .open_office("New York", "US", "America/New_York")
            .unwrap();
        let employee = company
            .hire(NewEmployee::new("René", "Lefèvre").office("New York"))
            .unwrap();
        let doctor = NewAbsence::hours(
            employee,
            "Doctor's appointment",
            day(2026, 6, 1),
            at(9, 30),
            at(11, 0),
        );
        company.book(doctor).unwrap();
    })
    .await;
    let caller = Caller::of(&fake).await;
    assert_eq!(
        absence_ids(&caller.get("/v1/company/time-offs").await.body),
        [Value::Null; 0]
    );
    let body = caller.get("/v1/company/absence-periods").await.body;
    insta::assert_json_snapshot!(body, @r#"
    {
      "data": [
        {
          "attributes": {
            "absence_type": {
              "attributes": {
                "id": "2feecfe1-b0a2-4aa8-a1c6-6e42db037332",
                "name": "Doctor's appointment",
                "time_off_type_id": 195807
              },
              "type": "AbsenceType"
            },
            "approved_at": "2026-03-02T08:00:00.000Z",
            "breakdowns": [
              {
                "date": "2026-06-01",
                "effective_duration": 90
              }
            ],
            "certificate": {
              "status": "not-required"
            },
            "comment": "",
            "created_at": "2026-03-02T08:00:00.000Z",
            "created_by": 4001,
            "effective_duration": 90,
            "employee": {
              "attributes": {
                "email": {
                  "label": "Email",
                  "type": "standard",
                  "universal_id": "email",
                  "value": null
                },
                "first_name": {
                  "label": "First name",
                  "type": "standard",
                  "universal_id": "first_name",
                  "value": "René"
                },
                "id": {
                  "label": "ID",
                  "type": "integer",
                  "universal_id": "id",
                  "value": 4001
                },
                "last_name": {
                  "label": "Last name",
                  "type": "standard",
                  "universal_id": "last_name",
                  "value": "Lefèvre"
                }
              },
              "type": "Employee"
            },
            "end": "2026-06-01T15:00:00.000Z",
            "half_day_end": false,
            "half_day_start": false,
            "id": "c83af589-ab6f-4dfd-ad84-cbbc1d91d1c7",
            "measurement_unit": "hour",
            "origin": "web",
            "start": "2026-06-01T13:30:00.000Z",
            "status": "approved",
            "timezone": "America/New_York",
            "updated_at": "2026-03-02T08:00:00.000Z"
          },
          "type": "AbsencePeriod"
        }
      ],
      "limit": 200,
      "metadata": {
        "current_page": 1,
        "total_elements": 1,
        "total_pages": 1
      },
      "offset": 0,
      "success": true
    }
    "#);
}

#[rstest]
#[case::that_day("start_date=2026-06-01&end_date=2026-06-01", 1)]
#[case::the_day_after("start_date=2026-06-02", 0)]
#[case::changed_since_an_instant("updated_from=2026-03-02T08:00:00Z", 1)]
#[case::changed_later("updated_from=2026-03-02T08:00:01Z", 0)]
#[case::changed_until_a_day("updated_to=2026-03-02", 1)]
#[case::unknown_period("absence_periods[]=00000000-0000-4000-a000-000000000000", 0)]
#[tokio::test]
async fn absence_periods_are_filtered(#[case] query: &str, #[case] expected: usize) {
    let fake = with_company(|company| {
        let employee = company.hire(NewEmployee::new("René", "Lefèvre")).unwrap();
        let doctor = NewAbsence::hours(
            employee,
            "Doctor's appointment",
            day(2026, 6, 1),
            at(9, 30),
            at(11, 0),
        );
        company.book(doctor).unwrap();
    })
    .await;
    let body = Caller::of(&fake)
        .await
        .get(&format!("/v1/company/absence-periods?{query}"))
        .await
        .body;
    assert_eq!(absence_ids(&body).len(), expected);
}

#[tokio::test]
async fn an_unknown_absence_type_is_refused_with_an_internal_key() {
    let fake = with_days_off(0).await;
    let answer = Caller::of(&fake)
        .await
        .get("/v1/company/absence-periods?absence_types[]=vacation")
        .await;
    assert_eq!(answer.status, 404);
    assert_eq!(answer.header("content-type"), Some("problem+json"));
    assert_eq!(
        answer.body["error"]["message"],
        "models.absence-types.not-found"
    );
}
