//! IT administration: everybody is shown with role and groups, new employees are added to HR, and leavers give their
//! devices back. One database holds any number of connections with HR, and what belongs to one shows in no other.

mod accounts;
mod commands;
mod demo;
mod new_employees;

use async_trait::async_trait;
use clap::{ArgMatches, Command};
use personio_client::{Client, sync::PersonioEmployees};
use sqlx::{Row as _, migrate::Migrator};
use sync_core::{Account, FieldName, Policy, TargetSystem};

pub use self::accounts::SqliteAccounts;
use self::new_employees::{Hr, NewEmployee, NewEmployees};
use crate::harness::{Cast, Needs, Opening, Product, Result, Right, Work};

/// The product for IT administration.
#[derive(Clone, Debug)]
pub struct Josys {
    accounts: SqliteAccounts,
    new_employees: NewEmployees,
    opening: Opening,
}

#[async_trait]
impl Product for Josys {
    const NAME: &'static str = "josys-style";
    const ABOUT: &'static str = "IT administration: who has which role and groups, who is to be added to HR, and whose devices must come back";
    const POLICY: &'static str = include_str!("../../../policies/josys.toml");

    const SEVERAL_CONNECTIONS: bool = true;

    fn fields() -> Vec<FieldName> {
        SqliteAccounts::fields().collect()
    }

    fn tables() -> &'static Migrator {
        static TABLES: Migrator = sqlx::migrate!("./migrations/josys");
        &TABLES
    }

    fn open(opening: &Opening) -> Self {
        let (database, connection) = (&opening.database, &opening.connection);
        Self {
            accounts: SqliteAccounts::new(database, connection),
            new_employees: NewEmployees::new(database, connection),
            opening: opening.clone(),
        }
    }

    fn needs(policy: &Policy) -> Needs {
        let mut needs = Needs::of(policy);
        needs.rights.insert(Right::WriteEmployees);
        needs
    }

    fn accounts(&self) -> &dyn TargetSystem<Account> {
        &self.accounts
    }

    /// Adds to HR who was added here.
    async fn lead(&self, personio: &Client, work: &mut Work<'_>) -> Result<()> {
        let links = work.links::<NewEmployee>().await?;
        let people = self.new_employees.desired(work.now(), &links).await?;
        let Some(people) = people else {
            return Ok(());
        };
        let personio = PersonioEmployees::new(personio.clone());
        let hr = Hr::new(&personio, &self.new_employees, &people);
        work.carry_out(&hr, &NewEmployees::policy(), &people)
            .await?;
        if !work.is_test() {
            let links = work.links::<NewEmployee>().await?;
            self.new_employees.note_links(&links).await?;
        }
        Ok(())
    }

    /// Reports leavers who still hold devices, and people whom HR refuses.
    async fn observe(&self) -> Result<Vec<String>> {
        let mut lines = self.leavers_with_devices().await?;
        lines.extend(self.new_employees.refused().await?);
        Ok(lines)
    }

    async fn demo(&self, cast: &Cast) -> Result<()> {
        demo::fill(&self.opening, cast).await
    }

    fn commands() -> Vec<Command> {
        commands::all()
    }

    fn writes(command: &str) -> bool {
        command != "accounts"
    }

    async fn command(&self, name: &str, arguments: &ArgMatches) -> Result<String> {
        commands::run(&self.opening, name, arguments).await
    }
}

impl Josys {
    async fn leavers_with_devices(&self) -> Result<Vec<String>> {
        let rows = sqlx::query(
            "SELECT accounts.id, external_id, count(*) AS devices FROM accounts
             JOIN devices ON account_id = accounts.id
             JOIN connections ON connections.id = connection_id
             WHERE access = 'locked' AND connections.label = ?
             GROUP BY accounts.id ORDER BY accounts.id",
        )
        .bind(&self.opening.connection)
        .fetch_all(&self.opening.database.pool)
        .await?;
        let line = |row: &sqlx::sqlite::SqliteRow| {
            let [id, devices]: [i64; 2] = [row.get("id"), row.get("devices")];
            let person: Option<&str> = row.get("external_id");
            let in_hr = person.map_or_else(String::new, |it| format!(" ({it} in HR)"));
            let devices = match devices {
                1 => "1 device".to_owned(),
                devices => format!("{devices} devices"),
            };
            format!("account {id}{in_hr} is locked and still holds {devices}")
        };
        Ok(rows.iter().map(line).collect())
    }
}
