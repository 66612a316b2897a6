//! Progress on standard error: a bar on a terminal, plain lines elsewhere, nothing when quiet.

use std::io::{IsTerminal as _, stderr};

use indicatif::{ProgressBar, ProgressStyle};

use crate::say::tell;

/// How many changes share one line.
const LINE_EVERY: usize = 200;

/// How progress is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// Not at all.
    Quiet,
    /// As lines, for logs.
    Lines,
    /// As a bar that moves.
    Bar,
}

impl Progress {
    /// Chooses what suits standard error, or nothing when quiet.
    pub fn on_stderr(quiet: bool) -> Self {
        match (quiet, stderr().is_terminal()) {
            (true, _) => Self::Quiet,
            (false, true) => Self::Bar,
            (false, false) => Self::Lines,
        }
    }

    /// Begins to show that something is being read, of which nobody knows how much there is.
    pub(crate) fn reading(self, what: &'static str) -> Reading {
        let bar = (self == Self::Bar).then(|| {
            let bar =
                ProgressBar::new_spinner().with_message(format!("reading {what} from Personio"));
            bar.enable_steady_tick(std::time::Duration::from_millis(100));
            bar
        });
        Reading {
            progress: self,
            bar,
            what,
        }
    }

    /// Begins to show that changes are being made.
    pub(crate) fn writing(self, what: &'static str, total: usize) -> Writing {
        let bar = (self == Self::Bar && total > 0).then(|| {
            let style = ProgressStyle::with_template("{msg} {wide_bar} {pos}/{len} {eta}")
                .unwrap_or_else(|_| ProgressStyle::default_bar());
            ProgressBar::new(total as u64)
                .with_style(style)
                .with_message(format!("writing {what}"))
        });
        Writing {
            progress: self,
            bar,
            what,
            total,
        }
    }
}

/// Something that is being read.
pub(crate) struct Reading {
    progress: Progress,
    bar: Option<ProgressBar>,
    what: &'static str,
}

impl Reading {
    pub(crate) fn done(self, count: usize) {
        if let Some(bar) = self.bar {
            bar.finish_and_clear();
        }
        if self.progress == Progress::Lines {
            tell!("read {count} {} from Personio", self.what);
        }
    }
}

/// Changes that are being made.
pub(crate) struct Writing {
    progress: Progress,
    bar: Option<ProgressBar>,
    what: &'static str,
    total: usize,
}

impl Writing {
    pub(crate) fn step(&self, progress: sync_core::Progress<'_>) {
        if let Some(bar) = &self.bar {
            bar.set_position(progress.done as u64);
        }
        let is_worth_a_line =
            progress.done.is_multiple_of(LINE_EVERY) || progress.done == progress.total;
        if self.progress == Progress::Lines && is_worth_a_line {
            tell!(
                "wrote {} of {} changes of {}s",
                progress.done,
                self.total,
                self.what
            );
        }
    }

    pub(crate) fn done(self) {
        if let Some(bar) = self.bar {
            bar.finish_and_clear();
        }
    }
}
