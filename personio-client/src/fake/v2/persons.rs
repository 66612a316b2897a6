//! `GET /v2/persons`.

use serde_json::{Map, Value, json};

use super::super::attribute::CustomValue;
use super::super::employee::Employee;
use super::super::employment::Status;
use super::super::http::Answer;
use super::super::number::EmployeeNumber;
use super::super::operation::Call;
use super::super::refusal::Refusal;
use super::instant;
use super::query::{Limits, ListRequest};

pub(super) const LIMITS: Limits = Limits {
    default: 10,
    max: 50,
};

pub(crate) const PARAMETERS: &[&str] = &[
    "limit",
    "cursor",
    "id",
    "email",
    "first_name",
    "last_name",
    "preferred_name",
    "status",
    "created_at",
    "created_at.gt",
    "created_at.lt",
    "updated_at",
    "updated_at.gt",
    "updated_at.lt",
];

pub(crate) fn list(call: &Call<'_>) -> Result<Answer, Refusal> {
    let request = ListRequest::read(call, LIMITS)?;
    let created_at = request.instants("created_at", call.quirks.v2_filters_take_dates_only)?;
    let updated_at = request.instants("updated_at", call.quirks.v2_filters_take_dates_only)?;
    let ids = request.any_of("id", EmployeeNumber::from_digits);
    let emails = request.any_of("email", |email| Some(email.to_owned()));
    let is = |name: &str, value: Option<&str>| {
        request
            .query
            .get(name)
            .is_none_or(|wanted| value == Some(wanted))
    };
    let persons = call.company.employees().filter(|person| {
        call.access.may_see(person)
            && ids.admits(person.number)
            && emails.admits(person.email().unwrap_or_default().to_owned())
            && is("first_name", Some(person.first_name()))
            && is("last_name", Some(person.last_name()))
            && is("preferred_name", person.preferred_name.as_deref())
            && is("status", Some(status(call, person)))
            && created_at.admits(person.created_at)
            && updated_at.admits_change(
                call,
                person.person_updated_at(call.quirks.employment_moves_person),
            )
    });
    Ok(request.answer(call, call.path, persons, |person| resource(call, person)))
}

pub(crate) fn get(call: &Call<'_>) -> Result<Answer, Refusal> {
    let person = find(call, call.placeholders.first().copied().unwrap_or_default())?;
    Ok(Answer::ok(resource(call, person)))
}

/// Finds the person with the id in the path, if the credential may see it.
pub(super) fn find<'a>(call: &Call<'a>, id: &str) -> Result<&'a Employee, Refusal> {
    let company = call.company;
    let person = EmployeeNumber::from_digits(id).and_then(|number| company.employee(number));
    person
        .filter(|person| call.access.may_see(person))
        .ok_or_else(Refusal::v2_not_found)
}

/// Writes a person; what the credential may not read is missing.
fn resource(call: &Call<'_>, person: &Employee) -> Value {
    let path = format!("/v2/persons/{}/employments", person.number);
    let employments: Vec<_> = person
        .employments()
        .map(|employment| json!({ "id": employment.number.uuid() }))
        .collect();
    let mut written = Map::new();
    let mut write = |attribute: &str, field: &str, value: Value| {
        if call.access.may_read(attribute) {
            written.insert(field.to_owned(), value);
        }
    };
    write("id", "id", json!(person.number.to_string()));
    write("first_name", "first_name", json!(person.first_name));
    write("last_name", "last_name", json!(person.last_name));
    if let Some(preferred_name) = &person.preferred_name {
        write("preferred_name", "preferred_name", json!(preferred_name));
    }
    if let Some(email) = person.email() {
        write("email", "email", json!(email));
    }
    write(
        "gender",
        "gender",
        json!(
            person
                .gender
                .map_or("UNSPECIFIED", |gender| gender.v2_name())
        ),
    );
    write("status", "status", json!(status(call, person)));
    if person.has_picture {
        let url = format!(
            "{}/v1/company/employees/{}/profile-picture",
            call.base_url, person.number
        );
        write("profile_picture", "profile_picture", json!({ "url": url }));
    }
    let updated_at = person.person_updated_at(call.quirks.employment_moves_person);
    write(
        "created_at",
        "created_at",
        json!(instant(person.created_at)),
    );
    write("last_modified_at", "updated_at", json!(instant(updated_at)));
    written.insert(
        "custom_attributes".to_owned(),
        custom_attributes(call, person),
    );
    written.insert("employments".to_owned(), json!(employments));
    let link = json!({ "href": format!("{}{path}", call.base_url) });
    written.insert(
        "_meta".to_owned(),
        json!({ "links": { "employments": link } }),
    );
    Value::Object(written)
}

/// Active means any status but inactive, on the latest employment (specified).
fn status(call: &Call<'_>, person: &Employee) -> &'static str {
    if person.status_on(call.company.today()) == Status::Inactive {
        "INACTIVE"
    } else {
        "ACTIVE"
    }
}

fn custom_attributes(call: &Call<'_>, person: &Employee) -> Value {
    let readable = call
        .company
        .custom_attributes()
        .filter(|attribute| call.access.may_read(&attribute.key()));
    let written = readable.filter_map(|attribute| {
        let value = match person.custom(attribute.number)? {
            CustomValue::Text(text) => json!(text),
            CustomValue::Date(day) => json!(day),
            CustomValue::Integer(number) => json!(number),
            CustomValue::Decimal(number) => json!(number),
            CustomValue::Tags(tags) => json!(tags),
        };
        let mut written =
            json!({ "id": attribute.key(), "type": attribute.kind.v2_name(), "value": value });
        if let Some(universal_id) = &attribute.universal_id {
            written["global_id"] = json!(universal_id);
        }
        if call.quirks.v2_labels {
            written["label"] = json!(attribute.label);
        }
        Some(written)
    });
    written.collect()
}
