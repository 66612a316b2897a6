//! Every shape of error on any path, and what the client makes of it.

use personio_client::fake::{ErrorShape, Fault};
use personio_client::v1::ListEmployees;
use personio_client::{Client, Credentials, RetryPolicy};
use rstest::rstest;
use serde_json::{Value, json};

use super::caller::{Caller, quiet};

#[rstest]
#[case::message(ErrorShape::Message, "/error/code", json!(0))]
#[case::error_data(ErrorShape::ErrorData, "/error/error_data/category_id/0", json!(REQUIRED))]
#[case::error_data_text(ErrorShape::ErrorDataText, "/error/error_data", json!(REQUIRED))]
#[case::rows(ErrorShape::Rows, "/error/detailed_message/0/success", json!(false))]
#[case::errors(ErrorShape::Errors, "/error/errors/category_id/0", json!(REQUIRED))]
#[case::fields(ErrorShape::Fields, "/error/name/0", json!("Der Projektname darf nicht leer sein"))]
#[case::bare_message(ErrorShape::BareMessage, "/message", json!("Projekt 5 wurde nicht gefunden"))]
#[case::list(ErrorShape::ListOfProblems, "/0/errors/0/_meta/0/field", json!("category_id"))]
#[case::reasons(ErrorShape::Reasons, "/errors/0/field", json!("category_id"))]
#[case::problems(ErrorShape::Problems, "/errors/0/status", json!("422"))]
#[case::html(ErrorShape::Html, "", Value::Null)]
#[case::empty(ErrorShape::Empty, "", Value::Null)]
#[case::gateway(ErrorShape::Gateway, "/errors/0/detail", json!(REQUIRED))]
#[tokio::test]
async fn an_error_comes_in_the_shape_that_was_asked_for(
    #[case] shape: ErrorShape,
    #[case] place: &str,
    #[case] expected: Value,
) {
    let fake = quiet().start().await.unwrap();
    let caller = Caller::of(&fake).await;
    fake.inject(Fault::refusal(422, shape)).unwrap();
    let answer = caller.get("/v1/company/employees").await;
    assert_eq!(answer.status, 422);
    assert_eq!(answer.body.pointer(place), Some(&expected));
    // One that sets a fault from outside gets the same.
    fake.clear_faults();
    let name = json!(shape);
    let fault = json!({ "fault": "refusal", "shape": name, "status": 422 });
    let set = caller.send(caller.post("/_fake/faults").json(&fault)).await;
    assert_eq!((set.status, &set.body["shape"]), (201, &name));
    let again = caller.get("/v1/company/employees").await;
    assert_eq!((again.status, again.body), (422, answer.body));
}

#[tokio::test]
async fn the_client_reads_the_status_of_every_shape_and_repeats_no_text() {
    let fake = quiet().start().await.unwrap();
    let client = Client::builder(Credentials::new(fake.client_id(), fake.client_secret()))
        .base_url(fake.base_url())
        .retry(RetryPolicy::never())
        .build()
        .unwrap();
    for shape in ErrorShape::ALL {
        for status in [400, 404, 422, 500, 504] {
            fake.clear_faults();
            fake.inject(Fault::refusal(status, shape)).unwrap();
            let list = client.v1().employees().list(ListEmployees::new());
            let error = list.collect().await.unwrap_err();
            assert_eq!(error.status(), Some(status), "{shape:?}");
            assert_eq!(error.is_not_found(), status == 404, "{shape:?}");
            let told = format!("{error} {error:?}");
            for text in ["Bitte", "Problem aufgetreten", "Projekt"] {
                assert!(!told.contains(text), "{shape:?}: {told}");
            }
        }
    }
}

#[tokio::test]
async fn gateways_fail_in_waves() {
    let fake = quiet().start().await.unwrap();
    let caller = Caller::of(&fake).await;
    let waves = [
        Fault::html(502).times(3),
        Fault::refusal(504, ErrorShape::Empty).after(5).times(2),
        Fault::status(500).after(8).times(1),
    ];
    for wave in waves {
        fake.inject(wave).unwrap();
    }
    let mut statuses = Vec::new();
    for _ in 0..10 {
        statuses.push(caller.get("/v1/company/time-offs").await.status);
    }
    assert_eq!(statuses, [502, 502, 502, 200, 200, 504, 504, 200, 500, 200]);
}

const REQUIRED: &str = "Bitte geben Sie category id ein, um fortzufahren.";
