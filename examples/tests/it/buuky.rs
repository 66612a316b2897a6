//! Desk booking, row by row.

use std::collections::BTreeSet;

use chrono::{Days, TimeDelta};
use examples::{
    harness::{
        Area, Checked, Connection, Decision, Failure, Product, Result, Right, Show, Silent, Store,
        Verdict,
    },
    products::buuky::Buuky,
    protocol::Ending,
};
use personio_client::fake::{Company, EmployeeNumber, Fault, Generator, NewAbsence};
use rstest::rstest;
use serde_json::json;
use sync_core::{Report, StopSignal};

use crate::kit::{Example, TODAY, World, day};

impl Example for Buuky {
    const PROGRAM: &'static str = env!("CARGO_BIN_EXE_buuky-style");
    const FACTS: &'static [&'static str] = &[
        "SELECT external_id, email, first_name, last_name, access, name_owner FROM users",
        "SELECT absences.external_id, users.email, label, starts_on, ends_on, half_start, half_end, hours, approval,
                origin, read_only
         FROM absences JOIN users ON users.id = absences.user_id",
        "SELECT users.email, day, part, blocker, status, released_for
         FROM bookings JOIN users ON users.id = bookings.user_id",
        "SELECT users.email, template FROM mails JOIN users ON users.id = mails.user_id",
    ];
}

const USERS: &str = "SELECT email, first_name, last_name, access FROM users ORDER BY email";
const BOOKINGS: &str = "SELECT day, part, status FROM bookings ORDER BY id";
const MAILS: &str =
    "SELECT email, template FROM mails JOIN users ON users.id = mails.user_id ORDER BY email";

/// Policy of customers whose people sign in with Microsoft.
const SSO: &str = include_str!("../../policies/buuky-sso.toml");

#[tokio::test]
async fn b1_whoever_works_here_gets_an_account_and_one_mail() {
    let world = World::new().await;
    world.hire("Ada", "Nwosu");
    let away = world.hire("Tove", "Lund");
    let gone = world.hire("Iris", "Novak");
    world
        .fake
        .company(|company| {
            company.set_attribute(away, "status", json!("leave"))?;
            company.set_attribute(gone, "status", json!("inactive"))
        })
        .expect("happens");

    world.sync::<Buuky>().await;
    assert_eq!(
        world.rows(USERS).await,
        [
            "ada.nwosu@example.com|Ada|Nwosu|active",
            "tove.lund@example.com|Tove|Lund|active",
        ]
    );
    let mails = [
        "ada.nwosu@example.com|welcome",
        "tove.lund@example.com|welcome",
    ];
    assert_eq!(world.rows(MAILS).await, mails);

    world.sync::<Buuky>().await;
    assert_eq!(world.rows(MAILS).await, mails, "nobody gets a second mail");
}

#[tokio::test]
async fn b2_a_new_name_or_address_in_hr_changes_the_account() {
    let world = World::new().await;
    let ada = world.hire("Ada", "Nwosu");
    world.sync::<Buuky>().await;
    world
        .fake
        .company(|company| {
            company.rename(ada, "Ada", "Nwosu-Lund")?;
            company.set_attribute(ada, "email", json!("ada.lund@example.com"))
        })
        .expect("happens");

    world.sync::<Buuky>().await;
    let only = "ada.lund@example.com|Ada|Nwosu-Lund|active";
    assert_eq!(world.rows(USERS).await, [only]);
    assert_eq!(world.rows("SELECT id FROM mails").await.len(), 1);
}

#[tokio::test]
async fn b3_a_leaver_loses_the_account() {
    let world = World::new().await;
    world.hire("Ada", "Nwosu");
    let tove = world.hire("Tove", "Lund");
    world.sync::<Buuky>().await;
    world
        .fake
        .company(|company| company.terminate(tove, TODAY - Days::new(1)))
        .expect("happens");

    world.sync::<Buuky>().await;
    let access = "SELECT email, access FROM users ORDER BY email";
    assert_eq!(
        world.rows(access).await,
        [
            "ada.nwosu@example.com|active",
            "tove.lund@example.com|locked"
        ],
        "no access from the first run on"
    );
    world.pass(13);
    world.sync::<Buuky>().await;
    assert_eq!(world.rows(access).await.len(), 2, "two weeks are not over");
    world.pass(1);
    world.sync::<Buuky>().await;
    assert_eq!(world.rows(access).await, ["ada.nwosu@example.com|active"]);
}

