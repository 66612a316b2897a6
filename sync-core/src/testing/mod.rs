//! Tools for the tests of a host: does my adapter keep the contract, and what happens when things go wrong?
//!
//! | tool | answers |
//! | --- | --- |
//! | [`conformance`] | Does my `TargetSystem` do what the engine relies on? Does my `Ledger`? |
//! | [`Flaky`], [`FlakyLedger`] | What happens when an answer is lost, or a row is not written? |
//! | [`Canary`] | Where does personal data end up? |
//! | [`Recorder`] | What exactly does a run do, step by step? |
//! | [`company`](fn@company) | Does it work for a company in which everything is odd that is odd in real ones? |

mod canary;
mod company;
pub mod conformance;
mod dice;
mod flaky;
mod flaky_ledger;
mod recorder;

pub use self::{
    canary::Canary,
    company::{Company, Oddity, company},
    flaky::{Fault, Flaky},
    flaky_ledger::{FlakyLedger, LedgerFault},
    recorder::{RecordedLedger, RecordedTarget, Recorder},
};
