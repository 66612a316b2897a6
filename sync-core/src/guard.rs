use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    num::NonZeroU32,
};

use serde::{Deserialize, Serialize};

use crate::{
    Change, FieldName, Gap, Reason, SourceId,
    change::{Class, Effect, Evidence},
    policy::{Adoption, SyncPolicy},
};

/// How many changes of one class a run may make without asking.
///
/// The larger of a fixed number and a share of the records that the sync owns, but never all of
/// them: a company of two is as safe as one of two thousand. Only the owner of a single record
/// has nothing between none and all; there the one change passes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Budget {
    /// This many are always fine, as long as they are not all.
    pub at_least: NonZeroU32,
    /// Or this share of all owned records, in percent.
    pub percent: u8,
}

impl Budget {
    /// Sets the fixed number and the share in percent.
    pub const fn new(at_least: NonZeroU32, percent: u8) -> Self {
        Self { at_least, percent }
    }

    /// Returns the default of a class, or `None` for classes that take nothing away.
    pub fn default_for(class: Class) -> Option<Self> {
        let budget = |at_least, percent| {
            Some(Self {
                at_least: NonZeroU32::new(at_least).unwrap_or(NonZeroU32::MIN),
                percent,
            })
        };
        match class {
            Class::Lock => budget(3, 5),
            Class::Remove => budget(1, 2),
            Class::Clear => budget(3, 20),
            Class::Invite => budget(10, 20),
            Class::Adopt | Class::Update | Class::Create => None,
        }
    }

    /// Returns how many of `owned` records may be changed: 0 of 0, 1 of 1, and fewer than all of more.
    pub fn of(&self, owned: usize) -> usize {
        let share = owned.saturating_mul(usize::from(self.percent)) / 100;
        let wanted = share.max(usize::try_from(self.at_least.get()).unwrap_or(usize::MAX));
        match owned {
            0 | 1 => owned,
            _ => wanted.min(owned - 1),
        }
    }
}

impl Default for Budget {
    /// The strictest: one record at a time.
    fn default() -> Self {
        Self {
            at_least: NonZeroU32::MIN,
            percent: 0,
        }
    }
}

/// How many records the sync owns, by what they can still lose.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Owned {
    /// All that the ledger knows, also what the product has lost.
    pub(crate) linked: usize,
    /// All that the product has.
    pub(crate) records: usize,
    /// Those that are not locked yet.
    pub(crate) unlocked: usize,
    /// All that the product has once the plan is carried out.
    pub(crate) after: usize,
}

impl Owned {
    fn of(self, class: Class) -> usize {
        match class {
            Class::Lock => self.unlocked,
            Class::Invite => self.after,
            _ => self.records,
        }
    }
}

/// A change that waits until a person has looked at it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Held<R> {
    /// The change.
    pub change: Change<R>,
    /// Why it waits.
    pub reason: HoldReason,
}

/// Why a change waits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum HoldReason {
    /// More changes of one class than the budget allows; none of them is made.
    OverBudget {
        /// The class.
        class: Class,
        /// How many there are.
        count: usize,
        /// How many would be allowed.
        budget: usize,
    },
    /// One field would be emptied for more records than the budget allows.
    FieldOverBudget {
        /// The field.
        field: FieldName,
        /// For how many records.
        count: usize,
        /// How many would be allowed.
        budget: usize,
    },
    /// HR sent nothing that can be read, though there was something before.
    EmptySource,
    /// The product shows so many fewer of the linked records than before that they are not simply
    /// created anew.
    LostInProduct {
        /// How many are gone.
        count: usize,
        /// How many would be created anew without asking: as many as may be locked.
        budget: usize,
    },
    /// The records no longer take part; that is a decision for a person.
    DeScoped,
    /// The answer to an earlier creation was lost, and the product cannot tell whether it was made; a second
    /// one might double the record.
    InDoubt,
    /// The policy asks before a record of the product is taken into care that merely looks the same.
    Adoption,
    /// Invitations of people who have had access for longer. The ledger knows of none, but it may have
    /// forgotten.
    LateInvitation,
    /// The product has records of the sync that the ledger does not know, as after a backup was restored; so it
    /// may have forgotten invitations too.
    LedgerBehind,
}

impl fmt::Display for HoldReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OverBudget {
                class,
                count,
                budget,
            } => {
                write!(
                    f,
                    "{count} to {class}, {budget} are allowed without approval"
                )
            }
            Self::FieldOverBudget {
                field,
                count,
                budget,
            } => {
                write!(
                    f,
                    "{count} would lose `{field}`, {budget} are allowed without approval"
                )
            }
            Self::EmptySource => {
                f.write_str("HR sent nothing that can be read, though there was something before")
            }
            Self::LostInProduct { count, budget } => write!(
                f,
                "the product lost {count} at once, {budget} are created anew without approval"
            ),
            Self::DeScoped => f.write_str("no longer takes part, which a person must confirm"),
            Self::InDoubt => f.write_str(
                "may have been created already; look into the product before it is created again",
            ),
            Self::Adoption => f.write_str("taken to be the same, which a person must confirm"),
            Self::LateInvitation => f.write_str(
                "had access before, so somebody must confirm that nobody is invited twice",
            ),
            Self::LedgerBehind => f.write_str(
                "the ledger has forgotten records of the product, and perhaps who was invited",
            ),
        }
    }
}

