use std::fmt;

use chrono::{Days, NaiveDate};

use crate::{
    Employee, FieldName, Known, Record, Value,
    account::field,
    employee::{EmployeeStatus, attribute},
};

/// A person whose data is easy to recognise, to find out where personal data ends up.
///
/// Every text of the person contains one word that occurs nowhere else. The word is looked for in what a program
/// writes: as it is, in any case, in base64 at any offset, in hexadecimal digits, and in UTF-16. It has letters
/// and digits only, so that it looks the same in a URL, in JSON and in HTML.
///
/// ```
/// use sync_core::{Account, Access, Existing, account::field, testing::Canary};
///
/// let canary = Canary::new(1);
/// let account = Account::new(Access::Active).with(field::EMAIL, canary.text("email"));
/// let existing = Existing::new("4711", account);
/// canary.assert_no_leak(&format!("{existing:?}"));
///
/// let json = serde_json::to_string(&existing.record)?;
/// assert_eq!(canary.leak_in(&json), Some("a text"));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone)]
pub struct Canary {
    number: u32,
    word: String,
}

impl Canary {
    /// Makes a person; each number makes another one.
    pub fn new(number: u32) -> Self {
        // No word of any language, and no run of digits that an id or a hash is likely to have.
        let word = format!("Kanarq{number:04}vogelx");
        Self { number, word }
    }

    /// Returns what the person has in a field that holds any text; an address for `email`.
    pub fn text(&self, field: &str) -> String {
        match field {
            "email" => format!("{}@example.com", self.word),
            // Letters beyond ASCII and a blank, so that encoding changes something.
            _ => format!("{} Ünïq {field}", self.word),
        }
    }

    /// Returns what the person has in a field that holds a day, such as that of birth.
    pub fn day(&self) -> NaiveDate {
        let first = NaiveDate::from_ymd_opt(1907, 4, 13).unwrap_or_default();
        first + Days::new(u64::from(self.number % 3000))
    }

    /// Makes an employee at work who has personal data in every attribute that may hold some: names, address, birthday,
    /// a list, and an attribute of the customer's own.
    pub fn employee(&self) -> Employee {
        let text = |field: &FieldName| Value::from(self.text(field.as_str()));
        let offices = vec![
            Value::from(self.text("office")),
            Value::from(self.text("room")),
        ];
        Employee::default()
            .with(
                attribute::STATUS,
                Value::from(EmployeeStatus::Active.as_str()),
            )
            .with(field::EMAIL, text(&field::EMAIL))
            .with(field::FIRST_NAME, text(&field::FIRST_NAME))
            .with(field::LAST_NAME, text(&field::LAST_NAME))
            .with("birthday", Value::from(self.day()))
            .with("offices", Value::List(offices))
            .with("dynamic_42", Value::from(self.text("dynamic_42")))
    }

    /// Plants the person into every field of a record that takes any text. Fields that are in `but` stay as they are,
    /// such as those that refer to another record.
    pub fn in_record<R: Record>(&self, mut record: R, but: &[FieldName]) -> R {
        for (field, known) in record.fields() {
            let is_text = matches!(known, Known::Value(Value::Text(_)));
            if is_text && !but.contains(&field) {
                let text = Value::from(self.text(field.as_str()));
                // A field that takes certain words only, such as a status, says nothing about anybody.
                let _refused = record.set(&field, Some(&text));
            }
        }
        record
    }

    /// Ends the test if personal data of the person is in a text.
    ///
    /// # Panics
    ///
    /// When it is.
    #[track_caller]
    pub fn assert_no_leak(&self, text: &str) {
        let leak = self.find(text).map(|(what, at)| {
            let around = &text.as_bytes()[at.saturating_sub(60)..text.len().min(at + 60)];
            let (number, around) = (self.number, String::from_utf8_lossy(around));
            format!("{what} of canary {number} is in\n…{around}…")
        });
        assert!(leak.is_none(), "{}", leak.unwrap_or_default());
    }

    /// Ends the test if personal data of the person is in a file, a body or a row.
    ///
    /// # Panics
    ///
    /// When it is.
    #[track_caller]
    pub fn assert_no_leak_in_bytes(&self, bytes: &[u8]) {
        self.assert_no_leak(&String::from_utf8_lossy(bytes));
    }

