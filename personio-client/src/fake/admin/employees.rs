//! `/_fake/employees`: people with attributes by their API names and plain values.

use serde_json::{Map, Value, json};

use super::super::amount;
use super::super::assignment::ASSIGNABLE;
use super::super::attribute::CustomValue;
use super::super::company::{Company, Unfit};
use super::super::company_error::CompanyError;
use super::super::employee::{Employee, NewEmployee};
use super::super::http::Answer;
use super::super::number::EmployeeNumber;
use super::super::organisation::Named;
use super::super::server::World;
use super::input::{Input, Problem, required};
use super::no_content;

/// Says from which day on a change holds; not an attribute.
const EFFECTIVE_DATE: &str = "effective_date";

pub(super) fn list(world: &World) -> Answer {
    let company = &world.company;
    let records = company
        .employees()
        .map(|employee| record(company, employee));
    Answer::ok(records.collect())
}

pub(super) fn create(world: &mut World, body: &[u8]) -> Result<Answer, Problem> {
    let input = Input::read_any(body)?;
    let first_name = required(input.text("first_name")?, "first_name", "text")?;
    let last_name = required(input.text("last_name")?, "last_name", "text")?;
    let company = &mut world.company;
    let number = company
        .hire_with(NewEmployee::new(first_name, last_name), &input.0)
        .map_err(|unfit| problem(company, &unfit))?;
    get_number(world, number, 201)
}

pub(super) fn get(world: &World, id: &str) -> Result<Answer, Problem> {
    let number = find(&world.company, id)?;
    get_number(world, number, 200)
}

pub(super) fn change(world: &mut World, id: &str, body: &[u8]) -> Result<Answer, Problem> {
    let company = &mut world.company;
    let number = find(company, id)?;
    let mut input = Input::read_any(body)?;
    let effective = input.day(EFFECTIVE_DATE)?;
    input.0.remove(EFFECTIVE_DATE);
    let changed = match effective.filter(|day| *day > company.today()) {
        Some(day) => company.schedule_all(number, &input.0, day),
        None => company.amend(number, &input.0),
    };
    changed.map_err(|unfit| problem(company, &unfit))?;
    get_number(world, number, 200)
}

pub(super) fn delete(world: &mut World, id: &str) -> Result<Answer, Problem> {
    let number = find(&world.company, id)?;
    // Found a moment ago.
    drop(world.company.delete_employee(number));
    Ok(no_content())
}

/// Finds the employee that a request names.
pub(super) fn find(company: &Company, id: &str) -> Result<EmployeeNumber, Problem> {
    let employee = EmployeeNumber::from_digits(id).and_then(|number| company.employee(number));
    let unknown = || Problem::not_found("id", "there is no such employee", "the id of an employee");
    employee.map(Employee::number).ok_or_else(unknown)
}

fn get_number(world: &World, number: EmployeeNumber, status: u16) -> Result<Answer, Problem> {
    let employee = world.company.employee(number);
    let record = employee.map(|employee| record(&world.company, employee));
    let mut answer = Answer::ok(json!(record));
    answer.status = status;
    Ok(answer)
}

