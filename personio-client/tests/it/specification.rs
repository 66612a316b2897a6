//! The typed calls against Personio's own API specifications.
//!
//! Each response example of an implemented operation is served to the typed call, which must read it whole or fail with the right
//! error. That holds even for the examples that contradict their own schemas, so no exceptions are listed. The files are Personio's and not part of this
//! project: name their folder in `PERSONIO_OPENAPI_DIR`, otherwise the test says that it is skipped.

use std::collections::BTreeSet;
use std::path::Path;

use chrono::{NaiveDate, NaiveTime};
use futures::FutureExt;
use futures::future::BoxFuture;
use personio_client::testing::{Answer, Expected, ReplayTransport};
use personio_client::{
    ApiVersion, AttendanceId, Client, EmployeeId, EmploymentId, Error, Method, PersonId, Result,
    TimeOffId, TimeOffTypeId, v1, v2,
};
use serde_json::Value;

/// An operation of a specification and the typed call for it.
struct Subject {
    file: &'static str,
    method: &'static str,
    /// The path as the file names it.
    path: &'static str,
    /// The path that the client asks for.
    requested: &'static str,
    call: fn(&Client) -> BoxFuture<'_, Result<Found>>,
}

/// What a typed call made of an example.
struct Found {
    records: usize,
    unreadable: Vec<String>,
}

const PERSON: &str = "3003";