/// Books a desk for the only user.
async fn book_desks(world: &World) {
    world
        .execute(
            "INSERT INTO bookings (user_id, day, part, blocker) SELECT id, column1, column2, column3 FROM users,
             (VALUES ('2026-03-09', 'full', 0), ('2026-03-10', 'full', 0), ('2026-03-11', 'full', 0),
                     ('2026-03-11', 'morning', 0), ('2026-03-11', 'afternoon', 0), ('2026-03-12', 'full', 0),
                     ('2026-03-10', 'full', 1))",
        )
        .await;
}

/// What an absence from 10 March until noon of 11 March leaves of the desks.
const AFTER_ABSENCE: [&str; 7] = [
    "2026-03-09|full|booked",
    "2026-03-10|full|cancelled",
    "2026-03-11|afternoon|booked",
    "2026-03-11|morning|cancelled",
    "2026-03-11|afternoon|booked",
    "2026-03-12|full|booked",
    "2026-03-10|full|booked",
];

fn absence(who: EmployeeNumber, kind: &str) -> NewAbsence {
    NewAbsence::days(who, kind, day(8), day(9)).half_day_end()
}

#[rstest]
#[case::vacation("Paid vacation")]
#[case::sickness("Sick leave")]
#[case::parental_leave("Parental leave")]
#[tokio::test]
async fn b4_absence_cancels_bookings(#[case] kind: &str) {
    let world = World::new().await;
    let ada = world.hire("Ada", "Nwosu");
    world.sync::<Buuky>().await;
    book_desks(&world).await;
    world
        .fake
        .company(|company| company.book(absence(ada, kind)))
        .expect("can be booked");

    world.sync::<Buuky>().await;
    assert_eq!(world.rows(BOOKINGS).await, AFTER_ABSENCE);
    assert!(world.plan::<Buuky>().await.is_empty());
}

/// L56: whoever books the desk again means it.
#[tokio::test]
async fn b4_an_absence_cancels_a_booking_once() {
    let world = World::new().await;
    let ada = world.hire("Ada", "Nwosu");
    world
        .fake
        .company(|company| company.book(absence(ada, "Sick leave")))
        .expect("can be booked");
    world.sync::<Buuky>().await;
    book_desks(&world).await;
    world.sync::<Buuky>().await;
    assert_eq!(world.rows(BOOKINGS).await, AFTER_ABSENCE);
    world
        .execute(
            "UPDATE bookings SET status = 'booked', version = version + 1 WHERE day = '2026-03-10'",
        )
        .await;
    assert!(world.sync::<Buuky>().await.is_empty());
    let again = "SELECT DISTINCT status FROM bookings WHERE day = '2026-03-10'";
    assert_eq!(world.rows(again).await, ["booked"]);
}

#[tokio::test]
async fn b5_a_booking_with_a_blocker_stays() {
    let world = World::new().await;
    let ada = world.hire("Ada", "Nwosu");
    world.sync::<Buuky>().await;
    world
        .execute(
            "INSERT INTO bookings (user_id, day, blocker) SELECT id, '2026-03-10', 1 FROM users",
        )
        .await;
    world
        .fake
        .company(|company| company.book(absence(ada, "Sick leave")))
        .expect("can be booked");
    world.sync::<Buuky>().await;
    assert_eq!(world.rows(BOOKINGS).await, ["2026-03-10|full|booked"]);
    assert_eq!(world.rows("SELECT released_for FROM bookings").await, [""]);
}

