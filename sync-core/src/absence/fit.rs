use chrono::{Datelike as _, NaiveDate};
use serde::{Deserialize, Serialize};

use super::{Absence, Granularity, Span, granularity::Towards};
use crate::{
    Desired, Loss, Notice, SourceId, Window, Wish,
    desired::{BlockReason, EndReason},
    notice::Matter,
};

/// What happens to absences that a product's calendar cannot hold as they are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct FitPolicy {
    /// What happens to those that are finer than its [grain](super::Grain).
    pub finer: Finer,
    /// What happens to those without an end, where it needs one.
    pub open_ends: OpenEnds,
    /// What happens to those that reach out of the window.
    pub edges: Edges,
    /// What happens to those that go on into another year.
    pub year_ends: YearEnds,
}

/// What happens to an absence that is finer than the calendar.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Finer {
    /// It is rounded up: whatever half day or day it touches counts as a whole.
    #[default]
    RoundUp,
    /// It is rounded down: only half days or days that are absent as a whole count. Where none are
    /// left, it is not shown.
    RoundDown,
    /// It waits, and what the product has of it stays.
    Hold,
}

/// What happens to an absence without an end in a calendar where each has one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum OpenEnds {
    /// It ends with the window for now. Without a window, it waits.
    #[default]
    EndWithWindow,
    /// It waits until HR knows the end, and what the product has of it stays.
    Hold,
}

/// What happens to an absence that reaches out of the window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Edges {
    /// It is transferred whole.
    #[default]
    Whole,
    /// Only what lies in the window is transferred, for products that take nothing else. The edges follow
    /// the window, so let it move seldom: once a year rather than once a day.
    Clip,
}

/// What happens to an absence that goes on into another year.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum YearEnds {
    /// It is one record.
    #[default]
    Keep,
    /// Each year gets a record of its own, see [`SourceId::part`]; the first one keeps the id. What touches more
    /// than ten years waits.
    Split,
    /// It waits until somebody splits it in the leading system.
    Hold,
}

/// Whatever goes on for longer is a slip, such as a year with a digit too many, and not a record for each year.
const MOST_YEARS: i32 = 10;

/// Makes wishes fit into a product's calendar, after [`desire`](super::desire).
///
/// What changes on the way is noted with the id of the absence and the rule that was followed, and
/// what waits is blocked with its reason; nothing is rounded, cut or left out silently.
#[must_use]
pub fn fit(
    mut desired: Desired<Absence>,
    granularity: &Granularity,
    policy: &FitPolicy,
) -> Desired<Absence> {
    let fitter = Fitter {
        granularity,
        policy,
        window: desired.window,
    };
    for (source, wish) in std::mem::take(&mut desired.wishes) {
        let absence = match wish {
            Wish::Present(absence) => absence,
            other => {
                desired.wishes.insert(source, other);
                continue;
            }
        };
        let mut losses = Vec::new();
        let fitted = fitter.fit(&absence.span, &mut losses);
        desired
            .notices
            .extend(losses.into_iter().map(|loss| Notice {
                source: source.clone(),
                matter: Matter::Lossy(loss),
            }));
        match fitted {
            Ok(span) => insert_parts(&mut desired, source, absence, span, policy.year_ends),
            Err(Misfit::Waits(reason)) => {
                desired.wishes.insert(source, Wish::Blocked(reason));
            }
            Err(Misfit::Over(reason)) => {
                desired.wishes.insert(source, Wish::Ended(reason));
            }
        }
    }
    desired.has_parts = true;
    desired
}

