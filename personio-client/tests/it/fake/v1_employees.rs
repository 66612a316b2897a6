//! Employees in v1.

use personio_client::fake::{AttributeKind, Credential, CustomAttribute, NewEmployee};
use rstest::rstest;
use serde_json::{Value, json};

use super::caller::{Caller, day, employee_ids, with_company};

async fn with_employees(count: u32) -> personio_client::fake::FakePersonio {
    with_company(|company| {
        for place in 0..count {
            company
                .hire(NewEmployee::new("Zoë", format!("Žižka {place}")))
                .unwrap();
        }
    })
    .await
}

#[tokio::test]
async fn pages_of_employees_count_records_and_pages_from_zero() {
    let fake = with_employees(5).await;
    let caller = Caller::of(&fake).await;
    let page = caller
        .get("/v1/company/employees?limit=2&offset=2")
        .await
        .body;
    assert_eq!(employee_ids(&page), [4003, 4004]);
    assert_eq!(
        page["metadata"],
        json!({ "total_elements": 5, "current_page": 1, "total_pages": 3 })
    );
    let beyond = caller.get("/v1/company/employees?limit=2&offset=10").await;
    assert_eq!((beyond.status, employee_ids(&beyond.body)), (200, vec![]));
}

#[tokio::test]
async fn fifty_come_unasked_and_more_than_a_hundred_are_refused() {
    let fake = with_employees(60).await;
    let caller = Caller::of(&fake).await;
    assert_eq!(
        employee_ids(&caller.get("/v1/company/employees").await.body).len(),
        50
    );
    assert_eq!(
        employee_ids(&caller.get("/v1/company/employees?limit=100").await.body).len(),
        60
    );
    let refused = caller.get("/v1/company/employees?limit=101").await;
    assert_eq!(refused.status, 422);
    assert_eq!(
        refused.body["error"]["message"],
        "The limit must be between 1 and 100."
    );

    fake.edit_quirks(|quirks| quirks.clamps_limit = true);
    assert_eq!(
        caller.get("/v1/company/employees?limit=101").await.body["limit"],
        100
    );
}

#[tokio::test]
async fn every_attribute_is_an_envelope_with_values_as_the_service_writes_them() {
    let fake = with_company(|company| {
        let boss = company
            .hire(NewEmployee::new("Jadwiga", "Wójcik").email("jw@example.com"))
            .unwrap();
        let hired = NewEmployee::new("Ömer", "Yıldız")
            .hire_date(day(2021, 3, 1))
            .supervisor(boss);
        let employee = company.hire(hired).unwrap();
        company
            .set_attribute(employee, "weekly_working_hours", json!(37.5))
            .unwrap();
        company.terminate(employee, day(2026, 8, 31)).unwrap();
    })
    .await;
    let employee = Caller::of(&fake)
        .await
        .get("/v1/company/employees/4002")
        .await
        .body["data"]
        .clone();
    assert_eq!(employee["type"], "Employee");
    let attributes = &employee["attributes"];
    assert_eq!(
        attributes["first_name"],
        json!({ "label": "First name", "value": "Ömer", "type": "standard", "universal_id": "first_name" })
    );
    assert_eq!(attributes["weekly_working_hours"]["value"], "37.5");
    assert_eq!(
        attributes["hire_date"]["value"],
        "2021-03-01T00:00:00+01:00"
    );
    assert_eq!(
        attributes["last_working_day"]["value"],
        "2026-08-31T00:00:00+02:00"
    );
    assert_eq!(attributes["status"]["value"], "active");
    assert_eq!(
        attributes["supervisor"]["value"]["attributes"]["email"]["value"],
        "jw@example.com"
    );
    assert_eq!(attributes["fix_salary"]["currency"], "EUR");
    assert_eq!(
        attributes["work_schedule"]["value"]["attributes"]["monday"],
        "08:00"
    );
}

