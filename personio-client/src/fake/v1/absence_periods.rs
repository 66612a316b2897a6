//! `GET /v1/company/absence-periods`: absences in hours.

use chrono::{DateTime, NaiveDateTime, NaiveTime, SecondsFormat, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;
use serde_json::{Value, json};

use super::super::absence::{Absence, AbsenceStatus, AbsenceUnit};
use super::super::http::Answer;
use super::super::number::{AbsenceNumber, AbsenceTypeNumber};
use super::super::operation::Call;
use super::super::refusal::Refusal;
use super::employee::short_resource;
use super::page;
use super::time_offs::{day_of, employees_of, paging_of, visible};
use super::value::day;

pub(crate) const PARAMETERS: &[&str] = &[
    "limit",
    "offset",
    "start_date",
    "end_date",
    "updated_from",
    "updated_to",
    "employees[]",
    "absence_types[]",
    "absence_periods[]",
];

pub(crate) fn list(call: &Call<'_>) -> Result<Answer, Refusal> {
    let paging = paging_of(call)?;
    let (from, until) = (day_of(call, "start_date")?, day_of(call, "end_date")?);
    let updated_from = instant_of(call, "updated_from", NaiveTime::MIN)?;
    let updated_to = instant_of(
        call,
        "updated_to",
        NaiveTime::from_hms_opt(23, 59, 59).unwrap_or_default(),
    )?;
    let employees = employees_of(call)?;
    let types = types_of(call)?;
    let periods = call.query.all("absence_periods[]");
    let periods: Vec<_> = periods.into_iter().map(AbsenceNumber::from_uuid).collect();
    let absences = visible(call, AbsenceUnit::Hour).filter(|absence| {
        absence.intersects(from, until)
            && updated_from.is_none_or(|from| {
                from - call.repeats() <= absence.updated_at && call.is_reported(absence.updated_at)
            })
            && updated_to.is_none_or(|to| absence.updated_at <= to)
            && employees
                .as_ref()
                .is_none_or(|employees| employees.contains(&absence.employee))
            && (types.is_empty() || types.contains(&absence.absence_type))
            && (periods.is_empty() || periods.contains(&Some(absence.number)))
    });
    let (window, current_page) = if call.quirks.absence_periods_count_records {
        (paging.by_record(), paging.offset / paging.limit)
    } else {
        (paging.by_page(), paging.page())
    };
    let cut = window.cut(absences, call.effects);
    let data = cut
        .rows
        .into_iter()
        .map(|absence| resource(call, absence))
        .collect();
    Ok(page(
        data,
        cut.total,
        current_page,
        paging.limit,
        paging.offset,
    ))
}

fn types_of(call: &Call<'_>) -> Result<Vec<AbsenceTypeNumber>, Refusal> {
    let known = call.query.all("absence_types[]").into_iter().map(|id| {
        let number = AbsenceTypeNumber::from_uuid(id);
        number.filter(|number| call.company.absence_type(*number).is_some())
    });
    let unknown = || {
        if call.quirks.unknown_absence_type_is_500 {
            return Refusal::v1(500, 500, "Something went wrong");
        }
        Refusal::V1Problem {
            status: 404,
            message: "models.absence-types.not-found",
        }
    };
    known.collect::<Option<_>>().ok_or_else(unknown)
}

/// Reads a day or an instant; a day means its beginning or end in the company's zone.
pub(super) fn instant_of(
    call: &Call<'_>,
    name: &str,
    of_a_day: NaiveTime,
) -> Result<Option<DateTime<Utc>>, Refusal> {
    let Some(text) = call.query.get(name) else {
        return Ok(None);
    };
    if let Some(day) = day(text) {
        return Ok(Some(to_utc(call.company.zone, day.and_time(of_a_day))));
    }
    if let Ok(instant) = DateTime::parse_from_rfc3339(text) {
        return Ok(Some(instant.to_utc()));
    }
    let local = text
        .parse()
        .map_err(|_| Refusal::v1_invalid(name, format!("The {name} is not a valid date.")))?;
    Ok(Some(to_utc(call.company.zone, local)))
}

pub(super) fn resource(call: &Call<'_>, absence: &Absence) -> Value {
    let company = call.company;
    let zone = company.zone_of(absence.employee);
    let days = absence
        .days(company.schedule_of(absence.employee), company.today())
        .collect::<Vec<_>>();
    let (half_day_start, half_day_end) = absence.half_days();
    let (starts, ends) = absence.bounds();
    let absence_type = company.absence_type(absence.absence_type);
    let breakdowns = days
        .iter()
        .map(|day| json!({ "date": day.date, "effective_duration": day.minutes }));
    json!({ "type": "AbsencePeriod", "attributes": {
        "id": absence.number.uuid(),
        "measurement_unit": "hour",
        "effective_duration": days.iter().map(|day| day.minutes).sum::<u32>(),
        "employee": short_resource(call, absence.employee),
        "absence_type": absence_type.map(|absence_type| json!({ "type": "AbsenceType", "attributes": {
            "id": absence_type.number.uuid(),
            "name": absence_type.name,
            "time_off_type_id": absence_type.number.get(),
        }})),
        "certificate": { "status": "not-required" },
        "start": instant(to_utc(zone, starts)),
        "end": ends.map(|ends| instant(to_utc(zone, ends))),
        "timezone": zone.name(),
        "half_day_start": half_day_start,
        "half_day_end": half_day_end,
        "comment": absence.comment.as_deref().unwrap_or_default(),
        "origin": "web",
        "status": absence.status.v1_name(),
        "created_by": absence.employee.get(),
        "created_at": instant(absence.created_at),
        "updated_at": instant(absence.updated_at),
        "approved_at": (absence.status == AbsenceStatus::Approved).then(|| instant(absence.created_at)),
        "breakdowns": breakdowns.collect::<Value>(),
    }})
}

fn to_utc(zone: Tz, local: NaiveDateTime) -> DateTime<Utc> {
    let skipped_hour = || {
        zone.from_local_datetime(&(local + TimeDelta::hours(1)))
            .earliest()
    };
    zone.from_local_datetime(&local)
        .earliest()
        .or_else(skipped_hour)
        .map_or_else(|| local.and_utc(), |at| at.to_utc())
}

fn instant(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}
