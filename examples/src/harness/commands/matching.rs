use std::{collections::BTreeSet, process::ExitCode};

use super::print_json;
use crate::harness::{
    Area, Connection, MatchList, MatchedOne, Product, Result, Silent, arguments::DataFormat,
};
use crate::say::say;

/// Shows who is matched with whom, who is on one side only, and who is ambiguous and why.
pub(super) async fn run<P: Product>(
    connection: &Connection<P>,
    format: DataFormat,
) -> Result<ExitCode> {
    let areas = BTreeSet::from([Area::Accounts]);
    let outcome = connection.plan(&areas, &Silent).await?;
    let account = outcome.decision("account");
    let list = account
        .map(|decision| decision.matches())
        .unwrap_or_default();
    match format {
        DataFormat::Json => print_json(&list)?,
        DataFormat::Text => print(&list),
    }
    Ok(ExitCode::SUCCESS)
}

fn print(list: &MatchList) {
    say!("matched: {}", list.matched.len());
    for pair in &list.matched {
        let key = pair.key.as_deref().unwrap_or_default();
        say!("  {:<10} → {:<8} {key}  {}", pair.hr, pair.product, pair.by);
    }
    say!("only in HR: {}", list.only_in_hr.len());
    list.only_in_hr.iter().for_each(print_one);
    say!("only in the product: {}", list.only_in_product.len());
    list.only_in_product.iter().for_each(print_one);
    say!("ambiguous: {}", list.ambiguous.len());
    for ambiguous in &list.ambiguous {
        let key = ambiguous.key.as_deref().unwrap_or_default();
        say!("  {:<10} {key}  {}", ambiguous.id, ambiguous.why);
    }
}

fn print_one(one: &MatchedOne) {
    say!(
        "  {:<10} {}",
        one.id,
        one.key.as_deref().unwrap_or_default()
    );
}
