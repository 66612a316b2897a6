use std::{collections::BTreeSet, process::ExitCode};

use crate::harness::{Area, Connection, Product, Result, Silent};
use crate::say::say;

/// Says why a person or an absence is, or is not, in the product.
pub(super) async fn run<P: Product>(
    connection: &Connection<P>,
    areas: &BTreeSet<Area>,
    id: &str,
) -> Result<ExitCode> {
    let outcome = connection.plan(areas, &Silent).await?;
    let decisions = outcome.areas.iter().map(|area| &area.decision);
    let answers: Vec<String> = decisions
        .filter_map(|decision| Some(format!("{} {}", decision.kind(), decision.explain(id)?)))
        .collect();
    if answers.is_empty() {
        say!("Neither side has {id}.");
    }
    for answer in answers {
        say!("{answer}");
    }
    Ok(ExitCode::SUCCESS)
}
