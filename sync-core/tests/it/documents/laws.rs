//! `docs/laws.md`: what must hold whatever the data says, and the test of each.

use std::{collections::BTreeMap, fmt::Write as _, fs, path::Path};

const INTRODUCTION: &str = "\
# Laws

What must hold whatever the data says. Each law has at least one test whose name begins with its number; most are
properties, tried on 256 generated companies in every run of the tests (`PROPTEST_CASES=10000` looks further, and
`PROPTEST_RNG_SEED` elsewhere).

This page is made from the tests; run those of `sync-core` with `UPDATE_DOCS=1` to renew it.
";

/// The laws, by number.
const LAWS: [&str; 67] = [
    "The same arguments give the same plan, byte by byte.",
    "After a plan is applied without a fault, the next plan is empty.",
    "Whatever goes wrong, a finite number of runs later everything agrees.",
    "A plan holds nothing that is not needed.",
    "A change leads to the wish, and touches nothing else.",
    "The order in which records are read does not matter.",
    "The order in which changes are made does not matter, as long as references come after what they refer to.",
    "A plan may be applied in pieces, with new plans in between.",
    "A change of one person changes the plan for that person and those who refer to it, and for nobody else.",
    "A plan that is applied twice has no effect the second time.",
    "After a run that failed in part, the next plan is what is left of the first.",
    "A change is out of date if its own record has moved on, not if another one has.",
    "A field that was not observed is never written.",
    "A right that is withdrawn clears and unlocks nothing.",
    "What takes something away needs evidence.",
    "An empty answer takes nothing away.",
    "A disappearance counts when it is seen again.",
    "Leaving the scope is not leaving the company.",
    "A record that is neither linked nor adopted stays as it is, whatever goes wrong.",
    "A field that is not HR's stays as it is.",
    "Without the ledger nothing is removed.",
    "A record belongs to at most one other, on either side; where two are possible, neither is written.",
    "What is linked stays linked, whatever becomes of names and addresses.",
    "A protected record loses nothing.",
    "Runs of one connection touch nothing of another.",
    "A change in the product stays, or does not, as the policy declares.",
    "A budget is exact: all of a class, or none of it.",
    "Nothing that takes something away gets past the guard.",
    "A budget is right at every size of a company.",
    "Small removals in many runs do not add up to a large one.",
    "An approval is for one list, once, until it expires.",
    "After a change of the configuration, what takes something away waits for a person.",
    "A run may be interrupted at every step, and the next one ends where it would have ended.",
    "What is about to be done is written down first, and settled before anything else is done to the record.",
    "A record of HR never becomes two in the product.",
    "Two runs at once: one writes, and the other does not once it has lost its turn.",
    "A record that always fails delays nobody but itself and what depends on it.",
    "A run that is told to stop finishes the change at hand and begins no other.",
    "What is referred to is there before the reference; cycles block nothing.",
    "Partial runs lead where full runs lead.",
    "The watermark never goes back, and passes nothing that is not done.",
    "What lies on the edge of the watermark is read again, and changes nothing.",
    "Clocks that differ within the declared bound change nothing.",
    "Events say when to look, never what to write.",
    "A record that was removed comes back by a rule only, never by an old message.",
    "The age of the last complete reading is always known.",
    "Access begins and ends on the day where the person is.",
    "Access goes from staged to active to locked to removed, and skips no grace.",
    "A taken address ends in a dispute that names both, and can be used again when it is free.",
    "The product's calendar covers exactly what is approved in HR, as finely as it can; what it cannot show is reported.",
    "Half days and hours survive where the product has them.",
    "What lies outside the window stays as it is.",
    "Only approved absences are visible, through withdrawal, rejection, change and split.",
    "Absences that were entered by hand stay; overlaps are reported.",
    "The reason of an absence crosses over only if the policy grants it.",
    "Consequences of an absence are changes of their own, at most once each.",
    "A person is invited at most once in a generation.",
    "Nobody is invited who should not be.",
    "The first import does not send more invitations than allowed without asking.",
    "Personal data is nowhere but in the payload.",
    "The ledger holds identifiers, keyed hashes and times only.",
    "After a person is erased nothing of them is left, and nothing brings them back.",
    "Every record is counted exactly once in a report.",
    "Every record has an explanation, also for why nothing is done.",
    "A dry run writes nothing, and shows what the real one would do.",
    "What can be undone is undone by the inverse plan; what cannot is labelled.",
    "An older ledger is migrated, a newer one is refused.",
];

