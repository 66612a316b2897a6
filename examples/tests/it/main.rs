//! From Personio to the product's database and back, with everything real: HTTP, the fake, SQLite.

mod bad_answers;
mod conformance;
mod every_fault;
mod fake_personio;
mod host;
mod main_job;
mod page;
mod storage;
