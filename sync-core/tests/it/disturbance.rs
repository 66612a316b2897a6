//! A product and a ledger of which exactly one step goes wrong, in every way in which a step can.

use std::{
    collections::BTreeSet,
    future::pending,
    slice,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use sync_core::{
    Applied, Capabilities, Change, Class, ErrorClass, Existing, Fence, LeaseRequest, LeaseRow,
    Ledger, LedgerError, LedgerState, LedgerWrite, MemoryLedger, MemoryTarget, ReadRequest, Record,
    SourceId, TargetError, TargetId, TargetSystem, async_trait, testing::Fault,
};

/// What a product may say to a change.
pub(crate) const ANSWERS: [Fault; 6] = [
    Fault::Busy(Duration::from_secs(2)),
    Fault::Rejected,
    Fault::Conflict,
    Fault::AnswerLost,
    Fault::RequestLost,
    Fault::Down,
];

/// Something that a run does to the world.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// A change reaches the product.
    Effect(Class),
    /// Rows are written into the ledger.
    Commit,
}

/// What goes wrong at a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Disturbance {
    /// The product answers with an error, or not at all.
    Fault(Fault),
    /// Nobody hears an answer, and the change is made only after the next run has read the product.
    LateEffect,
    /// The next run does not see yet what this one has changed.
    StaleRead,
    /// The process ends before the step takes effect.
    CrashBefore,
    /// The process ends after it.
    CrashAfter,
    /// The ledger does not take the rows.
    Unwritten,
    /// The ledger takes the rows, and says that it did not.
    WrittenUnheard,
}

impl Disturbance {
    /// Everything that can go wrong at a step.
    pub(crate) fn of(step: Step) -> Vec<Self> {
        let crashes = [Self::CrashBefore, Self::CrashAfter];
        match step {
            Step::Commit => [crashes.as_slice(), &[Self::Unwritten, Self::WrittenUnheard]].concat(),
            Step::Effect(_) => {
                let faults = ANSWERS.map(Self::Fault);
                [
                    crashes.as_slice(),
                    &[Self::LateEffect, Self::StaleRead],
                    &faults,
                ]
                .concat()
            }
        }
    }
}

/// Stands before a product and a ledger, counts the steps, and disturbs one of them.
pub(crate) struct Disturbed<'a, R: Record> {
    product: &'a MemoryTarget<R>,
    ledger: &'a MemoryLedger,
    disturb: Option<(usize, Disturbance)>,
    watches: bool,
    inner: Mutex<Inner<R>>,
}

struct Inner<R> {
    steps: Vec<Step>,
    /// What every record of the product looked like at any moment.
    seen: BTreeSet<String>,
    late: Option<Change<R>>,
    /// The record that the next run does not see as it is, and how it sees it.
    stale: Option<(TargetId, Option<Existing<R>>)>,
}

impl<'a, R: Record> Disturbed<'a, R> {
    pub(crate) fn new(
        product: &'a MemoryTarget<R>,
        ledger: &'a MemoryLedger,
        disturb: Option<(usize, Disturbance)>,
    ) -> Self {
        Self {
            product,
            ledger,
            disturb,
            watches: false,
            inner: Mutex::new(Inner {
                steps: Vec::new(),
                seen: BTreeSet::new(),
                late: None,
                stale: None,
            }),
        }
    }

    /// Remembers what every record of the product looks like at any moment.
    pub(crate) fn watching(self) -> Self {
        let watching = Self {
            watches: true,
            ..self
        };
        watching.look();
        watching
    }

    /// Returns the steps in order.
    pub(crate) fn steps(&self) -> Vec<Step> {
        self.inner().steps.clone()
    }

    /// Returns what every record of the product looked like at any moment.
    pub(crate) fn seen(&self) -> BTreeSet<String> {
        self.inner().seen.clone()
    }

    /// Returns what the next run sees of the product.
    pub(crate) fn next_sight(&self) -> Vec<Existing<R>> {
        let mut rows = self.product.records();
        if let Some((id, before)) = self.inner().stale.take() {
            rows.retain(|row| row.id != id);
            rows.extend(before);
        }
        rows
    }

    /// Makes the change that is late.
    pub(crate) async fn late_effect(&self) {
        let late = self.inner().late.take();
        if let Some(change) = late {
            let _unheard = self.make(&change).await;
        }
    }

    fn step(&self, step: Step) -> Option<Disturbance> {
        let mut inner = self.inner();
        let index = inner.steps.len();
        inner.steps.push(step);
        self.disturb
            .and_then(|(at, what)| (at == index).then_some(what))
    }

    fn look(&self) {
        if !self.watches {
            return;
        }
        let rows = self.product.records();
        let looks = rows.iter().map(|row| look(&row.record));
        self.inner().seen.extend(looks);
    }

    async fn make(&self, change: &Change<R>) -> Result<Applied, TargetError> {
        let mut answers = self.product.apply(slice::from_ref(change)).await;
        self.look();
        answers
            .pop()
            .unwrap_or_else(|| Err(TargetError::new(ErrorClass::Unknown)))
    }

