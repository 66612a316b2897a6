//! An expense tool: people with their place in the organisation, and whoever approves their claims.

mod demo;
mod users;

use async_trait::async_trait;
use sqlx::migrate::Migrator;
use sync_core::{Account, FieldName, Policy, TargetSystem, account::field};

pub use self::users::ClaimingUsers;
use crate::{
    database::Database,
    harness::{Cast, Needs, Opening, Product, Result, Right},
};

/// The expense tool.
#[derive(Clone, Debug)]
pub struct Rydoo {
    database: Database,
    users: ClaimingUsers,
}

#[async_trait]
impl Product for Rydoo {
    const NAME: &'static str = "rydoo-style";
    const ABOUT: &'static str =
        "Expenses: people with their branch, their group and their approver";
    const POLICY: &'static str = include_str!("../../../policies/rydoo.toml");

    fn fields() -> Vec<FieldName> {
        let common = [field::EMAIL, field::FIRST_NAME, field::LAST_NAME];
        common.into_iter().chain(ClaimingUsers::fields()).collect()
    }

    fn tables() -> &'static Migrator {
        static TABLES: Migrator = sqlx::migrate!("./migrations/rydoo");
        &TABLES
    }

    fn open(opening: &Opening) -> Self {
        Self {
            database: opening.database.clone(),
            users: ClaimingUsers::new(&opening.database),
        }
    }

    /// The rights and attributes of the product's manual, whether or not this customer's mapping uses them, and what
    /// it uses besides.
    fn needs(policy: &Policy) -> Needs {
        let rights = [
            Right::ReadEmployees,
            Right::ReadAttendances,
            Right::ReadAbsences,
            Right::ReadOrgUnits,
        ];
        let attributes = [
            "email",
            "first_name",
            "last_name",
            "gender",
            "hire_date",
            "office",
            "profile_picture",
            "termination_date",
            "status",
            "supervisor",
        ];
        let needs = rights.into_iter().fold(Needs::of(policy), Needs::right);
        let needs = attributes.into_iter().fold(needs, Needs::and);
        needs.optional("employment_type")
    }

    fn accounts(&self) -> &dyn TargetSystem<Account> {
        &self.users
    }

    async fn demo(&self, cast: &Cast) -> Result<()> {
        demo::fill(&self.database, cast).await
    }
}
