use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::{Existing, FieldName, LedgerState, Record, SourceId, TargetId, Wish, record::MatchKey};

/// Who is who: for every record of the source, the record of the product that belongs to it.
#[derive(Debug)]
pub(crate) struct Matching {
    pub(crate) found: BTreeMap<SourceId, Match>,
    /// Records of the product that belong to nobody; they are never touched.
    pub(crate) unmanaged: BTreeSet<TargetId>,
}

/// What was found for one record of the source. Without an entry, nothing was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Match {
    /// The ledger knows the pair.
    Link(TargetId),
    /// The record in the product carries the id of the source record.
    ExternalId(TargetId),
    /// One record on either side has the key, and no other.
    Key {
        /// The only record in the product with the key.
        target: TargetId,
        /// Which key it is.
        key: FieldName,
    },
    /// Several records are possible; none is chosen.
    Disputed(Dispute),
}

impl Match {
    /// Returns the record of the product, if one was chosen.
    pub fn target(&self) -> Option<&TargetId> {
        match self {
            Self::Link(target) | Self::ExternalId(target) | Self::Key { target, .. } => {
                Some(target)
            }
            Self::Disputed(_) => None,
        }
    }
}

/// Why nothing is chosen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dispute {
    /// The records of the product that may be meant.
    pub candidates: BTreeSet<TargetId>,
    /// The records of the source that have the same claim.
    pub claimants: BTreeSet<SourceId>,
    /// The records of the product that have the key and belong to other claimants. They are none to choose from.
    #[serde(default)]
    pub holders: BTreeSet<TargetId>,
}

/// Matches by link first, then by external id, then by key.
///
/// A link holds whatever happens to names and addresses. Keys are only asked about records that
/// have no link, on either side. Ambiguity is an answer, never a guess: where two records of one
/// side claim one of the other, nobody gets it.
pub(crate) fn pair<R: Record>(
    wishes: &BTreeMap<SourceId, Wish<R>>,
    existing: &BTreeMap<&TargetId, &Existing<R>>,
    ledger: &LedgerState,
) -> Matching {
    let mut matcher = Matcher {
        wishes,
        existing,
        ledger,
        claims: claims(existing, ledger),
        found: BTreeMap::new(),
        taken: BTreeSet::new(),
    };
    matcher.by_link();
    matcher.by_external_id();
    matcher.by_key();
    let unmanaged = existing.keys().filter(|id| !matcher.taken.contains(*id));
    let unmanaged = unmanaged.map(|id| (*id).clone()).collect();
    Matching {
        found: matcher.found,
        unmanaged,
    }
}

struct Matcher<'a, R> {
    wishes: &'a BTreeMap<SourceId, Wish<R>>,
    existing: &'a BTreeMap<&'a TargetId, &'a Existing<R>>,
    ledger: &'a LedgerState,
    /// Who claims each linked record.
    claims: BTreeMap<TargetId, BTreeSet<SourceId>>,
    found: BTreeMap<SourceId, Match>,
    /// Records of the product that belong to somebody.
    taken: BTreeSet<TargetId>,
}

