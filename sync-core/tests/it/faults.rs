//! A product that fails as products do: before the effect, after it, or for every change at once.

use std::{
    collections::BTreeMap,
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use sync_core::{
    Applied, Capabilities, Change, ChangeId, Class, ErrorClass, Existing, MemoryTarget,
    ReadRequest, Record, SourceId, TargetError, TargetSystem, async_trait,
};

/// What goes wrong with one change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The product is busy: not made, works later.
    Busy(Duration),
    /// The product refuses the change.
    Rejected,
    /// The product says that the record has moved on.
    Conflict,
    /// The change is made, and the answer is lost.
    AnswerLost,
    /// The change is not made, and nobody says so.
    RequestLost,
    /// The product cannot be changed at all any more.
    Down,
}

impl Fault {
    pub(crate) const ALL: [Self; 6] = [
        Self::Busy(Duration::from_secs(2)),
        Self::Rejected,
        Self::Conflict,
        Self::AnswerLost,
        Self::RequestLost,
        Self::Down,
    ];
}

/// Stands before a product and lets some changes fail.
pub(crate) struct Faulty<'a, R: Record> {
    product: &'a MemoryTarget<R>,
    by_change: Mutex<BTreeMap<ChangeId, Vec<Fault>>>,
    by_turn: Vec<Option<Fault>>,
    /// Of whom everything is refused, or updates alone.
    refused: Option<(SourceId, Option<Class>)>,
    turn: AtomicUsize,
}

impl<'a, R: Record> Faulty<'a, R> {
    pub(crate) fn new(product: &'a MemoryTarget<R>) -> Self {
        Self {
            product,
            by_change: Mutex::default(),
            by_turn: Vec::new(),
            refused: None,
            turn: AtomicUsize::new(0),
        }
    }

    /// Lets one change fail, once for every time this is said of it.
    pub(crate) fn failing_on(self, change: &ChangeId, fault: Fault) -> Self {
        let mut faults = self.by_change.lock().expect("no test panics with it");
        faults.entry(change.clone()).or_default().push(fault);
        drop(faults);
        self
    }

    /// Lets changes fail by the order in which they arrive; those after the last turn succeed.
    pub(crate) fn failing_in_turn(self, by_turn: Vec<Option<Fault>>) -> Self {
        Self { by_turn, ..self }
    }

    /// Lets every change of one record be refused.
    pub(crate) fn refusing(self, source: &SourceId) -> Self {
        let refused = Some((source.clone(), None));
        Self { refused, ..self }
    }

    /// Lets every update of one record be refused, as by a product that cannot store a name.
    pub(crate) fn refusing_updates_of(self, source: &str) -> Self {
        let refused = Some((source.into(), Some(Class::Update)));
        Self { refused, ..self }
    }

    fn fault(&self, change: &Change<R>) -> Option<Fault> {
        if let Some((source, class)) = &self.refused
            && *source == change.source
            && class.is_none_or(|class| class == change.class())
        {
            return Some(Fault::Rejected);
        }
        let turn = self.turn.fetch_add(1, Ordering::Relaxed);
        let mut faults = self.by_change.lock().expect("no test panics with it");
        let of_change = faults.get_mut(&change.id).and_then(Vec::pop);
        of_change.or_else(|| self.by_turn.get(turn).copied().flatten())
    }
}

#[async_trait]
impl<R: Record> TargetSystem<R> for Faulty<'_, R> {
    fn capabilities(&self) -> Capabilities {
        self.product.capabilities()
    }

    async fn read(&self, request: &ReadRequest) -> Result<Vec<Existing<R>>, TargetError> {
        self.product.read(request).await
    }

    async fn apply(&self, changes: &[Change<R>]) -> Vec<Result<Applied, TargetError>> {
        let mut answers = Vec::with_capacity(changes.len());
        for change in changes {
            let fault = self.fault(change);
            let failed = |class| Err(TargetError::new(class).because("the test said so"));
            answers.push(match fault {
                None => self.make(change).await,
                Some(Fault::Busy(wait)) => failed(ErrorClass::Later(Some(wait))),
                Some(Fault::Rejected) => failed(ErrorClass::Rejected),
                Some(Fault::Conflict) => failed(ErrorClass::Conflict),
                Some(Fault::RequestLost) => failed(ErrorClass::Unknown),
                Some(Fault::Down) => failed(ErrorClass::Stop),
                Some(Fault::AnswerLost) => {
                    let _lost = self.make(change).await;
                    failed(ErrorClass::Unknown)
                }
            });
        }
        answers
    }
}

impl<R: Record> Faulty<'_, R> {
    async fn make(&self, change: &Change<R>) -> Result<Applied, TargetError> {
        let mut answers = self.product.apply(std::slice::from_ref(change)).await;
        answers
            .pop()
            .unwrap_or_else(|| Err(TargetError::new(ErrorClass::Unknown)))
    }
}
