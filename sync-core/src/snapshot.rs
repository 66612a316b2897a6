use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{Desired, SourceId, Window, Wish, desired::BlockReason};

/// What the source said at one moment: records, which part was asked for, and whether it is whole.
///
/// The source's own order and repetitions are gone: one record per id, sorted.
#[derive(Clone, Debug)]
pub struct Snapshot<T> {
    records: BTreeMap<SourceId, T>,
    unreadable: BTreeSet<SourceId>,
    confirmed_missing: BTreeSet<SourceId>,
    changed_at: BTreeMap<SourceId, DateTime<Utc>>,
    coverage: Coverage,
    completeness: Completeness,
    taken_at: DateTime<Utc>,
}

/// Which part of the source a snapshot is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Coverage {
    /// Everything there is.
    All,
    /// Everything that overlaps these days.
    Window(Window),
    /// These records only. What is not among them says nothing; nor does one of them that the answer
    /// lacks, unless the source was asked for it and [has none](Snapshot::confirm_missing).
    Ids(BTreeSet<SourceId>),
    /// What changed since this moment, inclusively, as far as the source tells; some of what did not may be among it.
    /// What is not among it says nothing.
    ChangedSince(DateTime<Utc>),
}

impl Coverage {
    /// Tells whether only single records are read, so that the others are neither there nor missing.
    pub fn is_partial(&self) -> bool {
        matches!(self, Self::Ids(_) | Self::ChangedSince(_))
    }
}

/// Whether a snapshot is known to be whole.
///
/// A snapshot with gaps still creates and updates; it is no evidence that anything is gone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Completeness {
    /// Every record of the covered part is here.
    Complete(Certificate),
    /// Something is missing, or may be.
    Incomplete(Vec<Gap>),
}

/// The proof that a snapshot is whole. Issued from counts by [`Certificate::issue`], or by
/// [`Snapshot::whole`] for a source that holds everything itself.
///
/// Where the source declared no total, a lost row cannot be seen by counting; such a certificate is
/// evidence only about records that were [looked up](Snapshot::confirm_missing) besides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Certificate {
    rows: u64,
    has_total: bool,
}

/// What a source counted while it read, from which a certificate is issued or refused.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// How many records arrived, repetitions included.
    pub rows: u64,
    /// How many different records arrived, readable or not.
    pub distinct: u64,
    /// How many records the source declared when reading began, if it says so at all.
    pub declared_first: Option<u64>,
    /// How many records the source declared when reading ended.
    pub declared_last: Option<u64>,
    /// What else the source itself knows to be missing.
    pub gaps: Vec<Gap>,
}

/// Why a snapshot is not known to be whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Gap {
    /// The declared total changed while reading.
    TotalChanged {
        /// The total at the beginning.
        first: u64,
        /// The total at the end.
        last: u64,
    },
    /// Fewer or more different records arrived than the source declared.
    CountDiffers {
        /// The declared total.
        declared: u64,
        /// The number of different records.
        distinct: u64,
    },
    /// Records arrived whose identity cannot be read.
    UnidentifiedRecords(u64),
    /// Reading ended before the source said so.
    StoppedEarly,
    /// Something else that the source reports, in words without personal data.
    Other(String),
}

impl Certificate {
    /// Issues a certificate, if the counts leave no doubt.
    ///
    /// # Errors
    ///
    /// Every reason for doubt.
    pub fn issue(tally: &Tally) -> Result<Self, Vec<Gap>> {
        let mut gaps = tally.gaps.clone();
        if let (Some(first), Some(last)) = (tally.declared_first, tally.declared_last)
            && first != last
            && !gaps
                .iter()
                .any(|gap| matches!(gap, Gap::TotalChanged { .. }))
        {
            gaps.push(Gap::TotalChanged { first, last });
        }
        if let Some(declared) = tally.declared_last.or(tally.declared_first)
            && declared != tally.distinct
        {
            gaps.push(Gap::CountDiffers {
                declared,
                distinct: tally.distinct,
            });
        }
        if gaps.is_empty() {
            Ok(Self {
                rows: tally.rows,
                has_total: tally.declared_last.or(tally.declared_first).is_some(),
            })
        } else {
            Err(gaps)
        }
    }

    /// Tells whether the source declared a total, so that a lost row would have been seen.
    pub fn has_total(&self) -> bool {
        self.has_total
    }

    /// Returns how many records were read.
    pub fn rows(&self) -> u64 {
        self.rows
    }
}

impl Completeness {
    /// Certifies what was counted, or keeps the reasons for doubt.
    pub fn of(tally: &Tally) -> Self {
        match Certificate::issue(tally) {
            Ok(certificate) => Self::Complete(certificate),
            Err(gaps) => Self::Incomplete(gaps),
        }
    }

    /// Returns the certificate, if there is one.
    pub fn certificate(&self) -> Option<Certificate> {
        match self {
            Self::Complete(certificate) => Some(*certificate),
            Self::Incomplete(_) => None,
        }
    }

    /// Returns the reasons for doubt.
    pub fn gaps(&self) -> &[Gap] {
        match self {
            Self::Complete(_) => &[],
            Self::Incomplete(gaps) => gaps,
        }
    }
}

impl<T> Snapshot<T> {
    /// Makes an empty snapshot of a part of the source, taken at a moment.
    pub fn new(coverage: Coverage, completeness: Completeness, taken_at: DateTime<Utc>) -> Self {
        Self {
            records: BTreeMap::new(),
            unreadable: BTreeSet::new(),
            confirmed_missing: BTreeSet::new(),
            changed_at: BTreeMap::new(),
            coverage,
            completeness,
            taken_at,
        }
    }

