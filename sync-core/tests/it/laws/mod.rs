//! What must hold whatever the data says. The name of a test begins with the id of its law.

mod absences;
mod applying;
mod approvals;
mod consequences;
mod convergence;
mod crashes;
mod endings;
mod explaining;
mod fields;
mod guards;
mod incremental;
mod invitations;
mod keeping;
mod knowledge;
mod leases;
mod lifecycle;
mod memory;
mod ownership;
mod planning;
mod privacy;
mod rolling;
mod undoing;
