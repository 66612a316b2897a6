//! One runner writes at a time.

use super::{
    super::report::{Flaw, Verdict, broken, expect},
    Factory,
    bench::{ACCOUNT, Bench, acquire, given, load},
    lasting::reopen,
    samples::one_of_each,
};
use crate::{Fence, Ledger as _, LedgerError, LedgerErrorClass, LedgerState};

pub(super) async fn nobody_writes_without_a_lease<F: Factory>(bench: &Bench<'_, F>) -> Verdict {
    let ledger = &bench.ledger;
    let answer = ledger
        .commit(Fence::default(), ACCOUNT, &one_of_each(1))
        .await;
    is_fenced(bench, answer).await
}

pub(super) async fn a_lease_has_one_holder<F: Factory>(bench: &Bench<'_, F>) -> Verdict {
    given(acquire(&bench.ledger, "one", 10).await)?;
    is_busy(acquire(&bench.ledger, "two", 10).await)
}

pub(super) async fn whoever_lost_the_lease_writes_nothing<F: Factory>(
    bench: &Bench<'_, F>,
) -> Verdict {
    let ledger = &bench.ledger;
    let lost = given(acquire(ledger, "one", 0).await)?;
    given(acquire(ledger, "two", 10).await)?;
    let answer = ledger.commit(lost, ACCOUNT, &one_of_each(1)).await;
    is_fenced(bench, answer).await
}

pub(super) async fn a_lease_lasts_over_a_restart<F: Factory>(bench: &mut Bench<'_, F>) -> Verdict {
    given(acquire(&bench.ledger, "one", 10).await)?;
    reopen(bench).await?;
    is_busy(acquire(&bench.ledger, "two", 10).await)
}

fn is_busy(answer: Result<Fence, LedgerError>) -> Verdict {
    match answer {
        Ok(_) => broken("a second runner gets it too; keep what `LeaseRequest::answer` says"),
        Err(error) if matches!(error.class(), LedgerErrorClass::Busy { .. }) => Ok(()),
        Err(error) => Err(Flaw::Broken(format!("the error is {:?}", error.class()))),
    }
}

async fn is_fenced<F: Factory>(bench: &Bench<'_, F>, answer: Result<(), LedgerError>) -> Verdict {
    match answer {
        Ok(()) => return broken("writing succeeds; ask `LeaseRow::admit` first"),
        Err(error) if error.class() == LedgerErrorClass::Fenced => {}
        Err(error) => return Err(Flaw::Broken(format!("the error is {:?}", error.class()))),
    }
    let state = load(&bench.ledger, ACCOUNT).await?;
    expect(state == LedgerState::default(), || {
        "writing is refused, and done".to_owned()
    })
}
