//! The answers of the fake against the OpenAPI files that Personio publishes.
//!
//! The files are not part of this repository. The environment variable `PERSONIO_OPENAPI_DIR` names the folder they
//! lie in; without it this test says that it is skipped.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::PathBuf;

use jsonschema::{Draft, Validator};
use personio_client::fake::{
    AbsenceNumber, AbsenceUnit, Company, EmploymentNumber, FakePersonio, Generator, operations,
};
use serde_json::{Map, Value, json};

use super::caller::{Caller, day, quiet};

const V1_AUTH: &str = "v1-auth.yaml";
const V1: &str = "v1-personnel-data.yaml";
const V2_AUTH: &str = "credentials-service-api-v2.json";
const V2_PERSONS: &str = "persons-service-api-v2.json";
const V2_EMPLOYMENTS: &str = "employment-contract-v2.json";
/// Not official: rebuilt from the reference pages, since no file for absences was at hand.
const V2_REBUILT: &str = "personio-v2-reconstructed.yaml";

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

    let mut files = Files {
        folder,
        read: BTreeMap::new(),
    };
    let mut surprises = Vec::new();
    let mut contradictions = BTreeSet::new();
    let has_rebuilt = files.folder.join(V2_REBUILT).is_file();
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
    ];
    let missing: Vec<_> = operations()
        .filter(|known| !sampled.contains(known) && !without_schema.contains(known))
        .collect();
    assert_eq!(
        missing,
        [
            "PATCH /v2/absence-periods/{id}",
            "DELETE /v2/absence-periods/{id}",
            "POST /v2/auth/revoke"
        ],
        "their answers have no body"
    );
}

/// A request and where to find the schema of its answer.
struct Sample {
    operation: &'static str,
    path: String,
    body: Option<Body>,
    status: u16,
    schema: Schema,
}

enum Body {
    Json(Value),
    Form(Vec<(&'static str, &'static str)>),
}

impl Sample {
    fn request(&self, caller: &Caller) -> reqwest::RequestBuilder {
        let (method, _) = self.operation.split_once(' ').unwrap();
        let request = caller.call(method.parse().unwrap(), &self.path);
        match &self.body {
            None => request,
            Some(Body::Json(body)) => request.json(body),
            Some(Body::Form(form)) => request.form(form),
        }
    }
}

/// An operation in one of the files.
struct Schema {
    file: &'static str,
    path: &'static str,
    method: &'static str,
}

impl Schema {
    fn compile(&self, files: &mut Files, status: u16) -> Validator {
        let mut document = files.document(self.file);
        let place = format!(
            "/paths/{}/{}/responses/{status}",
            escaped(self.path),
            self.method
        );
        let mut response = document
            .pointer(&place)
            .expect("the file describes the answer");
        if let Some(shared) = response["$ref"].as_str() {
            response = document
                .pointer(&shared[1..])
                .expect("the reference leads somewhere");
        }
        let content = response["content"]
            .as_object()
            .and_then(|content| content.values().next());
        document["answer"] = content.expect("the answer has a body")["schema"].clone();
        document["$ref"] = json!("#/answer");
        let options = jsonschema::options()
            .with_draft(Draft::Draft4)
            .should_validate_formats(true);
        options.build(&document).expect("the schema compiles")
    }
}

/// The files, each read once.
struct Files {
    folder: PathBuf,
    read: BTreeMap<&'static str, Value>,
}

impl Files {
    fn document(&mut self, name: &'static str) -> Value {
        let read = || {
            let text =
                std::fs::read_to_string(self.folder.join(name)).expect("the folder holds the file");
            let mut document =
                from_yaml(yaml_serde::from_str(&text).expect("the file is YAML or JSON"));
            translate(&mut document);
            document
        };
        self.read.entry(name).or_insert_with(read).clone()
    }
}

