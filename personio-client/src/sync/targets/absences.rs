use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use chrono::{NaiveDateTime, NaiveTime};
use sync_core::{
    Absence, Applied, Capabilities, Change, Class, Coverage, Effect, ErrorClass, Existing,
    FieldChange, Known, ReadRequest, Record as _, SourceId, TargetError, TargetId, TargetSystem,
    absence::{Approval, Span, field},
};

use super::super::absences::{approval_of, span_of};
use super::marker::Marker;
use super::{IDS_AT_ONCE, check_readable, creation_failure, failure, refused, texts};
use crate::{
    AbsencePeriodId, AbsenceTypeId, Client, Error, PersonId,
    v2::{self, AbsencePeriod, AbsencePeriodChange, ListAbsencePeriods, NewAbsencePeriod},
};

/// Writes absences into Personio, for products that lead for absences.
///
/// The account of an absence is the id of the employee; its label is the name of the type in Personio, or the id of the type. An
/// approved absence counts at once; a pending one waits for whoever decides in Personio. There is no call to refuse an
/// absence, so one that was refused in the product is not taken: let the policy end it, and it is deleted.
///
/// Hours are local to the person and carry no zone.
///
/// Each absence carries the id of its record in its comment, as `[<product> <id>]`. After a lost answer it is found by that;
/// besides, Personio takes no two absences of one person at one time.
#[derive(Debug)]
pub struct PersonioAbsences {
    client: Client,
    marker: Marker,
    types: Mutex<Option<Arc<Types>>>,
}

/// The names of the types of absence.
#[derive(Debug)]
struct Types(BTreeMap<AbsenceTypeId, String>);

impl PersonioAbsences {
    /// Writes through a client, in the name of a product. The name must stay: absences are known by it.
    pub fn new(client: Client, product: &str) -> Self {
        Self {
            client,
            marker: Marker::new(product),
            types: Mutex::new(None),
        }
    }

    /// Returns the names of the types of absence in Personio, for a label by
    /// [`Namesake`](sync_core::absence::Label::Namesake).
    ///
    /// # Errors
    ///
    /// Any [`Error`].
    pub async fn type_names(&self) -> Result<BTreeSet<String>, Error> {
        Ok(self.read_types().await?.0.values().cloned().collect())
    }

    async fn read_types(&self) -> Result<Arc<Types>, Error> {
        let list = self.client.v2().absence_types();
        let listing = list.list(v2::ListAbsenceTypes::new()).collect().await?;
        let types = listing.records.into_iter();
        let types = types.filter_map(|it| Some((it.id, it.name?)));
        let types = Arc::new(Types(types.collect()));
        *self.types.lock().unwrap_or_else(PoisonError::into_inner) = Some(types.clone());
        Ok(types)
    }

    async fn types(&self) -> Result<Arc<Types>, Error> {
        let known = self
            .types
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        match known {
            Some(types) => Ok(types),
            None => self.read_types().await,
        }
    }

    async fn list(
        &self,
        list: ListAbsencePeriods,
        linked: &BTreeSet<TargetId>,
    ) -> Result<Vec<AbsencePeriod>, TargetError> {
        let listing = self
            .client
            .v2()
            .absence_periods()
            .list(list)
            .collect()
            .await;
        let listing = listing.map_err(|error| failure(error, &[]))?;
        check_readable(&listing.unreadable, |id| {
            linked.contains(&TargetId::new(id))
        })?;
        Ok(listing.records)
    }

    fn source_of(&self, period: &AbsencePeriod) -> Option<SourceId> {
        let comment = period.comment.value()?;
        self.marker.find(comment)
    }

    fn existing(&self, period: &AbsencePeriod, types: &Types) -> Existing<Absence> {
        let mut span = span_of(period);
        if let Some(hours) = &mut span.hours {
            hours.zone = None;
        }
        let kind = period.absence_type_id.as_ref();
        let name = kind.and_then(|id| types.0.get(id).cloned());
        // A word that nobody knows counts as undecided.
        let approval = approval_of(&period.approval_status).value();
        let record = Absence {
            account: TargetId::new(period.person_id.as_str()),
            label: name.map_or(Known::NotObserved, Known::Value),
            span,
            approval: approval.unwrap_or(Approval::Pending),
        };
        Existing {
            external_id: self.source_of(period),
            ..Existing::new(period.id.as_str(), record)
        }
    }

