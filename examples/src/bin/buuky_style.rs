//! Desk booking with Personio: `buuky-style --help` says what it can do.

use std::process::ExitCode;

use examples::{harness, products::buuky::Buuky};

#[tokio::main]
async fn main() -> ExitCode {
    harness::main::<Buuky>().await
}
