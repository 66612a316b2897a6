//! What is wrong is named: where, what stands there, and what is allowed.

use proptest::prelude::*;
use rstest::rstest;
use serde_json::Value as Json;
use sync_core::policy::{Policy, PolicyError, PolicySettings};

/// Who refuses it.
#[derive(Clone, Copy, Debug, PartialEq)]
enum By {
    /// The schema, in an editor or on a settings page, and the policy.
    Schema,
    /// The policy alone, since it depends on other settings or on what words mean.
    PolicyAlone,
}

fn error(toml: &str) -> PolicyError {
    Policy::from_toml(toml).expect_err("it is not possible")
}

#[rstest]
#[case::an_unknown_section("[acounts]", r#"line 1: acounts: there is no such setting here; write one of history_days, accounts, org_units, absences, attendances, own_kinds, apply, retry, schedule"#, By::Schema)]
#[case::an_unknown_key("[accounts]\nscpoe = {}", r#"line 2: accounts.scpoe: there is no such setting here; write one of flow, scope, mapping, ownership, access, invitations, lifecycle, guard"#, By::Schema)]
#[case::a_secret_in_the_wrong_place("client_secret = \"papi-4711\"", r#"line 1: client_secret: there is no such setting here; write one of history_days, accounts, org_units, absences, attendances, own_kinds, apply, retry, schedule"#, By::Schema)]
#[case::a_word(
    "accounts.flow = \"both\"",
    r#"line 1: accounts.flow: "both" is not possible; write one of from_hr, to_hr, off"#,
    By::Schema
)]
#[case::text_for_a_number("accounts.access.lead_days = \"ten\"", r#"line 1: accounts.access.lead_days: "ten" is not possible; write a whole number from 0 to 65535"#, By::Schema)]
#[case::a_negative_number("accounts.access.lead_days = -1", r#"line 1: accounts.access.lead_days: -1 is not possible; write a whole number from 0 to 65535"#, By::Schema)]
#[case::a_number_for_a_list(
    "accounts.access.end = 3",
    r#"line 1: accounts.access.end: 3 is not possible; write a list"#,
    By::Schema
)]
#[case::a_word_in_a_list("accounts.scope.statuses = [\"active\", \"fired\"]", r#"line 1: accounts.scope.statuses[1]: "fired" is not possible; write one of onboarding, active, leave, inactive"#, By::Schema)]
#[case::text_for_a_table("accounts.lifecycle = \"gentle\"", r#"line 1: accounts.lifecycle: "gentle" is not possible; write a table of ended, descoped, vanished, lost, returned, grace_days, rescinded, adoption, without_key, reuse"#, By::Schema)]
#[case::a_zone("accounts.access.zones.home = \"Europe/Atlantis\"", r#"line 1: accounts.access.zones.home: "Europe/Atlantis" is not possible; write `UTC`, a distance such as `+01:00`, or, with feature `tz`, a name such as `Europe/Berlin`"#, By::PolicyAlone)]
#[case::a_pause_that_shrinks(
    "retry = { pause_minutes = 30, longest_pause_minutes = 20 }",
    r#"line 1: retry.longest_pause_minutes: 20 is not possible; write at least as much as retry.pause_minutes"#,
    By::PolicyAlone
)]
#[case::nothing_at_a_time(
    "apply.concurrency = 0",
    r#"line 1: apply.concurrency: 0 is not possible; write a whole number, 1 or more"#,
    By::Schema
)]
#[case::a_rule("accounts.mapping.email = 5", r#"line 1: accounts.mapping.email: 5 is not possible; write the name of an attribute, or a table of one of attribute, reference, constant, template, lookup"#, By::Schema)]
#[case::a_rule_that_there_is_not("accounts.mapping.email = { copy = \"email\" }", r#"line 1: accounts.mapping.email.copy: there is no such setting here; write one of attribute, reference, constant, template, lookup"#, By::Schema)]
#[case::two_rules_in_one(
    "accounts.mapping.email = { constant = \"a\", template = \"{b}\" }",
    r#"line 1: accounts.mapping.email: a table is not possible; write the name of an attribute, or a table of one of attribute, reference, constant, template, lookup"#, By::Schema)]
