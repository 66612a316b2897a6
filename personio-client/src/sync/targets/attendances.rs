use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use chrono::{NaiveDate, NaiveDateTime, TimeDelta};
use sync_core::{
    Applied, Attendance, Capabilities, Change, Class, Coverage, Effect, ErrorClass, Existing,
    FieldChange, ReadRequest, Record as _, SourceId, TargetError, TargetId, TargetSystem,
};

use super::marker::Marker;
use super::{IDS_AT_ONCE, check_readable, creation_failure, failure, refused, texts};
use crate::{
    AttendancePeriodId, Client, Observed, PersonId,
    v2::{
        Approval, AttendanceApproval, AttendanceKind, AttendancePeriod, AttendancePeriodChange,
        ListAttendancePeriods, NewAttendancePeriod,
    },
};

/// Writes attendances into Personio, for products in which people record their time.
///
/// The account of an attendance is the id of the employee. An attendance is a period of work; its break is a period of its own
/// at the beginning, because Personio has no minutes of break any more and the product does not say when the break was. Where an
/// answer is lost between the two, the next run completes them.
///
/// Each attendance carries the id of its record in its comment, as `[<product> <id>]`, by which it is found after a lost answer.
/// Time that somebody has recorded already is never overwritten: Personio would cut it without a word (observed), so such an
/// attendance is refused here.
#[derive(Clone, Debug)]
pub struct PersonioAttendances {
    client: Client,
    marker: Marker,
    approval: Approval,
}

impl PersonioAttendances {
    /// Writes through a client, in the name of a product. The name must stay: attendances are known by it.
    ///
    /// Attendances wait for approval where the company has a rule for it: Personio refuses to change confirmed ones (observed).
    pub fn new(client: Client, product: &str) -> Self {
        Self {
            client,
            marker: Marker::new(product),
            approval: Approval::Ask,
        }
    }

    /// Lets attendances count at once. Personio then refuses later changes to them (observed), which are reported.
    #[must_use]
    pub fn confirmed(self) -> Self {
        Self {
            approval: Approval::Skip,
            ..self
        }
    }

    async fn list(
        &self,
        list: ListAttendancePeriods,
        linked: &BTreeSet<TargetId>,
    ) -> Result<Vec<AttendancePeriod>, TargetError> {
        let listing = self
            .client
            .v2()
            .attendance_periods()
            .list(list)
            .collect()
            .await;
        let listing = listing.map_err(|error| failure(error, &[]))?;
        check_readable(&listing.unreadable, |id| {
            linked.contains(&TargetId::new(id))
        })?;
        Ok(listing.records)
    }

    /// Lists what a person has on some days; one that began the day before may last until then.
    async fn list_days(
        &self,
        person: &PersonId,
        from: NaiveDate,
        to: NaiveDate,
    ) -> Result<Vec<AttendancePeriod>, TargetError> {
        let person = std::slice::from_ref(person);
        let list = ListAttendancePeriods::new().persons(person);
        let list = list.from(from.pred_opt().unwrap_or(from)).to(to);
        self.list(list, &BTreeSet::new()).await
    }

    fn source_of(&self, period: &AttendancePeriod) -> Option<SourceId> {
        let comment = period.comment.value()?;
        self.marker.find(comment)
    }

    /// Puts each period of work together with the break of the same record right before it.
    fn existing(&self, periods: &[AttendancePeriod]) -> Vec<Existing<Attendance>> {
        let breaks = periods.iter().filter(|it| it.kind == AttendanceKind::Break);
        let breaks = breaks.filter_map(|it| Some(((self.source_of(it)?, it.ends_at?), it)));
        let breaks: BTreeMap<_, _> = breaks.collect();
        let work = periods.iter().filter(|it| it.kind != AttendanceKind::Break);
        work.map(|work| {
            let source = self.source_of(work);
            let key = source.clone().map(|source| (source, work.starts_at));
            let pause = key.and_then(|key| breaks.get(&key));
            let starts_at = pause.map_or(work.starts_at, |pause| pause.starts_at);
            let minutes = (work.starts_at - starts_at).num_minutes();
            let record = Attendance {
                account: TargetId::new(work.person_id.as_str()),
                starts_at,
                // One that goes on takes no time yet.
                ends_at: work.ends_at.unwrap_or(work.starts_at),
                break_minutes: u32::try_from(minutes).unwrap_or_default(),
            };
            Existing {
                external_id: source,
                ..Existing::new(work.id.as_str(), record)
            }
        })
        .collect()
    }

