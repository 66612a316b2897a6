//! Addresses, and other keys, that somebody else keeps: whoever leaves keeps theirs until the account is removed, or
//! is locked where the policy says so.

use sync_core::{
    Class, Dispute, Existing, FieldName, Known, MatchKey, Record, SourceId, TargetId, Wish,
    policy::KeyReuse,
};

use super::{
    compare::{Agreed, Comparison, Locking, as_kept},
    who::Who,
};
use crate::scene::Scene;

/// Somebody who has a record in the product, with the keys that it has once everybody has moved who can.
struct Keeper {
    source: SourceId,
    target: TargetId,
    keeps: Vec<MatchKey>,
    moves: Vec<Move>,
}

/// A key that is to take the place of another.
struct Move {
    to: MatchKey,
    from: Option<MatchKey>,
    is_stuck: bool,
}

/// Who has which key.
pub(crate) struct Keys {
    keepers: Vec<Keeper>,
}

impl Keys {
    pub(crate) fn of<R: Record>(scene: &Scene<R>, who: &Who<'_, R>) -> Self {
        let mut keepers = Vec::new();
        let wishes = scene.desired.wishes.keys();
        let mut everybody: Vec<&SourceId> = wishes.chain(scene.ledger.links.keys()).collect();
        everybody.sort();
        everybody.dedup();
        for source in everybody {
            if let Some(existing) = who.existing(source) {
                keepers.push(keeper(scene, source, existing));
            }
        }
        let mut keys = Self { keepers };
        while keys.stop() {}
        keys
    }

    /// Whoever would get a key that somebody else has, or is to get as well, keeps the old one. Tells whether
    /// that happened to anybody.
    fn stop(&mut self) -> bool {
        let mut has_stopped = false;
        for one in 0..self.keepers.len() {
            for its in 0..self.keepers[one].moves.len() {
                let Keeper { target, moves, .. } = &self.keepers[one];
                let Move { to, is_stuck, .. } = &moves[its];
                if !is_stuck && !self.holders(to, Some(target)).is_empty() {
                    let keeper = &mut self.keepers[one];
                    keeper.moves[its].is_stuck = true;
                    keeper.keeps.extend(keeper.moves[its].from.clone());
                    has_stopped = true;
                }
            }
        }
        has_stopped
    }

    /// The key that a record cannot get, with those who have it.
    pub(crate) fn stuck(&self, source: &SourceId) -> Option<(FieldName, Dispute)> {
        let keeper = self.keepers.iter().find(|it| it.source == *source)?;
        let stuck = keeper.moves.iter().find(|it| it.is_stuck)?;
        let holders = self.holders(&stuck.to, Some(&keeper.target));
        Some((stuck.to.name.clone(), dispute(source, &holders)))
    }

    /// Those who have a key that a new record would need.
    pub(crate) fn taken<R: Record>(
        &self,
        scene: &Scene<R>,
        source: &SourceId,
        record: &R,
    ) -> Option<Dispute> {
        for key in keys_in_product(scene, record) {
            let holders = self.holders(&key, None);
            if !holders.is_empty() {
                return Some(dispute(source, &holders));
            }
        }
        None
    }

    fn holders(&self, key: &MatchKey, but: Option<&TargetId>) -> Vec<&Keeper> {
        let has = |keeper: &&Keeper| {
            keeper.keeps.contains(key) || keeper.moves.iter().any(|it| it.to == *key)
        };
        let others = self.keepers.iter().filter(|it| Some(&it.target) != but);
        others.filter(has).collect()
    }
}

fn dispute(source: &SourceId, holders: &[&Keeper]) -> Dispute {
    let claimants = holders.iter().map(|it| it.source.clone());
    Dispute {
        candidates: Default::default(),
        claimants: claimants.chain([source.clone()]).collect(),
        holders: holders.iter().map(|it| it.target.clone()).collect(),
    }
}

fn keeper<R: Record>(scene: &Scene<R>, source: &SourceId, existing: &Existing<R>) -> Keeper {
    let mut keeps = existing.record.match_keys();
    let mut moves = Vec::new();
    match scene.desired.wishes.get(source) {
        Some(Wish::Present(wish)) => {
            for to in new_keys(scene, source, wish, existing) {
                let from = keeps.iter().position(|has| has.name == to.name);
                let from = from.map(|index| keeps.remove(index));
                moves.push(Move {
                    to,
                    from,
                    is_stuck: false,
                });
            }
        }
        _ if scene.policy.lifecycle.reuse == KeyReuse::AfterLock
            && is_over(scene, source)
            && is_locked(scene, source, existing) =>
        {
            keeps.clear();
        }
        _ => {}
    }
    Keeper {
        source: source.clone(),
        target: existing.id.clone(),
        keeps,
        moves,
    }
}

/// The keys that a record gets by an update that is to be made.
fn new_keys<R: Record>(
    scene: &Scene<R>,
    source: &SourceId,
    wish: &R,
    existing: &Existing<R>,
) -> Vec<MatchKey> {
    let has = existing.record.match_keys();
    let mut keys = keys_in_product(scene, wish);
    keys.retain(|key| !has.contains(key));
    if keys.is_empty() || !scene.capabilities.classes.contains(&Class::Update) {
        return Vec::new();
    }
    let link = scene.ledger.links.get(source);
    let agreed = match link {
        Some(link) if link.target == existing.id => link.agreed.clone(),
        _ => Agreed::new(),
    };
    let comparison = Comparison::of(scene, source, wish, existing, &agreed);
    let updates = comparison.changes(Class::Update);
    keys.retain(|key| updates.iter().any(|update| update.field == key.name));
    keys
}

/// The keys that a record has once the product has stored it in its own way.
fn keys_in_product<R: Record>(scene: &Scene<R>, wish: &R) -> Vec<MatchKey> {
    let mut stored = wish.clone();
    for (name, known) in wish.fields() {
        let kept = as_kept(&scene.capabilities, &name, known);
        let is_other = scene.capabilities.normalise.contains_key(&name);
        if is_other && kept != Known::NotObserved {
            // What the field cannot hold stays as it is wished.
            let _refused = stored.set(&name, kept.value().as_ref());
        }
    }
    stored.match_keys()
}

fn is_locked<R: Record>(scene: &Scene<R>, source: &SourceId, existing: &Existing<R>) -> bool {
    let locking = Locking::of(scene, source, existing, &Agreed::new());
    locking.is_some_and(|locking| locking.fields.is_empty())
}

/// HR says that the person has left, or a run has seen it before.
fn is_over<R: Record>(scene: &Scene<R>, source: &SourceId) -> bool {
    match (
        scene.desired.wishes.get(source),
        scene.ledger.links.get(source),
    ) {
        (Some(Wish::Ended(_)), _) => true,
        (_, Some(link)) => link.locked.is_some(),
        _ => false,
    }
}
