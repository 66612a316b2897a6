//! The contract of a [`TargetSystem`], as checks that run against any implementation in one call.
//!
//! ```
//! use sync_core::{Account, MemoryTarget, testing::conformance};
//!
//! # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
//! let report = conformance::check_all(|| async { MemoryTarget::<Account>::default() }).await;
//! report.assert_passed();
//! # });
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! Every check starts with an empty product of its own. A closure that makes one is enough to begin with; an
//! implementation of [`Factory`] also lets the checks enter records by hand, protect them, open the product a second
//! time and cut it off, and so covers more. What a product cannot do, by its [`Capabilities`](crate::Capabilities) or
//! because the factory has no way to do it, is reported as not applicable, with the reason: look at that list once.
//!
//! The checks use records of the [`Sample`] of their kind; a factory for a product with rules of its own, such as
//! absences that need an account, brings others.

use async_trait::async_trait;
use futures::{FutureExt as _, future::BoxFuture};

use crate::{FieldName, Record, TargetId, TargetSystem};

mod batches;
mod bench;
mod cancelling;
mod capabilities;
mod characters;
mod clearing;
mod creating;
mod lasting;
pub mod ledger;
mod locking;
mod privacy;
mod reading;
mod referring;
mod removing;
mod report;
mod sample;
mod updating;

use self::{bench::Bench, report::Verdict};
pub use self::{report::Conformance, sample::Sample};

/// Makes products for the checks.
///
/// Implemented for closures that return an empty product, for kinds of records that have a [`Sample`].
#[async_trait]
pub trait Factory<R: Record>: Send + Sync {
    /// The product.
    type Target: TargetSystem<R>;

    /// Makes a product that has no record of this kind.
    async fn empty(&self) -> Self::Target;

    /// Returns a record that the product takes. Different numbers give records that differ in every field that may
    /// differ; the same number gives the same record.
    fn sample(&self, number: usize) -> R;

    /// Returns the fields that hold any text, such as names.
    fn free_text(&self) -> Vec<FieldName> {
        Vec::new()
    }

    /// Returns the fields that may be empty: those that hold any text, unless the product says otherwise.
    fn may_be_empty(&self) -> Vec<FieldName> {
        self.free_text()
    }

    /// Returns fields of which no change names one alone, such as both ends of a span in a product that checks that it
    /// ends after it begins.
    fn together(&self) -> Vec<FieldName> {
        Vec::new()
    }

    /// Returns a field that refers to another record of the same kind. `None` when there is none.
    fn reference(&self) -> Option<FieldName> {
        None
    }

    /// Opens the product again, as after a restart of the process. `None` when it lives in memory only.
    async fn reopen(&self, _target: Self::Target) -> Option<Self::Target> {
        None
    }

    /// Enters a record into the product as a person would, without the sync. `None` when there is no way to do it.
    async fn enter(&self, _target: &Self::Target, _record: R) -> Option<TargetId> {
        None
    }

    /// Makes a record one that must never lose anything. `false` when the product knows no such records.
    async fn protect(&self, _target: &Self::Target, _id: &TargetId) -> bool {
        false
    }

    /// Cuts the product off, so that it does not answer from now on. `false` when there is no way to do it.
    async fn cut_off(&self, _target: &Self::Target) -> bool {
        false
    }
}

#[async_trait]
impl<R, F, Fut, T> Factory<R> for F
where
    R: Record + Sample,
    F: Fn() -> Fut + Send + Sync,
    Fut: Future<Output = T> + Send,
    T: TargetSystem<R>,
{
    type Target = T;

    async fn empty(&self) -> T {
        self().await
    }

    fn sample(&self, number: usize) -> R {
        R::sample(number)
    }

    fn free_text(&self) -> Vec<FieldName> {
        R::free_text()
    }
}

/// Runs every check against products of a factory.
pub async fn check_all<R: Record, F: Factory<R>>(factory: F) -> Conformance {
    let mut report = Conformance::default();
    for check in checks() {
        let bench = Bench::new(&factory).await;
        report.note(check.rule, check.name, (check.run)(&bench).await);
    }
    report
}

