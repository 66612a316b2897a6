use std::collections::BTreeMap;

use crate::{
    Capabilities, FieldName, Fields, HashKey, Known, Record, SourceId, Value,
    change::{Cause, FieldChange},
    fingerprint::FieldHash,
    policy::{Ownership, SyncPolicy},
    record::Weight,
};

/// What differs between a wish and a record of the product, sorted by the harm it may do.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Diff {
    pub(crate) updates: Vec<FieldChange>,
    pub(crate) clears: Vec<FieldChange>,
    pub(crate) locks: Vec<FieldChange>,
    /// What both sides agree on already.
    pub(crate) agreed: BTreeMap<FieldName, FieldHash>,
    /// Fields that HR does not show.
    pub(crate) unobserved: Vec<FieldName>,
    /// Fields that are empty on both sides.
    pub(crate) empty: Vec<FieldName>,
}

/// Everything but the two records that a comparison depends on.
#[derive(Clone, Copy)]
pub(crate) struct Terms<'a> {
    pub(crate) source: &'a SourceId,
    pub(crate) capabilities: &'a Capabilities,
    pub(crate) policy: &'a SyncPolicy,
    pub(crate) key: &'a HashKey,
}

impl Terms<'_> {
    /// Compares field by field, three ways: what HR wants, what the product has, and what both
    /// agreed on last.
    pub(crate) fn diff<R: Record>(
        &self,
        wish: &R,
        record: &R,
        agreed: &BTreeMap<FieldName, FieldHash>,
    ) -> Diff {
        let has = record.fields();
        let mut diff = Diff::default();
        for (field, wanted) in wish.fields() {
            let is_observed = wanted.is_observed();
            let Some(wanted) = self.wanted(&field, wanted) else {
                if !is_observed {
                    diff.unobserved.push(field);
                }
                continue;
            };
            // Where a reference leads is known only once every record is decided about.
            if wanted.as_ref().is_some_and(Value::is_reference) {
                continue;
            }
            let before = has
                .get(&field)
                .map_or(Known::NotObserved, |known| canonical(known.clone()));
            let hash = self.key.hash(R::KIND, self.source, &field, wanted.as_ref());
            match self.verdict(&field, wanted.as_ref(), &before, agreed.get(&field), &hash) {
                Verdict::Same => {
                    if wanted.is_none() {
                        diff.empty.push(field.clone());
                    }
                    diff.agreed.insert(field, hash);
                }
                Verdict::Kept => {}
                Verdict::Differs(cause) => {
                    let side = match R::weight(&field, &before, wanted.as_ref()) {
                        Weight::Ordinary => &mut diff.updates,
                        Weight::Clears => &mut diff.clears,
                        Weight::Locks => &mut diff.locks,
                    };
                    side.push(FieldChange {
                        field,
                        before,
                        after: wanted,
                        cause,
                    });
                }
            }
        }
        diff
    }

    /// Compares what locks a record with what the product has. `None` when the product keeps none of
    /// the fields that lock.
    pub(crate) fn lock<R: Record>(
        &self,
        record: &R,
        agreed: &BTreeMap<FieldName, FieldHash>,
    ) -> Option<Vec<FieldChange>> {
        let has = record.fields();
        let mut is_kept = false;
        let mut changes = Vec::new();
        for (field, locked) in R::lock()? {
            let Some(after) = self.wanted(&field, Known::Value(locked)) else {
                continue;
            };
            is_kept = true;
            let before = canonical(has.get(&field).cloned().unwrap_or_default());
            let hash = self.key.hash(R::KIND, self.source, &field, after.as_ref());
            if !is_same(after.as_ref(), &before, agreed.get(&field) == Some(&hash)) {
                changes.push(FieldChange {
                    field,
                    before,
                    after,
                    cause: Cause::Source,
                });
            }
        }
        is_kept.then_some(changes)
    }

    /// Returns a record as the target will show it, with the hashes of its fields.
    pub(crate) fn agreement<R: Record>(&self, fields: Fields) -> BTreeMap<FieldName, FieldHash> {
        let hash = |(field, known)| {
            let wanted: Option<Value> = self.wanted(&field, known)?;
            let hash = self.key.hash(R::KIND, self.source, &field, wanted.as_ref());
            Some((field, hash))
        };
        fields.into_iter().filter_map(hash).collect()
    }

    /// Hashes what a list of changes leads to.
    pub(crate) fn agreement_of<R: Record>(
        &self,
        changes: &[FieldChange],
    ) -> BTreeMap<FieldName, FieldHash> {
        let hash = |change: &FieldChange| {
            let hash = self
                .key
                .hash(R::KIND, self.source, &change.field, change.after.as_ref());
            (change.field.clone(), hash)
        };
        changes.iter().map(hash).collect()
    }

    /// Returns what the target would show if it had the wish: `None` when nothing was observed or
    /// the target keeps no such field.
    pub(crate) fn wanted(&self, field: &FieldName, known: Known<Value>) -> Option<Option<Value>> {
        match canonical(self.capabilities.normalised(field, known)) {
            Known::NotObserved => None,
            Known::Cleared => Some(None),
            Known::Value(value) => Some(Some(value)),
        }
    }

    pub(crate) fn verdict(
        &self,
        field: &FieldName,
        wanted: Option<&Value>,
        before: &Known<Value>,
        agreed: Option<&FieldHash>,
        hash: &FieldHash,
    ) -> Verdict {
        let source_is_as_agreed = agreed == Some(hash);
        if is_same(wanted, before, source_is_as_agreed) {
            return Verdict::Same;
        }
        let cause = if source_is_as_agreed {
            Cause::Drift
        } else {
            Cause::Source
        };
        match self.policy.owner(field) {
            Ownership::Enforce => Verdict::Differs(cause),
            Ownership::InitialOnly => Verdict::Kept,
            Ownership::RespectLocal => match agreed {
                Some(_) if !source_is_as_agreed => Verdict::Differs(Cause::Source),
                Some(_) => Verdict::Kept,
                // Never compared before: the product's value stands, and HR's is remembered, so
                // that its next change is seen as one.
                None => Verdict::Same,
            },
        }
    }
}

pub(crate) enum Verdict {
    /// Nothing to do, and HR's value is what both agree on.
    Same,
    /// Nothing to do; the product's own value stays.
    Kept,
    Differs(Cause),
}

/// Tells whether the product has what is wanted. Where it does not show the field, the ledger stands
/// in for it.
fn is_same(wanted: Option<&Value>, has: &Known<Value>, source_is_as_agreed: bool) -> bool {
    match has {
        Known::NotObserved => source_is_as_agreed,
        Known::Cleared => wanted.is_none(),
        Known::Value(value) => wanted == Some(value),
    }
}

/// Empty text and no text are the same to people, and to most products.
pub(crate) fn canonical(known: Known<Value>) -> Known<Value> {
    match known {
        Known::Value(Value::Text(text)) if text.is_empty() => Known::Cleared,
        other => other,
    }
}
