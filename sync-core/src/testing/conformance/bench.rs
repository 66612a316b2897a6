//! The bench on which a product is checked: it makes changes as the engine would, and looks at what became of them.

use std::{
    collections::{BTreeMap, BTreeSet},
    marker::PhantomData,
};

use super::{
    Factory,
    report::{Flaw, Verdict, broken, expect, words},
};
use crate::{
    Applied, Capabilities, Change, Class, Coverage, Effect, ErrorClass, Evidence, Existing,
    FieldChange, FieldName, Fields, Known, ReadRequest, Reason, Record, SourceId, TargetError,
    TargetId, TargetSystem, Value, Version,
    change::{Cause, ChangeId},
    diff::canonical,
};

/// A product of its own for one check.
pub(super) struct Bench<'a, R: Record, F: Factory<R>> {
    pub(super) factory: &'a F,
    pub(super) target: F::Target,
    _record: PhantomData<R>,
}

impl<'a, R: Record, F: Factory<R>> Bench<'a, R, F> {
    pub(super) async fn new(factory: &'a F) -> Self {
        Self {
            factory,
            target: factory.empty().await,
            _record: PhantomData,
        }
    }

    pub(super) fn capabilities(&self) -> Capabilities {
        self.target.capabilities()
    }

    /// Skips the check when the product does not promise a class.
    pub(super) fn needs(&self, class: Class) -> Verdict {
        if self.capabilities().classes.contains(&class) {
            Ok(())
        } else {
            Err(Flaw::NotApplicable(
                "the capabilities do not promise such changes",
            ))
        }
    }

    /// Reads everything.
    pub(super) async fn read(&self) -> Result<Vec<Existing<R>>, Flaw> {
        let request = ReadRequest {
            coverage: Coverage::All,
            linked: BTreeSet::new(),
            in_doubt: BTreeSet::new(),
        };
        self.read_part(&request).await
    }

    pub(super) async fn read_part(&self, request: &ReadRequest) -> Result<Vec<Existing<R>>, Flaw> {
        let read = self.target.read(request).await;
        read.map_err(|error| Flaw::Broken(format!("reading failed: {error}")))
    }

    /// Reads one record.
    pub(super) async fn find(&self, id: &TargetId) -> Result<Option<Existing<R>>, Flaw> {
        Ok(self.read().await?.into_iter().find(|it| it.id == *id))
    }

    /// Reads one record that must be there.
    pub(super) async fn get(&self, id: &TargetId) -> Result<Existing<R>, Flaw> {
        match self.find(id).await? {
            Some(existing) => Ok(existing),
            None => broken("the record is not shown"),
        }
    }

    /// Makes one change.
    pub(super) async fn make(&self, change: &Change<R>) -> Result<Applied, TargetError> {
        let mut answers = self.target.apply(std::slice::from_ref(change)).await;
        match answers.pop() {
            Some(answer) if answers.is_empty() => answer,
            _ => Err(TargetError::new(ErrorClass::Unknown)
                .because("there was not exactly one answer to one change")),
        }
    }

    /// Makes one change that must succeed.
    pub(super) async fn done(&self, change: &Change<R>) -> Result<Applied, Flaw> {
        self.make(change).await.map_err(|error| {
            let words = words(&error);
            Flaw::Broken(format!("a {} was refused: {words}", change.class()))
        })
    }

    /// Creates the record of a number, and reads it.
    pub(super) async fn created(&self, number: usize) -> Result<Existing<R>, Flaw> {
        self.needs(Class::Create)?;
        let applied = self.done(&self.create(number)).await?;
        self.get(&applied.target).await
    }

    /// The creation of the record of a number, for a source of its own.
    pub(super) fn create(&self, number: usize) -> Change<R> {
        self.creation(
            &format!("create-{number}"),
            number,
            self.factory.sample(number),
        )
    }

    pub(super) fn creation(&self, id: &str, source: usize, record: R) -> Change<R> {
        change(id, source, None, Effect::Create(record), Reason::New)
    }

    /// The change of a record to some of the fields of another sample. `None` when they do not differ.
    pub(super) fn update(
        &self,
        existing: &Existing<R>,
        to: usize,
        wanted: impl Fn(&FieldName) -> bool,
    ) -> Option<Change<R>> {
        let has = existing.record.fields();
        let fields: Vec<FieldChange> = self
            .factory
            .sample(to)
            .fields()
            .into_iter()
            .filter(|(field, _)| wanted(field))
            .filter_map(|(field, known)| {
                let after = self.shown(&field, known).value()?;
                let before = canonical(has.get(&field).cloned().unwrap_or_default());
                let differs = before != Known::Value(after.clone());
                differs.then_some(FieldChange {
                    field,
                    before,
                    after: Some(after),
                    cause: Cause::Source,
                })
            })
            .collect();
        let id = format!("update-{}-{to}", existing.id);
        (!fields.is_empty()).then(|| self.changed(&id, existing, Effect::Update(fields)))
    }

