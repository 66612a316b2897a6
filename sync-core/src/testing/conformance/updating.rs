//! An update sets what it names and nothing else.

use super::{
    Factory,
    bench::{Bench, outdated},
    report::{Flaw, Verdict, broken, expect},
};
use crate::{
    Change, ChangeId, Class, Effect, ErrorClass, Existing, FieldChange, Known, Record, TargetId,
    diff::canonical,
};

pub(super) async fn an_update_sets_the_field_it_names<R: Record, F: Factory<R>>(
    bench: &Bench<'_, R, F>,
) -> Verdict {
    one_field_at_a_time(bench, |bench, existing, changes| {
        let has = existing.record.fields();
        for FieldChange { field, after, .. } in changes {
            let wanted = bench.shown(field, Known::from_observed(after.clone()));
            let shown = has.get(field).cloned().unwrap_or_default();
            expect(!shown.is_observed() || canonical(shown) == wanted, || {
                format!("`{field}` does not have the value that was sent")
            })?;
        }
        Ok(())
    })
    .await
}

pub(super) async fn an_update_of_one_field_leaves_the_others_as_they_are<
    R: Record,
    F: Factory<R>,
>(
    bench: &Bench<'_, R, F>,
) -> Verdict {
    one_field_at_a_time(bench, |bench, existing, changes| {
        let changed = &changes[0].field;
        let mut sent = bench.factory.sample(1).fields();
        sent.retain(|field, _| changes.iter().all(|change| change.field != *field));
        let has = existing.record.fields();
        for (field, known) in sent {
            let wanted = bench.shown(&field, known);
            let shown = canonical(has.get(&field).cloned().unwrap_or_default());
            expect(!shown.is_observed() || shown == wanted, || {
                format!("an update of `{changed}` changed `{field}` too")
            })?;
        }
        Ok(())
    })
    .await
}

pub(super) async fn an_update_of_several_fields_sets_them_all<R: Record, F: Factory<R>>(
    bench: &Bench<'_, R, F>,
) -> Verdict {
    let existing = bench.created(1).await?;
    let change = bench.whole_update(&existing, 2)?;
    bench.done(&change).await?;
    let existing = bench.get(&existing.id).await?;
    bench.expect_fields(&existing, &bench.factory.sample(2))
}

pub(super) async fn an_update_leaves_other_records_alone<R: Record, F: Factory<R>>(
    bench: &Bench<'_, R, F>,
) -> Verdict {
    let existing = bench.created(1).await?;
    bench.created(3).await?;
    let before = bench.read().await?;
    bench.done(&bench.whole_update(&existing, 2)?).await?;
    bench.expect_others(&before, &[&existing.id]).await
}

pub(super) async fn an_update_keeps_the_id_of_the_source<R: Record, F: Factory<R>>(
    bench: &Bench<'_, R, F>,
) -> Verdict {
    let existing = bench.created(1).await?;
    bench.done(&bench.whole_update(&existing, 2)?).await?;
    let external_id = bench.get(&existing.id).await?.external_id;
    expect(external_id == existing.external_id, || {
        "the external id is another one after an update".to_owned()
    })
}

pub(super) async fn the_same_update_again_is_answered_alike<R: Record, F: Factory<R>>(
    bench: &Bench<'_, R, F>,
) -> Verdict {
    let existing = bench.created(1).await?;
    let change = bench.whole_update(&existing, 2)?;
    bench.done(&change).await?;
    match bench.make(&change).await {
        Ok(applied) => expect(applied.target == existing.id, || {
            "the second answer names another record".to_owned()
        })?,
        // A product without ids of changes sees an outdated change.
        Err(error) if error.class() == ErrorClass::Conflict && !bench.capabilities().change_ids => {
        }
        Err(error) => {
            let class = error.class();
            return broken(format!(
                "an update that is made already fails with {class:?}"
            ));
        }
    }
    let existing = bench.get(&existing.id).await?;
    bench.expect_fields(&existing, &bench.factory.sample(2))
}

/// It arrives once more when something else has been set meanwhile.
pub(super) async fn an_earlier_update_is_not_made_a_second_time<R: Record, F: Factory<R>>(
    bench: &Bench<'_, R, F>,
) -> Verdict {
    if !bench.capabilities().change_ids {
        return Err(Flaw::NotApplicable("the product keeps no ids of changes"));
    }
    let existing = bench.created(1).await?;
    let earlier = bench.whole_update(&existing, 2)?;
    bench.done(&earlier).await?;
    let existing = bench.get(&existing.id).await?;
    bench.done(&bench.whole_update(&existing, 3)?).await?;
    let before = bench.read().await?;
    let again = bench.done(&earlier).await?;
    expect(again.target == existing.id, || {
        "the second answer names another record".to_owned()
    })?;
    bench.expect_others(&before, &[]).await
}

pub(super) async fn an_update_that_is_there_already_succeeds<R: Record, F: Factory<R>>(
    bench: &Bench<'_, R, F>,
) -> Verdict {
    let existing = bench.created(1).await?;
    bench.done(&bench.whole_update(&existing, 2)?).await?;
    let existing = bench.get(&existing.id).await?;
    let mut change = bench.whole_update(&existing, 1)?;
    if let Effect::Update(fields) = &mut change.effect {
        for field in fields {
            field.after = field.before.clone().value();
        }
    }
    change.id = ChangeId::from("as-it-is");
    bench.done(&change).await.map(drop)
}