/// Writes an employee with the attributes that can be set, under the same names and in the same form.
fn record(company: &Company, employee: &Employee) -> Value {
    let organisation = &company.organisation;
    let employment = &employee.employment;
    let termination = employment.termination.as_ref();
    let mut record = Map::new();
    record.insert("id".to_owned(), json!(employee.number().to_string()));
    record.insert("v1_id".to_owned(), json!(employee.number()));
    for key in ASSIGNABLE {
        let value = match key {
            "first_name" => json!(employee.first_name()),
            "last_name" => json!(employee.last_name()),
            "preferred_name" => json!(employee.preferred_name),
            "email" => json!(employee.email()),
            "gender" => json!(employee.gender.map(|gender| gender.v1_name())),
            "status" => json!(employee.status_on(company.today()).v1_name()),
            "employment_type" => json!(employment.kind.v1_name()),
            "position" => json!(employment.position),
            "hire_date" => json!(employment.hire_date),
            "contract_end_date" => json!(employment.contract_end_date),
            "probation_period_end" => json!(employment.probation_period_end),
            "weekly_working_hours" => {
                json!(employment.weekly_working_hours.map(amount::from_decimal))
            }
            "fix_salary" => json!(employment.pay.salary.map(amount::from_decimal)),
            "hourly_salary" => json!(employment.pay.hourly.map(amount::from_decimal)),
            "fix_salary_interval" => {
                json!(employment.pay.interval.map(|interval| interval.v1_name()))
            }
            "supervisor" => json!(employment.supervisor),
            "subcompany" => name_of(&organisation.legal_entities, employment.legal_entity),
            "office" => name_of(&organisation.offices, employment.office),
            "department" => name_of(&organisation.departments, employment.department),
            "team" => name_of(&organisation.teams, employment.team),
            "work_schedule" => name_of(&organisation.work_schedules, employment.work_schedule),
            "termination_date" => json!(termination.map(|termination| termination.date)),
            "last_working_day" => {
                json!(termination.map(|termination| termination.last_working_day))
            }
            "termination_type" => {
                let kind = termination.and_then(|termination| termination.kind);
                json!(kind.map(|kind| kind.v1_name()))
            }
            "termination_reason" => {
                json!(termination.and_then(|termination| termination.reason.as_ref()))
            }
            _ => continue,
        };
        record.insert(key.to_owned(), value);
    }
    for attribute in company.custom_attributes() {
        let value = employee.custom(attribute.number).map(|value| match value {
            CustomValue::Text(text) => json!(text),
            CustomValue::Date(day) => json!(day),
            CustomValue::Integer(number) => json!(number),
            CustomValue::Decimal(number) => json!(number),
            CustomValue::Tags(tags) => json!(tags),
        });
        record.insert(attribute.key(), json!(value));
    }
    Value::Object(record)
}

fn name_of<U: Named>(units: &[U], number: Option<U::Number>) -> Value {
    let unit = units.iter().find(|unit| Some(unit.number()) == number);
    json!(unit.map(|unit| unit.name().trim()))
}

fn problem(company: &Company, unfit: &Unfit) -> Problem {
    let Unfit { key, error } = unfit;
    let allowed = match error {
        CompanyError::UnfitValue { expected, .. } => (*expected).to_owned(),
        CompanyError::EmailTaken => "an address that nobody else has".to_owned(),
        CompanyError::UnknownEmployee(_) => "the id of an employee".to_owned(),
        CompanyError::UnknownUnit { .. } => unit_names(company, key),
        _ => attribute_keys(company),
    };
    let message = match error {
        CompanyError::UnknownUnit { kind, .. } => format!("the company has no such {kind}"),
        CompanyError::UnknownAttribute(_) => {
            "the attribute does not exist or cannot be set".to_owned()
        }
        error => error.to_string(),
    };
    Problem::bad(key, &message, &allowed)
}

fn attribute_keys(company: &Company) -> String {
    let custom = company.custom_attributes().map(|attribute| attribute.key());
    let standard = ASSIGNABLE.iter().map(|key| (*key).to_owned());
    standard.chain(custom).collect::<Vec<_>>().join(", ")
}

fn unit_names(company: &Company, key: &str) -> String {
    fn names<U: Named>(units: &[U]) -> String {
        let names: Vec<_> = units.iter().map(|unit| unit.name().trim()).collect();
        names.join(", ")
    }
    let organisation = &company.organisation;
    match key {
        "subcompany" => names(&organisation.legal_entities),
        "office" => names(&organisation.offices),
        "department" => names(&organisation.departments),
        "team" => names(&organisation.teams),
        _ => names(&organisation.work_schedules),
    }
}
