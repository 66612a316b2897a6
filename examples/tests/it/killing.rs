//! X4: a process that is killed at random moments, and one that is asked to stop.

use std::{process::Stdio, time::Duration};

use examples::products::buuky::Buuky;
use personio_client::fake::{Company, Fault, Generator};
use tokio::{process::Command, time::timeout};

use crate::kit::{Example, TODAY, World};

/// How often the process is killed at least.
const KILLS: u32 = 30;

/// Numbers that look random, the same ones in every run.
struct Dice(u64);

impl Dice {
    /// Returns a number from 0 to 1, exclusive.
    fn roll(&mut self) -> f64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        f64::from(u32::try_from(self.0 >> 32).unwrap_or_default()) / f64::from(u32::MAX)
    }
}

async fn company_of_300() -> World {
    let generator = Generator::new(5)
        .employees(300)
        .absences_per_employee(3)
        .attendances_per_employee(2)
        .today(TODAY);
    World::of(Company::generate(&generator)).await
}

fn sync<P: Example>(world: &World, approve: &[String]) -> Command {
    let mut command = Command::new(P::PROGRAM);
    command
        .arg("sync")
        .args(approve.iter().flat_map(|list| ["--approve", list]))
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
        .env("PERSONIO_CLIENT_SECRET", world.fake.client_secret())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true);
    command
}

/// Lets a process work to its end.
async fn undisturbed<P: Example>(world: &World, approve: &[String]) {
    let status = sync::<P>(world, approve).status().await.expect("starts");
    assert!(matches!(status.code(), Some(0 | 3)), "{status}");
}

/// How many people, absences and attendances HR has: what a product adds there is there once.
fn in_hr(world: &World) -> [usize; 3] {
    world.fake.company(|company| {
        let (absences, attendances) = (company.absences(), company.attendances());
        [
            company.employees().len(),
            absences.len(),
            attendances.count(),
        ]
    })
}

pub(crate) async fn x4_a_kill_at_any_moment_changes_nothing_about_the_end<P: Example>() {
    let whole = company_of_300().await;
    whole
        .connect::<P>()
        .await
        .demo()
        .await
        .expect("there is something to see");
    let waits = whole.plan::<P>().await.held();
    let approve: Vec<String> = waits.iter().map(ToString::to_string).collect();
    let began = std::time::Instant::now();
    undisturbed::<P>(&whole, &approve).await;
    let lasted = began.elapsed();
    undisturbed::<P>(&whole, &approve).await;
    let expected = (whole.facts::<P>().await, in_hr(&whole));

    let (mut dice, mut kills) = (Dice(42), 0);
    while kills < KILLS {
        let world = company_of_300().await;
        world
            .connect::<P>()
            .await
            .demo()
            .await
            .expect("there is something to see");
        // Until one of them gets through, or has been killed often enough at this company.
        for _ in 0..8 {
            let mut process = sync::<P>(&world, &approve).spawn().expect("starts");
            let moment: Duration = lasted.mul_f64(dice.roll());
            if timeout(moment, process.wait()).await.is_ok() {
                break;
            }
            process.kill().await.expect("can be killed");
            kills += 1;
        }
        undisturbed::<P>(&world, &approve).await;
        undisturbed::<P>(&world, &approve).await;
        let facts = (world.facts::<P>().await, in_hr(&world));
        assert_eq!(facts, expected, "after {kills} kills");
    }
}

/// Ctrl-C in the middle of a run, when everybody has an account and HR lets the absences wait.
#[tokio::test]
async fn ctrl_c_ends_a_run_and_the_next_one_goes_on() {
    let world = company_of_300().await;
    drop(world.connect::<Buuky>().await);
    let held = world.plan::<Buuky>().await.held();
    let approve: Vec<String> = held.iter().map(ToString::to_string).collect();
    let absences = "GET /v2/absence-periods";
    let an_hour = Duration::from_secs(3600);
    world
        .fake
        .inject(Fault::slow(an_hour).on(absences))
        .expect("the operation exists");
    let process = sync::<Buuky>(&world, &approve)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("starts");
    while world
        .rows("SELECT source FROM run_changes WHERE kind = 'account'")
        .await
        .is_empty()
    {
        tokio::task::yield_now().await;
    }
    let id = process.id().expect("it runs").to_string();
    let signal = Command::new("kill").args(["-INT", &id]).status().await;
    assert!(signal.expect("starts").success());
    let output = process.wait_with_output().await.expect("ends");
    let [said, told] = [&output.stdout, &output.stderr].map(|it| String::from_utf8_lossy(it));
    assert_eq!(output.status.code(), Some(3), "{said}{told}");
    assert!(told.contains("stopping after the change at hand"), "{told}");
    assert!(
        said.contains("The same command goes on from here."),
        "{said}"
    );
    let runs = "SELECT outcome FROM runs ORDER BY id";
    assert_eq!(world.rows(runs).await, ["stopped"]);

    world.fake.clear_faults();
    undisturbed::<Buuky>(&world, &approve).await;
    let whole = company_of_300().await;
    undisturbed::<Buuky>(&whole, &approve).await;
    assert_eq!(world.facts::<Buuky>().await, whole.facts::<Buuky>().await);
}
