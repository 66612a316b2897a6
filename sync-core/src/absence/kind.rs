use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::Known;

/// What types of absence count for, by their identifiers in HR.
///
/// ```
/// use std::collections::BTreeMap;
/// use rust_decimal::Decimal;
/// use sync_core::{Known, absence::{Count, Counting}};
///
/// let counting = Counting::default().with(Count::Entitlement, ["vacation", "carry-over"]);
/// let days = BTreeMap::from([
///     ("vacation".to_owned(), Decimal::from(28)),
///     ("carry-over".to_owned(), Decimal::from(2)),
///     ("parental leave".to_owned(), Decimal::from(300)),
/// ]);
/// assert!(counting.total(Count::Entitlement, &days) == Known::Value(Decimal::from(30)));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct Counting {
    kinds: BTreeMap<Count, BTreeSet<String>>,
}

/// What a type of absence can count for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Count {
    /// The days off that a person is entitled to.
    Entitlement,
    /// What is deducted from the days of vacation.
    Deduction,
    /// Time that is paid like work.
    Paid,
}

impl Counting {
    /// Lets types count for something, besides those that already do.
    #[must_use]
    pub fn with<K: Into<String>>(
        mut self,
        count: Count,
        kind_ids: impl IntoIterator<Item = K>,
    ) -> Self {
        let kinds = self.kinds.entry(count).or_default();
        kinds.extend(kind_ids.into_iter().map(Into::into));
        self
    }

    /// Tells whether a type counts for something.
    pub fn counts(&self, kind_id: &str, count: Count) -> bool {
        self.kinds
            .get(&count)
            .is_some_and(|kinds| kinds.contains(kind_id))
    }

    /// Sums the amounts of the types that count for something, by type id.
    ///
    /// Not observed when one of them has no amount: a sum of what happens to be there would be too small. Empty when no type counts.
    pub fn total(&self, count: Count, amounts: &BTreeMap<String, Decimal>) -> Known<Decimal> {
        let Some(kinds) = self.kinds.get(&count).filter(|kinds| !kinds.is_empty()) else {
            return Known::Cleared;
        };
        let sum: Option<Decimal> = kinds.iter().map(|kind| amounts.get(kind)).sum();
        sum.map_or(Known::NotObserved, Known::Value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_whose_amount_is_not_known_leaves_the_total_unknown() {
        let counting = Counting::default().with(Count::Paid, ["1", "2"]);
        let amounts = BTreeMap::from([("1".to_owned(), Decimal::ONE)]);
        assert!(counting.total(Count::Paid, &amounts) == Known::NotObserved);
        assert!(counting.total(Count::Deduction, &amounts) == Known::Cleared);
        assert!(counting.counts("1", Count::Paid) && !counting.counts("1", Count::Deduction));
    }
}
