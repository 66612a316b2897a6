use thiserror::Error;

/// A setting of a timetable that cannot be.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{path}: {value:?} is not possible; {allowed}")]
pub struct ScheduleError {
    path: String,
    value: String,
    allowed: &'static str,
}

impl ScheduleError {
    pub(super) fn new(
        path: impl Into<String>,
        value: impl Into<String>,
        allowed: &'static str,
    ) -> Self {
        Self {
            path: path.into(),
            value: value.into(),
            allowed,
        }
    }

    /// Puts the error below a setting that holds the timetable: `zone` becomes `schedule.zone`.
    #[must_use]
    pub fn within(self, parent: &str) -> Self {
        Self {
            path: format!("{parent}.{}", self.path),
            ..self
        }
    }

    /// Returns the way to the setting, such as `runs[2].every`. Lists count from 0.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Returns the value as it was written.
    pub fn value(&self) -> &str {
        &self.value
    }

    /// Says what may be written instead.
    pub fn allowed(&self) -> &'static str {
        self.allowed
    }
}
