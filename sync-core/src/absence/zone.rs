use chrono::{DateTime, NaiveTime, TimeDelta, Utc};

use super::{Absence, Hours, Span};
use crate::{Desired, UnknownZone, Wish, Zone, desired::BlockReason};

impl Span {
    /// Returns when the span begins, and when it ends, exclusive; `None` while the end is open.
    ///
    /// Hours are read in the zone that they carry; those without, and whole and half days, in `home`,
    /// the zone of the person. Where clocks are put back, an hour happens twice: the span begins at
    /// the first and ends at the second. Where they are put forward, a time that is left out is the moment of
    /// the change.
    ///
    /// # Errors
    ///
    /// When the hours carry the name of a zone that nobody knows.
    pub fn moments(
        &self,
        home: impl Into<Zone>,
    ) -> Result<(DateTime<Utc>, Option<DateTime<Utc>>), UnknownZone> {
        let zone = self.zone()?.unwrap_or_else(|| home.into());
        let (start, end) = self.bounds();
        Ok((zone.moments(start).0, end.map(|end| zone.moments(end).1)))
    }

    /// Returns how long the span really lasts; `None` while the end is open.
    ///
    /// ```
    /// # #[cfg(feature = "tz")] {
    /// use chrono::{NaiveDate, NaiveTime, TimeDelta};
    /// use chrono_tz::Europe;
    /// use sync_core::absence::Span;
    ///
    /// // The night in which clocks are put forward.
    /// let day = NaiveDate::from_ymd_opt(2026, 3, 29).expect("a day of the calendar");
    /// let four = NaiveTime::from_hms_opt(4, 0, 0).expect("a time of the day");
    /// let night = Span::hours(day, NaiveTime::MIN, four);
    /// assert_eq!(night.duration(Europe::Lisbon), Ok(Some(TimeDelta::hours(3))));
    /// assert_eq!(night.duration(Europe::Istanbul), Ok(Some(TimeDelta::hours(4))));
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// When the hours carry the name of a zone that nobody knows.
    pub fn duration(&self, home: impl Into<Zone>) -> Result<Option<TimeDelta>, UnknownZone> {
        let (start, end) = self.moments(home)?;
        Ok(end.map(|end| end - start))
    }

    /// Writes the same hours as clocks of another zone show them. Hours without a zone count as that
    /// zone's already; whole and half days are nobody's hours and stay.
    ///
    /// # Errors
    ///
    /// When the hours carry the name of a zone that nobody knows.
    pub fn in_zone(&self, zone: impl Into<Zone>) -> Result<Self, UnknownZone> {
        let zone = zone.into();
        let Some(hours) = &self.hours else {
            return Ok(self.clone());
        };
        let (start, end) = self.moments(zone)?;
        let start = zone.local(start);
        // An end at midnight is that of the day before, written 24:00.
        let end = end
            .map(|end| zone.local(end))
            .map(|end| match end.date().pred_opt() {
                Some(day_before) if end.time() == NaiveTime::MIN => (day_before, end.time()),
                _ => (end.date(), end.time()),
            });
        Ok(Self {
            first_day: start.date(),
            last_day: end.map(|(day, _)| day),
            hours: Some(Hours {
                from: start.time(),
                to: end.map(|(_, time)| time).filter(|_| hours.to.is_some()),
                zone: Some(zone.to_string()),
            }),
            ..self.clone()
        })
    }

    fn zone(&self) -> Result<Option<Zone>, UnknownZone> {
        let name = self.hours.as_ref().and_then(|hours| hours.zone.as_deref());
        name.map(str::parse).transpose()
    }
}

/// Writes the hours of all absences in the one zone that a product's calendar keeps, before
/// [`fit`](super::fit). Hours in a zone that nobody knows are blocked.
#[must_use]
pub fn in_zone(mut desired: Desired<Absence>, zone: impl Into<Zone>) -> Desired<Absence> {
    let zone = zone.into();
    for wish in desired.wishes.values_mut() {
        if let Wish::Present(absence) = wish {
            match absence.span.in_zone(zone) {
                Ok(span) if span.is_empty() => *wish = Wish::Blocked(BlockReason::NoTime),
                Ok(span) => absence.span = span,
                Err(_) => *wish = Wish::Blocked(BlockReason::UnknownZone),
            }
        }
    }
    desired
}

#[cfg(test)]
#[cfg(feature = "tz")]
mod tests {
    use chrono::NaiveDate;
    use chrono_tz::{America, Asia, Europe, Pacific, Tz};

    use super::*;
    use crate::{Coverage, Known, Snapshot, SourceId, absence::Approval};

    fn hours(text: &str, (year, month, day): (i32, u32, u32)) -> Span {
        let day = NaiveDate::from_ymd_opt(year, month, day).expect("it is a day");
        Span {
            hours: Some(Hours::from_text(text).expect("they are hours")),
            ..Span::days(day, day)
        }
    }

