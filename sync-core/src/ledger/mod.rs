mod error;
mod history;
mod lease;
mod link;
mod memory;
mod repair;
mod row;
mod state;

use async_trait::async_trait;

pub use self::{
    error::{LedgerError, LedgerErrorClass},
    history::{Pulse, RunOutcome, RunRecord, history},
    lease::{Fence, Lease, LeaseRequest, LeaseRow},
    link::{Link, Locked, Missing, Origin},
    memory::MemoryLedger,
    repair::Export,
    row::{Row, RowChange},
    state::{
        ApprovedChange, ErasedId, Executed, Intent, Invitation, LedgerState, LedgerWrite, Tombstone,
    },
};

pub(crate) use self::history::{protocol, shelf};

/// The memory of one connection between a source and a product.
///
/// It knows which record belongs to which, what both sides agreed on last, what was removed, and
/// which changes are under way. It holds identifiers, keyed hashes and times; no personal data.
///
/// A storage needs one table of rows and the row of the lease. It looks into neither:
/// [`LedgerWrite::row`] and [`LedgerState::read`] turn rows into what they mean and back, and
/// [`LeaseRequest::answer`] decides who may write.
///
/// # Contract
///
/// - One ledger belongs to one connection; nothing of another connection shows in it.
/// - [`commit`](Self::commit) is durable when it returns, and takes effect whole or not at all.
/// - [`commit`](Self::commit) asks [`LeaseRow::admit`] in the same transaction in which it writes, so
///   that nothing comes between the two. The same holds for [`lease`](Self::lease) and its answer.
/// - [`load`](Self::load) shows every commit that returned before it was called.
/// - A write names its row by its key: putting replaces, deleting what is not there is fine.
#[async_trait]
pub trait Ledger: Send + Sync {
    /// Returns everything that is remembered about one kind of record.
    ///
    /// # Errors
    ///
    /// When the storage cannot be read, or holds a format that is newer than this program.
    async fn load(&self, kind: &str) -> Result<LedgerState, LedgerError>;

    /// Writes rows about one kind of record, all or none, for the holder of a lease. Without rows, it only makes sure
    /// that the lease still holds.
    ///
    /// # Errors
    ///
    /// [`Fenced`](LedgerErrorClass::Fenced) when the lease went to somebody else, and when the
    /// storage did not take all of the rows.
    async fn commit(
        &self,
        fence: Fence,
        kind: &str,
        writes: &[LedgerWrite],
    ) -> Result<(), LedgerError>;

    /// Gives the lease of the connection to a holder, prolongs it or takes it back, as
    /// [`LeaseRequest::answer`] says, and keeps the answer.
    ///
    /// # Errors
    ///
    /// Those of the answer, and when the storage cannot be read or written.
    async fn lease(&self, request: &LeaseRequest) -> Result<LeaseRow, LedgerError>;
}
