//! A call that is dropped in the middle leaves its record as it was, or as it should be.

use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll},
};

use super::{
    Factory,
    bench::Bench,
    report::{Verdict, expect},
};
use crate::{Change, Class, Record, TargetSystem as _};

/// How many waits a call is dropped at, one after the other; a call that waits less often is tried at each.
pub(super) const WAITS: usize = 12;

pub(super) async fn a_creation_that_is_dropped_is_made_or_not<R: Record, F: Factory<R>>(
    bench: &Bench<'_, R, F>,
) -> Verdict {
    bench.needs(Class::Create)?;
    for waits in 0..WAITS {
        let own = Bench::new(bench.factory).await;
        drop_after(&own, &own.create(1), waits).await;
        let read = own.read().await?;
        expect(read.len() <= 1, || "two records are there".to_owned())?;
        if let [existing] = &read[..] {
            own.expect_fields(existing, &own.factory.sample(1))?;
        }
        // Whatever became of it, the next attempt makes it whole; none is made where reading shows that it was.
        if read.is_empty() || own.capabilities().change_ids {
            own.done(&own.create(1)).await?;
        }
        let count = own.read().await?.len();
        expect(count == 1, || {
            format!("{count} records are there after a second attempt")
        })?;
    }
    Ok(())
}

pub(super) async fn an_update_that_is_dropped_is_made_or_not<R: Record, F: Factory<R>>(
    bench: &Bench<'_, R, F>,
) -> Verdict {
    bench.needs(Class::Update)?;
    for waits in 0..WAITS {
        let own = Bench::new(bench.factory).await;
        let existing = own.created(1).await?;
        drop_after(&own, &own.whole_update(&existing, 2)?, waits).await;
        let existing = own.get(&existing.id).await?;
        let old = own.expect_fields(&existing, &own.factory.sample(1));
        let new = own.expect_fields(&existing, &own.factory.sample(2));
        expect(old.is_ok() || new.is_ok(), || {
            "some fields have the old value and some the new one".to_owned()
        })?;
    }
    Ok(())
}

pub(super) async fn a_removal_that_is_dropped_is_made_or_not<R: Record, F: Factory<R>>(
    bench: &Bench<'_, R, F>,
) -> Verdict {
    bench.needs(Class::Remove)?;
    for waits in 0..WAITS {
        let own = Bench::new(bench.factory).await;
        let existing = own.created(1).await?;
        drop_after(&own, &own.remove(&existing)?, waits).await;
        let left = own.find(&existing.id).await?;
        expect(left.is_none_or(|left| left == existing), || {
            "the record is there in part".to_owned()
        })?;
    }
    Ok(())
}

/// Makes a change, and drops the call when it has waited so often.
async fn drop_after<R: Record, F: Factory<R>>(
    bench: &Bench<'_, R, F>,
    change: &Change<R>,
    waits: usize,
) {
    let call = bench.target.apply(std::slice::from_ref(change));
    Patience { call, waits }.await;
}

/// Ends when the call ends, or when it has waited often enough.
pub(super) struct Patience<F> {
    pub(super) call: F,
    pub(super) waits: usize,
}

impl<F: Future + Unpin> Future for Patience<F> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if Pin::new(&mut self.call).poll(context).is_ready() || self.waits == 0 {
            return Poll::Ready(());
        }
        self.waits -= 1;
        Poll::Pending
    }
}
