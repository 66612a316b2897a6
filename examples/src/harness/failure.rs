use std::{fmt, process::ExitCode};

use sync_core::{SourceError, with_causes};

/// Any error, with its causes. Its text holds no secret and no personal data.
pub type Error = Box<dyn std::error::Error + Send + Sync>;

/// What a command gives, or what ended it.
pub type Result<T> = std::result::Result<T, Failure>;

/// What ended a command before its end.
#[derive(Debug)]
pub enum Failure {
    /// The policy or the arguments are wrong; nothing was tried.
    Usage(String),
    /// Something did not work.
    Run(Error),
    /// Somebody asked to stop. What was done until then stays done.
    Stopped,
}

impl Failure {
    /// Says what is wrong with the arguments or the policy.
    pub fn usage(what: impl Into<String>) -> Self {
        Self::Usage(what.into())
    }

    /// Says what did not work.
    pub fn run(what: impl Into<Error>) -> Self {
        Self::Run(what.into())
    }

    /// Tells whether HR could not be read, of which `check` says more.
    pub(super) fn is_about_hr(&self) -> bool {
        matches!(self, Self::Run(error) if error.is::<SourceError>())
    }

    /// Returns the exit code.
    pub fn exit_code(&self) -> ExitCode {
        match self {
            Self::Usage(_) => ExitCode::from(2),
            Self::Run(_) => ExitCode::from(1),
            Self::Stopped => ExitCode::from(3),
        }
    }
}

impl<E: Into<Error>> From<E> for Failure {
    fn from(error: E) -> Self {
        Self::Run(error.into())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Usage(what) => f.write_str(what),
            Self::Run(error) => write!(f, "{}", with_causes(&**error)),
            Self::Stopped => f.write_str("stopped before the end"),
        }
    }
}
