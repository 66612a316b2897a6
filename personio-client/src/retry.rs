//! When to try again.

use std::time::Duration;

/// Decides whether a failed attempt is repeated, and when.
///
/// The policy is a pure function: it sends nothing, waits nowhere and draws no random numbers, so a table can test it.
///
/// Waiting times double from `first_wait` up to `longest_wait`, each shortened by up to half (jitter), so that many clients do not
/// come back at once. A `Retry-After` of the answer wins over both. No attempt is made that would start after `total_time`.
///
/// ```
/// use std::time::Duration;
///
/// use personio_client::RetryPolicy;
///
/// // For a page that a person waits for.
/// let impatient = RetryPolicy::default().max_attempts(2).total_time(Duration::from_secs(10));
/// # assert_eq!(impatient.max_attempts, 2);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RetryPolicy {
    /// How many attempts are made at most, the first one included.
    pub max_attempts: u32,
    /// The longest wait before the second attempt.
    pub first_wait: Duration,
    /// The longest wait before any attempt.
    pub longest_wait: Duration,
    /// The time from the first attempt after which no other one starts.
    pub total_time: Duration,
}

impl RetryPolicy {
    /// Returns a policy that never tries again.
    #[must_use]
    pub fn never() -> Self {
        Self {
            max_attempts: 1,
            ..Self::default()
        }
    }

    /// Sets how many attempts are made at most, the first one included.
    #[must_use]
    pub fn max_attempts(self, max_attempts: u32) -> Self {
        Self {
            max_attempts,
            ..self
        }
    }

    /// Sets the longest wait before the second attempt.
    #[must_use]
    pub fn first_wait(self, first_wait: Duration) -> Self {
        Self { first_wait, ..self }
    }

    /// Sets the longest wait before any attempt, except where the answer asks for a longer one.
    #[must_use]
    pub fn longest_wait(self, longest_wait: Duration) -> Self {
        Self {
            longest_wait,
            ..self
        }
    }

    /// Sets the time from the first attempt after which no other one starts.
    #[must_use]
    pub fn total_time(self, total_time: Duration) -> Self {
        Self { total_time, ..self }
    }

    /// Decides what to do after a failed attempt.
    pub fn decide(&self, attempt: &Attempt) -> Decision {
        let repeatable = match attempt.failure {
            // The request was refused at the door or never left, so even a write had no effect.
            Failure::RateLimited | Failure::NotSent => true,
            Failure::ServerError | Failure::OutcomeUnknown => attempt.safe_to_repeat,
            Failure::Final => false,
        };
        if !repeatable || attempt.number >= self.max_attempts {
            return Decision::Stop;
        }
        let wait = attempt
            .retry_after
            .unwrap_or_else(|| self.own_wait(attempt));
        match attempt.elapsed.checked_add(wait) {
            Some(start) if start <= self.total_time => Decision::RepeatAfter(wait),
            _ => Decision::Stop,
        }
    }

    fn own_wait(&self, attempt: &Attempt) -> Duration {
        let doublings = attempt.number.saturating_sub(1).min(16);
        let full = self
            .first_wait
            .saturating_mul(1 << doublings)
            .min(self.longest_wait);
        let shortened = full / 2 + full.mul_f64(attempt.jitter.fraction(attempt.number) / 2.0);
        shortened.max(attempt.cool_down)
    }
}

impl Default for RetryPolicy {
    /// Five attempts, waits from one second to thirty, two minutes in all.
    fn default() -> Self {
        Self {
            max_attempts: 5,
            first_wait: Duration::from_secs(1),
            longest_wait: Duration::from_secs(30),
            total_time: Duration::from_secs(120),
        }
    }
}

/// What is known after a failed attempt.
#[derive(Clone, Debug)]
pub struct Attempt {
    /// The number of the attempt that failed, from 1.
    pub number: u32,
    /// The time since the first attempt began.
    pub elapsed: Duration,
    /// Whether the request may be repeated when its outcome is unknown.
    pub safe_to_repeat: bool,
    /// How the attempt failed.
    pub failure: Failure,
    /// The wait that the answer asked for.
    pub retry_after: Option<Duration>,
    /// The least wait of this operation when the answer asks for none.
    pub cool_down: Duration,
    /// Where the jitter comes from.
    pub jitter: Jitter,
}

/// How an attempt failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The answer was 429.
    RateLimited,
    /// The request certainly did not arrive.
    NotSent,
    /// The answer was 5xx.
    ServerError,
    /// No whole answer came; the request may have had its effect.
    OutcomeUnknown,
    /// Trying again cannot help.
    Final,
}

/// What to do after a failed attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Report the failure.
    Stop,
    /// Try again after this time.
    RepeatAfter(Duration),
}

/// A deterministic source of jitter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Jitter(u64);

impl Jitter {
    /// Makes a source; the same seed gives the same jitter.
    #[must_use]
    pub fn from_seed(seed: u64) -> Self {
        Self(seed)
    }

    /// Returns a number from 0 up to, but not including, 1 for the given attempt (splitmix64).
    fn fraction(self, attempt: u32) -> f64 {
        let mut bits = self
            .0
            .wrapping_add(u64::from(attempt).wrapping_mul(0x9E37_79B9_7F4A_7C15));
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        bits ^= bits >> 31;
        let high = u32::try_from(bits >> 32).expect("the upper half has 32 bits");
        f64::from(high) / (f64::from(u32::MAX) + 1.0)
    }
}
