//! Where a fault strikes.

use super::super::webhook::EventName;

/// Which requests or events a fault is meant for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    Operation(String),
    Route { method: String, prefix: String },
    Everything,
    Event(EventName),
}

/// A request that a fault may strike.
#[derive(Clone, Copy)]
pub(crate) struct Struck<'a> {
    /// None where there is no such endpoint.
    pub(crate) operation: Option<&'a str>,
    pub(crate) method: &'a str,
    pub(crate) path: &'a str,
}

/// Whether the path begins with the segments of the prefix; a placeholder in braces stands for any segment, on both sides.
pub(crate) fn begins_with(path: &str, prefix: &str) -> bool {
    let mut given = path.trim_end_matches('/').split('/');
    let mut wanted = prefix.trim_end_matches('/').split('/');
    wanted.all(|wanted| {
        given.next().is_some_and(|given| {
            given == wanted || wanted.starts_with('{') || given.starts_with('{')
        })
    })
}
