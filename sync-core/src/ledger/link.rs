use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::Intent;
use crate::{
    Change, Effect, FieldName, Reason, Record, TargetId, desired::EndReason, fingerprint::FieldHash,
};

/// A pair of records that belong together. It holds through every change of names and addresses.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Link {
    /// The record in the product.
    pub target: TargetId,
    /// Counts how often the record was created anew in the product, from 0.
    pub generation: u32,
    /// Counts the attempts to change the record in the product, so that none is made twice.
    pub revision: u32,
    /// The hash of every field on which both sides agreed last.
    pub agreed: BTreeMap<FieldName, FieldHash>,
    /// Since when, and how often, complete snapshots lack the source record.
    pub missing: Option<Missing>,
    /// How the record came into the care of the sync.
    #[serde(default)]
    pub origin: Origin,
    /// Since when the record is locked because it is over.
    #[serde(default)]
    pub locked: Option<Locked>,
    /// The person has access, and an invitation is to come: its time has not come yet, or the run that was to send
    /// it was cut off.
    #[serde(default)]
    pub awaits_invitation: bool,
}

/// How a record of the product came into the care of the sync.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// It was there before, or takes the place of one that the product had lost.
    #[default]
    Adopted,
    /// The sync created it.
    Created,
    /// The sync created it to prepare it, and nobody has had access to it yet.
    Staged,
}

/// Since when a record is locked because it is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Locked {
    /// From when on it is known to be locked; `None` as long as that is only planned.
    pub since: Option<DateTime<Utc>>,
    /// What HR said, if it said so in the record itself. It is not taken back by an answer that does not
    /// show the attribute that said so.
    pub stated: Option<EndReason>,
}

impl Origin {
    /// Tells how a change brings its record into the care of the sync.
    pub(crate) fn of<R: Record>(change: &Change<R>) -> Self {
        match &change.effect {
            Effect::Create(record) if record.is_staged() => Self::Staged,
            Effect::Create(_) if change.reason != Reason::LostInProduct => Self::Created,
            _ => Self::Adopted,
        }
    }
}

impl Link {
    /// Makes the link of a record that has just been adopted or created.
    pub(crate) fn begin(intent: &Intent, target: TargetId, revision: u32) -> Self {
        Self {
            target,
            generation: intent.generation,
            revision,
            agreed: intent.agreed.clone(),
            missing: None,
            origin: intent.origin,
            locked: None,
            awaits_invitation: intent.awaits_invitation,
        }
    }
}

/// How long a source record has been missing from complete snapshots.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Missing {
    /// When the first of them was taken.
    pub since: DateTime<Utc>,
    /// When the last of them that counts was taken.
    pub counted_at: DateTime<Utc>,
    /// How many complete snapshots in a row lacked it.
    pub snapshots: u32,
}

impl Missing {
    /// Counts the first snapshot that lacks a record.
    pub(crate) fn first(taken_at: DateTime<Utc>) -> Self {
        Self {
            since: taken_at,
            counted_at: taken_at,
            snapshots: 1,
        }
    }

    /// Counts another snapshot. One counts once, however often it is planned from; and there is no use
    /// in counting on past what is needed.
    pub(crate) fn again(self, taken_at: DateTime<Utc>, needed: u32) -> Self {
        if self.counted_at >= taken_at || self.snapshots >= needed {
            return self;
        }
        Self {
            counted_at: taken_at,
            snapshots: self.snapshots + 1,
            ..self
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    #[test]
    fn a_snapshot_counts_once_however_often_it_is_planned_from() {
        let day = |day| DateTime::UNIX_EPOCH + TimeDelta::days(day);
        let missing = Missing::first(day(1)).again(day(1), 3);
        assert_eq!(missing.snapshots, 1);
        let missing = missing.again(day(2), 3).again(day(2), 3);
        assert_eq!(missing.snapshots, 2);
        let missing = missing.again(day(3), 3);
        assert_eq!((missing.snapshots, missing.since), (3, day(1)));
        assert_eq!(missing.again(day(4), 3), missing, "no use in counting on");
    }
}
