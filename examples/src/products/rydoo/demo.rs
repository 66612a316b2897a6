//! Something to see: people who filed claims before HR was connected, some of whom will leave.

use sqlx::Row as _;
use sync_core::{Employee, employee::EmployeeStatus};

use crate::{
    database::Database,
    harness::{Cast, Result},
};

/// Enters a user and claims for each person who will leave, with an open claim for every other one, and for a few who
/// stay. Does nothing when there are claims already.
pub(super) async fn fill(database: &Database, cast: &Cast) -> Result<()> {
    let claims = sqlx::query("SELECT count(*) AS count FROM claims")
        .fetch_one(&database.pool)
        .await?;
    if claims.get::<i64, _>("count") > 0 {
        return Ok(());
    }
    let at_work = cast.employees.records().values().filter(|person| {
        person.status() == Some(EmployeeStatus::Active) && person.text(&"email".into()).is_some()
    });
    let (leaving, staying): (Vec<_>, Vec<_>) =
        at_work.partition(|person| person.date(&"termination_date".into()).is_some());
    let people = leaving.into_iter().chain(staying.into_iter().take(3));
    let mut transaction = database.pool.begin().await?;
    for (place, person) in people.enumerate() {
        let text = |name: &'static str| Employee::text(person, &name.into());
        let user = sqlx::query("INSERT INTO users (email, first_name, last_name) VALUES (?, ?, ?)")
            .bind(text("email"))
            .bind(text("first_name"))
            .bind(text("last_name"))
            .execute(&mut *transaction)
            .await?
            .last_insert_rowid();
        let last = if place % 2 == 0 { "open" } else { "rejected" };
        for (title, status) in [("Train to a customer", "paid"), ("Dinner", last)] {
            sqlx::query("INSERT INTO claims (user_id, title, status) VALUES (?, ?, ?)")
                .bind(user)
                .bind(title)
                .bind(status)
                .execute(&mut *transaction)
                .await?;
        }
    }
    transaction.commit().await?;
    Ok(())
}
