//! A policy file as it was written: values, and the lines on which they stand.

use std::{collections::BTreeMap, fmt};

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};

use super::problem::{Path, Step};

/// A value of a file.
pub(super) struct Node {
    /// The line of its key, or its own in a list; `None` in JSON.
    pub(super) line: Option<usize>,
    pub(super) tree: Tree,
}

pub(super) enum Tree {
    Null,
    Bool(bool),
    Integer(i64),
    Float(f64),
    Text(String),
    List(Vec<Node>),
    Table(BTreeMap<String, Node>),
}

/// Longer text is not repeated in messages.
const SHOWN: usize = 32;

impl Node {
    /// Returns the value at the end of a way.
    pub(super) fn at(&self, path: &Path) -> Option<&Self> {
        path.0
            .iter()
            .try_fold(self, |node, step| match (step, &node.tree) {
                (Step::Key(key), Tree::Table(entries)) => entries.get(key),
                (Step::Index(index), Tree::List(items)) => items.get(*index),
                _ => None,
            })
    }

    /// Returns the line on which a value stands, or else what holds it.
    pub(super) fn line_of(&self, path: &Path) -> Option<usize> {
        (0..=path.0.len())
            .rev()
            .find_map(|length| self.at(&Path(path.0[..length].to_vec())))
            .and_then(|node| node.line)
    }

    /// Takes out what stands under the keys of a way, up to the first list.
    pub(super) fn remove(&mut self, path: &Path) -> bool {
        let mut keys = path.0.iter().map_while(|step| match step {
            Step::Key(key) => Some(key),
            Step::Index(_) => None,
        });
        let Some(mut key) = keys.next() else {
            return false;
        };
        let mut node = self;
        for next in keys {
            let Tree::Table(entries) = &mut node.tree else {
                return false;
            };
            let Some(inner) = entries.get_mut(key) else {
                return false;
            };
            node = inner;
            key = next;
        }
        match &mut node.tree {
            Tree::Table(entries) => entries.remove(key).is_some(),
            _ => false,
        }
    }

    /// Shows the value, as far as it can be neither personal data nor a secret.
    pub(super) fn shown(&self) -> String {
        match &self.tree {
            Tree::Null => "null".to_owned(),
            Tree::Bool(value) => value.to_string(),
            Tree::Integer(value) => value.to_string(),
            Tree::Float(value) => value.to_string(),
            Tree::Text(text) => shown(text),
            Tree::List(_) => "a list".to_owned(),
            Tree::Table(_) => "a table".to_owned(),
        }
    }
}

/// Shows text in quotes, as far as it can be neither personal data nor a secret.
pub(super) fn shown(text: &str) -> String {
    if text.chars().count() > SHOWN || text.contains('@') {
        format!("text of {} characters", text.chars().count())
    } else {
        format!("{text:?}")
    }
}

#[cfg(feature = "toml")]
pub(super) mod from_toml {
    use std::{borrow::Cow, ops::Range};

    use toml::{
        Spanned,
        de::{DeTable, DeValue},
    };

    use super::{Node, Tree};
    use crate::policy::problem::Problem;

    pub(in crate::policy) fn parse(text: &str) -> Result<Node, Problem> {
        let lines = Lines(text);
        match DeTable::parse(text) {
            Ok(table) => Ok(Node {
                line: None,
                tree: lines.table(table.get_ref()),
            }),
            Err(error) => {
                let line = error.span().map(|span| lines.of(&span));
                Err(Problem::unreadable("TOML", error.message(), line))
            }
        }
    }

    struct Lines<'a>(&'a str);

    impl Lines<'_> {
        fn of(&self, span: &Range<usize>) -> usize {
            let before = self.0.as_bytes().iter().take(span.start);
            1 + before.filter(|byte| **byte == b'\n').count()
        }

        fn table(&self, table: &DeTable<'_>) -> Tree {
            let entry = |(key, value): (&Spanned<Cow<'_, str>>, &Spanned<DeValue<'_>>)| {
                let line = Some(self.of(&key.span()));
                let tree = self.tree(value.get_ref());
                (key.get_ref().to_string(), Node { line, tree })
            };
            Tree::Table(table.iter().map(entry).collect())
        }

        fn tree(&self, value: &DeValue<'_>) -> Tree {
            match value {
                DeValue::String(text) => Tree::Text(text.to_string()),
                DeValue::Boolean(value) => Tree::Bool(*value),
                DeValue::Integer(digits) => {
                    let number = i64::from_str_radix(digits.as_str(), digits.radix());
                    number.map_or(Tree::Float(f64::INFINITY), Tree::Integer)
                }
                DeValue::Float(digits) => digits.as_str().parse().map_or(Tree::Null, Tree::Float),
                DeValue::Datetime(moment) => Tree::Text(moment.to_string()),
                DeValue::Array(items) => {
                    let item = |item: &Spanned<DeValue<'_>>| Node {
                        line: Some(self.of(&item.span())),
                        tree: self.tree(item.get_ref()),
                    };
                    Tree::List(items.iter().map(item).collect())
                }
                DeValue::Table(table) => self.table(table),
            }
        }
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let tree = deserializer.deserialize_any(AnyTree)?;
        Ok(Self { line: None, tree })
    }
}

/// Takes whatever stands there, but no key twice.
struct AnyTree;

impl<'de> Visitor<'de> for AnyTree {
    type Value = Tree;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Tree, E> {
        Ok(Tree::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Tree, E> {
        Ok(Tree::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Tree, E> {
        Ok(Tree::Integer(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Tree, E> {
        Ok(i64::try_from(value).map_or(Tree::Float(f64::INFINITY), Tree::Integer))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Tree, E> {
        Ok(Tree::Float(value))
    }

    fn visit_str<E>(self, text: &str) -> Result<Tree, E> {
        Ok(Tree::Text(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Tree, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Tree::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Tree, A::Error> {
        let mut table = BTreeMap::new();
        while let Some((key, node)) = entries.next_entry::<String, Node>()? {
            let named = shown(&key);
            if table.insert(key, node).is_some() {
                return Err(A::Error::custom(format!("{named} stands there twice")));
            }
        }
        Ok(Tree::Table(table))
    }
}