fn insert_parts(
    desired: &mut Desired<Absence>,
    source: SourceId,
    absence: Absence,
    span: Span,
    year_ends: YearEnds,
) {
    let (YearEnds::Split, Some(last_day)) = (year_ends, span.last_day) else {
        let wish = Wish::Present(Absence { span, ..absence });
        desired.wishes.insert(source, wish);
        return;
    };
    let years = span.first_day.year()..=last_day.year();
    if years.end().saturating_sub(*years.start()) >= MOST_YEARS {
        desired
            .wishes
            .insert(source, Wish::Blocked(BlockReason::TooManyYears));
        return;
    }
    if years.start() != years.end() {
        desired.notices.push(Notice {
            source: source.clone(),
            matter: Matter::Lossy(Loss::SplitByYear),
        });
    }
    // Which part keeps the id must depend on HR alone, never on what is left of the absence here.
    let first_year = absence.span.first_day.year();
    for year in years {
        let (first, last) = days_of(year);
        let id = if year == first_year {
            source.clone()
        } else {
            source.part(year)
        };
        if let Some(span) = span.clipped(first, last) {
            let part = Absence {
                span,
                ..absence.clone()
            };
            desired.wishes.insert(id, Wish::Present(part));
        }
    }
    // Where nothing is left of the first year, that part is over like any other; HR still has the absence.
    let first_part = desired.wishes.entry(source);
    first_part.or_insert(Wish::Ended(EndReason::PartOver));
}

fn days_of(year: i32) -> (NaiveDate, NaiveDate) {
    (
        NaiveDate::from_ymd_opt(year, 1, 1).unwrap_or(NaiveDate::MIN),
        NaiveDate::from_ymd_opt(year, 12, 31).unwrap_or(NaiveDate::MAX),
    )
}

/// Why an absence has no place in the calendar.
enum Misfit {
    Waits(BlockReason),
    Over(EndReason),
}

struct Fitter<'a> {
    granularity: &'a Granularity,
    policy: &'a FitPolicy,
    window: Option<Window>,
}

impl Fitter<'_> {
    fn fit(&self, span: &Span, losses: &mut Vec<Loss>) -> Result<Span, Misfit> {
        let span = self.round(span, losses)?;
        let span = self.close(span, losses)?;
        let span = self.clip(span, losses)?;
        let goes_on = |last_day: NaiveDate| last_day.year() != span.first_day.year();
        match self.policy.year_ends {
            YearEnds::Hold if span.last_day.is_some_and(goes_on) => {
                Err(Misfit::Waits(BlockReason::CrossesYear))
            }
            YearEnds::Keep | YearEnds::Split | YearEnds::Hold => Ok(span),
        }
    }

    fn round(&self, span: &Span, losses: &mut Vec<Loss>) -> Result<Span, Misfit> {
        let grain = self.granularity.grain;
        let same = |rounded: &Span| rounded.bounds() == span.bounds();
        let outside = grain.round(span, Towards::Outside);
        if let Some(rounded) = outside.as_ref().filter(|rounded| same(rounded)) {
            // Hours that span whole days must not stay hours where there are none.
            let kept = if span.hours.is_some() { rounded } else { span };
            return Ok(kept.clone());
        }
        let (rounded, loss) = match self.policy.finer {
            Finer::RoundUp => (outside, Loss::RoundedUp(grain)),
            Finer::RoundDown => (grain.round(span, Towards::Inside), Loss::RoundedDown(grain)),
            Finer::Hold => return Err(Misfit::Waits(BlockReason::TooFine)),
        };
        losses.push(loss);
        rounded.ok_or(Misfit::Over(EndReason::TooShort))
    }

    /// Gives an open end a day where the calendar or the years need one.
    fn close(&self, span: Span, losses: &mut Vec<Loss>) -> Result<Span, Misfit> {
        let may_stay_open = self.granularity.open_ends && self.policy.year_ends == YearEnds::Keep;
        if span.last_day.is_some() || may_stay_open {
            return Ok(span);
        }
        match (self.policy.open_ends, self.window) {
            (OpenEnds::EndWithWindow, Some(window)) => {
                losses.push(Loss::EndsWithWindow);
                let last_day = window.to().max(span.first_day);
                Ok(span.clipped(span.first_day, last_day).unwrap_or(span))
            }
            _ => Err(Misfit::Waits(BlockReason::OpenEnd)),
        }
    }

    fn clip(&self, span: Span, losses: &mut Vec<Loss>) -> Result<Span, Misfit> {
        let (Edges::Clip, Some(window)) = (self.policy.edges, self.window) else {
            return Ok(span);
        };
        let inside = span
            .clipped(window.from(), window.to())
            .ok_or(Misfit::Over(EndReason::OutsideWindow))?;
        if inside != span {
            losses.push(Loss::Clipped);
        }
        Ok(inside)
    }
}