#[tokio::test]
async fn b6_a_sync_runs_every_ten_minutes_and_at_once_on_demand() {
    let world = World::new().await;
    world.hire("Ada", "Nwosu");
    let connection = world.connect::<Buuky>().await;
    let runner = connection
        .watch(Area::ALL.into())
        .await
        .expect("has a timetable");
    let handle = runner.handle();
    let runs = "SELECT started_at FROM runs WHERE areas = 'accounts' ORDER BY id";
    let watching = tokio::spawn(runner.run());
    while world.rows(runs).await.len() < 4 {
        assert!(!watching.is_finished(), "it goes on until it is stopped");
    }
    handle.shut_down();
    let state = watching.await.expect("ends");

    let times = world.rows(runs).await;
    let moment = |text: &String| {
        text.parse::<chrono::DateTime<chrono::Utc>>()
            .expect("a time")
    };
    let times: Vec<_> = times.iter().map(moment).collect();
    // The first run is due at once; from then on they follow the clock.
    for pair in times[1..4].windows(2) {
        assert_eq!(pair[1] - pair[0], TimeDelta::minutes(10));
    }

    let connection = world.connect::<Buuky>().await;
    let runner = connection
        .watch(Area::ALL.into())
        .await
        .expect("has a timetable");
    let handle = runner.handle();
    handle.pause();
    handle
        .sync_now("absences".into(), sync_core::schedule::RunKind::Full)
        .expect("there is such an area");
    let before = world.rows("SELECT id FROM runs").await.len();
    let watching = tokio::spawn(runner.run());
    while world
        .rows("SELECT id FROM runs WHERE finished_at IS NOT NULL")
        .await
        .len()
        == before
    {}
    handle.shut_down();
    watching.await.expect("ends");
    assert!(!state.paused);
}

/// What changed comes at once, also for the desks.
#[tokio::test]
async fn b6_a_run_between_full_ones_gives_desks_back() {
    let world = World::new().await;
    let ada = world.hire("Ada", "Nwosu");
    world.sync::<Buuky>().await;
    book_desks(&world).await;
    world.pass(1);
    world
        .fake
        .company(|company| company.book(absence(ada, "Sick leave")))
        .expect("can be booked");
    world.fake.clear_requests();
    world.sync_partially::<Buuky>().await;
    let asked = world.fake.requests();
    assert!(
        asked
            .iter()
            .any(|it| it.parameter("updated_since").is_some())
    );
    assert_eq!(world.rows(BOOKINGS).await, AFTER_ABSENCE);
}

/// HR reports a change late, or again and again: runs between full ones miss it for a while, and never make it twice.
#[rstest]
#[case::late(Some(Fault::late_changes(A_DAY)))]
#[case::again_and_again(Some(Fault::repeated_changes(A_DAY)))]
#[case::in_time(None)]
#[tokio::test]
async fn b6_changes_arrive_whenever_hr_tells_of_them(#[case] fault: Option<Fault>) {
    let generator = Generator::new(3).employees(40).today(TODAY);
    let company = || Company::generate(&generator);
    let (whole, partial) = (World::of(company()).await, World::of(company()).await);
    for world in [&whole, &partial] {
        world.sync_all::<Buuky>().await;
    }
    if let Some(fault) = fault {
        partial.fake.inject(fault).expect("there is such a fault");
    }
    let mut others = whole.fake.company(|company| {
        let here = company
            .employees()
            .filter(|it| it.last_working_day().is_none());
        here.map(|it| it.number()).collect::<Vec<_>>().into_iter()
    });
    for _ in 0..3 {
        let (renamed, absent) = (others.next().expect("one"), others.next().expect("two"));
        for world in [&whole, &partial] {
            world.pass(1);
            world.hire("Tove", &format!("Lund{absent}"));
            let change = |company: &mut Company| {
                company.rename(renamed, "Ada", "Nwosu")?;
                company.book(absence(absent, "Sick leave"))
            };
            world.fake.company(change).expect("happens");
        }
        whole.sync_all::<Buuky>().await;
        for _ in 0..2 {
            partial.sync_partially::<Buuky>().await;
        }
    }
    partial.fake.clear_faults();
    partial.sync_all::<Buuky>().await;
    let (whole, partial) = (whole.facts::<Buuky>().await, partial.facts::<Buuky>().await);
    assert_eq!(partial, whole);
}

