use std::path::PathBuf;

use chrono::NaiveDate;
use clap::{Args, Parser, Subcommand, ValueEnum};
use sync_core::employee::EmployeeStatus;

use super::{Area, MAIN};

/// What a product's program was asked for.
#[derive(Clone, Debug, Parser)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
    /// What all commands have in common.
    #[command(flatten)]
    pub common: Common,
}

/// What all commands have in common.
#[derive(Clone, Debug, Args)]
pub struct Common {
    /// Where Personio is [default: a fake one in the process; that of Personio itself with a credential].
    #[arg(long, global = true, value_name = "URL")]
    pub base_url: Option<String>,
    /// The product's database [default: a file named like the program, in the current folder].
    #[arg(long, global = true, value_name = "FILE")]
    pub db: Option<PathBuf>,
    /// The customer's settings, instead of those that come with the product.
    #[arg(long, global = true, value_name = "FILE.toml")]
    pub policy: Option<PathBuf>,
    /// The current day [default: the day it is; 2026-03-02 with the fake in the process].
    #[arg(long, global = true, value_name = "DATE", value_parser = day)]
    pub today: Option<NaiveDate>,
    /// A file with the lines PERSONIO_CLIENT_ID=… and PERSONIO_CLIENT_SECRET=… [default: the variables of these names].
    #[arg(long, global = true, value_name = "FILE")]
    pub credentials_file: Option<PathBuf>,
    /// Only these areas, such as accounts,absences.
    #[arg(long, global = true, value_name = "AREAS", value_delimiter = ',')]
    pub only: Vec<Area>,
    /// The label of the connection, in products that have several.
    #[arg(long, global = true, value_name = "LABEL", default_value = MAIN)]
    pub connection: String,
    /// Who runs. A connection belongs to whoever runs it first; others do nothing.
    #[arg(long, global = true, value_name = "NAME", default_value = MAIN)]
    pub runner: String,
    /// Hands the connection over to this runner.
    #[arg(long, global = true)]
    pub take_over: bool,
    /// Shows no progress.
    #[arg(long, global = true)]
    pub quiet: bool,
}

/// What to do.
#[derive(Clone, Debug, Subcommand)]
pub enum Command {
    /// Tests the credential, and says which rights and attributes it has of those that are needed.
    Check,
    /// Shows who is matched with whom, who is on one side only, and who is ambiguous and why.
    Match {
        /// How it is shown.
        #[arg(long, value_enum, default_value_t = DataFormat::Text)]
        format: DataFormat,
    },
    /// Lists everybody in HR with a yes or no, and takes answers, in products where people are chosen one by one.
    People {
        /// Only people with this status: onboarding, active, leave or inactive.
        #[arg(long, value_name = "STATUS", value_parser = status)]
        status: Option<EmployeeStatus>,
        /// Lets these people take part, by their ids in HR; `all` means everybody who is listed.
        #[arg(long, value_name = "IDS", value_delimiter = ',')]
        yes: Vec<String>,
        /// Lets these people not take part.
        #[arg(long, value_name = "IDS", value_delimiter = ',')]
        no: Vec<String>,
        /// How it is shown.
        #[arg(long, value_enum, default_value_t = DataFormat::Text)]
        format: DataFormat,
    },
    /// Shows what a sync would do. Nothing is written, no mail is sent.
    Plan {
        /// How it is shown.
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
        /// The file to write to, instead of standard output.
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// Syncs once, now.
    Sync {
        /// Lets through exactly the changes that wait under this digest.
        #[arg(long, value_name = "DIGEST")]
        approve: Vec<String>,
    },
    /// Syncs by the timetable of the policy, until Ctrl-C.
    Watch,
    /// Shows past runs and their changes, newest first.
    History {
        /// Only runs from this day on [default: all that are kept].
        #[arg(long, value_name = "DATE", value_parser = day)]
        since: Option<NaiveDate>,
        /// How it is shown.
        #[arg(long, value_enum, default_value_t = DataFormat::Text)]
        format: DataFormat,
    },
    /// Says why a person or an absence is, or is not, in the product.
    Explain {
        /// An id on either side, or an e-mail address.
        id: String,
    },
    /// Fills the product with something to see.
    Demo,
    /// Ends the connection: links, approvals and schedule go, users and data in the product stay.
    Disconnect,
}

impl Command {
    /// Tells whether the command writes into the database.
    pub(super) fn writes(&self) -> bool {
        match self {
            Self::Sync { .. }
            | Self::Watch
            | Self::Demo
            | Self::People { .. }
            | Self::Disconnect => true,
            Self::Check
            | Self::Match { .. }
            | Self::Plan { .. }
            | Self::History { .. }
            | Self::Explain { .. } => false,
        }
    }
}

/// How a plan is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Lines for people.
    Text,
    /// Data for programs.
    Json,
    /// A page for a browser.
    Html,
}

/// How anything else is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum DataFormat {
    /// Lines for people.
    Text,
    /// Data for programs.
    Json,
}

fn day(text: &str) -> Result<NaiveDate, String> {
    text.parse()
        .map_err(|_| "write a day as in 2026-03-02".to_owned())
}

fn status(text: &str) -> Result<EmployeeStatus, String> {
    EmployeeStatus::from_text(text)
        .ok_or_else(|| "write one of onboarding, active, leave, inactive".to_owned())
}
