//! The five products. Each is a domain, adapters over its tables, a policy and something to see.

pub mod awork;
pub mod buuky;
pub mod josys;
pub mod rydoo;
pub mod staffomatic;
