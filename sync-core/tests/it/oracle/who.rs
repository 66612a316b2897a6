//! Who is who: every pair is looked at.

use std::collections::BTreeSet;

use sync_core::{Dispute, Existing, Match, MatchKey, Record, SourceId, TargetId, Wish};

use crate::scene::Scene;

/// What is found for each record of HR.
pub(crate) struct Who<'a, R: Record> {
    scene: &'a Scene<R>,
    /// The keys that each record of HR asks for.
    asked: Vec<(&'a SourceId, Vec<MatchKey>)>,
    /// The keys of each record of the product that belongs to nobody so far.
    offered: Vec<(&'a Existing<R>, Vec<MatchKey>)>,
    found: Vec<(&'a SourceId, Match)>,
}

impl<'a, R: Record> Who<'a, R> {
    pub(crate) fn of(scene: &'a Scene<R>) -> Self {
        let mut who = Self {
            scene,
            asked: Vec::new(),
            offered: Vec::new(),
            found: Vec::new(),
        };
        for (source, wish) in &scene.desired.wishes {
            if let Wish::Present(wish) = wish {
                who.asked.push((source, wish.match_keys()));
            }
        }
        for row in &scene.existing {
            if !who.is_linked(&row.id) && !who.is_found_by_its_mark(row) {
                who.offered.push((row, row.record.match_keys()));
            }
        }
        let wishes = scene.desired.wishes.keys();
        let everybody: BTreeSet<&SourceId> = wishes.chain(scene.ledger.links.keys()).collect();
        for source in everybody {
            if let Some(found) = who.find(source) {
                who.found.push((source, found));
            }
        }
        who
    }

    pub(crate) fn found(&self, source: &SourceId) -> Option<&Match> {
        let found = self.found.iter().find(|(other, _)| *other == source);
        found.map(|(_, found)| found)
    }

    /// The record of the product, if one was chosen.
    pub(crate) fn existing(&self, source: &SourceId) -> Option<&'a Existing<R>> {
        self.row(self.found(source)?.target()?)
    }

    /// Two of the product for one of HR, or two of HR for one of the product.
    pub(crate) fn dispute(&self, source: &SourceId) -> Option<Dispute> {
        match self.found(source) {
            Some(Match::Disputed(dispute)) => Some(dispute.clone()),
            _ => None,
        }
    }

    /// Records that belong to nobody.
    pub(crate) fn unmanaged(&self) -> BTreeSet<TargetId> {
        let rows = self.scene.existing.iter().map(|row| row.id.clone());
        let is_chosen = |id: &TargetId| {
            let mut found = self.found.iter();
            found.any(|(_, found)| found.target() == Some(id))
        };
        rows.filter(|id| !self.is_linked(id) && !is_chosen(id))
            .collect()
    }

    fn find(&self, source: &SourceId) -> Option<Match> {
        let wish = self.scene.desired.wishes.get(source);
        if let Some(link) = self.scene.ledger.links.get(source) {
            if self.row(&link.target).is_some() {
                return Some(match self.quarrel(&link.target) {
                    Some(dispute) => Match::Disputed(dispute),
                    None => Match::Link(link.target.clone()),
                });
            }
            // A link to a record that is gone binds nobody who is still wanted.
            if !matches!(wish, Some(Wish::Present(_))) {
                return None;
            }
        }
        if let Some(found) = self.by_mark(source) {
            return Some(found);
        }
        let (_, keys) = self.asked.iter().find(|(other, _)| *other == source)?;
        self.by_keys(source, keys)
    }

    /// Records that carry the id of the source record.
    fn by_mark(&self, source: &SourceId) -> Option<Match> {
        let rows = self.scene.existing.iter();
        let carriers = rows.filter(|row| row.external_id.as_ref() == Some(source));
        let carriers: Vec<&TargetId> = carriers.map(|row| &row.id).collect();
        match carriers.as_slice() {
            [] => None,
            [only] => Some(match self.quarrel(only) {
                Some(dispute) => Match::Disputed(dispute),
                None => Match::ExternalId((*only).clone()),
            }),
            several => Some(Match::Disputed(Dispute {
                candidates: several.iter().map(|id| (*id).clone()).collect(),
                claimants: BTreeSet::from([source.clone()]),
                holders: BTreeSet::new(),
            })),
        }
    }

    /// The first key that anybody shares decides; one that only this record of HR has says nothing.
    fn by_keys(&self, source: &SourceId, keys: &[MatchKey]) -> Option<Match> {
        for key in keys {
            let rows = self.offered.iter();
            let rows = rows.filter(|(_, offered)| offered.contains(key));
            let rows: Vec<&Existing<R>> = rows.map(|(row, _)| *row).collect();
            let claimants = self.asked.iter();
            let claimants = claimants.filter(|(_, asked)| asked.contains(key));
            let claimants: BTreeSet<SourceId> =
                claimants.map(|(source, _)| (*source).clone()).collect();
            let is_alone = claimants == BTreeSet::from([source.clone()]);
            match rows.as_slice() {
                [] if is_alone => {}
                // One that carries the id of somebody else is theirs.
                [row] if is_alone && row.external_id.is_none() => {
                    return Some(Match::Key {
                        target: row.id.clone(),
                        key: key.name.clone(),
                    });
                }
                _ => {
                    return Some(Match::Disputed(Dispute {
                        candidates: rows.iter().map(|row| row.id.clone()).collect(),
                        claimants,
                        holders: BTreeSet::new(),
                    }));
                }
            }
        }
        None
    }

    /// Tells whether a record belongs to the one whose id it carries.
    fn is_found_by_its_mark(&self, row: &Existing<R>) -> bool {
        let Some(source) = &row.external_id else {
            return false;
        };
        let wish = self.scene.desired.wishes.get(source);
        let is_looked_for = match self.scene.ledger.links.get(source) {
            None => wish.is_some(),
            Some(link) => {
                self.row(&link.target).is_none() && matches!(wish, Some(Wish::Present(_)))
            }
        };
        is_looked_for && matches!(self.by_mark(source), Some(Match::ExternalId(_)))
    }

    /// Whose link names a linked record, and whom the record itself names, if these are several.
    fn quarrel(&self, target: &TargetId) -> Option<Dispute> {
        let links = self.scene.ledger.links.iter();
        let linked = links.filter(|(_, link)| link.target == *target);
        let mut claimants: BTreeSet<SourceId> = linked.map(|(source, _)| source.clone()).collect();
        if claimants.is_empty() {
            return None;
        }
        claimants.extend(self.row(target).and_then(|row| row.external_id.clone()));
        (claimants.len() > 1).then(|| Dispute {
            candidates: BTreeSet::from([target.clone()]),
            claimants,
            holders: BTreeSet::new(),
        })
    }

    fn is_linked(&self, target: &TargetId) -> bool {
        let mut links = self.scene.ledger.links.values();
        links.any(|link| link.target == *target)
    }

    fn row(&self, target: &TargetId) -> Option<&'a Existing<R>> {
        self.scene.existing.iter().find(|row| row.id == *target)
    }
}
