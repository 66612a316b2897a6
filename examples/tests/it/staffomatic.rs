//! Shift planning, row by row.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Days, FixedOffset, NaiveDate, NaiveTime, TimeDelta, Utc};
use examples::{
    harness::{Area, Connection, Outcome, Product, Silent, Store},
    products::staffomatic::Staffomatic,
};
use personio_client::fake::{
    AbsenceChange, AbsenceStatus, AbsenceUnit, Company, EmployeeNumber, Fault, NewAbsence,
    NewEmployee,
};
use rstest::rstest;
use serde_json::json;
use sync_core::{
    Policy, SourceId, StopSignal,
    absence::{Approval, Count, Counting},
    attendance::Ready,
    employee::{BeforeStart, EmployeeStatus, EndSign, InviteWhen},
    policy::{EndAction, Flow, PolicySettings},
};

use crate::kit::{Example, TODAY, World, day};

impl Example for Staffomatic {
    const PROGRAM: &'static str = env!("CARGO_BIN_EXE_staffomatic-style");
    const FACTS: &'static [&'static str] = &[
        "SELECT users.external_id, email, first_name, last_name, access, selected, hire_date, last_working_day,
                department, team, location, company, weekly_hours, vacation_days, vacation_balance,
                departments.external_id, locations.external_id
         FROM users LEFT JOIN departments ON departments.id = department_id
                    LEFT JOIN locations ON locations.id = location_id",
        "SELECT kind, external_id, name FROM units",
        "SELECT absences.external_id, users.external_id, absence_types.name, starts_on, ends_on, half_start, half_end,
                hours, state, origin
         FROM absences JOIN users ON users.id = absences.user_id JOIN absence_types ON absence_types.id = type_id",
        "SELECT users.external_id, starts_at, ends_at, break_minutes, state, time_entries.external_id IS NULL
         FROM time_entries JOIN users ON users.id = time_entries.user_id",
        "SELECT users.email, template FROM mails JOIN users ON users.id = mails.user_id",
    ];
}

/// The policy of customers whose shift planner leads for absences.
const LEADS: &str = include_str!("../../policies/staffomatic-leads.toml");

const USERS: &str = "SELECT email, access FROM users ORDER BY email";

/// The product's own policy, but for what a test is about; everybody takes part.
fn policy(change: impl FnOnce(&mut PolicySettings)) -> Policy {
    changed(Staffomatic::POLICY, change)
}

fn changed(toml: &str, change: impl FnOnce(&mut PolicySettings)) -> Policy {
    let mut settings = Policy::from_toml(toml)
        .expect("a policy")
        .settings()
        .clone();
    settings.accounts.scope.selected = None;
    change(&mut settings);
    Policy::try_from(settings).expect("a policy that is possible")
}

/// A company without people, whose product lets everybody take part.
async fn world() -> World {
    world_under(policy(|_| {})).await
}

async fn world_under(policy: Policy) -> World {
    let mut world = World::new().await;
    world.policy = Some(policy);
    world
}

/// Says what happened with a kind of record, as the administrator reads it.
fn told(outcome: &Outcome, kind: &str) -> String {
    let report = outcome.report(kind).map(ToString::to_string);
    report.unwrap_or_default()
}

fn book(world: &World, who: EmployeeNumber, kind: &str, first: NaiveDate, last: NaiveDate) {
    world
        .fake
        .company(|company| company.book(NewAbsence::days(who, kind, first, last)))
        .expect("can be booked");
}

/// What HR has of absences: first day, last day, and where each stands.
fn absences_in_hr(world: &World) -> Vec<(NaiveDate, Option<NaiveDate>, AbsenceStatus)> {
    let row = |it: &personio_client::fake::Absence| (it.first_day(), it.last_day(), it.status());
    world
        .fake
        .company(|company| company.absences().map(row).collect())
}

/// The days on which HR has work.
fn work_in_hr(world: &World) -> Vec<NaiveDate> {
    world.fake.company(|company| {
        let work = company.attendances().filter(|it| !it.is_break());
        work.map(|it| it.day()).collect()
    })
}

const JUNE: NaiveDate = NaiveDate::from_ymd_opt(2026, 6, 1).expect("a day");
const WEEK_OF_JUNE: (NaiveDate, NaiveDate) =
    (JUNE, NaiveDate::from_ymd_opt(2026, 6, 5).expect("a day"));

#[tokio::test]
async fn s1_users_are_created_and_hr_leads_for_master_data() {
    let world = world().await;
    world.hire("Ada", "Nwosu");
    world.sync::<Staffomatic>().await;
    let user =
        "SELECT email, first_name, last_name, access, hire_date, department IS NOT NULL FROM users";
    let as_in_hr = ["ada.nwosu@example.com|Ada|Nwosu|active|2025-01-26|1"];
    assert_eq!(world.rows(user).await, as_in_hr);

    world
        .execute(
            "UPDATE users SET last_name = 'Somebody', hire_date = '2020-01-01', department = NULL",
        )
        .await;
    world.sync::<Staffomatic>().await;
    assert_eq!(
        world.rows(user).await,
        as_in_hr,
        "what was changed here is overwritten"
    );
}

