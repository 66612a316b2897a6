use std::{fmt, str::FromStr};

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};
use serde::{
    Deserialize, Deserializer, Serialize,
    de::{Error as _, Unexpected},
};
use thiserror::Error;

/// Where days begin and end: `UTC`, a fixed distance from it such as `+05:30`, or, with feature `tz`, a zone
/// of the time-zone data such as `Europe/Berlin`.
///
/// ```
/// use sync_core::Zone;
///
/// assert_eq!("+05:30".parse::<Zone>()?.to_string(), "+05:30");
/// assert!("Europe/Atlantis".parse::<Zone>().is_err());
/// # Ok::<(), sync_core::UnknownZone>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(into = "String")]
pub struct Zone(Rules);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rules {
    Fixed(FixedOffset),
    #[cfg(feature = "tz")]
    Named(chrono_tz::Tz),
}

/// A name that is no zone, as far as this program knows.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("`{0}` is not a known time zone; write {FORM}")]
pub struct UnknownZone(String);

const FORM: &str =
    "`UTC`, a distance such as `+01:00`, or, with feature `tz`, a name such as `Europe/Berlin`";

impl Zone {
    /// The zone of UTC.
    pub const UTC: Self = match FixedOffset::east_opt(0) {
        Some(offset) => Self(Rules::Fixed(offset)),
        None => panic!("UTC is no distance from UTC"),
    };

    /// Returns what clocks show at a moment.
    pub fn local(&self, moment: DateTime<Utc>) -> NaiveDateTime {
        let utc = moment.naive_utc();
        utc.checked_add_signed(self.offset(moment)).unwrap_or(utc)
    }

    /// Returns the first and the last moment at which clocks show a time.
    ///
    /// They differ where clocks are put back and the time comes twice. Where they are put forward over it, both
    /// are the moment of the change.
    pub fn moments(&self, local: NaiveDateTime) -> (DateTime<Utc>, DateTime<Utc>) {
        self.find(local, |_| true)
    }

    /// Returns the first moment of a day.
    ///
    /// Where midnight is left out, as clocks go forward, the day begins when they have; where it comes twice, at
    /// the first. A day that is left out altogether begins when the one after it does.
    pub fn begin(&self, day: NaiveDate) -> DateTime<Utc> {
        self.midnights(day).0
    }

    /// Returns the moment at which a day is over, exclusive.
    ///
    /// Where the midnight after it comes twice, the day is over at the second.
    pub fn end(&self, day: NaiveDate) -> DateTime<Utc> {
        self.midnights(day.succ_opt().unwrap_or(day)).1
    }

    /// Returns the first and the last moment at which clocks come to show the beginning of a day.
    fn midnights(&self, day: NaiveDate) -> (DateTime<Utc>, DateTime<Utc>) {
        let midnight = day.and_time(NaiveTime::MIN);
        // Clocks that go back to midnight come to show it again, but no day is over then.
        self.find(midnight, |moment| {
            let before = moment.checked_sub_signed(TimeDelta::seconds(1));
            before.is_none_or(|before| self.local(before) < midnight)
        })
    }

    fn find(
        &self,
        local: NaiveDateTime,
        counts: impl Fn(DateTime<Utc>) -> bool,
    ) -> (DateTime<Utc>, DateTime<Utc>) {
        let near = local.and_utc();
        // No zone is further from UTC than 15 hours, and none changes its clocks twice within two days.
        let away = TimeDelta::hours(15);
        let early = near.checked_sub_signed(away).unwrap_or(near);
        let late = near.checked_add_signed(away).unwrap_or(near);
        let shown = |offset: TimeDelta| {
            let moment = near.checked_sub_signed(offset)?;
            (self.local(moment) == local && counts(moment)).then_some(moment)
        };
        let (before, after) = (shown(self.offset(early)), shown(self.offset(late)));
        match (before.or(after), after.or(before)) {
            (Some(first), Some(last)) => (first.min(last), first.max(last)),
            _ => {
                let jump = self.jump_over(local, early, late);
                (jump, jump)
            }
        }
    }

