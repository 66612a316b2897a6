use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{Absence, AbsencePeriod, Approval, FitPolicy};
use crate::{
    Desired, Known, Snapshot, SourceId, TargetId, Wish,
    desired::{BlockReason, EndReason},
    scope::ScopeReason,
    text::fold,
};

/// How absences follow from absence periods.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AbsencePolicy {
    /// Only these types of absence, by identifier or name; `None` means all.
    pub kinds: Option<BTreeSet<String>>,
    /// What the product shows as the reason.
    pub label: Label,
    /// Which requests the product gets; each carries its state. Only what counts, by default.
    pub approvals: BTreeSet<Approval>,
    /// What happens to absences that the product's calendar cannot hold as they are, see [`fit`](super::fit).
    pub fit: FitPolicy,
}

impl Default for AbsencePolicy {
    fn default() -> Self {
        Self {
            kinds: None,
            label: Label::default(),
            approvals: BTreeSet::from([Approval::Approved]),
            fit: FitPolicy::default(),
        }
    }
}

/// What the product shows as the reason of an absence. The default reveals nothing.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Label {
    /// The word "absent" for every type.
    #[default]
    Absent,
    /// A label for each listed type, by identifier or name; "absent" for all others.
    Listed(BTreeMap<String, String>),
    /// The name of the type as HR has it.
    AsInHr,
    /// The product's own type of the same wording, from this list of all that it has. Case, blanks around
    /// it and the composition of letters do not matter. An absence of a type without a namesake waits.
    Namesake(BTreeSet<String>),
}

/// What a product shows of an absence whose reason it need not know.
pub const ABSENT: &str = "absent";

/// Decides for every absence period which absence the product should have.
///
/// `accounts` says which account belongs to which employee. Pure: no clock, no settings but the
/// arguments.
pub fn desire(
    snapshot: &Snapshot<AbsencePeriod>,
    accounts: &BTreeMap<SourceId, TargetId>,
    policy: &AbsencePolicy,
) -> Desired<Absence> {
    snapshot
        .desire(|_, period| wish(period, accounts, policy))
        .under(policy)
}

fn wish(
    period: &AbsencePeriod,
    accounts: &BTreeMap<SourceId, TargetId>,
    policy: &AbsencePolicy,
) -> Wish<Absence> {
    let Known::Value(approval) = period.approval else {
        return Wish::Blocked(BlockReason::StatusUnknown);
    };
    if !policy.approvals.contains(&approval) {
        return Wish::Ended(EndReason::NotApproved);
    }
    if period.span.is_empty() {
        return Wish::Blocked(BlockReason::NoTime);
    }
    if let Some(kinds) = &policy.kinds
        && !kind_names(period).any(|name| kinds.contains(name))
    {
        return if kind_is_unseen(period) {
            Wish::Blocked(BlockReason::ScopeUnknown)
        } else {
            Wish::OutOfScope(ScopeReason::AbsenceType)
        };
    }
    let Some(account) = accounts.get(&period.employee) else {
        return Wish::OutOfScope(ScopeReason::NoAccount);
    };
    let label = match label(period, &policy.label) {
        Ok(label) => label,
        Err(reason) => return Wish::Blocked(reason),
    };
    Wish::Present(Absence {
        account: account.clone(),
        label,
        span: period.span.clone(),
        approval,
    })
}
/// Decides under which name the product shows the absence, or why that cannot be said.
fn label(period: &AbsencePeriod, label: &Label) -> Result<Known<String>, BlockReason> {
    let absent = || Known::Value(ABSENT.to_owned());
    Ok(match label {
        Label::Absent => absent(),
        Label::Listed(labels) => match kind_names(period).find_map(|name| labels.get(name)) {
            Some(label) => Known::Value(label.clone()),
            // What HR does not show may be the very name that is listed.
            None if kind_is_unseen(period) => Known::NotObserved,
            None => absent(),
        },
        Label::AsInHr => match &period.kind_name {
            Known::Value(name) if !name.trim().is_empty() => Known::Value(name.clone()),
            Known::Value(_) | Known::Cleared => absent(),
            Known::NotObserved => Known::NotObserved,
        },
        Label::Namesake(_) if !period.kind_name.is_observed() => {
            return Err(BlockReason::ScopeUnknown);
        }
        Label::Namesake(own) => {
            let name = period.kind_name.as_ref().value().map(|name| fold(name));
            let namesake = name.and_then(|name| own.iter().find(|own| fold(own) == name));
            Known::Value(namesake.ok_or(BlockReason::NoNamesake)?.clone())
        }
    })
}

fn kind_names(period: &AbsencePeriod) -> impl Iterator<Item = &String> {
    let names = [&period.kind_id, &period.kind_name];
    names.into_iter().filter_map(|it| it.as_ref().value())
}

fn kind_is_unseen(period: &AbsencePeriod) -> bool {
    !period.kind_id.is_observed() || !period.kind_name.is_observed()
}
