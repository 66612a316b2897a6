//! Who is invited: whoever has got an account and access from the sync, once.

use sync_core::{Class, Existing, Known, Origin, Outcome, Reason, Record, SourceId, Wish};

use super::{
    compare::{as_kept, blank_is_empty},
    life::{Case, Verdict},
    wanted::Wanted,
};

impl<R: Record> Case<'_, R> {
    pub(crate) fn invite(&self, wish: Option<&Wish<R>>, verdict: &mut Verdict) {
        let source = verdict.source.clone();
        let invite = self.scene.desired.invites.get(&source);
        let (Some(invite), Some(Wish::Present(record))) = (invite, wish) else {
            return;
        };
        let existing = self.who.existing(&source);
        let invitation = Wanted {
            template: Some(invite.template.clone()),
            ..self.want(&source, Class::Invite, existing, Reason::NeverInvited)
        };
        if !self.can(Class::Invite) || self.was_invited(&invitation) {
            return;
        }
        // Whatever is left out, disputed or skipped is not settled yet.
        if !matches!(verdict.outcome, Outcome::Unchanged | Outcome::Planned(_)) {
            return;
        }
        let is_created = verdict.wanted.iter().any(|it| {
            it.class == Class::Create && matches!(it.reason, Reason::New | Reason::Returned)
        });
        let is_let_in = verdict.wanted.iter().any(lets_in::<R>);
        let is_ours = match (existing, self.link(&source)) {
            (None, _) => is_created,
            (Some(existing), Some(link)) => {
                link.target == existing.id
                    && link.origin != Origin::Adopted
                    && !existing.protected
                    && (is_let_in || self.has_access(record, existing))
            }
            (Some(_), None) => false,
        };
        if !is_ours {
            return;
        }
        if !invite.is_due {
            if let Some(link) = &mut verdict.link {
                link.awaits_invitation = true;
            }
            return;
        }
        let link = self.link(&source);
        let waited = link.is_some_and(|link| link.awaits_invitation);
        // One that comes together with nothing may have been sent before.
        let reason = match is_created || is_let_in || waited {
            true => Reason::HasAccess,
            false => Reason::NeverInvited,
        };
        verdict.outcome = verdict.plan(Wanted {
            reason,
            ..invitation
        });
    }

    fn was_invited(&self, wanted: &Wanted) -> bool {
        let is_same = |source: &SourceId, generation, template: &String| {
            *source == wanted.source
                && generation == wanted.generation
                && Some(template) == wanted.template.as_ref()
        };
        let mut invited = self.scene.ledger.invitations.values();
        invited.any(|it| is_same(&it.source, it.generation, &it.template))
    }

    /// The product grants what HR wants, as far as both show it.
    fn has_access(&self, record: &R, existing: &Existing<R>) -> bool {
        let locks = R::lock().unwrap_or_default().into_iter();
        let mut fields = locks.map(|(field, _)| field);
        fields.all(|field| {
            let wanted = record.fields().remove(&field).unwrap_or_default();
            let wanted = as_kept(&self.scene.capabilities, &field, wanted);
            let shown = existing.record.fields().remove(&field).unwrap_or_default();
            let shown = blank_is_empty(shown);
            wanted == Known::NotObserved || shown == Known::NotObserved || wanted == shown
        })
    }
}

/// Gives access to somebody who had less.
fn lets_in<R: Record>(wanted: &Wanted) -> bool {
    let locks = R::lock().unwrap_or_default();
    let is_lock = |field| locks.iter().any(|(lock, _)| lock == field);
    wanted.class == Class::Update && wanted.fields.iter().any(|it| is_lock(&it.field))
}
