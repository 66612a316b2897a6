//! Units and calendar of the shift planner keep the contract of a product.

use examples::{
    database::Database,
    harness::{HostClock, Product as _},
    products::staffomatic::{Calendar, Staffomatic, Units},
};
use sync_core::{
    Absence, FieldName, Known, OrgUnit, TargetId, UnitKind, async_trait, org_unit,
    testing::conformance::{self, Factory, Sample as _},
};

use crate::kit::{InProduct, TODAY, World, morning};

#[tokio::test]
async fn units_keep_the_contract() {
    conformance::check_all(InUnits).await.assert_passed();
}

#[tokio::test]
async fn the_calendar_keeps_the_contract() {
    conformance::check_all(InCalendar).await.assert_passed();
}

/// Opens an adapter over the tables of a product.
async fn opened<T>(world: World, adapter: impl FnOnce(&Database) -> T) -> InProduct<T> {
    let database = Database::open_product(&world.file(), Staffomatic::tables()).await;
    let adapter = adapter(&database.expect("opens"));
    InProduct { adapter, world }
}

struct InUnits;

#[async_trait]
impl Factory<OrgUnit> for InUnits {
    type Target = InProduct<Units>;

    async fn empty(&self) -> Self::Target {
        opened(World::new().await, Units::new).await
    }

    fn sample(&self, number: usize) -> OrgUnit {
        let kinds = ["office", "department", "team"];
        OrgUnit {
            kind: UnitKind::from_text(kinds[number % 3]).expect("a kind"),
            name: format!("Unit {number}"),
            parent: Known::Cleared,
        }
    }

    fn free_text(&self) -> Vec<FieldName> {
        vec![org_unit::field::NAME]
    }

    fn may_be_empty(&self) -> Vec<FieldName> {
        Vec::new()
    }

    fn reference(&self) -> Option<FieldName> {
        Some(org_unit::field::PARENT)
    }

    async fn reopen(&self, target: Self::Target) -> Option<Self::Target> {
        Some(opened(target.world, Units::new).await)
    }

    async fn enter(&self, target: &Self::Target, _: OrgUnit) -> Option<TargetId> {
        target
            .world
            .execute("INSERT INTO departments (id, name) VALUES (9000, 'Bar')")
            .await;
        Some("9000".into())
    }

    async fn cut_off(&self, target: &Self::Target) -> bool {
        target
            .world
            .execute("ALTER TABLE units RENAME TO gone")
            .await;
        true
    }
}

struct InCalendar;

fn calendar(database: &Database) -> Calendar {
    Calendar::new(database, HostClock::still_at(morning(TODAY)))
}

#[async_trait]
impl Factory<Absence> for InCalendar {
    type Target = InProduct<Calendar>;

    /// Absences need somebody who is absent.
    async fn empty(&self) -> Self::Target {
        let calendar = opened(World::new().await, calendar).await;
        calendar
            .world
            .execute("INSERT INTO users (id, first_name) VALUES (1, 'Bora')")
            .await;
        calendar
    }

    fn sample(&self, number: usize) -> Absence {
        Absence::sample(number)
    }

    fn free_text(&self) -> Vec<FieldName> {
        Absence::free_text()
    }

    /// There is always a type.
    fn may_be_empty(&self) -> Vec<FieldName> {
        Vec::new()
    }

    async fn reopen(&self, target: Self::Target) -> Option<Self::Target> {
        Some(opened(target.world, calendar).await)
    }

    async fn enter(&self, target: &Self::Target, _: Absence) -> Option<TargetId> {
        target
            .world
            .execute(
                "INSERT INTO absence_types (id, name) VALUES (1, 'absent');
                 INSERT INTO absences (id, user_id, type_id, starts_on, ends_on)
                 VALUES (9000, 1, 1, '2026-03-02', '2026-03-03')",
            )
            .await;
        Some("9000".into())
    }

    async fn cut_off(&self, target: &Self::Target) -> bool {
        target
            .world
            .execute("ALTER TABLE absences RENAME TO gone")
            .await;
        true
    }
}
