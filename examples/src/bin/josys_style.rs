//! IT administration with Personio: `josys-style --help` says what it can do.

use std::process::ExitCode;

use examples::{harness, products::josys::Josys};

#[tokio::main]
async fn main() -> ExitCode {
    harness::main::<Josys>().await
}