pub(super) async fn an_update_of_an_outdated_version_is_refused<R: Record, F: Factory<R>>(
    bench: &Bench<'_, R, F>,
) -> Verdict {
    let existing = bench.created(1).await?;
    let change = outdated(bench.whole_update(&existing, 2)?)?;
    bench.expect_refusal(&change, &[ErrorClass::Conflict]).await
}

pub(super) async fn an_update_of_an_outdated_version_changes_nothing<R: Record, F: Factory<R>>(
    bench: &Bench<'_, R, F>,
) -> Verdict {
    let existing = bench.created(1).await?;
    let before = bench.read().await?;
    let change = outdated(bench.whole_update(&existing, 2)?)?;
    drop(bench.make(&change).await);
    bench.expect_others(&before, &[]).await
}

pub(super) async fn an_update_of_the_current_version_is_made<R: Record, F: Factory<R>>(
    bench: &Bench<'_, R, F>,
) -> Verdict {
    let existing = bench.created(1).await?;
    bench.done(&bench.whole_update(&existing, 2)?).await?;
    let existing = bench.get(&existing.id).await?;
    bench.done(&bench.whole_update(&existing, 3)?).await?;
    let existing = bench.get(&existing.id).await?;
    bench.expect_fields(&existing, &bench.factory.sample(3))
}

pub(super) async fn a_change_makes_a_new_version<R: Record, F: Factory<R>>(
    bench: &Bench<'_, R, F>,
) -> Verdict {
    let existing = bench.created(1).await?;
    if existing.version.is_none() {
        return Err(Flaw::NotApplicable("the product keeps no versions"));
    }
    let applied = bench.done(&bench.whole_update(&existing, 2)?).await?;
    let after = bench.get(&existing.id).await?.version;
    expect(after != existing.version, || {
        "the version is the same after a change, so an outdated one is never noticed".to_owned()
    })?;
    expect(applied.version == after, || {
        "the answer names another version than reading shows".to_owned()
    })
}

pub(super) async fn an_update_of_a_missing_record_is_not_found<R: Record, F: Factory<R>>(
    bench: &Bench<'_, R, F>,
) -> Verdict {
    let change = of_a_missing_record(bench).await?;
    bench.expect_refusal(&change, &[ErrorClass::NotFound]).await
}

pub(super) async fn an_update_of_a_missing_record_creates_none<R: Record, F: Factory<R>>(
    bench: &Bench<'_, R, F>,
) -> Verdict {
    let change = of_a_missing_record(bench).await?;
    let before = bench.read().await?;
    drop(bench.make(&change).await);
    bench.expect_others(&before, &[]).await
}

pub(super) async fn an_update_leaves_what_was_entered_by_hand_alone<R: Record, F: Factory<R>>(
    bench: &Bench<'_, R, F>,
) -> Verdict {
    let entered = bench.entered(5).await?;
    let existing = bench.created(1).await?;
    bench.done(&bench.whole_update(&existing, 2)?).await?;
    expect(bench.get(&entered.id).await? == entered, || {
        "a record that a person entered has changed".to_owned()
    })
}

async fn of_a_missing_record<R: Record, F: Factory<R>>(
    bench: &Bench<'_, R, F>,
) -> Result<Change<R>, Flaw> {
    let existing = bench.created(1).await?;
    let mut change = bench.whole_update(&existing, 2)?;
    change.target = Some(bench.missing_id());
    Ok(change)
}

/// Updates every field that differs between two samples, each in a record of its own; those that only change together at once.
async fn one_field_at_a_time<R: Record, F: Factory<R>>(
    bench: &Bench<'_, R, F>,
    holds: impl Fn(&Bench<'_, R, F>, &Existing<R>, &[FieldChange]) -> Verdict + Send + Sync,
) -> Verdict {
    bench.needs(Class::Update)?;
    let together = bench.factory.together();
    let mut tried = 0;
    let fields = bench.factory.sample(2).fields().into_keys();
    let alone = fields.filter(|field| !together.contains(field));
    let groups = alone.map(|field| vec![field]).chain([together.clone()]);
    for (index, group) in groups.enumerate() {
        let create = bench.creation(
            &format!("create-for-{index}"),
            100 + index,
            bench.factory.sample(1),
        );
        // Each in a product of its own, since two records may not look alike.
        let own = Bench::new(bench.factory).await;
        own.needs(Class::Create)?;
        let id: TargetId = own.done(&create).await?.target;
        let existing = own.get(&id).await?;
        let Some(change) = own.update(&existing, 2, |it| group.contains(it)) else {
            continue;
        };
        tried += 1;
        own.done(&change).await?;
        holds(&own, &own.get(&id).await?, change.effect.field_changes())?;
    }
    match tried {
        0 => Err(Flaw::NotApplicable("the samples do not differ")),
        _ => Ok(()),
    }
}
