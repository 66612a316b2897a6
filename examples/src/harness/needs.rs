use std::collections::BTreeSet;

use sync_core::{FieldName, Policy, UnitKind, employee::attribute, policy::Flow};

use super::Area;

/// What a credential must be able to do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Needs {
    /// The rights.
    pub rights: BTreeSet<Right>,
    /// Attributes of employees without which the sync cannot work.
    pub attributes: BTreeSet<FieldName>,
    /// Attributes of employees that are used where they can be read.
    pub optional: BTreeSet<FieldName>,
}

/// A right of a credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Right {
    /// To read employees.
    ReadEmployees,
    /// To read absences.
    ReadAbsences,
    /// To create, change and delete absences.
    WriteAbsences,
    /// To read attendances.
    ReadAttendances,
    /// To create, change and delete attendances.
    WriteAttendances,
    /// To read departments and teams.
    ReadOrgUnits,
    /// To read offices.
    ReadWorkplaces,
    /// To create employees.
    WriteEmployees,
}

impl Right {
    /// Returns the right as an administrator finds it in Personio.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ReadEmployees => "employees: read",
            Self::ReadAbsences => "absences: read",
            Self::WriteAbsences => "absences: write",
            Self::ReadAttendances => "attendances: read",
            Self::WriteAttendances => "attendances: write",
            Self::ReadOrgUnits => "org units: read",
            Self::ReadWorkplaces => "workplaces: read",
            Self::WriteEmployees => "employees: write",
        }
    }

    /// Returns the scopes of which Personio lists at least one for a credential that has the right.
    pub(super) fn scopes(self) -> &'static [&'static str] {
        match self {
            Self::ReadEmployees => &["employees:read", "personio:persons:read"],
            Self::WriteEmployees => &["employees:write"],
            Self::ReadAbsences => &["absences:read", "personio:absences:read"],
            Self::WriteAbsences => &["absences:write", "personio:absences:write"],
            Self::ReadAttendances => &["attendances:read", "personio:attendances:read"],
            Self::WriteAttendances => &["attendances:write", "personio:attendances:write"],
            Self::ReadOrgUnits => &["personio:org-units:read"],
            Self::ReadWorkplaces => &["personio:workplaces:read"],
        }
    }
}

impl Needs {
    /// Returns what a policy needs: rights for what flows, and every attribute that it names.
    pub fn of(policy: &Policy) -> Self {
        let mut rights = BTreeSet::from([Right::ReadEmployees]);
        rights.extend(match Area::Absences.flow(policy) {
            Flow::FromHr => vec![Right::ReadAbsences],
            Flow::ToHr => vec![Right::ReadAbsences, Right::WriteAbsences],
            Flow::Off => vec![],
        });
        if Area::Attendances.flow(policy) == Flow::ToHr {
            rights.extend([Right::ReadAttendances, Right::WriteAttendances]);
        }
        if Area::OrgUnits.flow(policy) == Flow::FromHr {
            let kinds = &policy.settings().org_units.kinds;
            let flows = |kind| kinds.as_ref().is_none_or(|kinds| kinds.contains(&kind));
            if flows(UnitKind::Department) || flows(UnitKind::Team) {
                rights.insert(Right::ReadOrgUnits);
            }
            if flows(UnitKind::Office) {
                rights.insert(Right::ReadWorkplaces);
            }
        }
        // The id of a linked object comes with the object.
        let whole = |name: &FieldName| FieldName::new(name.as_str().trim_end_matches(".id"));
        let desire = &policy.accounts().desire;
        let needs = Self {
            rights,
            attributes: desire.attributes().iter().map(whole).collect(),
            optional: BTreeSet::new(),
        };
        // Where the first day cannot be read, the status tells who has started.
        let mut rules = desire.mapping.rules();
        match rules.any(|(_, rule)| rule.attributes().contains(&attribute::HIRE_DATE)) {
            true => needs,
            false => needs.optional(attribute::HIRE_DATE),
        }
    }

    /// Lets an attribute be missing.
    #[must_use]
    pub fn optional(mut self, attribute: impl Into<FieldName>) -> Self {
        let attribute = attribute.into();
        self.attributes.remove(&attribute);
        self.optional.insert(attribute);
        self
    }

    /// Asks for an attribute besides.
    #[must_use]
    pub fn and(mut self, attribute: impl Into<FieldName>) -> Self {
        self.attributes.insert(attribute.into());
        self
    }

    /// Asks for a right besides.
    #[must_use]
    pub fn right(mut self, right: Right) -> Self {
        self.rights.insert(right);
        self
    }
}
