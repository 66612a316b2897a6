//! Who is who: every pair is looked at.

use std::collections::{BTreeMap, BTreeSet};

use sync_core::{Existing, MatchKey, Record, SourceId, TargetId, Wish};

use crate::scene::Scene;

/// What is found for each record of HR.
pub(crate) struct Who<'a, R: Record> {
    scene: &'a Scene<R>,
    /// The keys that each record of HR asks for.
    asked: Vec<(&'a SourceId, Vec<MatchKey>)>,
    /// The keys of each record of the product that has no link.
    offered: Vec<(&'a Existing<R>, Vec<MatchKey>)>,
    findings: BTreeMap<&'a SourceId, Finding>,
}

#[derive(Clone, PartialEq)]
enum Finding {
    Nobody,
    One(TargetId),
    Disputed,
}

impl<'a, R: Record> Who<'a, R> {
    pub(crate) fn of(scene: &'a Scene<R>) -> Self {
        let mut who = Self {
            scene,
            asked: Vec::new(),
            offered: Vec::new(),
            findings: BTreeMap::new(),
        };
        for (source, wish) in &scene.desired.wishes {
            if let Wish::Present(wish) = wish {
                who.asked.push((source, wish.match_keys()));
            }
        }
        for row in &scene.existing {
            if !who.is_linked(&row.id) {
                who.offered.push((row, row.record.match_keys()));
            }
        }
        let wishes = scene.desired.wishes.keys();
        for source in wishes.chain(scene.ledger.links.keys()) {
            let finding = who.finding(source);
            who.findings.insert(source, finding);
        }
        who
    }

    pub(crate) fn found(&self, source: &SourceId) -> Option<&'a Existing<R>> {
        match self.findings.get(source) {
            Some(Finding::One(target)) => self.existing(target),
            _ => None,
        }
    }

    /// Two of the product for one of HR, or two of HR for one of the product.
    pub(crate) fn is_disputed(&self, source: &SourceId) -> bool {
        let mine = self.findings.get(source);
        match mine {
            Some(Finding::Disputed) => true,
            Some(Finding::One(_)) => self
                .findings
                .iter()
                .any(|(other, theirs)| *other != source && Some(theirs) == mine),
            _ => false,
        }
    }

    fn finding(&self, source: &SourceId) -> Finding {
        if let Some(target) = self.live_link(source) {
            return match self.claimants(target).len() {
                1 => Finding::One(target.clone()),
                _ => Finding::Disputed,
            };
        }
        match self.asked.iter().find(|(other, _)| *other == source) {
            Some((_, keys)) => match self.by_external_id(source) {
                Finding::Nobody => self.by_keys(source, keys),
                finding => finding,
            },
            None => Finding::Nobody,
        }
    }

    fn by_external_id(&self, source: &SourceId) -> Finding {
        let rows = self.scene.existing.iter();
        let carriers: Vec<&Existing<R>> = rows
            .filter(|row| row.external_id.as_ref() == Some(source))
            .collect();
        match carriers.as_slice() {
            [] => Finding::Nobody,
            [row] if !self.is_linked(&row.id) => Finding::One(row.id.clone()),
            _ => Finding::Disputed,
        }
    }

    /// The first key that anybody shares decides.
    ///
    /// A record that carries the id of somebody who takes part is theirs, and offers no key any more.
    fn by_keys(&self, source: &SourceId, keys: &[MatchKey]) -> Finding {
        for key in keys {
            let rows: Vec<&Existing<R>> = self
                .offered
                .iter()
                .filter(|(row, offered)| offered.contains(key) && !self.is_carried(row))
                .map(|(row, _)| *row)
                .collect();
            let is_claimed = self
                .asked
                .iter()
                .any(|(other, asked)| *other != source && asked.contains(key));
            match rows.as_slice() {
                [] if !is_claimed => {}
                [row] if !is_claimed && row.external_id.is_none() => {
                    return Finding::One(row.id.clone());
                }
                _ => return Finding::Disputed,
            }
        }
        Finding::Nobody
    }

    /// Tells whether the only carrier of an id is found by that id.
    fn is_carried(&self, row: &Existing<R>) -> bool {
        let Some(source) = &row.external_id else {
            return false;
        };
        self.asked.iter().any(|(other, _)| *other == source)
            && self.live_link(source).is_none()
            && self.by_external_id(source) == Finding::One(row.id.clone())
    }

    fn live_link(&self, source: &SourceId) -> Option<&'a TargetId> {
        let link = self.scene.ledger.links.get(source)?;
        self.existing(&link.target).map(|row| &row.id)
    }

    fn is_linked(&self, target: &TargetId) -> bool {
        let mut links = self.scene.ledger.links.values();
        links.any(|link| link.target == *target)
    }

    /// Whose link names the record, and whom the record itself names.
    fn claimants(&self, target: &TargetId) -> BTreeSet<SourceId> {
        let links = self.scene.ledger.links.iter();
        let by_link = links.filter(|(_, link)| link.target == *target);
        let itself = self
            .existing(target)
            .and_then(|row| row.external_id.clone());
        by_link
            .map(|(source, _)| source.clone())
            .chain(itself)
            .collect()
    }

    fn existing(&self, target: &TargetId) -> Option<&'a Existing<R>> {
        self.scene.existing.iter().find(|row| row.id == *target)
    }
}
