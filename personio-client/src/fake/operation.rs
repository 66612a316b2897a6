//! The operations of the fake: one table of names, rights, habits and handlers.

use std::time::Duration;

use axum::http::Method;
use chrono::{DateTime, Utc};

use super::company::Company;
use super::credential::{Access, Credentials, scope};
use super::fault::Effect;
use super::http::{Answer, Query, Request};
use super::quirks::Quirks;
use super::refusal::Refusal;
use super::{v1, v2};

/// One operation of the API.
pub(crate) struct Operation {
    /// Method and path template, the name under which faults, limits and the log know it.
    pub(crate) name: &'static str,
    /// Whether the answer repeats the token in its `authorization` header.
    pub(crate) echoes_token: bool,
    pub(crate) handler: Handler,
}

#[derive(Clone, Copy)]
pub(crate) enum Handler {
    /// Hands out or takes back tokens; needs none itself.
    Tokens(fn(&mut TokenCall<'_>) -> Result<Answer, Refusal>),
    /// Does what the scope opens.
    Resource { scope: &'static str, handle: Handle },
}

/// What an operation does with the company.
#[derive(Clone, Copy)]
pub(crate) enum Handle {
    Read(fn(&Call<'_>) -> Result<Answer, Refusal>),
    Change(fn(&mut ChangeCall<'_>) -> Result<Answer, Refusal>),
}

/// An authorised request to change a resource.
pub(crate) struct ChangeCall<'a> {
    pub(crate) company: &'a mut Company,
    pub(crate) access: &'a Access,
    pub(crate) quirks: &'a Quirks,
    pub(crate) effects: &'a [Effect],
    pub(crate) base_url: &'a str,
    pub(crate) placeholders: &'a [&'a str],
    pub(crate) request: &'a Request,
}

impl ChangeCall<'_> {
    /// The same request as one that only reads.
    pub(crate) fn read(&self) -> Call<'_> {
        Call {
            company: self.company,
            access: self.access,
            quirks: self.quirks,
            effects: self.effects,
            base_url: self.base_url,
            path: &self.request.path,
            placeholders: self.placeholders,
            query: &self.request.query,
        }
    }
}

/// A request to a token endpoint.
pub(crate) struct TokenCall<'a> {
    pub(crate) credentials: &'a mut Credentials,
    pub(crate) request: &'a Request,
    pub(crate) quirks: &'a Quirks,
    pub(crate) now: DateTime<Utc>,
}

/// An authorised request to a resource.
pub(crate) struct Call<'a> {
    pub(crate) company: &'a Company,
    pub(crate) access: &'a Access,
    pub(crate) quirks: &'a Quirks,
    pub(crate) effects: &'a [Effect],
    pub(crate) base_url: &'a str,
    pub(crate) path: &'a str,
    /// The values of the placeholders in the path, in order.
    pub(crate) placeholders: &'a [&'a str],
    pub(crate) query: &'a Query,
}

impl Call<'_> {
    /// Whether the filters on changes know of a change at this time already.
    pub(crate) fn is_reported(&self, changed_at: DateTime<Utc>) -> bool {
        let overlooked = self.effects.iter().any(|effect| match effect {
            Effect::LateChange(by) => self.company.now - *by < changed_at,
            _ => false,
        });
        !overlooked
    }

    /// By how much earlier changes are reported once more.
    pub(crate) fn repeats(&self) -> Duration {
        let repeats = self.effects.iter().map(|effect| match effect {
            Effect::RepeatedChange(by) => *by,
            _ => Duration::ZERO,
        });
        repeats.sum()
    }
}