#[tokio::test]
async fn s2_absences_go_the_way_that_the_policy_says() {
    let world = world().await;
    let ada = world.hire("Ada", "Nwosu");
    book(&world, ada, "Paid vacation", WEEK_OF_JUNE.0, WEEK_OF_JUNE.1);
    world.sync::<Staffomatic>().await;
    let days = "SELECT starts_on, ends_on, origin FROM absences";
    let as_in_hr = ["2026-06-01|2026-06-05|personio"];
    assert_eq!(world.rows(days).await, as_in_hr);
    world
        .execute("UPDATE absences SET ends_on = '2026-06-30'")
        .await;
    world.sync::<Staffomatic>().await;
    assert_eq!(world.rows(days).await, as_in_hr, "HR leads");

    let world = leading().await;
    world.sync::<Staffomatic>().await;
    assert_eq!(
        absences_in_hr(&world),
        [(
            WEEK_OF_JUNE.0,
            Some(WEEK_OF_JUNE.1),
            AbsenceStatus::Approved
        )]
    );
    let later = AbsenceChange::new().days(day(100), day(101));
    world.fake.company(|company| {
        let number = company.absences().next().expect("there is one").number();
        company
            .change_absence(number, later)
            .expect("can be changed");
    });
    world.sync::<Staffomatic>().await;
    assert_eq!(
        absences_in_hr(&world),
        [(
            WEEK_OF_JUNE.0,
            Some(WEEK_OF_JUNE.1),
            AbsenceStatus::Approved
        )],
        "the product leads"
    );
}

/// A product that leads for absences, with one user and a week of vacation in June.
async fn leading() -> World {
    let world = world_under(changed(LEADS, |_| {})).await;
    world.hire("Ada", "Nwosu");
    world.sync::<Staffomatic>().await;
    world
        .execute("INSERT INTO absence_types (name) VALUES ('Paid vacation'), ('Sick leave')")
        .await;
    world
        .execute(
            "INSERT INTO absences (user_id, type_id, starts_on, ends_on, state)
             SELECT users.id, absence_types.id, '2026-06-01', '2026-06-05', 'approved'
             FROM users, absence_types WHERE name = 'Paid vacation'",
        )
        .await;
    world
}

/// A product with one user and one time entry, of which `state` says how far it has come.
async fn with_time_entry(policy: Policy) -> World {
    let world = world_under(policy).await;
    world.hire("Ada", "Nwosu");
    world.sync::<Staffomatic>().await;
    world
        .execute(
            "INSERT INTO time_entries (user_id, starts_at, ends_at, break_minutes, state, finished_at, verified_at)
             SELECT id, '2026-02-27T08:00', '2026-02-27T16:30', 30, 'verified', '2026-02-27T16:00:00Z',
                    '2026-02-27T17:00:00Z' FROM users",
        )
        .await;
    world
}

#[tokio::test]
async fn s3_time_entries_go_to_hr_or_not_at_all() {
    let world = with_time_entry(policy(|_| {})).await;
    world.sync::<Staffomatic>().await;
    assert_eq!(work_in_hr(&world), [day(0) - Days::new(3)]);
    let known = "SELECT external_id IS NOT NULL FROM time_entries";
    assert_eq!(
        world.rows(known).await,
        ["1"],
        "the product shows which record of HR it is"
    );

    let off = policy(|settings| {
        settings.attendances.flow = Flow::Off;
        settings.schedule = None;
    });
    let world = with_time_entry(off).await;
    world.sync::<Staffomatic>().await;
    assert_eq!(work_in_hr(&world), Vec::<NaiveDate>::new());
}

#[tokio::test]
async fn s4_a_second_runner_does_nothing_until_the_connection_is_handed_over() {
    let world = world().await;
    world.hire("Ada", "Nwosu");
    world.sync::<Staffomatic>().await;
    world.hire("Tove", "Lund");
    let sync_as = async |runner: &str, take_over: bool| {
        let mut setup = world.setup::<Staffomatic>(Store::File(world.file()));
        setup.runner = runner.to_owned();
        setup.take_over = take_over;
        let connection = Connection::<Staffomatic>::open(setup).await.expect("opens");
        let stop = StopSignal::new();
        connection
            .sync(&Area::ALL.into(), &[], &stop, &Silent)
            .await
    };
    world.fake.clear_requests();
    let refused = sync_as("second", false)
        .await
        .expect_err("it belongs to the first");
    assert!(
        refused.to_string().contains("belongs to the runner"),
        "{refused}"
    );
    assert!(world.fake.requests().is_empty(), "HR is not even asked");
    assert_eq!(world.rows(USERS).await.len(), 1);

    sync_as("second", true).await.expect("it is handed over");
    assert_eq!(world.rows(USERS).await.len(), 2);
    let refused = sync_as("main", false)
        .await
        .expect_err("it belongs to the second");
    assert!(refused.to_string().contains("\"second\""), "{refused}");
}

/// Even when it is handed over: who is in the middle of a run finishes it.
#[tokio::test]
async fn s4_nobody_runs_beside_a_run_that_goes_on() {
    let world = world().await;
    world.hire("Ada", "Nwosu");
    let an_hour = std::time::Duration::from_secs(3600);
    let waits = Fault::slow(an_hour).on("GET /v2/absence-periods");
    world.fake.inject(waits).expect("the operation exists");
    let (first, stop) = (world.connect::<Staffomatic>().await, StopSignal::new());
    let stopping = stop.clone();
    let run = tokio::spawn(async move {
        let outcome = first.sync(&Area::ALL.into(), &[], &stop, &Silent).await;
        outcome.map(|outcome| outcome.stopped)
    });
    while world.rows(USERS).await.is_empty() {
        tokio::task::yield_now().await;
    }
    let mut setup = world.setup::<Staffomatic>(Store::File(world.file()));
    setup.runner = "second".to_owned();
    setup.take_over = true;
    let second = Connection::<Staffomatic>::open(setup).await.expect("opens");
    let refused = second
        .sync(&Area::ALL.into(), &[], &StopSignal::new(), &Silent)
        .await
        .expect_err("the first still works with it");
    assert!(refused.to_string().contains("another process"), "{refused}");
    stopping.raise();
    assert!(
        run.await.expect("ends").expect("ends well"),
        "it was stopped"
    );

    world.fake.clear_faults();
    let outcome = second
        .sync(&Area::ALL.into(), &[], &StopSignal::new(), &Silent)
        .await;
    assert!(outcome.is_ok(), "now it is free");
}

