//! What the checks of a contract found out.

use std::{error::Error, fmt};

/// What the checks found out about an implementation.
#[derive(Clone, Debug, Default)]
pub struct Conformance {
    findings: Vec<Finding>,
}

/// What one check found out.
#[derive(Clone, Debug)]
struct Finding {
    rule: &'static str,
    check: String,
    verdict: Verdict,
}

impl Conformance {
    /// Notes what a check found out; the name of the check is that of its function.
    pub(super) fn note(&mut self, rule: &'static str, function: &str, verdict: Verdict) {
        self.findings.push(Finding {
            rule,
            check: function.replace('_', " "),
            verdict,
        });
    }

    /// Returns the names of the checks that failed. The first tells the most: others may follow from it.
    pub fn failed(&self) -> Vec<&str> {
        let failed = |finding: &&Finding| matches!(finding.verdict, Err(Flaw::Broken(_)));
        self.names(failed)
    }

    /// Returns the names of the checks that passed.
    pub fn passed(&self) -> Vec<&str> {
        self.names(|finding| finding.verdict.is_ok())
    }

    /// Returns the names of the checks that do not apply to the product, or that the factory has no means for.
    pub fn not_applicable(&self) -> Vec<&str> {
        self.names(|finding| matches!(finding.verdict, Err(Flaw::NotApplicable(_))))
    }

    fn names(&self, wanted: impl Fn(&&Finding) -> bool) -> Vec<&str> {
        let wanted = self.findings.iter().filter(wanted);
        wanted.map(|finding| finding.check.as_str()).collect()
    }

    /// Ends the test with the list of what is wrong, if anything is.
    ///
    /// # Panics
    ///
    /// When a check failed.
    pub fn assert_passed(&self) {
        assert!(self.failed().is_empty(), "{self}");
    }
}

impl fmt::Display for Conformance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} checks passed, {} failed, {} are not applicable",
            self.passed().len(),
            self.failed().len(),
            self.not_applicable().len()
        )?;
        for finding in &self.findings {
            let (mark, why) = match &finding.verdict {
                Ok(()) => continue,
                Err(Flaw::Broken(why)) => ("FAILED", why.as_str()),
                Err(Flaw::NotApplicable(why)) => ("not applicable", *why),
            };
            write!(f, "\n{mark}: {} ({}): {why}", finding.check, finding.rule)?;
        }
        Ok(())
    }
}

/// Why a check did not pass.
#[derive(Clone, Debug)]
pub(super) enum Flaw {
    /// The contract is broken, and how.
    Broken(String),
    /// There is nothing to check.
    NotApplicable(&'static str),
}

/// What a check found out.
pub(super) type Verdict = Result<(), Flaw>;

/// Says that the contract is broken unless a condition holds.
pub(super) fn expect(holds: bool, why: impl FnOnce() -> String) -> Verdict {
    if holds {
        Ok(())
    } else {
        Err(Flaw::Broken(why()))
    }
}

/// Says that the contract is broken.
pub(super) fn broken<T>(why: impl Into<String>) -> Result<T, Flaw> {
    Err(Flaw::Broken(why.into()))
}

/// Writes an error with everything that caused it.
pub(super) fn words(error: &dyn Error) -> String {
    let mut words = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        words.push_str(": ");
        words.push_str(&error.to_string());
        cause = error.source();
    }
    words
}
