//! What Personio says against input, in its own words.

use std::fmt;

/// What Personio has against the input: the field, where it names one, and its own words.
///
/// The words are meant for the person who entered the data. They may be in the language of the account and may repeat what
/// was entered, so they stand in no text of an error and in no `Debug`, and do not belong into logs;
/// [`without`](Self::without) takes the repetitions out.
#[derive(Clone, PartialEq, Eq)]
pub struct Objection {
    field: Option<String>,
    message: String,
}

impl Objection {
    pub(super) fn new(field: Option<&str>, message: &str) -> Option<Self> {
        const LONGEST: usize = 300;
        let message: String = message.trim().chars().take(LONGEST).collect();
        let field = field.map(str::to_owned);
        (!message.is_empty()).then_some(Self { field, message })
    }

    /// Returns the field, as Personio names it.
    pub fn field(&self) -> Option<&str> {
        self.field.as_deref()
    }

    /// Returns Personio's own words, which may hold personal data.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Returns field and words such as `email: The email has already been taken.`, without the values that were sent and without
    /// mail addresses; in their place stands an ellipsis.
    pub fn without<'a>(&self, sent: impl IntoIterator<Item = &'a str>) -> String {
        let mut sent: Vec<_> = sent.into_iter().map(str::trim).collect();
        sent.retain(|value| value.chars().any(char::is_alphanumeric));
        // The longest first, so that none is left in part.
        sent.sort_by_key(|value| std::cmp::Reverse(value.len()));
        let mut words = self.message.clone();
        for value in sent {
            while let Some((start, end)) = find(&words, value) {
                words.replace_range(start..end, "…");
            }
        }
        let words: Vec<_> = words
            .split_whitespace()
            .map(|word| if word.contains('@') { "…" } else { word })
            .collect();
        let words = words.join(" ");
        match &self.field {
            Some(field) => format!("{field}: {words}"),
            None => words,
        }
    }
}

impl fmt::Debug for Objection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Objection")
            .field("field", &self.field)
            .finish_non_exhaustive()
    }
}

/// Finds a value as a word of its own, whatever its case, and returns its place in bytes.
fn find(text: &str, value: &str) -> Option<(usize, usize)> {
    let lower = |text: &str| text.to_lowercase();
    let wanted = lower(value);
    let is_apart = |neighbour: Option<char>| !neighbour.is_some_and(char::is_alphanumeric);
    text.char_indices().find_map(|(start, _)| {
        let mut ends = text[start..].char_indices();
        let end = ends.find_map(|(offset, character)| {
            let end = start + offset + character.len_utf8();
            (lower(&text[start..end]) == wanted).then_some(end)
        })?;
        let alone =
            is_apart(text[..start].chars().next_back()) && is_apart(text[end..].chars().next());
        alone.then_some((start, end))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[rstest::rstest]
    #[case::nothing_to_hide(
        "The email has already been taken.",
        "email: The email has already been taken."
    )]
    #[case::repeated("Łucja KOWALSKA is not allowed", "email: … … is not allowed")]
    #[case::part_of_a_word("You need a name", "email: You need a name")]
    #[case::an_address("ed@example.com ist schon vergeben", "email: … ist schon vergeben")]
    fn what_was_sent_is_taken_out(#[case] message: &str, #[case] told: &str) {
        let objection = Objection::new(Some("email"), message).unwrap();
        assert_eq!(objection.without(["łucja", "Kowalska", "Ed", ""]), told);
        assert!(!format!("{objection:?}").contains(message));
    }
}
