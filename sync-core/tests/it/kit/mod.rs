//! The testing kit, tried on products and ledgers that keep the contract and on those that break it.

mod companies;
mod conformance;
mod ledger_mutants;
mod ledgers;
mod mutants;
mod story;
