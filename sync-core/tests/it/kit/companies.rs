//! Generated companies are the same for the same seed, and a product follows them.

use std::collections::BTreeSet;

use rstest::rstest;
use sync_core::{
    Absence, Account, AccountPolicy, ApplyOptions, ManualClock, MemoryLedger, MemoryTarget,
    Reconciler, SyncPolicy, absence, employee,
    testing::{Oddity, company},
};

use crate::scene::{key, lease, now, today};

#[test]
fn a_seed_makes_the_same_company_again() {
    let [one, same, other] = [1, 1, 2].map(|seed| company(seed, 80, today()));
    let records = |it: &sync_core::testing::Company| it.now(now()).records().clone();
    assert_eq!(records(&one), records(&same));
    assert_ne!(records(&one), records(&other));
}

#[test]
fn a_company_of_thirty_has_every_oddity() {
    let oddities: BTreeSet<Oddity> = company(3, 30, today()).oddities().into_values().collect();
    assert_eq!(oddities, BTreeSet::from(Oddity::ALL));
}

#[rstest]
#[tokio::test]
async fn a_product_follows_a_company(
    #[values(0, 1, 2, 8, 30, 300)] size: usize,
    #[values(1, 2, 3)] seed: u64,
) {
    let company = company(seed, size, today());
    let (accounts, absences) = (
        MemoryTarget::<Account>::default(),
        MemoryTarget::<Absence>::default(),
    );
    let (ledger, clock) = (MemoryLedger::new(), ManualClock::at(now()));
    let lease = lease(&ledger, &clock).await;
    for account in company.by_hand() {
        accounts.put(account);
    }
    let (policy, options) = (SyncPolicy::default(), ApplyOptions::default());
    let people = Reconciler {
        target: &accounts,
        ledger: &ledger,
        policy: &policy,
        key: &key(),
    };
    for snapshot in [company.before(now()), company.now(now())] {
        let desired = employee::desire(&snapshot, &AccountPolicy::default(), today());
        let mut plan = people.plan(&desired).await.expect("a plan");
        let approved = plan.held_digest();
        plan.release(&approved).expect("the digest is its own");
        let report = people.apply(&plan, &lease, &clock, &options).await;
        assert!(report.is_success(), "{report}");
        let next = people.plan(&desired).await.expect("a plan");
        assert!(next.is_empty(), "{next}");
    }

    let policy = SyncPolicy::for_absences();
    let calendar = Reconciler {
        target: &absences,
        ledger: &ledger,
        policy: &policy,
        key: &key(),
    };
    let accounts = sync_core::Ledger::load(&ledger, "account").await;
    let accounts = accounts.expect("memory can be read").targets();
    let desired = absence::desire(&company.absences(now()), &accounts, &Default::default());
    let plan = calendar.plan(&desired).await.expect("a plan");
    let report = calendar.apply(&plan, &lease, &clock, &options).await;
    assert!(report.is_success(), "{report}");
    assert!(calendar.plan(&desired).await.expect("a plan").is_empty());
}
