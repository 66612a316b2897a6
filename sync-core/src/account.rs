use serde::{Deserialize, Serialize};

use crate::{
    FieldError, FieldName, Fields, Known, Value,
    record::{MatchKey, Record, Weight},
    text::fold,
};

/// The names of the fields that nearly every product has. A mapping may name others.
pub mod field {
    use crate::FieldName;

    /// What the person may do: see [`Access`](super::Access).
    pub const ACCESS: FieldName = FieldName::literal("access");
    /// The e-mail address, also the usual key for matching.
    pub const EMAIL: FieldName = FieldName::literal("email");
    /// The given name.
    pub const FIRST_NAME: FieldName = FieldName::literal("first_name");
    /// The family name.
    pub const LAST_NAME: FieldName = FieldName::literal("last_name");
}

/// A person's account in the product: its access, and the fields that the mapping names.
///
/// ```
/// use sync_core::{Access, Account, account::field};
///
/// let account = Account::new(Access::Active)
///     .with(field::EMAIL, "ada@example.com")
///     .with(field::FIRST_NAME, "Ada");
/// assert_eq!(account.text(&field::EMAIL), Some("ada@example.com"));
/// assert_eq!(account.access(), Some(Access::Active));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Account {
    fields: Fields,
}

impl Account {
    /// Makes an account that has nothing but its access.
    #[must_use]
    pub fn new(access: Access) -> Self {
        Self::default().with(field::ACCESS, access.as_str())
    }

    /// Sets a field to a value.
    #[must_use]
    pub fn with(mut self, field: impl Into<FieldName>, value: impl Into<Value>) -> Self {
        self.fields.insert(field.into(), Known::Value(value.into()));
        self
    }

    /// Sets what is known of a field.
    #[must_use]
    pub fn with_known(mut self, field: impl Into<FieldName>, known: Known<Value>) -> Self {
        self.fields.insert(field.into(), known);
        self
    }

    /// Returns what is known of a field; a field without an entry was not observed.
    pub fn get(&self, field: &FieldName) -> Known<&Value> {
        self.fields
            .get(field)
            .map_or(Known::NotObserved, Known::as_ref)
    }

    /// Returns a field as text, if it holds text.
    pub fn text(&self, field: &FieldName) -> Option<&str> {
        self.get(field).value().and_then(Value::as_text)
    }

    /// Returns what the person may do, if it is known.
    pub fn access(&self) -> Option<Access> {
        self.text(&field::ACCESS).and_then(Access::from_text)
    }
}

impl Record for Account {
    const KIND: &'static str = "account";

    fn fields(&self) -> Fields {
        self.fields.clone()
    }

    fn set(&mut self, field: &FieldName, value: Option<&Value>) -> Result<(), FieldError> {
        if *field == field::ACCESS
            && value
                .and_then(Value::as_text)
                .and_then(Access::from_text)
                .is_none()
        {
            return Err(FieldError::form::<Self>(
                field,
                "one of active, staged, locked",
            ));
        }
        self.fields
            .insert(field.clone(), Known::from_observed(value.cloned()));
        Ok(())
    }

    /// An account is recognised by its e-mail address.
    fn match_keys(&self) -> Vec<MatchKey> {
        let email = self.text(&field::EMAIL).and_then(email_key);
        email
            .map(|text| MatchKey {
                name: field::EMAIL,
                text,
            })
            .into_iter()
            .collect()
    }

    fn weight(field: &FieldName, before: &Known<Value>, after: Option<&Value>) -> Weight {
        if *field == field::ACCESS {
            let access = |value: &Value| value.as_text().and_then(Access::from_text);
            let before = before.as_ref().value().and_then(access);
            let after = after.and_then(access);
            // Access that is unknown so far counts as full access: what takes it away must pass the guard.
            let loses = after < before.or(Some(Access::Active));
            return if loses {
                Weight::Locks
            } else {
                Weight::Ordinary
            };
        }
        match after {
            Some(_) => Weight::Ordinary,
            None => Weight::Clears,
        }
    }

    fn is_staged(&self) -> bool {
        self.access() == Some(Access::Staged)
    }

    fn lock() -> Option<Vec<(FieldName, Value)>> {
        Some(vec![(field::ACCESS, Access::Locked.as_str().into())])
    }
}

/// What a person may do in the product, from least to most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Access {
    /// Nothing any more; the account and its data stay.
    Locked,
    /// Nothing yet; the account is prepared for the first day.
    Staged,
    /// Everything the product grants.
    Active,
}

impl Access {
    /// Returns the access as it stands in the field `access`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Locked => "locked",
            Self::Staged => "staged",
            Self::Active => "active",
        }
    }

    /// Reads the access from the field `access`.
    pub fn from_text(text: &str) -> Option<Self> {
        [Self::Locked, Self::Staged, Self::Active]
            .into_iter()
            .find(|access| access.as_str() == text)
    }
}

/// Brings an e-mail address into the form in which two of them are compared, or `None` when it is blank.
///
/// Surrounding blanks, case and Unicode composition do not matter. Dots and plus tags do: to most
/// mail systems they are other mailboxes.
pub fn email_key(email: &str) -> Option<String> {
    let key = fold(email);
    (!key.is_empty()).then_some(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[rstest::rstest]
    #[case::case("Ada.Nwosu@Example.com", "ada.nwosu@example.com")]
    #[case::blanks("  ada@example.com\t", "ada@example.com")]
    #[case::composition("jose\u{301}@example.com", "jos\u{e9}@example.com")]
    #[case::plus_tags_are_other_mailboxes("ada+desk@example.com", "ada+desk@example.com")]
    fn an_email_key_ignores_only_what_never_matters(#[case] email: &str, #[case] key: &str) {
        assert_eq!(email_key(email).as_deref(), Some(key));
    }

    #[test]
    fn a_blank_email_is_no_key() {
        assert_eq!(email_key("  "), None);
    }

    #[rstest::rstest]
    #[case::lock(Some("active"), "locked", Weight::Locks)]
    #[case::back_to_staged(Some("active"), "staged", Weight::Locks)]
    #[case::unknown_counts_as_active(None, "staged", Weight::Locks)]
    #[case::unlock(Some("locked"), "active", Weight::Ordinary)]
    #[case::first_day(Some("staged"), "active", Weight::Ordinary)]
    fn less_access_is_a_lock(
        #[case] before: Option<&str>,
        #[case] after: &str,
        #[case] weight: Weight,
    ) {
        let before = before.map_or(Known::NotObserved, |text| Known::Value(Value::from(text)));
        assert_eq!(
            Account::weight(&field::ACCESS, &before, Some(&after.into())),
            weight
        );
    }

    #[test]
    fn access_takes_no_other_words() {
        let mut account = Account::new(Access::Active);
        let error = account
            .set(&field::ACCESS, Some(&"gone".into()))
            .unwrap_err();
        assert_eq!(
            error.to_string(),
            "field `access` of account must be one of active, staged, locked"
        );
        assert_eq!(account.access(), Some(Access::Active));
    }
}
