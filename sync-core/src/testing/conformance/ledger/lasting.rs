//! What is written is there after a restart.

use super::{
    super::report::{Flaw, Verdict},
    Factory,
    bench::{ABSENCE, Bench},
    samples::{none_of_each, one_of_each},
};

pub(super) async fn what_is_written_is_there_after_a_restart<F: Factory>(
    bench: &mut Bench<'_, F>,
) -> Verdict {
    bench.write(&one_of_each(1)).await?;
    bench.write_about(ABSENCE, &one_of_each(2)).await?;
    reopen(bench).await?;
    bench.agrees().await
}

pub(super) async fn what_is_forgotten_is_not_there_after_a_restart<F: Factory>(
    bench: &mut Bench<'_, F>,
) -> Verdict {
    bench.write(&one_of_each(1)).await?;
    bench.write(&one_of_each(2)).await?;
    bench.write(&none_of_each(1)).await?;
    reopen(bench).await?;
    bench.agrees().await
}

pub(super) async fn reopen<F: Factory>(bench: &mut Bench<'_, F>) -> Verdict {
    let spare = bench.factory.empty().await;
    let ledger = std::mem::replace(&mut bench.ledger, spare);
    match bench.factory.reopen(ledger).await {
        Some(reopened) => {
            bench.ledger = reopened;
            Ok(())
        }
        None => Err(Flaw::NotApplicable(
            "the factory cannot open a ledger again",
        )),
    }
}
