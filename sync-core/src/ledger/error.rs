use std::{error::Error as StdError, fmt};

use chrono::{DateTime, Utc};
use thiserror::Error;

/// A ledger that did not do what it was asked for. `Debug` shows its class and what it was asked for only.
#[derive(Error)]
#[error("the ledger cannot {action}: {class}")]
pub struct LedgerError {
    class: LedgerErrorClass,
    action: &'static str,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

/// What can be done about a ledger that did not do what it was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LedgerErrorClass {
    /// The storage does not answer. Nothing was written; try again later.
    Unavailable,
    /// The rows were written by a newer program. Update this one; nothing is touched until then.
    NewerFormat,
    /// A row cannot be read. Restore a backup.
    Unreadable,
    /// Somebody else holds the lease; wait until it is given back or ends.
    Busy {
        /// When it ends, unless it is prolonged.
        until: DateTime<Utc>,
    },
    /// The lease went to somebody else in the meantime. Nothing was written, and nothing more may be done.
    Fenced,
}

impl LedgerError {
    /// Says that the storage could not do something, such as `be written`, and why. The reason must hold no personal data.
    pub fn new(action: &'static str, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self {
            source: Some(source.into()),
            ..Self::of(LedgerErrorClass::Unavailable, action)
        }
    }

    /// Returns what can be done.
    pub fn class(&self) -> LedgerErrorClass {
        self.class
    }

    pub(crate) fn of(class: LedgerErrorClass, action: &'static str) -> Self {
        Self {
            class,
            action,
            source: None,
        }
    }

    /// Adds what is behind it. The text must hold no personal data.
    pub(crate) fn because(self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self {
            source: Some(source.into()),
            ..self
        }
    }
}

impl fmt::Debug for LedgerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LedgerError({}, {:?})", self.action, self.class)
    }
}

impl fmt::Display for LedgerErrorClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unavailable => f.write_str("its storage does not answer"),
            Self::NewerFormat => f.write_str("a newer program wrote it, so update this one"),
            Self::Unreadable => f.write_str("a row cannot be read"),
            Self::Busy { until } => write!(f, "another run holds the lease until {until}"),
            Self::Fenced => f.write_str("the lease went to another run"),
        }
    }
}
