//! What can be proved about a list that was read to its end.

/// What was counted while a list was read, and what stands against its being whole.
///
/// A list without [gaps](Self::gaps) is complete as far as the API lets a client know: for v1 that means declared totals that stay
/// the same and as many distinct records; v2 declares no totals, so it means that every link to a next page was followed. It says
/// nothing about records or attributes that the credential may not read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Completeness {
    /// How many pages were read.
    pub pages: u64,
    /// How many rows they had.
    pub rows: u64,
    /// How many different records these were, unreadable ones not counted.
    pub distinct: u64,
    /// How many rows repeated an earlier record.
    pub repeated: u64,
    /// How many rows could not be read.
    pub unreadable: u64,
    /// The total that the first page declared.
    pub first_total: Option<u64>,
    /// The total that the last page declared.
    pub last_total: Option<u64>,
    gaps: Vec<Gap>,
}

/// A reason why a list may not be whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Gap {
    /// The declared total was not the same on all pages: the data changed while it was read.
    TotalChanged {
        /// The total on the first page.
        first: u64,
        /// The total on the last page.
        last: u64,
    },
    /// Fewer records came than the last page declared.
    MissingRows {
        /// The declared total.
        declared: u64,
        /// How many records came, unreadable ones included.
        distinct: u64,
    },
    /// Records repeat in a list that declares no total, so another one may have slipped between the pages.
    RepeatedRows {
        /// How many rows were repetitions.
        count: u64,
    },
    /// Some rows could not be read.
    UnreadableRecords {
        /// How many.
        count: u64,
    },
    /// The caller stopped before the end.
    StoppedEarly,
    /// The caller had taken pages before.
    StartedLate {
        /// How many.
        pages: u64,
    },
    /// As many rows as were asked for, and nothing says whether there are more.
    ExactlyLimitWithoutMetadata {
        /// The limit.
        limit: u32,
    },
}

impl Completeness {
    /// Returns true if nothing stands against the list being whole.
    pub fn is_complete(&self) -> bool {
        self.gaps.is_empty()
    }

    /// Returns the reasons why the list may not be whole.
    pub fn gaps(&self) -> &[Gap] {
        &self.gaps
    }

    pub(crate) fn note(&mut self, gap: Gap) {
        if !self.gaps.contains(&gap) {
            self.gaps.push(gap);
        }
    }

    pub(crate) fn count_page(&mut self, rows: usize, declared_total: Option<u64>) {
        // A total that moves there and back is as suspicious as one that stays moved.
        if let (Some(before), Some(now)) = (self.last_total, declared_total)
            && before != now
        {
            self.gaps
                .retain(|gap| !matches!(gap, Gap::TotalChanged { .. }));
            self.note(Gap::TotalChanged {
                first: self.first_total.unwrap_or(before),
                last: now,
            });
        }
        self.pages += 1;
        self.rows += rows as u64;
        self.first_total = self.first_total.or(declared_total);
        self.last_total = declared_total.or(self.last_total);
    }

    pub(crate) fn conclude(&mut self, limit_without_metadata: Option<u32>) {
        let partly_read = self
            .gaps
            .iter()
            .any(|gap| matches!(gap, Gap::StoppedEarly | Gap::StartedLate { .. }));
        if self.unreadable > 0 {
            self.note(Gap::UnreadableRecords {
                count: self.unreadable,
            });
        }
        match self.last_total {
            Some(declared) if declared > self.distinct + self.unreadable && !partly_read => {
                self.note(Gap::MissingRows {
                    declared,
                    distinct: self.distinct + self.unreadable,
                });
            }
            None if self.repeated > 0 => self.note(Gap::RepeatedRows {
                count: self.repeated,
            }),
            _ => {}
        }
        if let Some(limit) = limit_without_metadata
            .filter(|limit| self.last_total.is_none() && self.rows >= u64::from(*limit))
        {
            self.note(Gap::ExactlyLimitWithoutMetadata { limit });
        }
    }
}
