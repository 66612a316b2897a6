//! Ledgers that break one rule each, and the checks that notice.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use chrono::{DateTime, SubsecRound as _, TimeDelta, Utc};
use sync_core::{
    Fence, LeaseRequest, LeaseRow, Ledger, LedgerError, LedgerState, LedgerWrite, Link, SourceId,
    async_trait,
    testing::conformance::ledger::{self, Factory},
};

/// What a ledger does wrong.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Vice {
    RemembersNobody,
    ForgetsRemovals,
    ForgetsIntents,
    ForgetsSinceWhenMissing,
    ForgetsHashes,
    CutsMoments,
    CountsInBytes,
    ShowsOnePage,
    KeepsTheFirst,
    LowersIds,
    TrimsIds,
    UnlinksEverybody,
    BuriesInsteadOfLinking,
    KeepsOneIntentPerRecord,
    MissesWhatIsNotThere,
    WritesBeforeItForgets,
    RefusesToWriteNothing,
    MixesKinds,
    MixesConnections,
    ForgetsOverARestart,
    BringsBackOverARestart,
    WritesRowByRow,
    WritesBackWhatItRead,
    LooksEmptyWhenCutOff,
    WritesIntoTheVoid,
    LeavesOutWhatItDoesNotKnow,
    LetsAnybodyWrite,
    GivesTheLeaseToEverybody,
    ForgetsTheLease,
    ForgetsFailures,
    ForgetsErasures,
    ForgetsSettings,
    ForgetsTheFormat,
    ForgetsTheWatermark,
    NeverRecovers,
    KeepsEveryRun,
    ForgetsEveryRun,
    ForgetsRunsOfThatMoment,
    ForgetsLinksWithRuns,
    NeverEndsALease,
    LetsTheHolderWait,
    ForgetsTheNumber,
    ForgetsWhoProlongs,
    ForgetsWhoGivesBack,
    LetsAnybodyGiveBack,
    AsksForTheLeaseTooLate,
    ForgetsWhatElseIsFenced,
    LetsAnybodyWriteNothing,
    SharesTheLease,
}

use Vice as V;

/// Each vice with the check that must be the first to notice it.
const NOTICED: [(Vice, &str); 49] = [
    (V::RemembersNobody, "a link is read as it was written"),
    (V::ForgetsRemovals, "a tombstone is read as it was written"),
    (V::ForgetsIntents, "an intent is read as it was written"),
    (
        V::ForgetsSinceWhenMissing,
        "a link is read as it was written",
    ),
    (V::ForgetsHashes, "a link is read as it was written"),
    (V::CutsMoments, "moments keep their fractions"),
    (V::CountsInBytes, "large counts survive"),
    (V::ShowsOnePage, "every row is read"),
    (V::KeepsTheFirst, "a second writing replaces the first"),
    (V::LowersIds, "ids that look alike are different"),
    (V::TrimsIds, "ids that look alike are different"),
    (V::UnlinksEverybody, "forgetting takes one row only"),
    (
        V::BuriesInsteadOfLinking,
        "rows of one record stand side by side",
    ),
    (
        V::KeepsOneIntentPerRecord,
        "two intents of one record stand side by side",
    ),
    (
        V::MissesWhatIsNotThere,
        "forgetting what is not there is fine",
    ),
    (V::WritesBeforeItForgets, "the last write of a commit wins"),
    (V::RefusesToWriteNothing, "a commit of nothing is fine"),
    (V::MixesKinds, "kinds are apart"),
    (V::MixesConnections, "connections are apart"),
    (
        V::ForgetsOverARestart,
        "what is written is there after a restart",
    ),
    (
        V::BringsBackOverARestart,
        "what is forgotten is not there after a restart",
    ),
    (V::WritesRowByRow, "a commit that is dropped is made or not"),
    (
        V::WritesBackWhatItRead,
        "commits at the same time are all made",
    ),
    (
        V::LooksEmptyWhenCutOff,
        "a ledger that is cut off does not look empty",
    ),
    (
        V::WritesIntoTheVoid,
        "a ledger that is cut off takes no writes",
    ),
    (
        V::LeavesOutWhatItDoesNotKnow,
        "what a newer program wrote is not left out",
    ),
    (V::LetsAnybodyWrite, "nobody writes without a lease"),
    (V::GivesTheLeaseToEverybody, "a lease has one holder"),
    (V::ForgetsTheLease, "a lease lasts over a restart"),
    (
        V::ForgetsFailures,
        "every sort of row is read as it was written",
    ),
    (
        V::ForgetsErasures,
        "every sort of row is read as it was written",
    ),
    (
        V::ForgetsSettings,
        "every sort of row is read as it was written",
    ),
    (
        V::ForgetsTheFormat,
        "every sort of row is read as it was written",
    ),
    (
        V::ForgetsTheWatermark,
        "every sort of row is read as it was written",
    ),
    (V::NeverRecovers, "forgetting takes one row only"),
    (V::KeepsEveryRun, "the protocol forgets older runs only"),
    (V::ForgetsEveryRun, "the protocol forgets older runs only"),
    (
        V::ForgetsRunsOfThatMoment,
        "the protocol forgets older runs only",
    ),
    (
        V::ForgetsLinksWithRuns,
        "the protocol forgets older runs only",
    ),
    (V::NeverEndsALease, "a lease that is over goes to the next"),
    (
        V::LetsTheHolderWait,
        "the same holder gets a lease of its own at once",
    ),
    (
        V::ForgetsTheNumber,
        "the number of a lease never comes again",
    ),
    (
        V::ForgetsWhoProlongs,
        "a lease that is prolonged lasts longer",
    ),
    (V::ForgetsWhoGivesBack, "a lease that is given back is free"),
    (
        V::LetsAnybodyGiveBack,
        "whoever lost the lease takes it from nobody",
    ),
    (
        V::AsksForTheLeaseTooLate,
        "a commit without the lease is refused whole",
    ),
    (V::ForgetsWhatElseIsFenced, "one lease is for every kind"),
    (
        V::LetsAnybodyWriteNothing,
        "a commit of nothing needs the lease too",
    ),
    (V::SharesTheLease, "connections have leases of their own"),
];

