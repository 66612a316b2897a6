//! `GET /v1/company/time-offs`, their types, and balances.

use chrono::{Datelike, NaiveDate};
use serde_json::{Value, json};

use super::super::absence::{Absence, AbsenceType, AbsenceUnit};
use super::super::amount;
use super::super::http::Answer;
use super::super::number::{AbsenceNumber, EmployeeNumber};
use super::super::operation::Call;
use super::super::paging::LimitOffset;
use super::super::refusal::Refusal;
use super::employee::short_resource;
use super::employees::find;
use super::value::{day, instant, midnight, without_colon};
use super::{page, success};

pub(crate) const PARAMETERS: &[&str] = &[
    "limit",
    "offset",
    "start_date",
    "end_date",
    "updated_from",
    "updated_to",
    "employees[]",
];

pub(crate) const TYPE_PARAMETERS: &[&str] = &["limit", "offset"];

pub(crate) fn list(call: &Call<'_>) -> Result<Answer, Refusal> {
    let paging = paging_of(call)?;
    let mut until = day_of(call, "end_date")?;
    if call.quirks.end_date_includes_next_day {
        until = until.and_then(|until| until.succ_opt());
    }
    let from = day_of(call, "start_date")?;
    let (updated_from, updated_to) = (day_of(call, "updated_from")?, day_of(call, "updated_to")?);
    let filters_changes = updated_from.is_some() || updated_to.is_some();
    let employees = employees_of(call)?;
    let zone = call.company.zone;
    let absences = visible(call, AbsenceUnit::Day).filter(|absence| {
        let updated_on = (absence.updated_at + call.repeats())
            .with_timezone(&zone)
            .date_naive();
        absence.intersects(from, until)
            && updated_from.is_none_or(|from| from <= updated_on)
            && updated_to.is_none_or(|to| updated_on <= to)
            && (!filters_changes || call.is_reported(absence.updated_at))
            && employees
                .as_ref()
                .is_none_or(|employees| employees.contains(&absence.employee))
    });
    let cut = paging.by_page().cut(absences, call.effects);
    let data = cut
        .rows
        .into_iter()
        .map(|absence| resource(call, absence))
        .collect();
    Ok(page(
        data,
        cut.total,
        paging.page(),
        paging.limit,
        paging.offset,
    ))
}

pub(crate) fn get(call: &Call<'_>) -> Result<Answer, Refusal> {
    let id = call.placeholders.first().copied().unwrap_or_default();
    let number: u32 = id
        .parse()
        .map_err(|_| Refusal::v1(400, 400, "The absence period id is invalid."))?;
    let absence = call.company.absence(AbsenceNumber::from(number));
    let known = absence.filter(|absence| {
        is_visible(call, absence) && unit_of(call, absence) == Some(AbsenceUnit::Day)
    });
    let absence =
        known.ok_or_else(|| Refusal::v1(404, 404, "The absence period was not found."))?;
    Ok(success(resource(call, absence)))
}

/// Lists the types of both units; the answer carries no totals (specified).
pub(crate) fn types(call: &Call<'_>) -> Result<Answer, Refusal> {
    let paging = paging_of(call)?;
    let cut = paging
        .by_page()
        .cut(call.company.absence_types(), call.effects);
    let types = cut.rows.into_iter().map(|absence_type| {
        let mut resource = type_resource(absence_type);
        resource["attributes"]["unit"] = match absence_type.unit {
            AbsenceUnit::Day => json!("day"),
            AbsenceUnit::Hour => json!("hour"),
        };
        resource["attributes"]["approval_required"] = json!(absence_type.approval_required);
        resource["attributes"]["id_v2"] = json!(absence_type.number.uuid());
        resource
    });
    Ok(success(types.collect()))
}

/// Tells what is left of this year's vacation, today and after what is planned.
pub(crate) fn balance(call: &Call<'_>) -> Result<Answer, Refusal> {
    let employee = find(call, call.placeholders.first().copied().unwrap_or_default())?;
    let today = call.company.today();
    let first = NaiveDate::from_ymd_opt(today.year(), 1, 1).unwrap_or(today);
    let last = NaiveDate::from_ymd_opt(today.year(), 12, 31).unwrap_or(today);
    let vacation = call
        .company
        .absence_types()
        .filter(|absence_type| absence_type.category == "paid_vacation");
    let balances = vacation.map(|absence_type| {
        let taken = |until| {
            call.company
                .days_taken(employee.number, absence_type.number, first, until)
        };
        json!({
            "id": absence_type.number.get(),
            "name": absence_type.name,
            "category": absence_type.category,
            "balance": amount::from_float(f64::from(employee.vacation_days) - taken(today)),
            "available_balance": amount::from_float(f64::from(employee.vacation_days) - taken(last)),
        })
    });
    Ok(success(balances.collect()))
}