#[case::a_lookup_without_a_table(
    "accounts.mapping.desk = { lookup = { attribute = \"office\" } }",
    r#"line 1: accounts.mapping.desk.lookup.table: it is missing; write table"#,
    By::Schema
)]
#[case::a_lookup_of_nothing(
    "accounts.mapping.desk = { lookup = { attribute = \"office\", table = {} } }",
    r#"line 1: accounts.mapping.desk.lookup.table: an empty table is not possible; write a value for at least one text"#, By::Schema)]
#[case::a_brace("accounts.mapping.name = { template = \"{first_name\" }", r#"line 1: accounts.mapping.name.template: "{first_name" is not possible; close each brace, and name an attribute in it"#, By::PolicyAlone)]
#[case::a_template_without_braces("accounts.mapping.name = { template = \"Ada\" }", r#"line 1: accounts.mapping.name.template: "Ada" is not possible; name at least one attribute in braces, such as {first_name}; fixed text is a constant"#, By::PolicyAlone)]
#[case::access_by_mapping("accounts.mapping.access = { constant = \"active\" }", r#"line 1: accounts.mapping.access: there is no such setting here; leave it out; access follows from accounts.access alone"#, By::Schema)]
#[case::ownership_of_nothing("accounts.ownership.nickname = \"enforce\"", r#"line 1: accounts.ownership.nickname: there is no such setting here; name a field of the mapping: email, first_name, last_name"#, By::PolicyAlone)]
#[case::nobody("accounts.scope.statuses = []", r#"line 1: accounts.scope.statuses: an empty list is not possible; name at least one, or leave it out for all"#, By::Schema)]
#[case::a_blank_legal_entity("accounts.scope.legal_entities = [\" \"]", r#"line 1: accounts.scope.legal_entities: a blank name is not possible; name something, or leave it out"#, By::PolicyAlone)]
#[case::a_lead_without_effect("accounts.access = { before_start = \"active\", lead_days = 3 }", r#"line 1: accounts.access.lead_days: 3 is not possible; write 0: before_start = "active" gives access at once"#, By::PolicyAlone)]
#[case::no_end("accounts.access.end = []", r#"line 1: accounts.access.end: an empty list is not possible; name at least one sign, or nobody ever loses access"#, By::Schema)]
#[case::zones_by_a_blank_attribute("accounts.access.zones.attribute = \"\"", r#"line 1: accounts.access.zones.attribute: blank text is not possible; name an attribute of HR, or leave it out"#, By::PolicyAlone)]
#[case::zones_without_an_attribute("accounts.access.zones.table = { Porto = \"+00:00\" }", r#"line 1: accounts.access.zones.table: a table is not possible; name the attribute that is looked up, in accounts.access.zones.attribute"#, By::PolicyAlone)]
#[case::an_invitation_without_an_address(
    "accounts.invitations.when = \"with_access\"\naccounts.mapping = { id = \"id\" }",
    r#"line 1: accounts.invitations.when: "with_access" is not possible; let accounts.mapping write email, or write "never""#, By::PolicyAlone)]
#[case::a_grace_without_effect("accounts.lifecycle.grace_days = 30", r#"line 1: accounts.lifecycle.grace_days: 30 is not possible; write 0, or let something be removed: ended, descoped or vanished.action"#, By::PolicyAlone)]
#[case::no_snapshot_at_all("accounts.lifecycle.vanished.snapshots = 0", r#"line 1: accounts.lifecycle.vanished.snapshots: 0 is not possible; write a whole number, 1 or more"#, By::Schema)]
#[case::absences_have_no_lock("absences.lifecycle.ended = \"lock\"", r#"line 1: absences.lifecycle.ended: "lock" is not possible; write "leave" or "remove"; only accounts can be locked"#, By::PolicyAlone)]
#[case::a_budget_of_everything(
    "accounts.guard.budgets.remove = { at_least = 1, percent = 100 }",
    r#"line 1: accounts.guard.budgets.remove.percent: 100 is not possible; write a whole number from 0 to 99; all of them always need approval"#, By::Schema)]
