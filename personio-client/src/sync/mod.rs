//! Personio as a source of records for `sync-core`, and as a product that gets absences, attendances and new employees.
//!
//! [`PersonioSource`] reads employees through v1, where the credential's list of readable attributes
//! can be asked for; absences through v2, where whole days, half days and hours come in one list
//! with stable ids; attendances and the units of the company through v2 too.
//!
//! What it promises the engine:
//!
//! - An attribute that the answer leaves out is not observed; one that is null, or empty in one of
//!   the ways in which Personio writes that, is empty.
//! - A snapshot is certified only when the declared totals agree with what arrived, every row has a
//!   readable id, and the list of readable attributes is known.
//! - A record that the ledger knows and a list lacks is looked up by its id. Only "not found" counts
//!   as gone: lists lose rows when data changes between two pages (observed).
//! - What is written into Personio carries the id of its record as a mark in the comment, so that a lost answer makes no second
//!   absence or attendance; new employees are found by their address. See [`PersonioAbsences`], [`PersonioAttendances`] and
//!   [`PersonioEmployees`].
//! - A list of [what changed](Coverage::ChangedSince) says nothing of the rest: Personio reports some changes late
//!   or never, and no deletions (observed). A full run must follow now and then.

mod absences;
mod amounts;
mod employees;
mod targets;
mod time_entries;
mod units;

use std::{collections::BTreeSet, future::Future};

use chrono::{DateTime, Utc};
use sync_core::{
    Completeness, Coverage, Gap, Snapshot, SourceError, SourceErrorClass, SourceId, Tally,
    UnitKind, absence::Counting,
};

pub use self::targets::{PersonioAbsences, PersonioAttendances, PersonioEmployees};
use crate::{Client, Error, Listing, Moment, Observed, completeness};

/// Reads employees, absences, attendances and units from one Personio account.
///
/// ```no_run
/// use std::collections::BTreeSet;
///
/// use personio_client::{Client, Credentials, sync::PersonioSource};
/// use sync_core::{Coverage, Employee, Snapshot, SnapshotRequest, Source};
///
/// # async fn read() -> Result<(), Box<dyn std::error::Error>> {
/// let client = Client::builder(Credentials::new("papi-id", "papi-secret")).build()?;
/// let personio = PersonioSource::new(client);
/// let employees: Snapshot<Employee> =
///     personio.snapshot(&SnapshotRequest::new(Coverage::All, BTreeSet::new())).await?;
/// println!("{} employees", employees.records().len());
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct PersonioSource {
    client: Client,
    look_up_at_most: usize,
    unit_kinds: BTreeSet<UnitKind>,
    counting: Counting,
    with_balances: bool,
}

impl PersonioSource {
    /// Reads through a client.
    pub fn new(client: Client) -> Self {
        Self {
            client,
            look_up_at_most: 1000,
            unit_kinds: BTreeSet::from(UnitKind::ALL),
            counting: Counting::default(),
            with_balances: false,
        }
    }

    /// Sets which kinds of units are read; all of them by default.
    ///
    /// Each kind has a list of its own, and most of them a right of their own.
    #[must_use]
    pub fn unit_kinds(self, kinds: impl IntoIterator<Item = UnitKind>) -> Self {
        Self {
            unit_kinds: kinds.into_iter().collect(),
            ..self
        }
    }

    /// Sets which types of absence count for `absence_entitlement` and `vacation_day_balance`, by their ids in v1.
    ///
    /// Without types that count, all entitlements are summed, and the balances of all types of paid vacation.
    #[must_use]
    pub fn counting(self, counting: Counting) -> Self {
        Self { counting, ..self }
    }

    /// Reads the balance of absence of each employee who is not inactive, as the attribute `vacation_day_balance`.
    ///
    /// Personio took that attribute out of the list in 2024 (documented) and answers for one employee at a time, so this is one
    /// request more for each; leave it out where no product shows balances. The right to read absences is needed for it.
    #[must_use]
    pub fn with_balances(self) -> Self {
        Self {
            with_balances: true,
            ..self
        }
    }

    /// Sets how many known records that a list lacks are looked up by id; 1000 by default.
    ///
    /// Where more are missing, none is looked up and nothing is concluded: something is wrong with
    /// the list, or so much was deleted that a person should know.
    #[must_use]
    pub fn look_up_at_most(self, records: usize) -> Self {
        Self {
            look_up_at_most: records,
            ..self
        }
    }

