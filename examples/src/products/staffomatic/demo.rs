//! Something to see: who was chosen, users who were there before, their requests, and the hours that they worked.

use chrono::{Datelike as _, Days, NaiveDate, NaiveTime};
use sqlx::SqliteTransaction;
use sync_core::{Employee, SourceId, account::field, employee::EmployeeStatus};

use crate::{
    database::Database,
    harness::{Cast, Result},
};

/// The product's own types of absence. HR has others besides, which therefore wait.
const TYPES: [&str; 3] = ["Paid vacation", "Sick leave", "Parental leave"];

/// Fills a product that knows nobody yet; does nothing the second time.
pub(super) async fn fill(database: &Database, cast: &Cast) -> Result<()> {
    let mut transaction = database.pool.begin().await?;
    let known: i64 = sqlx::query_scalar(
        "SELECT (SELECT count(*) FROM users) + (SELECT count(*) FROM selection)",
    )
    .fetch_one(&mut *transaction)
    .await?;
    if known > 0 {
        return Ok(());
    }
    for name in TYPES {
        sqlx::query("INSERT OR IGNORE INTO absence_types (name) VALUES (?)")
            .bind(name)
            .execute(&mut *transaction)
            .await?;
    }
    choose(&mut transaction, cast).await?;
    let mut users = Vec::new();
    for (_, employee) in at_work(cast).take(3) {
        users.push(enter(&mut transaction, employee).await?);
    }
    // Nobody can tell who this is.
    sqlx::query("INSERT INTO users (first_name, last_name) VALUES ('Robin', 'Nameless')")
        .execute(&mut *transaction)
        .await?;
    for user in &users {
        work_a_week(&mut transaction, *user, cast.today).await?;
    }
    if let Some(user) = users.first() {
        request_days_off(&mut transaction, *user, cast.today).await?;
    }
    transaction.commit().await?;
    Ok(())
}

/// Says yes to nearly everybody, no to one, and nothing to every eighth.
async fn choose(transaction: &mut SqliteTransaction<'_>, cast: &Cast) -> Result<()> {
    for (place, person) in cast.employees.records().keys().enumerate() {
        let answer = match place % 8 {
            7 => continue,
            6 if place == 6 => "no",
            _ => "yes",
        };
        sqlx::query("INSERT INTO selection (external_id, answer, answered_at) VALUES (?, ?, ?)")
            .bind(person.as_str())
            .bind(answer)
            .bind(format!("{}T08:00:00Z", cast.today))
            .execute(&mut **transaction)
            .await?;
    }
    Ok(())
}

fn at_work(cast: &Cast) -> impl Iterator<Item = (&SourceId, &Employee)> {
    cast.employees.records().iter().filter(|(_, employee)| {
        employee.status() == Some(EmployeeStatus::Active) && employee.text(&field::EMAIL).is_some()
    })
}

/// Enters a user as somebody did before there was a connection: the address is that of HR, but for its case.
async fn enter(transaction: &mut SqliteTransaction<'_>, employee: &Employee) -> Result<i64> {
    let id = sqlx::query_scalar(
        "INSERT INTO users (email, first_name, last_name) VALUES (upper(?), ?, ?) RETURNING id",
    )
    .bind(employee.text(&field::EMAIL))
    .bind(employee.text(&field::FIRST_NAME))
    .bind(employee.text(&field::LAST_NAME))
    .fetch_one(&mut **transaction)
    .await?;
    Ok(id)
}

/// The last days before today: verified, finished, and one that is still open.
async fn work_a_week(
    transaction: &mut SqliteTransaction<'_>,
    user: i64,
    today: NaiveDate,
) -> Result<()> {
    let states = ["finished", "verified", "verified", "verified", "verified"];
    for (days_ago, state) in (1..).zip(states) {
        let day = today - Days::new(days_ago);
        let moment = |hour: u32| format!("{day}T{hour:02}:10:00Z");
        sqlx::query(
            "INSERT INTO time_entries (user_id, starts_at, ends_at, break_minutes, state, finished_at, verified_at)
             VALUES (?, ?, ?, 30, ?, ?, ?)",
        )
        .bind(user)
        .bind(format!("{day}T08:00"))
        .bind(format!("{day}T16:30"))
        .bind(state)
        .bind(moment(16))
        .bind((state == "verified").then(|| moment(18)))
        .execute(&mut **transaction)
        .await?;
    }
    let begun = today.and_time(NaiveTime::MIN) + chrono::TimeDelta::hours(6);
    sqlx::query("INSERT INTO time_entries (user_id, starts_at) VALUES (?, ?)")
        .bind(user)
        .bind(begun.format("%Y-%m-%dT%H:%M").to_string())
        .execute(&mut **transaction)
        .await?;
    Ok(())
}

/// A request that is approved, one that is open, and one that goes on into the next year.
async fn request_days_off(
    transaction: &mut SqliteTransaction<'_>,
    user: i64,
    today: NaiveDate,
) -> Result<()> {
    let year = today.year();
    let requests = [
        (today + Days::new(40), today + Days::new(44), "approved"),
        (today + Days::new(70), today + Days::new(71), "open"),
    ];
    let requests = requests
        .map(|(first, last, state)| (first.to_string(), last.to_string(), state))
        .into_iter()
        .chain([(
            format!("{year}-12-28"),
            format!("{}-01-04", year + 1),
            "approved",
        )]);
    for (first, last, state) in requests {
        sqlx::query(
            "INSERT INTO absences (user_id, type_id, starts_on, ends_on, state)
             VALUES (?, (SELECT id FROM absence_types WHERE name = 'Paid vacation'), ?, ?, ?)",
        )
        .bind(user)
        .bind(first)
        .bind(last)
        .bind(state)
        .execute(&mut **transaction)
        .await?;
    }
    Ok(())
}
