//! From the bytes of an answer to its type.

use std::time::Duration;

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use crate::clock::span;
use crate::error::{ApiError, Error, Result};
use crate::transport::{Response, TransportError, TransportErrorKind};
use crate::wire;

/// Reads the body of a successful answer; an empty one counts as null.
pub(crate) fn read<T: DeserializeOwned>(response: &Response) -> Result<T> {
    let body: &[u8] = if response.body.is_empty() {
        b"null"
    } else {
        &response.body
    };
    let mut json = serde_json::Deserializer::from_slice(body);
    let failure = match serde_path_to_error::deserialize(&mut json) {
        Ok(answer) => return Ok(answer),
        Err(failure) => failure,
    };
    if failure.inner().is_eof() {
        return Err(Error::transport(TransportError::new(
            TransportErrorKind::Interrupted,
            "the JSON text ends before its end",
        )));
    }
    // Version 1 can report a failure in an answer that looks successful.
    if serde_json::from_slice::<Outcome>(body).is_ok_and(|outcome| outcome.success == Some(false)) {
        return Err(Error::api(ApiError::read(response.status, body)));
    }
    Err(Error::decode(
        failure.path().to_string(),
        wire::harmless_reason(failure.inner()),
    ))
}

/// Reads the record inside an answer that has been taken out of its envelope; `place` is where it stood.
pub(crate) fn read_record<T: DeserializeOwned>(record: &RawValue, place: &str) -> Result<T> {
    let mut json = serde_json::Deserializer::from_str(record.get());
    serde_path_to_error::deserialize(&mut json).map_err(|failure| {
        let inside = failure.path().to_string();
        let path = match (place, inside.as_str()) {
            (place, ".") => place.to_owned(),
            ("", inside) => inside.to_owned(),
            (place, inside) => format!("{place}.{inside}"),
        };
        Error::decode(path, wire::harmless_reason(failure.inner()))
    })
}

/// Reads a `Retry-After`: seconds or an HTTP date.
pub(crate) fn retry_after(value: &str, now: DateTime<Utc>) -> Option<Duration> {
    let value = value.trim();
    if let Ok(seconds) = value.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = DateTime::parse_from_rfc2822(value).ok()?;
    Some(span(now, date.with_timezone(&Utc)))
}

#[derive(Deserialize)]
struct Outcome {
    success: Option<bool>,
}
