//! Whether a credential is good for what a host wants, and what it lacks.

use std::fmt;

use futures::FutureExt as _;
use serde_json::Value;

use crate::client::Client;
use crate::endpoint::Endpoint;
use crate::error::{Error, Result};
use crate::operation::{ApiVersion, ENDPOINTS, Operation};
use crate::transport::Method;
use crate::v1::ListEmployees;

/// What a host wants of a credential: rights by the name of their scope, and employee attributes by key.
///
/// ```
/// use personio_client::Needs;
///
/// let needs = Needs::new()
///     .right("employees:read")
///     .right("personio:absences:read")
///     .attribute("email")
///     .optional_attribute("employment_type");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[must_use]
pub struct Needs {
    rights: Vec<Need>,
    attributes: Vec<Need>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Need {
    name: String,
    is_required: bool,
}

impl Needs {
    /// Wants nothing but a login.
    pub fn new() -> Self {
        Self::default()
    }

    /// Wants a right, such as `employees:read` in v1 or `personio:absences:read` in v2.
    pub fn right(mut self, scope: impl Into<String>) -> Self {
        self.rights.push(Need::new(scope, true));
        self
    }

    /// Would use a right.
    pub fn optional_right(mut self, scope: impl Into<String>) -> Self {
        self.rights.push(Need::new(scope, false));
        self
    }

    /// Wants an employee attribute, by its key in v1 or by its universal id.
    pub fn attribute(mut self, key: impl Into<String>) -> Self {
        self.attributes.push(Need::new(key, true));
        self
    }

    /// Would use an employee attribute.
    pub fn optional_attribute(mut self, key: impl Into<String>) -> Self {
        self.attributes.push(Need::new(key, false));
        self
    }
}

impl Need {
    fn new(name: impl Into<String>, is_required: bool) -> Self {
        Self {
            name: name.into(),
            is_required,
        }
    }

    fn found(&self, state: Granted) -> Finding {
        Finding {
            name: self.name.clone(),
            is_required: self.is_required,
            state,
        }
    }
}

/// What a check of a credential found out. `Display` shows it line by line.
#[derive(Clone, Debug)]
#[must_use]
#[non_exhaustive]
pub struct AccessReport {
    /// What kept the check from coming to its end.
    pub failure: Option<Error>,
    /// The wanted rights, in the order in which they were named.
    pub rights: Vec<Finding>,
    /// The wanted attributes, in the order in which they were named.
    pub attributes: Vec<Finding>,
}

/// A right or an attribute that a host wants, and whether the credential has it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    /// The scope or the key.
    pub name: String,
    /// Whether the host can do without it.
    pub is_required: bool,
    /// Whether the credential has it.
    pub state: Granted,
}

/// Whether a credential has a right, or may read an attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Granted {
    /// It has.
    Yes,
    /// It has not.
    No,
    /// Nobody can tell: Personio does not say which rights a token has, and a right to write is not tried out.
    Unknown,
}

/// What is wrong with a credential, the first thing first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AccessProblem {
    /// The login was refused: client id or secret is wrong.
    WrongCredential,
    /// Personio cannot be reached: network, proxy, name resolution or certificates.
    NoConnection,
    /// Personio did not answer as it should; [`AccessReport::failure`] says how. It may work later.
    NoAnswer,
    /// A required right is missing.
    MissingRight,
    /// A required attribute is missing.
    MissingAttribute,
}

impl AccessReport {
    /// Returns what is wrong, if anything is.
    pub fn problem(&self) -> Option<AccessProblem> {
        if let Some(error) = &self.failure {
            return Some(if error.is_unauthorized() {
                AccessProblem::WrongCredential
            } else if error.is_connect() || error.is_timeout() || error.is_interrupted() {
                AccessProblem::NoConnection
            } else {
                AccessProblem::NoAnswer
            });
        }
        let lacks = |findings: &[Finding]| findings.iter().any(Finding::is_lacking);
        if lacks(&self.rights) {
            Some(AccessProblem::MissingRight)
        } else if lacks(&self.attributes) {
            Some(AccessProblem::MissingAttribute)
        } else {
            None
        }
    }

    /// Returns the names of required rights and attributes that are missing for certain.
    pub fn missing(&self) -> impl Iterator<Item = &str> {
        let all = self.rights.iter().chain(&self.attributes);
        all.filter(|it| it.is_lacking()).map(|it| it.name.as_str())
    }
}

impl Finding {
    fn is_lacking(&self) -> bool {
        self.is_required && self.state == Granted::No
    }
}

impl fmt::Display for AccessProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::WrongCredential => "client id or client secret is wrong",
            Self::NoConnection => "Personio cannot be reached",
            Self::NoAnswer => "Personio did not answer as it should",
            Self::MissingRight => "the credential lacks a required right",
            Self::MissingAttribute => "the credential may not read a required attribute",
        })
    }
}

