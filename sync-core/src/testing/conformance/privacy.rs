//! Errors hold no personal data.

use super::{
    Factory,
    bench::{Bench, outdated},
    report::{Verdict, broken, expect, words},
};
use crate::{Class, Known, Record, TargetError, Value};

pub(super) async fn a_refusal_holds_no_personal_data<R: Record, F: Factory<R>>(
    bench: &Bench<'_, R, F>,
) -> Verdict {
    let existing = bench.created(1).await?;
    let mut missing = bench.whole_update(&existing, 2)?;
    missing.target = Some(bench.missing_id());
    let mut refused = vec![missing];
    refused.extend(outdated(bench.whole_update(&existing, 2)?).ok());
    let mut again = bench.create(1);
    again.id = crate::ChangeId::from("another-creation");
    refused.push(again);
    for change in refused {
        if let Err(error) = bench.make(&change).await {
            expect_clean(bench, &error)?;
        }
    }
    Ok(())
}

pub(super) async fn an_error_of_a_product_that_is_cut_off_holds_no_personal_data<
    R: Record,
    F: Factory<R>,
>(
    bench: &Bench<'_, R, F>,
) -> Verdict {
    bench.needs(Class::Create)?;
    bench.cut_off().await?;
    match bench.make(&bench.create(1)).await {
        Err(error) => expect_clean(bench, &error),
        Ok(_) => broken("a creation succeeds"),
    }
}

/// Looks for what the samples hold in every form of an error.
fn expect_clean<R: Record, F: Factory<R>>(bench: &Bench<'_, R, F>, error: &TargetError) -> Verdict {
    let said = format!("{} {error:?} {error:#?}", words(error)).to_lowercase();
    for number in [1, 2] {
        for (field, known) in bench.factory.sample(number).fields() {
            // A single word such as `active` says nothing about anybody.
            if let Known::Value(Value::Text(text)) = known
                && text.chars().any(|letter| !letter.is_alphabetic())
                && text.chars().count() > 4
            {
                expect(!said.contains(&text.to_lowercase()), || {
                    format!("the error shows what `{field}` holds")
                })?;
            }
        }
    }
    Ok(())
}
