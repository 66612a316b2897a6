//! Which keys, such as e-mail addresses, are taken by somebody else.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    Class, Existing, FieldName, PlanRequest, Record, SourceId, TargetId, Wish,
    diff::Terms,
    matching::{Dispute, Match},
    policy::KeyReuse,
    record::MatchKey,
};

/// Who cannot have the key that HR gives them, because somebody else keeps it.
///
/// A product as a rule takes an address only once. Whoever leaves keeps it until the account is removed; a
/// newcomer with the same one would be refused on every run, so that is a matter for a person.
#[derive(Default)]
pub(crate) struct Taken {
    /// Linked records that cannot get their new key.
    pub(crate) stuck: BTreeMap<SourceId, Stuck>,
    /// Records that cannot be created.
    pub(crate) newcomers: BTreeMap<SourceId, Dispute>,
}

/// A linked record that cannot get a key, since somebody else keeps it.
pub(crate) struct Stuck {
    pub(crate) key: FieldName,
    pub(crate) dispute: Dispute,
}

impl Taken {
    pub(crate) fn of<R: Record>(
        request: &PlanRequest<'_, R>,
        existing: &BTreeMap<&TargetId, &Existing<R>>,
        found: &BTreeMap<SourceId, Match>,
    ) -> Self {
        let mut keys = Keys::default();
        let mut movers: Vec<Mover<'_>> = Vec::new();
        for (source, found) in found {
            let (Match::Link(target) | Match::ExternalId(target) | Match::Key { target, .. }) =
                found
            else {
                continue;
            };
            let Some(existing) = existing.get(target) else {
                continue;
            };
            let mut has = existing.record.match_keys();
            match request.desired.wishes.get(source) {
                Some(Wish::Present(wish)) => {
                    for key in new_keys(request, source, wish, existing) {
                        let before = has.iter().position(|has| has.name == key.name);
                        let before = before.map(|index| has.remove(index));
                        keys.hold(key.clone(), target, source);
                        movers.push(Mover {
                            source,
                            target,
                            before,
                            key,
                        });
                    }
                }
                _ if is_free(request, source, existing) => continue,
                _ => {}
            }
            for key in has {
                keys.hold(key, target, source);
            }
        }
        let stuck = keys.stop(&movers);
        let newcomers = request
            .desired
            .wishes
            .iter()
            .filter_map(|(source, wish)| match wish {
                Wish::Present(record) if !found.contains_key(source) => {
                    let mut asked = keys_in_product(request, record).into_iter();
                    let dispute = asked.find_map(|key| keys.dispute(&key, source, None))?;
                    Some((source.clone(), dispute))
                }
                _ => None,
            });
        Self {
            newcomers: newcomers.collect(),
            stuck,
        }
    }
}

/// The keys that records of the product hold once the plan is carried out, and to whom these belong.
#[derive(Default)]
struct Keys<'a> {
    holders: BTreeMap<MatchKey, BTreeMap<&'a TargetId, &'a SourceId>>,
}