    /// Begins a snapshot with what a list says of its own completeness.
    fn begin<T, U>(
        &self,
        coverage: &Coverage,
        listing: &Listing<U>,
        doubts: Vec<Gap>,
        taken_at: DateTime<Utc>,
    ) -> Snapshot<T> {
        let mut tally = tally_of(listing);
        tally.gaps.extend(doubts);
        let completeness = Completeness::of(&tally);
        let mut snapshot = Snapshot::new(coverage.clone(), completeness, taken_at);
        for id in listing
            .unreadable
            .iter()
            .filter_map(|row| row.id.as_deref())
        {
            snapshot.insert_unreadable(SourceId::new(id));
        }
        snapshot
    }

    /// Makes sure of records that are known and that a list lacks, and says what is left in doubt.
    async fn look_up<T, F>(
        &self,
        snapshot: &mut Snapshot<T>,
        known: &BTreeSet<SourceId>,
        mut get: impl FnMut(SourceId) -> F + Send,
    ) where
        T: Send,
        F: Future<Output = Result<Option<T>, Error>> + Send,
    {
        if matches!(snapshot.coverage(), Coverage::ChangedSince(_)) {
            return;
        }
        let lacks = |id: &&SourceId| {
            !snapshot.records().contains_key(*id) && !snapshot.unreadable().contains(*id)
        };
        let missing: Vec<SourceId> = known.iter().filter(lacks).cloned().collect();
        if missing.len() > self.look_up_at_most {
            let (count, limit) = (missing.len(), self.look_up_at_most);
            snapshot.doubt(Gap::Other(format!(
                "{count} known records are missing, more than the {limit} that are looked up one by one"
            )));
            return;
        }
        for id in missing {
            match get(id.clone()).await {
                Ok(Some(record)) => snapshot.insert(id, record),
                Ok(None) => snapshot.confirm_missing(id),
                Err(_) => snapshot.insert_unreadable(id),
            }
        }
    }
}

/// Takes "not found" for the answer that there is none.
fn found<T>(outcome: Result<T, Error>) -> Result<Option<T>, Error> {
    match outcome {
        Ok(record) => Ok(Some(record)),
        Err(error) if error.is_not_found() => Ok(None),
        Err(error) => Err(error),
    }
}

/// Returns a moment that was told with its zone, as all do whose field says UTC.
fn instant(moment: &Observed<Moment>) -> Option<DateTime<Utc>> {
    Some(moment.value().and_then(Moment::instant)?.to_utc())
}

/// Counts what a list gave.
fn tally_of<T>(listing: &Listing<T>) -> Tally {
    let counted = &listing.completeness;
    let mut gaps: Vec<Gap> = counted.gaps().iter().filter_map(doubt).collect();
    let unidentified = listing.unreadable.iter();
    let unidentified = unidentified.filter(|row| row.id.is_none()).count();
    if unidentified > 0 {
        gaps.push(Gap::UnidentifiedRecords(unidentified as u64));
    }
    Tally {
        rows: counted.rows,
        distinct: counted.distinct + counted.unreadable,
        declared_first: counted.first_total,
        declared_last: counted.last_total,
        gaps,
    }
}

/// Translates what the client doubts; missing and unreadable rows are counted by the tally itself.
fn doubt(gap: &completeness::Gap) -> Option<Gap> {
    match gap {
        completeness::Gap::TotalChanged { first, last } => Some(Gap::TotalChanged {
            first: *first,
            last: *last,
        }),
        completeness::Gap::MissingRows { .. } | completeness::Gap::UnreadableRecords { .. } => None,
        completeness::Gap::StoppedEarly => Some(Gap::StoppedEarly),
        completeness::Gap::RepeatedRows { count } => Some(Gap::Other(format!(
            "{count} rows came twice, so another may have slipped between two pages"
        ))),
        completeness::Gap::StartedLate { .. } => Some(Gap::Other(
            "reading did not begin at the first page".to_owned(),
        )),
        completeness::Gap::ExactlyLimitWithoutMetadata { .. } => Some(Gap::Other(
            "nothing says whether there are more pages".to_owned(),
        )),
    }
}

fn source_error(what: &'static str) -> impl Fn(Error) -> SourceError {
    move |error| {
        let class = if error.is_unauthorized() || error.is_forbidden() {
            SourceErrorClass::Credential
        } else if error.is_retryable() {
            SourceErrorClass::Later
        } else {
            SourceErrorClass::Permanent
        };
        SourceError::new(what, class, error)
    }
}
