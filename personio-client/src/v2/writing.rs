//! What the writes of v2 have in common.

use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};

use crate::client::Client;
use crate::endpoint::Endpoint;
use crate::error::Result;
pub use crate::v1::Approval;

/// Says whether a change waits for approval; unlike v1, v2 asks for it unless told otherwise (documented).
pub(super) fn approved<T>(endpoint: Endpoint<T>, approval: Approval) -> Endpoint<T> {
    endpoint.query("skip_approval", approval.is_skipped())
}

/// Sends a creation and returns the id of what was created.
pub(super) async fn created<I: DeserializeOwned>(
    client: &Client,
    endpoint: Endpoint<Created<I>>,
) -> Result<I> {
    client.execute(&endpoint).await.map(|created| created.id)
}

/// Sends a change that is answered with nothing, or with something that does not matter.
pub(super) async fn done(client: &Client, endpoint: Endpoint<IgnoredAny>) -> Result<()> {
    client.execute(&endpoint).await.map(drop)
}

#[derive(Deserialize)]
pub(super) struct Created<I> {
    id: I,
}
