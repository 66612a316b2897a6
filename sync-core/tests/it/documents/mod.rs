//! Documents that are made from the code, so that they cannot say anything else.

use std::{env, fs, path::Path};

mod laws;
#[cfg(feature = "schema")]
mod policy;
mod situations;

/// Compares a page of `docs` with what it should be; with `UPDATE_DOCS` set, writes it.
#[expect(
    clippy::disallowed_methods,
    reason = "the test reads the page that it checks"
)]
fn assert_up_to_date(name: &str, page: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../docs")
        .join(name);
    if env::var_os("UPDATE_DOCS").is_some() {
        fs::write(&path, page).expect("the page can be written");
    }
    let written = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        written == page,
        "docs/{name} is stale; run the tests of sync-core with UPDATE_DOCS=1"
    );
}
