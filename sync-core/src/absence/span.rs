use std::fmt;

use chrono::{NaiveDate, NaiveTime};
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
}
