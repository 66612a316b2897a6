//! What the ledger need not remember any more, and under which settings the plan was made.

use std::collections::BTreeSet;

use super::{PlanRequest, Planner};
use crate::{ApprovedChange, Change, Digest, Executed, Record, Situation, ledger::LedgerWrite};

impl<R: Record> Planner<'_, R> {
    /// Lists what the ledger need not remember any more.
    pub(super) fn housekeeping(&self) -> Vec<LedgerWrite> {
        let PlanRequest {
            desired,
            ledger,
            policy,
            ..
        } = *self.request;
        let now = desired.taken_at;
        let since = policy
            .rolling
            .iter()
            .map(|rolling| rolling.since(now))
            .min();
        let is_old = |executed: &Executed| since.is_none_or(|since| executed.at <= since);
        let old = ledger.executed.iter().filter(|(_, it)| is_old(it));
        let uncounted = old.map(|(change, _)| LedgerWrite::Uncount(change.clone()));

        let planned: BTreeSet<Digest> = match ledger.approvals.is_empty() {
            true => BTreeSet::new(),
            false => self.changes.iter().map(Change::fingerprint).collect(),
        };
        let is_used = |key: &Digest, approved: &ApprovedChange| {
            let explanation = self.explanations.get(&approved.source);
            let is_decided = explanation.is_some_and(|it| it.situation != Situation::Undecidable);
            approved.until <= now || (is_decided && !planned.contains(key))
        };
        let used = ledger.approvals.iter().filter(|(key, it)| is_used(key, it));
        let revoked = used.map(|(key, _)| LedgerWrite::Revoke(key.clone()));
        uncounted.chain(revoked).collect()
    }

    /// Fingerprints everything but the records on which the plan depends.
    pub(super) fn settings(&self) -> Digest {
        let PlanRequest {
            desired,
            capabilities,
            policy,
            ..
        } = *self.request;
        let plain = "settings are plain data";
        let policy = serde_json::to_string(policy).expect(plain);
        let can = (&capabilities.classes, &capabilities.normalise);
        let can = serde_json::to_string(&can).expect(plain);
        let wishes = desired.settings.as_ref().map_or("", Digest::as_str);
        Digest::of_parts([R::KIND, wishes, &policy, &can])
    }

    /// Tells whether the plan shows everything that the settings lead to.
    pub(super) fn is_about_everything(&self) -> bool {
        let desired = self.request.desired;
        let is_whole = desired.completeness.certificate().is_some();
        is_whole && !desired.coverage.is_partial() && !self.source_is_empty
    }
}
