//! Taking back what a run did.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    Capabilities, Cause, Change, ChangeId, Class, Effect, Evidence, Existing, Explanation, Fate,
    FieldChange, HashKey, Known, LedgerState, Link, Outcome, Plan, Reason, Record, Report,
    Situation, SourceId, SyncPolicy, TargetId, Value, Weight,
    diff::{Terms, canonical},
    guard::{Guard, Owned},
    matching::Match,
};

/// Everything that taking back a run depends on.
#[derive(Clone, Copy, Debug)]
pub struct UndoRequest<'a, R> {
    /// The plan that was applied; it holds the values that there were before.
    pub plan: &'a Plan<R>,
    /// What became of it.
    pub report: &'a Report,
    /// What the product has now.
    pub existing: &'a [Existing<R>],
    /// What the ledger remembers now.
    pub ledger: &'a LedgerState,
    /// What the product can do.
    pub capabilities: &'a Capabilities,
    /// The customer's settings.
    pub policy: &'a SyncPolicy,
    /// The key of the connection.
    pub key: &'a HashKey,
    /// The current moment, for the budgets of the last hours.
    pub now: DateTime<Utc>,
}

/// How to take back a run, and what cannot be taken back.
#[derive(Clone, Debug, PartialEq)]
pub struct Undo<R> {
    /// The changes that restore what was there, held by the same budgets as any others.
    pub plan: Plan<R>,
    /// What stays as the run left it, and why.
    pub lasting: BTreeMap<(SourceId, Class), Lasting>,
}

/// Why a change is not taken back, or not wholly.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Lasting {
    /// A created record may hold work of people by now; removing it is for a person to decide.
    Created,
    /// A removed record cannot be brought back as what it was.
    Removed,
    /// An adopted record stays linked: without its link the next run would adopt it again. Leave it
    /// out of the scope instead.
    Adopted,
    /// A forgotten record was gone on both sides.
    Forgotten,
    /// Somebody was invited; a message cannot be called back.
    Invited,
    /// Somebody has changed the field or the record since.
    MovedOn,
    /// The product did not show what was there before.
    NotShown,
    /// The product cannot make the opposite change.
    TargetCannot,
    /// The record is protected, and the opposite change would take something away.
    Protected,
}

impl Class {
    /// Tells whether a change of the class can be taken back by [`undo`].
    pub fn is_reversible(self) -> bool {
        matches!(self, Self::Update | Self::Clear | Self::Lock)
    }
}

/// Plans to restore the fields that a run has set, emptied or locked.
///
/// Only what still is as the run left it is restored. To the next run the restored values look like
/// changes that somebody made in the product: where HR leads it makes the same changes again, unless
/// HR or the policy is mended first.
pub fn undo<R: Record>(request: &UndoRequest<'_, R>) -> Undo<R> {
    let done: BTreeSet<&ChangeId> = request
        .report
        .changes
        .iter()
        .filter(|it| it.fate == Fate::Done)
        .map(|it| &it.id)
        .collect();
    let mut backwards = Backwards {
        request,
        existing: request.existing.iter().map(|it| (&it.id, it)).collect(),
        fields: BTreeMap::new(),
        lasting: BTreeMap::new(),
    };
    for change in request.plan.ready() {
        if done.contains(&change.id) {
            backwards.consider(change);
        }
    }
    backwards.plan()
}

struct Backwards<'a, R> {
    request: &'a UndoRequest<'a, R>,
    existing: BTreeMap<&'a TargetId, &'a Existing<R>>,
    /// What to restore of each record.
    fields: BTreeMap<SourceId, BTreeMap<Class, Vec<FieldChange>>>,
    lasting: BTreeMap<(SourceId, Class), Lasting>,
}

impl<'a, R: Record> Backwards<'a, R> {
    fn consider(&mut self, change: &Change<R>) {
        let lasts = match change.class() {
            Class::Create => Some(Lasting::Created),
            Class::Remove => Some(Lasting::Removed),
            Class::Adopt => Some(Lasting::Adopted),
            Class::Forget => Some(Lasting::Forgotten),
            Class::Invite => Some(Lasting::Invited),
            _ => None,
        };
        let pair = self.pair(&change.source);
        let (Some((_, existing)), None) = (pair, lasts) else {
            self.lasts(change, lasts.unwrap_or(Lasting::MovedOn));
            return;
        };
        let has = existing.record.fields();
        for field in change.effect.field_changes() {
            let now = canonical(has.get(&field.field).cloned().unwrap_or_default());
            let before = match &field.before {
                Known::NotObserved => {
                    self.lasts(change, Lasting::NotShown);
                    continue;
                }
                known => known.clone().value(),
            };
            if now.is_observed() && now.clone().value() != field.after {
                self.lasts(change, Lasting::MovedOn);
                continue;
            }
            let class = match R::weight(&field.field, &now, before.as_ref()) {
                Weight::Ordinary => Class::Update,
                Weight::Clears => Class::Clear,
                Weight::Locks => Class::Lock,
            };
            if existing.protected && class.is_destructive() {
                self.lasts(change, Lasting::Protected);
            } else if self.request.capabilities.classes.contains(&class) {
                self.restore(&change.source, class, &field.field, now, before);
            } else {
                self.lasts(change, Lasting::TargetCannot);
            }
        }
    }

