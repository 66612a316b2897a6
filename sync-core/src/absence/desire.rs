use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{Absence, AbsencePeriod, Approval};
use crate::{
    Desired, Known, Snapshot, SourceId, TargetId, Wish,
    desired::{BlockReason, EndReason},
    scope::ScopeReason,
};

/// How absences follow from absence periods.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AbsencePolicy {
    /// Only these types of absence, by identifier or name; `None` means all.
    pub kinds: Option<BTreeSet<String>>,
    /// What the product shows as the reason.
    pub label: Label,
    /// Whether requests that wait for approval are shown.
    pub show_pending: bool,
}

/// What the product shows as the reason of an absence. The default reveals nothing.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Label {
    /// The word "absent" for every type.
    #[default]
    Absent,
    /// A label for each listed type, by identifier or name; "absent" for all others.
    Listed(BTreeMap<String, String>),
    /// The name of the type as HR has it.
    AsInHr,
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
    snapshot.desire(|_, period| wish(period, accounts, policy))
}

fn wish(
    period: &AbsencePeriod,
    accounts: &BTreeMap<SourceId, TargetId>,
    policy: &AbsencePolicy,
) -> Wish<Absence> {
    let Known::Value(approval) = period.approval else {
        return Wish::Blocked(BlockReason::StatusUnknown);
    };
    match approval {
        Approval::Rejected => return Wish::Ended(EndReason::NotApproved),
        Approval::Pending if !policy.show_pending => return Wish::Ended(EndReason::NotApproved),
        Approval::Pending | Approval::Approved => {}
    }
    let names = || {
        [&period.kind_id, &period.kind_name]
            .into_iter()
            .filter_map(|it| it.as_ref().value())
    };
    let is_unseen = !period.kind_id.is_observed() || !period.kind_name.is_observed();
    if let Some(kinds) = &policy.kinds
        && !names().any(|name| kinds.contains(name))
    {
        return if is_unseen {
            Wish::Blocked(BlockReason::ScopeUnknown)
        } else {
            Wish::OutOfScope(ScopeReason::AbsenceType)
        };
    }
    let Some(account) = accounts.get(&period.employee) else {
        return Wish::OutOfScope(ScopeReason::NoAccount);
    };
    let label = match &policy.label {
        Label::Absent => Known::Value(ABSENT.to_owned()),
        Label::Listed(labels) => {
            match names().find_map(|name| labels.get(name)) {
                Some(label) => Known::Value(label.clone()),
                // What HR does not show may be the very name that is listed.
                None if is_unseen => Known::NotObserved,
                None => Known::Value(ABSENT.to_owned()),
            }
        }
        Label::AsInHr => match &period.kind_name {
            Known::Value(name) if !name.trim().is_empty() => Known::Value(name.clone()),
            Known::Value(_) | Known::Cleared => Known::Value(ABSENT.to_owned()),
            Known::NotObserved => Known::NotObserved,
        },
    };
    Wish::Present(Absence {
        account: account.clone(),
        label,
        span: period.span.clone(),
        approval,
    })
}
