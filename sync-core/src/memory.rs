use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Mutex, MutexGuard},
};

use async_trait::async_trait;

use crate::{
    Applied, Capabilities, Change, Class, Effect, ErrorClass, Existing, Known, Normalise,
    ReadRequest, Record, TargetError, TargetId, TargetSystem, Value, Version,
    change::{ChangeId, FieldChange},
    diff::canonical,
};

/// A product in memory: the target for tests, examples and trying a policy out.
///
/// It is strict. It refuses what a sloppy product might let pass: a second record for one source
/// record, a change of a field that is no longer as the plan saw it, a change of a record that is
/// not there or that is protected, a reference to a record that is not there, a change it has not promised to make. It stores values as its
/// capabilities say, keeps the ids that they say, and keeps a log of every change that reached it.
#[derive(Debug)]
pub struct MemoryTarget<R> {
    capabilities: Capabilities,
    state: Mutex<State<R>>,
}

#[derive(Debug)]
struct State<R> {
    records: BTreeMap<TargetId, Existing<R>>,
    answered: BTreeMap<ChangeId, Applied>,
    log: Vec<Change<R>>,
    next: u64,
}

impl<R> State<R> {
    /// Never an id that somebody has entered by hand, nor one that was given out before.
    fn free_id(&mut self) -> TargetId {
        loop {
            let id = TargetId::new(self.next.to_string());
            self.next += 1;
            if !self.records.contains_key(&id) {
                return id;
            }
        }
    }
}

impl<R: Record> Default for MemoryTarget<R> {
    fn default() -> Self {
        Self::new(Capabilities::all())
    }
}

impl<R: Record> MemoryTarget<R> {
    /// Makes an empty product with these capabilities.
    pub fn new(capabilities: Capabilities) -> Self {
        let state = State {
            records: BTreeMap::new(),
            answered: BTreeMap::new(),
            log: Vec::new(),
            next: 1,
        };
        Self {
            capabilities,
            state: Mutex::new(state),
        }
    }

    /// Puts a record into the product, as if somebody had entered it there. Replaces one with the same id.
    pub fn put(&self, existing: Existing<R>) {
        self.state().records.insert(existing.id.clone(), existing);
    }

    /// Removes a record from the product, as if somebody had deleted it there.
    pub fn take(&self, id: &TargetId) -> Option<Existing<R>> {
        self.state().records.remove(id)
    }

    /// Returns everything that the product has, by id.
    pub fn records(&self) -> Vec<Existing<R>> {
        self.state().records.values().cloned().collect()
    }

    /// Returns every change that reached the product, in order, also those it refused.
    pub fn log(&self) -> Vec<Change<R>> {
        self.state().log.clone()
    }

    fn state(&self) -> MutexGuard<'_, State<R>> {
        self.state
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    fn make(&self, state: &mut State<R>, change: &Change<R>) -> Result<Applied, ErrorClass> {
        if !self.capabilities.classes.contains(&change.class()) {
            return Err(ErrorClass::NotSupported);
        }
        let is_invitation = change.class() == Class::Invite;
        if (self.capabilities.change_ids || is_invitation && self.capabilities.invitation_ids)
            && let Some(applied) = state.answered.get(&change.id)
        {
            return Ok(applied.clone());
        }
        let target = match (&change.effect, &change.target) {
            (Effect::Adopt | Effect::Forget, _) => return Err(ErrorClass::NotSupported),
            (Effect::Create(record), _) => self.create(state, change, record)?,
            (Effect::Remove { .. }, Some(target)) => {
                let existing = state.records.get(target).ok_or(ErrorClass::NotFound)?;
                if existing.protected || existing.retained {
                    return Err(ErrorClass::Rejected);
                }
                if change.expected_version.is_some() && change.expected_version != existing.version
                {
                    return Err(ErrorClass::Conflict);
                }
                state.records.remove(target);
                target.clone()
            }
            // The log is the mailbox.
            (Effect::Invite { .. }, Some(target)) => {
                let existing = state.records.get(target).ok_or(ErrorClass::NotFound)?;
                if existing.protected {
                    return Err(ErrorClass::Rejected);
                }
                target.clone()
            }
            (effect, Some(target)) => {
                let leads_nowhere =
                    |it: &FieldChange| !leads_somewhere(state, change, it.after.as_ref());
                if effect.field_changes().iter().any(leads_nowhere) {
                    return Err(ErrorClass::Rejected);
                }
                self.set(state, change, target, effect.field_changes())?;
                target.clone()
            }
            (_, None) => return Err(ErrorClass::Rejected),
        };
        let version = state
            .records
            .get(&target)
            .and_then(|existing| existing.version.clone());
        let applied = Applied { target, version };
        state.answered.insert(change.id.clone(), applied.clone());
        Ok(applied)
    }

