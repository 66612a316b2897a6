//! What holds for every product. A new product adds a line at the end.

use std::process::{Command, Output};

use examples::protocol::Ending;
use personio_client::fake::{Company, Employee, Fault, Generator, Status};
use serde_json::json;

use crate::kit::{Example, TODAY, World};

const EMPLOYEES: &str = "GET /v1/company/employees";

fn some_people(count: u32) -> Company {
    let generator = Generator::new(11)
        .employees(count)
        .absences_per_employee(4)
        .attendances_per_employee(3)
        .today(TODAY);
    Company::generate(&generator)
}

/// A company whose product side has something to lose, and everything is synced.
async fn settled<P: Example>(count: u32) -> World {
    let world = World::of(some_people(count)).await;
    world
        .connect::<P>()
        .await
        .demo()
        .await
        .expect("there is something to see");
    world.sync_all::<P>().await;
    world
}

pub(crate) async fn x1_a_second_run_finds_nothing_to_do<P: Example>() {
    let world = settled::<P>(60).await;
    let before = world.facts::<P>().await;
    assert!(
        before.len() > 10,
        "there is something to compare: {before:?}"
    );
    let second = world.sync::<P>().await;
    assert!(second.is_empty(), "{second:?}");
    assert_eq!(second.ending(), Ending::Done);
    assert!(world.plan::<P>().await.is_empty());
    assert_eq!(world.facts::<P>().await, before);
}

pub(crate) async fn x2_a_wrong_answer_takes_nothing_away<P: Example>() {
    let world = settled::<P>(120).await;
    let before = world.facts::<P>().await;
    let faults = [
        ("an error", Fault::status(500).on(EMPLOYEES)),
        ("an error for everything", Fault::status(503).everywhere()),
        ("an empty list", Fault::empty_list().on(EMPLOYEES)),
        ("empty lists everywhere", Fault::empty_list().everywhere()),
        ("a lost row", Fault::row_dropped().on(EMPLOYEES)),
        ("a total that shrinks", Fault::total_shrinks().on(EMPLOYEES)),
        (
            "an answer that ends early",
            Fault::truncated_json().on(EMPLOYEES),
        ),
        (
            "an attribute that was withdrawn",
            Fault::attribute_withdrawn("email"),
        ),
        (
            "a status that was withdrawn",
            Fault::attribute_withdrawn("status"),
        ),
        (
            "a name that was withdrawn",
            Fault::attribute_withdrawn("last_name"),
        ),
        (
            "a right that was withdrawn",
            Fault::scope_withdrawn("employees:read"),
        ),
        (
            "another right",
            Fault::scope_withdrawn("personio:absences:read"),
        ),
    ];
    for (what, fault) in faults {
        world.fake.inject(fault).expect("the operation exists");
        // Whether the run fails or finds nothing to do: nothing is lost, however often it happens.
        for _ in 0..2 {
            let ending = match world.try_sync::<P>().await {
                Ok(outcome) => outcome.ending().to_string(),
                Err(failure) => failure.to_string(),
            };
            assert_eq!(world.facts::<P>().await, before, "{what}: {ending}");
        }
        world.fake.clear_faults();
    }
    assert!(
        world.sync::<P>().await.is_empty(),
        "and nothing is left of it"
    );
}

