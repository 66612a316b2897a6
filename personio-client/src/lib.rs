//! A typed async client of the Personio HR API.
#![cfg_attr(docsrs, feature(doc_cfg))]
#![warn(clippy::unwrap_used, clippy::panic)]

#[cfg(feature = "fake")]
pub mod fake;
