//! How a plan is shown to people.

use std::{collections::BTreeMap, fmt};

use crate::{
    Change, Class, Effect, HoldReason, Known, Outcome, Plan, Record, SkipReason, Value,
    change::FieldChange, notice,
};

impl<R: Record> Plan<R> {
    /// Shows the plan with the values of the fields, for the eyes of the administrator who is to
    /// approve it. What it writes is personal data: keep it out of logs.
    pub fn revealed(&self) -> Shown<'_, R> {
        Shown {
            values: true,
            ..self.shown()
        }
    }

    /// Shows the plan with ids and names of fields only.
    pub fn shown(&self) -> Shown<'_, R> {
        Shown {
            plan: self,
            values: false,
            at_most: usize::MAX,
        }
    }
}

/// Writes [`Plan::shown`].
impl<R: Record> fmt::Display for Plan<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.shown().fmt(f)
    }
}

/// A plan as people read it.
#[derive(Clone, Copy, Debug)]
pub struct Shown<'a, R> {
    plan: &'a Plan<R>,
    values: bool,
    at_most: usize,
}

impl<R: Record> Shown<'_, R> {
    /// Writes only the first changes of each class, and how many more there are.
    #[must_use]
    pub fn at_most(self, changes: usize) -> Self {
        Self {
            at_most: changes,
            ..self
        }
    }

    fn summary(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plan = self.plan;
        let mut counts: Vec<(usize, String)> = Class::ALL
            .into_iter()
            .map(|class| {
                let count = plan
                    .ready()
                    .iter()
                    .filter(|change| change.class() == class)
                    .count();
                (count, format!("to {class}"))
            })
            .collect();
        let outcomes = |wanted: fn(&Outcome) -> bool| {
            plan.explanations()
                .values()
                .filter(|it| wanted(&it.outcome))
                .count()
        };
        counts.push((plan.held().len(), "held".to_owned()));
        counts.push((
            outcomes(|it| matches!(it, Outcome::Unchanged)),
            "unchanged".to_owned(),
        ));
        counts.push((
            outcomes(|it| matches!(it, Outcome::Skipped(_))),
            "skipped".to_owned(),
        ));
        counts.push((
            outcomes(|it| matches!(it, Outcome::Disputed(_))),
            "disputed".to_owned(),
        ));
        counts.push((plan.unmanaged().len(), "not from HR".to_owned()));
        counts.retain(|(count, _)| *count > 0);
        if plan.is_empty() {
            write!(f, "{}: nothing to do", R::KIND)?;
        } else {
            write!(f, "{}:", R::KIND)?;
        }
        for (index, (count, words)) in counts.iter().enumerate() {
            let separator = if index == 0 && !plan.is_empty() {
                " "
            } else {
                ", "
            };
            write!(f, "{separator}{count} {words}")?;
        }
        Ok(())
    }

    fn change(&self, f: &mut fmt::Formatter<'_>, change: &Change<R>) -> fmt::Result {
        write!(f, "\n  {:<7} {:<10}", change.class(), change.source)?;
        match &change.target {
            Some(target) => write!(f, " → {target:<8}")?,
            None => write!(f, "   {:<8}", "")?,
        }
        write!(f, " {}", change.why())?;
        match &change.effect {
            Effect::Create(record) if self.values => self.record(f, record),
            Effect::Invite { template } => write!(f, ": {template}"),
            Effect::Remove { before, .. } if self.values => self.record(f, before),
            effect => self.fields(f, effect.field_changes()),
        }
    }

    fn record(&self, f: &mut fmt::Formatter<'_>, record: &R) -> fmt::Result {
        let mut separator = ": ";
        for (field, known) in record.fields() {
            if let Known::Value(value) = known
                && value != Value::Bool(false)
            {
                write!(f, "{separator}{field} {value}")?;
                separator = ", ";
            }
        }
        Ok(())
    }

    fn fields(&self, f: &mut fmt::Formatter<'_>, fields: &[FieldChange]) -> fmt::Result {
        for (index, change) in fields.iter().enumerate() {
            f.write_str(if index == 0 { ": " } else { ", " })?;
            if self.values {
                let before = match &change.before {
                    Known::NotObserved => "?".to_owned(),
                    Known::Cleared => "–".to_owned(),
                    Known::Value(value) => value.to_string(),
                };
                let after = change
                    .after
                    .as_ref()
                    .map_or_else(|| "–".to_owned(), of_either_side);
                write!(f, "{} {before} → {after}", change.field)?;
            } else {
                write!(f, "{}", change.field)?;
            }
        }
        Ok(())
    }

    fn rest(
        &self,
        f: &mut fmt::Formatter<'_>,
        count: usize,
        what: impl fmt::Display,
    ) -> fmt::Result {
        match count.checked_sub(self.at_most) {
            None | Some(0) => Ok(()),
            Some(more) => write!(f, "\n  … and {more} more to {what}"),
        }
    }

    fn skipped(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut skipped: BTreeMap<String, usize> = BTreeMap::new();
        for explanation in self.plan.explanations().values() {
            // What is blocked is named in a note.
            if let Outcome::Skipped(reason) = &explanation.outcome
                && !matches!(reason, SkipReason::Blocked(_))
            {
                *skipped.entry(reason.to_string()).or_default() += 1;
            }
        }
        for (reason, count) in skipped {
            write!(f, "\n  skipped {count:<10} {reason}")?;
        }
        Ok(())
    }
}