/// The laws that have no test yet, with what is missing. Every other law must have one.
const OPEN: &[(usize, &str)] = &[(39, "not built or not tested yet")];

#[test]
fn every_law_has_a_test() {
    let tests = tests();
    let open: BTreeMap<usize, &str> = OPEN.iter().copied().collect();
    for law in 1..=LAWS.len() {
        match (tests.get(&law), open.get(&law)) {
            (None, None) => panic!("no test has a name that begins with `l{law}_`"),
            (Some(_), Some(_)) => panic!("law {law} is listed as open, but has a test"),
            (Some(tests), None) => assert!(
                tests.iter().any(|test| !test.how.is_empty()),
                "no test of law {law} says in a line above it how it tests the law"
            ),
            (None, Some(_)) => {}
        }
    }
    let unknown = tests.keys().find(|law| !(1..=LAWS.len()).contains(*law));
    assert_eq!(
        unknown, None,
        "a test is named after a law that there is not"
    );
}

#[test]
fn the_page_of_laws_is_up_to_date() {
    let (tests, open) = (tests(), OPEN.iter().copied().collect::<BTreeMap<_, _>>());
    let mut page = format!(
        "{INTRODUCTION}\n| law | what must hold | how it is tested |\n| --- | --- | --- |\n"
    );
    for (law, what) in (1..).zip(LAWS) {
        let how = match (tests.get(&law), open.get(&law)) {
            (Some(tests), _) => tests
                .iter()
                .map(Test::line)
                .collect::<Vec<_>>()
                .join("<br>"),
            (None, missing) => format!("**Open**: {}", missing.unwrap_or(&"no test")),
        };
        writeln!(page, "| L{law} | {what} | {how} |").expect("text takes text");
    }
    super::assert_up_to_date("laws.md", &page);
}

/// A test of a law as it stands in the source.
struct Test {
    name: String,
    /// The line above it; empty where another test of the law says it for both.
    how: String,
}

impl Test {
    fn line(&self) -> String {
        let Self { name, how } = self;
        match how.as_str() {
            "" => format!("`{name}`"),
            how => format!("{how} `{name}`"),
        }
    }
}

/// Finds the tests by their names, in the order of the files.
fn tests() -> BTreeMap<usize, Vec<Test>> {
    let mut tests: BTreeMap<usize, Vec<Test>> = BTreeMap::new();
    for source in sources() {
        let mut how = Vec::new();
        for line in source.lines().map(str::trim) {
            if let Some(words) = line.strip_prefix("///") {
                how.push(words.trim());
            } else if let Some((law, name)) = law_of(line) {
                let how = how.join(" ");
                tests.entry(law).or_default().push(Test { name, how });
            } else if !line.starts_with("#[") {
                how.clear();
            }
        }
    }
    tests
}

/// Reads `fn l15_deletion_needs_evidence(..` as the fifteenth law.
fn law_of(line: &str) -> Option<(usize, String)> {
    let declared = line.strip_prefix("async ").unwrap_or(line);
    let name = declared.strip_prefix("fn ")?.split('(').next()?;
    let law = name.strip_prefix('l')?.split_once('_')?.0.parse().ok()?;
    Some((law, name.to_owned()))
}

#[expect(
    clippy::disallowed_methods,
    reason = "the test reads the sources of the other tests"
)]
fn sources() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/laws");
    let files = fs::read_dir(folder).expect("the folder of the laws can be read");
    let mut paths: Vec<_> = files
        .map(|file| file.expect("the folder of the laws can be read").path())
        .collect();
    paths.sort();
    let read = |path| fs::read_to_string(path).expect("a file of the laws can be read");
    paths.iter().map(read).collect()
}