#[rstest]
#[case::null(4002, Value::Null)]
#[case::empty_text(4003, json!(""))]
#[case::empty_list(4004, json!([]))]
#[tokio::test]
async fn nothing_is_written_in_three_ways(#[case] employee: u32, #[case] expected: Value) {
    let fake = with_employees(4).await;
    let caller = Caller::of(&fake).await;
    let path = format!("/v1/company/employees/{employee}");
    let team = |body: &Value| body["data"]["attributes"]["team"]["value"].clone();
    // 4002 is divisible by three, the next two are not.
    assert_eq!(team(&caller.get(&path).await.body), expected);
    fake.edit_quirks(|quirks| quirks.empty_objects_vary = false);
    assert_eq!(team(&caller.get(&path).await.body), Value::Null);
}

#[rstest]
#[case::commas(4002, "Deutsch,Polski", "1990-05-17")]
#[case::json_in_text(4001, r#"["Deutsch","Polski"]"#, "1990-05-17T00:00:00+02:00")]
#[tokio::test]
async fn tags_and_custom_dates_come_in_two_spellings(
    #[case] employee: u32,
    #[case] tags: &str,
    #[case] birthday: &str,
) {
    let fake = with_employees(2).await;
    fake.company(|company| {
        company.define_attribute(CustomAttribute::new(11, "Languages", AttributeKind::Tags));
        company.define_attribute(CustomAttribute::new(12, "Birthday", AttributeKind::Date));
        company
            .set_attribute(employee.into(), "dynamic_11", json!(["Deutsch", "Polski"]))
            .unwrap();
        company
            .set_attribute(employee.into(), "dynamic_12", json!("1990-05-17"))
            .unwrap();
    });
    let caller = Caller::of(&fake).await;
    let body = caller
        .get(&format!("/v1/company/employees/{employee}"))
        .await
        .body;
    assert_eq!(body["data"]["attributes"]["dynamic_11"]["value"], tags);
    assert_eq!(body["data"]["attributes"]["dynamic_12"]["value"], birthday);
}

