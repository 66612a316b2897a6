use serde::{Deserialize, Serialize};

/// What is known of one field: nothing, that it is empty, or its value.
///
/// The difference between the first two is what keeps data alive. Personio leaves an attribute out
/// of every answer when the credential may not read it, without an error and without a hint; an
/// engine that reads "left out" as "empty" clears that field for a whole company.
///
/// [`NotObserved`](Self::NotObserved) therefore never leads to a write.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Known<T> {
    /// The source said nothing about the field, for whatever reason.
    #[default]
    NotObserved,
    /// The source said that the field is empty.
    Cleared,
    /// The source said what the field holds.
    Value(T),
}

impl<T> Known<T> {
    /// Returns the value, if there is one.
    pub fn value(self) -> Option<T> {
        match self {
            Self::Value(value) => Some(value),
            Self::NotObserved | Self::Cleared => None,
        }
    }

    /// Borrows what is known.
    pub fn as_ref(&self) -> Known<&T> {
        match self {
            Self::NotObserved => Known::NotObserved,
            Self::Cleared => Known::Cleared,
            Self::Value(value) => Known::Value(value),
        }
    }

    /// Applies a function to the value, if there is one.
    pub fn map<U>(self, function: impl FnOnce(T) -> U) -> Known<U> {
        match self {
            Self::NotObserved => Known::NotObserved,
            Self::Cleared => Known::Cleared,
            Self::Value(value) => Known::Value(function(value)),
        }
    }

    /// Tells whether the source said anything at all.
    pub fn is_observed(&self) -> bool {
        !matches!(self, Self::NotObserved)
    }

    /// Reads an option of a source that always says everything: `None` means empty.
    pub fn from_observed(value: Option<T>) -> Self {
        value.map_or(Self::Cleared, Self::Value)
    }
}

/// Shows which of the three it is, never the value.
impl<T> std::fmt::Debug for Known<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::NotObserved => "NotObserved",
            Self::Cleared => "Cleared",
            Self::Value(_) => "Value(..)",
        })
    }
}

impl<T> From<T> for Known<T> {
    fn from(value: T) -> Self {
        Self::Value(value)
    }
}
