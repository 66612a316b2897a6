//! The laws and the behaviour of the engine.

mod calendar;
mod company;
mod disturbance;
mod documents;
mod faults;
mod laws;
mod scene;
mod spawned;
mod stories;
mod terms;
mod twist;
mod world;
