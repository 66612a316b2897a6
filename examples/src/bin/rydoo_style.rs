//! Expenses with Personio: `rydoo-style --help` says what it can do.

use std::process::ExitCode;

use examples::{harness, products::rydoo::Rydoo};

#[tokio::main]
async fn main() -> ExitCode {
    harness::main::<Rydoo>().await
}
