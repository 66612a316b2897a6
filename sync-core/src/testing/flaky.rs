use std::{
    collections::BTreeMap,
    slice,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use async_trait::async_trait;

use super::dice::Dice;
use crate::{
    Applied, Capabilities, Change, ChangeId, ErrorClass, Existing, ReadRequest, Record,
    TargetError, TargetId, TargetSystem,
};

/// What goes wrong with one change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// The product is busy: not made, works after this time.
    Busy(Duration),
    /// The product refuses the change.
    Rejected,
    /// The product says that the record has moved on.
    Conflict,
    /// The change is made, and the answer is lost.
    AnswerLost,
    /// The change is not made, and nobody says so.
    RequestLost,
    /// Nobody hears an answer, and the change is made only when the product is read the next time, after that
    /// reading.
    Late,
    /// The change is made, and the next reading shows the record as it was before.
    StaleRead,
    /// Neither this change nor those after it in the batch are made, and nobody says so.
    BatchBreaks,
    /// The change is made, and its answer is left out; the answers to the changes after it move up.
    AnswerMissing,
    /// The product cannot be changed at all any more.
    Down,
}

impl Fault {
    /// Every fault, with a short wait for the busy one.
    pub const ALL: [Self; 10] = [
        Self::Busy(Duration::from_secs(2)),
        Self::Rejected,
        Self::Conflict,
        Self::AnswerLost,
        Self::RequestLost,
        Self::Late,
        Self::StaleRead,
        Self::BatchBreaks,
        Self::AnswerMissing,
        Self::Down,
    ];
}

/// Stands before a product and lets some changes fail.
///
/// Which ones is said for a change, by the order in which they arrive, or by a seed: the same seed, the same faults.
///
/// ```
/// # use std::time::Duration;
/// # use chrono::{DateTime, NaiveDate};
/// # use sync_core::{
/// #     Account, AccountPolicy, ApplyOptions, Coverage, Employee, HashKey, Lease, ManualClock, MemoryLedger, MemoryTarget,
/// #     Reconciler, Snapshot, SourceId, SyncPolicy, Value, employee, testing::{Fault, Flaky},
/// # };
/// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
/// # let ada = Employee::default().with("status", Value::from("active"));
/// # let snapshot = Snapshot::whole(Coverage::All, [(SourceId::new("4711"), ada)], DateTime::UNIX_EPOCH);
/// # let desired = employee::desire(&snapshot, &AccountPolicy::default(), NaiveDate::default());
/// # let (ledger, policy, key) = (MemoryLedger::new(), SyncPolicy::default(), HashKey::new([7; 32]));
/// # let (clock, options) = (ManualClock::at(DateTime::UNIX_EPOCH), ApplyOptions::default());
/// let product = MemoryTarget::<Account>::default();
/// let flaky = Flaky::new(&product).failing_in_turn([Some(Fault::AnswerLost)]);
///
/// let sync = Reconciler { target: &flaky, ledger: &ledger, policy: &policy, key: &key };
/// let lease = Lease::acquire(&ledger, "worker 1", Duration::from_secs(600), &clock).await?;
/// let report = sync.apply(&sync.plan(&desired).await?, &lease, &clock, &options).await;
/// assert!(!report.is_success());
///
/// // The next run finds out that the account is there, and creates no second one.
/// sync.apply(&sync.plan(&desired).await?, &lease, &clock, &options).await;
/// assert_eq!(product.records().len(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Flaky<'a, R: Record> {
    target: &'a dyn TargetSystem<R>,
    state: Mutex<State<R>>,
}

struct State<R> {
    by_change: BTreeMap<ChangeId, Vec<Fault>>,
    by_turn: BTreeMap<usize, Fault>,
    by_seed: Option<(Dice, u8)>,
    turn: usize,
    unreadable: usize,
    late: Vec<Change<R>>,
    /// How the next reading shows some records.
    stale: BTreeMap<TargetId, Option<Existing<R>>>,
}

impl<'a, R: Record> Flaky<'a, R> {
    /// Stands before a product; nothing fails yet.
    pub fn new(target: &'a dyn TargetSystem<R>) -> Self {
        let state = State {
            by_change: BTreeMap::new(),
            by_turn: BTreeMap::new(),
            by_seed: None,
            turn: 0,
            unreadable: 0,
            late: Vec::new(),
            stale: BTreeMap::new(),
        };
        Self {
            target,
            state: Mutex::new(state),
        }
    }

    /// Lets one change fail, once for every time this is said of it.
    #[must_use]
    pub fn failing_on(self, change: &ChangeId, fault: Fault) -> Self {
        let mut state = self.state();
        let faults = state.by_change.entry(change.clone()).or_default();
        faults.push(fault);
        drop(state);
        self
    }

    /// Lets changes fail by the order in which they arrive; those after the last turn succeed.
    #[must_use]
    pub fn failing_in_turn(self, turns: impl IntoIterator<Item = Option<Fault>>) -> Self {
        let faults = turns.into_iter().enumerate();
        let faults = faults.filter_map(|(turn, fault)| Some((turn, fault?)));
        self.state().by_turn = faults.collect();
        self
    }

