//! Which account belongs to whom.

use sync_core::{Account, account::field};

use crate::world::World;

#[tokio::test]
async fn an_account_with_the_same_address_is_adopted() {
    let mut world = World::new();
    world.hire("1", "Łucja Wiśniewska");
    world.enter("a7", " P1@Example.com");
    insta::assert_snapshot!(world.plan_accounts().await, @r"
    account: 1 to adopt, 1 to update
      adopt   1          → a7       the only one with the same email
      update  1          → a7       differs from HR: email, first_name, last_name
    ");
    world.sync_accounts().await;
    assert_eq!(world.accounts.records().len(), 1);
    assert_eq!(world.account("a7").text(&field::FIRST_NAME), Some("Łucja"));
}

#[tokio::test]
async fn two_people_with_one_address_are_nobodys_guess() {
    let mut world = World::new();
    world.hire("1", "Łucja Wiśniewska");
    world.hire("2", "Søren Åkesson");
    world.says("2", field::EMAIL, "p1@example.com");
    world.enter("a7", "p1@example.com");
    insta::assert_snapshot!(world.plan_accounts().await, @r"
    account: nothing to do, 2 disputed, 1 not from HR
      disputed 1: claimed by 1, 2 in HR; in the product a7
      disputed 2: claimed by 1, 2 in HR; in the product a7
    ");
}

#[tokio::test]
async fn two_accounts_with_one_address_are_nobodys_guess() {
    let mut world = World::new();
    world.hire("1", "Łucja Wiśniewska");
    world.enter("a7", "p1@example.com");
    world.enter("a8", "P1@example.com");
    insta::assert_snapshot!(world.plan_accounts().await, @r"
    account: nothing to do, 1 disputed, 2 not from HR
      disputed 1: claimed by 1 in HR; in the product a7, a8
    ");
}

#[tokio::test]
async fn two_people_swap_their_addresses() {
    let mut world = World::settled().await;
    let links = world.remembers::<Account>().await.targets();
    world.swap_emails("1", "2");
    insta::assert_snapshot!(world.plan_accounts().await.revealed(), @r"
    account: 2 to update, 2 unchanged
      update  1          → 1        differs from HR: email p1@example.com → p2@example.com
      update  2          → 2        differs from HR: email p2@example.com → p1@example.com
    ");
    world.sync_accounts().await;
    assert!(world.plan_accounts().await.is_empty());
    assert_eq!(world.remembers::<Account>().await.targets(), links);
}

#[tokio::test]
async fn an_account_that_names_somebody_else_is_not_written() {
    let world = World::settled().await;
    world.mark("2", "1");
    world.accounts.take(&"1".into());
    insta::assert_snapshot!(world.plan_accounts().await, @r"
    account: nothing to do, 2 unchanged, 2 disputed
      disputed 1: claimed by 1, 2 in HR; in the product 2
      disputed 2: claimed by 1, 2 in HR; in the product 2
    ");
}

#[tokio::test]
async fn somebody_who_was_entered_anew_by_hand_is_found_by_email_and_not_doubled() {
    let world = World::settled().await;
    world.accounts.take(&"1".into());
    world.enter("9", "p1@example.com");
    let plan = world.plan_accounts().await;
    assert!(plan.to_string().contains("adopt"), "{plan}");
    world.sync_accounts().await;
    assert_eq!(world.accounts.records().len(), 4);
    assert!(world.plan_accounts().await.is_empty());
}

#[tokio::test]
async fn the_id_of_hr_says_more_than_an_address() {
    let mut world = World::new();
    world.hire("1", "Łucja Wiśniewska");
    world.enter("a7", "p1@example.com");
    world.enter("a8", "before@example.com");
    world.mark("a8", "1");
    insta::assert_snapshot!(world.plan_accounts().await, @r"
    account: 1 to adopt, 1 to update, 1 not from HR
      adopt   1          → a8       carries the id of HR
      update  1          → a8       differs from HR: email, first_name, last_name
    ");
}

#[tokio::test]
async fn two_accounts_with_one_id_of_hr_are_nobodys_guess() {
    let mut world = World::new();
    world.hire("1", "Łucja Wiśniewska");
    for id in ["a7", "a8"] {
        world.enter(id, "before@example.com");
        world.mark(id, "1");
    }
    insta::assert_snapshot!(world.plan_accounts().await, @r"
    account: nothing to do, 1 disputed, 2 not from HR
      disputed 1: claimed by 1 in HR; in the product a7, a8
    ");
}
