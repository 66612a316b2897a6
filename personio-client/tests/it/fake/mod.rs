//! Behaviour of the fake as any HTTP client sees it.

mod admin;
mod authentication;
mod caller;
mod connection_faults;
mod faults;
mod gateway;
mod schemas;
mod strict;
mod v1_absences;
mod v1_attendances;
mod v1_employees;
mod v2_absences;
mod v2_persons;
mod writes;
