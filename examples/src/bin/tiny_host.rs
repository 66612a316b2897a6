//! The smallest host: who works at the company, kept in a list of its own.
//!
//! Shows what a product has to bring: a `TargetSystem` over its storage, and five lines that read,
//! plan and apply. Needs nothing; a fake Personio starts in the process.

use std::{
    collections::BTreeMap,
    error::Error,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use personio_client::{
    Client, Credentials,
    fake::{Company, FakePersonio, Generator},
    sync::PersonioSource,
};
use sync_core::{employee::desire, *};

/// The product's users, by their id in HR.
#[derive(Default)]
struct Users(Mutex<BTreeMap<SourceId, Account>>);

#[async_trait]
impl TargetSystem<Account> for Users {
    fn capabilities(&self) -> Capabilities {
        Capabilities::all().without(Class::Remove)
    }

    async fn read(&self, _: &ReadRequest) -> Result<Vec<Existing<Account>>, TargetError> {
        let existing = |(id, account): (&SourceId, &Account)| {
            Existing::new(id.as_str(), account.clone()).with_external_id(id.clone())
        };
        Ok(self.users().iter().map(existing).collect())
    }

    async fn apply(&self, changes: &[Change<Account>]) -> Vec<Result<Applied, TargetError>> {
        changes.iter().map(|change| self.make(change)).collect()
    }
}

impl Users {
    fn make(&self, change: &Change<Account>) -> Result<Applied, TargetError> {
        let (mut users, id) = (self.users(), &change.source);
        if let Effect::Create(account) = &change.effect {
            users.insert(id.clone(), account.clone());
        }
        let user = users.get_mut(id).ok_or(ErrorClass::NotFound)?;
        for field in change.effect.field_changes() {
            user.set(&field.field, field.after.as_ref())
                .map_err(|error| TargetError::new(ErrorClass::Rejected).because(error))?;
        }
        Ok(Applied::to(id.as_str()))
    }

    fn users(&self) -> MutexGuard<'_, BTreeMap<SourceId, Account>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let company = Company::generate(&Generator::new(1).employees(12));
    let fake = FakePersonio::builder().company(company).start().await?;
    let credentials = Credentials::new(fake.client_id(), fake.client_secret());
    let client = Client::builder(credentials)
        .base_url(fake.base_url())
        .build()?;
    let personio = PersonioSource::new(client);

    let (users, ledger, policy) = (Users::default(), MemoryLedger::new(), SyncPolicy::default());
    let key = HashKey::new([0; 32]); // a real key is random, and kept
    let sync = Reconciler {
        target: &users,
        ledger: &ledger,
        policy: &policy,
        key: &key,
    };

    let ten_minutes = Duration::from_secs(600);
    for _ in 0..2 {
        let lease = Lease::acquire(&ledger, "tiny-host", ten_minutes, &SystemClock).await?;
        let known = sync.known(&Coverage::All).await?;
        let snapshot = personio
            .snapshot(&SnapshotRequest::new(Coverage::All, known))
            .await?;
        let today = fake.now().date_naive();
        let desired = desire(&snapshot, &AccountPolicy::default(), today);
        let plan = sync.plan(&desired).await?;
        println!("{plan}");
        let report = sync
            .apply(&plan, &lease, &SystemClock, &ApplyOptions::default())
            .await;
        println!("=> {report}\n");
        lease.release().await?;
    }
    Ok(())
}
