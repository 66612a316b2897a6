use std::fmt;

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};
use serde::{Deserialize, Serialize};

/// The days, half days or hours of an absence, in the local time of the person.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// The first day of absence.
    pub first_day: NaiveDate,
    /// The last day of absence, inclusive; `None` while the end is open.
    pub last_day: Option<NaiveDate>,
    /// The person is still there on the morning of the first day.
    pub starts_at_noon: bool,
    /// The person is back on the afternoon of the last day.
    pub ends_at_noon: bool,
    /// The hours, for an absence of less than whole or half days.
    pub hours: Option<Hours>,
}

/// Clock times of an absence by the hour: from a time on the first day to a time on the last day.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hours {
    /// When the absence begins, local time.
    pub from: NaiveTime,
    /// When the absence ends, local time, exclusive; midnight is the end of the last day, written
    /// 24:00. `None` while the end is open.
    pub to: Option<NaiveTime>,
    /// The zone of both times by its IANA name, where HR says so.
    pub zone: Option<String>,
}

impl Span {
    /// Spans whole days, both inclusive.
    pub fn days(first_day: NaiveDate, last_day: NaiveDate) -> Self {
        Self {
            first_day,
            last_day: Some(last_day),
            starts_at_noon: false,
            ends_at_noon: false,
            hours: None,
        }
    }

    /// Spans clock times of one day; midnight as the end is that of the day.
    pub fn hours(day: NaiveDate, from: NaiveTime, to: NaiveTime) -> Self {
        Self {
            hours: Some(Hours {
                from,
                to: Some(to),
                zone: None,
            }),
            ..Self::days(day, day)
        }
    }

    /// Leaves the end open.
    #[must_use]
    pub fn open(self) -> Self {
        Self {
            last_day: None,
            ends_at_noon: false,
            ..self
        }
    }

    /// Begins at noon of the first day.
    #[must_use]
    pub fn from_noon(self) -> Self {
        Self {
            starts_at_noon: true,
            ..self
        }
    }

    /// Ends at noon of the last day.
    #[must_use]
    pub fn until_noon(self) -> Self {
        Self {
            ends_at_noon: true,
            ..self
        }
    }
}

impl Span {
    /// Returns when the span begins, and when it ends, exclusive; `None` while the end is open. Both
    /// are local times of the person.
    pub fn bounds(&self) -> (NaiveDateTime, Option<NaiveDateTime>) {
        let start = match &self.hours {
            Some(hours) => hours.from,
            None if self.starts_at_noon => NOON,
            None => NaiveTime::MIN,
        };
        let end_of = |day: NaiveDate| day.succ_opt().unwrap_or(day).and_time(NaiveTime::MIN);
        let end = self.last_day.map(|day| match &self.hours {
            Some(Hours { to: Some(to), .. }) if *to != NaiveTime::MIN => day.and_time(*to),
            None if self.ends_at_noon => day.and_time(NOON),
            _ => end_of(day),
        });
        (self.first_day.and_time(start), end)
    }

    /// Tells whether there is no time in it, because it ends when it begins, or before.
    pub fn is_empty(&self) -> bool {
        let (start, end) = self.bounds();
        end.is_some_and(|end| end <= start)
    }

    /// Tells whether any time lies in both, taking all times as those of one place.
    pub fn overlaps(&self, other: &Self) -> bool {
        let ((start, end), (other_start, other_end)) = (self.bounds(), other.bounds());
        let begins_before_end = end.is_none_or(|end| other_start < end);
        let ends_after_start = other_end.is_none_or(|other_end| start < other_end);
        !self.is_empty() && !other.is_empty() && begins_before_end && ends_after_start
    }

    /// Spans whole and half days from one noon or midnight to another; `None` if that is no time at all.
    pub(super) fn between(start: NaiveDateTime, end: Option<NaiveDateTime>) -> Option<Self> {
        if end.is_some_and(|end| end <= start) {
            return None;
        }
        let ends_at_midnight = end.is_some_and(|end| end.time() == NaiveTime::MIN);
        let last_day = |end: NaiveDateTime| match end.date().pred_opt() {
            Some(day_before) if ends_at_midnight => day_before,
            _ => end.date(),
        };
        Some(Self {
            first_day: start.date(),
            last_day: end.map(last_day),
            starts_at_noon: start.time() == NOON,
            ends_at_noon: end.is_some_and(|end| end.time() == NOON),
            hours: None,
        })
    }

    /// Returns what is left of it from a day on, and until another, both inclusive; `None` if nothing is.
    pub(super) fn clipped(&self, from: NaiveDate, to: NaiveDate) -> Option<Self> {
        let mut span = self.clone();
        if span.first_day < from {
            span.first_day = from;
            span.starts_at_noon = false;
            if let Some(hours) = &mut span.hours {
                hours.from = NaiveTime::MIN;
            }
        }
        if span.last_day.is_none_or(|last_day| to < last_day) {
            span.last_day = Some(to);
            span.ends_at_noon = false;
            if let Some(hours) = &mut span.hours {
                hours.to = Some(NaiveTime::MIN);
            }
        }
        (!span.is_empty()).then_some(span)
    }
}

