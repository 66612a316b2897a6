//! The project tool, row by row.

use chrono::{Days, NaiveDate};
use examples::{
    absences::SqliteAbsences,
    database::Database,
    harness::{Needs, Product as _, Right},
    products::awork::{Awork, Calendar, CalendarError, MatchedUsers},
};
use personio_client::fake::{
    AbsenceChange, AbsenceNumber, AbsenceStatus, Company, EmployeeNumber, NewAbsence, NewEmployee,
};
use sync_core::{
    Absence, Account, FieldName, Policy, TargetId, async_trait,
    policy::Flow,
    schedule::{Area, RunKind, RunOutcome, TimetableState},
    testing::conformance::{self, Factory, Sample},
};

use crate::kit::{Example, InProduct, TODAY, World};

const ADA: &str = "INSERT INTO users (id, email, first_name) VALUES (1, 'ada@example.com', 'Ada')";

/// Every absence of the calendar: whose, from when until when, from where, and whether it can be changed.
const ABSENCES: &str =
    "SELECT user_id, starts_on, ends_on, origin, read_only FROM absences ORDER BY starts_on, id";

impl Example for Awork {
    const PROGRAM: &'static str = env!("CARGO_BIN_EXE_awork-style");
    const FACTS: &'static [&'static str] = &[
        "SELECT email, first_name, last_name, external_id, access FROM users",
        "SELECT absences.external_id, users.email, label, starts_on, ends_on, half_start, half_end, hours, approval,
                origin, read_only
         FROM absences JOIN users ON users.id = absences.user_id",
    ];
}

/// Opens the product's database, as another part of the product does.
async fn database(world: &World) -> Database {
    let opened = Database::open_product(&world.file(), Awork::tables()).await;
    opened.expect("opens")
}

fn book(world: &World, absence: NewAbsence) -> AbsenceNumber {
    let booked = world.fake.company(|company| company.book(absence));
    booked.expect("is booked")
}

fn day(month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, month, day).expect("a day")
}

fn hire(company: &mut Company, first_name: &str) -> EmployeeNumber {
    let email = format!("{}@example.com", first_name.to_lowercase());
    let new = NewEmployee::new(first_name, "Nwosu").email(email);
    company.hire(new.hire_date(day(1, 1))).expect("is hired")
}

fn vacation(employee: EmployeeNumber, first_day: NaiveDate, last_day: NaiveDate) -> NewAbsence {
    NewAbsence::days(employee, "Paid vacation", first_day, last_day)
}

/// A company of Ada alone, and a product in which she has an account.
async fn ada_at_both() -> (World, EmployeeNumber) {
    let world = World::new().await;
    database(&world).await;
    world.execute(ADA).await;
    let ada = world.fake.company(|company| hire(company, "Ada"));
    (world, ada)
}

#[tokio::test]
async fn a1_absences_flow_in_and_users_are_not_created() {
    let (world, ada) = ada_at_both().await;
    world.fake.company(|company| {
        let bora = hire(company, "Bora");
        for person in [ada, bora] {
            let booked = company.book(vacation(person, day(3, 9), day(3, 13)));
            booked.expect("is booked");
        }
    });
    world.sync::<Awork>().await;
    assert_eq!(
        world
            .rows("SELECT id, email, first_name, external_id, version FROM users")
            .await,
        ["1|ada@example.com|Ada||1"],
        "nobody is created, and nothing is written to those who are there"
    );
    assert_eq!(
        world.rows(ABSENCES).await,
        ["1|2026-03-09|2026-03-13|personio|1"]
    );
    assert!(world.sync::<Awork>().await.is_empty(), "once is enough");
}

#[test]
fn a1_a_run_is_due_once_an_hour() {
    let policy = Policy::from_toml(Awork::POLICY).expect("is possible");
    let timetable = policy.timetable().expect("it runs by itself");
    let areas: Vec<&Area> = timetable.areas().collect();
    assert_eq!(
        areas.iter().map(|area| area.as_str()).collect::<Vec<_>>(),
        ["accounts", "absences"]
    );
    let mut state = TimetableState::default();
    let mut now = day(3, 2).and_hms_opt(8, 0, 0).expect("a time").and_utc();
    let mut starts = Vec::new();
    while starts.len() < 6 {
        let due = timetable
            .next(&state, now)
            .expect("there is always a next one");
        now = now.max(due.at);
        starts.push((due.area.clone(), now));
        state.start(due.area, RunKind::Full, now);
        state.finish(RunOutcome::Succeeded, now);
    }
    let absences: Vec<_> = starts
        .iter()
        .filter(|(area, _)| area.as_str() == "absences")
        .collect();
    for pair in absences.windows(2).skip(1) {
        assert_eq!(pair[1].1 - pair[0].1, chrono::TimeDelta::hours(1));
    }
}

