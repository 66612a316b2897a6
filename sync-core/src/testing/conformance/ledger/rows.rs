//! What is written is what is read, row by row.

use chrono::TimeDelta;

use super::{
    super::report::Verdict,
    Factory,
    bench::Bench,
    samples::{
        buried, change, intended, link, linked, moment, none_of_each, one_of_each, one_of_the_rest,
        ran, source,
    },
};
use crate::{LedgerWrite, Link, SourceId, Tombstone, testing::dice::Dice};

pub(super) async fn a_new_ledger_remembers_nothing<F: Factory>(bench: &Bench<'_, F>) -> Verdict {
    bench.agrees().await
}

pub(super) async fn a_link_is_read_as_it_was_written<F: Factory>(
    bench: &mut Bench<'_, F>,
) -> Verdict {
    let bare = Link {
        agreed: Default::default(),
        missing: None,
        ..link(3)
    };
    bench.write(&[linked(1), linked(2)]).await?;
    bench.write(&[LedgerWrite::Link(source(3), bare)]).await
}

pub(super) async fn a_tombstone_is_read_as_it_was_written<F: Factory>(
    bench: &mut Bench<'_, F>,
) -> Verdict {
    bench.write(&[buried(1), buried(2)]).await
}

pub(super) async fn an_intent_is_read_as_it_was_written<F: Factory>(
    bench: &mut Bench<'_, F>,
) -> Verdict {
    // One of each class of change.
    let intents: Vec<LedgerWrite> = (0..6).map(|number| intended(number, number)).collect();
    bench.write(&intents).await
}

/// What a run did a moment ago must not look as if it had not been done yet.
pub(super) async fn moments_keep_their_fractions<F: Factory>(bench: &mut Bench<'_, F>) -> Verdict {
    let fraction = TimeDelta::microseconds(123_457);
    let at = moment(1) + fraction;
    let tombstone = Tombstone {
        at,
        generation: 1,
        lost: false,
    };
    bench
        .write(&[LedgerWrite::Bury(source(1), tombstone)])
        .await
}

pub(super) async fn large_counts_survive<F: Factory>(bench: &mut Bench<'_, F>) -> Verdict {
    let large = Link {
        generation: u32::MAX,
        revision: u32::MAX,
        ..link(1)
    };
    bench.write(&[LedgerWrite::Link(source(1), large)]).await
}

pub(super) async fn every_row_is_read<F: Factory>(bench: &mut Bench<'_, F>) -> Verdict {
    let links: Vec<LedgerWrite> = (0..1200).map(linked).collect();
    bench.write(&links).await
}

/// Ids of HR and of products are opaque: nothing about them may be changed or compared loosely.
pub(super) async fn ids_that_look_alike_are_different<F: Factory>(
    bench: &mut Bench<'_, F>,
) -> Verdict {
    let alike = [
        "7", "07", "7.0", " 7", "7 ", "a", "A", "é", "e\u{301}", "ß", "ss", "a'b", "a%", "a_", "",
        "😀",
    ];
    let links = alike.iter().zip(0..);
    let links = links.map(|(id, number)| LedgerWrite::Link(SourceId::new(id), link(number)));
    bench.write(&links.collect::<Vec<_>>()).await?;
    bench.write(&[LedgerWrite::Unlink("a".into())]).await
}

pub(super) async fn every_sort_of_row_is_read_as_it_was_written<F: Factory>(
    bench: &mut Bench<'_, F>,
) -> Verdict {
    // Each about a record of its own.
    for (sort, number) in (0..one_of_each(0).len()).zip(1..) {
        let row = one_of_each(number).swap_remove(sort);
        bench.write(&[row]).await?;
    }
    for row in one_of_the_rest(1) {
        bench.write(&[row]).await?;
    }
    bench.write(&one_of_the_rest(2)).await
}

/// Only runs go, only those that are older, and none that began at that very moment.
pub(super) async fn the_protocol_forgets_older_runs_only<F: Factory>(
    bench: &mut Bench<'_, F>,
) -> Verdict {
    let runs: Vec<LedgerWrite> = (1..=4).map(ran).collect();
    let alike = LedgerWrite::Link(SourceId::new("0"), link(1));
    bench
        .write(&[one_of_each(1), vec![alike], runs].concat())
        .await?;
    let forget = |number| LedgerWrite::ForgetRuns {
        before: moment(number),
    };
    bench.write(&[forget(3)]).await?;
    bench.write(&[forget(3)]).await?;
    bench.write(&[ran(1), forget(9)]).await
}