pub(crate) async fn x3_too_much_waits_until_exactly_that_list_is_approved<P: Example>() {
    let world = settled::<P>(60).await;
    let before = world.facts::<P>().await;
    let is_at_work =
        |it: &&Employee| it.last_working_day().is_none() && it.status_on(TODAY) == Status::Active;
    let gone = world.fake.company(|company| {
        let at_work = company.employees().filter(is_at_work);
        let gone: Vec<_> = at_work.map(|it| it.number()).step_by(3).collect();
        for who in &gone {
            company
                .set_attribute(*who, "status", json!("inactive"))
                .expect("exists");
        }
        gone
    });
    assert!(gone.len() > 10);
    let outcome = world.sync::<P>().await;
    let accounts = outcome
        .decision("account")
        .expect("people are synchronised");
    let Some(list) = accounts.held_digest() else {
        // A product that only matches people takes nothing away from them.
        assert!(accounts.is_empty());
        return;
    };
    assert_eq!(outcome.ending(), Ending::Partial);
    let made = outcome
        .report("account")
        .map_or(0, |report| report.changes.len());
    // A few of another class, such as the lock of an account that must be kept, fit a budget of their own.
    assert!(made <= 3, "{outcome:?}");
    if made == 0 {
        assert_eq!(world.facts::<P>().await, before, "all of it waits");
    }
    let before = world.facts::<P>().await;

    // One leaver more, and it is another list.
    let more = world.fake.company(|company| {
        let stays = |it: &&Employee| is_at_work(it) && !gone.contains(&it.number());
        let other = company.employees().find(stays).map(|it| it.number());
        let other = other.expect("somebody stays");
        company
            .set_attribute(other, "status", json!("inactive"))
            .expect("exists");
        other
    });
    let refused = world.sync_approving::<P>(std::slice::from_ref(&list)).await;
    assert_eq!(refused.expect("goes through").ending(), Ending::Partial);
    assert_eq!(world.facts::<P>().await, before);

    world
        .fake
        .company(|company| company.set_attribute(more, "status", json!("active")))
        .expect("exists");
    world.sync_approving::<P>(&[list]).await.expect("syncs");
    assert_ne!(
        world.facts::<P>().await,
        before,
        "what was approved is made"
    );
    let accounts = world.sync::<P>().await;
    assert!(
        accounts
            .decision("account")
            .is_some_and(|decision| decision.is_empty())
    );
}

pub(crate) async fn x5_no_name_and_no_secret_in_protocol_ledger_and_errors<P: Example>() {
    let world = settled::<P>(60).await;
    let mut texts = vec![format!("{:?}", world.sync::<P>().await)];
    for fault in [
        Fault::status(500).on(EMPLOYEES),
        Fault::truncated_json().on(EMPLOYEES),
        Fault::undecodable_record("email").on(EMPLOYEES),
    ] {
        world.fake.inject(fault).expect("the operation exists");
        match world.try_sync::<P>().await {
            Ok(outcome) => texts.push(outcome.summary()),
            Err(failure) => texts.extend([failure.to_string(), format!("{failure:?}")]),
        }
        world.fake.clear_faults();
    }
    texts.extend(world.rows("SELECT * FROM runs").await);
    texts.extend(world.rows("SELECT * FROM run_changes").await);
    texts.extend(world.rows("SELECT * FROM sync_ledger").await);
    let texts = texts.join("\n").to_lowercase();
    assert!(!texts.contains(&world.secret));
    world.fake.company(|company| {
        for employee in company.employees() {
            if let Some(email) = employee.email() {
                assert!(!texts.contains(&email.to_lowercase()), "an address");
            }
            let name = employee.last_name().to_lowercase();
            // A short name may be part of any word.
            assert!(name.len() < 6 || !texts.contains(&name), "a name");
        }
    });
}

/// Runs the real program.
fn run<P: Example>(world: &World, arguments: &[&str]) -> Output {
    let program = Command::new(P::PROGRAM)
        .args(arguments)
        .arg("--db")
        .arg(world.file())
        .args([
            "--base-url",
            world.fake.base_url(),
            "--today",
            "2026-03-02",
            "--quiet",
        ])
        .env("PERSONIO_CLIENT_ID", world.fake.client_id())
        .env("PERSONIO_CLIENT_SECRET", &world.secret)
        .output();
    program.expect("the program starts")
}

