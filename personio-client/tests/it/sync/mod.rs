//! Personio as the engine sees it: snapshots of the fake, and changes made to it.

mod employees;
mod time_entries;
mod units;

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, TimeZone, Utc};
use personio_client::fake::{Company, FakePersonio, Limits};
use personio_client::sync::PersonioSource;
use personio_client::testing::ManualClock;
use personio_client::{Client, Credentials};
use sync_core::{Coverage, Snapshot, SnapshotRequest, Source, SourceError, SourceId};

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
