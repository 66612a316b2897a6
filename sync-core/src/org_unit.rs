//! Departments, teams and other units into which a company is divided.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use serde::{Deserialize, Serialize};

use crate::{
    Completeness, Coverage, Desired, Employee, FieldError, FieldName, Fields, Known, Snapshot,
    SourceId, Value, Wish,
    record::{MatchKey, Record},
    scope::ScopeReason,
    text::fold,
};

/// Which kind of unit it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum UnitKind {
    /// A company that employs people, such as a subcompany.
    LegalEntity,
    /// A place of work.
    Office,
    /// A department.
    Department,
    /// A team.
    Team,
    /// What work is charged to.
    CostCenter,
}

impl UnitKind {
    /// All of them, those that contain others first.
    pub const ALL: [Self; 5] = [
        Self::LegalEntity,
        Self::Office,
        Self::Department,
        Self::Team,
        Self::CostCenter,
    ];

    /// Returns the word that stands in the field `kind`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::LegalEntity => "legal_entity",
            Self::Office => "office",
            Self::Department => "department",
            Self::Team => "team",
            Self::CostCenter => "cost_center",
        }
    }

    /// Reads the field `kind`.
    pub fn from_text(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// A unit as HR knows it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unit {
    /// Which kind of unit it is.
    pub kind: UnitKind,
    /// What it is called.
    pub name: String,
    /// The unit to which it belongs; not observed where HR does not say.
    pub parent: Known<SourceId>,
}

impl fmt::Debug for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Unit")
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}

/// A unit in the product.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrgUnit {
    /// Which kind of unit it is.
    pub kind: UnitKind,
    /// What it is called.
    pub name: String,
    /// The unit to which it belongs, a [reference](Value::is_reference). Not observed where HR does not say.
    pub parent: Known<Value>,
}

impl fmt::Debug for OrgUnit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OrgUnit")
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}

/// The names of the fields of an [`OrgUnit`].
pub mod field {
    use crate::FieldName;

    /// Which kind of unit it is, see [`UnitKind`](super::UnitKind).
    pub const KIND: FieldName = FieldName::literal("kind");
    /// What it is called, also the key for matching within its kind.
    pub const NAME: FieldName = FieldName::literal("name");
    /// The unit to which it belongs, a reference.
    pub const PARENT: FieldName = FieldName::literal("parent");
}

impl Record for OrgUnit {
    const KIND: &'static str = "org unit";

    fn fields(&self) -> Fields {
        BTreeMap::from([
            (field::KIND, Known::Value(self.kind.as_str().into())),
            (field::NAME, Known::Value(self.name.as_str().into())),
            (field::PARENT, self.parent.clone()),
        ])
    }

    fn set(&mut self, field: &FieldName, value: Option<&Value>) -> Result<(), FieldError> {
        let form = |expected| FieldError::form::<Self>(field, expected);
        let text = || value.and_then(Value::as_text).ok_or_else(|| form("text"));
        match field.as_str() {
            "kind" => {
                self.kind = UnitKind::from_text(text()?).ok_or_else(|| {
                    form("one of legal_entity, office, department, team, cost_center")
                })?;
            }
            "name" => self.name = text()?.to_owned(),
            "parent" => match value {
                Some(value) if !value.is_reference() => {
                    return Err(form("a reference to a unit"));
                }
                _ => self.parent = Known::from_observed(value.cloned()),
            },
            _ => return Err(FieldError::unknown::<Self>(field)),
        }
        Ok(())
    }

    /// A unit is recognised by its name among those of its kind.
    fn match_keys(&self) -> Vec<MatchKey> {
        let name = fold(&self.name);
        let key = || MatchKey {
            name: field::NAME,
            text: format!("{} {name}", self.kind.as_str()),
        };
        (!name.is_empty()).then(key).into_iter().collect()
    }
}

/// Which units are synchronised. By default, all of which HR speaks.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct OrgUnitPolicy {
    /// Only these kinds; `None` means all.
    pub kinds: Option<BTreeSet<UnitKind>>,
}

/// Decides for every unit what the product should have.
///
/// A unit that is its own parent has none. No order and no circle stands in the way of the others, see
/// [`Effect::Refer`](crate::Effect::Refer).
pub fn desire(snapshot: &Snapshot<Unit>, policy: &OrgUnitPolicy) -> Desired<OrgUnit> {
    let desired = snapshot.desire(|id, unit| {
        let takes_part = |kinds: &BTreeSet<_>| kinds.contains(&unit.kind);
        if !policy.kinds.as_ref().is_none_or(takes_part) {
            return Wish::OutOfScope(ScopeReason::UnitKind);
        }
        let parent = match &unit.parent {
            Known::Value(parent) if parent == id => Known::Cleared,
            Known::Value(parent) => Known::Value(Value::Source(parent.clone())),
            Known::Cleared => Known::Cleared,
            Known::NotObserved => Known::NotObserved,
        };
        Wish::Present(OrgUnit {
            kind: unit.kind,
            name: unit.name.clone(),
            parent,
        })
    });
    desired.under(policy)
}

/// Collects the units that people belong to, for HR systems without a list of units.
///
/// `attributes` names the attribute of each kind, such as `department` for departments. A unit is known by
/// the id under `<attribute>.id`, or by its name where HR shows no id: then another name is another
/// unit. A unit without people does not show, so nothing follows from one that is missing here.
pub fn of_employees(
    employees: &Snapshot<Employee>,
    attributes: &BTreeMap<UnitKind, FieldName>,
) -> Snapshot<Unit> {
    let mut units: BTreeMap<SourceId, Unit> = BTreeMap::new();
    for employee in employees.records().values() {
        for (kind, attribute) in attributes {
            let Some(name) = employee.text(attribute).filter(|it| !it.trim().is_empty()) else {
                continue;
            };
            let id_attribute = FieldName::new(format!("{attribute}.id"));
            let id = match employee.get(&id_attribute).value() {
                Some(id) => id.to_string(),
                None => fold(name),
            };
            let id = SourceId::from(format!("{}:{id}", kind.as_str()));
            // Where people disagree about the name of a unit, the answer must not depend on their order.
            let unit = units.entry(id).or_insert_with(|| Unit {
                kind: *kind,
                name: name.to_owned(),
                parent: Known::NotObserved,
            });
            if name < unit.name.as_str() {
                unit.name = name.to_owned();
            }
        }
    }
    let coverage = Coverage::Ids(units.keys().cloned().collect());
    let completeness = Completeness::Incomplete(Vec::new());
    let mut snapshot = Snapshot::new(coverage, completeness, employees.taken_at());
    for (id, unit) in units {
        snapshot.insert(id, unit);
    }
    snapshot
}
