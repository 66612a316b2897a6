//! The laws and the behaviour of the engine.
