//! `GET /v2/persons/{person_id}/employments`.

use serde_json::{Map, Value, json};

use super::super::amount;
use super::super::employee::Employee;
use super::super::employment::{Employment, Termination};
use super::super::http::Answer;
use super::super::number::EmploymentNumber;
use super::super::operation::Call;
use super::super::refusal::Refusal;
use super::instant;
use super::persons::{LIMITS, find};
use super::query::ListRequest;

pub(crate) const PARAMETERS: &[&str] = &[
    "limit",
    "cursor",
    "id",
    "updated_at",
    "updated_at.gt",
    "updated_at.lt",
];

pub(crate) fn list(call: &Call<'_>) -> Result<Answer, Refusal> {
    let person = find(call, call.placeholders.first().copied().unwrap_or_default())?;
    let request = ListRequest::read(call, LIMITS)?;
    let updated_at = request.instants("updated_at", call.quirks.v2_filters_take_dates_only)?;
    let ids = request.any_of("id", EmploymentNumber::from_uuid);
    let employments = person.employments().filter(|employment| {
        ids.admits(employment.number) && updated_at.admits_change(call, employment.updated_at)
    });
    let link_path = if call.quirks.employments_link_astray {
        "/v2/employments"
    } else {
        call.path
    };
    Ok(request.answer(call, link_path, employments, |employment| {
        resource(call, person, employment)
    }))
}

pub(crate) fn get(call: &Call<'_>) -> Result<Answer, Refusal> {
    let [person_id, id] = call.placeholders else {
        return Err(Refusal::v2_not_found());
    };
    let person = find(call, person_id)?;
    let number = EmploymentNumber::from_uuid(id);
    let employment = person
        .employments()
        .find(|employment| Some(employment.number) == number);
    let employment = employment.ok_or_else(Refusal::v2_not_found)?;
    Ok(Answer::ok(resource(call, person, employment)))
}

/// Writes an employment; what the credential may not read, or what is not there, is missing.
fn resource(call: &Call<'_>, person: &Employee, employment: &Employment) -> Value {
    let today = call.company.today();
    let person_link = format!("{}/v2/persons/{}", call.base_url, person.number);
    let mut links = json!({ "person": { "href": person_link } });
    let mut written = Map::new();
    let mut write = |attribute: &str, field: &str, value: Value| {
        if call.access.may_read(attribute) {
            written.insert(field.to_owned(), value);
        }
    };
    write("id", "id", json!(employment.number.uuid()));
    write("id", "person", reference(&person.number.to_string()));
    write(
        "status",
        "status",
        json!(employment.status_on(today).v2_name()),
    );
    write("employment_type", "type", json!(employment.kind.v2_name()));
    if let Some(title) = &employment.position {
        write("position", "position", json!({ "title": title }));
    }
    if let Some(hours) = employment.weekly_working_hours {
        write(
            "weekly_working_hours",
            "weekly_working_hours",
            amount::from_decimal(hours),
        );
        write(
            "weekly_working_hours",
            "full_time_weekly_working_hours",
            json!(40),
        );
    }
    write(
        "hire_date",
        "employment_start_date",
        json!(employment.hire_date),
    );
    let ends = employment
        .termination
        .as_ref()
        .map(|termination| termination.date);
    write("termination_date", "employment_end_date", json!(ends));
    write(
        "probation_period_end",
        "probation_end_date",
        json!(employment.probation_period_end),
    );
    write(
        "contract_end_date",
        "contract_end_date",
        json!(employment.contract_end_date),
    );
    write(
        "supervisor",
        "supervisor",
        employment
            .supervisor
            .map_or(Value::Null, |number| reference(&number.to_string())),
    );
    if let Some(office) = employment.office {
        write("office", "office", reference(&office.to_string()));
    }
    if let Some(entity) = employment.legal_entity {
        write("subcompany", "legal_entity", reference(&entity.to_string()));
        write("subcompany", "sub_company", reference(&entity.to_string()));
    }
    write("department", "org_units", org_units(call, employment));
    write("cost_centers", "cost_centers", cost_centers(employment));
    if let Some(termination) = &employment.termination {
        let termination = termination_fields(call, termination);
        write("termination_date", "termination", termination);
    }
    write(
        "created_at",
        "created_at",
        json!(instant(employment.created_at)),
    );
    write(
        "last_modified_at",
        "updated_at",
        json!(instant(employment.updated_at)),
    );
    if let Some(supervisor) = employment
        .supervisor
        .filter(|_| call.access.may_read("supervisor"))
    {
        links["supervisor"] =
            json!({ "href": format!("{}/v2/persons/{supervisor}", call.base_url) });
    }
    written.insert("_meta".to_owned(), json!({ "links": links }));
    Value::Object(written)
}

/// Department and team, each if the credential may read it; the id spaces of the two overlap.
fn org_units(call: &Call<'_>, employment: &Employment) -> Value {
    let department = employment
        .department
        .map(|number| ("department", number.get()));
    let team = employment.team.map(|number| ("team", number.get()));
    let units = [department, team].into_iter().flatten();
    let readable = units.filter(|(kind, _)| call.access.may_read(kind));
    readable
        .map(|(kind, number)| json!({ "type": kind, "id": number.to_string() }))
        .collect()
}

fn cost_centers(employment: &Employment) -> Value {
    let shares = employment.cost_centers.iter();
    shares
        .map(|(number, weight)| json!({ "id": number.to_string(), "weight": weight }))
        .collect()
}

fn termination_fields(call: &Call<'_>, termination: &Termination) -> Value {
    let last_working = if call.quirks.last_working_date {
        "last_working_date"
    } else {
        "last_working_day"
    };
    let mut fields =
        json!({ "termination_date": termination.date, "terminated_at": termination.noticed_on });
    if call.access.may_read("last_working_day") {
        fields[last_working] = json!(termination.last_working_day);
    }
    if call.access.may_read("termination_type") {
        fields["type"] = json!(
            termination
                .kind
                .map_or("UNSPECIFIED", |kind| kind.v2_name())
        );
    }
    if let Some(reason) = termination
        .reason
        .as_ref()
        .filter(|_| call.access.may_read("termination_reason"))
    {
        fields["reason"] = json!(reason);
    }
    fields
}

fn reference(id: &str) -> Value {
    json!({ "id": id })
}