    async fn disturb(&self, change: &Change<R>, what: Disturbance) -> Result<Applied, TargetError> {
        let failed = |class| Err(TargetError::new(class).because("the test said so"));
        match what {
            Disturbance::CrashBefore => pending().await,
            Disturbance::CrashAfter => {
                let _lost = self.make(change).await;
                pending().await
            }
            Disturbance::LateEffect => {
                self.inner().late = Some(change.clone());
                failed(ErrorClass::Unknown)
            }
            Disturbance::StaleRead => {
                let mut before = self.product.records();
                let applied = self.make(change).await?;
                before.retain(|row| row.id == applied.target);
                self.inner().stale = Some((applied.target.clone(), before.pop()));
                Ok(applied)
            }
            Disturbance::Fault(Fault::AnswerLost) => {
                let _lost = self.make(change).await;
                failed(ErrorClass::Unknown)
            }
            Disturbance::Fault(Fault::RequestLost) => failed(ErrorClass::Unknown),
            Disturbance::Fault(Fault::Busy(wait)) => failed(ErrorClass::Later(Some(wait))),
            Disturbance::Fault(Fault::Rejected) => failed(ErrorClass::Rejected),
            Disturbance::Fault(Fault::Conflict) => failed(ErrorClass::Conflict),
            Disturbance::Fault(Fault::Down) => failed(ErrorClass::Stop),
            Disturbance::Fault(other) => unreachable!("{other:?} is not among the answers"),
            Disturbance::Unwritten | Disturbance::WrittenUnheard => {
                unreachable!("only a ledger writes rows")
            }
        }
    }

    fn inner(&self) -> MutexGuard<'_, Inner<R>> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Everything that a product shows of a record but its ids and its version.
pub(crate) fn look<R: Record>(record: &R) -> String {
    serde_json::to_string(record).expect("a record is plain data")
}

#[async_trait]
impl<R: Record> TargetSystem<R> for Disturbed<'_, R> {
    fn capabilities(&self) -> Capabilities {
        self.product.capabilities()
    }

    async fn read(&self, request: &ReadRequest) -> Result<Vec<Existing<R>>, TargetError> {
        self.product.read(request).await
    }

    async fn apply(&self, changes: &[Change<R>]) -> Vec<Result<Applied, TargetError>> {
        let mut answers = Vec::with_capacity(changes.len());
        let intents = self
            .load(R::KIND)
            .await
            .expect("memory can be read")
            .intents;
        for change in changes {
            let mut open = intents.iter().filter(|(_, it)| it.source == change.source);
            let (first, second) = (open.next(), open.next());
            assert_eq!(first.map(|(id, _)| id), Some(&change.id), "no intent");
            assert_eq!(second, None, "another intent is not settled yet");
            answers.push(match self.step(Step::Effect(change.class())) {
                None => self.make(change).await,
                Some(what) => self.disturb(change, what).await,
            });
        }
        answers
    }
}

#[async_trait]
impl<R: Record> Ledger for Disturbed<'_, R> {
    async fn load(&self, kind: &str) -> Result<LedgerState, LedgerError> {
        self.ledger.load(kind).await
    }

    async fn commit(
        &self,
        fence: Fence,
        kind: &str,
        writes: &[LedgerWrite],
    ) -> Result<(), LedgerError> {
        let what = self.step(Step::Commit);
        match what {
            Some(Disturbance::CrashBefore) => pending().await,
            Some(Disturbance::Unwritten) => {
                return Err(LedgerError::new("be written", "the disk is full"));
            }
            _ => {}
        }
        self.ledger.commit(fence, kind, writes).await?;
        match what {
            Some(Disturbance::CrashAfter) => pending().await,
            Some(Disturbance::WrittenUnheard) => {
                Err(LedgerError::new("be written", "the line is cut"))
            }
            _ => Ok(()),
        }
    }

    async fn lease(&self, request: &LeaseRequest) -> Result<LeaseRow, LedgerError> {
        self.ledger.lease(request).await
    }
}

/// Refuses everything that is about one record, or its updates alone, as a product does that cannot store a name.
pub(crate) struct Refusing<'a, R: Record> {
    pub(crate) product: &'a MemoryTarget<R>,
    pub(crate) source: &'a SourceId,
    pub(crate) class: Option<Class>,
}

#[async_trait]
impl<R: Record> TargetSystem<R> for Refusing<'_, R> {
    fn capabilities(&self) -> Capabilities {
        self.product.capabilities()
    }

    async fn read(&self, request: &ReadRequest) -> Result<Vec<Existing<R>>, TargetError> {
        self.product.read(request).await
    }

    async fn apply(&self, changes: &[Change<R>]) -> Vec<Result<Applied, TargetError>> {
        let mut answers = Vec::with_capacity(changes.len());
        for change in changes {
            let is_refused = change.source == *self.source
                && self.class.is_none_or(|class| class == change.class());
            answers.push(match is_refused {
                true => Err(TargetError::new(ErrorClass::Rejected)),
                false => self.product.apply(slice::from_ref(change)).await.remove(0),
            });
        }
        answers
    }
}