#[tokio::test]
async fn what_the_credential_may_not_read_is_missing_without_a_word() {
    let fake = with_employees(1).await;
    let limited =
        Credential::new("limited", "secret").readable_attributes(["first_name", "status"]);
    fake.set_credential(limited);
    let caller = Caller::with(&fake, "limited", "secret").await;
    let body = caller.get("/v1/company/employees").await.body;
    let keys = |attributes: &Value| {
        attributes
            .as_object()
            .unwrap()
            .keys()
            .cloned()
            .collect::<Vec<_>>()
    };
    assert_eq!(
        keys(&body["data"][0]["attributes"]),
        ["first_name", "id", "status"]
    );

    let listed = caller.get("/v1/company/employees/attributes").await.body;
    let listed: Vec<_> = listed["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|attribute| &attribute["key"])
        .collect();
    assert_eq!(listed, ["id", "first_name", "status"]);
}

#[tokio::test]
async fn the_list_of_attributes_names_kind_and_options_and_may_be_forbidden() {
    let fake = with_employees(1).await;
    fake.company(|company| {
        let sizes =
            CustomAttribute::new(42, "T-shirt size", AttributeKind::List).options(["S", "M"]);
        company.define_attribute(sizes);
    });
    let caller = Caller::of(&fake).await;
    let listed = caller
        .get("/v1/company/employees/custom-attributes")
        .await
        .body;
    let custom = listed["data"]
        .as_array()
        .unwrap()
        .iter()
        .find(|attribute| attribute["key"] == "dynamic_42");
    let expected = json!({
        "key": "dynamic_42", "label": "T-shirt size", "type": "list", "universal_id": null, "options": ["S", "M"],
    });
    assert_eq!(custom, Some(&expected));

    fake.edit_credential("fake-client", |credential| {
        credential.readable_attributes([""; 0])
    });
    assert_eq!(
        caller.get("/v1/company/employees/attributes").await.status,
        200
    );
    fake.edit_quirks(|quirks| quirks.attribute_list_forbidden = true);
    assert_eq!(
        caller.get("/v1/company/employees/attributes").await.status,
        403
    );
}

#[rstest]
#[case::raw_brackets("attributes[]=first_name&attributes[]=email")]
#[case::encoded_brackets("attributes%5B%5D=first_name&attributes%5B%5D=email")]
#[tokio::test]
async fn a_projection_returns_the_named_attributes_and_the_id(#[case] query: &str) {
    let fake = with_employees(1).await;
    let body = Caller::of(&fake)
        .await
        .get(&format!("/v1/company/employees?{query}"))
        .await
        .body;
    let attributes = body["data"][0]["attributes"]
        .as_object()
        .unwrap()
        .keys()
        .collect::<Vec<_>>();
    assert_eq!(attributes, ["email", "first_name", "id"]);
}

#[tokio::test]
async fn changes_are_found_by_readable_and_by_named_attributes_only() {
    let fake = with_employees(3).await;
    fake.advance(std::time::Duration::from_secs(3600));
    fake.company(|company| {
        company.rename(4001.into(), "Zoë", "Łuczak").unwrap();
        company
            .set_attribute(4002.into(), "position", json!("Controller"))
            .unwrap();
    });
    let caller = Caller::of(&fake).await;
    let changed = async |query: &str| {
        let path = format!("/v1/company/employees?updated_since=2026-03-02T08:30:00{query}");
        employee_ids(&caller.get(&path).await.body)
    };
    assert_eq!(changed("").await, [4001, 4002]);
    assert_eq!(changed("&attributes[]=position").await, [4002]);
    assert_eq!(
        changed("&email=nobody@example.com").await,
        [4001, 4002],
        "the address is ignored"
    );
    fake.edit_credential("fake-client", |credential| {
        credential.readable_attributes(["last_name"])
    });
    assert_eq!(changed("").await, [4001]);
    assert_eq!(changed("&attributes[]=position").await, [0; 0]);
}

#[tokio::test]
async fn everybody_is_new_since_the_day_they_were_put_on_record() {
    let fake = with_employees(2).await;
    let caller = Caller::of(&fake).await;
    let since = async |day: &str| {
        employee_ids(
            &caller
                .get(&format!("/v1/company/employees?updated_since={day}"))
                .await
                .body,
        )
        .len()
    };
    assert_eq!(
        (since("2026-03-02").await, since("2026-03-03").await),
        (2, 0)
    );
    assert_eq!(
        caller
            .get("/v1/company/employees?updated_since=yesterday")
            .await
            .status,
        422
    );
}

#[tokio::test]
async fn an_address_finds_one_and_deleted_people_are_gone_without_trace() {
    let fake = with_employees(2).await;
    let ada = fake
        .company(|company| company.hire(NewEmployee::new("Ada", "Nwosu").email("ada@example.com")))
        .unwrap();
    let caller = Caller::of(&fake).await;
    let found = async || {
        employee_ids(
            &caller
                .get("/v1/company/employees?email=ada@example.com")
                .await
                .body,
        )
    };
    assert_eq!(found().await, [u64::from(ada.get())]);
    fake.company(|company| company.delete_employee(ada))
        .unwrap();
    assert_eq!(found().await, [0; 0]);
    let gone = caller.get(&format!("/v1/company/employees/{ada}")).await;
    assert_eq!(gone.status, 404);
    let expected = json!({ "success": false, "error": { "code": 0, "message": "Es ist ein Problem aufgetreten" } });
    assert_eq!(gone.body, expected);
}

#[tokio::test]
async fn a_credential_may_be_limited_to_legal_entities() {
    let fake = with_employees(1).await;
    fake.company(|company| {
        company.found_legal_entity("Nordlicht Polska Sp. z o.o.");
        let hired =
            NewEmployee::new("Paweł", "Cieślak").legal_entity("Nordlicht Polska Sp. z o.o.");
        company.hire(hired).unwrap();
    });
    fake.edit_credential("fake-client", |credential| {
        credential.legal_entities([7002])
    });
    let caller = Caller::of(&fake).await;
    assert_eq!(
        employee_ids(&caller.get("/v1/company/employees").await.body),
        [4002]
    );
    assert_eq!(caller.get("/v1/company/employees/4001").await.status, 404);
}