#[tokio::test]
async fn the_suite_names_what_a_ledger_does_wrong() {
    for (vice, check) in NOTICED {
        let report = ledger::check_all(Factories(Some(vice))).await;
        assert_eq!(report.failed().first(), Some(&check), "{vice:?}\n{report}");
    }
}

#[tokio::test]
async fn a_ledger_without_a_vice_passes() {
    let report = ledger::check_all(Factories(None)).await;
    report.assert_passed();
    assert!(report.not_applicable().is_empty(), "{report}");
}

/// Makes ledgers with a vice.
struct Factories(Option<Vice>);

#[async_trait]
impl Factory for Factories {
    type Ledger = Book;

    async fn empty(&self) -> Book {
        Book {
            vice: self.0,
            connection: "one",
            storage: Arc::default(),
        }
    }

    async fn reopen(&self, ledger: Book) -> Option<Book> {
        match self.0 {
            Some(V::ForgetsOverARestart) => return Some(self.empty().await),
            Some(V::ForgetsTheLease) => ledger.leased().clear(),
            Some(V::BringsBackOverARestart) => {
                let log = ledger.log().clone();
                let mut rows = ledger.rows();
                for (kind, write) in log.iter().filter(|(_, write)| puts(write)) {
                    rows.entry(kind.clone()).or_default().apply(write);
                }
            }
            _ => {}
        }
        Some(ledger)
    }

    async fn neighbour(&self, ledger: &Book) -> Option<Book> {
        Some(Book {
            vice: self.0,
            connection: "two",
            storage: Arc::clone(&ledger.storage),
        })
    }

    async fn cut_off(&self, ledger: &Book) -> bool {
        ledger.storage.is_cut_off.store(true, Ordering::Relaxed);
        true
    }

    async fn rewrite_by_newer_program(&self, ledger: &Book) -> bool {
        ledger.storage.is_newer.store(true, Ordering::Relaxed);
        true
    }
}

#[derive(Default)]
struct Storage {
    rows: Mutex<BTreeMap<String, LedgerState>>,
    log: Mutex<Vec<(String, LedgerWrite)>>,
    leases: Mutex<BTreeMap<&'static str, LeaseRow>>,
    is_cut_off: AtomicBool,
    is_newer: AtomicBool,
}

/// A ledger in memory with a vice.
struct Book {
    vice: Option<Vice>,
    connection: &'static str,
    storage: Arc<Storage>,
}

