//! Setting an attribute of an employee by its v1 key.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde_json::Value;

use super::attribute::CustomValue;
use super::company::Company;
use super::company_error::CompanyError;
use super::employee::Gender;
use super::employment::{
    Employment, EmploymentType, SalaryInterval, Status, Termination, TerminationType,
};
use super::number::EmployeeNumber;
use super::organisation::named;

/// The standard attributes that can be set; custom ones come beside them.
pub(super) const ASSIGNABLE: [&str; 25] = [
    "first_name",
    "last_name",
    "preferred_name",
    "email",
    "gender",
    "status",
    "employment_type",
    "position",
    "hire_date",
    "contract_end_date",
    "probation_period_end",
    "weekly_working_hours",
    "fix_salary",
    "fix_salary_interval",
    "hourly_salary",
    "supervisor",
    "subcompany",
    "office",
    "department",
    "team",
    "work_schedule",
    "termination_date",
    "last_working_day",
    "termination_type",
    "termination_reason",
];

pub(super) fn assign(
    company: &mut Company,
    number: EmployeeNumber,
    key: &str,
    value: &Value,
) -> Result<(), CompanyError> {
    company.require(number)?;
    if key.starts_with("dynamic_") {
        return assign_custom(company, number, key, value);
    }
    let given = Given { key, value };
    match key {
        "first_name" => {
            let name = given.required_text()?;
            company.edit(number, &[key], |employee| employee.first_name = name)
        }
        "last_name" => {
            let name = given.required_text()?;
            company.edit(number, &[key], |employee| employee.last_name = name)
        }
        "preferred_name" => {
            let name = given.text()?;
            company.edit(number, &[key], |employee| employee.preferred_name = name)
        }
        "email" => {
            let email = given.text()?;
            company.assign_email(number, email.as_deref())?;
            company.edit(number, &[key], |_| {})
        }
        "gender" => {
            let gender = given.one_of(Gender::from_v1_name, "`male`, `female`, `diverse`")?;
            company.edit(number, &[key], |employee| employee.gender = gender)
        }
        _ => {
            let mut employment = company.require(number)?.employment.clone();
            assign_employment(company, &mut employment, &given)?;
            company.edit(number, &[key], |employee| employee.employment = employment)
        }
    }
}

fn assign_custom(
    company: &mut Company,
    number: EmployeeNumber,
    key: &str,
    value: &Value,
) -> Result<(), CompanyError> {
    let attribute = company
        .custom_attributes
        .iter()
        .find(|attribute| attribute.key() == key);
    let attribute = attribute.ok_or_else(|| CompanyError::UnknownAttribute(key.to_owned()))?;
    let (custom, kind) = (attribute.number, attribute.kind);
    let value = if value.is_null() {
        None
    } else {
        let unfit = || CompanyError::UnfitValue {
            key: key.to_owned(),
            expected: kind.v1_name(),
        };
        Some(CustomValue::from_json(kind, value).ok_or_else(unfit)?)
    };
    company.edit(number, &[key], |employee| {
        employee.set_custom(custom, value)
    })
}

