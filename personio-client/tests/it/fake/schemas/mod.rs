//! The answers of the fake against the OpenAPI files that Personio publishes.
//!
//! The files are not part of this repository. The environment variable `PERSONIO_OPENAPI_DIR` names the folder they
//! lie in; without it this test says that it is skipped.

mod files;
mod samples;

use std::collections::BTreeSet;
use std::io::Write;
use std::path::PathBuf;

use personio_client::fake::{Company, Generator, operations};

use super::caller::{Caller, day, quiet};
use files::{Files, V2_REBUILT};
use samples::{Sample, samples};

const LIST: &str = "the shared envelope says `data` is an object, but a list has an array there";
const HALF_DAYS: &str = "the service sends 0 and 1 (observed), the file says boolean";
const NOTHING: &str = "an empty nested object is null, empty text or an empty list (observed)";
const TYPE_NAMES: &str = "the service sends lower-case names (examples of the file, observed), the file lists upper-case ones";
const NUMBERS: &str = "numbers occur (observed), and an empty list fits two of the alternatives";
const NULLS: &str = "the examples of the file have null there, which its schema does not allow";
const NO_SUPERVISOR: &str = "the service sends null (observed), the file says object";
const OPEN_END: &str = "the end may be open since 2023 (documented), the file says string";
const TWICE: &str = "the file puts the whole envelope inside `data` once more";
const LIST_OF_ONE: &str = "the example of the file has a list of one, its schema an object";
const NESTED: &str = "the example of the file nests the type, its schema has it flat";

const EMPLOYMENTS: &str = "GET /v2/persons/{person_id}/employments";
const EMPLOYMENT: &str = "GET /v2/persons/{person_id}/employments/{id}";

/// Where the fake answers as the service does and the file says otherwise: operation, place in the answer, reason.
const CONTRADICTIONS: [(&str, &str, &str); 23] = [
    ("POST /v1/company/time-offs", "/data", TWICE),
    ("POST /v1/company/absence-periods", "/data", LIST_OF_ONE),
    ("GET /v1/company/attendances", "/data", LIST),
    (
        "POST /v1/company/attendances",
        "/error/detailed_message/*/end_time",
        OPEN_END,
    ),
    ("GET /v1/company/employees", "/data", LIST),
    (
        "GET /v1/company/employees",
        "/data/*/attributes/supervisor/value",
        NOTHING,
    ),
    (
        "GET /v1/company/employees",
        "/data/*/attributes/work_schedule/value",
        NOTHING,
    ),
    ("GET /v1/company/time-offs", "/data", LIST),
    (
        "GET /v1/company/time-offs",
        "/data/*/attributes/half_day_start",
        HALF_DAYS,
    ),
    (
        "GET /v1/company/time-offs",
        "/data/*/attributes/half_day_end",
        HALF_DAYS,
    ),
    (
        "GET /v1/company/time-offs/{id}",
        "/data/attributes/half_day_start",
        HALF_DAYS,
    ),
    (
        "GET /v1/company/time-offs/{id}",
        "/data/attributes/half_day_end",
        HALF_DAYS,
    ),
    ("GET /v1/company/absence-periods", "/data", LIST),
    (
        "GET /v1/company/absence-periods",
        "/data/*/attributes/absence_type",
        NESTED,
    ),
    (
        "GET /v2/persons",
        "/_data/*/custom_attributes/*/type",
        TYPE_NAMES,
    ),
    (
        "GET /v2/persons",
        "/_data/*/custom_attributes/*/value",
        NUMBERS,
    ),
    (
        "GET /v2/persons/{id}",
        "/custom_attributes/*/type",
        TYPE_NAMES,
    ),
    (EMPLOYMENTS, "/_data/*/contract_end_date", NULLS),
    (EMPLOYMENTS, "/_data/*/employment_end_date", NULLS),
    (EMPLOYMENTS, "/_data/*/supervisor", NO_SUPERVISOR),
    (EMPLOYMENT, "/contract_end_date", NULLS),
    (EMPLOYMENT, "/employment_end_date", NULLS),
    (EMPLOYMENT, "/supervisor", NO_SUPERVISOR),
];

