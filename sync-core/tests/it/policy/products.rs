//! What differs between products is policy first: a file for each of five.

use rstest::rstest;
use sync_core::{
    Class, Rule, SourceId,
    absence::{Approval, Count, Edges, Label, YearEnds},
    account::field,
    attendance::Ready,
    employee::{BeforeStart, InviteWhen},
    org_unit::UnitKind,
    policy::{
        AbsenceWindow, Adoption, EndAction, Flow, LostAction, Policy, PolicySettings, WithoutKey,
    },
};

const BUUKY: &str = include_str!("../../../../examples/policies/buuky.toml");
const BUUKY_SSO: &str = include_str!("../../../../examples/policies/buuky-sso.toml");
const AWORK: &str = include_str!("../../../../examples/policies/awork.toml");
const RYDOO: &str = include_str!("../../../../examples/policies/rydoo.toml");
const STAFFOMATIC: &str = include_str!("../../../../examples/policies/staffomatic.toml");
const JOSYS: &str = include_str!("../../../../examples/policies/josys.toml");

fn policy(toml: &str) -> Policy {
    Policy::from_toml(toml).unwrap_or_else(|error| panic!("{error}"))
}

#[rstest]
fn every_product_has_a_file_that_policy_and_schema_take(
    #[values(BUUKY, BUUKY_SSO, AWORK, RYDOO, STAFFOMATIC, JOSYS)] toml: &str,
) {
    let read = policy(toml);
    let schema = PolicySettings::json_schema();
    let json = toml::from_str::<serde_json::Value>(toml).expect("it is TOML");
    let verdict = jsonschema::validate(&schema, &json).map_err(|error| error.to_string());
    assert_eq!(verdict, Ok(()));
    // What is written by the program is as good as what is written by hand.
    let json = serde_json::to_value(&read).expect("it can be written");
    let verdict = jsonschema::validate(&schema, &json).map_err(|error| error.to_string());
    assert_eq!(verdict, Ok(()));
    assert!(Policy::from_json(&json.to_string()) == Ok(read));
}

#[test]
fn the_schema_is_one_of_draft_2020_12() {
    let schema = PolicySettings::json_schema();
    assert_eq!(
        schema["$schema"],
        "https://json-schema.org/draft/2020-12/schema"
    );
    assert!(jsonschema::meta::is_valid(&schema));
    let defaults = serde_json::to_value(PolicySettings::default()).expect("it can be written");
    assert!(jsonschema::is_valid(&schema, &defaults));
}

#[test]
fn desk_booking() {
    let policy = policy(BUUKY);
    let accounts = policy.accounts();
    assert_eq!(
        accounts.desire.invitations.when,
        InviteWhen::WithAccess,
        "B1"
    );
    let writes: Vec<_> = accounts
        .desire
        .mapping
        .rules()
        .map(|(field, _)| field.as_str())
        .collect();
    assert_eq!(writes, ["email", "first_name", "last_name"], "B2");
    assert_eq!(accounts.sync.lifecycle.ended, EndAction::Remove, "B3");
    let needs: Vec<_> = accounts.desire.attributes().into_iter().collect();
    let needs: Vec<_> = needs.iter().map(|name| name.as_str()).collect();
    let read = [
        "email",
        "first_name",
        "hire_date",
        "last_name",
        "last_working_day",
        "status",
    ];
    assert_eq!(
        needs, read,
        "B8, and the first day of work where HR shows it"
    );
    assert_eq!(policy.absences().desire.label, Label::Absent, "B4");
    assert_eq!(policy.timetable().expect("B6").areas().count(), 2);
}

#[test]
fn desk_booking_where_people_sign_in_elsewhere() {
    let policy = policy(BUUKY_SSO);
    let accounts = policy.accounts();
    assert_eq!(accounts.desire.invitations.when, InviteWhen::Never, "B12");
    assert!(
        accounts
            .desire
            .mapping
            .rules()
            .all(|(field, _)| *field == field::EMAIL),
        "B12"
    );
    assert_eq!(accounts.sync.lifecycle.adoption, Adoption::Automatic, "B12");
    assert_eq!(
        accounts.sync.lifecycle.without_key,
        WithoutKey::Leave,
        "B12"
    );
    assert_eq!(policy.settings().absences.flow, Flow::FromHr, "B12");
}

#[test]
fn project_tool() {
    let policy = policy(AWORK);
    let absences = &policy.settings().absences;
    assert_eq!(
        absences.window,
        AbsenceWindow::Days {
            before: 14,
            after: 180
        },
        "A2"
    );
    assert_eq!(absences.fit.edges, Edges::Whole, "A2");
    let needs: Vec<_> = policy.accounts().desire.attributes().into_iter().collect();
    let needs: Vec<_> = needs.iter().map(|name| name.as_str()).collect();
    assert_eq!(needs, ["email", "hire_date", "status"], "A3, A6");
    assert_eq!(
        policy.accounts().sync.lifecycle.ended,
        EndAction::Leave,
        "A1"
    );
    assert_eq!(
        policy.absences().sync.lifecycle.ended,
        EndAction::Remove,
        "A7"
    );
}

