//! The arguments of a command, for the commands that it shows.

use std::path::PathBuf;

use crate::harness::{Common, MAIN};

/// Returns the arguments that were given and that lead to the same connection.
pub(super) fn again(common: &Common) -> Vec<String> {
    let path = |path: &Option<PathBuf>| path.as_ref().map(|it| it.display().to_string());
    let label = (common.connection != MAIN).then(|| common.connection.clone());
    let runner = (common.runner != MAIN).then(|| common.runner.clone());
    let given = [
        ("--db", path(&common.db)),
        ("--policy", path(&common.policy)),
        ("--connection", label),
        ("--runner", runner),
        ("--base-url", common.base_url.clone()),
        ("--credentials-file", path(&common.credentials_file)),
        ("--today", common.today.map(|day| day.to_string())),
    ];
    let given = given.into_iter();
    given
        .filter_map(|(name, value)| Some(format!("{name} {}", quoted(&value?))))
        .collect()
}

/// Writes a word such that a shell reads it as one.
pub(super) fn quoted(word: &str) -> String {
    let is_plain = |it: char| it.is_ascii_alphanumeric() || "_./:=@%+,-".contains(it);
    match !word.is_empty() && word.chars().all(is_plain) {
        true => word.to_owned(),
        false => format!("'{}'", word.replace('\'', "'\\''")),
    }
}
