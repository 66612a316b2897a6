//! How fast requests may go out.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};

use crate::clock::{Clock, later, span};
use crate::operation::{ApiVersion, Operation, Rate};
use crate::transport::Response;

/// All v1 endpoints together, per source address (documented).
const V1_TOGETHER: Rate = Rate {
    requests: 2000,
    period: Duration::from_secs(60),
    burst: 100,
    cool_down: Duration::from_secs(1),
};

/// Hands out permission to send, per path template.
#[derive(Debug)]
pub(crate) struct Limiter {
    clock: Arc<dyn Clock>,
    buckets: Mutex<HashMap<(ApiVersion, &'static str), Bucket>>,
    v1_together: Mutex<Bucket>,
}

impl Limiter {
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Self {
        Self {
            clock,
            buckets: Mutex::default(),
            v1_together: Mutex::new(Bucket::new(V1_TOGETHER)),
        }
    }

    /// Waits until the operation may be sent.
    pub(crate) async fn permit(&self, operation: &Operation) {
        let now = self.clock.now();
        let mut wait = self.with_bucket(operation, |bucket| bucket.reserve(now));
        if operation.version == ApiVersion::V1 {
            let together = self
                .v1_together
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .reserve(now);
            wait = wait.max(together);
        }
        while wait > Duration::ZERO {
            tracing::debug!(
                operation = operation.name,
                wait_ms = wait.as_millis(),
                "waiting for the rate limit"
            );
            self.clock.sleep(wait).await;
            let now = self.clock.now();
            wait = self.with_bucket(operation, |bucket| bucket.reserve_again_if_paused(now));
        }
    }

    /// Stops the operation for a time.
    pub(crate) fn pause(&self, operation: &Operation, time: Duration) {
        let until = later(self.clock.now(), time);
        self.with_bucket(operation, |bucket| bucket.pause(until));
    }

    /// Learns from the headers of an answer (observed on v2).
    pub(crate) fn learn(&self, operation: &Operation, answer: &Response) {
        let number = |name: &str| {
            answer
                .header(name)
                .and_then(|value| value.trim().parse::<u32>().ok())
        };
        let rate = number("x-ratelimit-replenish-rate").filter(|rate| *rate > 0);
        let burst = number("x-ratelimit-burst-capacity").filter(|burst| *burst > 0);
        let cost = number("x-ratelimit-requested-tokens")
            .filter(|cost| *cost > 0)
            .unwrap_or(1);
        let remaining = number("x-ratelimit-remaining");
        if rate.is_some() || burst.is_some() || remaining.is_some() {
            let now = self.clock.now();
            self.with_bucket(operation, |bucket| {
                bucket.learn(now, rate, burst, cost, remaining)
            });
        }
    }

    fn with_bucket<R>(&self, operation: &Operation, action: impl FnOnce(&mut Bucket) -> R) -> R {
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        let bucket = buckets
            .entry((operation.version, operation.path))
            .or_insert_with(|| Bucket::new(operation.rate));
        action(bucket)
    }
}

/// A token bucket, kept as the time at which it would be full again.
///
/// Each reservation moves that time by one interval. As reservations are handed out in order, waiting requests form a queue and
/// nobody has to be woken.
#[derive(Debug)]
struct Bucket {
    interval: Duration,
    burst: u32,
    full_at: DateTime<Utc>,
    paused_until: DateTime<Utc>,
}

impl Bucket {
    fn new(rate: Rate) -> Self {
        Self {
            interval: rate.period / rate.requests.max(1),
            burst: rate.burst.max(1),
            full_at: DateTime::<Utc>::MIN_UTC,
            paused_until: DateTime::<Utc>::MIN_UTC,
        }
    }

    /// Takes the next token and returns how long to wait for it.
    fn reserve(&mut self, now: DateTime<Utc>) -> Duration {
        self.full_at = later(self.full_at.max(now), self.interval);
        span(now, self.full_at).saturating_sub(self.interval.saturating_mul(self.burst))
    }

    /// Queues a request anew if a 429 paused the bucket while it waited for its turn.
    fn reserve_again_if_paused(&mut self, now: DateTime<Utc>) -> Duration {
        if self.paused_until > now {
            self.reserve(now)
        } else {
            Duration::ZERO
        }
    }

