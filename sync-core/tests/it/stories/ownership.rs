//! Which side owns a field, a record, a decision.

use chrono::NaiveDate;
use rstest::rstest;
use rust_decimal::Decimal;
use sync_core::{
    Access, Account, Capabilities, Class, Known, Normalise, Value, account::field,
    policy::Ownership,
};

use crate::world::World;

#[tokio::test]
async fn a_change_in_the_product_is_put_back() {
    let world = World::settled().await;
    world.edit("1", |account| account.with(field::FIRST_NAME, "Lucy"));
    insta::assert_snapshot!(world.plan_accounts().await.revealed(), @r"
    account: 1 to update, 3 unchanged
      update  1          → 1        differs from HR: first_name Lucy → Łucja
    ");
    world.sync_accounts().await;
    assert_eq!(world.account("1").text(&field::FIRST_NAME), Some("Łucja"));
}

/// Each row: who owns the name, whether HR changes it too, and which name stands in the end.
#[rstest]
#[case::hr_owns_it(Ownership::Enforce, false, "Łucja")]
#[case::hr_owns_it_and_moves(Ownership::Enforce, true, "Lucía")]
#[case::the_product_owns_it(Ownership::InitialOnly, false, "Lucy")]
#[case::the_product_owns_it_whatever_hr_says(Ownership::InitialOnly, true, "Lucy")]
#[case::the_product_may_differ(Ownership::RespectLocal, false, "Lucy")]
#[case::the_product_may_differ_until_hr_moves(Ownership::RespectLocal, true, "Lucía")]
#[tokio::test]
async fn a_name_edited_in_the_product(
    #[case] owner: Ownership,
    #[case] hr_moves: bool,
    #[case] stands: &str,
) {
    let mut world = World::settled().await;
    world.policy.ownership.insert(field::FIRST_NAME, owner);
    world.edit("1", |account| account.with(field::FIRST_NAME, "Lucy"));
    if hr_moves {
        world.says("1", field::FIRST_NAME, "Lucía");
    }
    world.sync_accounts().await;
    assert_eq!(world.account("1").text(&field::FIRST_NAME), Some(stands));
    assert!(world.plan_accounts().await.is_empty());
}

#[tokio::test]
async fn an_initial_value_is_not_written_again_where_the_product_hides_it() {
    let mut world = World::settled().await;
    world
        .policy
        .ownership
        .insert(field::FIRST_NAME, Ownership::InitialOnly);
    world.edit("1", |account| {
        account.with_known(field::FIRST_NAME, Known::NotObserved)
    });
    world.says("1", field::FIRST_NAME, "Lucía");
    assert!(world.plan_accounts().await.is_empty());
}

#[tokio::test]
async fn a_withheld_attribute_empties_nothing() {
    let mut world = World::settled().await;
    world.withhold(field::LAST_NAME);
    insta::assert_snapshot!(world.plan_accounts().await, @r"
    account: nothing to do, 4 unchanged
      ! HR shows `last_name` for hardly anybody any more; may the credential still read it?
    ");
}

/// Half of the company has it, and HR shows it of everybody who does.
#[tokio::test]
async fn an_attribute_that_some_never_had_is_not_withdrawn() {
    let mut world = World::new();
    world.hire("8", "Žofie Dvořáková");
    world.hire("9", "Aoife Brennan");
    world.withhold(field::LAST_NAME);
    world.hire("1", "Łucja Wiśniewska");
    world.hire("2", "Søren Åkesson");
    world.sync_accounts().await;
    insta::assert_snapshot!(world.plan_accounts().await, @"account: nothing to do, 4 unchanged");
}

#[tokio::test]
async fn an_emptied_attribute_empties_the_field() {
    let mut world = World::settled().await;
    world.empties("1", field::LAST_NAME);
    insta::assert_snapshot!(world.plan_accounts().await.revealed(), @r"
    account: 1 to clear, 3 unchanged
      clear   1          → 1        differs from HR: last_name Wiśniewska → –
    ");
}

#[tokio::test]
async fn a_protected_account_is_left_alone() {
    let mut world = World::settled().await;
    world.protect("2");
    world.leave("2");
    insta::assert_snapshot!(world.plan_accounts().await, @r"
    account: nothing to do, 3 unchanged, 1 skipped
      skipped 1          protected in the product
    ");
    world.sync_accounts().await;
    assert_eq!(world.account("2").access(), Some(Access::Active));
}

#[rstest]
#[case::it_cannot_lock(Capabilities::all().without(Class::Lock))]
#[case::it_keeps_no_access(Capabilities::all().normalise(field::ACCESS, Normalise::Drop))]
#[tokio::test]
async fn a_leaver_stays_where_the_product_cannot_lock(#[case] capabilities: Capabilities) {
    let mut world = World::with_product(capabilities);
    world.hire("1", "Łucja Wiśniewska");
    world.sync_accounts().await;
    world.leave("1");
    let plan = world.plan_accounts().await;
    insta::allow_duplicates! {
        insta::assert_snapshot!(plan, @r"
        account: nothing to do, 1 skipped
          skipped 1          the product has no way to lock it
        ");
    }
}

/// Each row: rules of which one undoes another, and what is left of a name.
#[rstest]
#[case::cutting_leaves_a_blank(&[Normalise::Trim, Normalise::Truncate(6)], "de la Cruz", "de la")]
#[case::lowering_leaves_a_pair(&[Normalise::Compose, Normalise::LowerCase], "J\u{30c}an", "\u{1f0}an")]
#[case::lowering_lengthens(&[Normalise::Truncate(1), Normalise::LowerCase], "İpek", "i")]
#[tokio::test]
async fn a_product_that_stores_names_its_own_way_agrees_after_one_update(
    #[case] rules: &[Normalise],
    #[case] name: &str,
    #[case] stored: &str,
) {
    let capabilities = rules
        .iter()
        .fold(Capabilities::all(), |capabilities, rule| {
            capabilities.normalise(field::LAST_NAME, *rule)
        });
    let mut world = World::with_product(capabilities);
    world.hire("1", "Ana Kos");
    world.sync_accounts().await;
    world.says("1", field::LAST_NAME, name);
    world.sync_accounts().await;
    assert_eq!(world.account("1").text(&field::LAST_NAME), Some(stored));
    assert!(world.plan_accounts().await.is_empty());
}

/// Each row: a value in HR, and the text that a product shows of it.
#[rstest]
#[case::a_day(NaiveDate::from_ymd_opt(2026, 3, 2).expect("a day").into(), "2026-03-02")]
#[case::a_number(Decimal::new(3750, 2).into(), "37.5")]
#[case::a_list(Value::List(vec!["Sales costs".into(), "Product costs".into()]), "Sales costs, Product costs")]
#[tokio::test]
async fn a_product_that_stores_texts_only_agrees_after_one_update(
    #[case] value: Value,
    #[case] stored: &str,
) {
    let texts = Capabilities::all().normalise(field::LAST_NAME, Normalise::AsText);
    let mut world = World::with_product(texts);
    world.hire("1", "Ana Kos");
    world.sync_accounts().await;
    world.says("1", field::LAST_NAME, value);
    world.sync_accounts().await;
    assert_eq!(world.account("1").text(&field::LAST_NAME), Some(stored));
    assert!(world.plan_accounts().await.is_empty());
}

#[tokio::test]
async fn a_product_that_hides_access_is_locked_once() {
    let mut world = World::settled().await;
    world.leave("1");
    let hidden = |account: Account| account.with_known(field::ACCESS, Known::NotObserved);
    world.edit("1", hidden);
    assert_eq!(world.sync_accounts().await.done()[&Class::Lock], 1);
    world.edit("1", hidden);
    assert!(world.plan_accounts().await.is_empty());
}
