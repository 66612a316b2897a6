use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    Alarm, Class, Digest, Notice, Outcome, Plan, Record, RunOutcome, RunRecord, SourceId, TargetId,
    change::ChangeId, notice, target::ErrorClass,
};

/// What became of a plan.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Report {
    /// The kind of record.
    pub kind: &'static str,
    /// What became of each change, in the order of the plan.
    pub changes: Vec<ChangeReport>,
    /// Records on which both sides agreed already.
    pub unchanged: usize,
    /// Records with a change that waits for approval.
    pub held: usize,
    /// Records about which nothing was done, for a reason.
    pub skipped: usize,
    /// Records for which several others are possible.
    pub disputed: usize,
    /// Records of the product that belong to nobody in HR.
    pub unmanaged: usize,
    /// Records that were removed from the product before, and that HR no longer has.
    pub buried: usize,
    /// All records on both sides and in the ledger, a matched pair counted once.
    pub keys: usize,
    /// Records with a change that waits, which count as held whatever else is done about them.
    pub(crate) partly_held: BTreeSet<SourceId>,
    /// Records with a change that failed before and is left for a later run.
    pub(crate) delayed: BTreeSet<SourceId>,
    /// What a person should know about the whole run.
    pub alarms: Vec<Alarm>,
    /// What a person should know about single records.
    pub notices: Vec<Notice>,
    /// Why the run ended before every change was tried, if it did.
    pub stopped: Option<String>,
    /// When HR was read for the last run that saw all of it and went through, this one included.
    pub complete_at: Option<DateTime<Utc>>,
}

/// What became of one change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChangeReport {
    /// The change.
    pub id: ChangeId,
    /// The record of the source.
    pub source: SourceId,
    /// The record of the product, also one that was just created.
    pub target: Option<TargetId>,
    /// The class of the change.
    pub class: Class,
    /// What became of it.
    pub fate: Fate,
}

/// What became of one change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Fate {
    /// It is made.
    Done,
    /// It was not tried, because the record has moved on since the plan was made.
    Stale,
    /// It was not made.
    Failed {
        /// What the engine did about it.
        class: ErrorClass,
        /// The adapter's words.
        message: String,
    },
    /// It may be made or not; the next run finds out.
    Unknown,
    /// It was not tried, because other runs have used up the budget since the plan was made, or the
    /// approval has ended.
    Held,
    /// It was not tried, because an earlier change of the same record failed.
    Blocked,
    /// It was not tried, because the run stopped.
    NotTried,
}

impl Report {
    /// Begins a report with what the plan alone decides.
    pub(crate) fn of<R: Record>(plan: &Plan<R>) -> Self {
        let mut report = Self {
            kind: R::KIND,
            changes: Vec::new(),
            unchanged: 0,
            held: 0,
            skipped: 0,
            disputed: 0,
            unmanaged: plan.unmanaged().len(),
            buried: plan.buried().len(),
            keys: plan.keys,
            partly_held: plan
                .held()
                .iter()
                .map(|held| held.change.source.clone())
                .collect(),
            delayed: plan
                .explanations()
                .iter()
                .filter(|(_, explanation)| explanation.is_delayed())
                .map(|(source, _)| source.clone())
                .collect(),
            alarms: plan.alarms().to_vec(),
            notices: plan.notices().to_vec(),
            stopped: None,
            complete_at: None,
        };
        let mut planned = 0;
        for explanation in plan.explanations().values() {
            match explanation.outcome {
                Outcome::Unchanged => report.unchanged += 1,
                Outcome::Held(_) => report.held += 1,
                Outcome::Skipped(_) => report.skipped += 1,
                Outcome::Disputed(_) => report.disputed += 1,
                Outcome::Planned(_) => planned += 1,
            }
        }
        report.balance(planned);
        report
    }

    /// Returns how many changes of each class were made.
    pub fn done(&self) -> BTreeMap<Class, usize> {
        let mut done = BTreeMap::new();
        for change in self
            .changes
            .iter()
            .filter(|change| change.fate == Fate::Done)
        {
            *done.entry(change.class).or_default() += 1;
        }
        done
    }

    /// Returns what the protocol says of the run.
    pub(crate) fn record(
        &self,
        number: u64,
        plan: Digest,
        (started_at, finished_at): (DateTime<Utc>, DateTime<Utc>),
    ) -> RunRecord {
        let mut not_made = BTreeMap::new();
        for change in self.failures() {
            *not_made.entry(change.class).or_default() += 1;
        }
        let outcome = match (&self.stopped, not_made.is_empty()) {
            (Some(_), _) => RunOutcome::Stopped,
            (None, false) => RunOutcome::Partial,
            (None, true) => RunOutcome::Done,
        };
        RunRecord {
            number,
            times: 1,
            started_at,
            finished_at,
            outcome,
            plan,
            made: self.done(),
            not_made,
            unchanged: self.unchanged,
            held: self.held,
            skipped: self.skipped,
            disputed: self.disputed,
            alarms: self.alarms.len(),
        }
    }

    /// Returns the changes that were not made, or may not have been.
    pub fn failures(&self) -> impl Iterator<Item = &ChangeReport> {
        self.changes
            .iter()
            .filter(|change| change.fate != Fate::Done && change.fate != Fate::Stale)
    }

    /// Tells whether every change of the plan that was still due was made.
    pub fn is_success(&self) -> bool {
        self.stopped.is_none() && self.failures().next().is_none()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let made = self
            .done()
            .into_iter()
            .map(|(class, count)| (count, past(class)));
        let failed = self.failures().count();
        let rest = [
            (self.unchanged, "unchanged"),
            (self.held, "held"),
            (self.skipped, "skipped"),
            (self.disputed, "disputed"),
            (failed, "not made"),
        ];
        write!(f, "{}:", self.kind)?;
        let mut separator = " ";
        for (count, word) in made.chain(rest).filter(|(count, _)| *count > 0) {
            write!(f, "{separator}{count} {word}")?;
            separator = ", ";
        }
        if separator == " " {
            f.write_str(" nothing")?;
        }
        for alarm in &self.alarms {
            write!(f, "\n  ! {alarm}")?;
        }
        if let Some(stopped) = &self.stopped {
            write!(f, "\n  ! the run stopped: {stopped}")?;
        }
        for change in self.failures() {
            write!(
                f,
                "\n  ! {} {}: {}",
                change.class, change.source, change.fate
            )?;
        }
        notice::write_lines(f, &self.notices)
    }
}

impl fmt::Display for Fate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Done => f.write_str("done"),
            Self::Stale => f.write_str("the record has moved on since the plan was made"),
            Self::Failed { class, message } if message.is_empty() => class.fmt(f),
            Self::Failed { class, message } => write!(f, "{class}: {message}"),
            Self::Unknown => {
                f.write_str("the answer was lost; the next run finds out whether it is made")
            }
            Self::Held => f.write_str("the budget is used up by now, or the approval has ended"),
            Self::Blocked => f.write_str("waits for an earlier change of the same record"),
            Self::NotTried => f.write_str("not tried"),
        }
    }
}

pub(crate) fn past(class: Class) -> &'static str {
    match class {
        Class::Adopt => "adopted",
        Class::Update => "updated",
        Class::Create => "created",
        Class::Clear => "cleared",
        Class::Lock => "locked",
        Class::Remove => "removed",
        Class::Forget => "forgotten",
        Class::Invite => "invited",
    }
}