/// Something about a whole run that a person should know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Alarm {
    /// HR sent nothing that can be read, though there was something before.
    EmptySource,
    /// The snapshot is not known to be whole; nothing is concluded from what it lacks.
    Incomplete(Vec<Gap>),
    /// The numbers of the report do not add up: a defect of the engine, which should be reported.
    Unaccounted {
        /// How many records there are on both sides and in the ledger.
        keys: usize,
        /// How many the report accounts for.
        counted: usize,
    },
}

impl fmt::Display for Alarm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::EmptySource => f.write_str(
                "HR sent nothing that can be read, though there was something before: nothing is taken away",
            ),
            Self::Incomplete(gaps) => {
                f.write_str("the answer of HR is not known to be whole, so nothing that it lacks is taken away")?;
                for gap in gaps {
                    write!(f, "; {gap}")?;
                }
                Ok(())
            }
            Self::Unaccounted { keys, counted } => write!(
                f,
                "the report accounts for {counted} of {keys} records; please report this defect"
            ),
        }
    }
}

/// Parts what may be done from what must wait.
///
/// A budget is exact: either every change of the class fits, or none is made.
pub(crate) fn guard<R>(
    changes: Vec<Change<R>>,
    policy: &SyncPolicy,
    owned: Owned,
    source_is_empty: bool,
) -> (Vec<Change<R>>, Vec<Held<R>>) {
    let mut counts: BTreeMap<Class, usize> = BTreeMap::new();
    for change in changes.iter().filter(|change| !is_descoped(change)) {
        *counts.entry(change.class()).or_default() += 1;
    }
    // A product that shows too little looks as if it had lost its records; creating them all anew
    // would double everybody.
    let lost = changes
        .iter()
        .filter(|change| change.reason == Reason::LostInProduct)
        .count();
    let lost_budget = policy
        .budget(Class::Lock)
        .unwrap_or_default()
        .of(owned.linked);
    let is_ledger_behind = changes
        .iter()
        .any(|change| change.reason == Reason::SameExternalId);
    let asks_to_adopt = policy.lifecycle.adoption == Adoption::Ask;
    let unsure: BTreeSet<SourceId> = changes
        .iter()
        .filter(|it| asks_to_adopt && matches!(it.reason, Reason::SameKey(_)))
        .map(|it| it.source.clone())
        .collect();
    let mut cleared: BTreeMap<FieldName, usize> = BTreeMap::new();
    for change in &changes {
        if let Effect::Clear(fields) = &change.effect {
            for field in fields {
                *cleared.entry(field.field.clone()).or_default() += 1;
            }
        }
    }

    let hold = |change: &Change<R>| -> Option<HoldReason> {
        let class = change.class();
        // What is not ours yet is not written.
        if unsure.contains(&change.source) {
            return Some(HoldReason::Adoption);
        }
        if change.reason == Reason::LostInProduct && lost > lost_budget {
            return Some(HoldReason::LostInProduct {
                count: lost,
                budget: lost_budget,
            });
        }
        let budget = policy.budget(class)?.of(owned.of(class));
        if source_is_empty {
            return Some(HoldReason::EmptySource);
        }
        if is_descoped(change) {
            return Some(HoldReason::DeScoped);
        }
        let count = counts[&class];
        if count <= budget {
            return match class {
                Class::Invite if is_ledger_behind => Some(HoldReason::LedgerBehind),
                Class::Invite if change.reason == Reason::NeverInvited => {
                    Some(HoldReason::LateInvitation)
                }
                _ => None,
            };
        }
        // One field that goes for many is a right that was lost, so the field is worth naming.
        if let Effect::Clear(fields) = &change.effect
            && let Some(over) = fields.iter().find(|it| cleared[&it.field] > budget)
        {
            return Some(HoldReason::FieldOverBudget {
                field: over.field.clone(),
                count: cleared[&over.field],
                budget,
            });
        }
        Some(HoldReason::OverBudget {
            class,
            count,
            budget,
        })
    };

    let (mut ready, mut held) = (Vec::new(), Vec::new());
    for change in changes {
        match hold(&change) {
            None => ready.push(change),
            Some(reason) => held.push(Held { change, reason }),
        }
    }
    (ready, held)
}

fn is_descoped<R>(change: &Change<R>) -> bool {
    change.effect.evidence() == Some(&Evidence::DeScoped)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[rstest::rstest]
    #[case::nobody(0, 0)]
    #[case::one_person(1, 1)]
    #[case::two_people(2, 1)]
    #[case::the_fixed_number_never_means_all(3, 2)]
    #[case::the_fixed_number(8, 3)]
    #[case::still_the_fixed_number(79, 3)]
    #[case::the_share(800, 40)]
    #[case::a_large_company(80_000, 4_000)]
    fn a_budget_of_three_or_five_percent(#[case] owned: usize, #[case] allowed: usize) {
        let budget = Budget::default_for(Class::Lock).unwrap();
        assert_eq!(budget.of(owned), allowed);
    }
}