fn samples(fake: &FakePersonio) -> Vec<Sample> {
    let time_off = first_time_off(fake);
    let period = time_off.uuid();
    // The first employment is that of the first employee.
    let first_employment = EmploymentNumber::from(1).uuid();
    let mut samples = Vec::new();
    let mut get = |operation: &'static str, path: String, status: u16, file: &'static str| {
        let template = operation.trim_start_matches("GET ");
        let template = if file == V1 {
            template.trim_start_matches("/v1")
        } else {
            template
        };
        let template = match template {
            "/company/employees/{id}" => "/company/employees/{employee_id}",
            "/company/employees/{id}/profile-picture/{width}" => {
                "/company/employees/{employee_id}/profile-picture/{width}"
            }
            "/company/employees/{id}/absences/balance" => {
                "/company/employees/{employee_id}/absences/balance"
            }
            other => other,
        };
        let schema = Schema {
            file,
            path: template,
            method: "get",
        };
        samples.push(Sample {
            operation,
            path,
            body: None,
            status,
            schema,
        });
    };
    let v1 = |path: &str| format!("/v1/company/{path}");
    let v2 = |path: &str| format!("/v2/{path}");
    get(
        "GET /v1/company/employees",
        v1("employees?limit=100"),
        200,
        V1,
    );
    get(
        "GET /v1/company/employees",
        v1("employees?limit=100&offset=100"),
        200,
        V1,
    );
    get(
        "GET /v1/company/employees/{id}",
        v1("employees/4002"),
        200,
        V1,
    );
    get("GET /v1/company/employees/{id}", v1("employees/1"), 404, V1);
    get(
        "GET /v1/company/employees/{id}/profile-picture/{width}",
        v1("employees/1/profile-picture/120"),
        404,
        V1,
    );
    get(
        "GET /v1/company/employees/{id}/absences/balance",
        v1("employees/4002/absences/balance"),
        200,
        V1,
    );
    get(
        "GET /v1/company/employees/{id}/absences/balance",
        v1("employees/1/absences/balance"),
        404,
        V1,
    );
    get(
        "GET /v1/company/time-off-types",
        v1("time-off-types"),
        200,
        V1,
    );
    get("GET /v1/company/time-offs", v1("time-offs"), 200, V1);
    get(
        "GET /v1/company/time-offs",
        v1("time-offs?offset=2"),
        200,
        V1,
    );
    get(
        "GET /v1/company/time-offs/{id}",
        v1(&format!("time-offs/{time_off}")),
        200,
        V1,
    );
    get("GET /v1/company/time-offs/{id}", v1("time-offs/1"), 404, V1);
    get(
        "GET /v1/company/absence-periods",
        v1("absence-periods"),
        200,
        V1,
    );
    get(
        "GET /v1/company/absence-periods",
        v1("absence-periods?absence_types[]=x"),
        404,
        V1,
    );
    get("GET /v2/persons", v2("persons?limit=50"), 200, V2_PERSONS);
    get("GET /v2/persons", v2("persons?limit=51"), 400, V2_PERSONS);
    get("GET /v2/persons/{id}", v2("persons/4002"), 200, V2_PERSONS);
    get("GET /v2/persons/{id}", v2("persons/1"), 404, V2_PERSONS);
    let employments = "GET /v2/persons/{person_id}/employments";
    for employee in 4001..=4120 {
        get(
            employments,
            v2(&format!("persons/{employee}/employments")),
            200,
            V2_EMPLOYMENTS,
        );
    }
    get(
        employments,
        v2("persons/4002/employments?limit=51"),
        400,
        V2_EMPLOYMENTS,
    );
    get(
        employments,
        v2("persons/1/employments"),
        404,
        V2_EMPLOYMENTS,
    );
    let employment = "GET /v2/persons/{person_id}/employments/{id}";
    get(
        employment,
        v2(&format!("persons/4001/employments/{first_employment}")),
        200,
        V2_EMPLOYMENTS,
    );
    get(
        employment,
        v2("persons/4002/employments/x"),
        404,
        V2_EMPLOYMENTS,
    );
    get(
        "GET /v2/absence-types",
        v2("absence-types"),
        200,
        V2_REBUILT,
    );
    get(
        "GET /v2/absence-types/{id}",
        v2("absence-types/x"),
        404,
        V2_REBUILT,
    );
    get(
        "GET /v2/absence-periods",
        v2("absence-periods"),
        200,
        V2_REBUILT,
    );
    get(
        "GET /v2/absence-periods/{id}",
        v2(&format!("absence-periods/{period}")),
        200,
        V2_REBUILT,
    );
    let breakdowns = "GET /v2/absence-periods/{id}/breakdowns";
    get(
        breakdowns,
        v2(&format!("absence-periods/{period}/breakdowns")),
        200,
        V2_REBUILT,
    );
    samples.extend(token_samples());
    samples.extend(attendance_samples());
    samples.extend(write_samples(fake));
    samples
}

