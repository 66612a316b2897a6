use std::{collections::BTreeMap, fmt};

use serde::{Deserialize, Serialize};

use crate::{Alarm, Class, Fate, Report, SourceId, report::ChangeReport};

/// What became of one record, in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Entry {
    /// Both sides agreed already.
    Unchanged,
    /// Every change that was due is made; the weightiest was of this class.
    Changed(Class),
    /// A change was not made, or may not have been.
    NotMade,
    /// The record has moved on since the plan was made, and nothing was tried.
    Stale,
    /// A change waits for approval.
    Held,
    /// Several records are possible.
    Disputed,
    /// Nothing is done, for a reason.
    Skipped,
    /// It was removed from the product before, and HR no longer has it.
    Buried,
    /// It is in the product and belongs to nobody in HR.
    Unmanaged,
}

impl Report {
    /// Counts every record on both sides and in the ledger exactly once, by what became of it.
    ///
    /// The counts add up to [`keys`](Self::keys); where they do not, an [`Alarm::Unaccounted`] is raised.
    pub fn accounting(&self) -> BTreeMap<Entry, usize> {
        let mut entries = BTreeMap::from([
            (Entry::Unchanged, self.unchanged),
            (Entry::Held, self.held),
            (Entry::Disputed, self.disputed),
            (Entry::Skipped, self.skipped),
            (Entry::Buried, self.buried),
            (Entry::Unmanaged, self.unmanaged),
        ]);
        for changes in self.planned().values() {
            *entries.entry(entry_of(changes)).or_default() += 1;
        }
        entries.retain(|_, count| *count > 0);
        entries
    }

    /// The changes of every record of which nothing waits: a record with something that waits counts as held.
    fn planned(&self) -> BTreeMap<&SourceId, Vec<&ChangeReport>> {
        let mut planned: BTreeMap<&SourceId, Vec<&ChangeReport>> = BTreeMap::new();
        for change in &self.changes {
            planned.entry(&change.source).or_default().push(change);
        }
        planned.retain(|source, _| !self.partly_held.contains(*source));
        planned
    }

    /// Raises an alarm when the records that the plan accounts for are not all there are.
    pub(crate) fn balance(&mut self, planned: usize) {
        let counted = self.unchanged
            + self.held
            + self.disputed
            + self.skipped
            + self.buried
            + self.unmanaged
            + planned;
        if counted != self.keys {
            let keys = self.keys;
            self.alarms.push(Alarm::Unaccounted { keys, counted });
        }
    }
}

fn entry_of(changes: &[&ChangeReport]) -> Entry {
    let is_settled = |it: &&&ChangeReport| matches!(it.fate, Fate::Done | Fate::Stale);
    let done = changes.iter().filter(|it| it.fate == Fate::Done);
    match done.map(|it| it.class).max() {
        _ if !changes.iter().all(|it| is_settled(&it)) => Entry::NotMade,
        Some(class) => Entry::Changed(class),
        None => Entry::Stale,
    }
}

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Unchanged => "unchanged",
            Self::Changed(class) => crate::report::past(*class),
            Self::NotMade => "not made",
            Self::Stale => "moved on",
            Self::Held => "held",
            Self::Disputed => "disputed",
            Self::Skipped => "skipped",
            Self::Buried => "removed before",
            Self::Unmanaged => "not from HR",
        })
    }
}
