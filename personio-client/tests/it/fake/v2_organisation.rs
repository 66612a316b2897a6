//! Org units, legal entities, cost centers and workplaces in v2, and what hides them.

use personio_client::fake::{CompanyError, FakePersonio};
use rstest::rstest;
use serde_json::{Value, json};

use super::caller::{Caller, ids, with_company};

/// A company with departments in departments, three legal entities and two offices.
async fn with_structure() -> FakePersonio {
    with_company(|company| {
        company.add_department("Backend");
        company.add_department("Databases");
        company.add_team("Payments");
        company
            .put_department_below("Backend", "Engineering")
            .unwrap();
        company
            .put_department_below("Databases", "Backend")
            .unwrap();
        company.put_team_below("Payments", "Platform").unwrap();
        company.found_legal_entity("Nordlicht Polska Sp. z o.o.");
        company.found_legal_entity("Nordlicht Ibérica S.L.");
        company
            .register_legal_entity("Nordlicht Ibérica S.L.", "ES")
            .unwrap();
        company
            .open_office("Århus", "DK", "Europe/Copenhagen")
            .unwrap();
        company.add_cost_center("Administration");
    })
    .await
}

fn names(body: &Value) -> Vec<&str> {
    let rows = body["_data"].as_array().unwrap().iter();
    rows.map(|row| row["name"].as_str().unwrap()).collect()
}

#[rstest]
#[case::departments("org-units?type=department", &["Engineering", "Backend", "Databases"])]
#[case::teams_backwards("org-units?type=team&sort=-id", &["Payments", "Platform"])]
#[case::both("org-units", &["Engineering", "Backend", "Databases", "Platform", "Payments"])]
#[case::newest_entity_first(
    "legal-entities",
    &["Nordlicht Ibérica S.L.", "Nordlicht Polska Sp. z o.o.", "Nordlicht Software GmbH"]
)]
#[case::entities_by_country("legal-entities?country=ES,FR", &["Nordlicht Ibérica S.L."])]
#[case::entities_by_id("legal-entities?id=7002", &["Nordlicht Polska Sp. z o.o."])]
#[case::cost_centers("cost-centers", &["Product development", "Administration"])]
#[case::cost_centers_by_name("cost-centers?sort=name", &["Administration", "Product development"])]
#[case::workplaces("workplaces?sort=-name", &["Århus", "Berlin"])]
#[case::one_workplace("workplaces?name=Berlin&id=131001,131002", &["Berlin"])]
#[tokio::test]
async fn units_are_listed(#[case] path: &str, #[case] expected: &[&str]) {
    let fake = with_structure().await;
    let answer = Caller::of(&fake).await.get(&format!("/v2/{path}")).await;
    assert_eq!((answer.status, &*names(&answer.body)), (200, expected));
}

