use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{
    GuardSettings, LifecycleSettings, OwnKindSettings, PolicyError, PolicySettings, SyncPolicy,
    check::check,
    node::Node,
    problem::{Found, Problem},
    read::read,
};
#[cfg(feature = "schedule")]
use super::{node::shown, problem::Path};
#[cfg(feature = "schedule")]
use crate::schedule::Timetable;
use crate::{AbsencePolicy, AccountPolicy, AttendancePolicy, OrgUnitPolicy};

/// Everything that a customer can choose, found to be possible. Made from [`PolicySettings`], and read from and
/// written as them.
///
/// The default takes people and absences from HR, locks rather than removes, invites nobody, and runs
/// only when it is asked to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "PolicySettings", into = "PolicySettings")]
pub struct Policy {
    settings: PolicySettings,
    accounts: Rules<AccountPolicy>,
    org_units: Rules<OrgUnitPolicy>,
    absences: Rules<AbsencePolicy>,
    attendances: Rules<AttendancePolicy>,
    #[cfg(feature = "schedule")]
    timetable: Option<Timetable>,
}

/// The policy for one kind of record.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Rules<P> {
    /// What the product should have.
    pub desire: P,
    /// How it gets there.
    pub sync: SyncPolicy,
}

impl Policy {
    /// Reads TOML.
    ///
    /// # Errors
    ///
    /// With every problem of the text.
    #[cfg(feature = "toml")]
    pub fn from_toml(text: &str) -> Result<Self, PolicyError> {
        Self::from_node(super::node::from_toml::parse(text)?)
    }

    /// Reads JSON.
    ///
    /// # Errors
    ///
    /// With every problem of the text.
    pub fn from_json(text: &str) -> Result<Self, PolicyError> {
        let node = serde_json::from_str(text).map_err(|error| {
            let text = error.to_string();
            let what = text.split(" at line ").next().unwrap_or_default();
            Problem::unreadable("JSON", what, Some(error.line()))
        })?;
        Self::from_node(node)
    }

    fn from_node(mut node: Node) -> Result<Self, PolicyError> {
        let reading = read::<PolicySettings>(&mut node);
        let mut problems = reading.problems;
        let Some(settings) = reading.settings else {
            return Err(PolicyError::of(problems));
        };
        let policy = Self::new(settings, &reading.spoilt);
        match policy {
            Ok(policy) if problems.is_empty() => Ok(policy),
            Ok(_) => Err(PolicyError::of(problems)),
            Err(found) => {
                problems.extend(found.into_iter().map(|found| {
                    let line = node.line_of(&found.path);
                    found.on(line)
                }));
                Err(PolicyError::of(problems))
            }
        }
    }

    /// Checks settings, apart from sections of which it is known that they are wrong.
    fn new(settings: PolicySettings, spoilt: &BTreeSet<String>) -> Result<Self, Vec<Found>> {
        let policy = Self::unchecked(settings);
        let mut found = check(&policy, spoilt);
        #[cfg(feature = "schedule")]
        let policy = policy.with_timetable(&mut found);
        found.retain(|found| !found.path.section().is_some_and(|it| spoilt.contains(it)));
        match found.is_empty() {
            true => Ok(policy),
            false => Err(found),
        }
    }

