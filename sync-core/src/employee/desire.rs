use chrono::{DateTime, NaiveDate, Utc};

use super::{
    AccountPolicy, Employee, InviteWhen,
    life::{Life, Stage},
};
use crate::{
    Access, Account, Desired, Invite, Snapshot, SourceId, Wish,
    account::{email_key, field},
    desired::BlockReason,
    scope::ScopeReason,
};

/// The time for which wishes are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Now {
    /// A moment; days begin and end where each person is, see [`Zones`](super::Zones).
    At(DateTime<Utc>),
    /// A day that everybody shares, for hosts that look once a day.
    Day(NaiveDate),
}

impl From<DateTime<Utc>> for Now {
    fn from(moment: DateTime<Utc>) -> Self {
        Self::At(moment)
    }
}

impl From<NaiveDate> for Now {
    fn from(day: NaiveDate) -> Self {
        Self::Day(day)
    }
}

/// Decides for every employee which account the product should have.
///
/// `now` is a moment, or the current day where the customer is. Pure: no clock, no settings but the arguments.
pub fn desire(
    snapshot: &Snapshot<Employee>,
    policy: &AccountPolicy,
    now: impl Into<Now>,
) -> Desired<Account> {
    let now = now.into();
    let mut desired = snapshot.desire(|_, _| Wish::Blocked(BlockReason::Unreadable));
    for (source, employee) in snapshot.records() {
        let life = Life::of(employee, policy, now);
        let wish = wish(source, employee, policy, &life);
        if let Some(invite) = invite(&wish, policy, &life) {
            desired.invites.insert(source.clone(), invite);
        }
        if !life.doubtful_ends.is_empty() {
            let ends = life.doubtful_ends;
            desired.doubtful_ends.insert(source.clone(), ends);
        }
        desired.wishes.insert(source.clone(), wish);
    }
    desired.under(policy)
}

/// Returns when the passing of time alone changes a wish for the next time, if it ever does: the moment at
/// which a run is due although nothing happens in HR.
///
/// Until then, [`desire`] makes the same wishes of the same snapshot. See also
/// [`LifecyclePolicy::next_removal`](crate::policy::LifecyclePolicy::next_removal).
pub fn next_change(
    snapshot: &Snapshot<Employee>,
    policy: &AccountPolicy,
    now: DateTime<Utc>,
) -> Option<DateTime<Utc>> {
    let next = |employee| Life::of(employee, policy, Now::At(now)).next;
    snapshot.records().values().filter_map(next).min()
}

fn wish(
    source: &SourceId,
    employee: &Employee,
    policy: &AccountPolicy,
    life: &Life,
) -> Wish<Account> {
    let access = match life.stage {
        Stage::Ended(reason) => return Wish::Ended(reason),
        Stage::Unknown(reason) => return Wish::Blocked(reason),
        // Scope comes after the end of employment: a leaver is a leaver, also outside the scope.
        Stage::NotYet => match policy.scope.judge(source, employee) {
            Ok(()) => return Wish::OutOfScope(ScopeReason::BeforeStart),
            Err(verdict) => return verdict.into_wish(),
        },
        Stage::Employed(access) => access,
    };
    if let Err(verdict) = policy.scope.judge(source, employee) {
        return verdict.into_wish();
    }
    let account = policy
        .mapping
        .fields(employee)
        .into_iter()
        .fold(Account::default(), |account, (name, known)| {
            account.with_known(name, known)
        });
    // Last, so that no mapping can hand out access.
    Wish::Present(account.with(field::ACCESS, access.as_str()))
}

/// Says whether the person is to be invited, and whether it is time. Nobody is without access and an address.
fn invite(wish: &Wish<Account>, policy: &AccountPolicy, life: &Life) -> Option<Invite> {
    let Wish::Present(account) = wish else {
        return None;
    };
    let can_be = account.access() == Some(Access::Active)
        && account.text(&field::EMAIL).and_then(email_key).is_some();
    let is_wanted = policy.invitations.when != InviteWhen::Never;
    (is_wanted && can_be).then(|| Invite {
        template: policy.invitations.template.clone(),
        is_due: life.may_be_invited,
    })
}