    /// Lets so many changes in a hundred fail, each in a way of its own.
    #[must_use]
    pub fn failing_by_seed(self, seed: u64, percent: u8) -> Self {
        self.state().by_seed = Some((Dice::new(seed), percent));
        self
    }

    /// Lets the next readings fail.
    #[must_use]
    pub fn unreadable(self, times: usize) -> Self {
        self.state().unreadable = times;
        self
    }

    /// Lets everything succeed from now on. What is late comes before that.
    pub async fn recover(&self) {
        let late = {
            let mut state = self.state();
            state.by_change.clear();
            state.by_turn.clear();
            state.by_seed = None;
            state.unreadable = 0;
            state.stale.clear();
            std::mem::take(&mut state.late)
        };
        self.make_late(late).await;
    }

    fn state(&self) -> MutexGuard<'_, State<R>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes one change, with what goes wrong with it. `None` when there is no answer at all.
    async fn attempt(
        &self,
        change: &Change<R>,
        fault: Option<Fault>,
    ) -> Option<Result<Applied, TargetError>> {
        let class = match fault {
            None => return Some(self.make(change).await),
            Some(Fault::StaleRead) => return Some(self.make_unseen(change).await),
            Some(Fault::AnswerMissing) => {
                let _unheard = self.make(change).await;
                return None;
            }
            Some(Fault::AnswerLost) => {
                let _unheard = self.make(change).await;
                ErrorClass::Unknown
            }
            Some(Fault::Late) => {
                self.state().late.push(change.clone());
                ErrorClass::Unknown
            }
            Some(Fault::RequestLost | Fault::BatchBreaks) => ErrorClass::Unknown,
            Some(Fault::Busy(wait)) => ErrorClass::Later(Some(wait)),
            Some(Fault::Rejected) => ErrorClass::Rejected,
            Some(Fault::Conflict) => ErrorClass::Conflict,
            Some(Fault::Down) => ErrorClass::Stop,
        };
        Some(Err(TargetError::new(class).because("the test said so")))
    }

    async fn make(&self, change: &Change<R>) -> Result<Applied, TargetError> {
        let mut answers = self.target.apply(slice::from_ref(change)).await;
        answers
            .pop()
            .unwrap_or_else(|| Err(TargetError::new(ErrorClass::Unknown)))
    }

    /// Makes a change that the next reading does not show yet.
    async fn make_unseen(&self, change: &Change<R>) -> Result<Applied, TargetError> {
        let request = ReadRequest {
            coverage: crate::Coverage::All,
            linked: change.target.iter().cloned().collect(),
            in_doubt: std::collections::BTreeSet::new(),
        };
        let before = self.target.read(&request).await?;
        let applied = self.make(change).await?;
        let before = before.into_iter().find(|it| it.id == applied.target);
        let mut state = self.state();
        state.stale.entry(applied.target.clone()).or_insert(before);
        drop(state);
        Ok(applied)
    }

    async fn make_late(&self, changes: Vec<Change<R>>) {
        for change in changes {
            let _unheard = self.make(&change).await;
        }
    }
}

#[async_trait]
impl<R: Record> TargetSystem<R> for Flaky<'_, R> {
    fn capabilities(&self) -> Capabilities {
        self.target.capabilities()
    }

    async fn read(&self, request: &ReadRequest) -> Result<Vec<Existing<R>>, TargetError> {
        let (late, mut stale) = {
            let mut state = self.state();
            if state.unreadable > 0 {
                state.unreadable -= 1;
                let error = TargetError::new(ErrorClass::Later(None));
                return Err(error.because("the test said so"));
            }
            (
                std::mem::take(&mut state.late),
                std::mem::take(&mut state.stale),
            )
        };
        let mut records = self.target.read(request).await?;
        self.make_late(late).await;
        records.retain(|it| !stale.contains_key(&it.id));
        records.extend(stale.values_mut().filter_map(Option::take));
        Ok(records)
    }

    async fn apply(&self, changes: &[Change<R>]) -> Vec<Result<Applied, TargetError>> {
        let mut answers = Vec::with_capacity(changes.len());
        let mut is_broken = false;
        for change in changes {
            let fault = self.state().fault(change);
            is_broken = is_broken || fault == Some(Fault::BatchBreaks);
            let fault = if is_broken {
                Some(Fault::BatchBreaks)
            } else {
                fault
            };
            answers.extend(self.attempt(change, fault).await);
        }
        answers
    }
}

impl<R> State<R> {
    fn fault(&mut self, change: &Change<R>) -> Option<Fault> {
        let turn = self.turn;
        self.turn += 1;
        let of_change = self.by_change.get_mut(&change.id).and_then(Vec::pop);
        let of_seed = self.by_seed.as_mut();
        let of_seed = of_seed.and_then(|(dice, percent)| {
            let fails = dice.percent(*percent);
            fails.then(|| dice.pick(&Fault::ALL)).flatten()
        });
        of_change
            .or_else(|| self.by_turn.get(&turn).copied())
            .or(of_seed)
    }
}

impl<R: Record> std::fmt::Debug for Flaky<'_, R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Flaky({})", R::KIND)
    }
}
