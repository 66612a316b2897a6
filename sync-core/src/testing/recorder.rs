use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;

use crate::{
    Applied, Capabilities, Change, ChangeId, Existing, Fence, LeaseRequest, LeaseRow, Ledger,
    LedgerError, LedgerState, LedgerWrite, ReadRequest, Record, SourceId, TargetError,
    TargetSystem,
};

/// Writes down what a run does to a product and to a ledger, as a story that people can read.
///
/// Ids, classes and names of fields only, no personal data. The story is made for snapshots: the same run tells the
/// same story.
///
/// ```
/// # use std::time::Duration;
/// # use chrono::{DateTime, NaiveDate};
/// # use sync_core::{
/// #     Account, AccountPolicy, ApplyOptions, Coverage, Employee, HashKey, Lease, ManualClock, MemoryLedger, MemoryTarget,
/// #     Reconciler, Snapshot, SourceId, SyncPolicy, Value, employee, testing::Recorder,
/// # };
/// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
/// # let ada = Employee::default().with("status", Value::from("active"));
/// # let snapshot = Snapshot::whole(Coverage::All, [(SourceId::new("4711"), ada)], DateTime::UNIX_EPOCH);
/// # let desired = employee::desire(&snapshot, &AccountPolicy::default(), NaiveDate::default());
/// # let (policy, key) = (SyncPolicy::default(), HashKey::new([7; 32]));
/// # let (clock, options) = (ManualClock::at(DateTime::UNIX_EPOCH), ApplyOptions::default());
/// let (product, ledger) = (MemoryTarget::<Account>::default(), MemoryLedger::new());
/// let recorder = Recorder::new();
/// let (target, ledger) = (recorder.target(&product), recorder.ledger(&ledger));
///
/// let sync = Reconciler { target: &target, ledger: &ledger, policy: &policy, key: &key };
/// let lease = Lease::acquire(&ledger, "worker 1", Duration::from_secs(600), &clock).await?;
/// sync.apply(&sync.plan(&desired).await?, &lease, &clock, &options).await;
/// assert!(recorder.to_string().contains("\
/// ledger account: intends to create 4711
/// product account: create 4711 → 1
/// ledger account: settles the change of 4711, links 4711 → 1"), "{recorder}");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Default)]
pub struct Recorder {
    story: Arc<Mutex<Story>>,
}

#[derive(Default)]
struct Story {
    lines: Vec<String>,
    /// Whose changes they are that the ledger knows by their ids only.
    changes: BTreeMap<ChangeId, SourceId>,
}

impl Recorder {
    /// Begins an empty story.
    pub fn new() -> Self {
        Self::default()
    }

    /// Stands before a product, and writes down what it is asked and what it answers.
    pub fn target<'a, R: Record>(&self, target: &'a dyn TargetSystem<R>) -> RecordedTarget<'a, R> {
        RecordedTarget {
            target,
            recorder: self.clone(),
        }
    }

    /// Stands before a ledger, and writes down what is written to it.
    pub fn ledger<'a>(&self, ledger: &'a dyn Ledger) -> RecordedLedger<'a> {
        RecordedLedger {
            ledger,
            recorder: self.clone(),
        }
    }

    /// Adds a line, such as a heading between two runs.
    pub fn note(&self, line: impl Into<String>) {
        self.story().lines.push(line.into());
    }

    /// Returns the story so far, and begins a new one.
    pub fn take(&self) -> String {
        std::mem::take(&mut self.story().lines).join("\n")
    }

    /// Says what a row is about.
    fn written(&self, write: &LedgerWrite) -> String {
        let mut story = self.story();
        match write {
            LedgerWrite::Link(source, link) => format!("links {source} → {}", link.target),
            LedgerWrite::Unlink(source) => format!("unlinks {source}"),
            LedgerWrite::Bury(source, _) => format!("buries {source}"),
            LedgerWrite::Unbury(source) => format!("unburies {source}"),
            LedgerWrite::Intend(change, intent) => {
                let source = intent.source.clone();
                let line = format!("intends to {} {source}", intent.class);
                story.changes.insert(change.clone(), source);
                line
            }
            LedgerWrite::Invite(_, invitation) => format!("invites {}", invitation.source),
            LedgerWrite::Uninvite(_) => "takes an invitation back".to_owned(),
            LedgerWrite::Fail(_, setback) => {
                format!("notes failure {} of {}", setback.attempts, setback.source)
            }
            LedgerWrite::Recover(_) => "forgets a failure".to_owned(),
            LedgerWrite::Watermark(_) => "moves the watermark".to_owned(),
            LedgerWrite::Erase(..) => "keeps a hash of somebody erased".to_owned(),
            LedgerWrite::Count(..) => "counts it".to_owned(),
            LedgerWrite::Uncount(_) => "counts it no more".to_owned(),
            LedgerWrite::Approve(_, approved) => {
                format!("lets a change of {} pass", approved.source)
            }
            LedgerWrite::Revoke(_) => "ends an approval".to_owned(),
            LedgerWrite::Settings(_) => "remembers the settings".to_owned(),
            LedgerWrite::Pulse(_) => "notes how the sync stands".to_owned(),
            LedgerWrite::Run(_) => "adds the run to the protocol".to_owned(),
            LedgerWrite::ForgetRuns { .. } => "drops old runs from it".to_owned(),
            LedgerWrite::Format(format) => format!("is in format {format}"),
            LedgerWrite::Settle(change) => match story.changes.get(change) {
                Some(source) => format!("settles the change of {source}"),
                None => "settles a change of an earlier run".to_owned(),
            },
        }
    }

    fn story(&self) -> MutexGuard<'_, Story> {
        self.story.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Display for Recorder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.story().lines.join("\n"))
    }
}

