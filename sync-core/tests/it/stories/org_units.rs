//! Departments and the like, which come before the people in them.

use std::collections::BTreeMap;

use sync_core::{
    Capabilities, Coverage, Employee, Existing, Known, LedgerState, OrgUnit, OrgUnitPolicy,
    Snapshot, SourceId, SyncPolicy, Unit, UnitKind, Value, org_unit,
};

use crate::scene::{Scene, now};

fn unit(kind: UnitKind, name: &str) -> Unit {
    Unit {
        kind,
        name: name.to_owned(),
        parent: Known::NotObserved,
    }
}

fn scene(units: &[(&str, Unit)], before: &Scene<OrgUnit>) -> Scene<OrgUnit> {
    let rows = units
        .iter()
        .map(|(id, unit)| (SourceId::new(id), unit.clone()));
    let snapshot = Snapshot::whole(Coverage::All, rows, now());
    Scene {
        desired: org_unit::desire(&snapshot, &OrgUnitPolicy::default()),
        ..before.clone()
    }
}

fn nothing() -> Scene<OrgUnit> {
    let snapshot: Snapshot<Unit> = Snapshot::whole(Coverage::All, [], now());
    Scene {
        desired: org_unit::desire(&snapshot, &OrgUnitPolicy::default()),
        existing: Vec::new(),
        ledger: LedgerState::default(),
        capabilities: Capabilities::all(),
        policy: SyncPolicy::for_org_units(),
    }
}

/// S21, R2: a department of the same name is the same, a team of that name is not; what HR no longer has stays.
#[test]
fn units_are_recognised_by_name_within_their_kind() {
    let mut product = nothing();
    let existing = |kind, name: &str| OrgUnit {
        kind,
        name: name.to_owned(),
        parent: Known::NotObserved,
    };
    product.existing = vec![
        Existing::new("d1", existing(UnitKind::Department, " Vertrieb")),
        Existing::new("t1", existing(UnitKind::Team, "Logistik")),
    ];
    let units = [
        ("10", unit(UnitKind::Department, "VERTRIEB")),
        ("11", unit(UnitKind::Department, "Logistik")),
        ("12", unit(UnitKind::Office, "Kraków")),
    ];
    let scene_now = scene(&units, &product);
    insta::assert_snapshot!(scene_now.plan().revealed(), @r"
    org unit: 1 to adopt, 1 to update, 2 to create, 1 not from HR
      adopt   10         → d1       the only one with the same name
      update  10         → d1       differs from HR: name  Vertrieb → VERTRIEB
      create  11                    new in HR: kind department, name Logistik
      create  12                    new in HR: kind office, name Kraków
    ");
    let stage = scene_now.stage();
    assert!(stage.apply(&scene_now.plan()).is_success());

    let after = scene(&units[..1], &scene_now.after(&stage));
    insta::assert_snapshot!(after.plan(), @r"
    org unit: nothing to do, 1 unchanged, 2 skipped, 1 not from HR
      skipped 2          the policy leaves it as it is
    ");
}

/// S21
#[test]
fn units_get_their_parents_in_whatever_order_they_come() {
    let child_of = |parent: &str, name| Unit {
        parent: Known::Value(parent.into()),
        ..unit(UnitKind::Team, name)
    };
    // A circle, a child before its parent, and one that is its own parent.
    let units = [
        ("1", child_of("2", "Łódź")),
        ("2", child_of("3", "Polska")),
        ("3", child_of("2", "Europa")),
        ("4", child_of("4", "Świat")),
    ];
    let first = scene(&units, &nothing());
    insta::assert_snapshot!(first.plan().revealed(), @r"
    org unit: 4 to create, 3 to refer
      create  1                     new in HR: kind team, name Łódź
      create  2                     new in HR: kind team, name Polska
      create  3                     new in HR: kind team, name Europa
      create  4                     new in HR: kind team, name Świat
      refer   1                     new in HR: parent ? → 2 in HR
      refer   2                     new in HR: parent ? → 3 in HR
      refer   3                     new in HR: parent ? → 2 in HR
    ");
    let stage = first.stage();
    assert!(stage.apply(&first.plan()).is_success());
    let after = first.after(&stage);
    let parent_of = |id: &str| {
        let unit = after.existing(&id.into()).expect("it was created");
        unit.record.parent.clone().value()
    };
    let unit_of_product = |id: &str| Some(Value::Target(id.into()));
    assert_eq!(parent_of("1"), unit_of_product("2"));
    assert_eq!(parent_of("2"), unit_of_product("3"));
    assert_eq!(parent_of("3"), unit_of_product("2"));
    assert_eq!(parent_of("4"), None);
    assert!(scene(&units, &after).plan().is_empty());
}

/// R2, S21: the fields of people name the units where HR has no list of them.
#[test]
fn units_are_collected_from_people() {
    let works_in = |department: &str, id: &str, entity: &str| {
        Employee::default()
            .with("department", Value::from(department))
            .with("department.id", Value::from(id))
            .with("subcompany", Value::from(entity))
            .with("team", Known::Cleared)
    };
    let people = Snapshot::whole(
        Coverage::All,
        [
            ("1".into(), works_in("Vertrieb", "10", "Nordlicht GmbH")),
            ("2".into(), works_in("Logistik", "11", "Nordlicht GmbH")),
            ("3".into(), works_in("Vertrieb", "10", " ")),
        ],
        now(),
    );
    let attributes = BTreeMap::from([
        (UnitKind::Department, "department".into()),
        (UnitKind::LegalEntity, "subcompany".into()),
        (UnitKind::Team, "team".into()),
    ]);
    let units = org_unit::of_employees(&people, &attributes);
    let found: Vec<(&str, &str)> = units
        .records()
        .iter()
        .map(|(id, unit)| (id.as_str(), unit.name.as_str()))
        .collect();
    assert_eq!(
        found,
        [
            ("department:10", "Vertrieb"),
            ("department:11", "Logistik"),
            ("legal_entity:nordlicht gmbh", "Nordlicht GmbH"),
        ]
    );
    assert!(units.completeness().certificate().is_none());
}
