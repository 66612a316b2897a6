//! Absences as rows of the table `absences`, beside those that were entered by hand.

use async_trait::async_trait;
use chrono::NaiveDate;
use sqlx::{Row as _, SqliteConnection, sqlite::SqliteRow};
use sync_core::{
    Absence, Applied, Capabilities, Change, Class, ErrorClass, Existing, FieldName, Known,
    ReadRequest, TargetError, TargetSystem,
    absence::{ABSENT, Approval, Hours, Span},
};

use crate::{
    database::{Database, target_error},
    table::{BATCH, Table, make_all},
};

/// The product's calendar of absences, as a target of the sync.
#[derive(Clone, Debug)]
pub struct SqliteAbsences {
    database: Database,
}

impl SqliteAbsences {
    /// Writes into the absences of a database.
    pub fn new(database: &Database) -> Self {
        Self {
            database: database.clone(),
        }
    }
}

#[async_trait]
impl TargetSystem<Absence> for SqliteAbsences {
    fn capabilities(&self) -> Capabilities {
        Capabilities::all().without(Class::Lock).batch(BATCH)
    }

    async fn read(&self, _request: &ReadRequest) -> Result<Vec<Existing<Absence>>, TargetError> {
        let rows = sqlx::query(
            "SELECT id, user_id, external_id, label, starts_on, ends_on, half_start, half_end,
                    hours, approval, version
             FROM absences",
        )
        .fetch_all(&self.database.pool)
        .await
        .map_err(|error| target_error(&error))?;
        rows.iter().map(existing).collect()
    }

    async fn apply(&self, changes: &[Change<Absence>]) -> Vec<Result<Applied, TargetError>> {
        make_all(self, &self.database, changes).await
    }
}

fn existing(row: &SqliteRow) -> Result<Existing<Absence>, TargetError> {
    let id = row.get::<i64, _>("id").to_string();
    let unreadable = |column: &str| {
        TargetError::new(ErrorClass::Stop).because(format!(
            "absence {id} holds something unreadable in column {column}"
        ))
    };
    let day = |text: &str| text.parse::<NaiveDate>().ok();
    let span = Span {
        first_day: day(row.get("starts_on")).ok_or_else(|| unreadable("starts_on"))?,
        last_day: match row.get::<Option<&str>, _>("ends_on") {
            Some(text) => Some(day(text).ok_or_else(|| unreadable("ends_on"))?),
            None => None,
        },
        starts_at_noon: row.get("half_start"),
        ends_at_noon: row.get("half_end"),
        hours: match row.get::<Option<&str>, _>("hours") {
            Some(text) => Some(Hours::from_text(text).ok_or_else(|| unreadable("hours"))?),
            None => None,
        },
    };
    let absence = Absence {
        account: row.get::<i64, _>("user_id").to_string().into(),
        label: Known::Value(row.get("label")),
        span,
        approval: Approval::from_text(row.get("approval")).ok_or_else(|| unreadable("approval"))?,
    };
    Ok(Existing {
        external_id: row.get::<Option<&str>, _>("external_id").map(Into::into),
        version: Some(row.get::<i64, _>("version").to_string().into()),
        ..Existing::new(id.as_str(), absence)
    })
}

#[async_trait]
impl Table<Absence> for SqliteAbsences {
    const NAME: &'static str = "absences";

    fn column(&self, field: &FieldName) -> Option<&'static str> {
        Some(match field.as_str() {
            "account" => "user_id",
            "label" => "label",
            "first_day" => "starts_on",
            "last_day" => "ends_on",
            "starts_at_noon" => "half_start",
            "ends_at_noon" => "half_end",
            "hours" => "hours",
            "approval" => "approval",
            _ => return None,
        })
    }

    async fn create(
        &self,
        connection: &mut SqliteConnection,
        change: &Change<Absence>,
        absence: &Absence,
    ) -> Result<Applied, TargetError> {
        let span = &absence.span;
        let row = sqlx::query(
            "INSERT INTO absences
                 (user_id, external_id, label, starts_on, ends_on, half_start, half_end, hours,
                  approval, origin, read_only)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'personio', 1)
             ON CONFLICT (external_id) DO UPDATE SET external_id = excluded.external_id
             RETURNING id, version",
        )
        .bind(absence.account.as_str())
        .bind(change.source.as_str())
        .bind(
            absence
                .label
                .as_ref()
                .value()
                .map_or(ABSENT, String::as_str),
        )
        .bind(span.first_day.to_string())
        .bind(span.last_day.map(|day| day.to_string()))
        .bind(span.starts_at_noon)
        .bind(span.ends_at_noon)
        .bind(span.hours.as_ref().map(ToString::to_string))
        .bind(absence.approval.as_str())
        .fetch_one(connection)
        .await
        .map_err(|error| target_error(&error))?;
        let [id, version]: [i64; 2] = [row.get("id"), row.get("version")];
        Ok(Applied::to(id.to_string()).at(version.to_string()))
    }
}
