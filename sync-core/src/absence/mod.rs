//! What HR says of an absence, and what the product may see of it.
//!
//! Three pure steps lead from the one to the other, each of which may be enough for a product:
//!
//! 1. [`desire`] decides what is shown: which states and types, and under which name.
//! 2. [`in_zone`] writes all hours in the one zone that a calendar keeps.
//! 3. [`fit`] rounds, cuts and splits for calendars that hold less than HR does.
//!
//! What cannot be shown as it is waits or is changed by a rule of the policy, and each time the plan and
//! the report [say so](crate::Notice).
//!
//! What follows from an absence for other records, such as a desk that is free now, is found by [`covered`].

mod cover;
mod desire;
mod fit;
mod granularity;
mod kind;
mod record;
mod span;
mod zone;

use std::fmt;

use serde::{Deserialize, Serialize};

pub use self::{
    cover::{Covered, Part, covered, days},
    desire::{ABSENT, AbsencePolicy, Label, desire},
    fit::{Edges, Finer, FitPolicy, OpenEnds, YearEnds, fit},
    granularity::{Grain, Granularity},
    kind::{Count, Counting},
    record::Absence,
    span::{Hours, Span},
    zone::in_zone,
};
use crate::{Known, SourceId};

/// An absence as HR knows it.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct AbsencePeriod {
    /// The person who is absent.
    pub employee: SourceId,
    /// The type of absence, by its identifier in HR.
    pub kind_id: Known<String>,
    /// The type of absence, by its name in HR. May reveal a reason for absence.
    pub kind_name: Known<String>,
    /// When the person is absent.
    pub span: Span,
    /// Where the request stands; not observed when HR uses a word that nobody knows.
    pub approval: Known<Approval>,
}

impl fmt::Debug for AbsencePeriod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AbsencePeriod")
            .field("employee", &self.employee)
            .finish_non_exhaustive()
    }
}

/// Where a request for absence stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Approval {
    /// It counts.
    Approved,
    /// It waits.
    Pending,
    /// It was refused or taken back.
    Rejected,
}

impl Approval {
    /// Returns the word that stands in the field `approval`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Approved => "approved",
            Self::Pending => "pending",
            Self::Rejected => "rejected",
        }
    }

    /// Reads the field `approval`.
    pub fn from_text(text: &str) -> Option<Self> {
        [Self::Approved, Self::Pending, Self::Rejected]
            .into_iter()
            .find(|it| it.as_str() == text)
    }
}

/// The names of the fields of an [`Absence`].
pub mod field {
    use crate::FieldName;

    /// The account of the person who is absent.
    pub const ACCOUNT: FieldName = FieldName::literal("account");
    /// What the product shows as the reason.
    pub const LABEL: FieldName = FieldName::literal("label");
    /// The first day.
    pub const FIRST_DAY: FieldName = FieldName::literal("first_day");
    /// The last day, inclusive; empty while the end is open.
    pub const LAST_DAY: FieldName = FieldName::literal("last_day");
    /// Whether it begins at noon of the first day.
    pub const STARTS_AT_NOON: FieldName = FieldName::literal("starts_at_noon");
    /// Whether it ends at noon of the last day.
    pub const ENDS_AT_NOON: FieldName = FieldName::literal("ends_at_noon");
    /// The hours as text, see [`Hours`](super::Hours); empty for whole and half days.
    pub const HOURS: FieldName = FieldName::literal("hours");
    /// Where the request stands.
    pub const APPROVAL: FieldName = FieldName::literal("approval");
}
