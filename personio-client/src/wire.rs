//! Readers for what Personio sends where something else is documented.
//!
//! They are used through `#[serde(deserialize_with = "...")]`. Each takes the text of the JSON value, so no number passes through a
//! binary fraction. Their messages never repeat the value: it may be personal data.

use std::str::FromStr;

use rust_decimal::Decimal;
use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use crate::value::Observed;

/// Reads a count from a number (a fraction is cut off) or a text; anything else is none.
pub(crate) fn count<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    let count = match serde_json::Value::deserialize(deserializer)? {
        serde_json::Value::Number(number) => number.to_string(),
        serde_json::Value::String(text) => text,
        _ => return Ok(None),
    };
    let whole = count.split('.').next().unwrap_or_default();
    Ok(whole.trim().parse().ok())
}

/// Refuses an answer of v1 that says of itself that it failed.
pub(crate) fn success<'de, D: Deserializer<'de>>(deserializer: D) -> Result<(), D::Error> {
    match Option::<bool>::deserialize(deserializer)? {
        Some(false) => Err(D::Error::custom("expected success")),
        Some(true) | None => Ok(()),
    }
}

/// Reads an amount from a number or a text; null and empty are nothing.
pub(crate) fn decimal<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Observed<Decimal>, D::Error> {
    let raw = Box::<RawValue>::deserialize(deserializer)?;
    if is_nothing(&raw) {
        return Ok(Observed::Null);
    }
    parse_decimal(&raw)
        .map(Observed::Value)
        .ok_or_else(|| D::Error::custom("expected an amount"))
}

/// Reads an amount from a number or a text; null, empty and missing are none.
pub(crate) fn optional_decimal<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Decimal>, D::Error> {
    decimal(deserializer).map(Observed::into_value)
}

/// Reads a member that is there, even if it is null; pair it with `#[serde(default)]`.
pub(crate) fn present<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Box<RawValue>>, D::Error> {
    Box::<RawValue>::deserialize(deserializer).map(Some)
}

/// Reads a flag from a boolean, 0, 1, or their texts; null and empty are false.
pub(crate) fn flag<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    let raw = Box::<RawValue>::deserialize(deserializer)?;
    if is_nothing(&raw) {
        return Ok(false);
    }
    parse_flag(&raw).ok_or_else(|| D::Error::custom("expected a flag"))
}

/// Reads a flag as [`flag`] does, but null and empty are none.
pub(crate) fn optional_flag<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<bool>, D::Error> {
    let raw = Box::<RawValue>::deserialize(deserializer)?;
    if is_nothing(&raw) {
        return Ok(None);
    }
    parse_flag(&raw)
        .map(Some)
        .ok_or_else(|| D::Error::custom("expected a flag"))
}

/// Reads a value, or nothing from null, an empty text, an empty list or an empty object.
pub(crate) fn observed<'de, D, T>(deserializer: D) -> Result<Observed<T>, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned,
{
    let raw = Box::<RawValue>::deserialize(deserializer)?;
    if is_nothing(&raw) {
        return Ok(Observed::Null);
    }
    serde_json::from_str(raw.get())
        .map(Observed::Value)
        .map_err(D::Error::custom)
}

/// Reads a value, or none from null, an empty text, an empty list or an empty object.
pub(crate) fn option<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned,
{
    observed(deserializer).map(Observed::into_value)
}

/// Reads a list; null and an empty text are an empty one.
pub(crate) fn list<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned,
{
    option(deserializer).map(Option::unwrap_or_default)
}

/// Returns true for null and for what Personio sends in its place.
pub(crate) fn is_nothing(raw: &RawValue) -> bool {
    let text = raw.get();
    text == "null" || text == "\"\"" || {
        let inside = text
            .strip_prefix('[')
            .and_then(|rest| rest.strip_suffix(']'));
        let inside = inside.or_else(|| {
            text.strip_prefix('{')
                .and_then(|rest| rest.strip_suffix('}'))
        });
        inside.is_some_and(|inside| inside.trim().is_empty())
    }
}

fn parse_flag(raw: &RawValue) -> Option<bool> {
    match raw.get().trim_matches('"') {
        "true" | "1" => Some(true),
        "false" | "0" => Some(false),
        _ => None,
    }
}

/// Parses the text of a JSON number, or of a JSON string that holds one.
pub(crate) fn parse_decimal(raw: &RawValue) -> Option<Decimal> {
    decimal_from_text(raw.get().trim_matches('"'))
}

/// Parses an amount, with exponent or without.
pub(crate) fn decimal_from_text(text: &str) -> Option<Decimal> {
    let text = text.trim();
    Decimal::from_str(text)
        .or_else(|_| Decimal::from_scientific(text))
        .ok()
}

/// Splits tags, which come with commas between them or as a JSON list inside the text (observed).
pub(crate) fn tags_from_text(text: &str) -> Vec<String> {
    if text.trim_start().starts_with('[')
        && let Ok(tags) = serde_json::from_str(text)
    {
        return tags;
    }
    text.split(',')
        .map(str::trim)
        .filter(|tag| !tag.is_empty())
        .map(str::to_owned)
        .collect()
}

/// Turns the text of a serde error into one that does not repeat the value.
///
/// Serde writes `invalid type: string "Ada", expected u64 at line 1 column 9`. Only what was expected comes from the program.
pub(crate) fn harmless_reason(error: &serde_json::Error) -> String {
    if error.is_syntax() || error.is_eof() {
        return "not well-formed JSON".to_owned();
    }
    let text = error.to_string();
    let without_position = |text: &str| {
        text.split(" at line ")
            .next()
            .unwrap_or_default()
            .to_owned()
    };
    if text.starts_with("missing field ") {
        return without_position(&text);
    }
    match text.rsplit_once("expected ") {
        Some((_, expected)) => format!("expected {}", without_position(expected)),
        None => "not readable".to_owned(),
    }
}
