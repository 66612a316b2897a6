use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{Zones, attribute};
use crate::{FieldName, Mapping, Scope};

/// How accounts follow from employees.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AccountPolicy {
    /// Who takes part.
    pub scope: Scope,
    /// Which fields an account gets, and from where.
    pub mapping: Mapping,
    /// From when until when a person has access.
    pub access: AccessPolicy,
    /// Who is invited, and when.
    pub invitations: InvitationPolicy,
}

impl AccountPolicy {
    /// Returns the attributes of HR that the policy reads: what a credential must be allowed to see.
    ///
    /// The first day of work is among them. Where HR does not show it, the status tells who has started, and
    /// a last day that has passed ends nothing as long as the status does not say so too: it may be that of
    /// an employment before.
    pub fn attributes(&self) -> BTreeSet<FieldName> {
        let mapped = self.mapping.rules().flat_map(|(_, rule)| rule.attributes());
        let ends = self.access.end.iter().map(|sign| sign.attribute());
        let entity = self.scope.legal_entities.as_ref();
        mapped
            .chain(ends)
            .chain([attribute::STATUS, attribute::HIRE_DATE])
            .chain(entity.map(|_| attribute::LEGAL_ENTITY))
            .chain(self.access.zones.attribute.clone())
            .collect()
    }
}

/// From when until when a person has access.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct AccessPolicy {
    /// What a person gets before access begins.
    pub before_start: BeforeStart,
    /// How many days before the first day of work access begins, at the beginning of the day.
    pub lead_days: u16,
    /// What tells that access is over; the first of them that says anything decides.
    ///
    /// A sign that is not listed is not looked at, and a date that belongs to an employment before
    /// the current one says nothing.
    #[cfg_attr(feature = "schema", schemars(length(min = 1)))]
    pub end: Vec<EndSign>,
    /// What a person on long-term leave keeps.
    pub on_leave: OnLeave,
    /// In which zone the days of a person begin and end.
    pub zones: Zones,
}

impl Default for AccessPolicy {
    fn default() -> Self {
        Self {
            before_start: BeforeStart::default(),
            lead_days: 0,
            end: vec![
                EndSign::Status,
                EndSign::LastWorkingDay,
                EndSign::TerminationDate,
            ],
            on_leave: OnLeave::default(),
            zones: Zones::default(),
        }
    }
}

/// What a person gets before access begins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum BeforeStart {
    /// No account yet.
    Nothing,
    /// An account without access.
    #[default]
    Staged,
    /// An account with access.
    Active,
}

/// Something in HR that tells that a person's access is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum EndSign {
    /// The status is `inactive`; any other status says nothing about the end.
    ///
    /// HR changes the status when a day ends where the customer is. Where the person is, that day may still
    /// go on: if a listed date explains the change, the person's own day decides.
    Status,
    /// The last day of work has passed.
    LastWorkingDay,
    /// The last day of the contract has passed.
    TerminationDate,
}

impl EndSign {
    /// Returns the attribute of HR that tells it.
    pub fn attribute(self) -> FieldName {
        match self {
            Self::Status => attribute::STATUS,
            Self::LastWorkingDay => attribute::LAST_WORKING_DAY,
            Self::TerminationDate => attribute::TERMINATION_DATE,
        }
    }
}

/// What a person on long-term leave keeps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum OnLeave {
    /// Access stays.
    #[default]
    Keep,
    /// The account is locked until the person is back.
    Lock,
}

/// Who is invited, and when. Where people sign in elsewhere, nobody needs to be.
///
/// Whoever is invited has an account that the sync created, access to it, and an e-mail address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct InvitationPolicy {
    /// When people are invited.
    pub when: InviteWhen,
    /// What the product sends, in its own words. A person gets each template once.
    pub template: String,
}

impl Default for InvitationPolicy {
    fn default() -> Self {
        Self {
            when: InviteWhen::default(),
            template: "welcome".to_owned(),
        }
    }
}

/// When people are invited.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum InviteWhen {
    /// Nobody is invited by the sync.
    #[default]
    Never,
    /// As soon as they have access, which may be some days before the first day of work.
    WithAccess,
    /// On the first day of work.
    OnFirstDay,
}
