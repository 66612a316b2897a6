//! Accounts as rows of the table `users`.

use async_trait::async_trait;
use sqlx::{Row as _, SqliteConnection, sqlite::SqliteRow};
use sync_core::{
    Account, Applied, Capabilities, Change, Existing, FieldName, Known, ReadRequest, TargetError,
    TargetSystem, Value, account::field,
};

use crate::{
    database::{Database, target_error},
    table::{BATCH, Table, make_all},
};

/// The product's users, as a target of the sync.
#[derive(Clone, Debug)]
pub struct SqliteAccounts {
    database: Database,
}

impl SqliteAccounts {
    /// Writes into the users of a database.
    pub fn new(database: &Database) -> Self {
        Self {
            database: database.clone(),
        }
    }
}

#[async_trait]
impl TargetSystem<Account> for SqliteAccounts {
    fn capabilities(&self) -> Capabilities {
        Capabilities::all().batch(BATCH)
    }

    async fn read(&self, _request: &ReadRequest) -> Result<Vec<Existing<Account>>, TargetError> {
        let rows = sqlx::query(
            "SELECT id, external_id, email, first_name, last_name, access, version FROM users",
        )
        .fetch_all(&self.database.pool)
        .await
        .map_err(|error| target_error(&error))?;
        Ok(rows.iter().map(existing).collect())
    }

    async fn apply(&self, changes: &[Change<Account>]) -> Vec<Result<Applied, TargetError>> {
        make_all::<Self, _>(&self.database, changes).await
    }
}

fn existing(row: &SqliteRow) -> Existing<Account> {
    let text =
        |column: &str| Known::from_observed(row.get::<Option<&str>, _>(column).map(Value::from));
    let account = Account::default()
        .with_known(field::EMAIL, text("email"))
        .with_known(field::FIRST_NAME, text("first_name"))
        .with_known(field::LAST_NAME, text("last_name"))
        .with_known(field::ACCESS, text("access"));
    Existing {
        external_id: row.get::<Option<&str>, _>("external_id").map(Into::into),
        version: Some(row.get::<i64, _>("version").to_string().into()),
        ..Existing::new(row.get::<i64, _>("id").to_string(), account)
    }
}

#[async_trait]
impl Table<Account> for SqliteAccounts {
    const NEXT_VERSION: &'static str =
        "UPDATE users SET version = version + 1 WHERE id = ? AND version = ?";
    const DELETE: &'static str = "DELETE FROM users WHERE id = ? AND version = ?";
    const FIND: &'static str = "SELECT id FROM users WHERE id = ?";

    fn update(field: &FieldName) -> Option<&'static str> {
        Some(match field.as_str() {
            "email" => "UPDATE users SET email = ? WHERE id = ?",
            "first_name" => "UPDATE users SET first_name = ? WHERE id = ?",
            "last_name" => "UPDATE users SET last_name = ? WHERE id = ?",
            "access" => "UPDATE users SET access = ? WHERE id = ?",
            _ => return None,
        })
    }

    async fn create(
        connection: &mut SqliteConnection,
        change: &Change<Account>,
        account: &Account,
    ) -> Result<Applied, TargetError> {
        let row = sqlx::query(
            "INSERT INTO users (external_id, email, first_name, last_name, access)
             VALUES (?, ?, ?, ?, ?)
             ON CONFLICT (external_id) DO UPDATE SET external_id = excluded.external_id
             RETURNING id, version",
        )
        .bind(change.source.as_str())
        .bind(account.text(&field::EMAIL))
        .bind(account.text(&field::FIRST_NAME))
        .bind(account.text(&field::LAST_NAME))
        .bind(account.text(&field::ACCESS))
        .fetch_one(connection)
        .await
        .map_err(|error| target_error(&error))?;
        let [id, version]: [i64; 2] = [row.get("id"), row.get("version")];
        Ok(Applied::to(id.to_string()).at(version.to_string()))
    }
}
