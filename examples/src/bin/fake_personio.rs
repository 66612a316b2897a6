//! A Personio to test against.
fn main() {}
