//! The laws and the behaviour of the engine.

mod calendar;
mod company;
mod documents;
mod faults;
mod laws;
mod scene;
mod stop;
mod stories;
mod terms;
mod twist;
mod world;
