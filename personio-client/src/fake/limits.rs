//! Rate limits: token buckets with the published figures.

use std::collections::HashMap;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use super::operation::{UnknownOperation, known_operation};

/// How many requests the fake takes before it answers 429.
#[derive(Clone, Debug)]
#[must_use]
pub struct Limits {
    rules: Vec<Rule>,
    pub(crate) retry_after: bool,
    pub(crate) headers_on_v1: bool,
}

impl Limits {
    /// Returns the figures that are documented or observed; without `Retry-After`, which was never seen.
    ///
    /// | what | figure | mark |
    /// | --- | --- | --- |
    /// | `POST /v1/auth` | 60 a minute, then shut for 60 s | documented |
    /// | `GET /v1/company/employees` | 300 a minute, bursts of 15 | documented |
    /// | all of v1 together | 2,000 a minute | documented |
    /// | `POST /v2/auth/token` | 150 a minute, then 1 a second for 60 s | documented |
    /// | each operation on v2 persons | 30 a second, bursts of 100 | observed; the burst inferred |
    /// | each operation on v2 absences | 10 a second | observed; the burst of 10 unknown |
    /// | each other reading operation of v2 | 10 a second | unknown; the headers that tell it are observed |
    pub fn published() -> Self {
        let mut rules = vec![
            Rule::new("POST /v1/auth", 1.0, 60.0).then(Penalty::Shut(Duration::from_secs(60))),
            Rule::new("GET /v1/company/employees", 5.0, 15.0),
            Rule::new("POST /v2/auth/token", 2.5, 150.0).then(Penalty::Slow {
                per_second: 1.0,
                lasting: Duration::from_secs(60),
            }),
        ];
        rules.extend(PERSONS.map(|operation| Rule::new(operation, 30.0, 100.0)));
        rules.extend(ABSENCES.map(|operation| Rule::new(operation, 10.0, 10.0)));
        rules.extend(OTHERS_OF_V2.map(|operation| Rule::new(operation, 10.0, 10.0)));
        rules.push(Rule::new(ALL_OF_V1, 2000.0 / 60.0, 2000.0));
        Self {
            rules,
            retry_after: false,
            headers_on_v1: false,
        }
    }

    /// Sets no limits at all, so that a test may read as fast as it likes.
    pub fn off() -> Self {
        Self {
            rules: Vec::new(),
            retry_after: false,
            headers_on_v1: false,
        }
    }

    /// Lets everything pass, and says so in the headers of both versions, so that a client does not hold itself back
    /// either: for measuring everything but the limits.
    pub fn out_of_reach() -> Self {
        let rule = |operations| Rule::new(operations, OUT_OF_REACH, OUT_OF_REACH);
        Self {
            rules: vec![rule(ALL_OF_V1), rule(ALL_OF_V2)],
            retry_after: false,
            headers_on_v1: true,
        }
    }

    /// Replaces the limit of one operation, named as in [`super::operations`].
    ///
    /// # Errors
    /// When there is no such operation, since the limit would never hold.
    pub fn limit(
        mut self,
        operation: &str,
        per_second: f64,
        burst: u32,
    ) -> Result<Self, UnknownOperation> {
        let operation = known_operation(operation)?;
        self.rules.retain(|rule| rule.operation != operation);
        self.rules
            .push(Rule::new(operation, per_second, f64::from(burst)));
        Ok(self)
    }

    /// Adds `Retry-After`, in seconds, to every 429.
    pub fn with_retry_after(mut self) -> Self {
        self.retry_after = true;
        self
    }

    /// Sends `x-ratelimit-*` on v1 as well as on v2 (likely, not verified).
    pub fn with_headers_on_v1(mut self) -> Self {
        self.headers_on_v1 = true;
        self
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self::published()
    }
}

/// More requests a second than any client sends.
const OUT_OF_REACH: f64 = 100_000.0;

const ALL_OF_V1: &str = "all of v1";
const ALL_OF_V2: &str = "all of v2";

