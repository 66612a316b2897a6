//! Reading one record without losing the page.

use std::fmt;

use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::wire;

/// One row of a list: a record, or the reason why it could not be read.
#[derive(Clone, Debug, PartialEq)]
pub enum Lenient<T> {
    /// The record.
    Readable(T),
    /// Why the row is not a record that this version can read.
    Unreadable(Unreadable),
}

impl<T> Lenient<T> {
    /// Returns the record, if it could be read.
    pub fn readable(self) -> Option<T> {
        self.into_result().ok()
    }

    /// Returns the record or the reason.
    ///
    /// # Errors
    ///
    /// The reason why the row could not be read.
    pub fn into_result(self) -> Result<T, Unreadable> {
        match self {
            Self::Readable(record) => Ok(record),
            Self::Unreadable(reason) => Err(reason),
        }
    }
}

impl<T: DeserializeOwned> Lenient<T> {
    pub(crate) fn read(row: &RawValue) -> Self {
        let mut json = serde_json::Deserializer::from_str(row.get());
        match serde_path_to_error::deserialize(&mut json) {
            Ok(record) => Self::Readable(record),
            Err(error) => Self::Unreadable(Unreadable {
                id: find_id(row),
                path: error.path().to_string(),
                reason: wire::harmless_reason(error.inner()),
            }),
        }
    }
}

/// Why a row could not be read; it holds no personal data.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Unreadable {
    /// The id of the record, if at least that could be found.
    pub id: Option<String>,
    /// The path to the member that could not be read, within the record.
    pub path: String,
    /// What stands against it.
    pub reason: String,
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let id = self.id.as_deref().unwrap_or("unknown");
        write!(
            f,
            "the record with id {id} cannot be read at `{}`: {}",
            self.path, self.reason
        )
    }
}

impl std::error::Error for Unreadable {}

/// Looks for the id in all the places where Personio puts it.
fn find_id(row: &RawValue) -> Option<String> {
    let row: Value = serde_json::from_str(row.get()).ok()?;
    ["/id", "/attributes/id/value", "/attributes/id"]
        .into_iter()
        .find_map(|place| match row.pointer(place)? {
            Value::Number(id) => Some(id.to_string()),
            // An id is short and has no spaces; anything else might be a name that slipped.
            Value::String(id)
                if id.len() <= 64
                    && id
                        .chars()
                        .all(|c| c.is_ascii_alphanumeric() || "-_".contains(c)) =>
            {
                Some(id.clone())
            }
            _ => None,
        })
}
