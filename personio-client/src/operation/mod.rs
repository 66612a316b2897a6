//! What the client knows about an operation of the API.

mod table;

use std::fmt::Write as _;
use std::time::Duration;

pub use table::ENDPOINTS;
pub(crate) use table::*;

use crate::transport::Method;

/// What the client knows about one operation of the API.
///
/// Pager, limiter, retry and error texts read from here; nothing of it is repeated in code. Values are starting points: the API
/// changes them without notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Operation {
    /// The name, such as `v1.employees.list`; it stands in errors and traces.
    pub name: &'static str,
    /// The HTTP method.
    pub method: Method,
    /// The version of the API, which decides prefix, login and envelope.
    pub version: ApiVersion,
    /// The path below the version prefix, parameters in braces.
    pub path: &'static str,
    /// The right that the credential needs, as far as it is known; a hint for people, never checked.
    pub scope: Option<&'static str>,
    /// How a list is divided into pages.
    pub paging: Paging,
    /// The known rate limit.
    pub rate: Rate,
    /// Whether the header `Beta: true` is sent.
    pub beta: bool,
    /// Whether the request may be repeated when its outcome is unknown.
    pub safe_to_repeat: bool,
    /// Where the operation stands in its life.
    pub life_cycle: LifeCycle,
    /// How certain the paging facts are.
    pub certainty: Certainty,
}

/// A version of the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ApiVersion {
    /// Version 1, paths below `/v1`.
    V1,
    /// Version 2, paths below `/v2`.
    V2,
}

impl ApiVersion {
    /// Returns the name as it stands in paths.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::V1 => "v1",
            Self::V2 => "v2",
        }
    }
}

/// How a list is divided into pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paging {
    /// One answer, no page.
    None,
    /// One answer that takes a limit, but for which no way to the next page is known.
    LimitOnly(Limits),
    /// `offset` counts records, from 0.
    RecordOffset(Limits),
    /// `offset` counts pages.
    PageOffset {
        /// The number of the first page.
        first: u64,
        /// The page sizes.
        limits: Limits,
    },
    /// The answer holds a link to the next page.
    Cursor(Limits),
}

/// The page sizes of a list, in records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// What the client asks for unless told otherwise: as many as the API is known to allow.
    pub default: u32,
    /// The most that a caller may ask for.
    pub max: u32,
}

impl Paging {
    /// Returns the page sizes, if the list takes a limit.
    pub fn limits(self) -> Option<Limits> {
        match self {
            Self::None => None,
            Self::LimitOnly(limits)
            | Self::RecordOffset(limits)
            | Self::PageOffset { limits, .. }
            | Self::Cursor(limits) => Some(limits),
        }
    }

    fn label(self) -> String {
        match self {
            Self::None => "none".to_owned(),
            Self::LimitOnly(_) => "limit only".to_owned(),
            Self::RecordOffset(_) => "record offset".to_owned(),
            Self::PageOffset { first, .. } => format!("page number from {first}"),
            Self::Cursor(_) => "cursor".to_owned(),
        }
    }
}

/// A rate limit: a bucket that holds `burst` requests and refills at `requests` per `period`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// Requests per period.
    pub requests: u32,
    /// The period.
    pub period: Duration,
    /// Requests that may go out at once.
    pub burst: u32,
    /// The least pause after a 429 that does not say how long to wait.
    pub cool_down: Duration,
}

impl Rate {
    const SECOND: Duration = Duration::from_secs(1);
    const MINUTE: Duration = Duration::from_secs(60);

    /// A careful start where no figure is published; the first answer's headers correct it.
    const UNKNOWN: Self = Self::per_second(5, 10);

    const fn per_second(requests: u32, burst: u32) -> Self {
        Self {
            requests,
            period: Self::SECOND,
            burst,
            cool_down: Self::SECOND,
        }
    }

