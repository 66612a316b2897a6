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

/// Why nothing is chosen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dispute {
    /// The records of the product that may be meant.
    pub candidates: BTreeSet<TargetId>,
    /// The records of the source that have the same claim.
    pub claimants: BTreeSet<SourceId>,
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
    let mut found = BTreeMap::new();
    let mut taken = BTreeSet::new();

    let claims = claims(existing, ledger);
    let disputed = |target: &TargetId| {
        let claimants = claims.get(target).filter(|claimants| claimants.len() > 1)?;
        Some(Match::Disputed(Dispute {
            candidates: BTreeSet::from([target.clone()]),
            claimants: claimants.clone(),
        }))
    };
    for (source, link) in &ledger.links {
        taken.insert(&link.target);
        if let Some(dispute) = disputed(&link.target) {
            found.insert(source.clone(), dispute);
        } else if existing.contains_key(&link.target) {
            found.insert(source.clone(), Match::Link(link.target.clone()));
        }
    }

    // A link to a record that is gone binds nobody: the answer to its re-creation may have been lost,
    // and then the new record is here and carries the id.
    let free = |source: &SourceId| match ledger.links.get(source) {
        None => wishes.contains_key(source),
        Some(link) => {
            let is_gone = !existing.contains_key(&link.target);
            is_gone && matches!(wishes.get(source), Some(Wish::Present(_)))
        }
    };
    let mut by_external_id: BTreeMap<&SourceId, BTreeSet<TargetId>> = BTreeMap::new();
    for (id, existing) in existing {
        if let Some(source) = &existing.external_id
            && free(source)
        {
            by_external_id
                .entry(source)
                .or_default()
                .insert((*id).clone());
        }
    }
    for (source, targets) in by_external_id {
        let answer = match targets.first() {
            Some(only) if targets.len() == 1 => {
                disputed(only).unwrap_or_else(|| Match::ExternalId(only.clone()))
            }
            _ => Match::Disputed(Dispute {
                candidates: targets,
                claimants: BTreeSet::from([source.clone()]),
            }),
        };
        found.insert(source.clone(), answer);
    }
    let by_id: BTreeSet<TargetId> = found
        .values()
        .filter_map(|answer| match answer {
            Match::ExternalId(target) => Some(target.clone()),
            _ => None,
        })
        .collect();

    let unlinked = existing
        .iter()
        .filter(|(id, _)| !taken.contains(*id) && !by_id.contains(*id));
    let mut holders: BTreeMap<MatchKey, Sides> = BTreeMap::new();
    for (id, existing) in unlinked {
        for key in existing.record.match_keys() {
            let sides = holders.entry(key).or_default();
            sides.targets.insert((*id).clone());
            sides.marked |= existing.external_id.is_some();
        }
    }
    // Everybody who will have the key counts as a claimant, also those who need no match any more:
    // an address that somebody holds already cannot be given to a second person.
    for (source, wish) in wishes {
        let Wish::Present(record) = wish else {
            continue;
        };
        for key in record.match_keys() {
            holders
                .entry(key)
                .or_default()
                .sources
                .insert(source.clone());
        }
    }
    for (source, wish) in wishes {
        let Wish::Present(record) = wish else {
            continue;
        };
        if found.contains_key(source) || ledger.links.contains_key(source) {
            continue;
        }
        if let Some(answer) = by_key(record, &holders) {
            found.insert(source.clone(), answer);
        }
    }

    let matched: BTreeSet<&TargetId> = found
        .values()
        .filter_map(|answer| match answer {
            Match::Link(target) | Match::ExternalId(target) | Match::Key { target, .. } => {
                Some(target)
            }
            Match::Disputed(_) => None,
        })
        .chain(taken)
        .collect();
    let unmanaged = existing
        .keys()
        .filter(|id| !matched.contains(*id))
        .map(|id| (*id).clone())
        .collect();
    Matching { found, unmanaged }
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
fn by_key<R: Record>(record: &R, holders: &BTreeMap<MatchKey, Sides>) -> Option<Match> {
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
            })),
        }
    })
}
