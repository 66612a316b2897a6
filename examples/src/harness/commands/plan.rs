use std::{collections::BTreeSet, fs, path::Path, process::ExitCode};

use super::SHOWN;
use crate::say::say;
use crate::{
    harness::{
        Area, Connection, Failure, MAIN, Outcome, Product, Result, Silent, Store, arguments::Format,
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
        Format::Text => text::<P>(&outcome, if out.is_some() { usize::MAX } else { SHOWN }),
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
    let setup = &connection.setup;
    let mut command = format!("{} sync", P::NAME);
    if let Store::File(file) | Store::ReadOnly(file) = &setup.store {
        command += &format!(" --db {}", file.display());
    }
    if setup.label != MAIN {
        command += &format!(" --connection {}", setup.label);
    }
    command
}

fn text<P: Product>(outcome: &Outcome, at_most: usize) -> String {
    let plans = outcome.areas.iter().map(|area| area.decision.text(at_most));
    let mut parts: Vec<String> = plans.collect();
    parts.extend(outcome.observations.iter().cloned());
    parts.extend(how_to_approve::<P>(outcome));
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
pub(super) fn how_to_approve<P: Product>(outcome: &Outcome) -> Option<String> {
    let held = outcome.held();
    let arguments: Vec<String> = held
        .iter()
        .map(|list| format!("--approve {list}"))
        .collect();
    (!held.is_empty()).then(|| {
        format!(
            "Some changes wait until you have looked at them. To let exactly these through:\n  {} sync {}",
            P::NAME,
            arguments.join(" ")
        )
    })
}
