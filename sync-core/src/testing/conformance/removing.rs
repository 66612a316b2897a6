//! A removal removes one record, and its id is never another one's.

use super::{
    Factory,
    bench::{Bench, outdated},
    report::{Flaw, Verdict, broken, expect},
};
use crate::{ChangeId, ErrorClass, Existing, Record};

pub(super) async fn a_removed_record_is_gone<R: Record, F: Factory<R>>(
    bench: &Bench<'_, R, F>,
) -> Verdict {
    let existing = removed(bench).await?;
    expect(bench.find(&existing.id).await?.is_none(), || {
        "the record is still shown".to_owned()
    })
}

pub(super) async fn a_removal_leaves_other_records_alone<R: Record, F: Factory<R>>(
    bench: &Bench<'_, R, F>,
) -> Verdict {
    let existing = bench.created(1).await?;
    bench.created(2).await?;
    let before = bench.read().await?;
    bench.done(&bench.remove(&existing)?).await?;
    bench.expect_others(&before, &[&existing.id]).await
}

pub(super) async fn a_record_is_removed_a_second_time_without_harm<R: Record, F: Factory<R>>(
    bench: &Bench<'_, R, F>,
) -> Verdict {
    bench.created(2).await?;
    let existing = removed(bench).await?;
    let before = bench.read().await?;
    let mut change = bench.remove(&existing)?;
    change.id = ChangeId::from("remove-again");
    if let Err(error) = bench.make(&change).await {
        let class = error.class();
        expect(class == ErrorClass::NotFound, || {
            format!("the error is {class:?} and should be NotFound")
        })?;
    }
    bench.expect_others(&before, &[]).await
}

pub(super) async fn a_removal_of_an_outdated_version_is_refused<R: Record, F: Factory<R>>(
    bench: &Bench<'_, R, F>,
) -> Verdict {
    let existing = bench.created(1).await?;
    let change = outdated(bench.remove(&existing)?)?;
    bench.expect_refusal(&change, &[ErrorClass::Conflict]).await
}

pub(super) async fn a_removal_of_an_outdated_version_removes_nothing<R: Record, F: Factory<R>>(
    bench: &Bench<'_, R, F>,
) -> Verdict {
    let existing = bench.created(1).await?;
    let before = bench.read().await?;
    let change = outdated(bench.remove(&existing)?)?;
    drop(bench.make(&change).await);
    bench.expect_others(&before, &[]).await
}

pub(super) async fn the_id_of_a_removed_record_is_not_given_again<R: Record, F: Factory<R>>(
    bench: &Bench<'_, R, F>,
) -> Verdict {
    let existing = removed(bench).await?;
    for number in 2..5 {
        let created = bench.created(number).await?;
        expect(created.id != existing.id, || {
            "a new record has the id of a removed one, so that old links point to somebody else"
                .to_owned()
        })?;
    }
    Ok(())
}

pub(super) async fn a_removed_person_can_be_created_anew<R: Record, F: Factory<R>>(
    bench: &Bench<'_, R, F>,
) -> Verdict {
    let existing = removed(bench).await?;
    let mut change = bench.create(1);
    change.id = ChangeId::from("next-generation");
    change.generation = 1;
    let applied = bench.done(&change).await?;
    expect(applied.target != existing.id, || {
        "the new record has the id of the removed one".to_owned()
    })?;
    let existing = bench.get(&applied.target).await?;
    bench.expect_fields(&existing, &bench.factory.sample(1))
}

pub(super) async fn a_removal_of_a_missing_record_is_not_found<R: Record, F: Factory<R>>(
    bench: &Bench<'_, R, F>,
) -> Verdict {
    let existing = bench.created(1).await?;
    let mut change = bench.remove(&existing)?;
    change.target = Some(bench.missing_id());
    let before = bench.read().await?;
    if let Err(error) = bench.make(&change).await {
        let class = error.class();
        expect(class == ErrorClass::NotFound, || {
            format!("the error is {class:?} and should be NotFound")
        })?;
    }
    bench.expect_others(&before, &[]).await
}

pub(super) async fn a_protected_record_is_not_removed<R: Record, F: Factory<R>>(
    bench: &Bench<'_, R, F>,
) -> Verdict {
    let existing = bench.protected().await?;
    match bench.make(&bench.remove(&existing)?).await {
        Ok(_) => broken("a protected record was removed"),
        Err(_) => bench.get(&existing.id).await.map(drop),
    }
}

async fn removed<R: Record, F: Factory<R>>(bench: &Bench<'_, R, F>) -> Result<Existing<R>, Flaw> {
    let existing = bench.created(1).await?;
    bench.done(&bench.remove(&existing)?).await?;
    Ok(existing)
}
