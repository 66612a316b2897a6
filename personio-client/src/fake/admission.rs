//! Who may pass: token, rights, limits.

use serde_json::Value;

use super::attribute::STANDARD_ATTRIBUTES;
use super::credential::{Access, scope};
use super::fault::Effect;
use super::http::{Query, Request};
use super::operation::Operation;
use super::refusal::Refusal;
use super::server::World;

impl World {
    pub(super) fn authenticate(
        &mut self,
        operation: &Operation,
        request: &Request,
        effects: &[Effect],
    ) -> Result<(String, String, Access), Refusal> {
        let refusal = |v1_message: &str| {
            if operation.is_v2() {
                unauthorized_v2()
            } else {
                Refusal::v1(401, 0, v1_message)
            }
        };
        let token = request
            .bearer_token()
            .ok_or_else(|| refusal("Authorization is not provided"))?;
        if effects
            .iter()
            .any(|effect| matches!(effect, Effect::ExpiredToken))
        {
            self.credentials.revoke(token);
        }
        let (client, access) =
            self.credentials.open(token, self.now()).ok_or_else(|| {
                match self.credentials.is_spent(token) {
                    true => refusal("The token has been blacklisted"),
                    false => refusal("Unauthenticated"),
                }
            })?;
        Ok((token.to_owned(), client, access))
    }

    /// Takes from the rights what a fault withdraws.
    pub(super) fn narrow(&self, access: &mut Access, effects: &[Effect]) {
        for effect in effects {
            match effect {
                Effect::ScopeWithdrawn(scope) => drop(access.scopes.remove(scope)),
                Effect::AttributeWithdrawn(key) => {
                    let standard = STANDARD_ATTRIBUTES
                        .iter()
                        .map(|attribute| attribute.key.to_owned());
                    let custom = self
                        .company
                        .custom_attributes()
                        .map(super::CustomAttribute::key);
                    access.withdraw_attribute(key, standard.chain(custom));
                }
                _ => {}
            }
        }
    }

    /// Takes the request from the limits, and says in the headers what is left.
    pub(super) fn take(
        &mut self,
        operation: &Operation,
        client: &str,
        headers: &mut Vec<(&'static str, String)>,
    ) -> Result<(), Refusal> {
        let now = self.now();
        let Some(allowance) = self.buckets.take(&self.limits, operation.name, client, now) else {
            return Ok(());
        };
        if operation.is_v2() || self.limits.headers_on_v1 {
            headers.extend(allowance.headers());
        }
        match allowance.wait {
            Some(seconds) => {
                let retry_after = self.limits.retry_after.then_some(seconds);
                Err(Refusal::RateLimited {
                    v2: operation.is_v2(),
                    retry_after,
                })
            }
            None => Ok(()),
        }
    }

    /// A missing right looks like a bad token on persons, like a bad request on reports, elsewhere like what it is (observed).
    pub(super) fn missing_right(&self, operation: &Operation, scope: &str) -> Refusal {
        if !operation.is_v2() {
            Refusal::v1(403, 0, "Provided authorization is not valid")
        } else if scope == scope::PERSONS && !self.quirks.missing_right_is_always_403 {
            unauthorized_v2()
        } else if scope == scope::REPORTS && !self.quirks.missing_right_is_always_403 {
            Refusal::v2_bad_request("Unauthorized token")
        } else {
            Refusal::V2 {
                status: 403,
                title: "Forbidden",
                detail: "The token does not carry the required scope.".to_owned(),
                kind: "common.forbidden",
            }
        }
    }
}

fn unauthorized_v2() -> Refusal {
    Refusal::V2 {
        status: 401,
        title: "Unauthorized Request",
        detail: "The token is missing, expired or not allowed to do this.".to_owned(),
        kind: "common.unauthorized",
    }
}

/// Who asks for a token, so that the limits count each client by itself.
pub(super) fn client_id_in(request: &Request) -> String {
    let json: Value = serde_json::from_slice(&request.body).unwrap_or_default();
    let form = Query::parse(&request.body);
    let client_id = json["client_id"].as_str().or_else(|| form.get("client_id"));
    client_id.unwrap_or_default().to_owned()
}