    fn lasts(&mut self, change: &Change<R>, why: Lasting) {
        self.lasting
            .insert((change.source.clone(), change.class()), why);
    }

    fn restore(
        &mut self,
        source: &SourceId,
        class: Class,
        field: &crate::FieldName,
        before: Known<Value>,
        after: Option<Value>,
    ) {
        let change = FieldChange {
            field: field.clone(),
            before,
            after,
            cause: Cause::Source,
        };
        let classes = self.fields.entry(source.clone()).or_default();
        classes.entry(class).or_default().push(change);
    }

    /// The link of a record and what the product has of it.
    fn pair(&self, source: &SourceId) -> Option<(&'a Link, &'a Existing<R>)> {
        let link = self.request.ledger.links.get(source)?;
        let existing = self.existing.get(&link.target)?;
        Some((link, existing))
    }

    fn plan(mut self) -> Undo<R> {
        let mut changes = Vec::new();
        let mut explanations = BTreeMap::new();
        for (source, classes) in std::mem::take(&mut self.fields) {
            let Some((link, existing)) = self.pair(&source) else {
                continue;
            };
            let explanation = Explanation {
                situation: Situation::Linked,
                outcome: Outcome::Planned(classes.keys().copied().collect()),
                found: Some(Match::Link(link.target.clone())),
                refused: BTreeMap::new(),
            };
            for (class, fields) in classes {
                changes.push(self.change(&source, link, existing, class, fields));
            }
            explanations.insert(source, explanation);
        }
        changes.sort_by(|a, b| a.order().cmp(&b.order()));
        let guard = Guard {
            policy: self.request.policy,
            ledger: self.request.ledger,
            owned: self.owned(),
            now: self.request.now,
            source_is_empty: false,
            settings_changed: false,
            withdrawn: BTreeSet::new(),
            erased: BTreeSet::new(),
            in_doubt: BTreeSet::new(),
        };
        let passed = guard.judge(changes);
        for held in passed.held() {
            if let Some(explanation) = explanations.get_mut(&held.change.source) {
                explanation.outcome = Outcome::Held(held.reason.clone());
            }
        }
        let keys = explanations.len();
        let plan = Plan {
            passed,
            explanations,
            unmanaged: BTreeSet::new(),
            buried: BTreeSet::new(),
            keys,
            alarms: Vec::new(),
            taken_at: self.request.now,
            notices: Vec::new(),
            notes: Vec::new(),
            intents: self.request.ledger.intents.clone(),
            retry: self.request.policy.retry,
            housekeeping: Vec::new(),
            history_days: self.request.policy.history_days,
            is_complete: false,
            settings: None,
        };
        let lasting = self.lasting;
        Undo { plan, lasting }
    }

    fn change(
        &self,
        source: &SourceId,
        link: &Link,
        existing: &Existing<R>,
        class: Class,
        fields: Vec<FieldChange>,
    ) -> Change<R> {
        let id = ChangeId::of_change(
            self.request.key,
            &[R::KIND, source.as_str(), "undo", class.as_str()],
            (link.generation, Some(link.revision)),
            &self.terms(source).agreement_of::<R>(&fields),
        );
        let effect = match class {
            Class::Clear => Effect::Clear(fields),
            Class::Lock => Effect::Lock {
                fields,
                evidence: Evidence::Requested,
            },
            _ => Effect::Update(fields),
        };
        Change {
            id,
            source: source.clone(),
            target: Some(existing.id.clone()),
            expected_version: existing.version.clone(),
            effect,
            reason: Reason::Undone,
            revision: Some(link.revision),
            generation: link.generation,
            // The sides do not agree on what is restored: HR still says otherwise.
            agreement: BTreeMap::new(),
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

    fn owned(&self) -> Owned {
        let mut owned = Owned::default();
        for (source, link) in &self.request.ledger.links {
            owned.linked += 1;
            if let Some(existing) = self.existing.get(&link.target) {
                let lock = self.terms(source).lock(&existing.record, &link.agreed);
                owned.records += 1;
                owned.unlocked += usize::from(lock.is_some_and(|fields| !fields.is_empty()));
            }
        }
        owned
    }
}
