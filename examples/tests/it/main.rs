//! From Personio to the product's database and back, with everything real: HTTP, the fake, SQLite.

mod awork;
mod bad_answers;
mod buuky;
mod conformance;
mod every_fault;
mod every_product;
mod fake_personio;
mod host;
mod josys;
mod killing;
mod kit;
mod main_job;
mod page;
mod products_page;
mod rydoo;
mod staffomatic;
mod staffomatic_contract;
mod storage;
#[cfg(unix)]
mod walkthroughs;
