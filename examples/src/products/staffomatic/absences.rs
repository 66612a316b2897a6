//! The calendar: absences as rows of the table `absences`, as a target where HR leads and as a source where the product does.

use std::collections::BTreeSet;

use async_trait::async_trait;
use chrono::NaiveDate;
use sqlx::{Row as _, SqliteConnection, sqlite::SqliteRow};
use sync_core::{
    Absence, AbsencePeriod, Applied, Capabilities, Change, Class, Effect, ErrorClass, Existing,
    FieldName, Known, ReadRequest, Snapshot, SnapshotRequest, Source, SourceError, SourceId,
    TargetError, TargetSystem, Value,
    absence::{ABSENT, Approval, Hours, Span, field},
};

use super::source::{self, Rows};
use crate::{
    database::{Database, target_error},
    harness::HostClock,
    table::{BATCH, Table, make_all},
};

const SELECT: &str = "
    SELECT absences.id, user_id, external_id, type_id, name, starts_on, ends_on, half_start, half_end, hours, state, version
    FROM absences JOIN absence_types ON absence_types.id = type_id";

/// The product's calendar.
#[derive(Clone, Debug)]
pub struct Calendar {
    database: Database,
    clock: HostClock,
    first_types: BTreeSet<String>,
}

impl Calendar {
    /// Reads and writes the absences of a database.
    pub fn new(database: &Database, clock: HostClock) -> Self {
        Self {
            database: database.clone(),
            clock,
            first_types: BTreeSet::new(),
        }
    }

    /// Gives a customer who has no types of absence yet these ones to begin with.
    #[must_use]
    pub fn beginning_with(mut self, types: BTreeSet<String>) -> Self {
        self.first_types = types;
        self
    }

    /// Returns the names of the product's own types of absence.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn types(&self) -> Result<Vec<String>, sqlx::Error> {
        sqlx::query_scalar("SELECT name FROM absence_types ORDER BY id")
            .fetch_all(&self.database.pool)
            .await
    }

    /// Adds the types that absences are about and that the product lacks; where it has none, all that it begins with,
    /// since from then on those that it has decide which absences of HR have a namesake.
    async fn add_types(&self, changes: &[Change<Absence>]) -> Result<(), sqlx::Error> {
        let first = match self.types().await?.is_empty() {
            true => Some(self.first_types.iter().map(String::as_str)),
            false => None,
        };
        let first = first.into_iter().flatten();
        for label in first.chain(changes.iter().filter_map(label_of)) {
            sqlx::query(
                "INSERT INTO absence_types (name)
                 SELECT ?1 WHERE NOT EXISTS (SELECT 1 FROM absence_types WHERE name = ?1)",
            )
            .bind(label)
            .execute(&self.database.pool)
            .await?;
        }
        Ok(())
    }
}

/// Returns the type that a change writes.
fn label_of(change: &Change<Absence>) -> Option<&str> {
    match &change.effect {
        Effect::Create(absence) => Some(created_label(absence)),
        effect => {
            let mut fields = effect.field_changes().iter();
            let label = fields.find(|change| change.field == field::LABEL)?;
            label.after.as_ref()?.as_text()
        }
    }
}

fn created_label(absence: &Absence) -> &str {
    absence
        .label
        .as_ref()
        .value()
        .map_or(ABSENT, String::as_str)
}

#[async_trait]
impl TargetSystem<Absence> for Calendar {
    fn capabilities(&self) -> Capabilities {
        Capabilities::all().without(Class::Lock).batch(BATCH)
    }

    async fn read(&self, _request: &ReadRequest) -> Result<Vec<Existing<Absence>>, TargetError> {
        let rows = sqlx::query(SELECT)
            .fetch_all(&self.database.pool)
            .await
            .map_err(|error| target_error(&error))?;
        rows.iter().map(existing).collect()
    }

    async fn apply(&self, changes: &[Change<Absence>]) -> Vec<Result<Applied, TargetError>> {
        match self.add_types(changes).await {
            Ok(()) => make_all(self, &self.database, changes).await,
            Err(error) => changes.iter().map(|_| Err(target_error(&error))).collect(),
        }
    }
}

fn existing(row: &SqliteRow) -> Result<Existing<Absence>, TargetError> {
    let id = row.get::<i64, _>("id").to_string();
    let (span, approval) = times(row).ok_or_else(|| {
        let text = format!("absence {id} holds a day, hours or a state that cannot be read");
        TargetError::new(ErrorClass::Stop).because(text)
    })?;
    let absence = Absence {
        account: row.get::<i64, _>("user_id").to_string().into(),
        label: Known::Value(row.get("name")),
        span,
        approval,
    };
    Ok(Existing {
        external_id: row.get::<Option<&str>, _>("external_id").map(Into::into),
        version: Some(row.get::<i64, _>("version").to_string().into()),
        ..Existing::new(id, absence)
    })
}