    /// Finds the first moment at which clocks show a time after one that they leave out.
    fn jump_over(
        &self,
        local: NaiveDateTime,
        mut before: DateTime<Utc>,
        mut after: DateTime<Utc>,
    ) -> DateTime<Utc> {
        while after - before > TimeDelta::seconds(1) {
            let middle = before + TimeDelta::seconds((after - before).num_seconds() / 2);
            if self.local(middle) < local {
                before = middle;
            } else {
                after = middle;
            }
        }
        after
    }

    #[cfg_attr(
        not(feature = "tz"),
        expect(
            unused_variables,
            reason = "a fixed distance is the same at every moment"
        )
    )]
    fn offset(&self, moment: DateTime<Utc>) -> TimeDelta {
        let east = match self.0 {
            Rules::Fixed(offset) => offset.local_minus_utc(),
            #[cfg(feature = "tz")]
            Rules::Named(zone) => {
                use chrono::{Offset as _, TimeZone as _};
                let offset = zone.offset_from_utc_datetime(&moment.naive_utc());
                offset.fix().local_minus_utc()
            }
        };
        TimeDelta::seconds(i64::from(east))
    }
}

impl Default for Zone {
    fn default() -> Self {
        Self::UTC
    }
}

#[cfg(feature = "tz")]
impl From<chrono_tz::Tz> for Zone {
    fn from(zone: chrono_tz::Tz) -> Self {
        Self(Rules::Named(zone))
    }
}

impl FromStr for Zone {
    type Err = UnknownZone;

    fn from_str(text: &str) -> Result<Self, UnknownZone> {
        if text == "UTC" {
            return Ok(Self::UTC);
        }
        if let Ok(offset) = text.parse::<FixedOffset>() {
            return Ok(Self(Rules::Fixed(offset)));
        }
        #[cfg(feature = "tz")]
        if let Ok(zone) = text.parse() {
            return Ok(Self(Rules::Named(zone)));
        }
        Err(UnknownZone(text.to_owned()))
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            _ if *self == Self::UTC => f.write_str("UTC"),
            Rules::Fixed(offset) => offset.fmt(f),
            #[cfg(feature = "tz")]
            Rules::Named(zone) => f.write_str(zone.name()),
        }
    }
}

impl From<Zone> for String {
    fn from(zone: Zone) -> Self {
        zone.to_string()
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Zone {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Zone".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "description": format!("Where days begin and end: {FORM}."),
        })
    }
}

impl<'de> Deserialize<'de> for Zone {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let unknown = |_| D::Error::invalid_value(Unexpected::Str(&text), &FORM);
        text.parse().map_err(unknown)
    }
}

