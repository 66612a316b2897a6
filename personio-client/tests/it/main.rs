//! Behaviour of the client and of the fake, over real HTTP on a loopback port.

#[cfg(feature = "fake")]
mod fake;
mod specification;
