//! What each command does and prints.

mod again;
mod check;
mod explain;
mod fitting;
mod history;
mod matching;
mod opening;
mod people;
mod plan;
mod sync;
mod watch;

use std::process::ExitCode;

use clap::{ArgMatches, CommandFactory as _, FromArgMatches as _};

use super::{Arguments, Command, Common, Failure, Product, Result};
use crate::say::{say, tell};

/// How many changes of each class are shown on a screen.
const SHOWN: usize = 20;

/// Reads the command line, does what it says, and returns the exit code.
pub(super) async fn run<P: Product>() -> ExitCode {
    let matches = Arguments::command()
        .name(P::NAME)
        .about(P::ABOUT)
        .subcommands(P::commands())
        .get_matches();
    let own = P::commands();
    let own = matches
        .subcommand()
        .filter(|(name, _)| own.iter().any(|command| command.get_name() == *name));
    let done = match own {
        Some((name, arguments)) => own_command::<P>(name, arguments).await,
        None => match Arguments::from_arg_matches(&matches) {
            Ok(arguments) => carry_out::<P>(&arguments).await,
            Err(error) => error.exit(),
        },
    };
    match done {
        Ok(code) => code,
        Err(failure) => {
            tell!("error: {failure}");
            if failure.is_about_hr() {
                tell!("`{} check` says more about it", P::NAME);
            }
            failure.exit_code()
        }
    }
}

/// Carries out a command that only this product has.
async fn own_command<P: Product>(name: &str, arguments: &ArgMatches) -> Result<ExitCode> {
    let common =
        Common::from_arg_matches(arguments).map_err(|error| Failure::usage(error.to_string()))?;
    let opened = opening::open::<P>(&common, P::writes(name)).await?;
    let product = &opened.connection.product;
    say!("{}", product.command(name, arguments).await?.trim_end());
    Ok(ExitCode::SUCCESS)
}

async fn carry_out<P: Product>(arguments: &Arguments) -> Result<ExitCode> {
    let common = &arguments.common;
    // Ends with the command, and with it the fake in the process.
    let opened = opening::open::<P>(common, arguments.command.writes()).await?;
    let (connection, areas) = (opened.connection, opened.areas);
    match &arguments.command {
        Command::Check => check::run(&connection).await,
        Command::Match { format } => matching::run(&connection, *format).await,
        Command::People {
            status,
            yes,
            no,
            format,
        } => {
            let answers = people::Answers { yes, no };
            people::run(&connection, *status, &answers, *format).await
        }
        Command::Plan { format, out } => {
            plan::run(&connection, &areas, *format, out.as_deref()).await
        }
        Command::Sync { approve } => sync::run(&connection, &areas, approve).await,
        Command::Watch => watch::run(connection, &areas).await,
        Command::History { since, format } => {
            if !opened.file.exists() {
                let file = opened.file.display();
                return Err(Failure::usage(format!(
                    "--db {file}: there is no such file"
                )));
            }
            history::run(&connection, *since, *format).await
        }
        Command::Explain { id } => explain::run(&connection, &areas, id).await,
        Command::Demo => {
            connection.demo().await?;
            say!(
                "Filled {} with something to see. Look at what a sync would do: {} plan",
                opened.file.display(),
                P::NAME
            );
            Ok(ExitCode::SUCCESS)
        }
        Command::Disconnect => {
            connection.disconnect().await?;
            say!(
                "Disconnected {:?}: links, approvals and schedule are gone; users and data stay.",
                common.connection
            );
            say!("Credentials are never kept here. Delete the one in Personio too.");
            Ok(ExitCode::SUCCESS)
        }
    }
}

/// Writes data for programs.
fn print_json(data: &impl serde::Serialize) -> Result<()> {
    let text = serde_json::to_string_pretty(data).map_err(Failure::run)?;
    say!("{text}");
    Ok(())
}
