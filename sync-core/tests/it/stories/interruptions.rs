//! What was under way when the answer got lost or the process ended is found out by the next run.

use futures::FutureExt as _;
use rstest::rstest;
use sync_core::{
    Account, Applied, ApplyOptions, Capabilities, Change, Existing, MemoryTarget, ReadRequest,
    TargetError, TargetId, TargetSystem, apply, async_trait,
    testing::{Fault, Flaky},
};
use tokio::sync::Semaphore;

use crate::world::World;

#[rstest]
#[case::the_answer_got_lost(Fault::AnswerLost)]
#[case::the_request_got_lost(Fault::RequestLost)]
#[tokio::test]
async fn a_creation_in_doubt_makes_one_account(#[case] fault: Fault) {
    let mut world = World::new();
    world.hire("1", "Łucja Wiśniewska");
    let plan = world.plan_accounts().await;
    let product = Flaky::new(&world.accounts).failing_on(&plan.ready()[0].id, fault);
    let report = world.apply(&plan, &product).await;
    insta::allow_duplicates! {
        insta::assert_snapshot!(report, @r"
        account: 1 not made
          ! create 1: the answer was lost; the next run finds out whether it is made
        ");
    }
    assert_eq!(world.remembers::<Account>().await.intents.len(), 1);

    world.sync_accounts().await;
    assert_eq!(world.accounts.records().len(), 1);
    assert!(world.plan_accounts().await.is_empty());
    assert!(world.remembers::<Account>().await.intents.is_empty());
}

#[tokio::test]
async fn a_lost_answer_is_found_by_the_id_of_hr() {
    let mut world = World::new();
    world.hire("1", "Łucja Wiśniewska");
    let plan = world.plan_accounts().await;
    let product = Flaky::new(&world.accounts).failing_on(&plan.ready()[0].id, Fault::AnswerLost);
    world.apply(&plan, &product).await;
    insta::assert_snapshot!(world.plan_accounts().await, @r"
    account: 1 to adopt
      adopt   1          → 1        carries the id of HR
    ");
}

#[tokio::test]
async fn a_lost_answer_to_a_second_creation_is_found_too() {
    let world = World::settled().await;
    world.accounts.take(&TargetId::new("3"));
    let plan = world.plan_accounts().await;
    let product = Flaky::new(&world.accounts).failing_on(&plan.ready()[0].id, Fault::AnswerLost);
    world.apply(&plan, &product).await;
    insta::assert_snapshot!(world.plan_accounts().await, @r"
    account: 1 to adopt, 3 unchanged
      adopt   3          → 5        carries the id of HR
    ");
    world.sync_accounts().await;
    assert_eq!(world.accounts.records().len(), 4);
    assert!(world.plan_accounts().await.is_empty());
}

/// Stops a run after every number of changes, and lets the next run go on.
#[tokio::test]
async fn a_run_that_is_dropped_midway_ends_the_same_in_the_next() {
    let uninterrupted = company_in_motion().await;
    uninterrupted.sync_accounts().await;
    for made in 0..=4 {
        let world = company_in_motion().await;
        let plan = world.plan_accounts().await;
        let product = Stalling {
            product: &world.accounts,
            permits: Semaphore::new(made),
        };
        let options = ApplyOptions::default();
        let lease = world.lease().await;
        let dropped = apply(&plan, &product, &lease, &world.clock, &options).now_or_never();
        assert_eq!(
            dropped.is_none(),
            made < plan.ready().len(),
            "after {made} changes"
        );

        world.sync_accounts().await;
        assert!(
            world.plan_accounts().await.is_empty(),
            "after {made} changes"
        );
        assert_eq!(world.accounts.records(), uninterrupted.accounts.records());
    }
}

/// Two join, one is renamed, one leaves: four changes.
async fn company_in_motion() -> World {
    let mut world = World::settled().await;
    world.hire("5", "Nikos Pappas");
    world.hire("6", "Ines Duarte");
    world.says("1", sync_core::account::field::FIRST_NAME, "Lucía");
    world.leave("2");
    world
}

/// Makes so many changes, and answers no more.
struct Stalling<'a> {
    product: &'a MemoryTarget<Account>,
    permits: Semaphore,
}

#[async_trait]
impl TargetSystem<Account> for Stalling<'_> {
    fn capabilities(&self) -> Capabilities {
        self.product.capabilities()
    }

    async fn read(&self, request: &ReadRequest) -> Result<Vec<Existing<Account>>, TargetError> {
        self.product.read(request).await
    }

    async fn apply(&self, changes: &[Change<Account>]) -> Vec<Result<Applied, TargetError>> {
        self.permits
            .acquire()
            .await
            .expect("nobody closes it")
            .forget();
        self.product.apply(changes).await
    }
}
