use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;

use crate::{
    Alarm, ApprovedChange, BlockReason, Capabilities, Change, Class, Desired, Digest, Effect,
    Evidence, Executed, Existing, Explanation, FieldName, HashKey, LedgerState, Link, Outcome,
    Plan, Reason, Record, SkipReason, SourceId, TargetId, Wish,
    change::{ChangeId, FieldChange},
    desired::EndReason,
    diff::{Diff, Terms},
    fingerprint::FieldHash,
    guard::{Guard, Owned},
    ledger::{ErasedId, LedgerWrite, Missing, Tombstone},
    matching::{self, Match},
    plan::Note,
    policy::{EndAction, SyncPolicy},
    situation::{Action, LinkState, Situation, SourceState, TargetState},
    snapshot::Coverage,
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
    Planner::new(request).plan()
}

struct Planner<'a, R> {
    request: &'a PlanRequest<'a, R>,
    existing: BTreeMap<&'a TargetId, &'a Existing<R>>,
    /// How many records the sync owns in the part that the run is about.
    owned: Owned,
    /// HR sent nothing that can be read, though the sync owns something.
    source_is_empty: bool,
    changes: Vec<Change<R>>,
    explanations: BTreeMap<SourceId, Explanation>,
    /// What was found out about pairs of records, beside the changes.
    learned: BTreeMap<SourceId, Link>,
    withdrawals: Withdrawals,
}

