//! Objects that only name another one: `{"id": "..."}`.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};

use crate::value::Observed;
use crate::wire;

/// An object that names another one.
#[derive(Deserialize)]
pub(super) struct Reference<I> {
    pub(super) id: I,
}

/// Reads the id out of a reference.
pub(super) fn id<'de, D: Deserializer<'de>, I: Deserialize<'de>>(
    deserializer: D,
) -> Result<I, D::Error> {
    Reference::deserialize(deserializer).map(|reference| reference.id)
}

/// Reads the id out of a reference; the reference or the id in it may be null.
pub(super) fn observed_id<'de, D: Deserializer<'de>, I: DeserializeOwned>(
    deserializer: D,
) -> Result<Observed<I>, D::Error> {
    wire::observed::<D, Reference<Option<I>>>(deserializer).map(|reference| {
        reference.and_then(|reference| reference.id.map_or(Observed::Null, Observed::Value))
    })
}

/// Reads the id out of a reference where missing, null and unknown are the same.
pub(super) fn optional_id<'de, D: Deserializer<'de>, I: DeserializeOwned>(
    deserializer: D,
) -> Result<Option<I>, D::Error> {
    observed_id(deserializer).map(Observed::into_value)
}