impl fmt::Debug for Recorder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Recorder({} lines)", self.story().lines.len())
    }
}

/// A product whose part in a run is written down; see [`Recorder::target`].
pub struct RecordedTarget<'a, R: Record> {
    target: &'a dyn TargetSystem<R>,
    recorder: Recorder,
}

#[async_trait]
impl<R: Record> TargetSystem<R> for RecordedTarget<'_, R> {
    fn capabilities(&self) -> Capabilities {
        self.target.capabilities()
    }

    async fn read(&self, request: &ReadRequest) -> Result<Vec<Existing<R>>, TargetError> {
        let answer = self.target.read(request).await;
        self.recorder.note(match &answer {
            Ok(records) => format!("product {}: shows {} records", R::KIND, records.len()),
            Err(error) => format!("product {}: shows nothing, {error}", R::KIND),
        });
        answer
    }

    async fn apply(&self, changes: &[Change<R>]) -> Vec<Result<Applied, TargetError>> {
        let answers = self.target.apply(changes).await;
        let mut heard = answers.iter();
        for change in changes {
            self.recorder.note(told(change, heard.next()));
        }
        let surplus = heard.count();
        if surplus > 0 {
            self.recorder
                .note(format!("product {}: {surplus} answers too many", R::KIND));
        }
        answers
    }
}

impl<R: Record> fmt::Debug for RecordedTarget<'_, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RecordedTarget({})", R::KIND)
    }
}

/// A ledger whose part in a run is written down; see [`Recorder::ledger`].
pub struct RecordedLedger<'a> {
    ledger: &'a dyn Ledger,
    recorder: Recorder,
}

#[async_trait]
impl Ledger for RecordedLedger<'_> {
    async fn load(&self, kind: &str) -> Result<LedgerState, LedgerError> {
        let answer = self.ledger.load(kind).await;
        self.recorder.note(match &answer {
            Ok(state) => format!("ledger {kind}: remembers {} links", state.links.len()),
            Err(error) => format!("ledger {kind}: remembers nothing, {error}"),
        });
        answer
    }

    async fn commit(
        &self,
        fence: Fence,
        kind: &str,
        writes: &[LedgerWrite],
    ) -> Result<(), LedgerError> {
        let answer = self.ledger.commit(fence, kind, writes).await;
        if !writes.is_empty() {
            let rows: Vec<String> = writes.iter().map(|it| self.recorder.written(it)).collect();
            let rows = rows.join(", ");
            self.recorder.note(match &answer {
                Ok(()) => format!("ledger {kind}: {rows}"),
                Err(error) => format!("ledger {kind}: does not hear: {rows}; {error}"),
            });
        }
        answer
    }

    async fn lease(&self, request: &LeaseRequest) -> Result<LeaseRow, LedgerError> {
        self.ledger.lease(request).await
    }
}

impl fmt::Debug for RecordedLedger<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RecordedLedger")
    }
}

/// Says what a product was asked, and what it answered.
fn told<R: Record>(change: &Change<R>, answer: Option<&Result<Applied, TargetError>>) -> String {
    let mut line = format!("product {}: {} {}", R::KIND, change.class(), change.source);
    match (answer, &change.target) {
        (Some(Ok(applied)), _) => line += &format!(" → {}", applied.target),
        (_, Some(target)) => line += &format!(" → {target}"),
        (_, None) => {}
    }
    let fields = change.effect.field_changes().iter();
    let fields: Vec<&str> = fields.map(|it| it.field.as_str()).collect();
    if !fields.is_empty() {
        line += &format!(" ({})", fields.join(", "));
    }
    match answer {
        Some(Ok(_)) => {}
        Some(Err(error)) => line += &format!(": {error}"),
        None => line += ": no answer",
    }
    line
}
