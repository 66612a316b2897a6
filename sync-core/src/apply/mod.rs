//! Carries a plan out: intent, effect, settlement, one change after the other.

mod attempt;
mod options;
mod run;
mod settle;

pub use self::options::{ApplyOptions, Progress};

use self::run::Run;
use crate::{Clock, Ledger, Plan, Record, Report, TargetSystem};

/// Carries out what a plan has ready, and reports on every change.
///
/// Each change is written into the ledger as an intent before the target hears of it, and settled
/// afterwards. A change that fails does not stop the others; only later changes of the same record
/// wait for the next run, except that a lock waits for nothing that is known not to be made. A change whose record has moved on since the plan was made is not tried,
/// so applying a plan twice does nothing the second time; changes of other records do not matter.
///
/// When the ledger does not take an intent, whether it cannot be written or this run is no longer the one
/// that may write, nothing more is done.
///
/// The future may be dropped at any time: what was under way is found out by the next run.
pub async fn apply<R: Record>(
    plan: &Plan<R>,
    target: &dyn TargetSystem<R>,
    ledger: &dyn Ledger,
    clock: &dyn Clock,
    options: &ApplyOptions<'_>,
) -> Report {
    let mut report = Report::of(plan);
    let run = Run::new(plan, target, ledger, clock, options);
    report.changes = run.carry_out(plan).await;
    report.stopped = run.into_stopped();
    report
}
