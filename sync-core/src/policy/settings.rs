//! All settings as they are written down. A new section is added here, in [`Policy`](super::Policy), and in the checks.

use std::{
    collections::{BTreeMap, BTreeSet},
    num::{NonZeroU32, NonZeroUsize},
    time::Duration,
};

use chrono::{Datelike as _, NaiveDate};
use serde::{Deserialize, Serialize};

use super::{
    Adoption, EndAction, KeyReuse, LifecyclePolicy, LostAction, Ownership, RescindAction,
    RetryPolicy, ReturnAction, SyncPolicy, Vanished, Withdrawal, WithoutKey,
};
#[cfg(feature = "schedule")]
use crate::schedule::TimetableSettings;
use crate::{
    AbsencePolicy, AccountPolicy, ApplyOptions, AttendancePolicy, FieldName, Mapping,
    OrgUnitPolicy, Scope, Window,
    absence::{Approval, Counting, FitPolicy, Label},
    attendance::Ready,
    change::Class,
    employee::{AccessPolicy, InvitationPolicy},
    guard::{Budget, Rolling},
    org_unit::UnitKind,
};

/// Everything that a customer can choose, as it is written down. It becomes a [`Policy`](super::Policy) once it is
/// found to be possible.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct PolicySettings {
    /// For how many days the protocol keeps a run.
    #[cfg_attr(feature = "schema", schemars(range(min = 1)))]
    pub history_days: u32,
    /// People and their accounts.
    pub accounts: AccountSettings,
    /// Departments, teams and other units.
    pub org_units: OrgUnitSettings,
    /// Absences.
    pub absences: AbsenceSettings,
    /// Time that people worked.
    pub attendances: AttendanceSettings,
    /// Kinds of record of the host's own, by their names: what follows from absences for desks or shifts, for
    /// instance. A kind without an entry has the defaults.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub own_kinds: BTreeMap<String, OwnKindSettings>,
    /// How plans are carried out.
    pub apply: ApplySettings,
    /// How long a record is left alone whose change was tried and not made.
    pub retry: RetryPolicy,
    /// When what runs. Without it, nothing runs by itself. Areas are named like the sections here: `accounts`,
    /// `org_units`, `absences`, `attendances`; a host may have others besides.
    #[cfg(feature = "schedule")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub schedule: Option<TimetableSettings>,
}

impl Default for PolicySettings {
    fn default() -> Self {
        Self {
            history_days: SyncPolicy::default().history_days,
            accounts: AccountSettings::default(),
            org_units: OrgUnitSettings::default(),
            absences: AbsenceSettings::default(),
            attendances: AttendanceSettings::default(),
            own_kinds: BTreeMap::new(),
            apply: ApplySettings::default(),
            retry: RetryPolicy::default(),
            #[cfg(feature = "schedule")]
            schedule: None,
        }
    }
}

/// Which way records go. The side from which they come leads: what the other side changes is overwritten.
///
/// The host reads this: the engine compares two sides without knowing which of them is HR.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Flow {
    /// From HR to the product.
    FromHr,
    /// From the product to HR, which needs the right to write there.
    ToHr,
    /// Not at all.
    Off,
}

/// People and their accounts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct AccountSettings {
    /// Which way they go.
    pub flow: Flow,
    /// Who takes part.
    pub scope: Scope,
    /// Which fields an account gets, and from where. Whoever writes this names all of them.
    #[cfg_attr(feature = "schema", schemars(extend("propertyNames" = { "minLength": 1, "not": { "const": "access" } })))]
    pub mapping: Mapping,
    /// Who owns a field of the mapping. One that is not named belongs to HR (`enforce`).
    pub ownership: BTreeMap<FieldName, Ownership>,
    /// From when until when a person has access.
    pub access: AccessPolicy,
    /// Who is invited, and when.
    pub invitations: InvitationPolicy,
    /// What happens at the beginning and at the end of a record's life.
    pub lifecycle: LifecycleSettings,
    /// How much may be taken away without asking.
    pub guard: GuardSettings,
}

impl Default for AccountSettings {
    fn default() -> Self {
        let AccountPolicy {
            scope,
            mapping,
            access,
            invitations,
        } = AccountPolicy::default();
        Self {
            flow: Flow::FromHr,
            scope,
            mapping,
            ownership: BTreeMap::new(),
            access,
            invitations,
            lifecycle: LifecycleSettings::default(),
            guard: GuardSettings::default(),
        }
    }
}

/// Departments, teams and other units.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct OrgUnitSettings {
    /// Which way they go.
    pub flow: Flow,
    /// Only these kinds; all when it is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(length(min = 1)))]
    pub kinds: Option<BTreeSet<UnitKind>>,
    /// What happens at the beginning and at the end of a record's life.
    pub lifecycle: LifecycleSettings,
    /// How much may be taken away without asking.
    pub guard: GuardSettings,
}

