//! Shift planning: HR leads for people and where they work, the product for the hours that they worked, and for absences
//! whoever the customer chooses.

mod absences;
mod demo;
mod duplicates;
mod selection;
mod source;
mod time_entries;
mod units;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, PoisonError},
};

use async_trait::async_trait;
use sqlx::migrate::Migrator;
use sync_core::{
    Absence, AbsencePeriod, Account, Desired, Employee, FieldName, OrgUnit, Policy, Snapshot,
    Source, SourceId, TargetId, TargetSystem, TimeEntry, Wish,
    absence::{Count, Label},
    account::field,
    policy::PolicySettings,
};

pub use self::{absences::Calendar, units::Units};
use self::{selection::Selection, time_entries::TimeEntries};
use crate::{
    accounts::{Column, SqliteAccounts},
    harness::{Area, Cast, Choice, CountedType, Needs, Opening, Product, Result},
};

/// What the product knows of people besides their names. The first two are its own, see [`Product::people`].
const COLUMNS: [Column; 11] = [
    (EXTERNAL_ID, "external_id"),
    (SELECTED, "selected"),
    (FieldName::literal("hired_on"), "hire_date"),
    (FieldName::literal("leaves_on"), "last_working_day"),
    (FieldName::literal("department"), "department"),
    (FieldName::literal("team"), "team"),
    (FieldName::literal("location"), "location"),
    (FieldName::literal("company"), "company"),
    (FieldName::literal("weekly_hours"), "weekly_hours"),
    (FieldName::literal("vacation_days"), "vacation_days"),
    (FieldName::literal("vacation_balance"), "vacation_balance"),
];

const EXTERNAL_ID: FieldName = FieldName::literal("external_id");
const SELECTED: FieldName = FieldName::literal("selected");

/// What HR must show of everybody.
const ATTRIBUTES: [&str; 13] = [
    "department",
    "hire_date",
    "email",
    "subcompany",
    "last_working_day",
    "last_name",
    "office",
    "status",
    "team",
    "vacation_day_balance",
    "first_name",
    "weekly_working_hours",
    "absence_entitlement",
];

/// The shift planner.
#[derive(Clone, Debug)]
pub struct Staffomatic {
    accounts: SqliteAccounts,
    units: Units,
    calendar: Calendar,
    time_entries: TimeEntries,
    selection: Selection,
    /// The types of absence without a namesake, as the run saw them.
    lacking: Arc<Mutex<Vec<String>>>,
    opening: Opening,
}

/// Tells whether two types of absence have the same wording.
fn is_namesake(one: &str, other: &str) -> bool {
    one.trim().to_lowercase() == other.trim().to_lowercase()
}

#[async_trait]
impl Product for Staffomatic {
    const NAME: &'static str = "staffomatic-style";
    const ABOUT: &'static str = "Shift planning: HR leads for people, the product for hours worked, and for absences whom you choose";
    const POLICY: &'static str = include_str!("../../../policies/staffomatic.toml");

    fn fields() -> Vec<FieldName> {
        let common = [field::EMAIL, field::FIRST_NAME, field::LAST_NAME];
        let own = COLUMNS.into_iter().map(|(field, _)| field);
        let own = own.filter(|it| *it != EXTERNAL_ID && *it != SELECTED);
        common.into_iter().chain(own).collect()
    }

