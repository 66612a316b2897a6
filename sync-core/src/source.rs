use std::{collections::BTreeSet, error::Error as StdError, fmt};

use async_trait::async_trait;
use thiserror::Error;

use crate::{
    SourceId,
    snapshot::{Coverage, Snapshot},
};

/// The leading system of one kind of record: where snapshots come from.
///
/// # Contract
///
/// - The snapshot covers what was asked for; rows outside are left out.
/// - The certificate is issued from counts, see [`Tally`](crate::Tally); a source that cannot
///   count, or lost something on the way, reports the gap instead.
/// - A field that the source did not show is [`NotObserved`](crate::Known::NotObserved), never empty.
/// - A request that failed is an error, never a shorter snapshot.
#[async_trait]
pub trait Source<T>: Send + Sync {
    /// Reads one part of the source.
    ///
    /// # Errors
    ///
    /// When any request failed for good. Nothing follows from an error.
    async fn snapshot(&self, request: &SnapshotRequest) -> Result<Snapshot<T>, SourceError>;
}

/// Which part of the source is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SnapshotRequest {
    /// The part.
    pub coverage: Coverage,
    /// Records that the ledger knows in that part. A source that can look up single records makes
    /// sure of those that its list lacks: a list may lose a row between two pages, and that must
    /// not look like a deletion. See [`Reconciler::known`](crate::Reconciler::known).
    pub known: BTreeSet<SourceId>,
}

impl SnapshotRequest {
    /// Asks for a part, and names the records that are known in it.
    pub fn new(coverage: Coverage, known: BTreeSet<SourceId>) -> Self {
        Self { coverage, known }
    }
}

/// A source that did not answer. `Debug` shows what it was asked for only.
#[derive(Error)]
#[error("cannot read {what} from HR: {class}")]
pub struct SourceError {
    what: &'static str,
    class: SourceErrorClass,
    source: Box<dyn StdError + Send + Sync>,
}

/// What can be done about a source that did not answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SourceErrorClass {
    /// Try again later.
    Later,
    /// The credential is wrong, or lacks a right; a person must act.
    Credential,
    /// The answer or the request is wrong; trying again will not help.
    Permanent,
}

impl SourceError {
    /// Says what could not be read, such as `employees`, and why. The reason must hold no personal data.
    pub fn new(
        what: &'static str,
        class: SourceErrorClass,
        source: impl Into<Box<dyn StdError + Send + Sync>>,
    ) -> Self {
        Self {
            what,
            class,
            source: source.into(),
        }
    }

    /// Returns what can be done.
    pub fn class(&self) -> SourceErrorClass {
        self.class
    }
}

impl fmt::Debug for SourceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SourceError({}, {:?})", self.what, self.class)
    }
}

impl fmt::Display for SourceErrorClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Later => "it may work later",
            Self::Credential => "check the credential and its rights",
            Self::Permanent => "trying again will not help",
        })
    }
}
