//! A value that may not have been observed at all.

use serde::{Deserialize, Deserializer};

/// Tells apart what was not observed, what is known to be empty, and what has a value.
///
/// Personio leaves out attributes that the credential may not read, without a word (documented). So a missing attribute says
/// nothing about the employee; only null does. Never clear anything in a product because of [`NotObserved`](Self::NotObserved).
///
/// ```
/// use personio_client::Observed;
///
/// fn in_the_product(phone: Observed<&str>, now: Option<&str>) -> Option<String> {
///     match phone {
///         Observed::Value(phone) => Some(phone.to_owned()),
///         Observed::Null => None,
///         Observed::NotObserved => now.map(str::to_owned),
///     }
/// }
///
/// assert_eq!(in_the_product(Observed::NotObserved, Some("+49 89 1234")).as_deref(), Some("+49 89 1234"));
/// assert_eq!(in_the_product(Observed::Null, Some("+49 89 1234")), None);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Observed<T> {
    /// The answer does not hold it: the credential may not read it, or the server left it out.
    #[default]
    NotObserved,
    /// The answer says that there is none.
    Null,
    /// The answer holds it.
    Value(T),
}

impl<T> Observed<T> {
    /// Returns the value, if there is one. Use this only where the difference between unknown and empty does not matter.
    pub fn into_value(self) -> Option<T> {
        match self {
            Self::Value(value) => Some(value),
            Self::NotObserved | Self::Null => None,
        }
    }

    /// Returns a reference to the value, if there is one.
    pub fn value(&self) -> Option<&T> {
        self.as_ref().into_value()
    }

    /// Returns true unless the answer left it out.
    pub fn is_observed(&self) -> bool {
        !matches!(self, Self::NotObserved)
    }

    /// Returns true if the answer says that there is none.
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// Borrows the value.
    pub fn as_ref(&self) -> Observed<&T> {
        match self {
            Self::NotObserved => Observed::NotObserved,
            Self::Null => Observed::Null,
            Self::Value(value) => Observed::Value(value),
        }
    }

    /// Changes the value, if there is one.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Observed<U> {
        match self {
            Self::NotObserved => Observed::NotObserved,
            Self::Null => Observed::Null,
            Self::Value(value) => Observed::Value(change(value)),
        }
    }

    /// Changes the value, if there is one, into something that may itself be unknown or empty.
    pub fn and_then<U>(self, change: impl FnOnce(T) -> Observed<U>) -> Observed<U> {
        match self {
            Self::NotObserved => Observed::NotObserved,
            Self::Null => Observed::Null,
            Self::Value(value) => change(value),
        }
    }
}

impl Observed<String> {
    /// Borrows the text.
    pub fn as_deref(&self) -> Observed<&str> {
        self.as_ref().map(String::as_str)
    }
}

/// Reads null as [`Null`](Observed::Null); pair it with `#[serde(default)]`, so that a missing member is not observed.
impl<'de, T: Deserialize<'de>> Deserialize<'de> for Observed<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Option::<T>::deserialize(deserializer)?;
        Ok(value.map_or(Self::Null, Self::Value))
    }
}