#[tokio::test]
async fn a1_an_account_that_is_deleted_here_is_not_made_again() {
    let (world, ada) = ada_at_both().await;
    book(&world, vacation(ada, day(3, 9), day(3, 13)));
    world.sync::<Awork>().await;
    world.execute("DELETE FROM users").await;
    let outcome = world.sync::<Awork>().await;
    assert!(outcome.report("absence").expect("it ran").is_success());
    assert!(world.rows("SELECT id FROM users").await.is_empty());
    assert!(world.rows(ABSENCES).await.is_empty());
    assert!(world.sync::<Awork>().await.is_empty());
}

#[tokio::test]
async fn a2_overlapping_absences_come_whole() {
    let (world, ada) = ada_at_both().await;
    let (from, to) = (TODAY - Days::new(14), TODAY + Days::new(180));
    book(
        &world,
        vacation(ada, from - Days::new(14), from - Days::new(8)),
    );
    book(&world, vacation(ada, from - Days::new(6), from));
    book(&world, vacation(ada, to, to + Days::new(20)));
    book(
        &world,
        vacation(ada, to + Days::new(21), to + Days::new(30)),
    );
    world.sync::<Awork>().await;
    let whole = |first: NaiveDate, last: NaiveDate| format!("1|{first}|{last}|personio|1");
    assert_eq!(
        world.rows(ABSENCES).await,
        [
            whole(from - Days::new(6), from),
            whole(to, to + Days::new(20))
        ]
    );
}

#[tokio::test]
async fn a2_what_falls_out_of_the_window_stays_as_it_is() {
    let (world, ada) = ada_at_both().await;
    let past = book(&world, vacation(ada, day(2, 9), day(2, 16)));
    let ahead = book(&world, vacation(ada, day(9, 7), day(9, 11)));
    book(&world, vacation(ada, day(5, 11), day(5, 11)));
    world.sync::<Awork>().await;
    assert_eq!(
        world.rows(ABSENCES).await,
        [
            "1|2026-02-09|2026-02-16|personio|1",
            "1|2026-05-11|2026-05-11|personio|1"
        ],
        "the window ends on 29 August"
    );

    world.pass(9);
    world
        .fake
        .company(|company| company.delete_absence(past))
        .expect("is there");
    world.sync::<Awork>().await;
    assert_eq!(
        world.rows(ABSENCES).await,
        [
            "1|2026-02-09|2026-02-16|personio|1",
            "1|2026-05-11|2026-05-11|personio|1",
            "1|2026-09-07|2026-09-11|personio|1"
        ],
        "the window has moved by nine days at both ends"
    );
    world
        .fake
        .company(|company| company.delete_absence(ahead))
        .expect("is there");
    world.sync::<Awork>().await;
    assert_eq!(
        world.rows(ABSENCES).await,
        [
            "1|2026-02-09|2026-02-16|personio|1",
            "1|2026-05-11|2026-05-11|personio|1"
        ]
    );
}

#[tokio::test]
async fn a2_half_days_and_hours_come_as_they_are() {
    let (world, ada) = ada_at_both().await;
    book(
        &world,
        vacation(ada, day(3, 9), day(3, 13))
            .half_day_start()
            .half_day_end(),
    );
    world.sync::<Awork>().await;
    assert_eq!(
        world
            .rows("SELECT starts_on, ends_on, half_start, half_end FROM absences")
            .await,
        ["2026-03-09|2026-03-13|1|1"]
    );
}

#[tokio::test]
async fn a3_users_are_matched_by_address_whatever_its_case_and_blanks() {
    let world = World::new().await;
    database(&world).await;
    world
        .execute(
            "INSERT INTO users (id, email) VALUES
                 (1, 'ADA@Example.com'), (2, '  bora@example.com '), (3, 'mika@example.com'), (4, NULL)",
        )
        .await;
    let [ada, bora, cem] = world
        .fake
        .company(|company| ["Ada", "Bora", "Cem"].map(|name| hire(company, name)));
    let plan = world.plan::<Awork>().await;
    let list = plan
        .decision("account")
        .expect("people are compared")
        .matches();
    let pairs: Vec<_> = list
        .matched
        .iter()
        .map(|it| (it.hr.clone(), it.product.clone()))
        .collect();
    assert_eq!(
        pairs,
        [
            (ada.to_string(), "1".to_owned()),
            (bora.to_string(), "2".to_owned())
        ]
    );
    let ids = |list: &[examples::harness::MatchedOne]| {
        list.iter().map(|it| it.id.clone()).collect::<Vec<_>>()
    };
    assert_eq!(ids(&list.only_in_hr), [cem.to_string()]);
    assert_eq!(ids(&list.only_in_product), ["3", "4"]);
    assert!(list.ambiguous.is_empty());
    for person in [ada, bora, cem] {
        book(&world, vacation(person, day(3, 9), day(3, 9)));
    }
    world.sync::<Awork>().await;
    assert_eq!(
        world.rows("SELECT user_id FROM absences ORDER BY 1").await,
        ["1", "2"]
    );
}

