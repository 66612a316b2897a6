//! Example products: a database, the targets and the ledger in it, and five products built on them.
//!
//! A product of your own has these already; read them to see how little an adapter needs.
//!
//! | module | shows |
//! | --- | --- |
//! | [`accounts`] | a `TargetSystem` over a table of users |
//! | [`absences`] | a `TargetSystem` over a calendar that also holds entries made by hand |
//! | [`ledger`] | a `Ledger` over one table |
//! | [`database`] | opening the file, and the key of the connection |
//! | [`connection`] | one run: read, plan, apply, people before absences |
//! | [`page`] | a plan as a page for the administrator |
//! | [`protocol`] | what the product shows of past runs |
//! | [`harness`] | what the five products share: commands, areas of a run, opening Personio |
//! | [`products`] | what each of the five products has of its own |
//! | [`progress`] | what a user sees while it works |
//! | [`story`] | what happens in the made-up company of the quickstart |

pub mod absences;
pub mod accounts;
pub mod connection;
pub mod database;
pub mod harness;
pub mod ledger;
pub mod page;
pub mod products;
pub mod progress;
pub mod protocol;
mod say;
pub mod story;
mod table;

/// The README's example is compiled and run with the tests.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
mod readme {}
