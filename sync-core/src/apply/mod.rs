//! Carries a plan out: intent, effect, settlement, one change after the other.

mod attempt;
mod options;
mod run;
mod settle;

pub use self::options::{ApplyOptions, Progress};

use self::{run::Run, settle::change_report};
use crate::causes::with_causes;
use crate::{Clock, Ledger, Plan, Record, Report, TargetSystem, report::Fate};

/// Carries out what a plan has ready, and reports on every change.
///
/// Each change is written into the ledger as an intent before the target hears of it, and settled
/// afterwards. A change that fails does not stop the others; only later changes of the same record
/// wait for the next run. A change whose record has moved on since the plan was made is not tried,
/// so applying a plan twice does nothing the second time.
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
    let mut state = match ledger.load(R::KIND).await {
        Ok(state) => state,
        Err(error) => {
            report.stopped = Some(with_causes(&error));
            report.changes.extend(
                plan.ready()
                    .iter()
                    .map(|change| change_report(change, Fate::NotTried)),
            );
            return report;
        }
    };
    let run = Run::new(plan, target, ledger, clock, options);
    run.write_notes(plan, &mut state).await;
    report.changes = run.carry_out(plan, state).await;
    report.stopped = run.into_stopped();
    report
}
