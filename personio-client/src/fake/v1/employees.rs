//! `GET /v1/company/employees` and its neighbours.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDateTime, NaiveTime, TimeZone, Utc};
use serde_json::{Map, Value, json};

use super::super::amount;
use super::super::attribute::{
    AttributeKind, CustomAttribute, STANDARD_ATTRIBUTES, StandardAttribute,
};
use super::super::employee::Employee;
use super::super::http::{Answer, Body};
use super::super::number::EmployeeNumber;
use super::super::operation::Call;
use super::super::organisation::{Office, WorkSchedule};
use super::super::paging::LimitOffset;
use super::super::quirks::Quirks;
use super::super::refusal::Refusal;
use super::value::{custom, instant, midnight, nothing};
use super::{success, written_page};

pub(crate) fn list(call: &Call<'_>) -> Result<Answer, Refusal> {
    let quirks = call.quirks;
    let paging = LimitOffset::read(
        call.query,
        quirks.employees_default_limit,
        quirks.employees_max_limit,
        quirks.clamps_limit,
    )?;
    let wanted = wanted_attributes(call);
    let updated_since = call
        .query
        .get("updated_since")
        .map(|text| instant_of(text, quirks))
        .transpose()?;
    let email = call.query.get("email").filter(|_| updated_since.is_none());
    let employees = call.company.employees().filter(|employee| {
        call.access.may_see(employee)
            && email.is_none_or(|email| employee.email() == Some(email))
            && updated_since
                .is_none_or(|since| changed_since(call, employee, wanted.as_ref(), since))
    });
    let cut = paging.by_record().cut(employees, call.effects);
    let shown = Shown::to(call, wanted.as_ref());
    let rows: Vec<_> = cut
        .rows
        .into_iter()
        .map(|employee| shown.write(call, employee))
        .collect();
    Ok(written_page(
        &rows,
        cut.total,
        paging.offset / paging.limit,
        paging.limit,
        paging.offset,
    ))
}

pub(crate) fn get(call: &Call<'_>) -> Result<Answer, Refusal> {
    let employee = find(call, call.placeholders.first().copied().unwrap_or_default())?;
    let written = Shown::to(call, None).write(call, employee);
    let answer = format!(r#"{{"success":true,"data":{written}}}"#);
    Ok(Answer::new(200, Body::Written(answer.into_bytes())))
}

/// Lists what this credential may read: the only way to learn of attributes that are missing.
pub(crate) fn attributes(call: &Call<'_>) -> Result<Answer, Refusal> {
    let none_readable = call
        .access
        .readable_attributes
        .as_ref()
        .is_some_and(BTreeSet::is_empty);
    if none_readable && call.quirks.attribute_list_forbidden {
        return Err(Refusal::v1(
            403,
            0,
            "personio.core.api.exceptions.api.forbidden.http.exception",
        ));
    }
    let standard = STANDARD_ATTRIBUTES.iter().map(|attribute| {
        json!({
            "key": attribute.key,
            "label": attribute.label,
            "type": attribute.kind.v1_name(),
            "universal_id": attribute.key,
            "options": [],
        })
    });
    let custom = call.company.custom_attributes().map(|attribute| {
        json!({
            "key": attribute.key(),
            "label": attribute.label,
            "type": attribute.kind.v1_name(),
            "universal_id": attribute.universal_id,
            "options": attribute.options,
        })
    });
    let readable = standard.chain(custom).filter(|listed| {
        listed["key"]
            .as_str()
            .is_some_and(|key| call.access.may_read(key))
    });
    Ok(success(readable.collect()))
}

/// Finds the employee with the id in the path, if the credential may see it.
pub(super) fn find<'a>(call: &Call<'a>, id: &str) -> Result<&'a Employee, Refusal> {
    let company = call.company;
    let employee = EmployeeNumber::from_digits(id).and_then(|number| company.employee(number));
    let visible = employee.filter(|employee| call.access.may_see(employee));
    visible.ok_or_else(|| Refusal::v1(404, 0, "Es ist ein Problem aufgetreten"))
}

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
struct Shown<'a>(Vec<(Source<'a>, String)>);

enum Source<'a> {
    Standard(&'static str),
    Custom(&'a CustomAttribute),
}

impl<'a> Shown<'a> {
    /// What is readable and, if the request names some, asked for.
    fn to(call: &Call<'a>, wanted: Option<&BTreeSet<String>>) -> Self {
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
    fn write(&self, call: &Call<'_>, employee: &Employee) -> String {
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

fn wanted_attributes(call: &Call<'_>) -> Option<BTreeSet<String>> {
    let wanted = call.query.all("attributes[]");
    (!wanted.is_empty()).then(|| wanted.into_iter().map(str::to_owned).collect())
}

/// Whether an attribute changed that the credential may read and, if the request names some, that it asks for.
fn changed_since(
    call: &Call<'_>,
    employee: &Employee,
    wanted: Option<&BTreeSet<String>>,
    since: DateTime<Utc>,
) -> bool {
    let since = since - call.repeats();
    let happened = |at| at >= since && call.is_reported(at);
    let counts =
        |key: &str| call.access.may_read(key) && wanted.is_none_or(|wanted| wanted.contains(key));
    let is_new = happened(employee.created_at)
        && wanted.is_none_or(|wanted| wanted.iter().any(|key| counts(key)));
    is_new
        || employee
            .changes
            .iter()
            .any(|(key, at)| happened(*at) && counts(key))
}

fn instant_of(text: &str, quirks: &Quirks) -> Result<DateTime<Utc>, Refusal> {
    let midnight = || super::value::day(text).map(|day| day.and_time(NaiveTime::MIN));
    let local =
        midnight().or_else(|| NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S").ok());
    let instant = local.and_then(|local| {
        quirks
            .updated_since_offset
            .from_local_datetime(&local)
            .single()
    });
    let invalid = || Refusal::v1_invalid("updated_since", "The updated since is not a valid date.");
    instant.map(|instant| instant.to_utc()).ok_or_else(invalid)
}