    /// Lets nothing pass until then, and after that one request per interval, not a whole burst.
    fn pause(&mut self, until: DateTime<Utc>) {
        self.paused_until = self.paused_until.max(until);
        self.full_at = self
            .full_at
            .max(later(until, self.interval.saturating_mul(self.burst - 1)));
    }

    fn learn(
        &mut self,
        now: DateTime<Utc>,
        rate: Option<u32>,
        burst: Option<u32>,
        cost: u32,
        remaining: Option<u32>,
    ) {
        if let Some(rate) = rate {
            self.interval = Duration::from_secs(1).saturating_mul(cost) / rate;
        }
        if let Some(burst) = burst {
            self.burst = (burst / cost).max(1);
        }
        if let Some(remaining) = remaining {
            // Others use the same bucket, so it may be emptier than we believe, but never fuller.
            let used = self.burst.saturating_sub(remaining / cost);
            self.full_at = self
                .full_at
                .max(later(now, self.interval.saturating_mul(used)));
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn start() -> DateTime<Utc> {
        "2026-03-02T08:00:00Z".parse().expect("a valid time")
    }

    fn bucket(per_second: u32, burst: u32) -> Bucket {
        Bucket::new(Rate {
            requests: per_second,
            period: Duration::from_secs(1),
            burst,
            cool_down: Duration::from_secs(1),
        })
    }

    fn waits(bucket: &mut Bucket, now: DateTime<Utc>, requests: usize) -> Vec<u128> {
        (0..requests)
            .map(|_| bucket.reserve(now).as_millis())
            .collect()
    }

    #[rstest]
    #[case::burst_goes_out_at_once(10, 3, &[0, 0, 0])]
    #[case::then_one_per_interval(10, 2, &[0, 0, 100, 200, 300])]
    #[case::no_burst(4, 1, &[0, 250, 500])]
    fn requests_queue_behind_the_burst(
        #[case] per_second: u32,
        #[case] burst: u32,
        #[case] expected: &[u128],
    ) {
        assert_eq!(
            waits(&mut bucket(per_second, burst), start(), expected.len()),
            expected
        );
    }

    #[test]
    fn an_idle_bucket_fills_again_but_not_beyond_the_burst() {
        let mut bucket = bucket(10, 2);
        waits(&mut bucket, start(), 5);
        assert_eq!(
            waits(&mut bucket, later(start(), Duration::from_secs(60)), 3),
            [0, 0, 100]
        );
    }

    #[test]
    fn a_pause_holds_everybody_back_and_lets_them_go_one_by_one() {
        let mut bucket = bucket(10, 5);
        bucket.pause(later(start(), Duration::from_secs(60)));
        assert_eq!(waits(&mut bucket, start(), 3), [60_000, 60_100, 60_200]);
    }

    #[test]
    fn a_request_that_waited_through_a_429_queues_anew() {
        let mut bucket = bucket(10, 1);
        bucket.pause(later(start(), Duration::from_secs(2)));
        assert_eq!(bucket.reserve_again_if_paused(start()).as_millis(), 2000);
        assert_eq!(
            bucket.reserve_again_if_paused(later(start(), Duration::from_secs(2))),
            Duration::ZERO
        );
    }

    #[test]
    fn headers_change_rate_and_burst() {
        let mut bucket = bucket(5, 10);
        bucket.learn(start(), Some(2), Some(1), 1, None);
        assert_eq!(waits(&mut bucket, start(), 3), [0, 500, 1000]);
    }

    #[test]
    fn a_costly_operation_uses_several_tokens() {
        let mut bucket = bucket(5, 10);
        bucket.learn(start(), Some(10), Some(10), 5, None);
        assert_eq!(waits(&mut bucket, start(), 4), [0, 0, 500, 1000]);
    }

    #[test]
    fn a_bucket_that_others_emptied_makes_us_wait() {
        let mut bucket = bucket(10, 5);
        bucket.reserve(start());
        bucket.learn(start(), None, None, 1, Some(0));
        assert_eq!(waits(&mut bucket, start(), 2), [100, 200]);
    }

    #[test]
    fn a_remaining_figure_never_fills_the_bucket() {
        let mut bucket = bucket(10, 2);
        waits(&mut bucket, start(), 4);
        bucket.learn(start(), None, None, 1, Some(2));
        assert_eq!(waits(&mut bucket, start(), 1), [300]);
    }
}