#[cfg(all(test, feature = "tz"))]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("it is a day")
    }

    /// Each row: a day on which clocks change, when it begins, and when it is over.
    #[rstest::rstest]
    #[case::no_change(
        "Europe/Berlin",
        "2026-03-02",
        "2026-03-01T23:00:00Z",
        "2026-03-02T23:00:00Z"
    )]
    #[case::a_short_day(
        "Europe/Berlin",
        "2026-03-29",
        "2026-03-28T23:00:00Z",
        "2026-03-29T22:00:00Z"
    )]
    #[case::a_long_day(
        "Europe/Berlin",
        "2026-10-25",
        "2026-10-24T22:00:00Z",
        "2026-10-25T23:00:00Z"
    )]
    #[case::half_an_hour(
        "Asia/Kolkata",
        "2026-03-02",
        "2026-03-01T18:30:00Z",
        "2026-03-02T18:30:00Z"
    )]
    #[case::far_east(
        "Pacific/Kiritimati",
        "2026-03-02",
        "2026-03-01T10:00:00Z",
        "2026-03-02T10:00:00Z"
    )]
    #[case::midnight_does_not_exist(
        "Asia/Beirut",
        "2021-03-28",
        "2021-03-27T22:00:00Z",
        "2021-03-28T21:00:00Z"
    )]
    #[case::it_is_left_out_after_the_day(
        "Asia/Beirut",
        "2021-03-27",
        "2021-03-26T22:00:00Z",
        "2021-03-27T22:00:00Z"
    )]
    #[case::the_last_hour_comes_twice(
        "America/Sao_Paulo",
        "2018-02-17",
        "2018-02-17T02:00:00Z",
        "2018-02-18T03:00:00Z"
    )]
    #[case::midnight_comes_twice_in_one_night(
        "America/Havana",
        "2010-10-30",
        "2010-10-30T04:00:00Z",
        "2010-10-31T04:00:00Z"
    )]
    #[case::midnight_comes_twice(
        "America/St_Johns",
        "2010-11-07",
        "2010-11-07T02:30:00Z",
        "2010-11-08T03:30:00Z"
    )]
    #[case::and_ends_the_day_before(
        "America/St_Johns",
        "2010-11-06",
        "2010-11-06T02:30:00Z",
        "2010-11-07T03:30:00Z"
    )]
    #[case::a_day_that_is_left_out(
        "Pacific/Apia",
        "2011-12-30",
        "2011-12-30T10:00:00Z",
        "2011-12-30T10:00:00Z"
    )]
    fn a_day(#[case] zone: &str, #[case] on: &str, #[case] begin: &str, #[case] end: &str) {
        let zone: Zone = zone.parse().expect("the data has the zone");
        let moment = |text: &str| text.parse::<DateTime<Utc>>().expect("it is a moment");
        assert_eq!(zone.begin(day(on)), moment(begin), "begin");
        assert_eq!(zone.end(day(on)), moment(end), "end");
    }

    /// Where the calendar itself ends, there is no moment beyond.
    #[rstest::rstest]
    #[case::the_first_day(NaiveDate::MIN)]
    #[case::the_last_day(NaiveDate::MAX)]
    fn the_ends_of_the_calendar_are_days_like_others(
        #[case] day: NaiveDate,
        #[values("UTC", "+14:00", "-12:00", "Pacific/Apia", "Europe/Berlin")] zone: &str,
    ) {
        let zone: Zone = zone.parse().expect("the data has the zone");
        assert!(zone.begin(day) <= zone.end(day));
    }

    /// A second opinion, slow and obvious, for every zone and every day of two years.
    #[test]
    fn every_day_begins_at_the_first_minute_that_shows_it_and_ends_after_the_last() {
        for name in [
            "Europe/Berlin",
            "Europe/Dublin",
            "Africa/Casablanca",
            "Africa/Cairo",
            "Asia/Beirut",
            "Asia/Gaza",
            "America/Havana",
            "America/Santiago",
            "America/Asuncion",
            "America/St_Johns",
            "Australia/Lord_Howe",
            "Pacific/Chatham",
            "Pacific/Apia",
            "Atlantic/Azores",
        ] {
            let zone: Zone = name.parse().expect("the data has the zone");
            for year in [2010, 2011, 2026] {
                let first = NaiveDate::from_yo_opt(year, 1).expect("every year has a first day");
                for day in first.iter_days().take(365) {
                    let (begin, end) = (zone.begin(day), zone.end(day));
                    let minute = TimeDelta::minutes(1);
                    assert!(zone.local(begin).date() >= day, "{name} {day}");
                    assert!(zone.local(begin - minute).date() < day, "{name} {day}");
                    assert!(zone.local(end).date() > day, "{name} {day}");
                    assert!(zone.local(end - minute).date() <= day, "{name} {day}");
                    for hour in 1..30 {
                        let (early, late) =
                            (begin - TimeDelta::hours(hour), end + TimeDelta::hours(hour));
                        assert!(zone.local(early).date() < day, "{name} {day}");
                        assert!(zone.local(late).date() > day, "{name} {day}");
                    }
                }
            }
        }
    }
}
