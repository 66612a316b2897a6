//! What must hold whatever the data says. The name of a test begins with the id of its law.

mod convergence;
mod endings;
mod guards;
mod invitations;
mod knowledge;
mod lifecycle;
mod ownership;
mod planning;
