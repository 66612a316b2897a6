//! `docs/products.md`: every row of the list of products, and the test that shows it.

use std::{collections::BTreeMap, fs, path::Path};

/// The rows that there must be.
const ROWS: [(&str, u32); 6] = [("B", 12), ("A", 7), ("R", 6), ("S", 21), ("J", 4), ("X", 6)];

/// Products that are still to come; their rows may be missing until then.
const TO_COME: [&str; 0] = [];

fn repository() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

/// Returns the names of all tests of the workspace, each with its file.
fn tests() -> BTreeMap<String, String> {
    let mut tests = BTreeMap::new();
    for folder in [
        "examples/tests/it",
        "sync-core/tests/it",
        "personio-client/tests",
    ] {
        visit(&repository().join(folder), &mut tests);
    }
    tests
}

fn visit(folder: &Path, tests: &mut BTreeMap<String, String>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            visit(&path, tests);
        } else if path.extension().is_some_and(|it| it == "rs") {
            let text = fs::read_to_string(&path).expect("is text");
            let functions = text.split("fn ").skip(1);
            for rest in functions {
                let end = rest.find(|it: char| !it.is_alphanumeric() && it != '_');
                let name = &rest[..end.unwrap_or(rest.len())];
                let file = path.strip_prefix(repository()).unwrap_or(&path);
                tests.insert(name.to_owned(), file.display().to_string());
            }
        }
    }
}

/// Returns the rows of the page: the id, and the names of its tests.
fn rows() -> Vec<(String, Vec<String>)> {
    let page = fs::read_to_string(repository().join("docs/products.md")).expect("there is a page");
    let lines = page.lines().filter(|line| line.starts_with("| "));
    let rows = lines.filter_map(|line| {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        let [id, _, tests] = cells[..] else {
            return None;
        };
        let is_row = id.len() >= 2 && id[1..].chars().all(|it| it.is_ascii_digit());
        let names = tests.split('`').skip(1).step_by(2).map(str::to_owned);
        is_row.then(|| (id.to_owned(), names.collect()))
    });
    rows.collect()
}

#[test]
fn every_row_has_a_test_and_every_test_of_the_page_exists() {
    let (rows, tests) = (rows(), tests());
    let mut problems = Vec::new();
    for (letter, count) in ROWS {
        for number in 1..=count {
            let id = format!("{letter}{number}");
            match rows.iter().find(|(row, _)| *row == id) {
                None if TO_COME.contains(&letter) => {}
                None => problems.push(format!("{id} is not in docs/products.md")),
                Some((_, names)) if names.is_empty() => {
                    problems.push(format!("{id} has no test"));
                }
                Some((_, names)) => {
                    let prefix = format!("{}_", id.to_lowercase());
                    for name in names {
                        if !name.starts_with(&prefix) {
                            problems.push(format!("{id}: {name} does not begin with {prefix}"));
                        }
                        if !tests.contains_key(name) {
                            problems.push(format!("{id}: there is no test {name}"));
                        }
                    }
                }
            }
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}
