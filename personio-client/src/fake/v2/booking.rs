//! `POST`, `PATCH` and `DELETE` on `/v2/absence-periods`.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};
use serde_json::{Value, json};

use super::super::absence::{Absence, AbsenceStatus, AbsenceType, AbsenceUnit, Extent};
use super::super::company_error::CompanyError;
use super::super::http::{Answer, Body};
use super::super::new_absence::{NewAbsence, minute_of};
use super::super::number::AbsenceTypeNumber;
use super::super::operation::{ChangeCall, Field, JSON, RequestBody};
use super::super::refusal::Refusal;
use super::absence_periods::find;
use super::persons;

/// The zone is not among them: times are local (documented).
pub(crate) const CREATE: RequestBody = RequestBody {
    media_types: &[JSON],
    fields: &FIELDS,
};

/// Whether the person can change is unknown; hardly (inferred).
pub(crate) const UPDATE: RequestBody = RequestBody {
    media_types: &[JSON],
    fields: FIELDS.split_at(1).1,
};

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
    let body = body(call)?;
    let person = body["person"]["id"].as_str().unwrap_or_default();
    let read = call.read();
    let person = persons::find(&read, person).map_err(|_| unprocessable("person.id"))?;
    let absence_type =
        absence_type(call, &body)?.ok_or_else(|| unprocessable("absence_type.id"))?;
    let start =
        Boundary::read(&body["starts_from"])?.ok_or_else(|| unprocessable("starts_from"))?;
    let new = NewAbsence::open_ended(person.number(), absence_type.name(), start.at.date());
    let mut absence = read.company.draft(new).map_err(|error| refusal(&error))?;
    apply(&body, absence_type, &mut absence)?;
    if !skips_approval(call) && absence_type.approval_required {
        absence.status = AbsenceStatus::Pending;
    }
    let number = call
        .company
        .record(absence)
        .map_err(|error| refusal(&error))?;
    let mut answer = Answer::ok(json!({ "id": number.uuid() }));
    answer.status = 201;
    Ok(answer)
}

pub(crate) fn update(call: &mut ChangeCall<'_>) -> Result<Answer, Refusal> {
    let body = body(call)?;
    let mut absence = find(&call.read())?.clone();
    let given = absence_type(call, &body)?;
    let absence_type = given.or_else(|| call.company.absence_type(absence.absence_type()));
    let absence_type = absence_type.ok_or_else(|| unprocessable("absence_type.id"))?;
    absence.absence_type = absence_type.number();
    apply(&body, absence_type, &mut absence)?;
    if !skips_approval(call) && absence_type.approval_required {
        absence.status = AbsenceStatus::Pending;
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

fn body(call: &ChangeCall<'_>) -> Result<Value, Refusal> {
    let body: Option<Value> = serde_json::from_slice(&call.request.body).ok();
    body.filter(Value::is_object)
        .ok_or_else(|| Refusal::v2_bad_request("Invalid request content"))
}

/// Approval is needed unless it is skipped, the other way round than in v1 (documented).
fn skips_approval(call: &ChangeCall<'_>) -> bool {
    call.request.query.get("skip_approval") == Some("true")
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
fn apply(body: &Value, absence_type: &AbsenceType, absence: &mut Absence) -> Result<(), Refusal> {
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
            absence.last_day = end.map_or(absence.last_day, |end| end.last_day());
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
    /// Reads a local time; one with a zone is refused (documented).
    fn read(value: &Value) -> Result<Option<Self>, Refusal> {
        let Some(text) = value["date_time"].as_str() else {
            return Ok(None);
        };
        let day = || {
            text.parse::<NaiveDate>()
                .map(|day| day.and_time(NaiveTime::MIN))
        };
        let minutes = || NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M");
        let at = text.parse().or_else(|_| minutes()).or_else(|_| day());
        let half = match value["type"].as_str() {
            Some("FIRST_HALF") => Some(Half::First),
            Some("SECOND_HALF") => Some(Half::Second),
            _ => None,
        };
        at.map(|at| Some(Self { at, half }))
            .map_err(|_| Refusal::v2_bad_request("Invalid request content"))
    }

    /// The day that ends here: the one before, if it ends at midnight.
    fn last_day(&self) -> Option<NaiveDate> {
        if self.at.time() == NaiveTime::MIN {
            self.at.date().pred_opt()
        } else {
            Some(self.at.date())
        }
    }
}

fn unprocessable(field: &str) -> Refusal {
    Refusal::V2 {
        status: 422,
        title: "Unprocessable Entity",
        detail: format!("The value of {field} is missing or unknown."),
        kind: "common.unprocessable_entity",
    }
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
