//! Filters of v2 lists.

use chrono::{DateTime, Utc};

use crate::endpoint::{Endpoint, to_the_second};

/// Filters by name; a name that comes again replaces the value before.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Filters(Vec<(&'static str, String)>);

impl Filters {
    pub(super) fn set(&mut self, name: &'static str, value: impl Into<String>) {
        self.0.retain(|(known, _)| *known != name);
        self.0.push((name, value.into()));
    }

    /// Sets a point in time, to the second.
    pub(super) fn set_time(&mut self, name: &'static str, time: DateTime<Utc>) {
        self.set(name, to_the_second(time));
    }

    /// Sets several ids, joined with commas (specified).
    pub(super) fn set_ids(&mut self, name: &'static str, ids: &[impl ToString]) {
        let ids: Vec<_> = ids.iter().map(ToString::to_string).collect();
        self.set(name, ids.join(","));
    }

    pub(super) fn add_to<T>(self, endpoint: Endpoint<T>) -> Endpoint<T> {
        let filters = self.0.into_iter();
        filters.fold(endpoint, |endpoint, (name, value)| {
            endpoint.query(name, value)
        })
    }
}
