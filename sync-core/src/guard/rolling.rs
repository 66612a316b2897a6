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
