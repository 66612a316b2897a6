//! Registering, changing and deleting webhooks.

use personio_client::fake::{Credential, NewEmployee, Quirks};
use reqwest::Method;
use rstest::rstest;
use serde_json::{Value, json};

use super::super::caller::{Caller, quiet};
use super::{EVENTS, Scene, send};

/// A webhook as documented, with changes; null takes a member away.
fn webhook(changes: Value) -> Value {
    let mut webhook = json!({
        "url": "https://hooks.example.com/personio", "description": "Desk sync", "enabled_events": ["person.created"]
    });
    for (name, value) in changes.as_object().unwrap() {
        webhook[name] = value.clone();
    }
    webhook
        .as_object_mut()
        .unwrap()
        .retain(|_, value| !value.is_null());
    webhook
}

async fn create(caller: &Caller, changes: Value) -> (u16, String) {
    let created = send(caller, "POST", "/v2/webhooks", webhook(changes)).await;
    let id = created.body["id"].as_str().unwrap_or_default();
    (created.status, format!("/v2/webhooks/{id}"))
}

#[tokio::test]
async fn a_webhook_is_disabled_unless_it_says_otherwise() {
    let fake = quiet().start().await.unwrap();
    let caller = Caller::of(&fake).await;
    let (status, path) = create(&caller, json!({ "token": "secret" })).await;
    assert_eq!(status, 201);
    let shown = caller.get(&path).await;
    assert_eq!(
        shown.body,
        json!({
            "id": path.trim_start_matches("/v2/webhooks/"),
            "url": "https://hooks.example.com/personio", "description": "Desk sync",
            "enabled_events": ["person.created"], "status": "DISABLED", "auth_type": "TOKEN",
            "created_at": "2026-03-02T08:00:00.000Z", "updated_at": "2026-03-02T08:00:00.000Z"
        }),
        "the token is not shown"
    );
    fake.company(|company| company.hire(NewEmployee::new("Zofia", "Żak")))
        .unwrap();
    assert!(fake.deliver().await.is_empty());
}

