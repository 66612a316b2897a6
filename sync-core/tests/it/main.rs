//! The laws and the behaviour of the engine.

mod calendar;
mod company;
mod documents;
mod faults;
mod kit;
mod laws;
mod scene;
mod spawned;
mod stories;
mod terms;
mod twist;
mod world;