#[tokio::test]
async fn a3_two_users_with_one_address_are_shown_and_never_guessed() {
    let (world, ada) = ada_at_both().await;
    world
        .execute("INSERT INTO users (id, email) VALUES (2, 'Ada@example.com')")
        .await;
    book(&world, vacation(ada, day(3, 9), day(3, 9)));
    let plan = world.plan::<Awork>().await;
    let list = plan
        .decision("account")
        .expect("people are compared")
        .matches();
    assert_eq!(list.ambiguous.len(), 1);
    assert_eq!(list.ambiguous[0].id, ada.to_string());
    world.sync::<Awork>().await;
    assert!(world.rows(ABSENCES).await.is_empty());
}

#[tokio::test]
async fn a4_absences_from_hr_are_read_only_and_manual_ones_are_never_touched() {
    let (world, ada) = ada_at_both().await;
    book(&world, vacation(ada, day(3, 9), day(3, 13)));
    let calendar = Calendar::new(&database(&world).await);
    let own = calendar
        .enter(1, day(3, 9), day(3, 10))
        .await
        .expect("is entered");
    world.sync::<Awork>().await;
    assert_eq!(
        world.rows(ABSENCES).await,
        [
            "1|2026-03-09|2026-03-10|manual|0",
            "1|2026-03-09|2026-03-13|personio|1"
        ],
        "that both are at the same time changes neither"
    );

    let from_hr = world
        .rows("SELECT id FROM absences WHERE origin = 'personio'")
        .await;
    let from_hr: i64 = from_hr[0].parse().expect("a number");
    for refused in [
        calendar.move_to(from_hr, day(3, 9), day(3, 9)).await,
        calendar.delete(from_hr).await,
    ] {
        assert!(matches!(refused, Err(CalendarError::ReadOnly(id)) if id == from_hr));
    }
    calendar
        .move_to(own, day(3, 16), day(3, 17))
        .await
        .expect("is moved");
    assert!(world.sync::<Awork>().await.is_empty());
    assert_eq!(
        world.rows(ABSENCES).await,
        [
            "1|2026-03-09|2026-03-13|personio|1",
            "1|2026-03-16|2026-03-17|manual|0"
        ]
    );
    calendar.delete(own).await.expect("is deleted");
    assert!(world.sync::<Awork>().await.is_empty());
}

#[tokio::test]
async fn a4_what_is_changed_behind_the_back_of_the_product_is_put_back() {
    let (world, ada) = ada_at_both().await;
    book(&world, vacation(ada, day(3, 9), day(3, 13)));
    world.sync::<Awork>().await;
    world
        .execute("UPDATE absences SET ends_on = '2026-03-10', version = version + 1")
        .await;
    world.sync::<Awork>().await;
    assert_eq!(
        world.rows(ABSENCES).await,
        ["1|2026-03-09|2026-03-13|personio|1"]
    );
}

/// Labour Day is a holiday in the company's calendar. It is no absence of anybody, and it does not split one.
#[tokio::test]
async fn a5_public_holidays_are_not_transferred() {
    let (world, ada) = ada_at_both().await;
    world
        .execute("INSERT INTO users (id, email) VALUES (2, 'bora@example.com')")
        .await;
    world.fake.company(|company| hire(company, "Bora"));
    book(&world, vacation(ada, day(4, 30), day(5, 4)));
    world.sync::<Awork>().await;
    assert_eq!(
        world.rows(ABSENCES).await,
        ["1|2026-04-30|2026-05-04|personio|1"],
        "Bora, who has the same holidays, is not absent"
    );
}

#[test]
fn a6_the_rights_and_attributes_that_are_needed_are_listed() {
    let policy = Policy::from_toml(Awork::POLICY).expect("is possible");
    let needs = Needs {
        rights: [Right::ReadEmployees, Right::ReadAbsences].into(),
        attributes: ["email", "status"].map(FieldName::from).into(),
        optional: [].into(),
    };
    assert_eq!(Awork::needs(&policy), needs);
    assert_eq!(policy.settings().attendances.flow, Flow::Off);
}

