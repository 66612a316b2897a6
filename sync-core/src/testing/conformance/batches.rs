//! Several changes in one call.

use super::{
    Factory,
    bench::Bench,
    report::{Flaw, Verdict, broken, expect},
};
use crate::{Change, Class, Record, SourceId, TargetSystem as _};

pub(super) async fn a_full_batch_is_made<R: Record, F: Factory<R>>(
    bench: &Bench<'_, R, F>,
) -> Verdict {
    let batch = full_batch(bench)?;
    for (index, answer) in bench.target.apply(&batch).await.iter().enumerate() {
        if answer.is_err() {
            return broken(format!("change {} of {} failed", index + 1, batch.len()));
        }
    }
    let count = bench.read().await?.len();
    expect(count == batch.len(), || {
        format!("{} were created and {count} are there", batch.len())
    })
}

pub(super) async fn there_is_one_answer_for_each_change<R: Record, F: Factory<R>>(
    bench: &Bench<'_, R, F>,
) -> Verdict {
    let batch = full_batch(bench)?;
    let answers = bench.target.apply(&batch).await.len();
    expect(answers == batch.len(), || {
        format!("{} changes have {answers} answers", batch.len())
    })
}

pub(super) async fn answers_stand_in_the_order_of_the_changes<R: Record, F: Factory<R>>(
    bench: &Bench<'_, R, F>,
) -> Verdict {
    let mut batch = full_batch(bench)?;
    batch.reverse();
    let answers = bench.target.apply(&batch).await;
    for (change, answer) in batch.iter().zip(answers) {
        let Ok(applied) = answer else {
            return broken("a creation failed");
        };
        let existing = bench.get(&applied.target).await?;
        let own: Option<SourceId> = existing.external_id.clone();
        expect(own.is_none_or(|own| own == change.source), || {
            "an answer names the record of another change".to_owned()
        })?;
        if let crate::Effect::Create(record) = &change.effect {
            bench.expect_fields(&existing, record)?;
        }
    }
    Ok(())
}

pub(super) async fn one_bad_change_does_not_stop_the_others<R: Record, F: Factory<R>>(
    bench: &Bench<'_, R, F>,
) -> Verdict {
    let (existing, batch) = with_one_bad(bench).await?;
    let answers = bench.target.apply(&batch).await;
    let succeeded: Vec<bool> = answers.iter().map(Result::is_ok).collect();
    expect(succeeded == [true, false, true], || {
        format!("of a good, a bad and a good change, {succeeded:?} were made")
    })?;
    for existing in existing {
        let existing = bench.get(&existing.id).await?;
        bench.expect_fields(&existing, &bench.factory.sample(5))?;
    }
    Ok(())
}

pub(super) async fn a_change_that_is_refused_leaves_its_record_whole<R: Record, F: Factory<R>>(
    bench: &Bench<'_, R, F>,
) -> Verdict {
    let existing = bench.created(1).await?;
    let mut change = bench.whole_update(&existing, 2)?;
    // The last field cannot take such a value; the ones before it could.
    let crate::Effect::Update(fields) = &mut change.effect else {
        return Err(Flaw::NotApplicable("the samples do not differ"));
    };
    let nonsense = crate::Value::List(vec![crate::Value::Bool(true)]);
    match fields.last_mut() {
        Some(last) if existing_refuses(&existing.record, last, &nonsense) => {
            last.after = Some(nonsense);
        }
        _ => return Err(Flaw::NotApplicable("every field takes any value")),
    }
    let before = bench.read().await?;
    match bench.make(&change).await {
        Ok(_) => Err(Flaw::NotApplicable("the product takes any value")),
        Err(_) => bench.expect_others(&before, &[]).await,
    }
}

pub(super) async fn an_empty_batch_has_no_answers<R: Record, F: Factory<R>>(
    bench: &Bench<'_, R, F>,
) -> Verdict {
    let answers = bench.target.apply(&[]).await.len();
    expect(answers == 0, || format!("no change has {answers} answers"))
}

/// As many creations as one call may hold, and no more than a hundred.
fn full_batch<R: Record, F: Factory<R>>(bench: &Bench<'_, R, F>) -> Result<Vec<Change<R>>, Flaw> {
    bench.needs(Class::Create)?;
    let size = bench.capabilities().batch.get().min(100);
    Ok((0..size).map(|number| bench.create(number)).collect())
}

/// Three updates, the one in the middle of a record that is not there.
async fn with_one_bad<R: Record, F: Factory<R>>(
    bench: &Bench<'_, R, F>,
) -> Result<([crate::Existing<R>; 2], Vec<Change<R>>), Flaw> {
    if bench.capabilities().batch.get() < 3 {
        return Err(Flaw::NotApplicable(
            "a batch holds fewer than three changes",
        ));
    }
    let (one, two) = (bench.created(1).await?, bench.created(2).await?);
    let mut bad = bench.whole_update(&one, 4)?;
    bad.target = Some(bench.missing_id());
    bad.source = SourceId::new("source-of-nobody");
    // Both become alike but for what tells them apart; products with unique fields see two different numbers.
    let batch = vec![
        bench.whole_update(&one, 5)?,
        bad,
        bench.whole_update(&two, 5)?,
    ];
    Ok(([one, two], batch))
}

fn existing_refuses<R: Record>(
    record: &R,
    field: &crate::FieldChange,
    value: &crate::Value,
) -> bool {
    record.clone().set(&field.field, Some(value)).is_err()
}
