//! People whom IT adds before HR knows them: rows of the table `new_employees`, which become employees in HR.

use std::{
    collections::{BTreeMap, BTreeSet},
    error::Error as _,
};

use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use sqlx::{Row as _, sqlite::SqliteRow};
use sync_core::{
    Account, Applied, Capabilities, Change, Coverage, Desired, Effect, ErrorClass, Existing,
    FieldError, FieldName, Fields, MatchKey, ReadRequest, Record, Snapshot, SourceId, SyncPolicy,
    TargetError, TargetId, TargetSystem, Value, Wish,
    account::{email_key, field},
    policy::LostAction,
    with_causes,
};

use crate::{
    database::{Database, target_error},
    harness::Failure,
};

/// The columns of the table that HR is told, under the names that HR has for them.
const COLUMNS: [&str; 6] = [
    "first_name",
    "last_name",
    "email",
    "position",
    "department",
    "hire_date",
];

/// Somebody who is to become an employee in HR.
///
/// A kind of its own, so that the ledger tells people who go to HR from people who come from there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct NewEmployee(Account);

impl Record for NewEmployee {
    const KIND: &'static str = "new employee";

    fn fields(&self) -> Fields {
        self.0.fields()
    }

    fn set(&mut self, field: &FieldName, value: Option<&Value>) -> Result<(), FieldError> {
        self.0.set(field, value)
    }

    /// The address, which HR has only once: by it a lost answer is settled.
    fn match_keys(&self) -> Vec<MatchKey> {
        self.0.match_keys()
    }
}

/// The table of one connection.
#[derive(Clone, Debug)]
pub(super) struct NewEmployees {
    database: Database,
    connection: String,
}

impl NewEmployees {
    pub(super) fn new(database: &Database, connection: &str) -> Self {
        Self {
            database: database.clone(),
            connection: connection.to_owned(),
        }
    }

    /// Returns how they go to HR: each once. Once HR has somebody, HR leads, and may also let them go.
    pub(super) fn policy() -> SyncPolicy {
        let mut policy = SyncPolicy::default();
        policy.lifecycle.lost = LostAction::Leave;
        policy
    }

    /// Returns who is to be in HR: those who were added, and beside them those whom HR has by now and the ledger
    /// knows. `None` when nobody waits.
    ///
    /// Whom HR has and the ledger has forgotten is not among them, so that nobody is created a second time.
    pub(super) async fn desired(
        &self,
        now: DateTime<Utc>,
        links: &BTreeMap<SourceId, TargetId>,
    ) -> Result<Option<Desired<NewEmployee>>, Failure> {
        let rows = sqlx::query(
            "SELECT new_employees.* FROM new_employees JOIN connections ON connections.id = connection_id
             WHERE label = ?",
        )
        .bind(&self.connection)
        .fetch_all(&self.database.pool)
        .await?;
        let is_open = |row: &SqliteRow| row.get::<Option<&str>, _>("external_id").is_none();
        if !rows.iter().any(is_open) {
            return Ok(None);
        }
        let people = rows.iter().map(|row| (is_open(row), person(row)));
        let people = people.filter(|(is_open, (id, _))| *is_open || links.contains_key(id));
        let snapshot = Snapshot::whole(Coverage::All, people.map(|(_, person)| person), now);
        Ok(Some(
            snapshot.desire(|_, person| Wish::Present(person.clone())),
        ))
    }

    /// Writes down which of them HR has, and as whom.
    pub(super) async fn note_links(
        &self,
        links: &BTreeMap<SourceId, TargetId>,
    ) -> Result<(), Failure> {
        for (person, employee) in links {
            sqlx::query(
                "UPDATE new_employees SET external_id = ?1, problem = NULL
                 WHERE id = ?2 AND external_id IS NOT ?1",
            )
            .bind(employee.as_str())
            .bind(person.as_str())
            .execute(&self.database.pool)
            .await?;
        }
        Ok(())
    }

    /// Says whom HR has refused, in HR's own words, from which the values that were sent are taken out.
    pub(super) async fn refused(&self) -> Result<Vec<String>, Failure> {
        let rows = sqlx::query(
            "SELECT new_employees.id, problem FROM new_employees JOIN connections ON connections.id = connection_id
             WHERE label = ? AND external_id IS NULL AND problem IS NOT NULL ORDER BY new_employees.id",
        )
        .bind(&self.connection)
        .fetch_all(&self.database.pool)
        .await?;
        let line = |row: &SqliteRow| {
            let (id, problem): (i64, &str) = (row.get("id"), row.get("problem"));
            format!("HR refuses new employee {id}: {problem}")
        };
        Ok(rows.iter().map(line).collect())
    }