    fn unchecked(settings: PolicySettings) -> Self {
        let of_kind = |kind: SyncPolicy, lifecycle: &LifecycleSettings, guard: &GuardSettings| {
            of_kind(&settings, kind, lifecycle, guard)
        };
        let PolicySettings {
            accounts,
            org_units,
            absences,
            attendances,
            ..
        } = &settings;
        Self {
            accounts: Rules {
                desire: AccountPolicy {
                    scope: accounts.scope.clone(),
                    mapping: accounts.mapping.clone(),
                    access: accounts.access.clone(),
                    invitations: accounts.invitations.clone(),
                },
                sync: SyncPolicy {
                    ownership: accounts.ownership.clone(),
                    ..of_kind(SyncPolicy::default(), &accounts.lifecycle, &accounts.guard)
                },
            },
            org_units: Rules {
                desire: OrgUnitPolicy {
                    kinds: org_units.kinds.clone(),
                },
                sync: of_kind(
                    SyncPolicy::for_org_units(),
                    &org_units.lifecycle,
                    &org_units.guard,
                ),
            },
            absences: Rules {
                desire: AbsencePolicy {
                    kinds: absences.kinds.clone(),
                    label: absences.label.clone(),
                    approvals: absences.approvals.clone(),
                    fit: absences.fit,
                },
                sync: of_kind(
                    SyncPolicy::for_absences(),
                    &absences.lifecycle,
                    &absences.guard,
                ),
            },
            attendances: Rules {
                desire: AttendancePolicy {
                    ready: attendances.ready,
                    settled_minutes: attendances.settled_minutes,
                    verified_within_months: attendances.verified_within_months,
                    first_days: attendances.first_days,
                },
                sync: of_kind(
                    SyncPolicy::for_attendances(),
                    &attendances.lifecycle,
                    &attendances.guard,
                ),
            },
            #[cfg(feature = "schedule")]
            timetable: None,
            settings,
        }
    }

    #[cfg(feature = "schedule")]
    fn with_timetable(self, found: &mut Vec<Found>) -> Self {
        let Some(settings) = self.settings.schedule.clone() else {
            return self;
        };
        match Timetable::try_from(settings) {
            Ok(timetable) => Self {
                timetable: Some(timetable),
                ..self
            },
            Err(error) => {
                let error = error.within("schedule");
                let path = Path::from(error.path());
                found.push(Problem::value(path, shown(error.value()), error.allowed()));
                self
            }
        }
    }

    /// Returns the settings from which the policy was made.
    pub fn settings(&self) -> &PolicySettings {
        &self.settings
    }

    /// Returns the policy for accounts.
    pub fn accounts(&self) -> &Rules<AccountPolicy> {
        &self.accounts
    }

    /// Returns the policy for organisation units.
    pub fn org_units(&self) -> &Rules<OrgUnitPolicy> {
        &self.org_units
    }

    /// Returns the policy for absences.
    pub fn absences(&self) -> &Rules<AbsencePolicy> {
        &self.absences
    }

    /// Returns the policy for time entries.
    pub fn attendances(&self) -> &Rules<AttendancePolicy> {
        &self.attendances
    }

    /// Returns how changes of a kind of record of the host's own are decided.
    pub fn own_kind(&self, kind: &str) -> SyncPolicy {
        let settings = self.settings.own_kinds.get(kind).cloned();
        let OwnKindSettings { lifecycle, guard } = settings.unwrap_or_default();
        of_kind(&self.settings, SyncPolicy::default(), &lifecycle, &guard)
    }

    /// Returns when what runs; `None` when nothing runs by itself.
    #[cfg(feature = "schedule")]
    #[cfg_attr(docsrs, doc(cfg(feature = "schedule")))]
    pub fn timetable(&self) -> Option<&Timetable> {
        self.timetable.as_ref()
    }
}

/// Puts what is written over what a kind of record has by itself.
fn of_kind(
    settings: &PolicySettings,
    kind: SyncPolicy,
    lifecycle: &LifecycleSettings,
    guard: &GuardSettings,
) -> SyncPolicy {
    let mut budgets = kind.budgets;
    budgets.extend(&guard.budgets);
    SyncPolicy {
        lifecycle: lifecycle.over(kind.lifecycle),
        budgets,
        rolling: guard.rolling.clone(),
        withdrawal: guard.withdrawal,
        history_days: settings.history_days,
        retry: settings.retry,
        ..kind
    }
}

impl Default for Policy {
    fn default() -> Self {
        Self::unchecked(PolicySettings::default())
    }
}

impl TryFrom<PolicySettings> for Policy {
    type Error = PolicyError;

    fn try_from(settings: PolicySettings) -> Result<Self, PolicyError> {
        Self::new(settings, &BTreeSet::new()).map_err(|found| {
            let problems = found.into_iter().map(|found| found.on(None));
            PolicyError::of(problems.collect())
        })
    }
}

impl From<Policy> for PolicySettings {
    fn from(policy: Policy) -> Self {
        policy.settings
    }
}
