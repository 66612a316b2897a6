//! Times of day in a zone, and the moments that they name.

use chrono::{DateTime, Days, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use chrono_tz::Tz;

use crate::Zone;

/// The moment at which clocks show a time. One that is left out gives the first moment after the
/// gap, one that comes twice the first of the two.
pub(super) fn moment(zone: Tz, local: NaiveDateTime) -> DateTime<Utc> {
    Zone::from(zone).moments(local).0
}

/// The first moment after another one at which clocks show a time.
pub(super) fn moment_after(
    zone: Tz,
    local: NaiveDateTime,
    after: DateTime<Utc>,
) -> Option<DateTime<Utc>> {
    let (first, last) = Zone::from(zone).moments(local);
    [first, last].into_iter().find(|moment| *moment > after)
}

/// Returns the wall clock time of a moment.
pub(super) fn wall_clock(zone: Tz, moment: DateTime<Utc>) -> NaiveDateTime {
    Zone::from(zone).local(moment)
}

/// Returns the days on which a rhythm can have its first moment after another one. A span over
/// midnight may have begun the day before; a day or two later may be left out by the zone.
pub(super) fn days_around(zone: Tz, moment: DateTime<Utc>) -> impl Iterator<Item = NaiveDate> {
    let today = wall_clock(zone, moment).date();
    let yesterday = today.pred_opt().unwrap_or(today);
    (0..5).filter_map(move |days| yesterday.checked_add_days(Days::new(days)))
}

/// A span of the day, over midnight when it ends before it begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) from: NaiveTime,
    pub(super) to: NaiveTime,
}

impl Span {
    /// Tells whether a time lies within the span, whose end is not part of it.
    pub(super) fn contains(self, time: NaiveTime) -> bool {
        if self.from < self.to {
            self.from <= time && time < self.to
        } else {
            self.from <= time || time < self.to
        }
    }

    /// Returns the moments at which the span of a day begins and ends.
    pub(super) fn on(self, day: NaiveDate, zone: Tz) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
        let last_day = if self.from < self.to {
            day
        } else {
            day.succ_opt()?
        };
        Some((
            moment(zone, day.and_time(self.from)),
            moment(zone, last_day.and_time(self.to)),
        ))
    }
}
