//! What became of the changes that were under way when the last run ended.

use std::{borrow::Cow, collections::BTreeMap};

use crate::{
    ChangeId, Class, Existing, FieldName, Intent, LedgerState, Link, PlanRequest, Record, SourceId,
    TargetId, Value,
    diff::canonical,
    fingerprint::FieldHash,
    ledger::{LedgerWrite, Tombstone},
    plan::Note,
};

/// The ledger as it stands once the open intents are settled, as far as reading the product settles them.
#[derive(Debug)]
pub(crate) struct Probed<'a> {
    pub(crate) ledger: Cow<'a, LedgerState>,
    /// What to write into the ledger to bring it there.
    pub(crate) notes: Vec<Note>,
    /// Creations of which the product shows neither that they were made nor that they were not.
    pub(crate) in_doubt: BTreeMap<SourceId, ChangeId>,
}

/// Settles the open intents by what the product shows: what was done is remembered as done, what was not is
/// planned anew, and what cannot be told stays open.
///
/// Everything else follows from the ledger that comes out of it: a creation whose answer was lost is a link
/// like any other, so the record is compared, or ended, as if the answer had arrived.
pub(crate) fn probe<'a, R: Record>(
    request: &PlanRequest<'a, R>,
    existing: &BTreeMap<&'a TargetId, &'a Existing<R>>,
) -> Probed<'a> {
    let mut prober = Prober {
        request,
        existing,
        probed: Probed {
            ledger: Cow::Borrowed(request.ledger),
            notes: Vec::new(),
            in_doubt: BTreeMap::new(),
        },
    };
    // References last: one to a new record is recognised by the link of that record.
    let mut intents: Vec<_> = request.ledger.intents.iter().collect();
    intents.sort_by_key(|(_, intent)| intent.class == Class::Refer);
    for (id, intent) in intents {
        prober.settle(id, intent);
    }
    prober.probed
}

struct Prober<'r, 'a, R> {
    request: &'r PlanRequest<'a, R>,
    existing: &'r BTreeMap<&'a TargetId, &'a Existing<R>>,
    probed: Probed<'a>,
}

impl<R: Record> Prober<'_, '_, R> {
    fn settle(&mut self, id: &ChangeId, intent: &Intent) {
        let source = &intent.source;
        // As it stands by now: another change of the same record may have been settled before.
        let link = self.probed.ledger.links.get(source).cloned();
        match intent.class {
            Class::Create => {
                if let Some(target) = self.created(source) {
                    self.link_created(intent, target, link.as_ref());
                } else if !self.request.capabilities.external_ids {
                    self.probed.in_doubt.insert(source.clone(), id.clone());
                    return;
                }
            }
            Class::Remove => {
                if let Some(link) = link
                    && !self.existing.contains_key(&link.target)
                {
                    self.bury(intent);
                }
            }
            Class::Update | Class::Refer | Class::Clear | Class::Lock => {
                if let Some(link) = link {
                    self.agree(intent, &link);
                }
            }
            Class::Invite if self.request.capabilities.invitation_ids => {
                self.invite_again(id, source, link);
            }
            // Only the ledger changes, together with the settlement. An invitation that might come twice counts as
            // sent.
            Class::Adopt | Class::Forget | Class::Invite => {}
        }
        self.note(source, LedgerWrite::Settle(id.clone()));
    }

    /// Returns the only record that carries the id of the source record, if it is not linked yet.
    fn created(&self, source: &SourceId) -> Option<TargetId> {
        let mut carriers = self
            .existing
            .values()
            .filter(|it| it.external_id.as_ref() == Some(source));
        let found = carriers.next()?;
        let is_free = !self
            .request
            .ledger
            .links
            .values()
            .any(|link| link.target == found.id);
        (carriers.next().is_none() && is_free).then(|| found.id.clone())
    }

    fn link_created(&mut self, intent: &Intent, target: TargetId, link: Option<&Link>) {
        let source = &intent.source;
        if self.request.ledger.tombstones.contains_key(source) {
            self.note(source, LedgerWrite::Unbury(source.clone()));
        }
        let revision = link.map_or(0, |link| link.revision.saturating_add(1));
        let link = Link::begin(intent, target, revision);
        self.note(source, LedgerWrite::Link(source.clone(), link));
    }

    fn bury(&mut self, intent: &Intent) {
        let source = &intent.source;
        let tombstone = Tombstone {
            at: intent.at,
            generation: intent.generation,
            lost: false,
        };
        self.note(source, LedgerWrite::Unlink(source.clone()));
        self.note(source, LedgerWrite::Bury(source.clone(), tombstone));
    }

    /// Lets an invitation be sent as if it had not been: the product knows whether it was.
    fn invite_again(&mut self, id: &ChangeId, source: &SourceId, link: Option<Link>) {
        self.note(source, LedgerWrite::Uninvite(id.clone()));
        if let Some(mut link) = link {
            link.awaits_invitation = true;
            self.note(source, LedgerWrite::Link(source.clone(), link));
        }
    }

    /// Remembers as agreed what the product shows as it was sent.
    ///
    /// Without that, a value that came from HR would later pass for one that somebody entered in the product.
    fn agree(&mut self, intent: &Intent, link: &Link) {
        let source = &intent.source;
        let Some(existing) = self.existing.get(&link.target) else {
            return;
        };
        let shown = existing.record.fields();
        let has_arrived = |field: &FieldName, hash: &FieldHash| {
            let known = canonical(shown.get(field).cloned().unwrap_or_default());
            known.is_observed() && self.leads_to(source, field, known.value(), hash)
        };
        let arrived: BTreeMap<FieldName, FieldHash> = intent
            .agreed
            .iter()
            .filter(|(field, hash)| has_arrived(field, hash))
            .map(|(field, hash)| (field.clone(), hash.clone()))
            .collect();
        if !arrived.is_empty() {
            let mut link = link.clone();
            link.agreed.extend(arrived);
            self.note(source, LedgerWrite::Link(source.clone(), link));
        }
    }

    /// Tells whether a value that the product shows is the one that was sent. Of a reference, HR's form was hashed.
    fn leads_to(
        &self,
        source: &SourceId,
        field: &FieldName,
        shown: Option<Value>,
        sent: &FieldHash,
    ) -> bool {
        let hash = |value: Option<&Value>| self.request.key.hash(R::KIND, source, field, value);
        match shown {
            Some(Value::Target(target)) => {
                let mut links = self.probed.ledger.links.iter();
                links.any(|(referent, link)| {
                    link.target == target && hash(Some(&Value::Source(referent.clone()))) == *sent
                })
            }
            shown => hash(shown.as_ref()) == *sent,
        }
    }

    fn note(&mut self, source: &SourceId, write: LedgerWrite) {
        let ledger = self.probed.ledger.to_mut();
        self.probed.notes.push(Note {
            source: source.clone(),
            revision: ledger.links.get(source).map(|link| link.revision),
            write: write.clone(),
        });
        ledger.apply(&write);
    }
}
