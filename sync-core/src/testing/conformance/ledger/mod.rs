//! The contract of a [`Ledger`], as checks that run against any implementation in one call.
//!
//! ```
//! use sync_core::{MemoryLedger, testing::conformance};
//!
//! # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
//! let report = conformance::ledger::check_all(|| async { MemoryLedger::new() }).await;
//! report.assert_passed();
//! # });
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! A closure that makes an empty ledger is enough to begin with. An implementation of [`Factory`] also lets the
//! checks open the ledger a second time, open that of another connection, cut it off, and age it.

use async_trait::async_trait;
use futures::{FutureExt as _, future::BoxFuture};

use super::report::{Conformance, Verdict};
use crate::Ledger;

mod apart;
mod bench;
mod failing;
mod lasting;
mod leasing;
mod rows;
mod samples;
mod whole;

use self::bench::Bench;

/// Makes ledgers for the checks.
///
/// Implemented for closures that return an empty ledger.
#[async_trait]
pub trait Factory: Send + Sync {
    /// The ledger.
    type Ledger: Ledger;

    /// Makes a ledger that remembers nothing.
    async fn empty(&self) -> Self::Ledger;

    /// Opens the ledger again, as after a restart of the process. `None` when it lives in memory only.
    async fn reopen(&self, _ledger: Self::Ledger) -> Option<Self::Ledger> {
        None
    }

    /// Opens the ledger of another connection in the same storage. `None` when each has a storage of its own.
    async fn neighbour(&self, _ledger: &Self::Ledger) -> Option<Self::Ledger> {
        None
    }

    /// Cuts the storage off, so that it does not answer from now on. `false` when there is no way to do it.
    async fn cut_off(&self, _ledger: &Self::Ledger) -> bool {
        false
    }

    /// Puts something into the storage that only a newer program can understand, among the rows of the kind
    /// `account`. `false` when there is no way to do it.
    async fn rewrite_by_newer_program(&self, _ledger: &Self::Ledger) -> bool {
        false
    }
}

#[async_trait]
impl<F, Fut, L> Factory for F
where
    F: Fn() -> Fut + Send + Sync,
    Fut: Future<Output = L> + Send,
    L: Ledger,
{
    type Ledger = L;

    async fn empty(&self) -> L {
        self().await
    }
}

/// Runs every check against ledgers of a factory.
pub async fn check_all<F: Factory>(factory: F) -> Conformance {
    let mut report = Conformance::default();
    for check in checks() {
        let mut bench = Bench::new(&factory).await;
        let verdict = (check.run)(&mut bench).await;
        report.note(check.rule, check.name, verdict);
    }
    report
}

/// One check: what it is called, which rule of the contract it belongs to, and how it is made.
struct Check<F: Factory> {
    rule: &'static str,
    name: &'static str,
    run: for<'a, 'b> fn(&'a mut Bench<'b, F>) -> BoxFuture<'a, Verdict>,
}

/// Lists checks by the rule of the contract that they belong to; the name of a check is that of its function.
macro_rules! checks {
    ($($module:ident { $($rule:literal $name:ident)* })*) => {
        vec![$($(Check {
            rule: $rule,
            name: stringify!($name),
            run: |bench| $module::$name(bench).boxed(),
        }),*),*]
    };
}

/// The simple checks come first, so that the first one that fails tells the most.
///
/// The rules:
/// M1 what is written is read, M2 a row is named by its key, M3 kinds and connections are apart, M4 what is written
/// lasts, M5 a commit is made whole or not at all, M6 a failure is an error, M7 one runner writes at a time.
fn checks<F: Factory>() -> Vec<Check<F>> {
    checks! {
        rows {
            "M1" a_new_ledger_remembers_nothing
            "M1" a_link_is_read_as_it_was_written
            "M1" a_tombstone_is_read_as_it_was_written
            "M1" an_intent_is_read_as_it_was_written
            "M1" moments_keep_their_fractions
            "M1" large_counts_survive
            "M1" every_sort_of_row_is_read_as_it_was_written
            "M1" every_row_is_read
            "M2" rows_of_one_record_stand_side_by_side
            "M1" reading_twice_shows_the_same
            "M2" a_second_writing_replaces_the_first
            "M2" forgetting_takes_one_row_only
            "M2" the_protocol_forgets_older_runs_only
            "M2" two_intents_of_one_record_stand_side_by_side
            "M2" forgetting_what_is_not_there_is_fine
            "M2" the_same_writes_again_change_nothing
            "M2" the_last_write_of_a_commit_wins
            "M2" a_commit_of_nothing_is_fine
            "M2" ids_that_look_alike_are_different
            "M2" a_long_history_is_remembered
        }
        apart {
            "M3" kinds_are_apart
            "M3" forgetting_in_one_kind_leaves_the_other
            "M3" connections_are_apart
        }
        lasting {
            "M4" what_is_written_is_there_after_a_restart
            "M4" what_is_forgotten_is_not_there_after_a_restart
        }
        whole {
            "M5" a_commit_that_is_dropped_is_made_or_not
            "M5" a_reader_sees_a_commit_whole_or_not_at_all
            "M5" commits_at_the_same_time_are_all_made
        }
        failing {
            "M6" a_ledger_that_is_cut_off_does_not_look_empty
            "M6" a_ledger_that_is_cut_off_takes_no_writes
            "M6" what_a_newer_program_wrote_is_not_left_out
        }
        leasing {
            "M7" nobody_writes_without_a_lease
            "M7" a_lease_has_one_holder
            "M7" whoever_lost_the_lease_writes_nothing
            "M7" a_commit_of_nothing_needs_the_lease_too
            "M7" a_lease_lasts_over_a_restart
            "M7" a_lease_that_is_over_goes_to_the_next
            "M7" the_same_holder_gets_a_lease_of_its_own_at_once
            "M7" the_number_of_a_lease_never_comes_again
            "M7" a_lease_that_is_prolonged_lasts_longer
            "M7" a_lease_that_is_given_back_is_free
            "M7" whoever_lost_the_lease_takes_it_from_nobody
            "M7" a_commit_without_the_lease_is_refused_whole
            "M7" one_lease_is_for_every_kind
            "M7" connections_have_leases_of_their_own
        }
    }
}
