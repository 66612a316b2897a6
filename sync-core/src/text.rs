use unicode_normalization::UnicodeNormalization as _;

/// Brings a text into the form in which two of them are compared: surrounding blanks, case and Unicode
/// composition do not matter.
pub(crate) fn fold(text: &str) -> String {
    text.trim().nfc().collect::<String>().to_lowercase()
}
