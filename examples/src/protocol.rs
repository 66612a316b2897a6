//! The protocol of runs: what a product shows its administrator, in the tables `runs` and `run_changes`.

use std::fmt;

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use serde::Serialize;
use sqlx::{FromRow, Row as _};
use sync_core::Report;

use crate::database::Database;

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// Everything was done.
    Done,
    /// Something was not made, or waits for approval.
    Partial,
    /// Somebody stopped it before its end.
    Stopped,
    /// It could not go on.
    Failed,
}

impl Ending {
    /// Returns the ending as it stands in the column `outcome`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Partial => "partial",
            Self::Stopped => "stopped",
            Self::Failed => "failed",
        }
    }
}

impl fmt::Display for Ending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A run as the protocol has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, FromRow)]
pub struct PastRun {
    /// The number of the run.
    pub id: i64,
    /// When it began.
    pub started_at: String,
    /// When it ended, if it did.
    pub finished_at: Option<String>,
    /// What it was about.
    pub areas: String,
    /// How it ended; `running` while it goes on, and `cut off` when its process was ended from outside.
    pub outcome: String,
    /// What it did, in numbers.
    pub summary: String,
    /// What became of each change.
    #[sqlx(skip)]
    pub changes: Vec<PastChange>,
}

/// A change as the protocol has it: identifiers only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, FromRow)]
pub struct PastChange {
    /// The kind of record.
    pub kind: String,
    /// What was to be done.
    pub class: String,
    /// The record of the leading side.
    pub source: String,
    /// The record of the following side.
    pub target: Option<String>,
    /// What became of it.
    pub fate: String,
}

/// The protocol of one connection.
#[derive(Clone, Debug)]
pub struct Protocol {
    database: Database,
    connection: String,
}

impl Protocol {
    /// Opens the protocol of a connection.
    pub fn new(database: &Database, connection: &str) -> Self {
        Self {
            database: database.clone(),
            connection: connection.to_owned(),
        }
    }

    /// Notes that a run begins, and returns its number. A run that never ended was cut off, since only one runs at
    /// a time.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn begin(&self, at: DateTime<Utc>, areas: &str) -> Result<i64, sqlx::Error> {
        sqlx::query(
            "UPDATE runs SET outcome = 'cut off' WHERE connection = ? AND outcome = 'running'",
        )
        .bind(&self.connection)
        .execute(&self.database.pool)
        .await?;
        let row = sqlx::query(
            "INSERT INTO runs (connection, started_at, areas, outcome) VALUES (?, ?, ?, 'running')
             RETURNING id",
        )
        .bind(&self.connection)
        .bind(moment(at))
        .bind(areas)
        .fetch_one(&self.database.pool)
        .await?;
        Ok(row.get("id"))
    }

    /// Notes what became of the changes of one kind of record.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn add(&self, run: i64, report: &Report) -> Result<(), sqlx::Error> {
        let mut transaction = self.database.pool.begin().await?;
        for change in &report.changes {
            sqlx::query(
                "INSERT INTO run_changes (run_id, kind, class, source, target, fate) VALUES (?, ?, ?, ?, ?, ?)",
            )
            .bind(run)
            .bind(report.kind)
            .bind(change.class.as_str())
            .bind(change.source.as_str())
            .bind(change.target.as_ref().map(|target| target.as_str()))
            .bind(change.fate.to_string())
            .execute(&mut *transaction)
            .await?;
        }
        transaction.commit().await
    }

    /// Notes how a run ended, and forgets runs that ended too many days ago.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn end(
        &self,
        run: i64,
        at: DateTime<Utc>,
        ending: Ending,
        summary: &str,
        keep_days: u32,
    ) -> Result<(), sqlx::Error> {
        sqlx::query("UPDATE runs SET finished_at = ?, outcome = ?, summary = ? WHERE id = ?")
            .bind(moment(at))
            .bind(ending.as_str())
            .bind(summary)
            .bind(run)
            .execute(&self.database.pool)
            .await?;
        let oldest = at.checked_sub_signed(TimeDelta::days(keep_days.into()));
        sqlx::query("DELETE FROM runs WHERE connection = ? AND started_at < ?")
            .bind(&self.connection)
            .bind(moment(oldest.unwrap_or(DateTime::<Utc>::MIN_UTC)))
            .execute(&self.database.pool)
            .await?;
        Ok(())
    }

    /// Returns the runs since a moment, newest first, with their changes.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn since(&self, since: DateTime<Utc>) -> Result<Vec<PastRun>, sqlx::Error> {
        let mut runs: Vec<PastRun> = sqlx::query_as(
            "SELECT id, started_at, finished_at, areas, outcome, summary FROM runs
             WHERE connection = ? AND started_at >= ? ORDER BY id DESC",
        )
        .bind(&self.connection)
        .bind(moment(since))
        .fetch_all(&self.database.pool)
        .await?;
        for run in &mut runs {
            run.changes = sqlx::query_as(
                "SELECT kind, class, source, target, fate FROM run_changes WHERE run_id = ? ORDER BY rowid",
            )
            .bind(run.id)
            .fetch_all(&self.database.pool)
            .await?;
        }
        Ok(runs)
    }
}

/// Writes a moment such that texts stand in the order of time.
fn moment(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}
