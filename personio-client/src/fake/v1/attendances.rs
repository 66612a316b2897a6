//! `/v1/company/attendances`.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use chrono::{Months, NaiveDate, NaiveTime, SecondsFormat};
use serde_json::{Value, json};

use super::super::attendance::{Attendance, NewAttendance};
use super::super::company_error::CompanyError;
use super::super::http::Answer;
use super::super::number::{AttendanceNumber, EmployeeNumber};
use super::super::operation::{Call, ChangeCall, FORM, Field, JSON, RequestBody};
use super::super::paging::LimitOffset;
use super::super::refusal::Refusal;
use super::absence_periods::instant_of;
use super::input::{Body, flag, number, text};
use super::success;
use super::time_offs::{LIMIT, employees_of};
use super::value::day;

/// Lists the attendances of a closed range of days, the newest day first (observed).
pub(crate) fn list(call: &Call<'_>) -> Result<Answer, Refusal> {
    is_alive(call)?;
    let paging = LimitOffset::read(call.query, LIMIT, LIMIT, call.quirks.clamps_limit)?;
    let (from, until) = (bound(call, "start_date")?, bound(call, "end_date")?);
    let updated_from = instant_of(call, "updated_from", NaiveTime::MIN)?;
    let end_of_day = NaiveTime::from_hms_opt(23, 59, 59).unwrap_or_default();
    let updated_to = instant_of(call, "updated_to", end_of_day)?;
    let employees = employees_of(call)?;
    let pending_too = call.query.get("includePending").is_some_and(is_true);
    let mut attendances: Vec<_> = call
        .company
        .attendances()
        .filter(|attendance| {
            (from..=until).contains(&attendance.day)
                && (pending_too || !attendance.is_pending)
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
    attendances.sort_by_key(|attendance| (Reverse(attendance.day), attendance.number));
    let cut = paging
        .by_record()
        .cut(attendances.into_iter(), call.effects);
    let data: Vec<_> = cut
        .rows
        .into_iter()
        .map(|row| resource(call, row))
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
        "limit": echoed("limit", LIMIT),
        "data": data,
    })))
}

/// `project_id` stands beside the rows in the form of the specification, in the rows of its JSON.
pub(crate) const CREATE: RequestBody = RequestBody {
    media_types: &[JSON, FORM],
    fields: &[
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
};

pub(crate) const UPDATE: RequestBody = RequestBody {
    media_types: &[JSON],
    fields: &[
        Field::text("date"),
        Field::text("start_time"),
        Field::text("end_time").or_null(),
        Field::whole("break"),
        Field::text("comment").or_null(),
        Field::whole("project_id").or_null(),
        Field::flag("skip_approval"),
    ],
};

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
    let is_pending = flag(body.value(), "skip_approval") == Some(false);
    let mut ids = Vec::new();
    let mut told = Vec::new();
    for row in &rows {
        let recorded = record(call, row, is_pending);
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
    let mut changed = find(&call.read())?.clone();
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
    if let Some(comment) = text(row, "comment") {
        changed.comment = Some(comment.into());
    }
    if let Some(skips) = flag(row, "skip_approval") {
        changed.is_pending = !skips;
    }
    call.company
        .replace_attendance(changed)
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

/// Whether the family still answers: its end was announced for 2026-08-30, what came of it is unknown.
fn is_alive(call: &Call<'_>) -> Result<(), Refusal> {
    match call.quirks.v1_attendances_gone {
        Some(status) => Err(Refusal::v1(
            status,
            status,
            "This endpoint is no longer available.",
        )),
        None => Ok(()),
    }
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
    let attendance = number.and_then(|number| company.attendances.get(number.get()));
    attendance
        .filter(|attendance| is_visible(call, attendance.employee))
        .ok_or_else(|| Refusal::v1(404, 404, "The attendance period was not found."))
}

/// Records one row, and says why not.
fn record(
    call: &mut ChangeCall<'_>,
    row: &Value,
    is_pending: bool,
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
    let break_minutes = number(row, "break").ok_or_else(|| unfit("break"))?;
    let mut new =
        NewAttendance::new(employee, day, NaiveTime::MIN, None).break_minutes(break_minutes);
    new.0.from = from;
    new.0.until = until;
    new.0.is_pending = is_pending;
    new.0.comment = text(row, "comment").map(Into::into);
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

fn resource(call: &Call<'_>, attendance: &Attendance) -> Value {
    let time = |minutes: u16| format!("{:02}:{:02}", minutes / 60, minutes % 60);
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
            "start_time": time(attendance.from),
            "end_time": attendance.until.map(time),
            "break": attendance.break_minutes,
            "comment": attendance.comment.as_deref().unwrap_or_default(),
            "updated_at": attendance.updated_at.to_rfc3339_opts(SecondsFormat::Secs, false),
            "status": if attendance.is_pending { "pending" } else { "confirmed" },
            "is_holiday": false,
            "is_on_time_off": is_on_time_off,
            "project": null,
            "id_v2": attendance.number.uuid(),
        },
    })
}
