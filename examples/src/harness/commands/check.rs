use std::process::ExitCode;

use crate::harness::{Connection, Failure, Product, Result};
use crate::say::say;

/// Tests the credential, and says what it can and cannot do.
pub(super) async fn run<P: Product>(connection: &Connection<P>) -> Result<ExitCode> {
    let report = connection.check().await?;
    say!("credential  accepted");
    for (right, verdict) in &report.rights {
        say!("right       {:<26} {verdict}", right.as_str());
    }
    for (attribute, verdict) in &report.attributes {
        say!("attribute   {:<26} {verdict}", attribute.as_str());
    }
    let untold = report.untold();
    if !untold.is_empty() {
        say!(
            "Personio does not say whether the credential may do this, only trying would: {}",
            untold.join(", ")
        );
    }
    let missing = report.missing();
    if missing.is_empty() {
        say!(
            "{}",
            match untold.is_empty() {
                true => "Everything that is needed is there.",
                false => "Nothing is known to be missing.",
            }
        );
        return Ok(ExitCode::SUCCESS);
    }
    Err(Failure::run(format!(
        "missing: {}. Tick it in Personio, under Settings, API credentials",
        missing.join(", ")
    )))
}
