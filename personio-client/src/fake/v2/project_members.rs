//! `/v2/projects/{id}/members`.

use serde_json::{Value, json};

use super::super::http::{Answer, Body};
use super::super::number::EmployeeNumber;
use super::super::operation::{Call, ChangeCall, Field, JSON, RequestBody};
use super::super::refusal::Refusal;
use super::input::{array, invalid};
use super::persons;
use super::projects::{LIMITS, find};
use super::query::ListRequest;

/// A bare list, also on `DELETE` (observed).
pub(crate) const MEMBERS: RequestBody =
    RequestBody::rows(&[JSON], &[Field::object("person", &[Field::text("id")])]);

pub(crate) fn list(call: &Call<'_>) -> Result<Answer, Refusal> {
    let project = find(call)?;
    let request = ListRequest::read(call, LIMITS)?;
    let members = project.members.iter();
    Ok(request.answer(
        call,
        call.path,
        members,
        |member| json!({ "person": { "id": member.to_string() } }),
    ))
}

/// Adds people; who is a member already stays one, and the project is no longer everybody's (documented).
pub(crate) fn add(call: &mut ChangeCall<'_>) -> Result<Answer, Refusal> {
    let read = call.read();
    let mut project = find(&read)?.clone();
    project.members.extend(given(call, &read)?);
    project.assigned_to_all = false;
    call.company.put_project(project);
    Ok(Answer::new(204, Body::Empty))
}

/// Removes people; who is no member stays none.
pub(crate) fn remove(call: &mut ChangeCall<'_>) -> Result<Answer, Refusal> {
    let read = call.read();
    let mut project = find(&read)?.clone();
    for member in given(call, &read)? {
        project.members.remove(&member);
    }
    call.company.put_project(project);
    Ok(Answer::new(204, Body::Empty))
}

/// Finds the people whom the body names.
fn given(call: &ChangeCall<'_>, read: &Call<'_>) -> Result<Vec<EmployeeNumber>, Refusal> {
    let person = |member: &Value| {
        let id = member["person"]["id"].as_str().ok_or_else(invalid)?;
        Ok(persons::find(read, id)?.number())
    };
    array(call)?.iter().map(person).collect()
}