#[test]
fn expenses() {
    let policy = policy(RYDOO);
    let accounts = policy.accounts();
    let rule = |name: &str| {
        let found = accounts
            .desire
            .mapping
            .rules()
            .find(|(field, _)| field.as_str() == name);
        found.map(|(_, rule)| rule.clone())
    };
    for (field, attribute) in [
        ("branch_name", "subcompany"),
        ("branch_id", "subcompany.id"),
        ("group_name", "department"),
        ("group_id", "cost_centers"),
    ] {
        let expected = Rule::Attribute(sync_core::FieldName::new(attribute));
        assert_eq!(rule(field), Some(expected), "R2");
    }
    let supervisor = Rule::Reference("supervisor".into());
    assert_eq!(rule("approver_id"), Some(supervisor), "R4");
    assert_eq!(
        accounts
            .desire
            .scope
            .legal_entities
            .as_ref()
            .map(|it| it.len()),
        Some(2),
        "R5"
    );
    assert_eq!(accounts.desire.invitations.when, InviteWhen::Never, "R6");
    assert_eq!(accounts.sync.lifecycle.ended, EndAction::Remove, "R6");
    let other = RYDOO.replace("\"department\"", "\"dynamic_42\"");
    assert!(Policy::from_toml(&other).is_ok(), "R3");
}

#[test]
fn shift_planner() {
    let policy = policy(STAFFOMATIC);
    let settings = policy.settings();
    let accounts = policy.accounts();
    assert!(accounts.sync.ownership.is_empty(), "S1: all belongs to HR");
    let flows = (
        settings.absences.flow,
        settings.attendances.flow,
        settings.org_units.flow,
    );
    assert_eq!(
        flows,
        (Flow::FromHr, Flow::ToHr, Flow::FromHr),
        "S2, S3, S21"
    );
    assert!(accounts.desire.attributes().len() >= 13, "S5");
    assert_eq!(accounts.sync.lifecycle.without_key, WithoutKey::Leave, "S6");
    assert!(
        accounts
            .desire
            .scope
            .selected
            .as_ref()
            .is_some_and(|it| it.is_empty()),
        "S7"
    );
    assert_eq!(
        accounts.desire.access.before_start,
        BeforeStart::Staged,
        "S8"
    );
    assert_eq!(accounts.sync.lifecycle.ended, EndAction::Lock, "S8");
    let attendances = &policy.attendances().desire;
    assert_eq!(
        (attendances.ready, attendances.settled_minutes),
        (Ready::Verified, 60),
        "S10"
    );
    assert_eq!(attendances.verified_within_months, Some(3), "S10");
    assert_eq!(
        accounts.desire.invitations.when,
        InviteWhen::WithAccess,
        "S11"
    );
    assert!(
        settings
            .absences
            .counting
            .counts("195801", Count::Deduction),
        "S12"
    );
    assert!(
        !settings
            .absences
            .counting
            .counts("195802", Count::Deduction),
        "S12"
    );
    assert!(matches!(settings.absences.label, Label::Namesake(_)), "S13");
    assert_eq!(
        policy.absences().sync.lifecycle.lost,
        LostAction::Leave,
        "S15"
    );
    let areas: Vec<_> = policy.timetable().expect("S16").areas().collect();
    let areas: Vec<_> = areas.iter().map(|area| area.as_str()).collect();
    assert_eq!(
        areas,
        ["org_units", "accounts", "absences", "attendances"],
        "S16"
    );
    assert_eq!(
        (settings.retry.for_days, attendances.first_days),
        (7, 7),
        "S18"
    );
    assert_eq!(accounts.sync.history_days, 62, "S19");
    assert!(
        policy
            .absences()
            .desire
            .approvals
            .contains(&Approval::Pending),
        "S20"
    );
    assert!(
        settings
            .org_units
            .kinds
            .as_ref()
            .is_some_and(|it| it.contains(&UnitKind::Office)),
        "S21"
    );
}

#[test]
fn shift_planner_that_leads_absences() {
    let lines = STAFFOMATIC
        .replace("#     ", "")
        .replace("flow = \"from_hr\"\n# S20", "# S20");
    let lines = lines.replace("approvals = [\"approved\", \"pending\"]\n", "");
    let policy = policy(&lines);
    let absences = &policy.settings().absences;
    assert_eq!(
        (absences.flow, absences.window),
        (Flow::ToHr, AbsenceWindow::CurrentYear),
        "S2, S9"
    );
    assert_eq!(absences.fit.year_ends, YearEnds::Hold, "S9");
    assert!(!absences.approvals.contains(&Approval::Pending), "S9");
}

#[test]
fn somebody_is_selected_by_the_host() {
    let mut settings = policy(STAFFOMATIC).settings().clone();
    let selected = settings.accounts.scope.selected.get_or_insert_default();
    selected.insert(SourceId::new("4711"));
    assert!(Policy::try_from(settings).is_ok(), "S7");
}

#[test]
fn it_administration() {
    let policy = policy(JOSYS);
    let lifecycle = &policy.accounts().sync.lifecycle;
    assert_eq!(
        (lifecycle.ended, lifecycle.vanished.action),
        (EndAction::Lock, EndAction::Lock),
        "J4"
    );
    assert!(policy.accounts().sync.budget(Class::Lock).is_some(), "J4");
    let fields: Vec<_> = policy
        .accounts()
        .desire
        .mapping
        .rules()
        .map(|(field, _)| field.as_str())
        .collect();
    for shown in [
        "status",
        "role",
        "department",
        "team",
        "created_at",
        "hired_on",
    ] {
        assert!(fields.contains(&shown), "J1");
    }
}