const PERSONS: [&str; 4] = [
    "GET /v2/persons",
    "GET /v2/persons/{id}",
    "GET /v2/persons/{person_id}/employments",
    "GET /v2/persons/{person_id}/employments/{id}",
];

const ABSENCES: [&str; 5] = [
    "GET /v2/absence-types",
    "GET /v2/absence-types/{id}",
    "GET /v2/absence-periods",
    "GET /v2/absence-periods/{id}",
    "GET /v2/absence-periods/{id}/breakdowns",
];

const OTHERS_OF_V2: [&str; 16] = [
    "GET /v2/projects",
    "GET /v2/projects/{id}",
    "GET /v2/projects/{id}/members",
    "GET /v2/attendance-periods",
    "GET /v2/attendance-periods/{id}",
    "GET /v2/org-units",
    "GET /v2/org-units/{id}",
    "GET /v2/legal-entities",
    "GET /v2/legal-entities/{id}",
    "GET /v2/cost-centers",
    "GET /v2/workplaces",
    "GET /v2/recruiting/applications",
    "GET /v2/recruiting/candidates",
    "GET /v2/recruiting/jobs",
    "GET /v2/recruiting/categories",
    "GET /v2/reports",
];

#[derive(Clone, Debug)]
struct Rule {
    operation: &'static str,
    per_second: f64,
    burst: f64,
    penalty: Option<Penalty>,
}

/// What follows when a bucket runs dry, beside waiting for it to fill.
#[derive(Clone, Copy, Debug)]
enum Penalty {
    Shut(Duration),
    Slow { per_second: f64, lasting: Duration },
}

impl Rule {
    fn new(operation: &'static str, per_second: f64, burst: f64) -> Self {
        Self {
            operation,
            per_second,
            burst,
            penalty: None,
        }
    }

    fn then(mut self, penalty: Penalty) -> Self {
        self.penalty = Some(penalty);
        self
    }

    /// The v1 total counts by address, everything else by credential.
    fn counts(&self, operation: &str) -> bool {
        match self.operation {
            ALL_OF_V1 => operation.contains(" /v1/"),
            ALL_OF_V2 => operation.contains(" /v2/"),
            one => one == operation,
        }
    }
}

