//! Every fault, as a client meets it.

use personio_client::fake::{FakePersonio, Fault, NewAbsence, NewEmployee};
use rstest::rstest;
use serde_json::{Value, json};

use super::caller::{Caller, absence_ids, day, employee_ids, ids, with_company};

const EMPLOYEES: &str = "GET /v1/company/employees";

/// Six employees, each with one day off.
async fn with_people() -> FakePersonio {
    with_company(|company| {
        for place in 0..6 {
            let employee = company
                .hire(NewEmployee::new("Heiðrún", format!("Jønsson {place}")))
                .unwrap();
            company
                .book(NewAbsence::days(
                    employee,
                    "Home office",
                    day(2026, 6, 1),
                    day(2026, 6, 1),
                ))
                .unwrap();
        }
    })
    .await
}

#[tokio::test]
async fn a_status_comes_as_often_as_told_in_the_shape_of_the_endpoint() {
    let fake = with_people().await;
    let caller = Caller::of(&fake).await;
    fake.inject(Fault::status(503).on(EMPLOYEES).times(2))
        .unwrap();
    fake.inject(Fault::status(500).on("GET /v2/persons"))
        .unwrap();
    let first = caller.get("/v1/company/employees").await;
    assert_eq!((first.status, &first.body["success"]), (503, &json!(false)));
    assert_eq!(
        caller.get("/v1/company/time-offs").await.status,
        200,
        "not meant"
    );
    assert_eq!(caller.get("/v1/company/employees").await.status, 503);
    assert_eq!(
        caller.get("/v1/company/employees").await.status,
        200,
        "over"
    );
    let persons = caller.get("/v2/persons").await;
    assert_eq!(
        (persons.status, persons.header("content-type")),
        (500, Some("application/problem+json"))
    );
    fake.clear_faults();
    assert_eq!(caller.get("/v2/persons").await.status, 200);

    let struck: Vec<_> = fake
        .requests()
        .into_iter()
        .map(|request| request.faults)
        .collect();
    assert_eq!(
        struck,
        [
            vec![],
            vec!["status"],
            vec![],
            vec!["status"],
            vec![],
            vec!["status"],
            vec![]
        ]
    );
}

#[tokio::test]
async fn a_fault_on_an_operation_that_does_not_exist_is_refused() {
    let fake = with_people().await;
    let error = fake
        .inject(Fault::status(503).on("GET /v1/employees"))
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "the fake has no operation `GET /v1/employees`"
    );
}

#[tokio::test]
async fn a_fault_without_operation_spares_the_token_endpoints() {
    let fake = with_people().await;
    fake.inject(Fault::status(500)).unwrap();
    let caller = Caller::of(&fake).await;
    assert_eq!(caller.get("/v1/company/employees").await.status, 500);
    fake.inject(Fault::status(500).on("POST /v1/auth")).unwrap();
    assert_eq!(caller.send(caller.post("/v1/auth")).await.status, 500);
}

#[tokio::test]
async fn a_list_is_empty_with_status_200() {
    let fake = with_people().await;
    fake.inject(Fault::empty_list()).unwrap();
    let caller = Caller::of(&fake).await;
    let employees = caller.get("/v1/company/employees").await;
    assert_eq!(
        (employees.status, employee_ids(&employees.body)),
        (200, vec![])
    );
    assert_eq!(employees.body["metadata"]["total_elements"], 0);
    let attributes = caller.get("/v1/company/employees/attributes").await;
    assert_eq!(attributes.body["data"], json!([]));
    let persons = caller.get("/v2/persons?limit=2").await;
    assert_eq!(persons.body["_data"], json!([]));
    assert_eq!(persons.body["_meta"]["links"]["next"], Value::Null);
}

#[tokio::test]
async fn a_gateway_answers_with_a_page() {
    let fake = with_people().await;
    fake.inject(Fault::html(502)).unwrap();
    let answer = Caller::of(&fake).await.get("/v1/company/employees").await;
    assert_eq!(
        (answer.status, answer.header("content-type")),
        (502, Some("text/html; charset=UTF-8"))
    );
}

#[rstest]
#[case::without(Fault::rate_limited(), None)]
#[case::with(Fault::rate_limited_for(7), Some("7"))]
#[tokio::test]
async fn a_rate_limit_strikes_with_and_without_advice(
    #[case] fault: Fault,
    #[case] advice: Option<&str>,
) {
    let fake = with_people().await;
    fake.inject(fault).unwrap();
    let answer = Caller::of(&fake).await.get("/v2/persons").await;
    assert_eq!((answer.status, answer.header("retry-after")), (429, advice));
}

#[tokio::test]
async fn a_token_expires_early_and_a_new_one_is_another() {
    let fake = with_people().await;
    fake.inject(Fault::expired_token().on(EMPLOYEES).after(1).times(1))
        .unwrap();
    let caller = Caller::of(&fake).await;
    assert_eq!(caller.get("/v1/company/employees").await.status, 200);
    assert_eq!(caller.get("/v1/company/employees").await.status, 401);
    assert_eq!(
        caller.get("/v1/company/employees").await.status,
        401,
        "it stays expired"
    );
    let renewed = Caller::of(&fake).await;
    assert_ne!(renewed.token, caller.token);
    assert_eq!(renewed.get("/v1/company/employees").await.status, 200);
}

