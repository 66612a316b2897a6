//! `/v2/projects`.

use chrono::NaiveDate;
use serde_json::{Value, json};

use super::super::attendance::Attendance;
use super::super::http::{Answer, Body};
use super::super::number::{CostCenterNumber, ProjectNumber};
use super::super::operation::{Call, ChangeCall, Field, JSON, RequestBody};
use super::super::project::Project;
use super::super::refusal::Refusal;
use super::input::{created, invalid, object, unprocessable};
use super::query::{Limits, ListRequest};
use super::{instant, single};

pub(crate) const PARAMETERS: &[&str] = &[
    "limit",
    "cursor",
    "id",
    "name",
    "project_code",
    "parent_project.id",
    "status",
    "top_level_only",
    "include",
];

/// At most 200 (observed); what comes without a limit is unknown.
pub(super) const LIMITS: Limits = Limits {
    default: 100,
    max: 200,
};

/// What can be asked for beside the project itself.
const INCLUDED: [&str; 4] = [
    "tracked_minutes",
    "sub_projects_tracked_minutes",
    "sub_projects_count",
    "tracked_periods_count",
];

pub(crate) fn list(call: &Call<'_>) -> Result<Answer, Refusal> {
    let request = ListRequest::read(call, LIMITS)?;
    let included = included(request.query.get("include"))?;
    let ids = request.any_of("id", ProjectNumber::from_digits);
    let names = request.any_of("name", |name| Some(name.to_owned()));
    let codes = request.any_of("project_code", |code| Some(code.to_owned()));
    let parents = request.any_of("parent_project.id", ProjectNumber::from_digits);
    let statuses = request.any_of("status", |status| Some(status.to_owned()));
    let top_level_only = request.query.get("top_level_only") == Some("true");
    let projects = call.company.projects.iter().filter(|project| {
        ids.admits(project.number)
            && names.admits(project.name.clone())
            && codes.admits_some(project.code.clone())
            && parents.admits_some(project.parent)
            && statuses.admits(status(project).to_owned())
            && (!top_level_only || project.parent.is_none())
    });
    Ok(request.answer(call, call.path, projects, |project| {
        resource(call, project, &included)
    }))
}

pub(crate) fn get(call: &Call<'_>) -> Result<Answer, Refusal> {
    let included = included(call.query.get("include"))?;
    Ok(single(call, resource(call, find(call)?, &included)))
}

pub(crate) const CREATE: RequestBody = RequestBody::object(&[JSON], &FIELDS);
pub(crate) const UPDATE: RequestBody = CREATE;

const FIELDS: [Field; 12] = [
    Field::text("name"),
    Field::text("status"),
    Field::text("description").or_null(),
    Field::text("project_code").or_null(),
    Field::text("project_type").or_null(),
    Field::text("client_name").or_null(),
    Field::flag("billable"),
    Field::object("cost_center", &[Field::text("id")]).or_null(),
    Field::flag("assigned_to_all"),
    Field::object("parent_project", &[Field::text("id")]).or_null(),
    Field::object("start", &[Field::text("date")]).or_null(),
    Field::object("end", &[Field::text("date")]).or_null(),
];

pub(crate) fn create(call: &mut ChangeCall<'_>) -> Result<Answer, Refusal> {
    let body = object(call)?;
    if body["name"].as_str().is_none() || body["status"].as_str().is_none() {
        return Err(invalid());
    }
    let mut project = Project::named("", call.company.now);
    project.assigned_to_all = false;
    apply(&call.read(), &body, &mut project)?;
    let number = call.company.put_project(project);
    Ok(created(json!({ "id": number.to_string() })))
}

pub(crate) fn update(call: &mut ChangeCall<'_>) -> Result<Answer, Refusal> {
    let read = call.read();
    let mut project = find(&read)?.clone();
    apply(&read, &object(call)?, &mut project)?;
    call.company.put_project(project);
    Ok(Answer::new(204, Body::Empty))
}

pub(crate) fn delete(call: &mut ChangeCall<'_>) -> Result<Answer, Refusal> {
    let number = find(&call.read())?.number;
    call.company.delete_project(number);
    Ok(Answer::new(204, Body::Empty))
}

/// Finds the project whose id is in the path.
pub(super) fn find<'a>(call: &Call<'a>) -> Result<&'a Project, Refusal> {
    let company = call.company;
    let id = call.placeholders.first().copied().unwrap_or_default();
    let number = ProjectNumber::from_digits(id).ok_or_else(Refusal::v2_not_found)?;
    company.project(number).map_err(|_| Refusal::v2_not_found())
}

/// Writes what the body says over a project.
fn apply(call: &Call<'_>, body: &Value, project: &mut Project) -> Result<(), Refusal> {
    const LONGEST_NAME: usize = 255;
    const LONGEST_DESCRIPTION: usize = 1000;
    if let Some(name) = body.get("name") {
        let name = text(name, LONGEST_NAME)?.filter(|name| !name.is_empty());
        project.name = name.ok_or_else(invalid)?;
    }
    match body.get("status").map(Value::as_str) {
        None => {}
        Some(Some("ACTIVE")) => project.is_archived = false,
        Some(Some("ARCHIVED")) => project.is_archived = true,
        Some(_) => return Err(invalid()),
    }
    if let Some(description) = body.get("description") {
        project.description = text(description, LONGEST_DESCRIPTION)?;
    }
    if let Some(kind) = body.get("project_type") {
        project.kind = text(kind, LONGEST_NAME)?;
    }
    if let Some(client) = body.get("client_name") {
        project.client_name = text(client, LONGEST_NAME)?;
    }
    if let Some(code) = body.get("project_code") {
        project.code = text(code, LONGEST_NAME)?;
        refuse_taken_code(call, project)?;
    }
    if let Some(billable) = body["billable"].as_bool() {
        project.billable = billable;
    }
    if let Some(all) = body["assigned_to_all"].as_bool() {
        project.assigned_to_all = all;
    }
    if let Some(cost_center) = body.get("cost_center") {
        project.cost_center = cost_center_of(call, cost_center)?;
    }
    if let Some(parent) = body.get("parent_project") {
        project.parent = parent_of(call, parent, project)?;
    }
    if let Some(start) = body.get("start") {
        project.start = day(start)?;
    }
    if let Some(end) = body.get("end") {
        project.end = day(end)?;
    }
    Ok(())
}

