use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::{FieldName, SourceId, Value};

/// The key under which one connection hashes the values it remembers.
///
/// The ledger keeps hashes instead of values, so that it holds no personal data. Names and dates are
/// few enough to be guessed, so the hashes are keyed: keep the key away from the ledger, give each
/// connection its own, and keep it for as long as the ledger lives. `Debug` does not show it.
#[derive(Clone)]
pub struct HashKey([u8; 32]);

impl HashKey {
    /// Takes 32 random bytes.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Hashes a value of one field of one record; `None` stands for an empty field.
    ///
    /// The record is part of it, so that nobody can tell from the hashes who shares a value with whom.
    pub(crate) fn hash(
        &self,
        kind: &str,
        source: &SourceId,
        field: &FieldName,
        value: Option<&Value>,
    ) -> FieldHash {
        let mut mac = self.mac();
        feed(&mut mac, kind.as_bytes());
        feed(&mut mac, source.as_str().as_bytes());
        feed(&mut mac, field.as_str().as_bytes());
        match value {
            None => mac.update(b"empty"),
            Some(value) => feed_value(&mut mac, value),
        }
        FieldHash(hex(&mac.finalize().into_bytes()[..16]))
    }

    /// Hashes the parts of a text that must not be guessed back, for idempotency keys.
    pub(crate) fn hash_parts<'a>(&self, parts: impl IntoIterator<Item = &'a str>) -> String {
        let mut mac = self.mac();
        for part in parts {
            feed(&mut mac, part.as_bytes());
        }
        hex(&mac.finalize().into_bytes()[..16])
    }

    fn mac(&self) -> Hmac<Sha256> {
        Hmac::new_from_slice(&self.0).expect("HMAC takes keys of any length")
    }
}

impl fmt::Debug for HashKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HashKey(..)")
    }
}

/// The keyed hash of one field's value. Two hashes of one record's field are equal exactly when the values are.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FieldHash(String);

/// The fingerprint of a plan or of a list of held changes: the same changes, the same digest.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Digest(String);

impl Digest {
    /// Reads a digest that a person typed, such as the argument of an approval.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Returns the digest as lower-case hexadecimal digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Fingerprints a text, such as the settings of a host's own kind of record.
    pub fn of(text: &str) -> Self {
        Self::of_parts([text])
    }

    pub(crate) fn of_parts<'a>(parts: impl IntoIterator<Item = &'a str>) -> Self {
        let mut sha = Sha256::new();
        for part in parts {
            sha.update((part.len() as u64).to_be_bytes());
            sha.update(part.as_bytes());
        }
        Self(hex(&sha.finalize()[..16]))
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Feeds a part with its length, so that no two lists of parts look the same.
fn feed(mac: &mut Hmac<Sha256>, part: &[u8]) {
    mac.update(&(part.len() as u64).to_be_bytes());
    mac.update(part);
}

fn feed_value(mac: &mut Hmac<Sha256>, value: &Value) {
    let mut tagged = |tag: &[u8], text: &str| {
        mac.update(tag);
        feed(mac, text.as_bytes());
    };
    match value {
        Value::Text(text) => tagged(b"t", text),
        // 40 and 40.0 are the same number.
        Value::Number(number) => tagged(b"n", &number.normalize().to_string()),
        Value::Bool(value) => tagged(b"b", if *value { "1" } else { "0" }),
        Value::Date(date) => tagged(b"d", &date.to_string()),
        Value::Source(source) => tagged(b"s", source.as_str()),
        Value::Target(target) => tagged(b"r", target.as_str()),
        Value::List(values) => {
            tagged(b"l", &values.len().to_string());
            for value in values {
                feed_value(mac, value);
            }
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    use fmt::Write as _;
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::field;

    #[test]
    fn the_same_name_looks_different_to_every_connection_person_and_field() {
        let [one, two] = [HashKey::new([1; 32]), HashKey::new([2; 32])];
        let name = Value::from("Ada");
        let hash = |key: &HashKey, person: &str, field: FieldName| {
            key.hash("account", &SourceId::new(person), &field, Some(&name))
        };
        let first_name = hash(&one, "4711", field::FIRST_NAME);
        assert_eq!(first_name, hash(&one, "4711", field::FIRST_NAME));
        assert_ne!(first_name, hash(&two, "4711", field::FIRST_NAME));
        assert_ne!(first_name, hash(&one, "4712", field::FIRST_NAME));
        assert_ne!(first_name, hash(&one, "4711", field::LAST_NAME));
    }

    #[test]
    fn an_empty_field_is_not_an_empty_text() {
        let hash = |value| {
            let key = HashKey::new([1; 32]);
            key.hash("account", &SourceId::new("4711"), &field::FIRST_NAME, value)
        };
        assert_ne!(hash(None), hash(Some(&"".into())));
    }

    #[test]
    fn a_key_does_not_print_itself() {
        assert_eq!(format!("{:?}", HashKey::new([7; 32])), "HashKey(..)");
    }
}
