use std::error::Error;

/// Writes an error with everything that caused it, in one line: `the ledger cannot write: the disk is full`.
pub fn with_causes(error: &dyn Error) -> String {
    let mut words = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        words.push_str(": ");
        words.push_str(&cause.to_string());
        source = cause.source();
    }
    words
}