    async fn make(&self, change: &Change<Absence>) -> Result<Applied, TargetError> {
        match (&change.effect, &change.target) {
            (Effect::Create(record), _) => self.create(&change.source, record).await,
            (Effect::Update(fields) | Effect::Clear(fields), Some(id)) => {
                self.update(id, fields).await
            }
            (Effect::Remove { .. }, Some(id)) => {
                let period = AbsencePeriodId::new(id.as_str());
                let deleted = self.client.v2().absence_periods().delete(&period).await;
                deleted.map_err(|error| failure(error, &[]))?;
                Ok(Applied::to(id.clone()))
            }
            _ => Err(ErrorClass::NotSupported.into()),
        }
    }

    async fn create(&self, source: &SourceId, record: &Absence) -> Result<Applied, TargetError> {
        let types = self.types().await.map_err(|error| failure(error, &[]))?;
        let absence_type = types.id_of(record)?;
        let person = PersonId::new(record.account.as_str());
        let new = NewAbsencePeriod::new(&person, absence_type, written(&record.span)?);
        let new = new.comment(self.marker.of(source));
        let periods = self.client.v2().absence_periods();
        match periods.create(new, skipping(record)?).await {
            Ok(id) => Ok(Applied::to(id.as_str())),
            Err(error) if error.is_conflict() => {
                let wanted = (source, record);
                self.after_conflict(wanted, &person, &types, error).await
            }
            Err(error) => Err(creation_failure(error, &texts(record))),
        }
    }

    /// The time may be taken by the absence itself, from an attempt whose answer was lost.
    async fn after_conflict(
        &self,
        (source, wanted): (&SourceId, &Absence),
        person: &PersonId,
        types: &Types,
        error: Error,
    ) -> Result<Applied, TargetError> {
        let list = ListAbsencePeriods::new().persons(std::slice::from_ref(person));
        let list = list.from(wanted.span.first_day);
        let there = self.list(list, &BTreeSet::new()).await?;
        let mut there = there.iter().map(|period| self.existing(period, types));
        match there.find(|it| it.external_id.as_ref() == Some(source)) {
            Some(own) if own.record == *wanted => Ok(Applied::to(own.id)),
            Some(_) => Err(ErrorClass::Conflict.into()),
            None => Err(creation_failure(error, &texts(wanted))),
        }
    }

    async fn update(&self, id: &TargetId, fields: &[FieldChange]) -> Result<Applied, TargetError> {
        let types = self.types().await.map_err(|error| failure(error, &[]))?;
        let periods = self.client.v2().absence_periods();
        let period_id = AbsencePeriodId::new(id.as_str());
        let read = || async {
            let period = periods.get(&period_id).await;
            let period = period.map_err(|error| failure(error, &[]))?;
            Ok::<_, TargetError>(self.existing(&period, &types).record)
        };
        let before = read().await?;
        let mut record = before.clone();
        for change in fields {
            let set = record.set(&change.field, change.after.as_ref());
            set.map_err(|error| refused(error.to_string()))?;
        }
        if record.account != before.account {
            return Err(refused("an absence cannot be given to somebody else"));
        }
        if record == before {
            return Ok(Applied::to(id.clone()));
        }
        let mut change = written(&record.span)?;
        if record.label != before.label {
            change = change.absence_type(types.id_of(&record)?);
        }
        let updated = periods.update(&period_id, change, skipping(&record)?).await;
        updated.map_err(|error| failure(error, &texts(&record)))?;
        let decides = fields.iter().any(|change| change.field == field::APPROVAL);
        if decides && read().await?.approval != record.approval {
            return Err(refused(
                "Personio keeps the approval of the absence as it is; somebody must decide there",
            ));
        }
        Ok(Applied::to(id.clone()))
    }
}

#[async_trait]
impl TargetSystem<Absence> for PersonioAbsences {
    fn capabilities(&self) -> Capabilities {
        Capabilities::all()
            .without(Class::Lock)
            .without(Class::Refer)
    }