const A_DAY: std::time::Duration = std::time::Duration::from_secs(86_400);

/// Somebody whose account could not be made at first brings absences that were read before.
#[tokio::test]
async fn b6_absences_wait_for_an_account_that_comes_later() {
    let world = World::new().await;
    world.hire("Ada", "Nwosu");
    world.sync::<Buuky>().await;
    world
        .execute(
            "CREATE TRIGGER full BEFORE INSERT ON users BEGIN SELECT RAISE(ABORT, 'no room'); END",
        )
        .await;
    world.pass(1);
    let tove = world.hire("Tove", "Lund");
    let book = |company: &mut Company| company.book(absence(tove, "Sick leave"));
    world.fake.company(book).expect("can be booked");
    world.sync_partially::<Buuky>().await;
    let ada_only = world.rows("SELECT email FROM users").await;
    assert_eq!(ada_only.len(), 1, "{ada_only:?}");

    world.execute("DROP TRIGGER full").await;
    world.pass(1);
    world.sync_partially::<Buuky>().await;
    assert_eq!(world.rows("SELECT email FROM users").await.len(), 2);
    assert_eq!(world.rows("SELECT starts_on FROM absences").await.len(), 1);
}

async fn check(world: &World) -> Result<Checked> {
    world.connect::<Buuky>().await.check().await
}

#[tokio::test]
async fn b7_saving_a_credential_says_at_once_what_is_wrong() {
    let mut world = World::new().await;
    world.hire("Ada", "Nwosu");
    let good = check(&world).await.expect("is accepted");
    assert_eq!(good.missing(), Vec::<String>::new());

    world.secret = "wrong".to_owned();
    let wrong = check(&world)
        .await
        .expect_err("is not accepted")
        .to_string();
    assert!(wrong.contains("does not accept the credential"), "{wrong}");
    world.secret = world.fake.client_secret().to_owned();

    let id = world.fake.client_id().to_owned();
    world.fake.edit_credential(&id, |credential| {
        credential
            .scopes(["employees:read", "personio:persons:read"])
            .readable_attributes(["email", "first_name", "last_name", "status"])
    });
    let partly = check(&world).await.expect("is accepted");
    assert_eq!(partly.rights[&Right::ReadAbsences], Verdict::Missing);
    assert_eq!(
        partly.missing(),
        ["the right absences: read", "the attribute last_working_day"]
    );

    let setup = world.setup::<Buuky>(Store::Memory);
    drop(world);
    let gone = Connection::<Buuky>::open(setup)
        .await
        .expect("opens")
        .check()
        .await;
    let gone = gone.expect_err("nobody answers").to_string();
    assert!(gone.contains("cannot be reached"), "{gone}");
}

#[tokio::test]
async fn b8_read_rights_on_five_attributes_are_enough() {
    let needs = Buuky::needs(&sync_core::Policy::from_toml(Buuky::POLICY).expect("a policy"));
    assert_eq!(
        needs.rights,
        BTreeSet::from([Right::ReadEmployees, Right::ReadAbsences])
    );
    let five = [
        "email",
        "first_name",
        "last_name",
        "last_working_day",
        "status",
    ];
    let names: Vec<&str> = needs.attributes.iter().map(|name| name.as_str()).collect();
    assert_eq!(names, five);

    let world = World::new().await;
    let ada = world.hire("Ada", "Nwosu");
    let tove = world.hire("Tove", "Lund");
    let id = world.fake.client_id().to_owned();
    world.fake.edit_credential(&id, |credential| {
        credential
            .scopes(["employees:read", "absences:read", "personio:absences:read"])
            .readable_attributes(five)
    });
    world
        .fake
        .company(|company| company.book(absence(ada, "Sick leave")))
        .expect("can be booked");
    world.sync::<Buuky>().await;
    book_desks(&world).await;
    world
        .fake
        .company(|company| company.terminate(tove, TODAY - Days::new(1)))
        .expect("happens");
    world.sync::<Buuky>().await;
    assert_eq!(
        world.rows("SELECT access FROM users ORDER BY id").await,
        ["active", "locked"]
    );

    let asked = world.fake.requests();
    let writes = asked
        .iter()
        .filter(|request| request.method != "GET" && !request.path.contains("/auth"));
    assert_eq!(writes.count(), 0, "write rights are never used");
}

