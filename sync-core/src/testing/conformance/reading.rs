//! Reading shows everything, once, and changes nothing.

use std::collections::BTreeSet;

use super::{
    Factory,
    bench::Bench,
    report::{Flaw, Verdict, broken, expect},
};
use crate::{Class, Coverage, Existing, ReadRequest, Record, TargetId, TargetSystem as _, Window};

/// More than fit on one page of most products.
const MANY: usize = 120;

pub(super) async fn an_empty_product_shows_nothing<R: Record, F: Factory<R>>(
    bench: &Bench<'_, R, F>,
) -> Verdict {
    expect(bench.read().await?.is_empty(), || {
        "the factory's product is not empty, or shows records that are not there".to_owned()
    })
}

pub(super) async fn a_created_record_is_shown<R: Record, F: Factory<R>>(
    bench: &Bench<'_, R, F>,
) -> Verdict {
    bench.created(1).await.map(drop)
}

pub(super) async fn every_record_is_shown<R: Record, F: Factory<R>>(
    bench: &Bench<'_, R, F>,
) -> Verdict {
    let created = create_many(bench).await?;
    let shown: BTreeSet<TargetId> = bench.read().await?.into_iter().map(|it| it.id).collect();
    expect(created == shown, || {
        format!(
            "{} records were created and {} are shown",
            created.len(),
            shown.len()
        )
    })
}

pub(super) async fn no_record_is_shown_twice<R: Record, F: Factory<R>>(
    bench: &Bench<'_, R, F>,
) -> Verdict {
    create_many(bench).await?;
    let shown: Vec<TargetId> = bench.read().await?.into_iter().map(|it| it.id).collect();
    let distinct: BTreeSet<&TargetId> = shown.iter().collect();
    expect(distinct.len() == shown.len(), || {
        "an id is shown twice".to_owned()
    })
}

pub(super) async fn reading_twice_shows_the_same<R: Record, F: Factory<R>>(
    bench: &Bench<'_, R, F>,
) -> Verdict {
    bench.created(1).await?;
    bench.created(2).await?;
    let before = bench.read().await?;
    bench.expect_others(&before, &[]).await
}

pub(super) async fn reading_changes_nothing<R: Record, F: Factory<R>>(
    bench: &Bench<'_, R, F>,
) -> Verdict {
    let existing = bench.created(1).await?;
    for _ in 0..3 {
        bench.read().await?;
    }
    expect(bench.get(&existing.id).await? == existing, || {
        "a record has another content or version after it was read".to_owned()
    })
}

pub(super) async fn a_linked_record_is_shown_wherever_it_lies<R: Record, F: Factory<R>>(
    bench: &Bench<'_, R, F>,
) -> Verdict {
    let existing = bench.created(1).await?;
    let request = ReadRequest {
        coverage: Coverage::Window(far_away()?),
        linked: BTreeSet::from([existing.id.clone()]),
        in_doubt: BTreeSet::new(),
    };
    let read = bench.read_part(&request).await?;
    expect(read.iter().any(|it| it.id == existing.id), || {
        "a record that `ReadRequest::linked` names is left out because it lies outside the window"
            .to_owned()
    })
}

pub(super) async fn a_window_shows_what_overlaps_it<R: Record, F: Factory<R>>(
    bench: &Bench<'_, R, F>,
) -> Verdict {
    let existing = bench.created(1).await?;
    let window = Window::new(chrono::NaiveDate::MIN, chrono::NaiveDate::MAX);
    let window = window.map_err(|_| Flaw::NotApplicable("there is no such window"))?;
    if !existing.record.overlaps(&window) {
        return broken("a record overlaps no window at all");
    }
    let request = ReadRequest {
        coverage: Coverage::Window(Window::around(a_day()?, 3000, 3000)),
        linked: BTreeSet::new(),
        in_doubt: BTreeSet::new(),
    };
    let read = bench.read_part(&request).await?;
    let shown = read.iter().any(|it| it.id == existing.id);
    let overlaps = existing
        .record
        .overlaps(&Window::around(a_day()?, 3000, 3000));
    expect(shown || !overlaps, || {
        "a record that overlaps the window is left out".to_owned()
    })
}

pub(super) async fn a_record_that_nobody_has_is_not_shown<R: Record, F: Factory<R>>(
    bench: &Bench<'_, R, F>,
) -> Verdict {
    bench.created(1).await?;
    let request = ReadRequest {
        coverage: Coverage::All,
        linked: BTreeSet::from([bench.missing_id()]),
        in_doubt: BTreeSet::new(),
    };
    let read = bench.read_part(&request).await?;
    expect(read.len() == 1, || {
        format!("{} records are shown, and 1 is there", read.len())
    })
}

pub(super) async fn a_product_that_is_cut_off_does_not_look_empty<R: Record, F: Factory<R>>(
    bench: &Bench<'_, R, F>,
) -> Verdict {
    bench.cut_off().await?;
    let request = ReadRequest {
        coverage: Coverage::All,
        linked: BTreeSet::new(),
        in_doubt: BTreeSet::new(),
    };
    match bench.target.read(&request).await {
        Err(_) => Ok(()),
        Ok(read) => broken(format!("reading shows {} records and no error", read.len())),
    }
}

pub(super) async fn a_record_entered_by_hand_is_shown_without_an_external_id<
    R: Record,
    F: Factory<R>,
>(
    bench: &Bench<'_, R, F>,
) -> Verdict {
    let existing: Existing<R> = bench.entered(1).await?;
    expect(existing.external_id.is_none(), || {
        "a record that a person entered looks as if the sync had made it".to_owned()
    })
}

async fn create_many<R: Record, F: Factory<R>>(
    bench: &Bench<'_, R, F>,
) -> Result<BTreeSet<TargetId>, Flaw> {
    bench.needs(Class::Create)?;
    let mut created = BTreeSet::new();
    for number in 0..MANY {
        created.insert(bench.done(&bench.create(number)).await?.target);
    }
    Ok(created)
}

fn a_day() -> Result<chrono::NaiveDate, Flaw> {
    chrono::NaiveDate::from_ymd_opt(2026, 3, 2).ok_or(Flaw::NotApplicable("there is no such day"))
}

/// Long before any sample.
fn far_away() -> Result<Window, Flaw> {
    let day = chrono::NaiveDate::from_ymd_opt(1950, 1, 1);
    day.map(|day| Window::around(day, 1, 1))
        .ok_or(Flaw::NotApplicable("there is no such day"))
}
