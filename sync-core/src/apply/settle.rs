use std::{collections::BTreeMap, error::Error as _};

use chrono::{DateTime, Utc};

use crate::{
    Change, Class, Effect, LedgerState, Link, Record, SourceId, Version,
    causes::with_causes,
    ledger::{LedgerWrite, Tombstone},
    report::{ChangeReport, Fate},
    target::{Applied, ErrorClass, TargetError},
};

/// What became of one change, and where its record stands now.
pub(super) struct Settled {
    pub(super) report: ChangeReport,
    pub(super) link: Option<Link>,
    pub(super) version: Option<Version>,
}

/// Where the records stand while the run goes on.
pub(super) struct Standing {
    pub(super) ledger: LedgerState,
    /// The versions of the records that this run has changed, which the plan cannot know.
    pub(super) versions: BTreeMap<SourceId, Option<Version>>,
}

impl Standing {
    /// Returns a change with the version that its record has by now.
    pub(super) fn refreshed<R: Record>(&self, change: &Change<R>) -> Change<R> {
        let mut change = change.clone();
        if let Some(version) = self.versions.get(&change.source) {
            change.expected_version = version.clone();
        }
        change
    }
}

impl Settled {
    /// Notes where a record stands after a change is made.
    pub(super) fn done<R>(
        change: &Change<R>,
        Applied { target, version }: Applied,
        now: DateTime<Utc>,
        state: &LedgerState,
        writes: &mut Vec<LedgerWrite>,
    ) -> Self {
        let source = &change.source;
        let link = match &change.effect {
            Effect::Remove { .. } => {
                let tombstone = Tombstone {
                    at: now,
                    generation: change.generation,
                };
                writes.push(LedgerWrite::Unlink(source.clone()));
                writes.push(LedgerWrite::Bury(source.clone(), tombstone));
                None
            }
            Effect::Adopt | Effect::Create(_) => {
                if state.tombstones.contains_key(source) {
                    writes.push(LedgerWrite::Unbury(source.clone()));
                }
                Some(Link {
                    target: target.clone(),
                    generation: change.generation,
                    revision: change.revision.map_or(0, |revision| revision + 1),
                    agreed: change.agreement.clone(),
                    missing: None,
                })
            }
            Effect::Update(_) | Effect::Clear(_) | Effect::Lock { .. } => {
                state.links.get(source).cloned().map(|mut link| {
                    link.revision += 1;
                    link.agreed.extend(change.agreement.clone());
                    link
                })
            }
        };
        if let Some(link) = &link {
            writes.push(LedgerWrite::Link(source.clone(), link.clone()));
        }
        let report = ChangeReport {
            target: Some(target),
            ..change_report(change, Fate::Done)
        };
        Self {
            report,
            link,
            version,
        }
    }

    pub(super) fn without_effect<R>(change: &Change<R>, fate: Fate) -> Self {
        Self {
            report: change_report(change, fate),
            link: None,
            version: None,
        }
    }
}

/// Tells whether the ledger has moved on for a record since the plan was made.
pub(super) fn is_stale<R>(change: &Change<R>, state: &LedgerState) -> bool {
    match (state.links.get(&change.source), change.revision) {
        (Some(link), Some(revision)) => {
            (link.generation, link.revision) != (change.generation, revision)
        }
        (None, None) => {
            let buried = state.tombstones.get(&change.source);
            buried.is_some_and(|tombstone| tombstone.generation >= change.generation)
        }
        _ => true,
    }
}

pub(super) fn fate<R>(change: &Change<R>, answer: &Result<Applied, TargetError>) -> Fate {
    let Err(error) = answer else {
        return Fate::Done;
    };
    match (error.class(), change.class()) {
        (ErrorClass::NotFound, Class::Remove) => Fate::Done,
        (ErrorClass::Unknown, _) => Fate::Unknown,
        (class, _) => {
            let message = error
                .source()
                .map(|source| with_causes(source))
                .unwrap_or_default();
            Fate::Failed { class, message }
        }
    }
}

pub(super) fn change_report<R>(change: &Change<R>, fate: Fate) -> ChangeReport {
    ChangeReport {
        id: change.id.clone(),
        source: change.source.clone(),
        target: change.target.clone(),
        class: change.class(),
        fate,
    }
}