const SUBJECTS: &[Subject] = &[
    Subject {
        file: "v1-auth.yaml",
        method: "post",
        path: "/auth",
        requested: "/v1/auth",
        call: |client| check(client, ApiVersion::V1),
    },
    Subject {
        file: "v1-personnel-data.yaml",
        method: "get",
        path: "/company/employees",
        requested: "/v1/company/employees",
        call: |client| page(client.v1().employees().list(v1::ListEmployees::new())),
    },
    Subject {
        file: "v1-personnel-data.yaml",
        method: "get",
        path: "/company/employees/{employee_id}",
        requested: "/v1/company/employees/1",
        call: |client| one(client.v1().employees().get(EmployeeId::new(1))),
    },
    Subject {
        file: "v1-personnel-data.yaml",
        method: "get",
        path: "/company/employees/attributes",
        requested: "/v1/company/employees/attributes",
        call: |client| many(client.v1().employees().attributes()),
    },
    Subject {
        file: "v1-personnel-data.yaml",
        method: "get",
        path: "/company/employees/{employee_id}/absences/balance",
        requested: "/v1/company/employees/1/absences/balance",
        call: |client| many(client.v1().employees().absence_balance(EmployeeId::new(1))),
    },
    Subject {
        file: "v1-personnel-data.yaml",
        method: "post",
        path: "/company/employees",
        requested: "/v1/company/employees",
        call: |client| {
            let change = v1::EmployeeChange::new();
            let employee = v1::NewEmployee::new("zofia@example.com", "Zofia", "Żak", change);
            one(client.v1().employees().create(employee))
        },
    },
    Subject {
        file: "v1-personnel-data.yaml",
        method: "patch",
        path: "/company/employees/{employee_id}",
        requested: "/v1/company/employees/1",
        call: |client| {
            let change = v1::EmployeeChange::new();
            one(client.v1().employees().update(EmployeeId::new(1), change))
        },
    },
    Subject {
        file: "v1-personnel-data.yaml",
        method: "get",
        path: "/company/employees/{employee_id}/profile-picture/{width}",
        requested: "/v1/company/employees/1/profile-picture/80",
        call: |client| {
            one(client
                .v1()
                .employees()
                .profile_picture(EmployeeId::new(1), 80))
        },
    },
    Subject {
        file: "v1-personnel-data.yaml",
        method: "get",
        path: "/company/time-off-types",
        requested: "/v1/company/time-off-types",
        call: |client| {
            page(
                client
                    .v1()
                    .time_off_types()
                    .list(v1::ListTimeOffTypes::new()),
            )
        },
    },
    Subject {
        file: "v1-personnel-data.yaml",
        method: "get",
        path: "/company/time-offs",
        requested: "/v1/company/time-offs",
        call: |client| page(client.v1().time_offs().list(v1::ListTimeOffs::new())),
    },
    Subject {
        file: "v1-personnel-data.yaml",
        method: "get",
        path: "/company/time-offs/{id}",
        requested: "/v1/company/time-offs/1",
        call: |client| one(client.v1().time_offs().get(TimeOffId::new(1))),
    },
    Subject {
        file: "v1-personnel-data.yaml",
        method: "post",
        path: "/company/time-offs",
        requested: "/v1/company/time-offs",
        call: |client| {
            one(async {
                let (employee, kind) = (EmployeeId::new(1), TimeOffTypeId::new(2));
                let day = NaiveDate::MIN;
                let new = v1::NewTimeOff::new(employee, kind, day, day);
                client
                    .v1()
                    .time_offs()
                    .create(&new, v1::Approval::Skip)
                    .await
            })
        },
    },
    Subject {
        file: "v1-personnel-data.yaml",
        method: "delete",
        path: "/company/time-offs/{id}",
        requested: "/v1/company/time-offs/1",
        call: |client| one(client.v1().time_offs().delete(TimeOffId::new(1))),
    },
    Subject {
        file: "v1-personnel-data.yaml",
        method: "get",
        path: "/company/absence-periods",
        requested: "/v1/company/absence-periods",
        call: |client| {
            page(
                client
                    .v1()
                    .absence_periods()
                    .list(v1::ListAbsencePeriods::new()),
            )
        },
    },
    Subject {
        file: "v1-personnel-data.yaml",
        method: "get",
        path: "/company/attendances",
        requested: "/v1/company/attendances",
        call: |client| {
            let all = v1::ListAttendances::new(NaiveDate::MIN, NaiveDate::MAX);
            page(client.v1().attendances().list(all))
        },
    },
    Subject {
        file: "v1-personnel-data.yaml",
        method: "post",
        path: "/company/attendances",
        requested: "/v1/company/attendances",
        call: |client| record_two(client),
    },
    Subject {
        file: "v1-personnel-data.yaml",
        method: "patch",
        path: "/company/attendances/{id}",
        requested: "/v1/company/attendances/1",
        call: |client| {
            let attendances = client.v1().attendances();
            let change = v1::AttendanceChange::new();
            one(attendances.update(AttendanceId::new(1), change, v1::Approval::Skip))
        },
    },
    Subject {
        file: "v1-personnel-data.yaml",
        method: "delete",
        path: "/company/attendances/{id}",
        requested: "/v1/company/attendances/1",
        call: |client| {
            let attendances = client.v1().attendances();
            one(attendances.delete(AttendanceId::new(1), v1::Approval::Skip))
        },
    },
    Subject {
        file: "credentials-service-api-v2.json",
        method: "post",
        path: "/v2/auth/token",
        requested: "/v2/auth/token",
        call: |client| check(client, ApiVersion::V2),
    },
    Subject {
        file: "persons-service-api-v2.json",
        method: "get",
        path: "/v2/persons",
        requested: "/v2/persons",
        call: |client| page(client.v2().persons().list(v2::ListPersons::new())),
    },
    Subject {
        file: "persons-service-api-v2.json",
        method: "get",
        path: "/v2/persons/{id}",
        requested: "/v2/persons/3003",
        call: |client| one(async { client.v2().persons().get(&PersonId::new(PERSON)).await }),
    },
    Subject {
        file: "employment-contract-v2.json",
        method: "get",
        path: "/v2/persons/{person_id}/employments",
        requested: "/v2/persons/3003/employments",
        call: |client| {
            page(
                client
                    .v2()
                    .employments(&PersonId::new(PERSON))
                    .list(v2::ListEmployments::new()),
            )
        },
    },
    Subject {
        file: "employment-contract-v2.json",
        method: "get",
        path: "/v2/persons/{person_id}/employments/{id}",
        requested: "/v2/persons/3003/employments/e1",
        call: |client| {
            one(async {
                client
                    .v2()
                    .employments(&PersonId::new(PERSON))
                    .get(&EmploymentId::new("e1"))
                    .await
            })
        },
    },
];

#[tokio::test]
async fn every_response_example_is_read_or_becomes_the_right_error() {
    let Some(folder) = folder() else { return };
    let mut failures = Vec::new();
    let mut examples = 0;
    for subject in SUBJECTS {
        let specification = load(&Path::new(&folder).join(subject.file));
        for example in response_examples(&specification, subject) {
            examples += 1;
            let name = format!(
                "{} {} {} {}",
                subject.method, subject.path, example.status, example.name
            );
            let outcome = serve(subject, &example).await;
            if let Some(difference) = example.difference(outcome) {
                failures.push(format!("{name}: {difference}"));
            }
        }
    }
    assert!(
        failures.is_empty(),
        "{} of {examples} examples:\n{}",
        failures.len(),
        failures.join("\n")
    );
    assert!(examples >= 40, "only {examples} examples were found");
    println!("{examples} examples of the specifications agree with the client");
}

