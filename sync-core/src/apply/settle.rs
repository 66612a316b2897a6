use std::{
    collections::{BTreeMap, BTreeSet},
    error::Error as _,
};

use chrono::{DateTime, Utc};

use super::attempt::Answer;
use crate::{
    Change, Class, Effect, FieldChange, LedgerState, Link, Plan, Record, Setback, SourceId,
    Version,
    causes::with_causes,
    ledger::{LedgerWrite, Tombstone},
    plan::Note,
    policy::RetryPolicy,
    report::{ChangeReport, Fate},
    target::{Applied, ErrorClass},
};

/// Where the records stand while the run goes on.
pub(super) struct Standing {
    pub(super) ledger: LedgerState,
    /// Records with an open intent that the plan did not know of.
    moved: BTreeSet<SourceId>,
    /// The versions of the records that this run has changed, which the plan cannot know.
    versions: BTreeMap<SourceId, Option<Version>>,
    /// When HR said what the plan follows.
    taken_at: DateTime<Utc>,
    /// How long to leave alone what fails.
    retry: RetryPolicy,
    /// Records that the plan creates or adopts, as long as that is not done.
    expected: BTreeSet<SourceId>,
    /// Records whose person the plan invites after everything else.
    invited: BTreeSet<SourceId>,
    /// Records with a change that was not made, or may not have been, and what became of it.
    failed: BTreeMap<SourceId, Fate>,
}

impl Standing {
    pub(super) fn new<R: Record>(
        plan: &Plan<R>,
        ledger: LedgerState,
        invitation_ids: bool,
    ) -> Self {
        let begun = |it: &&Change<R>| matches!(it.class(), Class::Create | Class::Adopt);
        let expected = plan.ready().iter().filter(begun);
        // An older ledger would remember one that was sent since, so only a product that sends none twice is promised one.
        let invites = |it: &&Change<R>| invitation_ids && it.class() == Class::Invite;
        let invited = plan.ready().iter().filter(invites);
        let moved = ledger
            .intents
            .iter()
            .filter(|(id, intent)| plan.intents.get(*id) != Some(*intent))
            .map(|(_, intent)| intent.source.clone())
            .collect();
        Self {
            ledger,
            moved,
            taken_at: plan.taken_at,
            retry: plan.retry,
            versions: BTreeMap::new(),
            expected: expected.map(|it| it.source.clone()).collect(),
            invited: invited.map(|it| it.source.clone()).collect(),
            failed: BTreeMap::new(),
        }
    }

    /// Takes in what the plan learned, where the ledger still stands as it did, and returns what to write.
    ///
    /// The changes build on the notes, so they must not overwrite them with what was before. The notes on one record
    /// build on each other too, so the first decides for all.
    pub(super) fn note(&mut self, notes: &[Note]) -> Vec<LedgerWrite> {
        let mut holds: BTreeMap<&SourceId, bool> = BTreeMap::new();
        let mut writes = Vec::new();
        for note in notes {
            let holds = holds.entry(&note.source).or_insert_with(|| {
                let link = self.ledger.links.get(&note.source);
                !self.moved.contains(&note.source)
                    && link.map(|link| link.revision) == note.revision
            });
            if *holds {
                self.ledger.apply(&note.write);
                writes.push(note.write.clone());
            }
        }
        writes
    }

    /// Tells whether an invitation follows a change. It is remembered with the change, so that whoever goes on after
    /// a crash need not ask whether it was sent before.
    pub(super) fn is_to_be_invited<R>(&self, change: &Change<R>) -> bool {
        change.class() != Class::Invite && self.invited.contains(&change.source)
    }

    /// Tells whether the record of a change has moved on since the plan was made.
    pub(super) fn is_stale<R>(&self, change: &Change<R>) -> bool {
        if self.moved.contains(&change.source) || self.ledger.invitations.contains_key(&change.id) {
            return true;
        }
        match (self.ledger.links.get(&change.source), change.revision) {
            (Some(link), Some(revision)) => {
                let next = link
                    .generation
                    .saturating_add(u32::from(is_about_new(change)));
                (next, link.revision) != (change.generation, revision)
            }
            (None, None) => {
                let buried = self.ledger.tombstones.get(&change.source);
                buried.is_some_and(|tombstone| tombstone.generation >= change.generation)
            }
            _ => true,
        }
    }

