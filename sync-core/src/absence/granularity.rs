use chrono::{DateTime, NaiveDateTime};
use serde::{Deserialize, Serialize};

use super::Span;

/// How finely a product's calendar keeps absences. True of the product, not a choice of the customer:
/// an adapter hands it out beside its [`Capabilities`](crate::Capabilities).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Granularity {
    /// The smallest part of a day that it can hold.
    pub grain: Grain,
    /// Whether an absence may go on without an end.
    pub open_ends: bool,
}

impl Default for Granularity {
    /// Keeps everything as HR has it.
    fn default() -> Self {
        Self {
            grain: Grain::Hours,
            open_ends: true,
        }
    }
}

/// The smallest part of a day that a calendar can hold, from finest to coarsest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Grain {
    /// Clock times.
    Hours,
    /// Mornings and afternoons.
    HalfDays,
    /// Whole days only.
    Days,
}

/// Where an edge goes that a calendar cannot hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Towards {
    /// Away from the middle: whatever is touched counts.
    Outside,
    /// To the middle: only what is absent as a whole counts.
    Inside,
}

impl Grain {
    /// Moves the edges of a span to where the grain has edges; `None` if nothing is left between them.
    pub(super) fn round(self, span: &Span, towards: Towards) -> Option<Span> {
        let unit = match self {
            Self::Hours => return Some(span.clone()),
            Self::HalfDays => 12 * 60 * 60,
            Self::Days => 24 * 60 * 60,
        };
        let back = |time| snap(time, unit, i64::div_euclid);
        let forth = |time| snap(time, unit, |seconds, unit| -(-seconds).div_euclid(unit));
        let (start, end) = span.bounds();
        match towards {
            Towards::Outside => Span::between(back(start), end.map(forth)),
            Towards::Inside => Span::between(forth(start), end.map(back)),
        }
    }
}

/// Moves a local time to a multiple of a unit of seconds. Local days all begin at such a multiple, since
/// local times know no clock changes.
fn snap(time: NaiveDateTime, unit: i64, divide: impl Fn(i64, i64) -> i64) -> NaiveDateTime {
    let seconds = divide(time.and_utc().timestamp(), unit) * unit;
    DateTime::from_timestamp(seconds, 0).map_or(time, |moment| moment.naive_utc())
}

#[cfg(test)]
mod tests {
    use chrono::{NaiveDate, NaiveTime};

    use super::*;

    fn day(day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 3, day).expect("it is a day of March")
    }

    fn hours(from: u32, to: u32) -> Span {
        let at = |hour| NaiveTime::from_hms_opt(hour % 24, 0, 0).expect("it is an hour");
        Span::hours(day(3), at(from), at(to))
    }

    #[rstest::rstest]
    #[case::in_the_morning(hours(9, 11), Some(Span::days(day(3), day(3)).until_noon()))]
    #[case::until_noon(hours(9, 12), Some(Span::days(day(3), day(3)).until_noon()))]
    #[case::from_noon(hours(12, 14), Some(Span::days(day(3), day(3)).from_noon()))]
    #[case::over_noon(hours(11, 13), Some(Span::days(day(3), day(3))))]
    #[case::until_midnight(hours(14, 24), Some(Span::days(day(3), day(3)).from_noon()))]
    #[case::overnight(
        Span { last_day: Some(day(4)), ..hours(22, 6) },
        Some(Span::days(day(3), day(4)).from_noon().until_noon())
    )]
    #[case::half_days_stay(
        Span::days(day(3), day(5)).from_noon().until_noon(),
        Some(Span::days(day(3), day(5)).from_noon().until_noon())
    )]
    #[case::open_ends_stay(Span::days(day(3), day(3)).from_noon().open(), Some(Span::days(day(3), day(3)).from_noon().open()))]
    fn outside_to_half_days(#[case] span: Span, #[case] rounded: Option<Span>) {
        assert!(Grain::HalfDays.round(&span, Towards::Outside) == rounded);
    }

    #[rstest::rstest]
    #[case::a_half_day_is_too_short(Span::days(day(3), day(3)).from_noon(), None)]
    #[case::halves_at_both_ends(
        Span::days(day(3), day(5)).from_noon().until_noon(),
        Some(Span::days(day(4), day(4)))
    )]
    #[case::hours_are_too_short(hours(9, 17), None)]
    #[case::all_hours_of_a_day(hours(0, 24), Some(Span::days(day(3), day(3))))]
    fn inside_to_whole_days(#[case] span: Span, #[case] rounded: Option<Span>) {
        assert!(Grain::Days.round(&span, Towards::Inside) == rounded);
    }
}
