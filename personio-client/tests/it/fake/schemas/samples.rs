//! Requests whose answers are compared with the files.

use personio_client::fake::{AbsenceNumber, AbsenceUnit, EmploymentNumber, FakePersonio};
use serde_json::{Value, json};

use super::super::caller::Caller;
use super::files::{Schema, V1, V1_AUTH, V2_AUTH, V2_EMPLOYMENTS, V2_PERSONS, V2_REBUILT};

/// A request and where to find the schema of its answer.
pub(super) struct Sample {
    pub(super) operation: &'static str,
    pub(super) path: String,
    body: Option<Body>,
    pub(super) status: u16,
    pub(super) schema: Schema,
}

enum Body {
    Json(Value),
    Form(Vec<(&'static str, &'static str)>),
}

impl Sample {
    pub(super) fn request(&self, caller: &Caller) -> reqwest::RequestBuilder {
        let (method, _) = self.operation.split_once(' ').unwrap();
        let request = caller.call(method.parse().unwrap(), &self.path);
        match &self.body {
            None => request,
            Some(Body::Json(body)) => request.json(body),
            Some(Body::Form(form)) => request.form(form),
        }
    }
}

/// At least one request to each operation whose answer has a schema.
pub(super) fn samples(fake: &FakePersonio) -> Vec<Sample> {
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
