//! `POST /v2/auth/token` and `/v2/auth/revoke`.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::super::http::{Answer, Body, Query};
use super::super::operation::{FORM, Field, RequestBody, TokenCall};
use super::super::refusal::Refusal;

pub(crate) const TOKEN: RequestBody = RequestBody::object(
    &[FORM],
    &[
        Field::text("grant_type"),
        Field::text("client_id"),
        Field::text("client_secret"),
        Field::text("scope"),
    ],
);

pub(crate) const REVOKE: RequestBody = RequestBody::object(&[FORM], &[Field::text("token")]);

pub(crate) fn token(call: &mut TokenCall<'_>) -> Result<Answer, Refusal> {
    let form = form(call)?;
    let grant_type = required(&form, "grant_type")?;
    let client_id = required(&form, "client_id")?;
    let client_secret = required(&form, "client_secret")?;
    if grant_type != "client_credentials" {
        return Err(Refusal::OAuth {
            error: "unsupported_grant_type",
            description: "The authorization grant type is not supported.",
            link: "error_uri",
            meta: json!({ "grant_type": grant_type }),
        });
    }
    let credential = call
        .credentials
        .verify(client_id, client_secret)
        .ok_or_else(invalid_client)?;
    let scopes = match form.get("scope").filter(|scopes| !scopes.trim().is_empty()) {
        Some(wanted) => Some(granted(wanted, &credential.access.scopes)?),
        None => None,
    };
    let grant = call
        .credentials
        .grant(client_id, scopes, call.now)
        .ok_or_else(invalid_client)?;
    let scopes: Vec<_> = grant.scopes.into_iter().collect();
    Ok(Answer::ok(json!({
        "access_token": grant.token,
        "token_type": "Bearer",
        "expires_in": grant.lifetime.num_seconds(),
        "scope": scopes.join(" "),
    })))
}

/// Takes a token back; one that is not known is taken back as well.
pub(crate) fn revoke(call: &mut TokenCall<'_>) -> Result<Answer, Refusal> {
    let form = form(call)?;
    let token = required(&form, "token")?;
    if call.quirks.revoke_needs_token && call.request.bearer_token().is_none() {
        return Err(Refusal::V2 {
            status: 401,
            title: "Authorisation Restrictions",
            detail: "The token is missing, expired or not allowed to do this.".to_owned(),
            kind: "common.unauthorized",
        });
    }
    call.credentials.revoke(token);
    Ok(Answer::new(200, Body::Empty))
}

fn form(call: &TokenCall<'_>) -> Result<Query, Refusal> {
    if call
        .request
        .has_media_type("application/x-www-form-urlencoded")
    {
        Ok(Query::parse(&call.request.body))
    } else {
        Err(Refusal::OAuth {
            error: "invalid_request",
            description: "The content type must be application/x-www-form-urlencoded.",
            link: "type",
            meta: json!({}),
        })
    }
}

fn required<'a>(form: &'a Query, name: &str) -> Result<&'a str, Refusal> {
    let missing = || {
        invalid_request(
            "A required parameter is missing.",
            json!({ "missing_parameters": [name] }),
        )
    };
    form.get(name)
        .filter(|value| !value.is_empty())
        .ok_or_else(missing)
}

/// The scopes asked for; one that is unknown looks like one that is not granted.
fn granted(wanted: &str, owned: &BTreeSet<String>) -> Result<BTreeSet<String>, Refusal> {
    let wanted: BTreeSet<_> = wanted.split_whitespace().map(str::to_owned).collect();
    if wanted.is_subset(owned) {
        Ok(wanted)
    } else {
        Err(invalid_scope())
    }
}

fn invalid_request(description: &'static str, meta: Value) -> Refusal {
    Refusal::OAuth {
        error: "invalid_request",
        description,
        link: "error_uri",
        meta,
    }
}

fn invalid_scope() -> Refusal {
    let description = "The requested scope is invalid, unknown or malformed.";
    Refusal::OAuth {
        error: "invalid_scope",
        description,
        link: "error_uri",
        meta: json!({}),
    }
}

fn invalid_client() -> Refusal {
    let description = "Client authentication failed: unknown client or wrong secret.";
    Refusal::OAuth {
        error: "invalid_client",
        description,
        link: "error_uri",
        meta: json!({}),
    }
}