#[async_trait]
impl Ledger for Book {
    async fn load(&self, kind: &str) -> Result<LedgerState, LedgerError> {
        let storage = &self.storage;
        if storage.is_cut_off.load(Ordering::Relaxed) {
            return match self.vice {
                Some(V::LooksEmptyWhenCutOff) => Ok(LedgerState::default()),
                _ => Err(LedgerError::new("read", "the storage is gone")),
            };
        }
        let is_newer = storage.is_newer.load(Ordering::Relaxed);
        if is_newer && self.vice != Some(V::LeavesOutWhatItDoesNotKnow) {
            return Err(LedgerError::new("read", "the format is not known"));
        }
        let mut state = self
            .rows()
            .get(&self.key(kind))
            .cloned()
            .unwrap_or_default();
        match self.vice {
            Some(V::RemembersNobody) => state.links.clear(),
            Some(V::ForgetsRemovals) => state.tombstones.clear(),
            Some(V::ForgetsIntents) => state.intents.clear(),
            Some(V::ForgetsFailures) => state.setbacks.clear(),
            Some(V::ForgetsErasures) => state.erased.clear(),
            Some(V::ForgetsSettings) => state.settings = None,
            Some(V::ForgetsTheFormat) => state.format = None,
            Some(V::ForgetsTheWatermark) => state.watermark = None,
            Some(V::ShowsOnePage) => {
                state.links = state.links.into_iter().take(1000).collect();
            }
            _ => {}
        }
        Ok(state)
    }

    async fn commit(
        &self,
        fence: Fence,
        kind: &str,
        writes: &[LedgerWrite],
    ) -> Result<(), LedgerError> {
        let admitted = LeaseRow::admit(self.leased().get(self.tenant()), fence);
        match self.vice {
            Some(V::LetsAnybodyWrite) => {}
            Some(V::ForgetsWhatElseIsFenced) if kind != "account" => {}
            Some(V::LetsAnybodyWriteNothing) if writes.is_empty() => {}
            Some(V::AsksForTheLeaseTooLate) if admitted.is_err() && self.has(kind) => {
                let (key, mut rows) = (self.key(kind), self.rows());
                if let (Some(state), Some(first)) = (rows.get_mut(&key), writes.first()) {
                    state.apply(first);
                }
                return admitted;
            }
            _ => admitted?,
        }
        if self.storage.is_cut_off.load(Ordering::Relaxed) {
            return match self.vice {
                Some(V::WritesIntoTheVoid) => Ok(()),
                _ => Err(LedgerError::new("write", "the storage is gone")),
            };
        }
        let before = self.rows().clone();
        let mut writes = writes.to_vec();
        match self.vice {
            Some(V::RefusesToWriteNothing) if writes.is_empty() => {
                return Err(LedgerError::new("write", "there is nothing to write"));
            }
            Some(V::WritesBeforeItForgets) => writes.sort_by_key(|write| !puts(write)),
            _ => {}
        }
        let mut after = before.clone();
        for write in writes {
            let write = self.distorted(write);
            let state = after.entry(self.key(kind)).or_default();
            self.make(state, &write)?;
            self.log().push((self.key(kind), write.clone()));
            match self.vice {
                Some(V::WritesRowByRow) => {
                    let key = self.key(kind);
                    self.rows().entry(key).or_default().apply(&write);
                    tokio::task::yield_now().await;
                }
                Some(V::WritesBackWhatItRead) => tokio::task::yield_now().await,
                _ => {}
            }
        }
        if self.vice != Some(V::WritesRowByRow) {
            *self.rows() = after;
        }
        Ok(())
    }

    async fn lease(&self, request: &LeaseRequest) -> Result<LeaseRow, LedgerError> {
        let mut leases = self.leased();
        let tenant = self.tenant();
        let current = leases.get(tenant).cloned();
        let row = self.answer(request, current.as_ref())?;
        match (self.vice, request) {
            (Some(V::ForgetsWhoProlongs), LeaseRequest::Prolong { .. })
            | (Some(V::ForgetsWhoGivesBack), LeaseRequest::Release { .. }) => {}
            (Some(V::ForgetsTheNumber), LeaseRequest::Release { .. }) => {
                leases.remove(tenant);
            }
            (Some(V::NeverEndsALease), LeaseRequest::Acquire { now, until, .. }) if until > now => {
                let until = *until + TimeDelta::days(365);
                leases.insert(
                    tenant,
                    LeaseRow {
                        until,
                        ..row.clone()
                    },
                );
            }
            _ => {
                leases.insert(tenant, row.clone());
            }
        }
        Ok(row)
    }
}

impl Book {
    fn leased(&self) -> MutexGuard<'_, BTreeMap<&'static str, LeaseRow>> {
        let leases = &self.storage.leases;
        leases.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Under which name the lease is kept.
    fn tenant(&self) -> &'static str {
        match self.vice {
            Some(V::SharesTheLease) => "everybody",
            _ => self.connection,
        }
    }

    fn has(&self, kind: &str) -> bool {
        self.rows().contains_key(&self.key(kind))
    }

