//! Tools for the tests of a host: does my adapter keep the contract, and what happens when things go wrong?
//!
//! | module | answers |
//! | --- | --- |
//! | [`conformance`] | Does my `TargetSystem` do what the engine relies on? |

pub mod conformance;
