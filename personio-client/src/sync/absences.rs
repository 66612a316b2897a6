use std::collections::BTreeMap;

use async_trait::async_trait;
use chrono::{NaiveTime, Timelike as _};
use sync_core::{
    AbsencePeriod, Coverage, Known, Snapshot, SnapshotRequest, Source, SourceError, SourceId,
    absence::{Approval, Hours, Span},
};

use super::{PersonioSource, found, instant, source_error};
use crate::{
    AbsencePeriodId, AbsenceTypeId, Observed,
    v2::{self, ApprovalStatus, ListAbsencePeriods, ListAbsenceTypes},
};

/// The name of every absence type; `None` when the credential may not read the types.
type TypeNames = Option<BTreeMap<AbsenceTypeId, Option<String>>>;

#[async_trait]
impl Source<AbsencePeriod> for PersonioSource {
    /// Reads the absences of all types that overlap the window, whatever their approval.
    async fn snapshot(
        &self,
        request: &SnapshotRequest,
    ) -> Result<Snapshot<AbsencePeriod>, SourceError> {
        let taken_at = self.client.inner.clock.now();
        let names = self.type_names().await?;
        let list = match &request.coverage {
            Coverage::Window(window) => ListAbsencePeriods::new()
                .from(window.from())
                .to(window.to()),
            Coverage::All => ListAbsencePeriods::new(),
            Coverage::ChangedSince(since) => ListAbsencePeriods::new().updated_from(*since),
            Coverage::Ids(ids) => {
                let ids: Vec<_> = ids
                    .iter()
                    .map(|id| AbsencePeriodId::new(id.as_str()))
                    .collect();
                ListAbsencePeriods::new().ids(&ids)
            }
        };
        let listing = self
            .client
            .v2()
            .absence_periods()
            .list(list)
            .collect()
            .await
            .map_err(source_error("absences"))?;
        let mut snapshot = self.begin(&request.coverage, &listing, Vec::new(), taken_at);
        for period in &listing.records {
            let period_id = SourceId::new(period.id.as_str());
            let changed_at = instant(&period.updated_at).or_else(|| instant(&period.created_at));
            let period = period_of(period, &names);
            // Answers have been seen to hold days outside the window (observed).
            let inside = match &request.coverage {
                Coverage::Window(window) => {
                    window.overlaps(period.span.first_day, period.span.last_day)
                }
                Coverage::All | Coverage::Ids(_) | Coverage::ChangedSince(_) => true,
            };
            if inside {
                if let Some(at) = changed_at {
                    snapshot.note_change(period_id.clone(), at);
                }
                snapshot.insert(period_id, period);
            }
        }
        let names = &names;
        self.look_up(&mut snapshot, &request.known, |id| async move {
            let id = AbsencePeriodId::new(id.as_str());
            // One that has moved out of the window is still there, and its new days are news.
            let period = found(self.client.v2().absence_periods().get(&id).await)?;
            Ok(period.map(|period| period_of(&period, names)))
        })
        .await;
        Ok(snapshot)
    }
}

impl PersonioSource {
    async fn type_names(&self) -> Result<TypeNames, SourceError> {
        let types = self
            .client
            .v2()
            .absence_types()
            .list(ListAbsenceTypes::new());
        match types.collect().await {
            Ok(listing) => Ok(Some(
                listing
                    .records
                    .into_iter()
                    .map(|it| (it.id, it.name))
                    .collect(),
            )),
            Err(error) if error.is_forbidden() => Ok(None),
            Err(error) => Err(source_error("absence types")(error)),
        }
    }
}

fn period_of(period: &v2::AbsencePeriod, names: &TypeNames) -> AbsencePeriod {
    let name = |id: &AbsenceTypeId| names.as_ref().and_then(|names| names.get(id)?.clone());
    let kind = period.absence_type_id.as_ref();
    AbsencePeriod {
        employee: SourceId::new(period.person_id.as_str()),
        kind_id: kind.map_or(Known::NotObserved, |id| {
            Known::Value(id.as_str().to_owned())
        }),
        // A type that the list of types lacks has a name all the same; it was only not seen.
        kind_name: kind.and_then(name).map_or(Known::NotObserved, Known::Value),
        span: span_of(period),
        approval: approval_of(&period.approval_status),
    }
}

pub(super) fn span_of(period: &v2::AbsencePeriod) -> Span {
    let starts = period.starts_from;
    let by_day = starts.half.is_some() || period.ends_at.is_some_and(|end| end.half.is_some());
    let at_midnight = |time: NaiveTime| time == NaiveTime::MIN;
    let clock_times = !at_midnight(starts.date_time.time())
        || period
            .ends_at
            .is_some_and(|end| !at_midnight(end.date_time.time()));
    let hours = (!by_day && clock_times).then(|| Hours {
        from: to_the_minute(starts.date_time.time()),
        to: period
            .ends_at
            .map(|end| to_the_minute(end.date_time.time())),
        zone: period.timezone_id.value().cloned(),
    });
    Span {
        first_day: period.first_day(),
        last_day: period.last_day(),
        starts_at_noon: period.starts_at_noon(),
        ends_at_noon: period.ends_at_noon(),
        hours,
    }
}

fn to_the_minute(time: NaiveTime) -> NaiveTime {
    time.with_second(0)
        .and_then(|time| time.with_nanosecond(0))
        .unwrap_or(time)
}

/// An absence whose removal waits for approval still counts; a word nobody knows decides nothing.
pub(super) fn approval_of(status: &Observed<ApprovalStatus>) -> Known<Approval> {
    match status {
        Observed::Value(ApprovalStatus::Approved | ApprovalStatus::DeletionPending) => {
            Known::Value(Approval::Approved)
        }
        Observed::Value(ApprovalStatus::Pending | ApprovalStatus::SubstituteRequested) => {
            Known::Value(Approval::Pending)
        }
        Observed::Value(ApprovalStatus::Rejected) => Known::Value(Approval::Rejected),
        _ => Known::NotObserved,
    }
}
