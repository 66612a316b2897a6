//! `docs/situations.md`: what is done about a record, wherever it stands.

use std::{collections::BTreeMap, fmt::Write as _};

use sync_core::{LinkState, Situation, SourceState, TargetState, policy::LifecyclePolicy};

const INTRODUCTION: &str = "\
# Situations

Where a record stands follows from three things: what HR says, what the ledger remembers, and what the product has. Every
combination is exactly one situation, and every policy says for every situation what is done. Whatever takes something away
must pass its budget besides, and a record that vanished must be missing from as many complete snapshots as the policy asks for.

This page is made from the code; run the tests of `sync-core` with `UPDATE_DOCS=1` to renew it.
";

#[test]
fn the_page_of_situations_is_up_to_date() {
    let page = format!("{INTRODUCTION}\n{}\n{}", actions(), combinations());
    super::assert_up_to_date("situations.md", &page);
}

/// What is done in each situation under the policies that are there from the start.
fn actions() -> String {
    let mut table = "\
## What is done

| situation | accounts, by default | absences, by default |
| --- | --- | --- |
"
    .to_owned();
    let (accounts, absences) = (LifecyclePolicy::default(), LifecyclePolicy::for_absences());
    for situation in reached().into_keys() {
        let [account, absence] = [&accounts, &absences].map(|policy| situation.action(policy));
        writeln!(table, "| {situation} | {account} | {absence} |").expect("text takes text");
    }
    table
}

fn combinations() -> String {
    let mut table = "\
## Which situation it is

| HR | ledger | product | situation |
| --- | --- | --- | --- |
"
    .to_owned();
    for (situation, combinations) in reached() {
        for (source, link, target) in combinations {
            writeln!(table, "| {source} | {link} | {target} | {situation} |")
                .expect("text takes text");
        }
    }
    table
}

type Combination = (SourceState, LinkState, TargetState);

fn reached() -> BTreeMap<Situation, Vec<Combination>> {
    let mut reached: BTreeMap<Situation, Vec<Combination>> = BTreeMap::new();
    for source in SourceState::ALL {
        for link in LinkState::ALL {
            for target in TargetState::ALL {
                let situation = Situation::of(source, link, target);
                reached
                    .entry(situation)
                    .or_default()
                    .push((source, link, target));
            }
        }
    }
    reached
}
