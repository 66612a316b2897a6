//! Lists, page by page.

use std::collections::HashMap;
use std::fmt;

use futures::Stream;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use url::Url;

use crate::client::Client;
use crate::completeness::{Completeness, Gap};
use crate::course::{Course, Position, Sighting};
use crate::endpoint::Endpoint;
use crate::error::{Error, Result};
use crate::operation::Paging;
use crate::value::{Lenient, Unreadable};
use crate::wire;

/// Reads a list page by page; making one sends nothing.
///
/// Take single pages with [`next_page`](Self::next_page), records as they come with [`into_stream`](Self::into_stream), or all with a
/// proof of completeness with [`collect`](Self::collect). The list ends where the API says so, never because a page is short
/// or empty. A list that leads from one empty page to the next more than 1,000 times in a row counts as endless, which is an error.
///
/// Pages are not a snapshot: records change, come and go while they are read. A record can come twice, and between pages that count
/// by offset one can be missed; `collect` finds what can be found.
///
/// ```
/// use personio_client::v2::ListPersons;
///
/// # use personio_client::testing::{Answer, Expected, ReplayTransport};
/// # let transport = ReplayTransport::new()
/// #     .expect(Expected::get("/v2/persons"), Answer::json(r#"{"_data": [{"id": "1"}],
/// #         "_meta": {"links": {"next": {"href": "/v2/persons?cursor=2"}}}}"#))
/// #     .expect(Expected::get("/v2/persons").query("cursor", "2"), Answer::status(400, ""))
/// #     .expect(Expected::get("/v2/persons").query("cursor", "2"), Answer::json(r#"{"_data": [{"id": "2"}]}"#));
/// # let client = transport.client();
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// let mut pager = client.v2().persons().list(ListPersons::new());
/// let first = pager.next_page().await?;
///
/// // A failed page can be asked for again.
/// assert!(pager.next_page().await.is_err());
/// let second = pager.next_page().await?;
/// assert!(pager.next_page().await?.is_none());
/// # assert_eq!((first.unwrap().rows.len(), second.unwrap().rows.len()), (1, 1));
/// # Ok::<(), personio_client::Error>(())
/// # }).unwrap();
/// ```
#[must_use = "a pager sends nothing until it is asked for pages"]
pub struct Pager<T> {
    client: Client,
    endpoint: Endpoint<RawPage>,
    key: fn(&T) -> String,
    limit: u32,
    problem: Option<Error>,
    course: Course,
    pages_taken: u64,
}

/// One page of a list.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Page<T> {
    /// The rows in the order of the answer; an unreadable one does not hide the others.
    pub rows: Vec<Lenient<T>>,
    /// How many records the whole list has, if this page says so; v1 only.
    pub declared_total: Option<u64>,
}

/// Everything that a list gave, with what can be proved about it.
#[derive(Clone, Debug)]
#[must_use = "a list is only as good as its completeness"]
#[non_exhaustive]
pub struct Listing<T> {
    /// The records, each id once. If one came twice, the later copy stands in the place of the earlier.
    pub records: Vec<T>,
    /// The rows that could not be read.
    pub unreadable: Vec<Unreadable>,
    /// What can be proved about the list.
    pub completeness: Completeness,
}

impl<T> Listing<T> {
    /// Returns the records and forgets what was proved about them.
    pub fn into_records(self) -> Vec<T> {
        self.records
    }
}

impl<T: DeserializeOwned> Pager<T> {
    pub(crate) fn new(
        client: &Client,
        endpoint: Endpoint<RawPage>,
        limit: Option<u32>,
        key: fn(&T) -> String,
    ) -> Self {
        let limits = endpoint.operation.paging.limits();
        let limit = limit
            .or_else(|| limits.map(|limits| limits.default))
            .unwrap_or_default();
        let problem = limits
            .filter(|limits| limit == 0 || limit > limits.max)
            .map(|limits| {
                Error::invalid_request(format!(
                    "the limit is {limit}, allowed are 1 to {}",
                    limits.max
                ))
                .during(&endpoint.operation)
            });
        let course = Course::new(endpoint.operation.paging, limit);
        Self {
            client: client.clone(),
            endpoint,
            key,
            limit,
            problem,
            course,
            pages_taken: 0,
        }
    }