    /// The update of a record to another sample, or a reason to skip the check.
    pub(super) fn whole_update(
        &self,
        existing: &Existing<R>,
        to: usize,
    ) -> Result<Change<R>, Flaw> {
        self.needs(Class::Update)?;
        self.update(existing, to, |_| true)
            .ok_or(Flaw::NotApplicable("the samples do not differ"))
    }

    /// The emptying of one field that has a value and may be emptied.
    pub(super) fn clear(&self, existing: &Existing<R>) -> Result<Change<R>, Flaw> {
        self.needs(Class::Clear)?;
        let free = self.factory.may_be_empty();
        let has = existing.record.fields();
        let field = has
            .iter()
            .find(|(field, known)| free.contains(field) && matches!(known, Known::Value(_)));
        let Some((field, before)) = field else {
            return Err(Flaw::NotApplicable("no field may be emptied"));
        };
        let change = FieldChange {
            field: field.clone(),
            before: before.clone(),
            after: None,
            cause: Cause::Source,
        };
        let id = format!("clear-{}", existing.id);
        Ok(self.changed(&id, existing, Effect::Clear(vec![change])))
    }

    /// The locking of a record.
    pub(super) fn lock(&self, existing: &Existing<R>) -> Result<Change<R>, Flaw> {
        self.needs(Class::Lock)?;
        let Some(locked) = R::lock() else {
            return Err(Flaw::NotApplicable("the kind cannot be locked"));
        };
        let has = existing.record.fields();
        let fields = locked.into_iter().map(|(field, value)| FieldChange {
            before: has.get(&field).cloned().unwrap_or_default(),
            field,
            after: Some(value),
            cause: Cause::Source,
        });
        let effect = Effect::Lock {
            fields: fields.collect(),
            evidence: Evidence::Requested,
        };
        Ok(self.changed(&format!("lock-{}", existing.id), existing, effect))
    }

    /// The way back from a lock.
    pub(super) fn unlock(&self, existing: &Existing<R>, before: &Fields) -> Change<R> {
        let has = existing.record.fields();
        let fields = R::lock()
            .into_iter()
            .flatten()
            .map(|(field, _)| FieldChange {
                before: has.get(&field).cloned().unwrap_or_default(),
                after: before.get(&field).cloned().and_then(Known::value),
                field,
                cause: Cause::Source,
            });
        let effect = Effect::Update(fields.collect());
        self.changed(&format!("unlock-{}", existing.id), existing, effect)
    }

    /// The removal of a record.
    pub(super) fn remove(&self, existing: &Existing<R>) -> Result<Change<R>, Flaw> {
        self.needs(Class::Remove)?;
        let effect = Effect::Remove {
            before: existing.record.clone(),
            evidence: Evidence::DeScoped,
        };
        Ok(self.changed(&format!("remove-{}", existing.id), existing, effect))
    }

    pub(super) fn changed(&self, id: &str, existing: &Existing<R>, effect: Effect<R>) -> Change<R> {
        let source = existing.external_id.clone();
        let mut change = change(id, 0, Some(existing.id.clone()), effect, Reason::Differs);
        change.source = source.unwrap_or(change.source);
        change.expected_version = existing.version.clone();
        change.revision = Some(0);
        change
    }

    /// A change of a class that a product may not promise.
    pub(super) fn forced(&self, class: Class, existing: &Existing<R>) -> Result<Change<R>, Flaw> {
        let none = Flaw::NotApplicable("there is no change of the class to try");
        let effect = match class {
            Class::Remove => Effect::Remove {
                before: existing.record.clone(),
                evidence: Evidence::DeScoped,
            },
            Class::Lock if R::lock().is_none() => return Err(none),
            Class::Lock => Effect::Lock {
                fields: Vec::new(),
                evidence: Evidence::Requested,
            },
            Class::Update => Effect::Update(Vec::new()),
            Class::Clear => Effect::Clear(Vec::new()),
            _ => return Err(none),
        };
        Ok(self.changed("not-promised", existing, effect))
    }

    /// An id in the form of the product's own that no record has.
    pub(super) fn missing_id(&self) -> TargetId {
        TargetId::new("987654321")
    }