fn told(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

pub(crate) async fn x6_exit_codes_and_messages_say_what_is_wrong<P: Example>() {
    let mut world = World::of(some_people(12)).await;
    let output = run::<P>(&world, &["history"]);
    assert_eq!(output.status.code(), Some(2), "{}", told(&output));
    assert!(told(&output).contains("no such file"), "{}", told(&output));

    let bad = world.file().with_extension("toml");
    std::fs::write(&bad, "[accounts.access]\nlead_days = \"ten\"\n").expect("can be written");
    let bad = bad.to_str().expect("a path of text");
    let output = run::<P>(&world, &["sync", "--policy", bad]);
    assert_eq!(output.status.code(), Some(2), "{}", told(&output));
    assert!(
        told(&output).contains("accounts.access.lead_days"),
        "{}",
        told(&output)
    );

    // Possible policies, and not for this product.
    for (toml, part) in [
        (
            "[accounts.mapping]\nemail = \"email\"\nshoe_size = \"position\"\n",
            "accounts.mapping.shoe_size",
        ),
        (
            "[own_kinds.parking.guard.budgets.lock]\nat_least = 3\npercent = 5\n",
            "own_kinds.parking",
        ),
        (
            "[schedule]\nzone = \"Europe/Berlin\"\n[[schedule.runs]]\nareas = [\"accounts\", \"absences\", \"desks\"]\nevery = \"1h\"\n",
            "schedule.runs[0].areas: \"desks\"",
        ),
    ] {
        std::fs::write(bad, toml).expect("can be written");
        let output = run::<P>(&world, &["plan", "--policy", bad]);
        assert_eq!(output.status.code(), Some(2), "{}", told(&output));
        assert!(told(&output).contains(part), "{}", told(&output));
    }

    for (arguments, part) in [
        (vec!["sync", "--today", "tomorrow"], "2026-03-02"),
        (vec!["sync", "--only", "desks"], "--only"),
        (vec!["sync", "--no-such-option"], "--no-such-option"),
        (
            vec!["sync", "--policy", "no-such-file.toml"],
            "no-such-file.toml",
        ),
        (vec!["history", "--since", "yesterday"], "--since"),
        (
            vec!["sync", "--credentials-file", "no-such-file"],
            "no-such-file",
        ),
    ] {
        let output = run::<P>(&world, &arguments);
        assert_eq!(
            output.status.code(),
            Some(2),
            "{arguments:?}: {}",
            told(&output)
        );
        assert!(told(&output).contains(part), "{}", told(&output));
    }

    let output = run::<P>(&world, &["sync"]);
    let code = output.status.code();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let waits = text.contains("--approve ");
    if waits {
        let line = text.lines().find(|line| line.contains("--approve "));
        let again = line.unwrap_or_default();
        let known = ["--db ", "--base-url ", "--today "];
        assert!(known.iter().all(|it| again.contains(it)), "{again}");
    }
    assert_eq!(
        code,
        Some(if waits { 3 } else { 0 }),
        "{text}{}",
        told(&output)
    );
    let output = run::<P>(&world, &["history", "--format", "json"]);
    assert_eq!(output.status.code(), Some(0));
    let runs: serde_json::Value = serde_json::from_slice(&output.stdout).expect("is JSON");
    assert_eq!(runs.as_array().map(Vec::len), Some(1), "{runs}");

    // One area of several: the others go on, and everybody can see it.
    let absences = Fault::scope_withdrawn("personio:absences:read");
    world.fake.inject(absences).expect("there is such a scope");
    let output = run::<P>(&world, &["sync"]);
    if P::reads_absences() {
        assert_eq!(output.status.code(), Some(3), "{}", told(&output));
        assert!(
            told(&output).contains("absences failed"),
            "{}",
            told(&output)
        );
    }
    world.fake.clear_faults();

    world.secret = "wrong-secret".to_owned();
    for command in ["check", "sync", "plan"] {
        let output = run::<P>(&world, &[command]);
        assert_eq!(
            output.status.code(),
            Some(1),
            "{command}: {}",
            told(&output)
        );
        assert!(!told(&output).contains("wrong-secret"), "{}", told(&output));
        let says_more = told(&output).contains(&format!("`{} check` says more", P::NAME));
        assert_eq!(says_more, command != "check", "{}", told(&output));
    }
    let outcomes = world
        .rows("SELECT outcome FROM runs ORDER BY id DESC LIMIT 1")
        .await;
    assert_eq!(outcomes, ["failed"]);
}

/// Somebody forgets the credential, or names another HR: its people must not take the place of ours.
pub(crate) async fn x2_another_hr_takes_nobodys_place<P: Example>() {
    let world = settled::<P>(12).await;
    run::<P>(&world, &["sync"]);
    let before = world.facts::<P>().await;
    for command in ["plan", "sync"] {
        let output = Command::new(P::PROGRAM)
            .args([command, "--quiet", "--db"])
            .arg(world.file())
            .env_remove("PERSONIO_CLIENT_ID")
            .env_remove("PERSONIO_CLIENT_SECRET")
            .output()
            .expect("the program starts");
        assert_eq!(output.status.code(), Some(2), "{}", told(&output));
        let text = told(&output);
        assert!(text.contains(world.fake.base_url()), "{text}");
        assert!(text.contains("the made-up company"), "{text}");
    }
    assert_eq!(world.facts::<P>().await, before);
    if !P::SEVERAL_CONNECTIONS {
        let output = run::<P>(&world, &["sync", "--connection", "other"]);
        assert_eq!(output.status.code(), Some(2), "{}", told(&output));
    }
}

pub(crate) async fn demo_plan_and_sync_work_without_any_argument<P: Example>() {
    let folder = tempfile::TempDir::new().expect("a folder");
    let run = |arguments: &[&str]| {
        let output = Command::new(P::PROGRAM)
            .args(arguments)
            .current_dir(folder.path())
            .env_remove("PERSONIO_CLIENT_ID")
            .env_remove("PERSONIO_CLIENT_SECRET")
            .output();
        output.expect("the program starts")
    };
    for command in [
        "check",
        "demo",
        "match",
        "plan",
        "sync",
        "sync",
        "history",
        "disconnect",
    ] {
        let output = run(&[command]);
        let code = output.status.code();
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let is_fine = code == Some(0) || code == Some(3) && text.contains("--approve ");
        assert!(is_fine, "{command}: {code:?}\n{text}{}", told(&output));
    }
    let file = folder.path().join(format!("{}.sqlite", P::NAME));
    assert!(file.exists(), "named like the program");
}

/// Writes the tests for each product.
macro_rules! every_product {
    ($($name:ident: $product:ty),+ $(,)?) => {
        $(mod $name {
            every_product!(@tests $product:
                x1_a_second_run_finds_nothing_to_do,
                x2_a_wrong_answer_takes_nothing_away,
                x3_too_much_waits_until_exactly_that_list_is_approved,
                x5_no_name_and_no_secret_in_protocol_ledger_and_errors,
                x6_exit_codes_and_messages_say_what_is_wrong,
                x2_another_hr_takes_nobodys_place,
                demo_plan_and_sync_work_without_any_argument,
            );

            #[tokio::test(flavor = "multi_thread")]
            async fn x4_a_kill_at_any_moment_changes_nothing_about_the_end() {
                crate::killing::x4_a_kill_at_any_moment_changes_nothing_about_the_end::<$product>().await;
            }
        })+
    };
    (@tests $product:ty: $($test:ident),+ $(,)?) => {
        $(#[tokio::test(flavor = "multi_thread")]
        async fn $test() {
            super::$test::<$product>().await;
        })+
    };
}

every_product! {
    awork: examples::products::awork::Awork,
    buuky: examples::products::buuky::Buuky,
    josys: examples::products::josys::Josys,
    rydoo: examples::products::rydoo::Rydoo,
    staffomatic: examples::products::staffomatic::Staffomatic,
}
