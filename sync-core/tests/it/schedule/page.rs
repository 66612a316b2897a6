//! The page about schedules shows timetables that are possible.

use std::{fs, path::Path};

use sync_core::schedule::Timetable;

#[expect(
    clippy::disallowed_methods,
    reason = "the test reads the page that it checks"
)]
#[test]
fn the_timetables_of_the_page_are_possible() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/schedule.md");
    let page = fs::read_to_string(path).expect("the page can be read");
    let blocks: Vec<_> = page
        .split("```toml\n")
        .skip(1)
        .filter_map(|rest| rest.split("```").next())
        .collect();
    assert!(blocks.len() >= 2, "the page shows timetables");
    for block in blocks {
        let read: Result<Timetable, _> = toml::from_str(block);
        assert!(read.is_ok(), "{block}\n{}", read.expect_err("it is wrong"));
    }
}
