//! What the adapters over one table have in common.

use std::num::NonZeroUsize;

use async_trait::async_trait;
use sqlx::{Acquire as _, SqliteConnection};
use sync_core::{
    Applied, Change, Effect, ErrorClass, FieldChange, FieldName, Record, TargetError, TargetId,
    Value,
};

use crate::database::{Database, target_error};

/// How many changes share one transaction. SQLite waits for the disk once a transaction, so a
/// batch costs little more than a single change.
pub(crate) const BATCH: NonZeroUsize = NonZeroUsize::new(200).expect("200 is not 0");

/// A table of records, each with a version that counts its changes.
#[async_trait]
pub(crate) trait Table<R: Record>: Sync {
    /// Counts a version on: binds the id and the version that it must have.
    const NEXT_VERSION: &'static str;
    /// Deletes a row: binds the id and the version that it must have.
    const DELETE: &'static str;
    /// Finds a row: binds the id.
    const FIND: &'static str;

    /// Returns the statement that sets a field, which binds the value and the id; `None` for a
    /// field that the table does not keep.
    fn update(field: &FieldName) -> Option<&'static str>;

    /// Creates a row, or finds the one that an earlier attempt created.
    async fn create(
        connection: &mut SqliteConnection,
        change: &Change<R>,
        record: &R,
    ) -> Result<Applied, TargetError>;
}

/// Makes a batch of changes in one transaction. One that cannot be made does not hinder the others.
pub(crate) async fn make_all<T: Table<R>, R: Record>(
    database: &Database,
    changes: &[Change<R>],
) -> Vec<Result<Applied, TargetError>> {
    match try_make_all::<T, R>(database, changes).await {
        Ok(answers) => answers,
        Err(error) => changes.iter().map(|_| Err(target_error(&error))).collect(),
    }
}

async fn try_make_all<T: Table<R>, R: Record>(
    database: &Database,
    changes: &[Change<R>],
) -> Result<Vec<Result<Applied, TargetError>>, sqlx::Error> {
    let mut transaction = database.pool.begin().await?;
    let mut answers = Vec::with_capacity(changes.len());
    for change in changes {
        // Each has a transaction of its own inside, so that it is made whole or not at all.
        let mut savepoint = transaction.begin().await?;
        let answer = make::<T, R>(&mut savepoint, change).await;
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
    connection: &mut SqliteConnection,
    change: &Change<R>,
) -> Result<Applied, TargetError> {
    match (&change.effect, &change.target) {
        (Effect::Create(record), _) => T::create(connection, change, record).await,
        (Effect::Remove { .. }, Some(id)) => {
            delete::<T, R>(connection, id, expected_version(change)?).await
        }
        (effect, Some(id)) => {
            let version = next_version::<T, R>(connection, change, id).await?;
            for field in effect.field_changes() {
                set::<T, R>(connection, id, field).await?;
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
    let result = sqlx::query(T::NEXT_VERSION)
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
    connection: &mut SqliteConnection,
    id: &TargetId,
    change: &FieldChange,
) -> Result<(), TargetError> {
    let statement = T::update(&change.field).ok_or(ErrorClass::NotSupported)?;
    sqlx::query(statement)
        .bind(change.after.as_ref().map(column))
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
    let result = sqlx::query(T::DELETE)
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
    let row = sqlx::query(T::FIND)
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

/// Writes a value as a column holds it; SQLite turns the text into the column's type.
fn column(value: &Value) -> String {
    match value {
        Value::Bool(flag) => u8::from(*flag).to_string(),
        other => other.to_string(),
    }
}
