//! Dates and points in time in all the forms of Personio.

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime};
use serde::{Deserialize, Deserializer};

/// A date, or a point in time, as Personio wrote it.
///
/// Dates of v1 come as midnight with the offset of the account, `2021-03-01T00:00:00+01:00`, custom ones also as `2021-03-01`.
/// Converted to UTC they would name the day before. So [`day`](Self::day) is what was written, the first ten characters, whatever
/// the offset; very old dates carry offsets such as `+00:53` (observed).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Moment {
    day: NaiveDate,
    local: Option<NaiveDateTime>,
    instant: Option<DateTime<FixedOffset>>,
}

impl Moment {
    /// Reads one of the forms: date; date and time; date, time and offset with or without colon.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let day = text.get(..10)?.parse().ok()?;
        let rest = &text[10..];
        if rest.is_empty() {
            return Some(Self {
                day,
                local: None,
                instant: None,
            });
        }
        let rest = rest.strip_prefix(['T', 't', ' '])?;
        let end_of_time = rest.find(['Z', 'z', '+', '-', ' ']).unwrap_or(rest.len());
        let (time, offset) = rest.split_at(end_of_time);
        let time = parse_time(time)?;
        let local = day.and_time(time);
        let instant = parse_offset(offset.trim())
            .and_then(|offset| local.and_local_timezone(offset).single());
        Some(Self {
            day,
            local: Some(local),
            instant,
        })
    }

    /// Returns the calendar day as written.
    pub fn day(&self) -> NaiveDate {
        self.day
    }

    /// Returns day and time as written, if there was a time.
    pub fn local(&self) -> Option<NaiveDateTime> {
        self.local
    }

    /// Returns the point in time, if time and a readable offset were given.
    ///
    /// Offsets of v1 time stamps have been seen to be wrong; use them for ordering within one account, with overlap.
    pub fn instant(&self) -> Option<DateTime<FixedOffset>> {
        self.instant
    }
}

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text)
            .ok_or_else(|| serde::de::Error::custom("expected a date or a time stamp"))
    }
}

fn parse_time(text: &str) -> Option<NaiveTime> {
    ["%H:%M:%S%.f", "%H:%M"]
        .into_iter()
        .find_map(|format| NaiveTime::parse_from_str(text, format).ok())
}

/// Reads `Z`, `+01:00`, `+0100`, `+01` and offsets with seconds.
fn parse_offset(text: &str) -> Option<FixedOffset> {
    if text.eq_ignore_ascii_case("z") {
        return FixedOffset::east_opt(0);
    }
    let east = text.strip_prefix('+');
    let digits: String = east
        .or_else(|| text.strip_prefix('-'))?
        .chars()
        .filter(|c| *c != ':')
        .collect();
    let part = |range| {
        digits
            .get(range)
            .map_or(Some(0), |part: &str| part.parse::<i32>().ok())
    };
    let seconds = part(0..2)? * 3600 + part(2..4)? * 60 + part(4..6)?;
    if digits.is_empty() {
        return None;
    }
    FixedOffset::east_opt(if east.is_some() { seconds } else { -seconds })
}
