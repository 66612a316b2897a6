//! `/v2/attendance-periods`.

use chrono::{NaiveDateTime, NaiveTime, TimeDelta};
use serde_json::{Value, json};

use super::super::attendance::{Attendance, AttendanceKind, AttendanceStatus};
use super::super::company_error::CompanyError;
use super::super::http::{Answer, Body};
use super::super::number::{AttendanceNumber, EmployeeNumber, ProjectNumber};
use super::super::operation::{Call, ChangeCall, Field, JSON, RequestBody};
use super::super::refusal::Refusal;
use super::input::{created, invalid, local_time, object, skips_approval, unprocessable};
use super::order::{self, SortKey};
use super::query::{Limits, ListRequest};
use super::{instant, local, persons, single};

/// The zone is not among them: times are local (documented).
pub(crate) const CREATE: RequestBody = RequestBody::object(&[JSON], &FIELDS);

/// Neither person nor type can change (documented).
pub(crate) const UPDATE: RequestBody = RequestBody::object(&[JSON], FIELDS.split_at(2).1);

const FIELDS: [Field; 6] = [
    Field::object("person", &[Field::text("id")]),
    Field::text("type"),
    Field::object("start", &[Field::text("date_time")]),
    Field::object("end", &[Field::text("date_time")]).or_null(),
    Field::text("comment").or_null(),
    Field::object("project", &[Field::text("id")]).or_null(),
];

pub(crate) const PARAMETERS: &[&str] = &[
    "limit",
    "cursor",
    "id",
    "person.id",
    "project.id",
    "status",
    "start.date_time.gte",
    "start.date_time.lte",
    "end.date_time.gte",
    "end.date_time.lte",
    "updated_at.gte",
    "updated_at.lte",
    "attribution_date.gte",
    "attribution_date.lte",
    "sort",
];

/// At most 100 (documented); what comes without a limit is unknown.
const LIMITS: Limits = Limits {
    default: 100,
    max: 100,
};

pub(crate) fn list(call: &Call<'_>) -> Result<Answer, Refusal> {
    let request = ListRequest::read(call, LIMITS)?;
    let starts = request.local_times("start.date_time")?;
    let ends = request.local_times("end.date_time")?;
    let updated_at = request.local_times("updated_at")?;
    let days = request.instants("attribution_date", true)?;
    let ids = request.any_of("id", AttendanceNumber::from_uuid);
    let persons = request.any_of("person.id", EmployeeNumber::from_digits);
    let statuses = request.any_of("status", |status| Some(status.to_owned()));
    let projects = request.any_of("project.id", ProjectNumber::from_digits);
    let periods = call.company.attendances().filter(|period| {
        is_visible(call, period)
            && starts.admits_local(period.start())
            && period
                .end()
                .map_or_else(|| ends.admits_open_end(), |at| ends.admits_local(at))
            && updated_at.admits_change(call, period.updated_at)
            && days.admits_local(period.day.and_time(NaiveTime::MIN))
            && ids.admits(period.number)
            && persons.admits(period.employee)
            && statuses.admits(period.status.v2_name().to_owned())
            && projects.admits_some(period.project)
    });
    let mut periods: Vec<_> = periods.collect();
    let keys: [SortKey<&Attendance>; 6] = [
        ("id", |one, other| one.number.cmp(&other.number)),
        ("person.id", |one, other| one.employee.cmp(&other.employee)),
        ("start.date_time", |one, other| {
            one.start().cmp(&other.start())
        }),
        ("end.date_time", |one, other| one.end().cmp(&other.end())),
        ("attribution_date", |one, other| one.day.cmp(&other.day)),
        ("updated_at", |one, other| {
            one.updated_at.cmp(&other.updated_at)
        }),
    ];
    order::sort(&mut periods, request.query.get("sort"), &keys)?;
    Ok(
        request.answer(call, call.path, periods.into_iter(), |period| {
            resource(period)
        }),
    )
}

pub(crate) fn get(call: &Call<'_>) -> Result<Answer, Refusal> {
    Ok(single(call, resource(find(call)?)))
}

/// Records a period and tells which ones had to make room (observed).
pub(crate) fn create(call: &mut ChangeCall<'_>) -> Result<Answer, Refusal> {
    let body = object(call)?;
    let person = body["person"]["id"].as_str().ok_or_else(invalid)?;
    let person = persons::find(&call.read(), person)?.number();
    let kind = match body["type"].as_str() {
        Some("WORK") => AttendanceKind::Work,
        Some("BREAK") => AttendanceKind::Break,
        _ => return Err(invalid()),
    };
    let start = local_time(&body["start"])?.ok_or_else(invalid)?;
    let mut period = Attendance {
        number: AttendanceNumber::from(0),
        employee: person,
        kind,
        day: start.date(),
        from: 0,
        until: None,
        comment: None,
        project: None,
        status: AttendanceStatus::Pending,
        created_at: call.company.now,
        updated_at: call.company.now,
    };
    apply(call, &body, &mut period)?;
    let affected = make_room(call, period)?;
    let shown = affected
        .iter()
        .filter_map(|number| call.company.attendance(*number).ok());
    let shown: Vec<_> = shown.map(resource).collect();
    let id = affected.first().map(|number| number.uuid());
    let link = json!({ "href": format!("{}{}/{}", call.base_url, call.request.path, id.as_deref().unwrap_or_default()) });
    Ok(created(json!({
        "id": id,
        "affected_periods": shown,
        "_meta": { "links": { "self": link } },
    })))
}

