//! The memory of the sync in one table of rows and one row for the lease.

use async_trait::async_trait;
use sqlx::{Row as _, SqliteConnection, SqliteTransaction};
use sync_core::{
    Fence, LeaseRequest, LeaseRow, Ledger, LedgerError, LedgerState, LedgerWrite, Row, RowChange,
};

use crate::database::Database;

/// The ledger of one connection in the product's database.
#[derive(Clone, Debug)]
pub struct SqliteLedger {
    database: Database,
    connection: String,
}

impl SqliteLedger {
    /// Keeps the ledger of a connection in a database; nothing of other connections shows in it.
    pub fn new(database: &Database, connection: &str) -> Self {
        Self {
            database: database.clone(),
            connection: connection.to_owned(),
        }
    }

    /// Begins to write. `IMMEDIATE` keeps other writers away from the first moment on, so that
    /// nothing comes between the look at the lease and what follows from it.
    async fn begin(&self) -> Result<SqliteTransaction<'_>, sqlx::Error> {
        self.database.pool.begin_with("BEGIN IMMEDIATE").await
    }

    /// Returns the latest lease, if there ever was one.
    async fn lease_row(
        &self,
        connection: &mut SqliteConnection,
    ) -> Result<Option<LeaseRow>, LedgerError> {
        let row = sqlx::query("SELECT value FROM sync_lease WHERE connection = ?")
            .bind(&self.connection)
            .fetch_optional(connection)
            .await
            .map_err(|error| LedgerError::new("be read", error))?;
        row.map(|row| serde_json::from_str(row.get("value")))
            .transpose()
            .map_err(|error| LedgerError::new("be read", error))
    }

    async fn make(
        &self,
        connection: &mut SqliteConnection,
        kind: &str,
        row: &Row,
    ) -> Result<(), sqlx::Error> {
        let statement = match row.change {
            RowChange::Put(_) => {
                "INSERT OR REPLACE INTO sync_ledger (connection, kind, slot, key, value)
                 VALUES (?, ?, ?, ?, ?)"
            }
            RowChange::Delete => {
                "DELETE FROM sync_ledger WHERE connection = ? AND kind = ? AND slot = ? AND key = ?"
            }
            RowChange::DeleteBefore => {
                "DELETE FROM sync_ledger WHERE connection = ? AND kind = ? AND slot = ? AND key < ?"
            }
        };
        let query = sqlx::query(statement)
            .bind(&self.connection)
            .bind(kind)
            .bind(row.slot)
            .bind(&row.key);
        match &row.change {
            RowChange::Put(value) => query.bind(value).execute(connection).await?,
            RowChange::Delete | RowChange::DeleteBefore => query.execute(connection).await?,
        };
        Ok(())
    }
}

#[async_trait]
impl Ledger for SqliteLedger {
    async fn load(&self, kind: &str) -> Result<LedgerState, LedgerError> {
        let rows = sqlx::query(
            "SELECT slot, key, value FROM sync_ledger WHERE connection = ? AND kind = ?",
        )
        .bind(&self.connection)
        .bind(kind)
        .fetch_all(&self.database.pool)
        .await
        .map_err(|error| LedgerError::new("be read", error))?;
        let mut state = LedgerState::default();
        for row in rows {
            state.read(row.get("slot"), row.get("key"), row.get("value"))?;
        }
        Ok(state)
    }

    async fn commit(
        &self,
        fence: Fence,
        kind: &str,
        writes: &[LedgerWrite],
    ) -> Result<(), LedgerError> {
        let mut transaction = self.begin().await.map_err(unwritten)?;
        let row = self.lease_row(&mut transaction).await?;
        LeaseRow::admit(row.as_ref(), fence)?;
        for write in writes {
            self.make(&mut transaction, kind, &write.row())
                .await
                .map_err(unwritten)?;
        }
        transaction.commit().await.map_err(unwritten)
    }

    async fn lease(&self, request: &LeaseRequest) -> Result<LeaseRow, LedgerError> {
        let mut transaction = self.begin().await.map_err(unwritten)?;
        let row = request.answer(self.lease_row(&mut transaction).await?.as_ref())?;
        let value = serde_json::to_string(&row).map_err(unwritten)?;
        sqlx::query("INSERT OR REPLACE INTO sync_lease (connection, value) VALUES (?, ?)")
            .bind(&self.connection)
            .bind(value)
            .execute(&mut *transaction)
            .await
            .map_err(unwritten)?;
        transaction.commit().await.map_err(unwritten)?;
        Ok(row)
    }
}

fn unwritten(error: impl std::error::Error + Send + Sync + 'static) -> LedgerError {
    LedgerError::new("be written", error)
}
