//! One record of HR, from who it is to what must be done about it.

use std::collections::BTreeMap;

use sync_core::{
    ChangeId, Class, Completeness, Coverage, EndReason, ErasedId, Existing, Link, Outcome, Reason,
    Record, Situation, SkipReason, SourceId, Tombstone, Wish,
};

use super::{
    budget::Owned,
    compare::Agreed,
    doubt::{Doubt, settle},
    keys::Keys,
    limit,
    wanted::Wanted,
    who::Who,
};
use crate::scene::{Scene, key};

/// A scene, with what is found out before single records are decided about.
pub(crate) struct Case<'a, R: Record> {
    /// With everything settled that was under way.
    pub(crate) scene: &'a Scene<R>,
    pub(crate) who: Who<'a, R>,
    pub(crate) doubts: Vec<Doubt>,
    /// The ids of the changes, as the first planner gave them.
    ids: Vec<(SourceId, Class, ChangeId)>,
    pub(crate) owned: Owned,
    pub(crate) keys: Keys,
}

/// What is decided about one record.
pub(crate) struct Verdict {
    pub(crate) source: SourceId,
    pub(crate) situation: Situation,
    pub(crate) outcome: Outcome,
    pub(crate) refused: BTreeMap<Class, SkipReason>,
    pub(crate) wanted: Vec<Wanted>,
    /// The link as it is to be remembered.
    pub(crate) link: Option<Link>,
    /// A doubt that the decision ends.
    pub(crate) settled: Option<Doubt>,
}

