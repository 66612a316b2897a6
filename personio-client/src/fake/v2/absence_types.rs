//! `GET /v2/absence-types`.

use serde_json::{Value, json};

use super::super::absence::{AbsenceType, AbsenceUnit};
use super::super::http::Answer;
use super::super::number::AbsenceTypeNumber;
use super::super::operation::Call;
use super::super::refusal::Refusal;
use super::query::{Limits, ListRequest};

pub(crate) fn list(call: &Call<'_>) -> Result<Answer, Refusal> {
    let request = ListRequest::read(
        call,
        Limits {
            default: 100,
            max: 100,
        },
    )?;
    Ok(request.answer(call, call.path, call.company.absence_types(), resource))
}

pub(crate) fn get(call: &Call<'_>) -> Result<Answer, Refusal> {
    let id = call.placeholders.first().copied().unwrap_or_default();
    let absence_type =
        AbsenceTypeNumber::from_uuid(id).and_then(|number| call.company.absence_type(number));
    Ok(Answer::ok(resource(
        absence_type.ok_or_else(Refusal::v2_not_found)?,
    )))
}

fn resource(absence_type: &AbsenceType) -> Value {
    let unit = match absence_type.unit {
        AbsenceUnit::Day => "DAY",
        AbsenceUnit::Hour => "HOUR",
    };
    json!({
        "id": absence_type.number.uuid(),
        "name": absence_type.name,
        "category": absence_type.category.to_uppercase(),
        "unit": unit,
    })
}
