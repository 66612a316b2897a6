//! A project tool with Personio: `awork-style --help` says what it can do.

use std::process::ExitCode;

use examples::{harness, products::awork::Awork};

#[tokio::main]
async fn main() -> ExitCode {
    harness::main::<Awork>().await
}
