//! Which record refers to which, once every record is decided about.

use std::collections::{BTreeMap, BTreeSet};

use super::{Draft, Planner};
use crate::{
    Action, Cause, Change, Class, Effect, Existing, Explanation, FieldChange, FieldHash, FieldName,
    Known, Notice, Outcome, Reason, Record, SkipReason, SourceId, TargetId, Value, Wish,
    diff::{Verdict, canonical},
    ledger::Origin,
    notice::Matter,
};

/// The records that can be referred to once the plan is carried out, with their ids in the product. One that the plan
/// creates has none yet.
type Referents = BTreeMap<SourceId, Option<TargetId>>;

impl<R: Record> Planner<'_, R> {
    /// Plans the references that differ, and notes those that lead nowhere.
    ///
    /// References are compared in the form of HR: what the product shows counts as the record of HR that its record
    /// belongs to. A record that the product does not have, and will not have after this plan, is as good as not
    /// observed: nothing is written, nothing is cleared, and the run in which it comes sets the reference.
    pub(super) fn refer(&mut self) -> Vec<Notice> {
        let desired = self.request.desired;
        let wished = desired.wishes.iter().filter_map(|(source, wish)| {
            let Wish::Present(record) = wish else {
                return None;
            };
            let references = references(record);
            (!references.is_empty()).then_some((source, references))
        });
        let referrers: Vec<_> = wished.collect();
        if referrers.is_empty() {
            return Vec::new();
        }
        let referents = self.referents();
        let created = self.of_class(Class::Create);
        let adopted = self.of_class(Class::Adopt);
        let mut notices = Vec::new();
        for (source, references) in referrers {
            let existing = match self.explanations.get(source) {
                Some(explanation) if self.is_compared(explanation) => {
                    let target = explanation.target();
                    target.and_then(|id| self.existing.get(id).copied())
                }
                _ => continue,
            };
            let link = self.request.ledger.links.get(source);
            let is_linked =
                existing.is_some_and(|it| link.is_some_and(|link| link.target == it.id));
            if created.contains(source) || adopted.contains(source) || is_linked {
                let existing = existing.filter(|_| !created.contains(source));
                self.refer_one(source, references, existing, &referents, &mut notices);
            }
        }
        notices
    }

    /// Takes out what would refer to a record that is not created yet, because its creation is left for later.
    pub(super) fn refer_to_nobody_who_is_late(&mut self) -> Vec<Notice> {
        if self.of_class(Class::Refer).is_empty() {
            return Vec::new();
        }
        let referents = self.referents();
        let leads_nowhere = |field: &FieldChange| {
            let referent = field.after.as_ref().and_then(Value::as_source);
            referent.is_some_and(|referent| !referents.contains_key(referent))
        };
        let (late, in_time) = std::mem::take(&mut self.changes)
            .into_iter()
            .partition(|change| change.effect.references().iter().any(leads_nowhere));
        self.changes = in_time;
        let mut notices = Vec::new();
        for change in Vec::from_iter(late) {
            let source = change.source;
            let Effect::Refer(fields) = change.effect else {
                continue;
            };
            let (late, in_time): (Vec<_>, Vec<_>) = fields.into_iter().partition(leads_nowhere);
            for FieldChange { field, after, .. } in late {
                let referent = after.as_ref().and_then(Value::as_source);
                notices.extend(referent.map(|referent| leads_to_nobody(&source, &field, referent)));
            }
            let existing = change.target.and_then(|id| self.existing.get(&id).copied());
            if in_time.is_empty() {
                self.planned_no_more(&source, Class::Refer);
            } else {
                self.push_references(&source, existing, in_time);
            }
        }
        notices
    }

    /// Tells whether the fields of a record are compared, or sent whole.
    fn is_compared(&self, explanation: &Explanation) -> bool {
        let action = explanation.situation.action(&self.request.policy.lifecycle);
        let is_wanted = matches!(action, Action::Create | Action::Adopt | Action::Compare);
        is_wanted && explanation.outcome != Outcome::Skipped(SkipReason::InDoubt)
    }

    fn of_class(&self, class: Class) -> BTreeSet<SourceId> {
        let changes = self.changes.iter().filter(|it| it.class() == class);
        changes.map(|change| change.source.clone()).collect()
    }

    fn referents(&self) -> Referents {
        let links = &self.request.ledger.links;
        let linked = self
            .explanations
            .iter()
            .filter_map(|(source, explanation)| {
                let target = explanation.target()?;
                let is_there =
                    links.get(source)?.target == *target && self.existing.contains_key(target);
                is_there.then(|| (source.clone(), Some(target.clone())))
            });
        let mut referents: Referents = linked.collect();
        for change in &self.changes {
            match change.class() {
                Class::Create => {
                    referents.insert(change.source.clone(), None);
                }
                Class::Adopt => {
                    referents.insert(change.source.clone(), change.target.clone());
                }
                Class::Remove | Class::Forget => {
                    referents.remove(&change.source);
                }
                _ => {}
            }
        }
        referents
    }

    fn refer_one(
        &mut self,
        source: &SourceId,
        references: Vec<(FieldName, SourceId)>,
        existing: Option<&Existing<R>>,
        referents: &Referents,
        notices: &mut Vec<Notice>,
    ) {
        let has = existing.map(|it| it.record.fields()).unwrap_or_default();
        let (mut differing, mut agreed) = (Vec::new(), BTreeMap::new());
        for (field, referent) in references {
            let wanted = Known::Value(Value::Source(referent.clone()));
            let Some(Some(wanted)) = self.terms(source).wanted(&field, wanted) else {
                continue;
            };
            let Some(referred) = referents.get(&referent) else {
                notices.push(leads_to_nobody(source, &field, &referent));
                continue;
            };
            let before = canonical(has.get(&field).cloned().unwrap_or_default());
            let key = self.request.key;
            let hash = key.hash(R::KIND, source, &field, Some(&wanted));
            match self.verdict(
                source,
                existing,
                &field,
                (&wanted, &hash),
                referred.as_ref(),
                &before,
            ) {
                Verdict::Same => {
                    agreed.insert(field, hash);
                }
                Verdict::Kept => {}
                Verdict::Differs(cause) => differing.push(FieldChange {
                    field,
                    before,
                    after: Some(wanted),
                    cause,
                }),
            }
        }
        self.agree(source, agreed);
        if differing.is_empty() {
            return;
        }
        let refusal = self.refusal(Class::Refer);
        let Some(explanation) = self.explanations.get_mut(source) else {
            return;
        };
        if let Some(refusal) = refusal {
            if explanation.outcome == Outcome::Unchanged {
                explanation.outcome = Outcome::Skipped(refusal.clone());
            }
            explanation.refused.insert(Class::Refer, refusal);
            return;
        }
        let mut classes = match &explanation.outcome {
            Outcome::Planned(classes) => classes.clone(),
            _ => Vec::new(),
        };
        classes.push(Class::Refer);
        classes.sort_unstable();
        explanation.outcome = Outcome::Planned(classes);
        self.push_references(source, existing, differing);
    }

    /// Compares a reference like any other field, but that a new record has it by the first run that can write it.
    fn verdict(
        &self,
        source: &SourceId,
        existing: Option<&Existing<R>>,
        field: &FieldName,
        (wanted, hash): (&Value, &FieldHash),
        referred: Option<&TargetId>,
        before: &Known<Value>,
    ) -> Verdict {
        let Some(existing) = existing else {
            return Verdict::Differs(Cause::Source);
        };
        let link = self.request.ledger.links.get(source);
        let link = link.filter(|link| link.target == existing.id);
        let agreed = link.and_then(|link| link.agreed.get(field));
        let shown = before.as_ref().value();
        let is_unfinished = agreed.is_none()
            && shown.is_none()
            && link.is_some_and(|link| link.origin != Origin::Adopted);
        if is_unfinished {
            return Verdict::Differs(Cause::Source);
        }
        let is_same =
            shown.is_some_and(|shown| referred.is_some() && shown.as_target() == referred);
        let before = match is_same {
            true => Known::Value(wanted.clone()),
            false => before.clone(),
        };
        self.terms(source)
            .verdict(field, Some(wanted), &before, agreed, hash)
    }

    /// Remembers on which references both sides agree already.
    fn agree(&mut self, source: &SourceId, agreed: BTreeMap<FieldName, FieldHash>) {
        if agreed.is_empty() {
            return;
        }
        let is_adoption = |it: &Change<R>| it.source == *source && it.class() == Class::Adopt;
        if let Some(index) = self.changes.iter().position(is_adoption) {
            let adoption = self.changes.remove(index);
            let existing = adoption
                .target
                .and_then(|id| self.existing.get(&id).copied());
            let mut agreement = adoption.agreement;
            agreement.extend(agreed);
            let draft = Draft {
                agreement,
                ..Draft::new(adoption.effect, adoption.reason)
            };
            self.push(source, existing, draft);
        } else if let Some(link) = self.request.ledger.links.get(source) {
            self.remember(source, link, |link| link.agreed.extend(agreed));
        }
    }

    fn push_references(
        &mut self,
        source: &SourceId,
        existing: Option<&Existing<R>>,
        fields: Vec<FieldChange>,
    ) {
        let agreement = self.terms(source).agreement_of::<R>(&fields);
        let reason = match existing {
            Some(_) => Reason::Differs,
            None => Reason::New,
        };
        let draft = Draft {
            agreement,
            ..Draft::new(Effect::Refer(fields), reason)
        };
        self.push(source, existing, draft);
    }

    fn planned_no_more(&mut self, source: &SourceId, class: Class) {
        let Some(explanation) = self.explanations.get_mut(source) else {
            return;
        };
        if let Outcome::Planned(classes) = &mut explanation.outcome {
            classes.retain(|it| *it != class);
            if classes.is_empty() {
                explanation.outcome = Outcome::Unchanged;
            }
        }
    }
}

/// Lists the records of HR that a record refers to, by field.
fn references<R: Record>(record: &R) -> Vec<(FieldName, SourceId)> {
    let referent = |(field, known): (FieldName, Known<Value>)| match known {
        Known::Value(Value::Source(referent)) => Some((field, referent)),
        _ => None,
    };
    record.fields().into_iter().filter_map(referent).collect()
}

fn leads_to_nobody(source: &SourceId, field: &FieldName, referent: &SourceId) -> Notice {
    Notice {
        source: source.clone(),
        matter: Matter::LeadsToNobody {
            field: field.clone(),
            referent: referent.clone(),
        },
    }
}
