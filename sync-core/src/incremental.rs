//! Runs that read only what changed: how far they have come, and what they are told to look at.
//!
//! Such a run never concludes that something is gone, except of a record that it asked for by its id
//! and that HR [says it has not](crate::Snapshot::confirm_missing). What no change filter and no
//! event shows is found by the next full run; [`Drift`](crate::Drift) says how much that was.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::{Fate, Report, SourceId};

/// Up to when the changes of the source are known to have reached the product.
///
/// It is a time of the source's own clock, taken from the records; the clock of this machine plays
/// no part. It never goes back, and never passes a record that has not reached the product.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Watermark(DateTime<Utc>);

impl Watermark {
    /// Begins at a moment: everything that changed before it has reached the product.
    pub const fn new(at: DateTime<Utc>) -> Self {
        Self(at)
    }

    /// Returns the moment.
    pub fn at(self) -> DateTime<Utc> {
        self.0
    }

    /// Returns from when on, inclusively, changes must be read again.
    ///
    /// The overlap must be at least as long as the source's clocks may differ from each other, and
    /// as a change may take to show; to read a record again does no harm.
    pub fn read_from(self, overlap: TimeDelta) -> DateTime<Utc> {
        self.0
            .checked_sub_signed(overlap.abs())
            .unwrap_or(DateTime::<Utc>::MIN_UTC)
    }

    /// Moves on after a run: to the newest record that was read, but not past one whose changes have
    /// not all reached the product, and never back.
    ///
    /// `read` says when the source last changed each record, as the source itself says.
    #[must_use]
    pub fn after(self, read: &BTreeMap<SourceId, DateTime<Utc>>, report: &Report) -> Self {
        let unacknowledged = report.unacknowledged();
        let newest = read.values().max().copied();
        let oldest_open = read
            .iter()
            .filter(|(source, _)| unacknowledged.contains(*source))
            .map(|(_, at)| *at)
            .min();
        // A run that stopped may not have come to everything; what it says of the rest is not enough.
        let reached = match report.stopped {
            Some(_) => None,
            None => oldest_open.or(newest),
        };
        Self(reached.map_or(self.0, |at| at.max(self.0)))
    }
}

impl Report {
    /// Returns the records whose changes have not all reached the product: failed, not tried, moved
    /// on in between, left for a later run because they failed before, or waiting for approval. What was given
    /// up is not among them: it waits for another word of HR.
    pub fn unacknowledged(&self) -> BTreeSet<&SourceId> {
        let open = self.changes.iter().filter(|it| it.fate != Fate::Done);
        open.map(|change| &change.source)
            .chain(&self.partly_held)
            .chain(&self.delayed)
            .collect()
    }
}

/// An event of the source: something happened to a record, and it may be worth a look.
///
/// What else an event says is left behind on purpose. Events get lost, come twice, late, in any order
/// and from anybody; only what is read from the source itself is ever applied.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hint {
    /// The kind of record, as in [`Record::KIND`](crate::Record::KIND).
    pub kind: String,
    /// The record.
    pub id: SourceId,
    /// When it happened, as the event says.
    pub occurred_at: DateTime<Utc>,
}

/// What to read of one kind, because of hints.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HintedReads {
    /// The records to read, each once; ids that the source does not know do no harm.
    pub ids: BTreeSet<SourceId>,
    /// When the oldest of the hints was made, which tells how long they have waited.
    pub oldest: DateTime<Utc>,
}

/// Turns any number of hints, in any order, into what to read of each kind.
///
/// ```
/// use chrono::DateTime;
/// use sync_core::{Hint, coalesce};
///
/// let hint = |id: &str| Hint {
///     kind: "absence".to_owned(),
///     id: id.into(),
///     occurred_at: DateTime::UNIX_EPOCH,
/// };
/// let reads = coalesce([hint("7"), hint("8"), hint("7")]);
/// assert_eq!(reads["absence"].ids.len(), 2);
/// ```
pub fn coalesce(hints: impl IntoIterator<Item = Hint>) -> BTreeMap<String, HintedReads> {
    let mut reads: BTreeMap<String, HintedReads> = BTreeMap::new();
    for Hint {
        kind,
        id,
        occurred_at,
    } in hints
    {
        let read = reads.entry(kind).or_insert_with(|| HintedReads {
            ids: BTreeSet::new(),
            oldest: occurred_at,
        });
        read.ids.insert(id);
        read.oldest = read.oldest.min(occurred_at);
    }
    reads
}
