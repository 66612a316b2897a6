//! What is asked of v2.

use personio_client::fake::{
    AbsenceUnit, AttendanceNumber, EmploymentNumber, FakePersonio, WebhookNumber,
};
use serde_json::{Value, json};

use super::super::files::{V2_AUTH, V2_EMPLOYMENTS, V2_PERSONS, V2_REBUILT};
use super::{Sample, first_time_off, type_in};

pub(super) fn reads(fake: &FakePersonio) -> Vec<Sample> {
    let mut reads = Vec::from(persons());
    reads.extend(employments());
    reads.extend(absences(fake));
    reads.extend(organisation());
    reads
}

/// Registers a webhook, and is refused to register it twice.
pub(super) fn registrations() -> [Sample; 2] {
    let desk_sync = json!({
        "url": "https://hooks.example.com/personio", "description": "Desk sync", "status": "ENABLED",
        "enabled_events": ["person.created", "absence-period.deleted"]
    });
    [201, 409].map(|status| webhook("POST /v2/webhooks", status).sending(desk_sync.clone()))
}

/// Writes far from what the generator makes, and what can only be read afterwards.
pub(super) fn writes(fake: &FakePersonio) -> Vec<Sample> {
    let mut writes = Vec::from(tokens());
    writes.push(booking(fake));
    writes.extend(attendance_periods());
    writes.extend(projects());
    writes.extend(webhooks());
    writes
}

fn persons() -> [Sample; 4] {
    const ALL: &str = "GET /v2/persons";
    const ONE: &str = "GET /v2/persons/{id}";
    [
        (ALL, "persons?limit=50", 200),
        (ALL, "persons?limit=51", 400),
        (ONE, "persons/4002", 200),
        (ONE, "persons/1", 404),
    ]
    .map(|(operation, path, status)| sample(operation, path, status, V2_PERSONS))
}

fn employments() -> impl Iterator<Item = Sample> {
    const ALL: &str = "GET /v2/persons/{person_id}/employments";
    const ONE: &str = "GET /v2/persons/{person_id}/employments/{id}";
    // The first employment is that of the first employee.
    let first = EmploymentNumber::from(1).uuid();
    let first = format!("persons/4001/employments/{first}");
    let others = [
        (ALL, "persons/4002/employments?limit=51", 400),
        (ALL, "persons/1/employments", 404),
        (ONE, &first, 200),
        (ONE, "persons/4002/employments/x", 404),
    ]
    .map(|(operation, path, status)| sample(operation, path, status, V2_EMPLOYMENTS));
    let everybody = (4001..=4120).map(|person| {
        let path = format!("persons/{person}/employments");
        sample(ALL, &path, 200, V2_EMPLOYMENTS)
    });
    everybody.chain(others)
}

fn absences(fake: &FakePersonio) -> [Sample; 5] {
    let one = format!("absence-periods/{}", first_time_off(fake).uuid());
    let breakdowns = format!("{one}/breakdowns");
    [
        rebuilt("GET /v2/absence-types", "absence-types", 200),
        rebuilt("GET /v2/absence-types/{id}", "absence-types/x", 404),
        rebuilt("GET /v2/absence-periods", "absence-periods", 200),
        rebuilt("GET /v2/absence-periods/{id}", &one, 200),
        rebuilt("GET /v2/absence-periods/{id}/breakdowns", &breakdowns, 200),
    ]
}

fn organisation() -> [Sample; 11] {
    const UNITS: &str = "GET /v2/org-units";
    const UNIT: &str = "GET /v2/org-units/{id}";
    const ENTITIES: &str = "GET /v2/legal-entities";
    const ENTITY: &str = "GET /v2/legal-entities/{id}";
    [
        (UNITS, "org-units?type=team&include_parent_chain=true", 200),
        (UNITS, "org-units?type=department", 200),
        (UNITS, "org-units?type=division", 400),
        (
            UNIT,
            "org-units/501?type=team&include_parent_chain=true",
            200,
        ),
        (UNIT, "org-units/1?type=team", 404),
        (ENTITIES, "legal-entities", 200),
        (ENTITY, "legal-entities/7001", 200),
        (ENTITY, "legal-entities/1", 404),
        ("GET /v2/cost-centers", "cost-centers", 200),
        ("GET /v2/workplaces", "workplaces", 200),
        ("GET /v2/reports", "reports", 200),
    ]
    .map(|(operation, path, status)| rebuilt(operation, path, status))
}

fn tokens() -> [Sample; 2] {
    const TOKEN: &str = "POST /v2/auth/token";
    let form = vec![
        ("grant_type", "client_credentials"),
        ("client_id", "fake-client"),
        ("client_secret", "fake-secret"),
    ];
    let another = vec![("grant_type", "password")];
    [
        sample(TOKEN, "auth/token", 200, V2_AUTH).sending_form(form),
        sample(TOKEN, "auth/token", 400, V2_AUTH).sending_form(another),
    ]
}