    async fn make(&self, change: &Change<Attendance>) -> Result<Applied, TargetError> {
        match (&change.effect, &change.target) {
            (Effect::Create(record), _) => self.create(&change.source, record).await,
            (Effect::Update(fields) | Effect::Clear(fields), Some(id)) => {
                self.update(&change.source, id, fields).await
            }
            (Effect::Remove { .. }, Some(id)) => self.remove(id).await,
            _ => Err(ErrorClass::NotSupported.into()),
        }
    }

    async fn create(&self, source: &SourceId, record: &Attendance) -> Result<Applied, TargetError> {
        let times = Times::of(record)?;
        let person = PersonId::new(record.account.as_str());
        let days = (record.starts_at.date(), record.ends_at.date());
        let there = self.list_days(&person, days.0, days.1).await?;
        let mut own = self.existing(&there).into_iter();
        match own.find(|it| it.external_id.as_ref() == Some(source)) {
            Some(own) if own.record == *record => return Ok(Applied::to(own.id)),
            Some(_) => return Err(ErrorClass::Conflict.into()),
            None => check_free(record, there.iter())?,
        }
        let mark = self.marker.of(source);
        let sent = texts(record);
        let work = NewAttendancePeriod::work(&person, times.work_begins, Some(times.end));
        let periods = self.client.v2().attendance_periods();
        let id = periods.create(work.comment(&mark), self.approval).await;
        let id = id.map_err(|error| creation_failure(error, &sent))?;
        if let Err(error) = self.create_break(&person, times, &mark).await {
            // Work without its break is not what was asked for.
            let is_refused = error.class() == ErrorClass::Rejected;
            if is_refused && periods.delete(&id).await.is_ok() {
                return Err(error);
            }
            return Err(TargetError::new(ErrorClass::Unknown).because(error));
        }
        Ok(Applied::to(id.as_str()))
    }

    async fn create_break(
        &self,
        person: &PersonId,
        times: Times,
        mark: &str,
    ) -> Result<(), TargetError> {
        if times.start == times.work_begins {
            return Ok(());
        }
        let rest = NewAttendancePeriod::rest(person, times.start, Some(times.work_begins));
        let periods = self.client.v2().attendance_periods();
        let created = periods.create(rest.comment(mark), self.approval).await;
        created
            .map(drop)
            .map_err(|error| creation_failure(error, &[]))
    }

    async fn update(
        &self,
        source: &SourceId,
        id: &TargetId,
        fields: &[FieldChange],
    ) -> Result<Applied, TargetError> {
        let work = self.find(id).await?;
        let mut there = self.around(&work).await?;
        let before = self.record_of(id, &there)?;
        let mut record = before.clone();
        for change in fields {
            let set = record.set(&change.field, change.after.as_ref());
            set.map_err(|error| refused(error.to_string()))?;
        }
        if record.account != before.account {
            return Err(refused("an attendance cannot be given to somebody else"));
        }
        if record == before {
            return Ok(Applied::to(id.clone()));
        }
        let times = Times::of(&record)?;
        if (record.starts_at.date(), record.ends_at.date())
            != (before.starts_at.date(), before.ends_at.date())
        {
            let (from, to) = (record.starts_at.date(), record.ends_at.date());
            there.extend(self.list_days(&work.person_id, from, to).await?);
        }
        let pause = self.break_of(&work, &there).cloned();
        let is_own = |it: &&AttendancePeriod| {
            it.id == work.id || pause.as_ref().is_some_and(|pause| pause.id == it.id)
        };
        check_free(&record, there.iter().filter(|it| !is_own(it)))?;
        let periods = self.client.v2().attendance_periods();
        if (work.starts_at, work.ends_at) != (times.work_begins, Some(times.end)) {
            let change = AttendancePeriodChange::new().times(times.work_begins, times.end);
            let updated = periods.update(&work.id, change, self.approval).await;
            updated.map_err(|error| failure(error, &texts(&record)))?;
        }
        let mark = self.marker.of(source);
        match pause {
            None => self.create_break(&work.person_id, times, &mark).await?,
            Some(pause) if record.break_minutes == 0 => self.delete(&pause.id).await?,
            Some(pause) => {
                let change = AttendancePeriodChange::new().times(times.start, times.work_begins);
                match periods.update(&pause.id, change, self.approval).await {
                    Ok(()) => {}
                    // The work has taken its place.
                    Err(error) if error.is_not_found() => {
                        self.create_break(&work.person_id, times, &mark).await?;
                    }
                    Err(error) => return Err(failure(error, &texts(&record))),
                }
            }
        }
        Ok(Applied::to(id.clone()))
    }