    /// Returns what of the person is in a text, and in which form, if anything is.
    pub fn leak_in(&self, text: &str) -> Option<&'static str> {
        self.find(text).map(|(what, _)| what)
    }

    fn find(&self, text: &str) -> Option<(&'static str, usize)> {
        let lower = text.to_ascii_lowercase();
        let word = self.word.to_ascii_lowercase();
        let letters = word.chars().map(String::from);
        let day = self.day();
        let in_any_case = [
            ("a text", word.clone()),
            ("a text in hexadecimal digits", hex(&word)),
            ("a text in hexadecimal digits", hex(&self.word)),
            // Of either order; what lies between the letters is the same.
            ("a text in UTF-16", letters.collect::<Vec<_>>().join("\0")),
            ("a day", day.format("%Y-%m-%d").to_string()),
            ("a day", day.format("%d.%m.%Y").to_string()),
            ("a day", day.format("%m/%d/%Y").to_string()),
        ];
        let found = in_any_case
            .into_iter()
            .filter_map(|(what, needle)| Some((what, lower.find(&needle)?)));
        let in_base64 = [&self.word, &word]
            .into_iter()
            .flat_map(|word| (0..3).map(|offset| base64_inside(word.as_bytes(), offset)))
            .filter_map(|needle| Some(("a text in base64", text.find(&needle)?)));
        found.chain(in_base64).next()
    }
}

impl fmt::Debug for Canary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Canary({})", self.number)
    }
}

fn hex(word: &str) -> String {
    word.bytes().map(|byte| format!("{byte:02x}")).collect()
}

/// Returns the characters that base64 has for a word in the middle of a text, whatever stands before and after it.
///
/// Three bytes become four characters, so a word looks different at each of three offsets, and the characters at its
/// ends depend on its neighbours. The word has ASCII letters and digits only, for which both alphabets agree often
/// enough; a character that differs between them is `+` or `/`, which no six bits of such a word make.
fn base64_inside(word: &[u8], offset: usize) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let skipped = (3 - offset) % 3;
    let inside = word.get(skipped..).unwrap_or_default();
    let triples = inside.chunks_exact(3);
    triples
        .flat_map(|triple| {
            let bits = triple
                .iter()
                .fold(0_usize, |bits, byte| bits << 8 | usize::from(*byte));
            [18, 12, 6, 0].map(|shift| char::from(ALPHABET[bits >> shift & 63]))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Encoded by other programs, with every number of bytes before the word.
    #[rstest::rstest]
    #[case::as_it_is("to Kanarq0007vogelx@example.com", Some("a text"))]
    #[case::in_lower_case("kanarq0007vogelx", Some("a text"))]
    #[case::in_a_url("?q=Kanarq0007vogelx%20%C3%9Cn%C3%AFq", Some("a text"))]
    #[case::in_base64("S2FuYXJxMDAwN3ZvZ2VseCDDnG7Dr3E=", Some("a text in base64"))]
    #[case::in_base64_after_a_letter("YUthbmFycTAwMDd2b2dlbHggw5w=", Some("a text in base64"))]
    #[case::in_base64_after_two("YWJLYW5hcnEwMDA3dm9nZWx4IA==", Some("a text in base64"))]
    #[case::in_base64_in_lower_case("a2FuYXJxMDAwN3ZvZ2VseA==", Some("a text in base64"))]
    #[case::in_digits(
        "4B616E61727130303037766F67656C78",
        Some("a text in hexadecimal digits")
    )]
    #[case::a_birthday("born 1907-04-20", Some("a day"))]
    #[case::a_birthday_as_germans_write_it("geb. 20.04.1907", Some("a day"))]
    #[case::another_person("Kanarq0008vogelx", None)]
    #[case::nothing("account 4711: 1 updated", None)]
    fn a_canary_is_found_in_every_form(#[case] text: &str, #[case] found: Option<&str>) {
        assert_eq!(Canary::new(7).leak_in(text), found);
    }

    #[test]
    fn a_canary_is_found_in_bytes_that_are_no_text() {
        let name = Canary::new(7).text("first_name");
        let mut bytes = vec![0xff, 0x00];
        bytes.extend(name.encode_utf16().flat_map(u16::to_le_bytes));
        let text = String::from_utf8_lossy(&bytes);
        assert_eq!(Canary::new(7).leak_in(&text), Some("a text in UTF-16"));
    }
}
