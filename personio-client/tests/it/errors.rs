//! What errors tell, and what they keep to themselves.

use std::sync::Arc;

use personio_client::testing::{Answer, Expected, ReplayTransport};
use personio_client::v1::ListEmployees;
use personio_client::{Client, Credentials, EmployeeId, Error, RetryPolicy, TransportErrorKind};
use rstest::rstest;

const EMPLOYEE: &str = "/v1/company/employees/7";

async fn failed(answer: Answer) -> Error {
    // Twice, because a refused token is replaced once.
    let transport = ReplayTransport::new()
        .expect(Expected::get(EMPLOYEE), answer.clone())
        .expect(Expected::get(EMPLOYEE), answer);
    let client = Client::builder(Credentials::new("id", "secret"))
        .transport(Arc::new(transport))
        .retry(RetryPolicy::never())
        .build()
        .unwrap();
    client
        .v1()
        .employees()
        .get(EmployeeId::new(7))
        .await
        .unwrap_err()
}

#[rstest]
#[case::e1_standard(404, r#"{"success": false, "error": {"code": 0, "message": "Es ist ein Problem aufgetreten"}}"#, &["0"], &[])]
#[case::e2_field_map(422, r#"{"success": false, "error": {"code": 422, "message": "x", "error_data": {"category_id": ["Bitte"]}}}"#, &["422"], &["category_id"])]
#[case::e2_field_text(422, r#"{"success": false, "error": {"code": 422, "message": "x", "error_data": "start_date"}}"#, &["422"], &[])]
#[case::e3_partial_success(400, r#"{"success": false, "error": {"code": 400, "message": "x", "detailed_message": [{"success": false, "employee": 7}]}}"#, &["400"], &[])]
#[case::e4_errors_map(422, r#"{"success": false, "error": {"code": 422, "errors": {"email": ["ist vergeben"]}}}"#, &["422"], &["email"])]
#[case::e5_bare_fields(400, r#"{"success": false, "error": {"name": ["Project name cannot be empty"]}}"#, &[], &["name"])]
#[case::e6_message_only(404, r#"{"success": false, "message": "Project 5 not found"}"#, &[], &[])]
#[case::e7_array(404, r#"[{"status": 404, "trace_id": "t-7", "errors": [{"title": "Not found", "details": "d", "type": null, "_meta": [{"field": "report_id", "description": "d"}]}]}]"#, &[], &["report_id"])]
#[case::e8_recruiting(400, r#"{"errors": [{"field": "email", "errors": [{"reason": "errors.applicant-already-exists", "context": {}}]}]}"#, &["errors.applicant-already-exists"], &["email"])]
#[case::e9_html(502, "<html>Bad Gateway</html>", &[], &[])]
#[case::e9_empty(429, "", &[], &[])]
#[case::e10_gateway(404, r#"{"personio_trace_id": "t-7", "timestamp": "2026-03-02T08:00:00Z", "errors": [{"title": "Not Found", "detail": "The endpoint with /v2/x was not found.", "type": "https://developer.personio.de/v2.0/page/public-api-error-codes#apinot_found", "_meta": {"path": "/v2/x"}}]}"#, &["apinot_found"], &[])]
#[case::type_null(400, r#"{"personio_trace_id": "t-7", "errors": [{"title": "Bad request", "type": null, "_meta": {}}]}"#, &[], &[])]
#[case::oauth(400, r#"{"trace_id": "t-7", "error": "invalid_request", "error_description": "x", "meta": {"missing_parameters": ["grant_type"]}}"#, &["invalid_request"], &["grant_type"])]
#[case::internal_key(404, r#"{"success": false, "error": {"code": 404, "message": "models.absence-types.not-found"}}"#, &["404", "models.absence-types.not-found"], &[])]
#[tokio::test]
async fn codes_and_fields_are_found_in_every_shape(
    #[case] status: u16,
    #[case] body: &str,
    #[case] codes: &[&str],
    #[case] fields: &[&str],
) {
    let error = failed(Answer::status(status, body)).await;
    assert_eq!(error.status(), Some(status));
    let answer = error.api_error().unwrap();
    assert_eq!(
        (answer.codes(), answer.fields()),
        (&*owned(codes), &*owned(fields))
    );
    assert_eq!(error.trace_id(), body.contains("t-7").then_some("t-7"));
}

fn owned(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

#[rstest]
#[case::v1_message(
    r#"{"error": {"code": 422, "message": "Zofia.Kowalska@example.com ist schon vergeben"}}"#
)]
#[case::dotted_name(r#"{"error": {"code": 422, "message": "zofia.kowalska"}}"#)]
#[case::v2_detail(r#"{"errors": [{"title": "Bad request", "detail": "zofia.kowalska@example.com is no valid name"}]}"#)]
#[case::title(r#"{"errors": [{"title": "zofia.kowalska@example.com"}]}"#)]
#[case::field_that_is_data(r#"{"error": {"errors": {"zofia.kowalska@example.com": ["x"]}}}"#)]
#[case::error_description(r#"{"error": "invalid_client", "error_description": "client Kowalska"}"#)]
#[tokio::test]
async fn texts_that_may_repeat_personal_data_are_dropped(#[case] body: &str) {
    let error = failed(Answer::status(422, body)).await;
    let told = format!("{error} {error:?}");
    assert!(!told.to_lowercase().contains("kowalska"), "{told}");
}

type Predicate = fn(&Error) -> bool;

