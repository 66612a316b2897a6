use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use chrono::NaiveDate;
use clap::{ArgMatches, Command};
use personio_client::Client;
use sqlx::migrate::Migrator;
use sync_core::{
    Absence, AbsencePeriod, Account, Desired, Employee, FieldName, OrgUnit, Policy, Snapshot,
    Source, SourceId, TargetId, TargetSystem, TimeEntry, absence::Count, account::field,
    policy::PolicySettings,
};

use super::{Area, Choice, Failure, HostClock, Needs, Result, Work};
use crate::database::Database;

/// A product: its tables, its adapters, and what it does differently from others.
///
/// Most of it is a matter of the policy; what is here is what only the product's database knows.
#[async_trait]
pub trait Product: Sized + Send + Sync + 'static {
    /// The name of the program, such as `buuky-style`.
    const NAME: &'static str;
    /// What the product is, in one line.
    const ABOUT: &'static str;
    /// The policy that comes with the product, as TOML; `--policy` replaces it.
    const POLICY: &'static str;

    /// Whether one database may follow several HR accounts, each under a label.
    const SEVERAL_CONNECTIONS: bool = false;
    /// The kinds of record that only this product has, for the section `own_kinds` of the policy.
    const OWN_KINDS: &'static [&'static str] = &[];

    /// Returns the fields of accounts that a policy may map.
    fn fields() -> Vec<FieldName> {
        vec![field::EMAIL, field::FIRST_NAME, field::LAST_NAME]
    }

    /// Returns the product's own tables, as migrations with numbers above 1000.
    fn tables() -> &'static Migrator;

    /// Opens the adapters over the tables.
    fn open(opening: &Opening) -> Self;

    /// Returns what the credential must be able to read and write. Unless a product says more, what the policy needs.
    fn needs(policy: &Policy) -> Needs {
        Needs::of(policy)
    }

    /// Returns the product's accounts.
    fn accounts(&self) -> &dyn TargetSystem<Account>;

    /// Returns the product's units, if it keeps any.
    fn org_units(&self) -> Option<&dyn TargetSystem<OrgUnit>> {
        None
    }

    /// Returns the product's calendar, if HR may write into it.
    fn absences(&self) -> Option<&dyn TargetSystem<Absence>> {
        None
    }

    /// Returns the product's absences, if it may lead and HR follow.
    fn own_absences(&self) -> Option<&dyn Source<AbsencePeriod>> {
        None
    }

    /// Returns the time entries that go to HR.
    fn time_entries(&self) -> Option<&dyn Source<TimeEntry>> {
        None
    }

    /// Returns who decides of each person whether they take part, where somebody does.
    fn choice(&self) -> Option<&dyn Choice> {
        None
    }

    /// Learns what the types of absence in HR are called and count for, before absences are carried out; writes nothing in
    /// a run that only plans.
    async fn count_types(&self, _types: &[CountedType], _only_plans: bool) -> Result<()> {
        Ok(())
    }

    /// Learns which record of HR each of its own became, after they went there.
    async fn sent(&self, _area: Area, _sent: &BTreeMap<SourceId, TargetId>) -> Result<()> {
        Ok(())
    }

    /// Writes into the settings what only the product's database knows: who was selected, which types of absence it
    /// has. Called before each run.
    async fn adjust(&self, settings: PolicySettings) -> Result<PolicySettings> {
        Ok(settings)
    }

    /// Lets HR follow where the product leads, through [`Work::carry_out`]. Called before the accounts, which then
    /// come back with what HR has made of it.
    async fn lead(&self, _personio: &Client, _work: &mut Work<'_>) -> Result<()> {
        Ok(())
    }

    /// Changes what HR wants of accounts, after the mapping and before planning.
    async fn people(
        &self,
        _employees: &Snapshot<Employee>,
        desired: Desired<Account>,
    ) -> Result<Desired<Account>> {
        Ok(desired)
    }

    /// Changes what HR wants of absences, such as to round them to what the calendar holds.
    async fn calendar(
        &self,
        desired: Desired<Absence>,
        _work: &Work<'_>,
    ) -> Result<Desired<Absence>> {
        Ok(desired)
    }

    /// Lets follow from the absences what they mean for records of the product's own, through
    /// [`Work::carry_out`]. Called with what HR wants, after the absences themselves.
    async fn follow(&self, _absences: &Desired<Absence>, _work: &mut Work<'_>) -> Result<()> {
        Ok(())
    }

    /// Returns what a person should know after a run, and what nobody changes: one line each, with ids only.
    async fn observe(&self) -> Result<Vec<String>> {
        Ok(Vec::new())
    }

    /// Fills the product side with something to see, for people of HR. Does nothing the second time.
    async fn demo(&self, cast: &Cast) -> Result<()>;

    /// Returns the commands that only this product has.
    fn commands() -> Vec<Command> {
        Vec::new()
    }

    /// Tells whether one of the product's [own commands](Self::commands) writes into the database.
    fn writes(_command: &str) -> bool {
        true
    }

    /// Carries out one of the product's [own commands](Self::commands), and returns what it prints.
    async fn command(&self, name: &str, _arguments: &ArgMatches) -> Result<String> {
        Err(Failure::usage(format!("there is no command {name}")))
    }
}

/// What a product is opened with.
#[derive(Clone, Debug)]
pub struct Opening {
    /// The product's database.
    pub database: Database,
    /// The label of the connection.
    pub connection: String,
    /// The customer's choices.
    pub policy: Policy,
    /// The time.
    pub clock: HostClock,
}

/// A type of absence in HR, and what it counts for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CountedType {
    /// What HR calls it.
    pub name: String,
    /// What it counts for.
    pub counts: BTreeSet<Count>,
}

/// Whom a demonstration is about.
#[derive(Debug)]
pub struct Cast {
    /// The current day.
    pub today: NaiveDate,
    /// The people in HR.
    pub employees: Snapshot<Employee>,
    /// Their absences around the current day.
    pub absences: Snapshot<AbsencePeriod>,
}
