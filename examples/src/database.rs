//! The product's database: one SQLite file for the product's tables and the memory of the sync.

use std::{path::Path, time::Duration};

use chrono::{DateTime, Utc};
use sqlx::{
    Row as _, SqlitePool,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use sync_core::{ErrorClass, HashKey, Report, TargetError};

/// An open database. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Database {
    pub(crate) pool: SqlitePool,
}

impl Database {
    /// Opens a file, and creates it and its tables where they are missing.
    ///
    /// # Errors
    ///
    /// When the file cannot be opened, is no such database, or belongs to a newer program.
    pub async fn open(file: &Path) -> Result<Self, sqlx::Error> {
        let options = SqliteConnectOptions::new()
            .filename(file)
            .create_if_missing(true)
            .foreign_keys(true)
            .journal_mode(SqliteJournalMode::Wal)
            // The ledger promises that what it has committed survives a power cut.
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(Duration::from_secs(10));
        // One connection: SQLite has one writer anyway, and readers then see their own writes.
        let pool = SqlitePoolOptions::new()
            .max_connections(1)
            .connect_with(options)
            .await?;
        sqlx::migrate!("./migrations").run(&pool).await?;
        Ok(Self { pool })
    }

    /// Returns the key under which this connection hashes values; makes one at the first call.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn hash_key(&self) -> Result<HashKey, sqlx::Error> {
        sqlx::query(
            "INSERT OR IGNORE INTO sync_connection (id, hash_key) VALUES (1, randomblob(32))",
        )
        .execute(&self.pool)
        .await?;
        let row = sqlx::query("SELECT hash_key FROM sync_connection")
            .fetch_one(&self.pool)
            .await?;
        let bytes: Vec<u8> = row.try_get("hash_key")?;
        let bytes = bytes.try_into().map_err(|_| {
            sqlx::Error::Protocol("the key of the connection must have 32 bytes".to_owned())
        })?;
        Ok(HashKey::new(bytes))
    }

    /// Adds a run to the protocol.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn record_run(
        &self,
        started_at: DateTime<Utc>,
        finished_at: DateTime<Utc>,
        report: &Report,
    ) -> Result<(), sqlx::Error> {
        let outcome = if report.is_success() {
            "done"
        } else {
            "partial"
        };
        sqlx::query(
            "INSERT INTO runs (started_at, finished_at, kind, outcome, summary) VALUES (?, ?, ?, ?, ?)",
        )
        .bind(started_at.to_rfc3339())
        .bind(finished_at.to_rfc3339())
        .bind(report.kind)
        .bind(outcome)
        .bind(report.to_string())
        .execute(&self.pool)
        .await?;
        Ok(())
    }
}

/// Says what the engine should do about an error of the database.
///
/// The text of a database error may quote the offending row, so only its kind is passed on.
pub(crate) fn target_error(error: &sqlx::Error) -> TargetError {
    let Some(database) = error.as_database_error() else {
        return TargetError::new(ErrorClass::Stop).because("the database does not answer");
    };
    match database.kind() {
        sqlx::error::ErrorKind::UniqueViolation => {
            TargetError::new(ErrorClass::Rejected).because("another row has the same unique value")
        }
        sqlx::error::ErrorKind::ForeignKeyViolation => TargetError::new(ErrorClass::Rejected)
            .because("the row refers to one that is not there"),
        sqlx::error::ErrorKind::NotNullViolation | sqlx::error::ErrorKind::CheckViolation => {
            TargetError::new(ErrorClass::Rejected).because("a column does not take the value")
        }
        // SQLITE_BUSY and SQLITE_LOCKED: somebody else is writing.
        _ if matches!(database.code().as_deref(), Some("5" | "6")) => {
            TargetError::new(ErrorClass::Later(None)).because("the database is busy")
        }
        _ => TargetError::new(ErrorClass::Stop).because("the database refuses to work"),
    }
}