    /// Makes a snapshot from records that the caller knows to be all there are.
    ///
    /// For sources that hold everything themselves, such as a file or a test. A source that reads
    /// page by page counts with a [`Tally`] instead.
    pub fn whole(
        coverage: Coverage,
        records: impl IntoIterator<Item = (SourceId, T)>,
        taken_at: DateTime<Utc>,
    ) -> Self {
        let mut snapshot = Self::new(coverage, Completeness::Incomplete(Vec::new()), taken_at);
        for (id, record) in records {
            snapshot.insert(id, record);
        }
        snapshot.completeness = Completeness::Complete(Certificate {
            rows: snapshot.records.len() as u64,
            has_total: true,
        });
        snapshot
    }

    /// Adds a record. The last one of an id stands.
    pub fn insert(&mut self, id: SourceId, record: T) {
        self.unreadable.remove(&id);
        self.records.insert(id, record);
    }

    /// Notes a record that is there, but in a form that cannot be read.
    pub fn insert_unreadable(&mut self, id: SourceId) {
        if !self.records.contains_key(&id) {
            self.unreadable.insert(id);
        }
    }

    /// Adds a reason for doubt, found after the counting; a certificate is lost with it.
    pub fn doubt(&mut self, gap: Gap) {
        let mut gaps = self.completeness.gaps().to_vec();
        gaps.push(gap);
        self.completeness = Completeness::Incomplete(gaps);
    }

    /// Notes that the source was asked for a single record and has none of this id.
    pub fn confirm_missing(&mut self, id: SourceId) {
        self.confirmed_missing.insert(id);
    }

    /// Notes when the source last changed a record, as the source itself says.
    pub fn note_change(&mut self, id: SourceId, at: DateTime<Utc>) {
        self.changed_at.insert(id, at);
    }

    /// Returns the records by id.
    pub fn records(&self) -> &BTreeMap<SourceId, T> {
        &self.records
    }

    /// Returns the ids of records that could not be read.
    pub fn unreadable(&self) -> &BTreeSet<SourceId> {
        &self.unreadable
    }

    /// Returns when the source last changed each record, as far as it says so, for
    /// [`Watermark::after`](crate::Watermark::after).
    pub fn changed_at(&self) -> &BTreeMap<SourceId, DateTime<Utc>> {
        &self.changed_at
    }

    /// Returns which part of the source was asked for.
    pub fn coverage(&self) -> &Coverage {
        &self.coverage
    }

    /// Returns whether that part is known to be whole.
    pub fn completeness(&self) -> &Completeness {
        &self.completeness
    }

    /// Returns when the snapshot was taken.
    pub fn taken_at(&self) -> DateTime<Utc> {
        self.taken_at
    }

    /// Turns every record into a wish; what cannot be read is blocked.
    pub fn desire<R>(&self, mut wish: impl FnMut(&SourceId, &T) -> Wish<R>) -> Desired<R> {
        let mut wishes: BTreeMap<_, _> = self
            .records
            .iter()
            .map(|(id, record)| (id.clone(), wish(id, record)))
            .collect();
        for id in &self.unreadable {
            wishes.insert(id.clone(), Wish::Blocked(BlockReason::Unreadable));
        }
        Desired {
            wishes,
            coverage: self.coverage.clone(),
            completeness: self.completeness.clone(),
            confirmed_missing: self.confirmed_missing.clone(),
            taken_at: self.taken_at,
            doubtful_ends: BTreeMap::new(),
            invites: BTreeMap::new(),
            window: match self.coverage {
                Coverage::Window(window) => Some(window),
                Coverage::All | Coverage::Ids(_) | Coverage::ChangedSince(_) => None,
            },
            has_parts: false,
            notices: Vec::new(),
            settings: None,
        }
    }
}

impl fmt::Display for Gap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TotalChanged { first, last } => {
                write!(
                    f,
                    "the declared total changed from {first} to {last} while reading"
                )
            }
            Self::CountDiffers { declared, distinct } => {
                write!(
                    f,
                    "{declared} records were declared, {distinct} different ones arrived"
                )
            }
            Self::UnidentifiedRecords(count) => {
                write!(f, "{count} records arrived without a readable id")
            }
            Self::StoppedEarly => f.write_str("reading ended early"),
            Self::Other(words) => f.write_str(words),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(distinct: u64, first: Option<u64>, last: Option<u64>) -> Tally {
        Tally {
            rows: distinct,
            distinct,
            declared_first: first,
            declared_last: last,
            gaps: Vec::new(),
        }
    }

    #[rstest::rstest]
    #[case::totals_agree(tally(3, Some(3), Some(3)), &[])]
    #[case::a_source_without_totals(tally(3, None, None), &[])]
    #[case::a_row_is_missing(tally(2, Some(3), Some(3)), &[Gap::CountDiffers { declared: 3, distinct: 2 }])]
    #[case::totals_shrink(tally(2, Some(3), Some(2)), &[Gap::TotalChanged { first: 3, last: 2 }])]
    #[case::the_source_knows(
        Tally { gaps: vec![Gap::StoppedEarly], ..tally(3, Some(3), Some(3)) },
        &[Gap::StoppedEarly]
    )]
    fn a_certificate_needs_counts_without_doubt(#[case] tally: Tally, #[case] gaps: &[Gap]) {
        assert_eq!(Completeness::of(&tally).gaps(), gaps);
        assert_eq!(Certificate::issue(&tally).is_ok(), gaps.is_empty());
    }
}