    async fn read(&self, request: &ReadRequest) -> Result<Vec<Existing<Absence>>, TargetError> {
        let types = self
            .read_types()
            .await
            .map_err(|error| failure(error, &[]))?;
        let all = ListAbsencePeriods::new;
        let mut found = match &request.coverage {
            Coverage::All => self.list(all(), &request.linked).await?,
            Coverage::Window(window) => {
                let list = all().from(window.from()).to(window.to());
                self.list(list, &request.linked).await?
            }
            // Personio itself refuses what collides with the rest.
            Coverage::Ids(_) | Coverage::ChangedSince(_) => Vec::new(),
        };
        let seen: BTreeSet<_> = found.iter().map(|it| it.id.as_str().to_owned()).collect();
        let elsewhere = request
            .linked
            .iter()
            .filter(|id| !seen.contains(id.as_str()));
        let elsewhere: Vec<_> = elsewhere
            .map(|id| AbsencePeriodId::new(id.as_str()))
            .collect();
        for ids in elsewhere.chunks(IDS_AT_ONCE) {
            found.extend(self.list(all().ids(ids), &request.linked).await?);
        }
        let known: BTreeSet<_> = found.iter().filter_map(|it| self.source_of(it)).collect();
        if !request.in_doubt.is_subset(&known) && request.coverage != Coverage::All {
            let everything = self.list(all(), &request.linked).await?;
            let doubtful = everything.into_iter().filter(|period| {
                let source = self.source_of(period);
                source.is_some_and(|it| request.in_doubt.contains(&it) && !known.contains(&it))
            });
            found.extend(doubtful);
        }
        Ok(found
            .iter()
            .map(|period| self.existing(period, &types))
            .collect())
    }

    async fn apply(&self, changes: &[Change<Absence>]) -> Vec<Result<Applied, TargetError>> {
        let mut answers = Vec::with_capacity(changes.len());
        for change in changes {
            answers.push(self.make(change).await);
        }
        answers
    }
}

impl Types {
    /// Finds the type that a label names, by its name or by its id.
    fn id_of(&self, record: &Absence) -> Result<&AbsenceTypeId, TargetError> {
        let Known::Value(label) = &record.label else {
            return Err(refused("label: the type of the absence is not known"));
        };
        if let Some((id, _)) = self.0.get_key_value(&AbsenceTypeId::new(label)) {
            return Ok(id);
        }
        let fold = |name: &str| name.trim().to_lowercase();
        let mut named = self.0.iter().filter(|(_, name)| fold(name) == fold(label));
        match (named.next(), named.next()) {
            (Some((id, _)), None) => Ok(id),
            (Some(_), Some(_)) => Err(refused("label: several types of absence have this name")),
            (None, _) => Err(refused(
                "label: Personio has no type of absence of this name",
            )),
        }
    }
}

/// Writes the time of an absence.
fn written(span: &Span) -> Result<AbsencePeriodChange, TargetError> {
    let change = AbsencePeriodChange::new();
    let Some(hours) = &span.hours else {
        let (first, last) = (span.first_day, span.last_day);
        return Ok(change.days(first, last, span.starts_at_noon, span.ends_at_noon));
    };
    if hours.zone.is_some() {
        return Err(refused("hours: Personio takes local times without a zone"));
    }
    let end = span
        .last_day
        .zip(hours.to)
        .map(|(day, to)| -> NaiveDateTime {
            // Midnight is the end of the last day.
            let day = match to == NaiveTime::MIN {
                true => day.succ_opt().unwrap_or(day),
                false => day,
            };
            day.and_time(to)
        });
    Ok(change.hours(span.first_day.and_time(hours.from), end))
}

/// What is approved counts at once; what is pending waits.
fn skipping(record: &Absence) -> Result<v2::Approval, TargetError> {
    match record.approval {
        Approval::Approved => Ok(v2::Approval::Skip),
        Approval::Pending => Ok(v2::Approval::Ask),
        Approval::Rejected => Err(refused(
            "approval: Personio has no call to refuse an absence",
        )),
    }
}
