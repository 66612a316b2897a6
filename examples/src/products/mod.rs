//! The five products. Each is a domain, adapters over its tables, a policy and something to see.

pub mod buuky;
pub mod josys;
