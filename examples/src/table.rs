//! What the adapters over one table have in common.

use std::num::NonZeroUsize;

use async_trait::async_trait;
use sqlx::{Acquire as _, SqliteConnection};
use sync_core::{Applied, Change, ErrorClass, Record, TargetError};

use crate::database::{Database, target_error};

/// How many changes share one transaction. SQLite waits for the disk once a transaction, so a
/// batch costs little more than a single change.
pub(crate) const BATCH: NonZeroUsize = NonZeroUsize::new(200).expect("200 is not 0");

/// A table that can make one change to one of its rows.
#[async_trait]
pub(crate) trait Table<R: Record>: Sync {
    /// Makes a change inside a transaction of its own, so that it is made whole or not at all.
    async fn make(
        &self,
        connection: &mut SqliteConnection,
        change: &Change<R>,
    ) -> Result<Applied, TargetError>;
}

/// Makes a batch of changes in one transaction. One that cannot be made does not hinder the others.
pub(crate) async fn make_all<R: Record>(
    database: &Database,
    table: &dyn Table<R>,
    changes: &[Change<R>],
) -> Vec<Result<Applied, TargetError>> {
    match try_make_all(database, table, changes).await {
        Ok(answers) => answers,
        Err(error) => changes.iter().map(|_| Err(target_error(&error))).collect(),
    }
}

async fn try_make_all<R: Record>(
    database: &Database,
    table: &dyn Table<R>,
    changes: &[Change<R>],
) -> Result<Vec<Result<Applied, TargetError>>, sqlx::Error> {
    let mut transaction = database.pool.begin().await?;
    let mut answers = Vec::with_capacity(changes.len());
    for change in changes {
        let mut savepoint = transaction.begin().await?;
        let answer = table.make(&mut savepoint, change).await;
        match &answer {
            Ok(_) => savepoint.commit().await?,
            Err(_) => savepoint.rollback().await?,
        }
        answers.push(answer);
    }
    transaction.commit().await?;
    Ok(answers)
}

/// Checks the answer to `UPDATE ... WHERE id = ? AND version = ?`: was it the row that the plan knew?
pub(crate) fn expect_one_row(rows: u64) -> Result<(), TargetError> {
    if rows == 1 {
        Ok(())
    } else {
        Err(TargetError::new(ErrorClass::Conflict))
    }
}

/// Reads the version that the plan knew; every row of these tables has one.
pub(crate) fn expected_version<R>(change: &Change<R>) -> Result<i64, TargetError> {
    let version = change
        .expected_version
        .as_ref()
        .and_then(|version| version.as_str().parse().ok());
    version.ok_or_else(|| TargetError::new(ErrorClass::Conflict))
}