#[tokio::test]
async fn s5_thirteen_attributes_are_needed_and_missing_ones_are_named() {
    let needs = Staffomatic::needs(&policy(|_| {}));
    assert_eq!(needs.attributes.len(), 13);

    let world = world().await;
    world.hire("Ada", "Nwosu");
    let check = async || {
        world
            .connect::<Staffomatic>()
            .await
            .check()
            .await
            .expect("is accepted")
    };
    assert_eq!(check().await.missing(), Vec::<String>::new());

    let rest = needs.attributes.iter().map(|name| name.as_str().to_owned());
    let rest: Vec<String> = rest
        .filter(|it| it != "team" && it != "absence_entitlement")
        .collect();
    let id = world.fake.client_id().to_owned();
    world
        .fake
        .edit_credential(&id, |credential| credential.readable_attributes(rest));
    assert_eq!(
        check().await.missing(),
        ["the attribute absence_entitlement", "the attribute team"]
    );
}

#[tokio::test]
async fn s5_the_rights_for_units_are_needed_too() {
    let world = world().await;
    world.hire("Ada", "Nwosu");
    for scope in ["personio:org-units:read", "personio:workplaces:read"] {
        let withdrawn = Fault::scope_withdrawn(scope);
        world.fake.inject(withdrawn).expect("there is such a scope");
    }
    let connection = world.connect::<Staffomatic>().await;
    let checked = connection.check().await.expect("is accepted");
    assert_eq!(
        checked.missing(),
        ["the right org units: read", "the right workplaces: read"]
    );
}

#[tokio::test]
async fn s6_users_are_matched_by_address_and_possible_duplicates_are_reported() {
    let world = world().await;
    let ada = world.hire("Ada", "Nwosu");
    world.hire("Tove", "Lund");
    drop(world.connect::<Staffomatic>().await);
    world
        .execute(
            "INSERT INTO users (email, first_name) VALUES (' ADA.Nwosu@example.com', 'Ada'), (NULL, 'Bora'),
                    ('tove.lund@example.com', 'Tove'), ('Tove.Lund@example.com', 'T.')",
        )
        .await;
    let outcome = world.sync::<Staffomatic>().await;
    let users = "SELECT id, external_id, last_name FROM users ORDER BY id";
    assert_eq!(
        world.rows(users).await,
        [
            format!("1|{ada}|Nwosu"),
            "2||".to_owned(),
            "3||".to_owned(),
            "4||".to_owned()
        ],
        "one is matched, nobody is guessed, nobody is there twice"
    );
    assert_eq!(
        outcome.observations[..2],
        [
            "possible duplicate: user 2 has no e-mail address and may be anybody in HR",
            "possible duplicate: users 3, 4 have the same e-mail address; nobody of them is matched",
        ]
    );
}

#[tokio::test]
async fn s7_whoever_is_new_waits_for_a_yes() {
    let mut world = World::new().await;
    world.policy = Some(Policy::from_toml(Staffomatic::POLICY).expect("a policy"));
    let ada = world.hire("Ada", "Nwosu");
    let tove = world.hire("Tove", "Lund");
    let gone = world.hire("Iris", "Novak");
    world
        .fake
        .company(|company| company.terminate(gone, TODAY - Days::new(9)))
        .expect("can leave");
    world.sync::<Staffomatic>().await;
    assert_eq!(world.rows(USERS).await, Vec::<String>::new());

    let connection = world.connect::<Staffomatic>().await;
    let listed = connection
        .everybody(Some(EmployeeStatus::Active))
        .await
        .expect("lists");
    let ids: Vec<String> = listed.iter().map(|it| it.id.to_string()).collect();
    assert_eq!(
        ids,
        [ada.to_string(), tove.to_string()],
        "the list is filtered by status"
    );
    let person = |number: EmployeeNumber| SourceId::from(number.to_string());
    connection
        .choose(&[person(ada)], true)
        .await
        .expect("takes answers");
    connection
        .choose(&[person(tove)], false)
        .await
        .expect("takes answers");
    drop(connection);
    world.sync::<Staffomatic>().await;
    let users = "SELECT email, selected FROM users ORDER BY email";
    assert_eq!(world.rows(users).await, ["ada.nwosu@example.com|1"]);

    let new = world.hire("Bora", "Kaya");
    world.sync::<Staffomatic>().await;
    assert_eq!(
        world.rows(users).await,
        ["ada.nwosu@example.com|1"],
        "nobody said yes"
    );
    let connection = world.connect::<Staffomatic>().await;
    connection
        .choose(&[person(new)], true)
        .await
        .expect("takes answers");
    drop(connection);
    world.sync::<Staffomatic>().await;
    assert_eq!(
        world.rows(users).await,
        ["ada.nwosu@example.com|1", "bora.kaya@example.com|1"]
    );
}

