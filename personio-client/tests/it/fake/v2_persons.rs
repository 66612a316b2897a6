//! Persons and employments in v2.

use std::time::Duration;

use chrono::{TimeZone, Utc};
use personio_client::fake::{
    AttributeKind, Company, CustomAttribute, EmployeeNumber, FakePersonio, Generator, NewEmployee,
};
use rstest::rstest;
use serde_json::{Value, json};

use super::caller::{Caller, day, ids, quiet, with_company};

async fn with_persons(count: u32) -> FakePersonio {
    with_company(|company| {
        for place in 0..count {
            let person = NewEmployee::new("Aurélie", format!("Fußmann {place}"));
            company
                .hire(person.email(format!("af{place}@example.com")))
                .unwrap();
        }
    })
    .await
}

fn next(body: &Value) -> Option<String> {
    body["_meta"]["links"]["next"]["href"]
        .as_str()
        .map(str::to_owned)
}

#[tokio::test]
async fn pages_follow_cursors_until_there_is_none() {
    let fake = with_persons(25).await;
    let caller = Caller::of(&fake).await;
    let mut page = caller.get("/v2/persons").await.body;
    let mut seen = ids(&page);
    let mut pages = 1;
    while let Some(link) = next(&page) {
        assert!(link.starts_with(fake.base_url()), "links are absolute");
        page = caller.get(&link).await.body;
        seen.extend(ids(&page));
        pages += 1;
    }
    let expected: Vec<_> = (4001..=4025).map(|number| number.to_string()).collect();
    assert_eq!((pages, seen), (3, expected));
}

#[tokio::test]
async fn the_cursor_alone_carries_limit_and_filters() {
    let fake = with_persons(5).await;
    let caller = Caller::of(&fake).await;
    let first = caller
        .get("/v2/persons?limit=2&first_name=Aurélie")
        .await
        .body;
    let link = next(&first).unwrap();
    let parameters: Vec<_> = url_parameters(&link);
    assert_eq!(parameters.len(), 1, "only the cursor");
    assert_eq!(ids(&caller.get(&link).await.body), ["4003", "4004"]);
}

fn url_parameters(link: &str) -> Vec<String> {
    let query = link
        .split_once('?')
        .map(|(_, query)| query)
        .unwrap_or_default();
    query.split('&').map(str::to_owned).collect()
}

#[tokio::test]
async fn links_may_be_relative() {
    let fake = with_persons(5).await;
    fake.edit_quirks(|quirks| quirks.relative_links = true);
    let page = Caller::of(&fake)
        .await
        .get("/v2/persons?limit=2")
        .await
        .body;
    assert!(next(&page).unwrap().starts_with("/v2/persons?cursor="));
}

#[rstest]
#[case::too_many("limit=51", "Provided value for limit is not valid")]
#[case::none("limit=0", "Provided value for limit is not valid")]
#[case::no_number("limit=all", "Provided value for limit is not valid")]
#[case::bad_cursor("cursor=x", "Provided request parameters are invalid.")]
#[case::unknown_operator("created_at.gte=2026-01-01", "Provided filter encoding is invalid.")]
#[case::no_date("updated_at.gt=yesterday", "Provided request parameters are invalid.")]
#[tokio::test]
async fn bad_parameters_are_refused(#[case] query: &str, #[case] detail: &str) {
    let fake = with_persons(1).await;
    let answer = Caller::of(&fake)
        .await
        .get(&format!("/v2/persons?{query}"))
        .await;
    assert_eq!(answer.status, 400);
    assert_eq!(
        answer.header("content-type"),
        Some("application/problem+json")
    );
    assert_eq!(answer.body["errors"][0]["detail"], detail);
    assert!(answer.body["personio_trace_id"].is_string());
}

