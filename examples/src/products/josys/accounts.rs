//! Accounts as rows of the table `accounts`, each of one connection.

use async_trait::async_trait;
use chrono::NaiveDate;
use sqlx::{AssertSqlSafe, Row as _, SqliteConnection, sqlite::SqliteRow};
use sync_core::{
    Account, Applied, Capabilities, Change, ErrorClass, Existing, FieldName, Known, ReadRequest,
    Record as _, TargetError, TargetSystem, Value, account::field,
};

use crate::{
    database::{Database, target_error},
    table::{BATCH, Table, make_all},
};

const HIRED_ON: FieldName = FieldName::literal("hired_on");

/// The fields of an account, and their columns.
const COLUMNS: [(FieldName, &str); 10] = [
    (field::EMAIL, "email"),
    (field::FIRST_NAME, "first_name"),
    (field::LAST_NAME, "last_name"),
    (field::ACCESS, "access"),
    (FieldName::literal("status"), "status"),
    (FieldName::literal("role"), "role"),
    (FieldName::literal("department"), "department"),
    (FieldName::literal("team"), "team"),
    (FieldName::literal("created_at"), "created_at"),
    (HIRED_ON, "hire_date"),
];

/// The accounts of one connection, as a target of the sync. Those of others are not there.
#[derive(Clone, Debug)]
pub struct SqliteAccounts {
    database: Database,
    connection: String,
}

impl SqliteAccounts {
    /// Returns the fields that HR may fill.
    pub(super) fn fields() -> impl Iterator<Item = FieldName> {
        let fields = COLUMNS.into_iter().map(|(field, _)| field);
        fields.filter(|it| *it != field::ACCESS)
    }

    /// Works on the accounts of the connection with this label.
    pub fn new(database: &Database, connection: &str) -> Self {
        Self {
            database: database.clone(),
            connection: connection.to_owned(),
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
            "SELECT accounts.* FROM accounts JOIN connections ON connections.id = connection_id WHERE label = ?",
        )
        .bind(&self.connection)
        .fetch_all(&self.database.pool)
        .await
        .map_err(|error| target_error(&error))?;
        Ok(rows.iter().map(existing).collect())
    }

    async fn apply(&self, changes: &[Change<Account>]) -> Vec<Result<Applied, TargetError>> {
        make_all(self, &self.database, changes).await
    }
}

fn existing(row: &SqliteRow) -> Existing<Account> {
    let account = COLUMNS
        .iter()
        .fold(Account::default(), |account, (name, column)| {
            let text = row.get::<Option<&str>, _>(*column);
            let value = text.map(|text| value_of(name, text));
            account.with_known(name.clone(), Known::from_observed(value))
        });
    Existing {
        external_id: row.get::<Option<&str>, _>("external_id").map(Into::into),
        version: Some(row.get::<i64, _>("version").to_string().into()),
        ..Existing::new(row.get::<i64, _>("id").to_string(), account)
    }
}

/// Reads a column; a day that somebody wrote in another form stays text, and is put right.
fn value_of(field: &FieldName, text: &str) -> Value {
    let day = (*field == HIRED_ON).then(|| text.parse::<NaiveDate>().ok());
    day.flatten().map_or_else(|| text.into(), Value::from)
}

#[async_trait]
impl Table<Account> for SqliteAccounts {
    const NAME: &'static str = "accounts";

    fn column(&self, field: &FieldName) -> Option<&'static str> {
        let column = COLUMNS.into_iter().find(|(name, _)| name == field);
        column.map(|(_, column)| column)
    }

    async fn create(
        &self,
        connection: &mut SqliteConnection,
        change: &Change<Account>,
        account: &Account,
    ) -> Result<Applied, TargetError> {
        let failed = |error| target_error(&error);
        let of = connection_id(&mut *connection, &self.connection)
            .await
            .map_err(failed)?;
        let mut columns = vec!["connection_id", "external_id"];
        let mut values = vec![of.to_string(), change.source.as_str().to_owned()];
        for (name, known) in account.fields() {
            // What HR does not show is not written.
            if let Known::Value(value) = known {
                columns.push(self.column(&name).ok_or(ErrorClass::NotSupported)?);
                values.push(value.to_string());
            }
        }
        let statement = format!(
            "INSERT INTO accounts ({}) VALUES ({})
             ON CONFLICT (connection_id, external_id) DO UPDATE SET external_id = excluded.external_id
             RETURNING id, version",
            columns.join(", "),
            vec!["?"; columns.len()].join(", ")
        );
        let query = values
            .iter()
            .fold(sqlx::query(AssertSqlSafe(statement)), |query, value| {
                query.bind(value)
            });
        let row = query.fetch_one(connection).await.map_err(failed)?;
        let [id, version]: [i64; 2] = [row.get("id"), row.get("version")];
        Ok(Applied::to(id.to_string()).at(version.to_string()))
    }
}

/// Returns the id of a connection, and adds it to the list at the first call.
pub(super) async fn connection_id(
    connection: &mut SqliteConnection,
    label: &str,
) -> Result<i64, sqlx::Error> {
    let statement = "INSERT INTO connections (label) VALUES (?)
         ON CONFLICT (label) DO UPDATE SET label = excluded.label RETURNING id";
    let row = sqlx::query(statement)
        .bind(label)
        .fetch_one(connection)
        .await?;
    Ok(row.get("id"))
}
