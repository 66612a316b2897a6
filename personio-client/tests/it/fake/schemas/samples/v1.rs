//! What is asked of v1.

use personio_client::fake::{AbsenceUnit, FakePersonio};
use serde_json::json;

use super::super::files::{V1, V1_AUTH};
use super::{Sample, first_time_off, type_in};

const EMPLOYEES: &str = "GET /v1/company/employees";
const EMPLOYEE: &str = "GET /v1/company/employees/{id}";
const PICTURE: &str = "GET /v1/company/employees/{id}/profile-picture/{width}";
const BALANCE: &str = "GET /v1/company/employees/{id}/absences/balance";
const TYPES: &str = "GET /v1/company/time-off-types";
const TIME_OFFS: &str = "GET /v1/company/time-offs";
const TIME_OFF: &str = "GET /v1/company/time-offs/{id}";
const PERIODS: &str = "GET /v1/company/absence-periods";

pub(super) fn reads(fake: &FakePersonio) -> Vec<Sample> {
    let time_off = format!("time-offs/{}", first_time_off(fake));
    let reads = [
        (EMPLOYEES, "employees?limit=100", 200),
        (EMPLOYEES, "employees?limit=100&offset=100", 200),
        (EMPLOYEE, "employees/4002", 200),
        (EMPLOYEE, "employees/1", 404),
        (PICTURE, "employees/1/profile-picture/120", 404),
        (BALANCE, "employees/4002/absences/balance", 200),
        (BALANCE, "employees/1/absences/balance", 404),
        (TYPES, "time-off-types", 200),
        (TIME_OFFS, "time-offs", 200),
        (TIME_OFFS, "time-offs?offset=2", 200),
        (TIME_OFF, &*time_off, 200),
        (TIME_OFF, "time-offs/1", 404),
        (PERIODS, "absence-periods", 200),
        (PERIODS, "absence-periods?absence_types[]=x", 404),
    ];
    reads
        .into_iter()
        .map(|(operation, path, status)| sample(operation, path, status))
        .collect()
}

/// Writes far from what the generator makes.
pub(super) fn writes(fake: &FakePersonio) -> Vec<Sample> {
    let mut writes = vec![token()];
    writes.extend(attendances());
    writes.extend(employees());
    writes.extend(absences(fake));
    writes
}

fn token() -> Sample {
    let credentials = json!({ "client_id": "fake-client", "client_secret": "fake-secret" });
    Sample::of("POST /v1/auth", "/v1/auth", 200, V1_AUTH, "/auth").sending(credentials)
}

/// Recorded, listed, changed and deleted, in this order.
fn attendances() -> [Sample; 7] {
    const RECORD: &str = "POST /v1/company/attendances";
    const CHANGE: &str = "PATCH /v1/company/attendances/{id}";
    const DELETE: &str = "DELETE /v1/company/attendances/{id}";
    let row = json!({ "employee": 4002, "date": "2026-03-02", "start_time": "08:30", "break": 0 });
    let twice = json!({ "attendances": [row, row] });
    let once = json!({ "attendances": [row] });
    let window = "attendances?start_date=2026-01-01&end_date=2026-12-31";
    let change = json!({ "end_time": "12:00" });
    [
        sample(RECORD, "attendances", 200).sending(once),
        sample(RECORD, "attendances", 400).sending(twice),
        sample("GET /v1/company/attendances", window, 200),
        sample(CHANGE, "attendances/900001", 200).sending(change.clone()),
        sample(CHANGE, "attendances/1", 404).sending(change),
        sample(DELETE, "attendances/900001", 200),
        sample(DELETE, "attendances/900001", 404),
    ]
}

fn employees() -> [Sample; 3] {
    const CREATE: &str = "POST /v1/company/employees";
    const CHANGE: &str = "PATCH /v1/company/employees/{id}";
    let nobody = json!({ "employee": { "first_name": "Ada", "email": "ada@example.com" } });
    let ada = json!({ "employee": { "first_name": "Ada", "last_name": "Nwosu", "email": "ada@example.com" } });
    let change = json!({ "employee": { "position": "Controller" } });
    [
        sample(CREATE, "employees", 422).sending(nobody),
        sample(CREATE, "employees", 200).sending(ada),
        sample(CHANGE, "employees/4002", 200).sending(change),
    ]
}

fn absences(fake: &FakePersonio) -> [Sample; 6] {
    const BOOK_DAYS: &str = "POST /v1/company/time-offs";
    const DELETE_DAYS: &str = "DELETE /v1/company/time-offs/{id}";
    const BOOK_HOURS: &str = "POST /v1/company/absence-periods";
    const DELETE_HOURS: &str = "DELETE /v1/company/absence-periods/{id}";
    let days = json!({
        "employee_id": 4002, "time_off_type_id": type_in(fake, AbsenceUnit::Day),
        "start_date": "2030-03-04", "end_date": "2030-03-05", "half_day_start": false, "half_day_end": false
    });
    let hours = json!({
        "employee_id": 4002, "time_off_type_id": type_in(fake, AbsenceUnit::Hour),
        "start_date": "2030-03-06", "end_date": "2030-03-06", "start_time": "09:00", "end_time": "10:00"
    });
    let booked = format!("time-offs/{}", first_time_off(fake));
    [
        sample(BOOK_DAYS, "time-offs", 200).sending(days.clone()),
        sample(BOOK_DAYS, "time-offs", 400).sending(days),
        sample(BOOK_HOURS, "absence-periods", 201).sending(hours),
        sample(DELETE_DAYS, "time-offs/1", 404),
        sample(DELETE_DAYS, &booked, 200),
        sample(DELETE_HOURS, "absence-periods/x", 404),
    ]
}

/// A request below `/v1/company`; the file leaves the version out.
fn sample(operation: &'static str, path: &str, status: u16) -> Sample {
    let (_, template) = operation.split_once(" /v1").unwrap();
    let path_in_file = match template {
        "/company/employees/{id}" => "/company/employees/{employee_id}",
        "/company/employees/{id}/profile-picture/{width}" => {
            "/company/employees/{employee_id}/profile-picture/{width}"
        }
        "/company/employees/{id}/absences/balance" => {
            "/company/employees/{employee_id}/absences/balance"
        }
        other => other,
    };
    Sample::of(
        operation,
        format!("/v1/company/{path}"),
        status,
        V1,
        path_in_file,
    )
}
