//! The operations of the fake, found by name or by request.

mod body;
mod call;
mod table;

use axum::http::Method;

use super::http::Answer;
use super::refusal::Refusal;
use super::webhook;

pub(crate) use body::{FORM, Field, JSON, RequestBody};
pub(crate) use call::{Call, ChangeCall, TokenCall};
use table::OPERATIONS;

/// One operation of the API.
pub(crate) struct Operation {
    /// Method and path template, the name under which faults, limits and the log know it.
    pub(crate) name: &'static str,
    /// Whether the answer repeats the token in its `authorization` header.
    pub(crate) echoes_token: bool,
    pub(crate) handler: Handler,
    /// What may be asked for in the query string.
    pub(crate) parameters: &'static [&'static str],
    /// What may be sent along; nothing otherwise.
    pub(crate) body: Option<&'static RequestBody>,
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

/// Returns the names of the operations that the fake answers, such as `GET /v1/company/employees/{id}`.
pub fn operations() -> impl Iterator<Item = &'static str> {
    all().map(|operation| operation.name)
}

/// Where two templates fit a path, the first one wins.
fn all() -> impl Iterator<Item = &'static Operation> {
    OPERATIONS.iter().chain(&webhook::OPERATIONS)
}

/// Finds an operation by its name, so that nobody waits for one that is only misspelt.
pub(crate) fn known_operation(name: &str) -> Result<&'static str, UnknownOperation> {
    let known = Operation::named(name).map(|operation| operation.name);
    known.ok_or_else(|| UnknownOperation(name.to_owned()))
}

/// An operation that does not exist was named; [`operations`] lists those that do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the fake has no operation `{0}`")]
pub struct UnknownOperation(String);

/// An operation that changes nothing.
pub(crate) const fn reading(
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
        parameters: &[],
        body: None,
    }
}

/// An operation that changes the company.
pub(crate) const fn changing(
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
        parameters: &[],
        body: None,
    }
}

impl Operation {
    /// The same operation with the query parameters that specification or reference name.
    pub(crate) const fn asking(self, parameters: &'static [&'static str]) -> Self {
        Self { parameters, ..self }
    }

    /// The same operation with a documented body.
    pub(crate) const fn taking(self, body: &'static RequestBody) -> Self {
        Self {
            body: Some(body),
            ..self
        }
    }

    pub(crate) fn named(name: &str) -> Option<&'static Self> {
        all().find(|operation| operation.name == name)
    }

    /// Finds the operation of a request and the values of the placeholders in its path.
    pub(crate) fn of<'a>(method: &Method, path: &'a str) -> Option<(&'static Self, Vec<&'a str>)> {
        all().find_map(|operation| Some((operation, operation.fit(method, path)?)))
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

    #[test]
    fn whatever_writes_or_hands_out_tokens_says_what_it_takes() {
        for operation in all() {
            let writes = operation.name.starts_with("POST") || operation.name.starts_with("PATCH");
            let sends = match operation.name {
                "DELETE /v2/projects/{id}/members" => true,
                "POST /v2/webhooks/{id}/ping" => false,
                _ => writes,
            };
            assert_eq!(operation.body.is_some(), sends, "{}", operation.name);
        }
    }
}
