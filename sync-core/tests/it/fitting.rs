//! What product calendars can hold, what customers want where they cannot, and a second opinion on both:
//! slow, and obvious.

use std::collections::BTreeSet;

use chrono::{Datelike as _, NaiveDate, NaiveTime, Timelike as _};
use proptest::{prelude::*, sample::select};
use sync_core::{
    Window,
    absence::{Edges, Finer, FitPolicy, Grain, Granularity, OpenEnds, Span, YearEnds},
};

use crate::scene::day;

pub(crate) fn granularity() -> impl Strategy<Value = Granularity> {
    let grain = select(vec![Grain::Hours, Grain::HalfDays, Grain::Days]);
    (grain, any::<bool>()).prop_map(|(grain, open_ends)| Granularity { grain, open_ends })
}

pub(crate) fn fit_policy() -> impl Strategy<Value = FitPolicy> {
    (
        select(vec![Finer::RoundUp, Finer::RoundDown, Finer::Hold]),
        select(vec![OpenEnds::EndWithWindow, OpenEnds::Hold]),
        select(vec![Edges::Whole, Edges::Clip]),
        select(vec![YearEnds::Keep, YearEnds::Split, YearEnds::Hold]),
    )
        .prop_map(|(finer, open_ends, edges, year_ends)| FitPolicy {
            finer,
            open_ends,
            edges,
            year_ends,
        })
}

/// The days on which anything happens in a calendar, with some around them.
pub(crate) fn days_to_look_at(window: Option<Window>) -> Vec<NaiveDate> {
    let ranges = [-302..=-288, -252..=-247, -202..=-197, -33..=30, 292..=312];
    let days: BTreeSet<NaiveDate> = ranges.into_iter().flatten().map(day).collect();
    let inside = |day: &NaiveDate| window.is_none_or(|it| it.overlaps(*day, Some(*day)));
    days.into_iter().filter(inside).collect()
}

/// Every half hour of a day.
pub(crate) fn times() -> impl Iterator<Item = NaiveTime> {
    let time = |half_hour: u32| NaiveTime::from_hms_opt(half_hour / 2, half_hour % 2 * 30, 0);
    (0..48).filter_map(time)
}

/// Tells whether somebody is absent at a time.
pub(crate) fn is_absent(span: &Span, day: NaiveDate, time: NaiveTime) -> bool {
    let (is_first, is_last) = (day == span.first_day, span.last_day == Some(day));
    if day < span.first_day || span.last_day.is_some_and(|last_day| last_day < day) {
        return false;
    }
    let is_morning = time.hour() < 12;
    let (is_not_gone, is_back) = match &span.hours {
        Some(hours) => {
            let ended = |to| to != NaiveTime::MIN && to <= time;
            (time < hours.from, hours.to.is_some_and(ended))
        }
        None => (
            span.starts_at_noon && is_morning,
            span.ends_at_noon && !is_morning,
        ),
    };
    !(is_first && is_not_gone || is_last && is_back)
}

/// Tells whether a calendar should show somebody as absent at a time, by the rule that rounds.
pub(crate) fn is_shown(
    span: &Span,
    (grain, finer): (Grain, Finer),
    day: NaiveDate,
    time: NaiveTime,
) -> bool {
    let same_unit = |other: &NaiveTime| match grain {
        Grain::Hours => *other == time,
        Grain::HalfDays => (other.hour() < 12) == (time.hour() < 12),
        Grain::Days => true,
    };
    let mut unit = times().filter(same_unit).map(|it| is_absent(span, day, it));
    match finer {
        Finer::RoundUp | Finer::Hold => unit.any(|absent| absent),
        Finer::RoundDown => unit.all(|absent| absent),
    }
}

/// Tells whether an absence waits, by the rules of a policy.
pub(crate) fn waits(
    span: &Span,
    granularity: &Granularity,
    policy: &FitPolicy,
    window: Option<Window>,
) -> bool {
    let is_too_fine = |day| {
        times().any(|time| {
            is_absent(span, day, time)
                != is_shown(span, (granularity.grain, Finer::RoundUp), day, time)
        })
    };
    let edges = [Some(span.first_day), span.last_day];
    if policy.finer == Finer::Hold && edges.into_iter().flatten().any(is_too_fine) {
        return true;
    }
    let keeps_years = policy.year_ends == YearEnds::Keep;
    let is_open = span.last_day.is_none();
    let needs_end = is_open && !(granularity.open_ends && keeps_years);
    let window = window.filter(|_| !needs_end || policy.open_ends == OpenEnds::EndWithWindow);
    if needs_end && window.is_none() {
        return true;
    }
    let window_end = window.map_or(NaiveDate::MAX, |window| window.to().max(span.first_day));
    let (mut first_day, mut last_day) = (span.first_day, span.last_day.unwrap_or(window_end));
    if let (Edges::Clip, Some(window)) = (policy.edges, window) {
        first_day = first_day.max(window.from());
        last_day = last_day.min(window.to());
    }
    policy.year_ends == YearEnds::Hold && first_day.year() != last_day.year()
}
