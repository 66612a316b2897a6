//! What the fake remembers of a request.

use std::fmt;

use chrono::{DateTime, Utc};

use super::http::Query;
use super::operation::Operation;

/// One request as the fake saw it.
///
/// `Debug` leaves out the query, in which an e-mail address or a name may stand.
#[derive(Clone)]
#[non_exhaustive]
pub struct LoggedRequest {
    /// When it came, by the clock of the fake.
    pub at: DateTime<Utc>,
    /// The method, `GET`.
    pub method: String,
    /// The path as sent.
    pub path: String,
    /// The decoded and newly encoded query string, without secrets.
    pub query: String,
    /// The operation, named as in [`super::operations`]; none where there is no such endpoint.
    pub operation: Option<&'static str>,
    /// The status of the answer.
    pub status: u16,
    /// The faults that struck.
    pub faults: Vec<&'static str>,
}

impl LoggedRequest {
    /// Returns a parameter of the query string.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<String> {
        Query::parse(self.query.as_bytes())
            .get(name)
            .map(str::to_owned)
    }

    /// Returns the names of the query parameters that nobody documented, which the service ignores without a word: a
    /// filter that filters nothing.
    #[must_use]
    pub fn ignored_parameters(&self) -> Vec<String> {
        let operation = self.operation.and_then(Operation::named);
        let known = operation.map_or(&[][..], |operation| operation.parameters);
        let query = Query::parse(self.query.as_bytes());
        let ignored = query.names().filter(|name| !known.contains(name));
        ignored.map(str::to_owned).collect()
    }
}

impl fmt::Debug for LoggedRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("LoggedRequest");
        shown
            .field("at", &self.at)
            .field("method", &self.method)
            .field("path", &self.path);
        shown
            .field("operation", &self.operation)
            .field("status", &self.status);
        shown.field("faults", &self.faults).finish_non_exhaustive()
    }
}
