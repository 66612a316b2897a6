use std::{fmt, str::FromStr};

use sync_core::{
    Policy,
    policy::{Flow, PolicySettings},
};

/// A part of a sync that can run by itself, in the order in which they run: what others refer to comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Area {
    /// Departments, teams and other units.
    OrgUnits,
    /// People and their accounts.
    Accounts,
    /// Absences, and what follows from them for records of the product's own.
    Absences,
    /// Time that people worked.
    Attendances,
}

impl Area {
    /// All areas, in order.
    pub const ALL: [Self; 4] = [
        Self::OrgUnits,
        Self::Accounts,
        Self::Absences,
        Self::Attendances,
    ];

    /// Returns the area's name, which is that of its section in the policy.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::OrgUnits => "org_units",
            Self::Accounts => "accounts",
            Self::Absences => "absences",
            Self::Attendances => "attendances",
        }
    }

    /// Returns which way the records of the area go.
    pub fn flow(self, policy: &Policy) -> Flow {
        let PolicySettings {
            accounts,
            org_units,
            absences,
            attendances,
            ..
        } = policy.settings();
        match self {
            Self::OrgUnits => org_units.flow,
            Self::Accounts => accounts.flow,
            Self::Absences => absences.flow,
            Self::Attendances => attendances.flow,
        }
    }
}

impl fmt::Display for Area {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Area {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        match name.replace('-', "_").as_str() {
            "org_units" => Ok(Self::OrgUnits),
            "accounts" | "users" | "employees" => Ok(Self::Accounts),
            "absences" => Ok(Self::Absences),
            "attendances" | "time_entries" => Ok(Self::Attendances),
            _ => Err("write some of accounts, org_units, absences, attendances".to_owned()),
        }
    }
}
