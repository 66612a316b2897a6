use chrono::{DateTime, Utc};

use super::run::Run;
use crate::{
    Plan, Record, Report,
    ledger::{LedgerWrite, Pulse, protocol, shelf},
};

/// How things stood when a run began.
pub(super) struct Begun {
    pub(super) at: DateTime<Utc>,
    pub(super) pulse: Pulse,
}

impl<R: Record> Run<'_, R> {
    /// Writes down how the run went, and what holds if it went through.
    pub(super) async fn finish(&self, plan: &Plan<R>, report: &mut Report, begun: Begun) {
        report.stopped = self.stopped();
        let went_through = report.stopped.is_none();
        let settings = plan.accepted_settings().filter(|_| went_through);
        let seen = (went_through && plan.is_complete).then_some(plan.taken_at);
        report.complete_at = seen.max(begun.pulse.complete_at);
        let number = begun.pulse.runs + 1;
        let run = report
            .record(number, plan.digest(), (begun.at, self.clock.now()))
            .after(begun.pulse.last.as_ref());
        let pulse = Pulse {
            runs: number,
            complete_at: report.complete_at,
            last: Some(run.clone()),
        };
        let mut writes = vec![LedgerWrite::Pulse(Box::new(pulse))];
        writes.extend(settings.cloned().map(LedgerWrite::Settings));
        let protocol = protocol(run, plan.history_days);
        if self.commit(&writes).await {
            // The protocol is for people; a gap in it harms nothing.
            let _written = self.lease.commit(&shelf(R::KIND), &protocol).await;
        }
        report.stopped = self.stopped();
    }
}