/// One check: what it is called, which rule of the contract it belongs to, and how it is made.
struct Check<R: Record, F: Factory<R>> {
    rule: &'static str,
    name: &'static str,
    run: for<'a, 'b> fn(&'a Bench<'b, R, F>) -> BoxFuture<'a, Verdict>,
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
/// C1 capabilities are true, C2 what is written is what is read, C3 a second time is harmless, C4 one record for one
/// source, C5 versions are respected, C6 reading is complete, C7 only named fields change, C8 all characters survive,
/// C9 errors have the right class, C10 a lock can be undone, C11 own and foreign records can be told apart, C12 a
/// dropped call leaves old or new, C13 errors hold no personal data.
fn checks<R: Record, F: Factory<R>>() -> Vec<Check<R, F>> {
    checks! {
        reading {
            "C6" an_empty_product_shows_nothing
            "C6" a_created_record_is_shown
            "C6" every_record_is_shown
            "C6" no_record_is_shown_twice
            "C6" reading_twice_shows_the_same
            "C6" reading_changes_nothing
            "C6" a_linked_record_is_shown_wherever_it_lies
            "C6" a_record_in_doubt_is_shown_wherever_it_lies
            "C6" a_window_shows_what_overlaps_it
            "C6" a_record_that_nobody_has_is_not_shown
            "C9" a_product_that_is_cut_off_does_not_look_empty
            "C11" a_record_entered_by_hand_is_shown_without_an_external_id
        }
        creating {
            "C2" a_created_record_has_the_fields_it_was_sent
            "C2" an_empty_field_is_created_empty
            "C2" a_field_that_is_not_observed_does_not_disturb
            "C4" a_creation_keeps_the_id_of_the_source
            "C4" the_same_creation_again_makes_no_second_record
            "C3" the_same_creation_again_is_answered_alike
            "C4" another_creation_for_the_same_source_makes_no_second_record
            "C4" the_answer_names_the_record_that_is_shown
            "C4" two_records_have_two_ids
            "C5" the_answer_names_the_version_that_is_shown
            "C6" a_creation_leaves_the_others_alone
            "C11" a_creation_leaves_what_was_entered_by_hand_alone
            "C9" a_product_that_is_cut_off_creates_nothing
        }
        capabilities {
            "C1" capabilities_do_not_change
            "C1" a_class_that_is_not_promised_is_refused
            "C1" at_least_one_class_is_promised
            "C2" a_normalised_value_is_normalised_already
        }
        updating {
            "C2" an_update_sets_the_field_it_names
            "C7" an_update_of_one_field_leaves_the_others_as_they_are
            "C2" an_update_of_several_fields_sets_them_all
            "C7" an_update_leaves_other_records_alone
            "C7" an_update_keeps_the_id_of_the_source
            "C3" the_same_update_again_is_answered_alike
            "C3" an_earlier_update_is_not_made_a_second_time
            "C3" an_update_that_is_there_already_succeeds
            "C5" an_update_of_an_outdated_version_is_refused
            "C5" an_update_of_an_outdated_version_changes_nothing
            "C5" an_update_of_the_current_version_is_made
            "C5" a_change_makes_a_new_version
            "C4" an_update_of_a_missing_record_creates_none
            "C9" an_update_of_a_missing_record_is_not_found
            "C11" an_update_leaves_what_was_entered_by_hand_alone
        }
        referring {
            "C2" a_reference_that_was_written_is_shown
            "C7" a_reference_leaves_other_fields_and_records_as_they_are
            "C2" two_records_may_refer_to_each_other
            "C2" a_record_may_refer_to_itself
        }
        clearing {
            "C2" a_cleared_field_is_empty
            "C7" a_clear_leaves_the_other_fields_as_they_are
            "C3" a_field_is_cleared_a_second_time_without_harm
            "C5" a_clear_of_an_outdated_version_is_refused
            "C9" a_clear_of_a_missing_record_is_not_found
            "C1" a_protected_record_is_not_cleared
        }
        locking {
            "C2" a_locked_record_shows_that_it_is_locked
            "C7" a_lock_leaves_the_other_fields_as_they_are
            "C7" a_lock_leaves_other_records_alone
            "C3" a_record_is_locked_a_second_time_without_harm
            "C5" a_lock_of_an_outdated_version_is_refused
            "C10" a_lock_is_undone_with_the_same_id_and_data
            "C9" a_lock_of_a_missing_record_is_not_found
            "C1" a_protected_record_is_not_locked
        }
        removing {
            "C2" a_removed_record_is_gone
            "C7" a_removal_leaves_other_records_alone
            "C3" a_record_is_removed_a_second_time_without_harm
            "C5" a_removal_of_an_outdated_version_is_refused
            "C5" a_removal_of_an_outdated_version_removes_nothing
            "C3" the_id_of_a_removed_record_is_not_given_again
            "C4" a_removed_person_can_be_created_anew
            "C9" a_removal_of_a_missing_record_is_not_found
            "C1" a_protected_record_is_not_removed
        }
        batches {
            "C6" a_full_batch_is_made
            "C6" there_is_one_answer_for_each_change
            "C6" answers_stand_in_the_order_of_the_changes
            "C9" one_bad_change_does_not_stop_the_others
            "C12" a_change_that_is_refused_leaves_its_record_whole
            "C6" an_empty_batch_has_no_answers
        }
        characters {
            "C8" capital_and_small_letters_survive
            "C8" letters_with_marks_survive
            "C8" marks_of_their_own_survive
            "C8" letters_of_other_scripts_survive
            "C8" emoji_survive
            "C8" one_letter_survives
            "C8" a_long_text_survives_or_is_refused
            "C8" quotes_and_signs_survive
            "C8" surrounding_blanks_survive
        }
        lasting {
            "C12" what_is_done_is_there_after_a_restart
            "C3" a_creation_is_remembered_over_a_restart
        }
        cancelling {
            "C12" a_creation_that_is_dropped_is_made_or_not
            "C12" an_update_that_is_dropped_is_made_or_not
            "C12" a_removal_that_is_dropped_is_made_or_not
        }
        privacy {
            "C13" a_refusal_holds_no_personal_data
            "C13" an_error_of_a_product_that_is_cut_off_holds_no_personal_data
        }
    }
}
