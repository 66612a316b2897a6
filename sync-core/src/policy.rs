use std::{collections::BTreeMap, num::NonZeroU32};

use serde::{Deserialize, Serialize};

use crate::{FieldName, change::Class, guard::Budget};

/// The settings of the steps that are the same for every kind of record.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SyncPolicy {
    /// What happens at the beginning and at the end of a record's life.
    pub lifecycle: LifecyclePolicy,
    /// Who owns a field. One without an entry belongs to HR ([`Ownership::Enforce`]).
    pub ownership: BTreeMap<FieldName, Ownership>,
    /// How much may be taken away in one run without asking. A class without an entry has the
    /// default of [`Budget::default_for`].
    pub budgets: BTreeMap<Class, Budget>,
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
            },
            ..Self::default()
        }
    }

    /// The policy for time entries: what is withdrawn on the leading side is left on the other, what
    /// was removed there is not sent again.
    pub fn for_attendances() -> Self {
        Self {
            lost: LostAction::Leave,
            ..Self::leaving()
        }
    }

    /// The policy for organisation units: none is ever taken away.
    pub fn for_org_units() -> Self {
        Self::leaving()
    }

    /// Ends nothing, whatever becomes of it.
    fn leaving() -> Self {
        Self {
            ended: EndAction::Leave,
            descoped: EndAction::Leave,
            vanished: Vanished {
                action: EndAction::Leave,
                snapshots: 1,
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

    /// The policy for time entries, see [`LifecyclePolicy::for_attendances`].
    pub fn for_attendances() -> Self {
        Self {
            lifecycle: LifecyclePolicy::for_attendances(),
            ..Self::default()
        }
    }

    /// The policy for organisation units, see [`LifecyclePolicy::for_org_units`].
    pub fn for_org_units() -> Self {
        Self {
            lifecycle: LifecyclePolicy::for_org_units(),
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
