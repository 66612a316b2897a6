//! What the lists of v2 have in common: cursors, comma-separated filters, filters with operators.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use serde_json::{Value, json};

use super::super::fault::Effect;
use super::super::http::{Answer, Query};
use super::super::operation::Call;
use super::super::paging::Window;
use super::super::refusal::Refusal;

/// What lists take that have no filters.
pub(crate) const PAGING: &[&str] = &["limit", "cursor"];

/// Limits of one list endpoint.
#[derive(Clone, Copy)]
pub(crate) struct Limits {
    pub(crate) default: usize,
    pub(crate) max: usize,
}

/// A request for a page: the filters of the first request travel inside the cursor.
pub(crate) struct ListRequest {
    window: Window,
    filters: String,
    pub(crate) query: Query,
    links_repeat_filters: bool,
}

impl ListRequest {
    /// Reads cursor, limit and filters, and refuses operators that the endpoint does not know.
    pub(crate) fn read(call: &Call<'_>, limits: Limits) -> Result<Self, Refusal> {
        let known = call.operation.parameters;
        if let Some(cursor) = call.query.get("cursor") {
            return Self::from_cursor(cursor)
                .ok_or_else(|| Refusal::v2_bad_request(INVALID_PARAMETERS));
        }
        for name in call.query.names() {
            let is_filter_with_operator = known.iter().any(|known| {
                let root = known.split('.').next().unwrap_or(known);
                name.strip_prefix(root)
                    .is_some_and(|operator| operator.starts_with('.'))
            });
            if is_filter_with_operator && !known.contains(&name) {
                return Err(Refusal::v2_bad_request(
                    "Provided filter encoding is invalid.",
                ));
            }
        }
        let limit = match call.query.get("limit") {
            Some(limit) => limit
                .parse()
                .ok()
                .filter(|limit| (1..=limits.max).contains(limit)),
            None => Some(limits.default),
        };
        let limit = limit
            .ok_or_else(|| Refusal::v2_bad_request("Provided value for limit is not valid"))?;
        let window = Window { start: 0, limit };
        Ok(Self {
            window,
            filters: call.query.shown(),
            query: call.query.clone(),
            links_repeat_filters: false,
        })
    }

    fn from_cursor(cursor: &str) -> Option<Self> {
        let decoded: Value = serde_json::from_slice(&readable(cursor)?).ok()?;
        let place = |name: &str| {
            decoded[name]
                .as_u64()
                .and_then(|place| usize::try_from(place).ok())
        };
        let window = Window {
            start: place("offset")?,
            limit: place("limit")?,
        };
        let filters = decoded["filters"].as_str()?;
        Some(Self {
            window,
            filters: filters.to_owned(),
            query: Query::parse(filters.as_bytes()),
            links_repeat_filters: false,
        })
    }

    fn cursor_at(&self, start: usize) -> String {
        let cursor =
            json!({ "offset": start, "limit": self.window.limit, "filters": self.filters });
        opaque(cursor.to_string())
    }

    /// Lets the links repeat the filters beside the cursor, as those of org units do (observed).
    pub(crate) fn repeating_filters(mut self) -> Self {
        self.links_repeat_filters = true;
        self
    }

    /// Answers with the rows on this page and the links to it and to the next one; there is no total.
    pub(crate) fn answer<T>(
        &self,
        call: &Call<'_>,
        link_path: &str,
        rows: impl Iterator<Item = T>,
        resource: impl Fn(T) -> Value,
    ) -> Answer {
        let origin = if call.quirks.relative_links {
            ""
        } else {
            call.base_url
        };
        let link = |cursor: &str| {
            let mut query = url::form_urlencoded::Serializer::new(String::new());
            if self.links_repeat_filters {
                query.extend_pairs(url::form_urlencoded::parse(self.filters.as_bytes()));
            }
            let query = query.append_pair("cursor", cursor).finish();
            json!({ "href": format!("{origin}{link_path}?{query}") })
        };
        let cut = self.window.cut(rows, call.effects);
        let own_cursor = self.cursor_at(self.window.start);
        let next_start = self.window.start.saturating_add(self.window.limit);
        let mut links = json!({ "self": link(&own_cursor) });
        if call
            .effects
            .iter()
            .any(|effect| matches!(effect, Effect::RepeatedCursor))
        {
            links["next"] = link(&own_cursor);
        } else if next_start < cut.total {
            links["next"] = link(&self.cursor_at(next_start));
        }
        let data: Vec<_> = cut.rows.into_iter().map(resource).collect();
        Answer::ok(json!({ "_data": data, "_meta": { "links": links } }))
    }

    /// The values of a filter that takes several, separated by commas or repeated; what cannot be read fits nothing.
    pub(crate) fn any_of<T>(&self, name: &str, read: impl Fn(&str) -> Option<T>) -> AnyOf<T> {
        let given = self.query.all(name);
        let values = given.iter().flat_map(|list| list.split(','));
        let wanted = values.map(|value| read(value.trim())).collect();
        AnyOf((!given.is_empty()).then_some(wanted))
    }

