//! The way through the pages of a list: pure, no request is sent from here.

use std::collections::HashSet;

use url::Url;

use crate::operation::Paging;

/// How many pages in a row may be empty although a link leads on: more of them are an endless list.
///
/// Generous, because a filter that works after the rows are cut into pages leaves honest runs of empty ones (inferred).
const MAX_EMPTY_PAGES: u32 = 1_000;

/// Where the next page is, and whether the pages so far fit together.
#[derive(Debug)]
pub(crate) struct Course {
    paging: Paging,
    limit: u32,
    position: Position,
    rows_of_last_page: usize,
    last_page_was_stale: bool,
    empty_pages_in_a_row: u32,
    keys: HashSet<String>,
    links: HashSet<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Position {
    First,
    Offset(u64),
    Link(Url),
    End,
}

/// What a page showed.
#[derive(Debug, Default)]
pub(crate) struct Sighting {
    pub(crate) rows: usize,
    /// The ids of the rows, as far as they have one.
    pub(crate) keys: Vec<String>,
    pub(crate) total: Option<u64>,
    pub(crate) total_pages: Option<u64>,
    pub(crate) next: Option<Url>,
}

impl Course {
    pub(crate) fn new(paging: Paging, limit: u32) -> Self {
        Self {
            paging,
            limit,
            position: match paging {
                Paging::RecordOffset(_) => Position::Offset(0),
                Paging::PageOffset { first, .. } => Position::Offset(first),
                Paging::None | Paging::LimitOnly(_) | Paging::Cursor(_) => Position::First,
            },
            rows_of_last_page: 0,
            last_page_was_stale: false,
            empty_pages_in_a_row: 0,
            keys: HashSet::new(),
            links: HashSet::new(),
        }
    }

    pub(crate) fn position(&self) -> &Position {
        &self.position
    }

    /// Goes on to the next page, or stays where it is if the page contradicts the ones before.
    pub(crate) fn advance(&mut self, page: Sighting) -> Result<(), &'static str> {
        let mut stale = false;
        let next = match (self.paging, &self.position) {
            (Paging::None | Paging::LimitOnly(_), _) => Position::End,
            (Paging::Cursor(_), _) => self.follow(page.rows, page.next)?,
            (_, Position::Offset(offset)) => {
                let offset = *offset;
                stale = self.is_stale(&page)?;
                self.after_offset(offset, &page)?
            }
            (_, Position::First | Position::Link(_) | Position::End) => Position::End,
        };
        self.position = next;
        self.rows_of_last_page = page.rows;
        self.last_page_was_stale = stale;
        self.empty_pages_in_a_row = match page.rows {
            0 => self.empty_pages_in_a_row.saturating_add(1),
            _ => 0,
        };
        self.keys.extend(page.keys);
        Ok(())
    }

    /// The API says that a list ends by giving no link; an empty page with a link is not the end.
    fn follow(&mut self, rows: usize, link: Option<Url>) -> Result<Position, &'static str> {
        let Some(link) = link else {
            return Ok(Position::End);
        };
        if rows == 0 && self.empty_pages_in_a_row >= MAX_EMPTY_PAGES {
            return Err("more than 1000 pages in a row are empty, and a link still leads on");
        }
        if !self.links.insert(link.as_str().to_owned()) {
            return Err("the link to the next page has been followed before");
        }
        Ok(Position::Link(link))
    }

    fn after_offset(&self, offset: u64, page: &Sighting) -> Result<Position, &'static str> {
        match self.paging {
            Paging::PageOffset { first, .. } => {
                let pages_so_far = offset.saturating_sub(first) + 1;
                let pages_for = |total: u64| total.div_ceil(u64::from(self.limit.max(1)));
                let declared_pages = page.total_pages.or_else(|| page.total.map(pages_for));
                if page.rows == 0
                    && declared_pages.is_some_and(|declared| pages_so_far <= declared)
                    && !self.only_a_few_are_missing(page)
                {
                    return Err(EMPTY_BUT_MORE);
                }
                let ended = page.rows == 0
                    || declared_pages.is_some_and(|declared| pages_so_far >= declared);
                Ok(if ended {
                    Position::End
                } else {
                    Position::Offset(offset + 1)
                })
            }
            _ => {
                if page.rows == 0
                    && page.total.is_some_and(|total| total > offset)
                    && !self.only_a_few_are_missing(page)
                {
                    return Err(EMPTY_BUT_MORE);
                }
                let next = offset + page.rows as u64;
                let ended = page.rows == 0 || page.total.is_some_and(|total| next >= total);
                Ok(if ended {
                    Position::End
                } else {
                    Position::Offset(next)
                })
            }
        }
    }

    /// Tells a row that got lost between two pages from an offset in the wrong unit: the first leaves less than a page to be
    /// desired, the second much more. What is missing is counted at the end of the list.
    fn only_a_few_are_missing(&self, page: &Sighting) -> bool {
        let distinct = self.keys.len() as u64;
        distinct > 0
            && page
                .total
                .is_some_and(|total| total.saturating_sub(distinct) < u64::from(self.limit))
    }

    /// Returns whether the page holds only records that came before.
    ///
    /// One may: the last record of a page that slipped to the next one, which happens. Most of a page coming again, or two such
    /// pages in a row, mean that the offset counts in another unit.
    fn is_stale(&self, page: &Sighting) -> Result<bool, &'static str> {
        let repeated = page
            .keys
            .iter()
            .filter(|key| self.keys.contains(*key))
            .count();
        if repeated > 1 && repeated * 2 > self.rows_of_last_page {
            return Err(
                "a page repeats the one before; the offset is ignored or counts in another unit",
            );
        }
        let stale = page.rows > 0 && repeated == page.rows;
        if stale && self.last_page_was_stale {
            return Err("two pages in a row hold only records that came before");
        }
        Ok(stale)
    }
}

const EMPTY_BUT_MORE: &str =
    "a page is empty although more records are declared; the offset may count in another unit";
