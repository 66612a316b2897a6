use std::fmt;

use serde::{Deserialize, Serialize};

use crate::policy::{EndAction, LifecyclePolicy, LostAction, ReturnAction};

/// What the source says of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SourceState {
    /// The product should have it.
    Present,
    /// It is over, as the record itself says.
    Ended,
    /// It is there, but does not take part.
    OutOfScope,
    /// It is there, but nothing can be decided.
    Blocked,
    /// A complete snapshot lacks it.
    Missing,
    /// The snapshot lacks it, and is no evidence: incomplete, or about other records.
    NotCovered,
}

/// What the ledger says of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LinkState {
    /// The ledger does not know it.
    None,
    /// It belongs to a record of the product.
    Linked,
    /// The sync removed it from the product before.
    Buried,
    /// Somebody else removed it from the product, and the sync forgot it.
    Forgotten,
}

/// What the product has of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TargetState {
    /// Exactly one record.
    Found,
    /// Exactly one, which must never lose anything.
    Protected,
    /// None.
    Absent,
    /// Several are possible, or several claim the same.
    Disputed,
}

/// Where a record stands, seen from source, ledger and product together.
///
/// Every combination of [`SourceState`], [`LinkState`] and [`TargetState`] is exactly one of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Situation {
    /// HR has it, the product does not, and never had.
    New,
    /// HR has it, and the product has a record that must be the same.
    Adoptable,
    /// Both have it, and the ledger knows the pair.
    Linked,
    /// HR has it; the product lost the record that was linked.
    LostInProduct,
    /// HR has it again, after it was removed from the product.
    Returned,
    /// HR has it again, after somebody else had removed it from the product.
    ReturnedAfterLoss,
    /// HR says it is over; the product still has it.
    Ended,
    /// The policy no longer lets it take part; the product still has it.
    DeScoped,
    /// Complete snapshots lack it; the product still has it.
    Vanished,
    /// One of the three above, for a record that must never lose anything.
    Protected,
    /// It is over, out of scope or missing, and the product has lost it too.
    GoneOnBothSides,
    /// It is over, out of scope or missing, and the sync has nothing of it.
    NothingToDo,
    /// Nothing can be decided, so whatever is there stays.
    Undecidable,
    /// More than one record is possible; a person must decide.
    Disputed,
}

impl Situation {
    /// Names the situation of every combination.
    pub fn of(source: SourceState, link: LinkState, target: TargetState) -> Self {
        use {LinkState as L, SourceState as S, TargetState as T};
        match (source, link, target) {
            (S::Blocked | S::NotCovered, _, _) => Self::Undecidable,
            (S::Present, _, T::Disputed) | (_, L::Linked, T::Disputed) => Self::Disputed,
            (S::Present, L::None | L::Buried | L::Forgotten, T::Found | T::Protected) => {
                Self::Adoptable
            }
            (S::Present, L::None, T::Absent) => Self::New,
            (S::Present, L::Buried, T::Absent) => Self::Returned,
            (S::Present, L::Forgotten, T::Absent) => Self::ReturnedAfterLoss,
            (S::Present, L::Linked, T::Found | T::Protected) => Self::Linked,
            (S::Present, L::Linked, T::Absent) => Self::LostInProduct,
            (S::Ended, L::Linked, T::Found) => Self::Ended,
            (S::OutOfScope, L::Linked, T::Found) => Self::DeScoped,
            (S::Missing, L::Linked, T::Found) => Self::Vanished,
            (S::Ended | S::OutOfScope | S::Missing, L::Linked, T::Protected) => Self::Protected,
            (S::Ended | S::OutOfScope | S::Missing, L::Linked, T::Absent) => Self::GoneOnBothSides,
            (S::Ended | S::OutOfScope | S::Missing, L::None | L::Buried | L::Forgotten, _) => {
                Self::NothingToDo
            }
        }
    }
}

/// What a policy makes of a situation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Creates the record in the product.
    Create,
    /// Takes the record in the product into the care of the sync, and compares it.
    Adopt,
    /// Compares the two, and changes what differs.
    Compare,
    /// Ends the record in the product as the policy says, if the evidence suffices.
    End(EndAction),
    /// Forgets the link; there is nothing left on either side.
    Forget,
    /// Does nothing.
    Leave,
}

impl SourceState {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Present,
        Self::Ended,
        Self::OutOfScope,
        Self::Missing,
        Self::Blocked,
        Self::NotCovered,
    ];
}

impl LinkState {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::None, Self::Linked, Self::Buried, Self::Forgotten];
}

impl TargetState {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Found, Self::Protected, Self::Absent, Self::Disputed];
}

