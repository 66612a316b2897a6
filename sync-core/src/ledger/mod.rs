mod error;
mod memory;
mod state;

use async_trait::async_trait;

pub use self::{
    error::LedgerError,
    memory::MemoryLedger,
    state::{Intent, LedgerState, LedgerWrite, Link, Missing, Tombstone},
};

/// The memory of one connection between a source and a product.
///
/// It knows which record belongs to which, what both sides agreed on last, what was removed, and
/// which changes are under way. It holds identifiers, keyed hashes and times; no personal data.
///
/// # Contract
///
/// - One ledger belongs to one connection; nothing of another connection shows in it.
/// - [`commit`](Self::commit) is durable when it returns, and takes effect whole or not at all.
/// - [`load`](Self::load) shows every commit that returned before it was called.
/// - A write names its row by its key: putting replaces, deleting what is not there is fine.
/// - Runs of one connection come one after the other; the host sees to that.
#[async_trait]
pub trait Ledger: Send + Sync {
    /// Returns everything that is remembered about one kind of record.
    ///
    /// # Errors
    ///
    /// When the storage cannot be read, or holds a format that is newer than this program.
    async fn load(&self, kind: &str) -> Result<LedgerState, LedgerError>;

    /// Writes rows about one kind of record, all or none.
    ///
    /// # Errors
    ///
    /// When the storage did not take all of them.
    async fn commit(&self, kind: &str, writes: &[LedgerWrite]) -> Result<(), LedgerError>;
}
