//! What only this product can do: list the accounts of a connection, and add somebody.

use chrono::NaiveDate;
use clap::{ArgMatches, Args as _, Command, FromArgMatches as _};
use comfy_table::{Table, presets::UTF8_FULL_CONDENSED};
use sqlx::Row as _;

use super::accounts::connection_id;
use crate::harness::{Failure, Opening, Result};

/// Whom to add.
#[derive(Debug, clap::Args)]
struct NewPerson {
    /// The given name.
    #[arg(long)]
    first_name: String,
    /// The family name.
    #[arg(long)]
    last_name: String,
    /// The e-mail address, which nobody else in HR may have.
    #[arg(long)]
    email: String,
    /// The job title.
    #[arg(long)]
    position: Option<String>,
    /// The department, by its name in HR.
    #[arg(long)]
    department: Option<String>,
    /// The first day of work.
    #[arg(long, value_name = "DATE")]
    hire_date: Option<NaiveDate>,
}

pub(super) fn all() -> Vec<Command> {
    let add = Command::new("add").about("Adds somebody, whom the next sync creates in HR");
    vec![
        Command::new("accounts")
            .about("Lists the accounts of the connection, with role and groups"),
        NewPerson::augment_args(add),
    ]
}

pub(super) async fn run(opening: &Opening, name: &str, arguments: &ArgMatches) -> Result<String> {
    match name {
        "add" => {
            let person = NewPerson::from_arg_matches(arguments)
                .map_err(|error| Failure::usage(error.to_string()))?;
            add(opening, &person).await
        }
        _ => list(opening).await,
    }
}

async fn add(opening: &Opening, person: &NewPerson) -> Result<String> {
    let mut transaction = opening.database.pool.begin().await?;
    let connection = connection_id(&mut transaction, &opening.connection).await?;
    let id: i64 = sqlx::query(
        "INSERT INTO new_employees (connection_id, first_name, last_name, email, position, department, hire_date)
         VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING id",
    )
    .bind(connection)
    .bind(&person.first_name)
    .bind(&person.last_name)
    .bind(&person.email)
    .bind(&person.position)
    .bind(&person.department)
    .bind(person.hire_date.map(|day| day.to_string()))
    .fetch_one(&mut *transaction)
    .await?
    .get("id");
    transaction.commit().await?;
    Ok(format!(
        "Noted as new employee {id}. The next sync creates the employee in HR."
    ))
}

async fn list(opening: &Opening) -> Result<String> {
    let rows = sqlx::query(
        r#"SELECT external_id, email, access, status, role, "groups", created_at, hire_date FROM accounts
           JOIN connections ON connections.id = connection_id WHERE label = ? ORDER BY email"#,
    )
    .bind(&opening.connection)
    .fetch_all(&opening.database.pool)
    .await?;
    let mut table = Table::new();
    table.load_style(UTF8_FULL_CONDENSED).set_header([
        "in HR", "e-mail", "access", "status", "role", "groups", "created", "hired",
    ]);
    for row in &rows {
        let texts = (0..8).map(|column| row.get::<Option<&str>, _>(column).unwrap_or("–"));
        table.add_row(texts);
    }
    Ok(table.to_string())
}
