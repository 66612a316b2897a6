//! From settings to what cannot be wrong.

use chrono::{DateTime, NaiveTime, TimeDelta};
use chrono_tz::Tz;
use croner::{
    Cron,
    parser::{CronParser, Seconds, Year},
};

use super::{
    Area, RetrySettings, RunSettings, ScheduleError, local::Span, quiet::QuietHours, rhythm::Rhythm,
};

const LENGTH: &str =
    "write a whole number of seconds, minutes or hours, from \"1s\" to \"168h\", such as \"10m\"";
const TIME: &str = "write a time of day from \"00:00\" to \"23:59\"";
const SPAN: &str = "write two different times of day, such as \"06:00-23:50\"";
const CRON: &str =
    "write five fields that some minute matches: minute, hour, day of month, month, day of week";
const RHYTHM: &str = "write exactly one of every, daily and cron";

pub(super) fn zone(path: &str, name: &str) -> Result<Tz, ScheduleError> {
    name.parse().map_err(|_| {
        ScheduleError::new(
            path,
            name,
            "write the IANA name of a zone, such as \"Europe/Berlin\"",
        )
    })
}

/// Reads a length of time; a week at most, so that sums of them stay within the calendar.
pub(super) fn length(path: &str, text: &str) -> Result<TimeDelta, ScheduleError> {
    let read = || {
        let unit = text.chars().last()?;
        let digits = text.strip_suffix(unit)?;
        if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let number: u32 = digits.parse().ok()?;
        let seconds = match unit {
            's' => 1,
            'm' => 60,
            'h' => 60 * 60,
            _ => return None,
        };
        let length = TimeDelta::seconds(i64::from(number) * seconds);
        (length > TimeDelta::zero() && length <= TimeDelta::weeks(1)).then_some(length)
    };
    read().ok_or_else(|| ScheduleError::new(path, text, LENGTH))
}

pub(super) fn quiet(path: &str, spans: &[String]) -> Result<QuietHours, ScheduleError> {
    let read = spans
        .iter()
        .enumerate()
        .map(|(index, text)| span(&format!("{path}[{index}]"), text))
        .collect::<Result<_, _>>()?;
    QuietHours::new(read).ok_or_else(|| {
        ScheduleError::new(
            path,
            spans.join(", "),
            "leave at least a minute of the day in which runs can start",
        )
    })
}

/// Reads the shortest and the longest wait.
pub(super) fn retry(
    path: &str,
    settings: &RetrySettings,
) -> Result<(TimeDelta, TimeDelta), ScheduleError> {
    let first = length(&format!("{path}.first"), &settings.first)?;
    let longest_path = format!("{path}.longest");
    let longest = length(&longest_path, &settings.longest)?;
    if longest < first {
        let allowed = "write at least as much as the first wait";
        return Err(ScheduleError::new(longest_path, &settings.longest, allowed));
    }
    Ok((first, longest))
}

pub(super) fn areas<'a>(path: &str, run: &'a RunSettings) -> Result<&'a [Area], ScheduleError> {
    let named = |area: &Area| !area.as_str().trim().is_empty();
    if run.areas.is_empty() || !run.areas.iter().all(named) {
        let names: Vec<_> = run.areas.iter().map(Area::as_str).collect();
        let allowed = "name at least one area, and none of them blank";
        return Err(ScheduleError::new(
            format!("{path}.areas"),
            names.join(", "),
            allowed,
        ));
    }
    Ok(&run.areas)
}

pub(super) fn rhythm(path: &str, run: &RunSettings) -> Result<Rhythm, ScheduleError> {
    let between_path = format!("{path}.between");
    match (&run.every, run.daily.as_slice(), &run.cron) {
        (Some(every), [], None) => Ok(Rhythm::Every {
            interval: length(&format!("{path}.every"), every)?,
            between: run
                .between
                .as_deref()
                .map(|text| span(&between_path, text))
                .transpose()?,
        }),
        (None, times, cron) if times.is_empty() == cron.is_some() => {
            if let Some(between) = &run.between {
                return Err(ScheduleError::new(
                    between_path,
                    between,
                    "leave it out; it goes with every alone",
                ));
            }
            match cron {
                Some(text) => expression(&format!("{path}.cron"), text).map(Rhythm::Cron),
                None => times
                    .iter()
                    .enumerate()
                    .map(|(index, text)| time(&format!("{path}.daily[{index}]"), text))
                    .collect::<Result<_, _>>()
                    .map(Rhythm::Daily),
            }
        }
        (every, times, cron) => {
            let written = [
                every.as_ref().map(|_| "every"),
                times.first().map(|_| "daily"),
                cron.as_ref().map(|_| "cron"),
            ];
            let written: Vec<_> = written.into_iter().flatten().collect();
            Err(ScheduleError::new(path, written.join(" and "), RHYTHM))
        }
    }
}

fn time(path: &str, text: &str) -> Result<NaiveTime, ScheduleError> {
    time_of_day(text).ok_or_else(|| ScheduleError::new(path, text, TIME))
}

fn span(path: &str, text: &str) -> Result<Span, ScheduleError> {
    text.split_once('-')
        .and_then(|(from, to)| Some((time_of_day(from)?, time_of_day(to)?)))
        .filter(|(from, to)| from != to)
        .map(|(from, to)| Span { from, to })
        .ok_or_else(|| ScheduleError::new(path, text, SPAN))
}

fn time_of_day(text: &str) -> Option<NaiveTime> {
    let (hour, minute) = text.split_once(':')?;
    let number = |digits: &str| {
        let two = digits.len() == 2 && digits.bytes().all(|byte| byte.is_ascii_digit());
        two.then(|| digits.parse().ok())?
    };
    NaiveTime::from_hms_opt(number(hour)?, number(minute)?, 0)
}

fn expression(path: &str, text: &str) -> Result<Box<Cron>, ScheduleError> {
    let parser = CronParser::builder()
        .seconds(Seconds::Disallowed)
        .year(Year::Disallowed)
        .build();
    parser
        .parse(text)
        .ok()
        .filter(|cron| {
            cron.find_next_occurrence(&DateTime::UNIX_EPOCH, true)
                .is_ok()
        })
        .map(Box::new)
        .ok_or_else(|| ScheduleError::new(path, text, CRON))
}