static OPERATIONS: [Operation; 36] = {
    use scope::{
        ABSENCES, ABSENCES_WRITE, PERSONS, V1_ABSENCES, V1_ABSENCES_WRITE, V1_ATTENDANCES,
        V1_ATTENDANCES_WRITE, V1_EMPLOYEES, V1_EMPLOYEES_WRITE,
    };
    const fn tokens(
        name: &'static str,
        handle: fn(&mut TokenCall<'_>) -> Result<Answer, Refusal>,
    ) -> Operation {
        Operation {
            name,
            echoes_token: false,
            handler: Handler::Tokens(handle),
        }
    }
    const fn echoing(
        name: &'static str,
        scope: &'static str,
        handle: fn(&Call<'_>) -> Result<Answer, Refusal>,
    ) -> Operation {
        Operation {
            name,
            echoes_token: true,
            handler: Handler::Resource {
                scope,
                handle: Handle::Read(handle),
            },
        }
    }
    const fn silent(
        name: &'static str,
        scope: &'static str,
        handle: fn(&Call<'_>) -> Result<Answer, Refusal>,
    ) -> Operation {
        Operation {
            name,
            echoes_token: false,
            handler: Handler::Resource {
                scope,
                handle: Handle::Read(handle),
            },
        }
    }
    const fn changing(
        name: &'static str,
        scope: &'static str,
        handle: fn(&mut ChangeCall<'_>) -> Result<Answer, Refusal>,
    ) -> Operation {
        Operation {
            name,
            echoes_token: false,
            handler: Handler::Resource {
                scope,
                handle: Handle::Change(handle),
            },
        }
    }
    const fn echoing_change(
        name: &'static str,
        scope: &'static str,
        handle: fn(&mut ChangeCall<'_>) -> Result<Answer, Refusal>,
    ) -> Operation {
        Operation {
            echoes_token: true,
            ..changing(name, scope, handle)
        }
    }
    // Where two templates fit a path, the first one wins.
    [
        tokens("POST /v1/auth", v1::auth::authenticate),
        echoing(
            "GET /v1/company/employees",
            V1_EMPLOYEES,
            v1::employees::list,
        ),
        echoing(
            "GET /v1/company/employees/attributes",
            V1_EMPLOYEES,
            v1::employees::attributes,
        ),
        echoing(
            "GET /v1/company/employees/custom-attributes",
            V1_EMPLOYEES,
            v1::employees::attributes,
        ),
        echoing(
            "GET /v1/company/employees/{id}",
            V1_EMPLOYEES,
            v1::employees::get,
        ),
        silent(
            "GET /v1/company/employees/{id}/profile-picture",
            V1_EMPLOYEES,
            v1::pictures::get,
        ),
        silent(
            "GET /v1/company/employees/{id}/profile-picture/{width}",
            V1_EMPLOYEES,
            v1::pictures::get,
        ),
        echoing(
            "GET /v1/company/employees/{id}/absences/balance",
            V1_ABSENCES,
            v1::time_offs::balance,
        ),
        echoing(
            "GET /v1/company/time-off-types",
            V1_ABSENCES,
            v1::time_offs::types,
        ),
        echoing(
            "GET /v1/company/time-offs",
            V1_ABSENCES,
            v1::time_offs::list,
        ),
        echoing(
            "GET /v1/company/time-offs/{id}",
            V1_ABSENCES,
            v1::time_offs::get,
        ),
        echoing(
            "GET /v1/company/absence-periods",
            V1_ABSENCES,
            v1::absence_periods::list,
        ),
        silent(
            "GET /v1/company/attendances",
            V1_ATTENDANCES,
            v1::attendances::list,
        ),
        changing(
            "POST /v1/company/attendances",
            V1_ATTENDANCES_WRITE,
            v1::attendances::create,
        ),
        changing(
            "PATCH /v1/company/attendances/{id}",
            V1_ATTENDANCES_WRITE,
            v1::attendances::update,
        ),
        changing(
            "DELETE /v1/company/attendances/{id}",
            V1_ATTENDANCES_WRITE,
            v1::attendances::delete,
        ),
        echoing_change(
            "POST /v1/company/employees",
            V1_EMPLOYEES_WRITE,
            v1::staff::create,
        ),
        echoing_change(
            "PATCH /v1/company/employees/{id}",
            V1_EMPLOYEES_WRITE,
            v1::staff::update,
        ),
        echoing_change(
            "POST /v1/company/time-offs",
            V1_ABSENCES_WRITE,
            v1::booking::book_days,
        ),
        echoing_change(
            "DELETE /v1/company/time-offs/{id}",
            V1_ABSENCES_WRITE,
            v1::booking::delete_days,
        ),
        echoing_change(
            "POST /v1/company/absence-periods",
            V1_ABSENCES_WRITE,
            v1::booking::book_hours,
        ),
        echoing_change(
            "DELETE /v1/company/absence-periods/{id}",
            V1_ABSENCES_WRITE,
            v1::booking::delete_hours,
        ),
        changing(
            "POST /v2/absence-periods",
            ABSENCES_WRITE,
            v2::booking::create,
        ),
        changing(
            "PATCH /v2/absence-periods/{id}",
            ABSENCES_WRITE,
            v2::booking::update,
        ),
        changing(
            "DELETE /v2/absence-periods/{id}",
            ABSENCES_WRITE,
            v2::booking::delete,
        ),
        tokens("POST /v2/auth/token", v2::auth::token),
        tokens("POST /v2/auth/revoke", v2::auth::revoke),
        silent("GET /v2/persons", PERSONS, v2::persons::list),
        silent("GET /v2/persons/{id}", PERSONS, v2::persons::get),
        silent(
            "GET /v2/persons/{person_id}/employments",
            PERSONS,
            v2::employments::list,
        ),
        silent(
            "GET /v2/persons/{person_id}/employments/{id}",
            PERSONS,
            v2::employments::get,
        ),
        silent("GET /v2/absence-types", ABSENCES, v2::absence_types::list),
        silent(
            "GET /v2/absence-types/{id}",
            ABSENCES,
            v2::absence_types::get,
        ),
        silent(
            "GET /v2/absence-periods",
            ABSENCES,
            v2::absence_periods::list,
        ),
        silent(
            "GET /v2/absence-periods/{id}",
            ABSENCES,
            v2::absence_periods::get,
        ),
        silent(
            "GET /v2/absence-periods/{id}/breakdowns",
            ABSENCES,
            v2::absence_periods::breakdowns,
        ),
    ]
};

/// Returns the names of the operations that the fake answers, such as `GET /v1/company/employees/{id}`.
pub fn operations() -> impl Iterator<Item = &'static str> {
    OPERATIONS.iter().map(|operation| operation.name)
}

/// Finds an operation by its name, so that nobody waits for one that is only misspelt.
pub(crate) fn known_operation(name: &str) -> Result<&'static str, UnknownOperation> {
    let known = operations().find(|known| *known == name);
    known.ok_or_else(|| UnknownOperation(name.to_owned()))
}

/// An operation that does not exist was named; [`operations`] lists those that do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the fake has no operation `{0}`")]
pub struct UnknownOperation(String);

impl Operation {
    /// Finds the operation of a request and the values of the placeholders in its path.
    pub(crate) fn of<'a>(method: &Method, path: &'a str) -> Option<(&'static Self, Vec<&'a str>)> {
        OPERATIONS
            .iter()
            .find_map(|operation| Some((operation, operation.fit(method, path)?)))
    }

    fn fit<'a>(&self, method: &Method, path: &'a str) -> Option<Vec<&'a str>> {
        let (own_method, template) = self.name.split_once(' ')?;
        if own_method != method.as_str() {
            return None;
        }
        let mut placeholders = Vec::new();
        let mut given = path.trim_end_matches('/').split('/');
        for wanted in template.split('/') {
            let segment = given.next()?;
            if wanted.starts_with('{') && !segment.is_empty() {
                placeholders.push(segment);
            } else if wanted != segment {
                return None;
            }
        }
        given.next().is_none().then_some(placeholders)
    }

    pub(crate) fn is_v2(&self) -> bool {
        self.name.contains(" /v2/")
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("/v1/company/employees", Some("GET /v1/company/employees"))]
    #[case(
        "/v1/company/employees/attributes",
        Some("GET /v1/company/employees/attributes")
    )]
    #[case("/v1/company/employees/7", Some("GET /v1/company/employees/{id}"))]
    #[case(
        "/v1/company/employees/7/absences/balance",
        Some("GET /v1/company/employees/{id}/absences/balance")
    )]
    #[case("/v1/company/employees/7/absences", None)]
    #[case("/v1/auth", None)]
    #[case("/", None)]
    fn a_path_leads_to_its_operation(#[case] path: &str, #[case] expected: Option<&str>) {
        let found = Operation::of(&Method::GET, path).map(|(operation, _)| operation.name);
        assert_eq!(found, expected);
    }
}