/// The absences of one unit that the credential may see.
pub(super) fn visible<'a>(
    call: &'a Call<'_>,
    unit: AbsenceUnit,
) -> impl Iterator<Item = &'a Absence> {
    let absences = call.company.absences();
    absences
        .filter(move |absence| unit_of(call, absence) == Some(unit) && is_visible(call, absence))
}

pub(super) fn is_visible(call: &Call<'_>, absence: &Absence) -> bool {
    let all = call.access.legal_entities.is_none();
    all || call
        .company
        .employee(absence.employee)
        .is_some_and(|employee| call.access.may_see(employee))
}

pub(super) fn unit_of(call: &Call<'_>, absence: &Absence) -> Option<AbsenceUnit> {
    call.company
        .absence_type(absence.absence_type)
        .map(AbsenceType::unit)
}

/// Reads `limit` and `offset` of a list of absences or of their types.
pub(super) fn paging_of(call: &Call<'_>) -> Result<LimitOffset, Refusal> {
    let quirks = call.quirks;
    LimitOffset::read(
        call.query,
        quirks.absences_default_limit,
        quirks.absences_max_limit,
        quirks.clamps_limit,
    )
}

/// The employees a request names: the brackets in `employees[]` are needed.
pub(super) fn employees_of(call: &Call<'_>) -> Result<Option<Vec<EmployeeNumber>>, Refusal> {
    if call.query.get("employees").is_some() {
        return Err(Refusal::v1_invalid(
            "employees",
            "The employees must be an array.",
        ));
    }
    let given = call.query.all("employees[]");
    let invalid = |_| Refusal::v1_invalid("employees", "The employees must be integers.");
    let numbers: Result<Vec<_>, _> = given
        .iter()
        .map(|id| id.parse::<u32>().map(EmployeeNumber::from))
        .collect();
    let numbers = numbers.map_err(invalid)?;
    Ok((!numbers.is_empty()).then_some(numbers))
}

pub(super) fn day_of(call: &Call<'_>, name: &str) -> Result<Option<NaiveDate>, Refusal> {
    let invalid = || {
        Refusal::v1_invalid(
            name,
            format!("The {} is not a valid date.", name.replace('_', " ")),
        )
    };
    call.query
        .get(name)
        .map(|text| day(text).ok_or_else(invalid))
        .transpose()
}

fn type_resource(absence_type: &AbsenceType) -> Value {
    json!({ "type": "TimeOffType", "attributes": {
        "id": absence_type.number.get(),
        "name": absence_type.name,
        "category": absence_type.category,
    }})
}

pub(super) fn resource(call: &Call<'_>, absence: &Absence) -> Value {
    let company = call.company;
    let zone = company.zone;
    let days = absence.days(company.schedule_of(absence.employee), company.today());
    let (half_day_start, half_day_end) = absence.half_days();
    let half_day = |half: bool| {
        if call.quirks.half_days_as_booleans {
            json!(half)
        } else {
            json!(u8::from(half))
        }
    };
    let offset = |written: String| {
        if call.quirks.offsets_without_colon {
            without_colon(written)
        } else {
            written
        }
    };
    json!({ "type": "TimeOffPeriod", "attributes": {
        "id": absence.number.get(),
        "status": absence.status.v1_name(),
        "comment": absence.comment.as_deref().unwrap_or_default(),
        "start_date": offset(midnight(zone, absence.first_day)),
        "end_date": absence.last_day.map(|last_day| offset(midnight(zone, last_day))),
        "days_count": amount::from_float(days.map(|day| day.share).sum()),
        "half_day_start": half_day(half_day_start),
        "half_day_end": half_day(half_day_end),
        "time_off_type": company.absence_type(absence.absence_type).map(type_resource),
        "employee": short_resource(call, absence.employee),
        "created_by": "API",
        "certificate": { "status": "not-required" },
        "created_at": offset(instant(zone, absence.created_at)),
        "updated_at": offset(instant(zone, absence.updated_at)),
        "id_v2": absence.number.uuid(),
    }})
}
