//! How v1 writes values: dates at local midnight, numbers as text, nothing in three spellings.

use chrono::{DateTime, NaiveDate, NaiveTime, SecondsFormat, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;
use serde_json::{Value, json};

use super::super::attribute::CustomValue;
use super::super::number::EmployeeNumber;

/// Writes a day as midnight with the offset of the zone on that day, `2021-03-01T00:00:00+01:00`.
///
/// Before 1893 the offset is that of local mean time, `+00:53` in Berlin.
pub(crate) fn midnight(zone: Tz, day: NaiveDate) -> String {
    let midnight = day.and_time(NaiveTime::MIN);
    // Some zones skip midnight when their clocks go forward.
    let begins = (0..3).find_map(|hours| {
        zone.from_local_datetime(&(midnight + TimeDelta::hours(hours)))
            .earliest()
    });
    begins.map_or_else(
        || format!("{day}T00:00:00+00:00"),
        |begins| format!("{day}T{}", begins.format("%H:%M:%S%:z")),
    )
}

/// Writes an instant with the offset of the zone.
pub(crate) fn instant(zone: Tz, at: DateTime<Utc>) -> String {
    at.with_timezone(&zone)
        .to_rfc3339_opts(SecondsFormat::Secs, false)
}

/// Takes the colon out of an offset: `+0100`.
pub(crate) fn without_colon(mut written: String) -> String {
    if let Some(colon) = written.rfind(':') {
        written.remove(colon);
    }
    written
}

/// Writes an empty nested object: null, empty text or empty list, by employee (observed).
pub(crate) fn nothing(employee: EmployeeNumber, varies: bool) -> Value {
    match employee.get() % 3 {
        1 if varies => json!(""),
        2 if varies => json!([]),
        _ => Value::Null,
    }
}

/// Writes a custom value; both spellings of dates and of tags occur (observed), here by employee.
pub(crate) fn custom(value: &CustomValue, employee: EmployeeNumber, zone: Tz) -> Value {
    let even = employee.get().is_multiple_of(2);
    match value {
        CustomValue::Text(text) => json!(text),
        CustomValue::Date(day) if even => json!(day),
        CustomValue::Date(day) => json!(midnight(zone, *day)),
        CustomValue::Integer(number) => json!(number),
        CustomValue::Decimal(number) => json!(number),
        CustomValue::Tags(tags) if even => json!(tags.join(",")),
        CustomValue::Tags(tags) => json!(json!(tags).to_string()),
    }
}

/// Reads a day of a query, `2026-03-01`.
pub(crate) fn day(text: &str) -> Option<NaiveDate> {
    (text.len() == 10).then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::winter(Tz::Europe__Berlin, "2021-03-01", "2021-03-01T00:00:00+01:00")]
    #[case::summer(Tz::Europe__Berlin, "2026-08-03", "2026-08-03T00:00:00+02:00")]
    #[case::before_standard_time(Tz::Europe__Berlin, "1890-05-06", "1890-05-06T00:00:00+00:53")]
    #[case::no_midnight_on_that_day(
        Tz::America__Sao_Paulo,
        "2018-11-04",
        "2018-11-04T01:00:00-02:00"
    )]
    fn a_day_is_written_as_local_midnight(
        #[case] zone: Tz,
        #[case] day: NaiveDate,
        #[case] expected: &str,
    ) {
        assert_eq!(midnight(zone, day), expected);
    }
}
