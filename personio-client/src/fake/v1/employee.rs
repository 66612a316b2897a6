//! An employee as v1 writes it: attributes in envelopes, units nested.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::super::amount;
use super::super::attribute::{
    AttributeKind, CustomAttribute, STANDARD_ATTRIBUTES, StandardAttribute,
};
use super::super::employee::Employee;
use super::super::number::EmployeeNumber;
use super::super::operation::Call;
use super::super::organisation::{Office, WorkSchedule};
use super::value::{custom, instant, midnight, nothing};

/// The employee as it is nested in absences and as supervisor: the id and what is readable of name and address.
pub(super) fn short_resource(call: &Call<'_>, number: EmployeeNumber) -> Value {
    const KEYS: [&str; 4] = ["id", "first_name", "last_name", "email"];
    let Some(employee) = call.company.employee(number) else {
        return Value::Null;
    };
    let shown = STANDARD_ATTRIBUTES
        .iter()
        .filter(|attribute| KEYS.contains(&attribute.key) && call.access.may_read(attribute.key));
    let attributes: Map<_, _> = shown
        .map(|attribute| {
            let mut envelope = standard_envelope(attribute);
            envelope["value"] = standard_value(call, employee, attribute.key);
            (attribute.key.to_owned(), envelope)
        })
        .collect();
    json!({ "type": "Employee", "attributes": attributes })
}

/// The attributes that a request gets to see.
///
/// Each has its envelope written up to the value, once for all employees: that makes a page some times faster.
pub(super) struct Shown<'a>(Vec<(Source<'a>, String)>);

