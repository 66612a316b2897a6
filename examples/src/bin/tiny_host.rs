//! The smallest host: who works at the company, kept in a list of its own.
//!
//! Shows what a product has to bring: a `TargetSystem` over its storage, and five lines that read,
//! plan and apply. Needs nothing; a fake Personio starts in the process.

use std::{collections::BTreeMap, error::Error, sync::Mutex};

use personio_client::{
    Client, Credentials,
    fake::{Company, FakePersonio, Generator},
    sync::PersonioSource,
};
use sync_core::{
    Account, AccountPolicy, Applied, ApplyOptions, Capabilities, Change, Coverage, Effect,
    ErrorClass, Existing, HashKey, MemoryLedger, ReadRequest, Reconciler, Record as _,
    SnapshotRequest, Source as _, SourceId, SyncPolicy, SystemClock, TargetError, TargetSystem,
    async_trait, employee,
};

/// The product's users, by their id in HR.
#[derive(Default)]
struct Users(Mutex<BTreeMap<SourceId, Account>>);

#[async_trait]
impl TargetSystem<Account> for Users {
    fn capabilities(&self) -> Capabilities {
        Capabilities::all()
    }

    async fn read(&self, _: &ReadRequest) -> Result<Vec<Existing<Account>>, TargetError> {
        let users = self
            .0
            .lock()
            .map_err(|_| TargetError::new(ErrorClass::Stop))?;
        let existing = |(id, account): (&SourceId, &Account)| {
            Existing::new(id.as_str(), account.clone()).with_external_id(id.clone())
        };
        Ok(users.iter().map(existing).collect())
    }

    async fn apply(&self, changes: &[Change<Account>]) -> Vec<Result<Applied, TargetError>> {
        changes.iter().map(|change| self.make(change)).collect()
    }
}

impl Users {
    fn make(&self, change: &Change<Account>) -> Result<Applied, TargetError> {
        let mut users = self
            .0
            .lock()
            .map_err(|_| TargetError::new(ErrorClass::Stop))?;
        match &change.effect {
            Effect::Create(account) => drop(users.insert(change.source.clone(), account.clone())),
            Effect::Remove { .. } => drop(users.remove(&change.source)),
            effect => {
                let user = users.get_mut(&change.source);
                let user = user.ok_or_else(|| TargetError::new(ErrorClass::NotFound))?;
                for field in effect.field_changes() {
                    user.set(&field.field, field.after.as_ref())
                        .map_err(|error| TargetError::new(ErrorClass::Rejected).because(error))?;
                }
            }
        }
        Ok(Applied::to(change.source.as_str()))
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let company = Company::generate(&Generator::new(1).employees(12));
    let fake = FakePersonio::builder().company(company).start().await?;
    let credentials = Credentials::new(fake.client_id(), fake.client_secret());
    let personio = PersonioSource::new(
        Client::builder(credentials)
            .base_url(fake.base_url())
            .build()?,
    );

    let (users, ledger) = (Users::default(), MemoryLedger::new());
    let (policy, key) = (SyncPolicy::default(), HashKey::new([0; 32])); // a real key is random and kept
    let sync = Reconciler {
        target: &users,
        ledger: &ledger,
        policy: &policy,
        key: &key,
    };

    for _ in 0..2 {
        let snapshot = personio
            .snapshot(&SnapshotRequest::new(Coverage::All))
            .await?;
        let desired = employee::desire(
            &snapshot,
            &AccountPolicy::default(),
            fake.now().date_naive(),
        );
        let plan = sync.plan(&desired).await?;
        println!("{plan}");
        println!(
            "=> {}\n",
            sync.apply(&plan, &SystemClock, &ApplyOptions::default())
                .await
        );
    }
    Ok(())
}
