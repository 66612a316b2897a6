use std::collections::BTreeMap;

use sync_core::{
    Cause, Change, Class, Effect, Explanation, FieldChange, HoldReason, Known, Match, Outcome,
    Plan, Record, SourceId, TargetId, Value,
};

use super::names::Names;

/// One plan as texts, whatever its kind of record is.
pub struct Section {
    kind: &'static str,
    pub(super) alarms: Vec<String>,
    /// The changes that wait, by the reason why.
    pub(super) waiting: Vec<(String, Vec<Row>)>,
    /// What approves exactly those that wait.
    pub(super) digest: String,
    /// The changes that may be made, by class.
    pub(super) changes: Vec<(Class, Vec<Row>)>,
    pub(super) disputes: Vec<Dispute>,
    /// What a person should know about single records.
    pub(super) notices: Vec<(String, Vec<Who>)>,
    pub(super) pairs: Vec<Pair>,
    pub(super) only_in_hr: Vec<Who>,
    pub(super) only_in_product: Vec<Who>,
    pub(super) unchanged: usize,
    /// About whom nothing is done, by the reason why.
    pub(super) skipped: Vec<(String, Vec<Who>)>,
    /// What differs besides and is left, by the reason why.
    pub(super) refused: Vec<(String, Vec<Who>)>,
}

/// A record: what it is called, and its ids on both sides.
#[derive(Clone)]
pub(super) struct Who {
    pub(super) name: Option<String>,
    pub(super) in_hr: Option<SourceId>,
    pub(super) in_product: Option<TargetId>,
}

/// One change.
pub(super) struct Row {
    pub(super) class: Class,
    pub(super) who: Who,
    pub(super) what: What,
    pub(super) why: String,
}

/// What a change does to the record.
pub(super) enum What {
    /// Nothing that the product shows.
    Nothing,
    /// It comes or goes with these fields.
    Whole(Vec<(String, String)>),
    /// These fields change.
    Fields(Vec<Field>),
    /// A message goes out.
    Message(String),
}

/// The change of one field; `None` stands for empty.
pub(super) struct Field {
    pub(super) name: String,
    pub(super) before: Shown,
    pub(super) after: Shown,
    /// The product moved on its own.
    pub(super) is_drift: bool,
}

/// What is there to be shown of a field.
pub(super) enum Shown {
    /// The product does not show it.
    Unknown,
    /// It is empty.
    Empty,
    /// Its value.
    Value(String),
}

/// Records for which a person must decide.
pub(super) struct Dispute {
    pub(super) who: Who,
    pub(super) claimants: Vec<Who>,
    pub(super) candidates: Vec<Who>,
    pub(super) holders: Vec<Who>,
}

/// Two records that belong together.
pub(super) struct Pair {
    pub(super) in_hr: Who,
    pub(super) in_product: Who,
    pub(super) how: String,
}

impl Section {
    /// Writes a plan as texts.
    pub fn of<R: Record>(plan: &Plan<R>, names: &Names) -> Self {
        let writer = Writer { plan, names };
        let matches = plan.matches();
        let outcomes = || plan.explanations().values().map(|it| &it.outcome);
        Self {
            kind: R::KIND,
            alarms: plan.alarms().iter().map(ToString::to_string).collect(),
            waiting: writer.waiting(),
            digest: plan.held_digest().to_string(),
            changes: writer.changes(),
            disputes: writer.disputes(&matches.disputed),
            notices: writer.by_reason(
                plan.notices()
                    .iter()
                    .map(|it| (it.matter.to_string(), &it.source)),
            ),
            pairs: matches.matched.iter().map(|it| writer.pair(it)).collect(),
            only_in_hr: matches
                .only_in_source
                .iter()
                .map(|it| writer.source(it))
                .collect(),
            only_in_product: matches
                .only_in_target
                .iter()
                .map(|it| writer.target(it))
                .collect(),
            unchanged: outcomes().filter(|it| **it == Outcome::Unchanged).count(),
            skipped: writer.by_reason(plan.explanations().iter().filter_map(skipped)),
            refused: writer.by_reason(plan.explanations().iter().flat_map(refused)),
        }
    }

    pub(super) fn heading(&self) -> String {
        let mut letters = self.kind.chars();
        let first = letters.next().map(|it| it.to_uppercase().to_string());
        format!("{}{}s", first.unwrap_or_default(), letters.as_str())
    }

    /// Returns the id of the section in the page.
    pub(super) fn anchor(&self) -> String {
        self.kind.replace(' ', "-")
    }

    pub(super) fn ready(&self) -> usize {
        self.changes.iter().map(|(_, rows)| rows.len()).sum()
    }

    pub(super) fn to(&self, class: Class) -> usize {
        let of_class = self.changes.iter().filter(|(it, _)| *it == class);
        of_class.map(|(_, rows)| rows.len()).sum()
    }

    pub(super) fn held(&self) -> usize {
        self.waiting.iter().map(|(_, rows)| rows.len()).sum()
    }

    pub(super) fn left(&self) -> usize {
        self.skipped.iter().map(|(_, who)| who.len()).sum()
    }
}

fn skipped<'a>(
    (source, explanation): (&'a SourceId, &'a Explanation),
) -> Option<(String, &'a SourceId)> {
    match &explanation.outcome {
        Outcome::Skipped(reason) => Some((reason.to_string(), source)),
        _ => None,
    }
}

