//! The users of the expense tool, of whom those with open claims must stay.

use std::collections::BTreeSet;

use async_trait::async_trait;
use sqlx::Row as _;
use sync_core::{
    Account, Applied, Capabilities, Change, Existing, FieldName, ReadRequest, TargetError,
    TargetId, TargetSystem,
};

use crate::{
    accounts::SqliteAccounts,
    database::{Database, target_error},
};

/// What a mapping may fill besides address and names, from any attribute: columns of text, called like the fields.
const TEXTS: [&str; 8] = [
    "gender",
    "hire_date",
    "office",
    "occupation_type",
    "branch_id",
    "branch_name",
    "group_id",
    "group_name",
];

/// The user who approves the claims.
const APPROVER: &str = "approver_id";

/// The product's users, as a target of the sync.
#[derive(Clone, Debug)]
pub struct ClaimingUsers {
    database: Database,
    users: SqliteAccounts,
}

impl ClaimingUsers {
    /// Returns the fields that only this product has.
    pub(super) fn fields() -> impl Iterator<Item = FieldName> {
        let texts = TEXTS.into_iter();
        texts.chain([APPROVER]).map(FieldName::literal)
    }

    /// Writes into the users of a database.
    pub fn new(database: &Database) -> Self {
        let named_alike = |column| (FieldName::literal(column), column);
        Self {
            database: database.clone(),
            users: SqliteAccounts::new(database)
                .with_columns(TEXTS.map(named_alike))
                .with_references([named_alike(APPROVER)]),
        }
    }

    /// Returns the users who have claims that are not settled. A state that nobody knows settles nothing.
    async fn with_open_claims(&self) -> Result<BTreeSet<TargetId>, TargetError> {
        let rows = sqlx::query(
            "SELECT DISTINCT user_id FROM claims
             WHERE user_id IS NOT NULL AND status NOT IN ('paid', 'rejected')",
        )
        .fetch_all(&self.database.pool)
        .await
        .map_err(|error| target_error(&error))?;
        let user = |row: &sqlx::sqlite::SqliteRow| row.get::<i64, _>("user_id").to_string().into();
        Ok(rows.iter().map(user).collect())
    }
}

#[async_trait]
impl TargetSystem<Account> for ClaimingUsers {
    fn capabilities(&self) -> Capabilities {
        self.users.capabilities()
    }

    async fn read(&self, request: &ReadRequest) -> Result<Vec<Existing<Account>>, TargetError> {
        let retained = self.with_open_claims().await?;
        let mut users = self.users.read(request).await?;
        for user in &mut users {
            user.retained = retained.contains(&user.id);
        }
        Ok(users)
    }

    async fn apply(&self, changes: &[Change<Account>]) -> Vec<Result<Applied, TargetError>> {
        self.users.apply(changes).await
    }
}
