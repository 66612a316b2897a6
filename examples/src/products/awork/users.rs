//! The users of the project tool, whom the sync matches and otherwise leaves alone.

use std::collections::BTreeSet;

use sync_core::{
    Account, Applied, Capabilities, Change, Class, ErrorClass, Existing, Normalise, ReadRequest,
    TargetError, TargetSystem, account::field, async_trait,
};

use crate::{accounts::SqliteAccounts, database::Database};

/// Users that are there already. Nothing that HR says is written to them, so the product can do no more than
/// recognise them by their address.
#[derive(Clone, Debug)]
pub struct MatchedUsers {
    users: SqliteAccounts,
}

impl MatchedUsers {
    /// Looks at the users of a database.
    pub fn new(database: &Database) -> Self {
        Self {
            users: SqliteAccounts::new(database),
        }
    }
}

#[async_trait]
impl TargetSystem<Account> for MatchedUsers {
    fn capabilities(&self) -> Capabilities {
        let recognised = Capabilities {
            classes: BTreeSet::from([Class::Adopt, Class::Forget]),
            ..Capabilities::all().without_external_ids()
        };
        // Names, addresses and access belong to the product, so a difference from HR is none to speak of.
        [
            field::EMAIL,
            field::FIRST_NAME,
            field::LAST_NAME,
            field::ACCESS,
        ]
        .into_iter()
        .fold(recognised, |capabilities, field| {
            capabilities.normalise(field, Normalise::Drop)
        })
    }

    async fn read(&self, request: &ReadRequest) -> Result<Vec<Existing<Account>>, TargetError> {
        self.users.read(request).await
    }

    async fn apply(&self, changes: &[Change<Account>]) -> Vec<Result<Applied, TargetError>> {
        let refused = |_| Err(ErrorClass::NotSupported.into());
        changes.iter().map(refused).collect()
    }
}
