use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Held, Rolling, rolling::spent};
use crate::{
    Change, Digest, SourceId,
    change::{ChangeId, Class},
    ledger::{ApprovedChange, Executed, LedgerState, LedgerWrite},
};

/// Changes that went through the guard, and those that it holds.
///
/// Only the guard can make one, or a sealed plan that it made before; and only what is ready in one is
/// ever applied. So nothing is taken away on a way around the guard.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Passed<R> {
    ready: Vec<Change<R>>,
    held: Vec<Held<R>>,
    /// What the classes may take away in all, as it was when the plan was made.
    allowances: BTreeMap<Class, Vec<Allowance>>,
    /// On whose word changes are ready that were held.
    warrants: BTreeMap<ChangeId, Warrant>,
}

/// How many changes of a class there may be in some hours.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Allowance {
    pub(super) rolling: Rolling,
    pub(super) at_most: usize,
}

/// On whose word a change is ready that was held.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Warrant {
    /// Whoever has the plan in hand released it.
    Released,
    /// The ledger holds an approval under this key.
    Approved(Digest),
}

impl<R> Passed<R> {
    pub(super) fn new(
        ready: Vec<Change<R>>,
        held: Vec<Held<R>>,
        allowances: BTreeMap<Class, Vec<Allowance>>,
    ) -> Self {
        Self {
            ready,
            held,
            allowances,
            warrants: BTreeMap::new(),
        }
    }

    /// Lets what waits pass, if all of it is approved, as one list: two that were looked at one by one may be too much
    /// together.
    pub(super) fn release_approved(
        &mut self,
        approvals: &BTreeMap<Digest, ApprovedChange>,
        now: DateTime<Utc>,
    ) {
        let mut lists = BTreeSet::new();
        let keys: Option<Vec<Digest>> = self
            .held
            .iter()
            .map(|held| {
                let key = held.change.fingerprint();
                let approved = approvals.get(&key)?;
                lists.insert(&approved.list);
                (now < approved.until).then_some(key)
            })
            .collect();
        if let Some(keys) = keys
            && lists.len() <= 1
        {
            self.pass(keys.into_iter().map(Warrant::Approved));
        }
    }

    /// Lets everything that waits pass, and returns the records that it is about.
    pub(crate) fn release(&mut self) -> BTreeSet<SourceId> {
        let released = self.held.iter().map(|held| held.change.source.clone());
        let released = released.collect();
        let count = self.held.len();
        self.pass(std::iter::repeat_n(Warrant::Released, count));
        released
    }

    fn pass(&mut self, warrants: impl Iterator<Item = Warrant>) {
        for (held, warrant) in self.held.drain(..).zip(warrants) {
            self.warrants.insert(held.change.id.clone(), warrant);
            self.ready.push(held.change);
        }
        self.ready.sort_by(|a, b| a.order().cmp(&b.order()));
    }

    pub(crate) fn ready(&self) -> &[Change<R>] {
        &self.ready
    }

    pub(crate) fn held(&self) -> &[Held<R>] {
        &self.held
    }

    /// Returns which of the changes that are due may not be made any more: other runs have used up a
    /// budget since the plan was made, or an approval has ended.
    pub(crate) fn outdated<'a>(
        &self,
        due: &[&'a Change<R>],
        ledger: &LedgerState,
        now: DateTime<Utc>,
    ) -> BTreeSet<&'a ChangeId> {
        let ids: BTreeSet<&ChangeId> = due.iter().map(|change| &change.id).collect();
        let is_over = |class: Class| {
            let counted = |it: &&&Change<R>| it.class() == class && self.is_counted(it);
            let count = due.iter().filter(counted).count();
            self.allowances.get(&class).into_iter().flatten().any(|it| {
                spent(&ledger.executed, class, it.rolling.since(now), &ids) + count > it.at_most
            })
        };
        let over: BTreeSet<Class> = Class::ALL.into_iter().filter(|it| is_over(*it)).collect();
        let may_not = |change: &&&Change<R>| match self.warrants.get(&change.id) {
            None => over.contains(&change.class()),
            Some(Warrant::Released) => false,
            Some(Warrant::Approved(key)) => {
                let approved = ledger.approvals.get(key);
                approved.is_none_or(|approved| approved.until <= now)
            }
        };
        due.iter()
            .filter(may_not)
            .map(|change| &change.id)
            .collect()
    }

    /// Returns what to write with the intent of a change: it counts from now on.
    pub(crate) fn begun(&self, change: &Change<R>, at: DateTime<Utc>) -> Option<LedgerWrite> {
        let class = change.class();
        self.is_counted(change)
            .then(|| LedgerWrite::Count(change.id.clone(), Executed { class, at }))
    }

    /// Returns what to write when a change is made: an approval is good for one time.
    pub(crate) fn made(&self, change: &Change<R>) -> Option<LedgerWrite> {
        match self.warrants.get(&change.id)? {
            Warrant::Approved(key) => Some(LedgerWrite::Revoke(key.clone())),
            Warrant::Released => None,
        }
    }

    /// Returns what to write when it is certain that a change was not made.
    pub(crate) fn not_made(&self, change: &Change<R>) -> Option<LedgerWrite> {
        self.is_counted(change)
            .then(|| LedgerWrite::Uncount(change.id.clone()))
    }

    fn is_counted(&self, change: &Change<R>) -> bool {
        change.class().is_counted() && !self.warrants.contains_key(&change.id)
    }
}
