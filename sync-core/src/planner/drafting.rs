//! How a decision becomes a change of the plan.

use std::collections::BTreeMap;

use super::Planner;
use crate::{
    Change, ChangeId, Class, Effect, Existing, FieldHash, FieldName, Reason, Record, SkipReason,
    SourceId, TargetId,
};

/// What a step decides about a change; the rest follows from the ledger.
pub(super) struct Draft<R> {
    /// The record in the product, where it is not the one that was found.
    pub(super) target: Option<TargetId>,
    pub(super) effect: Effect<R>,
    pub(super) reason: Reason,
    pub(super) agreement: BTreeMap<FieldName, FieldHash>,
}

impl<R> Draft<R> {
    pub(super) fn new(effect: Effect<R>, reason: Reason) -> Self {
        Self {
            target: None,
            effect,
            reason,
            agreement: BTreeMap::new(),
        }
    }
}

impl<R: Record> Planner<'_, R> {
    pub(super) fn refusal(&self, class: Class) -> Option<SkipReason> {
        let can = class.is_internal() || self.request.capabilities.classes.contains(&class);
        (!can).then_some(SkipReason::TargetCannot(class))
    }

    pub(super) fn push(
        &mut self,
        source: &SourceId,
        existing: Option<&Existing<R>>,
        draft: Draft<R>,
    ) {
        let link = self.request.ledger.links.get(source);
        // Another creation than the one whose record is lost.
        let is_created_anew = link.is_some() && draft.effect.class() == Class::Create;
        let generation = self
            .generation(source)
            .saturating_add(u32::from(is_created_anew));
        let revision = link.map(|link| link.revision);
        let key = self.request.key;
        let id = match &draft.effect {
            Effect::Create(_) => ChangeId::of_creation(key, R::KIND, source, generation),
            Effect::Invite { template } => {
                ChangeId::of_invitation(key, R::KIND, source, generation, template)
            }
            effect => {
                let record = [R::KIND, source.as_str(), effect.class().as_str()];
                ChangeId::of_change(key, &record, (generation, revision), &draft.agreement)
            }
        };
        self.changes.push(Change {
            id,
            source: source.clone(),
            target: draft.target.or_else(|| existing.map(|it| it.id.clone())),
            expected_version: existing.and_then(|existing| existing.version.clone()),
            effect: draft.effect,
            reason: draft.reason,
            revision,
            generation,
            agreement: draft.agreement,
        });
    }
}