pub(crate) fn update(call: &mut ChangeCall<'_>) -> Result<Answer, Refusal> {
    let mut period = find(&call.read())?.clone();
    let body = object(call)?;
    let is_locked = call.quirks.confirmed_attendances_locked;
    if is_locked && period.status == AttendanceStatus::Confirmed {
        return Err(unprocessable("A confirmed period cannot be changed."));
    }
    apply(call, &body, &mut period)?;
    make_room(call, period)?;
    Ok(Answer::new(204, Body::Empty))
}

pub(crate) fn delete(call: &mut ChangeCall<'_>) -> Result<Answer, Refusal> {
    let number = find(&call.read())?.number;
    // Found a moment ago.
    drop(call.company.delete_period(number));
    Ok(Answer::new(204, Body::Empty))
}

fn find<'a>(call: &Call<'a>) -> Result<&'a Attendance, Refusal> {
    let company = call.company;
    let id = call.placeholders.first().copied().unwrap_or_default();
    let number = AttendanceNumber::from_uuid(id);
    let period = number.and_then(|number| company.attendance(number).ok());
    period
        .filter(|period| is_visible(call, period))
        .ok_or_else(Refusal::v2_not_found)
}

fn is_visible(call: &Call<'_>, period: &Attendance) -> bool {
    let all = call.access.legal_entities.is_none();
    let person = || call.company.employee(period.employee);
    all || person().is_some_and(|person| call.access.may_see(person))
}

/// Writes what the body says over a period.
fn apply(call: &ChangeCall<'_>, body: &Value, period: &mut Attendance) -> Result<(), Refusal> {
    let start = local_time(&body["start"])?.unwrap_or_else(|| period.start());
    let end = match body.get("end") {
        Some(end) => local_time(end)?,
        None => period.end(),
    };
    check_length(call, start, end)?;
    period.begin_at(start);
    period.until = end.map(|end| period.minute_at(end));
    if let Some(comment) = body.get("comment") {
        period.comment = comment_of(comment)?;
    }
    if let Some(project) = body.get("project") {
        period.project = project_of(call, project, period.kind)?;
    }
    period.status = match skips_approval(call) {
        true => AttendanceStatus::Confirmed,
        false => AttendanceStatus::Pending,
    };
    Ok(())
}

fn check_length(
    call: &ChangeCall<'_>,
    start: NaiveDateTime,
    end: Option<NaiveDateTime>,
) -> Result<(), Refusal> {
    let Some(end) = end else {
        return Ok(());
    };
    if end <= start {
        return Err(unprocessable("The start must lie before the end."));
    }
    let longest = TimeDelta::hours(call.quirks.longest_attendance_hours.into());
    if end - start > longest {
        return Err(unprocessable("The period is too long."));
    }
    Ok(())
}

/// Finds the project to book on, which must be active; breaks have none (documented).
fn project_of(
    call: &ChangeCall<'_>,
    given: &Value,
    kind: AttendanceKind,
) -> Result<Option<ProjectNumber>, Refusal> {
    if given.is_null() {
        return Ok(None);
    }
    let id = given["id"].as_str().ok_or_else(invalid)?;
    if kind == AttendanceKind::Break {
        return Err(unprocessable("A break cannot have a project."));
    }
    let project = ProjectNumber::from_digits(id).and_then(|id| call.company.project(id).ok());
    let project = project.ok_or_else(Refusal::v2_not_found)?;
    if project.is_archived {
        return Err(unprocessable("The project is not active."));
    }
    Ok(Some(project.number))
}

/// At most 1000 characters (observed).
fn comment_of(value: &Value) -> Result<Option<Box<str>>, Refusal> {
    const LONGEST: usize = 1000;
    match value.as_str() {
        Some(comment) if comment.chars().count() > LONGEST => Err(invalid()),
        comment => Ok(comment.map(Into::into)),
    }
}

fn make_room(
    call: &mut ChangeCall<'_>,
    period: Attendance,
) -> Result<Vec<AttendanceNumber>, Refusal> {
    let made = call.company.make_room_for(period);
    made.map_err(|error| match error {
        CompanyError::UnknownEmployee(_) => Refusal::v2_not_found(),
        error => unprocessable(error.to_string()),
    })
}

fn resource(period: &Attendance) -> Value {
    let kind = match period.kind {
        AttendanceKind::Work => "WORK",
        AttendanceKind::Break => "BREAK",
    };
    json!({
        "id": period.number.uuid(),
        "person": { "id": period.employee.to_string() },
        "type": kind,
        "start": { "date_time": local(period.start()) },
        "end": period.end().map(|end| json!({ "date_time": local(end) })),
        "attribution_date": period.day,
        "comment": period.comment,
        "project": period.project.map(|project| json!({ "id": project.to_string() })),
        "approval": { "status": period.status.v2_name() },
        "is_auto_generated": false,
        "created_at": instant(period.created_at),
        "updated_at": instant(period.updated_at),
    })
}
