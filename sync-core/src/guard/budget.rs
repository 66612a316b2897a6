use std::num::NonZeroU32;

use serde::{Deserialize, Serialize};

use crate::change::Class;

/// How many changes of one class a run may make without asking.
///
/// The larger of a fixed number and a share of the records that the sync owns, but never all of
/// them, unless the policy says so: a company of two is as safe as one of two thousand. Only the owner of a
/// single record has nothing between none and all; there the one change passes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Budget {
    /// This many are always fine, as long as they are not all.
    pub at_least: NonZeroU32,
    /// Or this share of all owned records, in percent.
    #[cfg_attr(feature = "schema", schemars(range(max = 99)))]
    pub percent: u8,
    /// So many are fine even if they are all that there are. For changes of which a few do no harm however few
    /// records there are, such as a desk given back or an invitation.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub even_all: bool,
}

impl Budget {
    /// Sets the fixed number and the share in percent.
    pub const fn new(at_least: NonZeroU32, percent: u8) -> Self {
        Self {
            at_least,
            percent,
            even_all: false,
        }
    }

    /// Lets so many pass even if they are all that there are.
    #[must_use]
    pub const fn even_all(self) -> Self {
        Self {
            even_all: true,
            ..self
        }
    }

    /// Returns the default of a class, or `None` for classes that need none, see [`Class::is_counted`].
    pub fn default_for(class: Class) -> Option<Self> {
        let budget = |at_least, percent| {
            let at_least = NonZeroU32::new(at_least).unwrap_or(NonZeroU32::MIN);
            Some(Self::new(at_least, percent))
        };
        match class {
            Class::Lock | Class::Forget => budget(3, 5),
            Class::Remove => budget(1, 2),
            Class::Clear => budget(3, 20),
            Class::Invite => budget(10, 20),
            Class::Adopt | Class::Update | Class::Create | Class::Refer => None,
        }
    }

    /// Returns how many of `owned` records may be changed: 0 of 0, 1 of 1, and fewer than all of more, unless
    /// [all are fine](Self::even_all).
    pub fn of(&self, owned: usize) -> usize {
        let share = owned.saturating_mul(usize::from(self.percent)) / 100;
        let wanted = share.max(usize::try_from(self.at_least.get()).unwrap_or(usize::MAX));
        match owned {
            _ if self.even_all => wanted,
            0 | 1 => owned,
            _ => wanted.min(owned - 1),
        }
    }
}

impl Default for Budget {
    /// The strictest: one record at a time.
    fn default() -> Self {
        Self::new(NonZeroU32::MIN, 0)
    }
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
