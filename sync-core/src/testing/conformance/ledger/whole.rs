//! A commit is made whole or not at all.

use futures::join;

use super::{
    super::{
        cancelling::{Patience, WAITS},
        report::{Verdict, expect},
    },
    Factory,
    bench::{ACCOUNT, Bench, acquire, commit, done, given, load},
    samples::{linked, one_of_each},
};
use crate::{Ledger as _, LedgerState, LedgerWrite};

pub(super) async fn a_commit_that_is_dropped_is_made_or_not<F: Factory>(
    bench: &Bench<'_, F>,
) -> Verdict {
    for waits in 0..WAITS {
        let own = Bench::new(bench.factory).await;
        let rows: Vec<LedgerWrite> = (1..=4).flat_map(one_of_each).collect();
        let call = Box::pin(commit(&own.ledger, ACCOUNT, &rows));
        Patience { call, waits }.await;
        whole_or_nothing(&load(&own.ledger, ACCOUNT).await?, &rows)?;
        // Whatever became of it, the next run can write.
        done(commit(&own.ledger, ACCOUNT, &rows).await)?;
    }
    Ok(())
}

pub(super) async fn a_reader_sees_a_commit_whole_or_not_at_all<F: Factory>(
    bench: &Bench<'_, F>,
) -> Verdict {
    let rows: Vec<LedgerWrite> = (1..=50).flat_map(one_of_each).collect();
    let (read, written) = join!(
        load(&bench.ledger, ACCOUNT),
        commit(&bench.ledger, ACCOUNT, &rows)
    );
    done(written)?;
    whole_or_nothing(&read?, &rows)?;
    // The other way round, so that the reader may come in the middle.
    let own = Bench::new(bench.factory).await;
    let (written, read) = join!(
        commit(&own.ledger, ACCOUNT, &rows),
        load(&own.ledger, ACCOUNT)
    );
    done(written)?;
    whole_or_nothing(&read?, &rows)
}

/// A run writes about several batches at once.
pub(super) async fn commits_at_the_same_time_are_all_made<F: Factory>(
    bench: &mut Bench<'_, F>,
) -> Verdict {
    let [one, two, three, four] = [1, 2, 3, 4].map(|number| [linked(number)]);
    let ledger = &bench.ledger;
    let fence = given(acquire(ledger, "a run", 0).await)?;
    let (first, second, third, fourth) = join!(
        ledger.commit(fence, ACCOUNT, &one),
        ledger.commit(fence, ACCOUNT, &two),
        ledger.commit(fence, ACCOUNT, &three),
        ledger.commit(fence, ACCOUNT, &four),
    );
    for answer in [first, second, third, fourth] {
        done(answer)?;
    }
    for writes in [one, two, three, four] {
        bench.should_remember(ACCOUNT, &writes);
    }
    bench.agrees().await
}

fn whole_or_nothing(read: &LedgerState, writes: &[LedgerWrite]) -> Verdict {
    let mut whole = LedgerState::default();
    writes.iter().for_each(|write| whole.apply(write));
    if *read == LedgerState::default() {
        return Ok(());
    }
    expect(*read == whole, || {
        "some rows of a commit are there and some are not; write them in one transaction".to_owned()
    })
}
