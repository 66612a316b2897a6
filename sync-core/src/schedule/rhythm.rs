use std::collections::BTreeSet;

use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeDelta, Utc};
use chrono_tz::Tz;
use croner::Cron;

use super::local::{self, Span};

/// An endless row of moments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Rhythm {
    Every {
        /// At least a second.
        interval: TimeDelta,
        between: Option<Span>,
    },
    Daily(BTreeSet<NaiveTime>),
    Cron(Box<Cron>),
}

impl Rhythm {
    /// Returns the first moment of the rhythm strictly after another one.
    pub(super) fn next_after(&self, after: DateTime<Utc>, zone: Tz) -> Option<DateTime<Utc>> {
        match self {
            Self::Every {
                interval,
                between: None,
            } => next_step(beginning(zone)?, *interval, after),
            Self::Every {
                interval,
                between: Some(span),
            } => local::days_around(zone, after).find_map(|day| {
                let (first, last) = span.on(day, zone)?;
                if after < first {
                    return Some(first);
                }
                next_step(first, *interval, after).filter(|next| *next <= last)
            }),
            Self::Daily(times) => local::days_around(zone, after).find_map(|day| {
                times
                    .iter()
                    .map(|time| local::moment(zone, day.and_time(*time)))
                    .find(|moment| *moment > after)
            }),
            Self::Cron(cron) => next_match(cron, after, zone),
        }
    }
}

/// Returns the moment from which intervals count that know no time of day.
fn beginning(zone: Tz) -> Option<DateTime<Utc>> {
    let day = NaiveDate::from_ymd_opt(2000, 1, 1)?;
    Some(local::moment(zone, day.and_time(NaiveTime::MIN)))
}

fn next_step(
    anchor: DateTime<Utc>,
    interval: TimeDelta,
    after: DateTime<Utc>,
) -> Option<DateTime<Utc>> {
    let interval = interval.num_milliseconds();
    let passed = (after - anchor).num_milliseconds().div_euclid(interval);
    let elapsed = passed.checked_add(1)?.checked_mul(interval)?;
    anchor.checked_add_signed(TimeDelta::try_milliseconds(elapsed)?)
}

fn next_match(cron: &Cron, after: DateTime<Utc>, zone: Tz) -> Option<DateTime<Utc>> {
    // The search gives up at a gap of more than two hours, such as a day that a zone leaves out; it
    // is taken up a day later, then including the moment at which it begins.
    (0..3).find_map(|days| {
        let start = after
            .checked_add_days(Days::new(days))?
            .with_timezone(&zone);
        let next = cron.find_next_occurrence(&start, days > 0).ok()?.to_utc();
        (next > after).then_some(next)
    })
}
