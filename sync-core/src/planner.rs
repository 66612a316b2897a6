mod comparing;
mod counting;
mod creating;
mod drafting;
mod ending;
mod housekeeping;
mod inviting;
mod parts;
mod referring;
mod remembering;
mod seeing;

use std::collections::{BTreeMap, BTreeSet};

use self::{counting::is_empty, drafting::Draft, parts::parts};
use crate::{
    Alarm, Capabilities, Change, Class, Desired, Existing, Explanation, HashKey, LedgerState, Link,
    Outcome, Plan, Record, SkipReason, SourceId, TargetId, Wish,
    change::ChangeId,
    diff::Terms,
    guard::{Guard, Owned},
    matching::{self, Match},
    overlap,
    plan::Note,
    policy::SyncPolicy,
    probe::{Probed, probe},
    setback::delay,
    situation::{Action, Situation, TargetState},
    taken::Taken,
    withdrawal::Withdrawals,
};

/// Everything a plan depends on.
#[derive(Clone, Copy, Debug)]
pub struct PlanRequest<'a, R> {
    /// What the product should have.
    pub desired: &'a Desired<R>,
    /// What the product has.
    pub existing: &'a [Existing<R>],
    /// What the ledger remembers.
    pub ledger: &'a LedgerState,
    /// What the product can do.
    pub capabilities: &'a Capabilities,
    /// The customer's settings.
    pub policy: &'a SyncPolicy,
    /// The key of the connection.
    pub key: &'a HashKey,
}

/// Decides what to change. Pure: reads nothing but its argument, writes nothing.
pub fn plan<R: Record>(request: &PlanRequest<'_, R>) -> Plan<R> {
    let existing = request.existing.iter().map(|it| (&it.id, it)).collect();
    let Probed {
        ledger,
        notes,
        in_doubt,
    } = probe(request, &existing);
    let probed = PlanRequest {
        ledger: &ledger,
        ..*request
    };
    let parts = parts(&probed);
    let planner = Planner {
        notes,
        in_doubt,
        ..Planner::new(&probed, existing, &parts)
    };
    Plan {
        intents: request.ledger.intents.clone(),
        ..planner.plan()
    }
}

struct Planner<'a, R> {
    request: &'a PlanRequest<'a, R>,
    /// What follows for known parts of records that are no longer split so.
    parts: &'a BTreeMap<SourceId, Wish<R>>,
    existing: BTreeMap<&'a TargetId, &'a Existing<R>>,
    /// How many records the sync owns in the part that the run is about.
    owned: Owned,
    /// HR sent nothing that can be read, though the sync owns something.
    source_is_empty: bool,
    changes: Vec<Change<R>>,
    explanations: BTreeMap<SourceId, Explanation>,
    /// What to write into the ledger beside the changes, as long as a record stands where the plan saw it.
    notes: Vec<Note>,
    /// Creations that may have been made or not.
    in_doubt: BTreeMap<SourceId, ChangeId>,
    /// What was found out about pairs of records, beside the changes.
    learned: BTreeMap<SourceId, Link>,
    withdrawals: Withdrawals,
    taken: Taken,
}

impl<'a, R: Record> Planner<'a, R> {
    fn new(
        request: &'a PlanRequest<'a, R>,
        existing: BTreeMap<&'a TargetId, &'a Existing<R>>,
        parts: &'a BTreeMap<SourceId, Wish<R>>,
    ) -> Self {
        let mut planner = Self {
            request,
            existing,
            parts,
            owned: Owned::default(),
            source_is_empty: false,
            changes: Vec::new(),
            explanations: BTreeMap::new(),
            notes: Vec::new(),
            in_doubt: BTreeMap::new(),
            learned: BTreeMap::new(),
            withdrawals: Withdrawals::default(),
            taken: Taken::default(),
        };
        planner.owned = planner.count_owned();
        planner.source_is_empty = planner.owned.linked > 0 && is_empty(request.desired);
        planner
    }

    fn plan(mut self) -> Plan<R> {
        let PlanRequest {
            desired,
            ledger,
            policy,
            ..
        } = *self.request;
        let matching = matching::pair(&desired.wishes, &self.existing, ledger);
        self.taken = Taken::of(self.request, &self.existing, &matching.found);
        let sources: BTreeSet<&SourceId> =
            desired.wishes.keys().chain(ledger.links.keys()).collect();
        for source in sources {
            self.consider(source, matching.found.get(source));
        }
        let mut notices = self.refer();
        self.changes.sort_by(|a, b| a.order().cmp(&b.order()));
        let buried: BTreeSet<SourceId> = ledger
            .tombstones
            .keys()
            .filter(|source| !self.explanations.contains_key(*source))
            .cloned()
            .collect();
        let keys = self.count_keys(&matching.unmanaged);

        let mut alarms = Vec::new();
        if self.source_is_empty {
            alarms.push(Alarm::EmptySource);
        }
        if !desired.completeness.gaps().is_empty() {
            alarms.push(Alarm::Incomplete(desired.completeness.gaps().to_vec()));
        }

        notices.extend(overlap::with_unmanaged(
            &desired.wishes,
            &self.existing,
            &matching.unmanaged,
        ));
        notices.extend(desired.notices.iter().cloned());
        notices.extend(self.blocked());
        notices.extend(self.stuck());

        let withdrawn = std::mem::take(&mut self.withdrawals);
        let withdrawn = withdrawn.judge(self.owned.linked, policy.withdrawal);
        alarms.extend(withdrawn.alarms);
        let housekeeping = self.housekeeping();
        let obsolete = delay(
            &mut self.changes,
            &mut self.explanations,
            ledger,
            &policy.retry,
            desired.taken_at,
        );
        notices.extend(self.refer_to_nobody_who_is_late());
        self.changes.sort_by(|a, b| a.order().cmp(&b.order()));
        notices.sort();
        notices.dedup();
        for (source, write) in obsolete {
            self.note(&source, write);
        }
        self.note_learned();

        let settings = self.settings();
        let creations = self.changes.iter().filter(|it| it.class() == Class::Create);
        self.owned.after = self.owned.records + creations.count();
        let guard = Guard {
            policy,
            ledger,
            owned: self.owned,
            now: desired.taken_at,
            source_is_empty: self.source_is_empty,
            settings_changed: ledger.settings.as_ref().is_some_and(|it| *it != settings),
            withdrawn: withdrawn.emptied,
            erased: self.returned_after_erasure(),
            in_doubt: self.doubtful(),
        };
        let is_review = self.is_about_everything();
        let passed = guard.judge(self.changes);
        for held in passed.held() {
            if let Some(explanation) = self.explanations.get_mut(&held.change.source) {
                explanation.outcome = Outcome::Held(held.reason.clone());
            }
        }
        Plan {
            passed,
            explanations: self.explanations,
            unmanaged: matching.unmanaged,
            buried,
            keys,
            alarms,
            notices,
            taken_at: desired.taken_at,
            notes: self.notes,
            intents: BTreeMap::new(),
            retry: policy.retry,
            housekeeping,
            history_days: policy.history_days,
            is_complete: is_review,
            settings: Some(settings).filter(|it| is_review && ledger.settings.as_ref() != Some(it)),
        }
    }

