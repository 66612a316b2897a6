//! Carries a plan out: intent, effect, settlement, one change after the other.

mod attempt;
mod finish;
mod options;
mod run;
mod settle;

pub use self::options::{ApplyOptions, Progress};

use self::{finish::Begun, run::Run};
use crate::{Clock, Lease, Plan, Record, Report, TargetSystem};

/// Carries out what a plan has ready, and reports on every change.
///
/// Each change is written into the ledger as an intent before the target hears of it, and settled
/// afterwards. A change that fails does not stop the others; only later changes of the same record
/// wait for the next run, except that a lock waits for nothing that is known not to be made. A change
/// whose record has moved on since the plan was made is not tried, so applying a plan twice does nothing
/// the second time; changes of other records do not matter.
///
/// Only the holder of the connection's [`Lease`] may do this. When the ledger does not take an intent, because
/// it cannot be written or the lease went to somebody else, nothing more is done.
///
/// The future may be dropped at any time: what was under way is found out by the next run.
pub async fn apply<R: Record>(
    plan: &Plan<R>,
    target: &dyn TargetSystem<R>,
    lease: &Lease<'_>,
    clock: &dyn Clock,
    options: &ApplyOptions<'_>,
) -> Report {
    let run = Run::new(plan, target, lease, clock, options);
    let mut report = Report::of(plan);
    let Some(standing) = run.begin(plan).await else {
        report.changes = run.leave(plan);
        report.stopped = run.stopped();
        return report;
    };
    let begun = Begun {
        at: clock.now(),
        pulse: standing.ledger.pulse.clone(),
    };
    report.changes = run.carry_out(plan, standing).await;
    run.finish(plan, &mut report, begun).await;
    report
}