#[tokio::test]
async fn answers_are_as_the_published_files_say() {
    let Some(folder) = std::env::var_os("PERSONIO_OPENAPI_DIR").map(PathBuf::from) else {
        // Past the capture of the test runner, so that nobody takes a skipped check for a passed one.
        let skipped =
            "SKIPPED: PERSONIO_OPENAPI_DIR does not name the folder with Personio's OpenAPI files";
        writeln!(std::io::stderr(), "{skipped}").unwrap();
        return;
    };
    let generator = Generator::new(5)
        .employees(120)
        .absences_per_employee(6)
        .today(day(2026, 3, 2));
    let fake = quiet()
        .company(Company::generate(&generator))
        .start()
        .await
        .unwrap();
    let caller = Caller::of(&fake).await;

    let mut files = Files::in_folder(folder);
    let mut surprises = Vec::new();
    let mut contradictions = BTreeSet::new();
    let has_rebuilt = files.has(V2_REBUILT);
    if !has_rebuilt {
        writeln!(
            std::io::stderr(),
            "SKIPPED: {V2_REBUILT}, so v2 absences are not checked"
        )
        .unwrap();
    }
    let is_there = |sample: &Sample| has_rebuilt || sample.schema.file != V2_REBUILT;
    for sample in samples(&fake).into_iter().filter(is_there) {
        let answer = caller.send(sample.request(&caller)).await;
        assert_eq!(
            answer.status, sample.status,
            "{} {}",
            sample.operation, sample.path
        );
        let validator = sample.schema.compile(&mut files, sample.status);
        for error in validator.iter_errors(&answer.body) {
            let place = without_indices(&error.instance_path().to_string());
            match CONTRADICTIONS
                .iter()
                .find(|(operation, at, _)| (*operation, *at) == (sample.operation, &*place))
            {
                Some(known) => drop(contradictions.insert(known)),
                None => surprises.push(format!("{} {place}: {}", sample.operation, error.masked())),
            }
        }
    }
    surprises.sort();
    surprises.dedup();
    assert!(
        surprises.is_empty(),
        "unlike the files:\n{}",
        surprises.join("\n")
    );
    let stale: Vec<_> = CONTRADICTIONS
        .iter()
        .filter(|known| !contradictions.contains(known))
        .collect();
    assert!(stale.is_empty(), "no longer contradictory: {stale:?}");
}

#[tokio::test]
async fn every_operation_has_a_sample_to_be_checked() {
    let fake = quiet()
        .company(Company::generate(&Generator::new(5)))
        .start()
        .await
        .unwrap();
    let sampled: BTreeSet<_> = samples(&fake)
        .iter()
        .map(|sample| sample.operation)
        .collect();
    // The file gives no schemas for these.
    let without_schema = [
        "GET /v1/company/employees/attributes",
        "GET /v1/company/employees/custom-attributes",
        "GET /v1/company/employees/{id}/profile-picture",
        "GET /v2/recruiting/applications",
        "GET /v2/recruiting/candidates",
        "GET /v2/recruiting/jobs",
        "GET /v2/recruiting/categories",
    ];
    let missing: Vec<_> = operations()
        .filter(|known| !sampled.contains(known) && !without_schema.contains(known))
        .collect();
    assert_eq!(
        missing,
        [
            "PATCH /v2/absence-periods/{id}",
            "DELETE /v2/absence-periods/{id}",
            "POST /v2/auth/revoke",
            "PATCH /v2/attendance-periods/{id}",
            "DELETE /v2/attendance-periods/{id}",
            "PATCH /v2/projects/{id}",
            "DELETE /v2/projects/{id}",
            "POST /v2/projects/{id}/members",
            "DELETE /v2/projects/{id}/members",
            "DELETE /v2/webhooks/{id}",
            "POST /v2/webhooks/{id}/ping",
            "POST /v2/webhooks/{id}/test-event",
        ],
        "their answers have no body"
    );
}

fn without_indices(place: &str) -> String {
    let segments = place.split('/').map(|segment| {
        if segment.parse::<usize>().is_ok() {
            "*"
        } else {
            segment
        }
    });
    segments.collect::<Vec<_>>().join("/")
}
