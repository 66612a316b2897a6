//! Locations, departments and teams as rows of the table `units`.

use async_trait::async_trait;
use sqlx::{Row as _, SqliteConnection, sqlite::SqliteRow};
use sync_core::{
    Applied, Capabilities, Change, Class, ErrorClass, Existing, FieldName, Known, OrgUnit,
    ReadRequest, TargetError, TargetId, TargetSystem, UnitKind, Value, org_unit::field,
};

use crate::{
    database::{Database, target_error},
    table::{BATCH, Table, make_all},
};

/// The product's units, as a target of the sync.
#[derive(Clone, Debug)]
pub struct Units {
    database: Database,
}

impl Units {
    /// Writes into the units of a database.
    pub fn new(database: &Database) -> Self {
        Self {
            database: database.clone(),
        }
    }
}

#[async_trait]
impl TargetSystem<OrgUnit> for Units {
    fn capabilities(&self) -> Capabilities {
        Capabilities::all().without(Class::Lock).batch(BATCH)
    }

    async fn read(&self, _request: &ReadRequest) -> Result<Vec<Existing<OrgUnit>>, TargetError> {
        let rows = sqlx::query("SELECT id, kind, external_id, name, parent_id, version FROM units")
            .fetch_all(&self.database.pool)
            .await
            .map_err(|error| target_error(&error))?;
        rows.iter().map(existing).collect()
    }

    async fn apply(&self, changes: &[Change<OrgUnit>]) -> Vec<Result<Applied, TargetError>> {
        make_all(self, &self.database, changes).await
    }
}

fn existing(row: &SqliteRow) -> Result<Existing<OrgUnit>, TargetError> {
    let id = row.get::<i64, _>("id").to_string();
    let kind = UnitKind::from_text(row.get("kind")).ok_or_else(|| {
        TargetError::new(ErrorClass::Stop).because(format!("unit {id} is of an unknown kind"))
    })?;
    let parent = row.get::<Option<i64>, _>("parent_id");
    let parent = parent.map(|id| Value::Target(TargetId::from(id.to_string())));
    let unit = OrgUnit {
        kind,
        name: row.get("name"),
        parent: Known::from_observed(parent),
    };
    Ok(Existing {
        external_id: row.get::<Option<&str>, _>("external_id").map(Into::into),
        version: Some(row.get::<i64, _>("version").to_string().into()),
        ..Existing::new(id, unit)
    })
}

#[async_trait]
impl Table<OrgUnit> for Units {
    const NAME: &'static str = "units";

    fn column(&self, name: &FieldName) -> Option<&'static str> {
        [
            (field::KIND, "kind"),
            (field::NAME, "name"),
            (field::PARENT, "parent_id"),
        ]
        .into_iter()
        .find_map(|(field, column)| (field == *name).then_some(column))
    }

    /// Creates a unit. The one above it is known where it was there first, and set later otherwise.
    async fn create(
        &self,
        connection: &mut SqliteConnection,
        change: &Change<OrgUnit>,
        unit: &OrgUnit,
    ) -> Result<Applied, TargetError> {
        let parent = match &unit.parent {
            Known::Value(Value::Target(id)) => Some(id.as_str()),
            _ => None,
        };
        let row = sqlx::query(
            "INSERT INTO units (kind, external_id, name, parent_id) VALUES (?, ?, ?, ?)
             ON CONFLICT (external_id) DO UPDATE SET external_id = excluded.external_id
             RETURNING id, version",
        )
        .bind(unit.kind.as_str())
        .bind(change.source.as_str())
        .bind(&unit.name)
        .bind(parent)
        .fetch_one(connection)
        .await
        .map_err(|error| target_error(&error))?;
        let [id, version]: [i64; 2] = [row.get("id"), row.get("version")];
        Ok(Applied::to(id.to_string()).at(version.to_string()))
    }
}
