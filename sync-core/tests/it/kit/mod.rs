//! The testing kit, tried on products that keep the contract and on products that break it.

mod conformance;
mod mutants;