    /// A sample that lacks a field, as HR may not show one. `None` when a record always has all.
    pub(super) fn without_a_field(&self, number: usize) -> Option<R> {
        let record = self.factory.sample(number);
        let mut written = serde_json::to_value(&record).ok()?;
        let field = self.factory.free_text().pop()?;
        written.as_object_mut()?.remove(field.as_str())?;
        let less: R = serde_json::from_value(written).ok()?;
        (less != record).then_some(less)
    }

    /// Enters a record by hand, or skips the check.
    pub(super) async fn entered(&self, number: usize) -> Result<Existing<R>, Flaw> {
        let record = self.factory.sample(number);
        match self.factory.enter(&self.target, record).await {
            Some(id) => self.get(&id).await,
            None => Err(Flaw::NotApplicable(
                "the factory cannot enter records by hand",
            )),
        }
    }

    /// Creates a record that must never lose anything, or skips the check.
    pub(super) async fn protected(&self) -> Result<Existing<R>, Flaw> {
        let existing = self.created(1).await?;
        if !self.factory.protect(&self.target, &existing.id).await {
            return Err(Flaw::NotApplicable("the factory cannot protect records"));
        }
        let existing = self.get(&existing.id).await?;
        expect(existing.protected, || {
            "a protected record does not show that it is".to_owned()
        })?;
        Ok(existing)
    }

    /// Cuts the product off, or skips the check.
    pub(super) async fn cut_off(&self) -> Verdict {
        if self.factory.cut_off(&self.target).await {
            Ok(())
        } else {
            Err(Flaw::NotApplicable(
                "the factory cannot cut the product off",
            ))
        }
    }

    /// Returns what the product should show of a value that it is sent.
    pub(super) fn shown(&self, field: &FieldName, known: Known<Value>) -> Known<Value> {
        canonical(self.capabilities().normalised(field, canonical(known)))
    }

    /// Compares a record with what it was sent; a field that the product does not show is left out.
    pub(super) fn expect_fields(&self, existing: &Existing<R>, sent: &R) -> Verdict {
        let has = existing.record.fields();
        for (field, known) in sent.fields() {
            let wanted = self.shown(&field, known);
            let shown = canonical(has.get(&field).cloned().unwrap_or_default());
            if wanted.is_observed() && shown.is_observed() && wanted != shown {
                return broken(format!(
                    "`{field}` is not what was sent; if the product stores it in another form, declare that with \
                     `Capabilities::normalise`"
                ));
            }
        }
        Ok(())
    }

    /// Compares everything but some records with what was there before.
    pub(super) async fn expect_others(&self, before: &[Existing<R>], but: &[&TargetId]) -> Verdict {
        let others = |records: &[Existing<R>]| -> BTreeMap<TargetId, Existing<R>> {
            let others = records.iter().filter(|it| !but.contains(&&it.id));
            others.map(|it| (it.id.clone(), it.clone())).collect()
        };
        let after = self.read().await?;
        expect(others(before) == others(&after), || {
            "another record has changed, appeared or gone".to_owned()
        })
    }

    /// Expects a change to be refused in one of some ways.
    pub(super) async fn expect_refusal(
        &self,
        change: &Change<R>,
        classes: &[ErrorClass],
    ) -> Verdict {
        match self.make(change).await {
            Ok(_) => broken(format!("the {} was made", change.class())),
            Err(error) if classes.contains(&error.class()) => Ok(()),
            Err(error) => {
                let allowed: Vec<String> = classes.iter().map(|it| format!("{it:?}")).collect();
                let (was, allowed) = (error.class(), allowed.join(" or "));
                broken(format!("the error is {was:?} and should be {allowed}"))
            }
        }
    }
}

/// A version that no record has.
pub(super) fn outdated<R>(change: Change<R>) -> Result<Change<R>, Flaw> {
    match &change.expected_version {
        None => Err(Flaw::NotApplicable("the product keeps no versions")),
        Some(version) => Ok(Change {
            expected_version: Some(Version::new(format!("{version}0"))),
            ..change
        }),
    }
}

fn change<R>(
    id: &str,
    source: usize,
    target: Option<TargetId>,
    effect: Effect<R>,
    reason: Reason,
) -> Change<R> {
    Change {
        id: ChangeId::from(id),
        source: SourceId::new(format!("source-{source}")),
        target,
        expected_version: None,
        effect,
        reason,
        revision: None,
        generation: 0,
        agreement: BTreeMap::new(),
    }
}
