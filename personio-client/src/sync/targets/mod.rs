//! Personio as a product: what the engine may write into it.

mod absences;
mod attendances;
mod employees;
mod marker;

use sync_core::{ErrorClass, Record, TargetError, Value};
use thiserror::Error as ThisError;

pub use self::{
    absences::PersonioAbsences, attendances::PersonioAttendances, employees::PersonioEmployees,
};
use crate::{Error, Unreadable};

/// The most ids in one request: longer URLs have been refused (inferred).
const IDS_AT_ONCE: usize = 50;

/// Why Personio does not get a record, for the eyes of the person who entered it.
#[derive(Debug, ThisError)]
#[error("{0}")]
struct Refusal(String);

fn refused(words: impl Into<String>) -> TargetError {
    TargetError::new(ErrorClass::Rejected).because(Refusal(words.into()))
}

/// Translates the failure of a request. `sent` are the values that Personio's own words must not repeat.
fn failure(error: Error, sent: &[String]) -> TargetError {
    let class = if error.is_unauthorized() || error.is_forbidden() || error.is_configuration() {
        ErrorClass::Stop
    } else if error.is_rate_limited() || error.is_connect() {
        ErrorClass::Later(None)
    } else if error.is_outcome_unknown() {
        ErrorClass::Unknown
    } else if error.is_not_found() {
        ErrorClass::NotFound
    } else {
        ErrorClass::Rejected
    };
    explained(class, error, sent)
}

/// Translates the failure of a creation, where something else than the record cannot be found.
fn creation_failure(error: Error, sent: &[String]) -> TargetError {
    match error.is_not_found() {
        true => explained(ErrorClass::Rejected, error, sent),
        false => failure(error, sent),
    }
}

/// Adds Personio's own words, if it has something against the input.
fn explained(class: ErrorClass, error: Error, sent: &[String]) -> TargetError {
    let objections = error.api_error().map(|answer| answer.objections());
    let objections = objections.unwrap_or_default().iter();
    let words = objections.map(|it| it.without(sent.iter().map(String::as_str)));
    let words: Vec<_> = words.collect();
    if words.is_empty() {
        TargetError::new(class).because(error)
    } else {
        TargetError::new(class).because(Refusal(words.join("; ")))
    }
}

/// Returns the texts that a record holds.
fn texts<R: Record>(record: &R) -> Vec<String> {
    let fields = record.fields().into_values();
    let texts = fields.filter_map(|known| match known.value() {
        Some(Value::Text(text)) => Some(text),
        _ => None,
    });
    texts.collect()
}

/// Refuses to go on when a row cannot be read that may be one of ours: it must not look as if it were gone.
fn check_readable(rows: &[Unreadable], is_ours: impl Fn(&str) -> bool) -> Result<(), TargetError> {
    let may_be_ours = |row: &Unreadable| row.id.as_deref().is_none_or(&is_ours);
    match rows.iter().any(may_be_ours) {
        true => Err(TargetError::new(ErrorClass::Later(None)).because(Refusal(
            "a record that the sync knows cannot be read".to_owned(),
        ))),
        false => Ok(()),
    }
}
