//! `GET /v2/cost-centers` and `/v2/workplaces`: units of which id and name are known (observed), and nothing else.

use serde_json::{Value, json};

use super::super::http::Answer;
use super::super::operation::Call;
use super::super::refusal::Refusal;
use super::order::{self, SortKey};
use super::query::{Limits, ListRequest};

pub(crate) const PARAMETERS: &[&str] = &["id", "name", "sort", "limit", "cursor"];

pub(crate) fn cost_centers(call: &Call<'_>) -> Result<Answer, Refusal> {
    let units = call.company.organisation.cost_centers.iter();
    list(call, units.map(|unit| (unit.number.get(), &*unit.name)))
}

/// What employments still call offices (documented).
pub(crate) fn workplaces(call: &Call<'_>) -> Result<Answer, Refusal> {
    let units = call.company.organisation.offices.iter();
    list(call, units.map(|unit| (unit.number.get(), &*unit.name)))
}

fn list<'a>(
    call: &Call<'_>,
    units: impl Iterator<Item = (u32, &'a str)>,
) -> Result<Answer, Refusal> {
    let limits = Limits {
        default: 50,
        max: 100,
    };
    let request = ListRequest::read(call, limits)?;
    let ids = request.any_of("id", |id| Some(id.to_owned()));
    let names = request.any_of("name", |name| Some(name.to_owned()));
    let mut units: Vec<_> = units
        .filter(|(id, name)| ids.admits(id.to_string()) && names.admits((*name).to_owned()))
        .collect();
    let keys: [SortKey<(u32, &str)>; 2] = [
        ("id", |one, other| one.0.cmp(&other.0)),
        ("name", |one, other| one.1.cmp(other.1)),
    ];
    let sort = request.query.get("sort").unwrap_or("id");
    order::sort(&mut units, Some(sort), &keys)?;
    Ok(request.answer(call, call.path, units.into_iter(), resource))
}

fn resource((id, name): (u32, &str)) -> Value {
    json!({ "id": id.to_string(), "name": name })
}