#[tokio::test]
async fn webhooks_are_listed_changed_and_deleted() {
    let fake = quiet().start().await.unwrap();
    let caller = Caller::of(&fake).await;
    let (_, first) = create(&caller, json!({})).await;
    let (_, second) = create(&caller, json!({ "url": "https://other.example.com" })).await;
    let page = caller.get("/v2/webhooks?limit=1").await.body;
    assert_eq!(page["_data"].as_array().unwrap().len(), 1);
    let next = page["_meta"]["links"]["next"]["href"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(
        caller.get(&next).await.body["_data"][0]["url"],
        "https://other.example.com"
    );

    let change = json!({
        "status": "ENABLED", "auth_type": "CUSTOM", "custom_headers": { "X-Key": "k" },
        "enabled_events": ["document.signed"]
    });
    let changed = send(&caller, "PATCH", &first, change).await;
    assert_eq!(changed.status, 200);
    assert_eq!(changed.body["status"], "ENABLED");
    assert_eq!(changed.body["custom_headers"], json!({ "X-Key": "k" }));
    assert_eq!(
        changed.body["description"], "Desk sync",
        "what is left out stays"
    );
    assert_eq!(caller.get(&first).await.body, changed.body);

    assert_eq!(
        send(&caller, "DELETE", &second, json!({})).await.status,
        204
    );
    for (method, path) in [
        ("GET", ""),
        ("PATCH", ""),
        ("DELETE", ""),
        ("POST", "/ping"),
        ("GET", "/events"),
    ] {
        let answer = send(&caller, method, &format!("{second}{path}"), json!({})).await;
        assert_eq!(answer.status, 404, "{method} {path}");
    }
}

#[rstest]
#[case::no_url(json!({ "url": null }), 422)]
#[case::no_description(json!({ "description": null }), 422)]
#[case::no_events(json!({ "enabled_events": null }), 422)]
#[case::url_of_no_kind(json!({ "url": "hooks" }), 400)]
#[case::invalid_host(json!({ "url": "https://hooks..example com/" }), 400)]
#[case::plain_http(json!({ "url": "http://hooks.example.com/" }), 400)]
#[case::unknown_event(json!({ "enabled_events": ["absence-period.updated"] }), 422)]
#[case::ping_is_no_event(json!({ "enabled_events": ["ping"] }), 422)]
#[case::unknown_status(json!({ "status": "PAUSED" }), 422)]
#[case::unknown_auth(json!({ "auth_type": "OAUTH" }), 422)]
#[case::unsendable_token(json!({ "token": "a\nb" }), 422)]
#[case::headers_without_custom(json!({ "custom_headers": { "X-Key": "k" } }), 422)]
#[case::http_on_this_machine(json!({ "url": "http://127.0.0.1:4711/" }), 201)]
#[case::http_on_this_machine_by_name(json!({ "url": "http://localhost:4711/" }), 201)]
#[case::every_event(json!({ "enabled_events": EVENTS }), 201)]
#[tokio::test]
async fn a_webhook_must_be_as_documented(#[case] changes: Value, #[case] expected: u16) {
    let fake = quiet().start().await.unwrap();
    let caller = Caller::of(&fake).await;
    assert_eq!(create(&caller, changes.clone()).await.0, expected);
    if expected != 201 && !changes.as_object().unwrap().values().any(Value::is_null) {
        let (_, path) = create(&caller, json!({})).await;
        let before = caller.get(&path).await.body;
        assert_eq!(
            send(&caller, "PATCH", &path, changes).await.status,
            expected
        );
        assert_eq!(caller.get(&path).await.body, before, "nothing has changed");
    }
}

#[rstest]
#[case(json!({ "X-One": "1", "X-Two": "2", "X-Three": "3" }), 201)]
#[case(json!({ "X-One": "1", "X-Two": "2", "X-Three": "3", "X-Four": "4" }), 422)]
#[case(json!({ "Host": "a" }), 422)]
#[case(json!({ "content-TYPE": "a" }), 422)]
#[case(json!({ "Connection-Id": "a" }), 422)]
#[case::begins_with_te(json!({ "Tenant": "a" }), 422)]
#[case(json!({ "X-Tenant": "a" }), 201)]
#[case(json!({ "Authorization": "Basic eA==" }), 201)]
#[case(json!({ "no name": "a" }), 422)]
#[case(json!({ "X-One": 1 }), 422)]
#[tokio::test]
async fn three_custom_headers_may_be_sent_but_some_names_are_denied(
    #[case] headers: Value,
    #[case] expected: u16,
) {
    let fake = quiet().start().await.unwrap();
    let caller = Caller::of(&fake).await;
    let custom = json!({ "auth_type": "CUSTOM", "custom_headers": headers });
    assert_eq!(create(&caller, custom).await.0, expected);
}

#[tokio::test]
async fn a_strict_fake_delivers_over_https_only() {
    let mut quirks = Quirks::default();
    quirks.strict = true;
    let fake = quiet().quirks(quirks).start().await.unwrap();
    let caller = Caller::of(&fake).await;
    assert_eq!(
        create(&caller, json!({ "url": "http://127.0.0.1:4711/" }))
            .await
            .0,
        400
    );
    assert_eq!(create(&caller, json!({})).await.0, 201);
    assert_eq!(caller.get("/v2/webhooks?limit=5&page=2").await.status, 400);
}

#[tokio::test]
async fn two_webhooks_do_not_share_a_url_unless_the_quirk_says_so() {
    let fake = quiet().start().await.unwrap();
    let caller = Caller::of(&fake).await;
    let (_, path) = create(&caller, json!({})).await;
    assert_eq!(create(&caller, json!({})).await.0, 409);
    let same = json!({ "url": "https://hooks.example.com/personio" });
    assert_eq!(
        send(&caller, "PATCH", &path, same).await.status,
        200,
        "its own"
    );
    fake.edit_quirks(|quirks| quirks.webhook_urls_are_unique = false);
    assert_eq!(create(&caller, json!({})).await.0, 201);
}

#[tokio::test]
async fn rights_are_checked() {
    let credential = |scopes: &[&str]| {
        Credential::new("narrow", "secret").scopes(scopes.iter().map(|scope| (*scope).to_owned()))
    };
    let fake = quiet()
        .credential(credential(&["personio:webhooks:read"]))
        .start()
        .await
        .unwrap();
    let caller = Caller::with(&fake, "narrow", "secret").await;
    assert_eq!(caller.get("/v2/webhooks").await.status, 200);
    assert_eq!(create(&caller, json!({})).await.0, 403, "may only read");

    fake.set_credential(credential(&[
        "personio:webhooks:write",
        "personio:absences:read",
    ]));
    assert_eq!(caller.get("/v2/webhooks").await.status, 403);
    assert_eq!(
        create(&caller, json!({})).await.0,
        403,
        "may not read persons"
    );
    let absences = json!({ "enabled_events": ["absence-period.deleted"] });
    assert_eq!(create(&caller, absences).await.0, 201);
    fake.edit_quirks(|quirks| quirks.webhook_events_need_read_scopes = false);
    assert_eq!(
        create(&caller, json!({ "url": "https://b.example.com" }))
            .await
            .0,
        201
    );
    assert_eq!(
        Caller::stranger(&fake).get("/v2/webhooks").await.status,
        401
    );
}

#[tokio::test]
async fn a_body_is_a_json_object() {
    let fake = quiet().start().await.unwrap();
    let caller = Caller::of(&fake).await;
    let form = caller
        .call(Method::POST, "/v2/webhooks")
        .form(&[("url", "https://a.example.com")]);
    assert_eq!(caller.send(form).await.status, 415);
    assert_eq!(
        send(&caller, "POST", "/v2/webhooks", json!([]))
            .await
            .status,
        400
    );
}

#[tokio::test]
async fn disabling_and_deleting_stop_what_is_on_its_way() {
    let scene = Scene::new().await;
    let hire = |name: &str| {
        scene
            .fake
            .company(|company| company.hire(NewEmployee::new(name, "Żak")))
            .unwrap()
    };
    hire("Zofia");
    scene
        .send("PATCH", &scene.path, json!({ "status": "DISABLED" }))
        .await;
    hire("Ada");
    assert!(scene.arrivals().await.is_empty());
    let activity = scene
        .caller
        .get(&format!("{}/activity", scene.path))
        .await
        .body;
    assert_eq!(activity["_data"][0]["is_delivered"], false, "given up");
    scene
        .send("PATCH", &scene.path, json!({ "status": "ENABLED" }))
        .await;
    assert!(
        scene.arrivals().await.is_empty(),
        "what was missed is missed"
    );
    hire("Heiðrún");
    assert_eq!(scene.arrivals().await.len(), 2);
    hire("Aoife");
    scene.send("DELETE", &scene.path, json!({})).await;
    assert!(scene.arrivals().await.is_empty());
}