#[rstest]
#[case::bad_request(400, Error::is_invalid_request, false)]
#[case::unsupported_media_type(415, Error::is_invalid_request, false)]
#[case::validation(422, Error::is_invalid_request, false)]
#[case::unauthorized(401, Error::is_unauthorized, false)]
#[case::forbidden(403, Error::is_forbidden, false)]
#[case::not_found(404, Error::is_not_found, false)]
#[case::conflict(409, Error::is_conflict, false)]
#[case::rate_limited(429, Error::is_rate_limited, true)]
#[case::server_error(500, Error::is_server_error, true)]
#[case::gateway_timeout(504, Error::is_server_error, true)]
#[tokio::test]
async fn every_status_has_its_predicate(
    #[case] status: u16,
    #[case] predicate: Predicate,
    #[case] retryable: bool,
) {
    let error = failed(Answer::status(status, "")).await;
    assert!(predicate(&error), "{error}");
    assert_eq!(error.is_retryable(), retryable, "{error}");
}

#[rstest]
#[case::connect(TransportErrorKind::Connect, Error::is_connect)]
#[case::timeout(TransportErrorKind::Timeout, Error::is_timeout)]
#[case::interrupted(TransportErrorKind::Interrupted, Error::is_interrupted)]
#[case::too_large(TransportErrorKind::TooLarge, Error::is_too_large)]
#[tokio::test]
async fn every_transport_failure_has_its_predicate(
    #[case] kind: TransportErrorKind,
    #[case] predicate: Predicate,
) {
    let error = failed(Answer::failure(kind)).await;
    assert!(predicate(&error), "{error}");
    assert_eq!(error.status(), None);
    let source = std::error::Error::source(&error).unwrap();
    assert!(
        !error.to_string().contains(&source.to_string()),
        "the text does not repeat its source"
    );
}

#[tokio::test]
async fn texts_say_what_happened_where_and_what_to_do() {
    let forbidden = r#"{"success": false, "error": {"code": 403, "message": "Provided authorization is not valid"}}"#;
    insta::assert_snapshot!(failed(Answer::status(403, forbidden)).await, @r#"v1.employees.get: Personio answered 403 403 "Provided authorization is not valid", the credential lacks the right employees:read"#);
    insta::assert_snapshot!(failed(Answer::status(502, "<html>")).await, @"v1.employees.get: Personio answered 502");
    insta::assert_snapshot!(failed(Answer::json("<html>")).await, @"v1.employees.get: the answer of Personio cannot be read at `.`: not well-formed JSON");
    insta::assert_snapshot!(failed(Answer::failure(TransportErrorKind::Timeout)).await, @"v1.employees.get: no answer from Personio in time");
}

#[tokio::test]
async fn a_decode_error_names_the_path_but_not_the_value() {
    let error = failed(Answer::json(
        r#"{"success": true, "data": {"attributes": "Zofia, expected nobody"}}"#,
    ))
    .await;
    assert!(error.is_decode());
    assert_eq!(error.path(), Some("data.attributes"));
    insta::assert_snapshot!(error, @"v1.employees.get: the answer of Personio cannot be read at `data.attributes`: expected a map");
}

#[tokio::test]
async fn a_failure_in_an_answer_that_looks_successful_is_found() {
    let error = failed(Answer::json(
        r#"{"success": false, "error": {"code": 500, "message": "x"}}"#,
    ))
    .await;
    assert_eq!(error.api_error().unwrap().codes(), ["500"]);
}

#[rstest]
#[case::relative("api.example.com")]
#[case::other_scheme("ftp://api.example.com")]
#[case::with_password("https://zofia:geheim@api.example.com")]
fn an_unusable_base_url_is_a_configuration_error(#[case] base_url: &str) {
    let error = Client::builder(Credentials::new("id", "secret"))
        .base_url(base_url)
        .build()
        .unwrap_err();
    assert!(error.is_configuration());
    assert!(!error.to_string().contains("geheim"));
}

#[rstest]
#[case::lower_case("acme")]
#[case::blank("ACME CORP")]
#[case::line_break("ACME\r\nX: 1")]
#[case::empty("")]
fn an_app_id_that_is_not_upper_snake_case_is_a_configuration_error(#[case] app_id: &str) {
    let error = Client::builder(Credentials::new("id", "secret"))
        .app_id(app_id)
        .build()
        .unwrap_err();
    assert!(error.is_configuration(), "{error}");
}

#[test]
fn root_certificates_that_are_none_are_a_configuration_error() {
    let error = Client::builder(Credentials::new("id", "secret"))
        .root_certificates("no pem")
        .build()
        .unwrap_err();
    assert!(error.is_configuration(), "{error}");
}

#[rstest]
#[case::empty("")]
#[case::this_folder(".")]
#[case::parent_folder("..")]
#[tokio::test]
async fn an_id_that_would_name_another_resource_is_refused(#[case] id: &str) {
    let transport = ReplayTransport::new();
    let client = transport.client();
    let error = client
        .v2()
        .persons()
        .get(&personio_client::PersonId::new(id))
        .await
        .unwrap_err();
    assert!(error.is_invalid_request(), "{error}");
    transport.verify().unwrap();
}

#[tokio::test]
async fn a_server_that_is_not_there_is_a_connection_error_without_the_query() {
    let client = Client::builder(Credentials::new("id", "secret"))
        .base_url("http://127.0.0.1:1")
        .retry(RetryPolicy::never())
        .build()
        .unwrap();
    let request = ListEmployees::new().email("zofia.kowalska@example.com");
    let error = client
        .v1()
        .employees()
        .list(request)
        .next_page()
        .await
        .unwrap_err();
    assert!(error.is_connect(), "{error}");
    assert!(!format!("{error:?}").contains("kowalska"), "{error:?}");
}