    /// Makes the pager fail with this problem before it sends anything.
    pub(crate) fn refused(mut self, problem: Option<Error>) -> Self {
        let operation = self.endpoint.operation;
        self.problem = self
            .problem
            .or_else(|| problem.map(|problem| problem.during(&operation)));
        self
    }

    /// Returns the next page, or `None` after the last one.
    ///
    /// After an error the pager still stands where it was: asking again asks for the same page.
    ///
    /// # Errors
    ///
    /// Any [`Error`]; [`is_paging`](Error::is_paging) if the page contradicts those before it or the list has no end.
    pub async fn next_page(&mut self) -> Result<Option<Page<T>>> {
        if let Some(problem) = &self.problem {
            return Err(problem.clone());
        }
        let operation = self.endpoint.operation;
        let Some(url) = self.next_url().map_err(|error| error.during(&operation))? else {
            return Ok(None);
        };
        let raw = self.client.fetch(&self.endpoint, url.clone()).await?;
        let (page, sighting) = self
            .read(raw, &url)
            .map_err(|error| error.during(&operation))?;
        self.course
            .advance(sighting)
            .map_err(|text| Error::paging(text).during(&operation))?;
        self.pages_taken += 1;
        Ok(Some(page))
    }

    /// Returns the rows one by one; the stream ends after the first error.
    pub fn into_stream(self) -> impl Stream<Item = Result<Lenient<T>>> + Send
    where
        T: Send,
    {
        let pages = futures::stream::try_unfold(self, |mut pager| async move {
            let page = pager.next_page().await?;
            Ok::<_, Error>(
                page.map(|page| (futures::stream::iter(page.rows.into_iter().map(Ok)), pager)),
            )
        });
        futures::TryStreamExt::try_flatten(pages)
    }

    /// Reads all remaining pages, removes repetitions and proves what can be proved.
    ///
    /// # Errors
    ///
    /// Any [`Error`]; what was read until then is dropped, because part of a list proves nothing.
    pub async fn collect(self) -> Result<Listing<T>> {
        self.collect_at_most(usize::MAX).await
    }

    /// Reads whole pages until there are at least this many rows; stopping early is noted as a gap.
    ///
    /// # Errors
    ///
    /// As for [`collect`](Self::collect).
    pub async fn collect_at_most(mut self, rows: usize) -> Result<Listing<T>> {
        let mut harvest = Harvest::new(self.key);
        if self.pages_taken > 0 {
            harvest.completeness.note(Gap::StartedLate {
                pages: self.pages_taken,
            });
        }
        while harvest.completeness.rows < rows as u64 {
            let Some(page) = self.next_page().await? else {
                break;
            };
            harvest.take(page);
        }
        if *self.course.position() != Position::End {
            harvest.completeness.note(Gap::StoppedEarly);
        }
        let limit_without_metadata = match self.endpoint.operation.paging {
            Paging::LimitOnly(_) => Some(self.limit),
            _ => None,
        };
        Ok(harvest.finish(limit_without_metadata))
    }

    fn next_url(&self) -> Result<Option<Url>> {
        let mut url = self.endpoint.url(&self.client.inner.base)?;
        match self.course.position() {
            Position::End => return Ok(None),
            Position::Link(link) => return Ok(Some(link.clone())),
            Position::First => {}
            Position::Offset(offset) => {
                url.query_pairs_mut()
                    .append_pair("offset", &offset.to_string());
            }
        }
        if self.endpoint.operation.paging.limits().is_some() {
            url.query_pairs_mut()
                .append_pair("limit", &self.limit.to_string());
        }
        Ok(Some(url))
    }

