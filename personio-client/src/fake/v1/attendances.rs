//! `/v1/company/attendances`.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use chrono::{Months, NaiveDate, NaiveTime, SecondsFormat};
use serde_json::{Value, json};

use super::super::attendance::{Attendance, AttendanceStatus, NewAttendance};
use super::super::company_error::CompanyError;
use super::super::http::Answer;
use super::super::number::{AttendanceNumber, EmployeeNumber, ProjectNumber};
use super::super::operation::{Call, ChangeCall, FORM, Field, JSON, RequestBody};
use super::super::paging::LimitOffset;
use super::super::refusal::Refusal;
use super::absence_periods::instant_of;
use super::input::{Body, flag, number, text};
use super::success;
use super::time_offs::employees_of;
use super::value::day;

pub(crate) const PARAMETERS: &[&str] = &[
    "limit",
    "offset",
    "start_date",
    "end_date",
    "updated_from",
    "updated_to",
    "includePending",
    "employees[]",
];

/// Lists the attendances of a closed range of days, the newest day first (observed).
pub(crate) fn list(call: &Call<'_>) -> Result<Answer, Refusal> {
    is_alive(call)?;
    let quirks = call.quirks;
    let paging = LimitOffset::read(
        call.query,
        quirks.attendances_default_limit,
        quirks.attendances_max_limit,
        quirks.clamps_limit,
    )?;
    let (from, until) = (bound(call, "start_date")?, bound(call, "end_date")?);
    let updated_from = instant_of(call, "updated_from", NaiveTime::MIN)?;
    let end_of_day = NaiveTime::from_hms_opt(23, 59, 59).unwrap_or_default();
    let updated_to = instant_of(call, "updated_to", end_of_day)?;
    let employees = employees_of(call)?;
    bears_nights(call)?;
    let pending_too = call.query.get("includePending").is_some_and(is_true);
    let mut attendances: Vec<_> = call
        .company
        .attendances_in_v1()
        .filter(|(attendance, _)| {
            (from..=until).contains(&attendance.day)
                && (pending_too || attendance.status == AttendanceStatus::Confirmed)
                && is_visible(call, attendance.employee)
                && employees
                    .as_ref()
                    .is_none_or(|employees| employees.contains(&attendance.employee))
                && updated_from.is_none_or(|from| {
                    from - call.repeats() <= attendance.updated_at
                        && call.is_reported(attendance.updated_at)
                })
                && updated_to.is_none_or(|to| attendance.updated_at <= to)
        })
        .collect();
    attendances.sort_by_key(|(attendance, _)| (Reverse(attendance.day), attendance.number));
    let cut = paging
        .by_record()
        .cut(attendances.into_iter(), call.effects);
    let data: Vec<_> = cut
        .rows
        .into_iter()
        .map(|(attendance, seen)| resource(call, attendance, &seen))
        .collect();
    // What was passed comes back as it was passed: as text (observed).
    let echoed = |name: &str, default: usize| {
        call.query
            .get(name)
            .map_or_else(|| json!(default), |given| json!(given))
    };
    Ok(Answer::ok(json!({
        "success": true,
        "metadata": {
            "total_elements": cut.total,
            "current_page": paging.offset / paging.limit,
            "total_pages": cut.total.div_ceil(paging.limit),
        },
        "offset": echoed("offset", 0),
        "limit": echoed("limit", paging.limit),
        "data": data,
    })))
}

/// `project_id` stands beside the rows in the form of the specification, in the rows of its JSON.
pub(crate) const CREATE: RequestBody = RequestBody::object(
    &[JSON, FORM],
    &[
        Field::rows(
            "attendances",
            &[
                Field::whole("employee"),
                Field::text("date"),
                Field::text("start_time"),
                Field::text("end_time").or_null(),
                Field::whole("break"),
                Field::text("comment").or_null(),
                Field::whole("project_id").or_null(),
            ],
        ),
        Field::whole("project_id").or_null(),
        Field::flag("skip_approval"),
    ],
);

pub(crate) const UPDATE: RequestBody = RequestBody::object(
    &[JSON],
    &[
        Field::text("date"),
        Field::text("start_time"),
        Field::text("end_time").or_null(),
        Field::whole("break"),
        Field::text("comment").or_null(),
        Field::whole("project_id").or_null(),
        Field::flag("skip_approval"),
    ],
);

