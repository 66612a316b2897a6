use chrono::{DateTime, NaiveTime, Utc};
use chrono_tz::Tz;

use super::local::{self, Span};

/// When no run starts by itself. Some minute of the day is always left.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct QuietHours(Vec<Span>);

impl QuietHours {
    /// Takes the spans, or returns `None` if they leave no minute of the day.
    pub(super) fn new(spans: Vec<Span>) -> Option<Self> {
        let mut minutes = (0..24 * 60)
            .filter_map(|minute| NaiveTime::from_num_seconds_from_midnight_opt(minute * 60, 0));
        minutes
            .any(|minute| !spans.iter().any(|span| span.contains(minute)))
            .then_some(Self(spans))
    }

    /// Returns the moment itself, or the end of the quiet hours in which it lies.
    pub(super) fn first_open(&self, moment: DateTime<Utc>, zone: Tz) -> DateTime<Utc> {
        let mut open = moment;
        while let Some(end) = self.end(open, zone) {
            open = end;
        }
        open
    }

    /// Returns the end of a span in which a moment lies.
    fn end(&self, moment: DateTime<Utc>, zone: Tz) -> Option<DateTime<Utc>> {
        let local = local::wall_clock(zone, moment);
        let span = self.0.iter().find(|span| span.contains(local.time()))?;
        let day = if local.time() < span.to {
            local.date()
        } else {
            local.date().succ_opt()?
        };
        local::moment_after(zone, day.and_time(span.to), moment)
    }
}