    /// The filter on a local time; one with a zone is refused (observed on attendances).
    pub(crate) fn local_times(&self, name: &str) -> Result<InstantFilter, Refusal> {
        let of_this = |given: &&str| {
            given
                .strip_prefix(name)
                .is_some_and(|operator| operator.is_empty() || operator.starts_with('.'))
        };
        let mut given = self
            .query
            .names()
            .filter(of_this)
            .filter_map(|name| self.query.get(name));
        if given.any(|text| DateTime::parse_from_rfc3339(text).is_ok()) {
            return Err(Refusal::v2_bad_request("Invalid request content"));
        }
        self.instants(name, false)
    }

    /// The filter on an instant: the bare name takes a whole day, `.gt` and `.lt` are strict, `.gte` and `.lte` not.
    pub(crate) fn instants(&self, name: &str, dates_only: bool) -> Result<InstantFilter, Refusal> {
        let read = |operator: &str| match self.query.get(&format!("{name}{operator}")) {
            Some(text) => Moment::read(text, dates_only).map(Some),
            None => Ok(None),
        };
        Ok(InstantFilter {
            equal: read("")?,
            gt: read(".gt")?,
            lt: read(".lt")?,
            gte: read(".gte")?,
            lte: read(".lte")?,
        })
    }
}

/// Bytes that are written as `+/+/`, which clients must not take for a space and a path.
const SALT: [u8; 3] = [0xfb, 0xff, 0xbf];

/// Writes a cursor in base64, always with the characters that need care in a link: `+`, `/` and `=`.
fn opaque(mut cursor: String) -> String {
    while cursor.len().is_multiple_of(3) {
        cursor.push(' ');
    }
    STANDARD.encode([&SALT[..], cursor.as_bytes()].concat())
}

fn readable(cursor: &str) -> Option<Vec<u8>> {
    let decoded = STANDARD.decode(cursor).ok()?;
    Some(decoded.strip_prefix(&SALT)?.to_vec())
}

const INVALID_PARAMETERS: &str = "Provided request parameters are invalid.";

/// What a filter lets through: all when it is not given.
pub(crate) struct AnyOf<T>(Option<Vec<Option<T>>>);

impl<T: PartialEq> AnyOf<T> {
    pub(crate) fn admits(&self, value: T) -> bool {
        match &self.0 {
            Some(wanted) => wanted.contains(&Some(value)),
            None => true,
        }
    }

    /// The same for a value that may be missing.
    pub(crate) fn admits_some(&self, value: Option<T>) -> bool {
        match value {
            Some(value) => self.admits(value),
            None => self.0.is_none(),
        }
    }
}

/// Bounds on a point in time.
pub(crate) struct InstantFilter {
    equal: Option<Moment>,
    gt: Option<Moment>,
    lt: Option<Moment>,
    gte: Option<Moment>,
    lte: Option<Moment>,
}

impl InstantFilter {
    pub(crate) fn admits(&self, at: DateTime<Utc>) -> bool {
        self.admits_local(at.naive_utc())
    }

    /// Compares the time of a change, as far as it is reported.
    pub(crate) fn admits_change(&self, call: &Call<'_>, at: DateTime<Utc>) -> bool {
        let is_given = [self.equal, self.gt, self.lt, self.gte, self.lte]
            .iter()
            .any(Option::is_some);
        !is_given || call.is_reported(at) && (self.admits(at) || self.admits(at + call.repeats()))
    }

    /// Compares local times, of which v2 gives no zone.
    pub(crate) fn admits_local(&self, at: NaiveDateTime) -> bool {
        self.equal
            .is_none_or(|equal| equal.first <= at && at <= equal.last)
            && self.gt.is_none_or(|bound| bound.first < at)
            && self.lt.is_none_or(|bound| at < bound.first)
            && self.gte.is_none_or(|bound| bound.first <= at)
            && self.lte.is_none_or(|bound| at <= bound.first)
    }

    /// Whether an open end passes, which is later than everything (unknown).
    pub(crate) fn admits_open_end(&self) -> bool {
        self.equal.is_none() && self.lt.is_none() && self.lte.is_none()
    }
}

/// A day or an instant in a filter.
#[derive(Clone, Copy)]
struct Moment {
    first: NaiveDateTime,
    last: NaiveDateTime,
}

impl Moment {
    fn read(text: &str, dates_only: bool) -> Result<Self, Refusal> {
        if let Ok(day) = text.parse::<NaiveDate>() {
            let last =
                day.and_time(NaiveTime::from_hms_milli_opt(23, 59, 59, 999).unwrap_or_default());
            return Ok(Self {
                first: day.and_time(NaiveTime::MIN),
                last,
            });
        }
        let with_offset = DateTime::parse_from_rfc3339(text).map(|instant| instant.naive_utc());
        match with_offset.or_else(|_| text.parse::<NaiveDateTime>()) {
            Ok(instant) if !dates_only => Ok(Self {
                first: instant,
                last: instant,
            }),
            _ => Err(Refusal::v2_bad_request(INVALID_PARAMETERS)),
        }
    }
}
