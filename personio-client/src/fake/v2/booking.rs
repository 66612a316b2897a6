//! `POST`, `PATCH` and `DELETE` on `/v2/absence-periods`.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};
use serde_json::{Value, json};

use super::super::absence::{Absence, AbsenceStatus, AbsenceType, AbsenceUnit, Extent};
use super::super::company_error::CompanyError;
use super::super::http::{Answer, Body};
use super::super::new_absence::{NewAbsence, minute_of};
use super::super::number::AbsenceTypeNumber;
use super::super::operation::{ChangeCall, Field, JSON, RequestBody};
use super::super::quirks::Quirks;
use super::super::refusal::Refusal;
use super::absence_periods::find;
use super::input::{self, created, local_time, object, skips_approval};
use super::persons;

/// The zone is not among them: times are local (documented).
pub(crate) const CREATE: RequestBody = RequestBody::object(&[JSON], &FIELDS);

/// Whether the person can change is unknown; hardly (inferred).
pub(crate) const UPDATE: RequestBody = RequestBody::object(&[JSON], FIELDS.split_at(1).1);

const FIELDS: [Field; 6] = [
    Field::object("person", &[Field::text("id")]),
    Field::object("absence_type", &[Field::text("id")]),
    Field::object("starts_from", &BOUNDARY),
    Field::object("ends_at", &BOUNDARY).or_null(),
    Field::text("comment").or_null(),
    Field::object("substitute", &[Field::text("id")]).or_null(),
];

const BOUNDARY: [Field; 2] = [Field::text("date_time"), Field::text("type")];

pub(crate) fn create(call: &mut ChangeCall<'_>) -> Result<Answer, Refusal> {
    let body = object(call)?;
    let person = body["person"]["id"].as_str().unwrap_or_default();
    let read = call.read();
    let person = persons::find(&read, person).map_err(|_| unprocessable("person.id"))?;
    let absence_type =
        absence_type(call, &body)?.ok_or_else(|| unprocessable("absence_type.id"))?;
    let start =
        Boundary::read(&body["starts_from"])?.ok_or_else(|| unprocessable("starts_from"))?;
    let new = NewAbsence::open_ended(person.number(), absence_type.name(), start.at.date());
    let mut absence = read.company.draft(new).map_err(|error| refusal(&error))?;
    apply(call.quirks, &body, absence_type, &mut absence)?;
    if !skips_approval(call) && absence_type.approval_required {
        absence.status = AbsenceStatus::Pending;
    }
    let number = call
        .company
        .record(absence)
        .map_err(|error| refusal(&error))?;
    Ok(created(json!({ "id": number.uuid() })))
}

pub(crate) fn update(call: &mut ChangeCall<'_>) -> Result<Answer, Refusal> {
    let body = object(call)?;
    let mut absence = find(&call.read())?.clone();
    let given = absence_type(call, &body)?;
    let absence_type = given.or_else(|| call.company.absence_type(absence.absence_type()));
    let absence_type = absence_type.ok_or_else(|| unprocessable("absence_type.id"))?;
    absence.absence_type = absence_type.number();
    apply(call.quirks, &body, absence_type, &mut absence)?;
    if !skips_approval(call) && absence_type.approval_required {
        absence.status = AbsenceStatus::Pending;
    } else if skips_approval(call) && !call.quirks.absence_changes_keep_approval {
        absence.status = AbsenceStatus::Approved;
    }
    call.company
        .replace(absence)
        .map_err(|error| refusal(&error))?;
    Ok(Answer::new(204, Body::Empty))
}

pub(crate) fn delete(call: &mut ChangeCall<'_>) -> Result<Answer, Refusal> {
    let number = find(&call.read())?.number();
    // Found a moment ago.
    drop(call.company.delete_absence(number));
    Ok(Answer::new(204, Body::Empty))
}

fn absence_type<'a>(
    call: &'a ChangeCall<'_>,
    body: &Value,
) -> Result<Option<&'a AbsenceType>, Refusal> {
    let Some(id) = body["absence_type"]["id"].as_str() else {
        return Ok(None);
    };
    let number = AbsenceTypeNumber::from_uuid(id);
    let found = number.and_then(|number| call.company.absence_type(number));
    found
        .map(Some)
        .ok_or_else(|| unprocessable("absence_type.id"))
}

/// Writes what the body says over an absence.
fn apply(
    quirks: &Quirks,
    body: &Value,
    absence_type: &AbsenceType,
    absence: &mut Absence,
) -> Result<(), Refusal> {
    let start = Boundary::read(&body["starts_from"])?;
    let end = Boundary::read(&body["ends_at"])?;
    let is_open = body.get("ends_at").is_some_and(Value::is_null);
    absence.first_day = start
        .as_ref()
        .map_or(absence.first_day, |start| start.at.date());
    match absence_type.unit() {
        AbsenceUnit::Hour => {
            let (old_from, old_until) = match absence.extent {
                Extent::Minutes { from, until } => (from, until),
                Extent::Days { .. } => (0, 0),
            };
            absence.extent = Extent::Minutes {
                from: start.map_or(old_from, |start| minute_of(start.at.time())),
                until: end
                    .as_ref()
                    .map_or(old_until, |end| minute_of(end.at.time())),
            };
            absence.last_day = end.map_or(absence.last_day, |end| Some(end.at.date()));
        }
        AbsenceUnit::Day => {
            let (half_day_start, half_day_end) = absence.half_days();
            absence.extent = Extent::Days {
                half_day_start: start
                    .map_or(half_day_start, |start| start.half == Some(Half::Second)),
                half_day_end: end
                    .as_ref()
                    .map_or(half_day_end, |end| end.half == Some(Half::First)),
            };
            absence.last_day = end.map_or(absence.last_day, |end| end.last_day(quirks));
        }
    }
    if is_open {
        absence.last_day = None;
    }
    if let Some(comment) = body.get("comment") {
        absence.comment = comment.as_str().map(Into::into);
    }
    Ok(())
}

/// One end of an absence.
struct Boundary {
    at: NaiveDateTime,
    half: Option<Half>,
}

#[derive(PartialEq, Eq)]
enum Half {
    First,
    Second,
}

impl Boundary {
    fn read(value: &Value) -> Result<Option<Self>, Refusal> {
        let half = match value["type"].as_str() {
            Some("FIRST_HALF") => Some(Half::First),
            Some("SECOND_HALF") => Some(Half::Second),
            _ => None,
        };
        Ok(local_time(value)?.map(|at| Self { at, half }))
    }

    /// The last day, if it ends here. Midnight belongs to the day it begins (observed in what clients send), or ends the day
    /// before, as it does when it is read.
    fn last_day(&self, quirks: &Quirks) -> Option<NaiveDate> {
        let is_midnight = self.at.time() == NaiveTime::MIN;
        if is_midnight && !quirks.absence_ends_written_inclusive {
            self.at.date().pred_opt()
        } else {
            Some(self.at.date())
        }
    }
}

fn unprocessable(field: &str) -> Refusal {
    input::unprocessable(format!("The value of {field} is missing or unknown."))
}

fn refusal(error: &CompanyError) -> Refusal {
    match error {
        CompanyError::Overlap(_) => Refusal::V2 {
            status: 409,
            title: "Conflict",
            detail: "The absence period conflicts with another one.".to_owned(),
            kind: "absence_periods.conflict",
        },
        CompanyError::UnknownEmployee(_) => unprocessable("person.id"),
        _ => unprocessable("ends_at"),
    }
}