    const fn per_minute(requests: u32, burst: u32, cool_down: Duration) -> Self {
        Self {
            requests,
            period: Self::MINUTE,
            burst,
            cool_down,
        }
    }
}

/// Where an operation stands in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LifeCycle {
    /// Usable, no end announced.
    Current,
    /// Usable, but a newer version is recommended; no end announced.
    Superseded,
    /// An end was announced and the day has passed; whether it still answers is unknown.
    Ended,
}

/// How certain a fact about the API is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Certainty {
    /// It stands in Personio's API specification.
    Specified,
    /// It stands in Personio's documentation.
    Documented,
    /// It was seen on the live service.
    Observed,
    /// It is concluded from other facts.
    Inferred,
}

impl Operation {
    /// Describes a read operation with careful assumptions: no pages, an unknown rate limit, safe to repeat.
    #[must_use]
    pub const fn get(name: &'static str, version: ApiVersion, path: &'static str) -> Self {
        Self {
            name,
            method: Method::Get,
            version,
            path,
            scope: None,
            paging: Paging::None,
            rate: Rate::UNKNOWN,
            beta: false,
            safe_to_repeat: true,
            life_cycle: LifeCycle::Current,
            certainty: Certainty::Inferred,
        }
    }

    /// Describes a write operation with careful assumptions: an unknown rate limit, not safe to repeat.
    #[must_use]
    pub const fn write(
        name: &'static str,
        method: Method,
        version: ApiVersion,
        path: &'static str,
    ) -> Self {
        Self {
            method,
            safe_to_repeat: false,
            ..Self::get(name, version, path)
        }
    }

    /// Sets the right that the credential needs.
    #[must_use]
    pub const fn scope(self, scope: &'static str) -> Self {
        Self {
            scope: Some(scope),
            ..self
        }
    }

    /// Sends the header `Beta: true`.
    #[must_use]
    pub const fn beta(self) -> Self {
        Self { beta: true, ..self }
    }

    /// Sets the rate limit.
    #[must_use]
    pub const fn rate(self, rate: Rate) -> Self {
        Self { rate, ..self }
    }

    const fn repeatable(self) -> Self {
        Self {
            safe_to_repeat: true,
            ..self
        }
    }

    const fn pages(self, paging: Paging) -> Self {
        Self { paging, ..self }
    }

    const fn superseded(self) -> Self {
        Self {
            life_cycle: LifeCycle::Superseded,
            ..self
        }
    }

    const fn ended(self) -> Self {
        Self {
            life_cycle: LifeCycle::Ended,
            ..self
        }
    }

    const fn certainty(self, certainty: Certainty) -> Self {
        Self { certainty, ..self }
    }
}

/// Renders [`ENDPOINTS`] as a Markdown table, for the documentation.
pub fn endpoint_table_markdown() -> String {
    let mut table = String::from(
        "| operation | request | right | pages | limit: default, max | rate per second | burst | beta | repeatable | life cycle | certainty |\n\
         | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n",
    );
    for operation in ENDPOINTS {
        let limits = operation
            .paging
            .limits()
            .map_or_else(String::new, |limits| {
                format!("{}, {}", limits.default, limits.max)
            });
        let per_second = f64::from(operation.rate.requests) / operation.rate.period.as_secs_f64();
        // Writing into a String cannot fail.
        let _ = writeln!(
            table,
            "| `{}` | {} `/{}{}` | {} | {} | {limits} | {per_second} | {} | {} | {} | {} | {} |",
            operation.name,
            operation.method.as_str(),
            operation.version.as_str(),
            operation.path,
            operation
                .scope
                .map_or_else(String::new, |scope| format!("`{scope}`")),
            operation.paging.label(),
            operation.rate.burst,
            if operation.beta { "yes" } else { "no" },
            if operation.safe_to_repeat {
                "yes"
            } else {
                "no"
            },
            format!("{:?}", operation.life_cycle).to_lowercase(),
            format!("{:?}", operation.certainty).to_lowercase(),
        );
    }
    table
}
