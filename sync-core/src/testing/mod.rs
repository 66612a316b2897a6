//! Tools for the tests of a host: does my adapter keep the contract, and what happens when things go wrong?
//!
//! | tool | answers |
//! | --- | --- |
//! | [`conformance`] | Does my `TargetSystem` do what the engine relies on? Does my `Ledger`? |
//! | [`Flaky`], [`FlakyLedger`] | What happens when an answer is lost, or a row is not written? |

pub mod conformance;
mod dice;
mod flaky;
mod flaky_ledger;

pub use self::{
    flaky::{Fault, Flaky},
    flaky_ledger::{FlakyLedger, LedgerFault},
};
