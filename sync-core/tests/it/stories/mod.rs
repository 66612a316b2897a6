//! What the sync does in the situations that every company meets.

mod absences;
mod applying;
mod approval;
mod attendances;
mod budgets;
mod consequences;
mod explaining;
mod interruptions;
mod joiners_and_leavers;
mod leases;
mod life;
mod org_units;
mod ownership;
mod privacy;
mod protocol;
mod references;
mod setbacks;
mod two_keys;
mod who_is_who;