/// Where a half day ends and the other one begins.
pub(super) const NOON: NaiveTime = match NaiveTime::from_hms_opt(12, 0, 0) {
    Some(noon) => noon,
    None => NaiveTime::MIN,
};

impl fmt::Debug for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Span(..)")
    }
}

impl fmt::Debug for Hours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hours(..)")
    }
}

impl fmt::Display for Hours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-", self.from.format("%H:%M"))?;
        match self.to {
            Some(NaiveTime::MIN) => f.write_str("24:00")?,
            Some(to) => write!(f, "{}", to.format("%H:%M"))?,
            None => {}
        }
        match &self.zone {
            Some(zone) => write!(f, " {zone}"),
            None => Ok(()),
        }
    }
}

impl Hours {
    /// Reads the form that `Display` writes, such as `09:00-13:30 Europe/Berlin` or `14:00-24:00`.
    pub fn from_text(text: &str) -> Option<Self> {
        let time = |text: &str| NaiveTime::parse_from_str(text, "%H:%M").ok();
        let (times, zone) = match text.split_once(' ') {
            Some((times, zone)) => (times, Some(zone.to_owned())),
            None => (text, None),
        };
        let (from, to) = times.split_once('-')?;
        let to = match to {
            "" => None,
            "24:00" => Some(NaiveTime::MIN),
            to => Some(time(to)?),
        };
        Some(Self {
            from: time(from)?,
            to,
            zone,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[rstest::rstest]
    #[case::with_a_zone("09:00-13:30 Europe/Berlin")]
    #[case::without_a_zone("09:00-13:30")]
    #[case::until_midnight("14:00-24:00 Europe/Berlin")]
    #[case::with_an_open_end("14:00-")]
    fn hours_are_read_as_they_are_written(#[case] text: &str) {
        let hours = Hours::from_text(text).expect("hours");
        assert_eq!(hours.to_string(), text);
    }

    #[test]
    fn an_open_end_is_at_no_time_of_the_day() {
        let day = NaiveDate::MIN;
        let open = Span::days(day, day).until_noon().open();
        assert_eq!(open, Span::days(day, day).open());
    }
    fn on(day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 3, day).expect("it is a day of March")
    }

    /// A span of days of March, with half days, hours or an open end as asked for.
    fn days(first: u32, last: u32) -> Span {
        Span::days(on(first), on(last))
    }

    fn hours(day: u32, text: &str) -> Span {
        Span {
            hours: Some(Hours::from_text(text).expect("they are hours")),
            ..days(day, day)
        }
    }

    #[rstest::rstest]
    #[case::the_same_day(days(2, 4), days(4, 6), true)]
    #[case::one_day_after_the_other(days(2, 4), days(5, 6), false)]
    #[case::two_halves_of_a_day(days(2, 4).until_noon(), days(4, 4).from_noon(), false)]
    #[case::the_same_half_of_a_day(days(2, 4).until_noon(), days(4, 4).until_noon(), true)]
    #[case::hours_that_touch(hours(2, "09:00-11:00"), hours(2, "11:00-12:00"), false)]
    #[case::hours_that_do_not_only_touch(hours(2, "09:00-11:00"), hours(2, "10:59-12:00"), true)]
    #[case::an_open_end(days(2, 2).open(), days(9, 9), true)]
    #[case::before_what_has_an_open_end(days(2, 2).open(), days(1, 1), false)]
    #[case::no_time_within_others(hours(2, "10:00-10:00"), hours(2, "09:00-11:00"), false)]
    fn two_spans_overlap(#[case] one: Span, #[case] other: Span, #[case] overlap: bool) {
        assert_eq!(one.overlaps(&other), overlap);
        assert_eq!(other.overlaps(&one), overlap, "the other way round");
    }

    /// What of a span lies on the days from 3 to 5 March.
    #[rstest::rstest]
    #[case::all_of_it(days(3, 5).from_noon().until_noon(), Some(days(3, 5).from_noon().until_noon()))]
    #[case::the_middle(days(1, 9).from_noon().until_noon(), Some(days(3, 5)))]
    #[case::with_an_open_end(days(4, 4).open(), Some(days(4, 5)))]
    #[case::a_first_half(days(1, 3).until_noon(), Some(days(3, 3).until_noon()))]
    #[case::hours_of_the_first_day(hours(3, "09:00-11:00"), Some(hours(3, "09:00-11:00")))]
    #[case::hours_of_the_last_day(hours(5, "09:00-11:00"), Some(hours(5, "09:00-11:00")))]
    #[case::before_it(days(1, 2), None)]
    #[case::after_it(days(6, 7), None)]
    fn a_span_is_cut_at_two_days(#[case] span: Span, #[case] left: Option<Span>) {
        assert!(span.clipped(on(3), on(5)) == left);
    }
}
