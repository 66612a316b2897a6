use std::{fmt, num::NonZeroUsize, time::Duration};

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
    /// Called after every batch.
    pub progress: Option<&'a (dyn Fn(Progress) + Send + Sync)>,
}

impl Default for ApplyOptions<'_> {
    fn default() -> Self {
        Self {
            concurrency: NonZeroUsize::new(4).unwrap_or(NonZeroUsize::MIN),
            attempts: NonZeroUsize::new(3).unwrap_or(NonZeroUsize::MIN),
            wait: Duration::from_secs(1),
            progress: None,
        }
    }
}

impl fmt::Debug for ApplyOptions<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApplyOptions")
            .field("concurrency", &self.concurrency)
            .field("attempts", &self.attempts)
            .field("wait", &self.wait)
            .finish_non_exhaustive()
    }
}

/// How far a plan has been carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// How many changes have been tried.
    pub done: usize,
    /// How many there are.
    pub total: usize,
}