    /// Returns what becomes of a change without trying it, because an earlier one of the same record was not made.
    ///
    /// Somebody who must lose access loses it, also if their new name was refused.
    pub(super) fn hindrance<R>(&self, change: &Change<R>) -> Option<Fate> {
        let Some(failed) = self.failed.get(&change.source) else {
            let is_there = self.ledger.links.contains_key(&change.source)
                && !self.expected.contains(&change.source);
            let is_there = is_there || !needs_target(change);
            let leads_somewhere = self.resolved(change.effect.references()).is_some();
            let leads_to_expected = change
                .referents()
                .any(|referent| self.expected.contains(referent));
            let may_go_on = is_there && leads_somewhere && !leads_to_expected;
            return (!may_go_on).then_some(Fate::Blocked);
        };
        match failed {
            Fate::Failed { .. } if change.class() == Class::Lock => None,
            Fate::NotTried => Some(Fate::NotTried),
            _ => Some(Fate::Blocked),
        }
    }

    /// Returns a change with the version that its record has by now.
    pub(super) fn refreshed<R: Clone>(&self, change: &Change<R>) -> Change<R> {
        let mut change = change.clone();
        if let Some(version) = self.versions.get(&change.source) {
            change.expected_version = version.clone();
        }
        if needs_target(&change) {
            let link = self.ledger.links.get(&change.source);
            change.target = link.map(|link| link.target.clone());
        }
        if let Effect::Refer(fields) = &mut change.effect
            && let Some(resolved) = self.resolved(fields)
        {
            *fields = resolved;
        }
        change
    }

    /// Returns references as the product has them, or `None` if one of them leads to nobody.
    fn resolved(&self, fields: &[FieldChange]) -> Option<Vec<FieldChange>> {
        let resolved = |field: &FieldChange| {
            let after = match &field.after {
                Some(reference) => Some(self.ledger.resolve(reference)?),
                None => None,
            };
            Some(FieldChange {
                after,
                ..field.clone()
            })
        };
        fields.iter().map(resolved).collect()
    }

    /// Returns what to write about the failure of a change, or about its success after a failure.
    fn setback<R>(
        &self,
        change: &Change<R>,
        fate: &Fate,
        now: DateTime<Utc>,
    ) -> Option<LedgerWrite> {
        let of = change.fingerprint();
        let earlier = self.ledger.setbacks.get(&of);
        let asked = match fate {
            Fate::Done => return earlier.map(|_| LedgerWrite::Recover(of)),
            // That the whole product cannot be changed is not the record's fault.
            Fate::Failed {
                class: ErrorClass::Stop,
                ..
            } => return None,
            Fate::Failed {
                class: ErrorClass::Later(asked),
                ..
            } => *asked,
            _ => None,
        };
        let setback = Setback::again(&change.source, earlier, asked, &self.retry, now);
        Some(LedgerWrite::Fail(of, setback))
    }

    /// Remembers where a record stands after a change.
    pub(super) fn take(&mut self, settled: Settled) -> ChangeReport {
        let Settled {
            report,
            link,
            version,
        } = settled;
        if report.fate == Fate::Done {
            if matches!(report.class, Class::Create | Class::Adopt) {
                self.expected.remove(&report.source);
            }
            self.versions.insert(report.source.clone(), version);
        } else {
            self.failed
                .entry(report.source.clone())
                .or_insert_with(|| report.fate.clone());
        }
        if let Some(link) = link {
            self.ledger.links.insert(report.source.clone(), link);
        }
        report
    }
}

/// What became of one change, and where its record stands now.
pub(super) struct Settled {
    pub(super) report: ChangeReport,
    link: Option<Link>,
    version: Option<Version>,
}

