//! One runner writes at a time.

use super::{
    super::report::{Flaw, Verdict, broken, expect},
    Factory,
    bench::{ABSENCE, ACCOUNT, Bench, acquire, acquire_at, done, given, load, minute},
    lasting::reopen,
    samples::{linked, none_of_each, one_of_each},
};
use crate::{Fence, LeaseRequest, Ledger, LedgerError, LedgerErrorClass, LedgerState};

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

/// A runner asks so whether it may repeat what the product had no time for.
pub(super) async fn a_commit_of_nothing_needs_the_lease_too<F: Factory>(
    bench: &Bench<'_, F>,
) -> Verdict {
    let ledger = &bench.ledger;
    let lost = given(acquire(ledger, "one", 0).await)?;
    done(ledger.commit(lost, ACCOUNT, &[]).await)?;
    given(acquire(ledger, "two", 10).await)?;
    let answer = ledger.commit(lost, ACCOUNT, &[]).await;
    is_fenced(bench, answer).await
}

pub(super) async fn a_lease_lasts_over_a_restart<F: Factory>(bench: &mut Bench<'_, F>) -> Verdict {
    given(acquire(&bench.ledger, "one", 10).await)?;
    reopen(bench).await?;
    is_busy(acquire(&bench.ledger, "two", 10).await)
}

pub(super) async fn a_lease_that_is_over_goes_to_the_next<F: Factory>(
    bench: &Bench<'_, F>,
) -> Verdict {
    let ledger = &bench.ledger;
    given(acquire(ledger, "one", 10).await)?;
    given(acquire_at(ledger, 10, "two", 10).await).map(drop)
}

/// A runner that starts again does not wait for itself.
pub(super) async fn the_same_holder_gets_a_lease_of_its_own_at_once<F: Factory>(
    bench: &Bench<'_, F>,
) -> Verdict {
    let ledger = &bench.ledger;
    let before = given(acquire(ledger, "one", 10).await)?;
    let after = given(acquire_at(ledger, 1, "one", 10).await)?;
    expect(after > before, || {
        "a runner that starts again has the number of the one that may still live".to_owned()
    })?;
    let answer = ledger.commit(before, ACCOUNT, &one_of_each(1)).await;
    is_fenced(bench, answer).await
}

pub(super) async fn the_number_of_a_lease_never_comes_again<F: Factory>(
    bench: &Bench<'_, F>,
) -> Verdict {
    let ledger = &bench.ledger;
    let mut last = Fence::default();
    for at in 0..6 {
        let holder = ["one", "two"][at as usize % 2];
        let fence = given(acquire_at(ledger, 2 * at, holder, 2).await)?;
        expect(fence > last, || {
            "a later lease has no higher number than one before".to_owned()
        })?;
        if at % 3 == 0 {
            given(release(ledger, 2 * at + 1, fence).await)?;
        }
        last = fence;
    }
    Ok(())
}

pub(super) async fn a_lease_that_is_prolonged_lasts_longer<F: Factory>(
    bench: &Bench<'_, F>,
) -> Verdict {
    let ledger = &bench.ledger;
    let fence = given(acquire(ledger, "one", 10).await)?;
    let prolonged = given(prolong(ledger, fence, 20).await)?;
    expect(prolonged == fence, || {
        "a lease has another number after it was prolonged".to_owned()
    })?;
    is_busy(acquire_at(ledger, 15, "two", 10).await)?;
    done(ledger.commit(fence, ACCOUNT, &one_of_each(1)).await)
}

pub(super) async fn a_lease_that_is_given_back_is_free<F: Factory>(
    bench: &Bench<'_, F>,
) -> Verdict {
    let ledger = &bench.ledger;
    let fence = given(acquire(ledger, "one", 10).await)?;
    given(release(ledger, 5, fence).await)?;
    given(acquire_at(ledger, 5, "two", 10).await).map(drop)
}

/// It slept too long, and wakes up while another one works.
pub(super) async fn whoever_lost_the_lease_takes_it_from_nobody<F: Factory>(
    bench: &Bench<'_, F>,
) -> Verdict {
    let ledger = &bench.ledger;
    let lost = given(acquire(ledger, "one", 0).await)?;
    let fence = given(acquire(ledger, "two", 10).await)?;
    for answer in [
        prolong(ledger, lost, 30).await,
        release(ledger, 1, lost).await,
    ] {
        match answer {
            Ok(_) => return broken("a lease that was lost is prolonged, or given back"),
            Err(error) if error.class() == LedgerErrorClass::Fenced => {}
            Err(error) => return Err(Flaw::Broken(format!("the error is {:?}", error.class()))),
        }
    }
    is_busy(acquire_at(ledger, 2, "three", 10).await)?;
    done(ledger.commit(fence, ACCOUNT, &one_of_each(1)).await)
}

pub(super) async fn a_commit_without_the_lease_is_refused_whole<F: Factory>(
    bench: &mut Bench<'_, F>,
) -> Verdict {
    bench.write(&one_of_each(1)).await?;
    let lost = given(acquire(&bench.ledger, "one", 0).await)?;
    given(acquire(&bench.ledger, "two", 10).await)?;
    let writes = [vec![linked(2)], none_of_each(1)].concat();
    match bench.ledger.commit(lost, ACCOUNT, &writes).await {
        Ok(()) => broken("writing succeeds; ask `LeaseRow::admit` first"),
        Err(_) => bench.agrees().await,
    }
}

pub(super) async fn one_lease_is_for_every_kind<F: Factory>(bench: &mut Bench<'_, F>) -> Verdict {
    let fence = given(acquire(&bench.ledger, "one", 10).await)?;
    for kind in [ACCOUNT, ABSENCE] {
        done(bench.ledger.commit(fence, kind, &one_of_each(1)).await)?;
        bench.should_remember(kind, &one_of_each(1));
    }
    given(acquire(&bench.ledger, "one", 10).await)?;
    for kind in [ACCOUNT, ABSENCE] {
        let answer = bench.ledger.commit(fence, kind, &none_of_each(1)).await;
        expect(answer.is_err(), || {
            format!("a lease that was lost is still good for {kind}s")
        })?;
    }
    bench.agrees().await
}

pub(super) async fn connections_have_leases_of_their_own<F: Factory>(
    bench: &Bench<'_, F>,
) -> Verdict {
    let Some(neighbour) = bench.factory.neighbour(&bench.ledger).await else {
        return Err(Flaw::NotApplicable(
            "the factory has one connection in a storage",
        ));
    };
    let fence = given(acquire(&bench.ledger, "one", 10).await)?;
    given(acquire(&neighbour, "two", 10).await)?;
    done(bench.ledger.commit(fence, ACCOUNT, &one_of_each(1)).await)
}

async fn prolong<L: Ledger>(ledger: &L, fence: Fence, until: u32) -> Result<Fence, LedgerError> {
    let until = minute(until);
    let request = LeaseRequest::Prolong { fence, until };
    ledger.lease(&request).await.map(|row| row.fence)
}

async fn release<L: Ledger>(ledger: &L, at: u32, fence: Fence) -> Result<Fence, LedgerError> {
    let now = minute(at);
    let request = LeaseRequest::Release { fence, now };
    ledger.lease(&request).await.map(|row| row.fence)
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
