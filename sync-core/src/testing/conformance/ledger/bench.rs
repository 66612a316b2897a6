//! The bench on which a ledger is checked: whatever is written to it is written into a model too, and the two are
//! compared.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};

use super::{
    super::report::{Flaw, Verdict, broken, expect, words},
    Factory,
    samples::moment,
};
use crate::{Fence, LeaseRequest, Ledger, LedgerError, LedgerState, LedgerWrite};

/// The kinds of records that the checks write about.
pub(super) const ACCOUNT: &str = "account";
pub(super) const ABSENCE: &str = "absence";

/// A ledger of its own for one check, and what it should remember.
pub(super) struct Bench<'a, F: Factory> {
    pub(super) factory: &'a F,
    pub(super) ledger: F::Ledger,
    model: BTreeMap<&'static str, LedgerState>,
}

impl<'a, F: Factory> Bench<'a, F> {
    pub(super) async fn new(factory: &'a F) -> Self {
        Self {
            factory,
            ledger: factory.empty().await,
            model: BTreeMap::new(),
        }
    }

    /// Writes rows about accounts, and looks at what is remembered then.
    pub(super) async fn write(&mut self, writes: &[LedgerWrite]) -> Verdict {
        self.write_about(ACCOUNT, writes).await
    }

    pub(super) async fn write_about(
        &mut self,
        kind: &'static str,
        writes: &[LedgerWrite],
    ) -> Verdict {
        done(commit(&self.ledger, kind, writes).await)?;
        self.should_remember(kind, writes);
        self.agrees().await
    }

    /// Notes what was written beside the bench.
    pub(super) fn should_remember(&mut self, kind: &'static str, writes: &[LedgerWrite]) {
        let state = self.model.entry(kind).or_default();
        writes.iter().for_each(|write| state.apply(write));
    }

    /// Compares what the ledger remembers with what it should.
    pub(super) async fn agrees(&self) -> Verdict {
        for (kind, wanted) in &self.model {
            let has = load(&self.ledger, kind).await?;
            expect(has == *wanted, || {
                format!(
                    "what is read about {kind}s is not what was written: {}",
                    difference(&has, wanted)
                )
            })?;
        }
        Ok(())
    }
}

/// Writes rows, under a lease of their own.
pub(super) async fn commit<L: Ledger>(
    ledger: &L,
    kind: &str,
    writes: &[LedgerWrite],
) -> Result<(), LedgerError> {
    let fence = acquire(ledger, "a check", 0).await?;
    ledger.commit(fence, kind, writes).await
}

/// Acquires the lease for so many minutes.
pub(super) async fn acquire<L: Ledger>(
    ledger: &L,
    holder: &str,
    minutes: u32,
) -> Result<Fence, LedgerError> {
    acquire_at(ledger, 0, holder, minutes).await
}

/// Acquires the lease at a minute, for so many.
pub(super) async fn acquire_at<L: Ledger>(
    ledger: &L,
    at: u32,
    holder: &str,
    minutes: u32,
) -> Result<Fence, LedgerError> {
    let request = LeaseRequest::Acquire {
        holder: holder.to_owned(),
        now: minute(at),
        until: minute(at + minutes),
    };
    ledger.lease(&request).await.map(|row| row.fence)
}

pub(super) fn minute(number: u32) -> DateTime<Utc> {
    moment(0) + TimeDelta::minutes(number.into())
}

/// Reads what must be readable.
pub(super) async fn load<L: Ledger>(ledger: &L, kind: &str) -> Result<LedgerState, Flaw> {
    let read = ledger.load(kind).await;
    read.map_err(|error| Flaw::Broken(format!("reading failed: {}", words(&error))))
}

/// Says that the contract is broken if the lease was not given.
pub(super) fn given(answer: Result<Fence, LedgerError>) -> Result<Fence, Flaw> {
    answer.map_err(|error| Flaw::Broken(format!("no lease is given: {}", words(&error))))
}

/// Says that the contract is broken if a commit failed.
pub(super) fn done(answer: Result<(), LedgerError>) -> Verdict {
    answer.or_else(|error| broken(format!("a commit failed: {}", words(&error))))
}

/// Names the rows in which two states differ, by slot and key.
fn difference(has: &LedgerState, wanted: &LedgerState) -> String {
    let [has, wanted] = [has, wanted].map(|state| serde_json::to_value(state).unwrap_or_default());
    let rows = |state: &serde_json::Value| -> BTreeMap<String, String> {
        let slots = state.as_object().into_iter().flatten();
        slots
            .flat_map(|(slot, rows)| {
                let rows = rows.as_object().into_iter().flatten();
                rows.map(move |(key, row)| (format!("{slot}.{key}"), row.to_string()))
            })
            .collect()
    };
    let (has, wanted) = (rows(&has), rows(&wanted));
    let missing = wanted.keys().filter(|key| !has.contains_key(*key));
    let surplus = has.keys().filter(|key| !wanted.contains_key(*key));
    let other = wanted
        .iter()
        .filter(|(key, row)| has.get(*key).is_some_and(|it| it != *row))
        .map(|(key, _)| key);
    let parts = [
        some("missing", missing),
        some("not forgotten", surplus),
        some("different", other),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join("; ")
}

fn some<'a>(what: &str, keys: impl Iterator<Item = &'a String>) -> Option<String> {
    let keys: Vec<&String> = keys.collect();
    let first = keys.first()?;
    Some(match keys.len() {
        1 => format!("{first} is {what}"),
        count => format!("{first} and {} more are {what}", count - 1),
    })
}
