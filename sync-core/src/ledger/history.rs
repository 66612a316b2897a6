use std::collections::BTreeMap;

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::{Ledger, LedgerError, LedgerWrite};
use crate::{Class, Digest};

/// How the sync of one kind of record stands, whether or not it gets through.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pulse {
    /// How many runs were carried out.
    pub runs: u64,
    /// When HR was read for the last run that saw all of it and went through.
    pub complete_at: Option<DateTime<Utc>>,
    /// The last run.
    pub last: Option<RunRecord>,
}

impl Pulse {
    /// Returns how old the last complete picture of HR is; `None` as long as there was none.
    ///
    /// It grows while a sync is stalled, and a run that had nothing to do makes it young again.
    pub fn age(&self, now: DateTime<Utc>) -> Option<TimeDelta> {
        self.complete_at.map(|complete_at| now - complete_at)
    }
}

/// One run in the protocol, or several in a row that had nothing to do. Counts only, so that it need not
/// be looked through when a person is erased.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunRecord {
    /// Counts the runs of the kind, from 1; the last one of a row.
    pub number: u64,
    /// How many runs in a row this stands for.
    pub times: u32,
    /// When the first of them began to apply its plan.
    pub started_at: DateTime<Utc>,
    /// When the last of them ended.
    pub finished_at: DateTime<Utc>,
    /// How it ended.
    pub outcome: RunOutcome,
    /// The digest of the plan.
    pub plan: Digest,
    /// How many changes of each class were made.
    pub made: BTreeMap<Class, usize>,
    /// How many changes of each class were not made, or may not have been.
    pub not_made: BTreeMap<Class, usize>,
    /// Records on which both sides agreed already.
    pub unchanged: usize,
    /// Records with a change that waits for approval.
    pub held: usize,
    /// Records about which nothing was done, for a reason.
    pub skipped: usize,
    /// Records for which several others are possible.
    pub disputed: usize,
    /// How many alarms there were.
    pub alarms: usize,
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunOutcome {
    /// Every change that was due was made.
    Done,
    /// Some changes were not made.
    Partial,
    /// It ended before every change was tried.
    Stopped,
}

impl RunRecord {
    /// Joins a run with the one before, if neither had anything to do and nothing else is new.
    pub(crate) fn after(self, last: Option<&Self>) -> Self {
        let is_quiet = |run: &Self| {
            run.outcome == RunOutcome::Done && run.made.is_empty() && run.not_made.is_empty()
        };
        match last {
            Some(last) if is_quiet(last) && is_quiet(&self) && last.plan == self.plan => Self {
                times: last.times.saturating_add(1),
                started_at: last.started_at,
                ..self
            },
            _ => self,
        }
    }

    /// Names the row of the run, so that rows stand in the order of time. Runs of a row share it.
    pub(super) fn key(&self) -> String {
        let first = self.number + 1 - u64::from(self.times).min(self.number);
        format!("{}-{first:012}", moment(self.started_at))
    }
}

/// Returns the protocol of one kind of record, oldest first, from a moment on.
///
/// # Errors
///
/// When the storage cannot be read.
pub async fn history(
    ledger: &dyn Ledger,
    kind: &str,
    since: DateTime<Utc>,
) -> Result<Vec<RunRecord>, LedgerError> {
    let runs = ledger.load(&shelf(kind)).await?.runs;
    Ok(runs
        .into_values()
        .filter(|run| run.finished_at >= since)
        .collect())
}

/// Returns what to write about a run, and about runs that are too long ago, on the [`shelf`].
pub(crate) fn protocol(run: RunRecord, days: u32) -> [LedgerWrite; 2] {
    let oldest = run
        .finished_at
        .checked_sub_signed(TimeDelta::days(days.into()));
    let oldest = oldest.unwrap_or(DateTime::<Utc>::MIN_UTC);
    [
        LedgerWrite::Run(Box::new(run)),
        LedgerWrite::ForgetRuns { before: oldest },
    ]
}

/// Where the protocol of a kind lies: apart, since no plan needs to read it.
pub(crate) fn shelf(kind: &str) -> String {
    format!("{kind}.runs")
}

/// Writes a moment such that texts stand in the order of time.
pub(super) fn moment(moment: DateTime<Utc>) -> String {
    moment.to_rfc3339_opts(SecondsFormat::Micros, true)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The second run of a kind, which found nothing to do.
    fn quiet() -> RunRecord {
        let at = DateTime::UNIX_EPOCH + TimeDelta::hours(2);
        RunRecord {
            number: 2,
            times: 1,
            started_at: at,
            finished_at: at + TimeDelta::minutes(1),
            outcome: RunOutcome::Done,
            plan: Digest::of("a plan"),
            made: BTreeMap::new(),
            not_made: BTreeMap::new(),
            unchanged: 7,
            held: 0,
            skipped: 0,
            disputed: 0,
            alarms: 0,
        }
    }

    /// The run after it, an hour later.
    fn next() -> RunRecord {
        let first = quiet();
        RunRecord {
            number: 3,
            started_at: first.started_at + TimeDelta::hours(1),
            finished_at: first.finished_at + TimeDelta::hours(1),
            ..first
        }
    }

    #[test]
    fn runs_with_nothing_to_do_share_a_row() {
        let joined = next().after(Some(&quiet()));
        let began = quiet().started_at;
        assert_eq!(
            joined,
            RunRecord {
                times: 2,
                started_at: began,
                ..next()
            }
        );
        assert_eq!(joined.key(), "1970-01-01T02:00:00.000000Z-000000000002");
    }

    #[rstest::rstest]
    #[case::the_first_of_all(None, next())]
    #[case::another_plan(Some(RunRecord { plan: Digest::of("another"), ..quiet() }), next())]
    #[case::after_a_run_that_was_stopped(
        Some(RunRecord { outcome: RunOutcome::Stopped, ..quiet() }),
        next()
    )]
    #[case::after_a_run_with_a_change(
        Some(RunRecord { made: BTreeMap::from([(Class::Lock, 1)]), ..quiet() }),
        next()
    )]
    #[case::after_a_run_without_its_change(
        Some(RunRecord { not_made: BTreeMap::from([(Class::Lock, 1)]), ..quiet() }),
        next()
    )]
    #[case::a_run_that_was_stopped(
        Some(quiet()),
        RunRecord { outcome: RunOutcome::Stopped, ..next() }
    )]
    #[case::a_run_with_a_change(
        Some(quiet()),
        RunRecord { made: BTreeMap::from([(Class::Lock, 1)]), ..next() }
    )]
    fn other_runs_have_a_row_of_their_own(#[case] last: Option<RunRecord>, #[case] run: RunRecord) {
        let row = run.clone().after(last.as_ref());
        assert_eq!(row, run);
        assert!(row.key() > quiet().key(), "rows stand in the order of time");
    }

    #[test]
    fn rows_of_one_moment_stand_in_the_order_of_their_numbers() {
        let ninth = RunRecord {
            number: 9,
            ..quiet()
        };
        let tenth = RunRecord {
            number: 10,
            ..quiet()
        };
        assert!(ninth.key() < tenth.key());
    }
}
