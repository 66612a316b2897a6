//! The laws and the behaviour of the engine.

mod bookings;
mod calendar;
mod company;
mod disturbance;
mod documents;
mod fitting;
#[cfg(feature = "testing")]
mod kit;
mod laws;
mod oracle;
#[cfg(all(
    feature = "schema",
    feature = "schedule",
    feature = "toml",
    feature = "tz"
))]
mod policy;
#[cfg(feature = "runtime")]
mod runner;
mod scene;
#[cfg(feature = "schedule")]
mod schedule;
mod spawned;
mod stop;
mod stories;
mod terms;
mod twist;
mod world;