#[test]
fn every_implemented_v1_and_v2_operation_with_a_specification_is_a_subject() {
    // These resources of v2 are described in pages only; no specification file is at hand.
    let only_in_pages = [
        "v2.absence_",
        "v2.attendance_",
        "v2.cost_centers.",
        "v2.legal_entities.",
        "v2.org_units.",
        "v2.workplaces.",
    ];
    let without_file: BTreeSet<&str> = personio_client::ENDPOINTS
        .iter()
        .map(|operation| operation.name)
        .filter(|name| only_in_pages.iter().any(|prefix| name.starts_with(prefix)))
        .collect();
    assert_eq!(
        personio_client::ENDPOINTS.len(),
        SUBJECTS.len() + without_file.len()
    );
}

fn folder() -> Option<String> {
    let folder = std::env::var("PERSONIO_OPENAPI_DIR").ok();
    if folder.is_none() {
        eprintln!(
            "SKIPPED: set PERSONIO_OPENAPI_DIR to the folder of Personio's API specifications"
        );
    }
    folder
}

fn load(path: &Path) -> Value {
    let text =
        std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    yaml_serde::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

struct Example {
    status: u16,
    name: String,
    body: Value,
}

impl Example {
    /// Returns what is wrong with what the typed call made of the example.
    fn difference(&self, outcome: Result<Found>) -> Option<String> {
        match outcome {
            Ok(found) if self.status < 300 => {
                let expected = self.records();
                if !found.unreadable.is_empty() {
                    Some(found.unreadable.join(", "))
                } else if found.records == expected {
                    None
                } else {
                    Some(format!("{} records instead of {expected}", found.records))
                }
            }
            // Some rows were stored and each outcome is told, which is a success in part.
            Ok(found) if self.body.pointer("/error/detailed_message").is_some() => {
                (found.records != 1).then(|| format!("{} records were stored", found.records))
            }
            Ok(_) => Some("read as a success".to_owned()),
            Err(error) if self.status < 300 => Some(error.to_string()),
            Err(error) if error.status() != Some(self.status) => {
                Some(format!("wrong status: {error}"))
            }
            Err(error) => self.missing_in(&error),
        }
    }

    fn records(&self) -> usize {
        let list = self
            .body
            .get("data")
            .or_else(|| self.body.get("_data"))
            .and_then(Value::as_array);
        list.map_or(1, Vec::len)
    }

    /// Trace id and code of the example must be in the error, and its predicate must fit.
    fn missing_in(&self, error: &Error) -> Option<String> {
        let predicate = match self.status {
            400 => {
                error.is_invalid_request()
                    || error.is_unauthorized()
                    || error.is_forbidden()
                    || self.is_login()
            }
            401 => error.is_unauthorized(),
            403 => error.is_forbidden(),
            404 => error.is_not_found(),
            _ => true,
        };
        let trace = ["personio_trace_id", "trace_id"]
            .iter()
            .find_map(|name| self.body.get(*name)?.as_str());
        if !predicate {
            return Some(format!("no predicate fits: {error}"));
        }
        if trace != error.trace_id() {
            return Some(format!("the trace id is lost: {error}"));
        }
        if error
            .api_error()
            .is_none_or(|answer| answer.codes().is_empty())
        {
            return Some(format!("the code is lost: {error}"));
        }
        None
    }

    fn is_login(&self) -> bool {
        self.body.get("error").is_some_and(Value::is_string)
    }
}

fn response_examples(specification: &Value, subject: &Subject) -> Vec<Example> {
    let responses = &specification["paths"][subject.path][subject.method]["responses"];
    let responses = responses
        .as_object()
        .unwrap_or_else(|| panic!("{} has no {}", subject.file, subject.path));
    let mut examples = Vec::new();
    for (status, response) in responses {
        let Ok(status) = status.parse() else { continue };
        let response = resolve(specification, response);
        let Some(contents) = response["content"].as_object() else {
            continue;
        };
        for content in contents.values() {
            let content = resolve(specification, content);
            if let Some(body) = content.get("example") {
                examples.push(Example {
                    status,
                    name: "example".to_owned(),
                    body: body.clone(),
                });
            }
            for (name, example) in content["examples"].as_object().into_iter().flatten() {
                let body = resolve(specification, example)["value"].clone();
                examples.push(Example {
                    status,
                    name: name.clone(),
                    body,
                });
            }
            if content.get("example").is_none() && content.get("examples").is_none() {
                let body = example_of_schema(specification, &content["schema"]);
                examples.push(Example {
                    status,
                    name: "schema".to_owned(),
                    body,
                });
            }
        }
    }
    examples
}

/// Follows `$ref`.
fn resolve<'a>(specification: &'a Value, mut value: &'a Value) -> &'a Value {
    while let Some(reference) = value["$ref"].as_str() {
        let pointer = reference
            .strip_prefix('#')
            .expect("references stay within their file");
        value = specification
            .pointer(pointer)
            .unwrap_or_else(|| panic!("{reference} leads nowhere"));
    }
    value
}

/// Builds a value from the examples of a schema's members, where the response has no example of its own.
fn example_of_schema(specification: &Value, schema: &Value) -> Value {
    let schema = resolve(specification, schema);
    if let Some(example) = schema.get("example") {
        return example.clone();
    }
    if let Some(parts) = schema["allOf"].as_array() {
        let mut whole = serde_json::Map::new();
        for part in parts {
            if let Value::Object(members) = example_of_schema(specification, part) {
                whole.extend(members);
            }
        }
        return Value::Object(whole);
    }
    match schema["type"].as_str() {
        Some("object") | None => {
            let members = schema["properties"].as_object().into_iter().flatten();
            Value::Object(
                members
                    .map(|(name, member)| (name.clone(), example_of_schema(specification, member)))
                    .collect(),
            )
        }
        Some("array") => Value::Array(vec![example_of_schema(specification, &schema["items"])]),
        Some("boolean") => Value::Bool(true),
        Some("integer" | "number") => Value::from(1),
        Some(_) => Value::from("text"),
    }
}

async fn serve(subject: &Subject, example: &Example) -> Result<Found> {
    let method = match subject.method {
        "get" => Method::Get,
        "post" => Method::Post,
        "patch" => Method::Patch,
        _ => Method::Delete,
    };
    let mut transport = ReplayTransport::new();
    // A refused token leads to one more login and a second try; server errors to further ones.
    for _ in 0..8 {
        let answer = Answer::status(example.status, example.body.to_string());
        transport = transport.expect(Expected::new(method, subject.requested), answer);
    }
    (subject.call)(&transport.client()).await
}

fn check(client: &Client, version: ApiVersion) -> BoxFuture<'_, Result<Found>> {
    async move {
        client.check(version).await.map(|_| Found {
            records: 1,
            unreadable: Vec::new(),
        })
    }
    .boxed()
}

