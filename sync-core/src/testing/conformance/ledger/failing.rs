//! A failure is an error, never an empty or a shorter answer.

use super::{
    super::report::{Flaw, Verdict, broken},
    Factory,
    bench::{ACCOUNT, Bench, commit},
    samples::one_of_each,
};
use crate::Ledger as _;

/// An empty memory means that everybody is new.
pub(super) async fn a_ledger_that_is_cut_off_does_not_look_empty<F: Factory>(
    bench: &mut Bench<'_, F>,
) -> Verdict {
    bench.write(&one_of_each(1)).await?;
    cut_off(bench).await?;
    match bench.ledger.load(ACCOUNT).await {
        Ok(_) => broken("reading succeeds"),
        Err(_) => Ok(()),
    }
}

/// An effect follows every commit that succeeds, so one that is not durable must not succeed.
pub(super) async fn a_ledger_that_is_cut_off_takes_no_writes<F: Factory>(
    bench: &Bench<'_, F>,
) -> Verdict {
    cut_off(bench).await?;
    match commit(&bench.ledger, ACCOUNT, &one_of_each(1)).await {
        Ok(()) => broken("writing succeeds"),
        Err(_) => Ok(()),
    }
}

pub(super) async fn what_a_newer_program_wrote_is_not_left_out<F: Factory>(
    bench: &mut Bench<'_, F>,
) -> Verdict {
    bench.write(&one_of_each(1)).await?;
    if !bench.factory.rewrite_by_newer_program(&bench.ledger).await {
        return Err(Flaw::NotApplicable("the factory cannot age a ledger"));
    }
    match bench.ledger.load(ACCOUNT).await {
        Ok(_) => broken("reading succeeds without it; refuse a format that is not known"),
        Err(_) => Ok(()),
    }
}

async fn cut_off<F: Factory>(bench: &Bench<'_, F>) -> Verdict {
    if bench.factory.cut_off(&bench.ledger).await {
        Ok(())
    } else {
        Err(Flaw::NotApplicable("the factory cannot cut the ledger off"))
    }
}
