use std::{collections::BTreeMap, num::NonZeroU32};

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    FieldName, LedgerState,
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
    /// How much may be taken away, and how many people invited, in one run without asking. A class without an entry has the
    /// default of [`Budget::default_for`].
    pub budgets: BTreeMap<Class, Budget>,
    /// How long to leave alone what fails.
    pub retry: RetryPolicy,
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
            retry: RetryPolicy::default(),
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
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Withdrawal {
    /// The share of the records, in percent, for which the field must have been there before.
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 100)))]
    pub seen_percent: u8,
    /// The share of those, in percent, for which it must not be there any more.
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 100)))]
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
    /// For how many days a record is locked before it is removed, where it is removed at all; 0 for
    /// a removal at once. Counted from the moment at which the sync saw it locked.
    pub grace_days: u32,
    /// When a record that was only prepared, and that nobody has used, is over before it began.
    pub rescinded: RescindAction,
    /// Whether a record of the product that has the same key, and no other mark, is taken into care.
    pub adoption: Adoption,
    /// What becomes of a record that has no key, so that nobody can tell whether the product has it already.
    pub without_key: WithoutKey,
    /// When a key, such as an e-mail address, of somebody who left may be given to somebody else.
    pub reuse: KeyReuse,
}

impl LifecyclePolicy {
    /// Returns when the next grace ends: the moment after `now` at which a run is due although nothing happens in HR.
    pub fn next_removal(&self, ledger: &LedgerState, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let locked = ledger.links.values().filter_map(|link| link.locked);
        let ends = locked.filter_map(|locked| Some(self.end_of_grace(locked.since?)));
        ends.filter(|end| self.grace_days > 0 && *end > now).min()
    }

    /// Returns when a record that is locked since a moment may be removed.
    pub(crate) fn end_of_grace(&self, since: DateTime<Utc>) -> DateTime<Utc> {
        let grace = TimeDelta::days(self.grace_days.into());
        since
            .checked_add_signed(grace)
            .unwrap_or(DateTime::<Utc>::MAX_UTC)
    }

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
            grace_days: 0,
            rescinded: RescindAction::default(),
            adoption: Adoption::default(),
            without_key: WithoutKey::default(),
            reuse: KeyReuse::default(),
        }
    }
}

/// How long a record is left alone whose change was tried and not made. Others are not affected.
///
/// The run after the first failure tries again, whenever it is. From the second failure on there is a pause that
/// doubles each time. Another wish of HR is tried at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct RetryPolicy {
    /// The pause after the second failure, in minutes.
    pub pause_minutes: u32,
    /// The longest pause, in minutes.
    pub longest_pause_minutes: u32,
    /// For how many days after the first failure it is tried at all. A lock is never given up.
    pub for_days: u32,
}

impl Default for RetryPolicy {
    /// From ten minutes to a day, for a week.
    fn default() -> Self {
        Self {
            pause_minutes: 10,
            longest_pause_minutes: 24 * 60,
            for_days: 7,
        }
    }
}

impl RetryPolicy {
    /// Returns the pause after so many failures.
    pub(crate) fn pause(&self, failures: u32) -> TimeDelta {
        let Some(doublings) = failures.checked_sub(2) else {
            return TimeDelta::zero();
        };
        let factor = 1_u32.checked_shl(doublings).unwrap_or(u32::MAX);
        let minutes = self.pause_minutes.saturating_mul(factor);
        TimeDelta::minutes(i64::from(minutes.min(self.longest_pause_minutes)))
    }

    /// Returns how long after the first failure it is tried at all.
    pub(crate) fn patience(&self) -> TimeDelta {
        TimeDelta::days(i64::from(self.for_days))
    }
}

/// How a record of the product is ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum LostAction {
    /// It is created again.
    Recreate,
    /// It is left out: whoever removed it in the product meant it.
    Leave,
}

/// What happens when HR has a record again that was removed from the product.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ReturnAction {
    /// It is created again, as a new generation.
    Recreate,
    /// It is left out.
    Leave,
}

/// What happens to a record that was only prepared, and that is over before anybody has used it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum RescindAction {
    /// It is removed at once, if the sync created it.
    #[default]
    Remove,
    /// It is ended like any other.
    AsEnded,
}

/// Whether a record of the product that has the same key is taken into care.
///
/// Keys are compared in any case only when everything was read: where something is missing, another one may
/// have the same key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Adoption {
    /// Yes, if it is the only one on either side.
    #[default]
    Automatic,
    /// Only after a person has confirmed it.
    Ask,
    /// No; the record of HR is left out for as long as the key is taken.
    Never,
}

/// What becomes of a record that has no key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum WithoutKey {
    /// It is created.
    #[default]
    Create,
    /// It is left out and reported, since the product may have it already.
    Leave,
}

/// When a key of somebody who left may be given to somebody else.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum KeyReuse {
    /// When the record is removed from the product.
    #[default]
    AfterRemoval,
    /// When the record is locked, in products that allow it.
    AfterLock,
}

/// Who owns a field of a record that both sides have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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
        class.is_counted().then(|| {
            self.budgets
                .get(&class)
                .copied()
                .or_else(|| Budget::default_for(class))
                .unwrap_or_default()
        })
    }
}
