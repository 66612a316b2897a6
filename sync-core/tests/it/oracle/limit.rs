//! What must wait for a person, rule by rule.

use sync_core::{
    BlockReason, Class, Evidence, FieldName, HoldReason, LedgerState, Reason, Record, SourceId,
    Wish, policy::Adoption,
};

use super::{budget, life::Case, wanted::Wanted};

/// Everything that is wanted, with the reason for which it waits, if it does.
pub(crate) type Judged = Vec<(Wanted, Option<HoldReason>)>;

impl<R: Record> Case<'_, R> {
    pub(crate) fn judge(&self, wanted: Vec<Wanted>, withdrawn: &[FieldName]) -> Judged {
        let alone = wanted.iter().map(|it| self.waits(&wanted, it, withdrawn));
        let alone: Vec<Option<HoldReason>> = alone.collect();
        let free = wanted.iter().zip(&alone);
        let free = free.filter(|(_, reason)| reason.is_none());
        let free: Vec<&Wanted> = free.map(|(wanted, _)| wanted).collect();
        let together = |(one, alone): (&Wanted, &Option<HoldReason>)| {
            let reason = alone.clone();
            let reason = reason.or_else(|| budget::exceeded(self, &wanted, &free, one));
            (one.clone(), reason)
        };
        let mut judged: Judged = wanted.iter().zip(&alone).map(together).collect();

        // Nobody is invited to an account that waits.
        let creations = judged.iter().filter(|(it, _)| it.class == Class::Create);
        let creations: Judged = creations.cloned().collect();
        for (invitation, reason) in &mut judged {
            let creation = creations
                .iter()
                .find(|(it, _)| it.source == invitation.source);
            if let (Class::Invite, None, Some((_, waits))) = (invitation.class, &reason, creation) {
                reason.clone_from(waits);
            }
        }

        let mut held = judged.iter().filter(|(_, reason)| reason.is_some());
        if held.all(|(wanted, _)| self.is_approved(wanted)) {
            for (_, reason) in &mut judged {
                *reason = None;
            }
        }
        judged
    }

    /// Says why a change waits, however few there are of its class.
    fn waits(&self, all: &[Wanted], one: &Wanted, withdrawn: &[FieldName]) -> Option<HoldReason> {
        let of_one = |it: &&Wanted| it.source == one.source;
        let takes_by_key = |it: &Wanted| matches!(it.reason, Reason::SameKey(_));
        let lifecycle = &self.scene.policy.lifecycle;
        if lifecycle.adoption == Adoption::Ask && all.iter().filter(of_one).any(takes_by_key) {
            return Some(HoldReason::Adoption);
        }
        if one.class == Class::Create {
            if may_double(self, &one.source) {
                return Some(HoldReason::InDoubt);
            }
            let lost = all.iter().filter(|it| it.reason == Reason::LostInProduct);
            let count = lost.count();
            let budget = budget::budget_of(self.scene, Class::Lock);
            let budget = budget::of(budget, self.owned.linked);
            if one.reason == Reason::LostInProduct && count > budget {
                return Some(HoldReason::LostInProduct { count, budget });
            }
            if self.erased(&one.source).is_some() {
                return Some(HoldReason::Erased);
            }
        }
        let reaches_people = one.class == Class::Invite;
        if !reaches_people && !one.class.is_destructive() {
            return None;
        }
        if self.says_nothing() {
            return Some(HoldReason::EmptySource);
        }
        if reaches_people {
            // Records that the ledger does not know: perhaps it is an old one.
            if all.iter().any(|it| it.reason == Reason::SameExternalId) {
                return Some(HoldReason::LedgerBehind);
            }
            let is_late = one.reason == Reason::NeverInvited;
            return is_late.then_some(HoldReason::LateInvitation);
        }
        if one.evidence == Some(Evidence::DeScoped) {
            return Some(HoldReason::DeScoped);
        }
        if one.class == Class::Clear {
            let fields = one.fields.iter().map(|change| &change.field);
            let mut gone = fields.filter(|field| withdrawn.contains(field));
            if let Some(field) = gone.next() {
                let field = field.clone();
                return Some(HoldReason::AttributeWithdrawn { field });
            }
        }
        let changed = has_other_settings(&self.scene.ledger);
        changed.then_some(HoldReason::SettingsChanged)
    }

    /// HR was asked for everything, and sent nothing that can be read, though we own something.
    pub(crate) fn says_nothing(&self) -> bool {
        let desired = &self.scene.desired;
        let is_about_everything = !desired.coverage.is_partial();
        let mut wishes = desired.wishes.values();
        is_about_everything
            && self.owned.linked > 0
            && wishes.all(|wish| matches!(wish, Wish::Blocked(BlockReason::Unreadable)))
    }

    fn is_approved(&self, wanted: &Wanted) -> bool {
        let approvals = &self.scene.ledger.approvals;
        let approved = approvals.get(&wanted.fingerprint());
        approved.is_some_and(|approved| self.scene.desired.taken_at < approved.until)
    }
}

/// The answer to an earlier creation was lost, and neither the product nor a key can tell whether it was made.
pub(crate) fn may_double<R: Record>(case: &Case<'_, R>, source: &SourceId) -> bool {
    let is_in_doubt = case.doubts.iter().any(|doubt| doubt.source == *source);
    let has_key = match case.scene.desired.wishes.get(source) {
        Some(Wish::Present(record)) => !record.match_keys().is_empty(),
        _ => false,
    };
    is_in_doubt && !has_key && !case.scene.capabilities.change_ids
}

/// The settings of the last run, where they are not those of today.
pub(crate) const OTHER_SETTINGS: &str = "settings of another time";

pub(crate) fn has_other_settings(ledger: &LedgerState) -> bool {
    let settings = ledger.settings.as_ref();
    settings.is_some_and(|settings| settings.as_str() == OTHER_SETTINGS)
}
