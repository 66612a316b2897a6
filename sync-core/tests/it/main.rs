//! The laws and the behaviour of the engine.

mod bookings;
mod calendar;
mod company;
mod documents;
mod faults;
mod fitting;
mod laws;
mod scene;
mod stories;
mod terms;
mod twist;
mod world;
