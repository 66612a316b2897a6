//! Behaviour of the fake as any HTTP client sees it.

mod admin;
mod authentication;
mod caller;
mod connection_faults;
mod error_shapes;
mod faults;
mod gateway;
mod pictures;
mod schemas;
mod strict;
mod v1_absences;
mod v1_attendances;
mod v1_employees;
mod v1_switches;
mod v2_absences;
mod v2_attendances;
mod v2_organisation;
mod v2_persons;
mod v2_projects;
mod webhooks;
mod writes;
