use std::fmt;

use sync_core::{Digest, Report};

use super::{Area, Decision};
use crate::{page::Names, protocol::Ending};

/// What a run would do, or did.
#[derive(Default)]
pub struct Outcome {
    /// What was decided for each kind of record, in order, and what became of it.
    pub areas: Vec<AreaOutcome>,
    /// What a person should know, and what nobody changes.
    pub observations: Vec<String>,
    /// The areas that could not go on, and why. The others did.
    pub failures: Vec<(Area, String)>,
    /// Somebody stopped the run before its end.
    pub stopped: bool,
    /// What people call the records; only in a run that only planned.
    pub names: Names,
}

/// What was decided for one kind of record, and what became of it.
pub struct AreaOutcome {
    /// The plan.
    pub decision: Box<dyn Decision>,
    /// What became of it; `None` in a run that only planned.
    pub report: Option<Report>,
}

impl Outcome {
    /// Tells whether there was nothing to do and nothing to approve.
    pub fn is_empty(&self) -> bool {
        self.areas.iter().all(|area| area.decision.is_empty())
    }

    /// Returns the fingerprints of what waits for approval.
    pub fn held(&self) -> Vec<Digest> {
        let held = self.areas.iter().map(|area| area.decision.held_digest());
        held.flatten().collect()
    }

    /// Returns the plan for a kind of record, such as `account`.
    pub fn decision(&self, kind: &str) -> Option<&dyn Decision> {
        let area = self.areas.iter().find(|area| area.decision.kind() == kind);
        area.map(|area| &*area.decision)
    }

    /// Returns what became of the plan for a kind of record.
    pub fn report(&self, kind: &str) -> Option<&Report> {
        let area = self.areas.iter().find(|area| area.decision.kind() == kind);
        area.and_then(|area| area.report.as_ref())
    }

    /// Returns how the run ended.
    pub fn ending(&self) -> Ending {
        let reports = || self.areas.iter().filter_map(|area| area.report.as_ref());
        if self.stopped {
            Ending::Stopped
        } else if reports().all(Report::is_success)
            && self.held().is_empty()
            && self.failures.is_empty()
        {
            Ending::Done
        } else {
            Ending::Partial
        }
    }

    /// Writes what was done, in numbers and ids.
    pub fn summary(&self) -> String {
        let reports = self.areas.iter().filter_map(|area| area.report.as_ref());
        let lines: Vec<String> = reports
            .map(ToString::to_string)
            .chain(
                self.failures
                    .iter()
                    .map(|(area, why)| format!("{area} failed: {why}")),
            )
            .chain(self.observations.iter().cloned())
            .collect();
        lines.join("\n")
    }
}

impl fmt::Debug for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outcome")
            .field("summary", &self.summary())
            .field("stopped", &self.stopped)
            .finish_non_exhaustive()
    }
}
