//! A clear empties what it names and nothing else.

use super::{
    Factory,
    bench::{Bench, outdated},
    report::{Flaw, Verdict, broken, expect},
};
use crate::{Change, ChangeId, ErrorClass, Existing, Record};

pub(super) async fn a_cleared_field_is_empty<R: Record, F: Factory<R>>(
    bench: &Bench<'_, R, F>,
) -> Verdict {
    let (change, existing) = cleared(bench).await?;
    let field = &change.effect.field_changes()[0].field;
    let shown = existing
        .record
        .fields()
        .get(field)
        .cloned()
        .unwrap_or_default();
    expect(crate::diff::canonical(shown).value().is_none(), || {
        format!("`{field}` still has a value")
    })
}

pub(super) async fn a_clear_leaves_the_other_fields_as_they_are<R: Record, F: Factory<R>>(
    bench: &Bench<'_, R, F>,
) -> Verdict {
    let (change, existing) = cleared(bench).await?;
    let cleared = &change.effect.field_changes()[0].field;
    let has = existing.record.fields();
    for (field, known) in bench.factory.sample(1).fields() {
        let shown = crate::diff::canonical(has.get(&field).cloned().unwrap_or_default());
        let wanted = bench.shown(&field, known);
        expect(
            field == *cleared || !shown.is_observed() || shown == wanted,
            || format!("emptying `{cleared}` changed `{field}` too"),
        )?;
    }
    Ok(())
}

pub(super) async fn a_field_is_cleared_a_second_time_without_harm<R: Record, F: Factory<R>>(
    bench: &Bench<'_, R, F>,
) -> Verdict {
    let (mut change, existing) = cleared(bench).await?;
    change.id = ChangeId::from("clear-again");
    change.expected_version = existing.version.clone();
    if let crate::Effect::Clear(fields) = &mut change.effect {
        for field in fields {
            field.before = crate::Known::Cleared;
        }
    }
    let before = bench.read().await?;
    bench.done(&change).await?;
    bench.expect_others(&before, &[&existing.id]).await
}

pub(super) async fn a_clear_of_an_outdated_version_is_refused<R: Record, F: Factory<R>>(
    bench: &Bench<'_, R, F>,
) -> Verdict {
    let existing = bench.created(1).await?;
    let before = bench.read().await?;
    let change = outdated(bench.clear(&existing)?)?;
    bench
        .expect_refusal(&change, &[ErrorClass::Conflict])
        .await?;
    bench.expect_others(&before, &[]).await
}

pub(super) async fn a_clear_of_a_missing_record_is_not_found<R: Record, F: Factory<R>>(
    bench: &Bench<'_, R, F>,
) -> Verdict {
    let existing = bench.created(1).await?;
    let mut change = bench.clear(&existing)?;
    change.target = Some(bench.missing_id());
    bench.expect_refusal(&change, &[ErrorClass::NotFound]).await
}

pub(super) async fn a_protected_record_is_not_cleared<R: Record, F: Factory<R>>(
    bench: &Bench<'_, R, F>,
) -> Verdict {
    let existing = bench.protected().await?;
    let change = bench.clear(&existing)?;
    match bench.make(&change).await {
        Ok(_) => broken("a protected record lost a field"),
        Err(_) => expect(bench.get(&existing.id).await? == existing, || {
            "a protected record has changed".to_owned()
        }),
    }
}

async fn cleared<R: Record, F: Factory<R>>(
    bench: &Bench<'_, R, F>,
) -> Result<(Change<R>, Existing<R>), Flaw> {
    let existing = bench.created(1).await?;
    let change = bench.clear(&existing)?;
    bench.done(&change).await?;
    let existing = bench.get(&existing.id).await?;
    Ok((change, existing))
}