#[tokio::test]
async fn s8_switches_for_background_sync_first_day_and_last_day() {
    let join = |world: &World| {
        let new = NewEmployee::new("Ada", "Nwosu")
            .email("ada@example.com")
            .hire_date(day(7));
        world
            .fake
            .company(|company| company.hire(new))
            .expect("can be hired")
    };
    let access = "SELECT access FROM users";
    let world = world().await;
    let ada = join(&world);
    world.hire("Tove", "Lund");
    world.hire("Bora", "Kaya");
    world.sync::<Staffomatic>().await;
    let ada_only = "SELECT access FROM users WHERE email = 'ada@example.com'";
    assert_eq!(
        world.rows(ada_only).await,
        ["staged"],
        "no access before the first day"
    );
    world.pass(7);
    world.sync::<Staffomatic>().await;
    assert_eq!(world.rows(ada_only).await, ["active"]);
    world
        .fake
        .company(|company| company.terminate(ada, day(20)))
        .expect("can leave");
    world.pass(13);
    world.sync::<Staffomatic>().await;
    assert_eq!(world.rows(ada_only).await, ["active"], "on the last day");
    world.pass(1);
    world.sync::<Staffomatic>().await;
    assert_eq!(
        world.rows(ada_only).await,
        ["locked"],
        "the user stays for accounting"
    );

    let off = policy(|settings| {
        settings.accounts.access.before_start = BeforeStart::Active;
        settings.accounts.access.end = vec![EndSign::Status];
        settings.schedule = None;
    });
    let world = world_under(off).await;
    join(&world);
    world.sync::<Staffomatic>().await;
    assert_eq!(world.rows(access).await, ["active"], "access at once");
    let connection = world.connect::<Staffomatic>().await;
    let refused = connection
        .watch(Area::ALL.into())
        .await
        .expect_err("nothing runs by itself");
    assert!(refused.to_string().contains("schedule"), "{refused}");
}

#[rstest]
#[case::all_requests(&[Approval::Approved, Approval::Pending], &[("2026-06-01", AbsenceStatus::Approved), ("2026-07-01", AbsenceStatus::Pending)])]
#[case::only_what_was_decided(&[Approval::Approved], &[("2026-06-01", AbsenceStatus::Approved)])]
#[tokio::test]
async fn s9_requests_of_this_year_are_pushed(
    #[case] approvals: &[Approval],
    #[case] pushed: &[(&str, AbsenceStatus)],
) {
    let mut world = leading().await;
    world.policy = Some(changed(LEADS, |settings| {
        settings.absences.approvals = approvals.iter().copied().collect();
    }));
    world
        .execute(
            "INSERT INTO absences (user_id, type_id, starts_on, ends_on, state)
             SELECT user_id, type_id, column1, column2, column3 FROM absences,
             (VALUES ('2026-07-01', '2026-07-02', 'open'), ('2026-08-03', '2026-08-04', 'rejected'),
                     ('2025-11-03', '2025-11-04', 'approved'), ('2027-02-01', '2027-02-02', 'approved'))",
        )
        .await;
    world.sync::<Staffomatic>().await;
    let in_hr = absences_in_hr(&world);
    let in_hr: Vec<(String, AbsenceStatus)> =
        in_hr.iter().map(|it| (it.0.to_string(), it.2)).collect();
    let pushed: Vec<(String, AbsenceStatus)> =
        pushed.iter().map(|it| (it.0.to_owned(), it.1)).collect();
    assert_eq!(in_hr, pushed);
}

#[tokio::test]
async fn s9_year_end_must_be_split_first() {
    let world = leading().await;
    world
        .execute(
            "INSERT INTO absences (user_id, type_id, starts_on, ends_on, state)
             SELECT user_id, type_id, '2026-12-28', '2027-01-04', 'approved' FROM absences",
        )
        .await;
    let outcome = world.sync::<Staffomatic>().await;
    assert!(
        told(&outcome, "absence")
            .contains("it goes on into another year and must be split first: 2"),
        "{outcome:?}"
    );
    assert_eq!(absences_in_hr(&world).len(), 1);

    world
        .execute("UPDATE absences SET ends_on = '2026-12-31' WHERE id = 2")
        .await;
    let outcome = world.sync::<Staffomatic>().await;
    assert!(
        !told(&outcome, "absence").contains("must be split"),
        "{outcome:?}"
    );
    assert_eq!(absences_in_hr(&world).len(), 2);
}

#[rstest]
#[case::all_finished_ones(Ready::Finished, &["2026-02-25", "2026-02-26"])]
#[case::only_verified_ones(Ready::Verified, &["2026-02-25"])]
#[tokio::test]
async fn s10_settled_time_entries_are_pushed(#[case] ready: Ready, #[case] pushed: &[&str]) {
    let world = world_under(policy(|settings| settings.attendances.ready = ready)).await;
    world.hire("Ada", "Nwosu");
    world.sync::<Staffomatic>().await;
    // It is eight o'clock.
    world
        .execute(
            "INSERT INTO time_entries (user_id, starts_at, ends_at, state, finished_at, verified_at)
             SELECT id, column1 || 'T08:00', column1 || 'T16:00', column2, column3, column4 FROM users,
             (VALUES ('2026-02-25', 'verified', '2026-02-25T16:00:00Z', '2026-03-02T07:00:00Z'),
                     ('2026-02-26', 'finished', '2026-03-02T07:00:00Z', NULL),
                     ('2026-02-27', 'finished', '2026-03-02T07:01:00Z', NULL),
                     ('2026-02-28', 'open', NULL, NULL))",
        )
        .await;
    world.sync::<Staffomatic>().await;
    let days: Vec<String> = work_in_hr(&world).iter().map(ToString::to_string).collect();
    assert_eq!(days, pushed);
}

