//! Personio as the engine sees it: snapshots of the fake, and changes made to it.

mod absences_written;
mod attendances_written;
mod conformance;
mod employees;
mod employees_created;
mod time_entries;
mod units;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, TimeZone, Utc};
use personio_client::fake::{Company, FakePersonio, Limits};
use personio_client::sync::PersonioSource;
use personio_client::testing::ManualClock;
use personio_client::{Client, Credentials};
use sync_core::{
    Cause, Change, ChangeId, Coverage, Effect, Existing, FieldChange, FieldName, Known,
    ReadRequest, Reason, Record, Snapshot, SnapshotRequest, Source, SourceError, SourceId,
    TargetError, TargetId, TargetSystem,
};

/// A morning in Berlin, at which the clocks of these tests stand still.
pub(crate) fn morning() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 3, 2, 8, 0, 0).unwrap()
}

pub(crate) fn day(month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, month, day).unwrap()
}

/// Starts a fake without limits after something has happened in its company.
pub(crate) async fn with_company(happens: impl FnOnce(&mut Company)) -> FakePersonio {
    let mut company = Company::new(morning());
    happens(&mut company);
    FakePersonio::builder()
        .frozen_at(morning())
        .limits(Limits::off())
        .company(company)
        .start()
        .await
        .unwrap()
}

/// A client that never waits.
pub(crate) fn client(fake: &FakePersonio) -> Client {
    Client::builder(Credentials::new(fake.client_id(), fake.client_secret()))
        .base_url(fake.base_url())
        .clock(Arc::new(ManualClock::at(morning())))
        .build()
        .unwrap()
}

/// A change as the engine makes it.
pub(crate) fn change<R>(source: &str, target: Option<&str>, effect: Effect<R>) -> Change<R> {
    Change {
        id: ChangeId::from(source),
        source: SourceId::from(source),
        target: target.map(TargetId::from),
        expected_version: None,
        effect,
        reason: Reason::Differs,
        revision: None,
        generation: 0,
        agreement: BTreeMap::new(),
    }
}

/// The change of some fields to those of another record.
pub(crate) fn to<R: Record>(record: &R, fields: &[FieldName]) -> Effect<R> {
    let has = record.fields();
    let changes = fields.iter().map(|field| FieldChange {
        field: field.clone(),
        before: Known::NotObserved,
        after: has.get(field).cloned().and_then(Known::value),
        cause: Cause::Source,
    });
    Effect::Update(changes.collect())
}

/// Makes one change.
pub(crate) async fn make<R: Record>(
    target: &impl TargetSystem<R>,
    change: Change<R>,
) -> Result<String, TargetError> {
    let answer = target.apply(&[change]).await.pop().expect("an answer");
    answer.map(|applied| applied.target.as_str().to_owned())
}

/// Reads everything, or what lies in a window and is linked or in doubt besides.
pub(crate) async fn read<R: Record>(
    target: &impl TargetSystem<R>,
    coverage: Coverage,
    linked: &[&str],
    in_doubt: &[&str],
) -> Vec<Existing<R>> {
    let request = ReadRequest {
        coverage,
        linked: linked.iter().map(|id| TargetId::from(*id)).collect(),
        in_doubt: in_doubt.iter().map(|id| SourceId::from(*id)).collect(),
    };
    target.read(&request).await.unwrap()
}

/// Returns what an error says, with everything that caused it.
pub(crate) fn words(error: &TargetError) -> String {
    sync_core::with_causes(error)
}

/// Takes a snapshot of everything.
async fn all<T>(source: &PersonioSource) -> Result<Snapshot<T>, SourceError>
where
    PersonioSource: Source<T>,
{
    knowing(source, Coverage::All, []).await
}

/// Takes a snapshot of a part in which some records are known.
async fn knowing<T, const N: usize>(
    source: &PersonioSource,
    coverage: Coverage,
    known: [&str; N],
) -> Result<Snapshot<T>, SourceError>
where
    PersonioSource: Source<T>,
{
    let known: BTreeSet<_> = known.into_iter().map(SourceId::from).collect();
    source
        .snapshot(&SnapshotRequest::new(coverage, known))
        .await
}
