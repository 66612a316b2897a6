//! `GET /v1/company/employees` and its neighbours.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDateTime, NaiveTime, TimeZone, Utc};
use serde_json::json;

use super::super::attribute::STANDARD_ATTRIBUTES;
use super::super::employee::Employee;
use super::super::http::{Answer, Body};
use super::super::number::EmployeeNumber;
use super::super::operation::Call;
use super::super::paging::LimitOffset;
use super::super::quirks::Quirks;
use super::super::refusal::Refusal;
use super::employee::Shown;
use super::{success, written_page};

pub(crate) const PARAMETERS: &[&str] =
    &["limit", "offset", "email", "attributes[]", "updated_since"];

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