#[tokio::test]
async fn s10_what_is_verified_after_three_months_is_reported() {
    let world = with_time_entry(policy(|_| {})).await;
    world
        .execute(
            "UPDATE time_entries SET starts_at = '2025-11-20T08:00', ends_at = '2025-11-20T16:00',
                    finished_at = '2025-11-20T16:00:00Z', verified_at = '2026-03-01T09:00:00Z'",
        )
        .await;
    let outcome = world.sync::<Staffomatic>().await;
    assert!(
        told(&outcome, "attendance").contains("it was verified too late: 1"),
        "{outcome:?}"
    );
    assert_eq!(work_in_hr(&world), Vec::<NaiveDate>::new());
}

#[rstest]
#[case::on(InviteWhen::WithAccess, &["ada.nwosu@example.com|welcome"])]
#[case::off(InviteWhen::Never, &[])]
#[tokio::test]
async fn s11_invitations_go_out_with_the_first_sync_or_never(
    #[case] when: InviteWhen,
    #[case] mails: &[&str],
) {
    let world = world_under(policy(|settings| settings.accounts.invitations.when = when)).await;
    world.hire("Ada", "Nwosu");
    for _ in 0..2 {
        world.sync::<Staffomatic>().await;
        let sent = "SELECT email, template FROM mails JOIN users ON users.id = user_id";
        assert_eq!(world.rows(sent).await, mails);
    }
}

#[tokio::test]
async fn s12_what_a_type_counts_for_is_configured_by_its_id() {
    let world = world().await;
    let ada = world.hire("Ada", "Nwosu");
    book(
        &world,
        ada,
        "Paid vacation",
        day(0) - Days::new(7),
        day(0) - Days::new(6),
    );
    drop(world.connect::<Staffomatic>().await);
    world
        .execute("INSERT INTO absence_types (name) VALUES ('Paid vacation'), ('Sick leave'), ('Parental leave')")
        .await;
    world.sync::<Staffomatic>().await;
    let days = "SELECT vacation_days, vacation_balance FROM users";
    assert_eq!(
        world.rows(days).await,
        ["30|28"],
        "two days of vacation are taken"
    );
    let types = "SELECT name, counts_as_entitlement, deducts_vacation, is_paid FROM absence_types ORDER BY id";
    assert_eq!(
        world.rows(types).await,
        [
            "Paid vacation|1|1|1",
            "Sick leave|0|0|1",
            "Parental leave|0|0|0"
        ]
    );
}

#[tokio::test]
async fn s12_entitlements_are_summed_over_the_configured_types() {
    let mut world = World::new().await;
    let add = |company: &mut Company| {
        company.add_absence_type("Extra vacation", "paid_vacation", AbsenceUnit::Day)
    };
    let extra = world.fake.company(add).to_string();
    let vacation = "195801".to_owned();
    let both = || [vacation.clone(), extra.clone()];
    world.policy = Some(policy(|settings| {
        settings.absences.counting = Counting::default()
            .with(Count::Entitlement, both())
            .with(Count::Deduction, [vacation.clone()]);
    }));
    world.hire("Ada", "Nwosu");
    world.sync::<Staffomatic>().await;
    let days = "SELECT vacation_days, vacation_balance FROM users";
    assert_eq!(world.rows(days).await, ["60|30"]);

    world.policy = Some(policy(|settings| {
        let counting = Counting::default().with(Count::Entitlement, [extra.clone()]);
        settings.absences.counting = counting.with(Count::Deduction, both());
    }));
    world.sync::<Staffomatic>().await;
    assert_eq!(world.rows(days).await, ["30|60"]);
}

#[tokio::test]
async fn s13_a_type_without_a_namesake_is_reported_and_its_absences_wait() {
    let world = world().await;
    let ada = world.hire("Ada", "Nwosu");
    book(&world, ada, "Home office", WEEK_OF_JUNE.0, WEEK_OF_JUNE.1);
    book(&world, ada, "Paid vacation", day(0), day(1));
    drop(world.connect::<Staffomatic>().await);
    world
        .execute("INSERT INTO absence_types (name) VALUES (' paid VACATION')")
        .await;
    let outcome = world.sync::<Staffomatic>().await;
    assert!(
        told(&outcome, "absence").contains("the product has no type of the same wording"),
        "{outcome:?}"
    );
    let named = |it: &String| it.contains("Home office") && !it.contains("Paid vacation");
    assert!(outcome.observations.iter().any(named), "{outcome:?}");
    let shown = "SELECT name, starts_on FROM absences JOIN absence_types ON absence_types.id = type_id ORDER BY starts_on";
    assert_eq!(world.rows(shown).await, [" paid VACATION|2026-03-02"]);

    world
        .execute("INSERT INTO absence_types (name) VALUES ('Home Office')")
        .await;
    world.sync::<Staffomatic>().await;
    assert_eq!(
        world.rows(shown).await,
        [" paid VACATION|2026-03-02", "Home Office|2026-06-01"],
        "it was held, not lost"
    );
}

/// The types that the policy begins with are all there from the first absence on, not only that absence's own.
#[tokio::test]
async fn s13_a_new_customer_begins_with_every_type_of_the_policy() {
    let world = world().await;
    let ada = world.hire("Ada", "Nwosu");
    book(&world, ada, "Paid vacation", day(0), day(1));
    world.sync::<Staffomatic>().await;
    book(&world, ada, "Sick leave", day(7), day(8));
    let outcome = world.sync::<Staffomatic>().await;
    assert_eq!(told(&outcome, "absence"), "absence: 1 created, 1 unchanged");
}

