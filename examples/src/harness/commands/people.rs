use std::process::ExitCode;

use sync_core::{SourceId, employee::EmployeeStatus};

use super::{print_json, say};
use crate::harness::{Connection, Failure, Person, Product, Result, arguments::DataFormat};

/// What was said of whom.
pub(super) struct Answers<'a> {
    pub(super) yes: &'a [String],
    pub(super) no: &'a [String],
}

/// Takes answers, and lists everybody with theirs.
pub(super) async fn run<P: Product>(
    connection: &Connection<P>,
    status: Option<EmployeeStatus>,
    answers: &Answers<'_>,
    format: DataFormat,
) -> Result<ExitCode> {
    let people = connection.everybody(status).await?;
    for (option, named, yes) in [("--yes", answers.yes, true), ("--no", answers.no, false)] {
        let named = whom(option, named, &people)?;
        connection.choose(&named, yes).await?;
    }
    let people = connection.everybody(status).await?;
    match format {
        DataFormat::Json => print_json(&people)?,
        DataFormat::Text => people.iter().for_each(print),
    }
    Ok(ExitCode::SUCCESS)
}

/// Finds the people whose ids were written.
fn whom(option: &str, named: &[String], people: &[Person]) -> Result<Vec<SourceId>> {
    let ids = || people.iter().map(|person| person.id.clone());
    if named.iter().any(|id| id == "all") {
        return Ok(ids().collect());
    }
    let find = |name: &String| {
        ids().find(|id| id.as_str() == name).ok_or_else(|| {
            Failure::usage(format!("{option}: nobody who is listed has the id {name}"))
        })
    };
    named.iter().map(find).collect()
}

fn print(person: &Person) {
    let answer = match person.takes_part {
        Some(true) => "yes",
        Some(false) => "no",
        None => "-",
    };
    let status = person.status.map_or("?", |status| status.as_str());
    let email = person.email.as_deref().unwrap_or_default();
    say!(
        "{answer:<4} {:<8} {status:<11} {}  {email}",
        person.id.as_str(),
        person.name
    );
}
