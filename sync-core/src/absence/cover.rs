use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{Absence, Grain, Span, granularity::Towards};
use crate::{Existing, Record, SourceId, TargetId, Window};

/// A part of a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// Until noon.
    Morning,
    /// From noon on.
    Afternoon,
    /// The whole day.
    Full,
}

impl Part {
    /// Returns what lies in both parts.
    #[must_use]
    pub fn and(self, other: Self) -> Option<Self> {
        match (self, other) {
            (Self::Full, part) | (part, Self::Full) => Some(part),
            (one, other) => (one == other).then_some(one),
        }
    }

    /// Returns what is left of the part when another is taken away.
    #[must_use]
    pub fn without(self, other: Self) -> Option<Self> {
        match (self, other) {
            (_, Self::Full) => None,
            (Self::Full, Self::Morning) => Some(Self::Afternoon),
            (Self::Full, Self::Afternoon) => Some(Self::Morning),
            (part, other) => (part != other).then_some(part),
        }
    }
}

/// Lists the days of a span that lie in a window, in order, with the part of each that it touches.
///
/// ```
/// use chrono::NaiveDate;
/// use sync_core::{Window, absence::{Part, Span, days}};
///
/// let monday = NaiveDate::from_ymd_opt(2026, 3, 2).expect("a day of the calendar");
/// let tuesday = monday.succ_opt().expect("there is a day after it");
/// let span = Span::days(monday, tuesday).from_noon();
/// let week = Window::around(monday, 0, 6);
/// assert_eq!(
///     days(&span, &week).collect::<Vec<_>>(),
///     [(monday, Part::Afternoon), (tuesday, Part::Full)],
/// );
/// ```
pub fn days(span: &Span, window: &Window) -> impl Iterator<Item = (NaiveDate, Part)> + use<> {
    let span = Grain::HalfDays
        .round(span, Towards::Outside)
        .and_then(|span| span.clipped(window.from(), window.to()));
    span.into_iter().flat_map(|span| {
        let first_day = span.first_day;
        let last_day = span.last_day.unwrap_or(first_day);
        let part = move |day| {
            if day == first_day && span.starts_at_noon {
                Part::Afternoon
            } else if day == last_day && span.ends_at_noon {
                Part::Morning
            } else {
                Part::Full
            }
        };
        first_day
            .iter_days()
            .take_while(move |day| *day <= last_day)
            .map(move |day| (day, part(day)))
    })
}

/// A part of a day of a record that falls into an absence.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Covered {
    /// The record of the product.
    pub record: TargetId,
    /// The day.
    pub day: NaiveDate,
    /// The part of the day that both have in common.
    pub part: Part,
    /// The absence.
    pub absence: SourceId,
}

/// What takes up each day of a person.
type Calendar<'a> = BTreeMap<NaiveDate, Vec<(Part, &'a TargetId)>>;

/// Finds what of a product's own records falls into absences: the desks that nobody will use, the
/// shifts that nobody will work. Days outside the window are left out.
///
/// What follows for such a record is a rule of the product. It stays an ordinary change when the records are
/// wished for as they should be, and planned like any other kind: see [`Record`]. Absences that
/// were rejected cover nothing.
pub fn covered<'a, R: Record>(
    absences: impl IntoIterator<Item = (&'a SourceId, &'a Absence)>,
    records: &[Existing<R>],
    window: &Window,
) -> Vec<Covered> {
    let mut of_account: BTreeMap<TargetId, Calendar<'_>> = BTreeMap::new();
    for existing in records {
        if let Some(place) = existing.record.place() {
            let calendar = of_account.entry(place.account).or_default();
            for (day, part) in days(&place.span, window) {
                calendar.entry(day).or_default().push((part, &existing.id));
            }
        }
    }
    let mut covered = Vec::new();
    for (source, absence) in absences {
        let place = absence.place();
        let Some(calendar) = place.and_then(|place| of_account.get(&place.account)) else {
            continue;
        };
        for (day, absent) in days(&absence.span, window) {
            for (part, record) in calendar.get(&day).into_iter().flatten() {
                covered.extend(part.and(absent).map(|part| Covered {
                    record: (*record).clone(),
                    day,
                    part,
                    absence: source.clone(),
                }));
            }
        }
    }
    covered.sort();
    covered
}

#[cfg(test)]
mod tests {
    use super::*;
    use Part::{Afternoon, Full, Morning};

    #[rstest::rstest]
    #[case::all_of_all(Full, Full, None)]
    #[case::all_of_a_half(Morning, Full, None)]
    #[case::a_half_of_all(Full, Morning, Some(Afternoon))]
    #[case::the_other_half_of_all(Full, Afternoon, Some(Morning))]
    #[case::a_half_of_itself(Morning, Morning, None)]
    #[case::a_half_of_the_other(Morning, Afternoon, Some(Morning))]
    fn what_is_left_of_a_part(#[case] part: Part, #[case] taken: Part, #[case] left: Option<Part>) {
        assert_eq!(part.without(taken), left);
    }
}