impl<'a> Keys<'a> {
    /// Finds those who cannot move; whoever cannot keeps the key of today, which may stop others.
    fn stop(&mut self, movers: &[Mover<'a>]) -> BTreeMap<SourceId, Stuck> {
        let mut stuck = BTreeMap::new();
        let mut waiting_for: BTreeMap<&MatchKey, Vec<&Mover<'a>>> = BTreeMap::new();
        for mover in movers {
            waiting_for.entry(&mover.key).or_default().push(mover);
        }
        let mut queue: Vec<&Mover<'a>> = movers.iter().collect();
        while let Some(mover) = queue.pop() {
            if stuck.contains_key(mover.source) {
                continue;
            }
            let Some(dispute) = self.dispute(&mover.key, mover.source, Some(mover.target)) else {
                continue;
            };
            let key = mover.key.name.clone();
            stuck.insert(mover.source.clone(), Stuck { key, dispute });
            if let Some(before) = &mover.before {
                self.hold(before.clone(), mover.target, mover.source);
                queue.extend(waiting_for.get(before).into_iter().flatten());
            }
        }
        stuck
    }

    /// Returns who stands in the way of a record that is to have a key.
    fn dispute(
        &self,
        key: &MatchKey,
        source: &SourceId,
        own: Option<&TargetId>,
    ) -> Option<Dispute> {
        let others = self
            .holders
            .get(key)?
            .iter()
            .filter(|(id, _)| Some(**id) != own);
        let (holders, owners): (BTreeSet<&TargetId>, BTreeSet<&SourceId>) = others.unzip();
        (!holders.is_empty()).then(|| Dispute {
            candidates: BTreeSet::new(),
            claimants: owners.into_iter().chain([source]).cloned().collect(),
            holders: holders.into_iter().cloned().collect(),
        })
    }

    fn hold(&mut self, key: MatchKey, target: &'a TargetId, source: &'a SourceId) {
        self.holders.entry(key).or_default().insert(target, source);
    }
}

/// A linked record whose key is to change.
struct Mover<'a> {
    source: &'a SourceId,
    target: &'a TargetId,
    before: Option<MatchKey>,
    key: MatchKey,
}

/// Returns the keys that a linked record gets by an update: not those that belong to the product, nor
/// those that it stores in another form.
fn new_keys<R: Record>(
    request: &PlanRequest<'_, R>,
    source: &SourceId,
    wish: &R,
    existing: &Existing<R>,
) -> Vec<MatchKey> {
    let has = existing.record.match_keys();
    let mut wanted = keys_in_product(request, wish);
    wanted.retain(|key| !has.contains(key));
    if wanted.is_empty() || !request.capabilities.classes.contains(&Class::Update) {
        return Vec::new();
    }
    let link = request.ledger.links.get(source);
    let link = link.filter(|link| link.target == existing.id);
    let agreed = link.map(|link| link.agreed.clone()).unwrap_or_default();
    let diff = terms(request, source).diff(wish, &existing.record, &agreed);
    wanted.retain(|key| diff.updates.iter().any(|it| it.field == key.name));
    wanted
}

/// Returns the keys of a wish in the form in which the product stores them.
fn keys_in_product<R: Record>(request: &PlanRequest<'_, R>, wish: &R) -> Vec<MatchKey> {
    let capabilities = request.capabilities;
    if capabilities.normalise.is_empty() {
        return wish.match_keys();
    }
    let mut stored = wish.clone();
    for (field, known) in wish.fields() {
        let known = capabilities.normalised(&field, known);
        if known.is_observed() {
            // A value that the field cannot hold stays as it is wished.
            let _refused = stored.set(&field, known.value().as_ref());
        }
    }
    stored.match_keys()
}

/// Tells whether the keys of a record that is over may be given to somebody else already. That HR shows nothing of
/// it, and that somebody locked it, does not mean that it is over.
fn is_free<R: Record>(
    request: &PlanRequest<'_, R>,
    source: &SourceId,
    existing: &Existing<R>,
) -> bool {
    let is_over = || {
        let link = request.ledger.links.get(source);
        let is_ended = matches!(request.desired.wishes.get(source), Some(Wish::Ended(_)));
        is_ended || link.is_some_and(|link| link.locked.is_some())
    };
    let is_locked = || {
        let lock = terms(request, source).lock(&existing.record, &BTreeMap::new());
        lock.is_some_and(|fields| fields.is_empty())
    };
    request.policy.lifecycle.reuse == KeyReuse::AfterLock && is_over() && is_locked()
}

fn terms<'s, R>(request: &PlanRequest<'s, R>, source: &'s SourceId) -> Terms<'s> {
    Terms {
        source,
        capabilities: request.capabilities,
        policy: request.policy,
        key: request.key,
    }
}