impl fmt::Display for AccessReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.problem(), &self.failure) {
            (Some(problem), Some(error)) => write!(f, "{problem}: {error}")?,
            (Some(problem), None) => write!(f, "{problem}")?,
            (None, _) => f.write_str("the credential is good")?,
        }
        for (what, findings) in [("right", &self.rights), ("attribute", &self.attributes)] {
            for finding in findings {
                let state = match (finding.state, finding.is_required) {
                    (Granted::Yes, _) => "granted",
                    (Granted::No, true) => "MISSING",
                    (Granted::No, false) => "missing, optional",
                    (Granted::Unknown, _) => "cannot be checked",
                };
                write!(f, "\n  {what} {}: {state}", finding.name)?;
            }
        }
        Ok(())
    }
}

impl Client {
    /// Logs in and finds out which of the wanted rights and attributes the credential has.
    ///
    /// Rights to read that the login does not list are tried out with one small request each. Nothing is written.
    pub async fn check_access(&self, needs: &Needs) -> AccessReport {
        let mut report = AccessReport {
            failure: None,
            rights: Vec::new(),
            attributes: Vec::new(),
        };
        if let Err(error) = self.inspect(needs, &mut report).await {
            report.failure = Some(error);
        }
        report
    }

    async fn inspect(&self, needs: &Needs, report: &mut AccessReport) -> Result<()> {
        let wants = |version| {
            needs
                .rights
                .iter()
                .any(|right| version_of(&right.name) == version)
        };
        let no_right = needs.rights.is_empty();
        let (mut v1, mut v2) = (None, None);
        if no_right || !needs.attributes.is_empty() || wants(ApiVersion::V1) {
            v1 = self.check(ApiVersion::V1).await?.scopes;
        }
        if wants(ApiVersion::V2) {
            v2 = self.check(ApiVersion::V2).await?.scopes;
        }
        for right in &needs.rights {
            let listed = match version_of(&right.name) {
                ApiVersion::V1 => v1.as_deref(),
                ApiVersion::V2 => v2.as_deref(),
            };
            let state = self.has_right(&right.name, listed).await?;
            report.rights.push(right.found(state));
        }
        if !needs.attributes.is_empty() {
            let readable = self.readable_attributes().await?;
            let attributes = needs.attributes.iter();
            report.attributes = attributes
                .map(|attribute| attribute.found(readable.has(&attribute.name)))
                .collect();
        }
        Ok(())
    }

    async fn has_right(&self, scope: &str, listed: Option<&[String]>) -> Result<Granted> {
        if listed.is_some_and(|listed| listed.iter().any(|it| it == scope)) {
            return Ok(Granted::Yes);
        }
        // The names in an answer have been seen to differ from those in the documentation, so a try decides.
        let untold = match listed {
            Some(_) => Granted::No,
            None => Granted::Unknown,
        };
        let Some(endpoint) = trial(scope) else {
            return Ok(untold);
        };
        match self.execute(&endpoint).await {
            Ok(_) => Ok(Granted::Yes),
            Err(error) if error.is_unauthorized() || error.is_forbidden() => Ok(Granted::No),
            Err(error) if error.is_retryable() => Err(error),
            Err(_) => Ok(untold),
        }
    }

    async fn readable_attributes(&self) -> Result<Readable> {
        let employees = self.v1().employees();
        match employees.attributes().await {
            Ok(attributes) => {
                let attributes = attributes.into_iter();
                let names = attributes.flat_map(|it| [Some(it.key), it.universal_id]);
                Ok(Readable {
                    names: names.flatten().collect(),
                    is_whole: true,
                })
            }
            Err(error) if error.is_unauthorized() || error.is_forbidden() => {
                // What some employee shows is readable; of the rest, nobody can tell.
                let list = employees.list(ListEmployees::new().limit(1));
                let listing = list.collect_at_most(1).boxed().await;
                let shown = listing
                    .map(crate::Listing::into_records)
                    .unwrap_or_default();
                let names = shown.into_iter().flat_map(|it| it.attributes.into_keys());
                Ok(Readable {
                    names: names.collect(),
                    is_whole: false,
                })
            }
            Err(error) => Err(error),
        }
    }
}

/// The attributes that the credential is known to read.
struct Readable {
    names: Vec<String>,
    is_whole: bool,
}

impl Readable {
    fn has(&self, name: &str) -> Granted {
        match (self.names.iter().any(|it| it == name), self.is_whole) {
            (true, _) => Granted::Yes,
            (false, true) => Granted::No,
            (false, false) => Granted::Unknown,
        }
    }
}

fn version_of(scope: &str) -> ApiVersion {
    match scope.starts_with("personio:") {
        true => ApiVersion::V2,
        false => ApiVersion::V1,
    }
}

/// Makes a small request that needs nothing but a right to read.
fn trial(scope: &str) -> Option<Endpoint<Value>> {
    let is_trial = |it: &&Operation| {
        it.scope == Some(scope) && it.method == Method::Get && !it.path.contains('{')
    };
    let operation = *ENDPOINTS.iter().find(is_trial)?;
    let endpoint = Endpoint::new(operation);
    Some(match operation.name {
        "v1.attendances.list" => endpoint
            .query("start_date", "2020-01-01")
            .query("end_date", "2020-01-01")
            .query("limit", 1),
        "v2.org_units.list" => endpoint.query("type", "department").query("limit", 1),
        _ if operation.paging.limits().is_some() => endpoint.query("limit", 1),
        _ => endpoint,
    })
}