    fn terms<'s>(&self, source: &'s SourceId) -> Terms<'s>
    where
        'a: 's,
    {
        Terms {
            source,
            capabilities: self.request.capabilities,
            policy: self.request.policy,
            key: self.request.key,
        }
    }

    /// Decides about one record of the source.
    fn consider(&mut self, source: &SourceId, found: Option<&Match>) {
        let PlanRequest {
            desired,
            ledger,
            policy,
            ..
        } = *self.request;
        let wish = desired
            .wishes
            .get(source)
            .or_else(|| self.parts.get(source));
        let link = ledger.links.get(source);
        let existing = self.target_of(found);
        let situation = Situation::of(
            self.source_state(source, wish, existing),
            self.link_state(source),
            target_state(found, existing),
        );
        if wish.is_some()
            && let Some(link) = link
        {
            self.seen(source, link);
        }
        match (wish, link) {
            (Some(Wish::Blocked(reason)), Some(_)) => self.withdrawals.blocked(*reason),
            (Some(Wish::OutOfScope(reason)), Some(_)) => self.withdrawals.out_of_scope(*reason),
            _ => {}
        }
        let mut refused = BTreeMap::new();
        let outcome = match (situation.action(&policy.lifecycle), wish, existing) {
            (Action::Create | Action::Adopt, ..) if self.is_older_than_removal(source) => {
                Outcome::Skipped(SkipReason::OlderThanRemoval)
            }
            (Action::Create, Some(Wish::Present(record)), _) => {
                self.create(source, record, situation)
            }
            (Action::Adopt, Some(Wish::Present(record)), Some(existing)) => {
                self.adopt(source, record, existing, found, &mut refused)
            }
            (Action::Compare, Some(Wish::Present(record)), Some(existing)) => match link {
                Some(link) if link.target == existing.id => {
                    self.compare(source, record, existing, link, &mut refused)
                }
                _ => self.adopt(source, record, existing, found, &mut refused),
            },
            (Action::End(action), wish, Some(existing)) => {
                self.end(source, action, situation, wish, existing, link)
            }
            (Action::Forget, ..) => match link {
                Some(link) => self.forget(source, link),
                None => left_alone(situation, wish, found),
            },
            _ => left_alone(situation, wish, found),
        };
        let outcome = self.settle_doubt(source, outcome);
        let outcome = self.invite(source, wish, existing, link, outcome);
        let explanation = Explanation {
            situation,
            outcome,
            found: found.cloned(),
            refused,
        };
        self.explanations.insert(source.clone(), explanation);
    }

    fn target_of(&self, found: Option<&Match>) -> Option<&'a Existing<R>> {
        match found? {
            Match::Link(target) | Match::ExternalId(target) | Match::Key { target, .. } => {
                self.existing.get(target).copied()
            }
            Match::Disputed(_) => None,
        }
    }
}

fn target_state<R>(found: Option<&Match>, existing: Option<&Existing<R>>) -> TargetState {
    match (found, existing) {
        (Some(Match::Disputed(_)), _) => TargetState::Disputed,
        (_, Some(existing)) if existing.protected => TargetState::Protected,
        (_, Some(_)) => TargetState::Found,
        (_, None) => TargetState::Absent,
    }
}

fn left_alone<R>(situation: Situation, wish: Option<&Wish<R>>, found: Option<&Match>) -> Outcome {
    if let (Situation::Disputed, Some(Match::Disputed(dispute))) = (situation, found) {
        return Outcome::Disputed(dispute.clone());
    }
    let reason = match (situation, wish) {
        (Situation::Protected, _) => SkipReason::Protected,
        (_, Some(Wish::Ended(reason))) => SkipReason::NeverHere(*reason),
        (_, Some(Wish::OutOfScope(reason))) => SkipReason::OutOfScope(*reason),
        (_, Some(Wish::Blocked(reason))) => SkipReason::Blocked(*reason),
        (_, Some(Wish::Present(_))) => SkipReason::PolicyLeaves,
        (_, None) => SkipReason::NoEvidence,
    };
    Outcome::Skipped(reason)
}
