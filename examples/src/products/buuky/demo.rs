//! Something to see: desks of people who will be absent, and of people who will not.

use chrono::{Days, NaiveDate};
use sqlx::Row as _;
use sync_core::{
    AbsencePeriod, Employee, FieldName, Known, SourceId, absence::Approval,
    employee::EmployeeStatus,
};

use crate::{
    database::Database,
    harness::{Cast, Result},
};

/// Books desks for the first people with absences ahead: on the days of the absence, with and without a blocker, and
/// on the day before it. Does nothing when there are bookings already.
pub(super) async fn fill(database: &Database, cast: &Cast) -> Result<()> {
    let bookings = sqlx::query("SELECT count(*) AS count FROM bookings")
        .fetch_one(&database.pool)
        .await?;
    if bookings.get::<i64, _>("count") > 0 {
        return Ok(());
    }
    let mut transaction = database.pool.begin().await?;
    for (employee, absence) in ahead(cast).into_iter().take(5) {
        let person = &cast.employees.records()[&employee];
        let text = |name: &str| person.text(&FieldName::new(name)).map(str::to_owned);
        let user = sqlx::query(
            "INSERT INTO users (email, first_name, last_name) VALUES (?, ?, ?) RETURNING id",
        )
        .bind(text("email"))
        .bind(text("first_name"))
        .bind(text("last_name"))
        .fetch_one(&mut *transaction)
        .await?
        .get::<i64, _>("id");
        let first = absence.span.first_day;
        let days: [(NaiveDate, bool); 3] =
            [(first - Days::new(1), false), (first, false), (first, true)];
        for (day, blocker) in days {
            sqlx::query("INSERT INTO bookings (user_id, day, blocker) VALUES (?, ?, ?)")
                .bind(user)
                .bind(day.to_string())
                .bind(blocker)
                .execute(&mut *transaction)
                .await?;
        }
    }
    transaction.commit().await?;
    Ok(())
}

/// Returns an absence that is approved and ahead of each person at work who has one.
fn ahead(cast: &Cast) -> Vec<(SourceId, &AbsencePeriod)> {
    let mut ahead: Vec<(SourceId, &AbsencePeriod)> = Vec::new();
    for absence in cast.absences.records().values() {
        let fits = |employee: &Employee| {
            employee.status() == Some(EmployeeStatus::Active)
                && employee.text(&"email".into()).is_some()
        };
        let person = cast.employees.records().get(&absence.employee);
        let is_known = ahead.iter().any(|(known, _)| *known == absence.employee);
        let counts = absence.approval == Known::Value(Approval::Approved);
        let is_ahead = absence.span.first_day > cast.today;
        if is_ahead && counts && person.is_some_and(fits) && !is_known {
            ahead.push((absence.employee.clone(), absence));
        }
    }
    ahead
}
