//! Desk booking: people get an account and one mail, and absences give their desks back.

mod booking;
mod bookings;
mod demo;

use async_trait::async_trait;
use sqlx::migrate::Migrator;
use sync_core::{Absence, Account, Desired, Record as _, TargetSystem, account::field};

use self::{booking::Booking, bookings::SqliteBookings};
use crate::{
    absences::SqliteAbsences,
    accounts::SqliteAccounts,
    harness::{Cast, Opening, Product, Result, Work},
};

/// The desk booking product.
#[derive(Clone, Debug)]
pub struct Buuky {
    accounts: SqliteAccounts,
    absences: SqliteAbsences,
    bookings: SqliteBookings,
    opening: Opening,
}

#[async_trait]
impl Product for Buuky {
    const NAME: &'static str = "buuky-style";
    const ABOUT: &'static str =
        "Desk booking: people get an account, and absences give their desks back";
    const POLICY: &'static str = include_str!("../../../policies/buuky.toml");

    const OWN_KINDS: &'static [&'static str] = &[Booking::KIND];

    fn tables() -> &'static Migrator {
        static TABLES: Migrator = sqlx::migrate!("./migrations/buuky");
        &TABLES
    }

    fn open(opening: &Opening) -> Self {
        let database = &opening.database;
        let mut mapping = opening.policy.settings().accounts.mapping.rules();
        // Where the policy writes no names, they belong to whom people sign in with (B12).
        let name_owner = match mapping.any(|(name, _)| *name == field::FIRST_NAME) {
            true => "hr",
            false => "sso",
        };
        Self {
            accounts: SqliteAccounts::new(database)
                .created_with("name_owner", name_owner)
                .inviting(),
            absences: SqliteAbsences::new(database),
            bookings: SqliteBookings::new(database),
            opening: opening.clone(),
        }
    }

    fn accounts(&self) -> &dyn TargetSystem<Account> {
        &self.accounts
    }

    fn absences(&self) -> Option<&dyn TargetSystem<Absence>> {
        Some(&self.absences)
    }

    async fn follow(&self, absences: &Desired<Absence>, work: &mut Work<'_>) -> Result<()> {
        let bookings = self.bookings.all().await?;
        let desired = booking::desire(absences, bookings, (work.today(), work.now()));
        let policy = self.opening.policy.own_kind(Booking::KIND);
        work.carry_out(&self.bookings, &policy, &desired).await
    }

    async fn demo(&self, cast: &Cast) -> Result<()> {
        demo::fill(&self.opening.database, cast).await
    }
}
