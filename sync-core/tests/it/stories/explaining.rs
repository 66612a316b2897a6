//! Why somebody is in the product, or not, in words.

use sync_core::{Access, Account, Capabilities, Class, account::field};

use crate::{scene::key, world::World};

#[tokio::test]
async fn every_record_has_a_reason_in_plain_words() {
    let mut world = World::settled().await;
    world.leave("1");
    world.says("2", field::LAST_NAME, "Ødegård");
    world.vanish("3");
    world.hire("5", "Ilse Jansen");
    world.hire("6", "Pau Ferrer");
    world.enter("a7", "p5@example.com");
    world.enter("a8", "P5@example.com");
    world.enter("a9", "by.hand@example.com");
    let plan = world.plan_accounts().await;
    let sources = ["1", "2", "3", "4", "5", "6", "nobody"].map(|id| plan.explain(&id.into()));
    let targets = ["2", "a7", "a9"].map(|id| plan.explain_target(&id.into()));
    let said: Vec<String> = sources
        .iter()
        .chain(&targets)
        .map(ToString::to_string)
        .collect();
    insta::assert_snapshot!(said.join("\n"), @r"
    1: over in HR, as 1. It will be locked: inactive in HR (access).
    2: in HR and in the product, as 2. It will be updated: differs from HR (last_name).
    3: missing in HR, as 3. Nothing is done: missing from 1 of the 2 complete snapshots that it takes.
    4: in HR and in the product, as 4. Both sides agree.
    5: more than one record is possible. Nothing is done: claimed by 5 in HR; in the product a7, a8.
    6: new in HR. It will be created.
    No account with this id is known on either side.
    2: in HR and in the product, as 2. It will be updated: differs from HR (last_name).
    a7 is in the product, and may be one of 5 in HR. It is not touched until a person decides.
    a9 is in the product only. Nobody in HR has its id or one of its keys, so it is never touched.
    ");
}

#[tokio::test]
async fn the_set_up_lists_who_belongs_to_whom() {
    let mut world = World::new();
    world.hire("1", "Łucja Wiśniewska");
    world.hire("2", "Søren Åkesson");
    world.enter("a7", " P1@Example.com");
    world.enter("a9", "by.hand@example.com");
    let plan = world.plan_accounts().await;
    let matches = plan.matches();
    let matched: Vec<_> = matches
        .matched
        .iter()
        .map(|it| (it.source, it.target))
        .collect();
    assert_eq!(matched, [(&"1".into(), &"a7".into())]);
    assert_eq!(matches.only_in_source, [&"2".into()]);
    assert_eq!(matches.only_in_target, [&"a9".into()]);
    assert!(matches.disputed.is_empty());
}

#[tokio::test]
async fn what_the_product_cannot_do_is_said_beside_what_it_can() {
    let mut world = World::with_product(Capabilities::all().without(Class::Clear));
    world.hire("1", "Łucja Wiśniewska");
    world.sync_accounts().await;
    world.says("1", field::FIRST_NAME, "Lucyna");
    world.empties("1", field::LAST_NAME);
    let plan = world.plan_accounts().await;
    insta::assert_snapshot!(plan.explain(&"1".into()), @"1: in HR and in the product, as 1. It will be updated: differs from HR (first_name). There is something to clear, which is left: the product has no way to clear it.");
}

#[tokio::test]
async fn a_stored_plan_of_another_connection_is_refused() {
    let mut world = World::new();
    world.hire("1", "Łucja Wiśniewska");
    let plan = world.plan_accounts().await;
    let text = plan.store(&key()).expect("accounts are plain data");
    let other = sync_core::HashKey::new([1; 32]);
    let error = sync_core::Plan::<Account>::load(&text, &other).expect_err("the seal is another");
    insta::assert_snapshot!(error, @"the stored plan was changed, or belongs to another connection; make a new one and approve that");
    let loaded = sync_core::Plan::<Account>::load(&text, &key()).expect("it is as it was stored");
    world.apply(&loaded, &world.accounts).await;
    assert_eq!(world.account("1").access(), Some(Access::Active));
}
