//! A project tool that wants to know who is away: absences flow in, its users are its own.

mod calendar;
mod demo;
mod users;

use async_trait::async_trait;
use sqlx::migrate::Migrator;
use sync_core::{Absence, Account, Policy, TargetSystem, employee::attribute};

pub use self::{
    calendar::{Calendar, CalendarError},
    users::MatchedUsers,
};
use crate::{
    absences::SqliteAbsences,
    database::Database,
    harness::{Cast, Needs, Opening, Product, Result},
};

/// The project tool.
#[derive(Clone, Debug)]
pub struct Awork {
    database: Database,
    users: MatchedUsers,
    absences: SqliteAbsences,
}

#[async_trait]
impl Product for Awork {
    const NAME: &'static str = "awork-style";
    const ABOUT: &'static str = "A project tool: absences of its users come from HR, read-only";
    const POLICY: &'static str = include_str!("../../../policies/awork.toml");

    fn tables() -> &'static Migrator {
        static TABLES: Migrator = sqlx::migrate!("./migrations/awork");
        &TABLES
    }

    fn open(opening: &Opening) -> Self {
        let database = &opening.database;
        Self {
            database: database.clone(),
            users: MatchedUsers::new(database),
            absences: SqliteAbsences::new(database),
        }
    }

    /// Access is the product's own matter, so the first day of work is not asked for.
    fn needs(policy: &Policy) -> Needs {
        let mut needs = Needs::of(policy);
        needs.optional.remove(&attribute::HIRE_DATE);
        needs
    }

    fn accounts(&self) -> &dyn TargetSystem<Account> {
        &self.users
    }

    fn absences(&self) -> Option<&dyn TargetSystem<Absence>> {
        Some(&self.absences)
    }

    async fn demo(&self, cast: &Cast) -> Result<()> {
        demo::fill(&self.database, cast).await
    }
}
