//! From a file to settings, with every problem of form on the way.

use std::collections::BTreeSet;

use serde::de::DeserializeOwned;

use super::{
    node::Node,
    problem::{Path, Problem},
};

/// What became of a file.
pub(super) struct Reading<T> {
    /// The settings, without whatever had the wrong form; `None` when the file as a whole had.
    pub(super) settings: Option<T>,
    /// What had the wrong form.
    pub(super) problems: Vec<Problem>,
    /// The sections in which it stands.
    pub(super) spoilt: BTreeSet<String>,
}

/// Reads settings. What has the wrong form is reported and taken for not written, so that what comes after it
/// is looked at too.
pub(super) fn read<T: DeserializeOwned>(root: &mut Node) -> Reading<T> {
    let mut reading = Reading {
        settings: None,
        problems: Vec::new(),
        spoilt: BTreeSet::new(),
    };
    let mut removed: Vec<Path> = Vec::new();
    loop {
        let misfit = match T::deserialize(&*root) {
            Ok(settings) => {
                reading.settings = Some(settings);
                return reading;
            }
            Err(misfit) => misfit,
        };
        let path = misfit.path();
        // What lacks something because it was taken away has been complained about.
        if !removed.iter().any(|it| it.0.starts_with(&path.0)) {
            let found = misfit.found(root);
            let line = root.line_of(&found.path);
            reading.problems.push(found.on(line));
        }
        if !root.remove(&path) {
            return reading;
        }
        reading.spoilt.extend(path.section().map(str::to_owned));
        removed.push(path);
    }
}
