//! What people of the project tool do with absences themselves.

use chrono::NaiveDate;
use thiserror::Error;

use crate::database::Database;

/// The calendar as its users see it.
#[derive(Clone, Debug)]
pub struct Calendar {
    database: Database,
}

/// An absence that somebody wanted to change and could not.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum CalendarError {
    /// It comes from HR, or it is not there at all.
    #[error("absence {0} cannot be changed here: it comes from HR, or it does not exist")]
    ReadOnly(i64),
    /// The database does not answer.
    #[error("the calendar cannot be changed")]
    Database(#[from] sqlx::Error),
}

impl Calendar {
    /// Opens the calendar of a database.
    pub fn new(database: &Database) -> Self {
        Self {
            database: database.clone(),
        }
    }

    /// Enters an absence by hand, both days inclusive, and returns its id.
    ///
    /// # Errors
    ///
    /// When there is no such user, or the database does not answer.
    pub async fn enter(
        &self,
        user: i64,
        first_day: NaiveDate,
        last_day: NaiveDate,
    ) -> Result<i64, CalendarError> {
        let result = sqlx::query(
            "INSERT INTO absences (user_id, starts_on, ends_on, origin) VALUES (?, ?, ?, 'manual')",
        )
        .bind(user)
        .bind(first_day.to_string())
        .bind(last_day.to_string())
        .execute(&self.database.pool)
        .await?;
        Ok(result.last_insert_rowid())
    }

    /// Moves an absence that was entered by hand, both days inclusive.
    ///
    /// # Errors
    ///
    /// When it comes from HR, and when the database does not answer.
    pub async fn move_to(
        &self,
        absence: i64,
        first_day: NaiveDate,
        last_day: NaiveDate,
    ) -> Result<(), CalendarError> {
        let result = sqlx::query(
            "UPDATE absences SET starts_on = ?, ends_on = ?, version = version + 1
             WHERE id = ? AND NOT read_only",
        )
        .bind(first_day.to_string())
        .bind(last_day.to_string())
        .bind(absence)
        .execute(&self.database.pool)
        .await?;
        self.changed(absence, result.rows_affected())
    }

    /// Deletes an absence that was entered by hand.
    ///
    /// # Errors
    ///
    /// When it comes from HR, and when the database does not answer.
    pub async fn delete(&self, absence: i64) -> Result<(), CalendarError> {
        let result = sqlx::query("DELETE FROM absences WHERE id = ? AND NOT read_only")
            .bind(absence)
            .execute(&self.database.pool)
            .await?;
        self.changed(absence, result.rows_affected())
    }

    fn changed(&self, absence: i64, rows: u64) -> Result<(), CalendarError> {
        match rows {
            0 => Err(CalendarError::ReadOnly(absence)),
            _ => Ok(()),
        }
    }
}