/// What is left of a record about which something else is done. Of one that is skipped, the reason says it all.
fn refused<'a>(
    (source, explanation): (&'a SourceId, &'a Explanation),
) -> impl Iterator<Item = (String, &'a SourceId)> {
    let is_skipped = matches!(explanation.outcome, Outcome::Skipped(_));
    let refused = explanation.refused.iter().filter(move |_| !is_skipped);
    refused.map(move |(class, reason)| (format!("to {class}: {reason}"), source))
}

struct Writer<'a, R> {
    plan: &'a Plan<R>,
    names: &'a Names,
}

impl<R: Record> Writer<'_, R> {
    fn changes(&self) -> Vec<(Class, Vec<Row>)> {
        let mut classes: BTreeMap<Class, Vec<Row>> = BTreeMap::new();
        for change in self.plan.ready() {
            classes
                .entry(change.class())
                .or_default()
                .push(self.row(change));
        }
        classes.into_iter().collect()
    }

    fn waiting(&self) -> Vec<(String, Vec<Row>)> {
        let mut reasons: BTreeMap<&HoldReason, Vec<Row>> = BTreeMap::new();
        for held in self.plan.held() {
            reasons
                .entry(&held.reason)
                .or_default()
                .push(self.row(&held.change));
        }
        let reasons = reasons.into_iter();
        reasons
            .map(|(reason, rows)| (reason.to_string(), rows))
            .collect()
    }

    fn row(&self, change: &Change<R>) -> Row {
        let (record, what) = match &change.effect {
            Effect::Create(record) | Effect::Remove { before: record, .. } => (
                self.names.of_record(record),
                What::Whole(self.fields(record)),
            ),
            Effect::Invite { template } => (None, What::Message(template.clone())),
            effect if effect.field_changes().is_empty() => (None, What::Nothing),
            effect => {
                let fields = effect.field_changes().iter();
                (
                    None,
                    What::Fields(fields.map(|it| self.field(it)).collect()),
                )
            }
        };
        let mut who = self.source(&change.source);
        who.in_product = change.target.clone().or(who.in_product);
        who.name = record.or(who.name);
        Row {
            class: change.class(),
            who,
            what,
            why: change.why().to_string(),
        }
    }

    /// Writes the fields that say something.
    fn fields(&self, record: &R) -> Vec<(String, String)> {
        let fields = record.fields().into_iter();
        fields
            .filter_map(|(field, known)| match known {
                Known::Value(value) if value != Value::Bool(false) => {
                    Some((words(field.as_str()), self.names.value::<R>(&field, &value)))
                }
                _ => None,
            })
            .collect()
    }

    fn field(&self, change: &FieldChange) -> Field {
        let shown = |value: &Value| Shown::Value(self.names.value::<R>(&change.field, value));
        Field {
            name: words(change.field.as_str()),
            before: match &change.before {
                Known::NotObserved => Shown::Unknown,
                Known::Cleared => Shown::Empty,
                Known::Value(value) => shown(value),
            },
            after: change.after.as_ref().map_or(Shown::Empty, shown),
            is_drift: change.cause == Cause::Drift,
        }
    }

    fn disputes(&self, disputed: &[(&SourceId, &sync_core::Dispute)]) -> Vec<Dispute> {
        let disputes = disputed.iter();
        disputes
            .map(|(source, dispute)| Dispute {
                who: self.source(source),
                claimants: dispute.claimants.iter().map(|it| self.source(it)).collect(),
                candidates: dispute
                    .candidates
                    .iter()
                    .map(|it| self.target(it))
                    .collect(),
                holders: dispute.holders.iter().map(|it| self.target(it)).collect(),
            })
            .collect()
    }

    fn pair(&self, pair: &sync_core::Pair<'_>) -> Pair {
        Pair {
            in_hr: Who {
                in_product: None,
                ..self.source(pair.source)
            },
            in_product: self.target(pair.target),
            how: match pair.found {
                Match::Link(_) => "linked by an earlier run".to_owned(),
                Match::ExternalId(_) => "carries the id of HR".to_owned(),
                Match::Key { key, .. } => {
                    format!("the only one with the same {}", words(key.as_str()))
                }
                Match::Disputed(_) => String::new(),
            },
        }
    }

    fn by_reason<'s>(
        &self,
        reasons: impl Iterator<Item = (String, &'s SourceId)>,
    ) -> Vec<(String, Vec<Who>)> {
        let mut by_reason: BTreeMap<String, Vec<Who>> = BTreeMap::new();
        for (reason, source) in reasons {
            by_reason
                .entry(reason)
                .or_default()
                .push(self.source(source));
        }
        by_reason.into_iter().collect()
    }

    /// Names a record of HR, or as the product does where HR shows no name.
    fn source(&self, source: &SourceId) -> Who {
        let explanation = self.plan.explanations().get(source);
        let target = explanation.and_then(Explanation::target);
        let in_product = || target.and_then(|it| self.names.in_product::<R>(it));
        Who {
            name: self.names.in_hr::<R>(source).or_else(in_product),
            in_hr: Some(source.clone()),
            in_product: target.cloned(),
        }
    }

    fn target(&self, target: &TargetId) -> Who {
        Who {
            name: self.names.in_product::<R>(target),
            in_hr: None,
            in_product: Some(target.clone()),
        }
    }
}

fn words(name: &str) -> String {
    name.replace('_', " ")
}