    #[rstest::rstest]
    #[case::an_ordinary_day(hours("01:00-04:00", (2026, 3, 28)), 180)]
    #[case::clocks_go_forward(hours("01:00-04:00", (2026, 3, 29)), 120)]
    #[case::from_a_time_that_is_left_out(hours("02:30-04:00", (2026, 3, 29)), 60)]
    #[case::until_a_time_that_is_left_out(hours("01:00-02:30", (2026, 3, 29)), 60)]
    #[case::all_of_it_is_left_out(hours("02:10-02:50", (2026, 3, 29)), 0)]
    #[case::clocks_go_back(hours("01:00-04:00", (2026, 10, 25)), 240)]
    #[case::in_the_hour_that_comes_twice(hours("02:00-03:00", (2026, 10, 25)), 120)]
    #[case::until_midnight(hours("22:00-24:00", (2026, 3, 29)), 120)]
    #[case::in_the_zone_of_the_hours(hours("01:00-04:00 Europe/Istanbul", (2026, 3, 29)), 180)]
    fn how_long_hours_in_berlin_last(#[case] span: Span, #[case] minutes: i64) {
        let duration = span.duration(Europe::Berlin);
        assert_eq!(duration, Ok(Some(TimeDelta::minutes(minutes))));
    }

    #[test]
    fn days_last_as_long_as_they_do() {
        let on = |day| NaiveDate::from_ymd_opt(2026, 3, day).expect("it is a day of March");
        let span = Span::days(on(28), on(30)).until_noon();
        let lasts = TimeDelta::hours(24 + 23 + 12);
        assert_eq!(span.duration(Europe::Berlin), Ok(Some(lasts)));
        assert_eq!(span.open().duration(Europe::Berlin), Ok(None));
    }

    #[test]
    fn a_day_that_an_island_left_out_lasts_no_time() {
        let day = NaiveDate::from_ymd_opt(2011, 12, 30).expect("it is a day elsewhere");
        let duration = Span::days(day, day).duration(Pacific::Apia);
        assert_eq!(duration, Ok(Some(TimeDelta::zero())));
    }

    #[rstest::rstest]
    #[case::the_same_zone(
        "09:00-13:30 Europe/Berlin",
        Europe::Berlin,
        "09:00-13:30 Europe/Berlin"
    )]
    #[case::west(
        "09:00-13:30 Europe/Berlin",
        Europe::Lisbon,
        "08:00-12:30 Europe/Lisbon"
    )]
    #[case::half_an_hour("09:00-13:30 Europe/Berlin", Asia::Kolkata, "13:30-18:00 Asia/Kolkata")]
    #[case::no_zone_is_that_zone("09:00-13:30", Europe::Lisbon, "09:00-13:30 Europe/Lisbon")]
    #[case::until_midnight(
        "20:00-23:00 Europe/Lisbon",
        Europe::Berlin,
        "21:00-24:00 Europe/Berlin"
    )]
    #[case::at_a_fixed_distance("09:00-13:30 +05:30", Asia::Kolkata, "09:00-13:30 Asia/Kolkata")]
    #[case::an_open_end("20:00- Europe/Lisbon", Europe::Berlin, "21:00- Europe/Berlin")]
    fn hours_move_to_another_zone(#[case] text: &str, #[case] zone: Tz, #[case] moved: &str) {
        let span = hours(text, (2026, 3, 2)).in_zone(zone).expect("a zone");
        assert_eq!(span.hours.expect("hours").to_string(), moved);
    }

    #[test]
    fn hours_may_move_to_another_day() {
        let span = hours("20:00-23:00 America/New_York", (2026, 3, 2));
        let moved = span.in_zone(Europe::Berlin).expect("a zone");
        assert!(moved == hours("02:00-05:00 Europe/Berlin", (2026, 3, 3)));
        assert_eq!(
            moved.moments(America::New_York),
            span.moments(Europe::Lisbon)
        );
    }

    #[test]
    fn hours_without_an_end_stay_without_one_at_midnight() {
        let span = hours("23:00-", (2026, 3, 2)).in_zone(Europe::Berlin);
        let moved = span.and_then(|span| span.in_zone(Europe::Lisbon));
        assert!(moved == Ok(hours("22:00- Europe/Lisbon", (2026, 3, 2))));
    }

    #[test]
    fn an_unknown_zone_is_an_error() {
        let span = hours("09:00-13:30 Europe/Atlantis", (2026, 3, 2));
        assert!(span.duration(Europe::Berlin).is_err());
    }

    #[test]
    fn all_hours_are_written_in_the_zone_of_the_calendar() {
        let sent = [
            hours("09:00-13:30 Europe/Lisbon", (2026, 3, 2)),
            // The clock of Berlin has no such hour on this day.
            hours("02:10-02:50 Europe/Berlin", (2026, 3, 29)),
            hours("09:00-13:30 Europe/Atlantis", (2026, 3, 2)),
        ];
        let absence = |span: Span| Absence {
            account: "1".into(),
            label: Known::Cleared,
            span,
            approval: Approval::Approved,
        };
        let at = DateTime::UNIX_EPOCH;
        let spans = (1..).map(|id: u8| SourceId::new(id.to_string())).zip(sent);
        let snapshot = Snapshot::whole(Coverage::All, spans, at);
        let desired = snapshot.desire(|_, span| Wish::Present(absence(span.clone())));
        let moved = in_zone(desired, Europe::Berlin);
        let wishes: Vec<_> = moved.wishes.into_values().collect();
        let expected = [
            Wish::Present(absence(hours("10:00-14:30 Europe/Berlin", (2026, 3, 2)))),
            Wish::Blocked(BlockReason::NoTime),
            Wish::Blocked(BlockReason::UnknownZone),
        ];
        assert!(wishes == expected);
    }
}