#[case::a_budget_without_effect(
    "accounts.guard.budgets.create = { at_least = 1, percent = 1 }",
    r#"line 1: accounts.guard.budgets.create: there is no such setting here; write one of clear, lock, remove, forget, invite; others need no budget"#, By::Schema)]
#[case::a_budget_without_a_share(
    "accounts.guard.budgets.remove = { at_least = 1 }",
    r#"line 1: accounts.guard.budgets.remove.percent: it is missing; write percent"#,
    By::Schema
)]
#[case::a_budget_of_a_class_that_there_is_not(
    "accounts.guard.budgets.destroy = { at_least = 1, percent = 1 }",
    r#"line 1: accounts.guard.budgets.destroy: there is no such setting here; write one of adopt, update, create, refer, clear, lock, remove, forget, invite"#, By::Schema)]
#[case::a_mistake_about_a_kind_of_the_hosts_own(
    "own_kinds.booking.guard.budgets.lock = { at_least = 1, percent = 100 }",
    r#"line 1: own_kinds.booking.guard.budgets.lock.percent: 100 is not possible; write a whole number from 0 to 99; all of them always need approval"#, By::Schema)]
#[case::the_same_hours_twice("accounts.guard.rolling = [{ hours = 24 }, { hours = 24 }]", r#"line 1: accounts.guard.rolling[1].hours: 24 is not possible; write each number of hours once"#, By::PolicyAlone)]
#[case::a_share_of_nothing("accounts.guard.withdrawal.gone_percent = 0", r#"line 1: accounts.guard.withdrawal.gone_percent: 0 is not possible; write a whole number from 1 to 100"#, By::Schema)]
#[case::no_protocol(
    "history_days = 0",
    r#"line 1: history_days: 0 is not possible; write 1 or more"#,
    By::Schema
)]
#[case::no_type_of_absence("absences.kinds = []", r#"line 1: absences.kinds: an empty list is not possible; name at least one, or leave it out for all"#, By::Schema)]
#[case::no_state(
    "absences.approvals = []",
    r#"line 1: absences.approvals: an empty list is not possible; name at least one state"#,
    By::Schema
)]
#[case::a_label_for_a_type_that_is_not_chosen(
    "absences = { kinds = [\"1\"], label = { listed = { 2 = \"away\" } } }",
    r#"line 1: absences.label.listed.2: there is no such setting here; name one of absences.kinds"#,
    By::PolicyAlone
)]
#[case::two_of_the_same_wording("absences.label.namesake = [\"Vacation\", \"vacation \"]", r#"line 1: absences.label.namesake: a list is not possible; write each name once; case and blanks do not tell them apart"#, By::PolicyAlone)]
#[case::a_label_without_its_list(
    "absences.label = \"listed\"",
    r#"line 1: absences.label: "listed" is not possible; write a table of listed and its value"#,
    By::Schema
)]
#[case::a_window_without_an_end(
    "absences.window.days = { before = 14 }",
    r#"line 1: absences.window.days.after: it is missing; write after"#,
    By::Schema
)]
#[case::a_window_out_of_the_calendar(
    "absences.window.days = { before = 14, after = 99999 }",
    r#"line 1: absences.window.days.after: 99999 is not possible; write at most 3660"#,
    By::Schema
)]
#[case::clipped_by_nothing("absences.fit.edges = \"clip\"", r#"line 1: absences.fit.edges: "clip" is not possible; write "whole", or an absences.window other than "all""#, By::PolicyAlone)]
#[case::verified_at_once(
    "attendances.verified_within_months = 0",
    r#"line 1: attendances.verified_within_months: 0 is not possible; write 1 or more"#,
    By::Schema
)]
#[case::no_kind_of_unit("org_units.kinds = []", r#"line 1: org_units.kinds: an empty list is not possible; name at least one, or leave it out for all"#, By::Schema)]
fn what_is_wrong_is_named_with_what_is_allowed(
    #[case] toml: &str,
    #[case] message: &str,
    #[case] by: By,
) {
    assert_eq!(error(toml).to_string(), message);
    assert_eq!(refused_by(toml), by);
}

