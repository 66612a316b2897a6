//! `GET /v2/org-units`: departments and teams.

use serde_json::{Value, json};

use super::super::http::Answer;
use super::super::operation::Call;
use super::super::organisation::Organisation;
use super::super::refusal::Refusal;
use super::legal_entities::feature;
use super::order::{self, SortKey};
use super::query::{Limits, ListRequest};
use super::single;

pub(crate) const PARAMETERS: &[&str] = &["type", "include_parent_chain", "sort", "limit", "cursor"];

/// Lists the units of a type, or of both when none is named (unknown); the chains of parents hold ids alone (documented).
pub(crate) fn list(call: &Call<'_>) -> Result<Answer, Refusal> {
    feature(call)?;
    let limits = Limits {
        default: 20,
        max: 100,
    };
    let request = ListRequest::read(call, limits)?.repeating_filters();
    let wanted = request.query.get("type").map(Type::read).transpose()?;
    let chains = request.query.get("include_parent_chain") == Some("true");
    let organisation = &call.company.organisation;
    let types = [Type::Department, Type::Team].into_iter();
    let types = types.filter(|kind| wanted.is_none_or(|wanted| wanted == *kind));
    let mut units: Vec<_> = types.flat_map(|kind| kind.units(organisation)).collect();
    let keys: [SortKey<OrgUnit<'_>>; 1] = [("id", |one, other| one.id.cmp(&other.id))];
    order::sort(&mut units, request.query.get("sort"), &keys)?;
    Ok(request.answer(call, call.path, units.into_iter(), |unit| {
        let mut written = unit.resource();
        if chains {
            let parents = unit.parents(organisation).into_iter();
            written["parent_chain"] = parents
                .map(|parent| json!({ "id": parent.id.to_string() }))
                .collect();
        }
        written
    }))
}

/// Tells of one unit; the type is needed, since departments and teams share their ids (inferred).
pub(crate) fn get(call: &Call<'_>) -> Result<Answer, Refusal> {
    feature(call)?;
    let kind = Type::read(call.query.get("type").unwrap_or_default())?;
    let organisation = &call.company.organisation;
    let id = call.placeholders.first().copied().unwrap_or_default();
    let unit = kind
        .units(organisation)
        .into_iter()
        .find(|unit| unit.id.to_string() == id);
    let unit = unit.ok_or_else(Refusal::v2_not_found)?;
    let mut written = unit.resource();
    if call.query.get("include_parent_chain") == Some("true") {
        let parents = unit.parents(organisation).into_iter();
        written["parent_chain"] = parents.map(OrgUnit::resource).collect();
    }
    Ok(single(call, written))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Type {
    Department,
    Team,
}

impl Type {
    fn read(text: &str) -> Result<Self, Refusal> {
        match text {
            "department" => Ok(Self::Department),
            "team" => Ok(Self::Team),
            _ => Err(Refusal::v2_bad_request(
                "Provided request parameters are invalid.",
            )),
        }
    }

    fn units(self, organisation: &Organisation) -> Vec<OrgUnit<'_>> {
        match self {
            Self::Department => {
                let departments = organisation.departments.iter();
                let units = departments.map(|unit| OrgUnit {
                    kind: self,
                    id: unit.number.get(),
                    name: &unit.name,
                    parent: unit.parent.map(|parent| parent.get()),
                });
                units.collect()
            }
            Self::Team => {
                let teams = organisation.teams.iter();
                let units = teams.map(|unit| OrgUnit {
                    kind: self,
                    id: unit.number.get(),
                    name: &unit.name,
                    parent: unit.parent.map(|parent| parent.get()),
                });
                units.collect()
            }
        }
    }
}

/// A department or a team.
#[derive(Clone, Copy)]
struct OrgUnit<'a> {
    kind: Type,
    id: u32,
    name: &'a str,
    parent: Option<u32>,
}

impl<'a> OrgUnit<'a> {
    /// The unit above, the one above that, and so on.
    fn parents(self, organisation: &'a Organisation) -> Vec<Self> {
        let units = self.kind.units(organisation);
        let parent_of = |unit: &Self| units.iter().find(|it| Some(it.id) == unit.parent).copied();
        // A state that was put in may go round in a circle.
        let chain = std::iter::successors(parent_of(&self), parent_of);
        chain.take(units.len()).collect()
    }

    /// Writes a unit; when it was set up is not on record.
    fn resource(self) -> Value {
        json!({
            "id": self.id.to_string(),
            "type": match self.kind {
                Type::Department => "department",
                Type::Team => "team",
            },
            "name": self.name,
            "abbreviation": null,
            "description": null,
            "parent_id": self.parent.map(|parent| parent.to_string()),
            "resource_uri": null,
        })
    }
}