/// Writes far from what the generator makes.
fn write_samples(fake: &FakePersonio) -> Vec<Sample> {
    let type_of = |unit| {
        fake.company(|company| {
            let mut types = company.absence_types();
            types.find(|it| it.unit() == unit).unwrap().number()
        })
    };
    let (daily, hourly) = (type_of(AbsenceUnit::Day), type_of(AbsenceUnit::Hour));
    let days = json!({
        "employee_id": 4002, "time_off_type_id": daily, "start_date": "2030-03-04", "end_date": "2030-03-05",
        "half_day_start": false, "half_day_end": false
    });
    let hours = json!({
        "employee_id": 4002, "time_off_type_id": hourly, "start_date": "2030-03-06", "end_date": "2030-03-06",
        "start_time": "09:00", "end_time": "10:00"
    });
    let nobody = json!({ "employee": { "first_name": "Ada", "email": "ada@example.com" } });
    let ada = json!({ "employee": { "first_name": "Ada", "last_name": "Nwosu", "email": "ada@example.com" } });
    let change = json!({ "employee": { "position": "Controller" } });
    let v2 = json!({
        "person": { "id": "4002" }, "absence_type": { "id": daily.uuid() },
        "starts_from": { "date_time": "2030-04-01T00:00:00" }, "ends_at": { "date_time": "2030-04-02T00:00:00" }
    });
    let sample =
        |operation: &'static str, template: &'static str, path: &str, body: Value, status| {
            let (method, _) = operation.split_once(' ').unwrap();
            let file = if operation.contains("/v2/") {
                V2_REBUILT
            } else {
                V1
            };
            let method = match method {
                "POST" => "post",
                "PATCH" => "patch",
                _ => "delete",
            };
            let schema = Schema {
                file,
                path: template,
                method,
            };
            Sample {
                operation,
                path: path.to_owned(),
                body: Some(Body::Json(body)),
                status,
                schema,
            }
        };
    let create = "POST /v1/company/employees";
    let change_one = "PATCH /v1/company/employees/{id}";
    let one = "/company/employees/{employee_id}";
    let book_days = "POST /v1/company/time-offs";
    let delete_days = "DELETE /v1/company/time-offs/{id}";
    let booked = first_time_off(fake);
    let book_hours = "POST /v1/company/absence-periods";
    vec![
        sample(
            create,
            "/company/employees",
            "/v1/company/employees",
            nobody,
            422,
        ),
        sample(
            create,
            "/company/employees",
            "/v1/company/employees",
            ada,
            200,
        ),
        sample(change_one, one, "/v1/company/employees/4002", change, 200),
        sample(
            book_days,
            "/company/time-offs",
            "/v1/company/time-offs",
            days.clone(),
            200,
        ),
        sample(
            book_days,
            "/company/time-offs",
            "/v1/company/time-offs",
            days,
            400,
        ),
        sample(
            book_hours,
            "/company/absence-periods",
            "/v1/company/absence-periods",
            hours,
            201,
        ),
        sample(
            "POST /v2/absence-periods",
            "/v2/absence-periods",
            "/v2/absence-periods",
            v2,
            201,
        ),
        sample(
            delete_days,
            "/company/time-offs/{id}",
            "/v1/company/time-offs/1",
            json!({}),
            404,
        ),
        sample(
            delete_days,
            "/company/time-offs/{id}",
            &format!("/v1/company/time-offs/{booked}"),
            json!({}),
            200,
        ),
        sample(
            "DELETE /v1/company/absence-periods/{id}",
            "/company/absence-periods/{id}",
            "/v1/company/absence-periods/x",
            json!({}),
            404,
        ),
    ]
}

/// The first absence of a type in days.
fn first_time_off(fake: &FakePersonio) -> AbsenceNumber {
    fake.company(|company| {
        let daily = |number| {
            let mut types = company.absence_types();
            types.any(|kind| kind.number() == number && kind.unit() == AbsenceUnit::Day)
        };
        company
            .absences()
            .find(|absence| daily(absence.absence_type()))
            .unwrap()
            .number()
    })
}