fn refuse_taken_code(call: &Call<'_>, project: &Project) -> Result<(), Refusal> {
    let mut others = call.company.projects.iter();
    let is_taken = project.code.is_some()
        && others.any(|other| other.number != project.number && other.code == project.code);
    if is_taken {
        return Err(Refusal::V2 {
            status: 409,
            title: "Conflict",
            detail: "Another project has this code.".to_owned(),
            kind: "projects.conflict",
        });
    }
    Ok(())
}

fn cost_center_of(call: &Call<'_>, given: &Value) -> Result<Option<CostCenterNumber>, Refusal> {
    if given.is_null() {
        return Ok(None);
    }
    let id = given["id"].as_str().ok_or_else(invalid)?;
    let mut known = call.company.organisation.cost_centers.iter();
    let found = known.find(|cost_center| cost_center.number.to_string() == id);
    let found = found.ok_or_else(|| unprocessable("There is no such cost center."))?;
    Ok(Some(found.number))
}

/// Projects lie one level deep (observed).
fn parent_of(
    call: &Call<'_>,
    given: &Value,
    project: &Project,
) -> Result<Option<ProjectNumber>, Refusal> {
    if given.is_null() {
        return Ok(None);
    }
    let id = given["id"].as_str().ok_or_else(invalid)?;
    let parent = ProjectNumber::from_digits(id).and_then(|id| call.company.project(id).ok());
    let fits = |parent: &&Project| parent.parent.is_none() && parent.number != project.number;
    let mut others = call.company.projects.iter();
    let is_parent = others.any(|other| other.parent == Some(project.number));
    let parent = parent.filter(fits).filter(|_| !is_parent);
    let parent = parent.ok_or_else(|| unprocessable("The project cannot be a parent."))?;
    Ok(Some(parent.number))
}

fn text(value: &Value, longest: usize) -> Result<Option<String>, Refusal> {
    match value {
        Value::Null => Ok(None),
        Value::String(text) if text.chars().count() <= longest => Ok(Some(text.clone())),
        _ => Err(invalid()),
    }
}

/// Reads `{"date": ...}` or null.
fn day(value: &Value) -> Result<Option<NaiveDate>, Refusal> {
    if value.is_null() {
        return Ok(None);
    }
    let day = value["date"].as_str().and_then(|text| text.parse().ok());
    day.map(Some).ok_or_else(invalid)
}

fn included(wanted: Option<&str>) -> Result<Vec<&'static str>, Refusal> {
    let wanted = wanted.into_iter().flat_map(|wanted| wanted.split(','));
    let known = wanted.map(|name| INCLUDED.into_iter().find(|known| *known == name.trim()));
    let known: Option<Vec<_>> = known.collect();
    known.ok_or_else(|| unprocessable("The value of include is unknown."))
}

fn status(project: &Project) -> &'static str {
    if project.is_archived {
        "ARCHIVED"
    } else {
        "ACTIVE"
    }
}

fn resource(call: &Call<'_>, project: &Project, included: &[&str]) -> Value {
    let reference = |id: Option<String>| id.map(|id| json!({ "id": id }));
    let day = |day: Option<NaiveDate>| day.map(|day| json!({ "date": day }));
    let mut written = json!({
        "id": project.number.to_string(),
        "name": project.name,
        "status": status(project),
        "description": project.description,
        "project_code": project.code,
        "project_type": project.kind,
        "client_name": project.client_name,
        "billable": project.billable,
        "cost_center": reference(project.cost_center.map(|number| number.to_string())),
        "assigned_to_all": project.assigned_to_all,
        "parent_project": reference(project.parent.map(|number| number.to_string())),
        "start": day(project.start),
        "end": day(project.end),
        "created_at": instant(project.created_at),
        "updated_at": instant(project.updated_at),
    });
    for name in included {
        written[*name] = json!(figure(call, project.number, name));
    }
    written
}

/// One of the figures that come only when asked for.
fn figure(call: &Call<'_>, project: ProjectNumber, name: &str) -> u32 {
    let below = || {
        let projects = call.company.projects.iter();
        projects.filter(move |it| it.parent == Some(project))
    };
    let booked = |project| {
        let attendances = call.company.attendances();
        attendances.filter(move |it| it.project == Some(project))
    };
    let minutes = |project| booked(project).map(Attendance::minutes).sum::<u32>();
    match name {
        "tracked_minutes" => minutes(project),
        "tracked_periods_count" => booked(project).count() as u32,
        "sub_projects_count" => below().count() as u32,
        _ => below().map(|below| minutes(below.number)).sum(),
    }
}