/// Records two attendances, which is as many as the examples tell of.
fn record_two(client: &Client) -> BoxFuture<'_, Result<Found>> {
    async move {
        let new = || {
            let employee = EmployeeId::new(1234);
            v1::NewAttendance::new(employee, NaiveDate::MIN, NaiveTime::MIN, None)
        };
        let attendances = client.v1().attendances();
        let outcomes = attendances
            .create(&[new(), new()], v1::Approval::Skip)
            .await?;
        let stored = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
        Ok(Found {
            // An answer that tells of success alone counts as one record.
            records: if stored == outcomes.len() { 1 } else { stored },
            unreadable: Vec::new(),
        })
    }
    .boxed()
}

fn page<'a, T>(mut pager: personio_client::Pager<T>) -> BoxFuture<'a, Result<Found>>
where
    T: serde::de::DeserializeOwned + Send + 'a,
{
    async move {
        let page = pager.next_page().await?.expect("a list has a first page");
        let mut found = Found {
            records: 0,
            unreadable: Vec::new(),
        };
        for row in page.rows {
            match row.into_result() {
                Ok(_) => found.records += 1,
                Err(reason) => found.unreadable.push(reason.to_string()),
            }
        }
        Ok(found)
    }
    .boxed()
}

fn one<'a, T: 'a>(
    call: impl Future<Output = Result<T>> + Send + 'a,
) -> BoxFuture<'a, Result<Found>> {
    call.map(|outcome| {
        outcome.map(|_| Found {
            records: 1,
            unreadable: Vec::new(),
        })
    })
    .boxed()
}

fn many<'a, T: 'a>(
    call: impl Future<Output = Result<Vec<T>>> + Send + 'a,
) -> BoxFuture<'a, Result<Found>> {
    call.map(|outcome| {
        outcome.map(|records| Found {
            records: records.len(),
            unreadable: Vec::new(),
        })
    })
    .boxed()
}
