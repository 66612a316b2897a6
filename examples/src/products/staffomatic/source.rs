//! A table of the product as a source: whole, counted, and read at one moment.

use chrono::{DateTime, Utc};
use sqlx::{AssertSqlSafe, Row as _, sqlite::SqliteRow};
use sync_core::{
    Completeness, Coverage, Snapshot, SnapshotRequest, SourceError, SourceErrorClass, SourceId,
    Tally, Window,
};

use crate::database::Database;

/// The rows of a table, with how many there were before and after they were read.
pub(super) struct Rows {
    rows: Vec<SqliteRow>,
    before: i64,
    after: i64,
}

impl Rows {
    /// Reads all rows of a statement that has a column `id`, and counts them with another one.
    pub(super) async fn read(
        database: &Database,
        select: &str,
        count: &'static str,
    ) -> Result<Self, sqlx::Error> {
        // One transaction sees one state of the database, whoever else writes.
        let mut transaction = database.pool.begin().await?;
        let before = sqlx::query_scalar(count)
            .fetch_one(&mut *transaction)
            .await?;
        let rows = sqlx::query(AssertSqlSafe(select.to_owned()))
            .fetch_all(&mut *transaction)
            .await?;
        let after = sqlx::query_scalar(count)
            .fetch_one(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(Self {
            rows,
            before,
            after,
        })
    }

    /// Makes a snapshot of what was asked for; `record` returns nothing for a row that cannot be read.
    ///
    /// The table keeps no time of the last change, so whoever asks what changed gets everything.
    pub(super) fn snapshot<T>(
        &self,
        request: &SnapshotRequest,
        taken_at: DateTime<Utc>,
        record: impl Fn(&SqliteRow) -> Option<T>,
        overlaps: impl Fn(&T, &Window) -> bool,
    ) -> Snapshot<T> {
        let number = |count: i64| u64::try_from(count).ok();
        let completeness = Completeness::of(&Tally {
            rows: self.rows.len() as u64,
            distinct: self.rows.len() as u64,
            declared_first: number(self.before),
            declared_last: number(self.after),
            gaps: Vec::new(),
        });
        let mut snapshot = Snapshot::new(request.coverage.clone(), completeness, taken_at);
        let mut gone = request.known.clone();
        for row in &self.rows {
            let id = SourceId::from(row.get::<i64, _>("id").to_string());
            let is_known = gone.remove(&id);
            let Some(record) = record(row) else {
                snapshot.insert_unreadable(id);
                continue;
            };
            let is_asked_for = match &request.coverage {
                Coverage::All | Coverage::ChangedSince(_) => true,
                Coverage::Ids(ids) => ids.contains(&id),
                // One that has moved out of the window is still there, and its new days are news.
                Coverage::Window(window) => is_known || overlaps(&record, window),
            };
            if is_asked_for {
                snapshot.insert(id, record);
            }
        }
        for id in gone {
            snapshot.confirm_missing(id);
        }
        snapshot
    }
}

pub(super) fn error(what: &'static str, error: sqlx::Error) -> SourceError {
    // The text of a database error may quote the offending row.
    let kind = match error {
        sqlx::Error::Database(_) => "the database refuses to work",
        _ => "the database does not answer",
    };
    SourceError::new(what, SourceErrorClass::Later, kind)
}
