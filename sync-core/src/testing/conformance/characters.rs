//! Names of all kinds of people survive.

use super::{
    Factory,
    bench::Bench,
    report::{Flaw, Verdict, broken, expect},
};
use crate::{Class, ErrorClass, Known, Record, Value, diff::canonical};

/// Makes a check that a text in any free field comes back as it was sent.
macro_rules! survives {
    ($($name:ident: $text:expr;)*) => {
        $(pub(super) async fn $name<R: Record, F: Factory<R>>(bench: &Bench<'_, R, F>) -> Verdict {
            survives(bench, $text).await
        })*
    };
}

survives! {
    capital_and_small_letters_survive: "McDONALD van der Berg";
    letters_with_marks_survive: "Łucja Åkesson-Żuraw Ñandú Őrsi Çağla";
    // The same letters, each with its mark as a character of its own.
    marks_of_their_own_survive: "Zoe\u{308} Bra\u{303}ndao";
    letters_of_other_scripts_survive: "Ελένη Јелена Юлія 李 عمر";
    emoji_survive: "Ada 👩🏽‍💻";
    one_letter_survives: "Ø";
    quotes_and_signs_survive: "O'Neill \"Bob\" <b>&amp;</b> \\ % _ ; -- {x}";
    surrounding_blanks_survive: "  Ada  ";
}

pub(super) async fn a_long_text_survives_or_is_refused<R: Record, F: Factory<R>>(
    bench: &Bench<'_, R, F>,
) -> Verdict {
    let long = "Wolfeschlegelsteinhausen".repeat(12);
    bench.needs(Class::Create)?;
    for (index, field) in free_fields(bench)?.into_iter().enumerate() {
        let mut record = bench.factory.sample(index);
        let value = Value::from(long.as_str());
        if record.set(&field, Some(&value)).is_err() {
            continue;
        }
        let change = bench.creation(&format!("long-{field}"), index, record);
        match bench.make(&change).await {
            Err(error) => expect(error.class() == ErrorClass::Rejected, || {
                let class = error.class();
                format!("the error is {class:?} and should be Rejected")
            })?,
            Ok(applied) => {
                let has = bench.get(&applied.target).await?.record.fields();
                let shown = canonical(has.get(&field).cloned().unwrap_or_default());
                let wanted = bench.shown(&field, Known::Value(value));
                expect(!shown.is_observed() || shown == wanted, || {
                    format!(
                        "`{field}` is cut; declare that with `Normalise::Truncate`, or refuse it"
                    )
                })?;
            }
        }
    }
    Ok(())
}

async fn survives<R: Record, F: Factory<R>>(bench: &Bench<'_, R, F>, text: &str) -> Verdict {
    bench.needs(Class::Create)?;
    for (index, field) in free_fields(bench)?.into_iter().enumerate() {
        let mut record = bench.factory.sample(index);
        if record.set(&field, Some(&text.into())).is_err() {
            return broken(format!("`{field}` cannot hold it"));
        }
        let change = bench.creation(&format!("text-{field}"), index, record.clone());
        let applied = bench.done(&change).await?;
        bench.expect_fields(&bench.get(&applied.target).await?, &record)?;
    }
    Ok(())
}

fn free_fields<R: Record, F: Factory<R>>(
    bench: &Bench<'_, R, F>,
) -> Result<Vec<crate::FieldName>, Flaw> {
    let fields = bench.factory.free_text();
    if fields.is_empty() {
        return Err(Flaw::NotApplicable("no field holds any text"));
    }
    Ok(fields)
}
