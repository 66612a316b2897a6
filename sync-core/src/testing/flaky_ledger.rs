use std::{
    collections::BTreeMap,
    fmt,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use async_trait::async_trait;

use super::dice::Dice;
use crate::{Fence, LeaseRequest, LeaseRow, Ledger, LedgerError, LedgerState, LedgerWrite};

/// What goes wrong with one commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LedgerFault {
    /// The rows are not written, and the ledger says so.
    Unwritten,
    /// The rows are written, and the ledger says that they are not.
    WrittenUnheard,
}

impl LedgerFault {
    /// Every fault.
    pub const ALL: [Self; 2] = [Self::Unwritten, Self::WrittenUnheard];
}

/// Stands before a ledger and lets some commits fail.
///
/// A run that cannot write its intent must not go on, and the next one must find out what was done. To try that at
/// every step, let one commit after the other fail until a run has none left to fail at.
pub struct FlakyLedger<'a> {
    ledger: &'a dyn Ledger,
    by_turn: BTreeMap<usize, LedgerFault>,
    by_seed: Option<(Mutex<Dice>, u8)>,
    from: Option<usize>,
    turn: AtomicUsize,
}

impl<'a> FlakyLedger<'a> {
    /// Stands before a ledger; nothing fails yet.
    pub fn new(ledger: &'a dyn Ledger) -> Self {
        Self {
            ledger,
            by_turn: BTreeMap::new(),
            by_seed: None,
            from: None,
            turn: AtomicUsize::new(0),
        }
    }

    /// Lets one commit fail, counted from 0.
    #[must_use]
    pub fn failing_at(mut self, commit: usize, fault: LedgerFault) -> Self {
        self.by_turn.insert(commit, fault);
        self
    }

    /// Lets so many commits in a hundred fail, each in a way of its own.
    #[must_use]
    pub fn failing_by_seed(self, seed: u64, percent: u8) -> Self {
        Self {
            by_seed: Some((Mutex::new(Dice::new(seed)), percent)),
            ..self
        }
    }

    /// Writes nothing more from one commit on, counted from 0, as when the process dies there.
    #[must_use]
    pub fn failing_from(self, commit: usize) -> Self {
        Self {
            from: Some(commit),
            ..self
        }
    }

    /// Returns how many commits there were.
    pub fn commits(&self) -> usize {
        self.turn.load(Ordering::Relaxed)
    }

    fn fault(&self) -> Option<LedgerFault> {
        let turn = self.turn.fetch_add(1, Ordering::Relaxed);
        if self.from.is_some_and(|from| turn >= from) {
            return Some(LedgerFault::Unwritten);
        }
        let by_turn = self.by_turn.get(&turn).copied();
        by_turn.or_else(|| {
            let (dice, percent) = self.by_seed.as_ref()?;
            let mut dice = dice.lock().unwrap_or_else(PoisonError::into_inner);
            let fails = dice.percent(*percent);
            fails.then(|| dice.pick(&LedgerFault::ALL)).flatten()
        })
    }
}

#[async_trait]
impl Ledger for FlakyLedger<'_> {
    async fn load(&self, kind: &str) -> Result<LedgerState, LedgerError> {
        self.ledger.load(kind).await
    }

    async fn commit(
        &self,
        fence: Fence,
        kind: &str,
        writes: &[LedgerWrite],
    ) -> Result<(), LedgerError> {
        let fault = self.fault();
        if fault != Some(LedgerFault::Unwritten) {
            self.ledger.commit(fence, kind, writes).await?;
        }
        match fault {
            None => Ok(()),
            Some(_) => Err(LedgerError::new("be written", "the test said so")),
        }
    }

    async fn lease(&self, request: &LeaseRequest) -> Result<LeaseRow, LedgerError> {
        self.ledger.lease(request).await
    }
}

impl fmt::Debug for FlakyLedger<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FlakyLedger")
    }
}
