//! The main job: a company, a week, and nothing left to do.

use chrono::Days;
use examples::story;
use sync_core::Class;

use crate::host::{Host, Silent, TODAY, run};

#[tokio::test]
async fn a_week_is_a_small_plan_and_the_sync_after_it_is_empty() {
    let host = Host::synced().await;
    let week_later = TODAY + Days::new(7);
    host.fake
        .set_now(week_later.and_hms_opt(8, 0, 0).expect("a time").and_utc());
    host.fake
        .company(|company| story::a_week_passes(company, week_later))
        .expect("happens");

    let second = host
        .connection
        .sync(run(week_later), Silent)
        .await
        .expect("the second sync");
    let count = |class| {
        second
            .accounts
            .ready()
            .iter()
            .filter(|it| it.class() == class)
            .count()
    };
    assert!(count(Class::Create) >= 3, "three people came");
    assert!(count(Class::Lock) >= 2, "two people left");
    assert!(count(Class::Update) >= 2, "one married, one moved");
    let removed = second
        .absences
        .ready()
        .iter()
        .filter(|it| it.class() == Class::Remove)
        .count();
    assert_eq!(removed, 2, "one absence was withdrawn, one deleted");
    assert!(second.is_success());

    let third = host
        .connection
        .sync(run(week_later), Silent)
        .await
        .expect("the third sync");
    assert!(third.is_empty(), "{}\n{}", third.accounts, third.absences);
}

#[tokio::test]
async fn planning_writes_nothing() {
    let host = Host::new().await;
    let outcome = host.connection.plan(run(TODAY)).await.expect("plans");
    assert!(!outcome.is_empty());
    assert!(host.content().await.is_empty());
}

#[tokio::test]
async fn a_mistake_in_hr_is_held_until_exactly_that_list_is_approved() {
    let host = Host::synced().await;
    let before = host.content().await;
    let victims = host
        .fake
        .company(|company| story::an_import_goes_wrong(company, TODAY))
        .expect("happens");

    let outcome = host.sync().await.expect("syncs");
    assert_eq!(outcome.accounts.held().len(), victims.len());
    assert!(outcome.accounts.ready().is_empty());
    assert_eq!(
        host.content().await,
        before,
        "nothing is written while it is held"
    );
}
