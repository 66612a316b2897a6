//! A Personio to test against, for tests in any language.
//!
//! Listens on a port and plays a company that it makes up from a seed. Log in with `fake-client` and
//! `fake-secret`. Nothing is stored: the company is forgotten when the program ends.

use std::{net::SocketAddr, process::ExitCode};

use chrono::{NaiveDate, NaiveTime, Utc};
use clap::Parser;
use personio_client::fake::{Company, FakePersonio, Generator};

/// Plays Personio on a port of this machine.
#[derive(Debug, Parser)]
struct Arguments {
    /// Where to listen; port 0 takes a free one.
    #[arg(long, default_value = "127.0.0.1:4010", value_name = "ADDRESS")]
    listen: SocketAddr,
    /// How many people the company has.
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    employees: u32,
    /// What the company is made from; the same seed makes the same company.
    #[arg(long, default_value_t = 7)]
    seed: u64,
    /// How many absences each person has in a year, on average.
    #[arg(long, default_value_t = 10, value_name = "COUNT")]
    absences_per_employee: u32,
    /// The current day; the clock goes on from its morning [default: the day it is].
    #[arg(long, value_name = "DATE")]
    today: Option<NaiveDate>,
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let today = arguments.today.unwrap_or_else(|| Utc::now().date_naive());
    let generator = Generator::new(arguments.seed)
        .employees(arguments.employees)
        .absences_per_employee(arguments.absences_per_employee)
        .today(today);
    let builder = FakePersonio::builder().company(Company::generate(&generator));
    let fake = match builder.listen(arguments.listen).start().await {
        Ok(fake) => fake,
        Err(error) => {
            eprintln!("error: cannot listen on {}: {error}", arguments.listen);
            return ExitCode::FAILURE;
        }
    };
    if arguments.today.is_some() {
        fake.set_now(today.and_time(NaiveTime::MIN).and_utc() + chrono::TimeDelta::hours(8));
    }
    println!("listening on {}", fake.base_url());
    println!(
        "log in with {} and {}",
        fake.client_id(),
        fake.client_secret()
    );
    if let Err(error) = tokio::signal::ctrl_c().await {
        eprintln!("error: cannot wait for Ctrl-C: {error}");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}
