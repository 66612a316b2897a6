//! Profile pictures.

use personio_client::fake::{Company, FakePersonio, Generator};
use rstest::rstest;
use serde_json::json;

use super::caller::{Caller, quiet};

async fn with_people() -> FakePersonio {
    let company = Company::generate(&Generator::new(7).employees(30));
    quiet().company(company).start().await.unwrap()
}

/// The paths of the pictures of somebody who has one and of somebody who has none.
async fn with_and_without(caller: &Caller) -> (String, String) {
    let body = caller.get("/v1/company/employees").await.body;
    let people = body["data"].as_array().unwrap().iter();
    let attributes = people.map(|person| &person["attributes"]);
    let (with, without): (Vec<_>, Vec<_>) =
        attributes.partition(|person| person["profile_picture"]["value"].is_string());
    let without = format!(
        "/v1/company/employees/{}/profile-picture",
        without[0]["id"]["value"]
    );
    let link = &with[0]["profile_picture"]["value"];
    (link.as_str().unwrap().to_owned(), without)
}

#[rstest]
#[case::as_it_is("")]
#[case::scaled("/120")]
#[tokio::test]
async fn the_link_of_a_person_leads_to_an_image(#[case] width: &str) {
    let fake = with_people().await;
    let caller = Caller::of(&fake).await;
    let (link, _) = with_and_without(&caller).await;
    let answer = caller.request(&format!("{link}{width}")).send().await;
    let answer = answer.unwrap();
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.headers()["content-type"], "image/png");
    assert!(
        answer.headers().get("authorization").is_none(),
        "images do not repeat the token"
    );
    assert!(answer.bytes().await.unwrap().starts_with(b"\x89PNG"));
    let stranger = Caller::stranger(&fake);
    assert_eq!(
        stranger.get(&link).await.status,
        401,
        "the link needs the token"
    );
}

#[tokio::test]
async fn nobody_no_picture_and_not_readable_cannot_be_told_apart() {
    let fake = with_people().await;
    let caller = Caller::of(&fake).await;
    let (link, without) = with_and_without(&caller).await;
    let nobody = "/v1/company/employees/1/profile-picture".to_owned();
    let mut refused = vec![caller.get(&nobody).await, caller.get(&without).await];
    fake.edit_credential("fake-client", |credential| {
        credential.readable_attributes(["first_name"])
    });
    refused.push(caller.get(&link).await);
    let message = json!({ "code": 0, "message": "Es ist ein Problem aufgetreten" });
    for answer in refused {
        assert_eq!((answer.status, &answer.body["error"]), (404, &message));
    }
}