impl Settled {
    /// Concludes from the target's answer, and returns also what to write into the ledger.
    ///
    /// `begun` holds the intents of the batch and the links as they were written with them.
    pub(super) fn of<R>(
        change: &Change<R>,
        answer: &Answer,
        begun: &LedgerState,
        standing: &Standing,
        now: DateTime<Utc>,
    ) -> (Self, Vec<LedgerWrite>) {
        let link = begun.links.get(&change.source);
        let fate = fate(change, answer);
        let mut writes = Vec::new();
        if fate != Fate::Unknown {
            writes.push(LedgerWrite::Settle(change.id.clone()));
        }
        if is_surely_not_sent(change, &fate) {
            writes.push(LedgerWrite::Uninvite(change.id.clone()));
        }
        writes.extend(standing.setback(change, &fate, now));
        let applied = match answer {
            Ok(applied) => Some(applied.clone()),
            Err(_) => change.target.clone().map(Applied::to),
        };
        let settled = match applied {
            Some(applied) if fate == Fate::Done => {
                let intent = begun.intents.get(&change.id);
                let revision = link.map_or(0, |link| link.revision);
                let link = match &change.effect {
                    Effect::Remove { .. } | Effect::Forget => None,
                    Effect::Adopt | Effect::Create(_) => {
                        intent.map(|intent| Link::begin(intent, applied.target.clone(), revision))
                    }
                    Effect::Invite { .. } => link.cloned().map(|link| Link {
                        awaits_invitation: false,
                        ..link
                    }),
                    Effect::Update(_)
                    | Effect::Refer(_)
                    | Effect::Clear(_)
                    | Effect::Lock { .. } => link.cloned().map(|mut link| {
                        link.agreed.extend(change.agreement.clone());
                        if let (Class::Lock, Some(locked)) = (change.class(), &mut link.locked) {
                            locked.since.get_or_insert(standing.taken_at);
                        }
                        link
                    }),
                };
                writes.extend(rows_of_done(change, link.as_ref(), standing));
                Self {
                    report: ChangeReport {
                        target: Some(applied.target),
                        ..report_on(change, Fate::Done)
                    },
                    link,
                    version: applied.version,
                }
            }
            _ => {
                let mut link = link.cloned();
                // Whoever was refused one is invited again only when a person agrees.
                if let Some(link) = link.as_mut().filter(|_| is_surely_not_sent(change, &fate)) {
                    link.awaits_invitation = false;
                    writes.push(LedgerWrite::Link(change.source.clone(), link.clone()));
                }
                Self::without_effect(change, fate, link)
            }
        };
        (settled, writes)
    }

    pub(super) fn without_effect<R>(change: &Change<R>, fate: Fate, link: Option<Link>) -> Self {
        Self {
            report: report_on(change, fate),
            link,
            version: None,
        }
    }
}

fn rows_of_done<R>(
    change: &Change<R>,
    link: Option<&Link>,
    standing: &Standing,
) -> Vec<LedgerWrite> {
    let source = &change.source;
    let mut rows = Vec::new();
    if let Effect::Remove { .. } | Effect::Forget = change.effect {
        let tombstone = Tombstone {
            at: standing.taken_at,
            generation: change.generation,
            lost: matches!(change.effect, Effect::Forget),
        };
        rows.push(LedgerWrite::Unlink(source.clone()));
        rows.push(LedgerWrite::Bury(source.clone(), tombstone));
    }
    if let Some(link) = link {
        rows.push(LedgerWrite::Link(source.clone(), link.clone()));
        if standing.ledger.tombstones.contains_key(source) {
            rows.push(LedgerWrite::Unbury(source.clone()));
        }
    }
    rows
}

/// Tells whether a change creates a record, or is about one that an earlier change of the same plan creates.
fn is_about_new<R>(change: &Change<R>) -> bool {
    change.class() == Class::Create || needs_target(change)
}

/// Tells whether a change is about a record that an earlier change of the same plan creates.
fn needs_target<R>(change: &Change<R>) -> bool {
    matches!(change.class(), Class::Invite | Class::Refer) && change.target.is_none()
}

/// Tells whether an invitation may be sent by a later run: the product must be sure that it was not.
pub(super) fn is_surely_not_sent<R>(change: &Change<R>, fate: &Fate) -> bool {
    use ErrorClass::{Conflict, Later, NotFound, NotSupported, Rejected};
    let Fate::Failed { class, .. } = fate else {
        return false;
    };
    change.class() == Class::Invite
        && matches!(
            class,
            Later(_) | Rejected | Conflict | NotFound | NotSupported
        )
}

fn fate<R>(change: &Change<R>, answer: &Answer) -> Fate {
    let Err(error) = answer else {
        return Fate::Done;
    };
    match (error.class(), change.class()) {
        (ErrorClass::NotFound, Class::Remove) => Fate::Done,
        (ErrorClass::Unknown, _) => Fate::Unknown,
        (class, _) => {
            let message = error.source().map(with_causes);
            Fate::Failed {
                class,
                message: message.unwrap_or_default(),
            }
        }
    }
}

pub(super) fn report_on<R>(change: &Change<R>, fate: Fate) -> ChangeReport {
    ChangeReport {
        id: change.id.clone(),
        source: change.source.clone(),
        target: change.target.clone(),
        class: change.class(),
        fate,
    }
}