    fn create(
        &self,
        state: &mut State<R>,
        change: &Change<R>,
        record: &R,
    ) -> Result<TargetId, ErrorClass> {
        let same = |it: &&Existing<R>| it.external_id.as_ref() == Some(&change.source);
        if state.records.values().any(|it| same(&it)) {
            return Err(ErrorClass::Conflict);
        }
        let mut stored = record.clone();
        for (field, known) in record.fields() {
            if let Known::Value(value) = known {
                if value.is_reference() {
                    return Err(ErrorClass::Rejected);
                }
                self.store(&mut stored, &field, Some(&value))?;
            }
        }
        let id = state.free_id();
        let external_id = self
            .capabilities
            .external_ids
            .then(|| change.source.clone());
        let existing = Existing {
            version: Some(Version::new("1")),
            external_id,
            ..Existing::new(id.clone(), stored)
        };
        state.records.insert(id.clone(), existing);
        Ok(id)
    }

    fn set(
        &self,
        state: &mut State<R>,
        change: &Change<R>,
        target: &TargetId,
        fields: &[FieldChange],
    ) -> Result<(), ErrorClass> {
        let existing = state.records.get_mut(target).ok_or(ErrorClass::NotFound)?;
        if existing.protected && change.class().is_destructive() {
            return Err(ErrorClass::Rejected);
        }
        if change.expected_version.is_some() && change.expected_version != existing.version {
            return Err(ErrorClass::Conflict);
        }
        let has = existing.record.fields();
        let known = |field: &FieldChange| has.get(&field.field).cloned().unwrap_or_default();
        let moved = |field: &&FieldChange| {
            field.before.is_observed() && canonical(known(field)) != field.before
        };
        if fields.iter().any(|field| moved(&field)) {
            return Err(ErrorClass::Conflict);
        }
        let mut record = existing.record.clone();
        for field in fields {
            self.store(&mut record, &field.field, field.after.as_ref())?;
        }
        existing.record = record;
        existing.version = existing.version.as_ref().map(next);
        Ok(())
    }

    /// Stores a value in the form that the capabilities promise.
    fn store(
        &self,
        record: &mut R,
        field: &crate::FieldName,
        value: Option<&Value>,
    ) -> Result<(), ErrorClass> {
        let dropped = self
            .capabilities
            .normalise
            .get(field)
            .is_some_and(|rules| rules.contains(&Normalise::Drop));
        if dropped {
            return Ok(());
        }
        let known = self
            .capabilities
            .normalised(field, Known::from_observed(value.cloned()));
        record
            .set(field, known.value().as_ref())
            .map_err(|_| ErrorClass::Rejected)
    }
}

/// Tells whether a value refers to nobody, or to a record that the product has.
fn leads_somewhere<R>(state: &State<R>, change: &Change<R>, value: Option<&Value>) -> bool {
    match value {
        // HR's own ids are not the product's.
        Some(Value::Source(_)) => false,
        Some(Value::Target(target)) => {
            change.class() == Class::Refer && state.records.contains_key(target)
        }
        _ => true,
    }
}

fn next(version: &Version) -> Version {
    let number: u64 = version.as_str().parse().unwrap_or_default();
    Version::new((number + 1).to_string())
}

#[async_trait]
impl<R: Record> TargetSystem<R> for MemoryTarget<R> {
    fn capabilities(&self) -> Capabilities {
        self.capabilities.clone()
    }

    async fn read(&self, _request: &ReadRequest) -> Result<Vec<Existing<R>>, TargetError> {
        Ok(self.records())
    }

    async fn apply(&self, changes: &[Change<R>]) -> Vec<Result<Applied, TargetError>> {
        let mut state = self.state();
        let ids: BTreeSet<&ChangeId> = changes.iter().map(|change| &change.id).collect();
        if changes.len() > self.capabilities.batch.get() || ids.len() < changes.len() {
            let refuse = |_: &Change<R>| Err(TargetError::new(ErrorClass::Rejected));
            return changes.iter().map(refuse).collect();
        }
        let make = |change: &Change<R>| {
            state.log.push(change.clone());
            self.make(&mut state, change).map_err(TargetError::new)
        };
        changes.iter().map(make).collect()
    }
}
