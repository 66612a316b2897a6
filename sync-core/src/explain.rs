//! Why every record is as it is, and who belongs to whom.

use std::{collections::BTreeSet, fmt};

use crate::{
    Change, Class, Existing, Explanation, HoldReason, Outcome, Plan, PlanRequest, Record,
    Situation, SourceId, TargetId, Wish, account::email_key, matching::Match,
};

/// Why one record is as it is. `Display` says it in plain sentences, with ids and names of fields only.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Answer<'a, R> {
    /// HR or the ledger knows it.
    Explained {
        /// The record of the source.
        source: &'a SourceId,
        /// Where it stands and what follows.
        explanation: &'a Explanation,
        /// What will be done.
        ready: Vec<&'a Change<R>>,
        /// What waits for approval, and why.
        held: Vec<(&'a Change<R>, &'a HoldReason)>,
    },
    /// It was removed from the product before, and HR no longer has it.
    Buried(&'a SourceId),
    /// The product has it, and it is nobody's.
    Unmanaged {
        /// The record of the product.
        target: &'a TargetId,
        /// Records of the source that may be meant by it, if a person must decide.
        claimants: BTreeSet<&'a SourceId>,
    },
    /// No side has it. A plan about a part of the source knows nothing beyond that part.
    Unknown,
}

/// Who belongs to whom, and who to nobody: what a person looks at before the first run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Matches<'a> {
    /// Records that belong together, or will once the plan is applied.
    pub matched: Vec<Pair<'a>>,
    /// Records that the product should have and has not.
    pub only_in_source: Vec<&'a SourceId>,
    /// Records of the product that belong to nobody in HR.
    pub only_in_target: Vec<&'a TargetId>,
    /// Records for which a person must decide.
    pub disputed: Vec<(&'a SourceId, &'a crate::Dispute)>,
}

/// Two records that belong together.
#[derive(Clone, Debug, PartialEq)]
pub struct Pair<'a> {
    /// The record of the source.
    pub source: &'a SourceId,
    /// The record of the product.
    pub target: &'a TargetId,
    /// How that is known.
    pub found: &'a Match,
}

impl Explanation {
    /// Returns the record of the product, if there is exactly one.
    pub fn target(&self) -> Option<&TargetId> {
        self.found.as_ref().and_then(Match::target)
    }
}

impl<R: Record> Plan<R> {
    /// Explains a record by its id in the source.
    pub fn explain<'a>(&'a self, source: &SourceId) -> Answer<'a, R> {
        if let Some((source, explanation)) = self.explanations().get_key_value(source) {
            let held = self.held().iter();
            return Answer::Explained {
                source,
                explanation,
                ready: self
                    .ready()
                    .iter()
                    .filter(|change| change.source == *source)
                    .collect(),
                held: held
                    .filter(|held| held.change.source == *source)
                    .map(|held| (&held.change, &held.reason))
                    .collect(),
            };
        }
        self.buried()
            .get(source)
            .map_or(Answer::Unknown, Answer::Buried)
    }

    /// Explains a record by its id in the product.
    pub fn explain_target<'a>(&'a self, target: &TargetId) -> Answer<'a, R> {
        let owner = self
            .explanations()
            .iter()
            .find(|(_, explanation)| explanation.target() == Some(target));
        if let Some((source, _)) = owner {
            return self.explain(source);
        }
        let claimants: BTreeSet<&SourceId> = self
            .explanations()
            .iter()
            .filter(|(_, explanation)| match &explanation.found {
                Some(Match::Disputed(dispute)) => dispute.candidates.contains(target),
                _ => false,
            })
            .map(|(source, _)| source)
            .collect();
        match (self.unmanaged().get(target), claimants.first()) {
            (Some(target), _) => Answer::Unmanaged { target, claimants },
            (None, Some(claimant)) => self.explain(claimant),
            (None, None) => Answer::Unknown,
        }
    }

    /// Returns what was removed from the product before, and is no longer in HR.
    pub fn buried(&self) -> &BTreeSet<SourceId> {
        &self.buried
    }

    /// Lists who belongs to whom, and who to nobody.
    pub fn matches(&self) -> Matches<'_> {
        let mut matches = Matches {
            only_in_target: self.unmanaged().iter().collect(),
            ..Matches::default()
        };
        for (source, explanation) in self.explanations() {
            let wanted = explanation.situation.is_wanted();
            match (&explanation.found, explanation.target()) {
                (Some(Match::Disputed(dispute)), _) => matches.disputed.push((source, dispute)),
                (Some(found), Some(target)) => matches.matched.push(Pair {
                    source,
                    target,
                    found,
                }),
                _ if wanted => matches.only_in_source.push(source),
                _ => {}
            }
        }
        matches
    }
}

