use std::{collections::BTreeMap, fmt};

use serde::{Deserialize, Serialize};

use crate::{Cause, Change, Class, Plan, Record, change::Evidence, change::Reason};

/// How much a full plan still finds to do after runs that read only a part.
///
/// Make a full plan when the runs in between should have left nothing to do, and count.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Drift {
    /// How many changes there are of each class, by where they come from.
    pub counts: BTreeMap<Class, BTreeMap<DriftOrigin, usize>>,
}

/// Where a change comes from that the runs in between have not seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum DriftOrigin {
    /// HR changed, and neither a change filter nor an event showed it.
    Source,
    /// The product moved on its own.
    Product,
    /// HR no longer has the record, which only a full run can tell.
    Missing,
}

impl Drift {
    /// Counts the changes of a full plan, those that wait included.
    pub fn of<R: Record>(plan: &Plan<R>) -> Self {
        let mut drift = Self::default();
        let held = plan.held().iter().map(|held| &held.change);
        for change in plan.ready().iter().chain(held) {
            let origins = drift.counts.entry(change.class()).or_default();
            *origins.entry(origin(change)).or_default() += 1;
        }
        drift
    }

    /// Returns how many changes there are in all.
    pub fn total(&self) -> usize {
        self.counts.values().flat_map(BTreeMap::values).sum()
    }
}

fn origin<R>(change: &Change<R>) -> DriftOrigin {
    let fields = change.effect.field_changes();
    let is_drift = !fields.is_empty() && fields.iter().all(|it| it.cause == Cause::Drift);
    match (change.effect.evidence(), &change.reason) {
        (Some(Evidence::Missing { .. }), _) => DriftOrigin::Missing,
        (_, Reason::LostInProduct) => DriftOrigin::Product,
        _ if is_drift => DriftOrigin::Product,
        _ => DriftOrigin::Source,
    }
}

impl fmt::Display for Drift {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.counts.is_empty() {
            return f.write_str("nothing was missed");
        }
        let mut separator = "";
        for (class, origins) in &self.counts {
            for (origin, count) in origins {
                write!(f, "{separator}{count} to {class}: {origin}")?;
                separator = ", ";
            }
        }
        Ok(())
    }
}

impl fmt::Display for DriftOrigin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Source => "changed in HR",
            Self::Product => "changed in the product",
            Self::Missing => "gone from HR",
        })
    }
}