enum Source<'a> {
    Standard(&'static str),
    Custom(&'a CustomAttribute),
}

impl<'a> Shown<'a> {
    /// What is readable and, if the request names some, asked for.
    pub(super) fn to(call: &Call<'a>, wanted: Option<&BTreeSet<String>>) -> Self {
        let shown = |key: &str| {
            call.access.may_read(key)
                && (key == "id" || wanted.is_none_or(|wanted| wanted.contains(key)))
        };
        let standard = STANDARD_ATTRIBUTES
            .iter()
            .filter(|attribute| shown(attribute.key))
            .map(|attribute| {
                let head = head(attribute.key, &standard_envelope(attribute));
                (Source::Standard(attribute.key), head)
            });
        let company = call.company;
        let custom = company
            .custom_attributes()
            .filter(|attribute| shown(&attribute.key()))
            .map(|attribute| {
                let head = head(&attribute.key(), &custom_envelope(attribute));
                (Source::Custom(attribute), head)
            });
        Self(standard.chain(custom).collect())
    }

    /// Writes an employee as JSON.
    pub(super) fn write(&self, call: &Call<'_>, employee: &Employee) -> String {
        let mut written = String::from(r#"{"type":"Employee","attributes":{"#);
        for (place, (source, head)) in self.0.iter().enumerate() {
            let value = match source {
                Source::Standard(key) => standard_value(call, employee, key),
                Source::Custom(attribute) => custom_value(call, employee, attribute),
            };
            if place > 0 {
                written.push(',');
            }
            written.push_str(head);
            written.push_str(&value.to_string());
            written.push('}');
        }
        written.push_str("}}");
        written
    }
}

/// Writes the key and the envelope of an attribute up to its value.
fn head(key: &str, envelope: &Value) -> String {
    let envelope = envelope.to_string();
    let open = envelope.trim_end_matches('}');
    format!(r#""{key}":{open},"value":"#)
}

fn standard_envelope(attribute: &StandardAttribute) -> Value {
    let mut envelope = json!({
        "label": attribute.label,
        "type": attribute.kind.v1_name(),
        "universal_id": attribute.key,
    });
    if matches!(attribute.key, "fix_salary" | "hourly_salary") {
        envelope["currency"] = json!("EUR");
    }
    envelope
}

fn custom_envelope(attribute: &CustomAttribute) -> Value {
    json!({
        "label": attribute.label,
        "type": attribute.kind.v1_name(),
        "universal_id": attribute.universal_id,
    })
}

fn custom_value(call: &Call<'_>, employee: &Employee, attribute: &CustomAttribute) -> Value {
    match employee.custom(attribute.number) {
        Some(value) => match custom(value, employee.number, call.company.zone) {
            Value::Number(number) if call.quirks.custom_numbers_as_text => {
                json!(number.to_string())
            }
            written => written,
        },
        None if attribute.kind == AttributeKind::Tags => json!(""),
        None => Value::Null,
    }
}

fn standard_value(call: &Call<'_>, employee: &Employee, key: &str) -> Value {
    let company = call.company;
    let organisation = &company.organisation;
    let employment = &employee.employment;
    let termination = employment.termination.as_ref();
    let day = |day: Option<_>| json!(day.map(|day| midnight(company.zone, day)));
    let nothing = || nothing(employee.number, call.quirks.empty_objects_vary);
    let unit = |kind: &str, unit: Option<(u32, &str)>| {
        unit.map_or_else(
            nothing,
            |(id, name)| json!({ "type": kind, "attributes": { "id": id, "name": name } }),
        )
    };
    match key {
        "id" => json!(employee.number.get()),
        "first_name" => json!(employee.first_name),
        "last_name" => json!(employee.last_name),
        "preferred_name" => json!(employee.preferred_name),
        "email" => json!(employee.email),
        "gender" => json!(employee.gender.map(|gender| gender.v1_name())),
        "status" => json!(employee.status_on(company.today()).v1_name()),
        "position" => json!(employment.position),
        "supervisor" => match short_resource_of_supervisor(call, employee) {
            Value::Null => nothing(),
            supervisor => supervisor,
        },
        "employment_type" => json!(employment.kind.v1_name()),
        "weekly_working_hours" => json!(
            employment
                .weekly_working_hours
                .map(|hours| hours.normalize().to_string())
        ),
        "hire_date" => day(employment.hire_date),
        "contract_end_date" => day(employment.contract_end_date),
        "termination_date" => day(termination.map(|termination| termination.date)),
        "termination_type" => {
            json!(termination.map(|termination| termination.kind.map_or("", |kind| kind.v1_name())))
        }
        "termination_reason" => {
            json!(termination.map(|termination| termination.reason.as_deref().unwrap_or_default()))
        }
        "probation_period_end" => day(employment.probation_period_end),
        "created_at" => json!(instant(company.zone, employee.created_at)),
        "last_modified_at" => json!(instant(company.zone, employee.last_modified_at())),
        "subcompany" => {
            let entity = employment
                .legal_entity
                .and_then(|number| organisation.legal_entity(number));
            unit(
                "Subcompany",
                entity.map(|entity| (entity.number.get(), &*entity.name)),
            )
        }
        "office" => unit(
            "Office",
            company
                .office_of(employee)
                .map(|office| (office.number.get(), &*office.name)),
        ),
        "department" => {
            let department = employment
                .department
                .and_then(|number| organisation.department(number));
            unit(
                "Department",
                department.map(|department| (department.number.get(), &*department.name)),
            )
        }
        "team" => {
            let team = employment.team.and_then(|number| organisation.team(number));
            unit("Team", team.map(|team| (team.number.get(), &*team.name)))
        }
        "cost_centers" => cost_centers(call, employee),
        "holiday_calendar" => company
            .office_of(employee)
            .map_or_else(nothing, holiday_calendar),
        "absence_entitlement" => absence_entitlement(call, employee),
        "work_schedule" => {
            let schedule = employment
                .work_schedule
                .and_then(|number| organisation.work_schedule(number));
            schedule.map_or_else(nothing, work_schedule)
        }
        "fix_salary" => employment
            .pay
            .salary
            .map_or(Value::Null, amount::from_decimal),
        "fix_salary_interval" => json!(
            employment
                .pay
                .interval
                .map_or("", |interval| interval.v1_name())
        ),
        "hourly_salary" => employment
            .pay
            .hourly
            .map_or(Value::Null, amount::from_decimal),
        "last_working_day" => day(termination.map(|termination| termination.last_working_day)),
        "profile_picture" => {
            let url = || {
                format!(
                    "{}/v1/company/employees/{}/profile-picture",
                    call.base_url, employee.number
                )
            };
            json!(employee.has_picture.then(url))
        }
        _ => Value::Null,
    }
}

fn short_resource_of_supervisor(call: &Call<'_>, employee: &Employee) -> Value {
    employee
        .supervisor()
        .map_or(Value::Null, |supervisor| short_resource(call, supervisor))
}

fn cost_centers(call: &Call<'_>, employee: &Employee) -> Value {
    let shares = employee
        .employment
        .cost_centers
        .iter()
        .filter_map(|(number, percentage)| {
            let cost_center = call.company.organisation.cost_center(*number)?;
            let attributes =
                json!({ "id": number.get(), "name": cost_center.name, "percentage": percentage });
            Some(json!({ "type": "CostCenter", "attributes": attributes }))
        });
    shares.collect()
}

fn absence_entitlement(call: &Call<'_>, employee: &Employee) -> Value {
    let vacation = call
        .company
        .absence_types()
        .filter(|absence_type| absence_type.category == "paid_vacation");
    let entitlements = vacation.map(|absence_type| {
        json!({ "type": "TimeOffType", "attributes": {
            "id": absence_type.number.get(),
            "name": absence_type.name,
            "category": absence_type.category,
            "entitlement": employee.vacation_days,
        }})
    });
    entitlements.collect()
}

fn holiday_calendar(office: &Office) -> Value {
    let name = format!("{} Feiertage", office.country);
    json!({ "type": "HolidayCalendar", "attributes": {
        "id": 1 + office.country.bytes().map(u32::from).sum::<u32>(),
        "name": name,
        "country": office.country,
        "state": null,
    }})
}

fn work_schedule(schedule: &WorkSchedule) -> Value {
    const DAYS: [&str; 7] = [
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
    ];
    let mut attributes =
        json!({ "id": schedule.number.get(), "name": schedule.name, "valid_from": null });
    for (day, minutes) in DAYS.iter().zip(schedule.minutes) {
        attributes[day] = json!(format!("{:02}:{:02}", minutes / 60, minutes % 60));
    }
    json!({ "type": "WorkSchedule", "attributes": attributes })
}