fn refused_by(toml: &str) -> By {
    let json = toml::from_str::<serde_json::Value>(toml).expect("it is TOML");
    match jsonschema::is_valid(&PolicySettings::json_schema(), &json) {
        true => By::PolicyAlone,
        false => By::Schema,
    }
}

#[rstest]
#[case::not_toml(
    "[accounts",
    r#"line 1: the file cannot be read; write TOML: unclosed table, expected `]`"#
)]
#[case::twice(
    "history_days = 1\nhistory_days = 2",
    r#"line 2: the file cannot be read; write TOML: duplicate key"#
)]
fn what_nobody_can_read_is_named_with_its_line(#[case] toml: &str, #[case] message: &str) {
    assert_eq!(error(toml).to_string(), message);
}

#[test]
fn all_mistakes_are_named_at_once_and_in_order() {
    let error = error(
        r#"
history_days = "long"

[accounts]
scope = { statuses = ["fired"], legal_entity = "Porto" }
guard.budgets.remove = { at_least = "one", percent = 2 }

[absences]
kinds = []

[absences.window.days]
before = 99999
after = 1

[schedule]
zone = "Europe/Atlantis"
"#,
    );
    insta::assert_snapshot!(error, @r#"
    line 2: history_days: "long" is not possible; write a whole number from 0 to 4294967295
    line 5: accounts.scope.legal_entity: there is no such setting here; write one of statuses, legal_entities, selected
    line 5: accounts.scope.statuses[0]: "fired" is not possible; write one of onboarding, active, leave, inactive
    line 6: accounts.guard.budgets.remove.at_least: "one" is not possible; write a whole number from 0 to 4294967295
    line 9: absences.kinds: an empty list is not possible; name at least one, or leave it out for all
    line 12: absences.window.days.before: 99999 is not possible; write at most 3660
    line 16: schedule.zone: "Europe/Atlantis" is not possible; write the IANA name of a zone, such as "Europe/Berlin"
    "#);
    let paths: Vec<_> = error.problems().iter().map(|it| it.path()).collect();
    assert_eq!(paths.len(), 7);
}

#[test]
fn a_message_repeats_neither_secrets_nor_people() {
    let error = error(
        "client_secret = \"papi-4711-swordfish\"
         [accounts]
         flow = \"ada.nwosu@example.com\"
         mapping.email = { constant = \"{}\", \"ada.nwosu@example.com\" = 1 }
         [accounts.access]
         lead_days = \"an-extraordinarily-long-swordfish-token\"",
    );
    let text = format!("{error} {error:?}");
    for secret in ["swordfish", "nwosu", "papi"] {
        assert!(!text.to_lowercase().contains(secret), "{text}");
    }
}

#[test]
fn a_mistake_in_json_is_named_by_its_way() {
    let error = Policy::from_json(r#"{ "apply": { "attempts": 0 } }"#).expect_err("impossible");
    let [problem] = error.problems() else {
        panic!("{error}");
    };
    assert_eq!((problem.path(), problem.line()), ("apply.attempts", None));
    assert_eq!(problem.shown_value(), Some("0"));
    assert_eq!(problem.allowed(), "write a whole number, 1 or more");
    let error = Policy::from_json("{\n \"apply\": {,}\n}").expect_err("no JSON");
    assert_eq!(
        error.to_string(),
        "line 2: the file cannot be read; write JSON: key must be a string"
    );
    let error = Policy::from_json(r#"{ "apply": {}, "apply": {} }"#).expect_err("twice");
    assert_eq!(
        error.to_string(),
        "line 1: the file cannot be read; write JSON: \"apply\" stands there twice"
    );
}

#[test]
fn settings_of_a_host_are_checked_like_a_file() {
    let mut settings = PolicySettings::default();
    settings.accounts.lifecycle.grace_days = Some(30);
    let error = Policy::try_from(settings).expect_err("nothing is removed");
    assert!(
        error
            .to_string()
            .starts_with("accounts.lifecycle.grace_days: 30 "),
        "{error}"
    );
}

#[rstest]
#[case::what_does_not_flow("areas = [\"accounts\", \"absences\", \"attendances\"]", r#"line 4: schedule.runs[0].areas[2]: "attendances" is not possible; leave it out, or let attendances.flow be something else than "off""#)]
#[case::what_flows_must_run("areas = [\"accounts\", \"absense\"]", r#"line 2: schedule.runs: a list is not possible; let one of them name the area "absences", or write absences.flow = "off""#)]
#[case::a_length_of_time("areas = [\"accounts\", \"absences\"]\nbetween = \"06:00\"", r#"line 5: schedule.runs[0].between: "06:00" is not possible; write two different times of day, such as "06:00-23:50""#)]
fn a_timetable_runs_what_flows(#[case] run: &str, #[case] message: &str) {
    let toml = format!("schedule.zone = \"UTC\"\n[[schedule.runs]]\nevery = \"1h\"\n{run}");
    assert_eq!(error(&toml).to_string(), message);
}

/// A value that nobody expects, with something in it that nobody may see.
fn anything() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        any::<i64>().prop_map(Json::from),
        Just(Json::from("")),
        Just(Json::from("all")),
        Just(Json::from(CANARY)),
    ];
    leaf.prop_recursive(2, 8, 3, |inner| {
        let key = prop_oneof![
            Just("days"),
            Just("template"),
            Just("constant"),
            Just(CANARY)
        ];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Json::from),
            prop::collection::btree_map(key.prop_map(str::to_owned), inner, 0..3)
                .prop_map(|entries| Json::Object(entries.into_iter().collect())),
        ]
    })
}