impl<'a, R: Record> Planner<'a, R> {
    fn new(request: &'a PlanRequest<'a, R>) -> Self {
        let mut planner = Self {
            request,
            existing: request.existing.iter().map(|it| (&it.id, it)).collect(),
            owned: Owned::default(),
            source_is_empty: false,
            changes: Vec::new(),
            explanations: BTreeMap::new(),
            learned: BTreeMap::new(),
            withdrawals: Withdrawals::default(),
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

        let withdrawn = std::mem::take(&mut self.withdrawals);
        let withdrawn = withdrawn.judge(self.owned.linked, policy.withdrawal);
        alarms.extend(withdrawn.alarms);
        let housekeeping = self.housekeeping();
        let settings = self.settings();
        let guard = Guard {
            policy,
            ledger,
            owned: self.owned,
            now: desired.taken_at,
            source_is_empty: self.source_is_empty,
            settings_changed: ledger.settings.as_ref().is_some_and(|it| *it != settings),
            withdrawn: withdrawn.emptied,
            erased: self.returned_after_erasure(),
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
            taken_at: desired.taken_at,
            notes: notes(self.learned),
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
        // Whatever was under way when the last run ended: this run has read the product anew, so
        // what was done shows, and what was not is planned again.
        let settled = ledger.intents.keys().cloned().map(LedgerWrite::Settle);

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
            false => self.changes.iter().map(Change::approval_key).collect(),
        };
        let is_used = |key: &Digest, approved: &ApprovedChange| {
            let explanation = self.explanations.get(&approved.source);
            let is_decided = explanation.is_some_and(|it| it.situation != Situation::Undecidable);
            approved.until <= now || (is_decided && !planned.contains(key))
        };
        let used = ledger.approvals.iter().filter(|(key, it)| is_used(key, it));
        let revoked = used.map(|(key, _)| LedgerWrite::Revoke(key.clone()));
        settled.chain(uncounted).chain(revoked).collect()
    }

    fn returned_after_erasure(&self) -> BTreeSet<SourceId> {
        let created = self.changes.iter();
        let created = created.filter(|change| change.class() == Class::Create);
        let erased = created.filter(|change| self.erased(&change.source).is_some());
        erased.map(|change| change.source.clone()).collect()
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
        let link = ledger.links.get(source);
        let blocked = Wish::Blocked(BlockReason::EndUnknown);
        let wish = match desired.wishes.get(source) {
            Some(Wish::Present(_)) if self.is_end_hidden(source, link) => Some(&blocked),
            wish => wish,
        };
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
        match wish {
            Some(Wish::Present(_)) => SourceState::Present,
            Some(Wish::Ended(_)) => SourceState::Ended,
            Some(Wish::OutOfScope(_)) => SourceState::OutOfScope,
            Some(Wish::Blocked(_)) => SourceState::Blocked,
            None if self.is_evidence(source, existing) => SourceState::Missing,
            None => SourceState::NotCovered,
        }
    }

    /// Tells whether the absence of a record from the snapshot means anything: the snapshot must be
    /// whole, a lost row must be out of the question, and the record must lie in the part that was
    /// asked for.
    fn is_evidence(&self, source: &SourceId, existing: Option<&Existing<R>>) -> bool {
        let desired = self.request.desired;
        let certificate = desired.completeness.certificate();
        let is_sure = certificate.is_some_and(|certificate| {
            certificate.has_total() || desired.confirmed_missing.contains(source)
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

    /// Tells whether HR said before that the record is over, and does not show any more what said so.
    fn is_end_hidden(&self, source: &SourceId, link: Option<&Link>) -> bool {
        let ended = link.and_then(|link| link.ended);
        let hidden = ended.and_then(|end| self.request.desired.hidden_ends.get(&end));
        hidden.is_some_and(|hidden| hidden.contains(source))
    }

    fn create(&mut self, source: &SourceId, record: &R, situation: Situation) -> Outcome {
        if let Some(refusal) = self.refusal(Class::Create) {
            return Outcome::Skipped(refusal);
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
            Some(Match::Key { key, .. }) => Reason::SameKey(key.clone()),
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
        let classes = self.push_diff(source, existing, diff, refused);
        Outcome::Planned([vec![Class::Adopt], classes].concat())
    }

    fn compare(
        &mut self,
        source: &SourceId,
        record: &R,
        existing: &Existing<R>,
        link: &Link,
        refused: &mut BTreeMap<Class, SkipReason>,
    ) -> Outcome {
        let diff = self
            .terms(source)
            .diff(record, &existing.record, &link.agreed);
        self.withdrawals.compared(link.agreed.keys(), &diff);
        let settled = diff
            .agreed
            .iter()
            .any(|(field, hash)| link.agreed.get(field) != Some(hash));
        if settled {
            let agreed = diff.agreed.clone();
            self.learn(source, link, |link| link.agreed.extend(agreed));
        }
        self.ended(source, link, None);
        let classes = self.push_diff(source, existing, diff, refused);
        match refused.values().next_back() {
            _ if !classes.is_empty() => Outcome::Planned(classes),
            Some(skip) => Outcome::Skipped(skip.clone()),
            None => Outcome::Unchanged,
        }
    }

    /// Plans at most one change of each class for the fields that differ, and notes why one is left out.
    fn push_diff(
        &mut self,
        source: &SourceId,
        existing: &Existing<R>,
        diff: Diff,
        refused: &mut BTreeMap<Class, SkipReason>,
    ) -> Vec<Class> {
        let some = |fields: Vec<FieldChange>| (!fields.is_empty()).then_some(fields);
        let effects = [
            some(diff.updates).map(Effect::Update),
            some(diff.clears).map(Effect::Clear),
            some(diff.locks).map(|fields| Effect::Lock {
                fields,
                evidence: Evidence::Requested,
            }),
        ];
        let mut classes = Vec::new();
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
        classes
    }

    fn end(
        &mut self,
        source: &SourceId,
        action: EndAction,
        situation: Situation,
        wish: Option<&Wish<R>>,
        existing: &Existing<R>,
        link: Option<&Link>,
    ) -> Outcome {
        let evidence = match (situation, wish) {
            (Situation::Ended, Some(Wish::Ended(reason))) => {
                if let Some(link) = link {
                    self.ended(source, link, Some(*reason));
                }
                Evidence::Stated(*reason)
            }
            (Situation::DeScoped, _) => Evidence::DeScoped,
            (Situation::Vanished, _) => match self.seen_missing(source, link) {
                Ok(evidence) => evidence,
                Err(skip) => return Outcome::Skipped(skip),
            },
            _ => return Outcome::Skipped(SkipReason::NoEvidence),
        };
        let effect = match action {
            EndAction::Leave => return Outcome::Skipped(SkipReason::PolicyLeaves),
            EndAction::Remove => Effect::Remove {
                before: existing.record.clone(),
                evidence,
            },
            EndAction::Lock => {
                let agreed = link.map(|link| link.agreed.clone()).unwrap_or_default();
                let Some(fields) = self.terms(source).lock(&existing.record, &agreed) else {
                    return Outcome::Skipped(SkipReason::TargetCannot(Class::Lock));
                };
                if fields.is_empty() {
                    return Outcome::Unchanged;
                }
                Effect::Lock { fields, evidence }
            }
        };
        let class = effect.class();
        if let Some(refusal) = self.refusal(class) {
            return Outcome::Skipped(refusal);
        }
        let agreement = self.terms(source).agreement_of::<R>(effect.field_changes());
        self.push(
            source,
            Some(existing),
            Draft {
                agreement,
                ..Draft::new(effect, Reason::Over)
            },
        );
        Outcome::Planned(vec![class])
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
        if link.missing.is_some() {
            self.learn(source, link, |link| link.missing = None);
        }
    }

    /// Notes why HR says that a record is over.
    fn ended(&mut self, source: &SourceId, link: &Link, reason: Option<EndReason>) {
        if link.ended != reason {
            self.learn(source, link, |link| link.ended = reason);
        }
    }

    /// Notes something about a pair of records, beside what is noted about it already.
    fn learn(&mut self, source: &SourceId, link: &Link, change: impl FnOnce(&mut Link)) {
        let learned = self.learned.entry(source.clone());
        change(learned.or_insert_with(|| link.clone()));
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
            if link.missing != Some(missing) {
                self.learn(source, link, |link| link.missing = Some(missing));
            }
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

    fn push(&mut self, source: &SourceId, existing: Option<&Existing<R>>, draft: Draft<R>) {
        let ledger = self.request.ledger;
        let link = ledger.links.get(source);
        let tombstone = self.tombstone(source);
        let generation = match (link, tombstone) {
            (Some(link), _) => link.generation,
            (None, Some(tombstone)) => tombstone.generation + 1,
            (None, None) => 0,
        };
        let revision = link.map(|link| link.revision);
        let id = ChangeId::of(
            self.request.key,
            &[R::KIND, source.as_str(), draft.effect.class().as_str()],
            (generation, revision),
            &draft.agreement,
        );
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
fn notes(learned: BTreeMap<SourceId, Link>) -> Vec<Note> {
    let note = |(source, link): (SourceId, Link)| Note {
        source: source.clone(),
        revision: Some(link.revision),
        write: LedgerWrite::Link(source, link),
    };
    learned.into_iter().map(note).collect()
}

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
