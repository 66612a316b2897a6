//! `POST` and `PATCH` on `/v1/company/employees`.

use serde_json::{Map, Value, json};

use super::super::company_error::CompanyError;
use super::super::employee::NewEmployee;
use super::super::http::Answer;
use super::super::operation::{ChangeCall, FORM, Field, JSON, RequestBody};
use super::super::refusal::Refusal;
use super::employees::find;
use super::input::{Body, text};
use super::success;

pub(crate) const CREATE: RequestBody =
    RequestBody::object(&[JSON, FORM], &[Field::object("employee", &FIELDS)]);

pub(crate) const UPDATE: RequestBody =
    RequestBody::object(&[JSON, FORM], &[Field::object("employee", CHANGEABLE)]);

/// What can be written; team, salary, schedule and termination cannot.
const FIELDS: [Field; 14] = [
    Field::text("email"),
    Field::text("first_name"),
    Field::text("last_name"),
    Field::text("preferred_name"),
    Field::text("gender"),
    Field::text("position"),
    Field::text("subcompany"),
    Field::text("department"),
    Field::text("office"),
    Field::text("hire_date"),
    Field::text("status"),
    Field::number("weekly_working_hours"),
    Field::whole("supervisor_id").or_null(),
    Field::texts("custom_attributes"),
];

/// All but the address.
const CHANGEABLE: &[Field] = FIELDS.split_at(1).1;

/// Units that are given by name; names that do not exist are ignored and told of.
const BY_NAME: [&str; 3] = ["subcompany", "department", "office"];

pub(crate) fn create(call: &mut ChangeCall<'_>) -> Result<Answer, Refusal> {
    let body = Body::read(call.request);
    let employee = &body.value()["employee"];
    let required = |name: &str| {
        let missing = || {
            Refusal::v1_invalid(
                name,
                format!("The {} field is required.", name.replace('_', " ")),
            )
        };
        let given = text(employee, name).filter(|given| !given.trim().is_empty());
        given.ok_or_else(missing)
    };
    let new =
        NewEmployee::new(required("first_name")?, required("last_name")?).email(required("email")?);
    let (attributes, ignored) = attributes(call, employee);
    let number = call
        .company
        .hire_with(new, &attributes)
        .map_err(|unfit| refusal(&unfit.key, &unfit.error))?;
    let mut answer = success(json!({ "id": number, "message": "success" }));
    if let Some(body) = answer.json_mut().filter(|_| !ignored.is_empty()) {
        body["meta"] = json!(ignored);
    }
    Ok(answer)
}

pub(crate) fn update(call: &mut ChangeCall<'_>) -> Result<Answer, Refusal> {
    let id = call.placeholders.first().copied().unwrap_or_default();
    let number = find(&call.read(), id)?.number();
    let body = Body::read(call.request);
    let (attributes, ignored) = attributes(call, &body.value()["employee"]);
    call.company
        .amend(number, &attributes)
        .map_err(|unfit| refusal(&unfit.key, &unfit.error))?;
    let answer = json!({ "success": true, "data": { "id": number }, "meta": ignored });
    Ok(Answer::ok(answer))
}

/// The attributes that will be written, and the names of units that will not.
fn attributes(call: &ChangeCall<'_>, given: &Value) -> (Map<String, Value>, Vec<String>) {
    let mut attributes = Map::new();
    let mut ignored = Vec::new();
    for (key, value) in given.as_object().into_iter().flatten() {
        match key.as_str() {
            "supervisor_id" => drop(attributes.insert("supervisor".to_owned(), value.clone())),
            "custom_attributes" => {
                let defined = call.company.custom_attributes();
                attributes.extend(defined.filter_map(|attribute| {
                    let given = value.get(attribute.key())?;
                    Some((attribute.key(), attribute.kind.value_of_text(given)))
                }));
            }
            key if BY_NAME.contains(&key) && !call.company.organisation.knows(key, value) => {
                ignored.push(format!("The {key} was not found and has been ignored."));
            }
            key if CHANGEABLE.iter().any(|field| field.name == key) => {
                attributes.insert(key.to_owned(), value.clone());
            }
            // Fields that cannot be written are ignored without a word.
            _ => {}
        }
    }
    (attributes, ignored)
}

fn refusal(key: &str, error: &CompanyError) -> Refusal {
    match error {
        CompanyError::UnknownEmployee(number) => Refusal::v1_invalid(
            "supervisor_id",
            format!("Supervisor with ID {number} not found"),
        ),
        CompanyError::EmailTaken => {
            Refusal::v1_invalid("email", "The email has already been taken.")
        }
        _ => Refusal::v1_invalid(key, format!("The {} is invalid.", key.replace('_', " "))),
    }
}
