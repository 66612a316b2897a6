//! Who is invited: whoever the sync has given an account and access, once.

use super::{Draft, Planner};
use crate::{
    Change, ChangeId, Class, Effect, Existing, Invite, Link, Outcome, Reason, Record, SourceId,
    Wish, diff::canonical, ledger::Origin,
};

impl<R: Record> Planner<'_, R> {
    /// Adds the invitation to what is planned for a record, if it is time and there was none yet.
    ///
    /// An invitation goes out together with the creation, or with the change that gives access, or when it was seen
    /// to wait for its day. One that comes later is held: if the ledger was restored from a backup, it may
    /// have been sent already.
    pub(super) fn invite(
        &mut self,
        source: &SourceId,
        wish: Option<&Wish<R>>,
        existing: Option<&Existing<R>>,
        link: Option<&Link>,
        outcome: Outcome,
    ) -> Outcome {
        let (Some(invite), Some(Wish::Present(record))) =
            (self.request.desired.invites.get(source), wish)
        else {
            return outcome;
        };
        if self.refusal(Class::Invite).is_some() || self.was_invited(source, invite) {
            return outcome;
        }
        let mine = self
            .changes
            .iter()
            .rev()
            .take_while(|it| it.source == *source);
        let mine: Vec<&Change<R>> = mine.collect();
        let is_new = mine.iter().any(|it| {
            it.class() == Class::Create && matches!(it.reason, Reason::New | Reason::Returned)
        });
        let (is_ours, gets_access) = match (existing, link) {
            (None, _) => (is_new, is_new),
            (Some(existing), Some(link)) if link.target == existing.id => {
                let gets_access = mine.iter().any(|it| gives_access(it));
                let is_ours = link.origin != Origin::Adopted
                    && !existing.protected
                    && (gets_access || self.has_access(record, existing));
                (is_ours, gets_access)
            }
            _ => (false, false),
        };
        let is_settled = matches!(outcome, Outcome::Unchanged | Outcome::Planned(_));
        if !is_ours || !is_settled {
            return outcome;
        }
        if !invite.is_due {
            if let Some(link) = link {
                self.remember(source, link, |link| link.awaits_invitation = true);
            }
            return outcome;
        }
        let is_expected = gets_access || link.is_some_and(|link| link.awaits_invitation);
        let reason = match is_expected {
            true => Reason::HasAccess,
            false => Reason::NeverInvited,
        };
        let template = invite.template.clone();
        self.push(
            source,
            existing,
            Draft::new(Effect::Invite { template }, reason),
        );
        match outcome {
            Outcome::Planned(classes) => Outcome::Planned([classes, vec![Class::Invite]].concat()),
            _ => Outcome::Planned(vec![Class::Invite]),
        }
    }

    fn was_invited(&self, source: &SourceId, invite: &Invite) -> bool {
        let generation = self.generation(source);
        let id = ChangeId::of_invitation(
            self.request.key,
            R::KIND,
            source,
            generation,
            &invite.template,
        );
        self.request.ledger.invitations.contains_key(&id)
    }

    /// Tells whether the product grants what HR wants, as far as it shows.
    fn has_access(&self, record: &R, existing: &Existing<R>) -> bool {
        let (wanted, has) = (record.fields(), existing.record.fields());
        let is_granted = |field| {
            let wanted = wanted.get(field).cloned().unwrap_or_default();
            let wanted = canonical(self.request.capabilities.normalised(field, wanted));
            let has = canonical(has.get(field).cloned().unwrap_or_default());
            !has.is_observed() || !wanted.is_observed() || has == wanted
        };
        R::lock()
            .unwrap_or_default()
            .iter()
            .all(|(field, _)| is_granted(field))
    }
}

fn gives_access<R: Record>(change: &Change<R>) -> bool {
    let locks = R::lock().unwrap_or_default();
    let is_lock = |field| locks.iter().any(|(lock, _)| lock == field);
    change.class() == Class::Update
        && change
            .effect
            .field_changes()
            .iter()
            .any(|it| is_lock(&it.field))
}
