//! `/_fake/credentials/{client_id}`.

use serde_json::json;

use super::super::attribute::STANDARD_ATTRIBUTES;
use super::super::company::Company;
use super::super::credential::Credential;
use super::super::http::Answer;
use super::super::number::LegalEntityNumber;
use super::super::server::World;
use super::input::{Input, Problem, required};

/// Adds or replaces a credential; a member that is left out means that everything is allowed.
pub(super) fn put(world: &mut World, client_id: &str, body: &[u8]) -> Result<Answer, Problem> {
    let input = Input::read(
        body,
        &["secret", "scopes", "readable_attributes", "legal_entities"],
    )?;
    let known = world.credentials.get(client_id);
    let secret = match (input.text("secret")?, known) {
        (Some(secret), _) => secret.to_owned(),
        (None, Some(known)) => known.client_secret.clone(),
        (None, None) => return required(None, "secret", "the secret of the new credential"),
    };
    let mut credential = Credential::new(client_id, secret);
    if let Some(scopes) = input.texts("scopes")? {
        if scopes.iter().any(|scope| !is_scope(scope)) {
            let allowed = "scopes such as employees:read or personio:persons:read";
            return Err(Problem::bad("scopes", "one of them is no scope", allowed));
        }
        credential = credential.scopes(scopes);
    }
    if let Some(keys) = input.texts("readable_attributes")? {
        if !keys.iter().all(|key| is_attribute(&world.company, key)) {
            let standard = STANDARD_ATTRIBUTES
                .map(|attribute| attribute.key)
                .join(", ");
            let allowed = format!("{standard} and custom ones such as dynamic_123");
            return Err(Problem::bad(
                "readable_attributes",
                "one of them does not exist",
                &allowed,
            ));
        }
        credential = credential.readable_attributes(keys);
    }
    if let Some(entities) = input.texts("legal_entities")? {
        let numbers = entities
            .iter()
            .map(|entity| legal_entity(&world.company, entity));
        credential = credential.legal_entities(numbers.collect::<Result<Vec<_>, _>>()?);
    }
    let shown = json!({
        "client_id": client_id,
        "scopes": credential.access.scopes,
        "readable_attributes": credential.access.readable_attributes,
        "legal_entities": credential.access.legal_entities,
    });
    world.credentials.put(credential);
    Ok(Answer::ok(shown))
}

/// Whether a text has the form of a scope; Personio has more of them than the fake has operations.
fn is_scope(text: &str) -> bool {
    let parts: Vec<_> = text.split(':').collect();
    (2..=3).contains(&parts.len())
        && parts.iter().all(|part| !part.is_empty())
        && parts
            .last()
            .is_some_and(|right| ["read", "write"].contains(right))
}

fn is_attribute(company: &Company, key: &str) -> bool {
    STANDARD_ATTRIBUTES
        .iter()
        .any(|attribute| attribute.key == key)
        || company
            .custom_attributes()
            .any(|attribute| attribute.key() == key)
}

/// Finds a legal entity by its name or number.
fn legal_entity(company: &Company, given: &str) -> Result<LegalEntityNumber, Problem> {
    let entities = &company.organisation.legal_entities;
    let found = entities
        .iter()
        .find(|entity| entity.name == given || entity.number.to_string() == given);
    found.map(|entity| entity.number).ok_or_else(|| {
        let known = entities
            .iter()
            .map(|entity| format!("{} ({})", entity.name, entity.number));
        let allowed = known.collect::<Vec<_>>().join(", ");
        Problem::bad("legal_entities", "one of them does not exist", &allowed)
    })
}