#[rstest]
#[case("id=4001,4003", &["4001", "4003"])]
#[case("email=af1@example.com", &["4002"])]
#[case("last_name=Fußmann 2", &["4003"])]
#[case("id=4001,4003&last_name=Fußmann 2", &["4003"])]
#[case("status=ACTIVE", &["4001", "4002"])]
#[case("status=INACTIVE", &["4003"])]
#[case("created_at=2026-03-02", &["4001", "4002", "4003"])]
#[case("created_at.gt=2026-03-03", &[])]
#[case("updated_at.gt=2026-03-03", &["4002"])]
#[case("updated_at.gt=2026-03-02T09:00:00Z", &["4002"])]
#[case("updated_at.lt=2026-03-03", &["4001", "4003"])]
#[case("unheard=1", &["4001", "4002", "4003"])]
#[tokio::test]
async fn persons_are_filtered(#[case] query: &str, #[case] expected: &[&str]) {
    let fake = with_persons(3).await;
    fake.company(|company| company.terminate(4003.into(), day(2026, 2, 28)))
        .unwrap();
    fake.advance(Duration::from_secs(86_400 + 3600));
    fake.company(|company| company.rename(4002.into(), "Aurélie", "Malý"))
        .unwrap();
    fake.set_now(Utc.with_ymd_and_hms(2026, 3, 4, 8, 0, 0).unwrap());
    let answer = Caller::of(&fake)
        .await
        .get(&format!("/v2/persons?{query}"))
        .await;
    assert_eq!(ids(&answer.body), expected);
}

#[tokio::test]
async fn filters_may_take_plain_dates_only() {
    let fake = with_persons(1).await;
    fake.edit_quirks(|quirks| quirks.v2_filters_take_dates_only = true);
    let caller = Caller::of(&fake).await;
    assert_eq!(
        caller
            .get("/v2/persons?updated_at.gt=2026-03-01")
            .await
            .status,
        200
    );
    assert_eq!(
        caller
            .get("/v2/persons?updated_at.gt=2026-03-01T00:00:00Z")
            .await
            .status,
        400
    );
}