/// Records several attendances; the good ones are stored even when others are refused.
pub(crate) fn create(call: &mut ChangeCall<'_>) -> Result<Answer, Refusal> {
    const MOST_EMPLOYEES: usize = 100;
    is_alive(&call.read())?;
    let body = Body::read(call.request);
    let rows = body.rows("attendances");
    let employees: BTreeSet<_> = rows
        .iter()
        .filter_map(|row| number(row, "employee"))
        .collect();
    if rows.is_empty() || employees.len() > MOST_EMPLOYEES {
        return Err(Refusal::v1(400, 400, "Bad Request"));
    }
    let status = approval(body.value()).unwrap_or(AttendanceStatus::Confirmed);
    let mut ids = Vec::new();
    let mut told = Vec::new();
    for row in &rows {
        let recorded = record(call, row, status);
        told.push(json!({
            "success": recorded.is_ok(),
            "error_msg": recorded.as_ref().err(),
            "id": recorded.as_ref().ok(),
            "employee": number(row, "employee"),
            "date": text(row, "date"),
            "start_time": text(row, "start_time"),
            "end_time": text(row, "end_time"),
            "break": number(row, "break"),
            "comment": text(row, "comment").unwrap_or_default(),
            "project_id": number(row, "project_id"),
        }));
        ids.extend(recorded.ok());
    }
    if ids.len() == rows.len() {
        return Ok(success(json!({ "id": ids, "message": "success" })));
    }
    let error = json!({
        "code": 400,
        "message": "Error when trying to insert Attendances periods rows",
        "detailed_message": told,
    });
    let mut answer = Answer::ok(json!({ "success": false, "error": error }));
    answer.status = 400;
    Ok(answer)
}

pub(crate) fn update(call: &mut ChangeCall<'_>) -> Result<Answer, Refusal> {
    is_alive(&call.read())?;
    let read = call.read();
    let attendance = find(&read)?;
    let own_number = attendance.number;
    let mut changed = read.company.attendance_in_v1(attendance);
    let body = Body::read(call.request);
    let row = body.value();
    let unfit = |what: &str| Refusal::v1(400, 400, format!("The {what} is invalid."));
    if let Some(given) = text(row, "date") {
        changed.day = day(given).ok_or_else(|| unfit("date"))?;
    }
    if let Some(given) = text(row, "start_time") {
        changed.from = minute(given).ok_or_else(|| unfit("start_time"))?;
    }
    if let Some(given) = text(row, "end_time") {
        changed.until = Some(minute(given).ok_or_else(|| unfit("end_time"))?);
    }
    if let Some(minutes) = number(row, "break") {
        changed.break_minutes = minutes;
    }
    if let Some(project) = number(row, "project_id") {
        changed.project = Some(project.into());
    }
    if let Some(comment) = text(row, "comment") {
        changed.comment = Some(comment.into());
    }
    changed.status = approval(row).unwrap_or(changed.status);
    call.company
        .replace_attendance(own_number, &changed)
        .map_err(|error| Refusal::v1(400, 400, told(&error)))?;
    Ok(success(
        json!({ "message": "The attendance period was updated." }),
    ))
}

pub(crate) fn delete(call: &mut ChangeCall<'_>) -> Result<Answer, Refusal> {
    is_alive(&call.read())?;
    let number = find(&call.read())?.number;
    // Found a moment ago.
    drop(call.company.delete_attendance(number));
    Ok(success(
        json!({ "message": "The attendance period was deleted." }),
    ))
}

/// What becomes of an attendance, if the request says so: v1 approves unless told otherwise.
fn approval(row: &Value) -> Option<AttendanceStatus> {
    flag(row, "skip_approval").map(|skips| match skips {
        true => AttendanceStatus::Confirmed,
        false => AttendanceStatus::Pending,
    })
}

/// Whether the family still answers.
fn is_alive(call: &Call<'_>) -> Result<(), Refusal> {
    let has_ended = call.company.today() > call.quirks.v1_attendances_last_day;
    match call.quirks.v1_attendances_gone {
        Some(status) if has_ended => Err(Refusal::v1(
            status,
            status,
            "This endpoint is no longer available.",
        )),
        _ => Ok(()),
    }
}

/// Refuses to list at all as soon as one attendance of the company ends on a later day (observed in 2026).
fn bears_nights(call: &Call<'_>) -> Result<(), Refusal> {
    let mut attendances = call.company.attendances();
    if call.quirks.v1_refuses_overnight && attendances.any(Attendance::is_overnight) {
        let message = "Attendance periods over several days are not supported.";
        return Err(Refusal::v1(422, 422, message));
    }
    Ok(())
}

/// Reads a required bound, which must lie between 1970 and ten years from now.
fn bound(call: &Call<'_>, name: &str) -> Result<NaiveDate, Refusal> {
    const TEN_YEARS: Months = Months::new(120);
    let today = call.company.today();
    let latest = today.checked_add_months(TEN_YEARS).unwrap_or(today);
    let earliest = NaiveDate::from_ymd_opt(1970, 1, 1).unwrap_or_default();
    let given = call.query.get(name).and_then(day);
    given
        .filter(|day| (earliest..=latest).contains(day))
        .ok_or_else(|| Refusal::v1(400, 400, format!("The {name} is missing or invalid.")))
}

