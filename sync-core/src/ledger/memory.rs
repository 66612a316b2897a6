use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;

use super::{Fence, LeaseRequest, LeaseRow, Ledger, LedgerError, LedgerState, LedgerWrite};

/// A ledger in memory, for tests and for trying things out. It forgets everything when it is dropped.
#[derive(Debug, Default)]
pub struct MemoryLedger {
    memory: Mutex<Memory>,
}

#[derive(Debug, Default)]
struct Memory {
    kinds: BTreeMap<String, LedgerState>,
    lease: Option<LeaseRow>,
}

impl MemoryLedger {
    /// Makes an empty ledger.
    pub fn new() -> Self {
        Self::default()
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        // Whoever panics here has not begun to write.
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Ledger for MemoryLedger {
    async fn load(&self, kind: &str) -> Result<LedgerState, LedgerError> {
        Ok(self.memory().kinds.get(kind).cloned().unwrap_or_default())
    }

    async fn commit(
        &self,
        fence: Fence,
        kind: &str,
        writes: &[LedgerWrite],
    ) -> Result<(), LedgerError> {
        let mut memory = self.memory();
        LeaseRow::admit(memory.lease.as_ref(), fence)?;
        let state = memory.kinds.entry(kind.to_owned()).or_default();
        writes.iter().for_each(|write| state.apply(write));
        Ok(())
    }

    async fn lease(&self, request: &LeaseRequest) -> Result<LeaseRow, LedgerError> {
        let mut memory = self.memory();
        let row = request.answer(memory.lease.as_ref())?;
        memory.lease = Some(row.clone());
        Ok(row)
    }
}
