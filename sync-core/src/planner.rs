mod ending;
mod inviting;

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;

use crate::{
    Alarm, ApprovedChange, BlockReason, Capabilities, Change, Class, Desired, Digest, Effect,
    Evidence, Executed, Existing, Explanation, FieldName, HashKey, LedgerState, Link, Notice,
    Outcome, Plan, Reason, Record, SkipReason, SourceId, TargetId, Wish,
    change::{ChangeId, FieldChange},
    desired::EndReason,
    diff::{Diff, Terms},
    fingerprint::FieldHash,
    guard::{Guard, Owned},
    ledger::{ErasedId, LedgerWrite, Missing, Origin, Tombstone},
    matching::{self, Match},
    notice::Matter,
    overlap,
    plan::Note,
    policy::{Adoption, SyncPolicy, WithoutKey},
    probe::{Probed, probe},
    setback::delay,
    situation::{Action, LinkState, Situation, SourceState, TargetState},
    snapshot::Coverage,
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

        let mut notices =
            overlap::with_unmanaged(&desired.wishes, &self.existing, &matching.unmanaged);
        notices.extend(desired.notices.iter().cloned());
        notices.extend(self.blocked());
        notices.sort();
        notices.dedup();

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

    /// Lists what the ledger need not remember any more.
    fn housekeeping(&self) -> Vec<LedgerWrite> {
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

    fn returned_after_erasure(&self) -> BTreeSet<SourceId> {
        let created = self.changes.iter();
        let created = created.filter(|change| change.class() == Class::Create);
        let erased = created.filter(|change| self.erased(&change.source).is_some());
        erased.map(|change| change.source.clone()).collect()
    }

    /// Names the creations that might double a record.
    fn doubtful(&self) -> BTreeSet<SourceId> {
        let doubtful = self.changes.iter().filter(|it| self.is_doubtful(it));
        doubtful.map(|change| change.source.clone()).collect()
    }

    /// Tells whether a creation might double a record: it may have been made before, the product cannot tell,
    /// would make it again, and there is no key by which it would have been found.
    fn is_doubtful(&self, change: &Change<R>) -> bool {
        let Effect::Create(record) = &change.effect else {
            return false;
        };
        self.in_doubt.contains_key(&change.source)
            && !self.request.capabilities.change_ids
            && record.match_keys().is_empty()
    }

    /// Settles a creation that was in doubt, if what is decided about its record leaves none.
    fn settle_doubt(&mut self, source: &SourceId, outcome: Outcome) -> Outcome {
        let Some(id) = self.in_doubt.get(source).cloned() else {
            return outcome;
        };
        let is_settled = match (&outcome, self.changes.last()) {
            (Outcome::Skipped(_), _) => return Outcome::Skipped(SkipReason::InDoubt),
            // Found by its key.
            (Outcome::Planned(classes), _) if classes.contains(&Class::Adopt) => true,
            // Not found by its key, so it is not there. Otherwise the repetition will tell, or a person.
            (Outcome::Planned(classes), Some(change)) if classes.contains(&Class::Create) => {
                !self.request.capabilities.change_ids && !self.is_doubtful(change)
            }
            _ => false,
        };
        if is_settled {
            self.note(source, LedgerWrite::Settle(id));
        }
        outcome
    }

    /// Fingerprints everything but the records on which the plan depends.
    fn settings(&self) -> Digest {
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
    fn is_about_everything(&self) -> bool {
        let desired = self.request.desired;
        let is_whole = desired.completeness.certificate().is_some();
        is_whole && !matches!(desired.coverage, Coverage::Ids(_)) && !self.source_is_empty
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

    /// Counts the records that the sync owns in the part that the run is about, and that still have
    /// something to lose.
    ///
    /// What has left the window over the years stays linked, and so do leavers who are locked; counted
    /// in, they would let a budget in percent grow until it holds everybody who is left. What HR shows
    /// lies in the part even if the product has lost it. A run about single records is about all of
    /// them in turn.
    fn count_owned(&self) -> Owned {
        let ledger = self.request.ledger;
        let mut owned = Owned::default();
        for (source, link) in &ledger.links {
            let existing = self.existing.get(&link.target);
            let is_covered = match &self.request.desired.coverage {
                Coverage::All | Coverage::Ids(_) => true,
                Coverage::Window(window) => match existing {
                    Some(existing) => existing.record.overlaps(window),
                    None => self.request.desired.wishes.contains_key(source),
                },
            };
            if !is_covered {
                continue;
            }
            owned.linked += 1;
            if let Some(existing) = existing {
                let lock = self.terms(source).lock(&existing.record, &link.agreed);
                owned.records += 1;
                owned.unlocked += usize::from(lock.is_some_and(|fields| !fields.is_empty()));
            }
        }
        owned
    }

    /// Counts every record on both sides and in the ledger once, from what is asked and not from what
    /// is answered, so that the answer can be checked.
    fn count_keys(&self, unmanaged: &BTreeSet<TargetId>) -> usize {
        let PlanRequest {
            desired, ledger, ..
        } = *self.request;
        let sources: BTreeSet<&SourceId> = desired
            .wishes
            .keys()
            .chain(ledger.links.keys())
            .chain(ledger.tombstones.keys())
            .collect();
        sources.len() + unmanaged.len()
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
        if let (Some(Wish::Blocked(reason)), Some(_)) = (wish, link) {
            self.withdrawals.blocked(*reason);
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

    fn source_state(
        &self,
        source: &SourceId,
        wish: Option<&Wish<R>>,
        existing: Option<&Existing<R>>,
    ) -> SourceState {
        if self.is_outside(wish, existing) {
            return SourceState::NotCovered;
        }
        match wish {
            Some(Wish::Present(_)) => SourceState::Present,
            Some(Wish::Ended(_)) => SourceState::Ended,
            Some(Wish::OutOfScope(_)) => SourceState::OutOfScope,
            Some(Wish::Blocked(_)) => SourceState::Blocked,
            None if self.is_evidence(source, existing) => SourceState::Missing,
            None => SourceState::NotCovered,
        }
    }

    /// Tells whether a record lies outside the window, both as it is and as it should be.
    fn is_outside(&self, wish: Option<&Wish<R>>, existing: Option<&Existing<R>>) -> bool {
        let Some(window) = &self.request.desired.window else {
            return false;
        };
        let has_left = existing.map(|it| !it.record.overlaps(window));
        match wish {
            Some(Wish::Present(record)) => has_left.unwrap_or(true) && !record.overlaps(window),
            _ => has_left.unwrap_or(false),
        }
    }

    /// Names the records about which nothing can be decided.
    fn blocked(&self) -> impl Iterator<Item = Notice> + '_ {
        self.explanations
            .iter()
            .filter_map(|(source, explanation)| {
                let Outcome::Skipped(SkipReason::Blocked(reason)) = explanation.outcome else {
                    return None;
                };
                Some(Notice {
                    source: source.clone(),
                    matter: Matter::Blocked(reason),
                })
            })
    }

    /// Tells whether the absence of a record from the snapshot means anything: the snapshot must be
    /// whole, a lost row must be out of the question, and the record must lie in the part that was
    /// asked for.
    fn is_evidence(&self, source: &SourceId, existing: Option<&Existing<R>>) -> bool {
        let desired = self.request.desired;
        let certificate = desired.completeness.certificate();
        let is_sure = certificate.is_some_and(|certificate| {
            certificate.has_total() || self.is_confirmed_missing(source)
        });
        is_sure
            && match existing {
                Some(existing) => match &desired.coverage {
                    // A part that was read by id says something only of what was asked for and denied.
                    Coverage::Ids(ids) => {
                        ids.contains(source) && desired.confirmed_missing.contains(source)
                    }
                    coverage => existing.is_covered_by(coverage),
                },
                // Without a record there is no telling where it would lie.
                None => desired.coverage == Coverage::All,
            }
    }

    fn is_confirmed_missing(&self, source: &SourceId) -> bool {
        let desired = self.request.desired;
        let is_missing = |id: &SourceId| desired.confirmed_missing.contains(id);
        let whole = source.whole().filter(|_| desired.has_parts);
        is_missing(source) || whole.is_some_and(|whole| is_missing(&whole))
    }

    fn link_state(&self, source: &SourceId) -> LinkState {
        let ledger = self.request.ledger;
        if ledger.links.contains_key(source) {
            LinkState::Linked
        } else {
            match self.tombstone(source) {
                Some(tombstone) if tombstone.lost => LinkState::Forgotten,
                Some(_) => LinkState::Buried,
                None => LinkState::None,
            }
        }
    }

    /// Returns what is left of a record that was removed, or erased.
    fn tombstone(&self, source: &SourceId) -> Option<&'a Tombstone> {
        let ledger = self.request.ledger;
        ledger
            .tombstones
            .get(source)
            .or_else(|| self.erased(source))
    }

    fn erased(&self, source: &SourceId) -> Option<&'a Tombstone> {
        let erased = &self.request.ledger.erased;
        if erased.is_empty() {
            return None;
        }
        erased.get(&ErasedId::of(self.request.key, R::KIND, source))
    }

    /// Tells whether the record was removed on later word of HR than this snapshot.
    fn is_older_than_removal(&self, source: &SourceId) -> bool {
        let is_linked = self.request.ledger.links.contains_key(source);
        let taken_at = self.request.desired.taken_at;
        let buried = self.tombstone(source);
        !is_linked && buried.is_some_and(|tombstone| taken_at < tombstone.at)
    }

    fn create(&mut self, source: &SourceId, record: &R, situation: Situation) -> Outcome {
        if let Some(refusal) = self.refusal(Class::Create) {
            return Outcome::Skipped(refusal);
        }
        if let Some(dispute) = self.taken.newcomers.get(source) {
            return Outcome::Disputed(dispute.clone());
        }
        let leaves_unknown = self.request.policy.lifecycle.without_key == WithoutKey::Leave;
        if leaves_unknown && record.match_keys().is_empty() {
            return Outcome::Skipped(SkipReason::NoKey);
        }
        let reason = match situation {
            Situation::Returned | Situation::ReturnedAfterLoss => Reason::Returned,
            Situation::LostInProduct => Reason::LostInProduct,
            _ => Reason::New,
        };
        let agreement = self.terms(source).agreement::<R>(record.fields());
        let draft = Draft {
            agreement,
            ..Draft::new(Effect::Create(record.clone()), reason)
        };
        self.push(source, None, draft);
        Outcome::Planned(vec![Class::Create])
    }

    fn adopt(
        &mut self,
        source: &SourceId,
        record: &R,
        existing: &Existing<R>,
        found: Option<&Match>,
        refused: &mut BTreeMap<Class, SkipReason>,
    ) -> Outcome {
        let reason = match found {
            Some(Match::Key { key, .. }) => {
                if self.request.policy.lifecycle.adoption == Adoption::Never {
                    return Outcome::Skipped(SkipReason::NotAdopted);
                }
                if !self.sees_everybody() {
                    return Outcome::Skipped(SkipReason::UnsureOfOthers);
                }
                Reason::SameKey(key.clone())
            }
            _ => Reason::SameExternalId,
        };
        let diff = self
            .terms(source)
            .diff(record, &existing.record, &BTreeMap::new());
        let draft = Draft {
            agreement: diff.agreed.clone(),
            ..Draft::new(Effect::Adopt, reason)
        };
        self.push(source, Some(existing), draft);
        let (classes, _) = self.push_diff(source, existing, diff, refused);
        Outcome::Planned([vec![Class::Adopt], classes].concat())
    }

    /// Tells whether everything was read, so that nobody else can turn up who has the same key.
    fn sees_everybody(&self) -> bool {
        let desired = self.request.desired;
        desired.coverage == Coverage::All && desired.completeness.certificate().is_some()
    }

    fn compare(
        &mut self,
        source: &SourceId,
        record: &R,
        existing: &Existing<R>,
        link: &Link,
        refused: &mut BTreeMap<Class, SkipReason>,
    ) -> Outcome {
        let mut diff = self
            .terms(source)
            .diff(record, &existing.record, &link.agreed);
        self.withdrawals.compared(link.agreed.keys(), &diff);
        let stays_locked = self.stays_locked(source, link);
        let is_unseen = stays_locked && Self::keep_locked(&mut diff.updates);
        let is_unused = record.is_staged() && existing.record.is_staged();
        let agreed = diff.agreed.clone();
        self.remember(source, link, |link| {
            link.missing = None;
            link.agreed.extend(agreed);
            if !stays_locked {
                link.locked = None;
            }
            if link.origin == Origin::Staged && !is_unused {
                link.origin = Origin::Created;
            }
        });
        let (classes, disputed) = self.push_diff(source, existing, diff, refused);
        if !classes.is_empty() {
            return Outcome::Planned(classes);
        }
        match (disputed, refused.values().next_back()) {
            (Some(disputed), _) => disputed,
            (None, Some(skip)) => Outcome::Skipped(skip.clone()),
            (None, None) if is_unseen => Outcome::Skipped(SkipReason::EndUnseen),
            (None, None) => Outcome::Unchanged,
        }
    }

    /// Plans at most one change of each class for the fields that differ, and notes why one is left out.
    fn push_diff(
        &mut self,
        source: &SourceId,
        existing: &Existing<R>,
        mut diff: Diff,
        refused: &mut BTreeMap<Class, SkipReason>,
    ) -> (Vec<Class>, Option<Outcome>) {
        let (mut classes, mut disputed) = (Vec::new(), None);
        if let Some(stuck) = self.taken.stuck.get(source) {
            let before = diff.updates.len();
            diff.updates.retain(|change| change.field != stuck.key);
            if diff.updates.len() < before {
                disputed = Some(Outcome::Disputed(stuck.dispute.clone()));
            }
        }
        let some = |fields: Vec<FieldChange>| (!fields.is_empty()).then_some(fields);
        let effects = [
            some(diff.updates).map(Effect::Update),
            some(diff.clears).map(Effect::Clear),
            some(diff.locks).map(|fields| Effect::Lock {
                fields,
                evidence: Evidence::Requested,
            }),
        ];
        for effect in effects.into_iter().flatten() {
            let class = effect.class();
            let agreement = self.terms(source).agreement_of::<R>(effect.field_changes());
            let protected = existing.protected && class.is_destructive();
            let refusal = protected
                .then_some(SkipReason::Protected)
                .or_else(|| self.refusal(class));
            if let Some(refusal) = refusal {
                refused.insert(class, refusal);
                continue;
            }
            self.push(
                source,
                Some(existing),
                Draft {
                    agreement,
                    ..Draft::new(effect, Reason::Differs)
                },
            );
            classes.push(class);
        }
        (classes, disputed)
    }

    /// Forgets a link, but not the generation: should the record come back, its creation is another
    /// change than the first one, and a product that makes no change twice makes it.
    fn forget(&mut self, source: &SourceId, link: &Link) -> Outcome {
        let draft = Draft {
            target: Some(link.target.clone()),
            ..Draft::new(Effect::Forget, Reason::Over)
        };
        self.push(source, None, draft);
        Outcome::Planned(vec![Class::Forget])
    }

    /// Notes that a record that was missing is there again, in whatever state.
    fn seen(&mut self, source: &SourceId, link: &Link) {
        self.remember(source, link, |link| link.missing = None);
    }

    /// Notes something about a pair of records, beside what is noted about it already.
    fn remember(&mut self, source: &SourceId, link: &Link, change: impl FnOnce(&mut Link)) {
        let learned = self.learned.entry(source.clone());
        change(learned.or_insert_with(|| link.clone()));
    }

    fn note_learned(&mut self) {
        for (source, link) in std::mem::take(&mut self.learned) {
            if self.request.ledger.links.get(&source) != Some(&link) {
                self.note(&source, LedgerWrite::Link(source.clone(), link));
            }
        }
    }

    fn note(&mut self, source: &SourceId, write: LedgerWrite) {
        let link = self.request.ledger.links.get(source);
        self.notes.push(Note {
            source: source.clone(),
            revision: link.map(|link| link.revision),
            write,
        });
    }

    /// Counts this snapshot among those that lack the record, and says whether they suffice.
    fn seen_missing(
        &mut self,
        source: &SourceId,
        link: Option<&Link>,
    ) -> Result<Evidence, SkipReason> {
        let desired = self.request.desired;
        let (Some(certificate), Some(link)) = (desired.completeness.certificate(), link) else {
            return Err(SkipReason::NoEvidence);
        };
        let needed = self.request.policy.lifecycle.vanished.snapshots.max(1);
        let missing = match link.missing {
            // What follows from an empty answer is held in any case; but it must not be half of the proof
            // against somebody whom the next answer lacks.
            missing if self.source_is_empty => {
                missing.unwrap_or_else(|| Missing::first(desired.taken_at))
            }
            None => Missing::first(desired.taken_at),
            Some(missing) => missing.again(desired.taken_at, needed),
        };
        let Missing {
            since, snapshots, ..
        } = missing;
        if !self.source_is_empty {
            self.remember(source, link, |link| link.missing = Some(missing));
            if snapshots < needed {
                return Err(SkipReason::SeenMissing { snapshots, needed });
            }
            let days = self.request.policy.lifecycle.vanished.days;
            if desired.taken_at - since < TimeDelta::days(days.into()) {
                return Err(SkipReason::MissingTooShort { since, days });
            }
        }
        Ok(Evidence::Missing {
            certificate,
            snapshots,
            since,
        })
    }

    fn refusal(&self, class: Class) -> Option<SkipReason> {
        let can = class.is_internal() || self.request.capabilities.classes.contains(&class);
        (!can).then_some(SkipReason::TargetCannot(class))
    }

    /// Returns the generation that the record has, or gets with its creation.
    fn generation(&self, source: &SourceId) -> u32 {
        let link = self.request.ledger.links.get(source);
        match (link, self.tombstone(source)) {
            (Some(link), _) => link.generation,
            (None, Some(tombstone)) => tombstone.generation + 1,
            (None, None) => 0,
        }
    }

    fn push(&mut self, source: &SourceId, existing: Option<&Existing<R>>, draft: Draft<R>) {
        let link = self.request.ledger.links.get(source);
        // Another creation than the one whose record is lost.
        let is_created_anew = link.is_some() && draft.effect.class() == Class::Create;
        let generation = self
            .generation(source)
            .saturating_add(u32::from(is_created_anew));
        let revision = link.map(|link| link.revision);
        let key = self.request.key;
        let id = match &draft.effect {
            Effect::Create(_) => ChangeId::of_creation(key, R::KIND, source, generation),
            Effect::Invite { template } => {
                ChangeId::of_invitation(key, R::KIND, source, generation, template)
            }
            effect => {
                let record = [R::KIND, source.as_str(), effect.class().as_str()];
                ChangeId::of_change(key, &record, (generation, revision), &draft.agreement)
            }
        };
        self.changes.push(Change {
            id,
            source: source.clone(),
            target: draft.target.or_else(|| existing.map(|it| it.id.clone())),
            expected_version: existing.and_then(|existing| existing.version.clone()),
            effect: draft.effect,
            reason: draft.reason,
            revision,
            generation,
            agreement: draft.agreement,
        });
    }
}

/// Decides about parts that the ledger knows and that have no wish of their own: they end with the
/// whole, or because it no longer reaches them.
fn parts<R: Record>(request: &PlanRequest<'_, R>) -> BTreeMap<SourceId, Wish<R>> {
    let desired = request.desired;
    if !desired.has_parts {
        return BTreeMap::new();
    }
    let unwished = request
        .ledger
        .links
        .keys()
        .filter(|id| !desired.wishes.contains_key(*id));
    let follows_whole = |part: &SourceId| {
        let wish = match desired.wishes.get(&part.whole()?)? {
            Wish::Present(_) => Wish::Ended(EndReason::PartOver),
            Wish::Ended(reason) => Wish::Ended(*reason),
            Wish::OutOfScope(reason) => Wish::OutOfScope(*reason),
            Wish::Blocked(reason) => Wish::Blocked(*reason),
        };
        Some((part.clone(), wish))
    };
    unwished.filter_map(follows_whole).collect()
}

/// What a step decides about a change; the rest follows from the ledger.
struct Draft<R> {
    /// The record in the product, where it is not the one that was found.
    target: Option<TargetId>,
    effect: Effect<R>,
    reason: Reason,
    agreement: BTreeMap<FieldName, FieldHash>,
}

impl<R> Draft<R> {
    fn new(effect: Effect<R>, reason: Reason) -> Self {
        Self {
            target: None,
            effect,
            reason,
            agreement: BTreeMap::new(),
        }
    }
}

/// Turns what was found out into writes.
/// Tells whether a snapshot that should show everything in a part of the source shows nothing that can be read.
fn is_empty<R>(desired: &Desired<R>) -> bool {
    let unreadable = |wish: &Wish<R>| matches!(wish, Wish::Blocked(BlockReason::Unreadable));
    !matches!(desired.coverage, Coverage::Ids(_)) && desired.wishes.values().all(unreadable)
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
