use std::{collections::BTreeSet, fmt};

use serde::{Deserialize, Serialize};

use crate::{
    Employee, Known, SourceId, Value, Wish,
    desired::BlockReason,
    employee::{EmployeeStatus, attribute},
};

/// Who takes part in the synchronisation. Every condition must hold; one that is left out holds for all.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Scope {
    /// Only people with one of these states.
    #[cfg_attr(feature = "schema", schemars(length(min = 1)))]
    pub statuses: Option<BTreeSet<EmployeeStatus>>,
    /// Only people of these legal entities (subcompanies), by name or by id. An entry of digits
    /// only is taken for an id as well.
    #[cfg_attr(feature = "schema", schemars(length(min = 1)))]
    pub legal_entities: Option<BTreeSet<String>>,
    /// Only these people: the list of those of whom somebody has said yes. Whoever is new waits for it.
    pub selected: Option<BTreeSet<SourceId>>,
}

/// Why a record of HR does not take part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ScopeReason {
    /// Its status is not among the chosen ones.
    Status,
    /// Its legal entity is not among the chosen ones.
    LegalEntity,
    /// Nobody has chosen it.
    NotSelected,
    /// The first day of work is still ahead.
    BeforeStart,
    /// The absence is not of a chosen type.
    AbsenceType,
    /// The person has no account in the product.
    NoAccount,
    /// Organisation units of this kind are not synchronised.
    UnitKind,
}

impl fmt::Display for ScopeReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Status => "its status does not take part",
            Self::LegalEntity => "its legal entity does not take part",
            Self::NotSelected => "nobody has chosen it",
            Self::BeforeStart => "the first day of work is still ahead",
            Self::AbsenceType => "its absence type does not take part",
            Self::NoAccount => "the person has no account here",
            Self::UnitKind => "organisation units of its kind do not take part",
        })
    }
}

/// Why somebody is not let in: outside, or not decidable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NotIn {
    Outside(ScopeReason),
    Unknown,
}

impl NotIn {
    pub(crate) fn into_wish<R>(self) -> Wish<R> {
        match self {
            Self::Outside(reason) => Wish::OutOfScope(reason),
            Self::Unknown => Wish::Blocked(BlockReason::ScopeUnknown),
        }
    }
}

impl Scope {
    /// Judges one person. A condition on something that was not observed cannot be decided; that
    /// is not the same as being outside.
    pub(crate) fn judge(&self, source: &SourceId, employee: &Employee) -> Result<(), NotIn> {
        if self
            .selected
            .as_ref()
            .is_some_and(|selected| !selected.contains(source))
        {
            return Err(NotIn::Outside(ScopeReason::NotSelected));
        }
        if let Some(statuses) = &self.statuses {
            let status = employee.status().ok_or(NotIn::Unknown)?;
            if !statuses.contains(&status) {
                return Err(NotIn::Outside(ScopeReason::Status));
            }
        }
        match &self.legal_entities {
            Some(entities) => is_employed_by(entities, employee),
            None => Ok(()),
        }
    }
}

fn is_employed_by(entities: &BTreeSet<String>, employee: &Employee) -> Result<(), NotIn> {
    let name = employee.get(&attribute::LEGAL_ENTITY);
    let id = employee.get(&attribute::LEGAL_ENTITY_ID);
    let is_listed = |known: Known<&Value>| {
        let text = known.value().map(Value::to_string);
        text.is_some_and(|text| entities.contains(&text))
    };
    if is_listed(name) || is_listed(id) {
        return Ok(());
    }
    let is_id = |entry: &String| entry.bytes().all(|byte| byte.is_ascii_digit());
    let (by_id, by_name) = (entities.iter().any(is_id), !entities.iter().all(is_id));
    let is_hidden = by_name && !name.is_observed() || by_id && !id.is_observed();
    Err(match is_hidden {
        true => NotIn::Unknown,
        false => NotIn::Outside(ScopeReason::LegalEntity),
    })
}