/// Recorded, listed, changed and deleted, in this order.
fn attendance_samples() -> [Sample; 7] {
    const ALL: &str = "/v1/company/attendances";
    const ONE: &str = "/v1/company/attendances/900001";
    let row = json!({ "employee": 4002, "date": "2026-03-02", "start_time": "08:30", "break": 0 });
    let twice = json!({ "attendances": [row, row] });
    let once = json!({ "attendances": [row] });
    let sample = |operation: &'static str, path: &str, body: Option<Value>, status| {
        let (method, template) = operation.split_once(" /v1").unwrap();
        let method = match method {
            "GET" => "get",
            "POST" => "post",
            "PATCH" => "patch",
            _ => "delete",
        };
        Sample {
            operation,
            path: path.to_owned(),
            body: body.map(Body::Json),
            status,
            schema: Schema {
                file: V1,
                path: template,
                method,
            },
        }
    };
    let window = format!("{ALL}?start_date=2026-01-01&end_date=2026-12-31");
    let change = json!({ "end_time": "12:00" });
    [
        sample("POST /v1/company/attendances", ALL, Some(once), 200),
        sample("POST /v1/company/attendances", ALL, Some(twice), 400),
        sample("GET /v1/company/attendances", &window, None, 200),
        sample(
            "PATCH /v1/company/attendances/{id}",
            ONE,
            Some(change.clone()),
            200,
        ),
        sample(
            "PATCH /v1/company/attendances/{id}",
            "/v1/company/attendances/1",
            Some(change),
            404,
        ),
        sample("DELETE /v1/company/attendances/{id}", ONE, None, 200),
        sample("DELETE /v1/company/attendances/{id}", ONE, None, 404),
    ]
}

fn token_samples() -> [Sample; 3] {
    let credentials = json!({ "client_id": "fake-client", "client_secret": "fake-secret" });
    let form = vec![
        ("grant_type", "client_credentials"),
        ("client_id", "fake-client"),
        ("client_secret", "fake-secret"),
    ];
    let v2 = || Schema {
        file: V2_AUTH,
        path: "/v2/auth/token",
        method: "post",
    };
    [
        Sample {
            operation: "POST /v1/auth",
            path: "/v1/auth".to_owned(),
            body: Some(Body::Json(credentials)),
            status: 200,
            schema: Schema {
                file: V1_AUTH,
                path: "/auth",
                method: "post",
            },
        },
        Sample {
            operation: "POST /v2/auth/token",
            path: "/v2/auth/token".to_owned(),
            body: Some(Body::Form(form)),
            status: 200,
            schema: v2(),
        },
        Sample {
            operation: "POST /v2/auth/token",
            path: "/v2/auth/token".to_owned(),
            body: Some(Body::Form(vec![("grant_type", "password")])),
            status: 400,
            schema: v2(),
        },
    ]
}

/// Turns YAML into JSON, with numbers that stand as keys written as text.
fn from_yaml(yaml: yaml_serde::Value) -> Value {
    match yaml {
        yaml_serde::Value::Mapping(mapping) => {
            let key = |key: yaml_serde::Value| match key {
                yaml_serde::Value::String(text) => text,
                other => yaml_serde::to_string(&other).unwrap().trim().to_owned(),
            };
            Value::Object(
                mapping
                    .into_iter()
                    .map(|(name, value)| (key(name), from_yaml(value)))
                    .collect(),
            )
        }
        yaml_serde::Value::Sequence(items) => items.into_iter().map(from_yaml).collect(),
        scalar => yaml_serde::from_value(scalar).unwrap(),
    }
}

/// Says in the words of JSON Schema what OpenAPI says in its own: `nullable`, and braces in references.
fn translate(schema: &mut Value) {
    match schema {
        Value::Object(fields) => {
            if fields.get("nullable") == Some(&Value::Bool(true)) {
                allow_null(fields);
            }
            if let Some(Value::String(reference)) = fields.get_mut("$ref") {
                *reference = reference.replace('{', "%7B").replace('}', "%7D");
            }
            fields.values_mut().for_each(translate);
        }
        Value::Array(items) => items.iter_mut().for_each(translate),
        _ => {}
    }
}

fn allow_null(fields: &mut Map<String, Value>) {
    if let Some(kind) = fields.get("type").filter(|kind| kind.is_string()).cloned() {
        fields.insert("type".to_owned(), json!([kind, "null"]));
    }
    if let Some(Value::Array(options)) = fields.get_mut("enum") {
        options.push(Value::Null);
    }
}

fn escaped(segment: &str) -> String {
    segment.replace('~', "~0").replace('/', "~1")
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
