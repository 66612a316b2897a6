//! Asking long work to stop.

use futures::{FutureExt as _, future::join_all};
use sync_core::StopSignal;

#[tokio::test]
async fn a_raised_signal_wakes_everyone_who_waits_and_stays_raised() {
    let signal = StopSignal::new();
    let seen = signal.clone();
    assert!(seen.raised().now_or_never().is_none());
    let waiting = [seen.clone(), seen.clone()].map(|seen| async move { seen.raised().await });
    signal.raise();
    signal.raise();
    join_all(waiting).await;
    assert!(seen.is_raised());
    assert!(seen.raised().now_or_never().is_some());
}

#[test]
fn one_that_nobody_can_raise_any_more_is_not_raised() {
    let seen = StopSignal::new().clone();
    assert!(!seen.is_raised());
    assert!(seen.raised().now_or_never().is_none());
}