impl Default for OrgUnitSettings {
    fn default() -> Self {
        Self {
            flow: Flow::Off,
            kinds: OrgUnitPolicy::default().kinds,
            lifecycle: LifecycleSettings::default(),
            guard: GuardSettings::default(),
        }
    }
}

/// Absences.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct AbsenceSettings {
    /// Which way they go.
    pub flow: Flow,
    /// Only these types of absence, by identifier or name; all when it is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(length(min = 1)))]
    pub kinds: Option<BTreeSet<String>>,
    /// Which requests are transferred; each carries its state.
    #[cfg_attr(feature = "schema", schemars(length(min = 1)))]
    pub approvals: BTreeSet<Approval>,
    /// What the product shows as the reason.
    pub label: Label,
    /// The days that a run is about. What lies outside is left as it is.
    pub window: AbsenceWindow,
    /// What happens to absences that the product's calendar cannot hold as they are.
    pub fit: FitPolicy,
    /// What types of absence count for, by their identifiers in HR.
    #[cfg_attr(feature = "schema", schemars(extend("propertyNames" = { "enum": ["entitlement", "deduction", "paid"] })))]
    pub counting: Counting,
    /// What happens at the beginning and at the end of a record's life.
    pub lifecycle: LifecycleSettings,
    /// How much may be taken away without asking.
    pub guard: GuardSettings,
}

impl Default for AbsenceSettings {
    fn default() -> Self {
        let AbsencePolicy {
            kinds,
            label,
            approvals,
            fit,
        } = AbsencePolicy::default();
        Self {
            flow: Flow::FromHr,
            kinds,
            approvals,
            label,
            window: AbsenceWindow::default(),
            fit,
            counting: Counting::default(),
            lifecycle: LifecycleSettings::default(),
            guard: GuardSettings::default(),
        }
    }
}

/// The days of absence that a run is about. They move with the current day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum AbsenceWindow {
    /// All that HR has.
    #[default]
    All,
    /// From 1 January to 31 December of the current year.
    CurrentYear,
    /// Some days before and after the current one, which is among them.
    Days {
        /// How many days back.
        #[cfg_attr(feature = "schema", schemars(range(max = 3_660)))]
        before: u32,
        /// How many days ahead.
        #[cfg_attr(feature = "schema", schemars(range(max = 3_660)))]
        after: u32,
    },
}

impl AbsenceWindow {
    /// Returns the days of a run; `None` when it is about all.
    pub fn on(&self, today: NaiveDate) -> Option<Window> {
        let new_year = |year| NaiveDate::from_ymd_opt(year, 1, 1);
        match *self {
            Self::All => None,
            Self::CurrentYear => {
                let first = new_year(today.year())?;
                let last = new_year(today.year() + 1)?.pred_opt()?;
                Window::new(first, last).ok()
            }
            Self::Days { before, after } => Some(Window::around(today, before, after)),
        }
    }
}

/// Time that people worked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct AttendanceSettings {
    /// Which way they go.
    pub flow: Flow,
    /// What must have happened to an entry first.
    pub ready: Ready,
    /// How many minutes before the run that must have happened at least, so that nothing is sent that is
    /// still being corrected.
    pub settled_minutes: u32,
    /// Where entries must be verified: how many months after the day of work that may be at the latest. Later ones
    /// are reported instead of sent.
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 1_200)))]
    pub verified_within_months: Option<u32>,
    /// How many days before the current one the very first run begins.
    pub first_days: u32,
    /// What happens at the beginning and at the end of a record's life.
    pub lifecycle: LifecycleSettings,
    /// How much may be taken away without asking.
    pub guard: GuardSettings,
}

impl Default for AttendanceSettings {
    fn default() -> Self {
        let AttendancePolicy {
            ready,
            settled_minutes,
            verified_within_months,
            first_days,
        } = AttendancePolicy::default();
        Self {
            flow: Flow::Off,
            ready,
            settled_minutes,
            verified_within_months,
            first_days,
            lifecycle: LifecycleSettings::default(),
            guard: GuardSettings::default(),
        }
    }
}

/// A kind of record of the host's own.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct OwnKindSettings {
    /// What happens at the beginning and at the end of a record's life.
    pub lifecycle: LifecycleSettings,
    /// How much may be taken away without asking.
    pub guard: GuardSettings,
}

