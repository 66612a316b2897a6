//! A reference leads where it was written to.

use super::{
    Factory,
    bench::Bench,
    report::{Verdict, expect},
};
use crate::{Existing, Known, Record, TargetId, Value};

pub(super) async fn a_reference_that_was_written_is_shown<R: Record, F: Factory<R>>(
    bench: &Bench<'_, R, F>,
) -> Verdict {
    bench.reference()?;
    let (one, two) = (bench.created(1).await?, bench.created(2).await?);
    bench.done(&bench.refer(&one, &two.id)?).await?;
    expect_reference(bench, &one, &two.id).await
}

pub(super) async fn a_reference_leaves_other_fields_and_records_as_they_are<
    R: Record,
    F: Factory<R>,
>(
    bench: &Bench<'_, R, F>,
) -> Verdict {
    let field = bench.reference()?;
    let (one, two) = (bench.created(1).await?, bench.created(2).await?);
    let before = bench.read().await?;
    bench.done(&bench.refer(&one, &two.id)?).await?;
    bench.expect_others(&before, &[&one.id]).await?;
    let but_the_reference = |existing: &Existing<R>| {
        let mut fields = existing.record.fields();
        fields.remove(&field);
        fields
    };
    let after = bench.get(&one.id).await?;
    expect(but_the_reference(&one) == but_the_reference(&after), || {
        format!("a change of `{field}` changed another field too")
    })
}

pub(super) async fn two_records_may_refer_to_each_other<R: Record, F: Factory<R>>(
    bench: &Bench<'_, R, F>,
) -> Verdict {
    bench.reference()?;
    let (one, two) = (bench.created(1).await?, bench.created(2).await?);
    bench.done(&bench.refer(&one, &two.id)?).await?;
    bench.done(&bench.refer(&two, &one.id)?).await?;
    expect_reference(bench, &one, &two.id).await?;
    expect_reference(bench, &two, &one.id).await
}

pub(super) async fn a_record_may_refer_to_itself<R: Record, F: Factory<R>>(
    bench: &Bench<'_, R, F>,
) -> Verdict {
    bench.reference()?;
    let one = bench.created(1).await?;
    bench.done(&bench.refer(&one, &one.id)?).await?;
    expect_reference(bench, &one, &one.id).await
}

/// Expects that a record is shown to refer to another one, if the product shows that at all.
async fn expect_reference<R: Record, F: Factory<R>>(
    bench: &Bench<'_, R, F>,
    existing: &Existing<R>,
    referent: &TargetId,
) -> Verdict {
    let field = bench.reference()?;
    let shown = bench
        .get(&existing.id)
        .await?
        .record
        .fields()
        .remove(&field);
    let shown = shown.unwrap_or_default();
    let wanted = Known::Value(Value::Target(referent.clone()));
    expect(!shown.is_observed() || shown == wanted, || {
        format!("`{field}` does not lead to the record that was sent")
    })
}
