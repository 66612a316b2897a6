//! `/_fake/absences`.

use serde_json::{Value, json};

use super::super::absence::{Absence, AbsenceStatus, AbsenceUnit, Extent};
use super::super::company::Company;
use super::super::company_error::CompanyError;
use super::super::http::Answer;
use super::super::new_absence::{NewAbsence, minute_of};
use super::super::number::{AbsenceNumber, AbsenceTypeNumber};
use super::super::server::World;
use super::employees;
use super::input::{Input, Problem, required};
use super::no_content;

const MEMBERS: [&str; 10] = [
    "employee_id",
    "type",
    "start_date",
    "end_date",
    "half_day_start",
    "half_day_end",
    "start_time",
    "end_time",
    "status",
    "comment",
];

pub(super) fn list(world: &World) -> Answer {
    let company = &world.company;
    let records = company.absences().map(|absence| record(company, absence));
    Answer::ok(records.collect())
}

/// Books an absence; one without end date is open.
pub(super) fn create(world: &mut World, body: &[u8]) -> Result<Answer, Problem> {
    let company = &mut world.company;
    let input = Input::read(body, &MEMBERS)?;
    let id = required(
        input.id("employee_id")?,
        "employee_id",
        "the id of an employee",
    )?;
    let employee = employees::find(company, &id).map_err(|_| {
        Problem::bad(
            "employee_id",
            "there is no such employee",
            "the id of an employee",
        )
    })?;
    let absence_type = required(input.id("type")?, "type", &type_names(company))?;
    let absence_type = find_type(company, &absence_type)?;
    let first_day = required(
        input.day("start_date")?,
        "start_date",
        "a day as YYYY-MM-DD",
    )?;
    let new = NewAbsence::open_ended(employee, absence_type.1, first_day);
    let mut absence = company.draft(new).map_err(|error| problem(&error))?;
    apply(&input, None, &mut absence)?;
    let number = company.record(absence).map_err(|error| problem(&error))?;
    get_number(world, number, 201)
}

pub(super) fn get(world: &World, id: &str) -> Result<Answer, Problem> {
    get_number(world, find(&world.company, id)?, 200)
}

pub(super) fn change(world: &mut World, id: &str, body: &[u8]) -> Result<Answer, Problem> {
    let company = &mut world.company;
    let number = find(company, id)?;
    let input = Input::read(body, &MEMBERS[1..])?;
    let absence_type = match input.id("type")? {
        Some(given) => Some(find_type(company, &given)?.0),
        None => None,
    };
    if let Some(mut absence) = company.absence(number).cloned() {
        apply(&input, absence_type, &mut absence)?;
        company.replace(absence).map_err(|error| problem(&error))?;
    }
    get_number(world, number, 200)
}

pub(super) fn delete(world: &mut World, id: &str) -> Result<Answer, Problem> {
    let number = find(&world.company, id)?;
    // Found a moment ago.
    drop(world.company.delete_absence(number));
    Ok(no_content())
}

/// Writes what the input says over an absence.
fn apply(
    input: &Input,
    absence_type: Option<AbsenceTypeNumber>,
    absence: &mut Absence,
) -> Result<(), Problem> {
    absence.absence_type = absence_type.unwrap_or(absence.absence_type);
    absence.first_day = input.day("start_date")?.unwrap_or(absence.first_day);
    if input.has("end_date") {
        absence.last_day = input.day("end_date")?;
    }
    let (start, end) = absence.half_days();
    let half_day_start = input.flag("half_day_start")?.unwrap_or(start);
    let half_day_end = input.flag("half_day_end")?.unwrap_or(end);
    match (input.time("start_time")?, input.time("end_time")?) {
        (Some(from), Some(until)) => {
            absence.extent = Extent::Minutes {
                from: minute_of(from),
                until: minute_of(until),
            };
            absence.last_day = Some(absence.last_day.unwrap_or(absence.first_day));
        }
        (None, None) if matches!(absence.extent, Extent::Minutes { .. }) => {}
        (None, None) => {
            absence.extent = Extent::Days {
                half_day_start,
                half_day_end,
            };
        }
        _ => {
            return Err(Problem::bad(
                "end_time",
                "one of two is missing",
                "both times or none",
            ));
        }
    }
    if let Some(name) = input.text("status")? {
        absence.status = AbsenceStatus::from_v1_name(name).ok_or_else(|| {
            Problem::bad(
                "status",
                "there is no such status",
                "approved, pending or rejected",
            )
        })?;
    }
    if input.has("comment") {
        absence.comment = input.text("comment")?.map(Into::into);
    }
    Ok(())
}

