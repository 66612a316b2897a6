//! Something to see: a team that is there before HR is connected, and what it entered by hand.

use chrono::Days;
use sqlx::Row as _;
use sync_core::Employee;

use super::Calendar;
use crate::{
    database::Database,
    harness::{Cast, Result},
};

/// How many of the people in HR do not use the product.
const WITHOUT: usize = 5;

/// Enters users for most people of HR, each the way people type addresses, two that HR does not know, and an absence
/// by hand. Does nothing when there are users already.
pub(super) async fn fill(database: &Database, cast: &Cast) -> Result<()> {
    let users = sqlx::query("SELECT count(*) AS count FROM users")
        .fetch_one(&database.pool)
        .await?;
    if users.get::<i64, _>("count") > 0 {
        return Ok(());
    }
    let text =
        |employee: &Employee, name: &'static str| employee.text(&name.into()).map(str::to_owned);
    let people = cast.employees.records().values().skip(WITHOUT);
    let mut rows: Vec<_> = people
        .enumerate()
        .filter_map(|(place, person)| {
            let email = as_typed(place, &text(person, "email")?);
            let names = [text(person, "first_name"), text(person, "last_name")];
            Some((email, names))
        })
        .collect();
    for (email, first_name, last_name) in [
        ("mika.freelance@example.com", "Mika", "Laine"),
        ("reception@example.com", "Front", "Desk"),
    ] {
        let names = [Some(first_name.to_owned()), Some(last_name.to_owned())];
        rows.push((email.to_owned(), names));
    }
    let mut transaction = database.pool.begin().await?;
    let mut last = 0;
    for (email, [first_name, last_name]) in rows {
        last = sqlx::query("INSERT INTO users (email, first_name, last_name) VALUES (?, ?, ?)")
            .bind(email)
            .bind(first_name)
            .bind(last_name)
            .execute(&mut *transaction)
            .await?
            .last_insert_rowid();
    }
    transaction.commit().await?;
    let tomorrow = cast.today + Days::new(1);
    Calendar::new(database)
        .enter(last, tomorrow, tomorrow + Days::new(2))
        .await?;
    Ok(())
}

/// Writes an address as somebody may have typed it.
fn as_typed(place: usize, email: &str) -> String {
    match place % 3 {
        0 => email.to_owned(),
        1 => email.to_uppercase(),
        _ => format!(" {email} "),
    }
}
