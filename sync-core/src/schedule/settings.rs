use std::{fmt, sync::Arc};

use serde::{Deserialize, Serialize};

/// A timetable as it is written down. It becomes a [`Timetable`](super::Timetable) once it is found to be possible.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct TimetableSettings {
    /// The zone in which times of day are meant, by its IANA name, such as `Europe/Berlin`.
    pub zone: String,
    /// How much later than written the runs of a connection may start, such as `5m`, so that not all
    /// connections ask HR in the same second. None when it is missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jitter: Option<String>,
    /// The times of day in which no run starts by itself, such as `22:00-05:00`: from the first
    /// minute, inclusive, to the second, exclusive; over midnight when the second is smaller.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub quiet: Vec<String>,
    /// How a failed run is tried again.
    #[serde(default)]
    pub retry: RetrySettings,
    /// What runs when. Of areas that are due together, the one that is named first goes first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub runs: Vec<RunSettings>,
}

impl TimetableSettings {
    /// Makes settings in which nothing runs.
    pub fn new(zone: impl Into<String>) -> Self {
        Self {
            zone: zone.into(),
            jitter: None,
            quiet: Vec::new(),
            retry: RetrySettings::default(),
            runs: Vec::new(),
        }
    }
}

/// A rhythm, and what runs in it. Exactly one of `every`, `daily` and `cron` must be there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct RunSettings {
    /// What runs, at least one area.
    pub areas: Vec<Area>,
    /// How much of it.
    pub kind: RunKind,
    /// The time from one run to the next as it passes, whatever clocks show: a whole number of
    /// seconds, minutes or hours, such as `10m`. Counted from midnight of a day long past, or from
    /// the first time of `between`, but never from the last run: a late run does not move those after it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub every: Option<String>,
    /// The times of day of the first and of the last run of `every`, both inclusive, such as
    /// `06:00-23:50`; over midnight when the second is smaller.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub between: Option<String>,
    /// Times of day, such as `05:00`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub daily: Vec<String>,
    /// A cron expression of five fields: minute, hour, day of month, month, day of week.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cron: Option<String>,
}

/// How a failed run is tried again: after a while that doubles from failure to failure, but not
/// later than it is due anyway.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct RetrySettings {
    /// How long to wait after the first failure, such as `1m`.
    pub first: String,
    /// How long to wait at most, such as `1h`.
    pub longest: String,
}

impl Default for RetrySettings {
    fn default() -> Self {
        Self {
            first: "1m".to_owned(),
            longest: "1h".to_owned(),
        }
    }
}

/// What is synchronised by itself, such as `users` or `absences`. The host chooses the names.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct Area(Arc<str>);

impl Area {
    /// Names an area.
    pub fn new(name: impl AsRef<str>) -> Self {
        Self(name.as_ref().into())
    }

    /// Returns the name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for Area {
    fn from(name: &str) -> Self {
        Self::new(name)
    }
}

impl fmt::Display for Area {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for Area {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Area({})", self.0)
    }
}

/// How much of an area a run looks at.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum RunKind {
    /// What has changed lately.
    Partial,
    /// Everything, so that it is known what is gone. Does what a partial run does.
    #[default]
    Full,
}

impl fmt::Display for RunKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Partial => "partial",
            Self::Full => "full",
        })
    }
}
