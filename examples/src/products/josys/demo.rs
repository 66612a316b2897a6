//! Something to see: devices of people who work here and of one who has left, and somebody to add to HR.

use chrono::{Days, NaiveDate};
use sqlx::Row as _;
use sync_core::{Access, Employee, SourceId, account::field, employee::EmployeeStatus};

use super::accounts::connection_id;
use crate::harness::{Cast, Opening, Result};

/// Gives devices to a leaver and to two others, and notes somebody to add. Does nothing the second time.
pub(super) async fn fill(opening: &Opening, cast: &Cast) -> Result<()> {
    let mut transaction = opening.database.pool.begin().await?;
    let connection = connection_id(&mut transaction, &opening.connection).await?;
    let there = sqlx::query("SELECT count(*) AS count FROM accounts WHERE connection_id = ?")
        .bind(connection)
        .fetch_one(&mut *transaction)
        .await?;
    if there.get::<i64, _>("count") > 0 {
        return Ok(());
    }
    for ((person, employee), devices) in holders(cast).into_iter().zip([2, 1, 1]) {
        let access = match employee.status() {
            Some(EmployeeStatus::Inactive) => Access::Locked,
            _ => Access::Active,
        };
        let text = |name| employee.text(&name);
        let account: i64 = sqlx::query(
            "INSERT INTO accounts (connection_id, external_id, email, first_name, last_name, access)
             VALUES (?, ?, ?, ?, ?, ?) RETURNING id",
        )
        .bind(connection)
        .bind(person.as_str())
        .bind(text(field::EMAIL))
        .bind(text(field::FIRST_NAME))
        .bind(text(field::LAST_NAME))
        .bind(access.as_str())
        .fetch_one(&mut *transaction)
        .await?
        .get("id");
        for device in ["Laptop", "Phone"].into_iter().take(devices) {
            sqlx::query("INSERT INTO devices (account_id, label) VALUES (?, ?)")
                .bind(account)
                .bind(format!("{device} of account {account}"))
                .execute(&mut *transaction)
                .await?;
        }
    }
    let first_day: NaiveDate = cast.today + Days::new(14);
    sqlx::query(
        "INSERT INTO new_employees (connection_id, first_name, last_name, email, position, hire_date)
         VALUES (?, 'Noor', 'Haddad', 'noor.haddad@example.com', 'Analyst', ?)",
    )
    .bind(connection)
    .bind(first_day.to_string())
    .execute(&mut *transaction)
    .await?;
    transaction.commit().await?;
    Ok(())
}

/// Returns a leaver, and two people who work here.
fn holders(cast: &Cast) -> Vec<(&SourceId, &Employee)> {
    let people = || cast.employees.records().iter();
    let with = |status| people().filter(move |(_, it)| it.status() == Some(status));
    let leaver = with(EmployeeStatus::Inactive).next();
    let others = with(EmployeeStatus::Active);
    leaver.into_iter().chain(others.take(2)).collect()
}
