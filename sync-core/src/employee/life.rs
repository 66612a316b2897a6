//! Where a person stands at a moment, and when that changes by itself.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use super::{
    AccessPolicy, AccountPolicy, BeforeStart, Employee, EmployeeStatus, EndSign, InviteWhen, Now,
    OnLeave, attribute,
};
use crate::{
    Access, FieldName, Known, Zone,
    desired::{BlockReason, EndReason},
};

/// Where a person stands at a moment.
#[derive(Debug, PartialEq)]
pub(super) struct Life {
    pub(super) stage: Stage,
    /// The time for an invitation has come, if there is one.
    pub(super) may_be_invited: bool,
    /// The ends that cannot be ruled out, whatever the stage: HR hides the date that would tell, or calls the
    /// person inactive while the last day still goes on where they are.
    pub(super) doubtful_ends: BTreeSet<EndReason>,
    /// When the passing of time alone changes any of this, at the earliest.
    pub(super) next: Option<DateTime<Utc>>,
}

#[derive(Debug, PartialEq)]
pub(super) enum Stage {
    NotYet,
    Employed(Access),
    Ended(EndReason),
    Unknown(BlockReason),
}

impl Life {
    pub(super) fn of(employee: &Employee, policy: &AccountPolicy, now: Now) -> Self {
        let AccountPolicy {
            access,
            invitations,
            ..
        } = policy;
        let mut clock = PersonClock {
            now,
            zone: access.zones.of(employee),
            next: None,
        };
        let status = employee.status();
        let hired = date(employee, &attribute::HIRE_DATE);
        let stage = match status {
            Some(status) => stage(employee, status, hired, access, &mut clock),
            // A status that was not observed, or a word that nobody knows, decides nothing.
            None => Stage::Unknown(BlockReason::StatusUnknown),
        };
        let is_onboarding = status == Some(EmployeeStatus::Onboarding);
        let may_be_invited = match (invitations.when, hired) {
            (InviteWhen::Never | InviteWhen::WithAccess, _) => true,
            (InviteWhen::OnFirstDay, Known::Value(hired)) => clock.has_begun(hired),
            (InviteWhen::OnFirstDay, Known::Cleared | Known::NotObserved) => !is_onboarding,
        };
        let is_doubtful = |sign: &&EndSign| match sign {
            EndSign::Status => status == Some(EmployeeStatus::Inactive),
            _ => date(employee, &sign.attribute()) == Known::NotObserved,
        };
        let signs = access.end.iter().filter(is_doubtful);
        let may_never_start = is_onboarding && hired == Known::NotObserved;
        Self {
            stage,
            may_be_invited,
            doubtful_ends: signs
                .map(|sign| sign.reason())
                .chain(may_never_start.then_some(EndReason::NoFirstDay))
                .collect(),
            next: clock.next,
        }
    }
}

fn stage(
    employee: &Employee,
    status: EmployeeStatus,
    hired: Known<NaiveDate>,
    policy: &AccessPolicy,
    clock: &mut PersonClock,
) -> Stage {
    if let Some(over) = over(employee, status, hired, policy, clock) {
        return over;
    }
    let is_onboarding = status == EmployeeStatus::Onboarding;
    let is_ahead = match hired {
        Known::Value(hired) => {
            let lead = TimeDelta::days(policy.lead_days.into());
            !clock.has_begun(hired.checked_sub_signed(lead).unwrap_or(hired))
        }
        Known::Cleared if is_onboarding => return Stage::Ended(EndReason::NoFirstDay),
        Known::Cleared | Known::NotObserved => is_onboarding,
    };
    match (is_ahead, policy.before_start) {
        (true, BeforeStart::Staged) => Stage::Employed(Access::Staged),
        (true, BeforeStart::Nothing) => Stage::NotYet,
        (false, _) | (true, BeforeStart::Active) => {
            let is_away = status == EmployeeStatus::Leave && policy.on_leave == OnLeave::Lock;
            Stage::Employed(if is_away {
                Access::Locked
            } else {
                Access::Active
            })
        }
    }
}

/// Asks the signs of the end in order; the first that says anything decides.
fn over(
    employee: &Employee,
    status: EmployeeStatus,
    hired: Known<NaiveDate>,
    policy: &AccessPolicy,
    clock: &mut PersonClock,
) -> Option<Stage> {
    let last_day = |sign: &EndSign| {
        let day = sign.last_day(employee)?;
        // Somebody who came back may still carry the end of the employment before.
        let is_of_before = hired.value().is_some_and(|hired| day < hired);
        (!is_of_before).then_some(day)
    };
    for sign in &policy.end {
        if *sign == EndSign::Status {
            if status != EmployeeStatus::Inactive {
                continue;
            }
            let explained = policy.end.iter().find_map(last_day);
            return match explained.filter(|day| clock.is_over_at_home(*day, policy.zones.home)) {
                Some(day) if !clock.is_over(day) => None,
                _ => Some(Stage::Ended(sign.reason())),
            };
        }
        if let Some(day) = last_day(sign) {
            let may_be_of_before =
                status != EmployeeStatus::Inactive && hired == Known::NotObserved;
            return clock.is_over(day).then(|| match may_be_of_before {
                true => Stage::Unknown(BlockReason::FirstDayUnknown),
                false => Stage::Ended(sign.reason()),
            });
        }
    }
    None
}

impl EndSign {
    fn reason(self) -> EndReason {
        match self {
            Self::Status => EndReason::Inactive,
            Self::LastWorkingDay => EndReason::LastDayPassed,
            Self::TerminationDate => EndReason::ContractOver,
        }
    }

    /// Returns the last day that the sign names; the status names none.
    fn last_day(self, employee: &Employee) -> Option<NaiveDate> {
        match self {
            Self::Status => None,
            Self::LastWorkingDay | Self::TerminationDate => employee.date(&self.attribute()),
        }
    }
}

/// Returns what is known of a day. What cannot be read says as little as what is not shown.
fn date(employee: &Employee, attribute: &FieldName) -> Known<NaiveDate> {
    match employee.get(attribute) {
        Known::NotObserved => Known::NotObserved,
        Known::Cleared => Known::Cleared,
        Known::Value(value) => value.as_date().map_or(Known::NotObserved, Known::Value),
    }
}

/// The time where a person is, which notes every moment at which an answer would be another.
struct PersonClock {
    now: Now,
    zone: Zone,
    next: Option<DateTime<Utc>>,
}

impl PersonClock {
    fn has_begun(&mut self, day: NaiveDate) -> bool {
        match self.now {
            Now::Day(today) => day <= today,
            Now::At(_) => self.has_passed(self.zone.begin(day)),
        }
    }

    fn is_over(&mut self, day: NaiveDate) -> bool {
        self.is_over_at_home(day, self.zone)
    }

    fn is_over_at_home(&mut self, day: NaiveDate, home: Zone) -> bool {
        match self.now {
            Now::Day(today) => day < today,
            Now::At(_) => self.has_passed(home.end(day)),
        }
    }

    fn has_passed(&mut self, moment: DateTime<Utc>) -> bool {
        let Now::At(now) = self.now else {
            return false;
        };
        if now < moment {
            self.next = Some(self.next.map_or(moment, |next| next.min(moment)));
        }
        moment <= now
    }
}
