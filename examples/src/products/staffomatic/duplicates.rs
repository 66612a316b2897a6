//! Users who may be in the product twice: whom an e-mail address does not tell apart.

use sqlx::Row as _;

use crate::{database::Database, harness::Result};

/// Says which users may be duplicates. Nobody guesses; a person must look.
pub(super) async fn possible(database: &Database) -> Result<Vec<String>> {
    let unknown: Vec<i64> = sqlx::query_scalar(
        "SELECT id FROM users WHERE external_id IS NULL AND trim(coalesce(email, '')) = '' ORDER BY id",
    )
    .fetch_all(&database.pool)
    .await?;
    let unknown = unknown.iter().map(|id| {
        format!("possible duplicate: user {id} has no e-mail address and may be anybody in HR")
    });
    let shared = sqlx::query(
        "SELECT group_concat(id, ', ') AS ids FROM (SELECT id, lower(trim(email)) AS email FROM users ORDER BY id)
         WHERE email <> '' GROUP BY email HAVING count(*) > 1 ORDER BY min(id)",
    )
    .fetch_all(&database.pool)
    .await?;
    let shared = shared.iter().map(|row| {
        let ids: &str = row.get("ids");
        format!("possible duplicate: users {ids} have the same e-mail address; nobody of them is matched")
    });
    Ok(unknown.chain(shared).collect())
}
