//! What must hold whatever the data says. The name of a test begins with the id of its law.

mod absences;
mod consequences;
mod convergence;
mod guards;
mod knowledge;
mod ownership;
mod planning;
