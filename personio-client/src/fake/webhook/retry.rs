//! When a delivery is tried again, and when it is given up.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// How often the fake tries to deliver an event, and how long it waits.
///
/// A round makes a few quick requests. A first round and up to six extended ones within three days, with growing delays,
/// two requests each and 14 in all, are documented; **the delays are unknown**, so a client must not count on them.
///
/// In JSON, durations are whole seconds or milliseconds, as their names say; what is left out is as documented.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct RetryPlan {
    /// The time from each round to the next, by the clock of the fake; there is one round more than delays.
    #[serde(rename = "delays_seconds", with = "seconds")]
    pub delays: Vec<Duration>,
    /// Requests in a round, one right after the other: 2 (documented).
    pub requests_per_round: u32,
    /// How long to wait for an answer, in real time: 3 seconds (documented).
    #[serde(rename = "answer_within_milliseconds", with = "milliseconds")]
    pub answer_within: Duration,
}

impl Default for RetryPlan {
    fn default() -> Self {
        const MINUTES: [u64; 6] = [10, 60, 180, 480, 1200, 2390];
        Self {
            delays: MINUTES
                .map(|minutes| Duration::from_secs(60 * minutes))
                .into(),
            requests_per_round: 2,
            answer_within: Duration::from_secs(3),
        }
    }
}

/// What follows a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Next {
    Delivered,
    /// Another request at this time.
    Again(DateTime<Utc>),
    GivenUp,
}

impl RetryPlan {
    /// Decides what follows the request of this number, from 1 on, made at this time, with the status of its answer.
    ///
    /// No answer and 5xx but for 501 are tried again (documented); that everything else is final is inferred from it.
    pub(crate) fn after(&self, request: u32, status: Option<u16>, at: DateTime<Utc>) -> Next {
        match status {
            Some(200..=299) => return Next::Delivered,
            Some(501) => return Next::GivenUp,
            None | Some(500..=599) => {}
            Some(_) => return Next::GivenUp,
        }
        let per_round = self.requests_per_round.max(1);
        if !request.is_multiple_of(per_round) {
            return Next::Again(at);
        }
        let round = (request / per_round - 1) as usize;
        let next = self
            .delays
            .get(round)
            .and_then(|delay| at.checked_add_signed(TimeDelta::from_std(*delay).ok()?));
        next.map_or(Next::GivenUp, Next::Again)
    }
}

mod seconds {
    use std::time::Duration;

    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(
        delays: &[Duration],
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(delays.iter().map(Duration::as_secs))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Vec<Duration>, D::Error> {
        let seconds = Vec::deserialize(deserializer)?;
        Ok(seconds.into_iter().map(Duration::from_secs).collect())
    }
}

mod milliseconds {
    use std::time::Duration;

    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(
        duration: &Duration,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(duration.as_millis() as u64)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Duration, D::Error> {
        u64::deserialize(deserializer).map(Duration::from_millis)
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    const NOON: DateTime<Utc> = DateTime::UNIX_EPOCH;

    #[rstest]
    #[case(Some(200), Next::Delivered)]
    #[case(Some(299), Next::Delivered)]
    #[case(Some(302), Next::GivenUp)]
    #[case(Some(401), Next::GivenUp)]
    #[case(Some(429), Next::GivenUp)]
    #[case(Some(500), Next::Again(NOON))]
    #[case(Some(501), Next::GivenUp)]
    #[case(Some(503), Next::Again(NOON))]
    #[case(None, Next::Again(NOON))]
    fn only_silence_and_server_errors_are_tried_again(
        #[case] status: Option<u16>,
        #[case] expected: Next,
    ) {
        assert_eq!(RetryPlan::default().after(1, status, NOON), expected);
    }

    #[test]
    fn fourteen_requests_in_seven_rounds_take_three_days() {
        let plan = RetryPlan::default();
        let (mut at, mut request, mut delays) = (NOON, 1, Vec::new());
        while let Next::Again(next) = plan.after(request, Some(503), at) {
            delays.push(next - at);
            at = next;
            request += 1;
        }
        assert_eq!(request, 14);
        assert_eq!(at - NOON, TimeDelta::days(3));
        let extended: Vec<_> = delays.iter().filter(|delay| !delay.is_zero()).collect();
        assert_eq!(extended.len(), 6);
        assert!(extended.is_sorted(), "the delays grow: {extended:?}");
    }
}