/// How full the buckets are.
#[derive(Default)]
pub(crate) struct Buckets(HashMap<(&'static str, String), Bucket>);

struct Bucket {
    tokens: f64,
    filled_at: DateTime<Utc>,
    penalty_until: Option<DateTime<Utc>>,
}

/// What the gateway says about the bucket a request was taken from.
pub(crate) struct Allowance {
    replenish_rate: f64,
    burst: f64,
    remaining: f64,
    /// Seconds until there is room again; `None` when the request may pass.
    pub(crate) wait: Option<u32>,
}

impl Allowance {
    pub(crate) fn headers(&self) -> [(&'static str, String); 4] {
        let whole = |number: f64| (number.ceil() as u64).to_string();
        [
            ("x-ratelimit-replenish-rate", whole(self.replenish_rate)),
            ("x-ratelimit-burst-capacity", whole(self.burst)),
            ("x-ratelimit-requested-tokens", "1".to_owned()),
            ("x-ratelimit-remaining", whole(self.remaining)),
        ]
    }
}

impl Buckets {
    /// Takes a request of this client from every bucket that counts it; `None` when none does.
    pub(crate) fn take(
        &mut self,
        limits: &Limits,
        operation: &str,
        client: &str,
        now: DateTime<Utc>,
    ) -> Option<Allowance> {
        let rules = limits.rules.iter().filter(|rule| rule.counts(operation));
        let allowances = rules.map(|rule| {
            let client = if rule.operation == ALL_OF_V1 {
                ""
            } else {
                client
            };
            let bucket = self.0.entry((rule.operation, client.to_owned()));
            let full = || Bucket {
                tokens: rule.burst,
                filled_at: now,
                penalty_until: None,
            };
            bucket.or_insert_with(full).take(rule, now)
        });
        allowances.reduce(|first, next| if first.wait >= next.wait { first } else { next })
    }
}

impl Bucket {
    fn take(&mut self, rule: &Rule, now: DateTime<Utc>) -> Allowance {
        let punished = self.penalty_until.is_some_and(|until| now < until);
        let rate = match rule.penalty {
            Some(Penalty::Shut(_)) if punished => 0.0,
            Some(Penalty::Slow { per_second, .. }) if punished => per_second,
            _ => rule.per_second,
        };
        let passed = (now - self.filled_at)
            .max(TimeDelta::zero())
            .as_seconds_f64();
        self.tokens = (self.tokens + passed * rate).min(rule.burst);
        self.filled_at = now;

        let mut wait = None;
        if self.tokens >= 1.0 && (rate > 0.0) {
            self.tokens -= 1.0;
        } else {
            if !punished {
                self.penalty_until = rule.penalty.map(|penalty| now + penalty.lasting());
            }
            let shut = matches!(rule.penalty, Some(Penalty::Shut(_)));
            let until_open = self
                .penalty_until
                .filter(|_| shut)
                .map(|until| (until - now).as_seconds_f64());
            let seconds =
                until_open.unwrap_or_else(|| (1.0 - self.tokens) / rate.max(f64::MIN_POSITIVE));
            wait = Some(seconds.ceil().max(1.0) as u32);
        }
        Allowance {
            replenish_rate: rule.per_second,
            burst: rule.burst,
            remaining: self.tokens.floor(),
            wait,
        }
    }
}

impl Penalty {
    fn lasting(self) -> TimeDelta {
        let (Self::Shut(lasting) | Self::Slow { lasting, .. }) = self;
        TimeDelta::from_std(lasting).unwrap_or(TimeDelta::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passes(buckets: &mut Buckets, operation: &str, at_second: i64) -> bool {
        let now = DateTime::from_timestamp(at_second, 0).unwrap();
        let allowance = buckets.take(&Limits::published(), operation, "client", now);
        allowance.is_none_or(|allowance| allowance.wait.is_none())
    }

    #[test]
    fn a_burst_passes_and_then_the_rate() {
        let mut buckets = Buckets::default();
        let employees = "GET /v1/company/employees";
        let burst = (0..20)
            .filter(|_| passes(&mut buckets, employees, 0))
            .count();
        let next_second = (0..20)
            .filter(|_| passes(&mut buckets, employees, 1))
            .count();
        assert_eq!((burst, next_second), (15, 5));
    }

    #[test]
    fn limits_out_of_reach_are_told_and_never_met() {
        let limits = Limits::out_of_reach();
        let (mut buckets, now) = (Buckets::default(), DateTime::UNIX_EPOCH);
        for operation in [
            "POST /v1/auth",
            "GET /v1/company/employees",
            "GET /v2/absence-periods",
        ] {
            for _ in 0..1000 {
                let allowance = buckets.take(&limits, operation, "client", now).unwrap();
                assert_eq!(
                    (allowance.wait, allowance.replenish_rate),
                    (None, OUT_OF_REACH)
                );
            }
        }
    }

    #[test]
    fn too_many_tokens_shut_the_v1_token_endpoint_for_a_minute() {
        let mut buckets = Buckets::default();
        let passed = (0..100)
            .filter(|_| passes(&mut buckets, "POST /v1/auth", 0))
            .count();
        assert_eq!(passed, 60);
        assert!(!passes(&mut buckets, "POST /v1/auth", 59));
        assert!(passes(&mut buckets, "POST /v1/auth", 61));
    }

    #[test]
    fn too_many_tokens_slow_the_v2_token_endpoint_for_a_minute() {
        let mut buckets = Buckets::default();
        let passed = (0..200)
            .filter(|_| passes(&mut buckets, "POST /v2/auth/token", 0))
            .count();
        assert_eq!(passed, 150);
        let meanwhile = (0..10)
            .filter(|_| passes(&mut buckets, "POST /v2/auth/token", 2))
            .count();
        assert_eq!(meanwhile, 2);
    }
}