    /// The break goes first: without its work nobody would find it again.
    async fn remove(&self, id: &TargetId) -> Result<Applied, TargetError> {
        let work = self.find(id).await?;
        let there = self.around(&work).await?;
        if let Some(pause) = self.break_of(&work, &there) {
            self.delete(&pause.id).await?;
        }
        let deleted = self.client.v2().attendance_periods().delete(&work.id).await;
        deleted.map_err(|error| failure(error, &[]))?;
        Ok(Applied::to(id.clone()))
    }

    /// Deletes a period that may be gone already.
    async fn delete(&self, id: &AttendancePeriodId) -> Result<(), TargetError> {
        match self.client.v2().attendance_periods().delete(id).await {
            Err(error) if !error.is_not_found() => Err(failure(error, &[])),
            _ => Ok(()),
        }
    }

    async fn find(&self, id: &TargetId) -> Result<AttendancePeriod, TargetError> {
        let id = AttendancePeriodId::new(id.as_str());
        let period = self.client.v2().attendance_periods().get(&id).await;
        period.map_err(|error| failure(error, &[]))
    }

    /// Lists what lies near a period.
    async fn around(&self, work: &AttendancePeriod) -> Result<Vec<AttendancePeriod>, TargetError> {
        let end = work.ends_at.unwrap_or(work.starts_at);
        let (from, to) = (work.starts_at.date(), end.date());
        self.list_days(&work.person_id, from, to).await
    }

    fn record_of(
        &self,
        id: &TargetId,
        there: &[AttendancePeriod],
    ) -> Result<Attendance, TargetError> {
        let mut existing = self.existing(there).into_iter();
        let own = existing.find(|it| it.id == *id);
        own.map(|it| it.record)
            .ok_or_else(|| TargetError::new(ErrorClass::Conflict))
    }

    fn break_of<'a>(
        &self,
        work: &AttendancePeriod,
        there: &'a [AttendancePeriod],
    ) -> Option<&'a AttendancePeriod> {
        let source = self.source_of(work)?;
        there.iter().find(|it| {
            it.kind == AttendanceKind::Break
                && it.ends_at == Some(work.starts_at)
                && self.source_of(it).as_ref() == Some(&source)
        })
    }

    /// Reads linked attendances that lie elsewhere, with their breaks.
    async fn linked(
        &self,
        ids: &[AttendancePeriodId],
        linked: &BTreeSet<TargetId>,
    ) -> Result<Vec<AttendancePeriod>, TargetError> {
        let mut found = Vec::new();
        for ids in ids.chunks(IDS_AT_ONCE) {
            let work = self
                .list(ListAttendancePeriods::new().ids(ids), linked)
                .await?;
            let days = work.iter().map(|it| it.starts_at.date());
            let Some((first, last)) = days.clone().min().zip(days.max()) else {
                continue;
            };
            let persons: BTreeSet<_> = work.iter().map(|it| it.person_id.clone()).collect();
            let persons: Vec<_> = persons.into_iter().collect();
            let list = ListAttendancePeriods::new().persons(&persons);
            let list = list.from(first.pred_opt().unwrap_or(first)).to(last);
            let near = self.list(list, linked).await?.into_iter();
            found.extend(
                near.filter(|it| it.kind == AttendanceKind::Break && self.source_of(it).is_some()),
            );
            found.extend(work);
        }
        Ok(found)
    }
}

