use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    Digest, SourceId,
    ledger::{ApprovedChange, LedgerWrite},
};

/// A person's word that exactly these changes may be made, though they had to wait.
///
/// It is made by [`Plan::approve`](crate::Plan::approve), and takes effect once it is in the ledger:
/// the next plans then have these changes ready, or those of them that are still wanted. It is good
/// once for each change, until it ends, and for nothing else: as soon as one more change waits
/// than was approved, all of them wait again.
///
/// ```
/// # use std::time::Duration;
/// # use sync_core::{Account, Approval, Clock, Lease, LedgerError, Record};
/// # async fn keep(approval: &Approval, lease: &Lease<'_>) -> Result<(), LedgerError> {
/// lease.commit(Account::KIND, &approval.writes()).await
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approval {
    /// The digest of the list that was looked at.
    pub list: Digest,
    /// Who approved, by the host's own id; never a name or an address.
    pub by: String,
    /// When it was approved.
    pub at: DateTime<Utc>,
    /// When it ends, exclusive.
    pub until: DateTime<Utc>,
    pub(crate) changes: BTreeMap<Digest, SourceId>,
}

impl Approval {
    /// Returns what to write into the ledger, under the kind of record that was looked at.
    pub fn writes(&self) -> Vec<LedgerWrite> {
        let write = |(change, source): (&Digest, &SourceId)| {
            let approved = ApprovedChange {
                list: self.list.clone(),
                source: source.clone(),
                by: self.by.clone(),
                at: self.at,
                until: self.until,
            };
            LedgerWrite::Approve(change.clone(), approved)
        };
        self.changes.iter().map(write).collect()
    }
}