    fn tables() -> &'static Migrator {
        static TABLES: Migrator = sqlx::migrate!("./migrations/staffomatic");
        &TABLES
    }

    fn open(opening: &Opening) -> Self {
        let database = &opening.database;
        let first_types = match &opening.policy.settings().absences.label {
            Label::Namesake(names) => names.clone(),
            _ => BTreeSet::new(),
        };
        Self {
            accounts: SqliteAccounts::new(database)
                .with_columns(COLUMNS)
                .inviting(),
            units: Units::new(database),
            calendar: Calendar::new(database, opening.clock.clone()).beginning_with(first_types),
            time_entries: TimeEntries::new(database, opening.clock.clone()),
            selection: Selection::new(database),
            lacking: Arc::default(),
            opening: opening.clone(),
        }
    }

    fn needs(policy: &Policy) -> Needs {
        ATTRIBUTES
            .into_iter()
            .fold(Needs::of(policy), |needs, name| needs.and(name))
    }

    fn accounts(&self) -> &dyn TargetSystem<Account> {
        &self.accounts
    }

    fn org_units(&self) -> Option<&dyn TargetSystem<OrgUnit>> {
        Some(&self.units)
    }

    fn absences(&self) -> Option<&dyn TargetSystem<Absence>> {
        Some(&self.calendar)
    }

    fn own_absences(&self) -> Option<&dyn Source<AbsencePeriod>> {
        Some(&self.calendar)
    }

    fn time_entries(&self) -> Option<&dyn Source<TimeEntry>> {
        Some(&self.time_entries)
    }

    fn choice(&self) -> Option<&dyn Choice> {
        Some(&self.selection)
    }

    /// The product's own types are those that absences can have.
    async fn adjust(&self, mut settings: PolicySettings) -> Result<PolicySettings> {
        if let Label::Namesake(names) = &mut settings.absences.label {
            let own = self.calendar.types().await?;
            if !own.is_empty() {
                *names = own.into_iter().collect();
            }
        }
        // Who was chosen is no setting: an answer for one person must not hold what happens to others. See `people`.
        settings.accounts.scope.selected = None;
        Ok(settings)
    }

    /// Lets those take part who were chosen, unless the policy lets everybody, and marks them.
    async fn people(
        &self,
        _employees: &Snapshot<Employee>,
        desired: Desired<Account>,
    ) -> Result<Desired<Account>> {
        let mut desired = match &self.opening.policy.settings().accounts.scope.selected {
            Some(listed) => {
                let chosen = self.selection.chosen().await?;
                desired.only(|person| listed.contains(person) || chosen.contains(person))
            }
            None => desired,
        };
        for (person, wish) in &mut desired.wishes {
            if let Wish::Present(account) = wish {
                let marked = std::mem::take(account);
                *account = marked
                    .with(EXTERNAL_ID, person.as_str())
                    .with(SELECTED, "1");
            }
        }
        Ok(desired)
    }

    async fn count_types(&self, types: &[CountedType], only_plans: bool) -> Result<()> {
        if let Label::Namesake(first) = &self.opening.policy.settings().absences.label {
            let mut own = self.calendar.types().await?;
            if own.is_empty() {
                own.extend(first.iter().cloned());
            }
            let names = types.iter().map(|kind| kind.name.as_str());
            let lacks = |name: &&str| own.iter().all(|own| !is_namesake(own, name));
            let lacking = names.filter(lacks).map(str::to_owned).collect();
            *self.lacking.lock().unwrap_or_else(PoisonError::into_inner) = lacking;
        }
        if only_plans {
            return Ok(());
        }
        for kind in types {
            sqlx::query(
                "UPDATE absence_types SET counts_as_entitlement = ?, deducts_vacation = ?, is_paid = ?
                 WHERE lower(trim(name)) = lower(trim(?))",
            )
            .bind(kind.counts.contains(&Count::Entitlement))
            .bind(kind.counts.contains(&Count::Deduction))
            .bind(kind.counts.contains(&Count::Paid))
            .bind(&kind.name)
            .execute(&self.opening.database.pool)
            .await?;
        }
        Ok(())
    }

    /// Keeps the ids of HR beside what went there, for people to look at.
    async fn sent(&self, area: Area, sent: &BTreeMap<SourceId, TargetId>) -> Result<()> {
        let statement = match area {
            Area::Absences => {
                "UPDATE absences SET external_id = ?1 WHERE id = ?2 AND external_id IS NOT ?1"
            }
            Area::Attendances => {
                "UPDATE time_entries SET external_id = ?1 WHERE id = ?2 AND external_id IS NOT ?1"
            }
            Area::OrgUnits | Area::Accounts => return Ok(()),
        };
        let mut transaction = self.opening.database.pool.begin().await?;
        for (own, hr) in sent {
            sqlx::query(statement)
                .bind(hr.as_str())
                .bind(own.as_str())
                .execute(&mut *transaction)
                .await?;
        }
        transaction.commit().await?;
        Ok(())
    }

    async fn observe(&self) -> Result<Vec<String>> {
        let mut findings = duplicates::possible(&self.opening.database).await?;
        let lacking = self.lacking.lock();
        let lacking = lacking.unwrap_or_else(PoisonError::into_inner);
        if !lacking.is_empty() {
            let names = lacking.join(", ");
            findings.push(format!(
                "types of absence that HR has and absence_types lacks, so that their absences wait: {names}"
            ));
        }
        Ok(findings)
    }

    async fn demo(&self, cast: &Cast) -> Result<()> {
        demo::fill(&self.opening.database, cast).await
    }
}