fn assign_employment(
    company: &Company,
    employment: &mut Employment,
    given: &Given<'_>,
) -> Result<(), CompanyError> {
    let organisation = &company.organisation;
    match given.key {
        "status" => {
            let expected = "`onboarding`, `active`, `leave` or `inactive`";
            let status = given.one_of(Status::from_v1_name, expected)?;
            // A status that the dates give anyway goes on following them.
            employment.fixed_status = None;
            employment.fixed_status =
                status.filter(|status| employment.status_on(company.today()) != *status);
        }
        "employment_type" => {
            let kind = given.one_of(EmploymentType::from_v1_name, "`internal` or `external`")?;
            employment.kind = kind.ok_or_else(|| given.unfit("`internal` or `external`"))?;
        }
        "position" => employment.position = given.text()?,
        "hire_date" => {
            employment.hire_date = given.day()?;
            employment.fixed_status = None;
        }
        "contract_end_date" => employment.contract_end_date = given.day()?,
        "probation_period_end" => employment.probation_period_end = given.day()?,
        "weekly_working_hours" => employment.weekly_working_hours = given.number()?,
        "fix_salary" => employment.pay.salary = given.number()?,
        "hourly_salary" => employment.pay.hourly = given.number()?,
        "fix_salary_interval" => {
            employment.pay.interval =
                given.one_of(SalaryInterval::from_v1_name, "`monthly` or `yearly`")?;
        }
        "supervisor" => employment.supervisor = given.employee(company)?,
        "subcompany" => {
            employment.legal_entity =
                given.by_name(|name| named(&organisation.legal_entities, name))?
        }
        "office" => employment.office = given.by_name(|name| named(&organisation.offices, name))?,
        "department" => {
            employment.department = given.by_name(|name| named(&organisation.departments, name))?
        }
        "team" => employment.team = given.by_name(|name| named(&organisation.teams, name))?,
        "work_schedule" => {
            employment.work_schedule =
                given.by_name(|name| named(&organisation.work_schedules, name))?;
        }
        "termination_date" => {
            match given.day()? {
                Some(day) => termination_of(employment, company, day).date = day,
                None => employment.termination = None,
            }
            employment.fixed_status = None;
        }
        "last_working_day" => {
            let day = given.day()?.ok_or_else(|| given.unfit("a day"))?;
            termination_of(employment, company, day).last_working_day = day;
        }
        "termination_type" => {
            let kind = given.one_of(
                TerminationType::from_v1_name,
                "`employee`, `fired`, `contract-expired` or `agreement`",
            )?;
            termination_of(employment, company, company.today()).kind = kind;
        }
        "termination_reason" => {
            let reason = given.text()?;
            termination_of(employment, company, company.today()).reason = reason;
        }
        _ => return Err(CompanyError::UnknownAttribute(given.key.to_owned())),
    }
    Ok(())
}

/// The termination to fill in; a new one ends on this day.
fn termination_of<'a>(
    employment: &'a mut Employment,
    company: &Company,
    day: NaiveDate,
) -> &'a mut Termination {
    employment.termination.get_or_insert_with(|| Termination {
        date: day,
        last_working_day: day,
        noticed_on: company.today().min(day),
        kind: None,
        reason: None,
    })
}

/// A value on its way into an attribute; null empties it.
struct Given<'a> {
    key: &'a str,
    value: &'a Value,
}

impl Given<'_> {
    fn text(&self) -> Result<Option<Box<str>>, CompanyError> {
        match self.value {
            Value::Null => Ok(None),
            Value::String(text) => Ok(Some(text.as_str().into())),
            _ => Err(self.unfit("text")),
        }
    }

    fn required_text(&self) -> Result<Box<str>, CompanyError> {
        self.text()?.ok_or_else(|| self.unfit("text"))
    }

    fn one_of<T>(
        &self,
        read: fn(&str) -> Option<T>,
        expected: &'static str,
    ) -> Result<Option<T>, CompanyError> {
        match self.text()? {
            Some(text) => read(&text).map(Some).ok_or_else(|| self.unfit(expected)),
            None => Ok(None),
        }
    }

    fn by_name<N>(
        &self,
        find: impl FnOnce(&str) -> Result<N, CompanyError>,
    ) -> Result<Option<N>, CompanyError> {
        self.text()?.map(|name| find(&name)).transpose()
    }

    fn day(&self) -> Result<Option<NaiveDate>, CompanyError> {
        let day = self.text()?.map(|text| text.parse()).transpose();
        day.map_err(|_| self.unfit("a day as YYYY-MM-DD"))
    }

    fn number(&self) -> Result<Option<Decimal>, CompanyError> {
        let text = match self.value {
            Value::Null => return Ok(None),
            Value::Number(number) => number.to_string(),
            Value::String(text) => text.clone(),
            _ => return Err(self.unfit("a number")),
        };
        text.parse().map(Some).map_err(|_| self.unfit("a number"))
    }

    fn employee(&self, company: &Company) -> Result<Option<EmployeeNumber>, CompanyError> {
        if self.value.is_null() {
            return Ok(None);
        }
        let number = match self.value {
            Value::String(digits) => digits.parse().ok(),
            value => value.as_u64().and_then(|number| u32::try_from(number).ok()),
        };
        let number =
            EmployeeNumber::from(number.ok_or_else(|| self.unfit("the number of an employee"))?);
        company
            .require(number)
            .map(|employee| Some(employee.number))
    }

    fn unfit(&self, expected: &'static str) -> CompanyError {
        CompanyError::UnfitValue {
            key: self.key.to_owned(),
            expected,
        }
    }
}
