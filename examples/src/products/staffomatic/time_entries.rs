//! Hours that people worked: rows of the table `time_entries`, as a source.

use async_trait::async_trait;
use chrono::{DateTime, NaiveDateTime, Utc};
use sqlx::{Row as _, sqlite::SqliteRow};
use sync_core::{Snapshot, SnapshotRequest, Source, SourceError, SourceId, TimeEntry};

use super::source::{self, Rows};
use crate::{database::Database, harness::HostClock};

/// The product's time entries, by their numbers.
#[derive(Clone, Debug)]
pub(super) struct TimeEntries {
    database: Database,
    clock: HostClock,
}

impl TimeEntries {
    /// Reads the time entries of a database.
    pub(super) fn new(database: &Database, clock: HostClock) -> Self {
        Self {
            database: database.clone(),
            clock,
        }
    }
}

#[async_trait]
impl Source<TimeEntry> for TimeEntries {
    async fn snapshot(
        &self,
        request: &SnapshotRequest,
    ) -> Result<Snapshot<TimeEntry>, SourceError> {
        let rows = Rows::read(
            &self.database,
            "SELECT id, user_id, starts_at, ends_at, break_minutes, state, finished_at, verified_at FROM time_entries",
            "SELECT count(*) FROM time_entries",
        );
        let rows = rows
            .await
            .map_err(|error| source::error("time entries", error))?;
        Ok(
            rows.snapshot(request, self.clock.now(), entry, |entry, window| {
                let last_day = entry.ends_at.unwrap_or(entry.starts_at).date();
                window.overlaps(entry.starts_at.date(), Some(last_day))
            }),
        )
    }
}

/// The state says how far an entry has come; the times say since when.
fn entry(row: &SqliteRow) -> Option<TimeEntry> {
    let moments = |column: &str| match row.get::<Option<&str>, _>(column) {
        Some(text) => moment(text).map(Some),
        None => Some(None),
    };
    let (finished_at, verified_at) = (moments("finished_at")?, moments("verified_at")?);
    let (finished_at, verified_at) = match row.get::<&str, _>("state") {
        "finished" => (finished_at, None),
        "verified" => (finished_at.or(verified_at), verified_at),
        _ => (None, None),
    };
    Some(TimeEntry {
        person: SourceId::from(row.get::<i64, _>("user_id").to_string()),
        starts_at: local_time(row.get("starts_at"))?,
        ends_at: match row.get::<Option<&str>, _>("ends_at") {
            Some(text) => Some(local_time(text)?),
            None => None,
        },
        break_minutes: row.get::<i64, _>("break_minutes").try_into().ok()?,
        finished_at,
        verified_at,
    })
}

fn local_time(text: &str) -> Option<NaiveDateTime> {
    [
        "%Y-%m-%dT%H:%M",
        "%Y-%m-%dT%H:%M:%S",
        "%Y-%m-%d %H:%M",
        "%Y-%m-%d %H:%M:%S",
    ]
    .iter()
    .find_map(|form| NaiveDateTime::parse_from_str(text, form).ok())
}

/// A moment with its offset, or in UTC as SQLite itself writes it.
fn moment(text: &str) -> Option<DateTime<Utc>> {
    let with_offset = DateTime::parse_from_rfc3339(text).ok();
    with_offset.map_or_else(
        || local_time(text).map(|time| time.and_utc()),
        |moment| Some(moment.to_utc()),
    )
}