impl<R: Record> fmt::Display for Shown<'_, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.summary(f)?;
        for alarm in self.plan.alarms() {
            write!(f, "\n  ! {alarm}")?;
        }
        for class in Class::ALL {
            let of_class = || {
                self.plan
                    .ready()
                    .iter()
                    .filter(|change| change.class() == class)
            };
            for change in of_class().take(self.at_most) {
                self.change(f, change)?;
            }
            self.rest(f, of_class().count(), class)?;
        }
        let mut reasons: BTreeMap<&HoldReason, Vec<&Change<R>>> = BTreeMap::new();
        for held in self.plan.held() {
            reasons.entry(&held.reason).or_default().push(&held.change);
        }
        for (reason, changes) in &reasons {
            write!(f, "\n  held: {reason}")?;
            for change in changes.iter().take(self.at_most) {
                self.change(f, change)?;
            }
            self.rest(f, changes.len(), "approve")?;
        }
        if !reasons.is_empty() {
            write!(
                f,
                "\n  approve exactly these with {}",
                self.plan.held_digest()
            )?;
        }
        for (source, explanation) in self.plan.explanations() {
            if let Outcome::Disputed(dispute) = &explanation.outcome {
                write!(f, "\n  disputed {source}: {dispute}")?;
            }
        }
        notice::write_lines(f, self.plan.notices())?;
        self.skipped(f)
    }
}

/// Says of a reference on which side its record is: the change is from one of the product's to one of HR's.
fn of_either_side(value: &Value) -> String {
    match value {
        Value::Source(source) => format!("{source} in HR"),
        value => value.to_string(),
    }
}

impl fmt::Display for crate::matching::Dispute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |ids: Vec<&str>| ids.join(", ");
        let candidates = list(self.candidates.iter().map(|id| id.as_str()).collect());
        let claimants = list(self.claimants.iter().map(|id| id.as_str()).collect());
        write!(f, "claimed by {claimants} in HR")?;
        if !candidates.is_empty() {
            write!(f, "; in the product {candidates}")?;
        }
        if !self.holders.is_empty() {
            let holders = list(self.holders.iter().map(|id| id.as_str()).collect());
            write!(f, "; taken in the product by {holders}")?;
        }
        Ok(())
    }
}

impl fmt::Display for SkipReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NeverHere(reason) => write!(f, "{reason}, and not here"),
            Self::OutOfScope(reason) => reason.fmt(f),
            Self::Blocked(reason) => reason.fmt(f),
            Self::NoEvidence => {
                f.write_str("HR was not asked about it, or the answer is not known to be whole")
            }
            Self::SeenMissing { snapshots, needed } => {
                write!(
                    f,
                    "missing from {snapshots} of the {needed} complete snapshots that it takes"
                )
            }
            Self::MissingTooShort { since, days } => write!(
                f,
                "missing since {}, and must be for {days} days",
                since.date_naive()
            ),
            Self::PolicyLeaves => f.write_str("the policy leaves it as it is"),
            Self::TargetCannot(Class::Refer) => {
                f.write_str("the product has no way to let it refer to another")
            }
            Self::TargetCannot(class) => write!(f, "the product has no way to {class} it"),
            Self::Protected => f.write_str("protected in the product"),
            Self::OlderThanRemoval => f.write_str("removed after HR was read"),
            Self::Gone => f.write_str("gone on both sides"),
            Self::Delayed { attempts, until } => write!(
                f,
                "failed in {attempts} runs, tried again after {}",
                until.format("%Y-%m-%d %H:%M UTC")
            ),
            Self::GivenUp { attempts, since } => write!(
                f,
                "failed in {attempts} runs since {}, not tried again until HR says something else",
                since.date_naive()
            ),
            Self::InDoubt => f.write_str(
                "the answer to its creation was lost, and the product does not show whether it was made",
            ),
            Self::Grace { until } => {
                write!(f, "locked, to be removed from {} on", until.date_naive())
            }
            Self::Retained => f.write_str("locked, and still needed in the product"),
            Self::EndUnseen => {
                f.write_str("locked, and HR no longer shows whether it is still over")
            }
            Self::NotAdopted => f.write_str("the product has one with the same key"),
            Self::UnsureOfOthers => {
                f.write_str("the product has one with the same key, and HR did not show everybody")
            }
            Self::NoKey => f.write_str("a possible duplicate: it has no key to be recognised by"),
        }
    }
}
