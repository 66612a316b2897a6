use std::fmt;

use thiserror::Error;

use super::node::shown;

/// Why settings are no policy: every problem that was found, in the order of the file.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub struct PolicyError {
    problems: Vec<Problem>,
}

impl PolicyError {
    /// Returns the error for what was found.
    pub(super) fn of(mut problems: Vec<Problem>) -> Self {
        problems.sort_by_key(|problem| problem.line);
        Self { problems }
    }

    /// Returns the problems, at least one.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }
}

impl From<Problem> for PolicyError {
    fn from(problem: Problem) -> Self {
        Self {
            problems: vec![problem],
        }
    }
}

impl fmt::Display for PolicyError {
    /// Writes one problem a line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.problems.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            problem.fmt(f)?;
        }
        Ok(())
    }
}

/// A setting that cannot be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    path: String,
    line: Option<usize>,
    value: Option<String>,
    fault: &'static str,
    allowed: String,
}

impl Problem {
    /// A value that is not possible, as it may be shown.
    pub(super) fn value(path: Path, value: impl Into<String>, allowed: impl Into<String>) -> Found {
        Found {
            path,
            value: Some(value.into()),
            fault: "is not possible",
            allowed: allowed.into(),
        }
    }

    /// A setting that there is not.
    pub(super) fn unknown(path: Path, allowed: impl Into<String>) -> Found {
        Found {
            path,
            value: None,
            fault: "there is no such setting here",
            allowed: allowed.into(),
        }
    }

    /// A setting that must be there.
    pub(super) fn missing(path: Path, allowed: impl Into<String>) -> Found {
        Found {
            path,
            value: None,
            fault: "it is missing",
            allowed: allowed.into(),
        }
    }

    /// A file that nobody can read.
    pub(super) fn unreadable(language: &str, message: &str, line: Option<usize>) -> Self {
        Self {
            path: String::new(),
            line,
            value: None,
            fault: "the file cannot be read",
            allowed: format!("write {language}: {message}"),
        }
    }

    /// Returns the way to the setting, such as `absences.window.days.after`. Lists count from 0. Empty when the
    /// file as a whole cannot be read.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Returns the line of a TOML file on which the setting stands, or what holds it; counted from 1.
    pub fn line(&self) -> Option<usize> {
        self.line
    }

    /// Returns what stands there, if it is a setting at all. Long text is replaced by its length.
    pub fn shown_value(&self) -> Option<&str> {
        self.value.as_deref()
    }

    /// Says what may be written instead.
    pub fn allowed(&self) -> &str {
        &self.allowed
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.line {
            write!(f, "line {line}: ")?;
        }
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        if let Some(value) = &self.value {
            write!(f, "{value} ")?;
        }
        write!(f, "{}; {}", self.fault, self.allowed)
    }
}

/// A problem whose line is not known yet.
pub(super) struct Found {
    pub(super) path: Path,
    value: Option<String>,
    fault: &'static str,
    allowed: String,
}

impl Found {
    pub(super) fn on(self, line: Option<usize>) -> Problem {
        Problem {
            path: self.path.to_string(),
            line,
            value: self.value,
            fault: self.fault,
            allowed: self.allowed,
        }
    }
}

/// The way to a setting.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Path(pub(super) Vec<Step>);

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Key(String),
    Index(usize),
}

impl Path {
    #[must_use]
    pub(super) fn key(&self, key: impl Into<String>) -> Self {
        self.step(Step::Key(key.into()))
    }

    #[must_use]
    pub(super) fn index(&self, index: usize) -> Self {
        self.step(Step::Index(index))
    }

    fn step(&self, step: Step) -> Self {
        Self(self.0.iter().cloned().chain([step]).collect())
    }

    /// Returns the section of the file.
    pub(super) fn section(&self) -> Option<&str> {
        match self.0.first()? {
            Step::Key(key) => Some(key),
            Step::Index(_) => None,
        }
    }
}

impl From<&str> for Path {
    /// Takes keys with dots between them, and positions in brackets.
    fn from(text: &str) -> Self {
        let steps = text
            .split(['.', '['])
            .map(|step| match step.strip_suffix(']') {
                Some(index) => Step::Index(index.parse().unwrap_or_default()),
                None => Step::Key(step.to_owned()),
            });
        Self(steps.collect())
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, step) in self.0.iter().enumerate() {
            match step {
                Step::Index(index) => write!(f, "[{index}]")?,
                Step::Key(key) => {
                    if position > 0 {
                        f.write_str(".")?;
                    }
                    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
                    match !key.is_empty() && key.bytes().all(plain) {
                        true => f.write_str(key)?,
                        false => f.write_str(&shown(key))?,
                    }
                }
            }
        }
        Ok(())
    }
}