    fn read(&self, raw: RawPage, url: &Url) -> Result<(Page<T>, Sighting)> {
        let rows: Vec<Lenient<T>> = raw.data.iter().map(|row| Lenient::read(row)).collect();
        let keys = rows
            .iter()
            .filter_map(|row| row_key(row, self.key))
            .collect();
        let next = raw
            .meta
            .and_then(|meta| meta.links.next)
            .and_then(|link| link.href);
        let next = next.map(|link| next_url(url, &link)).transpose()?;
        let metadata = raw.metadata.unwrap_or_default();
        let sighting = Sighting {
            rows: rows.len(),
            keys,
            total: metadata.total_elements,
            total_pages: metadata.total_pages,
            next,
        };
        Ok((
            Page {
                rows,
                declared_total: metadata.total_elements,
            },
            sighting,
        ))
    }
}

impl<T> fmt::Debug for Pager<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pager")
            .field("endpoint", &self.endpoint)
            .field("pages_taken", &self.pages_taken)
            .finish_non_exhaustive()
    }
}

/// Resolves the link to the next page.
///
/// Its query is taken as it is, down to every `+` in a cursor. Its path is not: for employments the specification shows one that
/// does not exist. The token goes to no other origin.
fn next_url(current: &Url, link: &str) -> Result<Url> {
    let link = current
        .join(link)
        .map_err(|_| Error::paging("the link to the next page is not a URL"))?;
    if link.origin() != current.origin() {
        return Err(Error::paging(
            "the link to the next page leads to another host",
        ));
    }
    let mut next = current.clone();
    next.set_query(link.query());
    Ok(next)
}

fn row_key<T>(row: &Lenient<T>, key: fn(&T) -> String) -> Option<String> {
    match row {
        Lenient::Readable(record) => Some(key(record)),
        Lenient::Unreadable(unreadable) => unreadable.id.clone(),
    }
}

/// Gathers pages into a listing.
struct Harvest<T> {
    key: fn(&T) -> String,
    places: HashMap<String, usize>,
    records: Vec<T>,
    unreadable: Vec<Unreadable>,
    completeness: Completeness,
}

impl<T> Harvest<T> {
    fn new(key: fn(&T) -> String) -> Self {
        Self {
            key,
            places: HashMap::new(),
            records: Vec::new(),
            unreadable: Vec::new(),
            completeness: Completeness::default(),
        }
    }

    fn take(&mut self, page: Page<T>) {
        self.completeness
            .count_page(page.rows.len(), page.declared_total);
        for row in page.rows {
            match row {
                Lenient::Readable(record) => self.take_record(record),
                Lenient::Unreadable(unreadable) => self.unreadable.push(unreadable),
            }
        }
    }

    fn take_record(&mut self, record: T) {
        match self.places.get(&(self.key)(&record)) {
            Some(place) => {
                self.records[*place] = record;
                self.completeness.repeated += 1;
            }
            None => {
                self.places.insert((self.key)(&record), self.records.len());
                self.records.push(record);
            }
        }
    }

    fn finish(mut self, limit_without_metadata: Option<u32>) -> Listing<T> {
        self.completeness.distinct = self.records.len() as u64;
        self.completeness.unreadable = self.unreadable.len() as u64;
        self.completeness.conclude(limit_without_metadata);
        Listing {
            records: self.records,
            unreadable: self.unreadable,
            completeness: self.completeness,
        }
    }
}

/// A page as it comes, in the envelope of v1 or v2.
#[derive(Deserialize)]
pub(crate) struct RawPage {
    #[serde(rename = "success", default, deserialize_with = "wire::success")]
    _success: (),
    #[serde(alias = "_data")]
    data: Vec<Box<RawValue>>,
    #[serde(default)]
    metadata: Option<Metadata>,
    #[serde(rename = "_meta", default)]
    meta: Option<Meta>,
}

#[derive(Default, Deserialize)]
struct Metadata {
    #[serde(default, deserialize_with = "wire::count")]
    total_elements: Option<u64>,
    #[serde(default, deserialize_with = "wire::count")]
    total_pages: Option<u64>,
}

#[derive(Deserialize)]
struct Meta {
    #[serde(default)]
    links: Links,
}

#[derive(Default, Deserialize)]
struct Links {
    #[serde(default)]
    next: Option<Link>,
}

#[derive(Deserialize)]
struct Link {
    #[serde(default)]
    href: Option<String>,
}
