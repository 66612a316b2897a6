//! `GET /v2/absence-periods` and their breakdowns.

use serde_json::{Value, json};

use super::super::absence::{Absence, AbsenceUnit, Extent};
use super::super::amount;
use super::super::http::Answer;
use super::super::number::{AbsenceNumber, AbsenceTypeNumber, EmployeeNumber};
use super::super::operation::Call;
use super::super::refusal::Refusal;
use super::query::{Limits, ListRequest};
use super::{instant, local};

pub(crate) const PARAMETERS: &[&str] = &[
    "limit",
    "cursor",
    "id",
    "absence_type.id",
    "person.id",
    "starts_from.date_time.gte",
    "starts_from.date_time.lte",
    "ends_at.date_time.gte",
    "ends_at.date_time.lte",
    "updated_at.gte",
    "updated_at.lte",
];

pub(crate) fn list(call: &Call<'_>) -> Result<Answer, Refusal> {
    let request = ListRequest::read(
        call,
        Limits {
            default: 100,
            max: 100,
        },
    )?;
    let starts = request.instants("starts_from.date_time", false)?;
    let ends = request.instants("ends_at.date_time", false)?;
    let updated_at = request.instants("updated_at", false)?;
    let ids = request.any_of("id", AbsenceNumber::from_uuid);
    let types = request.any_of("absence_type.id", AbsenceTypeNumber::from_uuid);
    let persons = request.any_of("person.id", EmployeeNumber::from_digits);
    let absences = call.company.absences().filter(|absence| {
        let (begins, ends_at) = absence.bounds();
        is_visible(call, absence)
            && starts.admits_local(begins)
            && ends_at.map_or_else(|| ends.admits_open_end(), |at| ends.admits_local(at))
            && updated_at.admits_change(call, absence.updated_at)
            && ids.admits(absence.number)
            && types.admits(absence.absence_type)
            && persons.admits(absence.employee)
    });
    Ok(request.answer(call, call.path, absences, |absence| resource(call, absence)))
}

pub(crate) fn get(call: &Call<'_>) -> Result<Answer, Refusal> {
    Ok(Answer::ok(resource(call, find(call)?)))
}

/// Tells what each day of an absence takes; an open end counts until today (unknown).
pub(crate) fn breakdowns(call: &Call<'_>) -> Result<Answer, Refusal> {
    let absence = find(call)?;
    let request = ListRequest::read(
        call,
        Limits {
            default: 28,
            max: 28,
        },
    )?;
    let unit = call
        .company
        .absence_type(absence.absence_type)
        .map(|absence_type| absence_type.unit);
    let days = absence.days(
        call.company.schedule_of(absence.employee),
        call.company.today(),
    );
    let answer = request.answer(call, call.path, days, |day| {
        let (unit, value) = match unit {
            Some(AbsenceUnit::Hour) => ("HOUR", f64::from(day.minutes) / 60.0),
            _ => ("DAY", day.share),
        };
        json!({ "date": day.date, "effective_duration": { "unit": unit, "value": amount::from_float(value) } })
    });
    Ok(answer)
}

pub(super) fn find<'a>(call: &Call<'a>) -> Result<&'a Absence, Refusal> {
    let company = call.company;
    let number = call
        .placeholders
        .first()
        .copied()
        .and_then(AbsenceNumber::from_uuid);
    let absence = number.and_then(|number| company.absence(number));
    absence
        .filter(|absence| is_visible(call, absence))
        .ok_or_else(Refusal::v2_not_found)
}

fn is_visible(call: &Call<'_>, absence: &Absence) -> bool {
    let all = call.access.legal_entities.is_none();
    all || call
        .company
        .employee(absence.employee)
        .is_some_and(|person| call.access.may_see(person))
}

fn resource(call: &Call<'_>, absence: &Absence) -> Value {
    let (starts, ends) = absence.bounds();
    let (first_half, last_half) = match absence.extent {
        Extent::Minutes { .. } => (None, None),
        Extent::Days {
            half_day_start,
            half_day_end,
        } => (
            Some(if half_day_start {
                "SECOND_HALF"
            } else {
                "FIRST_HALF"
            }),
            Some(if half_day_end {
                "FIRST_HALF"
            } else {
                "SECOND_HALF"
            }),
        ),
    };
    json!({
        "id": absence.number.uuid(),
        "person": { "id": absence.employee.to_string() },
        "absence_type": { "id": absence.absence_type.uuid() },
        "starts_from": { "date_time": local(starts), "type": first_half },
        "ends_at": ends.map(|ends| json!({ "date_time": local(ends), "type": last_half })),
        "timezone_id": call.company.zone_of(absence.employee).name(),
        "comment": absence.comment,
        "approval": { "status": absence.status.v2_name() },
        "created_at": instant(absence.created_at),
        "updated_at": instant(absence.updated_at),
    })
}
