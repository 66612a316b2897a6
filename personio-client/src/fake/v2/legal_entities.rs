//! `GET /v2/legal-entities`.

use serde_json::{Value, json};

use super::super::http::Answer;
use super::super::operation::Call;
use super::super::organisation::LegalEntity;
use super::super::refusal::Refusal;
use super::query::{Limits, ListRequest};
use super::single;

pub(crate) const PARAMETERS: &[&str] = &["id", "country", "limit", "cursor"];

/// Lists the newest first (documented).
pub(crate) fn list(call: &Call<'_>) -> Result<Answer, Refusal> {
    feature(call)?;
    let limits = Limits {
        default: 20,
        max: 100,
    };
    let request = ListRequest::read(call, limits)?;
    let ids = request.any_of("id", |id| id.parse::<u32>().ok());
    let countries = request.any_of("country", |country| Some(country.to_owned()));
    let entities = call.company.organisation.legal_entities.iter().rev();
    let entities = entities.filter(|entity| {
        ids.admits(entity.number.get()) && countries.admits(entity.country.clone())
    });
    Ok(request.answer(call, call.path, entities, resource))
}

pub(crate) fn get(call: &Call<'_>) -> Result<Answer, Refusal> {
    feature(call)?;
    let id = call.placeholders.first().copied().unwrap_or_default();
    let mut entities = call.company.organisation.legal_entities.iter();
    let entity = entities.find(|entity| entity.number.to_string() == id);
    Ok(single(
        call,
        resource(entity.ok_or_else(Refusal::v2_not_found)?),
    ))
}

/// Refuses when the company has not booked what legal entities and org units belong to (documented).
pub(super) fn feature(call: &Call<'_>) -> Result<(), Refusal> {
    if call.quirks.no_legal_entities_feature {
        return Err(Refusal::V2 {
            status: 412,
            title: "Precondition failed",
            detail: "No access to legal entities feature.".to_owned(),
            kind: "common.precondition_failed",
        });
    }
    Ok(())
}

/// Writes what is certain; address and registration data have unknown names.
fn resource(entity: &LegalEntity) -> Value {
    json!({
        "id": entity.number.to_string(),
        "name": entity.name,
        "country": entity.country,
    })
}
