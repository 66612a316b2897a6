//! `POST /v1/auth`.

use serde_json::{Value, json};

use super::super::http::{Answer, Query};
use super::super::operation::{FORM, Field, JSON, RequestBody, TokenCall};
use super::super::refusal::Refusal;
use super::success;

/// As long as credentials in the query string are allowed.
pub(crate) const PARAMETERS: &[&str] = &["client_id", "client_secret"];

pub(crate) const CREDENTIALS: RequestBody = RequestBody::object(
    &[JSON, FORM],
    &[Field::text("client_id"), Field::text("client_secret")],
);

pub(crate) fn authenticate(call: &mut TokenCall<'_>) -> Result<Answer, Refusal> {
    let (client_id, client_secret) = credentials(call)?;
    let unknown = || Refusal::v1(403, 0, "Wrong credentials");
    call.credentials
        .verify(&client_id, &client_secret)
        .ok_or_else(unknown)?;
    let grant = call
        .credentials
        .grant(&client_id, None, call.now)
        .ok_or_else(unknown)?;
    let lifetime = if call.quirks.v1_expires_in_counts_down {
        grant.lifetime.num_seconds()
    } else {
        86_400
    };
    let scopes: Vec<_> = grant
        .scopes
        .into_iter()
        .filter(|scope| !scope.starts_with("personio:"))
        .collect();
    Ok(success(
        json!({ "token": grant.token, "expires_in": lifetime, "scope": scopes.join(" ") }),
    ))
}

/// Reads the credentials from a JSON or form body, or from the query string where that is still allowed.
fn credentials(call: &TokenCall<'_>) -> Result<(String, String), Refusal> {
    let request = call.request;
    if request.query.get("client_secret").is_some() && !call.quirks.query_credentials {
        return Err(Refusal::v1(
            403,
            403,
            "Credentials in the query string are no longer accepted",
        ));
    }
    let form = Query::parse(&request.body);
    let json: Value = serde_json::from_slice(&request.body).unwrap_or_default();
    let field = |name: &str| {
        let given = json[name]
            .as_str()
            .or_else(|| form.get(name))
            .or_else(|| request.query.get(name));
        given.map(str::to_owned).ok_or_else(|| {
            Refusal::v1_invalid(
                name,
                format!(
                    "Bitte geben Sie {} ein, um fortzufahren.",
                    name.replace('_', " ")
                ),
            )
        })
    };
    Ok((field("client_id")?, field("client_secret")?))
}
