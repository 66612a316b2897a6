//! From Personio to a product's database: a first sync, a week later a second one, and a third that
//! finds nothing to do.
//!
//! Without arguments it needs nothing: a fake Personio starts in the process. With `--base-url`
//! and a credential in `PERSONIO_CLIENT_ID` and `PERSONIO_CLIENT_SECRET` it looks at a real account,
//! in test mode unless `--apply` is given.

use std::{
    env, fs,
    io::{Write as _, stdout},
    path::{Path, PathBuf},
    process::ExitCode,
    time::Duration,
};

use chrono::{Datelike as _, NaiveDate, NaiveTime, Utc};
use clap::Parser;
use examples::{
    connection::{Connection, Error, Outcome, Policies, Run, Show},
    database::Database,
    progress::Progress,
    story,
};
use personio_client::{
    Client, Credentials,
    fake::{Company, FakePersonio, Generator},
    sync::PersonioSource,
};
use sync_core::{Plan, Record, Report, Window, with_causes};

/// Prints a line. A reader who has gone away, as `head` does, is no reason to stop in the middle of a run.
macro_rules! say {
    ($($line:tt)*) => {
        drop(writeln!(stdout(), $($line)*))
    };
}

/// When the story of the made-up company begins.
const MONDAY: NaiveDate = NaiveDate::from_ymd_opt(2026, 3, 2).expect("March has a second day");

/// Syncs employees and absences from Personio into a SQLite file.
#[derive(Debug, Parser)]
struct Arguments {
    /// Where Personio is; without it, a fake one starts in the process.
    #[arg(long, value_name = "URL")]
    base_url: Option<String>,
    /// The database; without it, a new file in the folder for temporary files.
    #[arg(long, value_name = "FILE")]
    db: Option<PathBuf>,
    /// The current day [default: 2026-03-02 with the fake, else the day it is].
    #[arg(long, value_name = "DATE")]
    today: Option<NaiveDate>,
    /// Writes to the database also when Personio is a real one.
    #[arg(long)]
    apply: bool,
    /// How many people the fake company has.
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    employees: u32,
    /// What the fake company is made from.
    #[arg(long, default_value_t = 7)]
    seed: u64,
    /// How many changes of each kind are shown.
    #[arg(long, default_value_t = 5, value_name = "COUNT")]
    show: usize,
    /// Shows no progress.
    #[arg(long)]
    quiet: bool,
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let result = match arguments.base_url.clone() {
        Some(url) => real(&arguments, &url).await,
        None => story_of_a_company(&arguments).await,
    };
    match result {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {}", with_causes(&*error));
            ExitCode::FAILURE
        }
    }
}

/// The main job on the embedded default: three syncs, and a mistake that is caught.
async fn story_of_a_company(arguments: &Arguments) -> Result<ExitCode, Error> {
    let today = arguments.today.unwrap_or(MONDAY);
    let year = calendar_year(today)?;
    let generator = Generator::new(arguments.seed)
        .employees(arguments.employees)
        .absences_per_employee(10);
    let fake = FakePersonio::builder()
        .company(Company::generate(&generator.today(today)))
        .start()
        .await?;
    // Eight in the morning; from there the clock of the fake goes on by itself.
    fake.set_now(today.and_time(NaiveTime::MIN).and_utc() + Duration::from_secs(8 * 3600));
    let (file, database) = open(arguments.db.as_deref()).await?;
    let client = Client::builder(Credentials::new(fake.client_id(), fake.client_secret()))
        .base_url(fake.base_url())
        .build()?;
    let connection = connect(client, database, arguments).await?;
    let screen = Screen {
        at_most: arguments.show,
    };
    say!(
        "A company of {} people, in a fake Personio at {}",
        arguments.employees,
        fake.base_url()
    );

    say!("\n1. The first sync, on {today}\n");
    let first = connection
        .sync(
            Run {
                today,
                window: year,
            },
            screen,
        )
        .await?;

    let week_later = today + chrono::Days::new(7);
    fake.advance(Duration::from_secs(7 * 86_400));
    fake.company(|company| story::a_week_passes(company, week_later))?;
    let run = Run {
        today: week_later,
        window: year,
    };
    say!("\n2. A week later, on {week_later}: people came, left and married; absences were");
    say!("   booked, shortened, withdrawn and deleted\n");
    let second = connection.sync(run, screen).await?;

    let victims = fake.company(|company| story::an_import_goes_wrong(company, week_later))?;
    say!(
        "\n   An import into Personio goes wrong: {} people are marked as gone.",
        victims.len()
    );
    say!("   What a sync would do now (only planned, nothing is written):\n");
    screen.plan(&connection.plan_accounts(run).await?);
    fake.company(|company| story::somebody_notices(company, &victims))?;
    say!("\n   Somebody notices and puts it right.");

    say!("\n3. Once more, and nothing has changed\n");
    let third = connection.sync(run, screen).await?;

    say!("\nThe database is {}. Look into it:", file.display());
    say!("  sqlite3 {} 'SELECT * FROM users LIMIT 5'", file.display());
    say!("What to try next:");
    say!("  cargo run -p examples -- --employees 2000 --show 2");
    say!("  cargo run -p examples --bin tiny-host     the smallest host, in less than 100 lines");
    say!("  cargo run -p examples --bin fake-personio a Personio for tests in any language");
    say!("  cargo run -p examples -- --base-url https://api.personio.de   your own account, in");
    say!("      test mode, with PERSONIO_CLIENT_ID and PERSONIO_CLIENT_SECRET set");

    let all_done = [&first, &second, &third]
        .into_iter()
        .all(Outcome::is_success);
    if !third.is_empty() {
        eprintln!("error: the third sync should have found nothing to do");
    }
    Ok(exit_code(all_done && third.is_empty()))
}