impl Situation {
    /// Tells whether the product should have the record and has not.
    fn is_wanted(self) -> bool {
        matches!(self, Self::New | Self::LostInProduct | Self::Returned)
    }
}

impl<'a, R: Record> PlanRequest<'a, R> {
    /// Finds the records on both sides that have a key, as a person types it: an e-mail address, a
    /// personnel number. Case, blanks and composition do not matter; nothing is remembered.
    pub fn find(&self, text: &str) -> (BTreeSet<&'a SourceId>, BTreeSet<&'a TargetId>) {
        let typed = email_key(text);
        let has = |record: &R| {
            let mut keys = record.match_keys().into_iter();
            typed.is_some() && keys.any(|key| email_key(&key.text) == typed)
        };
        let wished = |wish: &Wish<R>| matches!(wish, Wish::Present(record) if has(record));
        let sources = self.desired.wishes.iter();
        let targets = self.existing.iter();
        (
            sources
                .filter(|(_, wish)| wished(wish))
                .map(|(source, _)| source)
                .collect(),
            targets
                .filter(|row: &&Existing<R>| has(&row.record))
                .map(|row| &row.id)
                .collect(),
        )
    }
}

impl<R: Record> fmt::Display for Answer<'_, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown => write!(f, "No {} with this id is known on either side.", R::KIND),
            Self::Buried(source) => write!(
                f,
                "{source} was removed from the product before, and HR no longer has it."
            ),
            Self::Unmanaged { target, claimants } if claimants.is_empty() => write!(
                f,
                "{target} is in the product only. Nobody in HR has its id or one of its keys, so it is never touched."
            ),
            Self::Unmanaged { target, claimants } => write!(
                f,
                "{target} is in the product, and may be one of {} in HR. It is not touched until a person decides.",
                list(claimants)
            ),
            Self::Explained {
                source,
                explanation,
                ready,
                held,
            } => {
                write!(f, "{source}: {}", explanation.situation)?;
                if let Some(target) = explanation.target() {
                    write!(f, ", as {target}")?;
                }
                f.write_str(".")?;
                for change in ready {
                    write!(f, " It will be {}", past(change))?;
                    because(f, change)?;
                }
                for (change, reason) in held {
                    write!(f, " It would be {}", past(change))?;
                    because(f, change)?;
                    write!(f, " That waits for approval: {reason}.")?;
                }
                match &explanation.outcome {
                    Outcome::Unchanged => f.write_str(" Both sides agree.")?,
                    Outcome::Disputed(dispute) => write!(f, " Nothing is done: {dispute}.")?,
                    Outcome::Skipped(reason) => write!(f, " Nothing is done: {reason}.")?,
                    Outcome::Planned(_) | Outcome::Held(_) => {}
                }
                if !matches!(explanation.outcome, Outcome::Skipped(_)) {
                    for (class, reason) in &explanation.refused {
                        write!(
                            f,
                            " There is something to {class}, which is left: {reason}."
                        )?;
                    }
                }
                Ok(())
            }
        }
    }
}

fn past<R>(change: &Change<R>) -> &'static str {
    crate::report::past(change.class())
}

fn because<R>(f: &mut fmt::Formatter<'_>, change: &Change<R>) -> fmt::Result {
    match change.effect.evidence() {
        Some(evidence) => write!(f, ": {evidence}")?,
        // The situation has said it.
        None if change.class() == Class::Create => {}
        None => write!(f, ": {}", change.reason)?,
    }
    let fields = change.effect.field_changes();
    if !fields.is_empty() {
        let names: BTreeSet<_> = fields.iter().map(|field| field.field.to_string()).collect();
        let names: Vec<String> = names.into_iter().collect();
        write!(f, " ({})", names.join(", "))?;
    }
    f.write_str(".")
}

fn list(ids: &BTreeSet<&SourceId>) -> String {
    let ids: Vec<&str> = ids.iter().map(|id| id.as_str()).collect();
    ids.join(", ")
}
