//! A host runs the sync where it wants, also as a task of its own.

use std::{sync::Arc, time::Duration};

use sync_core::{
    Account, AccountPolicy, ApplyOptions, Coverage, Employee, HashKey, Lease, Ledger, ManualClock,
    MemoryLedger, MemoryTarget, Reconciler, Report, Snapshot, SourceId, SyncPolicy, TargetSystem,
    Value,
    employee::{self, attribute},
};

use crate::scene::{day, now};

/// What a host keeps of a connection.
struct Connection {
    target: Arc<dyn TargetSystem<Account>>,
    ledger: Arc<dyn Ledger>,
    policy: SyncPolicy,
    key: HashKey,
}

impl Connection {
    async fn sync(&self) -> Report {
        let ada = Employee::default().with(attribute::STATUS, Value::from("active"));
        let snapshot = Snapshot::whole(Coverage::All, [(SourceId::new("4711"), ada)], now());
        let desired = employee::desire(&snapshot, &AccountPolicy::default(), day(0));
        let sync = Reconciler {
            target: &*self.target,
            ledger: &*self.ledger,
            policy: &self.policy,
            key: &self.key,
        };
        let plan = sync.plan(&desired).await.expect("plans");
        let clock = ManualClock::at(now());
        let ten_minutes = Duration::from_secs(600);
        let lease = Lease::acquire(&*self.ledger, "a task", ten_minutes, &clock).await;
        let lease = lease.expect("nobody else asks");
        sync.apply(&plan, &lease, &clock, &ApplyOptions::default())
            .await
    }
}

#[tokio::test]
async fn a_run_can_be_spawned() {
    let connection = Connection {
        target: Arc::new(MemoryTarget::<Account>::default()),
        ledger: Arc::new(MemoryLedger::new()),
        policy: SyncPolicy::default(),
        key: HashKey::new([7; 32]),
    };
    let run = tokio::spawn(async move { connection.sync().await });
    let report = run.await.expect("runs to its end");
    assert_eq!(report.to_string(), "account: 1 created");
}