#[tokio::test]
async fn a_person_is_bare_with_employments_by_id_and_attributes_without_labels() {
    let fake = with_persons(1).await;
    fake.company(|company| {
        company.define_attribute(
            CustomAttribute::new(11, "IBAN", AttributeKind::Standard).universal_id("iban"),
        );
        company.define_attribute(CustomAttribute::new(12, "Languages", AttributeKind::Tags));
        company
            .set_attribute(4001.into(), "dynamic_11", json!("XX00 1234"))
            .unwrap();
        company
            .set_attribute(4001.into(), "dynamic_12", json!(["Polski"]))
            .unwrap();
    });
    let caller = Caller::of(&fake).await;
    let mut person = caller.get("/v2/persons/4001").await.body;
    person["_meta"]["links"]["employments"]["href"] = json!("[link]");
    insta::assert_json_snapshot!(person, @r#"
    {
      "_meta": {
        "links": {
          "employments": {
            "href": "[link]"
          }
        }
      },
      "created_at": "2026-03-02T08:00:00Z",
      "custom_attributes": [
        {
          "global_id": "iban",
          "id": "dynamic_11",
          "type": "string",
          "value": "XX00 1234"
        },
        {
          "id": "dynamic_12",
          "type": "string_list",
          "value": [
            "Polski"
          ]
        }
      ],
      "email": "af0@example.com",
      "employments": [
        {
          "id": "204391a6-fd59-4956-aa40-c02689025cc0"
        }
      ],
      "first_name": "Aurélie",
      "gender": "UNSPECIFIED",
      "id": "4001",
      "last_name": "Fußmann 0",
      "preferred_name": "Aurélie Fußmann 0",
      "status": "ACTIVE",
      "updated_at": "2026-03-02T08:00:00Z"
    }
    "#);
    assert_eq!(caller.get("/v2/persons/1").await.status, 404);

    fake.edit_quirks(|quirks| quirks.v2_labels = true);
    let person = caller.get("/v2/persons/4001").await.body;
    assert_eq!(person["custom_attributes"][0]["label"], "IBAN");
}

#[tokio::test]
async fn a_cursor_is_opaque_and_must_be_encoded_in_a_link() {
    let fake = with_persons(7).await;
    let caller = Caller::of(&fake).await;
    for limit in 1..=6 {
        let page = caller.get(&format!("/v2/persons?limit={limit}")).await.body;
        let link = url::Url::parse(&next(&page).unwrap()).unwrap();
        let (_, cursor) = link.query_pairs().next().unwrap();
        for careful in ["+", "/", "="] {
            assert!(cursor.contains(careful), "no {careful} in {cursor}");
        }
        let plus_as_blank = caller.get(&format!("/v2/persons?cursor={cursor}")).await;
        assert_eq!(plus_as_blank.status, 400);
    }
}

#[tokio::test]
async fn errors_have_the_time_in_three_spellings_and_sometimes_no_type() {
    let fake = with_persons(1).await;
    let caller = Caller::of(&fake).await;
    let mut spellings = Vec::new();
    for _ in 0..3 {
        let body = caller.get("/v2/persons/1").await.body;
        assert!(body["errors"][0]["type"].is_string());
        spellings.push(body["timestamp"].as_str().unwrap().to_owned());
    }
    spellings.sort();
    assert_eq!(
        spellings,
        [
            "2026-03-02T08:00:00+00:00",
            "2026-03-02T08:00:00.000Z",
            "2026-03-02T08:00:00Z"
        ]
    );
    fake.edit_quirks(|quirks| quirks.null_error_type = true);
    let error = caller.get("/v2/persons/1").await.body["errors"][0].clone();
    assert_eq!(
        (&error["type"], &error["_meta"]),
        (&Value::Null, &json!({}))
    );
}

#[tokio::test]
async fn what_the_credential_may_not_read_is_missing_from_person_and_employment() {
    let fake = with_persons(1).await;
    fake.edit_credential("fake-client", |credential| {
        credential.readable_attributes(["last_name", "hire_date"])
    });
    let caller = Caller::of(&fake).await;
    let person = caller.get("/v2/persons/4001").await.body;
    let keys = |object: &Value| {
        object
            .as_object()
            .unwrap()
            .keys()
            .cloned()
            .collect::<Vec<_>>()
    };
    assert_eq!(
        keys(&person),
        [
            "_meta",
            "custom_attributes",
            "employments",
            "id",
            "last_name"
        ]
    );
    let employments = caller.get("/v2/persons/4001/employments").await.body;
    assert_eq!(
        keys(&employments["_data"][0]),
        ["_meta", "employment_start_date", "id", "person"]
    );
}

#[tokio::test]
async fn an_employment_tells_where_somebody_works_and_how_it_ends() {
    let fake = with_company(|company| {
        company.add_team("Payments");
        let boss = company
            .hire(NewEmployee::new("Krzysztof", "Błaszczyk"))
            .unwrap();
        let hired = NewEmployee::new("Chloé", "Régnier")
            .hire_date(day(2024, 2, 1))
            .supervisor(boss);
        let employee = company
            .hire(hired.team("Payments").position("Controller"))
            .unwrap();
        company
            .set_attribute(employee, "weekly_working_hours", json!("37.5"))
            .unwrap();
        company.terminate(employee, day(2026, 6, 30)).unwrap();
        company
            .set_attribute(employee, "termination_type", json!("agreement"))
            .unwrap();
    })
    .await;
    let caller = Caller::of(&fake).await;
    let listed = caller.get("/v2/persons/4002/employments").await.body["_data"][0].clone();
    let id = listed["id"].as_str().unwrap();
    let single = caller
        .get(&format!("/v2/persons/4002/employments/{id}"))
        .await
        .body;
    assert_eq!(listed, single);
    let mut shown = single.clone();
    shown["_meta"] = json!("[links]");
    insta::assert_json_snapshot!(shown, @r#"
    {
      "_meta": "[links]",
      "contract_end_date": null,
      "cost_centers": [],
      "created_at": "2026-03-02T08:00:00Z",
      "employment_end_date": "2026-06-30",
      "employment_start_date": "2024-02-01",
      "full_time_weekly_working_hours": 40,
      "id": "b3703ad8-9450-4702-a643-3aea89025cc3",
      "legal_entity": {
        "id": "7001"
      },
      "office": {
        "id": "131001"
      },
      "org_units": [
        {
          "id": "501",
          "type": "department"
        },
        {
          "id": "502",
          "type": "team"
        }
      ],
      "person": {
        "id": "4002"
      },
      "position": {
        "title": "Controller"
      },
      "probation_end_date": null,
      "status": "ACTIVE",
      "sub_company": {
        "id": "7001"
      },
      "supervisor": {
        "id": "4001"
      },
      "termination": {
        "last_working_day": "2026-06-30",
        "terminated_at": "2026-03-02",
        "termination_date": "2026-06-30",
        "type": "AGREEMENT"
      },
      "type": "INTERNAL",
      "updated_at": "2026-03-02T08:00:00Z",
      "weekly_working_hours": 37.5
    }
    "#);

    fake.edit_quirks(|quirks| quirks.last_working_date = true);
    let single = caller
        .get(&format!("/v2/persons/4002/employments/{id}"))
        .await
        .body;
    assert_eq!(single["termination"]["last_working_date"], "2026-06-30");
    assert_eq!(
        caller
            .get(&format!("/v2/persons/4001/employments/{id}"))
            .await
            .status,
        404,
        "of somebody else"
    );
}

#[tokio::test]
async fn somebody_hired_again_has_two_employments_newest_first_and_v1_shows_the_newest() {
    let company = Company::generate(&Generator::new(1).employees(200).absences_per_employee(0));
    let fake = quiet().company(company).start().await.unwrap();
    let caller = Caller::of(&fake).await;
    let mut rehired = None;
    let mut link = Some("/v2/persons?limit=50".to_owned());
    while let Some(page) = link.take() {
        let page = caller.get(&page).await.body;
        let persons = page["_data"].as_array().unwrap();
        let twice = persons
            .iter()
            .find(|person| person["employments"].as_array().unwrap().len() == 2);
        rehired = rehired.or_else(|| twice.map(|person| person["id"].as_str().unwrap().to_owned()));
        link = next(&page);
    }
    let id = rehired.expect("the generator hires some again");
    let employments = caller
        .get(&format!("/v2/persons/{id}/employments"))
        .await
        .body;
    let starts: Vec<_> = employments["_data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| e["employment_start_date"].as_str())
        .collect();
    assert!(starts[0] > starts[1]);
    let employee = caller
        .get(&format!("/v1/company/employees/{id}"))
        .await
        .body;
    let hire_date = employee["data"]["attributes"]["hire_date"]["value"]
        .as_str()
        .unwrap();
    assert_eq!(Some(&hire_date[..10]), starts[0]);
}

#[tokio::test]
async fn pages_of_employments_link_to_a_path_that_does_not_exist_unless_told_otherwise() {
    let fake = with_persons(1).await;
    let caller = Caller::of(&fake).await;
    let own_link = async || {
        let body = caller.get("/v2/persons/4001/employments").await.body;
        body["_meta"]["links"]["self"]["href"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let astray = own_link().await;
    assert!(astray.starts_with(&format!("{}/v2/employments?cursor=", fake.base_url())));
    assert_eq!(caller.get(&astray).await.status, 404);
    fake.edit_quirks(|quirks| quirks.employments_link_astray = false);
    assert_eq!(caller.get(&own_link().await).await.status, 200);
}

#[rstest]
#[case::person_first_name("first_name", json!("Léa"), true)]
#[case::employment_position("position", json!("Controller"), false)]
#[tokio::test]
async fn a_change_of_the_employment_does_not_move_the_person(
    #[case] attribute: &str,
    #[case] value: Value,
    #[case] moves_person: bool,
) {
    let fake = with_persons(1).await;
    let person = EmployeeNumber::from(4001);
    fake.advance(Duration::from_secs(60));
    fake.company(|company| company.set_attribute(person, attribute, value))
        .unwrap();
    let caller = Caller::of(&fake).await;
    let (before, after) = ("2026-03-02T08:00:00Z", "2026-03-02T08:01:00Z");
    let updated_at = async || caller.get("/v2/persons/4001").await.body["updated_at"].clone();
    assert_eq!(
        updated_at().await,
        if moves_person { after } else { before }
    );
    let employment = &caller.get("/v2/persons/4001/employments").await.body["_data"][0];
    assert_eq!(
        employment["updated_at"],
        if moves_person { before } else { after }
    );
    fake.edit_quirks(|quirks| quirks.employment_moves_person = true);
    assert_eq!(updated_at().await, after);
}