#[tokio::test]
async fn a6_check_names_what_is_missing() {
    let world = World::new().await;
    world
        .fake
        .edit_credential(world.fake.client_id(), |credential| {
            credential
                .scopes(["employees:read"])
                .readable_attributes(["status"])
        });
    let checked = world
        .connect::<Awork>()
        .await
        .check()
        .await
        .expect("answers");
    assert_eq!(
        checked.missing(),
        ["the right absences: read", "the attribute email"]
    );
}

#[tokio::test]
async fn a6_no_other_right_or_attribute_is_used() {
    let (world, ada) = ada_at_both().await;
    book(&world, vacation(ada, day(3, 9), day(3, 13)));
    world
        .fake
        .edit_credential(world.fake.client_id(), |credential| {
            credential
                .scopes(["employees:read", "personio:absences:read"])
                .readable_attributes(["email", "status"])
        });
    let outcome = world.sync::<Awork>().await;
    assert!(outcome.report("absence").expect("it ran").is_success());
    assert_eq!(
        world.rows(ABSENCES).await,
        ["1|2026-03-09|2026-03-13|personio|1"]
    );
}

#[tokio::test]
async fn a7_what_is_deleted_rejected_or_shortened_in_hr_disappears_or_shrinks() {
    let (world, ada) = ada_at_both().await;
    let deleted = book(&world, vacation(ada, day(3, 9), day(3, 13)));
    let rejected = book(&world, vacation(ada, day(4, 6), day(4, 10)));
    let shortened = book(&world, vacation(ada, day(5, 11), day(5, 15)));
    let moved = book(&world, vacation(ada, day(6, 8), day(6, 12)));
    world.sync::<Awork>().await;
    assert_eq!(world.rows(ABSENCES).await.len(), 4);

    world
        .fake
        .company(|company| {
            company.delete_absence(deleted)?;
            let is_rejected = AbsenceChange::new().status(AbsenceStatus::Rejected);
            company.change_absence(rejected, is_rejected)?;
            company.change_absence(shortened, AbsenceChange::new().days(day(5, 11), day(5, 12)))?;
            company.change_absence(moved, AbsenceChange::new().days(day(11, 2), day(11, 6)))
        })
        .expect("happens");
    world.sync::<Awork>().await;
    assert_eq!(
        world.rows(ABSENCES).await,
        [
            "1|2026-05-11|2026-05-12|personio|1",
            "1|2026-11-02|2026-11-06|personio|1"
        ],
        "what is moved out of the window is known to be elsewhere"
    );
    assert!(world.sync::<Awork>().await.is_empty());
}

#[tokio::test]
async fn matched_users_keep_the_contract() {
    conformance::check_all(Matched).await.assert_passed();
}

#[tokio::test]
async fn absences_of_the_project_tool_keep_the_contract() {
    conformance::check_all(InCalendar).await.assert_passed();
}

struct Matched;

#[async_trait]
impl Factory<Account> for Matched {
    type Target = InProduct<MatchedUsers>;

    async fn empty(&self) -> Self::Target {
        let world = World::new().await;
        let adapter = MatchedUsers::new(&database(&world).await);
        InProduct { adapter, world }
    }

    fn sample(&self, number: usize) -> Account {
        Account::sample(number)
    }

    async fn enter(&self, target: &Self::Target, _: Account) -> Option<TargetId> {
        target.world.execute(ADA).await;
        Some("1".into())
    }

    async fn cut_off(&self, target: &Self::Target) -> bool {
        target.world.execute("DROP TABLE users").await;
        true
    }
}

struct InCalendar;

#[async_trait]
impl Factory<Absence> for InCalendar {
    type Target = InProduct<SqliteAbsences>;

    /// Absences need somebody who is absent.
    async fn empty(&self) -> Self::Target {
        let world = World::new().await;
        let adapter = SqliteAbsences::new(&database(&world).await);
        world.execute(ADA).await;
        InProduct { adapter, world }
    }

    fn sample(&self, number: usize) -> Absence {
        Absence::sample(number)
    }

    fn free_text(&self) -> Vec<FieldName> {
        Absence::free_text()
    }

    /// There is always a reason, if only "absent".
    fn may_be_empty(&self) -> Vec<FieldName> {
        Vec::new()
    }

    async fn enter(&self, target: &Self::Target, _: Absence) -> Option<TargetId> {
        target
            .world
            .execute("INSERT INTO absences (id, user_id, starts_on, ends_on) VALUES (9000, 1, '2026-03-02', '2026-03-03')")
            .await;
        Some("9000".into())
    }

    async fn cut_off(&self, target: &Self::Target) -> bool {
        target.world.execute("DROP TABLE absences").await;
        true
    }
}
