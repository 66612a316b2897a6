//! What must hold whatever the data says. The name of a test begins with the id of its law.

mod approvals;
mod convergence;
mod explaining;
mod fields;
mod guards;
mod incremental;
mod keeping;
mod knowledge;
mod leases;
mod memory;
mod ownership;
mod planning;
mod privacy;
mod rolling;
mod undoing;