pub(super) async fn reading_twice_shows_the_same<F: Factory>(bench: &mut Bench<'_, F>) -> Verdict {
    bench.write(&one_of_each(1)).await?;
    bench.agrees().await?;
    bench.agrees().await
}

pub(super) async fn a_second_writing_replaces_the_first<F: Factory>(
    bench: &mut Bench<'_, F>,
) -> Verdict {
    bench.write(&[linked(1), buried(1), intended(1, 1)]).await?;
    let tombstone = Tombstone {
        at: moment(9),
        generation: 9,
        lost: false,
    };
    let intent = match intended(5, 1) {
        LedgerWrite::Intend(_, intent) => LedgerWrite::Intend(change(1), intent),
        other => other,
    };
    let second = [
        LedgerWrite::Link(source(1), link(8)),
        LedgerWrite::Bury(source(1), tombstone),
        intent,
    ];
    bench.write(&second).await
}

pub(super) async fn forgetting_takes_one_row_only<F: Factory>(bench: &mut Bench<'_, F>) -> Verdict {
    let rows: Vec<LedgerWrite> = (1..=3).flat_map(one_of_each).collect();
    bench.write(&rows).await?;
    for forget in none_of_each(2) {
        bench.write(&[forget]).await?;
    }
    Ok(())
}

pub(super) async fn rows_of_one_record_stand_side_by_side<F: Factory>(
    bench: &mut Bench<'_, F>,
) -> Verdict {
    for row in one_of_each(1) {
        bench.write(&[row]).await?;
    }
    for row in one_of_each(1).into_iter().rev() {
        bench.write(&[row]).await?;
    }
    Ok(())
}

pub(super) async fn two_intents_of_one_record_stand_side_by_side<F: Factory>(
    bench: &mut Bench<'_, F>,
) -> Verdict {
    bench.write(&[intended(1, 1), intended(2, 1)]).await?;
    bench.write(&[LedgerWrite::Settle(change(1))]).await
}

pub(super) async fn forgetting_what_is_not_there_is_fine<F: Factory>(
    bench: &mut Bench<'_, F>,
) -> Verdict {
    bench.write(&none_of_each(1)).await?;
    bench.write(&one_of_each(1)).await?;
    bench.write(&none_of_each(2)).await
}

pub(super) async fn the_same_writes_again_change_nothing<F: Factory>(
    bench: &mut Bench<'_, F>,
) -> Verdict {
    bench.write(&one_of_each(1)).await?;
    bench.write(&one_of_each(1)).await
}

pub(super) async fn the_last_write_of_a_commit_wins<F: Factory>(
    bench: &mut Bench<'_, F>,
) -> Verdict {
    let [there, gone] = [one_of_each, none_of_each].map(|rows| rows(1));
    bench.write(&[there.clone(), gone.clone()].concat()).await?;
    bench.write(&[gone, there].concat()).await?;
    bench
        .write(&[linked(2), LedgerWrite::Link(source(2), link(5))])
        .await
}

pub(super) async fn a_commit_of_nothing_is_fine<F: Factory>(bench: &mut Bench<'_, F>) -> Verdict {
    bench.write(&[]).await?;
    bench.write(&one_of_each(1)).await?;
    bench.write(&[]).await
}

pub(super) async fn a_long_history_is_remembered<F: Factory>(bench: &mut Bench<'_, F>) -> Verdict {
    let mut dice = Dice::new(2026);
    for _ in 0..60 {
        let mut writes = Vec::new();
        for _ in 0..dice.below(6) {
            let number = u32::try_from(dice.below(12)).unwrap_or_default();
            let rows = [one_of_each(number), none_of_each(number)].concat();
            let row = dice.below(rows.len());
            writes.extend(rows.get(row).cloned());
        }
        bench.write(&writes).await?;
    }
    Ok(())
}
