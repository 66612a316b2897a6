use std::{error::Error as StdError, fmt};

use thiserror::Error;

/// A ledger that did not answer. `Debug` shows what it was asked for only.
#[derive(Error)]
#[error("the ledger cannot {action}")]
pub struct LedgerError {
    action: &'static str,
    source: Box<dyn StdError + Send + Sync>,
}

impl LedgerError {
    /// Says what could not be done, such as `write`, and why. The reason must hold no personal data.
    pub fn new(action: &'static str, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self {
            action,
            source: source.into(),
        }
    }
}

impl fmt::Debug for LedgerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LedgerError({})", self.action)
    }
}
