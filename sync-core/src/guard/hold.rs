use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{Change, FieldName, Gap, ScopeReason, change::Class, desired::BlockReason};

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
    /// Together with what was taken away in the last hours, more changes of one class than the
    /// budget of these hours allows; none of them is made.
    OverRollingBudget {
        /// The class.
        class: Class,
        /// How many there are.
        count: usize,
        /// How many were made in these hours.
        spent: usize,
        /// How many would be allowed in all.
        budget: usize,
        /// How many hours.
        hours: u32,
    },
    /// A field would be emptied for nearly everybody who has it, as when the credential may no longer read it.
    AttributeWithdrawn {
        /// The field.
        field: FieldName,
    },
    /// Scope, mapping, policy or what the product can do has changed since the last run.
    SettingsChanged,
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
    /// The person was erased, and HR has them again.
    Erased,
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
            Self::OverRollingBudget {
                class,
                count,
                spent,
                budget,
                hours,
            } => write!(
                f,
                "{count} to {class} after {spent} in the last {hours} hours, {budget} are allowed in all without approval"
            ),
            Self::AttributeWithdrawn { field } => write!(
                f,
                "nearly everybody would lose `{field}`, as when the credential may no longer read it"
            ),
            Self::SettingsChanged => f.write_str("the settings have changed since the last run"),
            Self::EmptySource => {
                f.write_str("HR sent nothing that can be read, though there was something before")
            }
            Self::LostInProduct { count, budget } => write!(
                f,
                "the product lost {count} at once, {budget} are created anew without approval"
            ),
            Self::DeScoped => f.write_str("no longer takes part, which a person must confirm"),
            Self::Erased => f.write_str("was erased, and HR has the person again"),
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
    /// HR no longer shows a field for nearly everybody of whom it did before, or shows it empty: the
    /// credential may have lost the right to read it.
    AttributeWithdrawn {
        /// The field of the product that depends on it.
        field: FieldName,
    },
    /// For the same reason nothing can be decided about nearly everybody.
    Undecided {
        /// The reason.
        reason: BlockReason,
        /// About how many.
        count: usize,
    },
    /// For the same reason nearly everybody takes part no more: the settings may be wrong, or what HR shows of those who
    /// take part. Nobody loses anything without an approval.
    LeftScope {
        /// The reason.
        reason: ScopeReason,
        /// How many.
        count: usize,
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
            Self::AttributeWithdrawn { field } => write!(
                f,
                "HR shows `{field}` for hardly anybody any more; may the credential still read it?"
            ),
            Self::Undecided { reason, count } => {
                write!(f, "nothing can be decided about {count}: {reason}")
            }
            Self::LeftScope { reason, count } => {
                write!(f, "{count} take part no more, nearly all there are: {reason}")
            }
        }
    }
}