impl<R: Record> Matcher<'_, R> {
    fn by_link(&mut self) {
        for (source, link) in &self.ledger.links {
            self.taken.insert(link.target.clone());
            if let Some(dispute) = self.quarrel(&link.target) {
                self.found.insert(source.clone(), dispute);
            } else if self.existing.contains_key(&link.target) {
                let found = Match::Link(link.target.clone());
                self.found.insert(source.clone(), found);
            }
        }
    }

    fn by_external_id(&mut self) {
        let mut carriers: BTreeMap<&SourceId, BTreeSet<TargetId>> = BTreeMap::new();
        for (id, existing) in self.existing {
            if let Some(source) = &existing.external_id
                && self.is_free(source)
            {
                let targets = carriers.entry(source).or_default();
                targets.insert((*id).clone());
            }
        }
        for (source, targets) in carriers {
            let found = match targets.first() {
                Some(only) if targets.len() == 1 => match self.quarrel(only) {
                    Some(dispute) => dispute,
                    None => {
                        self.taken.insert(only.clone());
                        Match::ExternalId(only.clone())
                    }
                },
                _ => Match::Disputed(Dispute {
                    candidates: targets,
                    claimants: BTreeSet::from([source.clone()]),
                    holders: BTreeSet::new(),
                }),
            };
            self.found.insert(source.clone(), found);
        }
    }

    fn by_key(&mut self) {
        let holders = self.holders();
        for (source, record) in present(self.wishes) {
            if self.found.contains_key(source) || !self.is_free(source) {
                continue;
            }
            if let Some(found) = ask_keys(record, &holders) {
                self.found.insert(source.clone(), found);
            }
        }
        self.dispute_shared();
    }

    /// Turns records that two people found, each by another key, into disputes.
    fn dispute_shared(&mut self) {
        let mut finders: BTreeMap<TargetId, BTreeSet<SourceId>> = BTreeMap::new();
        for (source, found) in &self.found {
            if let Match::Key { target, .. } = found {
                let sources = finders.entry(target.clone()).or_default();
                sources.insert(source.clone());
            }
        }
        for (target, claimants) in finders {
            if claimants.len() == 1 {
                self.taken.insert(target);
                continue;
            }
            for source in &claimants {
                let dispute = Dispute {
                    candidates: BTreeSet::from([target.clone()]),
                    claimants: claimants.clone(),
                    holders: BTreeSet::new(),
                };
                self.found.insert(source.clone(), Match::Disputed(dispute));
            }
        }
    }

    /// Lists who has each key.
    ///
    /// Everybody who will have the key counts as a claimant, also those who need no match any more:
    /// an address that somebody holds already cannot be given to a second person.
    fn holders(&self) -> BTreeMap<MatchKey, Sides> {
        let mut holders: BTreeMap<MatchKey, Sides> = BTreeMap::new();
        for (id, existing) in self.existing {
            if self.taken.contains(*id) {
                continue;
            }
            for key in existing.record.match_keys() {
                let sides = holders.entry(key).or_default();
                sides.targets.insert((*id).clone());
                sides.marked |= existing.external_id.is_some();
            }
        }
        for (source, record) in present(self.wishes) {
            for key in record.match_keys() {
                let sides = holders.entry(key).or_default();
                sides.sources.insert(source.clone());
            }
        }
        holders
    }

    /// Tells whether a source record may be looked for.
    ///
    /// A link to a record that is gone binds nobody: the answer to its re-creation may have been lost,
    /// and then the new record is here and carries the id.
    fn is_free(&self, source: &SourceId) -> bool {
        match self.ledger.links.get(source) {
            None => self.wishes.contains_key(source),
            Some(link) => {
                let is_gone = !self.existing.contains_key(&link.target);
                is_gone && matches!(self.wishes.get(source), Some(Wish::Present(_)))
            }
        }
    }

    /// Returns the dispute about a record, if more than one claims it.
    fn quarrel(&self, target: &TargetId) -> Option<Match> {
        let claimants = self
            .claims
            .get(target)
            .filter(|claimants| claimants.len() > 1)?;
        Some(Match::Disputed(Dispute {
            candidates: BTreeSet::from([target.clone()]),
            claimants: claimants.clone(),
            holders: BTreeSet::new(),
        }))
    }
}

fn present<R>(wishes: &BTreeMap<SourceId, Wish<R>>) -> impl Iterator<Item = (&SourceId, &R)> {
    wishes.iter().filter_map(|(source, wish)| match wish {
        Wish::Present(record) => Some((source, record)),
        _ => None,
    })
}

/// Who claims each linked record: everybody whose link names it, and whoever the record itself names.
///
/// In a sound ledger that is one and the same. Otherwise one of them is wrong, and writing would put
/// one person's data into another one's record.
fn claims<R>(
    existing: &BTreeMap<&TargetId, &Existing<R>>,
    ledger: &LedgerState,
) -> BTreeMap<TargetId, BTreeSet<SourceId>> {
    let mut claims: BTreeMap<TargetId, BTreeSet<SourceId>> = BTreeMap::new();
    for (source, link) in &ledger.links {
        // Nobody can quarrel about a record that is gone.
        if let Some(existing) = existing.get(&link.target) {
            let claimants = claims.entry(link.target.clone()).or_default();
            claimants.insert(source.clone());
            claimants.extend(existing.external_id.clone());
        }
    }
    claims
}

/// Who has a key on either side.
#[derive(Default)]
struct Sides {
    targets: BTreeSet<TargetId>,
    sources: BTreeSet<SourceId>,
    /// One of the targets carries the id of some other source record.
    marked: bool,
}

/// Asks the keys in order; the first that anybody else shares decides.
fn ask_keys<R: Record>(record: &R, holders: &BTreeMap<MatchKey, Sides>) -> Option<Match> {
    record.match_keys().into_iter().find_map(|key| {
        let sides = holders.get(&key)?;
        match (
            sides.targets.len(),
            sides.sources.len(),
            sides.targets.first(),
        ) {
            (0, 1, _) => None,
            (1, 1, Some(target)) if !sides.marked => Some(Match::Key {
                target: target.clone(),
                key: key.name,
            }),
            _ => Some(Match::Disputed(Dispute {
                candidates: sides.targets.clone(),
                claimants: sides.sources.clone(),
                holders: BTreeSet::new(),
            })),
        }
    })
}
