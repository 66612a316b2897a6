use std::{
    collections::{BTreeMap, BTreeSet},
    num::NonZeroU32,
};

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::Budget;
use crate::{
    change::{ChangeId, Class},
    ledger::Executed,
};

/// How much may be taken away, and how many people invited, without asking within some hours, over any
/// number of runs.
///
/// What a person approved does not count: it was looked at. It makes no room either; the rest of the
/// hours allow what they would have allowed without.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Rolling {
    /// How many hours back effects are counted.
    pub hours: NonZeroU32,
    /// How many changes of each class there may be in these hours. One without an entry has the budget of a run.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(extend("propertyNames" = { "enum": ["clear", "lock", "remove", "forget", "invite"] })))]
    pub budgets: BTreeMap<Class, Budget>,
}

impl Rolling {
    /// Allows as much in so many hours as in a single run; 0 hours count as 1.
    pub fn hours(hours: u32) -> Self {
        Self {
            hours: NonZeroU32::new(hours).unwrap_or(NonZeroU32::MIN),
            budgets: BTreeMap::new(),
        }
    }

    /// Returns from when on effects count.
    pub(crate) fn since(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        let hours = TimeDelta::hours(i64::from(self.hours.get()));
        now.checked_sub_signed(hours)
            .unwrap_or(DateTime::<Utc>::MIN_UTC)
    }
}

/// Counts the effects of one class since a moment, apart from changes that are about to be
/// made: one that was begun before, and is planned again, is one and the same.
///
/// What seems to lie in the future counts too, since a clock that was put back must not forget it.
pub(super) fn spent(
    executed: &BTreeMap<ChangeId, Executed>,
    class: Class,
    since: DateTime<Utc>,
    planned: &BTreeSet<&ChangeId>,
) -> usize {
    executed
        .iter()
        .filter(|(id, it)| it.class == class && it.at > since && !planned.contains(id))
        .count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::HashKey;

    fn effect(class: Class, hour: i64) -> Executed {
        let at = DateTime::UNIX_EPOCH + TimeDelta::hours(hour);
        Executed { class, at }
    }

    /// Since hour 5, with a lock at hour 7 that is about to be made again.
    #[rstest::rstest]
    #[case::before(effect(Class::Lock, 4), 0)]
    #[case::at_that_very_moment(effect(Class::Lock, 5), 0)]
    #[case::after(effect(Class::Lock, 6), 1)]
    #[case::of_another_class(effect(Class::Clear, 6), 0)]
    #[case::in_the_future(effect(Class::Lock, 1000), 1)]
    fn effects_of_a_class_are_counted(#[case] other: Executed, #[case] count: usize) {
        let key = HashKey::new([1; 32]);
        let [again, id] =
            ["1", "2"].map(|source| ChangeId::of_creation(&key, "account", &source.into(), 0));
        let since = DateTime::UNIX_EPOCH + TimeDelta::hours(5);
        let executed = BTreeMap::from([(again.clone(), effect(Class::Lock, 7)), (id, other)]);
        let planned = BTreeSet::from([&again]);
        assert_eq!(spent(&executed, Class::Lock, since, &planned), count);
    }
}
