//! What the five products share.
//!
//! A product implements [`Product`]; everything else is here: reading the command line, opening Personio or a fake one,
//! running the areas of a sync in their order, and saying what happened.
//!
//! | module | concern |
//! | --- | --- |
//! | `product` | what a product must say of itself |
//! | `arguments` | the command line |
//! | `personio` | a real Personio, or the embedded fake |
//! | `connection` | one product connected with one Personio: plan, sync |
//! | `people` | everybody in HR, and who was chosen to take part |
//! | `to_hr` | the way back: what the product leads |
//! | `ownership` | one runner of a connection at a time |
//! | `checking` | what a credential can do of what is needed |
//! | `work` | one run: each area is read, planned, and carried out |
//! | `decision` | a plan of any kind of record, ready to be shown |
//! | `commands` | what each command does and prints |
//! | `clock` | the time of a run, also one that is not now |
//! | `failure` | what ends a command, and its exit code |

mod area;
mod arguments;
mod checking;
mod clock;
mod commands;
mod connection;
mod decision;
mod failure;
mod needs;
mod outcome;
mod ownership;
mod partial;
mod people;
mod personio;
mod product;
mod to_hr;
mod work;

use std::process::ExitCode;

pub use self::{
    area::Area,
    arguments::{Arguments, Command, Common, DataFormat, Format},
    checking::{Checked, Verdict},
    clock::HostClock,
    connection::{Connection, MAIN, Setup, Store},
    decision::{Ambiguous, Decision, MatchList, MatchedOne, MatchedPair},
    failure::{Error, Failure, Result},
    needs::{Needs, Right},
    outcome::{AreaOutcome, Outcome},
    people::{Choice, Person},
    personio::{DEMO_DAY, Personio, demo_company},
    product::{Cast, CountedType, Opening, Product},
    work::{Show, Silent, Work},
};

/// Runs a product's command line, and returns its exit code: 0 done, 1 failed, 2 a bad policy or bad arguments, 3 done
/// in part or stopped.
pub async fn main<P: Product>() -> ExitCode {
    commands::run::<P>().await
}