#[tokio::test]
async fn s14_later_changes_are_pushed_as_updates() {
    let world = leading().await;
    world.sync::<Staffomatic>().await;
    world
        .execute("UPDATE absences SET ends_on = '2026-06-08', half_end = 1")
        .await;
    let outcome = world.sync::<Staffomatic>().await;
    assert_eq!(
        told(&outcome, "absence"),
        "absence: 1 updated",
        "{outcome:?}"
    );
    let in_hr = absences_in_hr(&world);
    assert_eq!(
        in_hr[0].1.map(|day| day.to_string()).as_deref(),
        Some("2026-06-08")
    );
    assert_eq!(in_hr.len(), 1);

    let world = with_time_entry(policy(|_| {})).await;
    world.sync::<Staffomatic>().await;
    world
        .execute(
            "UPDATE time_entries SET starts_at = '2026-02-26T09:00', ends_at = '2026-02-26T15:00'",
        )
        .await;
    let outcome = world.sync::<Staffomatic>().await;
    assert_eq!(
        told(&outcome, "attendance"),
        "attendance: 1 updated",
        "{outcome:?}"
    );
    assert_eq!(work_in_hr(&world), [day(0) - Days::new(4)]);
}

#[tokio::test]
async fn s15_what_was_deleted_is_not_pushed_again() {
    let world = with_time_entry(policy(|_| {})).await;
    world.sync::<Staffomatic>().await;
    world.fake.company(|company| {
        let work = company
            .attendances()
            .find(|it| !it.is_break())
            .map(|it| it.number());
        company
            .delete_attendance(work.expect("there is one"))
            .expect("can be deleted");
    });
    for _ in 0..2 {
        world.sync::<Staffomatic>().await;
        assert_eq!(work_in_hr(&world), Vec::<NaiveDate>::new());
    }
}

#[rstest]
#[case::removed(EndAction::Remove, 2)]
#[case::only_reported(EndAction::Leave, 3)]
#[tokio::test]
async fn s15_what_the_leading_side_deletes_is_removed_or_only_reported(
    #[case] action: EndAction,
    #[case] left: usize,
) {
    let world = with_time_entry(policy(|settings| {
        settings.attendances.lifecycle.vanished.action = Some(action);
    }))
    .await;
    world
        .execute(
            "INSERT INTO time_entries (user_id, starts_at, ends_at, state, finished_at, verified_at)
             SELECT user_id, column1 || 'T08:00', column1 || 'T16:00', 'verified', finished_at, verified_at
             FROM time_entries, (VALUES ('2026-02-25'), ('2026-02-26'))",
        )
        .await;
    world.sync::<Staffomatic>().await;
    assert_eq!(work_in_hr(&world).len(), 3);
    world.execute("DELETE FROM time_entries WHERE id = 1").await;
    let outcome = world.sync::<Staffomatic>().await;
    assert_eq!(work_in_hr(&world).len(), left);
    let report = "attendance: gone on the leading side, and left as the policy says: 1";
    let is_reported = outcome.observations.iter().any(|it| it == report);
    assert_eq!(is_reported, action == EndAction::Leave, "{outcome:?}");
}

#[rstest]
#[case::removed(EndAction::Remove, &["2026-03-02"])]
#[case::only_reported(EndAction::Leave, &["2026-03-02", "2026-06-01"])]
#[tokio::test]
async fn s15_an_absence_that_hr_deletes_is_removed_or_only_reported(
    #[case] action: EndAction,
    #[case] left: &[&str],
) {
    let world = world_under(policy(|settings| {
        settings.absences.lifecycle.vanished.action = Some(action);
    }))
    .await;
    let ada = world.hire("Ada", "Nwosu");
    book(&world, ada, "Paid vacation", WEEK_OF_JUNE.0, WEEK_OF_JUNE.1);
    book(&world, ada, "Sick leave", day(0), day(1));
    world.sync::<Staffomatic>().await;
    let delete = |company: &mut Company| {
        let june = company.absences().find(|it| it.first_day() == JUNE);
        let june = june.expect("is booked").number();
        company.delete_absence(june)
    };
    world.fake.company(delete).expect("can be deleted");
    let outcome = world.sync::<Staffomatic>().await;
    let absences = "SELECT starts_on FROM absences ORDER BY starts_on";
    assert_eq!(world.rows(absences).await, left);
    let is_reported = |it: &String| it.starts_with("absence: gone on the leading side");
    let is_reported = outcome.observations.iter().any(is_reported);
    assert_eq!(is_reported, action == EndAction::Leave, "{outcome:?}");
}

#[test]
fn s16_the_timetable_runs_each_area_in_the_customers_zone() {
    let policy = Policy::from_toml(Staffomatic::POLICY).expect("a policy");
    let timetable = policy.timetable().expect("has a timetable");
    let mut state = sync_core::schedule::TimetableState::default();
    // Berlin in winter.
    let berlin = FixedOffset::east_opt(3_600).expect("an offset");
    let start = TODAY
        .and_time(NaiveTime::MIN)
        .and_local_timezone(berlin)
        .single();
    let mut now = start.expect("a moment").with_timezone(&Utc) - TimeDelta::minutes(1);
    let mut runs: BTreeMap<(String, String), Vec<String>> = BTreeMap::new();
    // Whatever has never run is due at once; look at the day after.
    let (first, last) = (now + TimeDelta::days(1), now + TimeDelta::days(2));
    while let Some(due) = timetable.next(&state, now) {
        now = now.max(due.at);
        if now > last {
            break;
        }
        let run = state.start(due.area.clone(), due.kind, now);
        state.finish(sync_core::schedule::RunOutcome::Succeeded, now);
        if now > first {
            let key = (run.area.to_string(), run.kind.to_string());
            let local = now.with_timezone(&berlin).format("%H:%M").to_string();
            runs.entry(key).or_default().push(local);
        }
    }
    let of = |area: &str, kind: &str| {
        let key = (area.to_owned(), kind.to_owned());
        runs.get(&key).cloned().unwrap_or_default()
    };
    assert_eq!(of("accounts", "full"), ["05:00"]);
    assert_eq!(of("org_units", "full"), ["05:15"]);
    assert_eq!(of("attendances", "full"), ["05:30"]);
    assert!(
        (5..=6).contains(&of("absences", "partial").len()),
        "{runs:?}"
    );
    let often = of("attendances", "partial");
    assert!(often.len() > 100, "every ten minutes of the day: {runs:?}");
    assert!(
        often
            .iter()
            .all(|at| ("06:00".."23:51").contains(&at.as_str())),
        "{often:?}"
    );
}