#[async_trait]
impl TargetSystem<Attendance> for PersonioAttendances {
    fn capabilities(&self) -> Capabilities {
        Capabilities::all()
            .without(Class::Lock)
            .without(Class::Refer)
    }

    async fn read(&self, request: &ReadRequest) -> Result<Vec<Existing<Attendance>>, TargetError> {
        let all = ListAttendancePeriods::new;
        let mut found = match &request.coverage {
            Coverage::All => self.list(all(), &request.linked).await?,
            Coverage::Window(window) => {
                let day_before = window.from().pred_opt();
                let from = day_before.unwrap_or_else(|| window.from());
                self.list(all().from(from).to(window.to()), &request.linked)
                    .await?
            }
            // What collides with the rest is refused when it is written.
            Coverage::Ids(_) | Coverage::ChangedSince(_) => Vec::new(),
        };
        let seen: BTreeSet<_> = found.iter().map(|it| it.id.as_str().to_owned()).collect();
        let elsewhere = request
            .linked
            .iter()
            .filter(|id| !seen.contains(id.as_str()));
        let elsewhere: Vec<_> = elsewhere
            .map(|id| AttendancePeriodId::new(id.as_str()))
            .collect();
        let elsewhere = self.linked(&elsewhere, &request.linked).await?;
        found.extend(
            elsewhere
                .into_iter()
                .filter(|it| !seen.contains(it.id.as_str())),
        );
        let known: BTreeSet<_> = found.iter().filter_map(|it| self.source_of(it)).collect();
        if !request.in_doubt.is_subset(&known) && request.coverage != Coverage::All {
            let everything = self.list(all(), &request.linked).await?;
            let doubtful = everything.into_iter().filter(|period| {
                let source = self.source_of(period);
                source.is_some_and(|it| request.in_doubt.contains(&it) && !known.contains(&it))
            });
            found.extend(doubtful);
        }
        Ok(self.existing(&found))
    }

    async fn apply(&self, changes: &[Change<Attendance>]) -> Vec<Result<Applied, TargetError>> {
        let mut answers = Vec::with_capacity(changes.len());
        for change in changes {
            answers.push(self.make(change).await);
        }
        answers
    }
}

/// When an attendance begins, when its break is over, and when it ends.
#[derive(Clone, Copy)]
struct Times {
    start: NaiveDateTime,
    work_begins: NaiveDateTime,
    end: NaiveDateTime,
}

impl Times {
    fn of(record: &Attendance) -> Result<Self, TargetError> {
        let pause = TimeDelta::minutes(record.break_minutes.into());
        let work_begins = record.starts_at.checked_add_signed(pause);
        match work_begins.filter(|begins| *begins < record.ends_at) {
            Some(work_begins) => Ok(Self {
                start: record.starts_at,
                work_begins,
                end: record.ends_at,
            }),
            None => Err(refused("the break takes all of the time")),
        }
    }
}

/// Refuses what would overlap time that is recorded already. One that goes on takes the rest of its day.
fn check_free<'a>(
    record: &Attendance,
    mut others: impl Iterator<Item = &'a AttendancePeriod>,
) -> Result<(), TargetError> {
    let is_in_the_way = |it: &AttendancePeriod| {
        let end_of_day = || {
            let next = it.starts_at.date().succ_opt();
            next.map_or(it.starts_at, |day| day.and_time(chrono::NaiveTime::MIN))
        };
        let rejected = Observed::Value(&AttendanceApproval::Rejected);
        it.approval_status() != rejected
            && it.starts_at < record.ends_at
            && record.starts_at < it.ends_at.unwrap_or_else(end_of_day)
    };
    match others.any(is_in_the_way) {
        true => Err(refused("the person has an attendance at that time already")),
        false => Ok(()),
    }
}
