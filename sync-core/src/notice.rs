use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use serde::{Deserialize, Serialize};

use crate::{FieldName, SourceId, TargetId, absence::Grain, desired::BlockReason};

/// Something about one record that a person should know, in terms that hold no personal data.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Notice {
    /// The record of the source.
    pub source: SourceId,
    /// What there is to know.
    pub matter: Matter,
}

/// What there is to know about a record.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Matter {
    /// It waits, because nothing can be decided about it; whatever the product has stays.
    Blocked(BlockReason),
    /// The product holds it otherwise than HR has it.
    Lossy(Loss),
    /// It lies over a record of the product that belongs to nobody in HR. Both stay as they are.
    Overlaps(TargetId),
    /// It keeps its key, such as its e-mail address, because others in the product have the one that HR gives it.
    /// Where nothing else is planned for it, it is [disputed](crate::Outcome::Disputed) besides.
    KeyTaken {
        /// The field of the key.
        field: FieldName,
        /// The records of the product that have it.
        holders: BTreeSet<TargetId>,
    },
    /// HR lets a field refer to a record that the product does not have. The field stays as it is, and is set by the
    /// run that brings that record.
    LeadsToNobody {
        /// The field.
        field: FieldName,
        /// The record of the source that it refers to.
        referent: SourceId,
    },
}

/// The rule by which a product holds a record otherwise than HR has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Loss {
    /// Shown longer than it is, in whole units of the grain.
    RoundedUp(Grain),
    /// Shown shorter than it is, in whole units of the grain, or not at all.
    RoundedDown(Grain),
    /// Shown with an end though it has none.
    EndsWithWindow,
    /// What lies outside the window is not shown.
    Clipped,
    /// Shown as one record for each year.
    SplitByYear,
}

impl fmt::Display for Matter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Blocked(reason) => reason.fmt(f),
            Self::Lossy(loss) => loss.fmt(f),
            Self::Overlaps(target) => write!(f, "overlaps {target}, which was entered by hand"),
            Self::KeyTaken { field, holders } => {
                let holders: Vec<&str> = holders.iter().map(TargetId::as_str).collect();
                let holders = holders.join(", ");
                write!(
                    f,
                    "keeps its `{field}`, because {holders} in the product has that of HR"
                )
            }
            Self::LeadsToNobody { field, referent } => {
                write!(
                    f,
                    "`{field}` is {referent} in HR, who is not in the product"
                )
            }
        }
    }
}

impl fmt::Display for Loss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = |grain: &Grain| match grain {
            Grain::Hours => "hours",
            Grain::HalfDays => "half days",
            Grain::Days => "whole days",
        };
        match self {
            Self::RoundedUp(grain) => write!(f, "rounded up to {}", unit(grain)),
            Self::RoundedDown(grain) => write!(f, "rounded down to {}", unit(grain)),
            Self::EndsWithWindow => f.write_str("has no end, and is shown until the window ends"),
            Self::Clipped => f.write_str("shown only as far as it lies in the window"),
            Self::SplitByYear => f.write_str("shown as one record for each year"),
        }
    }
}

/// How many records are named in each line of a text.
const NAMED: usize = 10;

/// Writes notices as lines, one for each matter, with the ids of the records.
pub(crate) fn write_lines(f: &mut fmt::Formatter<'_>, notices: &[Notice]) -> fmt::Result {
    let mut by_matter: BTreeMap<&Matter, Vec<&str>> = BTreeMap::new();
    for notice in notices {
        let sources = by_matter.entry(&notice.matter).or_default();
        sources.push(notice.source.as_str());
    }
    for (matter, sources) in by_matter {
        let named = &sources[..sources.len().min(NAMED)];
        write!(
            f,
            "\n  note {:<13} {matter}: {}",
            sources.len(),
            named.join(", ")
        )?;
        if sources.len() > NAMED {
            write!(f, " … and {} more", sources.len() - NAMED)?;
        }
    }
    Ok(())
}
