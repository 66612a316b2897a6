//! What a reader says of a value that has the wrong form.

use std::fmt;

use serde::de::{Error, Expected, Unexpected};

use super::{
    node::Node,
    problem::{Found, Path, Problem, Step},
};

/// What has the wrong form, and the way back from there to the root.
#[derive(Debug)]
pub(super) struct Misfit {
    way_back: Vec<Step>,
    what: What,
}

#[derive(Debug)]
enum What {
    /// The value; this is allowed.
    Value(String),
    /// The key; this is allowed.
    Key(String),
    /// There is no value for this key.
    Missing(&'static str),
}

impl Misfit {
    pub(super) fn value(allowed: impl Into<String>) -> Self {
        Self::new(What::Value(allowed.into()))
    }

    fn new(what: What) -> Self {
        Self {
            way_back: Vec::new(),
            what,
        }
    }

    /// Says that it is the key that is wrong, rather than what stands there.
    pub(super) fn of_key(self) -> Self {
        let what = match self.what {
            What::Value(allowed) => What::Key(allowed),
            what => what,
        };
        Self { what, ..self }
    }

    pub(super) fn under(mut self, step: Step) -> Self {
        self.way_back.push(step);
        self
    }

    pub(super) fn under_key(self, key: &str) -> Self {
        self.under(Step::Key(key.to_owned()))
    }

    pub(super) fn path(&self) -> Path {
        Path(self.way_back.iter().rev().cloned().collect())
    }

    /// Puts the misfit in the words of a problem.
    pub(super) fn found(self, root: &Node) -> Found {
        let path = self.path();
        match self.what {
            What::Value(allowed) => {
                let shown = root.at(&path).map(Node::shown).unwrap_or_default();
                Problem::value(path, shown, allowed)
            }
            What::Key(allowed) => Problem::unknown(path, allowed),
            What::Missing(key) => Problem::missing(path.key(key), format!("write {key}")),
        }
    }
}

impl std::error::Error for Misfit {}

impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value of the wrong form")
    }
}

impl Error for Misfit {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::value(message.to_string())
    }

    fn invalid_type(_: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::value(format!("write {expected}"))
    }

    fn invalid_value(_: Unexpected<'_>, expected: &dyn Expected) -> Self {
        let expected = expected.to_string();
        Self::value(match expected.starts_with("a nonzero") {
            true => "write a whole number, 1 or more".to_owned(),
            false => format!("write {expected}"),
        })
    }

    fn unknown_variant(_: &str, expected: &'static [&'static str]) -> Self {
        Self::value(one_of(expected))
    }

    fn unknown_field(_: &str, expected: &'static [&'static str]) -> Self {
        Self::new(What::Key(one_of(expected)))
    }

    fn missing_field(field: &'static str) -> Self {
        Self::new(What::Missing(field))
    }
}

pub(super) fn one_of(words: &[&str]) -> String {
    match words {
        [] => "leave it out".to_owned(),
        [word] => format!("write {word}"),
        words => format!("write one of {}", words.join(", ")),
    }
}
