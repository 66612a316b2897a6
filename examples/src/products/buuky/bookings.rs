//! Bookings as rows of the table `bookings`.

use async_trait::async_trait;
use chrono::NaiveDate;
use sqlx::{Row as _, SqliteConnection, sqlite::SqliteRow};
use sync_core::{
    Applied, Capabilities, Change, Class, ErrorClass, Existing, FieldName, ReadRequest, SourceId,
    TargetError, TargetSystem, Value,
};

use super::booking::{self, Booking};
use crate::{
    database::{Database, target_error},
    table::{BATCH, Table, make_all},
};

/// The desks that people have booked, as a target of the sync.
#[derive(Clone, Debug)]
pub(super) struct SqliteBookings {
    database: Database,
}

impl SqliteBookings {
    /// Works on the bookings of a database.
    pub(super) fn new(database: &Database) -> Self {
        Self {
            database: database.clone(),
        }
    }

    /// Returns all bookings.
    pub(super) async fn all(&self) -> Result<Vec<Existing<Booking>>, TargetError> {
        let rows = sqlx::query(
            "SELECT id, user_id, day, part, blocker, status, released_for, version FROM bookings",
        )
        .fetch_all(&self.database.pool)
        .await
        .map_err(|error| target_error(&error))?;
        rows.iter().map(existing).collect()
    }
}

#[async_trait]
impl TargetSystem<Booking> for SqliteBookings {
    /// Bookings are made by people; an absence can only take something of them.
    fn capabilities(&self) -> Capabilities {
        Capabilities::all()
            .without(Class::Create)
            .without(Class::Remove)
            .batch(BATCH)
    }

    async fn read(&self, _request: &ReadRequest) -> Result<Vec<Existing<Booking>>, TargetError> {
        self.all().await
    }

    async fn apply(&self, changes: &[Change<Booking>]) -> Vec<Result<Applied, TargetError>> {
        make_all(self, &self.database, changes).await
    }
}

fn existing(row: &SqliteRow) -> Result<Existing<Booking>, TargetError> {
    let id = row.get::<i64, _>("id").to_string();
    let unreadable = |column: &str| {
        TargetError::new(ErrorClass::Stop).because(format!(
            "booking {id} holds something unreadable in column {column}"
        ))
    };
    let released = row.get::<&str, _>("released_for").split_whitespace();
    let blocker = row.get::<bool, _>("blocker");
    let booking = Booking {
        account: row.get::<i64, _>("user_id").to_string().into(),
        day: row
            .get::<&str, _>("day")
            .parse::<NaiveDate>()
            .map_err(|_| unreadable("day"))?,
        part: booking::part(row.get("part")).ok_or_else(|| unreadable("part"))?,
        cancelled: row.get::<&str, _>("status") == "cancelled",
        blocker,
        released_for: released.map(SourceId::from).collect(),
    };
    Ok(Existing {
        version: Some(row.get::<i64, _>("version").to_string().into()),
        protected: blocker,
        ..Existing::new(id.as_str(), booking).with_external_id(id.as_str())
    })
}

#[async_trait]
impl Table<Booking> for SqliteBookings {
    const NAME: &'static str = "bookings";

    fn column(&self, field: &FieldName) -> Option<&'static str> {
        Some(match field.as_str() {
            "part" => "part",
            "cancelled" => "status",
            "released_for" => "released_for",
            _ => return None,
        })
    }

    async fn create(
        &self,
        _: &mut SqliteConnection,
        _: &Change<Booking>,
        _: &Booking,
    ) -> Result<Applied, TargetError> {
        Err(ErrorClass::NotSupported.into())
    }

    fn text(&self, field: &FieldName, value: &Value) -> String {
        match (field.as_str(), value) {
            ("cancelled", Value::Bool(true)) => "cancelled".to_owned(),
            ("cancelled", _) => "booked".to_owned(),
            (_, Value::List(ids)) => {
                let ids: Vec<&str> = ids.iter().filter_map(Value::as_text).collect();
                ids.join(" ")
            }
            (_, value) => value.to_string(),
        }
    }
}
