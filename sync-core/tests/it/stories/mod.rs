//! What the sync does in the situations that every company meets.

mod absences;
mod applying;
mod approval;
mod explaining;
mod interruptions;
mod joiners_and_leavers;
mod life;
mod ownership;
mod privacy;
mod setbacks;
mod two_keys;
mod who_is_who;