#[tokio::test]
async fn an_attribute_is_withdrawn_between_two_pages() {
    let fake = with_people().await;
    fake.inject(Fault::attribute_withdrawn("status").after(1))
        .unwrap();
    let caller = Caller::of(&fake).await;
    let status = async |offset: u32| {
        let page = caller
            .get(&format!("/v1/company/employees?limit=3&offset={offset}"))
            .await
            .body;
        page["data"][0]["attributes"].get("status").is_some()
    };
    assert_eq!((status(0).await, status(3).await), (true, false));
}

#[tokio::test]
async fn a_scope_is_withdrawn() {
    let fake = with_people().await;
    fake.inject(Fault::scope_withdrawn("absences:read"))
        .unwrap();
    let caller = Caller::of(&fake).await;
    assert_eq!(caller.get("/v1/company/time-offs").await.status, 403);
    assert_eq!(caller.get("/v1/company/employees").await.status, 200);
}

#[rstest]
#[case::shifted(Fault::row_shifted(), [vec![4001, 4002], vec![4002, 4003], vec![4004, 4005]])]
#[case::doubled(Fault::row_doubled(), [vec![4001, 4002], vec![4002, 4003, 4004], vec![4004, 4005, 4006]])]
#[case::dropped(Fault::row_dropped(), [vec![4001, 4002], vec![4004], vec![4006]])]
#[tokio::test]
async fn rows_move_between_pages(#[case] fault: Fault, #[case] expected: [Vec<u64>; 3]) {
    let fake = with_people().await;
    fake.inject(fault).unwrap();
    let caller = Caller::of(&fake).await;
    for (place, expected) in expected.iter().enumerate() {
        let page = caller
            .get(&format!(
                "/v1/company/employees?limit=2&offset={}",
                place * 2
            ))
            .await
            .body;
        assert_eq!(&employee_ids(&page), expected);
    }
}

#[tokio::test]
async fn a_total_shrinks_from_page_to_page() {
    let fake = with_people().await;
    fake.inject(Fault::total_shrinks()).unwrap();
    let caller = Caller::of(&fake).await;
    let mut totals = Vec::new();
    for page in 1..=3 {
        let body = caller
            .get(&format!("/v1/company/time-offs?limit=2&offset={page}"))
            .await
            .body;
        assert_eq!(absence_ids(&body).len(), 2);
        totals.push(body["metadata"]["total_elements"].clone());
    }
    assert_eq!(totals, [6, 5, 4]);
}

#[tokio::test]
async fn a_next_link_leads_back_to_its_own_page() {
    let fake = with_people().await;
    fake.inject(Fault::repeated_cursor()).unwrap();
    let caller = Caller::of(&fake).await;
    let first = caller.get("/v2/persons?limit=2").await.body;
    let next = first["_meta"]["links"]["next"]["href"].as_str().unwrap();
    assert_eq!(ids(&caller.get(next).await.body), ids(&first));
}

#[rstest]
#[case::v1_envelope(
    "/v1/company/employees",
    "hire_date",
    "/data/3/attributes/hire_date/value"
)]
#[case::v1_plain("/v1/company/time-offs", "start_date", "/data/3/attributes/start_date")]
#[case::v1_single("/v1/company/employees/4001", "id", "/data/attributes/id/value")]
#[case::v2_list("/v2/persons", "id", "/_data/3/id")]
#[case::v2_single("/v2/persons/4001", "created_at", "/created_at")]
#[tokio::test]
async fn one_record_cannot_be_decoded(
    #[case] path: &str,
    #[case] field: &str,
    #[case] place: &str,
) {
    let fake = with_people().await;
    fake.inject(Fault::undecodable_record(field)).unwrap();
    let body = Caller::of(&fake).await.get(path).await.body;
    assert_eq!(
        body.pointer(place),
        Some(&json!({ "unexpected": [{ "shape": 1 }] }))
    );
}

#[tokio::test]
async fn json_ends_in_the_middle_of_a_complete_answer() {
    let fake = with_people().await;
    let caller = Caller::of(&fake).await;
    let whole = caller
        .request("/v1/company/employees")
        .send()
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    fake.inject(Fault::truncated_json()).unwrap();
    let half = caller
        .request("/v1/company/employees")
        .send()
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    assert!(half.len() < whole.len() && whole.starts_with(&half));
    assert!(serde_json::from_str::<Value>(&half).is_err());
}

#[tokio::test]
async fn the_connection_breaks() {
    let fake = with_people().await;
    let caller = Caller::of(&fake).await;
    fake.inject(Fault::cut_connection().times(1)).unwrap();
    let broken = match caller.request("/v1/company/employees").send().await {
        Ok(response) => response.bytes().await.is_err(),
        Err(_) => true,
    };
    assert!(broken);
    assert_eq!(caller.get("/v1/company/employees").await.status, 200);
}
