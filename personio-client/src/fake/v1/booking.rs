//! `POST` and `DELETE` on `/v1/company/time-offs` and `/v1/company/absence-periods`.

use chrono::NaiveTime;
use serde_json::{Value, json};

use super::super::absence::{Absence, AbsenceStatus, AbsenceUnit, Extent};
use super::super::company_error::CompanyError;
use super::super::http::Answer;
use super::super::new_absence::{NewAbsence, minute_of};
use super::super::number::{AbsenceNumber, AbsenceTypeNumber, EmployeeNumber};
use super::super::operation::{ChangeCall, FORM, Field, RequestBody};
use super::super::refusal::Refusal;
use super::input::{Body, flag, number, text};
use super::success;
use super::value::day;
use super::{absence_periods, time_offs};

pub(crate) const DAYS: RequestBody = RequestBody::object(
    &[FORM],
    &[
        Field::whole("employee_id"),
        Field::whole("time_off_type_id"),
        Field::text("start_date"),
        Field::text("end_date"),
        Field::flag("half_day_start"),
        Field::flag("half_day_end"),
        Field::text("comment"),
        Field::flag("skip_approval"),
    ],
);

pub(crate) const HOURS: RequestBody = RequestBody::object(
    &[FORM],
    &[
        Field::whole("employee_id"),
        Field::whole("time_off_type_id"),
        Field::text("start_date"),
        Field::text("end_date"),
        Field::text("start_time"),
        Field::text("end_time"),
        Field::flag("half_day_start"),
        Field::flag("half_day_end"),
        Field::text("comment"),
        Field::flag("skip_approval"),
    ],
);

pub(crate) fn book_days(call: &mut ChangeCall<'_>) -> Result<Answer, Refusal> {
    let absence = draft(call, AbsenceUnit::Day)?;
    let number = record(call, absence)?;
    let read = call.read();
    Ok(success(json!(
        read.company
            .absence(number)
            .map(|absence| time_offs::resource(&read, absence))
    )))
}

/// Books hours, or days on a type in hours; the answer is a list of one (example of the specification).
pub(crate) fn book_hours(call: &mut ChangeCall<'_>) -> Result<Answer, Refusal> {
    let absence = draft(call, AbsenceUnit::Hour)?;
    let number = record(call, absence)?;
    let read = call.read();
    let booked = read.company.absence(number);
    let booked = booked.map(|absence| absence_periods::resource(&read, absence));
    let mut answer = success(booked.into_iter().collect());
    answer.status = 201;
    Ok(answer)
}

pub(crate) fn delete_days(call: &mut ChangeCall<'_>) -> Result<Answer, Refusal> {
    let id = call.placeholders.first().copied().unwrap_or_default();
    let number: u32 = id
        .parse()
        .map_err(|_| Refusal::v1(400, 400, "The absence period id is invalid."))?;
    delete(call, Some(AbsenceNumber::from(number)), AbsenceUnit::Day)
}

pub(crate) fn delete_hours(call: &mut ChangeCall<'_>) -> Result<Answer, Refusal> {
    let id = call.placeholders.first().copied().unwrap_or_default();
    delete(call, AbsenceNumber::from_uuid(id), AbsenceUnit::Hour)
}

fn delete(
    call: &mut ChangeCall<'_>,
    number: Option<AbsenceNumber>,
    unit: AbsenceUnit,
) -> Result<Answer, Refusal> {
    let read = call.read();
    let absence = number.and_then(|number| read.company.absence(number));
    let known = absence.filter(|absence| {
        time_offs::is_visible(&read, absence) && time_offs::unit_of(&read, absence) == Some(unit)
    });
    let number = known
        .map(Absence::number)
        .ok_or_else(|| Refusal::v1(404, 404, "The absence period was not found."))?;
    // Found a moment ago.
    drop(call.company.delete_absence(number));
    Ok(success(
        json!({ "message": "The absence period was deleted." }),
    ))
}

/// Reads an absence out of the body, form or JSON.
fn draft(call: &ChangeCall<'_>, unit: AbsenceUnit) -> Result<Absence, Refusal> {
    let body = Body::read(call.request);
    let row = body.value();
    let missing = |name: &str| {
        Refusal::v1_invalid(name, format!("The {} is required.", name.replace('_', " ")))
    };
    let read = call.read();
    let employee = number(row, "employee_id").map(EmployeeNumber::from);
    let employee = employee
        .and_then(|number| read.company.employee(number))
        .filter(|employee| call.access.may_see(employee))
        .ok_or_else(|| missing("employee_id"))?;
    let type_number = number(row, "time_off_type_id").ok_or_else(|| missing("time_off_type_id"))?;
    let absence_type = read
        .company
        .absence_type(AbsenceTypeNumber::from(type_number))
        .ok_or_else(|| Refusal::v1(404, 0, "Time-off type not found."))?;
    if absence_type.unit() != unit {
        let message = match unit {
            AbsenceUnit::Day => "Error when trying to insert absence period",
            AbsenceUnit::Hour => "This API doesn't support Daily Absences",
        };
        return Err(Refusal::v1(400, 400, message));
    }
    let day_of = |name: &str| text(row, name).and_then(day).ok_or_else(|| missing(name));
    let (first_day, last_day) = (day_of("start_date")?, day_of("end_date")?);
    let mut absence = read
        .company
        .draft(NewAbsence::days(
            employee.number(),
            absence_type.name(),
            first_day,
            last_day,
        ))
        .map_err(|error| refusal(&error))?;
    absence.extent = match unit {
        AbsenceUnit::Day => Extent::Days {
            half_day_start: flag(row, "half_day_start").ok_or_else(|| missing("half_day_start"))?,
            half_day_end: flag(row, "half_day_end").ok_or_else(|| missing("half_day_end"))?,
        },
        AbsenceUnit::Hour if first_day == last_day => Extent::Minutes {
            from: time(row, "start_time").ok_or_else(|| missing("start_time"))?,
            until: time(row, "end_time").ok_or_else(|| missing("end_time"))?,
        },
        AbsenceUnit::Hour => Extent::Days {
            half_day_start: flag(row, "half_day_start") == Some(true),
            half_day_end: flag(row, "half_day_end") == Some(true),
        },
    };
    absence.comment = text(row, "comment").map(Into::into);
    if flag(row, "skip_approval") == Some(false) && absence_type.approval_required {
        absence.status = AbsenceStatus::Pending;
    }
    Ok(absence)
}

fn record(call: &mut ChangeCall<'_>, absence: Absence) -> Result<AbsenceNumber, Refusal> {
    call.company
        .record(absence)
        .map_err(|error| refusal(&error))
}

/// The reason cannot be read by machines, except for the one that was documented.
fn refusal(error: &CompanyError) -> Refusal {
    let message = match error {
        CompanyError::EmptyAbsence => {
            "Invalid absence day. Reason: Both half day start and half day end are true for a single-day period"
        }
        _ => "Error when trying to insert absence period",
    };
    Refusal::v1(400, 400, message)
}

fn time(row: &Value, name: &str) -> Option<u16> {
    let time = NaiveTime::parse_from_str(text(row, name)?, "%H:%M");
    time.ok().map(minute_of)
}