/// Reads when somebody is absent, and what was decided about it; `None` when a column holds something else.
fn times(row: &SqliteRow) -> Option<(Span, Approval)> {
    let day = |text: &str| text.parse::<NaiveDate>().ok();
    let span = Span {
        first_day: day(row.get("starts_on"))?,
        last_day: match row.get::<Option<&str>, _>("ends_on") {
            Some(text) => Some(day(text)?),
            None => None,
        },
        starts_at_noon: row.get("half_start"),
        ends_at_noon: row.get("half_end"),
        hours: match row.get::<Option<&str>, _>("hours") {
            Some(text) => Some(Hours::from_text(text)?),
            None => None,
        },
    };
    let state: &str = row.get("state");
    let all = [Approval::Approved, Approval::Pending, Approval::Rejected];
    let approval = all.into_iter().find(|approval| word(*approval) == state)?;
    Some((span, approval))
}

/// What the product calls the state of a request.
fn word(approval: Approval) -> &'static str {
    match approval {
        Approval::Approved => "approved",
        Approval::Pending => "open",
        Approval::Rejected => "rejected",
    }
}

#[async_trait]
impl Table<Absence> for Calendar {
    const NAME: &'static str = "absences";

    fn column(&self, field: &FieldName) -> Option<&'static str> {
        Some(match field.as_str() {
            "account" => "user_id",
            "label" => "type_id",
            "first_day" => "starts_on",
            "last_day" => "ends_on",
            "starts_at_noon" => "half_start",
            "ends_at_noon" => "half_end",
            "hours" => "hours",
            "approval" => "state",
            _ => return None,
        })
    }

    fn text(&self, field: &FieldName, value: &Value) -> String {
        match value {
            Value::Bool(flag) => u8::from(*flag).to_string(),
            Value::Text(text) if *field == field::APPROVAL => {
                Approval::from_text(text).map_or_else(|| text.clone(), |it| word(it).to_owned())
            }
            other => other.to_string(),
        }
    }

    /// An absence refers to its type, which the engine knows by its name.
    fn expression(&self, field: &FieldName) -> &'static str {
        match field.as_str() {
            "label" => "(SELECT id FROM absence_types WHERE name = ?)",
            _ => "?",
        }
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
                 (user_id, external_id, type_id, starts_on, ends_on, half_start, half_end, hours, state, origin)
             VALUES (?, ?, (SELECT id FROM absence_types WHERE name = ?), ?, ?, ?, ?, ?, ?, 'personio')
             ON CONFLICT (external_id) DO UPDATE SET external_id = excluded.external_id
             RETURNING id, version",
        )
        .bind(absence.account.as_str())
        .bind(change.source.as_str())
        .bind(created_label(absence))
        .bind(span.first_day.to_string())
        .bind(span.last_day.map(|day| day.to_string()))
        .bind(span.starts_at_noon)
        .bind(span.ends_at_noon)
        .bind(span.hours.as_ref().map(ToString::to_string))
        .bind(word(absence.approval))
        .fetch_one(connection)
        .await
        .map_err(|error| target_error(&error))?;
        let [id, version]: [i64; 2] = [row.get("id"), row.get("version")];
        Ok(Applied::to(id.to_string()).at(version.to_string()))
    }
}

/// Requests that were entered in the product, by their numbers there. What came from HR is HR's own.
#[async_trait]
impl Source<AbsencePeriod> for Calendar {
    async fn snapshot(
        &self,
        request: &SnapshotRequest,
    ) -> Result<Snapshot<AbsencePeriod>, SourceError> {
        let select = format!("{SELECT} WHERE origin = 'manual'");
        let rows = Rows::read(
            &self.database,
            &select,
            "SELECT count(*) FROM absences WHERE origin = 'manual'",
        );
        let rows = rows
            .await
            .map_err(|error| source::error("absences", error))?;
        Ok(
            rows.snapshot(request, self.clock.now(), period, |period, window| {
                window.overlaps(period.span.first_day, period.span.last_day)
            }),
        )
    }
}

fn period(row: &SqliteRow) -> Option<AbsencePeriod> {
    let (mut span, approval) = times(row)?;
    // HR takes clock times as local to the person, and so does the product.
    if let Some(hours) = &mut span.hours {
        hours.zone = None;
    }
    Some(AbsencePeriod {
        employee: SourceId::from(row.get::<i64, _>("user_id").to_string()),
        kind_id: Known::Value(row.get::<i64, _>("type_id").to_string()),
        kind_name: Known::Value(row.get("name")),
        span,
        approval: Known::Value(approval),
    })
}
