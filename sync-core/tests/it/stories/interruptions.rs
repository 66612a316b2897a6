//! What was under way when the answer got lost or the process ended is found out by the next run.

use futures::FutureExt as _;
use rstest::rstest;
use sync_core::{
    Access, Account, Applied, ApplyOptions, Capabilities, Change, ChangeId, Class, Existing, Fate,
    Intent, MemoryTarget, ReadRequest, TargetError, TargetId, TargetSystem,
    absence::Span,
    account::field,
    apply, async_trait,
    policy::Ownership,
    testing::{Fault, Flaky},
};
use tokio::sync::Semaphore;

use crate::{
    scene::{day, now},
    world::World,
};

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
    insta::assert_snapshot!(world.plan_accounts().await, @"account: nothing to do, 1 unchanged");
    world.sync_accounts().await;
    let remembered = world.remembers::<Account>().await;
    assert_eq!(remembered.links[&"1".into()].target, TargetId::new("1"));
    assert!(remembered.intents.is_empty());
}

#[rstest]
#[case::who_has_left(true)]
#[case::who_is_missing(false)]
#[tokio::test]
async fn an_account_whose_creation_got_no_answer_is_locked_with_those_of_others(
    #[case] says_so: bool,
) {
    let mut world = World::settled().await;
    world.policy.lifecycle.vanished.snapshots = 1;
    world.policy.lifecycle.vanished.days = 0;
    world.hire("5", "Nikos Pappas");
    let plan = world.plan_accounts().await;
    let product = Flaky::new(&world.accounts).failing_on(&plan.ready()[0].id, Fault::AnswerLost);
    world.apply(&plan, &product).await;
    if says_so {
        world.leave("5");
    } else {
        world.vanish("5");
    }
    world.sync_accounts().await;
    assert_eq!(world.account("5").access(), Some(Access::Locked));
}

/// Each row: what the product can remember, and what the next plan does about an absence that may be there.
#[rstest]
#[case::the_ids_of_changes(true, "absence: 1 to create")]
#[case::nothing(false, "absence: 1 held")]
#[tokio::test]
async fn an_absence_in_a_product_without_ids_of_hr_is_not_doubled(
    #[case] change_ids: bool,
    #[case] plans: &str,
) {
    let mut capabilities = Capabilities::all().without_external_ids();
    capabilities.change_ids = change_ids;
    let mut world = World::with_product(capabilities);
    world.hire("1", "Łucja Wiśniewska");
    world.sync_accounts().await;
    world.book("a", "1", Span::days(day(7), day(9)));
    let plan = world.plan_absences().await;
    let product = Flaky::new(&world.absences).failing_on(&plan.ready()[0].id, Fault::AnswerLost);
    world.apply(&plan, &product).await;

    let next = world.plan_absences().await;
    assert!(next.to_string().starts_with(plans), "{next}");
    world.apply(&next, &world.absences).await;
    assert_eq!(world.absences.records().len(), 1);

    world.reject("a");
    world.sync_absences().await;
    let left = usize::from(!change_ids);
    assert_eq!(
        world.absences.records().len(),
        left,
        "what cannot be told stays"
    );
    if !change_ids {
        insta::assert_snapshot!(world.plan_absences().await, @r"
        absence: nothing to do, 1 skipped, 1 not from HR
          skipped 1          the answer to its creation was lost, and the product does not show whether it was made
        ");
    }
}

/// A change that got lost, and one just like it later, are two changes: also for a product that makes none twice.
#[tokio::test]
async fn a_value_that_drifts_back_is_set_again() {
    let mut world = World::with_product(Capabilities::all().with_change_ids());
    world.hire("1", "Łucja Wiśniewska");
    world.sync_accounts().await;
    world.says("1", field::FIRST_NAME, "Lucía");
    let plan = world.plan_accounts().await;
    let product = Flaky::new(&world.accounts).failing_on(&plan.ready()[0].id, Fault::AnswerLost);
    world.apply(&plan, &product).await;
    world.edit("1", |account| account.with(field::FIRST_NAME, "Łucja"));
    world.sync_accounts().await;
    assert_eq!(world.account("1").text(&field::FIRST_NAME), Some("Lucía"));
}

/// What HR had set does not pass for the product's own, only because nobody heard that it arrived.
#[tokio::test]
async fn a_value_that_arrived_unheard_still_counts_as_that_of_hr() {
    let mut world = World::settled().await;
    let ownership = &mut world.policy.ownership;
    ownership.insert(field::FIRST_NAME, Ownership::RespectLocal);
    world.says("1", field::FIRST_NAME, "Lucía");
    let plan = world.plan_accounts().await;
    let product = Flaky::new(&world.accounts).failing_on(&plan.ready()[0].id, Fault::AnswerLost);
    world.apply(&plan, &product).await;
    world.says("1", field::FIRST_NAME, "Łucja");
    world.sync_accounts().await;
    assert_eq!(world.account("1").text(&field::FIRST_NAME), Some("Łucja"));
}

/// HR moves on from both values, so both are to be set anew, though the product may keep its own.
#[tokio::test]
async fn two_values_of_one_account_that_arrived_unheard_both_count_as_those_of_hr() {
    let mut world = World::settled().await;
    world.says("1", field::FIRST_NAME, "Lucía");
    world.says("1", field::LAST_NAME, "Vargas");
    let mut scene = world.scene_of_accounts().await;
    let names = [field::FIRST_NAME, field::LAST_NAME];
    let link = scene
        .ledger
        .links
        .get_mut(&"1".into())
        .expect("she is linked");
    for field in names {
        let sent = link.agreed.remove(&field).expect("she has a name");
        let intent = Intent {
            source: "1".into(),
            class: Class::Update,
            at: now(),
            attempt: 0,
            generation: link.generation,
            agreed: [(field.clone(), sent)].into(),
            origin: link.origin,
            awaits_invitation: false,
        };
        let change = ChangeId::from(format!("change of {field}").as_str());
        scene.ledger.intents.insert(change, intent);
        let ownership = &mut scene.policy.ownership;
        ownership.insert(field, Ownership::RespectLocal);
    }
    insta::assert_snapshot!(scene.plan(), @r"
    account: 1 to update, 3 unchanged
      update  1          → t1       differs from HR: first_name, last_name
    ");
}

#[tokio::test]
async fn a_plan_from_before_a_lost_answer_creates_nobody_twice() {
    let mut world = World::with_product(Capabilities::all().without_external_ids());
    world.hire("1", "Łucja Wiśniewska");
    let plan = world.plan_accounts().await;
    let product = Flaky::new(&world.accounts).failing_on(&plan.ready()[0].id, Fault::AnswerLost);
    world.apply(&plan, &product).await;
    let again = world.apply(&plan, &world.accounts).await;
    assert_eq!(again.changes[0].fate, Fate::Stale);
    assert_eq!(world.accounts.records().len(), 1);
}

#[tokio::test]
async fn a_lost_answer_to_a_second_creation_is_found_too() {
    let world = World::settled().await;
    world.accounts.take(&TargetId::new("3"));
    let plan = world.plan_accounts().await;
    let product = Flaky::new(&world.accounts).failing_on(&plan.ready()[0].id, Fault::AnswerLost);
    world.apply(&plan, &product).await;
    insta::assert_snapshot!(world.plan_accounts().await, @"account: nothing to do, 4 unchanged");
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
    world.says("1", field::FIRST_NAME, "Lucía");
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
