//! The client and the fake, judged by Prism, which knows Personio's specification of v1 and nothing else.

use std::collections::BTreeSet;

use personio_client::{ApiVersion, ENDPOINTS, Operation};

mod mock;
mod proxy;

/// Returns the names of the operations of v1 that the client has, of those that are wanted.
fn operations(wanted: impl Fn(&Operation) -> bool) -> BTreeSet<&'static str> {
    ENDPOINTS
        .iter()
        .filter(|operation| operation.version == ApiVersion::V1 && wanted(operation))
        .map(|operation| operation.name)
        .collect()
}