const CANARY: &str = "ada.swordfish@example.com";

/// Puts a value somewhere into a file.
fn replace(json: &mut Json, way: &[prop::sample::Index], value: Json) {
    let below = match json {
        Json::Object(entries) if !entries.is_empty() => way.split_first().and_then(|(at, way)| {
            let entries: Vec<_> = entries.values_mut().collect();
            let count = entries.len();
            entries.into_iter().nth(at.index(count)).map(|it| (it, way))
        }),
        Json::Array(items) if !items.is_empty() => way.split_first().and_then(|(at, way)| {
            let count = items.len();
            items.get_mut(at.index(count)).map(|it| (it, way))
        }),
        _ => None,
    };
    match below {
        Some((inner, way)) => replace(inner, way, value),
        None => *json = value,
    }
}

proptest! {
    #[test]
    fn whatever_stands_somewhere_is_read_or_refused_without_being_repeated(
        ways in prop::collection::vec(
            (prop::collection::vec(any::<prop::sample::Index>(), 1..5), anything()),
            1..4,
        ),
    ) {
        let staffomatic = include_str!("../../../../examples/policies/staffomatic.toml");
        let mut json = toml::from_str::<Json>(staffomatic).expect("it is TOML");
        for (way, value) in ways {
            replace(&mut json, &way, value);
        }
        match Policy::from_json(&json.to_string()) {
            Ok(policy) => {
                let json = serde_json::to_string(&policy).expect("it can be written");
                prop_assert_eq!(Policy::from_json(&json), Ok(policy));
            }
            Err(error) => {
                prop_assert!(!error.problems().is_empty());
                let text = format!("{error} {error:?}");
                prop_assert!(!text.contains("swordfish"), "{}", text);
            }
        }
    }
}
