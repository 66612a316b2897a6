use std::{fmt, num::NonZeroUsize, time::Duration};

use crate::{ChangeReport, StopSignal};

/// How a plan is carried out.
#[derive(Clone, Copy)]
pub struct ApplyOptions<'a> {
    /// How many batches may be under way at once.
    pub concurrency: NonZeroUsize,
    /// How often a change is tried that the product cannot make now.
    pub attempts: NonZeroUsize,
    /// How long to wait before the second attempt; doubled for each one after it. A longer wait
    /// that the product asks for is respected.
    pub wait: Duration,
    /// How long the whole run may wait for the product, all waits added up. What would take longer is left for
    /// the next run.
    pub patience: Duration,
    /// Called once for every change, whatever became of it.
    pub progress: Option<&'a (dyn Fn(Progress<'_>) + Send + Sync)>,
    /// Ends the run between two changes once it is raised. The batches under way are finished and remembered,
    /// what is left is reported as not tried.
    pub stop: Option<&'a StopSignal>,
}

impl Default for ApplyOptions<'_> {
    fn default() -> Self {
        Self {
            concurrency: NonZeroUsize::new(4).unwrap_or(NonZeroUsize::MIN),
            attempts: NonZeroUsize::new(3).unwrap_or(NonZeroUsize::MIN),
            wait: Duration::from_secs(1),
            patience: Duration::from_secs(5 * 60),
            progress: None,
            stop: None,
        }
    }
}

impl fmt::Debug for ApplyOptions<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApplyOptions")
            .field("concurrency", &self.concurrency)
            .field("attempts", &self.attempts)
            .field("wait", &self.wait)
            .field("patience", &self.patience)
            .field("stop", &self.stop)
            .finish_non_exhaustive()
    }
}

/// How far a plan has been carried out: one change after the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress<'a> {
    /// What became of the change.
    pub change: &'a ChangeReport,
    /// How many changes something has become of, this one included; also those that were not tried.
    pub done: usize,
    /// How many the plan has ready.
    pub total: usize,
}