    /// Writes down why HR refused somebody, until it is put right.
    async fn note_problem(
        &self,
        person: &SourceId,
        error: &TargetError,
    ) -> Result<(), TargetError> {
        sqlx::query("UPDATE new_employees SET problem = ? WHERE id = ?")
            .bind(error.source().map(with_causes))
            .bind(person.as_str())
            .execute(&self.database.pool)
            .await
            .map_err(|error| target_error(&error))?;
        Ok(())
    }
}

fn person(row: &SqliteRow) -> (SourceId, NewEmployee) {
    let account = COLUMNS
        .into_iter()
        .fold(Account::default(), |account, column| {
            match row.get::<Option<&str>, _>(column) {
                Some(text) => account.with(FieldName::literal(column), value_of(column, text)),
                None => account,
            }
        });
    let id = SourceId::new(row.get::<i64, _>("id").to_string());
    (id, NewEmployee(account))
}

/// What is no day stays text, and HR says so.
fn value_of(column: &str, text: &str) -> Value {
    let day = (column == "hire_date").then(|| text.parse::<NaiveDate>().ok());
    day.flatten().map_or_else(|| text.into(), Value::from)
}

/// HR as the side that follows: it takes new employees, and nothing else.
pub(super) struct Hr<'a> {
    /// Personio as a target for accounts.
    personio: &'a dyn TargetSystem<Account>,
    table: &'a NewEmployees,
    /// The addresses of those who are wanted; nobody else in HR is looked at.
    emails: BTreeSet<String>,
}

impl<'a> Hr<'a> {
    pub(super) fn new(
        personio: &'a dyn TargetSystem<Account>,
        table: &'a NewEmployees,
        desired: &Desired<NewEmployee>,
    ) -> Self {
        let people = desired.wishes.values();
        let email = |wish: &Wish<NewEmployee>| match wish {
            Wish::Present(NewEmployee(account)) => email_of(account),
            _ => None,
        };
        Self {
            personio,
            table,
            emails: people.filter_map(email).collect(),
        }
    }
}

fn email_of(account: &Account) -> Option<String> {
    account.text(&field::EMAIL).and_then(email_key)
}

#[async_trait]
impl TargetSystem<NewEmployee> for Hr<'_> {
    fn capabilities(&self) -> Capabilities {
        self.personio.capabilities()
    }

    async fn read(&self, request: &ReadRequest) -> Result<Vec<Existing<NewEmployee>>, TargetError> {
        let everybody = self.personio.read(request).await?.into_iter();
        let is_wanted = |it: &Existing<Account>| {
            request.linked.contains(&it.id)
                || email_of(&it.record).is_some_and(|email| self.emails.contains(&email))
        };
        Ok(everybody
            .filter(is_wanted)
            .map(|it| Existing {
                external_id: it.external_id,
                version: it.version,
                ..Existing::new(it.id, NewEmployee(it.record))
            })
            .collect())
    }

    async fn apply(&self, changes: &[Change<NewEmployee>]) -> Vec<Result<Applied, TargetError>> {
        let mut answers = Vec::with_capacity(changes.len());
        for change in changes {
            answers.push(self.create(change).await);
        }
        answers
    }
}

impl Hr<'_> {
    async fn create(&self, change: &Change<NewEmployee>) -> Result<Applied, TargetError> {
        let Effect::Create(NewEmployee(account)) = &change.effect else {
            return Err(ErrorClass::NotSupported.into());
        };
        let change = Change {
            id: change.id.clone(),
            source: change.source.clone(),
            target: change.target.clone(),
            expected_version: change.expected_version.clone(),
            effect: Effect::Create(account.clone()),
            reason: change.reason.clone(),
            revision: change.revision,
            generation: change.generation,
            agreement: change.agreement.clone(),
        };
        let answer = self
            .personio
            .apply(std::slice::from_ref(&change))
            .await
            .pop();
        let answer = answer.unwrap_or_else(|| Err(ErrorClass::Unknown.into()));
        if let Err(error) = &answer
            && error.class() == ErrorClass::Rejected
        {
            self.table.note_problem(&change.source, error).await?;
        }
        answer
    }
}