/// The first sync against an account that somebody else holds.
async fn real(arguments: &Arguments, url: &str) -> Result<ExitCode, Error> {
    let variable =
        |name: &str| env::var(name).map_err(|_| format!("set {name} to the credential for {url}"));
    let credentials = Credentials::new(
        variable("PERSONIO_CLIENT_ID")?,
        variable("PERSONIO_CLIENT_SECRET")?,
    );
    let client = Client::builder(credentials).base_url(url).build()?;
    let today = arguments.today.unwrap_or_else(|| Utc::now().date_naive());
    let run = Run {
        today,
        window: calendar_year(today)?,
    };
    // Test mode does not even make the file.
    let chosen = arguments
        .db
        .as_deref()
        .filter(|file| arguments.apply || file.exists());
    let (file, database) = open(chosen).await?;
    let connection = connect(client, database, arguments).await?;
    let screen = Screen {
        at_most: arguments.show,
    };
    if arguments.apply {
        let outcome = connection.sync(run, screen).await?;
        say!("\nThe database is {}.", file.display());
        return Ok(exit_code(outcome.is_success()));
    }
    say!("Test mode: nothing is written. Add --apply, and --db FILE, to write.\n");
    let outcome = connection.plan(run).await?;
    screen.plan(&outcome.accounts);
    screen.plan(&outcome.absences);
    Ok(ExitCode::SUCCESS)
}

async fn connect(
    client: Client,
    database: Database,
    arguments: &Arguments,
) -> Result<Connection, Error> {
    let progress = Progress::on_stderr(arguments.quiet);
    Connection::new(
        PersonioSource::new(client),
        database,
        Policies::default(),
        progress,
    )
    .await
}

/// Opens the chosen file, or a new one in the folder for temporary files.
async fn open(chosen: Option<&Path>) -> Result<(PathBuf, Database), Error> {
    let file = match chosen {
        Some(file) => file.to_owned(),
        None => {
            let folder = env::temp_dir().join(format!("personio-sync-{}", std::process::id()));
            fs::create_dir_all(&folder)?;
            folder.join("quickstart.sqlite")
        }
    };
    let database = Database::open(&file)
        .await
        .map_err(|error| format!("cannot open the database {}: {error}", file.display()))?;
    Ok((file, database))
}

fn calendar_year(today: NaiveDate) -> Result<Window, Error> {
    let day = |month, day| {
        NaiveDate::from_ymd_opt(today.year(), month, day).ok_or("the year is out of range")
    };
    Ok(Window::new(day(1, 1)?, day(12, 31)?)?)
}

/// Shows plans on standard output, with names: the person who runs this is the administrator.
#[derive(Clone, Copy, Debug)]
struct Screen {
    at_most: usize,
}

impl Show for Screen {
    fn plan<R: Record>(&self, plan: &Plan<R>) {
        say!("plan for {}", plan.revealed().at_most(self.at_most));
    }

    fn report(&self, report: &Report) {
        say!("  => {report}\n");
    }
}

fn exit_code(success: bool) -> ExitCode {
    if success {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
