use std::{collections::BTreeSet, fs, path::Path, process::ExitCode};

use super::{SHOWN, again::quoted};
use crate::say::say;
use crate::{
    harness::{
        Area, Connection, Failure, MAIN, Outcome, Product, Result, Setup, Silent, Store,
        arguments::Format,
    },
    page::{self, PageInput},
};

/// Shows what a sync would do. Nothing is written, no mail is sent.
pub(super) async fn run<P: Product>(
    connection: &Connection<P>,
    areas: &BTreeSet<Area>,
    format: Format,
    out: Option<&Path>,
) -> Result<ExitCode> {
    let outcome = connection.plan(areas, &Silent).await?;
    let text = match format {
        Format::Text => {
            let at_most = if out.is_some() { usize::MAX } else { SHOWN };
            text::<P>(&outcome, &connection.setup.again, at_most)
        }
        Format::Json => json(&outcome)?,
        Format::Html => page(connection, &outcome),
    };
    match out {
        Some(file) => fs::write(file, text + "\n")
            .map_err(|error| Failure::run(format!("--out {}: {error}", file.display())))?,
        None => say!("{}", text.trim_end()),
    }
    Ok(ExitCode::SUCCESS)
}

fn page<P: Product>(connection: &Connection<P>, outcome: &Outcome) -> String {
    let decisions = outcome.areas.iter().map(|area| &area.decision);
    let label = connection.setup.label.as_str();
    page::html(&PageInput {
        product: P::NAME,
        connection: (label != MAIN).then_some(label),
        today: connection.today(),
        sync: &sync_again(connection),
        sections: decisions
            .map(|decision| decision.section(&outcome.names))
            .collect(),
        findings: outcome.observations.clone(),
    })
}

/// Writes the command that carries out what was planned here.
fn sync_again<P: Product>(connection: &Connection<P>) -> String {
    let Setup { again, store, .. } = &connection.setup;
    let mut command = sync::<P>(again);
    if let Store::File(file) | Store::ReadOnly(file) = store
        && !again.iter().any(|it| it.starts_with("--db "))
    {
        command += &format!(" --db {}", quoted(&file.display().to_string()));
    }
    command
}

fn sync<P: Product>(again: &[String]) -> String {
    let words = [P::NAME, "sync"].into_iter();
    let words = words.chain(again.iter().map(String::as_str));
    words.collect::<Vec<_>>().join(" ")
}

fn text<P: Product>(outcome: &Outcome, again: &[String], at_most: usize) -> String {
    let plans = outcome.areas.iter().map(|area| area.decision.text(at_most));
    let mut parts: Vec<String> = plans.collect();
    parts.extend(outcome.observations.iter().cloned());
    parts.extend(how_to_approve::<P>(outcome, again));
    parts.join("\n\n")
}

fn json(outcome: &Outcome) -> Result<String> {
    let areas: Vec<_> = outcome
        .areas
        .iter()
        .map(|area| area.decision.json())
        .collect();
    let all = serde_json::json!({
        "areas": areas,
        "observations": outcome.observations,
        "approve": outcome.held(),
    });
    serde_json::to_string_pretty(&all).map_err(Failure::run)
}

/// Says how exactly the changes that wait are let through, with arguments that can be copied.
pub(super) fn how_to_approve<P: Product>(outcome: &Outcome, again: &[String]) -> Option<String> {
    let held = outcome.held();
    let arguments: Vec<String> = held
        .iter()
        .map(|list| format!("--approve {list}"))
        .collect();
    (!held.is_empty()).then(|| {
        format!(
            "Some changes wait until you have looked at them. To let exactly these through:\n  {} {}",
            sync::<P>(again),
            arguments.join(" ")
        )
    })
}
