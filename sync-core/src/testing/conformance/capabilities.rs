//! What a product promises.

use super::{
    Factory,
    bench::Bench,
    report::{Flaw, Verdict, expect},
};
use crate::{Change, Class, ErrorClass, Known, Record, TargetSystem as _};

pub(super) async fn capabilities_do_not_change<R: Record, F: Factory<R>>(
    bench: &Bench<'_, R, F>,
) -> Verdict {
    let before = bench.capabilities();
    if before.classes.contains(&Class::Create) {
        bench.created(1).await?;
    }
    expect(bench.target.capabilities() == before, || {
        "the capabilities are others than before a change was made".to_owned()
    })
}

pub(super) async fn at_least_one_class_is_promised<R: Record, F: Factory<R>>(
    bench: &Bench<'_, R, F>,
) -> Verdict {
    expect(!bench.capabilities().classes.is_empty(), || {
        "there is nothing that the product can do".to_owned()
    })
}

pub(super) async fn a_class_that_is_not_promised_is_refused<R: Record, F: Factory<R>>(
    bench: &Bench<'_, R, F>,
) -> Verdict {
    let promised = bench.capabilities().classes;
    let Some(class) = Class::ALL.into_iter().find(|class| {
        let is_plain = !class.is_internal() && *class != Class::Invite;
        is_plain && !promised.contains(class)
    }) else {
        return Err(Flaw::NotApplicable("every class is promised"));
    };
    let change: Change<R> = if class == Class::Create {
        bench.create(1)
    } else {
        let existing = bench.created(1).await?;
        bench.forced(class, &existing)?
    };
    let before = bench.read().await?;
    bench
        .expect_refusal(&change, &[ErrorClass::NotSupported])
        .await?;
    bench.expect_others(&before, &[]).await
}

pub(super) async fn a_normalised_value_is_normalised_already<R: Record, F: Factory<R>>(
    bench: &Bench<'_, R, F>,
) -> Verdict {
    let existing = bench.created(1).await?;
    for (field, known) in existing.record.fields() {
        let again = bench.shown(&field, known.clone());
        let stays = !known.is_observed()
            || again == Known::NotObserved
            || again == crate::diff::canonical(known);
        expect(stays, || {
            format!("`{field}` is shown in a form that the capabilities would change again")
        })?;
    }
    Ok(())
}
