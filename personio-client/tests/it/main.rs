//! Behaviour of the client and of the fake, over real HTTP on a loopback port.

#[cfg(feature = "fake")]
mod access;
mod answers;
mod auth;
mod contract;
mod decoding_v1;
mod decoding_v2;
mod endpoints;
mod errors;
#[cfg(feature = "fake")]
mod fake;
mod paging;
mod prism;
mod privacy;
mod retry_and_limits;
mod specification;
#[cfg(all(feature = "fake", feature = "sync"))]
mod sync;