    fn answer(
        &self,
        request: &LeaseRequest,
        current: Option<&LeaseRow>,
    ) -> Result<LeaseRow, LedgerError> {
        let mut row = current.cloned();
        match (self.vice, request, &mut row) {
            (
                Some(V::GivesTheLeaseToEverybody),
                LeaseRequest::Acquire { holder, .. },
                Some(row),
            ) => row.holder.clone_from(holder),
            (Some(V::LetsTheHolderWait), LeaseRequest::Acquire { .. }, Some(row)) => {
                row.holder.push_str(" of old");
            }
            (Some(V::LetsAnybodyGiveBack), LeaseRequest::Release { fence, .. }, Some(row)) => {
                row.fence = *fence
            }
            _ => {}
        }
        request.answer(row.as_ref())
    }

    fn rows(&self) -> MutexGuard<'_, BTreeMap<String, LedgerState>> {
        let rows = &self.storage.rows;
        rows.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn log(&self) -> MutexGuard<'_, Vec<(String, LedgerWrite)>> {
        let log = &self.storage.log;
        log.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn key(&self, kind: &str) -> String {
        match self.vice {
            Some(V::MixesKinds) => self.connection.to_owned(),
            Some(V::MixesConnections) => kind.to_owned(),
            _ => format!("{}/{kind}", self.connection),
        }
    }

    fn make(&self, state: &mut LedgerState, write: &LedgerWrite) -> Result<(), LedgerError> {
        match (self.vice, write) {
            (Some(V::KeepsTheFirst), LedgerWrite::Link(source, _))
                if state.links.contains_key(source) => {}
            (Some(V::UnlinksEverybody), LedgerWrite::Unlink(_)) => state.links.clear(),
            (Some(V::BuriesInsteadOfLinking), LedgerWrite::Bury(source, _)) => {
                state.links.remove(source);
                state.apply(write);
            }
            (Some(V::KeepsOneIntentPerRecord), LedgerWrite::Intend(_, intent)) => {
                state.intents.retain(|_, it| it.source != intent.source);
                state.apply(write);
            }
            (Some(V::MissesWhatIsNotThere), LedgerWrite::Unlink(source))
                if !state.links.contains_key(source) =>
            {
                return Err(LedgerError::new("write", "there is no such link"));
            }
            (Some(V::NeverRecovers), LedgerWrite::Recover(_))
            | (Some(V::KeepsEveryRun), LedgerWrite::ForgetRuns { .. }) => {}
            (Some(V::ForgetsEveryRun), LedgerWrite::ForgetRuns { .. }) => state.runs.clear(),
            (Some(V::ForgetsRunsOfThatMoment), LedgerWrite::ForgetRuns { before }) => {
                state.runs.retain(|_, run| run.started_at > *before);
            }
            (Some(V::ForgetsLinksWithRuns), LedgerWrite::ForgetRuns { .. }) => {
                let key = write.row().key;
                state
                    .links
                    .retain(|source, _| source.as_str() >= key.as_str());
                state.apply(write);
            }
            _ => state.apply(write),
        }
        Ok(())
    }

    /// Stores something else than it was sent.
    fn distorted(&self, write: LedgerWrite) -> LedgerWrite {
        match (self.vice, write) {
            (Some(V::LowersIds), LedgerWrite::Link(source, link)) => {
                LedgerWrite::Link(SourceId::new(source.as_str().to_lowercase()), link)
            }
            (Some(V::TrimsIds), LedgerWrite::Link(source, link)) => {
                LedgerWrite::Link(SourceId::new(source.as_str().trim()), link)
            }
            (Some(vice), LedgerWrite::Link(source, link)) => {
                LedgerWrite::Link(source, distorted(vice, link))
            }
            (Some(V::CutsMoments), LedgerWrite::Bury(source, mut tombstone)) => {
                tombstone.at = cut(tombstone.at);
                LedgerWrite::Bury(source, tombstone)
            }
            (_, write) => write,
        }
    }
}

fn distorted(vice: Vice, mut link: Link) -> Link {
    match vice {
        V::ForgetsSinceWhenMissing => link.missing = None,
        V::ForgetsHashes => link.agreed.clear(),
        V::CountsInBytes => link.revision &= 0xffff,
        _ => {}
    }
    link
}

fn cut(moment: DateTime<Utc>) -> DateTime<Utc> {
    moment.trunc_subsecs(0)
}

/// Tells whether a write remembers something, rather than forgetting it.
fn puts(write: &LedgerWrite) -> bool {
    matches!(
        write,
        LedgerWrite::Link(..)
            | LedgerWrite::Bury(..)
            | LedgerWrite::Intend(..)
            | LedgerWrite::Count(..)
            | LedgerWrite::Approve(..)
    )
}
