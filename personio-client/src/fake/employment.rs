//! Employments: from when to when, as what, where, for how much.

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::number::{
    CostCenterNumber, DepartmentNumber, EmployeeNumber, EmploymentNumber, LegalEntityNumber,
    OfficeNumber, TeamNumber, WorkScheduleNumber,
};

/// Gives an enum its two spellings on the wire, and the reading of the first.
macro_rules! wire_names {
    ($type:ident { $($variant:ident: $v1:literal, $v2:literal;)+ }) => {
        impl $type {
            pub(crate) const fn v1_name(self) -> &'static str {
                match self { $(Self::$variant => $v1,)+ }
            }

            pub(crate) const fn v2_name(self) -> &'static str {
                match self { $(Self::$variant => $v2,)+ }
            }

            pub(crate) fn from_v1_name(name: &str) -> Option<Self> {
                match name { $($v1 => Some(Self::$variant),)+ _ => None }
            }
        }
    };
}

pub(super) use wire_names;

/// One employment of a person; v1 shows the current one only.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Employment {
    pub(crate) number: EmploymentNumber,
    /// Set by hand in the product; otherwise the dates decide.
    pub(crate) fixed_status: Option<Status>,
    pub(crate) kind: EmploymentType,
    pub(crate) position: Option<Box<str>>,
    pub(crate) hire_date: Option<NaiveDate>,
    pub(crate) contract_end_date: Option<NaiveDate>,
    pub(crate) probation_period_end: Option<NaiveDate>,
    pub(crate) termination: Option<Termination>,
    /// A long leave: first day, and last day if one is agreed.
    pub(crate) leave: Option<(NaiveDate, Option<NaiveDate>)>,
    pub(crate) weekly_working_hours: Option<Decimal>,
    pub(crate) work_schedule: Option<WorkScheduleNumber>,
    pub(crate) supervisor: Option<EmployeeNumber>,
    pub(crate) legal_entity: Option<LegalEntityNumber>,
    pub(crate) office: Option<OfficeNumber>,
    pub(crate) department: Option<DepartmentNumber>,
    pub(crate) team: Option<TeamNumber>,
    /// Cost centers with their percentages, which add up to 100.
    pub(crate) cost_centers: Box<[(CostCenterNumber, u8)]>,
    pub(crate) pay: Pay,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) updated_at: DateTime<Utc>,
}

impl Employment {
    /// An employment that says nothing yet but when it was recorded.
    pub(crate) fn recorded(number: EmploymentNumber, at: DateTime<Utc>) -> Self {
        Self {
            number,
            fixed_status: None,
            kind: EmploymentType::Internal,
            position: None,
            hire_date: None,
            contract_end_date: None,
            probation_period_end: None,
            termination: None,
            leave: None,
            weekly_working_hours: None,
            work_schedule: None,
            supervisor: None,
            legal_entity: None,
            office: None,
            department: None,
            team: None,
            cost_centers: Box::default(),
            pay: Pay::default(),
            created_at: at,
            updated_at: at,
        }
    }

    pub(crate) fn status_on(&self, day: NaiveDate) -> Status {
        if let Some(status) = self.fixed_status {
            status
        } else if self
            .termination
            .as_ref()
            .is_some_and(|termination| termination.date < day)
        {
            Status::Inactive
        } else if self.hire_date.is_some_and(|hired| hired > day) {
            Status::Onboarding
        } else if self
            .leave
            .is_some_and(|(from, until)| from <= day && until.is_none_or(|until| day <= until))
        {
            Status::Leave
        } else {
            Status::Active
        }
    }
}

/// How an employment ends.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Termination {
    /// The employment's last day; the status is inactive from the day after.
    pub(crate) date: NaiveDate,
    pub(crate) last_working_day: NaiveDate,
    /// When notice was given.
    pub(crate) noticed_on: NaiveDate,
    pub(crate) kind: Option<TerminationType>,
    pub(crate) reason: Option<Box<str>>,
}

/// What somebody earns, in euros.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Pay {
    pub(crate) salary: Option<Decimal>,
    pub(crate) interval: Option<SalaryInterval>,
    pub(crate) hourly: Option<Decimal>,
}

/// Where somebody stands between hire and leaving.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Status {
    /// Hired, but the first day is still to come.
    Onboarding,
    /// Employed and working.
    Active,
    /// Employed and away for long, for instance on parental leave.
    Leave,
    /// Has left.
    Inactive,
}

wire_names!(Status {
    Onboarding: "onboarding", "ONBOARDING";
    Active: "active", "ACTIVE";
    Leave: "leave", "LEAVE";
    Inactive: "inactive", "INACTIVE";
});

/// Whether somebody is on the payroll or works from outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum EmploymentType {
    /// On the payroll.
    Internal,
    /// A contractor.
    External,
}

wire_names!(EmploymentType {
    Internal: "internal", "INTERNAL";
    External: "external", "EXTERNAL";
});

#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum TerminationType {
    Employee,
    Fired,
    ContractExpired,
    Agreement,
}

wire_names!(TerminationType {
    Employee: "employee", "EMPLOYEE";
    Fired: "fired", "FIRED";
    ContractExpired: "contract-expired", "CONTRACT_EXPIRED";
    Agreement: "agreement", "AGREEMENT";
});

#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum SalaryInterval {
    Monthly,
    Yearly,
}

impl SalaryInterval {
    pub(crate) const fn v1_name(self) -> &'static str {
        match self {
            Self::Monthly => "monthly",
            Self::Yearly => "yearly",
        }
    }

    pub(crate) fn from_v1_name(name: &str) -> Option<Self> {
        [Self::Monthly, Self::Yearly]
            .into_iter()
            .find(|interval| interval.v1_name() == name)
    }
}
