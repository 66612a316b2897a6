//! Credentials, what they may read, and the tokens they get.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::employee::Employee;
use super::number::{Kind, LegalEntityNumber, uuid};

/// Scopes of every operation the fake knows.
pub(crate) mod scope {
    pub(crate) const V1_EMPLOYEES: &str = "employees:read";
    pub(crate) const V1_ABSENCES: &str = "absences:read";
    pub(crate) const PERSONS: &str = "personio:persons:read";
    pub(crate) const ABSENCES: &str = "personio:absences:read";
    pub(crate) const V1_EMPLOYEES_WRITE: &str = "employees:write";
    pub(crate) const V1_ABSENCES_WRITE: &str = "absences:write";
    pub(crate) const V1_ATTENDANCES: &str = "attendances:read";
    pub(crate) const V1_ATTENDANCES_WRITE: &str = "attendances:write";
    pub(crate) const ABSENCES_WRITE: &str = "personio:absences:write";
    pub(crate) const ATTENDANCES: &str = "personio:attendances:read";
    pub(crate) const ATTENDANCES_WRITE: &str = "personio:attendances:write";
    pub(crate) const ORG_UNITS: &str = "personio:org-units:read";
    pub(crate) const LEGAL_ENTITIES: &str = "personio:legal-entities:read";
    /// Guessed by a client.
    pub(crate) const COST_CENTERS: &str = "personio:cost-centers:read";
    /// Unknown, named after the others.
    pub(crate) const WORKPLACES: &str = "personio:workplaces:read";
    pub(crate) const RECRUITING: &str = "personio:recruiting:read";
    /// Inferred.
    pub(crate) const REPORTS: &str = "personio:reports:read";
    /// Inferred, like the one to write.
    pub(crate) const PROJECTS: &str = "personio:projects:read";
    pub(crate) const PROJECTS_WRITE: &str = "personio:projects:write";
    pub(crate) const WEBHOOKS: &str = "personio:webhooks:read";
    pub(crate) const WEBHOOKS_WRITE: &str = "personio:webhooks:write";
    pub(crate) const ALL: [&str; 21] = [
        V1_EMPLOYEES,
        V1_EMPLOYEES_WRITE,
        V1_ABSENCES,
        V1_ABSENCES_WRITE,
        V1_ATTENDANCES,
        V1_ATTENDANCES_WRITE,
        PERSONS,
        ABSENCES,
        ABSENCES_WRITE,
        ATTENDANCES,
        ATTENDANCES_WRITE,
        ORG_UNITS,
        LEGAL_ENTITIES,
        COST_CENTERS,
        WORKPLACES,
        RECRUITING,
        REPORTS,
        PROJECTS,
        PROJECTS_WRITE,
        WEBHOOKS,
        WEBHOOKS_WRITE,
    ];
}

/// A client id and secret with the rights that HR has ticked for it.
///
/// A new one may read everything. `Debug` does not show the secret.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[must_use]
pub struct Credential {
    pub(crate) client_id: String,
    pub(crate) client_secret: String,
    pub(crate) access: Access,
}

impl Credential {
    /// Makes a credential that may read everything.
    pub fn new(client_id: impl Into<String>, client_secret: impl Into<String>) -> Self {
        let scopes = scope::ALL.map(str::to_owned).into();
        let access = Access {
            scopes,
            readable_attributes: None,
            legal_entities: None,
        };
        Self {
            client_id: client_id.into(),
            client_secret: client_secret.into(),
            access,
        }
    }

    /// Limits the scopes, for instance `employees:read` (v1) or `personio:persons:read` (v2).
    pub fn scopes<T: Into<String>>(mut self, scopes: impl IntoIterator<Item = T>) -> Self {
        self.access.scopes = scopes.into_iter().map(Into::into).collect();
        self
    }

    /// Limits the employee attributes by their v1 keys; others are dropped from every answer without a word.
    ///
    /// The id is always readable.
    pub fn readable_attributes<T: Into<String>>(
        mut self,
        keys: impl IntoIterator<Item = T>,
    ) -> Self {
        self.access.readable_attributes = Some(keys.into_iter().map(Into::into).collect());
        self
    }

    /// Limits the employees to those of some legal entities (observed for compensations, inferred for the rest).
    pub fn legal_entities<T: Into<LegalEntityNumber>>(
        mut self,
        numbers: impl IntoIterator<Item = T>,
    ) -> Self {
        self.access.legal_entities = Some(numbers.into_iter().map(Into::into).collect());
        self
    }
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Credential");
        shown
            .field("client_id", &self.client_id)
            .field("access", &self.access)
            .finish_non_exhaustive()
    }
}

