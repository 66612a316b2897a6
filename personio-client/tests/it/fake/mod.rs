//! Behaviour of the fake as any HTTP client sees it.

mod caller;
mod v1_absences;
mod v1_employees;
