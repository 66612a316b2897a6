//! Requests as plain data.

use std::fmt;
use std::marker::PhantomData;

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::Value;
use url::Url;

use crate::error::{Error, Result};
use crate::operation::{ApiVersion, Operation};

/// One request to Personio as plain data, together with the type of its answer.
///
/// Making one sends nothing; [`Client::execute`](crate::Client::execute) does. The typed calls of this crate are made of it, and so
/// can calls be that the crate does not know yet:
///
/// ```
/// use personio_client::{ApiVersion, Client, Endpoint, Operation};
///
/// # use personio_client::testing::{Answer, Expected, ReplayTransport};
/// # let transport = ReplayTransport::new()
/// #     .expect(Expected::get("/v2/legal-entities/7"), Answer::json(r#"{"id": "7", "country": "DE"}"#));
/// # let client = transport.client();
/// #[derive(serde::Deserialize)]
/// struct LegalEntity {
///     country: String,
/// }
///
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// let operation = Operation::get("v2.legal_entities.get", ApiVersion::V2, "/legal-entities/{id}");
/// let entity = client.execute(&Endpoint::<LegalEntity>::new(operation).path_parameter("7")).await?;
/// assert_eq!(entity.country, "DE");
/// # Ok::<(), personio_client::Error>(())
/// # }).unwrap();
/// ```
pub struct Endpoint<T> {
    pub(crate) operation: Operation,
    pub(crate) path_parameters: Vec<String>,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) body: Option<Body>,
    /// A status beside the good ones under which the answer comes as well.
    pub(crate) answer_status: Option<u16>,
    answer: PhantomData<fn() -> T>,
}

/// What a request carries.
#[derive(Clone, PartialEq)]
pub(crate) enum Body {
    Json(Value),
    Form(Vec<(String, String)>),
}

impl<T> Endpoint<T> {
    /// Makes a request for an operation, without parameters.
    #[must_use]
    pub fn new(operation: Operation) -> Self {
        Self {
            operation,
            path_parameters: Vec::new(),
            query: Vec::new(),
            body: None,
            answer_status: None,
            answer: PhantomData,
        }
    }

    /// Fills the next `{...}` of the operation's path; it is percent-encoded as one segment.
    #[must_use]
    pub fn path_parameter(mut self, value: impl fmt::Display) -> Self {
        self.path_parameters.push(value.to_string());
        self
    }

    /// Adds a query parameter; repeating a name repeats the parameter.
    #[must_use]
    pub fn query(mut self, name: impl Into<String>, value: impl fmt::Display) -> Self {
        self.query.push((name.into(), value.to_string()));
        self
    }

    /// Adds a query parameter if there is a value.
    pub(crate) fn query_some(self, name: &str, value: Option<impl fmt::Display>) -> Self {
        match value {
            Some(value) => self.query(name, value),
            None => self,
        }
    }

    /// Sets a JSON body.
    #[must_use]
    pub fn json(mut self, body: Value) -> Self {
        self.body = Some(Body::Json(body));
        self
    }

    /// Sets a form body; repeating a name repeats the field.
    #[must_use]
    pub fn form<N: Into<String>, V: Into<String>>(
        mut self,
        fields: impl IntoIterator<Item = (N, V)>,
    ) -> Self {
        self.body = Some(Body::Form(
            fields
                .into_iter()
                .map(|(name, value)| (name.into(), value.into()))
                .collect(),
        ));
        self
    }

    /// Reads the answer under this status too: some errors of Personio tell of partial success.
    pub(crate) fn answers_with(mut self, status: u16) -> Self {
        self.answer_status = Some(status);
        self
    }

    /// Returns the operation that this request calls.
    pub fn operation(&self) -> &Operation {
        &self.operation
    }

    /// Builds the absolute URL.
    pub(crate) fn url(&self, base: &Base) -> Result<Url> {
        let mut url = base.url.clone();
        let mut parameters = self.path_parameters.iter();
        {
            let mut path = url
                .path_segments_mut()
                .map_err(|()| Error::configuration("the base URL cannot have a path"))?;
            path.pop_if_empty();
            path.extend(
                base.prefix(self.operation.version)
                    .split('/')
                    .filter(|segment| !segment.is_empty()),
            );
            for segment in self
                .operation
                .path
                .split('/')
                .filter(|segment| !segment.is_empty())
            {
                if !segment.starts_with('{') {
                    path.push(segment);
                    continue;
                }
                let value = parameters.next().ok_or_else(|| {
                    Error::invalid_request(format!("the path needs a value for {segment}"))
                })?;
                // Such a segment would name another resource.
                if value.is_empty() || value == "." || value == ".." {
                    return Err(Error::invalid_request(format!(
                        "the value for {segment} is empty or only dots"
                    )));
                }
                path.push(value);
            }
        }
        if parameters.next().is_some() {
            return Err(Error::invalid_request("the path takes fewer parameters"));
        }
        if !self.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&self.query);
        }
        Ok(url)
    }
}

impl<T> Clone for Endpoint<T> {
    fn clone(&self) -> Self {
        Self {
            operation: self.operation,
            path_parameters: self.path_parameters.clone(),
            query: self.query.clone(),
            body: self.body.clone(),
            answer_status: self.answer_status,
            answer: PhantomData,
        }
    }
}

impl<T> PartialEq for Endpoint<T> {
    fn eq(&self, other: &Self) -> bool {
        self.operation == other.operation
            && self.path_parameters == other.path_parameters
            && self.query == other.query
            && self.body == other.body
            && self.answer_status == other.answer_status
    }
}

/// Shows the operation and the names of query parameters; values hold personal data.
impl<T> fmt::Debug for Endpoint<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.query.iter().map(|(name, _)| name).collect();
        f.debug_struct("Endpoint")
            .field("operation", &self.operation.name)
            .field("query", &names)
            .finish_non_exhaustive()
    }
}

/// Writes a point in time as filters take it.
pub(crate) fn to_the_second(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// Where the API is served.
#[derive(Clone, Debug)]
pub(crate) struct Base {
    pub(crate) url: Url,
    pub(crate) v1_prefix: String,
}

impl Base {
    fn prefix(&self, version: ApiVersion) -> &str {
        match version {
            ApiVersion::V1 => &self.v1_prefix,
            ApiVersion::V2 => "v2",
        }
    }
}
