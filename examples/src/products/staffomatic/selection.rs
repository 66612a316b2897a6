//! Who takes part: a yes or a no for each person of HR, in the table `selection`.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, SecondsFormat, Utc};
use sqlx::Row as _;
use sync_core::{SourceId, async_trait};

use crate::{
    database::Database,
    harness::{Choice, Result},
};

/// The answers of the product's administrator.
#[derive(Clone, Debug)]
pub(super) struct Selection {
    database: Database,
}

impl Selection {
    /// Keeps the answers in a database.
    pub(super) fn new(database: &Database) -> Self {
        Self {
            database: database.clone(),
        }
    }

    /// Returns the people of whom somebody has said yes. Of users who are in the product, their own row tells.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub(super) async fn chosen(&self) -> Result<BTreeSet<SourceId>> {
        let answers = self.answers().await?.into_iter();
        Ok(answers.filter_map(|(id, yes)| yes.then_some(id)).collect())
    }
}

#[async_trait]
impl Choice for Selection {
    async fn answers(&self) -> Result<BTreeMap<SourceId, bool>> {
        let rows = sqlx::query(
            "SELECT external_id, selected AS yes FROM users WHERE external_id IS NOT NULL
             UNION ALL
             SELECT external_id, answer = 'yes' FROM selection
             WHERE external_id NOT IN (SELECT external_id FROM users WHERE external_id IS NOT NULL)",
        )
        .fetch_all(&self.database.pool)
        .await?;
        let answer = |row: &sqlx::sqlite::SqliteRow| {
            (
                SourceId::new(row.get::<&str, _>("external_id")),
                row.get("yes"),
            )
        };
        Ok(rows.iter().map(answer).collect())
    }

    async fn answer(&self, people: &[SourceId], yes: bool, now: DateTime<Utc>) -> Result<()> {
        let mut transaction = self.database.pool.begin().await?;
        for person in people {
            sqlx::query(
                "INSERT OR REPLACE INTO selection (external_id, answer, answered_at) VALUES (?, ?, ?)",
            )
            .bind(person.as_str())
            .bind(if yes { "yes" } else { "no" })
            .bind(now.to_rfc3339_opts(SecondsFormat::Secs, true))
            .execute(&mut *transaction)
            .await?;
            sqlx::query("UPDATE users SET selected = ? WHERE external_id = ?")
                .bind(yes)
                .bind(person.as_str())
                .execute(&mut *transaction)
                .await?;
        }
        transaction.commit().await?;
        Ok(())
    }
}