/// What changed comes with a partial run; that something is gone is for a full one to see.
#[tokio::test]
async fn s16_a_partial_run_reads_what_changed() {
    let world = world().await;
    let ada = world.hire("Ada", "Nwosu");
    let tove = world.hire("Tove", "Lund");
    let ines = world.hire("Ines", "Duarte");
    let change = |who, attribute: &str, value| {
        let change = |company: &mut Company| company.set_attribute(who, attribute, value);
        world.fake.company(change).expect("can be changed");
    };
    change(ines, "email", json!(null));
    book(&world, ada, "Paid vacation", WEEK_OF_JUNE.0, WEEK_OF_JUNE.1);
    book(&world, ines, "Paid vacation", day(10), day(11));
    world.sync_all::<Staffomatic>().await;
    let absences = "SELECT starts_on FROM absences ORDER BY starts_on";
    assert_eq!(world.rows(absences).await, ["2026-06-01"]);

    world.pass(3);
    change(ada, "last_name", json!("Nwosu-Lund"));
    book(&world, tove, "Paid vacation", day(3), day(3));
    world
        .fake
        .company(|company| {
            let vacation = company.absences_of(ada).next().expect("is booked").number();
            company.delete_absence(vacation)
        })
        .expect("can be deleted");
    world.fake.clear_requests();
    world.sync_partially::<Staffomatic>().await;
    let asked = world.fake.requests();
    let asked_with = |parameter| asked.iter().any(|it| it.parameter(parameter).is_some());
    assert!(asked_with("updated_since"), "only for who changed");
    assert!(asked_with("updated_at.gte"), "only for absences that did");
    let names = "SELECT last_name FROM users ORDER BY last_name";
    assert_eq!(world.rows(names).await, ["Lund", "Nwosu-Lund"]);
    assert_eq!(world.rows(absences).await, ["2026-03-05", "2026-06-01"]);

    // Whoever comes brings along what was booked long ago, so everything is read once more.
    change(ines, "email", json!("ines.duarte@example.com"));
    world.sync_partially::<Staffomatic>().await;
    assert_eq!(world.rows(names).await, ["Duarte", "Lund", "Nwosu-Lund"]);
    assert_eq!(world.rows(absences).await, ["2026-03-05", "2026-03-12"]);

    world.fake.clear_requests();
    assert!(world.sync_partially::<Staffomatic>().await.is_empty());
    let asked = world.fake.requests();
    let asked_with = |parameter| asked.iter().any(|it| it.parameter(parameter).is_some());
    assert!(asked_with("updated_since") && asked_with("updated_at.gte"));
}

#[tokio::test]
async fn s17_each_area_is_synced_by_itself() {
    let world = with_time_entry(policy(|_| {})).await;
    world.hire("Tove", "Lund");
    let connection = world.connect::<Staffomatic>().await;
    let only = |area| BTreeSet::from([area]);
    let stop = StopSignal::new();
    connection
        .sync(&only(Area::Attendances), &[], &stop, &Silent)
        .await
        .expect("syncs");
    assert_eq!(work_in_hr(&world).len(), 1);
    assert_eq!(world.rows(USERS).await.len(), 1, "nobody else came");
    connection
        .sync(&only(Area::Accounts), &[], &stop, &Silent)
        .await
        .expect("syncs");
    assert_eq!(world.rows(USERS).await.len(), 2);
    for area in Area::ALL {
        let synced = connection.sync(&only(area), &[], &stop, &Silent).await;
        synced.expect("syncs");
        let last = "SELECT areas FROM runs ORDER BY id DESC LIMIT 1";
        assert_eq!(world.rows(last).await, [area.as_str()]);
    }
}

#[tokio::test]
async fn s18_the_first_run_takes_a_week_of_time_entries_and_all_absences() {
    let world = world().await;
    let ada = world.hire("Ada", "Nwosu");
    book(
        &world,
        ada,
        "Paid vacation",
        day(0) - Days::new(300),
        day(0) - Days::new(299),
    );
    world
        .connect::<Staffomatic>()
        .await
        .sync(
            &BTreeSet::from([Area::Accounts]),
            &[],
            &StopSignal::new(),
            &Silent,
        )
        .await
        .expect("syncs");
    world
        .execute(
            "INSERT INTO time_entries (user_id, starts_at, ends_at, state, finished_at, verified_at)
             SELECT id, column1 || 'T08:00', column1 || 'T16:00', 'verified', column1 || 'T16:00:00Z', column1 || 'T17:00:00Z'
             FROM users, (VALUES ('2026-02-22'), ('2026-02-23'), ('2026-03-01'))",
        )
        .await;
    world.sync::<Staffomatic>().await;
    assert_eq!(
        work_in_hr(&world),
        [day(0) - Days::new(7), day(0) - Days::new(1)]
    );
    assert_eq!(world.rows("SELECT starts_on FROM absences").await.len(), 1);
    world.pass(10);
    world.sync::<Staffomatic>().await;
    assert_eq!(
        work_in_hr(&world).len(),
        2,
        "what the first run took stays in sight"
    );
}

