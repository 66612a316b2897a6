use std::{collections::BTreeMap, sync::Mutex};

use async_trait::async_trait;

use super::{Ledger, LedgerError, LedgerState, LedgerWrite};

/// A ledger in memory, for tests and for trying things out. It forgets everything when it is dropped.
#[derive(Debug, Default)]
pub struct MemoryLedger {
    kinds: Mutex<BTreeMap<String, LedgerState>>,
}

impl MemoryLedger {
    /// Makes an empty ledger.
    pub fn new() -> Self {
        Self::default()
    }
}

#[async_trait]
impl Ledger for MemoryLedger {
    async fn load(&self, kind: &str) -> Result<LedgerState, LedgerError> {
        let kinds = self
            .kinds
            .lock()
            .map_err(|_| LedgerError::new("read", "a writer panicked"))?;
        Ok(kinds.get(kind).cloned().unwrap_or_default())
    }

    async fn commit(&self, kind: &str, writes: &[LedgerWrite]) -> Result<(), LedgerError> {
        let mut kinds = self
            .kinds
            .lock()
            .map_err(|_| LedgerError::new("write", "a writer panicked"))?;
        let state = kinds.entry(kind.to_owned()).or_default();
        writes.iter().for_each(|write| state.apply(write));
        Ok(())
    }
}
