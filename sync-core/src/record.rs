use std::{collections::BTreeMap, fmt::Debug};

use serde::{Serialize, de::DeserializeOwned};
use thiserror::Error;

use crate::{FieldName, Known, TargetId, Value, Window, absence::Span};

/// The fields of a record with what is known of each, in the order of their names.
pub type Fields = BTreeMap<FieldName, Known<Value>>;

/// Something that can be brought into agreement: an account, an absence, or a type of the host.
///
/// Everything from matching to report works on records through this trait alone. It is about data;
/// nothing here reads or writes anything.
///
/// # Contract
///
/// - [`set`](Self::set) followed by [`fields`](Self::fields) shows the new value, and no other field changes.
/// - Two records are equal exactly when their fields are.
/// - `Debug` shows no personal data.
pub trait Record:
    Clone + PartialEq + Debug + Serialize + DeserializeOwned + Send + Sync + 'static
{
    /// Names the kind in ledgers, plans and reports, in the singular: `account`.
    const KIND: &'static str;

    /// Returns every field with what is known of it.
    fn fields(&self) -> Fields;

    /// Sets one field; `None` clears it.
    ///
    /// # Errors
    ///
    /// When the kind has no such field, or the field cannot hold the value.
    fn set(&mut self, field: &FieldName, value: Option<&Value>) -> Result<(), FieldError>;

    /// Returns the keys by which a record without a link may be recognised, strongest first.
    ///
    /// A kind without keys is matched by link and external id only: what was entered by hand stays what it is.
    fn match_keys(&self) -> Vec<MatchKey> {
        Vec::new()
    }

    /// Tells whether the record overlaps a window of days. A kind without time overlaps every window.
    fn overlaps(&self, _window: &Window) -> bool {
        true
    }

    /// Returns where the record stands in somebody's calendar, if it takes up time there.
    ///
    /// Wanted records that stand where somebody has entered one by hand are [noted](crate::Notice),
    /// and [`absence::covered`](crate::absence::covered) finds what falls into an absence.
    fn place(&self) -> Option<Place> {
        None
    }

    /// Says how much harm changing a field from one value to another may do. Unless a kind says more, what
    /// [locks](Self::lock) a record weighs as much, and so does what empties a field as a clear.
    fn weight(field: &FieldName, _before: &Known<Value>, after: Option<&Value>) -> Weight {
        let locks = Self::lock().unwrap_or_default();
        let is_lock = |(name, value): &(FieldName, Value)| name == field && after == Some(value);
        match after {
            _ if locks.iter().any(is_lock) => Weight::Locks,
            Some(_) => Weight::Ordinary,
            None => Weight::Clears,
        }
    }

    /// Tells whether the record is only prepared, so that nobody can have used it.
    fn is_staged(&self) -> bool {
        false
    }

    /// Returns the fields that lock a record in the product without removing it, if the kind can be locked.
    fn lock() -> Option<Vec<(FieldName, Value)>> {
        None
    }
}

/// Where a record stands in somebody's calendar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The account of the person.
    pub account: TargetId,
    /// The time that the record takes up.
    pub span: Span,
}

/// A key by which records of both sides may be recognised as the same, already normalised.
///
/// Contains personal data as a rule, so `Debug` shows the name of the key only.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct MatchKey {
    /// Which key it is, such as `email`.
    pub name: FieldName,
    /// The normalised text that both sides must share.
    pub text: String,
}

impl Debug for MatchKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "MatchKey({})", self.name)
    }
}

/// How much harm the change of one field may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    /// An ordinary change.
    Ordinary,
    /// The field loses its value.
    Clears,
    /// The person loses access.
    Locks,
}

/// A field that a record cannot take.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum FieldError {
    /// The kind has no such field.
    #[error("{kind} has no field `{field}`")]
    Unknown {
        /// The kind of record.
        kind: &'static str,
        /// The field.
        field: FieldName,
    },
    /// The field holds another form of value.
    #[error("field `{field}` of {kind} must be {expected}")]
    Form {
        /// The kind of record.
        kind: &'static str,
        /// The field.
        field: FieldName,
        /// What the field can hold.
        expected: &'static str,
    },
}

impl FieldError {
    /// Says that a kind has no such field.
    pub fn unknown<R: Record>(field: &FieldName) -> Self {
        Self::Unknown {
            kind: R::KIND,
            field: field.clone(),
        }
    }

    /// Says what a field of a kind can hold.
    pub fn form<R: Record>(field: &FieldName, expected: &'static str) -> Self {
        Self::Form {
            kind: R::KIND,
            field: field.clone(),
            expected,
        }
    }
}
