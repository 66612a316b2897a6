//! Values as Personio sends them: maybe not observed, maybe unreadable, maybe new.

mod lenient;
mod moment;
mod observed;
mod open_enum;

pub use lenient::{Lenient, Unreadable};
pub use moment::Moment;
pub use observed::Observed;
pub(crate) use open_enum::open_enum;
