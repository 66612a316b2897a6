//! A record of HR becomes one record of the product, and never a second one.

use super::{
    Factory,
    bench::Bench,
    report::{Flaw, Verdict, broken, expect},
};
use crate::{ChangeId, Class, ErrorClass, Known, Record};

pub(super) async fn a_created_record_has_the_fields_it_was_sent<R: Record, F: Factory<R>>(
    bench: &Bench<'_, R, F>,
) -> Verdict {
    let existing = bench.created(1).await?;
    bench.expect_fields(&existing, &bench.factory.sample(1))
}

pub(super) async fn an_empty_field_is_created_empty<R: Record, F: Factory<R>>(
    bench: &Bench<'_, R, F>,
) -> Verdict {
    bench.needs(Class::Create)?;
    let Some(field) = bench.factory.may_be_empty().into_iter().next() else {
        return Err(Flaw::NotApplicable("no field may be empty"));
    };
    let mut record = bench.factory.sample(1);
    if record.set(&field, None).is_err() {
        return Err(Flaw::NotApplicable("no field may be empty"));
    }
    let applied = bench.done(&bench.creation("empty", 1, record)).await?;
    let shown = bench.get(&applied.target).await?.record.fields();
    let shown = crate::diff::canonical(shown.get(&field).cloned().unwrap_or_default());
    expect(
        shown != Known::NotObserved && shown.value().is_none(),
        || format!("`{field}` was sent empty and is shown with a value, or not at all"),
    )
}

pub(super) async fn a_field_that_is_not_observed_does_not_disturb<R: Record, F: Factory<R>>(
    bench: &Bench<'_, R, F>,
) -> Verdict {
    bench.needs(Class::Create)?;
    let Some(record) = bench.without_a_field(1) else {
        return Err(Flaw::NotApplicable("every field is always observed"));
    };
    let applied = bench
        .done(&bench.creation("partly", 1, record.clone()))
        .await?;
    let existing = bench.get(&applied.target).await?;
    bench.expect_fields(&existing, &record)
}

pub(super) async fn the_same_creation_again_is_answered_alike<R: Record, F: Factory<R>>(
    bench: &Bench<'_, R, F>,
) -> Verdict {
    bench.needs(Class::Create)?;
    let first = bench.done(&bench.create(1)).await?;
    match bench.make(&bench.create(1)).await {
        Ok(again) => expect(first.target == again.target, || {
            "the second answer to one creation names another record".to_owned()
        }),
        // A product that knows records by the id of HR, and no ids of changes, sees that there is one already.
        Err(error) if error.class() == ErrorClass::Conflict && !bench.capabilities().change_ids => {
            Ok(())
        }
        Err(error) => {
            let class = error.class();
            broken(format!(
                "a creation that is made already fails with {class:?}"
            ))
        }
    }
}

pub(super) async fn the_same_creation_again_makes_no_second_record<R: Record, F: Factory<R>>(
    bench: &Bench<'_, R, F>,
) -> Verdict {
    bench.needs(Class::Create)?;
    if !bench.capabilities().external_ids && !bench.capabilities().change_ids {
        return Err(Flaw::NotApplicable(
            "the product keeps neither ids of HR nor ids of changes",
        ));
    }
    bench.done(&bench.create(1)).await?;
    // How it is answered is another check.
    drop(bench.make(&bench.create(1)).await);
    expect_one(bench).await
}

pub(super) async fn another_creation_for_the_same_source_makes_no_second_record<
    R: Record,
    F: Factory<R>,
>(
    bench: &Bench<'_, R, F>,
) -> Verdict {
    let existing = bench.created(1).await?;
    if existing.external_id.is_none() {
        return Err(Flaw::NotApplicable("the product keeps no ids of HR"));
    }
    let mut change = bench.create(1);
    change.id = ChangeId::from("another-creation");
    match bench.make(&change).await {
        Ok(applied) if applied.target != existing.id => {
            return broken("the answer names another record than the one that is there");
        }
        Ok(_) => {}
        Err(error) if error.class() == ErrorClass::Conflict => {}
        Err(error) => {
            let class = error.class();
            return broken(format!("the error is {class:?} and should be Conflict"));
        }
    }
    expect_one(bench).await
}

