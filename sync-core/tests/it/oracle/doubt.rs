//! What became of changes that were under way when the last run ended, as far as the product shows it.

use sync_core::{
    Capabilities, ChangeId, Class, Existing, Intent, Known, LedgerState, Link, Record, SourceId,
    Tombstone,
};

use super::compare::{Agreed, blank_is_empty, hashes};
use crate::scene::Scene;

/// A creation of which nobody can tell whether it was made.
#[derive(Clone, Debug)]
pub(crate) struct Doubt {
    pub(crate) source: SourceId,
    pub(crate) change: ChangeId,
}

/// The scene as it stands once everything is settled that can be, and what cannot.
pub(crate) fn settle<R: Record>(scene: &Scene<R>) -> (Scene<R>, Vec<Doubt>) {
    let mut ledger = scene.ledger.clone();
    let mut doubts = Vec::new();
    for (change, intent) in &scene.ledger.intents {
        match intent.class {
            Class::Create => match new_record(scene, &intent.source) {
                Some(created) => link(&mut ledger, intent, created),
                // A product that keeps the id of HR would show it.
                None if scene.capabilities.external_ids => {}
                None => {
                    doubts.push(Doubt {
                        source: intent.source.clone(),
                        change: change.clone(),
                    });
                    continue;
                }
            },
            Class::Remove => bury_if_gone(scene, &mut ledger, intent),
            Class::Update | Class::Clear | Class::Lock => {
                agree_on_what_arrived(scene, &mut ledger, intent);
            }
            // Nothing to be found in the product.
            _ => {}
        }
        ledger.intents.remove(change);
    }
    let scene = scene.clone();
    (Scene { ledger, ..scene }, doubts)
}

/// The only record that carries the id of the source record, unless it is somebody else's.
fn new_record<'a, R>(scene: &'a Scene<R>, source: &SourceId) -> Option<&'a Existing<R>> {
    let rows = scene.existing.iter();
    let carriers = rows.filter(|row| row.external_id.as_ref() == Some(source));
    let carriers: Vec<&Existing<R>> = carriers.collect();
    let [only] = carriers.as_slice() else {
        return None;
    };
    let mut links = scene.ledger.links.values();
    (!links.any(|link| link.target == only.id)).then_some(only)
}

/// The answer to the creation has arrived late.
fn link<R>(ledger: &mut LedgerState, intent: &Intent, created: &Existing<R>) {
    let before = ledger.links.get(&intent.source);
    let link = Link {
        target: created.id.clone(),
        generation: intent.generation,
        revision: before.map_or(0, |link| link.revision + 1),
        agreed: intent.agreed.clone(),
        missing: None,
        origin: intent.origin,
        locked: None,
        awaits_invitation: false,
    };
    ledger.links.insert(intent.source.clone(), link);
    ledger.tombstones.remove(&intent.source);
}

fn bury_if_gone<R>(scene: &Scene<R>, ledger: &mut LedgerState, intent: &Intent) {
    let link = ledger.links.get(&intent.source);
    let is_gone = |link: &Link| !scene.existing.iter().any(|row| row.id == link.target);
    if link.is_some_and(is_gone) {
        ledger.links.remove(&intent.source);
        let tombstone = Tombstone {
            at: intent.at,
            generation: intent.generation,
            lost: false,
        };
        ledger.tombstones.insert(intent.source.clone(), tombstone);
    }
}

/// What the product shows as it was sent is HR's, and nobody's own change.
fn agree_on_what_arrived<R: Record>(scene: &Scene<R>, ledger: &mut LedgerState, intent: &Intent) {
    let Some(link) = ledger.links.get_mut(&intent.source) else {
        return;
    };
    let mut rows = scene.existing.iter();
    let Some(row) = rows.find(|row| row.id == link.target) else {
        return;
    };
    let as_it_is = Capabilities::all();
    let shown: Agreed = hashes(&intent.source, &row.record, &as_it_is);
    for (field, sent) in &intent.agreed {
        let known = row.record.fields().remove(field).unwrap_or_default();
        let is_shown = blank_is_empty(known) != Known::NotObserved;
        if is_shown && shown.get(field) == Some(sent) {
            link.agreed.insert(field.clone(), sent.clone());
        }
    }
}