/// What one request may see.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Access {
    pub(crate) scopes: BTreeSet<String>,
    /// `None` reads all.
    pub(crate) readable_attributes: Option<BTreeSet<String>>,
    pub(crate) legal_entities: Option<BTreeSet<LegalEntityNumber>>,
}

impl Access {
    pub(crate) fn may_read(&self, key: &str) -> bool {
        key == "id"
            || self
                .readable_attributes
                .as_ref()
                .is_none_or(|readable| readable.contains(key))
    }

    pub(crate) fn may_see(&self, employee: &Employee) -> bool {
        let legal_entity = employee.employment.legal_entity;
        self.legal_entities
            .as_ref()
            .is_none_or(|seen| legal_entity.is_some_and(|entity| seen.contains(&entity)))
    }

    pub(crate) fn withdraw_attribute(&mut self, key: &str, all: impl Iterator<Item = String>) {
        self.readable_attributes
            .get_or_insert_with(|| all.collect())
            .remove(key);
    }
}

/// The credentials of a company and the tokens in use.
#[derive(Default)]
pub(crate) struct Credentials {
    by_client_id: BTreeMap<String, Credential>,
    tokens: Vec<Token>,
    spent: BTreeSet<String>,
    issued: u32,
}

struct Token {
    value: String,
    client_id: String,
    /// What was asked for; `None` follows the credential.
    scopes: Option<BTreeSet<String>>,
    expires_at: DateTime<Utc>,
}

/// A token on its way to a client.
pub(crate) struct Grant {
    pub(crate) token: String,
    pub(crate) lifetime: TimeDelta,
    pub(crate) scopes: BTreeSet<String>,
}

/// How long a token is good for.
const LIFETIME: TimeDelta = TimeDelta::seconds(86_400);

impl Credentials {
    pub(crate) fn put(&mut self, credential: Credential) {
        self.by_client_id
            .insert(credential.client_id.clone(), credential);
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Credential> {
        self.by_client_id.values()
    }

    pub(crate) fn get(&self, client_id: &str) -> Option<&Credential> {
        self.by_client_id.get(client_id)
    }

    pub(crate) fn verify(&self, client_id: &str, client_secret: &str) -> Option<&Credential> {
        self.get(client_id)
            .filter(|credential| credential.client_secret == client_secret)
    }

    /// Hands out the token of a credential: the same one for the same scopes until it expires.
    pub(crate) fn grant(
        &mut self,
        client_id: &str,
        scopes: Option<BTreeSet<String>>,
        now: DateTime<Utc>,
    ) -> Option<Grant> {
        let granted = self.get(client_id)?.access.scopes.clone();
        self.tokens.retain(|token| now < token.expires_at);
        let known = self
            .tokens
            .iter()
            .find(|token| token.client_id == client_id && token.scopes == scopes);
        let (token, expires_at) = match known {
            Some(token) => (token.value.clone(), token.expires_at),
            None => {
                let value = self.new_value();
                let expires_at = now + LIFETIME;
                let scopes = scopes.clone();
                self.tokens.push(Token {
                    value: value.clone(),
                    client_id: client_id.to_owned(),
                    scopes,
                    expires_at,
                });
                (value, expires_at)
            }
        };
        Some(Grant {
            token,
            lifetime: expires_at - now,
            scopes: scopes.unwrap_or(granted),
        })
    }

    /// Tells whose token it is and what it opens.
    pub(crate) fn open(&self, token: &str, now: DateTime<Utc>) -> Option<(String, Access)> {
        let token = self
            .tokens
            .iter()
            .find(|known| known.value == token && now < known.expires_at)?;
        let mut access = self.get(&token.client_id)?.access.clone();
        if let Some(scopes) = &token.scopes {
            access.scopes.retain(|scope| scopes.contains(scope));
        }
        Some((token.client_id.clone(), access))
    }

    /// Replaces a token that opens once by the next one, and remembers that it is spent.
    pub(crate) fn spend(&mut self, token: &str) -> String {
        let next = self.new_value();
        for known in self.tokens.iter_mut().filter(|known| known.value == token) {
            known.value.clone_from(&next);
        }
        self.spent.insert(token.to_owned());
        next
    }

    pub(crate) fn is_spent(&self, token: &str) -> bool {
        self.spent.contains(token)
    }

    pub(crate) fn revoke(&mut self, token: &str) {
        self.tokens.retain(|known| known.value != token);
    }

    pub(crate) fn revoke_all(&mut self) {
        self.tokens.clear();
    }

    fn new_value(&mut self) -> String {
        self.issued += 1;
        format!("papi-{}", uuid(Kind::Token, self.issued))
    }
}