impl<R: Record> Case<'_, R> {
    /// Settles first what was under way.
    pub(crate) fn on(
        scene: &Scene<R>,
        ids: Vec<(SourceId, Class, ChangeId)>,
        decide: impl FnOnce(&Case<'_, R>),
    ) {
        let (settled, doubts) = settle(scene);
        let who = Who::of(&settled);
        let keys = Keys::of(&settled, &who);
        decide(&Case {
            scene: &settled,
            doubts,
            ids,
            owned: Owned::of(&settled),
            keys,
            who,
        });
    }

    pub(crate) fn about(&self, source: &SourceId) -> Verdict {
        let wish = self.wish(source);
        let mut verdict = Verdict {
            source: source.clone(),
            situation: Situation::Undecidable,
            outcome: Outcome::Unchanged,
            refused: BTreeMap::new(),
            wanted: Vec::new(),
            link: self.link(source).cloned(),
            settled: None,
        };
        if let (Some(_), Some(link)) = (&wish, &mut verdict.link) {
            link.missing = None;
        }
        verdict.outcome = self.decide(source, wish.as_ref(), &mut verdict);
        self.end_doubt(&mut verdict);
        self.invite(wish.as_ref(), &mut verdict);
        verdict
    }

    fn decide(&self, source: &SourceId, wish: Option<&Wish<R>>, verdict: &mut Verdict) -> Outcome {
        let existing = self.who.existing(source);
        let link = self.link(source);
        let is_decidable = match wish {
            Some(Wish::Blocked(_)) => false,
            Some(_) => true,
            None => self.is_missing(source, existing),
        };
        if !is_decidable || self.is_outside(wish, existing) {
            return Outcome::Skipped(left(wish));
        }
        let is_present = matches!(wish, Some(Wish::Present(_)));
        if let Some(dispute) = self.who.dispute(source)
            && (is_present || link.is_some())
        {
            verdict.situation = Situation::Disputed;
            return Outcome::Disputed(dispute);
        }
        match (wish, existing, link) {
            (Some(Wish::Present(record)), Some(existing), Some(link))
                if link.target == existing.id =>
            {
                verdict.situation = Situation::Linked;
                self.compare(source, record, existing, link, verdict)
            }
            (Some(Wish::Present(record)), Some(existing), link) => {
                verdict.situation = match link {
                    Some(_) => Situation::Linked,
                    None => Situation::Adoptable,
                };
                self.adopt(source, record, existing, verdict)
            }
            (Some(Wish::Present(record)), None, _) => self.create(source, record, verdict),
            (_, _, None) => {
                verdict.situation = Situation::NothingToDo;
                Outcome::Skipped(left(wish))
            }
            (_, None, Some(link)) => {
                verdict.situation = Situation::GoneOnBothSides;
                let mut forget = self.want(source, Class::Forget, None, Reason::Over);
                forget.target = Some(link.target.clone());
                verdict.plan(forget)
            }
            (_, Some(existing), Some(_)) if existing.protected => {
                verdict.situation = Situation::Protected;
                Outcome::Skipped(SkipReason::Protected)
            }
            (wish, Some(existing), Some(link)) => self.end(wish, existing, link, verdict),
        }
    }

    /// What HR wants. A part of a record that is no longer split ends with the whole, or because it is no part any
    /// more.
    pub(crate) fn wish(&self, source: &SourceId) -> Option<Wish<R>> {
        let desired = &self.scene.desired;
        if let Some(wish) = desired.wishes.get(source) {
            return Some(wish.clone());
        }
        let whole = source.whole().filter(|_| desired.has_parts)?;
        Some(match desired.wishes.get(&whole)? {
            Wish::Present(_) => Wish::Ended(EndReason::PartOver),
            of_whole => of_whole.clone(),
        })
    }

    pub(crate) fn link(&self, source: &SourceId) -> Option<&Link> {
        self.scene.ledger.links.get(source)
    }

    pub(crate) fn id_of(&self, wanted: &Wanted) -> Option<&ChangeId> {
        let is_same = |source: &SourceId, class| *source == wanted.source && class == wanted.class;
        let mut ids = self.ids.iter();
        let found = ids.find(|(source, class, _)| is_same(source, *class));
        found.map(|(_, _, id)| id)
    }

    pub(crate) fn can(&self, class: Class) -> bool {
        // Adopting and forgetting are matters of the ledger.
        class.is_internal() || self.scene.capabilities.classes.contains(&class)
    }

    /// What is left of a record that was removed before, or of a person who was erased.
    pub(crate) fn tombstone(&self, source: &SourceId) -> Option<&Tombstone> {
        let own = self.scene.ledger.tombstones.get(source);
        own.or_else(|| self.erased(source))
    }

    pub(crate) fn erased(&self, source: &SourceId) -> Option<&Tombstone> {
        let id = ErasedId::of(&key(), R::KIND, source);
        self.scene.ledger.erased.get(&id)
    }

    /// Makes a change that is still to be filled in.
    pub(crate) fn want(
        &self,
        source: &SourceId,
        class: Class,
        existing: Option<&Existing<R>>,
        reason: Reason,
    ) -> Wanted {
        let link = self.link(source);
        let generation = match (link, self.tombstone(source)) {
            (Some(link), _) if class == Class::Create => link.generation + 1,
            (Some(link), _) => link.generation,
            (None, Some(tombstone)) => tombstone.generation + 1,
            (None, None) => 0,
        };
        Wanted {
            source: source.clone(),
            class,
            target: existing.map(|existing| existing.id.clone()),
            version: existing.and_then(|existing| existing.version.clone()),
            fields: Vec::new(),
            reason,
            evidence: None,
            generation,
            revision: link.map(|link| link.revision),
            agreement: Agreed::new(),
            template: None,
            record: None,
        }
    }

    /// Outside of the window as it is, and as it should be.
    fn is_outside(&self, wish: Option<&Wish<R>>, existing: Option<&Existing<R>>) -> bool {
        let Some(window) = &self.scene.desired.window else {
            return false;
        };
        let record = match wish {
            Some(Wish::Present(record)) => Some(record),
            _ => None,
        };
        let places = [existing.map(|existing| &existing.record), record];
        let mut places = places.into_iter().flatten().peekable();
        places.peek().is_some() && places.all(|record| !record.overlaps(window))
    }

    /// Only a whole answer says that something is missing: one that cannot have lost a row, or whose loss
    /// was ruled out by looking the record up.
    fn is_missing(&self, source: &SourceId, existing: Option<&Existing<R>>) -> bool {
        let desired = &self.scene.desired;
        let Completeness::Complete(certificate) = &desired.completeness else {
            return false;
        };
        let looked_up = |source: &SourceId| desired.confirmed_missing.contains(source);
        let whole = source.whole().filter(|_| desired.has_parts);
        let is_looked_up = looked_up(source) || whole.is_some_and(|whole| looked_up(&whole));
        let is_certain = certificate.has_total() || is_looked_up;
        is_certain
            && match (&desired.coverage, existing) {
                (Coverage::All, _) => true,
                (Coverage::Window(window), Some(existing)) => existing.record.overlaps(window),
                (Coverage::Ids(ids), Some(_)) => ids.contains(source) && looked_up(source),
                // What is gone in the product lies nowhere.
                (Coverage::Window(_) | Coverage::Ids(_), None) => false,
                (Coverage::ChangedSince(_), _) => false,
            }
    }

    /// HR said so before the record was removed.
    pub(crate) fn is_older_than_removal(&self, source: &SourceId) -> bool {
        let taken_at = self.scene.desired.taken_at;
        let tombstone = self.tombstone(source);
        self.link(source).is_none() && tombstone.is_some_and(|it| taken_at < it.at)
    }

    /// A creation in doubt that is found by its key, or not found by it, is in doubt no more.
    fn end_doubt(&self, verdict: &mut Verdict) {
        let mut doubts = self.doubts.iter();
        let Some(doubt) = doubts.find(|doubt| doubt.source == verdict.source) else {
            return;
        };
        if matches!(verdict.outcome, Outcome::Skipped(_)) {
            verdict.outcome = Outcome::Skipped(SkipReason::InDoubt);
        }
        let plans = |class| verdict.wanted.iter().any(|it| it.class == class);
        let is_repeated_safely = self.scene.capabilities.change_ids;
        if plans(Class::Adopt)
            || (plans(Class::Create)
                && !is_repeated_safely
                && !limit::may_double(self, &verdict.source))
        {
            verdict.settled = Some(doubt.clone());
        }
    }
}

impl Verdict {
    /// Plans one change.
    pub(crate) fn plan(&mut self, wanted: Wanted) -> Outcome {
        self.wanted.push(wanted);
        self.planned()
    }

    pub(crate) fn planned(&self) -> Outcome {
        Outcome::Planned(self.wanted.iter().map(|it| it.class).collect())
    }
}

/// Why a record is left as it is.
fn left<R>(wish: Option<&Wish<R>>) -> SkipReason {
    match wish {
        Some(Wish::Ended(reason)) => SkipReason::NeverHere(*reason),
        Some(Wish::OutOfScope(reason)) => SkipReason::OutOfScope(*reason),
        Some(Wish::Blocked(reason)) => SkipReason::Blocked(*reason),
        Some(Wish::Present(_)) => SkipReason::PolicyLeaves,
        None => SkipReason::NoEvidence,
    }
}