/// Finds an absence by its v2 id or its v1 id.
fn find(company: &Company, id: &str) -> Result<AbsenceNumber, Problem> {
    let number =
        AbsenceNumber::from_uuid(id).or_else(|| Some(AbsenceNumber::from(id.parse::<u32>().ok()?)));
    let absence = number.and_then(|number| company.absence(number));
    let unknown = || {
        Problem::not_found(
            "id",
            "there is no such absence",
            "the v1 or v2 id of an absence",
        )
    };
    absence.map(Absence::number).ok_or_else(unknown)
}

/// Finds an absence type by its name or one of its ids.
fn find_type(company: &Company, given: &str) -> Result<(AbsenceTypeNumber, String), Problem> {
    let mut types = company.absence_types();
    let found = types.find(|absence_type| {
        let number = absence_type.number();
        absence_type.name() == given || number.to_string() == given || number.uuid() == given
    });
    let unknown = || {
        Problem::bad(
            "type",
            "there is no such absence type",
            &type_names(company),
        )
    };
    let found = found.ok_or_else(unknown)?;
    Ok((found.number(), found.name().to_owned()))
}

fn type_names(company: &Company) -> String {
    let names: Vec<_> = company
        .absence_types()
        .map(|absence_type| absence_type.name())
        .collect();
    names.join(", ")
}

fn get_number(world: &World, number: AbsenceNumber, status: u16) -> Result<Answer, Problem> {
    let absence = world.company.absence(number);
    let record = absence.map(|absence| record(&world.company, absence));
    let mut answer = Answer::ok(json!(record));
    answer.status = status;
    Ok(answer)
}

fn record(company: &Company, absence: &Absence) -> Value {
    let number = absence.number();
    let absence_type = company.absence_type(absence.absence_type());
    let daily = absence_type.is_some_and(|absence_type| absence_type.unit() == AbsenceUnit::Day);
    let (half_day_start, half_day_end) = absence.half_days();
    let (start_time, end_time) = match absence.extent {
        Extent::Minutes { from, until } => (Some(time(from)), Some(time(until))),
        Extent::Days { .. } => (None, None),
    };
    json!({
        "id": number.uuid(),
        "v1_time_off_id": daily.then_some(number),
        "v1_absence_period_id": (!daily).then(|| number.uuid()),
        "employee_id": absence.employee().to_string(),
        "type": absence_type.map(|absence_type| absence_type.name()),
        "type_id": absence.absence_type().uuid(),
        "v1_type_id": absence.absence_type(),
        "start_date": absence.first_day(),
        "end_date": absence.last_day(),
        "half_day_start": half_day_start,
        "half_day_end": half_day_end,
        "start_time": start_time,
        "end_time": end_time,
        "status": absence.status().v1_name(),
        "comment": absence.comment,
    })
}

fn time(minutes: u16) -> String {
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}

fn problem(error: &CompanyError) -> Problem {
    let (field, allowed) = match error {
        CompanyError::EmptyAbsence => (
            "end_date",
            "the start date or a later day, and some time between",
        ),
        CompanyError::HoursOnDailyType => ("start_time", "times on a type in hours only"),
        CompanyError::Overlap(_) => ("start_date", "a time at which the person is not absent yet"),
        _ => ("employee_id", "what there is in the company"),
    };
    Problem::bad(field, &error.to_string(), allowed)
}
