use chrono::NaiveDate;
use sync_core::{
    Class, Rule, SyncPolicy,
    account::field,
    employee::InviteWhen,
    policy::{AbsenceWindow, EndAction, Flow, LifecyclePolicy, Ownership, Policy, PolicySettings},
};

fn policy(toml: &str) -> Policy {
    Policy::from_toml(toml).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn an_empty_file_is_the_default() {
    assert_eq!(policy(""), Policy::default());
    let json = Policy::from_json("{}").expect("it is read");
    assert_eq!(json, Policy::default());
    let checked = Policy::try_from(PolicySettings::default()).expect("the default is possible");
    assert_eq!(checked, Policy::default());
}

#[test]
fn the_default_does_no_harm() {
    let policy = Policy::default();
    let settings = policy.settings();
    assert_eq!(settings.accounts.invitations.when, InviteWhen::Never);
    assert_eq!(
        (settings.attendances.flow, settings.org_units.flow),
        (Flow::Off, Flow::Off)
    );
    assert_eq!(policy.accounts().sync, SyncPolicy::default());
    assert_eq!(policy.absences().sync, SyncPolicy::for_absences());
    assert_eq!(policy.attendances().sync, SyncPolicy::for_attendances());
    assert_eq!(policy.org_units().sync, SyncPolicy::for_org_units());
}

#[test]
fn what_a_section_leaves_out_follows_from_the_kind_of_record() {
    let policy = policy(
        "[absences.lifecycle]
         vanished = { snapshots = 3 }
         [absences.guard.budgets]
         clear = { at_least = 2, percent = 4 }",
    );
    let absences = &policy.absences().sync;
    let mut expected = LifecyclePolicy::for_absences();
    expected.vanished.snapshots = 3;
    assert_eq!(absences.lifecycle, expected);
    assert_eq!(absences.lifecycle.ended, EndAction::Remove);
    assert_eq!(absences.budget(Class::Clear).expect("counted").percent, 4);
    let of_kind = SyncPolicy::for_absences();
    assert_eq!(
        absences.budget(Class::Remove),
        of_kind.budget(Class::Remove)
    );
}

#[test]
fn a_mapping_is_written_in_short() {
    let policy = policy(
        r#"[accounts.mapping]
        email = "email"
        branch = "subcompany"
        name = { template = "{first_name} {last_name}" }
        country = { constant = "PT" }
        desks = { lookup = { attribute = "office", table = { Porto = 12, Braga = 3.5 } } }
        "#,
    );
    let mapping = &policy.accounts().desire.mapping;
    let fields: Vec<_> = mapping.rules().map(|(field, _)| field.as_str()).collect();
    assert_eq!(fields, ["branch", "country", "desks", "email", "name"]);
    assert!(
        mapping
            .rules()
            .any(|it| it == (&field::EMAIL, &Rule::Attribute(field::EMAIL)))
    );
    let needed: Vec<_> = mapping
        .rules()
        .flat_map(|(_, rule)| rule.attributes())
        .collect();
    let needed: Vec<_> = needed.iter().map(|name| name.as_str()).collect();
    assert_eq!(
        needed,
        ["subcompany", "office", "email", "first_name", "last_name"]
    );
}

#[test]
fn toml_and_json_say_the_same() {
    let toml = policy(
        r#"
        [accounts]
        flow = "from_hr"
        ownership = { first_name = "initial_only" }
        access = { before_start = "nothing", lead_days = 3, zones = { home = "+01:00" } }
        [absences]
        window = { days = { before = 14, after = 180 } }
        label = { listed = { Vacation = "away" } }
        "#,
    );
    let json = Policy::from_json(
        r#"{
            "accounts": {
                "flow": "from_hr",
                "ownership": { "first_name": "initial_only" },
                "access": { "before_start": "nothing", "lead_days": 3, "zones": { "home": "+01:00" } }
            },
            "absences": {
                "window": { "days": { "before": 14, "after": 180 } },
                "label": { "listed": { "Vacation": "away" } }
            }
        }"#,
    );
    assert_eq!(json.expect("it is read"), toml);
    let ownership = &toml.accounts().sync.ownership;
    assert_eq!(
        ownership.get(&field::FIRST_NAME),
        Some(&Ownership::InitialOnly)
    );
}

#[test]
fn a_policy_is_written_as_it_was_read() {
    let read = policy(
        "history_days = 10
         [accounts.lifecycle]
         ended = \"remove\"
         grace_days = 30
         [apply]
         concurrency = 2",
    );
    let toml = toml::to_string(&read).expect("it can be written");
    assert_eq!(policy(&toml), read);
    let json = serde_json::to_string(&read).expect("it can be written");
    assert_eq!(Policy::from_json(&json).expect("it is read"), read);
    assert_eq!(
        serde_json::from_str::<Policy>(&json).expect("it is read"),
        read
    );
    assert_eq!(toml::from_str::<Policy>(&toml).expect("it is read"), read);
}

#[test]
fn a_window_moves_with_the_day() {
    let day = |month, day| NaiveDate::from_ymd_opt(2026, month, day).expect("it is a day");
    let days = AbsenceWindow::Days {
        before: 14,
        after: 30,
    };
    let window = days.on(day(3, 2)).expect("there is one");
    assert_eq!((window.from(), window.to()), (day(2, 16), day(4, 1)));
    let year = AbsenceWindow::CurrentYear
        .on(day(3, 2))
        .expect("there is one");
    assert_eq!((year.from(), year.to()), (day(1, 1), day(12, 31)));
    assert_eq!(AbsenceWindow::All.on(day(3, 2)), None);
}

#[test]
fn a_kind_of_the_hosts_own_has_its_section() {
    let policy = policy(
        "[own_kinds.booking.guard.budgets.lock]
         at_least = 50
         percent = 30
         even_all = true",
    );
    let budget = policy
        .own_kind("booking")
        .budget(Class::Lock)
        .expect("counted");
    assert_eq!(budget.of(2), 50);
    assert_eq!(
        policy.own_kind("shift"),
        SyncPolicy::default(),
        "nothing is written of it"
    );
}
