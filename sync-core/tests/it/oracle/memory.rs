//! What the ledger is to remember beside the changes.

use chrono::TimeDelta;
use sync_core::{Digest, LedgerState, LedgerWrite, Record, Situation};

use super::life::{Case, Verdict};

impl<R: Record> Case<'_, R> {
    /// The ledger once a run has noted what it found out, and before it changes anything. `wanted` are the
    /// fingerprints of all that is wanted.
    pub(crate) fn remembered(
        &self,
        verdicts: &[Verdict],
        wanted: &[Digest],
        obsolete: &[LedgerWrite],
    ) -> LedgerState {
        let mut ledger = self.scene.ledger.clone();
        for verdict in verdicts {
            if let Some(link) = &verdict.link {
                ledger.links.insert(verdict.source.clone(), link.clone());
            }
            if let Some(doubt) = &verdict.settled {
                ledger.intents.remove(&doubt.change);
            }
        }
        for write in obsolete {
            ledger.apply(write);
        }

        let now = self.scene.desired.taken_at;
        let hours = self.scene.policy.rolling.iter().map(|it| it.hours.get());
        let longest = hours.max().unwrap_or_default();
        let counts_from = now - TimeDelta::hours(longest.into());
        let counts = |at| longest > 0 && at > counts_from;
        ledger.executed.retain(|_, executed| counts(executed.at));

        // What is no longer wanted need not stay approved.
        ledger.approvals.retain(|change, approved| {
            let mut about = verdicts.iter().filter(|it| it.source == approved.source);
            let is_decided = about.any(|it| it.situation != Situation::Undecidable);
            now < approved.until && (wanted.contains(change) || !is_decided)
        });
        ledger
    }
}
