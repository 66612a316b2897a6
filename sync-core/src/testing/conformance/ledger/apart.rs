//! What belongs to one kind of record, or to one connection, shows in no other.

use super::{
    super::report::{Flaw, Verdict, expect},
    Factory,
    bench::{ABSENCE, ACCOUNT, Bench, commit, done, load},
    samples::{linked, moment, none_of_each, one_of_each, ran},
};
use crate::{LedgerState, LedgerWrite};

pub(super) async fn kinds_are_apart<F: Factory>(bench: &mut Bench<'_, F>) -> Verdict {
    bench.write_about(ACCOUNT, &one_of_each(1)).await?;
    bench.write_about(ABSENCE, &[linked(2)]).await?;
    let other = load(&bench.ledger, "booking").await?;
    expect(other == LedgerState::default(), || {
        "a kind that nothing was written about has rows".to_owned()
    })
}

pub(super) async fn forgetting_in_one_kind_leaves_the_other<F: Factory>(
    bench: &mut Bench<'_, F>,
) -> Verdict {
    bench.write_about(ACCOUNT, &one_of_each(1)).await?;
    bench.write_about(ABSENCE, &one_of_each(1)).await?;
    bench.write_about(ABSENCE, &none_of_each(1)).await?;
    for kind in [ACCOUNT, ABSENCE] {
        bench.write_about(kind, &[ran(1)]).await?;
    }
    let before = moment(9);
    bench
        .write_about(ABSENCE, &[LedgerWrite::ForgetRuns { before }])
        .await
}

pub(super) async fn connections_are_apart<F: Factory>(bench: &mut Bench<'_, F>) -> Verdict {
    bench.write(&one_of_each(1)).await?;
    let Some(neighbour) = bench.factory.neighbour(&bench.ledger).await else {
        return Err(Flaw::NotApplicable(
            "the factory has one connection in a storage",
        ));
    };
    let seen = load(&neighbour, ACCOUNT).await?;
    expect(seen == LedgerState::default(), || {
        "rows of one connection show in another; name the connection in the key of every row"
            .to_owned()
    })?;
    done(commit(&neighbour, ACCOUNT, &one_of_each(2)).await)?;
    done(commit(&neighbour, ACCOUNT, &none_of_each(1)).await)?;
    bench.agrees().await
}