/// What happens at the beginning and at the end of a record's life. What is left out follows from the kind of
/// record, see [`LifecyclePolicy`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct LifecycleSettings {
    /// When HR says that the record is over.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended: Option<EndAction>,
    /// When the record no longer takes part. Anything but `leave` is held until a person approves.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub descoped: Option<EndAction>,
    /// When complete snapshots lack the record.
    pub vanished: VanishedSettings,
    /// When the product lost a record that the sync had created.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lost: Option<LostAction>,
    /// When HR has a record again that was removed from the product.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub returned: Option<ReturnAction>,
    /// For how many days a record is locked before it is removed, where it is removed at all; 0 for a removal at
    /// once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grace_days: Option<u32>,
    /// When a record that was only prepared, and that nobody has used, is over before it began.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rescinded: Option<RescindAction>,
    /// Whether a record of the product that has the same key, and no other mark, is taken into care.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub adoption: Option<Adoption>,
    /// What becomes of a record that has no key, so that nobody can tell whether the product has it already.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub without_key: Option<WithoutKey>,
    /// When a key, such as an e-mail address, of somebody who left may be given to somebody else.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reuse: Option<KeyReuse>,
}

/// What happens to a record that complete snapshots lack.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct VanishedSettings {
    /// How the record is ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action: Option<EndAction>,
    /// How many complete snapshots in a row must lack it first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub snapshots: Option<NonZeroU32>,
    /// How many times 24 hours it must be missing besides, from the first of them to the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub days: Option<u32>,
}

impl LifecycleSettings {
    /// Returns the policy, with that of the kind of record for what is left out.
    pub fn over(&self, kind: LifecyclePolicy) -> LifecyclePolicy {
        let snapshots = self.vanished.snapshots.map(NonZeroU32::get);
        LifecyclePolicy {
            ended: self.ended.unwrap_or(kind.ended),
            descoped: self.descoped.unwrap_or(kind.descoped),
            vanished: Vanished {
                action: self.vanished.action.unwrap_or(kind.vanished.action),
                snapshots: snapshots.unwrap_or(kind.vanished.snapshots),
                days: self.vanished.days.unwrap_or(kind.vanished.days),
            },
            lost: self.lost.unwrap_or(kind.lost),
            returned: self.returned.unwrap_or(kind.returned),
            grace_days: self.grace_days.unwrap_or(kind.grace_days),
            rescinded: self.rescinded.unwrap_or(kind.rescinded),
            adoption: self.adoption.unwrap_or(kind.adoption),
            without_key: self.without_key.unwrap_or(kind.without_key),
            reuse: self.reuse.unwrap_or(kind.reuse),
        }
    }
}

/// How much may be taken away, and how many people invited, without asking.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct GuardSettings {
    /// How much in one run, by class: `clear`, `lock`, `remove`, `forget`, `invite`. A class that is not named has the
    /// budget of its kind of record.
    #[cfg_attr(feature = "schema", schemars(extend("propertyNames" = { "enum": ["clear", "lock", "remove", "forget", "invite"] })))]
    pub budgets: BTreeMap<Class, Budget>,
    /// How much in several runs together. By default a day and a week may take no more than a single run.
    pub rolling: Vec<Rolling>,
    /// From when on a field that goes for nearly everybody is taken for a right that was withdrawn.
    pub withdrawal: Withdrawal,
}

impl Default for GuardSettings {
    fn default() -> Self {
        let SyncPolicy {
            rolling,
            withdrawal,
            ..
        } = SyncPolicy::default();
        Self {
            budgets: BTreeMap::new(),
            rolling,
            withdrawal,
        }
    }
}

/// How plans are carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct ApplySettings {
    /// How many batches may be under way at once.
    pub concurrency: NonZeroUsize,
    /// How often a change is tried in one run that the product cannot make now.
    pub attempts: NonZeroUsize,
    /// How many seconds to wait before the second attempt; doubled for each one after it. A longer wait that the
    /// product asks for is respected.
    pub wait_seconds: u32,
    /// How many seconds the whole run may wait for the product, all waits added up. What would take longer is left
    /// for the next run.
    pub patience_seconds: u32,
}

impl Default for ApplySettings {
    fn default() -> Self {
        let options = ApplyOptions::default();
        let seconds = |time: Duration| u32::try_from(time.as_secs()).unwrap_or(u32::MAX);
        Self {
            concurrency: options.concurrency,
            attempts: options.attempts,
            wait_seconds: seconds(options.wait),
            patience_seconds: seconds(options.patience),
        }
    }
}

impl ApplySettings {
    /// Returns the options for [`apply`](fn@crate::apply), without those that are no matter of policy.
    pub fn options(&self) -> ApplyOptions<'static> {
        ApplyOptions {
            concurrency: self.concurrency,
            attempts: self.attempts,
            wait: Duration::from_secs(self.wait_seconds.into()),
            patience: Duration::from_secs(self.patience_seconds.into()),
            ..ApplyOptions::default()
        }
    }
}
