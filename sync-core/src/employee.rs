//! What HR says of a person, and what follows from it for the account.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::{
    Access, Account, Desired, FieldName, Known, Scope, Snapshot, SourceId, Value, Wish,
    account::field,
    desired::{BlockReason, EndReason},
    mapping::Mapping,
    scope::ScopeReason,
};

/// A person as HR knows them: attributes by name, each with what is known of it.
///
/// Names are those of HR (`first_name`, `department`, `dynamic_42`); a linked object appears under
/// its own name with its label and under `<name>.id` with its identifier. `Debug` shows names of
/// attributes only.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Employee {
    /// What is known of each attribute. One without an entry was not observed.
    pub attributes: BTreeMap<FieldName, Known<Value>>,
}

/// The attributes on which the life cycle of an account depends.
pub mod attribute {
    use crate::FieldName;

    /// Where the person stands: see [`EmployeeStatus`](super::EmployeeStatus).
    pub const STATUS: FieldName = FieldName::literal("status");
    /// The first day of work.
    pub const HIRE_DATE: FieldName = FieldName::literal("hire_date");
    /// The last day on which the person works, inclusive.
    pub const LAST_WORKING_DAY: FieldName = FieldName::literal("last_working_day");
    /// The day on which the contract ends, inclusive.
    pub const TERMINATION_DATE: FieldName = FieldName::literal("termination_date");
    /// The legal entity that employs the person, by name.
    pub const LEGAL_ENTITY: FieldName = FieldName::literal("subcompany");
}

impl Employee {
    /// Adds an attribute.
    #[must_use]
    pub fn with(mut self, name: impl Into<FieldName>, known: impl Into<Known<Value>>) -> Self {
        self.attributes.insert(name.into(), known.into());
        self
    }

    /// Returns what is known of an attribute.
    pub fn get(&self, name: &FieldName) -> Known<&Value> {
        self.attributes
            .get(name)
            .map_or(Known::NotObserved, Known::as_ref)
    }

    /// Returns an attribute as text, if it holds text.
    pub fn text(&self, name: &FieldName) -> Option<&str> {
        self.get(name).value().and_then(Value::as_text)
    }

    /// Returns an attribute as a calendar day, if it holds one.
    pub fn date(&self, name: &FieldName) -> Option<NaiveDate> {
        self.get(name).value().and_then(Value::as_date)
    }

    /// Returns where the person stands, if HR says so in a word that is known.
    pub fn status(&self) -> Option<EmployeeStatus> {
        self.text(&attribute::STATUS)
            .and_then(EmployeeStatus::from_text)
    }
}

impl fmt::Debug for Employee {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Employee")
            .field("attributes", &self.attributes)
            .finish()
    }
}

/// Where a person stands in HR.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EmployeeStatus {
    /// Hired, but not there yet.
    Onboarding,
    /// At work.
    Active,
    /// On long-term leave, such as parental leave; still employed.
    Leave,
    /// No longer employed.
    Inactive,
}

impl EmployeeStatus {
    /// Returns the word that stands in the attribute `status`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Onboarding => "onboarding",
            Self::Active => "active",
            Self::Leave => "leave",
            Self::Inactive => "inactive",
        }
    }

    /// Reads the attribute `status`.
    pub fn from_text(text: &str) -> Option<Self> {
        [Self::Onboarding, Self::Active, Self::Leave, Self::Inactive]
            .into_iter()
            .find(|status| status.as_str() == text)
    }
}

/// How accounts follow from employees.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AccountPolicy {
    /// Who takes part.
    pub scope: Scope,
    /// Which fields an account gets, and from where.
    pub mapping: Mapping,
    /// What a person gets before the first day of work.
    pub before_start: BeforeStart,
}

/// What a person gets before the first day of work.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
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

/// Decides for every employee which account the product should have.
///
/// `today` is the current day where the customer is. Pure: no clock, no settings but the arguments.
pub fn desire(
    snapshot: &Snapshot<Employee>,
    policy: &AccountPolicy,
    today: NaiveDate,
) -> Desired<Account> {
    let desired = snapshot.desire(|_, employee| wish(employee, policy, today));
    Desired {
        hidden_ends: hidden_ends(snapshot),
        ..desired.under(policy)
    }
}

/// Lists of whom HR does not show the days on which an employment may end.
fn hidden_ends(snapshot: &Snapshot<Employee>) -> BTreeMap<EndReason, BTreeSet<SourceId>> {
    let days = [
        (EndReason::LastDayPassed, attribute::LAST_WORKING_DAY),
        (EndReason::ContractEnded, attribute::TERMINATION_DATE),
    ];
    let of_whom = |day: &FieldName| {
        let hidden = snapshot.records().iter();
        let hidden = hidden.filter(|(_, employee)| !employee.get(day).is_observed());
        hidden.map(|(source, _)| source.clone()).collect()
    };
    days.iter().map(|(end, day)| (*end, of_whom(day))).collect()
}

fn wish(employee: &Employee, policy: &AccountPolicy, today: NaiveDate) -> Wish<Account> {
    let access = match lifecycle(employee, policy.before_start, today) {
        Lifecycle::Ended(reason) => return Wish::Ended(reason),
        Lifecycle::Unknown => return Wish::Blocked(BlockReason::StatusUnknown),
        // Scope comes after the end of employment: a leaver is a leaver, also outside the scope.
        Lifecycle::NotYet => match policy.scope.judge(employee) {
            Ok(()) => return Wish::OutOfScope(ScopeReason::BeforeStart),
            Err(verdict) => return verdict.into_wish(),
        },
        Lifecycle::Employed(access) => access,
    };
    if let Err(verdict) = policy.scope.judge(employee) {
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

enum Lifecycle {
    NotYet,
    Employed(Access),
    Ended(EndReason),
    Unknown,
}

/// Tells where the person stands today.
///
/// The word of HR comes first, since HR flips it on the day; the dates decide where they are ahead
/// of the word. A status that was not observed, or a word nobody knows, decides nothing.
fn lifecycle(employee: &Employee, before_start: BeforeStart, today: NaiveDate) -> Lifecycle {
    let Some(status) = employee.status() else {
        return Lifecycle::Unknown;
    };
    if status == EmployeeStatus::Inactive {
        return Lifecycle::Ended(EndReason::Inactive);
    }
    let hired = employee.date(&attribute::HIRE_DATE);
    let day = |attribute: &FieldName, end| Some((employee.date(attribute)?, end));
    let end = day(&attribute::LAST_WORKING_DAY, EndReason::LastDayPassed)
        .or_else(|| day(&attribute::TERMINATION_DATE, EndReason::ContractEnded))
        // Somebody who came back may still carry the end of the employment before.
        .filter(|(last_day, _)| hired.is_none_or(|hired| hired <= *last_day));
    if let Some((last_day, end)) = end
        && last_day < today
    {
        return Lifecycle::Ended(end);
    }
    let ahead = hired.is_some_and(|hired| today < hired)
        || (status == EmployeeStatus::Onboarding && hired.is_none());
    match (ahead, before_start) {
        (false, _) | (true, BeforeStart::Active) => Lifecycle::Employed(Access::Active),
        (true, BeforeStart::Staged) => Lifecycle::Employed(Access::Staged),
        (true, BeforeStart::Nothing) => Lifecycle::NotYet,
    }
}
