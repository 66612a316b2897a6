//! A Personio to test against, for tests in any language.
//!
//! Listens on a port and plays a company that it makes up from a seed. Log in with `fake-client` and
//! `fake-secret`. Tests let things happen through the admin API below `/_fake/`; `docs/fake.md` describes it.

use std::{io, net::SocketAddr, path::PathBuf, process::ExitCode};

use chrono::{NaiveDate, NaiveTime, TimeDelta, Utc};
use clap::Parser;
use personio_client::fake::{Company, FakePersonio, Generator, Limits, Quirks};

/// Plays Personio on a port of this machine.
#[derive(Debug, Parser)]
struct Arguments {
    /// Where to listen; port 0 takes a free one.
    #[arg(long, default_value = "127.0.0.1:4010", value_name = "ADDRESS")]
    listen: SocketAddr,
    /// Listen on an address that other machines can reach; whoever reaches it can do everything.
    #[arg(long)]
    allow_remote: bool,
    /// How many people the company has.
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    employees: u32,
    /// What the company is made from; the same seed makes the same company.
    #[arg(long, default_value_t = 7)]
    seed: u64,
    /// How many absences each person has at most, within the year before and the half year after today.
    #[arg(long, default_value_t = 10, value_name = "COUNT")]
    absences_per_employee: u32,
    /// How many attendances each person has at most, on the last working days before today.
    #[arg(long, default_value_t = 0, value_name = "COUNT")]
    attendances_per_employee: u32,
    /// In how many circles people supervise each other; the first is somebody who supervises themselves.
    #[arg(long, default_value_t = 0, value_name = "COUNT")]
    supervisor_cycles: u32,
    /// How many more supervisors have left while people go on naming them.
    #[arg(long, default_value_t = 0, value_name = "COUNT")]
    departed_supervisors: u32,
    /// How many people have the e-mail address of somebody else, some in capitals or with a blank.
    #[arg(long, default_value_t = 0, value_name = "COUNT")]
    shared_emails: u32,
    /// How many more people have no e-mail address.
    #[arg(long, default_value_t = 0, value_name = "COUNT")]
    missing_emails: u32,
    /// The current day; the clock goes on from its morning [default: the day it is].
    #[arg(long, value_name = "DATE")]
    today: Option<NaiveDate>,
    /// Go on with the state in this file, if it is there, and save it at the end and on `POST /_fake/save`.
    #[arg(long, value_name = "FILE")]
    state: Option<PathBuf>,
    /// Refuse what the documentation does not allow, and say why.
    #[arg(long)]
    strict: bool,
    /// Have no rate limit that a client could reach, and say so: for measuring everything else.
    #[arg(long)]
    unlimited: bool,
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(told) => {
            eprintln!("error: {told}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> Result<(), String> {
    let listen = arguments.listen;
    if !listen.ip().is_loopback() && !arguments.allow_remote {
        return Err(format!(
            "other machines could reach {listen}; add --allow-remote if that is meant"
        ));
    }
    // Before anybody hears that it runs, so that nobody stops it too early for the state to be saved.
    let told_to_stop =
        told_to_stop().map_err(|error| format!("cannot wait for the end: {error}"))?;
    let fake = start(arguments)
        .await
        .map_err(|error| format!("cannot start on {listen}: {error}"))?;
    println!("listening on {}", fake.base_url());
    println!(
        "log in with {} and {}",
        fake.client_id(),
        fake.client_secret()
    );
    told_to_stop.await;
    fake.save()
        .map_err(|error| format!("cannot save the state: {error}"))?;
    Ok(())
}

async fn start(arguments: Arguments) -> io::Result<FakePersonio> {
    let today = arguments.today.unwrap_or_else(|| Utc::now().date_naive());
    let generator = Generator::new(arguments.seed)
        .employees(arguments.employees)
        .absences_per_employee(arguments.absences_per_employee)
        .attendances_per_employee(arguments.attendances_per_employee)
        .supervisor_cycles(arguments.supervisor_cycles)
        .departed_supervisors(arguments.departed_supervisors)
        .shared_emails(arguments.shared_emails)
        .missing_emails(arguments.missing_emails)
        .today(today);
    let mut builder = FakePersonio::builder()
        .listen(arguments.listen)
        .deliver_in_background()
        .company(Company::generate(&generator));
    if arguments.today.is_some() {
        let morning = today.and_time(NaiveTime::MIN).and_utc() + TimeDelta::hours(8);
        builder = builder.now(morning);
    }
    if arguments.strict {
        let mut quirks = Quirks::default();
        quirks.strict = true;
        builder = builder.quirks(quirks);
    }
    if arguments.unlimited {
        builder = builder.limits(Limits::out_of_reach());
    }
    if let Some(file) = arguments.state {
        builder = builder.state_file(file);
    }
    builder.start().await
}

/// Listens from now on for Ctrl-C and, where there is such a thing, for the signal by which services are ended.
fn told_to_stop() -> io::Result<impl Future<Output = ()>> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut interrupted = signal(SignalKind::interrupt())?;
        let mut ended = signal(SignalKind::terminate())?;
        Ok(async move {
            tokio::select! {
                _ = interrupted.recv() => {}
                _ = ended.recv() => {}
            }
        })
    }
    #[cfg(not(unix))]
    Ok(async { drop(tokio::signal::ctrl_c().await) })
}
