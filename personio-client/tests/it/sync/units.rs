//! The units of the company.

use personio_client::fake::{Credential, FakePersonio};
use personio_client::sync::PersonioSource;
use rstest::rstest;
use sync_core::{Coverage, Known, Snapshot, SourceErrorClass, SourceId, Unit, UnitKind};

use super::{all, client, knowing, with_company};

async fn with_structure() -> FakePersonio {
    with_company(|company| {
        company.add_department("Backend");
        company.add_team("Payments");
        company
            .put_department_below("Backend", "Engineering")
            .unwrap();
        company.add_cost_center("Administration");
    })
    .await
}

fn named(snapshot: &Snapshot<Unit>, kind: UnitKind) -> Vec<&str> {
    let units = snapshot.records().values().filter(|unit| unit.kind == kind);
    units.map(|unit| unit.name.as_str()).collect()
}

#[tokio::test]
async fn units_of_all_kinds_are_read() {
    let fake = with_structure().await;
    let snapshot: Snapshot<Unit> = all(&PersonioSource::new(client(&fake))).await.unwrap();

    assert!(snapshot.completeness().certificate().is_some());
    let of_kind = |kind| named(&snapshot, kind);
    assert_eq!(of_kind(UnitKind::LegalEntity), ["Nordlicht Software GmbH"]);
    assert_eq!(of_kind(UnitKind::Office), ["Berlin"]);
    assert_eq!(of_kind(UnitKind::Department), ["Engineering", "Backend"]);
    assert_eq!(of_kind(UnitKind::Team), ["Platform", "Payments"]);
    assert_eq!(
        of_kind(UnitKind::CostCenter),
        ["Product development", "Administration"]
    );
}

#[tokio::test]
async fn a_unit_names_the_one_above_it_by_kind_and_id() {
    let fake = with_structure().await;
    let snapshot: Snapshot<Unit> = all(&PersonioSource::new(client(&fake))).await.unwrap();
    let find = |name: &str| {
        let mut units = snapshot.records().iter();
        units.find(|(_, unit)| unit.name == name).unwrap()
    };
    let (engineering, top) = find("Engineering");
    assert!(engineering.as_str().starts_with("department:"));
    assert!(top.parent == Known::Cleared);
    assert!(find("Backend").1.parent == Known::Value(engineering.clone()));
    assert!(find("Berlin").1.parent == Known::NotObserved);
}

#[tokio::test]
async fn only_the_wanted_kinds_are_asked_for() {
    let fake = with_structure().await;
    let source = PersonioSource::new(client(&fake)).unit_kinds([UnitKind::Office]);
    let snapshot: Snapshot<Unit> = all(&source).await.unwrap();
    assert_eq!(snapshot.records().len(), 1);
    let asked = fake.requests().into_iter().map(|request| request.path);
    assert!(asked.into_iter().all(|path| !path.contains("org-units")));
}

#[tokio::test]
async fn a_kind_that_may_not_be_read_leaves_the_snapshot_in_doubt() {
    let fake = with_structure().await;
    fake.edit_credential("fake-client", |credential: Credential| {
        credential.scopes(["personio:org-units:read"])
    });
    let source = PersonioSource::new(client(&fake));
    let known = ["office:131001", "team:1"];
    let snapshot: Snapshot<Unit> = knowing(&source, Coverage::All, known).await.unwrap();

    assert_eq!(
        named(&snapshot, UnitKind::Department),
        ["Engineering", "Backend"]
    );
    let gaps: Vec<_> = snapshot
        .completeness()
        .gaps()
        .iter()
        .map(ToString::to_string)
        .collect();
    assert!(gaps.contains(&"the credential may not read units of the kind office".to_owned()));
    assert!(
        snapshot
            .unreadable()
            .contains(&SourceId::from("office:131001"))
    );
}

#[tokio::test]
async fn a_credential_that_may_read_no_kind_gets_an_error() {
    let fake = with_structure().await;
    fake.edit_credential("fake-client", |credential: Credential| {
        credential.scopes(["employees:read"])
    });
    let source = PersonioSource::new(client(&fake)).unit_kinds([UnitKind::Team]);
    let error = all::<Unit>(&source).await.unwrap_err();
    assert_eq!(error.class(), SourceErrorClass::Credential);
}

#[rstest]
#[case::a_department("department:777")]
#[case::a_workplace("office:777")]
#[case::a_legal_entity("legal_entity:777")]
#[tokio::test]
async fn a_known_unit_that_is_gone_is_missing_for_certain(#[case] id: &str) {
    let fake = with_structure().await;
    let source = PersonioSource::new(client(&fake));
    let snapshot: Snapshot<Unit> = knowing(&source, Coverage::All, [id]).await.unwrap();
    let desired = snapshot.desire(|_, _| {
        sync_core::Wish::<sync_core::OrgUnit>::OutOfScope(sync_core::ScopeReason::UnitKind)
    });
    assert!(desired.confirmed_missing.contains(&SourceId::from(id)));
}