/// Counts the changes that were made, and asks to stop at one of them.
struct StopAt {
    change: usize,
    stop: StopSignal,
}

impl Show for StopAt {
    fn planned(&self, _: &dyn Decision) {}
    fn progressed(&self, progress: sync_core::Progress<'_>) {
        if progress.done >= self.change {
            self.stop.raise();
        }
    }
    fn reported(&self, _: &Report) {}
}

#[tokio::test]
async fn b9_a_first_run_is_interrupted_and_goes_on() {
    let people = Generator::new(7)
        .employees(450)
        .absences_per_employee(3)
        .today(TODAY);
    let whole = World::of(Company::generate(&people)).await;
    whole.sync_all::<Buuky>().await;

    // One batch after the other, so that something is left when the first ends.
    let one_by_one = format!("{}\n[apply]\nconcurrency = 1\n", Buuky::POLICY);
    let world = World::of(Company::generate(&people))
        .await
        .with_policy(&one_by_one);
    for change in [1, 200, 1] {
        let stop = StopSignal::new();
        let show = StopAt {
            change,
            stop: stop.clone(),
        };
        let connection = world.connect::<Buuky>().await;
        let outcome = connection.sync(&Area::ALL.into(), &[], &stop, &show).await;
        assert_eq!(outcome.expect("is no failure").ending(), Ending::Stopped);
        let users = world.rows("SELECT id FROM users").await.len();
        assert!(users >= 200, "the batch at hand was finished: {users}");
    }
    world.sync_all::<Buuky>().await;
    assert_eq!(world.facts::<Buuky>().await, whole.facts::<Buuky>().await);
    let endings = "SELECT outcome FROM runs ORDER BY id LIMIT 3";
    assert_eq!(world.rows(endings).await, ["stopped"; 3]);
}

#[tokio::test]
async fn b10_test_mode_saves_nothing_and_sends_nothing() {
    let world = World::new().await;
    let ada = world.hire("Ada", "Nwosu");
    assert!(!world.plan::<Buuky>().await.is_empty());
    assert!(!world.file().exists(), "not even the file");

    world.sync::<Buuky>().await;
    book_desks(&world).await;
    world.hire("Tove", "Lund");
    world
        .fake
        .company(|company| company.book(absence(ada, "Sick leave")))
        .expect("can be booked");
    let everything = [
        "SELECT * FROM runs",
        "SELECT * FROM sync_ledger",
        "SELECT schedule FROM sync_connection",
    ];
    let mut before = world.facts::<Buuky>().await;
    for query in everything {
        before.extend(world.rows(query).await);
    }
    let plan = world.plan::<Buuky>().await;
    assert!(["account", "absence", "booking"].iter().all(|kind| {
        plan.decision(kind)
            .is_some_and(|decision| !decision.is_empty())
    }));
    let mut after = world.facts::<Buuky>().await;
    for query in everything {
        after.extend(world.rows(query).await);
    }
    assert_eq!(after, before);
}

