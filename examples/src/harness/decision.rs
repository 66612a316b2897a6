use std::collections::BTreeMap;

use serde_json::{Value as Json, json};
use sync_core::{Answer, Desired, Digest, Match, Plan, Record, SourceId, TargetId, Wish};

use super::Area;
use crate::page::{Names, Section};

/// A plan for any kind of record, ready to be shown to an administrator. What it shows is personal data.
pub trait Decision: Send + Sync {
    /// Returns the area that the plan belongs to.
    fn area(&self) -> Area;

    /// Returns the kind of record.
    fn kind(&self) -> &'static str;

    /// Tells whether there is nothing to do and nothing to approve.
    fn is_empty(&self) -> bool;

    /// Returns the fingerprint of the changes that wait, if any do.
    fn held_digest(&self) -> Option<Digest>;

    /// Writes the plan as people read it, with so many changes of each class.
    fn text(&self, at_most: usize) -> String;

    /// Writes the plan as data, with everything that is to be known of it.
    fn json(&self) -> Json;

    /// Says why the record with an id, on either side, or with an e-mail address is as it is; `None` if no side has it.
    fn explain(&self, id: &str) -> Option<String>;

    /// Lists who belongs to whom, and who to nobody.
    fn matches(&self) -> MatchList;

    /// Writes the plan as a part of a page.
    fn section(&self, names: &Names) -> Section;
}

/// Who belongs to whom, by ids and, where a kind has keys, by keys.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct MatchList {
    /// Records that belong together, and how that is known.
    pub matched: Vec<MatchedPair>,
    /// Records that HR has and the product has not.
    pub only_in_hr: Vec<MatchedOne>,
    /// Records that the product has and HR has not.
    pub only_in_product: Vec<MatchedOne>,
    /// Records for which a person must decide, and why.
    pub ambiguous: Vec<Ambiguous>,
}

/// Two records that belong together.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct MatchedPair {
    /// The record in HR.
    pub hr: String,
    /// The record in the product.
    pub product: String,
    /// How it is known that they belong together.
    pub by: String,
    /// What people know the record by, such as an e-mail address.
    pub key: Option<String>,
}

/// A record on one side.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct MatchedOne {
    /// The record.
    pub id: String,
    /// What people know the record by.
    pub key: Option<String>,
}

/// A record of HR that may be several of the product, or the other way round.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Ambiguous {
    /// The record in HR.
    pub id: String,
    /// What people know the record by.
    pub key: Option<String>,
    /// Why it is not decided.
    pub why: String,
}

/// A plan, with what people know its records by.
pub(super) struct Planned<R> {
    pub(super) area: Area,
    pub(super) plan: Plan<R>,
    pub(super) keys: Keys,
}

/// The strongest key of each record, such as an e-mail address.
#[derive(Default)]
pub(super) struct Keys {
    pub(super) sources: BTreeMap<SourceId, String>,
    pub(super) targets: BTreeMap<TargetId, String>,
}

impl Keys {
    pub(super) fn of_wishes<R: Record>(desired: &Desired<R>) -> BTreeMap<SourceId, String> {
        let wishes = desired.wishes.iter();
        wishes
            .filter_map(|(source, wish)| match wish {
                Wish::Present(record) => Some((source.clone(), key_of(record)?)),
                _ => None,
            })
            .collect()
    }
}

pub(super) fn key_of<R: Record>(record: &R) -> Option<String> {
    Some(record.match_keys().into_iter().next()?.text)
}

impl<R: Record> Decision for Planned<R> {
    fn area(&self) -> Area {
        self.area
    }

    fn kind(&self) -> &'static str {
        R::KIND
    }

    fn is_empty(&self) -> bool {
        self.plan.is_empty()
    }

    fn held_digest(&self) -> Option<Digest> {
        (!self.plan.held().is_empty()).then(|| self.plan.held_digest())
    }

    fn text(&self, at_most: usize) -> String {
        self.plan.revealed().at_most(at_most).to_string()
    }

    fn json(&self) -> Json {
        json!({
            "area": self.area.as_str(),
            "kind": R::KIND,
            "digest": self.plan.digest(),
            "approve": self.held_digest(),
            "plan": self.plan,
        })
    }

    fn explain(&self, id: &str) -> Option<String> {
        let by_source = self.plan.explain(&SourceId::new(id));
        if !matches!(by_source, Answer::Unknown) {
            return Some(by_source.to_string());
        }
        let by_target = self.plan.explain_target(&TargetId::new(id));
        if !matches!(by_target, Answer::Unknown) {
            return Some(by_target.to_string());
        }
        let typed = sync_core::account::email_key(id)?;
        let sources = self.keys.sources.iter().filter(|(_, key)| **key == typed);
        let mut answers: Vec<String> = sources
            .map(|(source, _)| self.plan.explain(source).to_string())
            .collect();
        if answers.is_empty() {
            let targets = self.keys.targets.iter().filter(|(_, key)| **key == typed);
            answers.extend(targets.map(|(target, _)| self.plan.explain_target(target).to_string()));
        }
        (!answers.is_empty()).then(|| answers.join("\n"))
    }

    fn matches(&self) -> MatchList {
        let matches = self.plan.matches();
        let source_key = |source: &SourceId| self.keys.sources.get(source).cloned();
        let target_key = |target: &TargetId| self.keys.targets.get(target).cloned();
        let pair = |pair: &sync_core::Pair<'_>| MatchedPair {
            hr: pair.source.to_string(),
            product: pair.target.to_string(),
            by: how(pair.found),
            key: source_key(pair.source).or_else(|| target_key(pair.target)),
        };
        let in_hr = |source: &&SourceId| MatchedOne {
            id: source.to_string(),
            key: source_key(source),
        };
        let in_product = |target: &&TargetId| MatchedOne {
            id: target.to_string(),
            key: target_key(target),
        };
        let ambiguous = |(source, dispute): &(&SourceId, &sync_core::Dispute)| Ambiguous {
            id: source.to_string(),
            key: source_key(source),
            why: dispute.to_string(),
        };
        MatchList {
            matched: matches.matched.iter().map(pair).collect(),
            only_in_hr: matches.only_in_source.iter().map(in_hr).collect(),
            only_in_product: matches.only_in_target.iter().map(in_product).collect(),
            ambiguous: matches.disputed.iter().map(ambiguous).collect(),
        }
    }

    fn section(&self, names: &Names) -> Section {
        Section::of(&self.plan, names)
    }
}

fn how(found: &Match) -> String {
    match found {
        Match::Link(_) => "known from an earlier run".to_owned(),
        Match::ExternalId(_) => "carries the id of HR".to_owned(),
        Match::Key { key, .. } => format!("the same {key}"),
        Match::Disputed(dispute) => dispute.to_string(),
    }
}
