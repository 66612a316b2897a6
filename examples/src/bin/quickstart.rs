//! From Personio to a product's database.
fn main() {}