#[rstest]
#[case::for_a_week(5, 1)]
#[case::and_no_longer(9, 0)]
#[tokio::test]
async fn s18_what_hr_refuses_is_tried_for_seven_days(#[case] days: i64, #[case] arrived: usize) {
    let world = with_time_entry(policy(|_| {})).await;
    let refusal = Fault::status(422).on("POST /v2/attendance-periods");
    world
        .fake
        .inject(refusal)
        .expect("there is such an operation");
    for _ in 0..days {
        world.sync::<Staffomatic>().await;
        assert_eq!(work_in_hr(&world).len(), 0);
        world.pass(1);
    }
    world.fake.clear_faults();
    world.sync::<Staffomatic>().await;
    assert_eq!(work_in_hr(&world).len(), arrived);
}

#[tokio::test]
async fn s19_the_protocol_shows_two_months() {
    let world = world().await;
    world.hire("Ada", "Nwosu");
    world.sync::<Staffomatic>().await;
    let runs = "SELECT id FROM runs";
    world.pass(61);
    world.sync::<Staffomatic>().await;
    assert_eq!(world.rows(runs).await, ["1", "2"]);
    world.pass(2);
    world.sync::<Staffomatic>().await;
    assert_eq!(world.rows(runs).await, ["2", "3"]);
}

#[tokio::test]
async fn s20_an_absence_carries_its_state_to_the_other_side() {
    let world = world().await;
    let ada = world.hire("Ada", "Nwosu");
    let open = NewAbsence::days(ada, "Paid vacation", day(20), day(21)).pending();
    world
        .fake
        .company(|company| company.book(open))
        .expect("can be booked");
    book(&world, ada, "Sick leave", day(0), day(1));
    world.sync::<Staffomatic>().await;
    let states = "SELECT state FROM absences ORDER BY starts_on";
    assert_eq!(world.rows(states).await, ["approved", "open"]);
    let approve = |company: &mut Company| {
        let open = company
            .absences_of(ada)
            .find(|it| it.status() == AbsenceStatus::Pending);
        let open = open.expect("is open").number();
        company.change_absence(open, AbsenceChange::new().status(AbsenceStatus::Approved))
    };
    world.fake.company(approve).expect("can be approved");
    world.sync::<Staffomatic>().await;
    assert_eq!(world.rows(states).await, ["approved", "approved"]);

    let world = leading().await;
    world.execute("UPDATE absences SET state = 'open'").await;
    world.sync::<Staffomatic>().await;
    assert_eq!(absences_in_hr(&world)[0].2, AbsenceStatus::Pending);
}

#[tokio::test]
async fn s21_units_come_before_the_people_in_them() {
    let world = world().await;
    world
        .fake
        .company(|company| company.add_department("Kitchen"));
    let new = NewEmployee::new("Ada", "Nwosu")
        .email("ada@example.com")
        .department("Kitchen");
    world
        .fake
        .company(|company| company.hire(new))
        .expect("can be hired");
    world.sync::<Staffomatic>().await;
    let places =
        "SELECT departments.name, departments.external_id IS NOT NULL, locations.name IS NOT NULL
                  FROM users JOIN departments ON departments.id = department_id
                             JOIN locations ON locations.id = location_id";
    assert_eq!(world.rows(places).await, ["Kitchen|1|1"]);
    assert_eq!(
        world.rows("SELECT areas FROM runs").await,
        ["org_units, accounts, absences, attendances"]
    );
}

/// By itself, the product meets the people first.
#[tokio::test]
async fn s21_people_who_were_there_first_find_their_units() {
    let world = world().await;
    world.hire("Ada", "Nwosu");
    let connection = world.connect::<Staffomatic>().await;
    for area in [Area::Accounts, Area::OrgUnits] {
        let only = BTreeSet::from([area]);
        let stop = StopSignal::new();
        let outcome = connection.sync(&only, &[], &stop, &Silent).await;
        outcome.expect("syncs");
    }
    let places = "SELECT departments.name, locations.name FROM users
                  JOIN departments ON departments.id = department_id JOIN locations ON locations.id = location_id";
    assert_eq!(world.rows(places).await, ["Engineering|Berlin"]);
}

#[tokio::test]
async fn a_lost_answer_makes_no_second_record_in_hr() {
    let world = leading().await;
    world
        .execute(
            "INSERT INTO time_entries (user_id, starts_at, ends_at, state, finished_at, verified_at)
             SELECT id, '2026-02-27T08:00', '2026-02-27T16:00', 'verified', '2026-02-27T16:00:00Z', '2026-02-27T17:00:00Z'
             FROM users",
        )
        .await;
    for operation in ["POST /v2/absence-periods", "POST /v2/attendance-periods"] {
        let lost = Fault::lost_answer().on(operation).times(1);
        world.fake.inject(lost).expect("there is such an operation");
    }
    world.sync::<Staffomatic>().await;
    for _ in 0..2 {
        world.sync::<Staffomatic>().await;
        assert_eq!(absences_in_hr(&world).len(), 1);
        assert_eq!(work_in_hr(&world).len(), 1);
    }
}
