//! Accounts as rows of the table `users`, and invitations as rows of the table `mails`.

use async_trait::async_trait;
use sqlx::{AssertSqlSafe, Row as _, SqliteConnection, sqlite::SqliteRow};
use sync_core::{
    Account, Applied, Capabilities, Change, Class, Effect, ErrorClass, Existing, FieldName, Known,
    Normalise, ReadRequest, Record as _, TargetError, TargetId, TargetSystem, Value,
    account::field,
};

use crate::{
    database::{Database, target_error},
    table::{BATCH, Table, make_all},
};

/// A field of an account that the table keeps, with its column, whose type does not matter.
pub type Column = (FieldName, &'static str);

/// What every product keeps.
const COMMON: [Column; 4] = [
    (field::EMAIL, "email"),
    (field::FIRST_NAME, "first_name"),
    (field::LAST_NAME, "last_name"),
    (field::ACCESS, "access"),
];

/// The product's users, as a target of the sync.
#[derive(Clone, Debug)]
pub struct SqliteAccounts {
    database: Database,
    columns: Vec<Column>,
    /// Columns that hold the number of another user.
    references: Vec<Column>,
    /// Columns that are set when a user is created, and never after that.
    constants: Vec<(&'static str, &'static str)>,
    capabilities: Capabilities,
}

impl SqliteAccounts {
    /// Writes into the users of a database: address, names and access.
    pub fn new(database: &Database) -> Self {
        Self {
            database: database.clone(),
            columns: Vec::new(),
            references: Vec::new(),
            constants: Vec::new(),
            capabilities: Capabilities::all().batch(BATCH),
        }
        .with_columns(COMMON)
    }

    /// Keeps more fields, each in a column of text, whatever form HR's value has.
    #[must_use]
    pub fn with_columns(mut self, columns: impl IntoIterator<Item = Column>) -> Self {
        for (field, column) in columns {
            self.capabilities = self
                .capabilities
                .normalise(field.clone(), Normalise::AsText);
            self.columns.push((field, column));
        }
        self
    }

    /// Keeps fields that refer to another user, each in a column with that user's number.
    #[must_use]
    pub fn with_references(mut self, columns: impl IntoIterator<Item = Column>) -> Self {
        self.references.extend(columns);
        self
    }

    /// Sets a column when a user is created.
    #[must_use]
    pub fn created_with(mut self, column: &'static str, value: &'static str) -> Self {
        self.constants.push((column, value));
        self
    }

    /// Sends invitations, into the table `mails`.
    #[must_use]
    pub fn inviting(self) -> Self {
        Self {
            capabilities: self.capabilities.with_invitation_ids(),
            ..self
        }
    }

    /// Takes back the promise of a class of changes, such as creations.
    #[must_use]
    pub fn without(self, class: Class) -> Self {
        Self {
            capabilities: self.capabilities.without(class),
            ..self
        }
    }

    fn kept(&self) -> impl Iterator<Item = &Column> {
        self.columns.iter().chain(&self.references)
    }

    fn existing(&self, row: &SqliteRow) -> Existing<Account> {
        let text = |column| row.get::<Option<&str>, _>(column).map(Value::from);
        let user = |column| {
            let number = row.get::<Option<i64>, _>(column);
            number.map(|number| Value::Target(number.to_string().into()))
        };
        let texts = self
            .columns
            .iter()
            .map(|(name, column)| (name, text(*column)));
        let users = self
            .references
            .iter()
            .map(|(name, column)| (name, user(*column)));
        let account = texts
            .chain(users)
            .fold(Account::default(), |account, (name, value)| {
                account.with_known(name.clone(), Known::from_observed(value))
            });
        Existing {
            external_id: row.get::<Option<&str>, _>("external_id").map(Into::into),
            version: Some(row.get::<i64, _>("version").to_string().into()),
            ..Existing::new(row.get::<i64, _>("id").to_string(), account)
        }
    }
}

#[async_trait]
impl TargetSystem<Account> for SqliteAccounts {
    fn capabilities(&self) -> Capabilities {
        self.capabilities.clone()
    }

    async fn read(&self, _request: &ReadRequest) -> Result<Vec<Existing<Account>>, TargetError> {
        let texts = self.columns.iter();
        let texts = texts.map(|(_, column)| format!("CAST({column} AS TEXT) AS {column}"));
        let references = self.references.iter();
        let references = references.map(|(_, column)| (*column).to_owned());
        let columns: Vec<String> = texts.chain(references).collect();
        let statement = format!(
            "SELECT id, external_id, version, {} FROM users",
            columns.join(", ")
        );
        let rows = sqlx::query(AssertSqlSafe(statement))
            .fetch_all(&self.database.pool)
            .await
            .map_err(|error| target_error(&error))?;
        Ok(rows.iter().map(|row| self.existing(row)).collect())
    }

    async fn apply(&self, changes: &[Change<Account>]) -> Vec<Result<Applied, TargetError>> {
        make_all(self, &self.database, changes).await
    }
}

#[async_trait]
impl Table<Account> for SqliteAccounts {
    const NAME: &'static str = "users";

    fn column(&self, field: &FieldName) -> Option<&'static str> {
        let column = self.kept().find(|(name, _)| name == field);
        column.map(|(_, column)| *column)
    }

    /// As the capabilities promise.
    fn text(&self, _field: &FieldName, value: &Value) -> String {
        match value {
            Value::Number(number) => number.normalize().to_string(),
            other => other.to_string(),
        }
    }

    async fn create(
        &self,
        connection: &mut SqliteConnection,
        change: &Change<Account>,
        account: &Account,
    ) -> Result<Applied, TargetError> {
        let mut columns = vec!["external_id"];
        let mut values = vec![Some(change.source.as_str().to_owned())];
        for (name, known) in account.fields() {
            // What HR does not show is not written.
            if let Known::Value(value) = known {
                let column = self.column(&name).ok_or(ErrorClass::NotSupported)?;
                if columns.contains(&column) {
                    continue;
                }
                columns.push(column);
                values.push(Some(self.text(&name, &value)));
            }
        }
        for (column, value) in &self.constants {
            columns.push(column);
            values.push(Some((*value).to_owned()));
        }
        let marks = vec!["?"; columns.len()];
        let statement = format!(
            "INSERT INTO users ({}) VALUES ({})
             ON CONFLICT (external_id) DO UPDATE SET external_id = excluded.external_id
             RETURNING id, version",
            columns.join(", "),
            marks.join(", ")
        );
        let mut query = sqlx::query(AssertSqlSafe(statement));
        for value in values {
            query = query.bind(value);
        }
        let row = query
            .fetch_one(connection)
            .await
            .map_err(|error| target_error(&error))?;
        let [id, version]: [i64; 2] = [row.get("id"), row.get("version")];
        Ok(Applied::to(id.to_string()).at(version.to_string()))
    }

    /// Puts a message into the outbox, unless it is there already.
    async fn invite(
        &self,
        connection: &mut SqliteConnection,
        id: &TargetId,
        change: &Change<Account>,
    ) -> Result<(), TargetError> {
        let Effect::Invite { template } = &change.effect else {
            return Err(ErrorClass::NotSupported.into());
        };
        sqlx::query("INSERT OR IGNORE INTO mails (user_id, template, change_id) VALUES (?, ?, ?)")
            .bind(id.as_str())
            .bind(template)
            .bind(change.id.as_str())
            .execute(connection)
            .await
            .map_err(|error| target_error(&error))?;
        Ok(())
    }
}
