//! The laws and the behaviour of the engine.

mod calendar;
mod company;
mod documents;
mod faults;
mod laws;
mod scene;
#[cfg(feature = "schedule")]
mod schedule;
mod stop;
mod stories;
mod terms;
mod twist;
mod world;
