//! Everything the client knows about each operation, in one table.

use std::fmt::Write as _;
use std::time::Duration;

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
            certainty: Inferred,
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

    const fn certainty(self, certainty: Certainty) -> Self {
        Self { certainty, ..self }
    }
}

use ApiVersion::{V1, V2};
use Certainty::{Documented, Inferred, Observed, Specified};

const fn limits(default: u32, max: u32) -> Limits {
    Limits { default, max }
}

/// The hourly absences of v1 count pages since 2023-08-25; the specification still says records.
const V1_PAGES: Paging = Paging::PageOffset {
    first: 1,
    limits: limits(200, 200),
};
const V1_EMPLOYEES: Rate = Rate::per_minute(300, 15, Rate::SECOND);
const V2_PERSONS: Rate = Rate::per_second(30, 30);
const V2_ABSENCES: Rate = Rate::per_second(10, 10);
const PERSONS_READ: &str = "personio:persons:read";
const ABSENCES_READ: &str = "personio:absences:read";

pub(crate) const V1_LOGIN: Operation = Operation::write("v1.auth", Method::Post, V1, "/auth")
    .rate(Rate::per_minute(60, 10, Rate::MINUTE))
    .repeatable()
    .certainty(Specified);
pub(crate) const V2_LOGIN: Operation =
    Operation::write("v2.auth.token", Method::Post, V2, "/auth/token")
        .rate(Rate::per_minute(150, 20, Rate::MINUTE))
        .repeatable()
        .certainty(Specified);
pub(crate) const V1_LIST_EMPLOYEES: Operation =
    Operation::get("v1.employees.list", V1, "/company/employees")
        .scope("employees:read")
        .pages(Paging::RecordOffset(limits(100, 100)))
        .rate(V1_EMPLOYEES)
        .superseded()
        .certainty(Documented);
pub(crate) const V1_GET_EMPLOYEE: Operation =
    Operation::get("v1.employees.get", V1, "/company/employees/{id}")
        .scope("employees:read")
        .superseded()
        .certainty(Specified);
pub(crate) const V1_EMPLOYEE_ATTRIBUTES: Operation = Operation::get(
    "v1.employees.attributes",
    V1,
    "/company/employees/attributes",
)
.scope("employees:read")
.certainty(Specified);
pub(crate) const V1_ABSENCE_BALANCE: Operation = Operation::get(
    "v1.employees.absence_balance",
    V1,
    "/company/employees/{id}/absences/balance",
)
.scope("absences:read")
.certainty(Specified);
pub(crate) const V1_LIST_TIME_OFF_TYPES: Operation =
    Operation::get("v1.time_off_types.list", V1, "/company/time-off-types")
        .scope("absences:read")
        .pages(Paging::LimitOnly(limits(200, 200)))
        .superseded()
        .certainty(Inferred);
pub(crate) const V1_LIST_TIME_OFFS: Operation =
    Operation::get("v1.time_offs.list", V1, "/company/time-offs")
        .scope("absences:read")
        .pages(V1_PAGES)
        .superseded()
        .certainty(Observed);
pub(crate) const V1_GET_TIME_OFF: Operation =
    Operation::get("v1.time_offs.get", V1, "/company/time-offs/{id}")
        .scope("absences:read")
        .superseded()
        .certainty(Specified);
pub(crate) const V1_LIST_ABSENCE_PERIODS: Operation =
    Operation::get("v1.absence_periods.list", V1, "/company/absence-periods")
        .scope("absences:read")
        .pages(V1_PAGES)
        .superseded()
        .certainty(Documented);
pub(crate) const V2_LIST_PERSONS: Operation = Operation::get("v2.persons.list", V2, "/persons")
    .scope(PERSONS_READ)
    .pages(Paging::Cursor(limits(50, 50)))
    .rate(V2_PERSONS)
    .certainty(Specified);
pub(crate) const V2_GET_PERSON: Operation = Operation::get("v2.persons.get", V2, "/persons/{id}")
    .scope(PERSONS_READ)
    .certainty(Specified);
pub(crate) const V2_LIST_EMPLOYMENTS: Operation = Operation::get(
    "v2.employments.list",
    V2,
    "/persons/{person_id}/employments",
)
.scope(PERSONS_READ)
.pages(Paging::Cursor(limits(50, 50)))
.certainty(Specified);
pub(crate) const V2_GET_EMPLOYMENT: Operation = Operation::get(
    "v2.employments.get",
    V2,
    "/persons/{person_id}/employments/{id}",
)
.scope(PERSONS_READ)
.certainty(Specified);
pub(crate) const V2_LIST_ABSENCE_TYPES: Operation =
    Operation::get("v2.absence_types.list", V2, "/absence-types")
        .scope(ABSENCES_READ)
        .pages(Paging::Cursor(limits(100, 100)))
        .certainty(Documented);
pub(crate) const V2_GET_ABSENCE_TYPE: Operation =
    Operation::get("v2.absence_types.get", V2, "/absence-types/{id}")
        .scope(ABSENCES_READ)
        .certainty(Documented);
pub(crate) const V2_LIST_ABSENCE_PERIODS: Operation =
    Operation::get("v2.absence_periods.list", V2, "/absence-periods")
        .scope(ABSENCES_READ)
        .pages(Paging::Cursor(limits(100, 100)))
        .rate(V2_ABSENCES)
        .certainty(Documented);
pub(crate) const V2_GET_ABSENCE_PERIOD: Operation =
    Operation::get("v2.absence_periods.get", V2, "/absence-periods/{id}")
        .scope(ABSENCES_READ)
        .rate(V2_ABSENCES)
        .certainty(Documented);

/// Every operation that this crate calls by itself, in the order of the documentation.
pub const ENDPOINTS: &[Operation] = &[
    V1_LOGIN,
    V1_LIST_EMPLOYEES,
    V1_GET_EMPLOYEE,
    V1_EMPLOYEE_ATTRIBUTES,
    V1_ABSENCE_BALANCE,
    V1_LIST_TIME_OFF_TYPES,
    V1_LIST_TIME_OFFS,
    V1_GET_TIME_OFF,
    V1_LIST_ABSENCE_PERIODS,
    V2_LOGIN,
    V2_LIST_PERSONS,
    V2_GET_PERSON,
    V2_LIST_EMPLOYMENTS,
    V2_GET_EMPLOYMENT,
    V2_LIST_ABSENCE_TYPES,
    V2_GET_ABSENCE_TYPE,
    V2_LIST_ABSENCE_PERIODS,
    V2_GET_ABSENCE_PERIOD,
];

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