#[tokio::test]
async fn a_unit_knows_those_above_it() {
    let fake = with_structure().await;
    let caller = Caller::of(&fake).await;
    let path = "/v2/org-units/503?type=department";
    let unit = caller
        .get(&format!("{path}&include_parent_chain=true"))
        .await
        .body;
    insta::assert_json_snapshot!(unit, @r#"
    {
      "abbreviation": null,
      "description": null,
      "id": "503",
      "name": "Databases",
      "parent_chain": [
        {
          "abbreviation": null,
          "description": null,
          "id": "502",
          "name": "Backend",
          "parent_id": "501",
          "resource_uri": null,
          "type": "department"
        },
        {
          "abbreviation": null,
          "description": null,
          "id": "501",
          "name": "Engineering",
          "parent_id": null,
          "resource_uri": null,
          "type": "department"
        }
      ],
      "parent_id": "502",
      "resource_uri": null,
      "type": "department"
    }
    "#);
    assert_eq!(caller.get(path).await.body["parent_chain"], Value::Null);
    let list = "/v2/org-units?type=department&include_parent_chain=true";
    let listed = caller.get(list).await.body;
    assert_eq!(
        listed["_data"][2]["parent_chain"],
        json!([{ "id": "502" }, { "id": "501" }]),
        "lists tell the ids alone"
    );
}

#[tokio::test]
async fn the_same_id_is_another_unit_under_another_type() {
    let fake = with_structure().await;
    let caller = Caller::of(&fake).await;
    let name = async |kind: &str| {
        let path = format!("/v2/org-units/502?type={kind}");
        caller.get(&path).await.body["name"].clone()
    };
    assert_eq!(name("department").await, "Backend");
    assert_eq!(name("team").await, "Payments");
}

#[tokio::test]
async fn no_unit_lies_below_itself() {
    let fake = with_structure().await;
    for below in ["Databases", "Engineering"] {
        let put = fake.company(|company| company.put_department_below("Engineering", below));
        assert_eq!(put, Err(CompanyError::BelowItself), "{below}");
    }
    let put = fake.company(|company| company.put_team_below("Platform", "Payments"));
    assert_eq!(put, Err(CompanyError::BelowItself));
}

#[tokio::test]
async fn the_links_of_org_units_repeat_the_filters() {
    let fake = with_structure().await;
    let caller = Caller::of(&fake).await;
    let page = caller
        .get("/v2/org-units?type=department&limit=2")
        .await
        .body;
    let next = page["_meta"]["links"]["next"]["href"].as_str().unwrap();
    assert!(next.contains("type=department&limit=2&cursor="), "{next}");
    let page = caller.get(next).await.body;
    assert_eq!(names(&page), ["Databases"]);
    assert_eq!(page["_meta"]["links"].get("next"), None);
}

#[rstest]
#[case::no_type("org-units/501", 400)]
#[case::unknown_type("org-units?type=division", 400)]
#[case::no_such_unit("org-units/509?type=team", 404)]
#[case::no_such_entity("legal-entities/9", 404)]
#[case::unknown_order("cost-centers?sort=weight", 400)]
#[case::too_many_units("org-units?limit=101", 400)]
#[case::too_many_workplaces("workplaces?limit=101", 400)]
#[tokio::test]
async fn what_does_not_fit_is_refused(#[case] path: &str, #[case] status: u16) {
    let fake = with_structure().await;
    let answer = Caller::of(&fake).await.get(&format!("/v2/{path}")).await;
    assert_eq!(answer.status, status);
}

#[rstest]
#[case("org-units", 20)]
#[case("legal-entities", 20)]
#[case("cost-centers", 50)]
#[case("workplaces", 50)]
#[tokio::test]
async fn pages_have_their_size_without_a_limit(#[case] path: &str, #[case] size: usize) {
    let fake = with_company(|company| {
        for place in 0..60 {
            company.add_team(&format!("Team {place}"));
            company.add_cost_center(&format!("Costs {place}"));
            company.found_legal_entity(&format!("Nordlicht {place} AB"));
            let office = format!("Göteborg {place}");
            company
                .open_office(&office, "SE", "Europe/Stockholm")
                .unwrap();
        }
    })
    .await;
    let page = Caller::of(&fake).await.get(&format!("/v2/{path}")).await;
    assert_eq!(ids(&page.body).len(), size);
}

#[rstest]
#[case::org_units("/v2/org-units", true)]
#[case::cost_centers("/v2/cost-centers", true)]
#[case::workplaces("/v2/workplaces", true)]
#[case::one_org_unit("/v2/org-units/501?type=team", false)]
#[case::legal_entities("/v2/legal-entities", false)]
#[tokio::test]
async fn before_they_were_generally_available_some_lists_asked_for_the_beta_header(
    #[case] path: &str,
    #[case] was_beta: bool,
) {
    let fake = with_structure().await;
    let caller = Caller::of(&fake).await;
    assert_eq!(caller.get(path).await.status, 200);
    fake.edit_quirks(|quirks| quirks.organisation_is_beta = true);
    let without = caller.get(path).await.status;
    assert_eq!(without, if was_beta { 404 } else { 200 });
    let with = caller.request(path).header("beta", "true");
    assert_eq!(caller.send(with).await.status, 200);
}

#[rstest]
#[case("applications")]
#[case("candidates")]
#[case("jobs")]
#[case("categories")]
#[tokio::test]
async fn recruiting_hides_from_those_who_do_not_ask_for_beta(#[case] list: &str) {
    let fake = with_structure().await;
    let caller = Caller::of(&fake).await;
    let path = format!("/v2/recruiting/{list}");
    let hidden = caller.get(&path).await;
    assert_eq!(hidden.status, 404);
    let error = &hidden.body["errors"][0];
    assert_eq!(
        error["detail"],
        format!("The endpoint with {path} was not found.")
    );
    assert_eq!(error["_meta"]["path"], path);
    let shown = caller.request(&path).header("beta", "true");
    let shown = caller.send(shown).await;
    assert_eq!((shown.status, &shown.body["_data"]), (200, &json!([])));
}

#[rstest]
#[case("/v2/legal-entities")]
#[case("/v2/legal-entities/7001")]
#[case("/v2/org-units")]
#[case("/v2/org-units/501?type=team")]
#[tokio::test]
async fn a_company_may_lack_the_feature(#[case] path: &str) {
    let fake = with_structure().await;
    let caller = Caller::of(&fake).await;
    assert_eq!(caller.get(path).await.status, 200);
    fake.edit_quirks(|quirks| quirks.no_legal_entities_feature = true);
    let answer = caller.get(path).await;
    assert_eq!(answer.status, 412);
    assert_eq!(
        answer.body["errors"][0]["detail"],
        "No access to legal entities feature."
    );
    assert_eq!(caller.get("/v2/workplaces").await.status, 200);
}

#[rstest]
#[case("/v2/legal-entities/7001")]
#[case("/v2/org-units/501?type=team")]
#[tokio::test]
async fn a_single_unit_may_come_in_an_envelope(#[case] path: &str) {
    let fake = with_structure().await;
    let caller = Caller::of(&fake).await;
    let bare = caller.get(path).await.body;
    assert!(bare["name"].is_string());
    fake.edit_quirks(|quirks| quirks.v2_wraps_single = true);
    assert_eq!(caller.get(path).await.body, json!({ "_data": bare }));
}