#[tokio::test]
async fn b11_ending_the_integration_keeps_the_users() {
    let world = World::new().await;
    world.hire("Ada", "Nwosu");
    world.sync::<Buuky>().await;
    book_desks(&world).await;
    let before = world.facts::<Buuky>().await;
    world
        .connect::<Buuky>()
        .await
        .disconnect()
        .await
        .expect("ends");
    assert_eq!(world.facts::<Buuky>().await, before);
    let rest = "SELECT kind FROM sync_ledger UNION ALL SELECT label FROM sync_connection";
    assert_eq!(world.rows(rest).await, Vec::<String>::new());

    world.sync::<Buuky>().await;
    assert_eq!(
        world.facts::<Buuky>().await,
        before,
        "nobody comes twice, no mail either"
    );
}

const SSO_USERS: &str = "SELECT email, first_name, last_name, name_owner FROM users ORDER BY email";

/// What Microsoft does when people sign in: accounts come, or get the names that Microsoft has.
async fn microsoft_signs_in(world: &World) {
    world
        .execute(
            "INSERT INTO users (email, name_owner) SELECT column1, 'sso' FROM
             (VALUES ('Ada.Nwosu@example.com'), ('guest@example.com'))
             WHERE lower(column1) NOT IN (SELECT lower(email) FROM users)",
        )
        .await;
    world
        .execute(
            "UPDATE users SET first_name = 'Adaeze', last_name = 'N.', name_owner = 'sso', version = version + 1
             WHERE lower(email) = 'ada.nwosu@example.com'",
        )
        .await;
}

#[rstest]
#[case::microsoft_first(true, SSO)]
#[case::hr_first(false, SSO)]
#[case::hr_first_and_before_there_was_sso(false, Buuky::POLICY)]
#[tokio::test]
async fn b12_with_single_sign_on_names_belong_to_microsoft(
    #[case] microsoft_first: bool,
    #[case] first_policy: &str,
) {
    let world = World::new().await.with_policy(first_policy);
    let ada = world.hire("Ada", "Nwosu");
    if microsoft_first {
        // The product is there before the integration.
        drop(world.connect::<Buuky>().await);
        microsoft_signs_in(&world).await;
        world.sync::<Buuky>().await;
    } else {
        world.sync::<Buuky>().await;
        microsoft_signs_in(&world).await;
    }
    let mails = world.rows(MAILS).await;
    let world = world.with_policy(SSO);
    world.sync_all::<Buuky>().await;
    book_ada_a_desk(&world).await;
    world
        .fake
        .company(|company| {
            company.rename(ada, "Ada", "Lund")?;
            company.book(absence(ada, "Sick leave"))
        })
        .expect("happens");
    world.sync_all::<Buuky>().await;

    let users = world.rows(SSO_USERS).await;
    let names: Vec<&str> = users
        .iter()
        .map(|row| row.split_once('|').expect("columns").1)
        .collect();
    assert_eq!(names, ["Adaeze|N.|sso", "||sso"], "{users:?}");
    assert_eq!(world.rows("SELECT access FROM users").await, ["active"; 2]);
    assert_eq!(
        world.rows(BOOKINGS).await,
        ["2026-03-10|full|cancelled"],
        "absences go on"
    );
    assert_eq!(
        world.rows(MAILS).await,
        mails,
        "with single sign-on, nobody is invited"
    );
    if first_policy == SSO {
        assert!(mails.is_empty());
    }
}

async fn book_ada_a_desk(world: &World) {
    world
        .execute(
            "INSERT INTO bookings (user_id, day) SELECT id, '2026-03-10' FROM users WHERE lower(email) LIKE 'ada%'",
        )
        .await;
}

#[tokio::test]
async fn a_second_process_does_nothing_while_the_first_syncs() {
    let world = World::new().await;
    let first = world.connect::<Buuky>().await;
    let second = world.connect::<Buuky>().await;
    let stop = StopSignal::new();
    let areas = Area::ALL.into();
    let (one, other) = tokio::join!(
        first.sync(&areas, &[], &stop, &Silent),
        second.sync(&areas, &[], &stop, &Silent),
    );
    let refused = [one, other].into_iter().filter(|it| match it {
        Err(Failure::Run(error)) => error.to_string().contains("another process"),
        _ => false,
    });
    assert_eq!(refused.count(), 1);
}
