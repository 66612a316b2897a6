//! The memory of the sync in one table.

use async_trait::async_trait;
use serde::{Serialize, de::DeserializeOwned};
use sqlx::{Row as _, SqliteTransaction};
use sync_core::{ChangeId, Digest, Ledger, LedgerError, LedgerState, LedgerWrite};

use crate::database::Database;

/// A ledger in the product's database.
#[derive(Clone, Debug)]
pub struct SqliteLedger {
    database: Database,
}

impl SqliteLedger {
    /// Keeps the ledger in a database.
    pub fn new(database: &Database) -> Self {
        Self {
            database: database.clone(),
        }
    }
}

#[async_trait]
impl Ledger for SqliteLedger {
    async fn load(&self, kind: &str) -> Result<LedgerState, LedgerError> {
        let rows = sqlx::query("SELECT slot, key, value FROM sync_ledger WHERE kind = ?")
            .bind(kind)
            .fetch_all(&self.database.pool)
            .await
            .map_err(|error| LedgerError::new("read", error))?;
        let mut state = LedgerState::default();
        for row in rows {
            let [slot, key, value]: [&str; 3] = [row.get("slot"), row.get("key"), row.get("value")];
            match slot {
                "link" => {
                    state.links.insert(key.into(), parse(value)?);
                }
                "tombstone" => {
                    state.tombstones.insert(key.into(), parse(value)?);
                }
                "intent" => {
                    state.intents.insert(ChangeId::from(key), parse(value)?);
                }
                "setback" => {
                    state.setbacks.insert(Digest::new(key), parse(value)?);
                }
                "watermark" => state.watermark = Some(parse(value)?),
                _ => return Err(LedgerError::new("read", "a row of an unknown slot")),
            }
        }
        Ok(state)
    }

    async fn commit(&self, kind: &str, writes: &[LedgerWrite]) -> Result<(), LedgerError> {
        let failed = |error: sqlx::Error| LedgerError::new("write", error);
        let mut transaction = self.database.pool.begin().await.map_err(failed)?;
        for write in writes {
            let rows = &mut Rows {
                kind,
                transaction: &mut transaction,
            };
            match write {
                LedgerWrite::Link(source, link) => rows.put("link", source.as_str(), link).await?,
                LedgerWrite::Unlink(source) => rows.delete("link", source.as_str()).await?,
                LedgerWrite::Bury(source, tombstone) => {
                    rows.put("tombstone", source.as_str(), tombstone).await?;
                }
                LedgerWrite::Unbury(source) => rows.delete("tombstone", source.as_str()).await?,
                LedgerWrite::Intend(change, intent) => {
                    rows.put("intent", change.as_str(), intent).await?;
                }
                LedgerWrite::Settle(change) => rows.delete("intent", change.as_str()).await?,
                LedgerWrite::Fail(of, setback) => {
                    rows.put("setback", of.as_str(), setback).await?;
                }
                LedgerWrite::Recover(of) => rows.delete("setback", of.as_str()).await?,
                LedgerWrite::Watermark(watermark) => rows.put("watermark", "", watermark).await?,
                _ => return Err(LedgerError::new("write", "a row of an unknown slot")),
            }
        }
        transaction.commit().await.map_err(failed)
    }
}

/// The rows of one kind of record, inside one transaction.
struct Rows<'a, 'c> {
    kind: &'a str,
    transaction: &'a mut SqliteTransaction<'c>,
}

impl Rows<'_, '_> {
    async fn put(
        &mut self,
        slot: &str,
        key: &str,
        value: &(impl Serialize + Sync),
    ) -> Result<(), LedgerError> {
        let value =
            serde_json::to_string(value).map_err(|error| LedgerError::new("write", error))?;
        sqlx::query(
            "INSERT OR REPLACE INTO sync_ledger (kind, slot, key, value) VALUES (?, ?, ?, ?)",
        )
        .bind(self.kind)
        .bind(slot)
        .bind(key)
        .bind(value)
        .execute(&mut **self.transaction)
        .await
        .map_err(|error| LedgerError::new("write", error))?;
        Ok(())
    }

    async fn delete(&mut self, slot: &str, key: &str) -> Result<(), LedgerError> {
        sqlx::query("DELETE FROM sync_ledger WHERE kind = ? AND slot = ? AND key = ?")
            .bind(self.kind)
            .bind(slot)
            .bind(key)
            .execute(&mut **self.transaction)
            .await
            .map_err(|error| LedgerError::new("write", error))?;
        Ok(())
    }
}

fn parse<T: DeserializeOwned>(value: &str) -> Result<T, LedgerError> {
    serde_json::from_str(value).map_err(|error| LedgerError::new("read", error))
}
