//! A lock takes access away and nothing else, and can be undone.

use super::{
    Factory,
    bench::{Bench, outdated},
    report::{Flaw, Verdict, broken, expect},
};
use crate::{ChangeId, Class, ErrorClass, Existing, Known, Record};

pub(super) async fn a_locked_record_shows_that_it_is_locked<R: Record, F: Factory<R>>(
    bench: &Bench<'_, R, F>,
) -> Verdict {
    let existing = locked(bench).await?;
    let has = existing.record.fields();
    for (field, value) in R::lock().into_iter().flatten() {
        let shown = has.get(&field).cloned().unwrap_or_default();
        expect(!shown.is_observed() || shown == Known::Value(value), || {
            format!("`{field}` does not show that the record is locked")
        })?;
    }
    Ok(())
}

pub(super) async fn a_lock_leaves_the_other_fields_as_they_are<R: Record, F: Factory<R>>(
    bench: &Bench<'_, R, F>,
) -> Verdict {
    let existing = locked(bench).await?;
    expect_sent(bench, &existing, "a lock")
}

pub(super) async fn a_lock_leaves_other_records_alone<R: Record, F: Factory<R>>(
    bench: &Bench<'_, R, F>,
) -> Verdict {
    let existing = bench.created(1).await?;
    bench.created(2).await?;
    let before = bench.read().await?;
    bench.done(&bench.lock(&existing)?).await?;
    bench.expect_others(&before, &[&existing.id]).await
}

pub(super) async fn a_record_is_locked_a_second_time_without_harm<R: Record, F: Factory<R>>(
    bench: &Bench<'_, R, F>,
) -> Verdict {
    bench.created(2).await?;
    let existing = locked(bench).await?;
    let before = bench.read().await?;
    let mut change = bench.lock(&existing)?;
    change.id = ChangeId::from("lock-again");
    bench.done(&change).await?;
    bench.expect_others(&before, &[&existing.id]).await
}

pub(super) async fn a_lock_of_an_outdated_version_is_refused<R: Record, F: Factory<R>>(
    bench: &Bench<'_, R, F>,
) -> Verdict {
    let existing = bench.created(1).await?;
    let before = bench.read().await?;
    let change = outdated(bench.lock(&existing)?)?;
    bench
        .expect_refusal(&change, &[ErrorClass::Conflict])
        .await?;
    bench.expect_others(&before, &[]).await
}

pub(super) async fn a_lock_is_undone_with_the_same_id_and_data<R: Record, F: Factory<R>>(
    bench: &Bench<'_, R, F>,
) -> Verdict {
    bench.needs(Class::Update)?;
    let other = Bench::new(bench.factory).await;
    let before = other.created(1).await?.record.fields();
    let existing = locked(bench).await?;
    bench.done(&bench.unlock(&existing, &before)).await?;
    let existing = bench.get(&existing.id).await?;
    bench.expect_fields(&existing, &bench.factory.sample(1))
}

pub(super) async fn a_lock_of_a_missing_record_is_not_found<R: Record, F: Factory<R>>(
    bench: &Bench<'_, R, F>,
) -> Verdict {
    let existing = bench.created(1).await?;
    let mut change = bench.lock(&existing)?;
    change.target = Some(bench.missing_id());
    bench.expect_refusal(&change, &[ErrorClass::NotFound]).await
}

pub(super) async fn a_protected_record_is_not_locked<R: Record, F: Factory<R>>(
    bench: &Bench<'_, R, F>,
) -> Verdict {
    let existing = bench.protected().await?;
    match bench.make(&bench.lock(&existing)?).await {
        Ok(_) => broken("a protected record was locked"),
        Err(_) => expect(bench.get(&existing.id).await? == existing, || {
            "a protected record has changed".to_owned()
        }),
    }
}

async fn locked<R: Record, F: Factory<R>>(bench: &Bench<'_, R, F>) -> Result<Existing<R>, Flaw> {
    let existing = bench.created(1).await?;
    bench.done(&bench.lock(&existing)?).await?;
    bench.get(&existing.id).await
}

/// Compares every field but those that lock with what was sent.
fn expect_sent<R: Record, F: Factory<R>>(
    bench: &Bench<'_, R, F>,
    existing: &Existing<R>,
    what: &str,
) -> Verdict {
    let has = existing.record.fields();
    let locking: Vec<_> = R::lock()
        .into_iter()
        .flatten()
        .map(|(field, _)| field)
        .collect();
    for (field, known) in bench.factory.sample(1).fields() {
        let shown = crate::diff::canonical(has.get(&field).cloned().unwrap_or_default());
        let wanted = bench.shown(&field, known);
        expect(
            locking.contains(&field) || !shown.is_observed() || shown == wanted,
            || format!("{what} changed `{field}` too"),
        )?;
    }
    Ok(())
}
