use std::collections::{BTreeMap, BTreeSet};

use crate::{Alarm, BlockReason, FieldName, ScopeReason, diff::Diff, policy::Withdrawal};

/// Notices that HR no longer shows something, which looks the same for every single record as a value
/// that went, and shows only in how many records it goes from at once.
#[derive(Debug, Default)]
pub(crate) struct Withdrawals {
    records: usize,
    fields: BTreeMap<FieldName, Sightings>,
    blocked: BTreeMap<BlockReason, usize>,
    out_of_scope: BTreeMap<ScopeReason, usize>,
}

/// In how many linked records a field was there before, and what became of it.
#[derive(Debug, Default)]
struct Sightings {
    before: usize,
    empty_before: usize,
    emptied: usize,
    unobserved: usize,
}

/// What is no longer shown.
#[derive(Debug, Default)]
pub(crate) struct Withdrawn {
    /// Fields that would be emptied because of it.
    pub(crate) emptied: BTreeSet<FieldName>,
    pub(crate) alarms: Vec<Alarm>,
}

impl Withdrawals {
    /// Takes note of a record that both sides have. What this one record never had cannot be gone from it.
    pub(crate) fn compared<'a>(
        &mut self,
        agreed_before: impl Iterator<Item = &'a FieldName>,
        diff: &Diff,
    ) {
        self.records += 1;
        for field in agreed_before {
            let sightings = self.fields.entry(field.clone()).or_default();
            sightings.before += 1;
            sightings.empty_before += usize::from(diff.empty.contains(field));
            sightings.unobserved += usize::from(diff.unobserved.contains(field));
            let is_cleared = diff.clears.iter().any(|change| change.field == *field);
            sightings.emptied += usize::from(is_cleared);
        }
    }

    /// Takes note of a linked record about which nothing can be decided.
    pub(crate) fn blocked(&mut self, reason: BlockReason) {
        *self.blocked.entry(reason).or_default() += 1;
    }

    /// Takes note of a linked record that does not take part.
    pub(crate) fn out_of_scope(&mut self, reason: ScopeReason) {
        *self.out_of_scope.entry(reason).or_default() += 1;
    }

    /// Says what is no longer shown for nearly everybody, among so many records.
    pub(crate) fn judge(self, owned: usize, policy: Withdrawal) -> Withdrawn {
        let share = |part: usize, whole: usize, percent: u8| {
            part >= 2 && part.saturating_mul(100) >= whole.saturating_mul(percent.into())
        };
        let mut withdrawn = Withdrawn::default();
        for (field, seen) in self.fields {
            let filled = seen.before.saturating_sub(seen.empty_before);
            let was_there = |count| share(count, self.records, policy.seen_percent);
            let is_emptied = was_there(filled) && share(seen.emptied, filled, policy.gone_percent);
            let is_hidden =
                was_there(seen.before) && share(seen.unobserved, seen.before, policy.gone_percent);
            if is_emptied || is_hidden {
                let field = field.clone();
                withdrawn.alarms.push(Alarm::AttributeWithdrawn { field });
            }
            if is_emptied {
                withdrawn.emptied.insert(field);
            }
        }
        for (reason, count) in self.blocked {
            if share(count, owned, policy.gone_percent) {
                withdrawn.alarms.push(Alarm::Undecided { reason, count });
            }
        }
        for (reason, count) in self.out_of_scope {
            if share(count, owned, policy.gone_percent) {
                withdrawn.alarms.push(Alarm::LeftScope { reason, count });
            }
        }
        withdrawn
    }
}
