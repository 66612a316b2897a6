//! A product's database: one SQLite file for the product's tables and the memory of the sync.

use std::{path::Path, time::Duration};

use sqlx::{
    Row as _, SqlitePool,
    migrate::Migrator,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use sync_core::{ErrorClass, HashKey, TargetError};

/// The tables of the sync, which every product has beside its own.
static SHARED: Migrator = sqlx::migrate!("./migrations/shared");

/// The tables of the quickstart's product.
static QUICKSTART: Migrator = sqlx::migrate!("./migrations/quickstart");

/// An open database. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Database {
    pub(crate) pool: SqlitePool,
}

impl Database {
    /// Opens the quickstart's file, and creates it and its tables where they are missing.
    ///
    /// # Errors
    ///
    /// When the file cannot be opened, is no such database, or belongs to a newer program.
    pub async fn open(file: &Path) -> Result<Self, sqlx::Error> {
        Self::open_product(file, &QUICKSTART).await
    }

    /// Opens a product's file, and creates it and its tables where they are missing. The numbers of a product's
    /// migrations begin above 1000; those below are the sync's.
    ///
    /// # Errors
    ///
    /// When the file cannot be opened, is no such database, or belongs to a newer program.
    pub async fn open_product(file: &Path, product: &Migrator) -> Result<Self, sqlx::Error> {
        Self::connect(on_file(file).create_if_missing(true), Some(product)).await
    }

    /// Opens a product's file for looking only: whatever tries to write is refused.
    ///
    /// # Errors
    ///
    /// When the file is not there or cannot be opened.
    pub async fn open_to_read(file: &Path) -> Result<Self, sqlx::Error> {
        Self::connect(on_file(file).pragma("query_only", "on"), None).await
    }

    /// Makes a product's database that is gone with the process.
    ///
    /// # Errors
    ///
    /// When there is no memory for it.
    pub async fn in_memory(product: &Migrator) -> Result<Self, sqlx::Error> {
        let options = SqliteConnectOptions::new().in_memory(true);
        Self::connect(options.foreign_keys(true), Some(product)).await
    }

    async fn connect(
        options: SqliteConnectOptions,
        product: Option<&Migrator>,
    ) -> Result<Self, sqlx::Error> {
        // One connection: SQLite has one writer anyway, and readers then see their own writes.
        // It is never closed, since a database in memory goes with it.
        let pool = SqlitePoolOptions::new()
            .max_connections(1)
            .idle_timeout(None)
            .max_lifetime(None)
            .connect_with(options)
            .await?;
        if let Some(product) = product {
            let all = SHARED.iter().chain(product.iter()).cloned().collect();
            Migrator::with_migrations(all).run(&pool).await?;
        }
        Ok(Self { pool })
    }

    /// Returns the key under which a connection hashes values; makes one at the first call.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn hash_key(&self, connection: &str) -> Result<HashKey, sqlx::Error> {
        sqlx::query(
            "INSERT OR IGNORE INTO sync_connection (label, hash_key) VALUES (?, randomblob(32))",
        )
        .bind(connection)
        .execute(&self.pool)
        .await?;
        let key = self.known_hash_key(connection).await?;
        key.ok_or(sqlx::Error::RowNotFound)
    }

    /// Notes that somebody came whose absences may have been booked long ago, or that all absences were read since.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn set_newcomers(
        &self,
        connection: &str,
        are_there: bool,
    ) -> Result<(), sqlx::Error> {
        sqlx::query("UPDATE sync_connection SET newcomers = ? WHERE label = ?")
            .bind(are_there)
            .bind(connection)
            .execute(&self.pool)
            .await
            .map(drop)
    }

    /// Tells whether somebody came since absences were read whole.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn has_newcomers(&self, connection: &str) -> Result<bool, sqlx::Error> {
        let newcomers = sqlx::query_scalar("SELECT newcomers FROM sync_connection WHERE label = ?")
            .bind(connection)
            .fetch_optional(&self.pool)
            .await?;
        Ok(newcomers.unwrap_or(false))
    }

    /// Returns the key under which a connection hashes values, if it has one already.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn known_hash_key(&self, connection: &str) -> Result<Option<HashKey>, sqlx::Error> {
        let row = sqlx::query("SELECT hash_key FROM sync_connection WHERE label = ?")
            .bind(connection)
            .fetch_optional(&self.pool)
            .await?;
        let Some(row) = row else { return Ok(None) };
        let bytes: Vec<u8> = row.try_get("hash_key")?;
        let bytes = bytes.try_into().map_err(|_| {
            sqlx::Error::Protocol("the key of the connection must have 32 bytes".to_owned())
        })?;
        Ok(Some(HashKey::new(bytes)))
    }
}

fn on_file(file: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(file)
        .foreign_keys(true)
        .journal_mode(SqliteJournalMode::Wal)
        // The ledger promises that what it has committed survives a power cut.
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(Duration::from_secs(10))
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
