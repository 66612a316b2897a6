//! One file of everything that a customer can choose.

mod mistakes;
mod products;
mod reading;
