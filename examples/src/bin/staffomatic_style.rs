//! Shift planning with Personio: `staffomatic-style --help` says what it can do.

use std::process::ExitCode;

use examples::{harness, products::staffomatic::Staffomatic};

#[tokio::main]
async fn main() -> ExitCode {
    harness::main::<Staffomatic>().await
}