impl Situation {
    /// Says what to do under a policy. Total: every situation has an answer under every policy.
    pub fn action(self, policy: &LifecyclePolicy) -> Action {
        match self {
            Self::New => Action::Create,
            Self::Adoptable => Action::Adopt,
            Self::Linked => Action::Compare,
            Self::LostInProduct => match policy.lost {
                LostAction::Recreate => Action::Create,
                LostAction::Leave => Action::Leave,
            },
            Self::Returned => match policy.returned {
                ReturnAction::Recreate => Action::Create,
                ReturnAction::Leave => Action::Leave,
            },
            Self::ReturnedAfterLoss => match (policy.lost, policy.returned) {
                (LostAction::Recreate, ReturnAction::Recreate) => Action::Create,
                _ => Action::Leave,
            },
            Self::Ended => Action::End(policy.ended),
            Self::DeScoped => Action::End(policy.descoped),
            Self::Vanished => Action::End(policy.vanished.action),
            Self::GoneOnBothSides => Action::Forget,
            Self::Protected | Self::NothingToDo | Self::Undecidable | Self::Disputed => {
                Action::Leave
            }
        }
    }
}

impl fmt::Display for Situation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::New => "new in HR",
            Self::Adoptable => "already in the product",
            Self::Linked => "in HR and in the product",
            Self::LostInProduct => "removed in the product by somebody else",
            Self::Returned => "back in HR after its removal",
            Self::ReturnedAfterLoss => {
                "back in HR after its removal in the product by somebody else"
            }
            Self::Ended => "over in HR",
            Self::DeScoped => "no longer takes part",
            Self::Vanished => "missing in HR",
            Self::Protected => "protected in the product",
            Self::GoneOnBothSides => "gone on both sides",
            Self::NothingToDo => "not in the product",
            Self::Undecidable => "cannot be decided",
            Self::Disputed => "more than one record is possible",
        })
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Create => "create it",
            Self::Adopt => "adopt it, and change what differs",
            Self::Compare => "change what differs",
            Self::End(EndAction::Leave) | Self::Leave => "leave it",
            Self::End(EndAction::Lock) => "lock it",
            Self::End(EndAction::Remove) => "remove it",
            Self::Forget => "forget it",
        })
    }
}

impl fmt::Display for SourceState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Present => "has it",
            Self::Ended => "says it is over",
            Self::OutOfScope => "has it, but it does not take part",
            Self::Blocked => "has it, but nothing can be decided",
            Self::Missing => "a complete snapshot lacks it",
            Self::NotCovered => "was not asked, or the answer is not known to be whole",
        })
    }
}

impl fmt::Display for LinkState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::None => "unknown",
            Self::Linked => "linked",
            Self::Buried => "removed before",
            Self::Forgotten => "removed before by somebody else",
        })
    }
}

impl fmt::Display for TargetState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Found => "one record",
            Self::Protected => "one protected record",
            Self::Absent => "none",
            Self::Disputed => "several are possible",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn combinations() -> impl Iterator<Item = (SourceState, LinkState, TargetState)> {
        SourceState::ALL.into_iter().flat_map(|source| {
            LinkState::ALL.into_iter().flat_map(move |link| {
                TargetState::ALL
                    .into_iter()
                    .map(move |target| (source, link, target))
            })
        })
    }

    /// Every action that takes something away, whatever the policy.
    fn ends(situation: Situation) -> bool {
        let policy = LifecyclePolicy {
            ended: EndAction::Remove,
            descoped: EndAction::Remove,
            vanished: crate::policy::Vanished {
                action: EndAction::Remove,
                snapshots: 1,
                days: 0,
            },
            ..LifecyclePolicy::default()
        };
        matches!(situation.action(&policy), Action::End(_))
    }

    #[test]
    fn only_a_linked_record_that_is_found_unprotected_and_undisputed_is_ever_ended() {
        for (source, link, target) in combinations() {
            let ended = ends(Situation::of(source, link, target));
            let may_end = link == LinkState::Linked
                && target == TargetState::Found
                && matches!(
                    source,
                    SourceState::Ended | SourceState::OutOfScope | SourceState::Missing
                );
            assert_eq!(ended, may_end, "{source:?} {link:?} {target:?}");
        }
    }

    #[test]
    fn a_disputed_record_is_never_written() {
        for (source, link, target) in combinations().filter(|it| it.2 == TargetState::Disputed) {
            let action = Situation::of(source, link, target).action(&LifecyclePolicy::default());
            assert_eq!(action, Action::Leave, "{source:?} {link:?} {target:?}");
        }
    }

    #[test]
    fn nothing_follows_from_a_record_that_was_not_covered() {
        for (source, link, target) in combinations().filter(|it| it.0 == SourceState::NotCovered) {
            assert_eq!(Situation::of(source, link, target), Situation::Undecidable);
        }
    }
}
