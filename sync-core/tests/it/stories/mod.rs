//! What the sync does in the situations that every company meets.

mod absences;
mod applying;
mod approval;
mod budgets;
mod explaining;
mod interruptions;
mod joiners_and_leavers;
mod ownership;
mod privacy;
mod protocol;
mod two_keys;
mod who_is_who;
