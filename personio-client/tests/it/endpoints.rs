//! The table of operations.

use std::collections::BTreeSet;
use std::path::Path;

use personio_client::{ENDPOINTS, Paging, endpoint_table_markdown};

const INTRODUCTION: &str = "\
# Operations

What the client knows about each operation it calls. This page is made from the table in the code; run the tests of the client with
`UPDATE_DOCS=1` to renew it.

Rates are where the client starts; the `x-ratelimit-*` headers of answers correct them. Where no figure is published it starts with
5 per second. Certainty says where the facts about paging come from: Personio's specification, its documentation, observation of the
live service, or conclusion.

";

#[test]
fn the_page_in_the_documentation_is_up_to_date() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/endpoints.md");
    let page = format!("{INTRODUCTION}{}", endpoint_table_markdown());
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::create_dir_all(path.parent().expect("the page has a folder"))
            .expect("the folder can be made");
        std::fs::write(&path, &page).expect("the page can be written");
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        written == page,
        "docs/endpoints.md is stale; run the tests of the client with UPDATE_DOCS=1"
    );
}

#[test]
fn names_and_requests_are_unique() {
    let names: BTreeSet<_> = ENDPOINTS.iter().map(|operation| operation.name).collect();
    let requests: BTreeSet<_> = ENDPOINTS
        .iter()
        .map(|operation| (operation.method.as_str(), operation.version, operation.path))
        .collect();
    assert_eq!(
        (names.len(), requests.len()),
        (ENDPOINTS.len(), ENDPOINTS.len())
    );
}

#[test]
fn the_limits_that_personio_enforces_are_never_exceeded_by_default() {
    for operation in ENDPOINTS {
        if let Some(limits) = operation.paging.limits() {
            assert!(
                (1..=limits.max).contains(&limits.default),
                "{}",
                operation.name
            );
        }
    }
}

#[test]
fn absences_of_v1_count_pages_and_employees_count_records() {
    let paging = |name: &str| {
        ENDPOINTS
            .iter()
            .find(|operation| operation.name == name)
            .unwrap()
            .paging
    };
    assert!(
        matches!(paging("v1.employees.list"), Paging::RecordOffset(limits) if limits.max == 100)
    );
    assert!(matches!(
        paging("v1.time_offs.list"),
        Paging::PageOffset { first: 1, .. }
    ));
    assert!(matches!(
        paging("v1.absence_periods.list"),
        Paging::PageOffset { first: 1, .. }
    ));
}