fn booking(fake: &FakePersonio) -> Sample {
    let vacation = json!({
        "person": { "id": "4002" }, "absence_type": { "id": type_in(fake, AbsenceUnit::Day).uuid() },
        "starts_from": { "date_time": "2030-04-01T00:00:00" }, "ends_at": { "date_time": "2030-04-02T00:00:00" }
    });
    rebuilt("POST /v2/absence-periods", "absence-periods", 201).sending(vacation)
}

/// Recorded after the attendances of v1, of which one got a number.
fn attendance_periods() -> [Sample; 8] {
    const RECORD: &str = "POST /v2/attendance-periods";
    const ALL: &str = "GET /v2/attendance-periods";
    const ONE: &str = "GET /v2/attendance-periods/{id}";
    let one = AttendanceNumber::from(900_002).uuid();
    let one = format!("attendance-periods/{one}");
    let record = |kind: &str, start: &str, end: &str, status| {
        let period = json!({
            "person": { "id": "4002" }, "type": kind,
            "start": { "date_time": start }, "end": { "date_time": end },
        });
        rebuilt(RECORD, "attendance-periods", status).sending(period)
    };
    [
        record("WORK", "2026-03-02T08:00:00", "2026-03-02T17:00:00", 201),
        record("BREAK", "2026-03-02T12:00:00", "2026-03-02T12:30:00", 201),
        record("WORK", "2026-03-02T17:00:00", "2026-03-02T08:00:00", 422),
        record("WORK", "2026-03-02T08:00:00Z", "2026-03-02T17:00:00Z", 400),
        rebuilt(ALL, "attendance-periods", 200),
        rebuilt(ALL, "attendance-periods?limit=101", 400),
        rebuilt(ONE, &one, 200),
        rebuilt(ONE, "attendance-periods/x", 404),
    ]
}

/// The first project to be created has the number 301.
fn projects() -> [Sample; 8] {
    const CREATE: &str = "POST /v2/projects";
    const ALL: &str = "GET /v2/projects";
    const ONE: &str = "GET /v2/projects/{id}";
    const MEMBERS: &str = "GET /v2/projects/{id}/members";
    let create = |body: Value, status| rebuilt(CREATE, "projects", status).sending(body);
    let inventory = json!({ "name": "Inventur", "status": "ACTIVE", "project_code": "INV" });
    let figures = "include=tracked_minutes,sub_projects_count";
    [
        create(inventory.clone(), 201),
        create(inventory, 409),
        create(json!({}), 400),
        rebuilt(ALL, &format!("projects?{figures}"), 200),
        rebuilt(ALL, "projects?include=salary", 422),
        rebuilt(ONE, &format!("projects/301?{figures}"), 200),
        rebuilt(ONE, "projects/9", 404),
        rebuilt(MEMBERS, "projects/301/members", 200),
    ]
}

/// All operations on a webhook; what was written before is what it has to tell.
fn webhooks() -> [Sample; 11] {
    const CHANGE: &str = "PATCH /v2/webhooks/{id}";
    const EVENTS: &str = "GET /v2/webhooks/{id}/events";
    const ACTIVITY: &str = "GET /v2/webhooks/{id}/activity";
    let headers = json!({ "auth_type": "CUSTOM", "custom_headers": { "X-Key": "k" } });
    let denied = json!({ "auth_type": "CUSTOM", "custom_headers": { "Host": "k" } });
    // Gives up what waits, so that there is some activity.
    let disabled = json!({ "status": "DISABLED" });
    [
        webhook("POST /v2/webhooks", 422).sending(json!({})),
        webhook("GET /v2/webhooks", 200),
        webhook("GET /v2/webhooks/{id}", 200),
        webhook(CHANGE, 200).sending(headers),
        webhook(CHANGE, 422).sending(denied),
        webhook(CHANGE, 200).sending(disabled),
        webhook(EVENTS, 200),
        webhook(EVENTS, 422).asking("limit=201"),
        webhook(ACTIVITY, 200),
        webhook(ACTIVITY, 422).asking("limit=0"),
        webhook("POST /v2/webhooks/{id}/redelivery", 202).sending(json!({})),
    ]
}

/// A request that concerns the first webhook, if any.
fn webhook(operation: &'static str, status: u16) -> Sample {
    let (_, template) = operation.split_once(" /v2/").unwrap();
    let first = WebhookNumber::from(1).uuid();
    rebuilt(operation, &template.replace("{id}", &first), status)
}

/// A request to an operation that only the rebuilt file describes.
fn rebuilt(operation: &'static str, path: &str, status: u16) -> Sample {
    sample(operation, path, status, V2_REBUILT)
}

/// A request below `/v2`; the files have the paths as they are.
fn sample(operation: &'static str, path: &str, status: u16, file: &'static str) -> Sample {
    let (_, path_in_file) = operation.split_once(' ').unwrap();
    Sample::of(operation, format!("/v2/{path}"), status, file, path_in_file)
}
