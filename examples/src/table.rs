//! What the adapters over one table have in common.

use std::num::NonZeroUsize;

use async_trait::async_trait;
use sqlx::{Acquire as _, AssertSqlSafe, SqliteConnection};
use sync_core::{
    Applied, Change, Effect, ErrorClass, FieldChange, FieldName, Record, TargetError, TargetId,
    Value,
};

use crate::database::{Database, target_error};

/// How many changes share one transaction. SQLite waits for the disk once a transaction, so a
/// batch costs little more than a single change.
pub(crate) const BATCH: NonZeroUsize = NonZeroUsize::new(200).expect("200 is not 0");

/// A table of records with the columns `id` and `version`, which counts the changes of a row.
#[async_trait]
pub(crate) trait Table<R: Record>: Sync {
    /// The name of the table.
    const NAME: &'static str;

    /// Returns the column of a field; `None` for a field that the table does not keep.
    fn column(&self, field: &FieldName) -> Option<&'static str>;

    /// Returns the SQL by which a column gets the value that is bound.
    fn expression(&self, _field: &FieldName) -> &'static str {
        "?"
    }

    /// Creates a row, or finds the one that an earlier attempt created.
    async fn create(
        &self,
        connection: &mut SqliteConnection,
        change: &Change<R>,
        record: &R,
    ) -> Result<Applied, TargetError>;

    /// Invites the person of a row.
    async fn invite(
        &self,
        _connection: &mut SqliteConnection,
        _id: &TargetId,
        _change: &Change<R>,
    ) -> Result<(), TargetError> {
        Err(ErrorClass::NotSupported.into())
    }

    /// Writes a value as its column holds it; SQLite turns the text into the column's type.
    fn text(&self, _field: &FieldName, value: &Value) -> String {
        match value {
            Value::Bool(flag) => u8::from(*flag).to_string(),
            Value::Number(number) => number.normalize().to_string(),
            other => other.to_string(),
        }
    }
}

/// Makes a batch of changes in one transaction. One that cannot be made does not hinder the others.
pub(crate) async fn make_all<T: Table<R>, R: Record>(
    table: &T,
    database: &Database,
    changes: &[Change<R>],
) -> Vec<Result<Applied, TargetError>> {
    match try_make_all(table, database, changes).await {
        Ok(answers) => answers,
        Err(error) => changes.iter().map(|_| Err(target_error(&error))).collect(),
    }
}

async fn try_make_all<T: Table<R>, R: Record>(
    table: &T,
    database: &Database,
    changes: &[Change<R>],
) -> Result<Vec<Result<Applied, TargetError>>, sqlx::Error> {
    let mut transaction = database.pool.begin().await?;
    let mut answers = Vec::with_capacity(changes.len());
    for change in changes {
        // Each has a transaction of its own inside, so that it is made whole or not at all.
        let mut savepoint = transaction.begin().await?;
        let answer = make(table, &mut savepoint, change).await;
        match &answer {
            Ok(_) => savepoint.commit().await?,
            Err(_) => savepoint.rollback().await?,
        }
        answers.push(answer);
    }
    transaction.commit().await?;
    Ok(answers)
}

async fn make<T: Table<R>, R: Record>(
    table: &T,
    connection: &mut SqliteConnection,
    change: &Change<R>,
) -> Result<Applied, TargetError> {
    match (&change.effect, &change.target) {
        (Effect::Create(record), _) => table.create(connection, change, record).await,
        (Effect::Invite { .. }, Some(id)) => {
            table.invite(connection, id, change).await?;
            Ok(Applied::to(id.clone()))
        }
        (Effect::Remove { .. }, Some(id)) => {
            delete::<T, R>(connection, id, expected_version(change)?).await
        }
        (effect, Some(id)) => {
            let version = next_version::<T, R>(connection, change, id).await?;
            for field in effect.field_changes() {
                set(table, connection, id, field).await?;
            }
            Ok(Applied::to(id.clone()).at(version.to_string()))
        }
        (_, None) => Err(ErrorClass::NotSupported.into()),
    }
}

/// Counts a row's version on, if it is still the one that the plan knew, and returns the new one.
async fn next_version<T: Table<R>, R: Record>(
    connection: &mut SqliteConnection,
    change: &Change<R>,
    id: &TargetId,
) -> Result<i64, TargetError> {
    let version = expected_version(change)?;
    let statement = format!(
        "UPDATE {} SET version = version + 1 WHERE id = ? AND version = ?",
        T::NAME
    );
    let result = sqlx::query(AssertSqlSafe(statement))
        .bind(id.as_str())
        .bind(version)
        .execute(&mut *connection)
        .await
        .map_err(|error| target_error(&error))?;
    match result.rows_affected() {
        0 => Err(moved_on::<T, R>(connection, id).await),
        _ => Ok(version + 1),
    }
}

async fn set<T: Table<R>, R: Record>(
    table: &T,
    connection: &mut SqliteConnection,
    id: &TargetId,
    change: &FieldChange,
) -> Result<(), TargetError> {
    let column = table
        .column(&change.field)
        .ok_or(ErrorClass::NotSupported)?;
    let expression = table.expression(&change.field);
    let statement = format!(
        "UPDATE {} SET {column} = {expression} WHERE id = ?",
        T::NAME
    );
    let value = change.after.as_ref();
    sqlx::query(AssertSqlSafe(statement))
        .bind(value.map(|value| table.text(&change.field, value)))
        .bind(id.as_str())
        .execute(connection)
        .await
        .map_err(|error| target_error(&error))?;
    Ok(())
}

/// Deletes a row, if it is still the one that the plan knew.
async fn delete<T: Table<R>, R: Record>(
    connection: &mut SqliteConnection,
    id: &TargetId,
    version: i64,
) -> Result<Applied, TargetError> {
    let statement = format!("DELETE FROM {} WHERE id = ? AND version = ?", T::NAME);
    let result = sqlx::query(AssertSqlSafe(statement))
        .bind(id.as_str())
        .bind(version)
        .execute(&mut *connection)
        .await
        .map_err(|error| target_error(&error))?;
    match result.rows_affected() {
        0 => Err(moved_on::<T, R>(connection, id).await),
        _ => Ok(Applied::to(id.clone())),
    }
}

/// Tells why a row with an id and a version is not there: gone, or changed by somebody else.
async fn moved_on<T: Table<R>, R: Record>(
    connection: &mut SqliteConnection,
    id: &TargetId,
) -> TargetError {
    let statement = format!("SELECT id FROM {} WHERE id = ?", T::NAME);
    let row = sqlx::query(AssertSqlSafe(statement))
        .bind(id.as_str())
        .fetch_optional(connection)
        .await;
    match row {
        Ok(Some(_)) => ErrorClass::Conflict.into(),
        Ok(None) => ErrorClass::NotFound.into(),
        Err(error) => target_error(&error),
    }
}

fn expected_version<R: Record>(change: &Change<R>) -> Result<i64, TargetError> {
    let version = change.expected_version.as_ref();
    let version = version.and_then(|version| version.as_str().parse().ok());
    version.ok_or_else(|| ErrorClass::Conflict.into())
}
