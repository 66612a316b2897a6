//! What must hold whatever the data says. The name of a test begins with the id of its law.

mod applying;
mod convergence;
mod crashes;
mod guards;
mod knowledge;
mod ownership;
mod planning;
