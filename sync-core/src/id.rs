use std::{borrow::Cow, fmt, sync::Arc};

use serde::{Deserialize, Serialize};

macro_rules! identifier {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        #[serde(transparent)]
        pub struct $name(Arc<str>);

        impl $name {
            /// Takes the identifier as it is.
            pub fn new(id: impl AsRef<str>) -> Self {
                Self(id.as_ref().into())
            }

            /// Returns the identifier as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl From<&str> for $name {
            fn from(id: &str) -> Self {
                Self::new(id)
            }
        }

        impl From<String> for $name {
            fn from(id: String) -> Self {
                Self(id.into())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }
    };
}

identifier! {
    /// Identifies a record in the leading system (HR), for as long as it exists there.
    ///
    /// Identifiers appear in logs and reports; never build one from a name or an e-mail.
    SourceId
}

identifier! {
    /// Identifies a record in the product. Appears in logs and reports like [`SourceId`].
    TargetId
}

identifier! {
    /// The version of a record in the product, for products that can refuse an outdated change.
    Version
}

impl SourceId {
    /// Names the part of a record that lies in one year, for products where nothing crosses the end of
    /// a year: `4711#2027`. The id of the source itself must not have this form.
    #[must_use]
    pub fn part(&self, year: i32) -> Self {
        Self::from(format!("{self}#{year:04}"))
    }

    /// Returns the id of the whole, if this is the id of a part.
    pub fn whole(&self) -> Option<Self> {
        let (whole, year) = self.0.rsplit_once('#')?;
        let is_year = year.len() == 4 && year.bytes().all(|byte| byte.is_ascii_digit());
        (is_year && !whole.is_empty()).then(|| Self::new(whole))
    }
}

/// Names a field of a record, such as `email`.
///
/// Names are part of the policy, not personal data.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct FieldName(Cow<'static, str>);

impl FieldName {
    /// Names a field that is known when the program is written.
    pub const fn literal(name: &'static str) -> Self {
        Self(Cow::Borrowed(name))
    }

    /// Names a field that is known from settings only.
    pub fn new(name: impl Into<String>) -> Self {
        Self(Cow::Owned(name.into()))
    }

    /// Returns the name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&'static str> for FieldName {
    fn from(name: &'static str) -> Self {
        Self::literal(name)
    }
}

impl fmt::Display for FieldName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for FieldName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FieldName({})", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_knows_its_whole() {
        let whole = SourceId::new("4711#b");
        assert_eq!(whole.part(2027).as_str(), "4711#b#2027");
        assert_eq!(whole.part(2027).whole(), Some(whole.clone()));
        assert_eq!(whole.whole(), None);
        assert_eq!(SourceId::new("#2027").whole(), None);
    }
}