pub(super) async fn a_creation_keeps_the_id_of_the_source<R: Record, F: Factory<R>>(
    bench: &Bench<'_, R, F>,
) -> Verdict {
    let existing = bench.created(1).await?;
    match &existing.external_id {
        None if bench.capabilities().external_ids => {
            broken("the capabilities promise ids of HR, and a created record shows none")
        }
        None => Err(Flaw::NotApplicable("the product keeps no ids of HR")),
        Some(id) => expect(*id == bench.create(1).source, || {
            "the external id is not the id of the source record".to_owned()
        }),
    }
}

pub(super) async fn the_answer_names_the_record_that_is_shown<R: Record, F: Factory<R>>(
    bench: &Bench<'_, R, F>,
) -> Verdict {
    bench.needs(Class::Create)?;
    let applied = bench.done(&bench.create(1)).await?;
    bench.get(&applied.target).await.map(drop)
}

pub(super) async fn two_records_have_two_ids<R: Record, F: Factory<R>>(
    bench: &Bench<'_, R, F>,
) -> Verdict {
    let (one, other) = (bench.created(1).await?, bench.created(2).await?);
    expect(one.id != other.id, || "two records have one id".to_owned())
}

pub(super) async fn the_answer_names_the_version_that_is_shown<R: Record, F: Factory<R>>(
    bench: &Bench<'_, R, F>,
) -> Verdict {
    bench.needs(Class::Create)?;
    let applied = bench.done(&bench.create(1)).await?;
    let existing = bench.get(&applied.target).await?;
    if existing.version.is_none() && applied.version.is_none() {
        return Err(Flaw::NotApplicable("the product keeps no versions"));
    }
    expect(existing.version == applied.version, || {
        "the answer names another version than reading shows".to_owned()
    })
}

pub(super) async fn a_creation_leaves_the_others_alone<R: Record, F: Factory<R>>(
    bench: &Bench<'_, R, F>,
) -> Verdict {
    bench.created(1).await?;
    let before = bench.read().await?;
    let created = bench.created(2).await?;
    bench.expect_others(&before, &[&created.id]).await
}

pub(super) async fn a_creation_leaves_what_was_entered_by_hand_alone<R: Record, F: Factory<R>>(
    bench: &Bench<'_, R, F>,
) -> Verdict {
    // Looks the same, and is another one.
    let entered = bench.entered(1).await?;
    drop(bench.make(&bench.create(1)).await);
    expect(bench.get(&entered.id).await? == entered, || {
        "a record that a person entered has changed".to_owned()
    })
}

pub(super) async fn a_product_that_is_cut_off_creates_nothing<R: Record, F: Factory<R>>(
    bench: &Bench<'_, R, F>,
) -> Verdict {
    bench.needs(Class::Create)?;
    bench.cut_off().await?;
    let passing = [
        ErrorClass::Later(None),
        ErrorClass::Unknown,
        ErrorClass::Stop,
    ];
    match bench.make(&bench.create(1)).await {
        Ok(_) => broken("a creation succeeds"),
        Err(error) if matches!(error.class(), ErrorClass::Later(_)) => Ok(()),
        Err(error) if passing.contains(&error.class()) => Ok(()),
        Err(error) => {
            let class = error.class();
            broken(format!(
                "the error is {class:?}, as if the record were to blame; it should be Later, Unknown or Stop"
            ))
        }
    }
}

async fn expect_one<R: Record, F: Factory<R>>(bench: &Bench<'_, R, F>) -> Verdict {
    let count = bench.read().await?.len();
    expect(count == 1, || {
        format!("{count} records are there for one record of HR")
    })
}