fn is_true(text: &str) -> bool {
    matches!(text, "true" | "1")
}

fn is_visible(call: &Call<'_>, employee: EmployeeNumber) -> bool {
    let employee = call.company.employee(employee);
    employee.is_some_and(|employee| call.access.may_see(employee))
}

fn find<'a>(call: &Call<'a>) -> Result<&'a Attendance, Refusal> {
    let company = call.company;
    let id = call.placeholders.first().copied().unwrap_or_default();
    let number = id.parse::<u32>().map(AttendanceNumber::from).ok();
    let attendance = number.and_then(|number| company.attendance(number).ok());
    attendance
        .filter(|attendance| !attendance.is_break() && is_visible(call, attendance.employee))
        .ok_or_else(|| Refusal::v1(404, 404, "The attendance period was not found."))
}

/// Records one row, and says why not.
fn record(
    call: &mut ChangeCall<'_>,
    row: &Value,
    status: AttendanceStatus,
) -> Result<AttendanceNumber, String> {
    let unfit = |what: &str| format!("The {what} is missing or invalid.");
    let employee = number(row, "employee").map(EmployeeNumber::from);
    let employee = employee
        .filter(|employee| is_visible(&call.read(), *employee))
        .ok_or_else(|| unfit("employee"))?;
    let day = text(row, "date")
        .and_then(day)
        .ok_or_else(|| unfit("date"))?;
    let from = text(row, "start_time")
        .and_then(minute)
        .ok_or_else(|| unfit("start_time"))?;
    let until = match text(row, "end_time") {
        Some(given) => Some(minute(given).ok_or_else(|| unfit("end_time"))?),
        None => None,
    };
    let break_minutes = number(row, "break")
        .filter(|minutes| *minutes > 0 || !call.quirks.zero_break_refused)
        .ok_or_else(|| unfit("break"))?;
    let mut new =
        NewAttendance::new(employee, day, NaiveTime::MIN, None).break_minutes(break_minutes);
    new.from = from;
    new.until = until;
    new.status = status;
    new.project = number(row, "project_id").map(Into::into);
    new.comment = text(row, "comment").map(Into::into);
    call.company.attend(new).map_err(|error| told(&error))
}

/// The texts of the service, where they are known.
fn told(error: &CompanyError) -> String {
    match error {
        CompanyError::AttendanceOverlap(_) => "Existing overlapping attendances periods".to_owned(),
        CompanyError::EmptyAttendance => "Start time has to be smaller than end time".to_owned(),
        error => error.to_string(),
    }
}

/// Reads `08:30` as minutes after midnight.
fn minute(text: &str) -> Option<u16> {
    let (hours, minutes) = text.split_once(':')?;
    let is_padded = hours.len() == 2 && minutes.len() == 2;
    let (hours, minutes) = (hours.parse::<u16>().ok()?, minutes.parse::<u16>().ok()?);
    (is_padded && hours < 24 && minutes < 60).then_some(hours * 60 + minutes)
}

fn project_in_v1(call: &Call<'_>, number: ProjectNumber) -> Value {
    let project = call.company.project(number).ok();
    json!({
        "id": number,
        "type": "Project",
        "attributes": {
            "name": project.map(|project| &*project.name),
            "active": project.is_some_and(|project| !project.is_archived),
        },
    })
}

fn resource(call: &Call<'_>, attendance: &Attendance, seen: &NewAttendance) -> Value {
    let time = |minutes: u16| format!("{:02}:{:02}", minutes / 60 % 24, minutes % 60);
    let is_on_time_off = call
        .company
        .absences_of(attendance.employee)
        .any(|absence| absence.intersects(Some(attendance.day), Some(attendance.day)));
    json!({
        "id": attendance.number,
        "type": "AttendancePeriod",
        "attributes": {
            "employee": attendance.employee,
            "date": attendance.day,
            "start_time": time(seen.from),
            "end_time": attendance.until.map(time),
            "break": seen.break_minutes,
            "comment": attendance.comment.as_deref().unwrap_or_default(),
            "updated_at": attendance.updated_at.to_rfc3339_opts(SecondsFormat::Secs, false),
            "status": attendance.status.v1_name(),
            "is_holiday": false,
            "is_on_time_off": is_on_time_off,
            "project": seen.project.map(|project| project_in_v1(call, project)),
            "id_v2": attendance.number.uuid(),
        },
    })
}
