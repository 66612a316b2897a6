use std::{collections::BTreeMap, num::NonZeroU32};

use serde::{Deserialize, Serialize};

use crate::{
    FieldName,
    change::Class,
    guard::{Budget, Rolling},
};

/// The settings of the steps that are the same for every kind of record.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SyncPolicy {
    /// What happens at the beginning and at the end of a record's life.
    pub lifecycle: LifecyclePolicy,
    /// Who owns a field. One without an entry belongs to HR ([`Ownership::Enforce`]).
    pub ownership: BTreeMap<FieldName, Ownership>,
    /// How much may be taken away in one run without asking. A class without an entry has the
    /// default of [`Budget::default_for`].
    pub budgets: BTreeMap<Class, Budget>,
    /// How much may be taken away in several runs together. By default a day and a week may take no
    /// more than a single run.
    pub rolling: Vec<Rolling>,
    /// From when on a field that goes for nearly everybody is taken for a right that was withdrawn.
    pub withdrawal: Withdrawal,
    /// For how many days the protocol keeps a run.
    pub history_days: u32,
}

impl Default for SyncPolicy {
    fn default() -> Self {
        Self {
            lifecycle: LifecyclePolicy::default(),
            ownership: BTreeMap::new(),
            budgets: BTreeMap::new(),
            rolling: vec![Rolling::hours(24), Rolling::hours(7 * 24)],
            withdrawal: Withdrawal::default(),
            history_days: 62,
        }
    }
}

/// From when on a field that goes for nearly everybody is taken for a right that was withdrawn.
///
/// Personio leaves out what the credential may not read, or shows it empty, without a word. At
/// least two records are needed; a single one tells nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Withdrawal {
    /// The field was there before for at least this share of the records, in percent ...
    pub seen_percent: u8,
    /// ... and is not there any more for at least this share of those, in percent.
    pub gone_percent: u8,
}

impl Default for Withdrawal {
    fn default() -> Self {
        Self {
            seen_percent: 50,
            gone_percent: 90,
        }
    }
}

/// What happens at the beginning and at the end of a record's life. The defaults lock rather than remove.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LifecyclePolicy {
    /// When HR says that the record is over.
    pub ended: EndAction,
    /// When the record no longer takes part. Anything but [`EndAction::Leave`] is held until a person approves.
    pub descoped: EndAction,
    /// When complete snapshots lack the record.
    pub vanished: Vanished,
    /// When the product lost a record that the sync had created.
    pub lost: LostAction,
    /// When HR has a record again that was removed from the product.
    pub returned: ReturnAction,
}

impl LifecyclePolicy {
    /// The policy for absences: what HR withdraws or deletes disappears from the calendar.
    pub fn for_absences() -> Self {
        Self {
            ended: EndAction::Remove,
            vanished: Vanished {
                action: EndAction::Remove,
                snapshots: 1,
                days: 0,
            },
            ..Self::default()
        }
    }
}

impl Default for LifecyclePolicy {
    fn default() -> Self {
        Self {
            ended: EndAction::Lock,
            descoped: EndAction::Leave,
            vanished: Vanished {
                action: EndAction::Lock,
                snapshots: 2,
                days: 1,
            },
            lost: LostAction::Recreate,
            returned: ReturnAction::Recreate,
        }
    }
}

/// How a record of the product is ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EndAction {
    /// It stays as it is.
    Leave,
    /// It stays without access.
    Lock,
    /// It is removed.
    Remove,
}

/// What happens to a record that complete snapshots lack.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Vanished {
    /// How the record is ended.
    pub action: EndAction,
    /// How many complete snapshots in a row must lack it first; 0 and 1 are the same.
    pub snapshots: u32,
    /// How many times 24 hours it must be missing besides, from the first of them to the last.
    #[serde(default)]
    pub days: u32,
}

/// What happens when the product lost a record that the sync had created.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LostAction {
    /// It is created again.
    Recreate,
    /// It is left out: whoever removed it in the product meant it.
    Leave,
}

/// What happens when HR has a record again that was removed from the product.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReturnAction {
    /// It is created again, as a new generation.
    Recreate,
    /// It is left out.
    Leave,
}

/// Who owns a field of a record that both sides have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ownership {
    /// HR owns it; a change in the product is overwritten.
    #[default]
    Enforce,
    /// HR sets it once, at creation; after that it belongs to the product.
    InitialOnly,
    /// A change in the product stays until HR itself changes the value.
    RespectLocal,
}

impl SyncPolicy {
    /// The policy for absences, see [`LifecyclePolicy::for_absences`].
    pub fn for_absences() -> Self {
        Self {
            lifecycle: LifecyclePolicy::for_absences(),
            budgets: BTreeMap::from([(
                Class::Remove,
                Budget::new(NonZeroU32::new(10).expect("10 is not 0"), 30),
            )]),
            ..Self::default()
        }
    }

    pub(crate) fn owner(&self, field: &FieldName) -> Ownership {
        self.ownership.get(field).copied().unwrap_or_default()
    }

    /// Returns the budget of a class, or `None` for classes that need none.
    pub fn budget(&self, class: Class) -> Option<Budget> {
        class.is_destructive().then(|| {
            self.budgets
                .get(&class)
                .copied()
                .or_else(|| Budget::default_for(class))
                .unwrap_or_default()
        })
    }
}
